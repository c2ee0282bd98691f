/* effects.c -- the effect of a contrast and the residual effects of every gene.
 *
 * With the contrast made the last of the p coefficients, W^1/2 X = Q R (Householder) and
 *
 *     effect = (Q' W^1/2 y)_s,      s = p .. n ;
 *
 * the first of these, with the sign of R_pp, is estimate / unscaled deviation of the contrast
 * (deviation 1 / |R_pp|), the n - p others are residuals in an orthonormal basis. Under the null
 * all n - p + 1 have one variance, and a rotation of them is as likely as they are. Samples
 * correlated within blocks are whitened first: L^-1 W^1/2 y with the Cholesky factor L of their
 * correlation.
 *
 * Source:  Wu et al. (2010), Bioinformatics 26:2176 (roast).
 * Agrees:  limma 3.54.1 .lmEffects(), by the sum of squares of sets to 1e-8 (tests/golden/gsea,
 *          tests/shared): a contrast of one coefficient is moved to the end, others are rotated to
 *          it as contrastAsCoef() does, so that the residual bases of weighted fits are the same.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/need.h"
#include "base/try.h"
#include "gsea/effects.h"

enum { GRAIN = 256 };
#define TOL_RANK 1e-7

/* Reflects x (n values from `at` on) by the vector v of a Householder step (v[at..n), v'v = 2 v[at]
 * scaled as LINPACK does). */
static void reflect(const double *v, size_t at, size_t n, double *x)
{
    double sum = 0;
    for (size_t i = at; i < n; i++) sum += v[i] * x[i];
    sum /= v[at];
    for (size_t i = at; i < n; i++) x[i] -= sum * v[i];
}

/* Turns column `v` into the reflection that clears it below `at`; returns the diagonal of R, 0 when
 * there is nothing to reflect. */
static double make_reflection(size_t at, size_t n, double *v)
{
    double norm = 0;
    for (size_t i = at; i < n; i++) norm += v[i] * v[i];
    norm = sqrt(norm);
    if (norm == 0) return 0;
    if (v[at] < 0) norm = -norm;
    for (size_t i = at; i < n; i++) v[i] /= norm;
    v[at] += 1;
    return -norm;
}

/* The design (n x p, column-major) with the contrast as its last coefficient. */
static til_status_t contrast_last(til_ctx_t *ctx, const til_design_t *design,
                                  const double *contrast, double *x)
{
    size_t n = design->n_samples, p = design->n_coef, n_used = 0, used = 0;

    for (size_t j = 0; j < p; j++)
        if (contrast[j] != 0) {
            n_used++;
            used = j;
        }
    if (n_used == 0) return til_fail(ctx, TIL_EINPUT, "the contrast is 0 everywhere");
    if (n_used == 1) {
        for (size_t j = 0, to = 0; j < p; j++)
            if (j != used) memcpy(x + n * to++, design->x + n * j, n * sizeof *x);
        for (size_t s = 0; s < n; s++)
            x[n * (p - 1) + s] = design->x[n * used + s] / contrast[used];
        return TIL_OK;
    }
    double *v = til_array(2 * p, sizeof *v), *row = v + p;
    if (v == NULL) return til_no_memory(ctx, 2 * p, "coefficients");
    memcpy(v, contrast, p * sizeof *v);
    double scale = make_reflection(0, p, v);
    for (size_t s = 0; s < n; s++) {
        for (size_t j = 0; j < p; j++) row[j] = design->x[n * j + s];
        reflect(v, 0, p, row);
        for (size_t j = 1; j < p; j++) x[n * (j - 1) + s] = row[j];
        x[n * (p - 1) + s] = row[0] / scale;
    }
    free(v);
    return TIL_OK;
}

typedef struct {
    const til_set_values_t *values;
    const double *x;        /* n x p, the contrast last                              */
    const double *cholesky; /* n x n lower factor of the correlation, row-major; NULL */
    til_set_effects_t *out;
    double **work; /* by worker: n p + n                                              */
} job_t;

/* x <- L^-1 x. */
static void whiten(const double *lower, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        double sum = x[i];
        for (size_t j = 0; j < i; j++)
            if (lower[n * i + j] != 0) sum -= lower[n * i + j] * x[j];
        x[i] = sum / lower[n * i + i];
    }
}

/* Q' y into y, and R_pp; 0 when the columns are not independent. */
static double rotate(double *x, size_t n, size_t p, double *y)
{
    double diagonal = 0;
    for (size_t j = 0; j < p; j++) {
        double *v = x + n * j, size = 0;
        for (size_t i = 0; i < n; i++) size += v[i] * v[i];
        diagonal = make_reflection(j, n, v);
        if (!(fabs(diagonal) > TOL_RANK * sqrt(size))) return 0;
        for (size_t k = j + 1; k < p; k++) reflect(v, j, n, x + n * k);
        reflect(v, j, n, y);
    }
    return diagonal;
}

static til_status_t rotate_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    job_t *job = arg;
    const til_set_values_t *in = job->values;
    size_t n = in->design->n_samples, p = in->design->n_coef, d = n - p;
    double *x = job->work[worker], *y = x + n * p;

    for (size_t g = begin; g < end; g++) {
        double mean = 0;
        for (size_t s = 0; s < n; s++) {
            double w = (in->weights != NULL ? in->weights[g * n + s] : 1) *
                       (in->sample_weights != NULL ? in->sample_weights[s] : 1);
            double root = sqrt(w);
            y[s] = in->e[g * n + s] * root;
            mean += in->e[g * n + s] / (double)n;
            for (size_t j = 0; j < p; j++) x[n * j + s] = job->x[n * j + s] * root;
        }
        if (job->cholesky != NULL) {
            whiten(job->cholesky, n, y);
            for (size_t j = 0; j < p; j++) whiten(job->cholesky, n, x + n * j);
        }
        double diagonal = rotate(x, n, p, y), *effect = job->out->effect + g * (d + 1);
        if (diagonal == 0)
            return til_fail(ctx, TIL_ENUMERIC, "the weights of a gene leave the design singular");
        memcpy(effect, y + p - 1, (d + 1) * sizeof *effect);
        if (diagonal < 0) effect[0] = -effect[0];
        job->out->stdev[g] = 1 / fabs(diagonal);
        job->out->mean[g] = mean;
    }
    return TIL_OK;
}

/* The Cholesky factor of the correlation of the samples. */
static til_status_t factor_blocks(til_ctx_t *ctx, const til_set_values_t *in, double **out)
{
    size_t n = in->design->n_samples;
    double *l = til_array_zero(n * n, sizeof *l);

    *out = l;
    if (l == NULL) return til_no_memory(ctx, n * n, "correlations of samples");
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = i == j ? 1 : in->block[i] == in->block[j] ? in->correlation : 0;
            for (size_t k = 0; k < j; k++) sum -= l[n * i + k] * l[n * j + k];
            if (i == j && !(sum > 0))
                return til_fail(ctx, TIL_ENUMERIC, "the correlation within blocks is too negative");
            l[n * i + j] = i == j ? sqrt(sum) : sum / l[n * j + j];
        }
    return TIL_OK;
}

til_status_t til_gsea_effects(til_ctx_t *ctx, const til_set_values_t *values,
                              til_set_effects_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_set_effects_t){ 0 };
    TIL_NEED(ctx, values);
    til_status_t status = TIL_OK;
    size_t n = values->design->n_samples, p = values->design->n_coef, g = values->n_genes;
    size_t n_workers = (size_t)(ctx->n_threads < 1 ? 1 : ctx->n_threads);
    double *x = til_array(n * p, sizeof *x), *cholesky = NULL;
    job_t job = { .values = values, .x = x, .out = out };

    *out = (til_set_effects_t){ .n_genes = g, .n_effects = n - p + 1 };
    if (n <= p)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%zu samples and %zu coefficients: nothing is left to judge the spread", n,
                         p));
    out->effect = til_array(g * out->n_effects, sizeof *out->effect);
    out->stdev = til_array(g, sizeof *out->stdev);
    out->mean = til_array(g, sizeof *out->mean);
    job.work = til_array_zero(n_workers, sizeof *job.work);
    if (x == NULL || out->effect == NULL || out->stdev == NULL || out->mean == NULL ||
        job.work == NULL)
        TIL_TRY(til_no_memory(ctx, g * out->n_effects, "effects"));
    for (size_t w = 0; w < n_workers; w++) {
        job.work[w] = til_array(n * (p + 1), sizeof **job.work);
        if (job.work[w] == NULL) TIL_TRY(til_no_memory(ctx, n * (p + 1), "effects"));
    }
    TIL_TRY(contrast_last(ctx, values->design, values->contrast, x));
    if (values->block != NULL && values->correlation != 0)
        TIL_TRY(factor_blocks(ctx, values, &cholesky));
    job.cholesky = cholesky;
    TIL_TRY(til_parallel_for(ctx, g, GRAIN, rotate_range, &job));
    out->trend = values->trend;
    out->robust = values->robust;

done:
    for (size_t w = 0; job.work != NULL && w < n_workers; w++) free(job.work[w]);
    free(job.work);
    free(x);
    free(cholesky);
    if (status != TIL_OK) til_gsea_effects_clear(out);
    return status;
}

void til_gsea_effects_clear(til_set_effects_t *effects)
{
    if (effects == NULL) return;
    free(effects->effect);
    free(effects->stdev);
    free(effects->mean);
    *effects = (til_set_effects_t){ 0 };
}

til_status_t til_gsea_moderated_t(til_ctx_t *ctx, const til_set_effects_t *effects, double *t)
{
    TIL_NEED(ctx, effects);
    TIL_NEED(ctx, t);
    til_status_t status = TIL_OK;
    til_moderated_t moderated = { 0 };
    double *variance = til_array(effects->n_genes, sizeof *variance);

    if (variance == NULL) return til_no_memory(ctx, effects->n_genes, "variances");
    til_effects_variance(effects, variance);
    TIL_TRY(til_effects_moderate(ctx, effects, variance, &moderated));
    for (size_t g = 0; g < effects->n_genes; g++)
        t[g] = til_effects_of(effects, g)[0] / sqrt(moderated.s2_post[g]);

done:
    til_moderated_clear(&moderated);
    free(variance);
    return status;
}

/* ---- what the tests share --------------------------------------------------------------------- */

void til_effects_variance(const til_set_effects_t *effects, double *variance)
{
    for (size_t g = 0; g < effects->n_genes; g++) {
        const double *e = til_effects_of(effects, g);
        double sum = 0;
        for (size_t s = 1; s < effects->n_effects; s++) sum += e[s] * e[s];
        variance[g] = sum / (double)(effects->n_effects - 1);
    }
}

til_status_t til_effects_moderate(til_ctx_t *ctx, const til_set_effects_t *effects,
                                  const double *variance, til_moderated_t *out)
{
    double *df = til_array(effects->n_genes, sizeof *df);

    if (df == NULL) return til_no_memory(ctx, effects->n_genes, "degrees of freedom");
    for (size_t g = 0; g < effects->n_genes; g++) df[g] = (double)(effects->n_effects - 1);
    til_status_t status = til_moderate(ctx, effects->n_genes, variance, df,
                                       effects->trend ? effects->mean : NULL, effects->robust, out);
    free(df);
    return status;
}

double til_effects_inflation(const til_set_effects_t *effects, const double *variance,
                             const size_t *gene, size_t m)
{
    static const double LEAST_VARIANCE = 1e-8; /* limma's */
    double sum = 0, d = (double)(effects->n_effects - 1);

    for (size_t s = 1; s < effects->n_effects; s++) {
        double mean = 0;
        for (size_t i = 0; i < m; i++)
            mean += til_effects_of(effects, gene[i])[s] /
                    sqrt(fmax(variance[gene[i]], LEAST_VARIANCE));
        mean /= (double)m;
        sum += mean * mean;
    }
    return (double)m * sum / d;
}

double til_zscore_t_hill(double t, double df)
{
    df = fmin(df, 1e10); /* limma's */
    double a = df - 0.5, b = 48 * a * a, z = a * log1p(t / df * t);
    z = (((((-0.4 * z - 3.3) * z - 24) * z - 85.5) / (0.8 * z * z + 100 + b) + z + 3) / b + 1) *
        sqrt(z);
    return copysign(z, t);
}

double til_zscore_t_bailey(double t, double df)
{
    df = fmin(df, 10000); /* limma's */
    return copysign((8 * df + 1) / (8 * df + 3) * sqrt(df * log1p(t * t / df)), t);
}
