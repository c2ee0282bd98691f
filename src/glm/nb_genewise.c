/* nb_genewise.c -- gene-wise dispersions.
 *
 * The search starts at the smaller of two rough estimates over normalised counts k, with the
 * linear fit m = max(1, H k), mean q and variance v of k, and n - p residual degrees of freedom,
 *
 *     sum ((k - m)^2 - m) / m^2 / (n - p)        (v - q mean(1/factor)) / q^2
 *
 * kept within [1e-8, max(10, n)]. Its means are group means where the design has as many distinct
 * rows as columns, else those of a GLM at the starting dispersion; never below 0.5. A search that
 * gained nothing gives the start back; one that ended at once or not at all asks the grid.
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550.
 * Agrees:  DESeq2 1.38.3 estimateDispersionsGeneEst() to 1e-6 for 99.5% of genes
 *          (tests/shared/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "glm/nb_genewise.h"

#define NO_GAIN 1e-6 /* relative to the log posterior at the start */
enum { GRAIN = 64 };

til_nb_data_t til_nb_data(const til_matrix_t *counts, const double *factors,
                          const double *gene_factors)
{
    til_nb_data_t data = { counts, factors, gene_factors, 0 };
    size_t n = counts->n_cols;
    double sum = 0;

    for (size_t s = 0; s < n; s++) {
        double mean = factors[s];
        if (gene_factors != NULL) {
            mean = 0;
            for (size_t g = 0; g < counts->n_rows; g++) mean += gene_factors[g * n + s];
            mean /= (double)counts->n_rows;
        }
        sum += 1 / mean;
    }
    data.mean_inverse = sum / (double)n;
    return data;
}

til_status_t til_nb_works_new(til_ctx_t *ctx, const til_nb_plan_t *plan, const til_nb_data_t *data,
                              til_nb_work_t **out)
{
    til_status_t status = TIL_OK;
    til_nb_work_t *works = til_array_zero((size_t)ctx->n_threads, sizeof *works);

    *out = NULL;
    if (works == NULL) return til_no_memory(ctx, (size_t)ctx->n_threads, "workspaces");
    for (int i = 0; i < ctx->n_threads; i++) {
        TIL_TRY(til_nb_work_init(ctx, plan, &works[i]));
        if (data->counts->n_rows > 0 && data->gene_factors == NULL)
            til_nb_work_load(&works[i], data->counts->x, data->factors);
    }
    *out = works;
done:
    if (status != TIL_OK) til_nb_works_free(works, ctx->n_threads);
    return status;
}

void til_nb_works_free(til_nb_work_t *works, int n)
{
    if (works == NULL) return;
    for (int i = 0; i < n; i++) til_nb_work_clear(&works[i]);
    free(works);
}

void til_nb_load_gene(til_nb_work_t *work, const til_nb_data_t *data, size_t g,
                      const double *counts)
{
    if (counts == NULL) counts = til_matrix_row(data->counts, g);
    til_nb_work_load(work, counts,
                     data->gene_factors == NULL ? NULL
                                                : data->gene_factors + g * data->counts->n_cols);
}

til_nb_spread_t til_nb_moments(const til_nb_work_t *work)
{
    size_t n = work->plan->n;
    long double sum = 0, square = 0; /* as R's rowMeans() */

    for (size_t i = 0; i < n; i++) sum += work->y[i] / work->nf[i];
    double mean = (double)(sum / (long double)n);
    for (size_t i = 0; i < n; i++) {
        double away = work->y[i] / work->nf[i] - mean;
        square += away * away;
    }
    return (til_nb_spread_t){ .mean = mean,
                              .variance = n > 1 ? (double)(square / (long double)(n - 1)) : NAN,
                              .dispersion = NAN };
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double rough_dispersion(til_nb_work_t *work)
{
    const til_nb_plan_t *plan = work->plan;
    double sum = 0;

    til_nb_linear_mu(work, false);
    for (size_t i = 0; i < plan->n; i++) {
        double mu = fmax(1, work->mu[i]), away = work->y[i] / work->nf[i] - mu;
        sum += (away * away - mu) / (mu * mu);
    }
    return fmax(0, sum / (double)(plan->n - plan->p));
}

static void floor_mu(til_nb_work_t *work)
{
    for (size_t i = 0; i < work->plan->n; i++)
        if (work->mu[i] < TIL_NB_MIN_MU) work->mu[i] = TIL_NB_MIN_MU;
}

til_nb_spread_t til_nb_genewise(til_nb_work_t *work, double mean_inverse)
{
    double largest = til_nb_max_dispersion(work->plan->n);
    til_nb_spread_t out = til_nb_moments(work);
    double moments = (out.variance - mean_inverse * out.mean) / (out.mean * out.mean);
    double start = clamp(fmin(rough_dispersion(work), moments), TIL_NB_MIN_DISPERSION, largest);

    if (work->plan->by_group) til_nb_linear_mu(work, true);
    else out.fell_back = til_nb_fit_coef(work, start).n_iter == TIL_NB_MAX_STEPS;
    floor_mu(work);

    til_nb_search_t search = til_nb_search_dispersion(work, log(start), NULL);
    out.n_steps = search.n_steps;
    out.dispersion = fmin(exp(search.log_alpha), largest);
    if (search.last < search.first + fabs(search.first) * NO_GAIN) out.dispersion = start;
    if ((search.n_steps == TIL_NB_MAX_STEPS || search.n_steps == 1) &&
        out.dispersion > 10 * TIL_NB_MIN_DISPERSION)
        out.dispersion = exp(til_nb_grid_dispersion(work, NULL));
    out.dispersion = clamp(out.dispersion, TIL_NB_MIN_DISPERSION, largest);
    return out;
}

void til_nb_genewise_mu(til_nb_work_t *work, const double *beta)
{
    const til_nb_plan_t *plan = work->plan;

    if (plan->by_group) {
        til_nb_linear_mu(work, true);
    } else {
        for (size_t g = 0; g < plan->n_groups; g++) {
            double ratio = exp(til_nb_plan_predict(plan, g, beta));
            for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++)
                work->mu[i] = work->nf[i] * ratio;
        }
    }
    floor_mu(work);
}

typedef struct {
    const til_nb_data_t *data;
    til_nb_work_t *works;
    til_nb_spread_t *spread;
    double *beta;
} genewise_job_t;

static bool has_count(const til_nb_work_t *work)
{
    for (size_t i = 0; i < work->plan->n; i++)
        if (work->y[i] > 0) return true;
    return false;
}

static til_status_t genewise_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    genewise_job_t *job = arg;
    til_nb_work_t *work = &job->works[worker];
    size_t p = work->plan->p;

    (void)ctx;
    for (size_t g = begin; g < end; g++) {
        til_nb_load_gene(work, job->data, g, NULL);
        if (!has_count(work)) {
            job->spread[g] = til_nb_moments(work);
            continue;
        }
        job->spread[g] = til_nb_genewise(work, job->data->mean_inverse);
        if (job->beta != NULL && !work->plan->by_group)
            memcpy(job->beta + g * p, work->beta, p * sizeof *job->beta);
    }
    return TIL_OK;
}

til_status_t til_nb_genewise_all(til_ctx_t *ctx, const til_nb_data_t *data, til_nb_work_t *works,
                                 til_nb_spread_t *spread, double *beta)
{
    genewise_job_t job = { data, works, spread, beta };

    return til_parallel_for(ctx, data->counts->n_rows, GRAIN, genewise_range, &job);
}
