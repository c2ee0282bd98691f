/* camera.c -- is a set more changed than the other genes, given that its genes are correlated?
 *
 * The statistic z_g of gene g is its moderated t as a normal deviate (cameraPR: the ranking's own).
 * With m genes in the set, m2 = G - m others and delta the difference of their mean z,
 *
 *     t = delta / (s sqrt(VIF / m + 1 / m2)),      VIF = 1 + (m - 1) rho,
 *
 * s^2 the pooled variance of z, rho the mean correlation between the genes of the set: estimated
 * from the residuals (camera; not below 0), or 0.01 (camera-fixed and cameraPR). On min(n - p,
 * G - 2) degrees of freedom where rho is estimated, else G - 2.
 *
 * Source:  Wu & Smyth (2012), Nucleic Acids Research 40:e133.
 * Agrees:  limma 3.54.1 camera() and cameraPR() to 1e-8 (tests/golden/gsea, tests/shared).
 * Differs: rho is estimated by default, as the paper does; limma's default since 3.29 is 0.01.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "gsea/effects.h"
#include "gsea/methods.h"
#include "gsea/set_scores.h"
#include "gsea/set_table.h"
#include "math/dist.h"

#define FIXED_CORRELATION 0.01

/* The statistics of all genes. */
typedef struct {
    const double *z;
    double n, mean, variance;
} genes_t;

static genes_t describe(const double *z, size_t n)
{
    genes_t out = { .z = z, .n = (double)n };
    for (size_t g = 0; g < n; g++) out.mean += z[g] / out.n;
    for (size_t g = 0; g < n; g++)
        out.variance += (z[g] - out.mean) * (z[g] - out.mean) / (out.n - 1);
    return out;
}

static til_set_answer_t compare(const genes_t *all, const size_t *gene, size_t n, double inflation,
                                double correlation, double df)
{
    double m = (double)n, rest = all->n - m, mean = 0;
    for (size_t i = 0; i < n; i++) mean += all->z[gene[i]] / m;
    double delta = all->n / rest * (mean - all->mean);
    double pooled = ((all->n - 1) * all->variance - delta * delta * m * rest / all->n) /
                    (all->n - 2);
    double se = sqrt(pooled * (inflation / m + 1 / rest)), reach = til_qt(0.025, df, true, false);
    return (til_set_answer_t){ .up = delta >= 0,
                               .effect = delta,
                               .ci_low = delta - reach * se,
                               .ci_high = delta + reach * se,
                               .p = 2 * til_pt(fabs(delta / se), df, true, false),
                               .correlation = correlation };
}

static const char ABOUT[] = "mean statistic of the set minus that of the other genes";

/* With `effects` the correlation is estimated, on df_residual degrees of freedom. */
static til_status_t test_all(til_ctx_t *ctx, const til_gsea_query_t *query, const double *z,
                             const til_set_effects_t *effects, const double *variance,
                             til_table_t *out)
{
    size_t n_sets = query->sets->n_sets, n_genes = query->ranking->n_genes;
    genes_t all = describe(z, n_genes);
    double df = (double)n_genes - 2;
    til_set_answer_t *answer = til_array_zero(n_sets, sizeof *answer);

    *out = (til_table_t){ 0 };
    if (answer == NULL) return til_no_memory(ctx, n_sets, "sets");
    if (effects != NULL) df = fmin(df, (double)(effects->n_effects - 1));
    for (size_t i = 0; i < n_sets; i++) {
        const size_t *gene = query->member + query->offset[i];
        size_t m = (size_t)til_query_size(query, i);
        double inflation = 1 + ((double)m - 1) * FIXED_CORRELATION;
        double correlation = FIXED_CORRELATION;
        if (query->status[i] != NULL) continue;
        if (effects != NULL) {
            inflation = m > 1 ? til_effects_inflation(effects, variance, gene, m) : 1;
            correlation = m > 1 ? (inflation - 1) / ((double)m - 1) : NAN;
            inflation = fmax(1, inflation);
        }
        answer[i] = compare(&all, gene, m, inflation, correlation, df);
    }
    til_status_t status = til_set_answers_table(ctx, query, answer, ABOUT, false, out);
    free(answer);
    return status;
}

static til_status_t test_effects(til_ctx_t *ctx, const til_gsea_query_t *query, bool estimate,
                                 til_table_t *out)
{
    til_status_t status = TIL_OK;
    const til_set_effects_t *effects = query->options.effects;
    size_t n = effects->n_genes;
    double *variance = til_array(n, sizeof *variance), *z = til_array(n, sizeof *z);
    til_moderated_t moderated = { 0 };

    if (variance == NULL || z == NULL) TIL_TRY(til_no_memory(ctx, n, "genes"));
    til_effects_variance(effects, variance);
    TIL_TRY(til_effects_moderate(ctx, effects, variance, &moderated));
    for (size_t g = 0; g < n; g++)
        z[g] = til_zscore_t_hill(til_effects_of(effects, g)[0] / sqrt(moderated.s2_post[g]),
                                 moderated.df_total[g]);
    TIL_TRY(test_all(ctx, query, z, estimate ? effects : NULL, variance, out));

done:
    til_moderated_clear(&moderated);
    free(variance);
    free(z);
    return status;
}

static til_status_t test_camera(til_ctx_t *ctx, const til_gsea_query_t *query, til_table_t *out)
{
    return test_effects(ctx, query, true, out);
}

static til_status_t test_fixed(til_ctx_t *ctx, const til_gsea_query_t *query, til_table_t *out)
{
    return test_effects(ctx, query, false, out);
}

static til_status_t test_ranking(til_ctx_t *ctx, const til_gsea_query_t *query, til_table_t *out)
{
    return test_all(ctx, query, query->ranking->stats, NULL, NULL, out);
}

const til_gsea_method_t til_gsea_camera = {
    .name = "camera",
    .summary = "from counts: is the set more changed than other genes; correlation estimated",
    .reference = "Wu & Smyth 2012, doi:10.1093/nar/gks461",
    .needs_effects = true,
    .test = test_camera
};

const til_gsea_method_t til_gsea_camera_fixed = {
    .name = "camera-fixed",
    .summary = "the same with a correlation of 0.01, as limma's camera() by default",
    .reference = "Wu & Smyth 2012, doi:10.1093/nar/gks461",
    .needs_effects = true,
    .test = test_fixed
};

const til_gsea_method_t til_gsea_camera_pr = {
    .name = "cameraPR",
    .summary = "along a ranking: mean statistic of the set against the rest, correlation 0.01",
    .reference = "Wu & Smyth 2012, doi:10.1093/nar/gks461",
    .test = test_ranking
};
