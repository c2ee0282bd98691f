/* vst.h -- counts on a scale where the spread does not follow the mean. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_VST_H
#define TIL_GLM_VST_H

#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/matrix.h>

#include "glm/trend.h"

/* The dispersion trend of the counts, all samples taken as replicates (design ~1, "blind").
 *
 *   factors    n_cols size factors, > 0
 *   gene_factors   NULL, or n_rows x n_cols factors per gene and sample, used instead of `factors`
 *   trend      left empty unless TIL_OK
 *
 * TIL_ENUMERIC when no trend can be fitted. The result does not depend on ctx->n_threads. */
TIL_MUST_USE
til_status_t til_vst_blind_trend(til_ctx_t *ctx, const til_matrix_t *counts, const double *factors,
                                 const double *gene_factors, til_trend_type_t type,
                                 til_trend_t *trend);

/* The transformed counts under `trend` (DESeq2 getVarianceStabilizedData), with the names of
 * `counts`. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_vst_transform(til_ctx_t *ctx, const til_matrix_t *counts, const double *factors,
                               const double *gene_factors, const til_trend_t *trend,
                               til_matrix_t *out);

/* Both at once: DESeq2's varianceStabilizingTransformation(), blind, parametric. */
TIL_MUST_USE
til_status_t til_vst(til_ctx_t *ctx, const til_matrix_t *counts, const double *factors,
                     til_matrix_t *out);

#endif
