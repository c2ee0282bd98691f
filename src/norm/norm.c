/* norm.c -- driver of the room: checks the counts, runs one method, relates its factors. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/methods.h"
#include "base/need.h"
#include "base/try.h"
#include "norm/cpm.h"
#include "norm/methods.h"
#include "norm/scales.h"

#define ADDRESS(x) &til_norm_##x,
const til_norm_method_t *const til_norm_methods[] = { TIL_NORM_METHODS(ADDRESS) NULL };
#undef ADDRESS

#define ADDRESS(x) &til_norm_to_##x,
const til_norm_scale_t *const til_norm_scales[] = { TIL_NORM_SCALES(ADDRESS) NULL };
#undef ADDRESS

TIL_DEFINE_FIND(til_norm_find, til_norm_method_t, til_norm_methods)

TIL_DEFINE_FIND(til_norm_find_scale, til_norm_scale_t, til_norm_scales)

void til_norm_clear(til_norm_t *norm)
{
    if (norm == NULL) return;
    free(norm->lib_size);
    free(norm->norm_factor);
    free(norm->size_factor);
    free(norm->effective);
    memset(norm, 0, sizeof *norm);
}

static til_status_t norm_init(til_ctx_t *ctx, size_t n, til_norm_t *out)
{
    memset(out, 0, sizeof *out);
    out->n_samples = n;
    out->lib_size = til_array(n, sizeof(double));
    out->norm_factor = til_array(n, sizeof(double));
    out->size_factor = til_array(n, sizeof(double));
    out->effective = til_array(n, sizeof(double));
    if (out->lib_size == NULL || out->norm_factor == NULL || out->size_factor == NULL ||
        out->effective == NULL)
        return til_no_memory(ctx, n, "samples");
    return TIL_OK;
}

/* out[s] = x[s] / geometric mean of x; out may be x. */
static void centre(size_t n, const double *x, double *out)
{
    double mean_log = 0;

    for (size_t s = 0; s < n; s++) mean_log += log(x[s]);
    double middle = exp(mean_log / (double)n);
    for (size_t s = 0; s < n; s++) out[s] = x[s] / middle;
}

til_status_t til_norm_estimate(til_ctx_t *ctx, const til_norm_method_t *method,
                               const til_matrix_t *counts, til_norm_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_norm_t){ 0 };
    TIL_NEED(ctx, method);
    TIL_NEED(ctx, counts);
    til_status_t status = TIL_OK;
    size_t n = counts->n_cols;

    TIL_TRY(norm_init(ctx, n, out));
    TIL_TRY(til_matrix_check_counts(ctx, counts, 0));
    TIL_TRY(til_library_sizes(ctx, counts, out->lib_size));

    if (method->is_size_factor) {
        TIL_TRY(method->estimate(ctx, counts, out->lib_size, out->size_factor));
        for (size_t s = 0; s < n; s++) out->norm_factor[s] = out->size_factor[s] / out->lib_size[s];
        centre(n, out->norm_factor, out->norm_factor);
    } else {
        TIL_TRY(method->estimate(ctx, counts, out->lib_size, out->norm_factor));
    }
    for (size_t s = 0; s < n; s++) out->effective[s] = out->lib_size[s] * out->norm_factor[s];
    if (!method->is_size_factor) centre(n, out->effective, out->size_factor);

done:
    if (status != TIL_OK) til_norm_clear(out);
    return status;
}

til_status_t til_norm_transform(til_ctx_t *ctx, const til_norm_scale_t *scale,
                                const til_norm_t *norm, const til_norm_wishes_t *wishes,
                                til_matrix_t *values)
{
    TIL_NEED(ctx, values);
    TIL_NEED(ctx, scale);
    TIL_NEED(ctx, norm);
    TIL_NEED(ctx, wishes);
    return scale->transform(ctx, norm, wishes, values);
}
