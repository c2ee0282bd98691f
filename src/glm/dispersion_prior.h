/* dispersion_prior.h -- how far the dispersion of a gene may lie from the trend. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_DISPERSION_PRIOR_H
#define TIL_GLM_DISPERSION_PRIOR_H

#include <stddef.h>
#include <tilseq/context.h>

/* Widths on the scale of log dispersion. */
typedef struct {
    double residual_variance; /* squared MAD of log(dispersion / trend)              */
    double prior_variance;    /* of the true values about the trend                  */
} til_dispersion_prior_t;

/*   dispersion, trend   n genes with a count
 *   df                  samples minus coefficients, >= 1
 * The residuals are those of genes with a dispersion of at least 1e-6; without any the prior is the
 * narrowest there is. */
TIL_MUST_USE
til_status_t til_dispersion_prior(til_ctx_t *ctx, size_t n, const double *dispersion,
                                  const double *trend, size_t df, til_dispersion_prior_t *out);

/* R's predict(loess(y ~ x, span = 0.2), fine) for y at 200 points x evenly over [0, 8] and fine
 * 1000 points evenly over [0, 8]. */
void til_prior_loess(const double *y, double *fine);

enum { TIL_PRIOR_FINE = 1000 };

#endif
