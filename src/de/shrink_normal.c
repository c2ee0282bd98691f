/* shrink_normal.c -- maximum a posteriori coefficients under a normal prior of mean 0.
 *
 * The prior variance of a coefficient makes its upper quantile that of the estimates,
 *
 *     v = ( Q_0.95(|b|) / z_0.975 )^2
 *
 * Q being weighted by 1 / (1/mean + trend dispersion) over the genes with |b| < 10; the intercept
 * has 1e6. The GLM is then fitted again with ridge 1 / v, to the counts as they are.
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550; weighted quantiles as Hmisc's.
 * Agrees:  DESeq2 1.38.3 lfcShrink(coef, type = "normal") to 1e-5 (tests/shared/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "de/shrink_normal.h"
#include "design/standard.h"
#include "math/dist.h"
#include "math/order.h"

#define FINITE_BELOW  10.0 /* log2: larger estimates are those of groups without counts */
#define UPPER         0.05
#define WIDE_VARIANCE 1e6
#define LN2           0.693147180559945309417232121458
enum { GRAIN = 32 };

til_status_t til_shrink_normal_check(til_ctx_t *ctx, const til_de_input_t *input)
{
    const til_design_t *design = input->design;

    for (size_t j = 0; j < design->n_coef; j++)
        if (strchr(design->coef_names[j], ':') != NULL)
            return til_fail(ctx, TIL_EUSAGE,
                            "--shrink normal: '%s' is an interaction, for which "
                            "this prior is not defined; use none",
                            design->coef_names[j]);
    for (size_t c = 0; c < input->n_contrasts; c++) {
        size_t n = 0;
        for (size_t j = 0; j < design->n_coef; j++)
            n += (size_t)(fabs(input->contrasts[c].weights[j]) > 0);
        if (n != 1)
            return til_fail(ctx, TIL_EUSAGE,
                            "--shrink normal: contrast '%s' weighs %zu "
                            "coefficients: must be one; choose its level as --reference",
                            input->contrasts[c].id, n);
    }
    return TIL_OK;
}

static size_t coefficient_of(const til_de_input_t *input, size_t c)
{
    size_t j = 0;
    while (!(fabs(input->contrasts[c].weights[j]) > 0)) j++;
    return j;
}

static bool is_intercept(const til_design_t *design, size_t j)
{
    for (size_t s = 0; s < design->n_samples; s++)
        if (design->x[s + j * design->n_samples] != 1) return false;
    return true;
}

/* The first of the sorted values at which the summed weights reach `at`. */
static double value_at(size_t n, const double *x, const double *weight, const size_t *order,
                       double scale, double at)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += weight[order[i]] * scale;
        if (sum >= at) return x[order[i]];
    }
    return x[order[n - 1]];
}

/* The prior variance of n estimates |b| with weights. */
static til_status_t match_quantile(til_ctx_t *ctx, size_t n, const double *x, const double *weight,
                                   double *variance)
{
    size_t *order = til_array(n, sizeof *order);
    double total = 0;

    *variance = WIDE_VARIANCE;
    if (order == NULL) return til_no_memory(ctx, n, "genes");
    til_status_t status = til_order(ctx, n, x, false, order);
    if (status == TIL_OK && n > 0) {
        for (size_t i = 0; i < n; i++) total += weight[i];
        double scale = (double)n / total, at = 1 + ((double)n - 1) * (1 - UPPER);
        double low = fmax(floor(at), 1), high = fmin(low + 1, (double)n), part = at - floor(at);
        double quantile = (1 - part) * value_at(n, x, weight, order, scale, low) +
                          part * value_at(n, x, weight, order, scale, high);
        double sd = quantile / til_qnorm(1 - UPPER / 2, 0, 1, false, false);
        *variance = sd * sd;
    }
    free(order);
    return status;
}

/* The spread of covariate j, for a prior that does not depend on its unit; 1 for other columns. */
static double unit_of(const til_standard_t *standard, size_t j)
{
    for (size_t i = 0; i < standard->n_numeric; i++)
        if (standard->numeric[i] == j) return standard->scale[i];
    return 1;
}

/* variance (p): of the prior on the coefficients of `standard`. */
static til_status_t find_variances(til_ctx_t *ctx, const til_de_input_t *input,
                                   const til_standard_t *standard, size_t n_genes,
                                   const til_deseq2_fit_t *fit, double *variance)
{
    til_status_t status = TIL_OK;
    size_t p = input->design->n_coef;
    double *x = til_array(2 * n_genes, sizeof *x), *weight;

    if (x == NULL) return til_no_memory(ctx, n_genes, "genes");
    weight = x + n_genes;
    for (size_t j = 0; j < p; j++) {
        size_t n = 0;
        double unit = unit_of(standard, j);
        for (size_t g = 0; g < n_genes; g++) {
            const til_deseq2_gene_t *gene = &fit->gene[g];
            double b = fabs(fit->beta[g * p + j] * unit / LN2);
            if (gene->all_zero || gene->emptied || !(b < FINITE_BELOW)) continue;
            x[n] = b;
            weight[n++] = 1 / (1 / gene->mean + gene->trend_dispersion);
        }
        TIL_TRY(match_quantile(ctx, n, x, weight, &variance[j]));
        if (is_intercept(input->design, j)) variance[j] = WIDE_VARIANCE;
        if (!(variance[j] > 0))
            TIL_TRY(til_fail(ctx, TIL_ENUMERIC,
                             "--shrink normal: the estimates of '%s' are all 0: "
                             "there is no prior to draw them to",
                             input->design->coef_names[j]));
    }
done:
    free(x);
    return status;
}

typedef struct {
    const til_de_input_t *input;
    const til_nb_data_t *data;
    const til_deseq2_fit_t *fit;
    til_nb_work_t *works;
    const double *weights; /* n_contrasts x p: on the coefficients fitted */
    double *lfc, *se;
} shrink_job_t;

static til_status_t shrink_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    shrink_job_t *job = arg;
    til_nb_work_t *work = &job->works[worker];
    size_t n_genes = job->data->counts->n_rows;

    (void)ctx;
    for (size_t g = begin; g < end; g++) {
        const til_deseq2_gene_t *gene = &job->fit->gene[g];
        if (gene->all_zero || gene->emptied) continue;
        til_nb_load_gene(work, job->data, g, NULL);
        (void)til_nb_fit_coef(work, gene->dispersion);
        for (size_t c = 0; c < job->input->n_contrasts; c++) {
            const double *weights = job->weights + c * work->plan->p;
            double estimate = 0;
            for (size_t j = 0; j < work->plan->p; j++) estimate += weights[j] * work->beta[j];
            job->lfc[c * n_genes + g] = estimate / LN2;
            job->se[c * n_genes + g] = til_nb_standard_error(work, weights) / LN2;
        }
    }
    return TIL_OK;
}

til_status_t til_shrink_normal(til_ctx_t *ctx, const til_de_input_t *input,
                               const til_nb_data_t *data, const til_deseq2_fit_t *fit, double *lfc,
                               double *se, double *variance)
{
    til_status_t status = TIL_OK;
    size_t n_genes = data->counts->n_rows, p = input->design->n_coef;
    til_nb_plan_t plan = { 0 };
    til_standard_t standard = { 0 };
    double *prior = til_array(p, sizeof *prior);
    double *weights = til_array(input->n_contrasts * p, sizeof *weights);
    shrink_job_t job = { input, data, fit, NULL, weights, lfc, se };

    if (prior == NULL || weights == NULL) TIL_TRY(til_no_memory(ctx, p, "coefficients"));
    for (size_t i = 0; i < input->n_contrasts * n_genes; i++) lfc[i] = se[i] = NAN;
    TIL_TRY(til_standard_init(ctx, input->design, TIL_STANDARD_CENTRE, &standard));
    TIL_TRY(find_variances(ctx, input, &standard, n_genes, fit, prior));
    til_design_t in_standard = til_standard_design(&standard, input->design);
    TIL_TRY(til_nb_plan_init(ctx, &in_standard, &plan));
    for (size_t c = 0; c < input->n_contrasts; c++)
        til_standard_weights(&standard, input->contrasts[c].weights, weights + c * p);
    TIL_TRY(til_nb_works_new(ctx, &plan, data, &job.works));
    for (int i = 0; i < ctx->n_threads; i++) til_nb_work_set_prior(&job.works[i], prior);
    TIL_TRY(til_parallel_for(ctx, n_genes, GRAIN, shrink_range, &job));
    for (size_t c = 0; c < input->n_contrasts; c++) {
        size_t j = coefficient_of(input, c);
        double unit = unit_of(&standard, j);
        variance[c] = prior[j] / (unit * unit);
    }
done:
    til_nb_works_free(job.works, ctx->n_threads);
    til_nb_plan_clear(&plan);
    til_standard_clear(&standard);
    free(weights);
    free(prior);
    return status;
}
