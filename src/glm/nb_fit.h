/* nb_fit.h -- one gene at a time: its dispersion given means, its coefficients given dispersion.
 *
 * Follows DESeq2 iterate by iterate: its searches stop on their own rules, short of the optimum,
 * and an exact optimum would be another answer.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_NB_FIT_H
#define TIL_GLM_NB_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#include "glm/design_plan.h"

#define TIL_NB_MIN_DISPERSION 1e-8
#define TIL_NB_MIN_MU         0.5 /* means are not taken below this in weights         */

/* The largest dispersion considered, max(10, samples). */
double til_nb_max_dispersion(size_t n_samples);

/* Memory for fits of one plan; one per thread, no fit allocates. Arrays over samples are in plan
 * order and padded to n_padded. */
typedef struct {
    const til_nb_plan_t *plan;
    til_gram_t gram;
    double *y, *nf, *log_nf; /* the gene at hand: counts, size factors and their logs */
    double *floor;           /* TIL_NB_MIN_MU for samples, 0 for padding               */
    double *mu;              /* means                                                  */
    double *hat;             /* diagonal of the hat matrix                             */
    double *weight, *weight_z, *eta, *exp_eta, *log_mu, *spare;
    double *group_weight, *group_sum; /* n_groups                                       */
    double *beta, *start, *step;      /* p: natural log scale                           */
    double *precision, *ridge; /* p: of the prior on a coefficient, per squared log2 unit and per
                                   squared natural unit                                   */
    bool has_prior;            /* set by til_nb_work_set_prior                           */
    bool is_ridged;            /* the last fit used `ridge`                              */
    double *bounds, *optim;    /* of the fallback optimiser                              */
} til_nb_work_t;

TIL_MUST_USE
til_status_t til_nb_work_init(til_ctx_t *ctx, const til_nb_plan_t *plan, til_nb_work_t *out);
void til_nb_work_clear(til_nb_work_t *work);

/* A normal prior of mean 0 on the coefficients; p variances, log2 scale. Without it they have the
 * tiny ridge of DESeq2, a variance of 1e6. */
void til_nb_work_set_prior(til_nb_work_t *work, const double *variance);

/* Brings a gene in: counts in sample order; factors in sample order, > 0. The factors are kept
 * when `factors` is NULL (those of the last gene, for size factors that do not depend on it). */
void til_nb_work_load(til_nb_work_t *work, const double *counts, const double *factors);

/* A normal prior on log dispersion. */
typedef struct {
    double log_mean, variance;
} til_nb_prior_t;

typedef struct {
    double log_alpha;
    double first, last; /* log posterior at the start and at the end */
    int n_steps;        /* TIL_NB_MAX_STEPS: gave up                 */
} til_nb_search_t;

enum { TIL_NB_MAX_STEPS = 100 };

/* Climbs the Cox-Reid adjusted profile likelihood of log dispersion, plus the prior where not
 * NULL, from log_alpha, with work->mu as means (DESeq2 fitDisp). */
til_nb_search_t til_nb_search_dispersion(til_nb_work_t *work, double log_alpha,
                                         const til_nb_prior_t *prior);

/* The best of a grid over log dispersion, then of a finer one (DESeq2 fitDispGrid). */
double til_nb_grid_dispersion(til_nb_work_t *work, const til_nb_prior_t *prior);

typedef struct {
    int n_iter;     /* of weighted least squares; TIL_NB_MAX_STEPS: gave up      */
    bool converged; /* in the end, the fallback optimiser included               */
    double loglik;  /* log likelihood, all constants in                          */
} til_nb_coef_fit_t;

/* Coefficients of the log link GLM with a tiny ridge (DESeq2 fitBeta, then optim L-BFGS-B for
 * genes where it does not settle). Leaves in `work`: beta (natural logs), mu (not floored), hat,
 * and the factored X'WX + diag(ridge) with group_weight, for til_nb_standard_error. */
til_nb_coef_fit_t til_nb_fit_coef(til_nb_work_t *work, double alpha);

/* Standard error, natural logs, of sum_j contrast[j] beta[j] after til_nb_fit_coef. */
double til_nb_standard_error(til_nb_work_t *work, const double *contrast);

/* Means of the unweighted linear fit to normalised counts (hat matrix), times the size factor
 * when `scaled`: into work->mu. */
void til_nb_linear_mu(til_nb_work_t *work, bool scaled);

#endif
