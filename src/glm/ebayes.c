/* ebayes.c -- moderated variances, log odds of change, and F over several contrasts.
 *
 *     s2_post  = (d s2 + d0 s0) / (d + d0)                            d, d0 degrees of freedom
 *     t        = estimate / (stdev sqrt(s2_post))                     on min(d + d0, sum d)
 *     B        = log(q / (1 - q)) - log(r) / 2 + kernel,  q = 0.01,  r = 1 + var_prior / stdev^2
 *     kernel   = (1 + D) / 2 log( (t^2 + D) / (t^2 / r + D) )         D the degrees of t;
 *                t^2 (1 - 1/r) / 2 where d0 is infinite
 *     F        = t' C^- t / rank(C)                                   C correlation of the tests
 *
 * var_prior is the mean, over the top q/2 of the genes by |t|, of the variance that would put
 * the t of that rank there, each kept in (0.1, 4)^2 / median(s0).
 *
 * Source: Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3:3, sections 6.2 and 6.3.
 * Agrees: limma 3.54.1 squeezeVar(), eBayes(), classifyTestsF(fstat.only) to 1e-9.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/dist.h"
#include "math/linalg.h"
#include "math/order.h"
#include "glm/ebayes.h"
#include "glm/variance_prior.h"

static const double PROPORTION = 0.01;               /* of genes assumed changed       */
static const double STDEV_LOW = 0.1, STDEV_HIGH = 4; /* of true changes, in log2   */
static const double DF_LIKE_INFINITE = 1e6;
static const double TOL_EIGEN = 1e-8;

void til_moderated_clear(til_moderated_t *moderated)
{
    if (moderated == NULL) return;
    free(moderated->s2_prior);
    free(moderated->df_prior);
    free(moderated->s2_post);
    free(moderated->df_total);
    memset(moderated, 0, sizeof *moderated);
}

static til_status_t moderated_init(til_ctx_t *ctx, size_t n_genes, til_moderated_t *out)
{
    *out = (til_moderated_t){ .n_genes = n_genes };
    out->s2_prior = til_array(n_genes, sizeof(double));
    out->df_prior = til_array(n_genes, sizeof(double));
    out->s2_post = til_array(n_genes, sizeof(double));
    out->df_total = til_array(n_genes, sizeof(double));
    if (out->s2_prior == NULL || out->df_prior == NULL || out->s2_post == NULL ||
        out->df_total == NULL)
        return til_no_memory(ctx, n_genes, "features");
    return TIL_OK;
}

/* From the prior to the posterior. */
static void draw_in(size_t n_genes, const double *variance, const double *df, til_moderated_t *out)
{
    double pooled = 0;

    for (size_t g = 0; g < n_genes; g++) pooled += df[g];
    for (size_t g = 0; g < n_genes; g++) {
        double s2 = df[g] > 0 ? variance[g] : 0, d0 = out->df_prior[g];
        out->s2_post[g] = isinf(d0) ? out->s2_prior[g]
                                    : (df[g] * s2 + d0 * out->s2_prior[g]) / (df[g] + d0);
        out->df_total[g] = fmin(df[g] + d0, pooled);
    }
}

til_status_t til_moderate(til_ctx_t *ctx, size_t n_genes, const double *variance, const double *df,
                          const double *covariate, bool robust, til_moderated_t *out)
{
    til_status_t status = TIL_OK;
    double one = 0;

    TIL_TRY(moderated_init(ctx, n_genes, out));
    if (robust) {
        TIL_TRY(til_variance_prior_robust(ctx, n_genes, variance, df, covariate, out->s2_prior,
                                          out->df_prior));
    } else {
        TIL_TRY(til_variance_prior(ctx, n_genes, variance, df, covariate, out->s2_prior, &one));
        for (size_t g = 0; g < n_genes; g++) out->df_prior[g] = one;
    }
    draw_in(n_genes, variance, df, out);

done:
    if (status != TIL_OK) til_moderated_clear(out);
    return status;
}

til_status_t til_moderate_unequal(til_ctx_t *ctx, size_t n_genes, const double *variance,
                                  const double *df, const double *covariate, bool robust,
                                  til_moderated_t *out)
{
    til_status_t status = TIL_OK;

    TIL_TRY(moderated_init(ctx, n_genes, out));
    TIL_TRY(til_variance_prior_unequal(ctx, n_genes, variance, df, covariate, robust, out->s2_prior,
                                       out->df_prior));
    draw_in(n_genes, variance, df, out);

done:
    if (status != TIL_OK) til_moderated_clear(out);
    return status;
}

/* |t| of gene g on the largest degrees of freedom, at equal tail probability. */
static double equalised_t(double t, double df, double most)
{
    if (!(df < most)) return fabs(t);
    return til_qt(til_pt(fabs(t), df, true, true), most, true, true);
}

/* The variance of true changes that the genes of largest |t| tell of. `order` ranks the n genes
 * with a t by ascending tail probability. */
static double change_variance(const til_moderated_t *m, const double *t, const double *stdev,
                              size_t n, const size_t *order, double most, double median_s2)
{
    double low = STDEV_LOW * STDEV_LOW / median_s2, high = STDEV_HIGH * STDEV_HIGH / median_s2;
    size_t n_top = (size_t)ceil(PROPORTION / 2 * (double)n);
    double p = fmax((double)n_top / (double)n, PROPORTION), sum = 0;

    for (size_t i = 0; i < n_top; i++) {
        size_t g = order[i];
        double top = equalised_t(t[g], m->df_total[g], most), variance = 0;
        double under_null = 2 * til_pt(top, most, true, false);
        double target = (((double)i + 0.5) / (double)n - (1 - p) * under_null) / p;
        if (target > under_null) {
            double q = til_qt(target / 2, most, true, false);
            variance = stdev[g] * stdev[g] * ((top / q) * (top / q) - 1);
        }
        sum += fmin(fmax(variance, low), high);
    }
    return sum / (double)n_top;
}

/* Indices of genes with a t, from the most extreme tail; `most` is the largest df_total. */
static til_status_t order_by_tail(til_ctx_t *ctx, const til_moderated_t *m, const double *t,
                                  size_t *order, size_t *n_used, double *most)
{
    til_status_t status = TIL_OK;
    size_t n = 0;
    double *extreme = til_array(m->n_genes, sizeof *extreme);
    size_t *gene = til_array(m->n_genes, sizeof *gene);

    if (extreme == NULL || gene == NULL) TIL_TRY(til_no_memory(ctx, m->n_genes, "features"));
    bool all_equal = true;
    *most = 0;
    for (size_t g = 0; g < m->n_genes; g++) {
        if (isnan(t[g])) continue;
        if (n > 0 && m->df_total[g] != *most) all_equal = false;
        *most = fmax(*most, m->df_total[g]);
        gene[n++] = g;
    }
    for (size_t i = 0; i < n; i++)
        extreme[i] = all_equal ? fabs(t[gene[i]])
                               : -til_pt(fabs(t[gene[i]]), m->df_total[gene[i]], true, true);
    TIL_TRY(til_order(ctx, n, extreme, true, order));
    for (size_t i = 0; i < n; i++) order[i] = gene[order[i]];
    *n_used = n;

done:
    free(gene);
    free(extreme);
    return status;
}

til_status_t til_log_odds(til_ctx_t *ctx, const til_moderated_t *moderated, const double *t,
                          const double *stdev, double *b, double *var_prior)
{
    til_status_t status = TIL_OK;
    const til_moderated_t *m = moderated;
    size_t n = m->n_genes, *order = til_array(n, sizeof *order), n_used = 0;
    double *copy = til_array(n, sizeof *copy), most = 0;

    if (order == NULL || copy == NULL) TIL_TRY(til_no_memory(ctx, n, "features"));
    TIL_TRY(order_by_tail(ctx, m, t, order, &n_used, &most));
    memcpy(copy, m->s2_prior, n * sizeof *copy);
    *var_prior = NAN;
    if (n_used > 0)
        *var_prior = change_variance(m, t, stdev, n_used, order, most, til_median_inplace(n, copy));

    for (size_t g = 0; g < n; g++) {
        double r = (stdev[g] * stdev[g] + *var_prior) / (stdev[g] * stdev[g]), t2 = t[g] * t[g];
        double d = m->df_total[g];
        double kernel = m->df_prior[g] > DF_LIKE_INFINITE
                            ? t2 * (1 - 1 / r) / 2
                            : (1 + d) / 2 * log((t2 + d) / (t2 / r + d));
        b[g] = log(PROPORTION / (1 - PROPORTION)) - log(r) / 2 + kernel;
    }

done:
    free(copy);
    free(order);
    return status;
}

/* covariance -> correlation; a test without variance is uncorrelated with the others */
static void to_correlation(size_t n, double *c)
{
    for (size_t i = 0; i < n; i++)
        if (c[i + i * n] == 0) c[i + i * n] = 1;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            if (i != j) c[i + j * n] /= sqrt(c[i + i * n]) * sqrt(c[j + j * n]);
    for (size_t i = 0; i < n; i++) c[i + i * n] = 1;
}

til_status_t til_joint_f(til_ctx_t *ctx, const til_moderated_t *moderated, size_t n_tests,
                         const double *const *t, const double *covariance,
                         const double *df_residual, double *f, double *p, size_t *df1)
{
    til_status_t status = TIL_OK;
    size_t n = n_tests, first = 0;
    double *vectors = til_array(n * n, sizeof *vectors), *values = til_array(n, sizeof *values);

    if (vectors == NULL || values == NULL) TIL_TRY(til_no_memory(ctx, n * n, "contrasts"));
    memcpy(vectors, covariance, n * n * sizeof *vectors);
    to_correlation(n, vectors);
    TIL_TRY(til_eigen_symmetric(ctx, n, vectors, values));
    while (!(values[first] / values[n - 1] > TOL_EIGEN)) first++;
    *df1 = n - first;

    for (size_t g = 0; g < moderated->n_genes; g++) {
        double sum = 0;
        for (size_t k = first; k < n; k++) {
            double along = 0;
            for (size_t i = 0; i < n; i++) along += t[i][g] * vectors[i + k * n];
            sum += along * along / values[k];
        }
        f[g] = sum / (double)*df1;
        p[g] = til_pf(f[g], (double)*df1, moderated->df_prior[g] + df_residual[g], true, false);
    }

done:
    free(values);
    free(vectors);
    return status;
}
