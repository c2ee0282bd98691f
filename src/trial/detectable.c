/* detectable.c -- what a t test can find.
 *
 *     power(ncp) = P(T > c) + P(T < -c),   T noncentral t with df and ncp,  c = qt(1 - alpha/2, df)
 *
 * One arm: ncp = size sqrt(n), df = n - 1. Two arms of n: ncp = size sqrt(n / 2), df = 2 (n - 1).
 *
 * Agrees:  R 4.2 power.t.test(strict = TRUE) to 1e-6.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "math/dist.h"
#include "math/optimise.h"
#include "trial/detectable.h"

static const double MAX_NCP = 1000, MAX_PATIENTS = 1e6;
static const double TOL = 1e-10;

double til_trial_power_of(double ncp, double df, double alpha)
{
    double cut = til_qt(alpha / 2, df, true, false);
    return til_pt_noncentral(cut, df, ncp, true) + til_pt_noncentral(-cut, df, ncp, false);
}

typedef struct {
    double df, alpha, power;
} wish_t;

static double short_of(double ncp, void *arg)
{
    const wish_t *wish = arg;
    return til_trial_power_of(ncp, wish->df, wish->alpha) - wish->power;
}

double til_trial_detectable(double df, double alpha, double power)
{
    wish_t wish = { df, alpha, power };

    if (!(df > 0)) return NAN;
    return til_zeroin(short_of, &wish, 0, MAX_NCP, TOL, 1000);
}

static double power_at(double n, double size, int n_arms, double alpha)
{
    double df = n_arms == 1 ? n - 1 : 2 * (n - 1);
    return til_trial_power_of(fabs(size) * sqrt(n / n_arms), df, alpha);
}

double til_trial_n_per_arm(double size, int n_arms, double alpha, double power)
{
    double low = 1, high = 2;

    if (!(fabs(size) > 0)) return NAN;
    while (high <= MAX_PATIENTS && power_at(high, size, n_arms, alpha) < power) {
        low = high;
        high *= 2;
    }
    if (high > MAX_PATIENTS) return NAN;
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (power_at(middle, size, n_arms, alpha) < power) low = middle;
        else high = middle;
    }
    return high;
}
