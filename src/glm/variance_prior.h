/* variance_prior.h -- the distribution that residual variances of genes are drawn from. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_VARIANCE_PRIOR_H
#define TIL_GLM_VARIANCE_PRIOR_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

/* variance[g] ~ scale[g] F(df[g], df_prior): finds scale and df_prior.
 *
 *   variance    n, >= 0 or NaN
 *   df          n residual degrees of freedom, >= 0; a gene without any takes no part
 *   covariate   NULL, or n values that the scale follows smoothly
 *   scale       n; equal for all without a covariate
 *   df_prior    one value (til_variance_prior), n values (robust: less for outliers); may be Inf
 *
 * TIL_ENUMERIC when no variance can be used, or (robust) more than half of them are zero. */
TIL_MUST_USE
til_status_t til_variance_prior(til_ctx_t *ctx, size_t n, const double *variance, const double *df,
                                const double *covariate, double *scale, double *df_prior);
TIL_MUST_USE
til_status_t til_variance_prior_robust(til_ctx_t *ctx, size_t n, const double *variance,
                                       const double *df, const double *covariate, double *scale,
                                       double *df_prior);

/* The same where degrees of freedom differ a good deal between genes, and need not be whole: the
 * likelihood instead of moments (limma's fitFDistUnequalDF1). df_prior: n values. */
TIL_MUST_USE
til_status_t til_variance_prior_unequal(til_ctx_t *ctx, size_t n, const double *variance,
                                        const double *df, const double *covariate, bool robust,
                                        double *scale, double *df_prior);

#endif
