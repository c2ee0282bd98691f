/* pca.h -- principal components of the samples. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_NORM_PCA_H
#define TIL_NORM_PCA_H

#include <tilseq/matrix.h>
#include <tilseq/table.h>

/* Principal components of the samples over the n_top features of largest variance (all when there
 * are fewer), centred, not scaled: DESeq2's plotPCA(ntop = n_top), R's prcomp().
 *
 *   values     features x samples, log-like (vst, logCPM)
 *   n_keep     components wanted; at most n_samples are given
 *   out        columns: sample, PC1 ... ; left empty unless TIL_OK
 *   percent    n_keep: percent of the variance of each component, of all variance in those features
 *
 * The sign of a component is free: here the sample of largest |coordinate| has a positive one. */
TIL_MUST_USE
til_status_t til_pca(til_ctx_t *ctx, const til_matrix_t *values, size_t n_top, size_t n_keep,
                     til_table_t *out, double *percent);

#endif
