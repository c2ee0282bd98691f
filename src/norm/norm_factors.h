/* norm_factors.h -- edgeR's normalisation factors: corrections to the library sizes.
 *
 * All share one contract:
 *
 *   counts    features x samples, finite and >= 0
 *   lib_size  n_cols, > 0 (the column sums, unless the caller knows better)
 *   factors   n_cols, > 0, geometric mean 1; lib_size * factor is the effective library size.
 *             Undefined unless TIL_OK
 *
 * One sample, or no counts at all, gives factors of 1. TIL_ENUMERIC, naming the sample, when a
 * factor would be zero or is not defined.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_NORM_NORM_FACTORS_H
#define TIL_NORM_NORM_FACTORS_H

#include <tilseq/matrix.h>

/* Trimmed mean of M-values against the sample whose upper quartile is nearest the mean. */
TIL_MUST_USE
til_status_t til_norm_factors_tmm(til_ctx_t *ctx, const til_matrix_t *counts,
                                  const double *lib_size, double *factors);

/* TMM with singleton pairing, for matrices of many zeros. */
TIL_MUST_USE
til_status_t til_norm_factors_tmmwsp(til_ctx_t *ctx, const til_matrix_t *counts,
                                     const double *lib_size, double *factors);

/* Relative log expression: the median ratio to the geometric-mean sample, per library size. */
TIL_MUST_USE
til_status_t til_norm_factors_rle(til_ctx_t *ctx, const til_matrix_t *counts,
                                  const double *lib_size, double *factors);

/* The 75% quantile of the features counted anywhere, per library size. */
TIL_MUST_USE
til_status_t til_norm_factors_upper_quartile(til_ctx_t *ctx, const til_matrix_t *counts,
                                             const double *lib_size, double *factors);

#endif
