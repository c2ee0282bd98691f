/* smooth.h -- lowess, natural splines, local regression as R computes them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_MATH_SMOOTH_H
#define TIL_MATH_SMOOTH_H

#include <stddef.h>
#include <tilseq/context.h>

/* Cleveland's lowess: R's lowess(x, y, f, iter, delta) for x sorted ascending.
 *
 *   fitted   n; robustness weights and residuals are not handed out
 * Agrees: R stats::lowess (clowess) to rounding. */
TIL_MUST_USE
til_status_t til_lowess(til_ctx_t *ctx, size_t n, const double *x, const double *y, double f,
                        int n_iter, double delta, double *fitted);

/* limma's weightedLowess(x, y, weight, span, iterations = 1, npts = 200) for x sorted ascending:
 * local lines whose reach holds the share `span` of the weight, fitted at about 200 places and
 * joined by straight lines. weight > 0.
 *
 *   fitted   n */
TIL_MUST_USE
til_status_t til_lowess_weighted(til_ctx_t *ctx, size_t n, const double *x, const double *y,
                                 const double *weight, double span, double *fitted);

/* R approxfun(x, y, rule = 2, ties = mean) for x sorted ascending: call til_approx_ties once (in
 * place, returns the new n), then til_approx per point. */
size_t til_approx_ties(size_t n, double *x, double *y);
double til_approx(size_t n, const double *x, const double *y, double at);

/* R splines::ns(x, df = df, intercept = TRUE): the basis with knots from the n values x, at n_at
 * finite points (x itself, or others: straight lines beyond the range of x).
 *
 *   basis    n_at x df, column-major */
TIL_MUST_USE
til_status_t til_natural_spline_basis(til_ctx_t *ctx, size_t n, const double *x, size_t df,
                                      size_t n_at, const double *at, double *basis);

/* locfit::locfit(y ~ x, weights = w) with locfit's defaults (local quadratic, nearest-neighbour
 * fraction 0.7, tricube, vertices with cut 0.8, cubic Hermite blending), as DESeq2's
 * localDispersionFit uses it; evaluate with til_locfit_at (predict()), also beyond the data.
 *
 *   x, y, weight   n each, finite, weight >= 0 or NULL for ones; x in any order
 * TIL_ENUMERIC when the points have no spread or 70 % of them share one x. */
typedef struct til_locfit til_locfit_t;
TIL_MUST_USE
til_status_t til_locfit_new(til_ctx_t *ctx, size_t n, const double *x, const double *y,
                            const double *weight, til_locfit_t **out);
/* locfit(y ~ x, alpha = fraction, deg = 0): the moving weighted mean of edgeR's trends. */
TIL_MUST_USE
til_status_t til_locfit_flat_new(til_ctx_t *ctx, size_t n, const double *x, const double *y,
                                 double fraction, til_locfit_t **out);
double til_locfit_at(const til_locfit_t *fit, double x);
void til_locfit_free(til_locfit_t *fit);

#endif
