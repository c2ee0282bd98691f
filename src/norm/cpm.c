/* cpm.c -- counts per million of the effective library size, plain and logged; the formulas are
 * in norm/cpm.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "norm/cpm.h"
#include "norm/scales.h"

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
    .name = "cpm",
    .summary = "counts per million of lib_size * norm_factor",
    .transform = plain
};

const til_norm_scale_t til_norm_to_logcpm = {
    .name = "logcpm",
    .summary = "log2 counts per million after a prior count (edgeR)",
    .transform = logged
};
