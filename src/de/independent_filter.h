/* independent_filter.h -- adjusted p-values under the filter that lets most genes be called. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_INDEPENDENT_FILTER_H
#define TIL_DE_INDEPENDENT_FILTER_H

#include <stddef.h>
#include <tilseq/context.h>

typedef struct {
    double threshold;  /* genes with a statistic below it are not tested        */
    double theta;      /* the quantile it is                                    */
    size_t n_rejected; /* padj < alpha                                          */
} til_filter_choice_t;

/* Benjamini-Hochberg among the genes that pass the threshold on `statistic` that gives about the
 * most rejections at `alpha`.
 *
 *   statistic   n, not missing (mean normalised count)
 *   p           n, NaN where there is none
 *   padj        n; NaN where p is or the gene does not pass
 */
TIL_MUST_USE
til_status_t til_independent_filter(til_ctx_t *ctx, size_t n, const double *statistic,
                                    const double *p, double alpha, double *padj,
                                    til_filter_choice_t *choice);

#endif
