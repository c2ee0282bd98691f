/* precision.c -- the variance of a contrast by the QR of its design. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "design/precision.h"
#include "design/standard.h"
#include "math/linalg.h"

til_status_t til_contrast_variance(til_ctx_t *ctx, const til_design_t *design,
                                   const double *weights, double *variance)
{
    til_status_t status = TIL_OK;
    size_t p = design->n_coef;
    til_standard_t standard = { 0 };
    double *w = til_array(2 * p, sizeof *w);

    if (w == NULL) return til_no_memory(ctx, p, "weights");
    TIL_TRY(til_standard_init(ctx, design, TIL_STANDARD_CENTRE, &standard));
    til_standard_weights(&standard, weights, w);
    TIL_TRY(til_qr(ctx, design->n_samples, p, standard.x, w + p));
    TIL_TRY(til_solve_upper(ctx, p, standard.x, design->n_samples, true, 1, w));
    *variance = 0;
    for (size_t j = 0; j < p; j++) *variance += w[j] * w[j];
done:
    til_standard_clear(&standard);
    free(w);
    return status;
}
