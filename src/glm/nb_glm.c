/* nb_glm.c -- maximum likelihood for log-linear means of negative binomial counts.
 *
 * Var y = mu + phi mu^2, log mu = log exposure + x' beta. Fisher scoring,
 *
 *     (X'WX + lambda I) step = X' (y - mu) / (1 + phi mu),     W = mu / (1 + phi mu),
 *
 * lambda growing until the deviance falls (Levenberg), over the groups of equal design rows, arrow
 * shaped where the design is (glm/design_plan.c). A design with as many groups as coefficients
 * needs only one mean per group, each by Newton's method.
 *
 * Source: McCarthy, Chen & Smyth (2012), Nucleic Acids Res 40:4288.
 * Agrees: edgeR 4.5.1 glmFit(), aveLogCPM(), adjustedProfileLik(), estimateGLMCommonDisp().
 * Differs: fits run on to 1e-9 of log likelihood, edgeR's stop at 1e-6.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "glm/nb_glm.h"
#include "glm/nb_kernel.h"
#include "math/optimise.h"

static const double TOL_FIT = 1e-9, TOL_GROUP = 1e-10, ROUNDING = 1e-14;
static const double MAX_DAMPING = 1e13; /* of the largest information */
static const double TINY = 1e-8;        /* keeps logs of 0 away       */
static const double POISSON_LIKE = 1e-4, GAMMA_LIKE = 1e6;
static const double MIN_TOTAL = 5; /* counts of a gene that tells of the dispersion */
static const double MAX_DISPERSION = 4, TOL_DISPERSION = 1e-5; /* of its fourth root    */
static const double ALMOST_POISSON = 1e-12;
static const double PRIOR_COUNT = 2, LN2 = 0.693147180559945309417232121458;
/* The mean of samples without counts is wherever the fit stopped on its way to 0, whatever the
 * dispersion: their part of the determinant is a constant. */
static const double NO_WEIGHT = 1e-5;
enum { MAX_FIT = 250, MAX_GROUP = 50, GRAIN = 64 };

/* ---- memory ---- */

static void glm_clear(til_nb_glm_t *glm)
{
    double *owned[] = { glm->y,          glm->exposure, glm->log_exposure, glm->mu,
                        glm->trial_mu,   glm->log_mu,   glm->beta,         glm->trial,
                        glm->slope,      glm->step,     glm->ridge,        glm->group_weight,
                        glm->group_slope };

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
    til_gram_clear(&glm->gram);
}

void til_nb_glms_free(til_nb_glm_t *glms, int n)
{
    for (int i = 0; glms != NULL && i < n; i++) glm_clear(&glms[i]);
    free(glms);
}

static til_status_t glm_init(til_ctx_t *ctx, const til_nb_plan_t *plan, til_nb_glm_t *out)
{
    double **per_sample[] = { &out->y,  &out->exposure, &out->log_exposure,
                              &out->mu, &out->trial_mu, &out->log_mu };
    double **per_coef[] = { &out->beta, &out->trial, &out->slope, &out->step, &out->ridge };
    bool failed = false;

    out->plan = plan;
    for (size_t i = 0; i < sizeof per_sample / sizeof *per_sample; i++)
        failed |= (*per_sample[i] = til_array_zero(plan->n_padded, sizeof(double))) == NULL;
    for (size_t i = 0; i < sizeof per_coef / sizeof *per_coef; i++)
        failed |= (*per_coef[i] = til_array_zero(plan->p, sizeof(double))) == NULL;
    out->group_weight = til_array_zero(plan->n_groups, sizeof(double));
    out->group_slope = til_array_zero(plan->n_groups, sizeof(double));
    if (failed || out->group_weight == NULL || out->group_slope == NULL)
        return til_no_memory(ctx, plan->n_padded, "samples of a fit");
    return til_gram_init(ctx, plan, &out->gram);
}

til_status_t til_nb_glms_new(til_ctx_t *ctx, const til_nb_plan_t *plan, til_nb_glm_t **out)
{
    til_status_t status = TIL_OK;
    int n = ctx->n_threads;

    *out = til_array_zero((size_t)n, sizeof **out);
    if (*out == NULL) return til_no_memory(ctx, (size_t)n, "threads");
    for (int i = 0; i < n && status == TIL_OK; i++) status = glm_init(ctx, plan, &(*out)[i]);
    if (status == TIL_OK) return TIL_OK;
    til_nb_glms_free(*out, n);
    *out = NULL;
    return status;
}

void til_nb_glm_load(til_nb_glm_t *glm, const double *counts, const double *exposure,
                     const double *prior)
{
    const til_nb_plan_t *plan = glm->plan;

    for (size_t i = 0; i < plan->n; i++) {
        size_t s = plan->order[i];
        glm->y[i] = counts[s] + (prior == NULL ? 0 : prior[s]);
        glm->exposure[i] = exposure[s] + (prior == NULL ? 0 : 2 * prior[s]);
        glm->log_exposure[i] = log(glm->exposure[i]);
    }
}

void til_nb_prior_counts(size_t n, const double *exposure, double prior_count, double *prior)
{
    double mean = 0;

    for (size_t s = 0; s < n; s++) mean += exposure[s] / (double)n;
    for (size_t s = 0; s < n; s++) prior[s] = prior_count * exposure[s] / mean;
}

/* ---- deviance ---- */

double til_nb_unit_deviance(double y, double mu, double phi)
{
    double out;

    y += TINY;
    mu += TINY;
    if (phi < POISSON_LIKE) {
        double r = y - mu;
        out = y * log(y / mu) - r - 0.5 * r * r * phi * (1 + phi * (2 * r / 3 - y));
    } else if (mu * phi > GAMMA_LIKE) {
        out = ((y - mu) / mu - log(y / mu)) * mu / (1 + mu * phi);
    } else {
        out = y * log(y / mu) + (y + 1 / phi) * log((mu + 1 / phi) / (y + 1 / phi));
    }
    return fmax(2 * out, 0);
}

static double deviance_of(const til_nb_glm_t *glm, const double *mu, double phi)
{
    double sum = 0;

    for (size_t i = 0; i < glm->plan->n; i++) sum += til_nb_unit_deviance(glm->y[i], mu[i], phi);
    return sum;
}

/* ---- one mean per group ---- */

/* log rate of n counts; -Inf without any. */
static double fit_one_rate(size_t n, const double *y, const double *exposure, double phi)
{
    double ratio = 0, sum = 0, all = 0, b;

    for (size_t i = 0; i < n; i++) {
        ratio += y[i] / exposure[i] / (double)n;
        sum += y[i];
        all += exposure[i];
    }
    if (!(sum > 0)) return -INFINITY;
    if (phi == 0) return log(sum / all);
    b = log(ratio);
    for (int k = 0; k < MAX_GROUP; k++) {
        double slope = 0, info = 0, rate = exp(b);
        for (size_t i = 0; i < n; i++) {
            double mu = rate * exposure[i], scale = 1 / (1 + phi * mu);
            slope += (y[i] - mu) * scale;
            info += mu * scale;
        }
        b += slope / info;
        if (fabs(slope / info) < TOL_GROUP) break;
    }
    return b;
}

static void fit_by_group(til_nb_glm_t *glm, double phi)
{
    const til_nb_plan_t *plan = glm->plan;

    memset(glm->beta, 0, plan->p * sizeof *glm->beta);
    for (size_t g = 0; g < plan->n_groups; g++) {
        size_t begin = plan->group_begin[g], n = plan->group_begin[g + 1] - begin;
        double b = fit_one_rate(n, glm->y + begin, glm->exposure + begin, phi), rate = exp(b);
        for (size_t i = begin; i < begin + n; i++) glm->mu[i] = rate * glm->exposure[i];
        for (size_t j = 0; j < plan->p; j++)
            glm->beta[j] += plan->least_squares[j * plan->n_groups + g] * (double)n * b;
    }
}

/* ---- any design ---- */

/* Means, and what falls with the likelihood: -2 sum y log mu - (y + r) log(1 + phi mu), or the
 * deviance where r = 1 / phi is too large for it. */
static double means_of(const til_nb_glm_t *glm, const double *beta, double phi, double *mu)
{
    const til_nb_plan_t *plan = glm->plan;

    for (size_t g = 0; g < plan->n_groups; g++) {
        double eta = til_nb_plan_predict(plan, g, beta), rate = exp(eta);
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++) {
            mu[i] = rate * glm->exposure[i];
            glm->log_mu[i] = glm->log_exposure[i] + eta;
        }
    }
    return phi < POISSON_LIKE ? deviance_of(glm, mu, phi)
                              : -2 * til_nb_loglik_mu(plan->n_padded, glm->y, mu, glm->log_mu, phi);
}

/* The coefficients nearest to one rate for all samples. */
static void start_from_one_rate(til_nb_glm_t *glm, double phi)
{
    const til_nb_plan_t *plan = glm->plan;
    double sum = 0, weight = 0;

    for (size_t i = 0; i < plan->n; i++) {
        double scale = 1 / (1 + phi * glm->exposure[i]);
        sum += glm->y[i] * scale;
        weight += glm->exposure[i] * scale;
    }
    memset(glm->beta, 0, plan->p * sizeof *glm->beta);
    for (size_t g = 0; g < plan->n_groups; g++) {
        double n = (double)(plan->group_begin[g + 1] - plan->group_begin[g]);
        for (size_t j = 0; j < plan->p; j++)
            glm->beta[j] += plan->least_squares[j * plan->n_groups + g] * n * log(sum / weight);
    }
}

/* Group weights and the slope of the log likelihood; the largest information of a coefficient. */
static double weigh(til_nb_glm_t *glm, double phi)
{
    const til_nb_plan_t *plan = glm->plan;
    double most = 0;

    for (size_t g = 0; g < plan->n_groups; g++) {
        double weight = 0, slope = 0;
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++) {
            double scale = 1 / (1 + phi * glm->mu[i]);
            weight += glm->mu[i] * scale;
            slope += (glm->y[i] - glm->mu[i]) * scale;
        }
        glm->group_weight[g] = weight;
        glm->group_slope[g] = slope;
    }
    for (size_t j = 0; j < plan->p; j++) {
        double info = 0;
        glm->slope[j] = 0;
        for (size_t k = plan->column_begin[j]; k < plan->column_begin[j + 1]; k++) {
            const til_plan_entry_t *e = &plan->by_column[k];
            info += e->value * e->value * glm->group_weight[e->at];
            glm->slope[j] += e->value * glm->group_slope[e->at];
        }
        most = fmax(most, info);
    }
    return most;
}

/* Factors with at least the damping given, more where it must; the damping used. */
static double factor_damped(til_nb_glm_t *glm, double lambda)
{
    for (;; lambda = fmax(10 * lambda, 1e-100)) {
        for (size_t j = 0; j < glm->plan->p; j++) glm->ridge[j] = lambda;
        if (til_gram_factor(glm->plan, &glm->gram, glm->group_weight, glm->ridge)) return lambda;
        if (!(lambda < INFINITY)) return lambda;
    }
}

/* Beta and means a step on, in `trial`; what the step should gain, and what it reaches. */
static double find_step(til_nb_glm_t *glm, double phi, double *reached)
{
    double gain = 0;

    memcpy(glm->step, glm->slope, glm->plan->p * sizeof *glm->step);
    til_gram_solve(glm->plan, &glm->gram, glm->step);
    for (size_t j = 0; j < glm->plan->p; j++) {
        glm->trial[j] = glm->beta[j] + glm->step[j];
        gain += glm->slope[j] * glm->step[j];
    }
    *reached = means_of(glm, glm->trial, phi, glm->trial_mu);
    return gain;
}

static void accept(til_nb_glm_t *glm)
{
    double *beta = glm->beta, *mu = glm->mu;

    glm->beta = glm->trial;
    glm->trial = beta;
    glm->mu = glm->trial_mu;
    glm->trial_mu = mu;
}

static void fit_any(til_nb_glm_t *glm, double phi, const double *from)
{
    double lambda = 0, at;

    if (from != NULL) memcpy(glm->beta, from, glm->plan->p * sizeof *from);
    else start_from_one_rate(glm, phi);
    at = means_of(glm, glm->beta, phi, glm->mu);
    for (int k = 0; k < MAX_FIT; k++) {
        double info = weigh(glm, phi), gain, reached;
        bool damped = false;
        if (k == 0) lambda = fmax(1e-6 * info, 1e-13);
        for (;; damped = true, lambda *= 2) {
            if (!(lambda <= MAX_DAMPING * info)) return;
            lambda = factor_damped(glm, lambda);
            gain = find_step(glm, phi, &reached);
            bool is_better = reached <= at + ROUNDING * fabs(at);
            if (is_better) {
                accept(glm);
                at = reached;
            }
            if (gain < TOL_FIT) return;
            if (is_better) break;
        }
        if (!damped) lambda /= 10;
    }
}

void til_nb_glm_fit(til_nb_glm_t *glm, double dispersion, const double *start)
{
    double total = 0;

    for (size_t i = 0; i < glm->plan->n; i++) total += glm->y[i];
    if (!(total > 0)) {
        memset(glm->mu, 0, glm->plan->n_padded * sizeof *glm->mu);
        memset(glm->beta, 0, glm->plan->p * sizeof *glm->beta);
    } else if (glm->plan->by_group) {
        fit_by_group(glm, dispersion);
    } else {
        fit_any(glm, dispersion, start);
    }
}

double til_nb_glm_deviance(const til_nb_glm_t *glm, double dispersion)
{
    return deviance_of(glm, glm->mu, dispersion);
}

/* ---- what follows from a fit ---- */

static void factor_weights(til_nb_glm_t *glm, double info)
{
    if (!til_gram_factor(glm->plan, &glm->gram, glm->group_weight, NULL))
        factor_damped(glm, 1e-12 * info);
}

void til_nb_glm_factor(til_nb_glm_t *glm, double dispersion)
{
    double info = weigh(glm, dispersion);

    factor_weights(glm, info);
}

double til_nb_glm_adjusted_loglik(til_nb_glm_t *glm, double dispersion)
{
    size_t n = glm->plan->n_padded;
    double phi = fmax(dispersion, ALMOST_POISSON);

    double info = weigh(glm, dispersion);
    for (size_t g = 0; g < glm->plan->n_groups; g++)
        glm->group_weight[g] = fmax(glm->group_weight[g], NO_WEIGHT);
    factor_weights(glm, info);
    for (size_t i = 0; i < n; i++) glm->log_mu[i] = glm->mu[i] > 0 ? log(glm->mu[i]) : 0;
    return til_nb_loglik_mu(n, glm->y, glm->mu, glm->log_mu, phi) +
           til_nb_loglik_constant(n, glm->y, phi) - til_gram_log_det(glm->plan, &glm->gram) / 2;
}

til_status_t til_nb_average_log_cpm(til_ctx_t *ctx, const til_matrix_t *counts,
                                    const double *exposure, double dispersion, double *out)
{
    size_t n = counts->n_cols;
    double *space = til_array(3 * n, sizeof *space);

    if (space == NULL) return til_no_memory(ctx, n, "samples");
    double *prior = space, *y = space + n, *with_prior = space + 2 * n;
    til_nb_prior_counts(n, exposure, PRIOR_COUNT, prior);
    for (size_t s = 0; s < n; s++) with_prior[s] = exposure[s] + 2 * prior[s];
    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        for (size_t s = 0; s < n; s++) y[s] = k[s] + prior[s];
        out[g] = (fit_one_rate(n, y, with_prior, dispersion) + log(1e6)) / LN2;
    }
    free(space);
    return TIL_OK;
}

/* ---- one dispersion for many genes ---- */

typedef struct {
    til_ctx_t *ctx;
    til_nb_glm_t *glms;
    const til_matrix_t *counts;
    const double *exposure;
    size_t *gene, n;
    double dispersion, *loglik; /* n */
    double *beta;               /* n x p: where the next dispersion begins */
    bool is_begun;
    til_status_t status;
} common_t;

static til_status_t adjusted_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    common_t *job = arg;
    til_nb_glm_t *glm = &job->glms[worker];

    (void)ctx;
    for (size_t i = begin; i < end; i++) {
        til_nb_glm_load(glm, til_matrix_row(job->counts, job->gene[i]), job->exposure, NULL);
        til_nb_glm_fit(glm, job->dispersion, job->is_begun ? job->beta + i * glm->plan->p : NULL);
        memcpy(job->beta + i * glm->plan->p, glm->beta, glm->plan->p * sizeof *glm->beta);
        job->loglik[i] = til_nb_glm_adjusted_loglik(glm, job->dispersion);
    }
    return TIL_OK;
}

/* The dispersion goes by its fourth root. */
static double minus_adjusted_loglik(double root, void *arg)
{
    common_t *job = arg;
    double sum = 0;

    job->dispersion = root * root * root * root;
    if (job->status == TIL_OK)
        job->status = til_parallel_for(job->ctx, job->n, GRAIN, adjusted_range, job);
    if (job->status != TIL_OK) return 0;
    job->is_begun = true;
    for (size_t i = 0; i < job->n; i++) sum += job->loglik[i];
    return -sum;
}

til_status_t til_nb_common_dispersion(til_ctx_t *ctx, til_nb_glm_t *glms,
                                      const til_matrix_t *counts, const double *exposure,
                                      const size_t *gene, size_t n_genes, double *dispersion)
{
    til_status_t status = TIL_OK;
    common_t job = { .ctx = ctx, .glms = glms, .counts = counts, .exposure = exposure };

    job.gene = til_array(n_genes, sizeof *job.gene);
    job.loglik = til_array(n_genes, sizeof *job.loglik);
    job.beta = til_array(n_genes * glms->plan->p, sizeof *job.beta);
    if (job.gene == NULL || job.loglik == NULL || job.beta == NULL)
        TIL_TRY(til_no_memory(ctx, n_genes, "features"));
    for (size_t i = 0; i < n_genes; i++) {
        const double *k = til_matrix_row(counts, gene[i]);
        double total = 0;
        for (size_t s = 0; s < counts->n_cols; s++) total += k[s];
        if (total >= MIN_TOTAL) job.gene[job.n++] = gene[i];
    }
    if (job.n == 0)
        TIL_TRY(til_fail(ctx, TIL_ENUMERIC,
                         "%s: no feature with %g counts to estimate a dispersion from",
                         counts->origin, MIN_TOTAL));
    double root = til_fmin(minus_adjusted_loglik, &job, 0, sqrt(sqrt(MAX_DISPERSION)),
                           TOL_DISPERSION);
    TIL_TRY(job.status);
    *dispersion = root * root * root * root;

done:
    free(job.gene);
    free(job.loglik);
    free(job.beta);
    return status;
}
