/* dispersion_prior.c -- the width of the prior of log dispersion about the trend.
 *
 * Log residuals e = log(dispersion / trend) hold the prior's spread and that of the estimate
 * itself, which is about log(chi-squared_df / df). With many degrees of freedom
 *
 *     prior = max(mad(e)^2 - trigamma(df / 2), 1/4)
 *
 * With df <= 3 that subtraction is too rough. The histogram O of e is compared with those, R_v,
 * of simulated log(chi-squared_df / df) + N(0, v) for 200 variances v in [0, 8],
 *
 *     KL(v) = sum_bins O (log(O + s) - log(R_v + s))      s the smallest density above 0
 *
 * smoothed by local quadratic regression over v; prior = max(argmin KL, 1/4).
 *
 * The smoother is loess with span 0.2: tricube weights on the 40 nearest of the 200 points, fitted
 * at the vertices of cells of at most 8 points, blended by cubic Hermite polynomials.
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550; Cleveland & Devlin (1988), JASA
 *          83:596, for loess.
 * Agrees:  DESeq2 1.38.3 estimateDispersionsPriorVar(): equal for df <= 3, 1e-12 above, given equal
 *          dispersions; R loess() to 1e-11 (tests/unit/test_nb.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "math/dist.h"
#include "math/order.h"
#include "glm/dispersion_prior.h"
#include "glm/prior_tables.h"

#define MIN_USED   1e-6 /* dispersions below this say nothing of the spread */
#define MIN_PRIOR  0.25
#define GRID_END   8.0
#define BIN_WIDTH  0.5
#define EDGE       10.0               /* of the histogram */
#define BIN_FUZZ   (1e-7 * BIN_WIDTH) /* R hist() */
#define BOX_MARGIN 0.005              /* loess widens the range of x by this much on each side */
enum { MAX_SIMULATED_DF = 3, LOESS_NEAR = 40, LOESS_CELL = 8, MAX_VERTICES = 64 };

static double grid_at(size_t i, size_t n)
{
    return i + 1 == n ? GRID_END : (double)i * (GRID_END / (double)(n - 1));
}

/* Value and slope at `at` of the local quadratic through the points of y nearest to it. */
static void fit_vertex(const double *y, double at, double *value, double *slope)
{
    size_t first = 0, n = TIL_PRIOR_VARIANCES;
    double m[3][4] = { { 0 } }, width;

    while (first + LOESS_NEAR < n && at - grid_at(first, n) > grid_at(first + LOESS_NEAR, n) - at)
        first++;
    width = fmax(fabs(at - grid_at(first, n)), fabs(grid_at(first + LOESS_NEAR - 1, n) - at));
    for (size_t i = first; i < first + LOESS_NEAR; i++) {
        double u = (grid_at(i, n) - at) / width, r = fabs(u), w = 1 - r * r * r;
        if (!(r < 1)) continue;
        w = w * w * w;
        double power[3] = { 1, u, u * u };
        for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) m[a][b] += w * power[a] * power[b];
            m[a][3] += w * power[a] * y[i];
        }
    }
    for (int k = 0; k < 3; k++) /* Gauss; the matrix is positive definite */
        for (int a = 0; a < 3; a++) {
            if (a == k) continue;
            double f = m[a][k] / m[k][k];
            for (int b = k; b < 4; b++) m[a][b] -= f * m[k][b];
        }
    *value = m[0][3] / m[0][0];
    *slope = m[1][3] / m[1][1] / width;
}

/* Halves the points [low, high] until a cell holds few; a cut lies on the last point of the
 * lower half. Writes the cuts in order. */
static size_t cut_cells(size_t low, size_t high, double *vertex, size_t n)
{
    size_t middle = (low + high) / 2; /* positions count from 1 */

    if (high - low + 1 <= LOESS_CELL) return n;
    n = cut_cells(low, middle, vertex, n);
    vertex[n++] = grid_at(middle - 1, TIL_PRIOR_VARIANCES);
    return cut_cells(middle + 1, high, vertex, n);
}

void til_prior_loess(const double *y, double *fine)
{
    double vertex[MAX_VERTICES], value[MAX_VERTICES], slope[MAX_VERTICES];
    size_t n = 1, cell = 0;

    vertex[0] = -BOX_MARGIN * GRID_END;
    n = cut_cells(1, TIL_PRIOR_VARIANCES, vertex, n);
    vertex[n++] = GRID_END + BOX_MARGIN * GRID_END;
    for (size_t i = 0; i < n; i++) fit_vertex(y, vertex[i], &value[i], &slope[i]);

    for (size_t i = 0; i < TIL_PRIOR_FINE; i++) {
        double x = grid_at(i, TIL_PRIOR_FINE);
        while (cell + 2 < n && x > vertex[cell + 1]) cell++;
        double h = vertex[cell + 1] - vertex[cell], t = (x - vertex[cell]) / h, s = 1 - t;
        fine[i] = s * s * (1 + 2 * t) * value[cell] + t * t * (1 + 2 * s) * value[cell + 1] +
                  t * s * h * (s * slope[cell] - t * slope[cell + 1]);
    }
}

/* One number of the coding of prior_tables.c. */
static int next_count(const char **text)
{
    static const char left_out[] = { '"', '?', '\\' };
    int digit[2] = { 0, 0 };

    for (int k = 0; k < 2; k++) {
        char c = *(*text)++;
        digit[k] = c - '!';
        for (size_t i = 0; i < sizeof left_out; i++) digit[k] -= c > left_out[i];
        if (digit[0] < 46) return digit[0];
    }
    return 46 + (digit[0] - 46) * 91 + digit[1];
}

static void read_histogram(const char *text, double *density)
{
    double total = 0;
    int bin = next_count(&text);

    memset(density, 0, TIL_PRIOR_BINS * sizeof *density);
    for (; *text != '\0' && bin < TIL_PRIOR_BINS; bin++) total += density[bin] = next_count(&text);
    for (bin = 0; bin < TIL_PRIOR_BINS; bin++) density[bin] /= total * BIN_WIDTH;
}

static void make_histogram(size_t n, const double *x, double *density)
{
    double total = 0;

    memset(density, 0, TIL_PRIOR_BINS * sizeof *density);
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] > -EDGE && x[i] < EDGE)) continue;
        double at = ceil((x[i] - BIN_FUZZ + EDGE) / BIN_WIDTH) - 1;
        density[at < 0 ? 0 : (size_t)at]++;
        total++;
    }
    for (size_t bin = 0; bin < TIL_PRIOR_BINS; bin++) density[bin] /= total * BIN_WIDTH;
}

static double divergence(const double *observed, const double *simulated)
{
    double small = INFINITY, sum = 0;

    for (size_t i = 0; i < TIL_PRIOR_BINS; i++) {
        if (observed[i] > 0) small = fmin(small, observed[i]);
        if (simulated[i] > 0) small = fmin(small, simulated[i]);
    }
    for (size_t i = 0; i < TIL_PRIOR_BINS; i++)
        sum += observed[i] * (log(observed[i] + small) - log(simulated[i] + small));
    return sum;
}

static double closest_variance(size_t n, const double *residual, size_t df)
{
    double observed[TIL_PRIOR_BINS], simulated[TIL_PRIOR_BINS];
    double kl[TIL_PRIOR_VARIANCES], fine[TIL_PRIOR_FINE];
    size_t best = 0;

    make_histogram(n, residual, observed);
    for (size_t v = 0; v < TIL_PRIOR_VARIANCES; v++) {
        read_histogram(til_prior_tables[df - 1][v], simulated);
        kl[v] = divergence(observed, simulated);
    }
    til_prior_loess(kl, fine);
    for (size_t i = 1; i < TIL_PRIOR_FINE; i++)
        if (fine[i] < fine[best]) best = i;
    return grid_at(best, TIL_PRIOR_FINE);
}

til_status_t til_dispersion_prior(til_ctx_t *ctx, size_t n, const double *dispersion,
                                  const double *trend, size_t df, til_dispersion_prior_t *out)
{
    double *residual = til_array(n, sizeof *residual), variance;
    size_t n_used = 0;

    if (residual == NULL) return til_no_memory(ctx, n, "genes");
    for (size_t i = 0; i < n; i++)
        if (dispersion[i] >= MIN_USED) residual[n_used++] = log(dispersion[i]) - log(trend[i]);
    if (n_used == 0) {
        *out = (til_dispersion_prior_t){ .residual_variance = 0, .prior_variance = MIN_PRIOR };
        free(residual);
        return TIL_OK;
    }
    if (df <= MAX_SIMULATED_DF) variance = closest_variance(n_used, residual, df);
    double spread = til_mad_inplace(n_used, residual);
    out->residual_variance = spread * spread;
    if (df > MAX_SIMULATED_DF) variance = out->residual_variance - til_trigamma((double)df / 2);
    out->prior_variance = fmax(variance, MIN_PRIOR);
    free(residual);
    return TIL_OK;
}
