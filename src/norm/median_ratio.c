/* median_ratio.c -- DESeq2's size factors; the mathematics is in norm/size_factors.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "norm/size_factors.h"
#include "norm/methods.h"

static til_status_t estimate(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                             double *factors)
{
    (void)lib_size;
    return til_size_factors_median_ratio(ctx, counts, factors);
}

const til_norm_method_t til_norm_median_ratio = {
    .name = "median-ratio",
    .summary = "median ratio to the geometric-mean sample (DESeq2)",
    .reference = "Anders & Huber 2010, doi:10.1186/gb-2010-11-10-r106",
    .is_size_factor = true,
    .estimate = estimate
};
