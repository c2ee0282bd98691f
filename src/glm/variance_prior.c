/* variance_prior.c -- a scaled F distribution fitted to residual variances.
 *
 * With x_g the variance and d_g its degrees of freedom, z_g = log x_g has
 *
 *     E  z_g = log s0 + psi(d_g/2) - log(d_g/2) - psi(d0/2) + log(d0/2)
 *     Var z_g = psi'(d_g/2) + psi'(d0/2)
 *
 * so e_g = z_g - psi(d_g/2) + log(d_g/2) has mean and variance that give s0 and d0. With a
 * covariate the mean is a natural spline of it (4 degrees of freedom; fewer for under 30 genes).
 *
 * Robust: moments of z winsorised at 5% below and 10% above are matched to those of a winsorised
 * F (Gauss-Legendre quadrature, 128 nodes on q = f / (1 + f)). A gene whose tail probability is
 * smaller than its rank allows is an outlier in proportion and gets fewer prior degrees.
 *
 * Source: Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3:3; Phipson, Lee, Majewski, Alexander &
 *         Smyth (2016), Ann. Appl. Stat. 10:946.
 * Agrees: limma 3.54.1 fitFDist() and fitFDistRobustly() to 1e-9.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/dist.h"
#include "math/linalg.h"
#include "math/optimise.h"
#include "math/order.h"
#include "math/smooth.h"
#include "glm/variance_prior.h"

static const double MIN_DF = 1e-15, MIN_DF_ROBUST = 1e-6;
static const double FLOOR = 1e-5, FLOOR_ROBUST = 1e-12;   /* of the median variance */
static const double TAIL_LOW = 0.05, TAIL_HIGH = 0.1;     /* winsorised             */
static const double TREND_SPAN = 0.4, TREND_DELTA = 0.01; /* lowess of log variances */
static const double TOL_ROOT = 1e-8;
enum { N_NODES = 128, TREND_ROUNDS = 3, MAX_ROOT_STEPS = 1000 };

/* The genes that take part, side by side. */
typedef struct {
    size_t n;
    size_t *gene;
    double *x, *df, *covariate; /* covariate is NULL when there is none */
} usable_t;

static void usable_clear(usable_t *u)
{
    free(u->gene);
    free(u->x);
    free(u->df);
    free(u->covariate);
}

static til_status_t usable_init(til_ctx_t *ctx, size_t n, const double *variance, const double *df,
                                const double *covariate, double min_df, usable_t *out)
{
    *out = (usable_t){ 0, til_array(n, sizeof(size_t)), til_array(n, sizeof(double)),
                       til_array(n, sizeof(double)), NULL };
    if (covariate != NULL) out->covariate = til_array(n, sizeof *out->covariate);
    if (out->gene == NULL || out->x == NULL || out->df == NULL ||
        (covariate != NULL && out->covariate == NULL))
        return til_no_memory(ctx, n, "variances");
    for (size_t g = 0; g < n; g++) {
        if (!(isfinite(df[g]) && df[g] > min_df && isfinite(variance[g]) && variance[g] > -1e-15))
            continue;
        out->gene[out->n] = g;
        out->x[out->n] = variance[g];
        out->df[out->n] = df[g];
        if (covariate != NULL) out->covariate[out->n] = covariate[g];
        out->n++;
    }
    if (out->n == 0)
        return til_fail(ctx, TIL_ENUMERIC,
                        "no feature has a residual variance: more replicates "
                        "or a smaller design are needed");
    return TIL_OK;
}

static til_status_t median_of(til_ctx_t *ctx, size_t n, const double *x, double *median)
{
    double *copy = til_array(n, sizeof *copy);

    if (copy == NULL) return til_no_memory(ctx, n, "values");
    memcpy(copy, x, n * sizeof *x);
    *median = til_median_inplace(n, copy);
    free(copy);
    return TIL_OK;
}

/* Degrees of freedom of the spline: 1 (no trend) to 4. */
static til_status_t spline_df(til_ctx_t *ctx, size_t n, const double *covariate, size_t *df)
{
    double *sorted = til_array(n, sizeof *sorted);
    size_t n_distinct = 1;

    if (sorted == NULL) return til_no_memory(ctx, n, "values");
    memcpy(sorted, covariate, n * sizeof *sorted);
    til_sort(n, sorted);
    for (size_t i = 1; i < n; i++) n_distinct += sorted[i] != sorted[i - 1];
    free(sorted);
    *df = 1 + (size_t)(n >= 3) + (size_t)(n >= 6) + (size_t)(n >= 30);
    if (n_distinct < *df) *df = n_distinct;
    return TIL_OK;
}

/* Fits e on a natural spline of the covariate of the usable genes: the trend at all genes and
 * the residual variance. */
static til_status_t fit_spline(til_ctx_t *ctx, const usable_t *u, const double *e, size_t df,
                               size_t n_genes, const double *covariate, double *trend,
                               double *residual_variance)
{
    til_status_t status = TIL_OK;
    double *basis = til_array(u->n * df, sizeof *basis), *tau = til_array(df, sizeof *tau);
    double *effect = til_array(u->n, sizeof *effect);
    double *at = til_array(n_genes * df, sizeof *at), sum = 0;

    if (basis == NULL || tau == NULL || effect == NULL || at == NULL)
        TIL_TRY(til_no_memory(ctx, n_genes * df, "values of a spline"));
    TIL_TRY(til_natural_spline_basis(ctx, u->n, u->covariate, df, u->n, u->covariate, basis));
    TIL_TRY(til_natural_spline_basis(ctx, u->n, u->covariate, df, n_genes, covariate, at));
    memcpy(effect, e, u->n * sizeof *e);
    TIL_TRY(til_qr(ctx, u->n, df, basis, tau));
    TIL_TRY(til_qr_apply(ctx, u->n, df, basis, tau, true, 1, effect));
    for (size_t i = df; i < u->n; i++) sum += effect[i] * effect[i];
    *residual_variance = sum / (double)(u->n - df);
    TIL_TRY(til_solve_upper(ctx, df, basis, u->n, false, 1, effect));
    for (size_t g = 0; g < n_genes; g++) {
        trend[g] = 0;
        for (size_t j = 0; j < df; j++) trend[g] += at[g + j * n_genes] * effect[j];
    }

done:
    free(at);
    free(effect);
    free(tau);
    free(basis);
    return status;
}

/* Keeps variances off zero, with a warning where there were any. */
static til_status_t lift_zeros(til_ctx_t *ctx, usable_t *u)
{
    double median = 0;
    size_t n_zeros = 0;
    til_status_t status;

    for (size_t i = 0; i < u->n; i++) {
        u->x[i] = fmax(u->x[i], 0);
        n_zeros += u->x[i] == 0;
    }
    status = median_of(ctx, u->n, u->x, &median);
    if (status != TIL_OK) return status;
    if (median == 0) {
        til_say(ctx, TIL_LOG_WARNING,
                "more than half of the residual variances are exactly zero: "
                "moderated statistics are not reliable");
        median = 1;
    } else if (n_zeros > 0) {
        til_say(ctx, TIL_LOG_WARNING, "%zu residual variances are zero and were moved away from it",
                n_zeros);
    }
    for (size_t i = 0; i < u->n; i++) u->x[i] = fmax(u->x[i], FLOOR * median);
    return TIL_OK;
}

/* Sets scale and df_prior from the mean (per gene) and the variance of e. */
static void match_moments(const usable_t *u, size_t n_genes, bool has_trend, double variance,
                          double *scale, double *df_prior)
{
    double sum = 0, shift;

    for (size_t i = 0; i < u->n; i++) sum += til_trigamma(u->df[i] / 2);
    variance -= sum / (double)u->n;

    if (variance > 0) {
        *df_prior = 2 * til_trigamma_inverse(variance);
        shift = til_digamma(*df_prior / 2) - log(*df_prior / 2);
        for (size_t g = 0; g < n_genes; g++) scale[g] = exp(scale[g] + shift);
        return;
    }
    *df_prior = INFINITY;
    sum = 0;
    for (size_t i = 0; i < u->n; i++) sum += u->x[i];
    for (size_t g = 0; g < n_genes; g++) scale[g] = has_trend ? exp(scale[g]) : sum / (double)u->n;
}

til_status_t til_variance_prior(til_ctx_t *ctx, size_t n, const double *variance, const double *df,
                                const double *covariate, double *scale, double *df_prior)
{
    til_status_t status = TIL_OK;
    usable_t u = { 0 };
    double *e = NULL, mean = 0, spread = 0;
    size_t n_spline = 1;

    TIL_TRY(usable_init(ctx, n, variance, df, covariate, MIN_DF, &u));
    if (u.n == 1) {
        for (size_t g = 0; g < n; g++) scale[g] = u.x[0];
        *df_prior = 0;
        goto done;
    }
    e = til_array(u.n, sizeof *e);
    if (e == NULL) TIL_TRY(til_no_memory(ctx, u.n, "variances"));
    if (covariate != NULL) TIL_TRY(spline_df(ctx, u.n, u.covariate, &n_spline));

    TIL_TRY(lift_zeros(ctx, &u));
    for (size_t i = 0; i < u.n; i++)
        e[i] = log(u.x[i]) - til_digamma(u.df[i] / 2) + log(u.df[i] / 2);
    if (n_spline < 2) {
        for (size_t i = 0; i < u.n; i++) mean += e[i];
        mean /= (double)u.n;
        for (size_t i = 0; i < u.n; i++) spread += (e[i] - mean) * (e[i] - mean);
        spread /= (double)(u.n - 1);
        for (size_t g = 0; g < n; g++) scale[g] = mean;
    } else {
        TIL_TRY(fit_spline(ctx, &u, e, n_spline, n, covariate, scale, &spread));
    }
    match_moments(&u, n, n_spline > 1, spread, scale, df_prior);

done:
    free(e);
    usable_clear(&u);
    return status;
}

/* Nodes and weights of Gauss-Legendre quadrature on [0, 1]: the roots of P_n by Newton. */
static void legendre(size_t n, double *node, double *weight)
{
    static const double PI = 3.14159265358979323846;

    for (size_t i = 0; i < n; i++) {
        double x = cos(PI * ((double)i + 0.75) / ((double)n + 0.5)), slope = 1;
        for (int step = 0; step < 100; step++) {
            double before = 1, value = x;
            for (size_t k = 2; k <= n; k++) {
                double next = ((2 * (double)k - 1) * x * value - ((double)k - 1) * before) /
                              (double)k;
                before = value;
                value = next;
            }
            slope = (double)n * (x * value - before) / (x * x - 1);
            double move = value / slope;
            x -= move;
            if (fabs(move) < 1e-15) break;
        }
        node[n - 1 - i] = (1 + x) / 2;
        weight[n - 1 - i] = 1 / ((1 - x * x) * slope * slope);
    }
}

/* What the equation for the prior degrees of freedom needs. */
typedef struct {
    double df;       /* residual                                      */
    double variance; /* of the winsorised log variances of the genes  */
    double node[N_NODES], weight[N_NODES];
} winsor_t;

/* Mean and variance of log F(df, df_prior) winsorised at TAIL_LOW and TAIL_HIGH. */
static void winsorised_moments(const winsor_t *w, double df_prior, double *mean, double *variance)
{
    double low = til_qf(TAIL_LOW, w->df, df_prior, false, false);
    double high = til_qf(1 - TAIL_HIGH, w->df, df_prior, false, false);
    double from = low / (1 + low), width = high / (1 + high) - from;
    double z[N_NODES], density[N_NODES], m = 0, v = 0;

    for (size_t i = 0; i < N_NODES; i++) {
        double q = from + width * w->node[i], f = q / (1 - q);
        z[i] = log(f);
        density[i] = til_df(f, w->df, df_prior, false) / ((1 - q) * (1 - q));
        m += w->weight[i] * density[i] * z[i];
    }
    m = width * m + log(low) * TAIL_LOW + log(high) * TAIL_HIGH;
    for (size_t i = 0; i < N_NODES; i++) v += w->weight[i] * density[i] * (z[i] - m) * (z[i] - m);
    *mean = m;
    *variance = width * v + (log(low) - m) * (log(low) - m) * TAIL_LOW +
                (log(high) - m) * (log(high) - m) * TAIL_HIGH;
}

/* Zero at the prior degrees of freedom; `link` = df / (1 + df), 1 for infinity. */
static double excess_variance(double link, void *arg)
{
    const winsor_t *w = arg;
    double mean, variance;

    winsorised_moments(w, link / (1 - link), &mean, &variance);
    return log(w->variance / variance);
}

/* Takes every variance to the largest degrees of freedom, at equal tail probability. */
static double equalise_df(usable_t *u, const double *scale, double df_prior)
{
    double most = 0;

    for (size_t i = 0; i < u->n; i++) most = fmax(most, u->df[i]);
    for (size_t i = 0; i < u->n; i++) {
        if (!(u->df[i] < most - 1e-14)) continue;
        double f = u->x[i] / scale[i];
        double upper = til_pf(f, u->df[i], df_prior, true, true);
        double lower = til_pf(f, u->df[i], df_prior, false, true);
        f = upper < lower ? til_qf(upper, most, df_prior, true, true)
                          : til_qf(lower, most, df_prior, false, true);
        u->x[i] = f * scale[i];
    }
    return most;
}

/* trend[i]: the middle of z = log x at gene i, a trimmed mean or a lowess over the covariate. */
static til_status_t middle_of_logs(til_ctx_t *ctx, const usable_t *u, const double *z,
                                   double *trend)
{
    til_status_t status = TIL_OK;
    size_t n = u->n, *order = til_array(n, sizeof *order);
    double *x = til_array(n, sizeof *x), *y = til_array(n, sizeof *y);
    double *fitted = til_array(n, sizeof *fitted);

    if (order == NULL || x == NULL || y == NULL || fitted == NULL)
        TIL_TRY(til_no_memory(ctx, n, "variances"));
    if (u->covariate == NULL) {
        memcpy(y, z, n * sizeof *y);
        double mean = til_trimmed_mean_inplace(n, y, TAIL_HIGH);
        for (size_t i = 0; i < n; i++) trend[i] = mean;
        goto done;
    }
    TIL_TRY(til_order(ctx, n, u->covariate, false, order));
    for (size_t i = 0; i < n; i++) {
        x[i] = u->covariate[order[i]];
        y[i] = z[order[i]];
    }
    TIL_TRY(til_lowess(ctx, n, x, y, TREND_SPAN, TREND_ROUNDS, TREND_DELTA * (x[n - 1] - x[0]),
                       fitted));
    for (size_t i = 0; i < n; i++) trend[order[i]] = fitted[i];

done:
    free(fitted);
    free(y);
    free(x);
    free(order);
    return status;
}

/* Mean and variance of z - trend after winsorising. */
static til_status_t winsorise(til_ctx_t *ctx, size_t n, const double *z, const double *trend,
                              double *mean, double *variance)
{
    double *sorted = til_array(n, sizeof *sorted), low, high;

    if (sorted == NULL) return til_no_memory(ctx, n, "variances");
    for (size_t i = 0; i < n; i++) sorted[i] = z[i] - trend[i];
    til_sort(n, sorted);
    low = til_quantile_sorted(n, sorted, TAIL_LOW);
    high = til_quantile_sorted(n, sorted, 1 - TAIL_HIGH);
    *mean = *variance = 0;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = fmin(fmax(sorted[i], low), high);
        *mean += sorted[i];
    }
    *mean /= (double)n;
    for (size_t i = 0; i < n; i++) *variance += (sorted[i] - *mean) * (sorted[i] - *mean);
    *variance /= (double)n - 1;
    free(sorted);
    return TIL_OK;
}

/* Prior degrees of freedom per gene where the prior is finite: outliers get fewer, and the more
 * extreme gene never more than the less extreme one. `f` are variances over their scale. */
static til_status_t lower_outliers(til_ctx_t *ctx, size_t n, const double *f, double df,
                                   double df_prior, double *shrunk)
{
    til_status_t status = TIL_OK;
    double *tail = til_array(n, sizeof *tail), *rank = til_array(n, sizeof *rank);
    size_t *order = til_array(n, sizeof *order), at_least = 0;
    double least = 0, largest = 0, of_outlier = 0, sum = 0, lowest = INFINITY;
    bool any = false;

    if (tail == NULL || rank == NULL || order == NULL) TIL_TRY(til_no_memory(ctx, n, "variances"));
    TIL_TRY(til_rank(ctx, n, f, TIL_TIES_AVERAGE, rank));
    for (size_t i = 0; i < n; i++) {
        tail[i] = til_pf(f[i], df, df_prior, true, true);
        least = fmin(least, tail[i]);
        largest = fmax(largest, f[i]);
        rank[i] = fmin(tail[i] - (log((double)n - rank[i] + 0.5) - log((double)n)), 0);
        any |= rank[i] < 0;
    }
    if (!any) {
        for (size_t i = 0; i < n; i++) shrunk[i] = df_prior;
        goto done;
    }

    /* rank[] now holds the log probability of being no outlier */
    if (!isinf(least)) {
        of_outlier = log(0.5) / least * df_prior;
        of_outlier *= log(0.5) / til_pf(largest, df, of_outlier, true, true);
    }
    for (size_t i = 0; i < n; i++)
        shrunk[i] = exp(rank[i]) * df_prior - expm1(rank[i]) * of_outlier;

    TIL_TRY(til_order(ctx, n, tail, false, order));
    for (size_t i = 0; i < n; i++) {
        sum += shrunk[order[i]];
        if (sum / (double)(i + 1) < lowest) {
            lowest = sum / (double)(i + 1);
            at_least = i;
        }
    }
    for (size_t i = 0; i <= at_least; i++) shrunk[order[i]] = lowest;
    for (size_t i = 1; i < n; i++) shrunk[order[i]] = fmax(shrunk[order[i]], shrunk[order[i - 1]]);

done:
    free(order);
    free(rank);
    free(tail);
    return status;
}

/* The same where the prior is infinite. */
static til_status_t lower_outliers_of_infinite(til_ctx_t *ctx, size_t n, const double *f, double df,
                                               double *shrunk)
{
    til_status_t status = TIL_OK;
    double *tail = til_array(n, sizeof *tail), *rank = til_array(n, sizeof *rank);
    size_t *order = til_array(n, sizeof *order);
    bool any = false;

    if (tail == NULL || rank == NULL || order == NULL) TIL_TRY(til_no_memory(ctx, n, "variances"));
    TIL_TRY(til_rank(ctx, n, f, TIL_TIES_AVERAGE, rank));
    for (size_t i = 0; i < n; i++) {
        tail[i] = til_pchisq(f[i] * df, df, true, false);
        double typical = fmin(tail[i] / (((double)n - rank[i] + 0.5) / (double)n), 1);
        shrunk[i] = typical < 1 ? typical * (double)n * df : INFINITY;
        any |= typical < 1;
    }
    if (any) {
        TIL_TRY(til_order(ctx, n, tail, false, order));
        for (size_t i = 1; i < n; i++)
            shrunk[order[i]] = fmax(shrunk[order[i]], shrunk[order[i - 1]]);
    }

done:
    free(order);
    free(rank);
    free(tail);
    return status;
}

/* The robust fit of the usable genes: scale and shrunk have u->n values, df_prior one. On entry
 * scale and df_prior are those of the plain fit. */
static til_status_t fit_robustly(til_ctx_t *ctx, usable_t *u, double *scale, double *df_prior,
                                 double *shrunk)
{
    til_status_t status = TIL_OK;
    size_t n = u->n;
    double *z = til_array(n, sizeof *z), *trend = til_array(n, sizeof *trend);
    double mean = 0, moment, at_infinity, ignored;
    winsor_t w = { .df = equalise_df(u, scale, *df_prior) };

    if (z == NULL || trend == NULL) TIL_TRY(til_no_memory(ctx, n, "variances"));
    legendre(N_NODES, w.node, w.weight);
    for (size_t i = 0; i < n; i++) z[i] = log(u->x[i]);
    TIL_TRY(middle_of_logs(ctx, u, z, trend));
    TIL_TRY(winsorise(ctx, n, z, trend, &mean, &w.variance));

    winsorised_moments(&w, INFINITY, &moment, &ignored);
    at_infinity = log(w.variance / ignored);
    if (at_infinity > 0) {
        if (isinf(*df_prior)) { /* the plain fit stands */
            for (size_t i = 0; i < n; i++) shrunk[i] = *df_prior;
            goto done;
        }
        double low = *df_prior / (1 + *df_prior);
        if (excess_variance(low, &w) < 0) {
            double link = til_zeroin(excess_variance, &w, low, 1, TOL_ROOT, MAX_ROOT_STEPS);
            *df_prior = link / (1 - link);
        }
        winsorised_moments(&w, *df_prior, &moment, &ignored);
    } else {
        *df_prior = INFINITY;
    }

    for (size_t i = 0; i < n; i++) {
        double middle = trend[i] + mean - moment;
        scale[i] = exp(middle);
        z[i] = exp(z[i] - middle);
    }
    if (isinf(*df_prior)) TIL_TRY(lower_outliers_of_infinite(ctx, n, z, w.df, shrunk));
    else TIL_TRY(lower_outliers(ctx, n, z, w.df, *df_prior, shrunk));

done:
    free(trend);
    free(z);
    return status;
}

/* Spreads the results of the usable genes over all: the others get the scale of their neighbours
 * along the covariate and the prior of no outlier. */
static til_status_t spread_out(til_ctx_t *ctx, const usable_t *u, const double *some_scale,
                               const double *some_df, double df_prior, size_t n,
                               const double *covariate, double *scale, double *df)
{
    til_status_t status = TIL_OK;
    size_t *order = til_array(u->n, sizeof *order), n_knots = u->n;
    double *x = til_array(u->n, sizeof *x), *y = til_array(u->n, sizeof *y);

    if (order == NULL || x == NULL || y == NULL) TIL_TRY(til_no_memory(ctx, n, "variances"));
    if (covariate != NULL) {
        TIL_TRY(til_order(ctx, u->n, u->covariate, false, order));
        for (size_t i = 0; i < u->n; i++) {
            x[i] = u->covariate[order[i]];
            y[i] = log(some_scale[order[i]]);
        }
        n_knots = til_approx_ties(u->n, x, y);
    }
    for (size_t g = 0; g < n; g++) {
        df[g] = df_prior;
        scale[g] = covariate == NULL ? some_scale[0] : exp(til_approx(n_knots, x, y, covariate[g]));
    }
    for (size_t i = 0; i < u->n; i++) {
        df[u->gene[i]] = some_df[i];
        scale[u->gene[i]] = some_scale[i];
    }

done:
    free(y);
    free(x);
    free(order);
    return status;
}

til_status_t til_variance_prior_robust(til_ctx_t *ctx, size_t n, const double *variance,
                                       const double *df, const double *covariate, double *scale,
                                       double *df_prior)
{
    til_status_t status = TIL_OK;
    usable_t u = { 0 };
    double *some_scale = til_array(n, sizeof *some_scale), *some_df = til_array(n, sizeof *some_df);
    double median = 0, one = 0;
    size_t n_small = 0;

    if (some_scale == NULL || some_df == NULL) TIL_TRY(til_no_memory(ctx, n, "variances"));
    TIL_TRY(usable_init(ctx, n, variance, df, covariate, MIN_DF_ROBUST, &u));
    if (u.n > 2) {
        TIL_TRY(median_of(ctx, u.n, u.x, &median));
        if (!(median > 0))
            TIL_TRY(til_fail(ctx, TIL_ENUMERIC,
                             "most residual variances are zero: a robust prior "
                             "cannot be estimated"));
        for (size_t i = 0; i < u.n; i++) {
            if (u.x[i] >= FLOOR_ROBUST * median) continue;
            u.x[i] = FLOOR_ROBUST * median;
            n_small++;
        }
        if (n_small > 0)
            til_say(ctx, TIL_LOG_WARNING,
                    "%zu very small residual variances were moved away from zero", n_small);
    }
    TIL_TRY(til_variance_prior(ctx, u.n, u.x, u.df, u.covariate, some_scale, &one));
    for (size_t i = 0; i < u.n; i++) some_df[i] = one;
    if (u.n > 2 && !(TAIL_LOW < 1 / (double)u.n && TAIL_HIGH < 1 / (double)u.n))
        TIL_TRY(fit_robustly(ctx, &u, some_scale, &one, some_df));
    TIL_TRY(spread_out(ctx, &u, some_scale, some_df, one, n, covariate, scale, df_prior));

done:
    free(some_df);
    free(some_scale);
    usable_clear(&u);
    return status;
}
