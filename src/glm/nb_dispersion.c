/* nb_dispersion.c -- the dispersion of a gene by a line search on its adjusted profile.
 *
 * With W = diag(1 / (1/mu + alpha)) and a = log alpha, climbs
 *
 *     lp(a) = loglik(alpha; mu) - 1/2 log det X'WX  [ - (a - m)^2 / (2 v) ]
 *
 * by a <- a + kappa lp'(a), a kept within [-30, 10]. A step is taken when it gains at least
 * 1e-4 kappa lp'(a)^2 (Armijo); kappa then grows by a tenth up to 1, and is halved at every fifth
 * step taken; a step not taken halves kappa. It ends when a step taken gains less than 1e-6 or
 * a falls under log(1e-9).
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550; McCarthy, Chen & Smyth (2012) for
 *          the adjustment.
 * Agrees:  DESeq2 1.38.3 estimateDispersionsGeneEst(), estimateDispersionsMAP(): 1e-6 relative for
 *          99.5% of genes (tests/shared/test_deseq2.c); the others stop a step apart.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "math/dist.h"
#include "glm/nb_fit.h"
#include "glm/nb_kernel.h"

#define ARMIJO        1e-4
#define MIN_GAIN      1e-6
#define MIN_LOG_ALPHA (-30.0)
#define MAX_LOG_ALPHA 10.0
#define FLAT_BELOW    1e-5
#define VANISHED      log(TIL_NB_MIN_DISPERSION / 10)
enum { N_GRID = 20 };

typedef struct {
    double value, slope;
} posterior_t;

/* The Cox-Reid term and its slope in log alpha, from the weights of the samples:
 * d W / d alpha = -W^2, so that its slope is alpha/2 sum_s W_s^2 x_s' (X'WX)^-1 x_s. */
static posterior_t cox_reid(til_nb_work_t *work, double alpha)
{
    const til_nb_plan_t *plan = work->plan;
    posterior_t term = { 0, 0 };

    for (size_t g = 0; g < plan->n_groups; g++) {
        double sum[2] = { 0, 0 }, square[2] = { 0, 0 };
        size_t i = plan->group_begin[g], end = plan->group_begin[g + 1];
        for (; i + 1 < end; i += 2) {
            sum[0] += work->weight[i];
            square[0] += work->weight[i] * work->weight[i];
            sum[1] += work->weight[i + 1];
            square[1] += work->weight[i + 1] * work->weight[i + 1];
        }
        if (i < end) {
            sum[0] += work->weight[i];
            square[0] += work->weight[i] * work->weight[i];
        }
        work->group_weight[g] = sum[0] + sum[1];
        work->group_sum[g] = square[0] + square[1];
    }
    if (plan->by_group) { /* X'WX = R' diag(group weights) R with R square */
        double product = 1, log_det = plan->log_det_rows;
        for (size_t g = 0; g < plan->n_groups; g++) {
            product *= work->group_weight[g];
            if (!(product > 1e-200 && product < 1e200)) {
                log_det += log(product);
                product = 1;
            }
            term.slope += work->group_sum[g] / work->group_weight[g];
        }
        term.value = -0.5 * (log_det + log(product));
    } else {
        if (!til_gram_factor(plan, &work->gram, work->group_weight, NULL))
            return (posterior_t){ NAN, NAN };
        term.value = -0.5 * til_gram_log_det(plan, &work->gram);
        for (size_t g = 0; g < plan->n_groups; g++)
            term.slope += work->group_sum[g] * til_gram_leverage(plan, &work->gram, g);
    }
    term.slope *= 0.5 * alpha;
    return term;
}

static posterior_t posterior(til_nb_work_t *work, double log_alpha, const til_nb_prior_t *prior)
{
    double alpha = exp(log_alpha);
    til_nb_profile_t profile = til_nb_kernel_profile(work->plan->n_padded, work->y, work->mu, alpha,
                                                     work->weight);
    posterior_t sum = cox_reid(work, alpha);

    sum.value += profile.loglik;
    sum.slope += profile.slope;
    if (prior != NULL) {
        double away = log_alpha - prior->log_mean;
        sum.value -= 0.5 * away * away / prior->variance;
        sum.slope -= away / prior->variance;
    }
    return sum;
}

til_nb_search_t til_nb_search_dispersion(til_nb_work_t *work, double log_alpha,
                                         const til_nb_prior_t *prior)
{
    double a = log_alpha, kappa = 1;
    posterior_t at = posterior(work, a, prior);
    til_nb_search_t out = { .first = at.value };
    int n_taken = 0;

    while (out.n_steps < TIL_NB_MAX_STEPS) {
        out.n_steps++;
        if (a + kappa * at.slope < MIN_LOG_ALPHA) kappa = (MIN_LOG_ALPHA - a) / at.slope;
        if (a + kappa * at.slope > MAX_LOG_ALPHA) kappa = (MAX_LOG_ALPHA - a) / at.slope;

        double proposal = a + kappa * at.slope;
        posterior_t there = posterior(work, proposal, prior);
        if (!(-there.value <= -at.value - kappa * ARMIJO * at.slope * at.slope)) {
            kappa /= 2;
            continue;
        }
        double gain = there.value - at.value;
        a = proposal;
        if (gain < MIN_GAIN) {
            at = there;
            break;
        }
        if (a < VANISHED) break; /* the value kept is that of the step before */
        at = there;
        kappa = fmin(kappa * 1.1, 1);
        if (++n_taken % 5 == 0) kappa /= 2;
    }
    out.log_alpha = a;
    out.last = at.value;
    return out;
}

/* The profile as DESeq2 sums it. Where alpha is tiny the profile is flat and the terms are huge,
 * so that their rounding picks the best point of a grid: the same terms in the same order give
 * the same pick. */
static double plain_loglik(const til_nb_work_t *work, double alpha)
{
    const til_nb_plan_t *plan = work->plan;
    double r = 1 / alpha, lgamma_r = til_lgamma(r), sum = 0;

    for (size_t s = 0; s < plan->n; s++) {
        double y = work->y[plan->position[s]], mu = work->mu[plan->position[s]];
        sum += til_lgamma(y + r) - lgamma_r - y * log(mu + r) - r * log(1.0 + mu * alpha);
    }
    return sum;
}

static double grid_posterior(til_nb_work_t *work, double log_alpha, const til_nb_prior_t *prior)
{
    double alpha = exp(log_alpha);

    if (alpha > FLAT_BELOW) return posterior(work, log_alpha, prior).value;
    for (size_t i = 0; i < work->plan->n; i++) work->weight[i] = 1 / (1 / work->mu[i] + alpha);
    double value = plain_loglik(work, alpha) + cox_reid(work, alpha).value;
    if (prior != NULL)
        value -= 0.5 * (log_alpha - prior->log_mean) * (log_alpha - prior->log_mean) /
                 prior->variance;
    return value;
}

double til_nb_grid_dispersion(til_nb_work_t *work, const til_nb_prior_t *prior)
{
    double low = log(TIL_NB_MIN_DISPERSION);
    double high = log(til_nb_max_dispersion(work->plan->n));
    double step = (high - low) / (N_GRID - 1), best = low;

    for (int round = 0; round < 2; round++) {
        double best_value = -INFINITY, spacing = (high - low) / (N_GRID - 1);
        for (int i = 0; i < N_GRID; i++) {
            double a = i < N_GRID - 1 ? low + i * spacing : high;
            double value = grid_posterior(work, a, prior);
            if (value > best_value) {
                best_value = value;
                best = a;
            }
        }
        low = best - step;
        high = best + step;
    }
    return best;
}
