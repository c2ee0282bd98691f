/* gls.h -- weighted least squares with samples correlated within blocks, one gene at a time. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_GLS_H
#define TIL_GLM_GLS_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#include "glm/blocks.h"

/* What the fits of a design and a correlation share. Borrows all but `shared`. */
typedef struct {
    const til_blocks_t *blocks;
    size_t p;
    const double *basis; /* n x p, column-major: the columns to fit, well conditioned  */
    double own;          /* the square root of the inverse of a block's correlation    */
    double *shared;      /* matrix is own I + shared[b] J                              */
} til_gls_t;

/* correlation in (-1 / (largest block - 1), 1). */
TIL_MUST_USE
til_status_t til_gls_init(til_ctx_t *ctx, const til_blocks_t *blocks, size_t p, const double *basis,
                          double correlation, til_gls_t *out);
void til_gls_clear(til_gls_t *gls);

/* Doubles a fit works in; one per thread. */
size_t til_gls_work_size(const til_gls_t *gls);

/* Fits y (n) with weights w (n, > 0; NULL: all 1).
 *
 *   gamma   p coefficients
 *   rss     the sum of squares of the residuals, whitened
 *   work    afterwards serves til_gls_solve for this gene
 *
 * False when the weights leave the columns singular. */
bool til_gls_fit(const til_gls_t *gls, const double *y, const double *w, double *work,
                 double *gamma, double *rss);

/* b (p) <- (X'V^-1 X)^-1 b of the gene fitted last. */
void til_gls_solve(const til_gls_t *gls, const double *work, double *b);

#endif
