/* nb_coef.c -- coefficients of a negative binomial GLM with log link and known dispersion.
 *
 * Weighted least squares, repeated: with mu = nf exp(X beta), not below 0.5,
 *
 *     W = mu / (1 + alpha mu)      z = log(mu / nf) + (y - mu) / mu
 *     beta <- (X'WX + R)^-1 X'Wz            R = diag(prior precision), 1e-6 / log(2)^2 if none
 *
 * from the least squares fit of log(y / nf + 0.1), until the deviance changes by less than 1e-8
 * of itself. Where a coefficient passes 30 or 100 rounds do not do, the penalised likelihood
 * is minimised on the log2 scale by L-BFGS-B within +-30. With A = X'WX,
 *
 *     var beta = (A + R)^-1 A (A + R)^-1
 *     var c'beta = c'u - u'Ru        u = (A + R)^-1 c
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550.
 * Agrees:  DESeq2 1.38.3 nbinomWaldTest(): coefficients and errors to 1e-5, fallback rows to 0.01
 *          standard errors (tests/shared/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "math/optimise.h"
#include "glm/nb_fit.h"
#include "glm/nb_kernel.h"

#define TOL_DEVIANCE 1e-8
#define LARGE        30.0 /* for a coefficient, natural logs here, log2 in the fallback */
#define LN2          0.693147180559945309417232121458
#define LOG_ROOT_2PI 0.918938533204672741780329736406

static void sum_groups(const til_nb_plan_t *plan, const double *x, double *sum)
{
    for (size_t g = 0; g < plan->n_groups; g++) {
        sum[g] = 0;
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++) sum[g] += x[i];
    }
}

/* eta and exp(eta) of each sample, eta = unit * x'beta. */
static void predict(til_nb_work_t *work, const double *beta, double unit)
{
    const til_nb_plan_t *plan = work->plan;

    for (size_t g = 0; g < plan->n_groups; g++) {
        double eta = unit * til_nb_plan_predict(plan, g, beta), exp_eta = exp(eta);
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++) {
            work->eta[i] = eta;
            work->exp_eta[i] = exp_eta;
        }
    }
}

/* work->mu and log_mu from eta. */
static void scale_means(til_nb_work_t *work)
{
    for (size_t i = 0; i < work->plan->n; i++) {
        work->mu[i] = work->nf[i] * work->exp_eta[i];
        work->log_mu[i] = work->log_nf[i] + work->eta[i];
    }
}

/* coef (p) of the unweighted fit to x (samples). */
static void fit_unweighted(til_nb_work_t *work, const double *x, double *coef)
{
    const til_nb_plan_t *plan = work->plan;

    sum_groups(plan, x, work->group_sum);
    for (size_t j = 0; j < plan->p; j++) {
        const double *solve = plan->least_squares + j * plan->n_groups;
        coef[j] = 0;
        for (size_t g = 0; g < plan->n_groups; g++) coef[j] += solve[g] * work->group_sum[g];
    }
}

void til_nb_linear_mu(til_nb_work_t *work, bool scaled)
{
    const til_nb_plan_t *plan = work->plan;

    for (size_t i = 0; i < plan->n; i++) work->spare[i] = work->y[i] / work->nf[i];
    if (plan->by_group) {
        sum_groups(plan, work->spare, work->group_sum);
        for (size_t g = 0; g < plan->n_groups; g++)
            work->group_sum[g] /= (double)(plan->group_begin[g + 1] - plan->group_begin[g]);
    } else {
        fit_unweighted(work, work->spare, work->step);
        for (size_t g = 0; g < plan->n_groups; g++)
            work->group_sum[g] = til_nb_plan_predict(plan, g, work->step);
    }
    for (size_t g = 0; g < plan->n_groups; g++)
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++)
            work->mu[i] = work->group_sum[g] * (scaled ? work->nf[i] : 1);
}

/* One pass at the eta in `work`: weights, working response; returns the moving part of the log
 * likelihood. */
static double pass_at_eta(til_nb_work_t *work, double alpha)
{
    til_nb_pass_t pass = { .y = work->y,
                           .nf = work->nf,
                           .log_nf = work->log_nf,
                           .floor = work->floor,
                           .eta = work->eta,
                           .exp_eta = work->exp_eta,
                           .alpha = alpha,
                           .log_floor = log(TIL_NB_MIN_MU),
                           .weight = work->weight,
                           .weight_z = work->weight_z };
    return til_nb_pass(work->plan->n_padded, &pass);
}

/* step <- (X'WX + R)^-1 X'Wz. */
static bool solve_weighted(til_nb_work_t *work)
{
    const til_nb_plan_t *plan = work->plan;

    sum_groups(plan, work->weight, work->group_weight);
    if (!til_gram_factor(plan, &work->gram, work->group_weight, work->ridge)) return false;
    sum_groups(plan, work->weight_z, work->group_sum);
    for (size_t j = 0; j < plan->p; j++) {
        work->step[j] = 0;
        for (size_t k = plan->column_begin[j]; k < plan->column_begin[j + 1]; k++)
            work->step[j] += plan->by_column[k].value * work->group_sum[plan->by_column[k].at];
    }
    til_gram_solve(plan, &work->gram, work->step);
    return true;
}

static bool any_beyond(size_t n, const double *x, double limit)
{
    for (size_t j = 0; j < n; j++)
        if (!(fabs(x[j]) <= limit)) return true;
    return false;
}

/* Weighted least squares from work->start; returns the rounds, TIL_NB_MAX_STEPS for giving up. The
 * weights left are those of the last means accepted. */
static int iterate(til_nb_work_t *work, double alpha, double constant)
{
    double deviance, before = 0;

    memcpy(work->beta, work->start, work->plan->p * sizeof *work->beta);
    predict(work, work->start, 1);
    (void)pass_at_eta(work, alpha);
    for (int t = 0; t < TIL_NB_MAX_STEPS; t++) {
        if (!solve_weighted(work)) return TIL_NB_MAX_STEPS;
        memcpy(work->beta, work->step, work->plan->p * sizeof *work->beta);
        if (any_beyond(work->plan->p, work->beta, LARGE)) return TIL_NB_MAX_STEPS;
        predict(work, work->beta, 1);
        deviance = -2 * (constant + pass_at_eta(work, alpha));
        double change = fabs(deviance - before) / (fabs(deviance) + 0.1);
        if (isnan(change)) return TIL_NB_MAX_STEPS;
        if (t > 0 && change < TOL_DEVIANCE) return t + 1;
        before = deviance;
    }
    return TIL_NB_MAX_STEPS;
}

typedef struct {
    til_nb_work_t *work;
    double alpha, constant;
} objective_t;

/* Minus log posterior of coefficients in log2 units. */
static double minus_log_posterior(size_t n, const double *x, void *arg)
{
    objective_t *o = arg;
    const double *precision = o->work->precision;
    double prior = 0;

    predict(o->work, x, LN2);
    scale_means(o->work);
    for (size_t j = 0; j < n; j++)
        prior += 0.5 * log(precision[j]) - LOG_ROOT_2PI - 0.5 * precision[j] * x[j] * x[j];
    double value = -(o->constant + prior +
                     til_nb_loglik_mu(o->work->plan->n_padded, o->work->y, o->work->mu,
                                      o->work->log_mu, o->alpha));
    return isfinite(value) ? value : 1e300;
}

/* Central differences of minus_log_posterior. Moving one coefficient moves only the samples of the
 * groups it is part of; with b = exp(eta below), a = exp(eta above), a term changes by
 * y (eta_a - eta_b) - (y + r) log1p(alpha nf (a - b) / (1 + alpha nf b)). */
static void differences(size_t n, const double *x, const double *up, const double *down, void *arg,
                        double *slope)
{
    objective_t *o = arg;
    til_nb_work_t *work = o->work;
    const til_nb_plan_t *plan = work->plan;
    double alpha = o->alpha, r = 1 / alpha;

    predict(work, x, LN2);
    for (size_t j = 0; j < n; j++) {
        double gain = -0.5 * work->precision[j] * (up[j] + down[j]) * (2 * x[j] + up[j] - down[j]);
        for (size_t k = plan->column_begin[j]; k < plan->column_begin[j + 1]; k++) {
            size_t g = plan->by_column[k].at;
            double row = plan->by_column[k].value;
            size_t begin = plan->group_begin[g], end = plan->group_begin[g + 1];
            double apart = row * LN2 * (up[j] + down[j]);
            double below = exp(work->eta[begin] - row * LN2 * down[j]);
            double rise = below * expm1(apart);
            for (size_t i = begin; i < end; i++)
                gain += work->y[i] * apart -
                        (work->y[i] + r) *
                            log1p(alpha * work->nf[i] * rise / (1 + alpha * work->nf[i] * below));
        }
        slope[j] = -gain / (up[j] + down[j]);
    }
}

/* Weights with the floored means of work->mu, and X'WX factored from them. */
static bool factor_at_mu(til_nb_work_t *work, double alpha, double floor_mu)
{
    const til_nb_plan_t *plan = work->plan;

    for (size_t i = 0; i < plan->n; i++) {
        double mu = fmax(work->mu[i], floor_mu);
        work->weight[i] = mu / (1 + alpha * mu);
    }
    sum_groups(plan, work->weight, work->group_weight);
    return til_gram_factor(plan, &work->gram, work->group_weight,
                           work->is_ridged ? work->ridge : NULL);
}

/* The fallback; its log likelihood is taken at the floored means, as DESeq2 does. */
static void fall_back(til_nb_work_t *work, double alpha, double constant, til_nb_coef_fit_t *fit)
{
    size_t p = work->plan->p;
    objective_t objective = { work, alpha, constant };
    double value;

    for (size_t j = 0; j < p; j++) {
        work->beta[j] /= LN2;
        work->bounds[j] = -LARGE;
        work->bounds[p + j] = LARGE;
    }
    if (any_beyond(p, work->beta, LARGE)) memcpy(work->beta, work->start, p * sizeof *work->beta);
    fit->converged = til_lbfgsb_sloped(minus_log_posterior, differences, &objective, p, work->beta,
                                       work->bounds, work->bounds + p, work->optim, &value);

    for (size_t j = 0; j < p; j++) work->beta[j] *= LN2;
    predict(work, work->beta, 1);
    scale_means(work);
    for (size_t i = 0; i < work->plan->n; i++) {
        work->spare[i] = fmax(work->mu[i], TIL_NB_MIN_MU);
        work->log_mu[i] = log(work->spare[i]);
    }
    for (size_t i = work->plan->n; i < work->plan->n_padded; i++) work->spare[i] = 0;
    fit->loglik = constant +
                  til_nb_loglik_mu(work->plan->n_padded, work->y, work->spare, work->log_mu, alpha);
    (void)factor_at_mu(work, alpha, TIL_NB_MIN_MU);
}

static void store_hat(til_nb_work_t *work)
{
    const til_nb_plan_t *plan = work->plan;

    for (size_t g = 0; g < plan->n_groups; g++) {
        double leverage = til_gram_leverage(plan, &work->gram, g);
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++)
            work->hat[i] = work->weight[i] * leverage;
    }
}

/* ~1 has a closed form, which DESeq2 uses without floor and ridge. */
static til_nb_coef_fit_t fit_mean(til_nb_work_t *work, double alpha, double constant)
{
    const til_nb_plan_t *plan = work->plan;
    til_nb_coef_fit_t fit = { .n_iter = 1, .converged = true };
    double sum = 0;

    for (size_t i = 0; i < plan->n; i++) sum += work->y[i] / work->nf[i];
    work->beta[0] = log(sum / (double)plan->n);
    predict(work, work->beta, 1);
    scale_means(work);
    work->is_ridged = false;
    (void)factor_at_mu(work, alpha, 0);
    store_hat(work);
    fit.loglik = constant +
                 til_nb_loglik_mu(plan->n_padded, work->y, work->mu, work->log_mu, alpha);
    return fit;
}

til_nb_coef_fit_t til_nb_fit_coef(til_nb_work_t *work, double alpha)
{
    const til_nb_plan_t *plan = work->plan;
    double constant = til_nb_loglik_constant(plan->n_padded, work->y, alpha);
    til_nb_coef_fit_t fit = { 0 };

    if (plan->just_intercept && !work->has_prior) return fit_mean(work, alpha, constant);
    work->is_ridged = true;
    for (size_t i = 0; i < plan->n; i++) work->spare[i] = log(work->y[i] / work->nf[i] + 0.1);
    fit_unweighted(work, work->spare, work->start);

    fit.n_iter = iterate(work, alpha, constant);
    fit.converged = fit.n_iter < TIL_NB_MAX_STEPS;
    sum_groups(plan, work->weight, work->group_weight);
    (void)til_gram_factor(plan, &work->gram, work->group_weight, work->ridge);
    store_hat(work);
    if (!fit.converged) {
        fall_back(work, alpha, constant, &fit);
        return fit;
    }
    predict(work, work->beta, 1);
    scale_means(work);
    fit.loglik = constant +
                 til_nb_loglik_mu(plan->n_padded, work->y, work->mu, work->log_mu, alpha);
    return fit;
}

double til_nb_standard_error(til_nb_work_t *work, const double *contrast)
{
    size_t p = work->plan->p;
    double var = 0;

    memcpy(work->step, contrast, p * sizeof *work->step);
    til_gram_solve(work->plan, &work->gram, work->step);
    for (size_t j = 0; j < p; j++) {
        var += contrast[j] * work->step[j];
        if (work->is_ridged) var -= work->ridge[j] * work->step[j] * work->step[j];
    }
    return sqrt(fmax(var, 0));
}
