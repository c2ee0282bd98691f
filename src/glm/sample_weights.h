/* sample_weights.h -- how reliable is each sample as a whole (limma's arrayWeights). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_SAMPLE_WEIGHTS_H
#define TIL_GLM_SAMPLE_WEIGHTS_H

#include <stddef.h>
#include <tilseq/context.h>

#include "glm/linear.h"

/*   e, weights       n_genes x model->n: values and their precision weights, > 0
 *   sample_weights   model->n, > 0, geometric mean 1; undefined unless TIL_OK
 *
 * All 1 with fewer than two residual degrees of freedom. The answer depends on the order of the
 * genes (each gene moves the weights a little), never on ctx->n_threads. */
TIL_MUST_USE
til_status_t til_sample_weights(til_ctx_t *ctx, const til_linear_t *model, size_t n_genes,
                                const double *e, const double *weights, double *sample_weights);

#endif
