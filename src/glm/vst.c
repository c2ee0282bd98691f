/* vst.c -- the variance stabilising transformation of counts.
 *
 * For normalised counts q under the trend alpha(q) of a blind fit (design ~1):
 *
 *   parametric   log2((1 + a1 + 2 a0 q + 2 sqrt(a0 q (1 + a1 + a0 q))) / (4 a0))
 *   mean         (2 asinh(sqrt(a q)) - log a - log 4) / log 2
 *   local        eta S(asinh q) + xi, S an interpolating spline of the integral of
 *                1 / sqrt(alpha(q) q^2 + q mean(1/factor)) over 999 points even in asinh q; eta and
 *                xi make it log2 at the 0.95 and 0.999 quantiles of the gene means
 *
 * Source:  Anders & Huber (2010), Genome Biology 11:R106; spline: Forsythe, Malcolm & Moler (1977).
 * Agrees:  DESeq2 1.38.3 varianceStabilizingTransformation() to 1e-7
 *          (tests/shared/test_deseq2.c), local to 1e-6 (tests/unit/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/order.h"
#include "glm/nb_genewise.h"
#include "glm/vst.h"

enum { GRAIN = 256, N_GRID = 999, N_KNOTS = N_GRID - 1 };
#define LN2 0.693147180559945309417232121458

static til_status_t make_blind_plan(til_ctx_t *ctx, size_t n, til_nb_plan_t *plan)
{
    til_design_t ones = { 0 };
    til_status_t status = til_design_init(ctx, n, 1, &ones);

    if (status != TIL_OK) return status;
    for (size_t s = 0; s < n; s++) ones.x[s] = 1;
    status = til_nb_plan_init(ctx, &ones, plan);
    til_design_clear(&ones);
    return status;
}

til_status_t til_vst_blind_trend(til_ctx_t *ctx, const til_matrix_t *counts, const double *factors,
                                 const double *gene_factors, til_trend_type_t type,
                                 til_trend_t *trend)
{
    til_status_t status = TIL_OK;
    til_nb_data_t data = til_nb_data(counts, factors, gene_factors);
    til_nb_plan_t plan = { 0 };
    til_nb_work_t *works = NULL;
    til_nb_spread_t *spread = til_array(counts->n_rows, sizeof *spread);
    double *mean = til_array(2 * counts->n_rows, sizeof *mean), *dispersion;
    size_t n = 0;

    *trend = (til_trend_t){ 0 };
    if (spread == NULL || mean == NULL) TIL_TRY(til_no_memory(ctx, counts->n_rows, "genes"));
    if (counts->n_cols < 2)
        TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s: %zu sample: a variance needs two or more",
                         counts->origin, counts->n_cols));
    TIL_TRY(make_blind_plan(ctx, counts->n_cols, &plan));
    TIL_TRY(til_nb_works_new(ctx, &plan, &data, &works));
    TIL_TRY(til_nb_genewise_all(ctx, &data, works, spread, NULL));

    dispersion = mean + counts->n_rows;
    for (size_t g = 0; g < counts->n_rows; g++) {
        if (isnan(spread[g].dispersion)) continue;
        mean[n] = spread[g].mean;
        dispersion[n++] = spread[g].dispersion;
    }
    TIL_TRY(til_trend_fit(ctx, n, mean, dispersion, type, trend));
done:
    til_nb_works_free(works, ctx->n_threads);
    til_nb_plan_clear(&plan);
    free(mean);
    free(spread);
    return status;
}

/* The cubic spline through n points with third derivatives at the ends from cubics through the
 * first and last four points. */
typedef struct {
    double x[N_KNOTS], y[N_KNOTS], b[N_KNOTS], c[N_KNOTS], d[N_KNOTS];
} spline_t;

static void spline_fit(spline_t *s)
{
    const size_t n = N_KNOTS;
    double *x = s->x, *y = s->y, *b = s->b, *c = s->c, *d = s->d;

    d[0] = x[1] - x[0];
    c[1] = (y[1] - y[0]) / d[0];
    for (size_t i = 1; i < n - 1; i++) {
        d[i] = x[i + 1] - x[i];
        b[i] = 2 * (d[i - 1] + d[i]);
        c[i + 1] = (y[i + 1] - y[i]) / d[i];
        c[i] = c[i + 1] - c[i];
    }
    b[0] = -d[0];
    b[n - 1] = -d[n - 2];
    c[0] = c[2] / (x[3] - x[1]) - c[1] / (x[2] - x[0]);
    c[n - 1] = c[n - 2] / (x[n - 1] - x[n - 3]) - c[n - 3] / (x[n - 2] - x[n - 4]);
    c[0] = c[0] * d[0] * d[0] / (x[3] - x[0]);
    c[n - 1] = -c[n - 1] * d[n - 2] * d[n - 2] / (x[n - 1] - x[n - 4]);
    for (size_t i = 1; i < n; i++) {
        double t = d[i - 1] / b[i - 1];
        b[i] -= t * d[i - 1];
        c[i] -= t * c[i - 1];
    }
    c[n - 1] /= b[n - 1];
    for (size_t i = n - 1; i-- > 0;) c[i] = (c[i] - d[i] * c[i + 1]) / b[i];

    b[n - 1] = (y[n - 1] - y[n - 2]) / d[n - 2] + d[n - 2] * (c[n - 2] + 2 * c[n - 1]);
    for (size_t i = 0; i < n - 1; i++) {
        b[i] = (y[i + 1] - y[i]) / d[i] - d[i] * (c[i + 1] + 2 * c[i]);
        d[i] = (c[i + 1] - c[i]) / d[i];
        c[i] *= 3;
    }
    c[n - 1] *= 3;
    d[n - 1] = d[n - 2];
}

static double spline_at(const spline_t *s, double at)
{
    size_t low = 0, high = N_KNOTS;

    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (at < s->x[middle]) high = middle;
        else low = middle;
    }
    double dx = at - s->x[low];
    return s->y[low] + dx * (s->b[low] + dx * (s->c[low] + dx * s->d[low]));
}

typedef struct {
    const til_matrix_t *counts;
    const double *factors, *gene_factors;
    const til_trend_t *trend;
    const spline_t *spline; /* local only */
    double eta, xi;
    til_matrix_t *out;
} transform_job_t;

static double factor_at(const transform_job_t *job, size_t g, size_t s)
{
    return job->gene_factors == NULL ? job->factors[s]
                                     : job->gene_factors[g * job->counts->n_cols + s];
}

static double stabilise(const transform_job_t *job, double q)
{
    double a = job->trend->asymptote, e = job->trend->extra;

    switch (job->trend->type) {
    case TIL_TREND_PARAMETRIC:
        return log((1 + e + 2 * a * q + 2 * sqrt(a * q * (1 + e + a * q))) / (4 * a)) / LN2;
    case TIL_TREND_MEAN: return (2 * asinh(sqrt(a * q)) - log(a) - log(4)) / LN2;
    case TIL_TREND_LOCAL: break;
    }
    return job->eta * spline_at(job->spline, asinh(q)) + job->xi;
}

static til_status_t transform_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    transform_job_t *job = arg;
    size_t n = job->counts->n_cols;

    (void)ctx;
    (void)worker;
    for (size_t g = begin; g < end; g++) {
        const double *y = til_matrix_row(job->counts, g);
        double *out = til_matrix_row(job->out, g);
        for (size_t s = 0; s < n; s++) out[s] = stabilise(job, y[s] / factor_at(job, g, s));
    }
    return TIL_OK;
}

/* Geometric means over genes stand in for size factors where each gene has its own. */
static double mean_inverse_factor(const transform_job_t *job)
{
    size_t n = job->counts->n_cols, n_genes = job->counts->n_rows;
    double sum = 0;

    for (size_t s = 0; s < n; s++) {
        double log_mean = 0;
        for (size_t g = 0; job->gene_factors != NULL && g < n_genes; g++)
            log_mean += log(job->gene_factors[g * n + s]);
        sum += 1 / (job->gene_factors == NULL ? job->factors[s] : exp(log_mean / (double)n_genes));
    }
    return sum / (double)n;
}

static til_status_t prepare_local(til_ctx_t *ctx, transform_job_t *job, spline_t *spline)
{
    size_t n = job->counts->n_cols, n_genes = job->counts->n_rows;
    double grid[N_GRID], slope[N_GRID], top = 0, sum = 0, xim = mean_inverse_factor(job);
    double *mean = til_array(n_genes, sizeof *mean);

    if (mean == NULL) return til_no_memory(ctx, n_genes, "genes");
    for (size_t g = 0; g < n_genes; g++) {
        const double *y = til_matrix_row(job->counts, g);
        mean[g] = 0;
        for (size_t s = 0; s < n; s++) {
            double q = y[s] / factor_at(job, g, s);
            top = fmax(top, q);
            mean[g] += q / (double)n;
        }
    }
    for (size_t i = 0; i < N_GRID; i++) {
        double at = sinh((double)(i + 1) * (asinh(top) / N_GRID));
        grid[i] = at;
        slope[i] = 1 / sqrt(til_trend_at(job->trend, at) * at * at + xim * at);
    }
    for (size_t i = 0; i < N_KNOTS; i++) {
        sum += (grid[i + 1] - grid[i]) * (slope[i + 1] + slope[i]) / 2;
        spline->x[i] = asinh((grid[i + 1] + grid[i]) / 2);
        spline->y[i] = sum;
    }
    spline_fit(spline);
    til_sort(n_genes, mean);
    double h1 = til_quantile_sorted(n_genes, mean, 0.95);
    double h2 = til_quantile_sorted(n_genes, mean, 0.999);
    double s1 = spline_at(spline, asinh(h1)), s2 = spline_at(spline, asinh(h2));
    job->spline = spline;
    job->eta = (log2(h2) - log2(h1)) / (s2 - s1);
    job->xi = log2(h1) - job->eta * s1;
    free(mean);
    return TIL_OK;
}

til_status_t til_vst_transform(til_ctx_t *ctx, const til_matrix_t *counts, const double *factors,
                               const double *gene_factors, const til_trend_t *trend,
                               til_matrix_t *out)
{
    til_status_t status = TIL_OK;
    transform_job_t job = { .counts = counts,
                            .factors = factors,
                            .gene_factors = gene_factors,
                            .trend = trend,
                            .out = out };
    spline_t *spline = NULL;

    TIL_TRY(til_matrix_select(ctx, counts, NULL, 0, NULL, 0, out));
    if (trend->type == TIL_TREND_LOCAL) {
        spline = til_array(1, sizeof *spline);
        if (spline == NULL) TIL_TRY(til_no_memory(ctx, N_KNOTS, "knots"));
        TIL_TRY(prepare_local(ctx, &job, spline));
    }
    TIL_TRY(til_parallel_for(ctx, counts->n_rows, GRAIN, transform_range, &job));
done:
    free(spline);
    if (status != TIL_OK) til_matrix_clear(out);
    return status;
}

til_status_t til_vst(til_ctx_t *ctx, const til_matrix_t *counts, const double *factors,
                     til_matrix_t *out)
{
    til_status_t status = TIL_OK;
    til_trend_t trend = { 0 };

    *out = (til_matrix_t){ 0 };
    TIL_TRY(til_vst_blind_trend(ctx, counts, factors, NULL, TIL_TREND_PARAMETRIC, &trend));
    TIL_TRY(til_vst_transform(ctx, counts, factors, NULL, &trend, out));
done:
    til_trend_clear(&trend);
    return status;
}
