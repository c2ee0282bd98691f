/* reduction.c -- the effects that a reduced model leaves out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "design/contrast_parts.h"
#include "math/linalg.h"

#define TOL_RANK 1e-7 /* as R's qr() */

static til_status_t effect_of(til_ctx_t *ctx, const til_design_t *full, size_t j,
                              til_contrast_t *out)
{
    til_status_t status = TIL_OK;
    til_strbuf_t id = { 0 };

    *out = (til_contrast_t){ .weights = til_array_zero(full->n_coef, sizeof *out->weights) };
    if (out->weights == NULL) return til_no_memory(ctx, full->n_coef, "weights");
    out->weights[j] = 1;
    til_strbuf_add(&id, full->coef_names[j]);
    TIL_TRY(til_contrast_give(ctx, &id, &out->text));
    til_contrast_fit_id(&id);
    TIL_TRY(til_contrast_give(ctx, &id, &out->id));
done:
    til_strbuf_clear(&id);
    return status;
}

til_status_t til_reduction_contrasts(til_ctx_t *ctx, const til_design_t *full,
                                     const til_design_t *reduced, til_contrast_t **contrasts,
                                     size_t *n)
{
    til_status_t status = TIL_OK;
    size_t rows = full->n_samples, q = reduced->n_coef, p = q + full->n_coef, rank;
    double *both = til_array(rows * p, sizeof *both);
    size_t *pivot = til_array(p, sizeof *pivot);

    *n = 0;
    *contrasts = til_array_zero(full->n_coef, sizeof **contrasts);
    if (both == NULL || pivot == NULL || *contrasts == NULL)
        TIL_TRY(til_no_memory(ctx, rows * p, "numbers"));
    memcpy(both, reduced->x, rows * q * sizeof *both);
    memcpy(both + rows * q, full->x, rows * full->n_coef * sizeof *both);
    TIL_TRY(til_rank_pivot(ctx, rows, p, both, TOL_RANK, &rank, pivot));
    for (size_t k = 0; k < rank; k++)
        if (pivot[k] >= q) TIL_TRY(effect_of(ctx, full, pivot[k] - q, &(*contrasts)[(*n)++]));
done:
    free(pivot);
    free(both);
    return status;
}
