/* voom.h -- how precise is each log count: the mean-variance trend as weights. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_VOOM_H
#define TIL_GLM_VOOM_H

#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/matrix.h>

#include "glm/linear.h"

typedef struct {
    size_t n_genes, n_samples;
    double *e;       /* n_genes x n_samples: log2 counts per million        */
    double *weights; /* n_genes x n_samples, > 0                            */
    double *mean;    /* n_genes: the mean of e                              */
    size_t n_trend;  /* genes with a count, sorted by trend_x               */
    double *trend_x; /* log2 count size                                     */
    double *trend_y; /* sqrt of the residual standard deviation, smoothed   */
} til_voom_t;

/*   lib_size         n_cols effective library sizes, > 0
 *   model            of the samples of counts
 *   start_weights    NULL, or n_genes x n_cols weights for the fit that the trend is taken from
 *   sample_weights   NULL, or n_cols, likewise
 *   out              left empty unless TIL_OK
 *
 * TIL_ENUMERIC when there are fewer than two genes with counts. */
TIL_MUST_USE
til_status_t til_voom(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                      const til_linear_t *model, const double *start_weights,
                      const double *sample_weights, til_voom_t *out);
void til_voom_clear(til_voom_t *voom);

#endif
