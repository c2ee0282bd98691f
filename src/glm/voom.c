/* voom.c -- log counts per million and their precision weights.
 *
 *     e_gs  = log2( (k_gs + 0.5) / (L_s + 1) 1e6 )
 *     fit e_g on the design without weights: residual deviation sigma_g, fitted mu_gs
 *     trend: lowess (half of the genes, 3 robust rounds) of sqrt(sigma_g) over the mean log2
 *            count size  mean(e_g) + mean(log2(L + 1)) - log2(1e6)
 *     w_gs  = trend( mu_gs + log2(L_s + 1) - log2(1e6) ) ^ -4
 *
 * Genes without any count take no part in the trend. Outside its range the trend is constant.
 *
 * Source:  Law, Chen, Shi & Smyth (2014), Genome Biology 15:R29.
 * Agrees:  limma 3.54.1 voom() to 1e-12 in e, 1e-9 in the weights.
 * Differs: a trend that touches zero gives weights of 1 and a warning, where limma's are infinite.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/order.h"
#include "math/smooth.h"
#include "glm/voom.h"

static const double SPAN = 0.5, DELTA = 0.01; /* lowess: of the genes, of the range of x */
enum { ROBUST_ROUNDS = 3 };
enum { N_LOGS = 4096 };               /* log2(k + 0.5) of small whole counts is looked up */
enum { N_CELLS = 4096 };              /* equal cells of the trend's range, to find the knots fast */
static const double MIN_TREND = 1e-6; /* sqrt of a standard deviation of 1e-12 is rounding */
static const double TOL_LINE = 1e-14; /* on a line, to rounding */
enum { GRAIN = 64 };

void til_voom_clear(til_voom_t *voom)
{
    if (voom == NULL) return;
    free(voom->e);
    free(voom->weights);
    free(voom->mean);
    free(voom->trend_x);
    free(voom->trend_y);
    memset(voom, 0, sizeof *voom);
}

static til_status_t voom_init(til_ctx_t *ctx, size_t n_genes, size_t n_samples, til_voom_t *out)
{
    *out = (til_voom_t){ .n_genes = n_genes, .n_samples = n_samples };
    out->e = til_array(n_genes * n_samples, sizeof *out->e);
    out->weights = til_array(n_genes * n_samples, sizeof *out->weights);
    out->mean = til_array(n_genes, sizeof *out->mean);
    out->trend_x = til_array(n_genes, sizeof *out->trend_x);
    out->trend_y = til_array(n_genes, sizeof *out->trend_y);
    if (out->e == NULL || out->weights == NULL || out->mean == NULL || out->trend_x == NULL ||
        out->trend_y == NULL)
        return til_no_memory(ctx, n_genes * n_samples, "log counts");
    return TIL_OK;
}

/* Sets e and mean; `depth` is log2(L + 1) - log2(1e6) per sample. */
static til_status_t log_counts(til_ctx_t *ctx, const til_matrix_t *counts, const double *depth,
                               til_voom_t *out)
{
    size_t n = counts->n_cols;
    double *log_of = til_array(N_LOGS, sizeof *log_of);

    if (log_of == NULL) return til_no_memory(ctx, N_LOGS, "logs");
    for (int k = 0; k < N_LOGS; k++) log_of[k] = log2((double)k + 0.5);
    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        double *e = out->e + g * n, sum = 0;
        for (size_t s = 0; s < n; s++) {
            int whole = k[s] < N_LOGS ? (int)k[s] : -1;
            e[s] = ((double)whole == k[s] ? log_of[whole] : log2(k[s] + 0.5)) - depth[s];
            sum += e[s];
        }
        out->mean[g] = sum / (double)n;
    }
    free(log_of);
    return TIL_OK;
}

/* Sets n_trend, trend_x and trend_y from the residual deviations. */
static til_status_t fit_trend(til_ctx_t *ctx, const til_matrix_t *counts, const double *sigma,
                              double mean_depth, til_voom_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_genes = counts->n_rows, n = 0;
    double *x = til_array(n_genes, sizeof *x), *y = til_array(n_genes, sizeof *y);
    size_t *order = til_array(n_genes, sizeof *order);

    if (x == NULL || y == NULL || order == NULL) TIL_TRY(til_no_memory(ctx, n_genes, "features"));
    for (size_t g = 0; g < n_genes; g++) {
        const double *k = til_matrix_row(counts, g);
        size_t s = 0;
        while (s < counts->n_cols && !(k[s] > 0)) s++;
        if (s == counts->n_cols) continue;
        x[n] = out->mean[g] + mean_depth;
        y[n++] = sqrt(sigma[g]);
    }
    if (n < 2)
        TIL_TRY(til_fail(ctx, TIL_ENUMERIC,
                         "%s: %zu features with counts: voom needs at least two to see how the "
                         "variance follows the mean",
                         counts->origin, n));

    TIL_TRY(til_order(ctx, n, x, false, order));
    for (size_t i = 0; i < n; i++) {
        out->trend_x[i] = x[order[i]];
        out->trend_y[i] = y[order[i]];
    }
    memcpy(y, out->trend_y, n * sizeof *y);
    TIL_TRY(til_lowess(ctx, n, out->trend_x, y, SPAN, ROBUST_ROUNDS,
                       DELTA * (out->trend_x[n - 1] - out->trend_x[0]), out->trend_y));
    out->n_trend = til_approx_ties(n, out->trend_x, out->trend_y);

done:
    free(order);
    free(y);
    free(x);
    return status;
}

/* The trend as a function: linear between knots, constant outside. Lowess interpolates between few
 * points, so most of its values lie on the line through their neighbours and are no knots. */
typedef struct {
    double x, y, slope; /* towards the next knot */
} knot_t;

typedef struct {
    size_t n_knots;
    knot_t *knots;
    double low, high, per_cell; /* cell of x: (x - low) * per_cell             */
    size_t *first;              /* N_CELLS: the knot at or left of the cell    */
} trend_t;

static void trend_clear(trend_t *trend)
{
    free(trend->knots);
    free(trend->first);
}

/* The points that the lines between the others would miss. */
static void choose_knots(const til_voom_t *voom, trend_t *out)
{
    const double *x = voom->trend_x, *y = voom->trend_y;
    size_t n = voom->n_trend, last = 0;

    out->knots[0] = (knot_t){ x[0], y[0], 0 };
    out->n_knots = 1;
    for (size_t i = 1; i < n; i++) {
        /* the line from the last knot through its successor is left at i + 1, or ends */
        double slope = (y[last + 1] - y[last]) / (x[last + 1] - x[last]);
        if (i + 1 < n && i > last &&
            fabs(y[last] + slope * (x[i + 1] - x[last]) - y[i + 1]) <= TOL_LINE * fabs(y[i + 1]))
            continue;
        out->knots[out->n_knots - 1].slope = (y[i] - y[last]) / (x[i] - x[last]);
        out->knots[out->n_knots++] = (knot_t){ x[i], y[i], 0 };
        last = i;
    }
}

static til_status_t trend_init(til_ctx_t *ctx, const til_voom_t *voom, trend_t *out)
{
    size_t n = voom->n_trend, knot = 0;
    double low = voom->trend_x[0], range = voom->trend_x[n - 1] - low;

    *out = (trend_t){ .low = low,
                      .high = voom->trend_x[n - 1],
                      .per_cell = range > 0 ? N_CELLS / range : 0 };
    out->knots = til_array(n, sizeof *out->knots);
    out->first = til_array(N_CELLS, sizeof *out->first);
    if (out->knots == NULL || out->first == NULL) return til_no_memory(ctx, n, "knots");
    choose_knots(voom, out);
    for (size_t i = 0; i < N_CELLS; i++) {
        double start = low + (double)i / N_CELLS * range;
        while (knot + 1 < out->n_knots && out->knots[knot + 1].x <= start) knot++;
        out->first[i] = knot > 0 ? knot - 1 : 0; /* one to spare for rounding */
    }
    return TIL_OK;
}

static double trend_at(const trend_t *trend, double at)
{
    const knot_t *knot = trend->knots;
    size_t cell;

    if (!(at > trend->low)) return knot->y;
    if (at >= trend->high) return knot[trend->n_knots - 1].y;
    cell = (size_t)((at - trend->low) * trend->per_cell);
    knot += trend->first[cell < N_CELLS ? cell : N_CELLS - 1];
    while (knot[1].x < at) knot++;
    return knot->y + (at - knot->x) * knot->slope;
}

/* Where log counts hardly vary around the fit anywhere (copies of one sample), weights would be
 * without bound: all are 1 then. */
static bool is_flat(til_ctx_t *ctx, til_voom_t *voom)
{
    double least = INFINITY;

    for (size_t i = 0; i < voom->n_trend; i++) least = fmin(least, voom->trend_y[i]);
    if (least > MIN_TREND) return false;
    til_say(ctx, TIL_LOG_WARNING,
            "the log counts of some genes do not vary around the fit (are samples "
            "copies of each other?): precision weights are set to 1");
    for (size_t i = 0; i < voom->n_genes * voom->n_samples; i++) voom->weights[i] = 1;
    return true;
}

typedef struct {
    const til_linear_t *model;
    const trend_t *trend;
    const double *fitted, *depth;
    til_voom_t *out;
} weigh_work_t;

static til_status_t weigh_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const weigh_work_t *work = arg;
    size_t n = work->out->n_samples, n_groups = work->model->plan.n_groups;

    (void)ctx;
    (void)worker;
    for (size_t g = begin; g < end; g++) {
        const double *fitted = work->fitted + g * n_groups;
        double *weight = work->out->weights + g * n;
        for (size_t s = 0; s < n; s++) {
            double root = trend_at(work->trend, fitted[work->model->group[s]] + work->depth[s]);
            double square = root * root;
            weight[s] = 1 / (square * square);
        }
    }
    return TIL_OK;
}

til_status_t til_voom(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                      const til_linear_t *model, const double *start_weights,
                      const double *sample_weights, til_voom_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_genes = counts->n_rows, n = counts->n_cols;
    double *depth = til_array(n, sizeof *depth), *sigma = til_array(n_genes, sizeof *sigma);
    double *fitted = til_array(n_genes * model->plan.n_groups, sizeof *fitted), mean_depth = 0;
    trend_t trend = { 0 };

    TIL_TRY(voom_init(ctx, n_genes, n, out));
    if (depth == NULL || sigma == NULL || fitted == NULL)
        TIL_TRY(til_no_memory(ctx, n_genes, "features"));
    for (size_t s = 0; s < n; s++) {
        depth[s] = log2(lib_size[s] + 1) - log2(1e6);
        mean_depth += depth[s];
    }
    mean_depth /= (double)n;

    TIL_TRY(log_counts(ctx, counts, depth, out));
    til_linear_job_t job = { .n_genes = n_genes,
                             .y = out->e,
                             .weights = start_weights,
                             .sample_weights = sample_weights,
                             .sigma = sigma,
                             .fitted = fitted };
    TIL_TRY(til_linear_fit(ctx, model, &job));
    TIL_TRY(fit_trend(ctx, counts, sigma, mean_depth, out));
    if (is_flat(ctx, out)) goto done;
    TIL_TRY(trend_init(ctx, out, &trend));
    weigh_work_t work = { model, &trend, fitted, depth, out };
    TIL_TRY(til_parallel_for(ctx, n_genes, GRAIN, weigh_range, &work));

done:
    trend_clear(&trend);
    free(fitted);
    free(sigma);
    free(depth);
    if (status != TIL_OK) til_voom_clear(out);
    return status;
}
