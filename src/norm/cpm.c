/* cpm.c -- library sizes and counts per million, plain and logged; the formulas are in cpm.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "norm/cpm.h"
#include "norm/scales.h"

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

/* Small whole counts are most of a matrix: their logs are computed once per sample. */
enum { N_SMALL = 256 };

typedef struct {
    double prior, per_million; /* added to a count; what one count then is */
} log_scale_t;

static inline double log_per_million(const log_scale_t *scale, double k)
{
    return log2((k + scale->prior) * scale->per_million);
}

til_status_t til_log_cpm(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                         double prior_count, double *out)
{
    til_status_t status = TIL_OK;
    size_t n_cols = counts->n_cols;
    log_scale_t *scale = til_array(n_cols, sizeof *scale);
    double *small = til_array(n_cols * N_SMALL, sizeof *small), mean = 0;

    if (scale == NULL || small == NULL) TIL_TRY(til_no_memory(ctx, n_cols, "samples"));
    for (size_t s = 0; s < n_cols; s++) mean += lib_size[s];
    mean /= (double)n_cols;
    for (size_t s = 0; s < n_cols; s++) {
        scale[s].prior = prior_count * lib_size[s] / mean;
        scale[s].per_million = 1e6 / (lib_size[s] + 2 * scale[s].prior);
        for (int k = 0; k < N_SMALL; k++)
            small[s * N_SMALL + (size_t)k] = log_per_million(&scale[s], (double)k);
    }

    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        for (size_t s = 0; s < n_cols; s++) {
            int whole = k[s] < N_SMALL ? (int)k[s] : -1;
            out[g * n_cols + s] = (double)whole == k[s] ? small[s * N_SMALL + (size_t)whole]
                                                        : log_per_million(&scale[s], k[s]);
        }
    }

done:
    free(small);
    free(scale);
    return status;
}

static til_status_t plain(til_ctx_t *ctx, const til_norm_t *norm, const til_norm_wishes_t *wishes,
                          til_matrix_t *values)
{
    (void)ctx;
    (void)wishes;
    til_cpm(values, norm->effective, values->x);
    return TIL_OK;
}

static til_status_t logged(til_ctx_t *ctx, const til_norm_t *norm, const til_norm_wishes_t *wishes,
                           til_matrix_t *values)
{
    return til_log_cpm(ctx, values, norm->effective, wishes->prior_count, values->x);
}

const til_norm_scale_t til_norm_to_cpm = {
    .name = "cpm", .summary = "counts per million of lib_size * norm_factor", .transform = plain
};

const til_norm_scale_t til_norm_to_logcpm = {
    .name = "logcpm",
    .summary = "log2 counts per million after a prior count (edgeR)",
    .transform = logged
};
