/* tpm.c -- transcripts per million.
 *
 *     TPM_gs = 1e6 (k_gs / l_gs) / sum_h (k_hs / l_hs)        l_gs: length of g (in sample s)
 *
 * The factors of a method cancel: every sample adds up to a million.
 *
 * Source: Li, Ruotti, Stewart, Thomson & Dewey (2010), Bioinformatics 26:493.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "norm/scales.h"

static til_status_t check_lengths(til_ctx_t *ctx, const til_matrix_t *values,
                                  const til_matrix_t *lengths)
{
    size_t n_lengths = lengths != NULL ? lengths->n_cols : 1;

    if (lengths == NULL && values->lengths == NULL)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: no column 'length': tpm needs the length of every feature; give "
                        "them with --lengths",
                        values->origin);
    for (size_t g = 0; g < values->n_rows; g++) {
        const double *l = lengths != NULL ? til_matrix_row(lengths, g) : &values->lengths[g];
        for (size_t s = 0; s < n_lengths; s++)
            if (!(l[s] > 0) || isinf(l[s]))
                return til_fail(ctx, TIL_EINPUT, "%s: length of %s: must be a positive number",
                                lengths != NULL ? lengths->origin : values->origin,
                                values->row_names[g]);
    }
    return TIL_OK;
}

til_status_t til_norm_tpm(til_ctx_t *ctx, til_matrix_t *values, const til_matrix_t *lengths)
{
    size_t n_cols = values->n_cols;
    til_status_t status = check_lengths(ctx, values, lengths);
    double *total;

    if (status != TIL_OK) return status;
    total = til_array_zero(n_cols, sizeof *total);
    if (total == NULL) return til_no_memory(ctx, n_cols, "samples");

    for (size_t g = 0; g < values->n_rows; g++) {
        double *k = til_matrix_row(values, g);
        for (size_t s = 0; s < n_cols; s++) {
            k[s] /= lengths != NULL ? til_matrix_row(lengths, g)[s] : values->lengths[g];
            total[s] += k[s];
        }
    }
    for (size_t g = 0; g < values->n_rows; g++) {
        double *k = til_matrix_row(values, g);
        for (size_t s = 0; s < n_cols; s++) k[s] = k[s] / total[s] * 1e6;
    }
    free(total);
    return TIL_OK;
}

static til_status_t transform(til_ctx_t *ctx, const til_norm_t *norm,
                              const til_norm_wishes_t *wishes, til_matrix_t *values)
{
    (void)norm;
    return til_norm_tpm(ctx, values, wishes->lengths);
}

const til_norm_scale_t til_norm_to_tpm = { .name = "tpm",
                                           .summary = "transcripts per million; needs lengths",
                                           .transform = transform };
