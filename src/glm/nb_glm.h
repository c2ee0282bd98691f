/* nb_glm.h -- negative binomial regression of one gene at a given dispersion, by maximum
 * likelihood: the fit under edgeR's tests. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_NB_GLM_H
#define TIL_GLM_NB_GLM_H

#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/matrix.h>

#include "glm/design_plan.h"

/* Memory for fits of one plan; one per thread, no fit allocates. Samples are in plan order, padded
 * to n_padded. */
typedef struct {
    const til_nb_plan_t *plan;
    til_gram_t gram;
    double *y, *exposure, *log_exposure; /* the gene at hand: counts, effective libraries   */
    double *mu, *trial_mu, *log_mu;      /* means; 0 for a group of samples without counts       */
    double *group_weight, *group_slope;
    double *beta, *trial, *slope, *step, *ridge; /* p: natural logs                          */
} til_nb_glm_t;

/* One workspace per thread (ctx->n_threads). `out` is NULL unless TIL_OK; free takes NULL. */
TIL_MUST_USE
til_status_t til_nb_glms_new(til_ctx_t *ctx, const til_nb_plan_t *plan, til_nb_glm_t **out);
void til_nb_glms_free(til_nb_glm_t *glms, int n);

/* Brings a gene in: counts and exposures (> 0) in sample order; `prior` is NULL, or counts added to
 * those of each sample, twice to its exposure. */
void til_nb_glm_load(til_nb_glm_t *glm, const double *counts, const double *exposure,
                     const double *prior);

/* Fits the gene at hand; leaves mu and beta (-Inf or far out where a group has no counts).
 * dispersion >= 0. `start` is NULL, or the beta (p) of a similar fit to begin from. */
void til_nb_glm_fit(til_nb_glm_t *glm, double dispersion, const double *start);

double til_nb_glm_deviance(const til_nb_glm_t *glm, double dispersion);

/* Factors X'WX at the means of the last fit, W = mu / (1 + dispersion mu), group weights kept, with
 * a ridge too small to see where it would be singular. */
void til_nb_glm_factor(til_nb_glm_t *glm, double dispersion);

/* Log likelihood less half the log determinant of X'WX (Cox and Reid) at the last fit. */
double til_nb_glm_adjusted_loglik(til_nb_glm_t *glm, double dispersion);

/* Twice the log likelihood that a count y lacks at mean mu; both >= 0. */
double til_nb_unit_deviance(double y, double mu, double dispersion);

/* prior[s] = prior_count exposure[s] / mean exposure. */
void til_nb_prior_counts(size_t n, const double *exposure, double prior_count, double *prior);

/* Mean log2 count per million of every gene: one mean for all samples at this dispersion, two
 * prior counts (edgeR aveLogCPM). out: n_rows. */
TIL_MUST_USE
til_status_t til_nb_average_log_cpm(til_ctx_t *ctx, const til_matrix_t *counts,
                                    const double *exposure, double dispersion, double *out);

/* One dispersion for the chosen genes: the largest sum of adjusted log likelihoods over genes with
 * at least 5 counts (edgeR estimateGLMCommonDisp). TIL_ENUMERIC where there is none. */
TIL_MUST_USE
til_status_t til_nb_common_dispersion(til_ctx_t *ctx, til_nb_glm_t *glms,
                                      const til_matrix_t *counts, const double *exposure,
                                      const size_t *gene, size_t n_genes, double *dispersion);

#endif
