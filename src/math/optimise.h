/* optimise.h -- minimisers and root finders. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_MATH_OPTIMISE_H
#define TIL_MATH_OPTIMISE_H

#include <stdbool.h>
#include <stddef.h>

typedef double til_scalar_fn(double x, void *arg);

/* Root of f in [lo, hi] by Brent's zeroin, R's uniroot(): f(lo) and f(hi) of opposite sign; tol as
 * R's. NaN when the signs are equal. */
double til_zeroin(til_scalar_fn *f, void *arg, double lo, double hi, double tol, int max_iter);

/* Minimum of f in [lo, hi] by Brent's fmin, R's optimize(). */
double til_fmin(til_scalar_fn *f, void *arg, double lo, double hi, double tol);

/* Box-constrained minimisation, R's optim(method = "L-BFGS-B") with its defaults (m = 5,
 * factr = 1e7, pgtol = 0, maxit = 100) and a numerical gradient of step ndeps = 1e-3 clipped at
 * the bounds.
 *
 *   x        in: start; out: minimum. n values
 *   lower, upper   n each
 *   work     til_lbfgsb_work_size(n) doubles
 * Returns true when converged (R's convergence == 0); *value is the minimum. */
typedef double til_vector_fn(size_t n, const double *x, void *arg);
size_t til_lbfgsb_work_size(size_t n);
bool til_lbfgsb(til_vector_fn *f, void *arg, size_t n, double *x, const double *lower,
                const double *upper, double *work, double *value);

/* The same for a function that knows a cheaper way to its central differences:
 * slope[i] = (f(x + up[i] e_i) - f(x - down[i] e_i)) / (up[i] + down[i]). */
typedef void til_vector_slope_fn(size_t n, const double *x, const double *up, const double *down,
                                 void *arg, double *slope);
bool til_lbfgsb_sloped(til_vector_fn *f, til_vector_slope_fn *slope, void *arg, size_t n, double *x,
                       const double *lower, const double *upper, double *work, double *value);

#endif
