/* auc.c -- how well a value tells two groups apart: the area under the ROC curve.
 *
 *     U = #{x > y} + #{x = y} / 2,   auc = U / (n_x n_y)
 *
 * p and interval are exact. Under the Lehmann alternatives G = F^l, taken from the smallest value up,
 * the next value is one of the i x that are left with probability i r / (i r + j), where j y are
 * left and auc = 1 / (1 + r). That gives the distribution of U for every auc, uniform over orders
 * at auc = 1/2 (Mann & Whitney), and
 *
 *     low   the auc at which P(U >= u) = alpha / 2,   high   at which P(U <= u) = alpha / 2
 *     p     2 min(P(U >= u), P(U <= u)) at 1/2
 *
 * Ties count half; tails then begin at the whole number towards the middle, which errs to the wide
 * side. Beyond MAX_PAIRS pairs the normal limit of U is used, with the variance of ties (p) and
 * DeLong's (interval, on the logit).
 *
 * Source:  Mann & Whitney (1947); Lehmann (1953), Ann. Math. Stat. 24:23; DeLong et al. (1988),
 *          Biometrics 44:837.
 * Agrees:  R 4.2 wilcox.test(exact = TRUE) to 1e-12 without ties.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/dist.h"
#include "math/optimise.h"
#include "trial/auc.h"

enum { MAX_PAIRS = 400 };
static const double LEAST = 1e-6, TOL = 1e-7;

typedef struct {
    size_t n_x, n_y;
    double at;     /* U                          */
    bool is_upper; /* P(U >= at), else P(U <= at) */
    double wanted; /* the probability looked for */
    double *work;  /* (n_x + 1) x (n_x n_y + 1)  */
} tail_t;

/* P(U >= at) or P(U <= at) when the area is auc. work[i][u]: the chance of u pairs from the values
 * that are left when i x and the current number of y are. */
static double tail_of(const tail_t *t, double auc)
{
    size_t n_u = t->n_x * t->n_y + 1;
    double ratio = (1 - auc) / auc, sum = 0;

    memset(t->work, 0, (t->n_x + 1) * n_u * sizeof *t->work);
    for (size_t i = 0; i <= t->n_x; i++) t->work[i * n_u] = 1; /* no y left: no pairs */
    for (size_t j = 1; j <= t->n_y; j++)
        for (size_t i = 0; i <= t->n_x; i++) {
            double *now = t->work + i * n_u; /* holds the case of j - 1 y */
            double next_x = (double)i * ratio / ((double)i * ratio + (double)j);
            const double *fewer = i > 0 ? t->work + (i - 1) * n_u : NULL;
            for (size_t u = i * j + 1; u-- > 0;) {
                double p = u >= i ? (1 - next_x) * now[u - i] : 0;
                now[u] = p + (fewer != NULL ? next_x * fewer[u] : 0);
            }
        }
    const double *u = t->work + t->n_x * n_u;
    for (size_t k = 0; k < n_u; k++)
        if (t->is_upper ? (double)k >= floor(t->at) : (double)k <= ceil(t->at)) sum += u[k];
    return fmin(1, sum);
}

static double distance(double auc, void *arg)
{
    const tail_t *t = arg;
    return tail_of(t, auc) - t->wanted;
}

static void exact_answer(tail_t *t, double alpha, til_auc_t *out)
{
    double n_pairs = (double)(t->n_x * t->n_y), upper, lower;

    t->is_upper = true;
    upper = tail_of(t, 0.5);
    t->wanted = alpha / 2;
    out->low = t->at <= 0 ? 0 : til_zeroin(distance, t, LEAST, 1 - LEAST, TOL, 200);
    t->is_upper = false;
    lower = tail_of(t, 0.5);
    out->high = t->at >= n_pairs ? 1 : til_zeroin(distance, t, LEAST, 1 - LEAST, TOL, 200);
    if (isnan(out->low)) out->low = 0;
    if (isnan(out->high)) out->high = 1;
    out->p = fmin(1, 2 * fmin(upper, lower));
}

/* DeLong's variance of the area from the placements of each value. */
static double placement_variance(size_t n_x, const double *x, size_t n_y, const double *y,
                                 double auc)
{
    double sum = 0;

    for (size_t i = 0; i < n_x; i++) {
        double below = 0;
        for (size_t j = 0; j < n_y; j++) below += x[i] > y[j] ? 1 : x[i] < y[j] ? 0 : 0.5;
        below = below / (double)n_y - auc;
        sum += below * below;
    }
    return sum / (double)(n_x - 1) / (double)n_x;
}

static void normal_answer(size_t n_x, const double *x, size_t n_y, const double *y, double alpha,
                          til_auc_t *out)
{
    double n = (double)n_x, m = (double)n_y, ties = 0, auc = out->auc;

    for (size_t i = 0; i < n_x + n_y;
         i++) { /* sum of t^2 - 1 over values = sum of t^3 - t over ties */
        double at = i < n_x ? x[i] : y[i - n_x], same = 0;
        for (size_t k = 0; k < n_x; k++) same += x[k] >= at && x[k] <= at;
        for (size_t k = 0; k < n_y; k++) same += y[k] >= at && y[k] <= at;
        ties += same * same - 1;
    }
    double variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
    double z = fmax(0, fabs(auc * n * m - n * m / 2) - 0.5) / sqrt(variance);
    out->p = fmin(1, 2 * til_pnorm(z, 0, 1, true, false));

    double spread = placement_variance(n_x, x, n_y, y, auc) +
                    placement_variance(n_y, y, n_x, x, 1 - auc);
    double inside = fmin(fmax(auc, 0.5 / (n * m)), 1 - 0.5 / (n * m));
    double half = til_qnorm(alpha / 2, 0, 1, true, false) * sqrt(spread) / (inside * (1 - inside));
    double logit = log(inside / (1 - inside));
    out->low = 1 / (1 + exp(-(logit - half)));
    out->high = 1 / (1 + exp(-(logit + half)));
}

til_status_t til_trial_auc(til_ctx_t *ctx, size_t n_x, const double *x, size_t n_y, const double *y,
                           double alpha, til_auc_t *out)
{
    tail_t t = { .n_x = n_x, .n_y = n_y };

    for (size_t i = 0; i < n_x; i++)
        for (size_t j = 0; j < n_y; j++) t.at += x[i] > y[j] ? 1 : x[i] < y[j] ? 0 : 0.5;
    out->auc = t.at / (double)(n_x * n_y);
    if (n_x * n_y > MAX_PAIRS && n_x > 1 && n_y > 1) {
        normal_answer(n_x, x, n_y, y, alpha, out);
        return TIL_OK;
    }
    t.work = til_array((n_x + 1) * (n_x * n_y + 1), sizeof *t.work);
    if (t.work == NULL) return til_no_memory(ctx, n_x * n_y, "chances");
    exact_answer(&t, alpha, out);
    free(t.work);
    return TIL_OK;
}
