/* vst.c -- the variance stabilising transformation; the mathematics is in glm/vst.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "glm/vst.h"
#include "norm/scales.h"

static til_status_t transform(til_ctx_t *ctx, const til_norm_t *norm,
                              const til_norm_wishes_t *wishes, til_matrix_t *values)
{
    til_matrix_t out;
    til_status_t status = til_vst(ctx, values, norm->size_factor, &out);

    (void)wishes;
    if (status != TIL_OK) return status;
    memcpy(values->x, out.x, values->n_rows * values->n_cols * sizeof *values->x);
    til_matrix_clear(&out);
    return TIL_OK;
}

const til_norm_scale_t til_norm_to_vst = {
    .name = "vst",
    .summary = "variance stabilising transformation, blind to the design (DESeq2)",
    .transform = transform
};
