/* deseq2_fit.c -- the stages of DESeq() in order.
 *
 *   1. gene-wise dispersions                        (glm/nb_genewise.c)
 *   2. their trend over the mean                    (glm/trend.c)
 *   3. the width of the prior about the trend       (glm/dispersion_prior.c)
 *   4. per gene, in one pass: the dispersion drawn to the trend, coefficients, Cook's distances;
 *      where a count in a cell of 7 or more samples lies beyond the 0.99 quantile of F(p, n - p) it
 *      is replaced and the gene goes through 1 and 4 again under the same trend and prior.
 *
 * A gene whose own dispersion lies over the trend by more than twice the residual spread keeps it.
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550.
 * Agrees:  DESeq2 1.38.3 DESeq(), stage by stage (tests/shared/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "de/cooks.h"
#include "de/deseq2_fit.h"
#include "design/standard.h"
#include "math/dist.h"

#define OUTLIER_SD     2.0
#define START_AT_OWN   0.1 /* under this share of the trend start from the trend */
#define COOKS_QUANTILE 0.99
#define RUNAWAY_MU     0.01
#define LN2            0.693147180559945309417232121458
enum { GRAIN = 32, MIN_ABOVE_OUTLIER = 3 };

typedef struct {
    const til_de_input_t *input;
    const til_nb_data_t *data;
    const til_deseq2_options_t *options;
    til_standard_t standard, reduced_standard; /* covariates without origin and unit */
    double *weights; /* n_contrasts x p: on the coefficients of `standard` */
    til_nb_plan_t plan, reduced_plan;
    til_nb_work_t *works, *reduced_works;
    til_nb_spread_t *spread;
    til_separation_t **separations; /* per worker; NULL: peers' numbers are wanted */
    double *genewise_beta;          /* n_genes x p, when the design is not by group */
    double *scratch;                /* per worker 4 n: counts, cooks, scratch       */
    bool *compared;                 /* n_contrasts x n: samples a contrast compares */
    bool can_replace, one_two_level_factor;
    til_deseq2_fit_t *fit;
} job_t;

/* The dispersion drawn to the trend; the means are in `work`. */
static void shrink_dispersion(til_nb_work_t *work, const til_dispersion_prior_t *widths,
                              til_deseq2_gene_t *gene)
{
    double own = gene->gene_dispersion, trend = gene->trend_dispersion;
    til_nb_prior_t prior = { log(trend), widths->prior_variance };
    til_nb_search_t search = til_nb_search_dispersion(
        work, log(own > START_AT_OWN * trend ? own : trend), &prior);

    gene->n_map_steps = search.n_steps;
    gene->map_dispersion = exp(search.log_alpha);
    if (search.n_steps == TIL_NB_MAX_STEPS)
        gene->map_dispersion = exp(til_nb_grid_dispersion(work, &prior));
    gene->map_dispersion = fmin(fmax(gene->map_dispersion, TIL_NB_MIN_DISPERSION),
                                til_nb_max_dispersion(work->plan->n));
    gene->dispersion_outlier = log(own) > log(trend) + OUTLIER_SD * sqrt(widths->residual_variance);
    gene->dispersion = gene->dispersion_outlier ? own : gene->map_dispersion;
}

/* Has the fit gone where weights no longer hold it? Means are floored in weights, so that a group
 * without counts settles at floor / e; far below it some coefficient only stopped somewhere. */
static bool runs_away(const til_nb_work_t *work)
{
    for (size_t i = 0; i < work->plan->n; i++)
        if (work->mu[i] < RUNAWAY_MU) return true;
    return false;
}

/* Coefficients, and from them every contrast. */
static void fit_coefficients(job_t *job, int worker, size_t g, til_deseq2_gene_t *gene)
{
    til_nb_work_t *work = &job->works[worker];
    size_t p = job->plan.p, n_genes = job->data->counts->n_rows;
    til_nb_coef_fit_t fit = til_nb_fit_coef(work, gene->dispersion);

    gene->n_coef_iter = fit.n_iter;
    gene->fell_back |= fit.n_iter == TIL_NB_MAX_STEPS;
    gene->converged = fit.converged;
    gene->loglik = fit.loglik;
    bool is_doubtful = job->separations != NULL &&
                       (fit.n_iter == TIL_NB_MAX_STEPS || runs_away(work));
    for (size_t c = 0; c < job->input->n_contrasts; c++) {
        const double *weights = job->weights + c * p;
        double estimate = 0;
        for (size_t j = 0; j < p; j++) estimate += weights[j] * work->beta[j];
        job->fit->lfc[c * n_genes + g] = estimate / LN2;
        job->fit->se[c * n_genes + g] = til_nb_standard_error(work, weights) / LN2;
        if (is_doubtful)
            job->fit->separated[c * n_genes + g] = til_separation_ask(
                job->separations[worker], work, gene->dispersion, weights, estimate);
    }
    if (job->fit->beta == NULL) return;
    memcpy(job->fit->beta + g * p, work->beta, p * sizeof(double));
    til_standard_take_back(&job->standard, job->fit->beta + g * p);
}

static void fit_reduced(job_t *job, int worker, size_t g, const double *counts,
                        til_deseq2_gene_t *gene)
{
    til_nb_work_t *work = &job->reduced_works[worker];

    til_nb_load_gene(work, job->data, g, counts);
    til_nb_coef_fit_t fit = til_nb_fit_coef(work, gene->dispersion);
    gene->reduced_loglik = fit.loglik;
    gene->reduced_converged = fit.converged;
}

/* The largest distance among samples in cells of three; those replaceable do not count once
 * outliers may have been replaced. */
static void record_cooks(const job_t *job, const til_nb_work_t *work, const double *cooks,
                         til_deseq2_gene_t *gene)
{
    const til_nb_plan_t *plan = &job->plan;
    size_t largest = 0, n_above = 0;

    gene->max_cooks = gene->lone_cooks = NAN;
    for (size_t g = 0; g < plan->n_groups; g++) {
        size_t size = plan->group_begin[g + 1] - plan->group_begin[g];
        for (size_t i = plan->group_begin[g];
             size < TIL_COOKS_MIN_CELL && i < plan->group_begin[g + 1]; i++)
            if (!(cooks[i] <= gene->lone_cooks)) {
                gene->lone_cooks = cooks[i];
                gene->lone_sample = plan->order[i];
            }
        if (size < TIL_COOKS_MIN_CELL) continue;
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++) {
            double d = job->can_replace && size >= TIL_REPLACE_MIN_CELL ? 0 : cooks[i];
            if (!(d <= gene->max_cooks)) {
                gene->max_cooks = d;
                gene->cooks_sample = plan->order[i];
            }
        }
    }
    for (size_t i = 1; i < plan->n; i++)
        if (cooks[i] > cooks[largest] ||
            (cooks[i] == cooks[largest] && plan->order[i] < plan->order[largest]))
            largest = i;
    for (size_t i = 0; i < plan->n; i++) n_above += work->y[i] > work->y[largest];
    gene->keep_despite_cooks = job->one_two_level_factor && n_above >= MIN_ABOVE_OUTLIER;
}

/* Replaces outlying counts and fits the gene again. */
static void replace_and_refit(job_t *job, int worker, size_t g, double *counts, const double *cooks,
                              double *scratch)
{
    til_nb_work_t *work = &job->works[worker];
    til_deseq2_gene_t *gene = &job->fit->gene[g];
    size_t n = job->plan.n;
    double total = 0;

    memcpy(counts, til_matrix_row(job->data->counts, g), n * sizeof *counts);
    gene->n_replaced = til_cooks_replace(work, cooks, job->fit->cooks_cutoff, counts, scratch);
    if (gene->n_replaced == 0) return;

    til_nb_load_gene(work, job->data, g, counts);
    for (size_t s = 0; s < n; s++) total += counts[s];
    if (total == 0) {
        gene->emptied = true;
        gene->mean = gene->variance = 0;
        return;
    }
    til_nb_spread_t spread = til_nb_genewise(work, job->data->mean_inverse);
    gene->mean = spread.mean;
    gene->variance = spread.variance;
    gene->gene_dispersion = spread.dispersion;
    gene->n_gene_steps = spread.n_steps;
    gene->fell_back |= spread.fell_back;
    gene->trend_dispersion = til_trend_at(&job->fit->trend, spread.mean);
    shrink_dispersion(work, &job->fit->prior, gene);
    fit_coefficients(job, worker, g, gene);
    if (job->reduced_works != NULL) fit_reduced(job, worker, g, counts, gene);
}

static void mark_empty(const job_t *job, size_t g)
{
    size_t n = job->plan.n, n_genes = job->data->counts->n_rows;
    const double *y = til_matrix_row(job->data->counts, g);

    for (size_t c = 0; c < job->input->n_contrasts; c++) {
        double total = 0;
        for (size_t s = 0; s < n; s++) total += job->compared[c * n + s] ? y[s] : 0;
        job->fit->empty[c * n_genes + g] = total == 0;
    }
}

static til_status_t fit_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    job_t *job = arg;
    til_nb_work_t *work = &job->works[worker];
    size_t n = job->plan.n, p = job->plan.p;
    double *counts = job->scratch + (size_t)worker * 4 * n, *cooks = counts + n;

    (void)ctx;
    for (size_t g = begin; g < end; g++) {
        til_deseq2_gene_t *gene = &job->fit->gene[g];
        if (gene->all_zero) continue;
        til_nb_load_gene(work, job->data, g, NULL);
        til_nb_genewise_mu(work, job->plan.by_group ? NULL : job->genewise_beta + g * p);
        shrink_dispersion(work, &job->fit->prior, gene);
        fit_coefficients(job, worker, g, gene);
        mark_empty(job, g);
        if (job->reduced_works != NULL) fit_reduced(job, worker, g, NULL, gene);

        til_cooks_distances(work, cooks, cooks + n);
        record_cooks(job, work, cooks, gene);
        if (job->can_replace) replace_and_refit(job, worker, g, counts, cooks, cooks + n);
    }
    return TIL_OK;
}

/* Where the samples compared have no count at all the answer is 0. VARIABLE:TARGET:REFERENCE
 * compares the samples of the two levels; another contrast those whose rows it touches, if it has
 * both signs: one-sided ones are not looked at, as in DESeq2. */
static void find_compared(job_t *job)
{
    const til_design_t *design = job->input->design;
    size_t n = design->n_samples;

    for (size_t c = 0; c < job->input->n_contrasts; c++) {
        const double *weights = job->input->contrasts[c].weights;
        const bool *levels = job->input->contrasts[c].compared;
        bool has_plus = false, has_minus = false;
        for (size_t j = 0; j < design->n_coef; j++) {
            has_plus |= weights[j] > 0;
            has_minus |= weights[j] < 0;
        }
        for (size_t s = 0; s < n; s++) {
            double touched = 0;
            for (size_t j = 0; j < design->n_coef; j++)
                if (weights[j] != 0) touched += design->x[s + j * n];
            job->compared[c * n + s] = levels != NULL ? levels[s]
                                                      : !(has_plus && has_minus) || touched != 0;
        }
    }
}

static til_status_t allocate(til_ctx_t *ctx, job_t *job)
{
    size_t n_genes = job->data->counts->n_rows, n_contrasts = job->input->n_contrasts;
    size_t n = job->plan.n, p = job->plan.p;
    til_deseq2_fit_t *fit = job->fit;

    fit->gene = til_array_zero(n_genes, sizeof *fit->gene);
    fit->lfc = til_array(n_contrasts * n_genes, sizeof *fit->lfc);
    fit->se = til_array(n_contrasts * n_genes, sizeof *fit->se);
    fit->empty = til_array_zero(n_contrasts * n_genes, sizeof *fit->empty);
    fit->separated = til_array_zero(n_contrasts * n_genes, sizeof *fit->separated);
    job->compared = til_array_zero(n_contrasts * n, sizeof *job->compared);
    job->spread = til_array(n_genes, sizeof *job->spread);
    job->scratch = til_array((size_t)ctx->n_threads * 4 * n, sizeof *job->scratch);
    if (job->options->keep_beta) fit->beta = til_array_zero(n_genes * p, sizeof *fit->beta);
    if (!job->plan.by_group)
        job->genewise_beta = til_array(n_genes * p, sizeof *job->genewise_beta);
    if (fit->gene == NULL || fit->lfc == NULL || fit->se == NULL || fit->empty == NULL ||
        fit->separated == NULL || job->compared == NULL || job->spread == NULL ||
        job->scratch == NULL || (job->options->keep_beta && fit->beta == NULL) ||
        (!job->plan.by_group && job->genewise_beta == NULL))
        return til_no_memory(ctx, n_genes, "genes to fit");
    for (size_t i = 0; i < n_contrasts * n_genes; i++) fit->lfc[i] = fit->se[i] = NAN;
    return TIL_OK;
}

/* Stages 2 and 3 over the genes with a count. */
static til_status_t fit_trend_and_prior(til_ctx_t *ctx, job_t *job)
{
    til_status_t status = TIL_OK;
    size_t n_genes = job->data->counts->n_rows, n = 0;
    double *mean = til_array(3 * n_genes, sizeof *mean), *dispersion, *trend;
    til_deseq2_fit_t *fit = job->fit;

    if (mean == NULL) return til_no_memory(ctx, n_genes, "genes");
    dispersion = mean + n_genes;
    trend = dispersion + n_genes;
    for (size_t g = 0; g < n_genes; g++) {
        if (isnan(job->spread[g].dispersion)) continue;
        mean[n] = job->spread[g].mean;
        dispersion[n++] = job->spread[g].dispersion;
    }
    if (n == 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s: every count is 0", job->data->counts->origin));
    TIL_TRY(
        til_trend_fit(ctx, n, mean, dispersion, (til_trend_type_t)job->input->trend, &fit->trend));
    for (size_t i = 0; i < n; i++) trend[i] = til_trend_at(&fit->trend, mean[i]);
    TIL_TRY(
        til_dispersion_prior(ctx, n, dispersion, trend, job->plan.n - job->plan.p, &fit->prior));
    for (size_t g = 0, i = 0; g < n_genes; g++) {
        const til_nb_spread_t *spread = &job->spread[g];
        fit->gene[g] = (til_deseq2_gene_t){ .mean = spread->mean,
                                            .variance = spread->variance,
                                            .gene_dispersion = spread->dispersion,
                                            .n_gene_steps = spread->n_steps,
                                            .fell_back = spread->fell_back,
                                            .trend_dispersion = NAN,
                                            .map_dispersion = NAN,
                                            .dispersion = NAN,
                                            .loglik = NAN,
                                            .reduced_loglik = NAN,
                                            .max_cooks = NAN,
                                            .lone_cooks = NAN,
                                            .all_zero = isnan(spread->dispersion) };
        if (!fit->gene[g].all_zero) fit->gene[g].trend_dispersion = trend[i++];
    }
done:
    free(mean);
    return status;
}

static til_status_t find_separations(til_ctx_t *ctx, job_t *job)
{
    til_status_t status = TIL_OK;

    job->separations = til_array_zero((size_t)ctx->n_threads, sizeof *job->separations);
    if (job->separations == NULL) return til_no_memory(ctx, (size_t)ctx->n_threads, "workspaces");
    for (int i = 0; i < ctx->n_threads && status == TIL_OK; i++)
        status = til_separation_new(ctx, &job->plan, &job->separations[i]);
    return status;
}

/* The plan of a design whose covariates are centred and scaled. */
static til_status_t plan_standard(til_ctx_t *ctx, const til_design_t *design,
                                  til_standard_t *standard, til_nb_plan_t *plan)
{
    til_status_t status = til_standard_init(ctx, design, TIL_STANDARD_PROJECT, standard);

    if (status != TIL_OK) return status;
    til_design_t in_standard = til_standard_design(standard, design);
    return til_nb_plan_init(ctx, &in_standard, plan);
}

static til_status_t take_weights(til_ctx_t *ctx, job_t *job)
{
    size_t n = job->input->n_contrasts, p = job->plan.p;

    job->weights = til_array(n * p, sizeof *job->weights);
    if (job->weights == NULL) return til_no_memory(ctx, n * p, "weights");
    for (size_t c = 0; c < n; c++)
        til_standard_weights(&job->standard, job->input->contrasts[c].weights,
                             job->weights + c * p);
    return TIL_OK;
}

til_status_t til_deseq2_fit(til_ctx_t *ctx, const til_de_input_t *input, const til_nb_data_t *data,
                            const til_deseq2_options_t *options, til_deseq2_fit_t *out)
{
    til_status_t status = TIL_OK;
    job_t job = { .input = input, .data = data, .options = options, .fit = out };

    memset(out, 0, sizeof *out);
    TIL_TRY(plan_standard(ctx, input->design, &job.standard, &job.plan));
    TIL_TRY(take_weights(ctx, &job));
    TIL_TRY(til_nb_works_new(ctx, &job.plan, data, &job.works));
    if (input->reduced != NULL) {
        TIL_TRY(plan_standard(ctx, input->reduced, &job.reduced_standard, &job.reduced_plan));
        TIL_TRY(til_nb_works_new(ctx, &job.reduced_plan, data, &job.reduced_works));
    }
    TIL_TRY(allocate(ctx, &job));
    if (!input->compatible) TIL_TRY(find_separations(ctx, &job));
    find_compared(&job);
    out->cooks_cutoff = til_qf(COOKS_QUANTILE, (double)job.plan.p,
                               (double)(job.plan.n - job.plan.p), false, false);
    job.can_replace = options->replace_outliers &&
                      til_cooks_any_cell(&job.plan, TIL_REPLACE_MIN_CELL);
    out->has_cells = til_cooks_any_cell(&job.plan, TIL_COOKS_MIN_CELL);
    job.one_two_level_factor = job.plan.by_group && job.plan.p == 2;

    TIL_TRY(til_nb_genewise_all(ctx, data, job.works, job.spread, job.genewise_beta));
    TIL_TRY(fit_trend_and_prior(ctx, &job));
    TIL_TRY(til_parallel_for(ctx, data->counts->n_rows, GRAIN, fit_range, &job));
    for (size_t g = 0; g < data->counts->n_rows; g++)
        out->n_replaced_genes += out->gene[g].n_replaced > 0;
done:
    til_nb_works_free(job.works, ctx->n_threads);
    til_nb_works_free(job.reduced_works, ctx->n_threads);
    for (int i = 0; job.separations != NULL && i < ctx->n_threads; i++)
        til_separation_free(job.separations[i]);
    free(job.separations);
    til_nb_plan_clear(&job.plan);
    til_nb_plan_clear(&job.reduced_plan);
    til_standard_clear(&job.standard);
    til_standard_clear(&job.reduced_standard);
    free(job.weights);
    free(job.spread);
    free(job.genewise_beta);
    free(job.scratch);
    free(job.compared);
    if (status != TIL_OK) til_deseq2_fit_clear(out);
    return status;
}

void til_deseq2_fit_clear(til_deseq2_fit_t *fit)
{
    if (fit == NULL) return;
    free(fit->gene);
    free(fit->lfc);
    free(fit->se);
    free(fit->beta);
    free(fit->empty);
    free(fit->separated);
    til_trend_clear(&fit->trend);
    memset(fit, 0, sizeof *fit);
}
