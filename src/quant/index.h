/* index.h -- the index as the mapper sees it.
 *
 * The concatenated targets T (transcripts, then decoys) in two bits are the reference for
 * everything. A unitig (a maximal unbranched run of k-mers) is represented by its first
 * occurrence in T; there is no unitig text. Of the k-mers of T those with the smallest hash in
 * some window of `window` consecutive k-mers of a transcript are in the table, each once. Decoys are
 * found by the k-mers they share with transcripts, so they neither fill nor thin the table; unitigs
 * without a k-mer in the table are left out.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_INDEX_H
#define TIL_QUANT_INDEX_H

#include <tilseq/quant.h>

#include "quant/kmer.h"

enum { TIL_SLOTS_PER_LINE = 8 }; /* 64 bytes: one cache line */
#define TIL_SLOT_EMPTY    (~0ULL)
#define TIL_SLOT_OVERFLOW (1ULL << 63) /* in a line's last slot: k-mers went on to the next line */
#define TIL_CURSOR_END    (~0ULL)

/* Places of unitig u: places[first_place .. unitigs[u + 1].first_place). */
typedef struct {
    uint32_t first_place;
    uint32_t n_kmers;
} til_unitig_t;

/* One occurrence of a unitig; sorted by target, then position. */
typedef struct {
    uint32_t target;
    uint32_t position; /* of its first base on the target << 1 | runs backwards */
} til_place_t;

struct til_index {
    unsigned k, window;
    uint32_t n_targets, n_transcripts, n_genes;
    uint64_t n_bases, n_unitigs, n_places, n_lines;
    unsigned position_bits, unitig_bits, tag_bits; /* of a table slot, from the low end */

    const uint64_t *bases;       /* n_bases in two bits                              */
    const uint32_t *starts;      /* n_targets + 1: where each target begins in T     */
    const til_unitig_t *unitigs; /* n_unitigs + 1                                    */
    const til_place_t *places;   /* n_places                                         */
    const uint64_t *table;       /* n_lines * TIL_SLOTS_PER_LINE                     */
    const char *names;           /* NUL-terminated, one per transcript               */
    const uint32_t *name_at;     /* n_transcripts offsets into names                 */
    const uint32_t *gene_of;     /* n_transcripts; unused when n_genes is 0          */
    const char *genes;           /* id NUL symbol NUL per gene                       */
    const uint32_t *gene_at;     /* n_genes offsets into genes                       */
    const char *header_genes;    /* as genes, per transcript; NULL unless just built */
    size_t names_size, genes_size;
    char sequence_digest[TIL_INDEX_DIGEST], name_digest[TIL_INDEX_DIGEST]; /* as salmon's */

    void *mapping; /* the file, or NULL for an index in memory         */
    size_t mapping_size;
    void *owned[16]; /* malloced parts                                   */
    size_t n_owned;
};

static inline uint32_t til_target_length(const til_index_t *index, uint32_t target)
{
    return index->starts[target + 1] - index->starts[target];
}

/* The table line a k-mer's hash begins at. The low half of the hash: the high bits of window minima
 * are small on average. */
static inline uint64_t til_table_line(const til_index_t *index, uint64_t hash)
{
    return ((hash & 0xFFFFFFFFULL) * index->n_lines) >> 32;
}

/* Bits of the hash that are kept in the slot. */
static inline uint64_t til_table_tag(const til_index_t *index, uint64_t hash)
{
    return hash >> 32 & ((1ULL << index->tag_bits) - 1);
}

#endif
