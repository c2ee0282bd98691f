/* dist.c -- the door to libRmath.
 *
 * libRmath reports an argument outside a function's domain by printing on standard output, where
 * tilseq writes data; so the domain is checked here first and the answer is NaN, silently.
 *
 * Agrees: R 4.2.2, the function of the same name, to the last bit (it is the same code).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#define MATHLIB_STANDALONE 1
#include <Rmath.h>

#include "math/dist.h"

/* A probability, or its log. False for NaN. */
static bool is_probability(double p, bool log) { return log ? p <= 0 : p >= 0 && p <= 1; }

static bool is_whole(double x)
{
    return isfinite(x) && fabs(x - nearbyint(x)) <= 1e-9 * fmax(1, fabs(x));
}

double til_pnorm(double x, double mean, double sd, bool upper, bool log)
{
    if (!(sd >= 0) || !isfinite(mean)) return NAN;
    return pnorm5(x, mean, sd, !upper, log);
}

double til_qnorm(double p, double mean, double sd, bool upper, bool log)
{
    if (!is_probability(p, log) || !(sd >= 0)) return NAN;
    return qnorm5(p, mean, sd, !upper, log);
}

double til_dnorm(double x, double mean, double sd, bool log)
{
    if (!(sd >= 0) || !isfinite(mean)) return NAN;
    return dnorm4(x, mean, sd, log);
}

double til_pt(double t, double df, bool upper, bool log)
{
    if (isnan(t) || !(df > 0)) return NAN;
    return pt(t, df, !upper, log);
}

double til_qt(double p, double df, bool upper, bool log)
{
    if (!is_probability(p, log) || !(df > 0)) return NAN;
    return qt(p, df, !upper, log);
}

double til_pt_noncentral(double t, double df, double ncp, bool upper)
{
    if (isnan(t) || !(df > 0)) return NAN;
    return pnt(t, df, ncp, !upper, false);
}

double til_pf(double f, double df1, double df2, bool upper, bool log)
{
    if (isnan(f) || !(df1 > 0) || !(df2 > 0)) return NAN;
    return pf(f, df1, df2, !upper, log);
}

double til_df(double f, double df1, double df2, bool log)
{
    if (isnan(f) || !(df1 > 0) || !(df2 > 0)) return NAN;
    return df(f, df1, df2, log);
}

double til_qf(double p, double df1, double df2, bool upper, bool log)
{
    if (!is_probability(p, log) || !(df1 > 0) || !(df2 > 0)) return NAN;
    return qf(p, df1, df2, !upper, log);
}

double til_pchisq(double x, double df, bool upper, bool log)
{
    if (isnan(x) || !(df >= 0) || isinf(df)) return NAN;
    return pchisq(x, df, !upper, log);
}

double til_qchisq(double p, double df, bool upper, bool log)
{
    if (!is_probability(p, log) || !(df >= 0) || isinf(df)) return NAN;
    return qchisq(p, df, !upper, log);
}

double til_pbeta(double x, double a, double b, bool upper, bool log)
{
    if (isnan(x) || !(a >= 0) || !(b >= 0)) return NAN;
    return pbeta(x, a, b, !upper, log);
}

double til_qbeta(double p, double a, double b, bool upper, bool log)
{
    if (!is_probability(p, log) || !(a >= 0) || !(b >= 0)) return NAN;
    return qbeta(p, a, b, !upper, log);
}

double til_pgamma(double x, double shape, double scale, bool upper, bool log)
{
    if (isnan(x) || !(shape >= 0) || !(scale > 0)) return NAN;
    return pgamma(x, shape, scale, !upper, log);
}

double til_qgamma(double p, double shape, double scale, bool upper, bool log)
{
    if (!is_probability(p, log) || !(shape >= 0) || !(scale > 0)) return NAN;
    return qgamma(p, shape, scale, !upper, log);
}

double til_ppois(double x, double mean, bool upper, bool log)
{
    if (isnan(x) || !(mean >= 0)) return NAN;
    return ppois(x, mean, !upper, log);
}

double til_pbinom(double x, double n, double p, bool upper, bool log)
{
    if (isnan(x) || !(n >= 0) || !is_whole(n) || !is_probability(p, false)) return NAN;
    return pbinom(x, n, p, !upper, log);
}

double til_dbinom(double x, double n, double p, bool log)
{
    if (isnan(x) || !(n >= 0) || !is_whole(n) || !is_probability(p, false)) return NAN;
    if (!is_whole(x)) return log ? -INFINITY : 0;
    return dbinom(x, n, p, log);
}

double til_dnbinom_mu(double x, double size, double mu, bool log)
{
    if (isnan(x) || !(size >= 0) || !(mu >= 0)) return NAN;
    if (!is_whole(x)) return log ? -INFINITY : 0;
    return dnbinom_mu(x, size, mu, log);
}

double til_pnbinom_mu(double x, double size, double mu, bool upper, bool log)
{
    if (isnan(x) || !(size >= 0) || !(mu >= 0) || isinf(mu)) return NAN;
    return pnbinom_mu(x, size, mu, !upper, log);
}

double til_phyper(double x, double white, double black, double drawn, bool upper, bool log)
{
    if (isnan(x) || !is_whole(white) || !is_whole(black) || !is_whole(drawn) || !(white >= 0) ||
        !(black >= 0) || !(drawn >= 0) || drawn > white + black)
        return NAN;
    return phyper(x, white, black, drawn, !upper, log);
}

double til_lgamma(double x)
{
    if (isnan(x)) return NAN;
    if (isinf(x) || (x <= 0 && x == floor(x))) return INFINITY;
    return lgammafn(x);
}

double til_digamma(double x)
{
    if (isnan(x) || (x <= 0 && x == floor(x))) return NAN;
    return digamma(x);
}

double til_trigamma(double x)
{
    if (isnan(x)) return NAN;
    if (x <= 0 && x == floor(x)) return INFINITY;
    return trigamma(x);
}

/* x with trigamma(x) = y: Newton on 1/trigamma, which is convex and nearly linear, from
 * x = 1/2 + 1/y, so that every step is upwards-safe.
 *
 *     x <- x + trigamma(x) (1 - trigamma(x) / y) / tetragamma(x)
 *
 * Source: Smyth (2004), Stat Appl Genet Mol Biol 3:3, appendix.
 * Agrees: limma 3.54.1 trigammaInverse(), its limits and stopping rule included.
 */
double til_trigamma_inverse(double y)
{
    enum { MAX_STEPS = 50 };
    const double TOL_STEP = 1e-8;

    if (!(y >= 0)) return NAN;
    if (y > 1e7) return 1 / sqrt(y);
    if (y < 1e-6) return 1 / y;

    double x = 0.5 + 1 / y;
    for (int step = 0; step < MAX_STEPS; step++) {
        double value = trigamma(x);
        double change = value * (1 - value / y) / psigamma(x, 2);
        x += change;
        if (-change / x < TOL_STEP) break;
    }
    return x;
}

double til_lbeta(double a, double b)
{
    if (!(a >= 0) || !(b >= 0)) return NAN;
    if (a == 0 || b == 0) return INFINITY;
    return lbeta(a, b);
}

double til_lchoose(double n, double k)
{
    if (isnan(n) || isnan(k)) return NAN;
    return lchoose(n, nearbyint(k));
}
