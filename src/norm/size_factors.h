/* size_factors.h -- DESeq2's size factors: median of ratios to a pseudo-reference sample. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_NORM_SIZE_FACTORS_H
#define TIL_NORM_SIZE_FACTORS_H

#include <tilseq/matrix.h>

/* The reference is the geometric mean over the samples; only features counted in every sample
 * have one.
 *
 *   counts    features x samples, finite and >= 0
 *   factors   n_cols, > 0; undefined unless TIL_OK
 *
 * Returns TIL_ENUMERIC when every feature has a zero somewhere (the message offers poscounts).
 */
TIL_MUST_USE
til_status_t til_size_factors_median_ratio(til_ctx_t *ctx, const til_matrix_t *counts,
                                           double *factors);

/* The same with a reference that exists for every feature counted at all: the n-th root of the
 * product of its positive counts, n being the number of all samples.
 * Returns TIL_ENUMERIC when a sample has no counts. */
TIL_MUST_USE
til_status_t til_size_factors_poscounts(til_ctx_t *ctx, const til_matrix_t *counts,
                                        double *factors);

#endif
