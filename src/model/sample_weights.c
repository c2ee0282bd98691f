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
#include "model/sample_weights.h"

static const double PRIOR_GENES = 10;       /* the prior counts as much as ten genes */
static const double NO_VARIANCE = 1e-15;

typedef struct {
    size_t n, m;                /* samples, m = n - 1 free parameters                   */
    double *info, *factor;      /* m x m, lower triangle: information, its Cholesky factor */
    double *gamma, *step;       /* m                                                    */
    double *w, *residual, *h;   /* n                                                    */
} update_t;

static til_status_t update_init(til_ctx_t *ctx, size_t n, update_t *out)
{
    size_t m = n - 1;

    *out = (update_t){ .n = n, .m = m };
    out->info = til_array_zero(m * m, sizeof *out->info);
    out->factor = til_array(m * m, sizeof *out->factor);
    out->gamma = til_array_zero(2 * m + 3 * n, sizeof *out->gamma);
    if (out->info == NULL || out->factor == NULL || out->gamma == NULL)
        return til_no_memory(ctx, m * m, "values of the information matrix");
    out->step = out->gamma + m;
    out->w = out->step + m;
    out->residual = out->w + n;
    out->h = out->residual + n;
    for (size_t b = 0; b < m; b++)
        for (size_t a = b; a < m; a++) out->info[a + b * m] = PRIOR_GENES * (a == b ? 2 : 1);
    return TIL_OK;
}

static void update_clear(update_t *u)
{
    free(u->info);
    free(u->factor);
    free(u->gamma);
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
        for (size_t a = b; a < m; a++) column[a] += last_h - scaled * v[a];
        column[b] += u->h[b];
    }

    double last_z = u->residual[n - 1] / s2 - last_h;
    for (size_t a = 0; a < m; a++) u->step[a] = u->residual[a] / s2 - u->h[a] - last_z;
    memcpy(u->factor, u->info, m * m * sizeof *u->factor);
    if (!til_chol(m, u->factor)) return false;
    til_chol_solve(m, u->factor, u->step);
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
