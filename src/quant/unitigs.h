/* unitigs.h -- where the k-mer graph of the targets branches, and what lies between. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_UNITIGS_H
#define TIL_QUANT_UNITIGS_H

#include "quant/index.h"
#include "quant/targets.h"

/* Two bit arrays over the positions of T: set when the k-mer that begins there has no single
 * neighbour to its right (left), or a target ends there in some occurrence. */
typedef struct {
    uint64_t *right, *left;
    uint64_t n_kmers;            /* distinct k-mers */
    uint64_t n_transcript_kmers; /* of these in transcripts */
} til_breaks_t;

TIL_MUST_USE
til_status_t til_breaks_find(til_ctx_t *ctx, const til_targets_t *targets, unsigned k,
                             til_breaks_t *out);
void til_breaks_clear(til_breaks_t *breaks);

/* The unitigs in order of first occurrence, and every occurrence in order of T. */
typedef struct {
    size_t n, n_places;
    uint32_t *start;        /* n: first base of the first occurrence in T            */
    uint32_t *n_kmers;      /* n                                                     */
    uint32_t *place_unitig; /* n_places                                              */
    til_place_t *places;    /* n_places                                              */
    uint64_t *sampled;      /* bits over T, at the first occurrence of sampled k-mers */
    uint64_t n_sampled;
    size_t capacity, kmers_capacity, places_capacity, place_unitig_capacity;
} til_unitigs_t;

TIL_MUST_USE
til_status_t til_unitigs_walk(til_ctx_t *ctx, const til_targets_t *targets, unsigned k,
                              unsigned window, const til_breaks_t *breaks, til_unitigs_t *out);
/* Leaves out the unitigs of which no k-mer is sampled: nothing leads to them. */
void til_unitigs_drop_unsampled(til_unitigs_t *unitigs);
void til_unitigs_clear(til_unitigs_t *unitigs);

static inline int til_bit(const uint64_t *bits, uint64_t at)
{
    return (int)(bits[at >> 6] >> (at & 63) & 1);
}

#endif
