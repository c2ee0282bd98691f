/* expression.c -- from whatever a matrix holds to log2(x + 1).
 *
 *     counts    y_gs = log2(1e6 k_gs / sum_g k_gs + 1)     all rows in the sum
 *     CPM, TPM  y_gs = log2(x_gs + 1)
 *
 * Agrees:  log2(edgeR::cpm(counts) + 1) with plain library sizes, edgeR 3.40.2, to rounding.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include <tilseq/score.h>

#include "base/alloc.h"
#include "base/need.h"

static const double MILLION = 1e6;
static const double CLOSE = 0.01; /* a column of CPM or TPM adds up to a million within this */
static const double LOG_MAX = 25; /* 2^25 reads of one gene: more than any library           */
enum { PANEL = 500 };             /* TPM or CPM of so many genes do not all stay below LOG_MAX */

static double *column_sums(const til_matrix_t *m)
{
    double *sums = til_array_zero(m->n_cols, sizeof *sums);

    if (sums != NULL)
        for (size_t g = 0; g < m->n_rows; g++)
            for (size_t s = 0; s < m->n_cols; s++) sums[s] += til_matrix_row(m, g)[s];
    return sums;
}

til_status_t til_score_guess_input(til_ctx_t *ctx, const til_matrix_t *m,
                                   til_score_input_kind_t *kind)
{
    TIL_NEED(ctx, m);
    TIL_NEED(ctx, kind);
    size_t n = m->n_rows * m->n_cols, n_millions = 0, n_over = 0;
    double low = INFINITY, high = -INFINITY;
    bool whole = true;
    double *sums = column_sums(m);

    if (sums == NULL) return til_no_memory(ctx, m->n_cols, "samples");
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, m->x[i]);
        high = fmax(high, m->x[i]);
        whole = whole && m->x[i] == floor(m->x[i]);
    }
    for (size_t s = 0; s < m->n_cols; s++) {
        n_millions += fabs(sums[s] - MILLION) <= CLOSE * MILLION;
        n_over += sums[s] > (1 + CLOSE) * MILLION;
    }
    free(sums);

    if (low < 0) *kind = TIL_SCORE_INPUT_LOG;
    else if (whole) *kind = TIL_SCORE_INPUT_COUNTS;
    else if (high <= LOG_MAX) *kind = TIL_SCORE_INPUT_LOG;
    else if (n_millions == m->n_cols) *kind = TIL_SCORE_INPUT_CPM;
    else if (n_over > 0) *kind = TIL_SCORE_INPUT_COUNTS;
    else
        return til_fail(ctx, TIL_EINPUT,
                        "%s: values are fractions up to %g and the samples do not add up to a "
                        "million: cannot tell what they are; say --input counts, cpm, tpm or log",
                        m->origin, high);
    if (*kind == TIL_SCORE_INPUT_LOG && low >= 0 && m->n_rows < PANEL)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: fractions up to %g of %zu genes are taken as log values; a panel of TPM can "
                "look alike: --input log, tpm or cpm says which it is",
                m->origin, high, m->n_rows);
    return TIL_OK;
}

static til_status_t check_value(til_ctx_t *ctx, const til_matrix_t *m, size_t g, size_t s,
                                bool may_be_negative)
{
    double x = til_matrix_row(m, g)[s];

    if (!isfinite(x))
        return til_fail(ctx, TIL_EINPUT,
                        "%s: value of %s in sample %s is missing or infinite: expected a number",
                        m->origin, m->row_names[g], m->col_names[s]);
    if (x < 0 && !may_be_negative)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: value %g of %s in sample %s is negative: expected "
                        ">= 0, or --input log",
                        m->origin, x, m->row_names[g], m->col_names[s]);
    return TIL_OK;
}

til_status_t til_score_to_log(til_ctx_t *ctx, til_score_input_kind_t kind, til_matrix_t *m,
                              double *per_read)
{
    TIL_NEED(ctx, m);
    til_status_t status;
    double *sums;

    for (size_t g = 0; g < m->n_rows; g++)
        for (size_t s = 0; s < m->n_cols; s++) {
            status = check_value(ctx, m, g, s, kind == TIL_SCORE_INPUT_LOG);
            if (status != TIL_OK) return status;
        }
    for (size_t s = 0; s < m->n_cols && per_read != NULL; s++) per_read[s] = NAN;
    if (kind == TIL_SCORE_INPUT_LOG) return TIL_OK;

    sums = column_sums(m);
    if (sums == NULL) return til_no_memory(ctx, m->n_cols, "samples");
    for (size_t s = 0; s < m->n_cols; s++) {
        if (kind != TIL_SCORE_INPUT_COUNTS) sums[s] = MILLION;
        if (!(sums[s] > 0)) {
            free(sums);
            return til_fail(ctx, TIL_EINPUT, "%s: sample %s has no counts: nothing to score",
                            m->origin, m->col_names[s]);
        }
        if (kind == TIL_SCORE_INPUT_COUNTS && per_read != NULL) per_read[s] = MILLION / sums[s];
    }
    for (size_t g = 0; g < m->n_rows; g++) {
        double *row = til_matrix_row(m, g);
        for (size_t s = 0; s < m->n_cols; s++) row[s] = log2(row[s] / sums[s] * MILLION + 1);
    }
    free(sums);
    return TIL_OK;
}
