/* normalized.c -- counts divided by the size factor of their sample. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "norm/scales.h"

static til_status_t transform(til_ctx_t *ctx, const til_norm_t *norm,
                              const til_norm_wishes_t *wishes, til_matrix_t *values)
{
    (void)ctx;
    (void)wishes;
    for (size_t g = 0; g < values->n_rows; g++) {
        double *k = til_matrix_row(values, g);
        for (size_t s = 0; s < values->n_cols; s++) k[s] /= norm->size_factor[s];
    }
    return TIL_OK;
}

const til_norm_scale_t til_norm_to_normalized = {
    .name = "normalized",
    .summary = "counts divided by the size factor of their sample",
    .transform = transform
};
