/* limma.c -- moderated tests of contrasts in per-gene linear models (limma).
 *
 *     estimate = sum_j c_j beta_j
 *     stdev^2  = sum_jk c_j s_j R_jk s_k c_k      s_j unscaled deviation of beta_j in this gene,
 *                                                 R correlation of the coefficients without weights
 *     lfcSE    = stdev sqrt(s2_post),   t = estimate / lfcSE,   p = 2 P(T > |t|)
 *
 * A threshold h > 0 tests |beta| > h: p = P(T > (|b| - h)/SE) + P(T > (|b| + h)/SE) and t counts
 * from the threshold, 0 inside it (treat). The other alternatives are one-sided tests at the
 * threshold.
 *
 * Source:  Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3:3; McCarthy & Smyth (2009),
 *          Bioinformatics 25:765 (treat).
 * Agrees:  limma 3.54.1 contrasts.fit(), eBayes(), treat(), topTable() to 1e-8. As there, the
 *          deviation of a contrast over several coefficients uses one correlation matrix for
 *          all genes.
 * Differs: a gene without any count that was kept has NA instead of a test.
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
#include "math/dist.h"
#include "math/linalg.h"
#include "math/order.h"
#include "norm/cpm.h"
#include "glm/ebayes.h"
#include "norm/filter_expr.h"
#include "norm/norm_factors.h"

static const double PRIOR_COUNT = 2; /* edgeR's for log counts per million */
static const double TOL_RANK = 1e-7;
enum { GRAIN = 1024 };

/* ---- what is fitted ---- */

static til_status_t choose_genes(til_ctx_t *ctx, const til_de_input_t *input, bool *keep)
{
    if (input->filter == TIL_DE_FILTER_NONE) {
        for (size_t g = 0; g < input->counts->n_rows; g++) keep[g] = true;
        return TIL_OK;
    }
    if (input->filter_groups != NULL) {
        size_t n_groups = 0;
        for (size_t s = 0; s < input->counts->n_cols; s++)
            if (input->filter_groups[s] >= n_groups) n_groups = input->filter_groups[s] + 1;
        return til_filter_by_group(ctx, input->counts, input->filter_groups, n_groups, keep);
    }
    return til_filter_by_design(ctx, input->counts, input->design, keep);
}

static til_status_t keep_genes(til_ctx_t *ctx, const til_de_input_t *input,
                               til_moderated_run_t *run)
{
    til_status_t status = TIL_OK;
    size_t n_genes = input->counts->n_rows, n = 0;
    bool *keep = til_array(n_genes, sizeof *keep);

    run->gene = til_array(n_genes, sizeof *run->gene);
    if (keep == NULL || run->gene == NULL) TIL_TRY(til_no_memory(ctx, n_genes, "features"));
    TIL_TRY(choose_genes(ctx, input, keep));
    for (size_t g = 0; g < n_genes; g++)
        if (keep[g]) run->gene[n++] = g;
    if (n < 2)
        TIL_TRY(til_fail(ctx, TIL_ENUMERIC,
                         "%s: %zu of %zu features pass the expression filter: "
                         "at least two are needed; try --filter none",
                         input->counts->origin, n, n_genes));
    TIL_TRY(til_matrix_select(ctx, input->counts, run->gene, n, NULL, 0, &run->counts));

done:
    free(keep);
    return status;
}

/* Norm factors of geometric mean 1 whose effective libraries go with the size factors given. */
static void take_size_factors(const til_de_input_t *input, til_moderated_run_t *run)
{
    size_t n = input->counts->n_cols;
    double mean = 0;

    for (size_t s = 0; s < n; s++)
        mean += log(input->size_factors[s] / run->lib_size[s]) / (double)n;
    for (size_t s = 0; s < n; s++)
        run->norm_factor[s] = input->size_factors[s] / run->lib_size[s] / exp(mean);
}

til_status_t til_moderated_run_init(til_ctx_t *ctx, const til_de_input_t *input,
                                    til_moderated_run_t *run)
{
    til_status_t status = TIL_OK;
    size_t n = input->counts->n_cols;

    *run = (til_moderated_run_t){ .input = input };
    TIL_TRY(keep_genes(ctx, input, run));
    run->lib_size = til_array(n, sizeof *run->lib_size);
    run->norm_factor = til_array(n, sizeof *run->norm_factor);
    run->effective = til_array(n, sizeof *run->effective);
    if (run->lib_size == NULL || run->norm_factor == NULL || run->effective == NULL)
        TIL_TRY(til_no_memory(ctx, n, "samples"));
    TIL_TRY(til_library_sizes(ctx, &run->counts, run->lib_size));
    if (input->size_factors != NULL) take_size_factors(input, run);
    else TIL_TRY(til_norm_factors_tmm(ctx, &run->counts, run->lib_size, run->norm_factor));
    for (size_t s = 0; s < n; s++) run->effective[s] = run->lib_size[s] * run->norm_factor[s];
    TIL_TRY(til_linear_init(ctx, input->design, &run->model));

done:
    if (status != TIL_OK) til_moderated_run_clear(run);
    return status;
}

void til_moderated_run_clear(til_moderated_run_t *run)
{
    if (run == NULL) return;
    til_matrix_clear(&run->counts);
    til_linear_clear(&run->model);
    free(run->gene);
    free(run->lib_size);
    free(run->norm_factor);
    free(run->effective);
    memset(run, 0, sizeof *run);
}

/* ---- the fit and its contrasts ---- */

/* The fit of the coefficients that some contrast looks at; arrays per kept gene. */
typedef struct {
    size_t n_genes, n_wanted;
    size_t *wanted;
    double *coef, *stdev; /* n_genes x n_wanted */
    double *sigma, *df;   /* n_genes            */
    til_moderated_t moderated;
    double **t; /* per contrast       */
    size_t n_contrasts;
} fit_t;

static void fit_clear(fit_t *fit)
{
    free(fit->wanted);
    free(fit->coef);
    free(fit->stdev);
    free(fit->sigma);
    free(fit->df);
    til_moderated_clear(&fit->moderated);
    if (fit->t != NULL)
        for (size_t i = 0; i < fit->n_contrasts; i++) free(fit->t[i]);
    free(fit->t);
}

static size_t find_wanted(const til_de_input_t *input, size_t *wanted)
{
    size_t n = 0;

    for (size_t j = 0; j < input->design->n_coef; j++)
        for (size_t i = 0; i < input->n_contrasts; i++)
            if (input->contrasts[i].weights[j] != 0) {
                wanted[n++] = j;
                break;
            }
    return n;
}

static til_status_t fit_init(til_ctx_t *ctx, const til_moderated_run_t *run,
                             const til_moderated_values_t *values, fit_t *fit)
{
    til_status_t status = TIL_OK;
    const til_de_input_t *input = run->input;
    size_t n_genes = run->counts.n_rows, n_contrasts = input->n_contrasts;
    double *variance = til_array(n_genes, sizeof *variance);

    *fit = (fit_t){ .n_genes = n_genes, .n_contrasts = n_contrasts };
    fit->wanted = til_array(input->design->n_coef, sizeof *fit->wanted);
    fit->t = til_array_zero(n_contrasts, sizeof *fit->t);
    if (variance == NULL || fit->wanted == NULL || fit->t == NULL)
        TIL_TRY(til_no_memory(ctx, n_genes, "features"));
    fit->n_wanted = find_wanted(input, fit->wanted);
    fit->coef = til_array(n_genes * fit->n_wanted, sizeof *fit->coef);
    fit->stdev = til_array(n_genes * fit->n_wanted, sizeof *fit->stdev);
    fit->sigma = til_array(n_genes, sizeof *fit->sigma);
    fit->df = til_array(n_genes, sizeof *fit->df);
    if (fit->coef == NULL || fit->stdev == NULL || fit->sigma == NULL || fit->df == NULL)
        TIL_TRY(til_no_memory(ctx, n_genes * fit->n_wanted, "coefficients"));
    for (size_t i = 0; i < n_contrasts; i++) {
        fit->t[i] = til_array(n_genes, sizeof **fit->t);
        if (fit->t[i] == NULL) TIL_TRY(til_no_memory(ctx, n_genes, "features"));
    }

    til_linear_job_t job = { .n_genes = n_genes,
                             .y = values->e,
                             .weights = values->weights,
                             .sample_weights = values->sample_weights,
                             .n_wanted = fit->n_wanted,
                             .wanted = fit->wanted,
                             .coef = fit->coef,
                             .stdev = fit->stdev,
                             .sigma = fit->sigma };
    TIL_TRY(til_linear_fit(ctx, &run->model, &job));
    for (size_t g = 0; g < n_genes; g++) {
        variance[g] = fit->sigma[g] * fit->sigma[g];
        fit->df[g] = (double)(run->model.n - run->model.p);
    }
    TIL_TRY(til_moderate(ctx, n_genes, variance, fit->df,
                         values->trend || input->ebayes_trend ? values->mean : NULL,
                         input->ebayes_robust, &fit->moderated));

done:
    free(variance);
    return status; /* the caller clears */
}

/* Correlation of wanted coefficients i and k in the design without weights. */
static double correlation(const til_linear_t *model, const fit_t *fit, size_t i, size_t k)
{
    size_t a = fit->wanted[i], b = fit->wanted[k], p = model->p;
    const double *v = model->covariance;

    return i == k ? 1 : v[a + b * p] / (sqrt(v[a + a * p]) * sqrt(v[b + b * p]));
}

/* Estimate and unscaled deviation of one contrast for every gene. */
static til_status_t estimate(til_ctx_t *ctx, const til_moderated_run_t *run, const fit_t *fit,
                             const double *weights, double *b, double *stdev)
{
    size_t n = fit->n_wanted, n_used = 0;
    double *r = til_array(n * n, sizeof *r);
    size_t *used = til_array(n, sizeof *used);

    if (r == NULL || used == NULL) {
        free(r);
        free(used);
        return til_no_memory(ctx, n * n, "coefficients");
    }
    for (size_t i = 0; i < n; i++)
        if (weights[fit->wanted[i]] != 0) used[n_used++] = i;
    for (size_t i = 0; i < n_used; i++)
        for (size_t k = 0; k < n_used; k++)
            r[i * n_used + k] = correlation(&run->model, fit, used[i], used[k]) *
                                weights[fit->wanted[used[i]]] * weights[fit->wanted[used[k]]];

    for (size_t g = 0; g < fit->n_genes; g++) {
        const double *beta = fit->coef + g * n, *s = fit->stdev + g * n;
        double sum = 0, variance = 0;
        for (size_t i = 0; i < n_used; i++) {
            sum += weights[fit->wanted[used[i]]] * beta[used[i]];
            for (size_t k = 0; k < n_used; k++)
                variance += r[i * n_used + k] * s[used[i]] * s[used[k]];
        }
        b[g] = sum;
        stdev[g] = sqrt(variance);
    }
    free(used);
    free(r);
    return TIL_OK;
}

/* ---- tests ---- */

typedef struct {
    const til_de_input_t *input;
    const til_moderated_t *moderated;
    const double *b, *stdev;
    double *se, *t, *p;
} test_work_t;

/* p of estimate b with standard error se against the threshold; t is set as treat() does. */
static double threshold_p(const til_de_input_t *input, double b, double se, double df, double *t)
{
    double h = input->lfc_threshold, right = (fabs(b) - h) / se, left = (fabs(b) + h) / se;

    *t = right > 0 ? copysign(right, b) : 0;
    switch (input->alternative) {
    case TIL_DE_GREATER_ABS: return til_pt(right, df, true, false) + til_pt(left, df, true, false);
    case TIL_DE_LESS_ABS: *t = right < 0 ? -right : 0; return til_pt(right, df, false, false);
    case TIL_DE_GREATER: *t = (b - h) / se; return til_pt(*t, df, true, false);
    case TIL_DE_LESS: *t = (b + h) / se; return til_pt(*t, df, false, false);
    }
    return NAN;
}

static til_status_t test_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const test_work_t *work = arg;

    (void)ctx;
    (void)worker;
    for (size_t g = begin; g < end; g++) {
        double se = work->stdev[g] * sqrt(work->moderated->s2_post[g]);
        double df = work->moderated->df_total[g];
        work->se[g] = se;
        work->t[g] = work->b[g] / work->stdev[g] / sqrt(work->moderated->s2_post[g]);
        if (work->input->lfc_threshold > 0)
            work->p[g] = threshold_p(work->input, work->b[g], se, df, &work->t[g]);
        else work->p[g] = 2 * til_pt(fabs(work->t[g]), df, true, false);
    }
    return TIL_OK;
}

/* ---- tables ---- */

void til_overview_spread(const til_moderated_run_t *run, const til_overview_t *overview,
                         const double *values, double *out)
{
    for (size_t i = 0; i < run->counts.n_rows; i++)
        if (!overview->is_zero[run->gene[i]]) out[run->gene[i]] = values[i];
}

void til_overview_clear(til_overview_t *o)
{
    free(o->size_factor);
    free(o->base_mean);
    free(o->is_zero);
    free(o->is_kept);
}

til_status_t til_overview_init(til_ctx_t *ctx, const til_moderated_run_t *run, til_overview_t *out)
{
    const til_matrix_t *counts = run->input->counts;
    size_t n = counts->n_cols, n_genes = counts->n_rows;
    double mean_log = 0;

    *out = (til_overview_t){ til_array(n, sizeof(double)), til_array(n_genes, sizeof(double)),
                             til_array(n_genes, sizeof(bool)),
                             til_array_zero(n_genes, sizeof(bool)) };
    if (out->size_factor == NULL || out->base_mean == NULL || out->is_zero == NULL ||
        out->is_kept == NULL)
        return til_no_memory(ctx, n_genes, "features");

    for (size_t s = 0; s < n; s++) mean_log += log(run->effective[s]);
    for (size_t s = 0; s < n; s++)
        out->size_factor[s] = run->effective[s] / exp(mean_log / (double)n);
    for (size_t g = 0; g < n_genes; g++) {
        const double *k = til_matrix_row(counts, g);
        double sum = 0;
        for (size_t s = 0; s < n; s++) sum += k[s] / out->size_factor[s];
        out->base_mean[g] = sum / (double)n;
        out->is_zero[g] = !(sum > 0);
    }
    for (size_t i = 0; i < run->counts.n_rows; i++) out->is_kept[run->gene[i]] = true;
    return TIL_OK;
}

const char *til_overview_status(const til_overview_t *o, size_t g)
{
    if (o->is_zero[g]) return "all_zero";
    return o->is_kept[g] ? "ok" : "filtered";
}

/* Tests contrast i and fills its table. */
static til_status_t test_contrast(til_ctx_t *ctx, const til_moderated_run_t *run,
                                  const til_moderated_values_t *values, fit_t *fit,
                                  const til_overview_t *overview, size_t i, til_table_t *table,
                                  double *var_prior)
{
    til_status_t status = TIL_OK;
    const til_de_input_t *input = run->input;
    size_t n = fit->n_genes, n_all = input->counts->n_rows;
    double *space = til_array(5 * n, sizeof *space), *column;
    double *b = space, *stdev = space + n, *se = space + 2 * n, *p = space + 3 * n,
           *odds = space + 4 * n;
    til_de_columns_t columns;

    if (space == NULL) TIL_TRY(til_no_memory(ctx, n, "features"));
    TIL_TRY(estimate(ctx, run, fit, input->contrasts[i].weights, b, stdev));
    test_work_t work = { input, &fit->moderated, b, stdev, se, fit->t[i], p };
    TIL_TRY(til_parallel_for(ctx, n, GRAIN, test_range, &work));

    TIL_TRY(til_de_table_init(ctx, input->counts, table, &columns));
    memcpy(columns.base_mean, overview->base_mean, n_all * sizeof *columns.base_mean);
    til_overview_spread(run, overview, b, columns.lfc);
    til_overview_spread(run, overview, se, columns.se);
    til_overview_spread(run, overview, fit->t[i], columns.stat);
    til_overview_spread(run, overview, p, columns.p);
    for (size_t k = 0; k < n; k++)
        if (!overview->is_zero[run->gene[k]])
            til_de_interval(&columns, run->gene[k], fit->moderated.df_total[k]);
    TIL_TRY(til_adjust_bh(ctx, n_all, columns.p, columns.padj));
    for (size_t g = 0; g < n_all; g++)
        TIL_TRY(
            til_table_set_text(ctx, table, columns.status, g, til_overview_status(overview, g)));

    TIL_TRY(til_table_add_number(ctx, table, "AveExpr", "mean log2 expression over all samples",
                                 &column));
    til_overview_spread(run, overview, values->mean, column);
    *var_prior = NAN;
    if (input->lfc_threshold > 0) goto done; /* log odds are against zero */
    TIL_TRY(til_log_odds(ctx, &fit->moderated, fit->t[i], stdev, odds, var_prior));
    TIL_TRY(til_table_add_number(ctx, table, "B", "log odds that the gene is changed", &column));
    til_overview_spread(run, overview, odds, column);

done:
    free(space);
    return status;
}

til_status_t til_independent_contrasts(til_ctx_t *ctx, const til_de_input_t *input, size_t *chosen,
                                       size_t *n_chosen)
{
    til_status_t status = TIL_OK;
    size_t p = input->design->n_coef, n = input->n_contrasts;
    double *weights = til_array(p * n, sizeof *weights);

    if (weights == NULL) return til_no_memory(ctx, p * n, "contrasts");
    for (size_t i = 0; i < n; i++)
        memcpy(weights + i * p, input->contrasts[i].weights, p * sizeof *weights);
    status = til_rank_pivot(ctx, p, n, weights, TOL_RANK, n_chosen, chosen);
    free(weights);
    return status;
}

/* The F over all contrasts, where there are several and no threshold. Those that follow from
 * earlier ones (a difference of two others) add nothing to the question and are left out. */
static til_status_t test_jointly(til_ctx_t *ctx, const til_moderated_run_t *run, const fit_t *fit,
                                 const til_overview_t *overview, til_table_t *table)
{
    til_status_t status = TIL_OK;
    const til_de_input_t *input = run->input;
    size_t n_all = input->n_contrasts, n_tests = 0, p = run->model.p, n = fit->n_genes, df1;
    size_t *chosen = til_array(n_all, sizeof *chosen);
    const double **t = til_array(n_all, sizeof *t);
    double *covariance = til_array_zero(n_all * n_all, sizeof *covariance);
    double *f = til_array(n, sizeof *f), *p_value = til_array(n, sizeof *p_value), *column, *padj;

    if (chosen == NULL || t == NULL || covariance == NULL || f == NULL || p_value == NULL)
        TIL_TRY(til_no_memory(ctx, n, "features"));
    TIL_TRY(til_independent_contrasts(ctx, input, chosen, &n_tests));
    for (size_t a = 0; a < n_tests; a++) {
        t[a] = fit->t[chosen[a]];
        for (size_t b = 0; b < n_tests; b++)
            for (size_t i = 0; i < p; i++)
                for (size_t k = 0; k < p; k++)
                    covariance[a + b * n_tests] += input->contrasts[chosen[a]].weights[i] *
                                                   run->model.covariance[i + k * p] *
                                                   input->contrasts[chosen[b]].weights[k];
    }
    TIL_TRY(til_joint_f(ctx, &fit->moderated, n_tests, t, covariance, fit->df, f, p_value, &df1));

    TIL_TRY(til_de_table_init_ids(ctx, input->counts, table));
    TIL_TRY(til_table_add_number(ctx, table, "F", "moderated F over all contrasts", &column));
    til_overview_spread(run, overview, f, column);
    TIL_TRY(til_table_add_number(ctx, table, "pvalue", "of F", &column));
    til_overview_spread(run, overview, p_value, column);
    TIL_TRY(til_table_add_number(ctx, table, "padj", "Benjamini-Hochberg", &padj));
    TIL_TRY(til_adjust_bh(ctx, input->counts->n_rows, column, padj));

done:
    free(p_value);
    free(f);
    free(covariance);
    free(t);
    free(chosen);
    return status;
}

til_status_t til_moderated_run_size_factors(til_ctx_t *ctx, const til_moderated_run_t *run,
                                            til_table_t *table)
{
    til_status_t status = TIL_OK;
    size_t n = run->counts.n_cols, sample;
    double *lib_size, *norm_factor;

    TIL_TRY(til_table_init(ctx, n, table));
    TIL_TRY(til_table_add_text(ctx, table, "sample", "", &sample));
    TIL_TRY(til_table_add_number(ctx, table, "lib_size", "counts of the kept genes", &lib_size));
    TIL_TRY(til_table_add_number(ctx, table, "norm_factor", "TMM factor", &norm_factor));
    for (size_t s = 0; s < n; s++) {
        TIL_TRY(til_table_set_text(ctx, table, sample, s, run->counts.col_names[s]));
        lib_size[s] = run->lib_size[s];
        norm_factor[s] = run->norm_factor[s];
    }
done:
    return status;
}

static til_status_t fill_variances(til_ctx_t *ctx, const til_moderated_run_t *run,
                                   const til_moderated_values_t *values, const fit_t *fit,
                                   const til_overview_t *overview, til_table_t *table)
{
    til_status_t status = TIL_OK;
    const struct {
        const char *name, *about;
        const double *values;
    } columns[] = { { "AveExpr", "mean log2 expression over all samples", values->mean },
                    { "sigma", "residual standard deviation", fit->sigma },
                    { "s2_prior", "prior variance", fit->moderated.s2_prior },
                    { "df_prior", "prior degrees of freedom", fit->moderated.df_prior },
                    { "s2_post", "posterior variance", fit->moderated.s2_post },
                    { "df_total", "degrees of freedom of the moderated t",
                      fit->moderated.df_total } };

    TIL_TRY(til_de_table_init_ids(ctx, run->input->counts, table));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        double *column;
        TIL_TRY(til_table_add_number(ctx, table, columns[i].name, columns[i].about, &column));
        til_overview_spread(run, overview, columns[i].values, column);
    }
done:
    return status;
}

static til_status_t fill_facts(til_ctx_t *ctx, const til_moderated_run_t *run, const fit_t *fit,
                               const double *var_prior, til_table_t *table)
{
    const til_de_input_t *input = run->input;
    size_t n = 6 + input->n_contrasts, at = 0, n_kept = fit->n_genes;
    til_de_fact_t *facts = til_array(n, sizeof *facts);
    double *copy = til_array(n_kept, sizeof *copy);
    til_status_t status = TIL_OK;

    if (facts == NULL || copy == NULL) TIL_TRY(til_no_memory(ctx, n, "facts"));
    facts[at++] = (til_de_fact_t){ "genes_tested", (double)n_kept, NULL };
    facts[at++] = (til_de_fact_t){ "df_residual", fit->df[0], NULL };
    memcpy(copy, fit->moderated.df_prior, n_kept * sizeof *copy);
    facts[at++] = (til_de_fact_t){ "df_prior_median", til_median_inplace(n_kept, copy), NULL };
    memcpy(copy, fit->moderated.s2_prior, n_kept * sizeof *copy);
    facts[at++] = (til_de_fact_t){ "s2_prior_median", til_median_inplace(n_kept, copy), NULL };
    if (input->block != NULL)
        facts[at++] = (til_de_fact_t){ "block_correlation", run->correlation, NULL };
    if (input->lfc_threshold > 0)
        facts[at++] = (til_de_fact_t){ "lfc_threshold", input->lfc_threshold, NULL };
    else
        for (size_t i = 0; i < input->n_contrasts; i++)
            facts[at++] = (til_de_fact_t){ "var_prior", var_prior[i], input->contrasts[i].id };
    TIL_TRY(til_de_facts_init(ctx, facts, at, table));

done:
    free(copy);
    free(facts);
    return status;
}

til_status_t til_moderated_run_matrices(til_ctx_t *ctx, const til_moderated_run_t *run,
                                        const til_overview_t *overview, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    const til_matrix_t *counts = run->input->counts;

    TIL_TRY(til_matrix_select(ctx, counts, NULL, 0, NULL, 0, &result->normalized));
    for (size_t g = 0; g < counts->n_rows; g++) {
        double *k = til_matrix_row(&result->normalized, g);
        for (size_t s = 0; s < counts->n_cols; s++) k[s] /= overview->size_factor[s];
    }
    if (run->input->matrices == TIL_DE_MATRICES_NONE) goto done;
    TIL_TRY(til_matrix_select(ctx, counts, NULL, 0, NULL, 0, &result->expression));
    TIL_TRY(til_log_cpm(ctx, counts, run->effective, PRIOR_COUNT, result->expression.x));
    result->expression_name = "logcpm";
done:
    return status;
}

til_status_t til_moderated_run_test(til_ctx_t *ctx, const til_moderated_run_t *run,
                                    const til_moderated_values_t *values, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    const til_de_input_t *input = run->input;
    size_t n_contrasts = input->n_contrasts;
    fit_t fit = { 0 };
    til_overview_t overview = { 0 };
    double *var_prior = til_array(n_contrasts, sizeof *var_prior);

    result->contrasts = til_array_zero(n_contrasts, sizeof *result->contrasts);
    if (var_prior == NULL || result->contrasts == NULL)
        TIL_TRY(til_no_memory(ctx, n_contrasts, "contrasts"));
    result->n_contrasts = n_contrasts;
    TIL_TRY(fit_init(ctx, run, values, &fit));
    TIL_TRY(til_overview_init(ctx, run, &overview));

    for (size_t i = 0; i < n_contrasts; i++)
        TIL_TRY(test_contrast(ctx, run, values, &fit, &overview, i, &result->contrasts[i],
                              &var_prior[i]));
    if (n_contrasts > 1 && !(input->lfc_threshold > 0))
        TIL_TRY(test_jointly(ctx, run, &fit, &overview, &result->joint));
    TIL_TRY(til_moderated_run_size_factors(ctx, run, &result->size_factors));
    TIL_TRY(fill_variances(ctx, run, values, &fit, &overview, &result->dispersions));
    TIL_TRY(fill_facts(ctx, run, &fit, var_prior, &result->facts));
    if (!input->tests_only) TIL_TRY(til_moderated_run_matrices(ctx, run, &overview, result));

done:
    free(var_prior);
    til_overview_clear(&overview);
    fit_clear(&fit);
    return status;
}
