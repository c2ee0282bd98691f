/* sequences.h -- how often sequences occur among many reads, from samples that do not depend on
 * order.
 *
 * Two tables. `sampled` holds the sequences whose hash ends in `level` zero bits, each with the
 * number of all its occurrences: when it is full the level rises and half of it is dropped, so that
 * what it holds in the end depends on the reads only, not on their order or on who saw them.
 * `listed` holds the text of chosen reads (til_sequences_weight), each counting for as many
 * reads as it stands for.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QC_SEQUENCES_H
#define TIL_QC_SEQUENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/qc.h>

typedef struct {
    uint64_t hash, count; /* count 0: an empty slot */
} til_sampled_t;

typedef struct {
    uint64_t hash, weight; /* weight 0: an empty slot */
    uint8_t length;
    char bases[TIL_QC_KEY_BASES];
} til_listed_t;

typedef struct {
    til_sampled_t *sampled; /* open addressing, sampled_capacity a power of two */
    size_t n_sampled, sampled_capacity;
    unsigned level;
    til_listed_t *listed;
    size_t n_listed, listed_capacity;
} til_sequences_t;

/* 0 where record number `record` (from 1) is not listed, else how many records it stands for: all
 * of the first 2^first_log2 are, then one in two up to twice as many, one in four..., scattered so
 * that no pattern of the file shows through. */
uint64_t til_sequences_weight(uint64_t record, unsigned first_log2);

/* Adds one read of `length` bases with the given weight from til_sequences_weight. */
TIL_MUST_USE
til_status_t til_sequences_add(til_ctx_t *ctx, til_sequences_t *s, const char *bases, size_t length,
                               uint64_t weight);
TIL_MUST_USE
til_status_t til_sequences_merge(til_ctx_t *ctx, til_sequences_t *into,
                                 const til_sequences_t *from);
/* The listed sequence of a hash, or NULL. */
const til_listed_t *til_sequences_listed(const til_sequences_t *s, uint64_t hash);
void til_sequences_clear(til_sequences_t *s);

#endif
