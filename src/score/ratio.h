/* ratio.h -- ratios of sums of genes, with what counting and the choice of genes leave open. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_SCORE_RATIO_H
#define TIL_SCORE_RATIO_H

#include <stddef.h>

/* One side of a ratio: n rows of log2(x + 1), n_samples long; NULL where a gene is missing. */
typedef struct {
    size_t n;
    const double *const *rows;
} til_ratio_side_t;

/* A ratio in one sample. low, high and the counts are NaN where the depth is not known. */
typedef struct {
    double value, low, high;         /* log2; 95 %                   */
    double reads_above, reads_below; /* of all genes of each side */
} til_ratio_t;

/* The ratio of the mean of `above` over that of `below` in sample s; NaN where a side has no gene.
 *
 *   per_read   what one read is on the scale of x in that sample (1e6 / library size for CPM), or
 *              NaN when that is not known
 */
til_ratio_t til_ratio_of(const til_ratio_side_t *above, const til_ratio_side_t *below, size_t s,
                         double per_read);

#endif
