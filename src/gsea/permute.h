/* permute.h -- scores of plain random sets, nested: one permutation serves every set size. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_PERMUTE_H
#define TIL_GSEA_PERMUTE_H

#include "gsea/subset.h"

/* What the streams of random numbers are for; the second key of til_rng_stream. */
enum {
    TIL_STREAM_PERMUTE = 0x6E65,
    TIL_STREAM_EXTRA = 0x6578,
    TIL_STREAM_TILT = 0x7469,
    TIL_STREAM_PLAIN = 0x706C,
    TIL_STREAM_SPLIT = 0x7370,
    TIL_STREAM_ROTATE = 0x726F
};

/* The score of the asked type from the extremes of the running sum; 0 when std has a tie. */
double til_score_of(til_score_type_t type, double highest, double lowest);

/* Scores of permutation `q`: the set of size k is the first k genes of a random order, so that the
 * score at a size depends on (seed, n, q, size) and not on which other sizes are asked for.
 *
 *   subset   workspace, empty before and after
 *   sizes    n_sizes ascending, < n
 *   scores   n_sizes
 */
void til_permute_scores(til_subset_t *subset, uint64_t seed, size_t q, const int *sizes,
                        size_t n_sizes, til_score_type_t type, double *scores);

#endif
