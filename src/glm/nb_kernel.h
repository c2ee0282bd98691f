/* nb_kernel.h -- sums over the samples of one gene that negative binomial fits live on. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_NB_KERNEL_H
#define TIL_GLM_NB_KERNEL_H

#include <stddef.h>

/* What the profile of the dispersion alpha needs at one value of it. With r = 1 / alpha,
 *
 *     loglik = sum_s lgamma(y + r) - lgamma(r) - y log(mu + r) - r log(1 + mu alpha)
 *     slope  = d loglik / d log alpha
 *     weight[s] = 1 / (1 / mu + alpha)
 *
 *   n      a multiple of TIL_LANES; spare entries have y = mu = 0 and add nothing
 *   y      whole numbers >= 0
 *   mu     > 0 for samples
 */
typedef struct {
    double loglik, slope;
} til_nb_profile_t;

til_nb_profile_t til_nb_kernel_profile(size_t n, const double *y, const double *mu, double alpha,
                                       double *weight);

/* One pass of weighted least squares over the samples of a gene: mean mu = nf exp(eta), not below
 * `floor`, weight w = mu / (1 + alpha mu), and w z with the working response
 * z = log(mu / nf) + (y - mu) / mu. Returns
 *
 *     sum_s y log mu - (y + r) log(1 + alpha mu)
 *
 * the part of the log likelihood that moves with mu. Spare entries: y = exp_eta = eta = floor = 0,
 * nf = 1, log_nf = 0. */
typedef struct {
    const double *y, *nf, *log_nf, *floor; /* n each */
    const double *eta, *exp_eta;           /* n each */
    double alpha, log_floor;
    double *weight, *weight_z; /* n each, written */
} til_nb_pass_t;

double til_nb_pass(size_t n, const til_nb_pass_t *pass);

/* sum_s y log(mu) - (y + r) log(1 + alpha mu) for given means; an entry with mu = 0 counts for
 * y = 0 only. */
double til_nb_loglik_mu(size_t n, const double *y, const double *mu, const double *log_mu,
                        double alpha);

/* sum_s lgamma(y + r) - lgamma(r) - lgamma(y + 1) + y log(alpha): the part that does not. */
double til_nb_loglik_constant(size_t n, const double *y, double alpha);

#endif
