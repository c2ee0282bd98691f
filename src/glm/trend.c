/* trend.c -- dispersion as a function of the mean.
 *
 *   parametric   a0 + a1 / mean: a Gamma GLM with identity link, refitted on the genes whose
 *                dispersion is 1e-4 to 15 times the trend until sum log(new/old)^2 < 1e-6.
 *                Each fit repeats weighted least squares with weights 1 / fitted^2 until the
 *                deviance -2 sum (log(d/f) - (d - f)/f) changes by less than 1e-8 of itself, at
 *                most 25 times, halving a step that leaves f > 0: R's glm.fit. A coefficient <= 0
 *                or more than 10 refits: local instead.
 *   local        local regression of log dispersion on log mean, weighted by the mean
 *   mean         the 0.1% trimmed mean of the dispersions
 *
 * Where no gene has a dispersion above 1e-6, it is 1e-7 for all.
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550; Anders & Huber (2010).
 * Differs: DESeq2 stops with an error when no gene has a dispersion above 1e-6.
 * Agrees:  DESeq2 1.38.3 estimateDispersionsFit(): parametric coefficients 1e-7 relative for equal
 *          dispersions, local 1e-6 (tests/shared/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/order.h"
#include "glm/trend.h"

#define MIN_DISPERSION 1e-8
#define USED_ABOVE     (100 * MIN_DISPERSION)
#define TOL_DEVIANCE   1e-8
#define TOL_COEF       1e-6
#define MEAN_TRIM      0.001
enum { MAX_GLM_STEPS = 25, MAX_HALVINGS = 25, MAX_REFITS = 10 };

typedef struct {
    size_t n;
    const double *x, *y; /* 1 / mean, dispersion */
} points_t;

/* The deviance at a0 + a1 x; infinite where the line is not positive everywhere. */
static double deviance_at(const points_t *points, const double *a)
{
    double sum = 0;

    for (size_t i = 0; i < points->n; i++) {
        double fit = a[0] + a[1] * points->x[i], ratio = points->y[i] / fit;
        if (!(fit > 0)) return INFINITY;
        sum += log(ratio) - (ratio - 1);
    }
    return -2 * sum;
}

/* Least squares of y on (1, x) with weights 1 / (a0 + a1 x)^2, by Gram-Schmidt. */
static void weighted_line(const points_t *points, const double *a, double *out)
{
    double one_one = 0, one_x = 0, one_y = 0, x_x = 0, x_y = 0;

    for (size_t i = 0; i < points->n; i++) {
        double fit = a[0] + a[1] * points->x[i], w = 1 / (fit * fit);
        one_one += w;
        one_x += w * points->x[i];
        one_y += w * points->y[i];
    }
    double mean_x = one_x / one_one, mean_y = one_y / one_one;
    for (size_t i = 0; i < points->n; i++) {
        double fit = a[0] + a[1] * points->x[i], w = 1 / (fit * fit), x = points->x[i] - mean_x;
        x_x += w * x * x;
        x_y += w * x * (points->y[i] - mean_y);
    }
    out[1] = x_y / x_x;
    out[0] = mean_y - out[1] * mean_x;
}

/* R's glm.fit for the points; false when it stops with an error. */
static bool gamma_glm(const points_t *points, double *a, bool *converged)
{
    double before = deviance_at(points, a);

    *converged = false;
    if (points->n < 2 || !isfinite(before)) return false;
    for (int step = 0; step < MAX_GLM_STEPS && !*converged; step++) {
        double next[2], deviance;
        weighted_line(points, a, next);
        if (!isfinite(next[0]) || !isfinite(next[1])) return false;
        deviance = deviance_at(points, next);
        for (int half = 0; !isfinite(deviance); half++) {
            if (half == MAX_HALVINGS) return false;
            next[0] = (next[0] + a[0]) / 2;
            next[1] = (next[1] + a[1]) / 2;
            deviance = deviance_at(points, next);
        }
        a[0] = next[0];
        a[1] = next[1];
        *converged = fabs(deviance - before) / (fabs(deviance) + 0.1) < TOL_DEVIANCE;
        before = deviance;
    }
    return true;
}

/* True and a[2] when the parametric trend holds. x, y: scratch of n. */
static bool fit_parametric(size_t n, const double *mean, const double *dispersion, double *x,
                           double *y, double *a)
{
    a[0] = 0.1;
    a[1] = 1;
    for (int round = 0; round <= MAX_REFITS; round++) {
        points_t points = { 0, x, y };
        double old[2] = { a[0], a[1] };
        bool converged;

        for (size_t i = 0; i < n; i++) {
            double ratio = dispersion[i] / (a[0] + a[1] / mean[i]);
            if (!(ratio > 1e-4 && ratio < 15)) continue;
            x[points.n] = 1 / mean[i];
            y[points.n++] = dispersion[i];
        }
        if (!gamma_glm(&points, a, &converged) || !(a[0] > 0) || !(a[1] > 0)) return false;
        double move0 = log(a[0] / old[0]), move1 = log(a[1] / old[1]);
        if (move0 * move0 + move1 * move1 < TOL_COEF && converged) return true;
    }
    return false;
}

static til_status_t fit_local(til_ctx_t *ctx, size_t n, const double *mean,
                              const double *dispersion, double *x, double *y, til_trend_t *out)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = log(mean[i]);
        y[i] = log(dispersion[i]);
    }
    return til_locfit_new(ctx, n, x, y, mean, &out->local);
}

/* Unlike the others, the mean takes genes from ten times the smallest dispersion on. */
static double trimmed_mean_above(size_t n, const double *dispersion, double least, double *scratch)
{
    size_t n_used = 0;

    for (size_t i = 0; i < n; i++)
        if (dispersion[i] > least) scratch[n_used++] = dispersion[i];
    return til_trimmed_mean_inplace(n_used, scratch, MEAN_TRIM);
}

til_status_t til_trend_fit(til_ctx_t *ctx, size_t n, const double *mean, const double *dispersion,
                           til_trend_type_t type, til_trend_t *out)
{
    til_status_t status = TIL_OK;
    double *used = til_array(2 * n, sizeof *used), *scratch = til_array(2 * n, sizeof *scratch);
    double *x = scratch, *y = scratch == NULL ? NULL : scratch + n, a[2];
    size_t n_used = 0;

    *out = (til_trend_t){ .type = type };
    if (used == NULL || scratch == NULL) TIL_TRY(til_no_memory(ctx, n, "genes of a trend"));
    for (size_t i = 0; i < n; i++) {
        if (!(dispersion[i] > USED_ABOVE)) continue;
        used[n_used] = mean[i];
        used[n + n_used++] = dispersion[i];
    }
    if (n_used == 0) {
        til_say(
            ctx, TIL_LOG_WARNING,
            "all gene-wise dispersions are near 0: the counts vary no "
            "more than counting alone makes them; are the replicates copies of one another? The "
            "dispersion is taken as %g",
            10 * MIN_DISPERSION);
        out->type = TIL_TREND_MEAN;
        out->asymptote = 10 * MIN_DISPERSION;
        goto done;
    }

    if (type == TIL_TREND_PARAMETRIC) {
        if (fit_parametric(n_used, used, used + n, x, y, a)) {
            out->asymptote = a[0];
            out->extra = a[1];
        } else {
            out->type = TIL_TREND_LOCAL;
            til_say(ctx, TIL_LOG_NOTICE,
                    "the parametric dispersion trend does not fit these "
                    "counts: a local regression is used instead");
        }
    }
    if (out->type == TIL_TREND_LOCAL) {
        status = fit_local(ctx, n_used, used, used + n, x, y, out);
        if (status == TIL_ENUMERIC) {
            til_ctx_forgive(ctx);
            status = til_fail(
                ctx, TIL_ENUMERIC,
                "dispersion trend: too few genes of different mean counts for a local "
                "regression (are these raw counts?); --fit-type mean needs none");
        }
        TIL_TRY(status);
    }
    if (type == TIL_TREND_MEAN)
        out->asymptote = trimmed_mean_above(n, dispersion, 10 * MIN_DISPERSION, scratch);
done:
    free(scratch);
    free(used);
    if (status != TIL_OK) til_trend_clear(out);
    return status;
}

double til_trend_at(const til_trend_t *trend, double mean)
{
    if (trend->type == TIL_TREND_LOCAL) return exp(til_locfit_at(trend->local, log(mean)));
    if (trend->type == TIL_TREND_MEAN) return trend->asymptote;
    return trend->asymptote + trend->extra / mean;
}

void til_trend_clear(til_trend_t *trend)
{
    if (trend == NULL) return;
    til_locfit_free(trend->local);
    trend->local = NULL;
}
