/* subset.h -- a set of positions as a bit set: random draws and the extremes of its running sum.
 *
 * The inner loop of every null distribution here. A second bit set tells which words of the first
 * are in use, so that a set of 15 genes among 20,000 is scanned in 15 steps and needs no sort.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_SUBSET_H
#define TIL_GSEA_SUBSET_H

#include <stdbool.h>
#include <stdint.h>

#include <tilseq/context.h>

#include "gsea/dice.h"
#include "gsea/enrichment.h"

typedef struct {
    const til_walk_t *walk; /* borrowed                                            */
    uint64_t *bits;         /* one bit per position                                */
    uint64_t *words;        /* one bit per word of `bits` that may not be zero     */
    int n_words;            /* of `words`                                          */
    int size;               /* positions in the set                                */
    double sum;             /* of their weights                                    */
} til_subset_t;

/* An empty set; TIL_ENOMEM. */
TIL_MUST_USE
til_status_t til_subset_init(til_ctx_t *ctx, const til_walk_t *walk, til_subset_t *out);
void til_subset_clear(til_subset_t *s);
void til_subset_empty(til_subset_t *s);

/* Adds `count` positions drawn at random without replacement from the positions in [from, to) of
 * which none is in the set yet (from, to: any range for count = 1). */
void til_subset_draw(til_subset_t *s, til_dice_t *dice, int from, int to, int count);

/* Adds random positions of the whole walk until the set has `size` of them. */
void til_subset_grow(til_subset_t *s, til_dice_t *dice, int size);

/* One position in (not a member), out (a member), and whether it is one. */
void til_subset_add(til_subset_t *s, int position);
void til_subset_remove(til_subset_t *s, int position);
bool til_subset_has(const til_subset_t *s, int position);

/* The members, ascending: s->size values; and how many of them lie in [from, to). */
void til_subset_list(const til_subset_t *s, int *positions);
int til_subset_count(const til_subset_t *s, int from, int to);

/* Highest and lowest value of the running sum (enrichment.c), 1 <= size < n. The set is kept
 * (_extremes), or emptied on the way (_extremes_and_empty). */
void til_subset_extremes(const til_subset_t *s, double *highest, double *lowest);
void til_subset_extremes_and_empty(til_subset_t *s, double *highest, double *lowest);

#endif
