/* nb_kernel.c -- the inner sums of negative binomial fits, several samples at a time.
 *
 * Stirling, for x >= 8 (c = log(2 pi) / 2, the series to the 7th term, error < 1e-15):
 *
 *     lgamma(x) = (x - 1/2) log x - x + c + s(x)      digamma(x) = log x - 1/(2x) - t(x)
 *
 * For r >= 8 the large terms of lgamma(y + r) - lgamma(r) are taken out by hand,
 *
 *     lgamma(y + r) - lgamma(r) - y log(mu + r) - r log(1 + mu alpha) =
 *         (y + r - 1/2) log1p(y alpha) - y - (y + r) log1p(mu alpha) + s(y + r) - s(r)
 *
 * which has no cancellation when alpha is small. For r < 8 a small argument is lifted,
 *
 *     lgamma(x) = lgamma(x + 8) - log(x (x + 1) ... (x + 7))
 *
 * The loops have no branch and no call, so that a compiler makes vector code of them; sums go over
 * TIL_LANES partial sums in fixed order, the same for every vector width.
 *
 * Source:  Abramowitz & Stegun 6.1.40, 6.3.18; logarithm: Tang (1990), ACM TOMS 16:378.
 * Agrees:  R lgamma(), digamma() to 1e-14 relative (tests/unit/test_nb.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "glm/nb_kernel.h"
#include "glm/design_plan.h"

/* Vector code for the machine at hand, chosen when the program starts. Sanitizers run before that
 * choice can be made. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#if defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__) &&                 \
    !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#endif
#ifndef WIDE
#define WIDE
#endif

#define STIRLING_FROM 8.0

/* log x for a normal x > 0: x = 2^k m with m in [sqrt(1/2), sqrt 2), then
 * log m = 2 atanh((m - 1) / (m + 1)) by a polynomial in the square. */
static inline double quick_log(double x)
{
    const uint64_t half_root = 0x3fe6a09e667f3bcdu, exponent_one = 0x3ff0000000000000u;
    uint64_t bits, high;
    double m, k;

    memcpy(&bits, &x, sizeof bits);
    bits += exponent_one - half_root;
    high = (bits >> 52) | 0x4330000000000000u; /* 2^52 + biased exponent */
    bits = (bits & 0x000fffffffffffffu) + half_root;
    memcpy(&k, &high, sizeof k);
    memcpy(&m, &bits, sizeof m);
    k -= 4503599627370496.0 + 1023;

    double f = m - 1, s = f / (2 + f), z = s * s, half = 0.5 * f * f;
    double tail = z * (6.666666666666735130e-01 +
                       z * (3.999999999940941908e-01 +
                            z * (2.857142874366239149e-01 +
                                 z * (2.222219843214978396e-01 +
                                      z * (1.818357216161805012e-01 +
                                           z * (1.531383769920937332e-01 +
                                                z * 1.479819860511658591e-01))))));
    return k * 6.93147180369123816490e-01 -
           ((half - (s * (half + tail) + k * 1.90821492927058770002e-10)) - f);
}

/* log(1 + t) for t >= 0, given u = 1 + t and its inverse: the rounding of u is put back. */
static inline double quick_log1p(double t, double u, double inverse)
{
    return quick_log(u) + (t - (u - 1)) * inverse;
}

/* a where `yes`, else b, without a branch. */
static inline double pick(bool yes, double a, double b)
{
    uint64_t mask = (uint64_t)0 - (uint64_t)yes, in_a, in_b;
    double out;

    memcpy(&in_a, &a, sizeof in_a);
    memcpy(&in_b, &b, sizeof in_b);
    in_a = (in_a & mask) | (in_b & ~mask);
    memcpy(&out, &in_a, sizeof out);
    return out;
}

static inline double stirling(double inverse)
{
    double z = inverse * inverse;
    return inverse *
           (1.0 / 12 +
            z * (-1.0 / 360 +
                 z * (1.0 / 1260 + z * (-1.0 / 1680 + z * (1.0 / 1188 + z * (-691.0 / 360360 +
                                                                             z * (1.0 / 156)))))));
}

static inline double stirling_digamma(double inverse)
{
    double z = inverse * inverse;
    return z *
           (1.0 / 12 +
            z * (-1.0 / 120 +
                 z * (1.0 / 252 +
                      z * (-1.0 / 240 + z * (1.0 / 132 + z * (-691.0 / 32760 + z * (1.0 / 12)))))));
}

static inline double sum_lanes(const double *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* lgamma(x) - c and digamma(x) for x > 0, lifted by 8 where x is small. */
static inline double lifted_lgamma(double x, double *digamma)
{
    bool is_small = x < STIRLING_FROM;
    double lift = pick(is_small, 8, 0);
    double product = x, derivative = 1;

    for (int k = 1; k < 8; k++) {
        derivative = derivative * (x + k) + product;
        product *= x + k;
    }
    product = pick(is_small, product, 1);
    derivative = pick(is_small, derivative, 0);

    double high = x + lift, log_high = quick_log(high), inverse = 1 / high;
    *digamma = log_high - 0.5 * inverse - stirling_digamma(inverse) - derivative / product;
    return (high - 0.5) * log_high - high + stirling(inverse) - quick_log(product);
}

WIDE static til_nb_profile_t profile_small_alpha(size_t n, const double *restrict y,
                                                 const double *restrict mu, double alpha,
                                                 double *restrict weight)
{
    double r = 1 / alpha, s_r = stirling(alpha), t_r = stirling_digamma(alpha);
    double loglik[TIL_LANES] = { 0 }, slope[TIL_LANES] = { 0 };

    for (size_t i = 0; i < n; i += TIL_LANES)
        for (size_t k = 0; k < TIL_LANES; k++) {
            double yk = y[i + k], t = mu[i + k] * alpha, u = 1 + t, inv = 1 / u;
            double ty = yk * alpha, v = 1 + ty, inv_v = 1 / v, inv_x = alpha * inv_v;
            double log_u = quick_log1p(t, u, inv), log_v = quick_log1p(ty, v, inv_v);
            weight[i + k] = mu[i + k] * inv;
            loglik[k] += (yk + r - 0.5) * log_v - yk - (yk + r) * log_u + (stirling(inv_x) - s_r);
            slope[k] += (log_u - log_v) + (ty - t) * inv +
                        (0.5 * (inv_x - alpha) + (stirling_digamma(inv_x) - t_r));
        }
    return (til_nb_profile_t){ sum_lanes(loglik), r * sum_lanes(slope) };
}

WIDE static til_nb_profile_t profile_large_alpha(size_t n, const double *restrict y,
                                                 const double *restrict mu, double alpha,
                                                 double *restrict weight)
{
    double r = 1 / alpha, log_alpha = quick_log(alpha), psi_r;
    double lgamma_r = lifted_lgamma(r, &psi_r);
    double loglik[TIL_LANES] = { 0 }, slope[TIL_LANES] = { 0 };

    for (size_t i = 0; i < n; i += TIL_LANES)
        for (size_t k = 0; k < TIL_LANES; k++) {
            double yk = y[i + k], t = mu[i + k] * alpha, u = 1 + t, inv = 1 / u, psi;
            double log_u = quick_log1p(t, u, inv), lg = lifted_lgamma(yk + r, &psi);
            weight[i + k] = mu[i + k] * inv;
            loglik[k] += (lg - lgamma_r) + yk * log_alpha - (yk + r) * log_u;
            slope[k] += log_u + (yk * alpha - t) * inv - (psi - psi_r);
        }
    return (til_nb_profile_t){ sum_lanes(loglik), r * sum_lanes(slope) };
}

til_nb_profile_t til_nb_kernel_profile(size_t n, const double *y, const double *mu, double alpha,
                                       double *weight)
{
    return alpha * STIRLING_FROM <= 1 ? profile_small_alpha(n, y, mu, alpha, weight)
                                      : profile_large_alpha(n, y, mu, alpha, weight);
}

WIDE static double pass_over(size_t n, const double *restrict y, const double *restrict nf,
                             const double *restrict log_nf, const double *restrict floor_mu,
                             const til_nb_pass_t *p)
{
    const double *restrict eta = p->eta, *restrict exp_eta = p->exp_eta;
    double *restrict weight = p->weight, *restrict weight_z = p->weight_z;
    double alpha = p->alpha, r = 1 / alpha, log_floor = p->log_floor, sum[TIL_LANES] = { 0 };

    for (size_t i = 0; i < n; i += TIL_LANES)
        for (size_t k = 0; k < TIL_LANES; k++) {
            size_t s = i + k;
            double raw = nf[s] * exp_eta[s], low = floor_mu[s];
            bool is_low = raw < low;
            double mu = pick(is_low, low, raw);
            double log_ratio = pick(is_low, log_floor - log_nf[s], eta[s]);
            double t = alpha * mu, u = 1 + t, inv = 1 / u, w = mu * inv;
            weight[s] = w;
            weight_z[s] = w * log_ratio + (y[s] - mu) * inv;
            sum[k] += y[s] * (log_ratio + log_nf[s]) - (y[s] + r) * quick_log1p(t, u, inv);
        }
    return sum_lanes(sum);
}

double til_nb_pass(size_t n, const til_nb_pass_t *pass)
{
    return pass_over(n, pass->y, pass->nf, pass->log_nf, pass->floor, pass);
}

WIDE static double loglik_mu(size_t n, const double *restrict y, const double *restrict mu,
                             const double *restrict log_mu, double alpha)
{
    double r = 1 / alpha, sum[TIL_LANES] = { 0 };

    for (size_t i = 0; i < n; i += TIL_LANES)
        for (size_t k = 0; k < TIL_LANES; k++) {
            double t = alpha * mu[i + k], u = 1 + t;
            double gain = pick(y[i + k] > 0, y[i + k] * log_mu[i + k], 0);
            sum[k] += gain - (y[i + k] + r) * quick_log1p(t, u, 1 / u);
        }
    return sum_lanes(sum);
}

double til_nb_loglik_mu(size_t n, const double *y, const double *mu, const double *log_mu,
                        double alpha)
{
    return loglik_mu(n, y, mu, log_mu, alpha);
}

WIDE static double constant_small_alpha(size_t n, const double *restrict y, double alpha)
{
    double r = 1 / alpha, s_r = stirling(alpha), unused, one = lifted_lgamma(1, &unused);
    double sum[TIL_LANES] = { 0 };

    for (size_t i = 0; i < n; i += TIL_LANES)
        for (size_t k = 0; k < TIL_LANES; k++) {
            double yk = y[i + k], t = yk * alpha, v = 1 + t, inv = 1 / v, psi;
            sum[k] += (yk + r - 0.5) * quick_log1p(t, v, inv) - yk + (stirling(alpha * inv) - s_r) -
                      (lifted_lgamma(yk + 1, &psi) - one);
        }
    return sum_lanes(sum);
}

WIDE static double constant_large_alpha(size_t n, const double *restrict y, double alpha)
{
    double r = 1 / alpha, unused, one = lifted_lgamma(1, &unused);
    double lgamma_r = lifted_lgamma(r, &unused), log_alpha = quick_log(alpha);
    double sum[TIL_LANES] = { 0 };

    for (size_t i = 0; i < n; i += TIL_LANES)
        for (size_t k = 0; k < TIL_LANES; k++) {
            double yk = y[i + k], psi;
            sum[k] += (lifted_lgamma(yk + r, &psi) - lgamma_r) + yk * log_alpha -
                      (lifted_lgamma(yk + 1, &psi) - one);
        }
    return sum_lanes(sum);
}

/* For small alpha y log(r) stands inside the lgamma difference and cancels y log(alpha). */
double til_nb_loglik_constant(size_t n, const double *y, double alpha)
{
    return alpha * STIRLING_FROM <= 1 ? constant_small_alpha(n, y, alpha)
                                      : constant_large_alpha(n, y, alpha);
}
