/* read.h -- what counting keeps of an alignment record. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_READ_H
#define TIL_COUNT_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "io/reads/bam.h"

enum {
    TIL_FLAG_PAIRED = 0x1,
    TIL_FLAG_PROPER = 0x2,
    TIL_FLAG_UNMAPPED = 0x4,
    TIL_FLAG_MATE_UNMAPPED = 0x8,
    TIL_FLAG_REVERSE = 0x10,
    TIL_FLAG_MATE_REVERSE = 0x20,
    TIL_FLAG_FIRST = 0x40,
    TIL_FLAG_SECOND = 0x80,
    TIL_FLAG_SECONDARY = 0x100,
    TIL_FLAG_DUPLICATE = 0x400,
    TIL_FLAG_SUPPLEMENTARY = 0x800
};

/* A stretch of the contig, 0-based, half open. */
typedef struct {
    uint32_t start, end;
} til_block_t;

enum { TIL_BLOCKS_INSIDE = 3 };

/* What a read touches, at a glance (see overlap.h for codes). */
typedef struct {
    uint32_t code; /* the one set met (0: none)          */
    bool several;  /* several sets, or a set of several  */
    bool gap;      /* some base lies outside every gene  */
} til_touch_t;

/* A stretch as featureCounts measures fragments: clipped bases belong to it, and an insertion may
 * follow it. */
typedef struct {
    uint32_t start, length, insertion, insertion_at;
} til_span_t;

typedef struct {
    uint64_t name;       /* hash of the read name                                      */
    int32_t contig, pos; /* -1 when unmapped                                           */
    int32_t mate_contig, mate_pos;
    uint32_t key;    /* of the pair it belongs to, for til_pairs                   */
    int32_t hit;     /* HI, -1 without                                             */
    uint32_t n_hits; /* NH, 1 without (2 for a secondary alignment)                */
    uint32_t end;    /* of the alignment on the contig                             */
    uint32_t n_blocks, n_spans;
    uint16_t flag;
    uint8_t mapq;
    bool is_split;     /* its CIGAR has an N                                         */
    til_touch_t touch; /* none until it was looked up                                */
    til_block_t inside[TIL_BLOCKS_INSIDE];
    til_block_t
        *more; /* owned; n_blocks blocks where they are more, then n_spans spans' worth, then
                        * the name where the rules want it */
} til_read_t;

typedef enum {
    TIL_READ_OK,
    TIL_READ_NO_MEMORY,
    TIL_READ_BAD_PARTS,
    TIL_READ_BAD_CONTIG,
    TIL_READ_BEYOND_CONTIG,
    TIL_READ_BAD_CIGAR,
    TIL_READ_CIGAR_LENGTH,
    TIL_READ_BAD_TAGS,
    TIL_READ_BAD_POSITION
} til_read_state_t;

typedef struct {
    const til_bam_header_t *header;
    unsigned most_sections; /* stretches looked at, 0: all     */
    bool spans;             /* fill spans                      */
    bool names;             /* the hash of the name is wanted  */
    bool texts;             /* so is the name itself           */
    bool pairs;             /* so is the key of its pair       */
    bool hits;              /* HI is wanted                    */
} til_read_rules_t;

/* What a record may have that is told, but no error. */
enum {
    TIL_ODD_NO_POSITION = 1, /* flagged as mapped, without a place: taken as unmapped */
    TIL_ODD_BEYOND = 2,      /* reaches beyond the end of its contig                  */
    TIL_ODD_CUT = 4          /* has more stretches than the rules look at             */
};

/* Fills `read` from a record. *oddities: TIL_ODD_... A CIGAR of more than 65,535 operations stands in
 * the tag CG. Ends of names, /1 and /2, do not count. Nothing is owned unless TIL_READ_OK. */
til_read_state_t til_read_decode(const uint8_t *record, const til_read_rules_t *rules,
                                 til_read_t *read, unsigned *oddities);

/* What is wrong, for a message that names the record. */
const char *til_read_problem(til_read_state_t state);

static inline const til_block_t *til_read_blocks(const til_read_t *r)
{
    return r->more != NULL ? r->more : r->inside;
}

static inline const til_span_t *til_read_spans(const til_read_t *r)
{
    return (const til_span_t *)(const void *)(r->more + r->n_blocks);
}

/* The name of a read that was decoded with `texts`. */
static inline const char *til_read_name(const til_read_t *r)
{
    return (const char *)(r->more + r->n_blocks + 2 * (size_t)r->n_spans);
}

static inline bool til_read_unmapped(const til_read_t *r) { return r->flag & TIL_FLAG_UNMAPPED; }

/* True when the fragment a read belongs to lies on the minus strand by it: second reads are turned.
 */
static inline bool til_read_fragment_minus(const til_read_t *r)
{
    return ((r->flag & TIL_FLAG_REVERSE) != 0) != ((r->flag & TIL_FLAG_SECOND) != 0);
}

#endif
