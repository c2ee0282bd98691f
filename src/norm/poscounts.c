/* poscounts.c -- size factors for counts full of zeros; see norm/size_factors.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "norm/size_factors.h"
#include "norm/methods.h"

static til_status_t estimate(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                             double *factors)
{
    (void)lib_size;
    return til_size_factors_poscounts(ctx, counts, factors);
}

const til_norm_method_t til_norm_poscounts = {
    .name = "poscounts",
    .summary = "median ratio to a reference over positive counts, for many zeros (DESeq2)",
    .reference = "Love, Huber & Anders 2014, doi:10.1186/s13059-014-0550-8",
    .is_size_factor = true,
    .estimate = estimate
};
