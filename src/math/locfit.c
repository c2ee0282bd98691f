/* locfit.c -- local regression on one variable, evaluated by interpolation between a few vertices.
 *
 * At a vertex v a polynomial in (x - v) is fitted with weights
 *
 *     weight_i (1 - (|x_i - v| / h)^3)^3,     h the distance of the floor(fraction n)-th nearest x.
 *
 * Vertices are the ends of the range, then midpoints: a cell is halved while it is longer than
 * CUT times the smaller h of its ends. Between vertices the curve is the cubic Hermite
 * interpolant of their values and slopes (degree 0: a straight line). A polynomial of the same
 * degree, fitted to all data, is taken out first and added back: inside the range that changes
 * nothing, outside the remainder is continued by a straight line.
 *
 * Source: Loader (1999), Local Regression and Likelihood, ch. 2, 3, 12. What the book leaves open
 *         was settled by running locfit 1.5-9.7: which neighbour gives h, how it goes on beyond
 *         the data, and that the normal equations, scaled to unit diagonal, are solved once,
 *         from the weighted mean, by a Jacobi decomposition that stops at off-diagonal elements
 *         of 3e-8: its answers carry errors near 1e-9, which are followed here.
 * Agrees: locfit 1.5-9.7 with R 4.2.2, predict(locfit(y ~ x, weights = w)) and
 *         (alpha = a, deg = 0), 1e-9 of the spread of y.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/order.h"
#include "math/smooth.h"

enum { MAX_COEF = 3 }; /* 1, t, t^2 / 2 */

static const double CUT = 0.8;

/* A polynomial sum_k coef[k] t^k / k! in t = x - center. */
typedef struct {
    double center, coef[MAX_COEF];
} poly_t;

struct til_locfit {
    size_t n_coef, n_vertices, room;
    poly_t global;
    double *at, *value, *slope, *reach; /* of the vertices, ascending; global taken out */
};

/* The data and the room to measure distances in. */
typedef struct {
    size_t n, n_near, n_coef;
    const double *x, *y, *weight; /* weight may be NULL: all 1 */
    double *distance;
} job_t;

static double poly_value(const poly_t *p, double x)
{
    double t = x - p->center;
    return p->coef[0] + t * (p->coef[1] + t * p->coef[2] / 2);
}

static double poly_slope(const poly_t *p, double x)
{
    return p->coef[1] + (x - p->center) * p->coef[2];
}

/* (a, b) <- (a c + b s, b c - a s) */
static void rotate(double *a, double *b, double c, double s)
{
    double u = *a, v = *b;
    *a = u * c + v * s;
    *b = v * c - u * s;
}

/* Jacobi's eigenvalue iteration: z becomes diagonal, the columns of q are the vectors.
 * Cyclic by rows; an element is left alone when its square is under 1e-15 of the product of the
 * diagonal elements, which is where locfit stops. */
static void jacobi(size_t p, double z[MAX_COEF][MAX_COEF], double q[MAX_COEF][MAX_COEF])
{
    enum { MAX_SWEEPS = 20 };
    const double TOL_SQUARE = 1e-15;
    bool rotated = true;

    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) q[i][j] = i == j;

    for (int sweep = 0; rotated && sweep < MAX_SWEEPS; sweep++) {
        rotated = false;
        for (size_t i = 0; i < p; i++)
            for (size_t j = i + 1; j < p; j++) {
                if (!(z[i][j] * z[i][j] > TOL_SQUARE * fabs(z[i][i] * z[j][j]))) continue;
                double half = (z[j][j] - z[i][i]) / 2;
                double cos2 = half / sqrt(half * half + z[i][j] * z[i][j]);
                double c = sqrt((1 + cos2) / 2), s = sqrt((1 - cos2) / 2);
                if (!(z[i][j] < 0)) s = -s;
                for (size_t k = 0; k < p; k++) rotate(&z[i][k], &z[j][k], c, s);
                for (size_t k = 0; k < p; k++) rotate(&z[k][i], &z[k][j], c, s);
                for (size_t k = 0; k < p; k++) rotate(&q[k][i], &q[k][j], c, s);
                rotated = true;
            }
    }
}

/* b <- a^-1 b for symmetric a with a positive diagonal; directions of a relative eigenvalue under
 * 1e-8 are not divided by it. */
static void solve(size_t p, double a[MAX_COEF][MAX_COEF], double b[MAX_COEF])
{
    const double TOL_EIGEN = 1e-8;
    double scale[MAX_COEF], q[MAX_COEF][MAX_COEF], w[MAX_COEF], largest = 0;

    for (size_t i = 0; i < p; i++) scale[i] = a[i][i] > 0 ? 1 / sqrt(a[i][i]) : 0;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) a[i][j] *= scale[i] * scale[j];
    jacobi(p, a, q);

    for (size_t i = 0; i < p; i++) largest = fmax(largest, a[i][i]);
    for (size_t i = 0; i < p; i++) {
        w[i] = 0;
        for (size_t j = 0; j < p; j++) w[i] += q[j][i] * b[j] * scale[j];
        if (a[i][i] > TOL_EIGEN * largest) w[i] /= a[i][i];
    }
    for (size_t i = 0; i < p; i++) {
        b[i] = 0;
        for (size_t j = 0; j < p; j++) b[i] += q[i][j] * w[j];
        b[i] *= scale[i];
    }
}

/* Weighted least squares around `center`; h = infinity gives all points their own weight. */
static bool fit_poly(const job_t *job, double center, double h, poly_t *out)
{
    double a[MAX_COEF][MAX_COEF] = { { 0 } }, b[MAX_COEF] = { 0 };
    double moment[2 * MAX_COEF - 1] = { 0 }, sum = 0, mean;

    for (int pass = 0; pass < 2; pass++) { /* first the mean, then what it leaves */
        mean = pass == 0 ? 0 : sum / moment[0];
        if (pass == 1 && !(moment[0] > 0)) return false;
        for (size_t i = 0; i < job->n; i++) {
            double t = job->x[i] - center, u = fabs(t) / h;
            if (u >= 1) continue;
            double k = 1 - u * u * u;
            double w = k * k * k * (job->weight == NULL ? 1 : job->weight[i]);
            if (pass == 0) {
                sum += w * job->y[i];
                for (size_t m = 0; m < 2 * job->n_coef - 1; m++, w *= t) moment[m] += w;
            } else {
                w *= job->y[i] - mean;
                for (size_t m = 0; m < job->n_coef; m++, w *= t) b[m] += w;
            }
        }
    }

    static const double factorial[] = { 1, 1, 2 };
    for (size_t i = 0; i < job->n_coef; i++) {
        for (size_t j = 0; j < job->n_coef; j++)
            a[i][j] = moment[i + j] / (factorial[i] * factorial[j]);
        b[i] /= factorial[i];
    }
    solve(job->n_coef, a, b);
    *out = (poly_t){ center, { mean + b[0], b[1], b[2] } };
    return true;
}

/* Fits at v and appends it to the vertices. */
static til_status_t add_vertex(til_ctx_t *ctx, const job_t *job, double v, til_locfit_t *fit)
{
    poly_t local;
    for (size_t i = 0; i < job->n; i++) job->distance[i] = fabs(job->x[i] - v);
    double h = til_select_inplace(job->n, job->distance, job->n_near - 1);

    if (!(h > 0) || !fit_poly(job, v, h, &local))
        return til_fail(ctx, TIL_ENUMERIC,
                        "local regression: too few different points around %g to fit a curve", v);
    if (fit->n_vertices == fit->room) {
        double **parts[] = { &fit->at, &fit->value, &fit->slope, &fit->reach };
        size_t room = fit->room;
        for (size_t i = 0; i < 4; i++) {
            room = fit->room;
            til_status_t status = til_grow(ctx, parts[i], &room, fit->room + 1, sizeof(double));
            if (status != TIL_OK) return status;
        }
        fit->room = room;
    }
    size_t k = fit->n_vertices++;
    fit->at[k] = v;
    fit->value[k] = local.coef[0] - poly_value(&fit->global, v);
    fit->slope[k] = local.coef[1] - poly_slope(&fit->global, v);
    fit->reach[k] = h;
    return TIL_OK;
}

/* Halves the cell between vertices a and b until its pieces are short; appends the new vertices. */
static til_status_t split(til_ctx_t *ctx, const job_t *job, size_t a, size_t b, til_locfit_t *fit)
{
    til_status_t status = TIL_OK;
    double length = fit->at[b] - fit->at[a], mid = (fit->at[a] + fit->at[b]) / 2;

    if (!(length > CUT * fmin(fit->reach[a], fit->reach[b]))) return TIL_OK;
    size_t new = fit->n_vertices;
    TIL_TRY(add_vertex(ctx, job, mid, fit));
    TIL_TRY(split(ctx, job, a, new, fit));
    TIL_TRY(split(ctx, job, new, b, fit));
done:
    return status;
}

/* Vertices were found from the outside inwards; put them in order from left to right. */
static til_status_t sort_vertices(til_ctx_t *ctx, til_locfit_t *fit)
{
    til_status_t status = TIL_OK;
    size_t n = fit->n_vertices, *order = til_array(n, sizeof *order);
    double *parts[] = { fit->value, fit->slope, fit->reach, fit->at };
    double *copy = til_array(n, sizeof *copy);

    if (order == NULL || copy == NULL) {
        status = til_no_memory(ctx, n, "vertices");
        goto done;
    }
    TIL_TRY(til_order(ctx, n, fit->at, false, order));
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < n; i++) copy[i] = parts[k][order[i]];
        for (size_t i = 0; i < n; i++) parts[k][i] = copy[i];
    }
done:
    free(copy);
    free(order);
    return status;
}

static til_status_t fit_all(til_ctx_t *ctx, const job_t *job, til_locfit_t *fit)
{
    til_status_t status = TIL_OK;
    double lo = INFINITY, hi = -INFINITY, sum = 0, total = 0;

    for (size_t i = 0; i < job->n; i++) {
        double w = job->weight == NULL ? 1 : job->weight[i];
        lo = fmin(lo, job->x[i]);
        hi = fmax(hi, job->x[i]);
        sum += w * job->x[i];
        total += w;
        if (!isfinite(job->x[i]) || !isfinite(job->y[i]) || !isfinite(w) || w < 0)
            return til_fail(ctx, TIL_ENUMERIC, "local regression: point %zu is not finite", i + 1);
    }
    if (!(lo < hi) || !(total > 0) || !fit_poly(job, sum / total, INFINITY, &fit->global))
        return til_fail(ctx, TIL_ENUMERIC, "local regression: %zu points without spread", job->n);
    TIL_TRY(add_vertex(ctx, job, lo, fit));
    TIL_TRY(add_vertex(ctx, job, hi, fit));
    TIL_TRY(split(ctx, job, 0, 1, fit));
    TIL_TRY(sort_vertices(ctx, fit));
done:
    return status;
}

static til_status_t start(til_ctx_t *ctx, const job_t *data, double fraction, til_locfit_t **out)
{
    const double GUARD = 1e-12; /* fraction * n that should be whole */
    til_status_t status = TIL_OK;
    job_t job = *data;
    til_locfit_t *fit = til_array_zero(1, sizeof *fit);

    *out = NULL;
    job.distance = til_array(job.n, sizeof *job.distance);
    if (fit == NULL || job.distance == NULL) {
        status = til_no_memory(ctx, job.n, "points to smooth");
        goto done;
    }
    fit->n_coef = job.n_coef;
    job.n_near = (size_t)fmin(floor((double)job.n * fraction + GUARD), (double)job.n);
    if (job.n_near == 0) {
        status = til_fail(ctx, TIL_ENUMERIC, "local regression of %zu points: too few", job.n);
        goto done;
    }
    TIL_TRY(fit_all(ctx, &job, fit));
    *out = fit;
    fit = NULL;
done:
    free(job.distance);
    til_locfit_free(fit);
    return status;
}

til_status_t til_locfit_new(til_ctx_t *ctx, size_t n, const double *x, const double *y,
                            const double *weight, til_locfit_t **out)
{
    const job_t data = { .n = n, .n_coef = 3, .x = x, .y = y, .weight = weight };
    return start(ctx, &data, 0.7, out);
}

til_status_t til_locfit_flat_new(til_ctx_t *ctx, size_t n, const double *x, const double *y,
                                 double fraction, til_locfit_t **out)
{
    const job_t data = { .n = n, .n_coef = 1, .x = x, .y = y };
    return start(ctx, &data, fraction, out);
}

double til_locfit_at(const til_locfit_t *fit, double x)
{
    if (isnan(x)) return NAN;

    size_t i = 0, j = fit->n_vertices - 1;
    while (j - i > 1) {
        size_t mid = i + (j - i) / 2;
        if (x < fit->at[mid]) j = mid;
        else i = mid;
    }
    double width = fit->at[j] - fit->at[i], t = (x - fit->at[i]) / width, rest;
    if (fit->n_coef == 1) {
        rest = (1 - t) * fit->value[i] + t * fit->value[j];
    } else if (t < 0) {
        rest = fit->value[i] + (x - fit->at[i]) * fit->slope[i];
    } else if (t > 1) {
        rest = fit->value[j] + (x - fit->at[j]) * fit->slope[j];
    } else {
        double right = t * t * (3 - 2 * t), s = 1 - t;
        rest = (1 - right) * fit->value[i] + right * fit->value[j] +
               width * t * s * (s * fit->slope[i] - t * fit->slope[j]);
    }
    return rest + poly_value(&fit->global, x);
}

void til_locfit_free(til_locfit_t *fit)
{
    if (fit == NULL) return;
    free(fit->at);
    free(fit->value);
    free(fit->slope);
    free(fit->reach);
    free(fit);
}
