/* ebayes.h -- borrowing strength over genes: moderated variances, t, F and log odds (limma). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_EBAYES_H
#define TIL_GLM_EBAYES_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

/* Residual variances drawn towards a prior; all arrays have n_genes values. */
typedef struct {
    size_t n_genes;
    double *s2_prior; /* prior variance; differs between genes under a trend        */
    double *df_prior; /* prior degrees of freedom, may be Inf; lower for variance
                                   outliers when robust                                       */
    double *s2_post;  /* posterior variance                                         */
    double *df_total; /* of the moderated t: prior + residual, at most the sum of
                                   the residual degrees of all genes                          */
} til_moderated_t;

/* limma's squeezeVar().
 *
 *   variance     n_genes residual variances, >= 0 or NaN
 *   df           n_genes residual degrees of freedom, >= 0
 *   covariate    NULL, or n_genes values that the prior variance follows (mean log expression)
 *   robust       hyperparameters from winsorised variances; outliers are drawn in less
 *   out          left empty unless TIL_OK
 *
 * TIL_ENUMERIC when there is nothing to estimate a prior from. */
TIL_MUST_USE
til_status_t til_moderate(til_ctx_t *ctx, size_t n_genes, const double *variance, const double *df,
                          const double *covariate, bool robust, til_moderated_t *out);
/* The same for degrees of freedom that differ a good deal (squeezeVar(legacy = FALSE)). */
TIL_MUST_USE
til_status_t til_moderate_unequal(til_ctx_t *ctx, size_t n_genes, const double *variance,
                                  const double *df, const double *covariate, bool robust,
                                  til_moderated_t *out);
void til_moderated_clear(til_moderated_t *moderated);

/* Log odds that a gene is changed (limma's B), for one coefficient or contrast.
 *
 *   t, stdev    n_genes moderated t and unscaled deviations
 *   b           n_genes; undefined unless TIL_OK
 *   var_prior   the variance of true changes that was estimated, in units of the residual
 *               variance */
TIL_MUST_USE
til_status_t til_log_odds(til_ctx_t *ctx, const til_moderated_t *moderated, const double *t,
                          const double *stdev, double *b, double *var_prior);

/* One F per gene for several contrasts at once.
 *
 *   t            n_tests pointers to n_genes moderated t
 *   covariance   n_tests x n_tests: of the estimates, from the design without weights
 *   f, p         n_genes; undefined unless TIL_OK
 *   df1          the rank of the contrasts
 *   df_residual  per gene, added to the prior degrees of freedom */
TIL_MUST_USE
til_status_t til_joint_f(til_ctx_t *ctx, const til_moderated_t *moderated, size_t n_tests,
                         const double *const *t, const double *covariance,
                         const double *df_residual, double *f, double *p, size_t *df1);

#endif
