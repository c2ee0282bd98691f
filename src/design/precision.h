/* precision.h -- how much a design can say about a contrast, before any count is seen. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_PRECISION_H
#define TIL_DESIGN_PRECISION_H

#include <tilseq/design.h>

/* *variance: that of the contrast's estimate where the residual variance is 1, w' (X'X)^-1 w. The design
 * is of full rank, else TIL_ENUMERIC. A difference of the means of a and of b samples has
 * 1/a + 1/b. */
TIL_MUST_USE
til_status_t til_contrast_variance(til_ctx_t *ctx, const til_design_t *design,
                                   const double *weights, double *variance);

#endif
