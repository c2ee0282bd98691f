/* variance_prior_unequal.c -- the distribution that residual variances of genes are drawn from, by
 * likelihood, where their degrees of freedom differ.
 *
 * x_g ~ s0_g F(d_g, d0). For a given d0,
 *
 *     log s0_g = m_g - log(d0/2) + psi(d0/2),    m the weighted smooth over the covariate of
 *     e_g = log x_g + log(d_g/2) - psi(d_g/2)  with weights  1 / psi'(d_g/2)
 *
 * and d0 makes the likelihood of all x largest. A gene with less than 0.01 degrees takes no part.
 * Robust: genes weigh by their false discovery rate of being outliers, once; those far above get
 * fewer prior degrees, in proportion to how far they are beyond their rank.
 *
 * Source: Chen, Chen, Lun, Baldoni & Smyth (2025), Nucleic Acids Res 53:gkaf018.
 * Agrees: limma 3.63.2 fitFDistUnequalDF1() to 1e-5 (the search for d0 stops there).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "glm/variance_prior.h"
#include "math/dist.h"
#include "math/optimise.h"
#include "math/order.h"
#include "math/smooth.h"

static const double MIN_DF = 0.01, FLOOR = 1e-12;        /* of the median variance */
static const double MIN_SHARE = 0.5, MAX_SHARE = 0.9998; /* (d0/2) / (1 + d0/2) */
static const double TOL_SHARE = 1.220703125e-4;          /* R's default, eps^(1/4) */
static const double WEIGHT_LOW = 1e-8, WEIGHT_HIGH = 100, SAME_WEIGHT = 1e-15;
static const double NO_OUTLIER = 0.3; /* a false discovery rate above is taken as 1 */
static const double LOWESS_DELTA = 0.01;
enum { FEW = 6, MANY = 500 }; /* genes for a smooth; for a span below the whole */

typedef struct {
    size_t n;
    const double *covariate;
    double *x, *half_df, *weight, *mean; /* n each */
    double *space;                       /* 4 n    */
    size_t *order;
} fit_t;

static double log_minus_digamma(double x) { return log(x) - til_digamma(x); }

static double minus_twice_loglik(double share, void *arg)
{
    const fit_t *fit = arg;
    double d2 = share / (1 - share), shift = log(d2) - log_minus_digamma(d2);
    double sum = 0, lgamma_d2 = til_lgamma(d2);

    for (size_t g = 0; g < fit->n; g++) {
        double d1 = fit->half_df[g], log_scale = fit->mean[g] + shift; /* of d2 s0 */
        if (fit->weight[g] == 0) continue;
        sum += fit->weight[g] * (-(d1 + d2) * log1p(d1 * fit->x[g] * exp(-log_scale)) -
                                 d1 * log_scale + til_lgamma(d1 + d2) - lgamma_d2);
    }
    return -2 * sum;
}

/* fit->mean: the weighted mean of e, or its smooth over the covariate. */
static til_status_t smooth(til_ctx_t *ctx, fit_t *fit, const double *e, double *weight)
{
    til_status_t status = TIL_OK;
    size_t n = fit->n;
    double *x = fit->space, *y = x + n, *w = y + n, *fitted = w + n, low = INFINITY, high = 0;

    if (fit->covariate == NULL || n < FEW) {
        double sum = 0, total = 0;
        for (size_t g = 0; g < n; g++) {
            sum += weight[g] * e[g];
            total += weight[g];
        }
        for (size_t g = 0; g < n; g++) fit->mean[g] = sum / total;
        return TIL_OK;
    }
    double span = fmin(1, 0.3 + 0.7 * cbrt(MANY / (double)n));
    for (size_t g = 0; g < n; g++) w[g] = weight[g];
    til_sort(n, w);
    double unit = til_quantile_sorted(n, w, 0.75);
    TIL_TRY(til_order(ctx, n, fit->covariate, false, fit->order));
    for (size_t i = 0; i < n; i++) {
        size_t g = fit->order[i];
        x[i] = fit->covariate[g];
        y[i] = e[g];
        w[i] = fmin(fmax(weight[g] / unit, WEIGHT_LOW), WEIGHT_HIGH);
        low = fmin(low, w[i]);
        high = fmax(high, w[i]);
    }
    if (high - low < SAME_WEIGHT)
        TIL_TRY(til_lowess(ctx, n, x, y, span, 0, LOWESS_DELTA * (x[n - 1] - x[0]), fitted));
    else TIL_TRY(til_lowess_weighted(ctx, n, x, y, w, span, fitted));
    for (size_t i = 0; i < n; i++) fit->mean[fit->order[i]] = fitted[i];
done:
    return status;
}

/* Scale and d0 with the weights at hand. */
static til_status_t fit_weighted(til_ctx_t *ctx, fit_t *fit, double *scale, double *df_prior)
{
    til_status_t status = TIL_OK;
    size_t n = fit->n, n_used = 0;
    double *e = til_array(2 * n, sizeof *e), *weight = e + n, *used = fit->space;
    const double *covariate = fit->covariate;

    if (e == NULL) return til_no_memory(ctx, n, "variances");
    for (size_t g = 0; g < n; g++)
        if (fit->x[g] > 0 && fit->weight[g] > 0) used[n_used++] = fit->x[g];
    if (n_used < 2)
        TIL_TRY(til_fail(ctx, TIL_ENUMERIC,
                         "%zu residual variances above 0: a prior cannot be estimated", n_used));
    double least = FLOOR * til_median_inplace(n_used, used);
    for (size_t g = 0; g < n; g++) {
        fit->x[g] = fmax(fit->x[g], least);
        e[g] = log(fit->x[g]) + log_minus_digamma(fit->half_df[g]);
        weight[g] = fit->weight[g] / til_trigamma(fit->half_df[g]);
    }
    if (n_used == 2) fit->covariate = NULL;
    TIL_TRY(smooth(ctx, fit, e, weight));
    double share = til_fmin(minus_twice_loglik, fit, MIN_SHARE, MAX_SHARE, TOL_SHARE);
    double d2 = share / (1 - share);
    for (size_t g = 0; g < n; g++) scale[g] = exp(fit->mean[g] - log_minus_digamma(d2));
    *df_prior = 2 * d2;
done:
    fit->covariate = covariate;
    free(e);
    return status;
}

/* ---- robust ---- */

static double upper_tail(const fit_t *fit, size_t g, double f, double df2, bool log_p)
{
    return til_pf(f, 2 * fit->half_df[g], df2, true, log_p);
}

/* df (n): fewer degrees for genes that lie farther above than their rank allows. */
static til_status_t lower_outliers(til_ctx_t *ctx, fit_t *fit, const double *f, const double *right,
                                   double df2, double *df)
{
    til_status_t status = TIL_OK;
    size_t n = fit->n, worst = 0, least = 0;
    double *rank = fit->space, *sorted = rank + n, outlier_df = 0, sum = 0, lowest = INFINITY;
    bool any = false;

    TIL_TRY(til_rank(ctx, n, f, TIL_TIES_AVERAGE, rank));
    for (size_t g = 0; g < n; g++)
        if (right[g] < right[worst]) worst = g;
    if (right[worst] > 0) {
        outlier_df = log(0.5) / log(right[worst]) * df2;
        outlier_df *= log(0.5) / upper_tail(fit, worst, f[worst], outlier_df, true);
    }
    for (size_t g = 0; g < n; g++) {
        double in_place = fmin(right[g] / (((double)n - rank[g] + 0.5) / (double)n), 1);
        any |= in_place < 1;
        df[g] = in_place * df2 + (1 - in_place) * outlier_df;
    }
    if (!any) goto done;
    TIL_TRY(til_order(ctx, n, right, false, fit->order));
    for (size_t i = 0; i < n; i++) {
        sorted[i] = df[fit->order[i]];
        sum += sorted[i];
        if (sum / (double)(i + 1) < lowest) {
            lowest = sum / (double)(i + 1);
            least = i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (i <= least) sorted[i] = lowest;
        else sorted[i] = fmax(sorted[i], sorted[i - 1]);
        df[fit->order[i]] = sorted[i];
    }
done:
    return status;
}

static til_status_t fit_robustly(til_ctx_t *ctx, fit_t *fit, const double *x, double *scale,
                                 double df2, double *df)
{
    til_status_t status = TIL_OK;
    size_t n = fit->n;
    double *f = til_array(3 * n, sizeof *f), *right = f + n, *rate = f + 2 * n;
    bool any = false;

    if (f == NULL) return til_no_memory(ctx, n, "variances");
    for (size_t g = 0; g < n; g++) {
        f[g] = x[g] / scale[g];
        right[g] = upper_tail(fit, g, f[g], df2, false);
        double left = til_pf(f[g], 2 * fit->half_df[g], df2, false, false);
        rate[g] = 2 * fmin(left, right[g]);
        df[g] = df2;
    }
    TIL_TRY(til_adjust_bh(ctx, n, rate, rate));
    for (size_t g = 0; g < n; g++) {
        any |= rate[g] <= NO_OUTLIER;
        if (rate[g] <= NO_OUTLIER) fit->weight[g] *= rate[g];
    }
    if (!any) goto done;
    TIL_TRY(fit_weighted(ctx, fit, scale, &df2));
    TIL_TRY(lower_outliers(ctx, fit, f, right, df2, df));
done:
    free(f);
    return status;
}

til_status_t til_variance_prior_unequal(til_ctx_t *ctx, size_t n, const double *variance,
                                        const double *df, const double *covariate, bool robust,
                                        double *scale, double *df_prior)
{
    til_status_t status = TIL_OK;
    fit_t fit = { .n = n, .covariate = covariate };
    double *x = til_array(n, sizeof *x), df2 = 0;

    fit.x = til_array(n, sizeof *fit.x);
    fit.half_df = til_array(n, sizeof *fit.half_df);
    fit.weight = til_array(n, sizeof *fit.weight);
    fit.mean = til_array(n, sizeof *fit.mean);
    fit.space = til_array(4 * n, sizeof *fit.space);
    fit.order = til_array(n, sizeof *fit.order);
    if (x == NULL || fit.x == NULL || fit.half_df == NULL || fit.weight == NULL ||
        fit.mean == NULL || fit.space == NULL || fit.order == NULL)
        TIL_TRY(til_no_memory(ctx, n, "variances"));
    for (size_t g = 0; g < n; g++) {
        bool is_used = !isnan(variance[g]) && df[g] >= MIN_DF;
        fit.weight[g] = is_used;
        x[g] = fit.x[g] = isnan(variance[g]) ? 0 : variance[g];
        fit.half_df[g] = (df[g] >= MIN_DF ? df[g] : 1) / 2;
    }
    TIL_TRY(fit_weighted(ctx, &fit, scale, &df2));
    for (size_t g = 0; g < n; g++) df_prior[g] = df2;
    if (robust) TIL_TRY(fit_robustly(ctx, &fit, x, scale, df2, df_prior));

done:
    free(fit.x);
    free(fit.half_df);
    free(fit.weight);
    free(fit.mean);
    free(fit.space);
    free(fit.order);
    free(x);
    return status;
}
