/* cpm.c -- library sizes and counts per million; the formulas are in cpm.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "model/cpm.h"

til_status_t til_library_sizes(til_ctx_t *ctx, const til_matrix_t *counts, double *lib_size)
{
    size_t n_cols = counts->n_cols;

    memset(lib_size, 0, n_cols * sizeof *lib_size);
    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        for (size_t s = 0; s < n_cols; s++) lib_size[s] += k[s];
    }
    for (size_t s = 0; s < n_cols; s++)
        if (!(lib_size[s] > 0))
            return til_fail(ctx, TIL_ENUMERIC, "%s: sample %s has no counts: leave it out",
                            counts->origin, counts->col_names[s]);
    return TIL_OK;
}

void til_cpm(const til_matrix_t *counts, const double *lib_size, double *out)
{
    size_t n_cols = counts->n_cols;

    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        for (size_t s = 0; s < n_cols; s++) out[g * n_cols + s] = k[s] * (1e6 / lib_size[s]);
    }
}

void til_log_cpm(const til_matrix_t *counts, const double *lib_size, double prior_count,
                 double *out)
{
    size_t n_cols = counts->n_cols;
    double mean = 0;

    for (size_t s = 0; s < n_cols; s++) mean += lib_size[s];
    mean /= (double)n_cols;

    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        for (size_t s = 0; s < n_cols; s++) {
            double prior = prior_count * lib_size[s] / mean;
            out[g * n_cols + s] = log2((k[s] + prior) / (lib_size[s] + 2 * prior) * 1e6);
        }
    }
}
