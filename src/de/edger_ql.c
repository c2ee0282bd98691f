/* edger_ql.c -- edgeR's quasi-likelihood F tests of negative binomial regressions (version 4).
 *
 * One negative binomial dispersion for all genes, that of the most abundant; per gene a
 * quasi-dispersion s2, the deviance that is left over its degrees of freedom (glm/quasi.c), drawn
 * towards a trend over the mean log expression by empirical Bayes;
 *
 *     F = (deviance without the contrast - deviance) / rank / s2_post   on rank, df_total
 *
 * The fold change is of counts with 0.125 added to each sample in proportion to its library, so
 * that it is finite where a group has none. It has no standard error: the test is of likelihoods.
 *
 * Source: Chen, Chen, Lun, Baldoni & Smyth (2025), Nucleic Acids Res 53:gkaf018; Lun, Chen & Smyth
 *         (2016), Methods Mol Biol 1418:391.
 * Agrees: edgeR 4.5.1 with limma 3.63.2, filterByExpr(), normLibSizes(), glmQLFit(), glmQLFTest()
 *         without estimateDisp(): dispersion to 1e-6, spreads, F and log p to 3e-3.
 * Differs: the moments of unit deviances are exact (glm/ql_moments.c); fits run to their end.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "de/contrast_table.h"
#include "de/limma.h"
#include "de/methods.h"
#include "design/standard.h"
#include "glm/ebayes.h"
#include "glm/quasi.h"
#include "math/dist.h"
#include "math/order.h"

static const double START_DISPERSION = 0.05; /* of the mean log expression             */
static const double SHRINK_COUNT = 0.125, LN2 = 0.693147180559945309417232121458;
static const double TOP_SPAN = 0.02, TOP_FEW = 20; /* the share of abundant genes       */
static const double NO_GAIN = 1e-8;                /* of deviance: what fits leave to chance */
enum { GRAIN = 64, FEW_SAMPLES = 12 };

/* A model without a contrast, or without several: its columns span what is left of the design. */
typedef struct {
    size_t rank;
    double *x;
    til_nb_plan_t plan;
    til_nb_glm_t *glms;
    double *deviance; /* per kept gene */
} null_model_t;

typedef struct {
    const til_de_input_t *input;
    til_moderated_run_t kept;
    til_standard_t standard;
    til_nb_plan_t plan;
    til_nb_glm_t *glms;
    double *weights; /* n_contrasts x p, on the standard coefficients */
    double *prior;   /* n_samples                                     */
    null_model_t *nulls;
    size_t n_nulls; /* the contrasts, then all of them at once where there are several */
    double dispersion, average;
    bool is_begun; /* beta is there */
    til_ql_table_t table;
    double *mean, *deviance, *df, *s2, *lfc; /* per kept gene; lfc n_contrasts each  */
    double *beta; /* n_genes x p: of the last fit, where the next begins */
    til_ql_spread_t *spread;
    til_moderated_t moderated;
    til_overview_t overview;
} engine_t;

static void engine_clear(engine_t *e, int n_threads)
{
    double *owned[] = { e->weights, e->prior, e->mean, e->deviance, e->df, e->s2, e->lfc, e->beta };

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
    for (size_t i = 0; e->nulls != NULL && i < e->n_nulls; i++) {
        til_nb_glms_free(e->nulls[i].glms, n_threads);
        til_nb_plan_clear(&e->nulls[i].plan);
        free(e->nulls[i].x);
        free(e->nulls[i].deviance);
    }
    free(e->nulls);
    free(e->spread);
    til_nb_glms_free(e->glms, n_threads);
    til_nb_plan_clear(&e->plan);
    til_standard_clear(&e->standard);
    til_ql_table_clear(&e->table);
    til_moderated_clear(&e->moderated);
    til_overview_clear(&e->overview);
    til_moderated_run_clear(&e->kept);
}

/* ---- models ---- */

/* The design with the contrasts at 0: each of `rank` rows of a (rank x p, overwritten; independent)
 * gives up the coefficient it weighs most, the last of equals. out: n x (p - rank). */
static void leave_out(size_t n, size_t p, const double *x, size_t rank, double *a, size_t *given_up,
                      double *out)
{
    for (size_t r = 0; r < rank; r++) {
        size_t most = 0;
        for (size_t j = 1; j < p; j++)
            if (fabs(a[r * p + j]) >= fabs(a[r * p + most])) most = j;
        given_up[r] = most;
        for (size_t k = 0; k < rank; k++) {
            double factor = a[k * p + most] / a[r * p + most];
            for (size_t j = 0; k != r && factor != 0 && j < p; j++)
                a[k * p + j] = j == most ? 0 : a[k * p + j] - factor * a[r * p + j];
        }
    }
    for (size_t j = 0, to = 0; j < p; j++) {
        bool is_kept = true;
        for (size_t r = 0; r < rank; r++) is_kept &= given_up[r] != j;
        if (!is_kept) continue;
        memcpy(out + to * n, x + j * n, n * sizeof *out);
        for (size_t r = 0; r < rank; r++) {
            double factor = a[r * p + j] / a[r * p + given_up[r]];
            for (size_t s = 0; factor != 0 && s < n; s++)
                out[s + to * n] -= factor * x[s + given_up[r] * n];
        }
        to++;
    }
}

static til_status_t make_null(til_ctx_t *ctx, const engine_t *e, size_t rank, const size_t *chosen,
                              null_model_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = e->plan.n, p = e->plan.p;
    double *a = til_array(rank * p, sizeof *a);
    size_t *given_up = til_array(rank, sizeof *given_up);

    out->rank = rank;
    out->x = til_array(n * (p - rank), sizeof *out->x);
    out->deviance = til_array(e->kept.counts.n_rows, sizeof *out->deviance);
    if (a == NULL || given_up == NULL || out->x == NULL || out->deviance == NULL)
        TIL_TRY(til_no_memory(ctx, n * p, "design values"));
    for (size_t r = 0; r < rank; r++) memcpy(a + r * p, e->weights + chosen[r] * p, p * sizeof *a);
    leave_out(n, p, e->standard.x, rank, a, given_up, out->x);
    til_design_t design = { .n_samples = n, .n_coef = p - rank, .x = out->x };
    TIL_TRY(til_nb_plan_init(ctx, &design, &out->plan));
    TIL_TRY(til_nb_glms_new(ctx, &out->plan, &out->glms));

done:
    free(given_up);
    free(a);
    return status;
}

static til_status_t make_nulls(til_ctx_t *ctx, engine_t *e)
{
    til_status_t status = TIL_OK;
    size_t n = e->input->n_contrasts, p = e->plan.p, rank;
    size_t *chosen = til_array(n, sizeof *chosen);

    e->nulls = til_array_zero(n + 1, sizeof *e->nulls);
    if (chosen == NULL || e->nulls == NULL) TIL_TRY(til_no_memory(ctx, n, "contrasts"));
    if (p < 2)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "edger-ql: the design has one coefficient: nothing is left to compare "
                         "the contrast with; use voom or limma-trend"));
    for (size_t c = 0; c < n; c++) {
        e->n_nulls = c + 1;
        TIL_TRY(make_null(ctx, e, 1, &c, &e->nulls[c]));
    }
    TIL_TRY(til_independent_contrasts(ctx, e->input, chosen, &rank));
    if (n > 1 && rank < p) {
        e->n_nulls = n + 1;
        TIL_TRY(make_null(ctx, e, rank, chosen, &e->nulls[n]));
    }
done:
    free(chosen);
    return status;
}

static til_status_t prepare(til_ctx_t *ctx, engine_t *e)
{
    til_status_t status = TIL_OK;
    const til_de_input_t *input = e->input;
    size_t p = input->design->n_coef, n_genes, n = input->counts->n_cols;

    TIL_TRY(til_moderated_run_init(ctx, input, &e->kept));
    n_genes = e->kept.counts.n_rows;
    TIL_TRY(til_overview_init(ctx, &e->kept, &e->overview));
    TIL_TRY(til_standard_init(ctx, input->design, TIL_STANDARD_PROJECT, &e->standard));
    til_design_t design = til_standard_design(&e->standard, input->design);
    TIL_TRY(til_nb_plan_init(ctx, &design, &e->plan));
    TIL_TRY(til_nb_glms_new(ctx, &e->plan, &e->glms));
    e->weights = til_array(input->n_contrasts * p, sizeof(double));
    e->prior = til_array(n, sizeof(double));
    e->mean = til_array(n_genes, sizeof(double));
    e->deviance = til_array(n_genes, sizeof(double));
    e->df = til_array(n_genes, sizeof(double));
    e->s2 = til_array(n_genes, sizeof(double));
    e->lfc = til_array(n_genes * input->n_contrasts, sizeof(double));
    e->beta = til_array(n_genes * p, sizeof(double));
    e->spread = til_array(n_genes, sizeof *e->spread);
    if (e->weights == NULL || e->prior == NULL || e->mean == NULL || e->deviance == NULL ||
        e->df == NULL || e->s2 == NULL || e->lfc == NULL || e->beta == NULL || e->spread == NULL)
        TIL_TRY(til_no_memory(ctx, n_genes, "features"));
    for (size_t c = 0; c < input->n_contrasts; c++)
        til_standard_weights(&e->standard, input->contrasts[c].weights, e->weights + c * p);
    til_nb_prior_counts(n, e->kept.effective, SHRINK_COUNT, e->prior);
    TIL_TRY(make_nulls(ctx, e));
done:
    return status;
}

/* ---- dispersions ---- */

/* The dispersion of the most abundant genes: fewer of them, in share, where there is more to go by. */
static til_status_t find_dispersion(til_ctx_t *ctx, engine_t *e)
{
    til_status_t status = TIL_OK;
    size_t n_genes = e->kept.counts.n_rows;
    size_t *order = til_array(n_genes, sizeof *order);
    double information = (double)n_genes * sqrt((double)(e->plan.n - e->plan.p));
    double share = fmin(1, TOP_SPAN + (1 - TOP_SPAN) * cbrt(TOP_FEW / information));

    if (order == NULL) return til_no_memory(ctx, n_genes, "features");
    TIL_TRY(
        til_nb_average_log_cpm(ctx, &e->kept.counts, e->kept.effective, START_DISPERSION, e->mean));
    TIL_TRY(til_order(ctx, n_genes, e->mean, true, order));
    TIL_TRY(til_nb_common_dispersion(ctx, e->glms, &e->kept.counts, e->kept.effective, order,
                                     (size_t)ceil(share * (double)n_genes), &e->dispersion));
done:
    free(order);
    return status;
}

static void load(const engine_t *e, til_nb_glm_t *glm, size_t g, const double *prior)
{
    til_nb_glm_load(glm, til_matrix_row(&e->kept.counts, g), e->kept.effective, prior);
}

/* The spread left when means are of the common dispersion. */
static til_status_t spread_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    engine_t *e = arg;
    til_nb_glm_t *glm = &e->glms[worker];
    size_t p = e->plan.p;

    (void)ctx;
    for (size_t g = begin; g < end; g++) {
        double *beta = e->beta + g * p;
        load(e, glm, g, NULL);
        til_nb_glm_fit(glm, e->dispersion, e->is_begun ? beta : NULL);
        memcpy(beta, glm->beta, p * sizeof *beta);
        e->spread[g] = til_ql_spread(glm, &e->table, e->dispersion, e->average);
    }
    return TIL_OK;
}

/* From 1 in two steps. */
static til_status_t find_average(til_ctx_t *ctx, engine_t *e)
{
    til_status_t status = TIL_OK;
    size_t n_genes = e->kept.counts.n_rows;

    TIL_TRY(til_ql_table_init(ctx, e->dispersion, &e->table));
    e->average = 1;
    for (int step = 0; step < 2; step++) {
        double last = e->average;
        TIL_TRY(til_parallel_for(ctx, n_genes, GRAIN, spread_range, e));
        e->is_begun = true;
        TIL_TRY(til_ql_average(ctx, n_genes, e->spread, e->mean, &e->average));
        if (fabs(e->average - last) <= 0) break;
    }
done:
    return status;
}

/* ---- fits and tests ---- */

static til_status_t fit_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    engine_t *e = arg;
    til_nb_glm_t *glm = &e->glms[worker];
    size_t p = e->plan.p;
    double phi = e->dispersion / e->average;

    (void)ctx;
    for (size_t g = begin; g < end; g++) {
        load(e, glm, g, NULL);
        til_nb_glm_fit(glm, phi, e->beta + g * p);
        e->spread[g] = til_ql_spread(glm, &e->table, e->dispersion, e->average);
        e->deviance[g] = til_nb_glm_deviance(glm, phi);
        load(e, glm, g, e->prior);
        til_nb_glm_fit(glm, phi, NULL);
        for (size_t c = 0; c < e->input->n_contrasts; c++) {
            double sum = 0;
            for (size_t j = 0; j < p; j++) sum += e->weights[c * p + j] * glm->beta[j];
            e->lfc[c * e->kept.counts.n_rows + g] = sum / LN2;
        }
        for (size_t i = 0; i < e->n_nulls; i++) {
            til_nb_glm_t *null = &e->nulls[i].glms[worker];
            load(e, null, g, NULL);
            til_nb_glm_fit(null, phi, NULL);
            e->nulls[i].deviance[g] = til_nb_glm_deviance(null, phi);
        }
    }
    return TIL_OK;
}

static til_status_t moderate(til_ctx_t *ctx, engine_t *e)
{
    size_t n_genes = e->kept.counts.n_rows;
    double most = (double)n_genes * (double)(e->plan.n - e->plan.p);
    til_status_t status = TIL_OK;

    TIL_TRY(til_parallel_for(ctx, n_genes, GRAIN, fit_range, e));
    for (size_t g = 0; g < n_genes; g++) {
        e->s2[g] = e->spread[g].dispersion;
        e->df[g] = e->spread[g].df;
    }
    TIL_TRY(til_moderate_unequal(ctx, n_genes, e->s2, e->df, e->mean, e->input->ebayes_robust,
                                 &e->moderated));
    for (size_t g = 0; g < n_genes; g++)
        e->moderated.df_total[g] = fmin(e->moderated.df_prior[g] + e->df[g], most);
done:
    return status;
}

/* f, p: n_genes. */
static void test(const engine_t *e, const null_model_t *null, double *f, double *p)
{
    double rank = (double)null->rank;

    for (size_t g = 0; g < e->kept.counts.n_rows; g++) {
        double gain = null->deviance[g] - e->deviance[g];
        f[g] = gain > NO_GAIN ? gain / rank / e->moderated.s2_post[g] : 0;
        p[g] = til_pf(f[g], rank, e->moderated.df_total[g], true, false);
    }
}

/* ---- tables ---- */

static til_status_t make_contrast(til_ctx_t *ctx, const engine_t *e, size_t c, til_table_t *table)
{
    til_status_t status = TIL_OK;
    size_t n = e->kept.counts.n_rows, n_all = e->input->counts->n_rows;
    double *f = til_array(2 * n, sizeof *f), *p = f + n, *column;
    til_de_columns_t columns;

    if (f == NULL) return til_no_memory(ctx, n, "features");
    test(e, &e->nulls[c], f, p);
    TIL_TRY(til_de_table_init(ctx, e->input->counts, table, &columns));
    memcpy(columns.base_mean, e->overview.base_mean, n_all * sizeof *columns.base_mean);
    til_overview_spread(&e->kept, &e->overview, e->lfc + c * n, columns.lfc);
    til_overview_spread(&e->kept, &e->overview, f, columns.stat);
    til_overview_spread(&e->kept, &e->overview, p, columns.p);
    til_overview_spread(&e->kept, &e->overview, e->moderated.df_total, columns.df);
    TIL_TRY(til_adjust_bh(ctx, n_all, columns.p, columns.padj));
    for (size_t g = 0; g < n_all; g++)
        TIL_TRY(til_table_set_text(ctx, table, columns.status, g,
                                   til_overview_status(&e->overview, g)));
    TIL_TRY(til_table_add_number(ctx, table, "logCPM", "mean log2 count per million", &column));
    til_overview_spread(&e->kept, &e->overview, e->mean, column);
    TIL_TRY(til_table_add_number(ctx, table, "F", "quasi-likelihood F, as stat", &column));
    til_overview_spread(&e->kept, &e->overview, f, column);
done:
    free(f);
    return status;
}

static til_status_t make_joint(til_ctx_t *ctx, const engine_t *e, til_table_t *table)
{
    til_status_t status = TIL_OK;
    size_t n = e->kept.counts.n_rows;
    double *f = til_array(2 * n, sizeof *f), *p = f + n, *column, *padj;

    if (f == NULL) return til_no_memory(ctx, n, "features");
    test(e, &e->nulls[e->n_nulls - 1], f, p);
    TIL_TRY(til_de_table_init_ids(ctx, e->input->counts, table));
    TIL_TRY(
        til_table_add_number(ctx, table, "F", "quasi-likelihood F over all contrasts", &column));
    til_overview_spread(&e->kept, &e->overview, f, column);
    TIL_TRY(til_table_add_number(ctx, table, "pvalue", "of F", &column));
    til_overview_spread(&e->kept, &e->overview, p, column);
    TIL_TRY(til_table_add_number(ctx, table, "padj", "Benjamini-Hochberg", &padj));
    TIL_TRY(til_adjust_bh(ctx, e->input->counts->n_rows, column, padj));
done:
    free(f);
    return status;
}

static til_status_t make_dispersions(til_ctx_t *ctx, const engine_t *e, til_table_t *table)
{
    til_status_t status = TIL_OK;
    const struct {
        const char *name, *about;
        const double *values;
    } columns[] = { { "logCPM", "mean log2 count per million", e->mean },
                    { "s2", "quasi-dispersion", e->s2 },
                    { "df_residual", "degrees of freedom of s2", e->df },
                    { "s2_prior", "prior quasi-dispersion", e->moderated.s2_prior },
                    { "df_prior", "prior degrees of freedom", e->moderated.df_prior },
                    { "s2_post", "posterior quasi-dispersion", e->moderated.s2_post },
                    { "df_total", "denominator degrees of freedom of F", e->moderated.df_total } };

    TIL_TRY(til_de_table_init_ids(ctx, e->input->counts, table));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        double *column;
        TIL_TRY(til_table_add_number(ctx, table, columns[i].name, columns[i].about, &column));
        til_overview_spread(&e->kept, &e->overview, columns[i].values, column);
    }
done:
    return status;
}

static til_status_t make_facts(til_ctx_t *ctx, const engine_t *e, til_table_t *table)
{
    size_t n = e->kept.counts.n_rows;
    double *copy = til_array(n, sizeof *copy);

    if (copy == NULL) return til_no_memory(ctx, n, "features");
    memcpy(copy, e->moderated.df_prior, n * sizeof *copy);
    double df_prior = til_median_inplace(n, copy);
    memcpy(copy, e->moderated.s2_prior, n * sizeof *copy);
    double s2_prior = til_median_inplace(n, copy);
    free(copy);
    const til_de_fact_t facts[] = { { "genes_tested", (double)n, NULL },
                                    { "dispersion", e->dispersion, NULL },
                                    { "average_ql_dispersion", e->average, NULL },
                                    { "df_prior_median", df_prior, NULL },
                                    { "s2_prior_median", s2_prior, NULL } };
    return til_de_facts_init(ctx, facts, sizeof facts / sizeof *facts, table);
}

static til_status_t run(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    engine_t e = { .input = input };

    result->contrasts = til_array_zero(input->n_contrasts, sizeof *result->contrasts);
    if (result->contrasts == NULL) TIL_TRY(til_no_memory(ctx, input->n_contrasts, "contrasts"));
    result->n_contrasts = input->n_contrasts;
    if (input->counts->n_cols > FEW_SAMPLES)
        til_say(ctx, TIL_LOG_NOTICE,
                "edger-ql on %zu samples: with random labels on 51 biopsies it calls a median of "
                "315 of "
                "22,187 genes at FDR 0.1, where limma-trend and voom call 0 (docs/STATISTICS.md); "
                "--null-check shows it here",
                input->counts->n_cols);
    TIL_TRY(prepare(ctx, &e));
    TIL_TRY(find_dispersion(ctx, &e));
    TIL_TRY(find_average(ctx, &e));
    til_say(ctx, TIL_LOG_STAGE, "dispersion %.4g, average quasi-dispersion %.4g", e.dispersion,
            e.average);
    TIL_TRY(moderate(ctx, &e));
    for (size_t c = 0; c < input->n_contrasts; c++)
        TIL_TRY(make_contrast(ctx, &e, c, &result->contrasts[c]));
    if (e.n_nulls > input->n_contrasts) TIL_TRY(make_joint(ctx, &e, &result->joint));
    TIL_TRY(make_facts(ctx, &e, &result->facts));
    if (!input->tests_only) {
        TIL_TRY(til_moderated_run_size_factors(ctx, &e.kept, &result->size_factors));
        TIL_TRY(make_dispersions(ctx, &e, &result->dispersions));
        TIL_TRY(til_moderated_run_matrices(ctx, &e.kept, &e.overview, result));
    }
done:
    engine_clear(&e, ctx->n_threads);
    return status;
}

const til_de_method_t til_de_edger_ql = {
    .name = "edger-ql",
    .summary = "negative binomial regression, quasi-likelihood F test (edgeR 4)",
    .reference = "Chen, Chen, Lun, Baldoni & Smyth 2025, doi:10.1093/nar/gkaf018",
    .whole_counts = true,
    .has_ebayes = true,
    .run = run
};
