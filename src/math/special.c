/* special.c -- log gamma, digamma and trigamma differences, summed over the counts of a feature.
 *
 * With x = y + r and a = r + n, n = max(0, ceil(10 - r)), so that x, a >= 10 (y < 10 is apart),
 *
 *     lgamma(x) - lgamma(a) = (x - 1/2) log(1 + (x - a)/a) + (x - a)(log a - 1) + S(x) - S(a)
 *     S(x) = sum_k B_2k / (2k (2k - 1) x^(2k-1)),   k = 1..7
 *     psi(x) - psi(a)       = log(1 + (x - a)/a) + (x - a)/(2 a x) + T(a) - T(x)
 *     T(x) = sum_k B_2k / (2k x^2k)
 *     psi'(x)               = 1/x + 1/(2 x^2) + sum_k B_2k / x^(2k+1)
 *
 * and from a down to r by log prod (r + k), sum 1/(r + k), sum 1/(r + k)^2. Taking the difference
 * before rounding keeps the digits that lgamma(x) - lgamma(r) loses when r is large. Whole y < 10
 * use the same products; what is linear in y is added once for all counts.
 *
 * The loops run over vectors of 8 (GNU C vector types, cut by the compiler to what the CPU has)
 * with a fixed order of summation and no fused multiply-add (-ffp-contract=off): the same bits on
 * every x86-64. Whatever takes or gives a vector is inlined, hence -Wno-psabi in configure.ac.
 *
 * Source: Abramowitz & Stegun 6.1.41, 6.3.18, 6.4.12; log by atanh: Cody & Waite (1980).
 * Error:  the first term left out is under 1e-16 at x = 10.
 * Agrees: libRmath 4.2.2 lgammafn, digamma, trigamma, 1e-14 of the sum of (1 + |term|).
 * Used by: the dispersion search of the NB engines.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "math/order.h"
#include "math/special.h"

enum {
    LANES = 8,
    N_SMALL = 10                /* counts below are taken apart, arguments are lifted to it */
};

typedef double lanes_t __attribute__((vector_size(LANES * sizeof(double))));
typedef uint64_t bits_t __attribute__((vector_size(LANES * sizeof(uint64_t))));

/* Each loop is compiled for three kinds of CPU and chosen when called; the results are the same. */
#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
#define WIDEST __attribute__((target("avx512f,avx512dq")))
#define CPU_IS_WIDE __builtin_cpu_supports("avx2")
#define CPU_IS_WIDEST (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
#else
#define WIDE
#define WIDEST
#define CPU_IS_WIDE 0
#define CPU_IS_WIDEST 0
#endif
#define INLINE static inline __attribute__((always_inline))

INLINE lanes_t load(const double *x)
{
    lanes_t v;
    memcpy(&v, x, sizeof v);
    return v;
}

/* log(m 2^k) = k log 2 + 2 atanh(s), s = (m - 1)/(m + 1), sqrt(1/2) <= m < sqrt(2), for normal
 * x > 0. atanh(s)/s = 1 + s^2/3 + s^4/5 + ... to s^18/19: the next term is under 3e-17. */
INLINE lanes_t log_of(lanes_t x)
{
    const uint64_t SQRT_HALF = UINT64_C(0x3fe6a09e667f3bcd), TWO52 = UINT64_C(0x4330000000000000);
    const double LN2_HI = 0x1.62e42feep-1, LN2_LO = 0x1.a39ef35793c76p-33;  /* HI has 32 bits */

    /* The exponent plus 1024, so that it stays positive, becomes a double by way of its bits. */
    bits_t bits = (bits_t)x, k = (bits - SQRT_HALF + (UINT64_C(1024) << 52)) >> 52;
    lanes_t whole = (lanes_t)(k | TWO52) - (0x1p52 + 1024);
    lanes_t m = (lanes_t)(bits - ((k - 1024) << 52));

    lanes_t f = m - 1.0, s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
    lanes_t tail = z * (2.0 / 3 + z * (2.0 / 5 + z * (2.0 / 7 + z * (2.0 / 9 + z * (2.0 / 11 +
                   z * (2.0 / 13 + z * (2.0 / 15 + z * (2.0 / 17 + z * (2.0 / 19)))))))));
    /* log(m) = f - (f^2/2 - s (f^2/2 + tail)): f is exact, so the rest may be rounded. */
    return whole * LN2_HI - ((half - (s * (half + tail) + whole * LN2_LO)) - f);
}

/* log(1 + u) for 0 <= u < 1e300: what 1 + u rounds off is put back by its first-order effect. */
INLINE lanes_t log1p_of(lanes_t u)
{
    lanes_t z = 1.0 + u;
    return log_of(z) + (u - (z - 1.0)) / z;
}

/* S, T and the series of psi' at x >= 10, given 1/x and 1/x^2; for one number and for lanes. */
#define STIRLING(inv, inv2)                                                                 \
    ((inv) * (1.0 / 12 - (inv2) * (1.0 / 360 - (inv2) * (1.0 / 1260 - (inv2) * (1.0 / 1680 - \
     (inv2) * (1.0 / 1188 - (inv2) * (691.0 / 360360 - (inv2) * (1.0 / 156))))))))
#define DIGAMMA_TAIL(inv2)                                                                  \
    ((inv2) * (1.0 / 12 - (inv2) * (1.0 / 120 - (inv2) * (1.0 / 252 - (inv2) * (1.0 / 240 -  \
     (inv2) * (1.0 / 132 - (inv2) * (691.0 / 32760 - (inv2) * (1.0 / 12))))))))
#define TRIGAMMA_TAIL(inv, inv2)                                                            \
    ((inv) * (inv2) * (1.0 / 6 - (inv2) * (1.0 / 30 - (inv2) * (1.0 / 42 - (inv2) *          \
     (1.0 / 30 - (inv2) * (5.0 / 66 - (inv2) * (691.0 / 2730 - (inv2) * (7.0 / 6))))))))

static double stirling(double inv) { return STIRLING(inv, inv * inv); }
static double digamma_tail(double inv) { return DIGAMMA_TAIL(inv * inv); }
static double trigamma_tail(double inv) { return TRIGAMMA_TAIL(inv, inv * inv); }

INLINE double add_lanes(lanes_t v)
{
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* r and where it is lifted to. */
typedef struct {
    double r, lift, a;          /* a = r + lift >= 10, lift whole */
} lifted_t;

static lifted_t lift(double r)
{
    double n = r < N_SMALL ? ceil(N_SMALL - r) : 0;
    return (lifted_t){ r, n, r + n };
}

/* ---- the counts ---- */

static size_t padded(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

size_t til_nb_counts_size(size_t n)
{
    return 2 * n + 2 * padded(n);
}

void til_nb_counts_set(til_nb_counts_t *counts, size_t n, const double *y, double *work)
{
    double *sorted = work, *times = work + n, *large = work + 2 * n, *large_times;
    size_t n_small = 0, n_different = 0;

    memcpy(sorted, y, n * sizeof *y);
    til_sort(n, sorted);
    *counts = (til_nb_counts_t){ .n = n, .y = y };

    /* Runs of equal counts: the value stays in `sorted`, how often goes to `times`. */
    for (size_t begin = 0, end; begin < n; begin = end) {
        for (end = begin; end < n && sorted[end] == sorted[begin]; end++) {}
        double value = sorted[begin], length = (double)(end - begin);
        sorted[n_different] = value;
        times[n_different++] = length;
        counts->total += length * value;
        if (value < N_SMALL) {
            n_small++;
        } else {
            counts->total_large += length * value;
            counts->times_large += length;
        }
    }
    counts->n_small = n_small;
    counts->small = sorted;
    counts->small_times = times;

    size_t n_large = padded(n_different - n_small);
    large_times = large + n_large;
    for (size_t i = 0; i < n_large; i++) {
        bool real = n_small + i < n_different;
        large[i] = real ? sorted[n_small + i] : N_SMALL;
        large_times[i] = real ? times[n_small + i] : 0;
    }
    counts->n_large = n_large;
    counts->large = large;
    counts->large_times = large_times;
}

/* ---- loops over lanes ---- */

/* sum t ((x - 1/2) log(1 + d/a) - d + S(x)) over the large counts; d = x - a. */
INLINE double lgamma_large_body(const til_nb_counts_t *c, const lifted_t *l)
{
    lanes_t sum = { 0 };
    for (size_t i = 0; i < c->n_large; i += LANES) {
        lanes_t y = load(c->large + i), d = y - l->lift, x = y + l->r, inv = 1.0 / x;
        lanes_t inv2 = inv * inv, u = d * (1 / l->a);
        sum += load(c->large_times + i) * ((x - 0.5) * log1p_of(u) - d + STIRLING(inv, inv2));
    }
    return add_lanes(sum);
}

/* sum t (log(1 + d/a) + d/(2 a x) - T(x)) */
INLINE double digamma_large_body(const til_nb_counts_t *c, const lifted_t *l)
{
    lanes_t sum = { 0 };
    for (size_t i = 0; i < c->n_large; i += LANES) {
        lanes_t y = load(c->large + i), inv = 1.0 / (y + l->r), inv2 = inv * inv;
        lanes_t u = (y - l->lift) * (1 / l->a);
        sum += load(c->large_times + i) * (log1p_of(u) + 0.5 * u * inv - DIGAMMA_TAIL(inv2));
    }
    return add_lanes(sum);
}

/* sum t (psi'(x) - 1/a) */
INLINE double trigamma_large_body(const til_nb_counts_t *c, const lifted_t *l)
{
    lanes_t sum = { 0 };
    for (size_t i = 0; i < c->n_large; i += LANES) {
        lanes_t y = load(c->large + i), inv = 1.0 / (y + l->r), inv2 = inv * inv;
        lanes_t u = (y - l->lift) * (1 / l->a);
        sum += load(c->large_times + i) * (0.5 * inv2 - u * inv + TRIGAMMA_TAIL(inv, inv2));
    }
    return add_lanes(sum);
}

/* What the means add to l(r) or to a derivative of it. */
INLINE lanes_t mean_term(int derivative, lanes_t y, lanes_t mu, double r)
{
    lanes_t u = mu * (1 / r);
    if (derivative == 0) return (y + r) * -log1p_of(u);
    lanes_t inv = 1.0 / (mu + r);
    if (derivative == 1) return (mu - y) * inv - log1p_of(u);
    return inv * (u + (y - mu) * inv);
}

INLINE double mean_sum_body(int derivative, size_t n, const double *y, const double *mu, double r)
{
    lanes_t sum = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) sum += mean_term(derivative, load(y + i), load(mu + i), r);
    if (i < n) {
        lanes_t last_y = { 0 }, last_mu = { 0 };    /* y = mu = 0 adds 0 */
        memcpy(&last_y, y + i, (n - i) * sizeof *y);
        memcpy(&last_mu, mu + i, (n - i) * sizeof *mu);
        sum += mean_term(derivative, last_y, last_mu, r);
    }
    return add_lanes(sum);
}

INLINE double log_array_body(size_t n, const double *x, double *out)
{
    for (size_t i = 0; i < n; i += LANES) {
        size_t size = (n - i < LANES ? n - i : LANES) * sizeof *x;
        lanes_t v = { 0 };
        memcpy(&v, x + i, size);
        v = log_of(v);
        memcpy(out + i, &v, size);
    }
    return 0;
}

#define COMPILE(name, parameters, arguments)                                                \
    static double name##_plain parameters { return name##_body arguments; }                 \
    WIDE static double name##_wide parameters { return name##_body arguments; }             \
    WIDEST static double name##_widest parameters { return name##_body arguments; }         \
    static double name parameters                                                           \
    {                                                                                       \
        return CPU_IS_WIDEST ? name##_widest arguments                                      \
               : CPU_IS_WIDE ? name##_wide arguments : name##_plain arguments;              \
    }

COMPILE(lgamma_large, (const til_nb_counts_t *c, const lifted_t *l), (c, l))
COMPILE(digamma_large, (const til_nb_counts_t *c, const lifted_t *l), (c, l))
COMPILE(trigamma_large, (const til_nb_counts_t *c, const lifted_t *l), (c, l))
COMPILE(mean_sum, (int derivative, size_t n, const double *y, const double *mu, double r),
        (derivative, n, y, mu, r))
COMPILE(log_array, (size_t n, const double *x, double *out), (n, x, out))

void til_log_array(size_t n, const double *x, double *out)
{
    (void)log_array(n, x, out);
}

/* ---- small counts and the lift, one at a time ---- */

/* For 0 <= y < 10 that is not whole: lgamma(y + r) - lgamma(r) - y log r, and the differences of
 * psi and psi'. */
static double lgamma_step(double y, double r)
{
    lifted_t low = lift(r), high = lift(y + r);
    double d = low.lift == 0 ? y : high.a - low.a, i = 1 / low.a, j = 1 / high.a, product = 1;

    for (double k = 0; k < low.lift; k++) product *= r + k;
    for (double k = 0; k < high.lift; k++) product /= y + r + k;
    return (high.a - 0.5) * log1p(d * i) - d + d * log(low.a) - y * log(r) + log(product) +
           stirling(j) - stirling(i);
}

static double digamma_step(double y, double r)
{
    lifted_t low = lift(r), high = lift(y + r);
    double d = low.lift == 0 ? y : high.a - low.a, i = 1 / low.a, j = 1 / high.a;
    double sum = log1p(d * i) + 0.5 * d * i * j + (digamma_tail(i) - digamma_tail(j));

    for (double k = 0; k < low.lift; k++) sum += 1 / (r + k);
    for (double k = 0; k < high.lift; k++) sum -= 1 / (y + r + k);
    return sum;
}

static double trigamma_step(double y, double r)
{
    lifted_t low = lift(r), high = lift(y + r);
    double d = low.lift == 0 ? y : high.a - low.a, i = 1 / low.a, j = 1 / high.a;
    double sum = -d * i * j - 0.5 * d * i * j * (i + j) +
                 (trigamma_tail(j) - trigamma_tail(i));

    for (double k = 0; k < low.lift; k++) sum -= 1 / ((r + k) * (r + k));
    for (double k = 0; k < high.lift; k++) sum += 1 / ((y + r + k) * (y + r + k));
    return sum;
}

static bool is_whole(double y)
{
    return y == floor(y);
}

/* sum_j lgamma(y_j + r) - lgamma(r) - y_j log r */
static double lgamma_sum_above_power(const til_nb_counts_t *c, double r)
{
    double sum = 0, inv_r = 1 / r, product[N_SMALL + 1] = { 1 };

    for (int k = 0; k < N_SMALL; k++) product[k + 1] = product[k] * (1 + (double)k * inv_r);
    for (size_t i = 0; i < c->n_small; i++) {
        double y = c->small[i];
        sum += c->small_times[i] * (is_whole(y) ? log(product[(int)y]) : lgamma_step(y, r));
    }
    if (c->n_large == 0) return sum;

    lifted_t l = lift(r);
    double each = -stirling(1 / l.a);
    sum += lgamma_large(c, &l);
    if (l.lift > 0) {       /* lgamma(a) - lgamma(r), and log a in place of log r */
        double log_a = log(l.a), log_r = log(r);
        each += log(product[(int)l.lift]) - l.lift * (log_a - log_r);
        sum += c->total_large * (log_a - log_r);
    }
    return sum + c->times_large * each;
}

double til_nb_lgamma_sum(const til_nb_counts_t *c, double r)
{
    return lgamma_sum_above_power(c, r) + c->total * log(r);
}

double til_nb_digamma_sum(const til_nb_counts_t *c, double r)
{
    double sum = 0, harmonic[N_SMALL + 1] = { 0 };

    for (int k = 0; k < N_SMALL; k++) harmonic[k + 1] = harmonic[k] + 1 / (r + k);
    for (size_t i = 0; i < c->n_small; i++) {
        double y = c->small[i];
        sum += c->small_times[i] * (is_whole(y) ? harmonic[(int)y] : digamma_step(y, r));
    }
    if (c->n_large == 0) return sum;

    lifted_t l = lift(r);
    sum += digamma_large(c, &l);
    return sum + c->times_large * (digamma_tail(1 / l.a) + harmonic[(int)l.lift]);
}

double til_nb_trigamma_sum(const til_nb_counts_t *c, double r)
{
    double sum = 0, squares[N_SMALL + 1] = { 0 };

    for (int k = 0; k < N_SMALL; k++) squares[k + 1] = squares[k] + 1 / ((r + k) * (r + k));
    for (size_t i = 0; i < c->n_small; i++) {
        double y = c->small[i];
        sum += c->small_times[i] * (is_whole(y) ? -squares[(int)y] : trigamma_step(y, r));
    }
    if (c->n_large == 0) return sum;

    lifted_t l = lift(r);
    double inv = 1 / l.a, each = 0.5 * inv * inv + trigamma_tail(inv) + squares[(int)l.lift];
    sum += trigamma_large(c, &l);
    return sum - c->times_large * each;
}

double til_nb_profile(const til_nb_counts_t *c, const double *mu, double r)
{
    return lgamma_sum_above_power(c, r) + mean_sum(0, c->n, c->y, mu, r);
}

double til_nb_profile_slope(const til_nb_counts_t *c, const double *mu, double r)
{
    return til_nb_digamma_sum(c, r) + mean_sum(1, c->n, c->y, mu, r);
}

double til_nb_profile_curvature(const til_nb_counts_t *c, const double *mu, double r)
{
    return til_nb_trigamma_sum(c, r) + mean_sum(2, c->n, c->y, mu, r);
}
