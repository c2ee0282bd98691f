/* seed.h -- from a read's sampled k-mers to the unitigs they lie on. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_SEED_H
#define TIL_QUANT_SEED_H

#include "quant/index.h"
#include "quant/pack.h"

enum { TIL_MAX_SEEDS = 96 };

/* All seeds of a read worth a look-up, in order; `next` is the first not yet tried. n < 0: not
 * made. */
typedef struct {
    int n, next;
    int16_t at[TIL_MAX_SEEDS];
    uint64_t hash[TIL_MAX_SEEDS];
} til_seeds_t;

/* One read on its way through the stages. */
typedef struct {
    til_packed_t read;
    int at; /* where the seed stands in the read; -1 without one    */
    uint64_t hash;
    uint64_t cursor;         /* table slot to go on with                             */
    uint64_t slot;           /* what was found there                                 */
    bool found;              /* the seed is in the table: the rest is set            */
    bool backwards;          /* the read runs against the unitig's first occurrence  */
    uint32_t unitig, offset; /* the seed is k-mer `offset` of the unitig             */
    uint32_t first_place, n_places;
} til_mate_t;

/* The smallest k-mer of the read's first window; false when it has none (too short, N). */
bool til_seed_first(const til_index_t *index, til_mate_t *mate);

/* Stage 1: the next slot with the seed's tag, from the cursor on. */
bool til_seed_probe(const til_index_t *index, til_mate_t *mate);

/* Stage 2: compares the slot's k-mer with the seed, going on after false tags. */
bool til_seed_verify(const til_index_t *index, til_mate_t *mate);

/* Stage 3: the list of places. */
void til_seed_places(const til_index_t *index, til_mate_t *mate);

/* All seeds of a read, with their table lines on the way. */
void til_seeds_make(const til_index_t *index, const til_mate_t *mate, til_seeds_t *seeds);

/* Moves the mate to its next seed that is in the table; false when there is none. */
bool til_seed_next(const til_index_t *index, til_mate_t *mate, til_seeds_t *seeds);

/* The place's strand and left end for the whole read: base 0 of the used strand of the read stands
 * at *at of the target. */
static inline void til_seed_place(const til_index_t *index, const til_mate_t *mate,
                                  const til_place_t *place, int *at, int *reverse)
{
    int turned = place->position & 1, k = (int)index->k;
    int n_kmers = (int)index->unitigs[mate->unitig].n_kmers;
    int start = (int)(place->position >> 1) +
                (turned ? n_kmers - 1 - (int)mate->offset : (int)mate->offset);
    *reverse = (int)mate->backwards ^ turned;
    *at = start - (*reverse ? mate->read.length - k - mate->at : mate->at);
}

#endif
