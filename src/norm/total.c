/* total.c -- the library size alone: every factor is 1. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "norm/methods.h"

static til_status_t estimate(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                             double *factors)
{
    (void)ctx;
    (void)lib_size;
    for (size_t s = 0; s < counts->n_cols; s++) factors[s] = 1;
    return TIL_OK;
}

const til_norm_method_t til_norm_total = {
    .name = "total", .summary = "the library size alone", .reference = "none", .estimate = estimate
};
