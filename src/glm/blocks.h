/* blocks.h -- samples that belong together (biopsies of one patient) and are alike by a common
 * correlation. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_BLOCKS_H
#define TIL_GLM_BLOCKS_H

#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/design.h>

typedef struct {
    size_t n, n_blocks, largest;
    size_t *block; /* n: sample -> block       */
    size_t *size;  /* n_blocks: samples of it  */
} til_blocks_t;

/* `block` holds n numbers; blocks without a sample are left out. */
TIL_MUST_USE
til_status_t til_blocks_init(til_ctx_t *ctx, size_t n, const size_t *block, til_blocks_t *out);
void til_blocks_clear(til_blocks_t *blocks);

/* The correlation within blocks that all genes agree on (limma's duplicateCorrelation).
 *
 *   basis        n x p, column-major, orthonormal columns that span the design
 *   e, weights   n_genes x n, weights > 0
 *   consensus    in (-1, 1); 0 with a warning where blocks are single samples or follow from the
 *                design
 *
 * TIL_ENUMERIC when no gene has an estimate. The result does not depend on ctx->n_threads. */
TIL_MUST_USE
til_status_t til_block_correlation(til_ctx_t *ctx, const til_blocks_t *blocks, size_t p,
                                   const double *basis, size_t n_genes, const double *e,
                                   const double *weights, double *consensus);

#endif
