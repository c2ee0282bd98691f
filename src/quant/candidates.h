/* candidates.h -- where a fragment may lie: places of its mates, joined by target. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_CANDIDATES_H
#define TIL_QUANT_CANDIDATES_H

#include "quant/fraglen.h"
#include "quant/seed.h"

/* Which strand of the transcript mate 1 (or the single read) must show. */
typedef enum { TIL_STRAND_EITHER, TIL_STRAND_FORWARD, TIL_STRAND_REVERSE } til_read_strand_t;

enum {
    TIL_LIST_MAX = 8192,        /* places of a seed: longer lists are not looked at      */
    TIL_CANDIDATES_MAX = 65536, /* per fragment: one with more is left out               */
    TIL_COST_UNKNOWN = -1
};

typedef struct {
    uint32_t target;
    int32_t at[2];    /* left end of each mate on the target                  */
    int32_t fragment; /* length; 0 for one mate alone                         */
    int32_t cost;     /* TIL_COST_UNKNOWN until it is scored                  */
    uint8_t mates;    /* 1: mate 1, 2: mate 2, 3: both                        */
    uint8_t reverse;  /* mate 1 shows the transcript's other strand           */
    uint8_t clipped;  /* TIL_CLIPPED_...: fits with that end of a read left out */
} til_seed_candidate_t;

/* Candidates of one fragment, or of several one behind the other. Start with {0}. */
typedef struct {
    til_seed_candidate_t *items;
    size_t n, capacity;
    size_t n_crowded; /* places on targets with many of both mates, over all joins       */
    size_t first;     /* where those of the present fragment begin                     */
    bool capped;      /* some were left out for want of room: the set is not complete  */
    bool skipped;     /* a list of places was too long to be looked at                 */
    bool no_memory;   /* as capped, for want of memory                                 */
} til_pool_t;

/* Memory of til_candidates_join for targets on which both mates have many places. */
typedef struct til_crowd til_crowd_t;

/* How places become candidates. */
typedef struct {
    const til_index_t *index;
    const til_fraglen_t *lengths; /* NULL while they are learnt */
    til_read_strand_t strand;
    til_crowd_t *crowd;
} til_joining_t;

TIL_MUST_USE
til_status_t til_crowd_new(til_ctx_t *ctx, til_crowd_t **out);
void til_crowd_free(til_crowd_t *crowd);

/* True when the library type allows this strand of mate 1. */
static inline bool til_strand_fits(til_read_strand_t wanted, int reverse)
{
    return wanted == TIL_STRAND_EITHER || (wanted == TIL_STRAND_REVERSE) == (reverse != 0);
}

/* Pairs of places of both mates that make a fragment. Of the many pairs of a target that is full of
 * repeats only those are added that can be the best of that target. */
void til_candidates_join(const til_joining_t *how, const til_mate_t *a, const til_mate_t *b,
                         til_pool_t *out);

/* Every place of one mate. */
void til_candidates_alone(const til_joining_t *how, const til_mate_t *mate, int which,
                          til_pool_t *out);

/* Appends the candidates of `extra` that the pool lacks. */
void til_candidates_merge(til_pool_t *pool, const til_pool_t *extra);

/* By target, then place. */
void til_candidates_sort(til_pool_t *pool);

#endif
