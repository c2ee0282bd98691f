/* sample_weights.c -- log-linear variances of samples, updated gene by gene.
 *
 * Sample s has variance factor exp(gamma_s), sum gamma = 0, weight exp(-gamma_s). For each gene in
 * turn, with the weighted fit under the present weights, h_s = 1 - leverage, d_s = w_s r_s^2 and
 * s2 = sum d / (n - p):
 *
 *     z     = d / s2 - h
 *     info += Z' (diag h - h h' / sum h) Z          Z: sum-to-zero contrasts, starts at 10 Z'Z
 *     gamma += info^-1 Z' z
 *
 * One gene changes info little: a Cholesky factor of some genes ago preconditions conjugate
 * gradients, which then need a handful of products instead of a new factor.
 *
 * In the first n - 1 values of gamma, Z = (I; -1'), so Z' diag(h) Z = diag(h_a) + h_n 11' and
 * Z'h = h_a - h_n.
 *
 * Source: Ritchie et al. (2006), BMC Bioinformatics 7:261; Liu et al. (2015), NAR 43:e97.
 * Agrees: limma 3.54.1 arrayWeights(method = "genebygene") to 1e-9.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/linalg.h"
#include "glm/sample_weights.h"

static const double PRIOR_GENES = 10; /* the prior counts as much as ten genes */
static const double NO_VARIANCE = 1e-15;
static const double TOL_STEP = 1e-26;          /* of the squared length of what is to be solved */
enum { FACTOR_EVERY = 50, MAX_PRODUCTS = 25 }; /* a new factor after 1/50 more genes        */

typedef struct {
    size_t n, m;               /* samples, m = n - 1 free parameters                   */
    size_t n_seen, n_factored; /* genes in info, and when it was factored              */
    double *info, *factor;     /* m x m: information; an earlier Cholesky factor       */
    double *gamma, *step;      /* m                                                    */
    double *answer, *rest, *guess, *direction; /* m, of conjugate gradients        */
    double *w, *residual, *h; /* n                                                    */
} update_t;

static til_status_t update_init(til_ctx_t *ctx, size_t n, update_t *out)
{
    size_t m = n - 1;

    *out = (update_t){ .n = n, .m = m };
    out->info = til_array_zero(m * m, sizeof *out->info);
    out->factor = til_array(m * m, sizeof *out->factor);
    out->gamma = til_array_zero(6 * m + 3 * n, sizeof *out->gamma);
    if (out->info == NULL || out->factor == NULL || out->gamma == NULL)
        return til_no_memory(ctx, m * m, "values of the information matrix");
    out->step = out->gamma + m;
    out->answer = out->step + m;
    out->rest = out->answer + m;
    out->guess = out->rest + m;
    out->direction = out->guess + m;
    out->w = out->direction + m;
    out->residual = out->w + n;
    out->h = out->residual + n;
    for (size_t b = 0; b < m; b++)
        for (size_t a = 0; a < m; a++) out->info[a + b * m] = PRIOR_GENES * (a == b ? 2 : 1);
    return TIL_OK;
}

static void update_clear(update_t *u)
{
    free(u->info);
    free(u->factor);
    free(u->gamma);
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static bool refactor(update_t *u)
{
    memcpy(u->factor, u->info, u->m * u->m * sizeof *u->factor);
    u->n_factored = u->n_seen;
    return til_chol(u->m, u->factor);
}

/* x <- info^-1 x by conjugate gradients; false when they do not get there (x is kept). */
static bool iterate(update_t *u, double *x)
{
    size_t m = u->m;
    double *answer = u->answer, *r = u->rest, *z = u->guess, *p = u->direction;
    double *ap = u->residual; /* n >= m values, not in use here */
    double rz, goal;

    memset(answer, 0, m * sizeof *answer);
    memcpy(r, x, m * sizeof *r);
    memcpy(z, r, m * sizeof *z);
    til_chol_solve(m, u->factor, z);
    memcpy(p, z, m * sizeof *p);
    rz = dot(m, r, z);
    goal = TOL_STEP * rz;
    for (int i = 0; i < MAX_PRODUCTS && rz > goal; i++) {
        memset(ap, 0, m * sizeof *ap);
        for (size_t b = 0; b < m; b++)
            for (size_t a = 0; a < m; a++) ap[a] += u->info[a + b * m] * p[b];
        double along = rz / dot(m, p, ap), before = rz;
        for (size_t a = 0; a < m; a++) {
            answer[a] += along * p[a];
            r[a] -= along * ap[a];
        }
        memcpy(z, r, m * sizeof *z);
        til_chol_solve(m, u->factor, z);
        rz = dot(m, r, z);
        for (size_t a = 0; a < m; a++) p[a] = z[a] + rz / before * p[a];
    }
    if (!(rz <= goal)) return false;
    memcpy(x, answer, m * sizeof *x);
    return true;
}

/* x <- info^-1 x */
static bool solve(update_t *u, double *x)
{
    bool is_old = (u->n_seen - u->n_factored) * FACTOR_EVERY > u->n_seen;

    if ((u->n_factored == 0 || is_old) && !refactor(u)) return false;
    if (u->n_factored < u->n_seen) {
        if (iterate(u, x)) return true;
        if (!refactor(u)) return false;
    }
    til_chol_solve(u->m, u->factor, x);
    return true;
}

/* Adds what the gene says; h holds leverages on entry. False when it says nothing. */
static bool update(update_t *u, size_t df)
{
    size_t n = u->n, m = u->m;
    double rss = 0, sum_h = 0, *v = u->step;

    for (size_t s = 0; s < n; s++) {
        u->residual[s] = u->w[s] * u->residual[s] * u->residual[s];
        rss += u->residual[s];
        u->h[s] = 1 - u->h[s];
        sum_h += u->h[s];
    }
    double s2 = rss / (double)df, last_h = u->h[n - 1];
    if (s2 < NO_VARIANCE) return false;

    for (size_t a = 0; a < m; a++) v[a] = u->h[a] - last_h;
    for (size_t b = 0; b < m; b++) {
        double *column = u->info + b * m, scaled = v[b] / sum_h;
        for (size_t a = 0; a < m; a++) column[a] += last_h - scaled * v[a];
        column[b] += u->h[b];
    }
    u->n_seen++;

    double last_z = u->residual[n - 1] / s2 - last_h;
    for (size_t a = 0; a < m; a++) u->step[a] = u->residual[a] / s2 - u->h[a] - last_z;
    if (!solve(u, u->step)) return false;
    for (size_t a = 0; a < m; a++) u->gamma[a] += u->step[a];
    return true;
}

static void weights_of(const update_t *u, double *sample_weights)
{
    double sum = 0;

    for (size_t a = 0; a < u->m; a++) {
        sample_weights[a] = exp(-u->gamma[a]);
        sum += u->gamma[a];
    }
    sample_weights[u->n - 1] = exp(sum);
}

til_status_t til_sample_weights(til_ctx_t *ctx, const til_linear_t *model, size_t n_genes,
                                const double *e, const double *weights, double *sample_weights)
{
    til_status_t status = TIL_OK;
    size_t n = model->n;
    update_t u = { 0 };
    til_linear_space_t *space = NULL;

    for (size_t s = 0; s < n; s++) sample_weights[s] = 1;
    if (n_genes < 2 || n < model->p + 2) return TIL_OK;
    TIL_TRY(update_init(ctx, n, &u));
    TIL_TRY(til_linear_space_new(ctx, model, &space));
    for (size_t g = 0; g < n_genes; g++) {
        for (size_t s = 0; s < n; s++) u.w[s] = sample_weights[s] * weights[g * n + s];
        if (!til_linear_fit_one(model, space, e + g * n, u.w, u.residual, u.h))
            TIL_TRY(til_fail(ctx, TIL_ENUMERIC, "weights of feature %zu leave the design singular",
                             g + 1));
        if (update(&u, n - model->p)) weights_of(&u, sample_weights);
    }

done:
    til_linear_space_free(space);
    update_clear(&u);
    return status;
}
