/* assign.h -- the vote: which genes a fragment is counted for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_ASSIGN_H
#define TIL_COUNT_ASSIGN_H

#include "count/fates.h"
#include "count/overlap.h"

/* A gene under some bases of an end. */
typedef struct {
    til_entry_t entry;
    uint32_t contig, start, end;
    uint32_t step; /* htseq: which step of the end the bases are of */
    uint8_t which; /* end 0 or 1                                    */
} til_hit_t;

typedef struct {
    uint32_t row, bases;
    uint8_t ends;
    bool exonic; /* touched elsewhere than in its introns */
} til_candidate_t;

/* Memory of one worker, kept from fragment to fragment. Start with zeros. */
typedef struct {
    til_hit_t *hits;
    size_t n_hits, hit_capacity;
    til_hit_t *sorted;
    size_t sorted_capacity;
    til_candidate_t *candidates;
    size_t n_candidates, candidate_capacity;
    til_span_t *spans; /* of both ends, to be used up */
    size_t span_capacity;
    const til_overlap_t *index; /* of the last til_ballot_collect */
    uint32_t n_steps;           /* steps of the fragment, those without a gene included */
    bool unknown_contig;
} til_ballot_t;

void til_ballot_clear(til_ballot_t *ballot);

/* Adds what a block touches, beginning in segment i of the index, or beyond the last exon. */
static inline void til_touch_block(const til_overlap_t *index, uint32_t i, til_block_t block,
                                   til_touch_t *touch)
{
    if (i == TIL_NO_SEGMENT) {
        touch->gap = true;
        return;
    }
    for (const til_segment_t *segment = &index->segments[i];; segment++) {
        uint32_t code = segment->code;
        if (code == 0) {
            touch->gap = true;
        } else if (code != touch->code) {
            touch->several |= touch->code != 0 || !(code & 1);
            touch->code = code;
        }
        if (segment[1].start >= block.end) break;
    }
}

/* Looks one end up on a contig of the annotation. */
static inline til_touch_t til_touch(const til_overlap_t *index, size_t contig,
                                    const til_read_t *end)
{
    til_touch_t touch = { 0 };
    const til_block_t *blocks = til_read_blocks(end);
    for (unsigned b = 0; b < end->n_blocks; b++)
        til_touch_block(index, til_overlap_find(index, contig, blocks[b].start), blocks[b], &touch);
    return touch;
}

/* The same for ends that come sorted by place: the first block is sought from the cursor on, which
 * moves with it; where it cannot, the end is looked up as any other. */
static inline til_touch_t til_touch_next(const til_overlap_t *index, size_t contig,
                                         const til_read_t *end, til_cursor_t *cursor)
{
    til_touch_t touch = { 0 };
    const til_block_t *blocks = til_read_blocks(end);
    for (unsigned b = 0; b < end->n_blocks; b++) {
        uint32_t at = b == 0 ? til_overlap_advance(index, contig, blocks[0].start, cursor)
                             : til_overlap_find(index, contig, blocks[b].start);
        til_touch_block(index, at, blocks[b], &touch);
    }
    return touch;
}

/* Lists everything a fragment lies on, for til_ballot_vote. contigs: the annotation's, of each end.
 */
TIL_MUST_USE
til_status_t til_ballot_collect(til_ctx_t *ctx, til_ballot_t *ballot, const til_overlap_t *index,
                                const til_fragment_t *fragment, const int32_t contigs[2]);

/* Votes under one strand setting: the winners are ballot->candidates[0..n_candidates) when
 * TIL_FATE_ASSIGNED is returned. */
TIL_MUST_USE
til_status_t til_ballot_vote(til_ctx_t *ctx, til_ballot_t *ballot,
                             const til_count_options_t *options, til_stranded_t stranded,
                             const til_fragment_t *fragment, til_fate_t *fate);

/* True when an entry is counted for an end under a strand setting. A feature without a strand is
 * one that differs from every read's: featureCounts counts it never forward, always reverse. */
static inline bool til_strand_fits(til_entry_t entry, til_stranded_t stranded, bool minus)
{
    unsigned strand = entry & 3;
    if (stranded == TIL_STRANDED_UNSTRANDED) return true;
    if (strand == TIL_STRAND_NONE) return stranded == TIL_STRANDED_REVERSE;
    return ((strand == TIL_STRAND_MINUS) == minus) == (stranded == TIL_STRANDED_FORWARD);
}

static inline bool til_by_bases(const til_count_options_t *o)
{
    return o->multi_overlap == TIL_OVERLAP_LARGEST || o->multi_overlap == TIL_OVERLAP_LARGEST_ALL;
}

/* True when the vote needs to know how many bases overlap. */
static inline bool til_needs_bases(const til_count_options_t *o)
{
    return o->mode == TIL_COUNT_FEATURECOUNTS &&
           (o->min_overlap > 1 || o->frac_overlap > 0 || til_by_bases(o));
}

#endif
