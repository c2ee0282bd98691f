/* fry.c -- do the genes of a set change, by all rotations of the residuals (fry), or by many (roast)?
 *
 * The effects of a gene, that of the contrast and the d residual ones, have one variance under the
 * null and may be rotated together for all genes, whatever the correlation between these. For the
 * mean over the genes of a set, M_0 of the contrast and M_1..M_d residual,
 *
 *     t = M_0 / sqrt(mean_s M_s^2),      d degrees of freedom,
 *
 * with genes standardised by a posterior deviation that does not know which effect is the contrast:
 * what fry tells. The same means without standardisation, times the unscaled deviations, are the
 * mean log2 fold change of the set and its error: `effect` and its interval.
 *
 * The mixed p is that of sum_g effect_0g^2 between the extreme eigenvalues of the set's effects, a
 * beta law by moments. roast draws rotations and moderates the variance in each.
 *
 * Source:  Wu et al. (2010), Bioinformatics 26:2176; Giner & Smyth in limma (fry).
 * Agrees:  limma 3.54.1 fry() to 1e-8; mroast() within sampling error (tests/golden/gsea,
 *          tests/shared).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"
#include "gsea/effects.h"
#include "gsea/methods.h"
#include "gsea/permute.h"
#include "gsea/set_scores.h"
#include "gsea/set_table.h"
#include "math/dist.h"
#include "math/linalg.h"

enum { N_NODES = 128, ROTATIONS_FACTOR = 10 };
#define DF_SHARE 0.92 /* limma's, for the variance without the largest effect */

static const char ABOUT[] = "mean log2 fold change of the genes of the set";

typedef struct {
    const til_gsea_query_t *query;
    const til_set_effects_t *effects;
    double *variance;          /* n_genes                                              */
    double *scale;             /* n_genes: 1 / posterior deviation (fry)               */
    til_moderated_t moderated; /* roast                                                */
    double *rotation;          /* n_rotations x n_effects unit vectors (roast)         */
    size_t n_rotations;
    til_set_answer_t *answer;
} fry_t;

/* E max of n squares of normals: n int_0^1 u^(n-1) Q(u) du, Q the chi-square quantile, by Gauss and
 * Legendre. */
static double expected_largest_square(double n)
{
    double sum = 0;
    for (int i = 0; i < N_NODES; i++) {
        double x = cos(3.14159265358979323846 * (i + 0.75) / (N_NODES + 0.5)), slope = 1, step;
        int tries = 0;
        do { /* Newton for the root of the Legendre polynomial */
            double p0 = 1, p1 = x;
            for (int k = 2; k <= N_NODES; k++) {
                double p2 = ((2 * k - 1) * x * p1 - (k - 1) * p0) / k;
                p0 = p1;
                p1 = p2;
            }
            slope = N_NODES * (x * p1 - p0) / (x * x - 1);
            step = p1 / slope;
            x -= step;
        } while (fabs(step) > 1e-15 && ++tries < 50);
        double u = (1 + x) / 2, weight = 1 / ((1 - x * x) * slope * slope);
        sum += weight * n * pow(u, n - 1) * til_qchisq(u, 1, false, false);
    }
    return sum;
}

/* 1 / posterior deviation, from all effects but the largest of each gene. */
static til_status_t standardise(til_ctx_t *ctx, fry_t *f)
{
    const til_set_effects_t *e = f->effects;
    double d = (double)(e->n_effects - 1), expected = expected_largest_square(d + 1);
    til_status_t status = til_effects_moderate(ctx, e, f->variance, &f->moderated);

    if (status != TIL_OK) return status;
    for (size_t g = 0; g < e->n_genes; g++) {
        const double *x = til_effects_of(e, g);
        double sum = 0, largest = 0, prior = f->moderated.df_prior[g];
        for (size_t s = 0; s < e->n_effects; s++) {
            sum += x[s] * x[s];
            largest = fmax(largest, fabs(x[s])); /* the largest square is its square */
        }
        double robust = (sum - largest * largest) / (d + 1 - expected), df = DF_SHARE * d;
        double post = isinf(prior)
                          ? f->moderated.s2_prior[g]
                          : (df * robust + prior * f->moderated.s2_prior[g]) / (df + prior);
        f->scale[g] = 1 / sqrt(post);
    }
    return TIL_OK;
}

/* Means over the genes of the effects times scale (NULL: 1). */
static void mean_effects(const fry_t *f, const size_t *gene, size_t m, const double *scale,
                         double *mean)
{
    for (size_t s = 0; s < f->effects->n_effects; s++) mean[s] = 0;
    for (size_t i = 0; i < m; i++) {
        const double *x = til_effects_of(f->effects, gene[i]);
        double by = scale[gene[i]] / (double)m;
        for (size_t s = 0; s < f->effects->n_effects; s++) mean[s] += by * x[s];
    }
}

static double residual_deviation(const double *mean, size_t n_effects)
{
    double sum = 0;
    for (size_t s = 1; s < n_effects; s++) sum += mean[s] * mean[s];
    return sqrt(sum / (double)(n_effects - 1));
}

/* Effect, interval and correlation, which both tests give. */
static void set_effect(const fry_t *f, const size_t *gene, size_t m, double *mean,
                       til_set_answer_t *answer)
{
    size_t n = f->effects->n_effects;
    double df = (double)(n - 1);
    mean_effects(f, gene, m, f->effects->stdev, mean);
    double reach = til_qt(0.025, df, true, false) * residual_deviation(mean, n);
    answer->effect = mean[0];
    answer->ci_low = mean[0] - reach;
    answer->ci_high = mean[0] + reach;
    double inflation = til_effects_inflation(f->effects, f->variance, gene, m);
    answer->correlation = m > 1 ? (inflation - 1) / ((double)m - 1) : NAN;
}

/* The eigenvalues of the smaller Gram matrix of the set's standardised effects. */
static til_status_t eigenvalues(til_ctx_t *ctx, const fry_t *f, const size_t *gene, size_t m,
                                double **values, size_t *n)
{
    size_t n_effects = f->effects->n_effects, d = m < n_effects ? m : n_effects;
    double *gram = til_array_zero(d * d, sizeof *gram);
    til_status_t status;

    *values = til_array(d, sizeof **values);
    *n = d;
    if (gram == NULL || *values == NULL) {
        status = til_no_memory(ctx, d * d, "products of effects");
        goto done;
    }
    for (size_t i = 0; i < m; i++) {
        const double *x = til_effects_of(f->effects, gene[i]);
        double by = f->scale[gene[i]];
        if (d == n_effects) {
            for (size_t a = 0; a < d; a++)
                for (size_t b = 0; b <= a; b++) gram[a * d + b] += by * by * x[a] * x[b];
            continue;
        }
        for (size_t j = 0; j <= i; j++) {
            const double *y = til_effects_of(f->effects, gene[j]);
            double sum = 0;
            for (size_t s = 0; s < n_effects; s++) sum += x[s] * y[s];
            gram[i * d + j] = sum * by * f->scale[gene[j]];
        }
    }
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < a; b++) gram[b * d + a] = gram[a * d + b];
    TIL_TRY(til_eigen_symmetric(ctx, d, gram, *values));

done:
    free(gram);
    return status;
}

static til_status_t mixed_p(til_ctx_t *ctx, const fry_t *f, const size_t *gene, size_t m, double *p)
{
    double *a = NULL, sum = 0, squares = 0, own = 0, high = -INFINITY, low = INFINITY;
    size_t n;
    til_status_t status = eigenvalues(ctx, f, gene, m, &a, &n);

    if (status == TIL_OK) {
        for (size_t i = 0; i < n; i++) {
            double value = fmax(a[i], 0);
            sum += value;
            squares += value * value;
            high = fmax(high, value);
            low = fmin(low, value);
        }
        for (size_t i = 0; i < m; i++) {
            double x = til_effects_of(f->effects, gene[i])[0] * f->scale[gene[i]];
            own += x * x;
        }
        double k = (double)n, d = k - 1, var = d / k / k / (k / 2 + 1), range = high - low;
        double mean = (sum / k - low) / range;
        /* the weights of a random direction: variance var, covariance -var / d */
        double spread = (var * squares - var / d * (sum * sum - squares)) / (range * range);
        double both = mean * (1 - mean) / spread - 1;
        *p = til_pbeta((own - low) / range, both * mean, both - both * mean, true, false);
    }
    free(a);
    return status;
}

static til_status_t fry_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    fry_t *f = arg;
    size_t n = f->effects->n_effects;
    double *mean = til_array(n, sizeof *mean);
    til_status_t status = TIL_OK;
    (void)worker;

    if (mean == NULL) return til_no_memory(ctx, n, "effects");
    for (size_t i = begin; i < end && status == TIL_OK; i++) {
        const size_t *gene = f->query->member + f->query->offset[i];
        size_t m = (size_t)til_query_size(f->query, i);
        til_set_answer_t *answer = &f->answer[i];
        if (f->query->status[i] != NULL) continue;
        set_effect(f, gene, m, mean, answer);
        mean_effects(f, gene, m, f->scale, mean);
        double t = mean[0] / residual_deviation(mean, n);
        answer->up = t >= 0;
        answer->p = answer->p_mixed = 2 * til_pt(fabs(t), (double)(n - 1), true, false);
        if (m > 1) status = mixed_p(ctx, f, gene, m, &answer->p_mixed);
    }
    free(mean);
    return status;
}

/* ---- roast -------------------------------------------------------------------------------------- */

static til_status_t draw_rotations(til_ctx_t *ctx, fry_t *f)
{
    size_t n = f->effects->n_effects;

    f->n_rotations = ROTATIONS_FACTOR * f->query->options.n_permutations - 1;
    f->rotation = til_array(f->n_rotations * n, sizeof *f->rotation);
    if (f->rotation == NULL) return til_no_memory(ctx, f->n_rotations * n, "rotations");
    for (size_t r = 0; r < f->n_rotations; r++) {
        til_rng_t rng = til_rng_stream(f->query->options.seed, TIL_STREAM_ROTATE, n, r);
        double *x = f->rotation + r * n, sum = 0;
        for (size_t s = 0; s < n; s++) {
            x[s] = til_rng_normal(&rng);
            sum += x[s] * x[s];
        }
        for (size_t s = 0; s < n; s++) x[s] /= sqrt(sum);
    }
    return TIL_OK;
}

/* Mean deviate of the set in one direction `along`, signed and absolute. */
static void rotated_mean(const fry_t *f, const size_t *gene, size_t m, const double *along,
                         double *mean, double *absolute)
{
    size_t n = f->effects->n_effects;
    double d = (double)(n - 1);

    *mean = *absolute = 0;
    for (size_t i = 0; i < m; i++) {
        size_t g = gene[i];
        const double *x = til_effects_of(f->effects, g);
        double own = 0, prior = f->moderated.df_prior[g], s2 = f->moderated.s2_prior[g];
        for (size_t s = 0; s < n; s++) own += along[s] * x[s];
        if (isfinite(prior)) {
            double rest = d * f->variance[g] + x[0] * x[0] - own * own;
            s2 = (prior * s2 + rest) / (prior + d);
        }
        double z = til_zscore_t_bailey(own / sqrt(s2), prior + d);
        *mean += z / (double)m;
        *absolute += fabs(z) / (double)m;
    }
}

static til_status_t roast_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    fry_t *f = arg;
    size_t n = f->effects->n_effects;
    double *mean = til_array_zero(n, sizeof *mean);
    (void)worker;

    if (mean == NULL) return til_no_memory(ctx, n, "effects");
    for (size_t i = begin; i < end; i++) {
        const size_t *gene = f->query->member + f->query->offset[i];
        size_t m = (size_t)til_query_size(f->query, i), n_up = 0, n_down = 0, n_mixed = 0;
        til_set_answer_t *answer = &f->answer[i];
        double seen, seen_absolute, z, absolute;
        if (f->query->status[i] != NULL) continue;
        set_effect(f, gene, m, mean, answer);
        for (size_t s = 0; s < n; s++) mean[s] = s == 0;
        rotated_mean(f, gene, m, mean, &seen, &seen_absolute);
        for (size_t r = 0; r < f->n_rotations; r++) { /* a rotation and its opposite */
            rotated_mean(f, gene, m, f->rotation + r * n, &z, &absolute);
            n_up += (size_t)(z > seen) + (size_t)(-z > seen);
            n_down += (size_t)(z > -seen) + (size_t)(-z > -seen);
            n_mixed += absolute > seen_absolute;
        }
        double most = (double)f->n_rotations + 1;
        answer->up = n_up < n_down;
        answer->p = ((double)(n_up < n_down ? n_up : n_down) + 1) / most;
        answer->p_mixed = ((double)n_mixed + 1) / most;
    }
    free(mean);
    return TIL_OK;
}

/* ---- both --------------------------------------------------------------------------------------- */

static til_status_t test(til_ctx_t *ctx, const til_gsea_query_t *query, bool by_rotations,
                         til_table_t *out)
{
    til_status_t status = TIL_OK;
    const til_set_effects_t *effects = query->options.effects;
    fry_t f = { .query = query, .effects = effects };

    f.variance = til_array(effects->n_genes, sizeof *f.variance);
    f.scale = til_array(effects->n_genes, sizeof *f.scale);
    f.answer = til_array_zero(query->sets->n_sets, sizeof *f.answer);
    if (f.variance == NULL || f.scale == NULL || f.answer == NULL)
        TIL_TRY(til_no_memory(ctx, effects->n_genes, "genes"));
    til_effects_variance(effects, f.variance);
    if (by_rotations) {
        TIL_TRY(til_effects_moderate(ctx, effects, f.variance, &f.moderated));
        TIL_TRY(draw_rotations(ctx, &f));
        TIL_TRY(til_parallel_for(ctx, query->sets->n_sets, 1, roast_range, &f));
    } else {
        TIL_TRY(standardise(ctx, &f));
        TIL_TRY(til_parallel_for(ctx, query->sets->n_sets, 1, fry_range, &f));
    }
    TIL_TRY(til_set_answers_table(ctx, query, f.answer, ABOUT, true, out));

done:
    til_moderated_clear(&f.moderated);
    free(f.variance);
    free(f.scale);
    free(f.rotation);
    free(f.answer);
    return status;
}

static til_status_t test_fry(til_ctx_t *ctx, const til_gsea_query_t *query, til_table_t *out)
{
    return test(ctx, query, false, out);
}

static til_status_t test_roast(til_ctx_t *ctx, const til_gsea_query_t *query, til_table_t *out)
{
    return test(ctx, query, true, out);
}

const til_gsea_method_t til_gsea_fry = {
    .name = "fry",
    .summary = "from counts: do the genes of the set change, by all rotations of the residuals",
    .reference = "Wu et al. 2010, doi:10.1093/bioinformatics/btq401",
    .needs_effects = true,
    .test = test_fry
};

const til_gsea_method_t til_gsea_roast = {
    .name = "roast",
    .summary = "the same by random rotations (limma's mroast)",
    .reference = "Wu et al. 2010, doi:10.1093/bioinformatics/btq401",
    .needs_effects = true,
    .test = test_roast
};
