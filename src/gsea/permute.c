/* permute.c -- scores of plain random sets, nested: one permutation serves every set size. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gsea/permute.h"

double til_score_of(til_score_type_t type, double highest, double lowest)
{
    if (type == TIL_SCORE_POS) return highest;
    if (type == TIL_SCORE_NEG) return lowest;
    if (fabs(highest + lowest) <= TIL_SCORE_TOLERANCE) return 0;
    return highest > -lowest ? highest : lowest;
}

void til_permute_scores(til_subset_t *subset, uint64_t seed, size_t q, const int *sizes,
                        size_t n_sizes, til_score_type_t type, double *scores)
{
    til_dice_t dice;

    til_dice_set(&dice, til_rng_stream(seed, TIL_STREAM_PERMUTE, (uint64_t)subset->walk->n, q));

    for (size_t i = 0; i < n_sizes; i++) {
        double highest, lowest;
        til_subset_grow(subset, &dice, sizes[i]);
        til_subset_extremes(subset, &highest, &lowest);
        scores[i] = til_score_of(type, highest, lowest);
    }
    til_subset_empty(subset);
}
