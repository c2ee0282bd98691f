/* linear.c -- weighted least squares, gene by gene.
 *
 *     beta    = (X'WX)^-1 X'W y            stdev_j = sqrt( ((X'WX)^-1)_jj )
 *     sigma^2 = sum_s w_s (y_s - x_s' beta)^2 / (n - p)
 *
 * Samples with equal rows of X form groups, so X'WX and X'Wy need only the sums W_g = sum w and
 * T_g = sum w y of each:
 *
 *   as many groups as coefficients   any group means are fitted exactly: beta = B^-1 (T_g / W_g),
 *                                    stdev_j^2 = sum_g (B^-1)_jg^2 / W_g, B the distinct rows
 *   otherwise                        X'WX is factored as an arrow (design_plan.h)
 *
 * With samples correlated within blocks the fits are those of gls.c.
 *
 * Normal equations lose the square of the condition number of X. Where that is more than
 * CONDITION_MAX after scaling the columns, an orthonormal basis Q of X = QR is fitted instead,
 * which leaves only the spread of the weights, and beta = R^-1 gamma.
 *
 * Agrees: limma 3.54.1 lmFit() (lm.series: a QR per gene) to 1e-10 relative.
 * Used by: voom and its kin (de/voom.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/linalg.h"
#include "glm/linear.h"

static const double CONDITION_MAX = 300;
static const double EXACT_FIT =
    1e-28; /* of the sum of squares: residuals are rounding, taken as 0 */
#define SINGULAR "weights of feature %zu leave the design singular"
enum { GRAIN = 64 }; /* genes per range of til_parallel_for */

/* R^-1 (p x p upper triangle, zeros below) and, where not NULL, Q (n x p) of X = QR. */
static til_status_t decompose(til_ctx_t *ctx, const til_design_t *design, double *inverse_r,
                              double *q)
{
    til_status_t status = TIL_OK;
    size_t n = design->n_samples, p = design->n_coef;
    double *qr = til_array(n * p, sizeof *qr), *tau = til_array(p, sizeof *tau);

    if (qr == NULL || tau == NULL) TIL_TRY(til_no_memory(ctx, n * p, "design values"));
    memcpy(qr, design->x, n * p * sizeof *qr);
    TIL_TRY(til_qr(ctx, n, p, qr, tau));
    memset(inverse_r, 0, p * p * sizeof *inverse_r);
    for (size_t j = 0; j < p; j++) inverse_r[j + j * p] = 1;
    TIL_TRY(til_solve_upper(ctx, p, qr, n, false, p, inverse_r));
    if (q != NULL) {
        memset(q, 0, n * p * sizeof *q);
        for (size_t j = 0; j < p; j++) q[j + j * n] = 1;
        TIL_TRY(til_qr_apply(ctx, n, p, qr, tau, false, p, q));
    }

done:
    free(tau);
    free(qr);
    return status;
}

/* The condition number of X after scaling its columns to length 1. */
static til_status_t condition_number(til_ctx_t *ctx, const til_design_t *design, double *condition)
{
    til_status_t status = TIL_OK;
    size_t n = design->n_samples, p = design->n_coef;
    double *x = til_array(n * p, sizeof *x), *values = til_array(p, sizeof *values);

    *condition = INFINITY;
    if (x == NULL || values == NULL) TIL_TRY(til_no_memory(ctx, n * p, "design values"));
    for (size_t j = 0; j < p; j++) {
        double length = 0;
        for (size_t s = 0; s < n; s++) length += design->x[s + j * n] * design->x[s + j * n];
        for (size_t s = 0; s < n; s++) x[s + j * n] = design->x[s + j * n] / sqrt(length);
    }
    TIL_TRY(til_svd(ctx, n, p, x, values, NULL, NULL));
    if (values[p - 1] > 0) *condition = values[0] / values[p - 1];

done:
    free(values);
    free(x);
    return status;
}

/* inverse_r inverse_r' */
static void set_covariance(size_t p, const double *inverse_r, double *covariance)
{
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t k = i > j ? i : j; k < p; k++)
                sum += inverse_r[i + k * p] * inverse_r[j + k * p];
            covariance[i + j * p] = sum;
        }
}

/* Plans the fits on an orthonormal basis of the columns. */
static til_status_t plan_basis(til_ctx_t *ctx, const til_design_t *design, til_linear_t *out)
{
    size_t n = design->n_samples, p = design->n_coef;
    til_design_t basis = { .n_samples = n, .n_coef = p };
    til_status_t status = TIL_OK;

    basis.x = til_array(n * p, sizeof *basis.x);
    out->from_basis = til_array(p * p, sizeof *out->from_basis);
    if (basis.x == NULL || out->from_basis == NULL)
        TIL_TRY(til_no_memory(ctx, n * p, "design values"));
    TIL_TRY(decompose(ctx, design, out->from_basis, basis.x));
    TIL_TRY(til_nb_plan_init(ctx, &basis, &out->plan));

done:
    free(basis.x);
    return status;
}

til_status_t til_linear_init(til_ctx_t *ctx, const til_design_t *design, til_linear_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = design->n_samples, p = design->n_coef;
    double *inverse_r = til_array(p * p, sizeof *inverse_r), condition;

    *out = (til_linear_t){ .n = n, .p = p };
    out->group = til_array(n, sizeof *out->group);
    out->covariance = til_array(p * p, sizeof *out->covariance);
    if (inverse_r == NULL || out->group == NULL || out->covariance == NULL)
        TIL_TRY(til_no_memory(ctx, n * p, "design values"));
    TIL_TRY(decompose(ctx, design, inverse_r, NULL));
    set_covariance(p, inverse_r, out->covariance);

    TIL_TRY(condition_number(ctx, design, &condition));
    TIL_TRY(til_nb_plan_init(ctx, design, &out->plan));
    if (condition > CONDITION_MAX && !out->plan.by_group) {
        til_nb_plan_clear(&out->plan);
        TIL_TRY(plan_basis(ctx, design, out));
    }

    for (size_t g = 0; g < out->plan.n_groups; g++)
        for (size_t i = out->plan.group_begin[g]; i < out->plan.group_begin[g + 1]; i++)
            out->group[out->plan.order[i]] = g;
    if (out->plan.by_group) {
        out->from_means = til_array(p * p, sizeof *out->from_means);
        if (out->from_means == NULL) TIL_TRY(til_no_memory(ctx, p * p, "design values"));
        for (size_t g = 0; g < p; g++) {
            size_t size = out->plan.group_begin[g + 1] - out->plan.group_begin[g];
            for (size_t j = 0; j < p; j++)
                out->from_means[j * p + g] = out->plan.least_squares[j * p + g] * (double)size;
        }
    }

done:
    free(inverse_r);
    if (status != TIL_OK) til_linear_clear(out);
    return status;
}

void til_linear_clear(til_linear_t *model)
{
    if (model == NULL) return;
    til_nb_plan_clear(&model->plan);
    free(model->group);
    free(model->from_means);
    free(model->from_basis);
    free(model->covariance);
    free(model->basis);
    free(model->from_q);
    til_gls_clear(&model->gls);
    memset(model, 0, sizeof *model);
}

til_status_t til_linear_set_basis(til_ctx_t *ctx, const til_design_t *design, til_linear_t *model)
{
    model->basis = til_array(model->n * model->p, sizeof *model->basis);
    model->from_q = til_array(model->p * model->p, sizeof *model->from_q);
    if (model->basis == NULL || model->from_q == NULL)
        return til_no_memory(ctx, model->n * model->p, "design values");
    return decompose(ctx, design, model->from_q, model->basis);
}

til_status_t til_linear_correlate(til_ctx_t *ctx, const til_blocks_t *blocks, double correlation,
                                  til_linear_t *model)
{
    til_status_t status = TIL_OK;
    size_t p = model->p;
    double *work = NULL, *column = til_array(p, sizeof *column), rss;

    til_gls_clear(&model->gls);
    if (column == NULL) return til_no_memory(ctx, p, "coefficients");
    TIL_TRY(til_gls_init(ctx, blocks, p, model->basis, correlation, &model->gls));
    work = til_array(til_gls_work_size(&model->gls), sizeof *work);
    if (work == NULL) TIL_TRY(til_no_memory(ctx, p, "coefficients"));

    /* any y will do: the information depends on the design only */
    if (!til_gls_fit(&model->gls, model->basis, NULL, work, column, &rss))
        TIL_TRY(til_fail(ctx, TIL_ENUMERIC,
                         "a correlation of %.3g within blocks leaves the design singular",
                         correlation));
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k < p; k++) column[k] = model->from_q[j + k * p];
        til_gls_solve(&model->gls, work, column);
        for (size_t i = 0; i < p; i++) {
            double sum = 0;
            for (size_t k = i; k < p; k++) sum += model->from_q[i + k * p] * column[k];
            model->covariance[i + j * p] = sum;
        }
    }

done:
    free(work);
    free(column);
    return status;
}

/* One per thread; sizes in groups and coefficients. */
struct til_linear_space {
    til_gram_t gram;
    double *weight, *total, *fitted; /* n_groups: W_g, T_g, x_g' beta   */
    double *beta, *unit;             /* p                               */
    double *w;                       /* n                               */
    double *gls;                     /* NULL, or what a blocked fit works in */
};

typedef struct til_linear_space space_t;

typedef struct {
    const til_linear_t *model;
    const til_linear_job_t *job;
    space_t *spaces;
} fit_work_t;

static til_status_t space_init(til_ctx_t *ctx, const til_linear_t *model, space_t *out)
{
    size_t n_groups = model->plan.n_groups, p = model->p;
    til_status_t status = til_gram_init(ctx, &model->plan, &out->gram);

    if (status != TIL_OK) return status;
    out->weight = til_array(3 * n_groups + 2 * p + model->n, sizeof *out->weight);
    if (out->weight == NULL) return til_no_memory(ctx, n_groups + p, "coefficients");
    out->total = out->weight + n_groups;
    out->fitted = out->total + n_groups;
    out->beta = out->fitted + n_groups;
    out->unit = out->beta + p;
    out->w = out->unit + p;
    if (model->gls.blocks != NULL) {
        out->gls = til_array(til_gls_work_size(&model->gls), sizeof *out->gls);
        if (out->gls == NULL) return til_no_memory(ctx, model->n, "samples");
    }
    return TIL_OK;
}

static void space_clear(space_t *space)
{
    til_gram_clear(&space->gram);
    free(space->weight);
    free(space->gls);
}

/* out (p) <- sum_g total[g] x_g */
static void cross(const til_nb_plan_t *plan, const double *total, double *out)
{
    size_t q = plan->n_border;

    memset(out, 0, plan->p * sizeof *out);
    for (size_t g = 0; g < plan->n_groups; g++) {
        const double *b = plan->group_border + g * q;
        for (size_t k = 0; k < q; k++) out[plan->border[k]] += b[k] * total[g];
        if (plan->group_leaf[g] >= 0)
            out[plan->leaf[plan->group_leaf[g]]] += plan->group_leaf_value[g] * total[g];
    }
}

/* out[g] <- x_g' beta */
static void fit_groups(const til_nb_plan_t *plan, const double *beta, double *out)
{
    size_t q = plan->n_border;

    for (size_t g = 0; g < plan->n_groups; g++) {
        const double *b = plan->group_border + g * q;
        double sum = 0;
        for (size_t k = 0; k < q; k++) sum += b[k] * beta[plan->border[k]];
        if (plan->group_leaf[g] >= 0)
            sum += plan->group_leaf_value[g] * beta[plan->leaf[plan->group_leaf[g]]];
        out[g] = sum;
    }
}

/* Coefficient j of the design from the coefficients `beta` of the plan. */
static double coefficient(const til_linear_t *model, const double *beta, size_t j)
{
    double sum = 0;

    if (model->from_basis == NULL) return beta[j];
    for (size_t k = j; k < model->p; k++) sum += model->from_basis[j + k * model->p] * beta[k];
    return sum;
}

/* sqrt of e' (X'WX)^-1 e, e the j-th unit vector taken to the plan's coefficients. */
static double unscaled_deviation(const til_linear_t *model, space_t *space, size_t j)
{
    size_t p = model->p;
    double *u = space->unit, sum = 0;

    memset(u, 0, p * sizeof *u);
    if (model->from_basis == NULL) {
        u[j] = 1;
        til_gram_solve(&model->plan, &space->gram, u);
        return sqrt(u[j]);
    }
    for (size_t k = j; k < p; k++) u[k] = model->from_basis[j + k * p];
    til_gram_solve(&model->plan, &space->gram, u);
    for (size_t k = j; k < p; k++) sum += model->from_basis[j + k * p] * u[k];
    return sqrt(sum);
}

/* Coefficients and deviations where the group means are free. */
static void solve_by_means(const til_linear_t *model, const til_linear_job_t *job, size_t g,
                           space_t *space)
{
    size_t p = model->p;

    for (size_t i = 0; i < p; i++) space->fitted[i] = space->total[i] / space->weight[i];
    for (size_t k = 0; k < job->n_wanted; k++) {
        const double *row = model->from_means + job->wanted[k] * p;
        double beta = 0, variance = 0;
        for (size_t i = 0; i < p; i++) {
            beta += row[i] * space->fitted[i];
            variance += row[i] * row[i] / space->weight[i];
        }
        if (job->coef != NULL) job->coef[g * job->n_wanted + k] = beta;
        if (job->stdev != NULL) job->stdev[g * job->n_wanted + k] = sqrt(variance);
    }
}

static bool solve_by_arrow(const til_linear_t *model, const til_linear_job_t *job, size_t g,
                           space_t *space)
{
    const til_nb_plan_t *plan = &model->plan;
    size_t n_wanted = job->n_wanted;

    if (!til_gram_factor(plan, &space->gram, space->weight, 0)) return false;
    cross(plan, space->total, space->beta);
    til_gram_solve(plan, &space->gram, space->beta);
    fit_groups(plan, space->beta, space->fitted);
    for (size_t k = 0; k < n_wanted; k++) {
        size_t j = job->wanted[k];
        if (job->coef != NULL) job->coef[g * n_wanted + k] = coefficient(model, space->beta, j);
        if (job->stdev != NULL) job->stdev[g * n_wanted + k] = unscaled_deviation(model, space, j);
    }
    return true;
}

/* Everything of a gene whose samples are correlated within blocks. */
static bool fit_blocked(const til_linear_t *model, const til_linear_job_t *job, size_t g,
                        const double *y, const double *w, space_t *space)
{
    const til_nb_plan_t *plan = &model->plan;
    size_t n = model->n, p = model->p, n_wanted = job->n_wanted;
    double *gamma = space->beta, *u = space->unit, rss;

    if (!til_gls_fit(&model->gls, y, w, space->gls, gamma, &rss)) return false;
    for (size_t i = 0; i < n_wanted; i++) {
        const double *row = model->from_q + job->wanted[i];
        double beta = 0, variance = 0;
        for (size_t k = 0; k < p; k++) {
            beta += row[k * p] * gamma[k];
            u[k] = row[k * p];
        }
        til_gls_solve(&model->gls, space->gls, u);
        for (size_t k = 0; k < p; k++) variance += row[k * p] * u[k];
        if (job->coef != NULL) job->coef[g * n_wanted + i] = beta;
        if (job->stdev != NULL) job->stdev[g * n_wanted + i] = sqrt(variance);
    }
    if (job->sigma != NULL) job->sigma[g] = sqrt(rss / (double)(n - p));
    for (size_t i = 0; job->fitted != NULL && i < plan->n_groups; i++) {
        size_t s = plan->order[plan->group_begin[i]];
        double sum = 0;
        for (size_t k = 0; k < p; k++) sum += model->basis[s + k * n] * gamma[k];
        job->fitted[g * plan->n_groups + i] = sum;
    }
    return true;
}

/* The weights of gene g, in `w` where they have to be made; NULL when all are 1. */
static const double *gene_weights(const til_linear_job_t *job, size_t n, size_t g, double *w)
{
    const double *of_gene = job->weights != NULL ? job->weights + g * n : NULL;

    if (job->sample_weights == NULL) return of_gene;
    if (of_gene == NULL) return job->sample_weights;
    for (size_t s = 0; s < n; s++) w[s] = of_gene[s] * job->sample_weights[s];
    return w;
}

/* W_g and T_g of every group; w NULL: all 1. */
static void sum_groups(const til_linear_t *model, const double *y, const double *w, space_t *space)
{
    memset(space->weight, 0, 2 * model->plan.n_groups * sizeof *space->weight);
    for (size_t s = 0; s < model->n; s++) {
        double weight = w != NULL ? w[s] : 1;
        space->weight[model->group[s]] += weight;
        space->total[model->group[s]] += weight * y[s];
    }
}

static til_status_t fit_gene(til_ctx_t *ctx, const fit_work_t *work, size_t g, space_t *space)
{
    const til_linear_t *model = work->model;
    const til_linear_job_t *job = work->job;
    size_t n = model->n, n_groups = model->plan.n_groups;
    const double *y = job->y + g * n, *w = gene_weights(job, n, g, space->w);

    if (model->gls.blocks != NULL) {
        if (fit_blocked(model, job, g, y, w, space)) return TIL_OK;
        return til_fail(ctx, TIL_ENUMERIC, SINGULAR, g + 1);
    }
    sum_groups(model, y, w, space);
    if (model->plan.by_group) solve_by_means(model, job, g, space);
    else if (!solve_by_arrow(model, job, g, space))
        return til_fail(ctx, TIL_ENUMERIC, SINGULAR, g + 1);

    if (job->sigma != NULL) {
        double sum = 0, total = 0;
        for (size_t s = 0; s < n; s++) {
            double residual = y[s] - space->fitted[model->group[s]], weight = w != NULL ? w[s] : 1;
            sum += weight * residual * residual;
            total += weight * y[s] * y[s];
        }
        if (sum <= EXACT_FIT * total) sum = 0;
        job->sigma[g] = sqrt(sum / (double)(n - model->p));
    }
    if (job->fitted != NULL)
        memcpy(job->fitted + g * n_groups, space->fitted, n_groups * sizeof *job->fitted);
    return TIL_OK;
}

static til_status_t fit_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const fit_work_t *work = arg;
    til_status_t status = TIL_OK;

    for (size_t g = begin; g < end && status == TIL_OK; g++)
        status = fit_gene(ctx, work, g, &work->spaces[worker]);
    return status;
}

til_status_t til_linear_fit(til_ctx_t *ctx, const til_linear_t *model, const til_linear_job_t *job)
{
    til_status_t status = TIL_OK;
    size_t n_workers = (size_t)ctx->n_threads;
    fit_work_t work = { model, job, til_array_zero(n_workers, sizeof(space_t)) };

    if (work.spaces == NULL) return til_no_memory(ctx, n_workers, "workers");
    for (size_t i = 0; i < n_workers; i++) TIL_TRY(space_init(ctx, model, &work.spaces[i]));
    TIL_TRY(til_parallel_for(ctx, job->n_genes, GRAIN, fit_range, &work));

done:
    for (size_t i = 0; i < n_workers; i++) space_clear(&work.spaces[i]);
    free(work.spaces);
    return status;
}

til_status_t til_linear_space_new(til_ctx_t *ctx, const til_linear_t *model,
                                  til_linear_space_t **out)
{
    til_status_t status;

    *out = til_array_zero(1, sizeof **out);
    if (*out == NULL) return til_no_memory(ctx, 1, "workspace");
    status = space_init(ctx, model, *out);
    if (status != TIL_OK) {
        til_linear_space_free(*out);
        *out = NULL;
    }
    return status;
}

void til_linear_space_free(til_linear_space_t *space)
{
    if (space != NULL) space_clear(space);
    free(space);
}

bool til_linear_fit_one(const til_linear_t *model, til_linear_space_t *space, const double *y,
                        const double *w, double *residual, double *leverage)
{
    const til_nb_plan_t *plan = &model->plan;

    sum_groups(model, y, w, space);
    if (plan->by_group) {
        for (size_t g = 0; g < plan->n_groups; g++)
            space->fitted[g] = space->total[g] / space->weight[g];
    } else {
        if (!til_gram_factor(plan, &space->gram, space->weight, 0)) return false;
        cross(plan, space->total, space->beta);
        til_gram_solve(plan, &space->gram, space->beta);
        fit_groups(plan, space->beta, space->fitted);
    }
    /* T_g is used up: its place takes the leverages of a unit weight */
    for (size_t g = 0; g < plan->n_groups; g++)
        space->total[g] = plan->by_group ? 1 / space->weight[g]
                                         : til_gram_leverage(plan, &space->gram, g);
    for (size_t s = 0; s < model->n; s++) {
        residual[s] = y[s] - space->fitted[model->group[s]];
        leverage[s] = w[s] * space->total[model->group[s]];
    }
    return true;
}
