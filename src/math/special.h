/* special.h -- the negative binomial likelihood of one feature as a function of its dispersion.
 *
 * For counts y_j with means mu_j and r = 1/alpha, up to terms without r,
 *
 *     l(r) = sum_j  lgamma(y_j + r) - lgamma(r) - y_j log(mu_j + r) - r log(1 + mu_j / r)
 *
 * which a dispersion search evaluates dozens of times per feature. Prepare the counts once
 * (equal counts are merged), then call at any r. No allocation, no state; the same bits on every
 * x86-64 CPU.
 *
 *     double work[til_nb_counts_size(m)] ...
 *     til_nb_counts_t counts;
 *     til_nb_counts_set(&counts, m, y, work);
 *     value = til_nb_profile(&counts, mu, 1 / alpha);
 *     slope = til_nb_profile_slope(&counts, mu, 1 / alpha) * -(1 / alpha);   d l / d log(alpha)
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_MATH_SPECIAL_H
#define TIL_MATH_SPECIAL_H

#include <stddef.h>

/* Read-only for callers; borrows `y` and `work`. */
typedef struct {
    size_t n;                   /* counts                                                     */
    const double *y;            /* n, in the caller's order                                   */
    double total;               /* sum of y                                                   */
    size_t n_small, n_large;    /* different counts under and from 10, the latter padded      */
    const double *small, *small_times, *large, *large_times;
    double total_large, times_large;
} til_nb_counts_t;

/* Doubles of workspace for n counts. */
size_t til_nb_counts_size(size_t n);

/* Prepares n counts, finite and >= 0, whole or not. */
void til_nb_counts_set(til_nb_counts_t *counts, size_t n, const double *y, double *work);

/* sum_j lgamma(y_j + r) - lgamma(r), and its first and second derivative in r. r in [1e-10, 1e15].
 * Error: under 1e-14 of sum_j (1 + |term_j|). */
double til_nb_lgamma_sum(const til_nb_counts_t *counts, double r);
double til_nb_digamma_sum(const til_nb_counts_t *counts, double r);
double til_nb_trigamma_sum(const til_nb_counts_t *counts, double r);

/* l(r) and its first and second derivative in r.
 *
 *   mu   n, >= 0, in the order of y
 */
double til_nb_profile(const til_nb_counts_t *counts, const double *mu, double r);
double til_nb_profile_slope(const til_nb_counts_t *counts, const double *mu, double r);
double til_nb_profile_curvature(const til_nb_counts_t *counts, const double *mu, double r);

/* out[i] = log(x[i]) for finite x > 0 (normal numbers), within 1 ulp; out may be x. */
void til_log_array(size_t n, const double *x, double *out);

#endif
