/* map.h -- which transcripts a read or a pair can come from, and how well it fits each. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_MAP_H
#define TIL_QUANT_MAP_H

#include "io/reads/fastq.h"
#include "quant/alignments.h"
#include "quant/candidates.h"
#include "quant/eqclass.h"

struct til_bias_counts;

/* How reads are mapped; shared by all workers, changed between batches only. */
typedef struct {
    const til_index_t *index;
    til_read_strand_t strand;
    const til_fraglen_t *lengths; /* NULL while they are being learnt: nothing is staged */
    bool collect_bias;
    bool drop_orphans; /* pairs of which one mate fits nowhere are not counted    */
    bool drop_clipped; /* reads that fit only with an end left out do not fit     */
} til_mapping_t;

/* What became of fragments; every fragment is in exactly one of the first nine. */
typedef struct {
    uint64_t n_mapped;  /* pairs with both mates, or single reads               */
    uint64_t n_orphans; /* pairs by one mate only                               */
    uint64_t n_unmapped;
    uint64_t n_too_short;       /* no mate has k bases                                  */
    uint64_t n_decoy;           /* fits a decoy better than any transcript              */
    uint64_t n_against_strand;  /* fits only against the library type                   */
    uint64_t n_capped;          /* has more places than are looked at: left out         */
    uint64_t n_orphans_dropped; /* by one mate only, and that was not to count          */
    uint64_t n_clipped_dropped; /* only with an end left out, and that was not to count */

    uint64_t n_clipped;            /* mapped with an end of a read left out                */
    uint64_t n_lost[2];            /* pairs of which mate 1 (2) fits nowhere               */
    uint64_t n_clipped_at[2];      /* clips at the start (end) of a read                   */
    uint64_t n_clipped_long;       /* reads cut to TIL_READ_MAX                            */
    uint64_t n_short_reads;        /* reads of fewer than k bases                          */
    uint64_t n_sense, n_antisense; /* mapped: mate 1 on the transcript's strand, or not    */
    uint64_t n_bases, longest_read, shortest_read;
    uint64_t n_reads;
    uint64_t lengths[TIL_FRAGMENT_MAX + 1]; /* of pairs that agree on one fragment length   */
} til_tally_t;

void til_tally_add(til_tally_t *sum, const til_tally_t *more);

/* A worker's memory. */
typedef struct til_map_space til_map_space_t;

TIL_MUST_USE
til_status_t til_map_space_new(til_ctx_t *ctx, til_map_space_t **out);
void til_map_space_free(til_map_space_t *space);

/* What the worker gathered for the bias model (integers, so their sum has no order). */
const struct til_bias_counts *til_map_space_bias(const til_map_space_t *space);

/* Maps a batch: fragments that fit are added to `staged`, all are counted in `tally`. */
TIL_MUST_USE
til_status_t til_map_batch(til_ctx_t *ctx, const til_mapping_t *mapping, til_map_space_t *space,
                           const til_fastq_batch_t *batch, til_staged_t *staged,
                           til_tally_t *tally);

/* The same for a fragment that was aligned by another program; its candidates are in `pool`. */
TIL_MUST_USE
til_status_t til_map_aligned(til_ctx_t *ctx, const til_mapping_t *mapping, til_map_space_t *space,
                             const til_pool_t *pool, const til_aligned_t *fragment,
                             til_staged_t *staged, til_tally_t *tally);

#endif
