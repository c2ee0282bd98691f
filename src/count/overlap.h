/* overlap.h -- which genes lie under a stretch of a contig.
 *
 * Each contig is cut at every start and end of an exon; between two cuts the set of genes is
 * one and the same. A set is a 32-bit code: 0 for none, an odd number for one gene (by far the
 * most frequent), an even number for the place of a list.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_OVERLAP_H
#define TIL_COUNT_OVERLAP_H

#include <stdbool.h>
#include <stdint.h>
#include <tilseq/count.h>

/* A row and the strand it has there: row << 2 | TIL_STRAND_... Where introns count, a gene has a second
 * row for them, n_rows after its own. */
typedef uint32_t til_entry_t;

typedef struct {
    uint32_t segment;           /* its first segment; one that begins at UINT32_MAX ends them */
    uint32_t bucket, n_buckets; /* its part of buckets                                        */
    uint32_t end;               /* one past its last base on a row                            */
} til_overlap_contig_t;

typedef struct {
    uint32_t start, code;
} til_segment_t;

struct til_overlap {
    size_t n_contigs, n_rows; /* rows that are counted: not those of introns */
    bool introns;
    til_overlap_contig_t *contigs;
    til_segment_t *segments; /* first base and set of each; a contig's first begins at 0 */
    uint32_t *buckets;       /* segment that holds base b << TIL_BUCKET_SHIFT            */
    til_entry_t *lists;      /* at an even code / 2: how many, then the entries, sorted; or */
                             /* how many | TIL_SLICE, then where they begin in `opened`    */
    til_entry_t *opened;     /* entries in the order in which they begin, where that is sorted */
    size_t n_without_strand; /* genes that have a feature of strand '.'                 */
};

enum { TIL_BUCKET_SHIFT = 10 };

#define TIL_NO_SEGMENT UINT32_MAX
#define TIL_SLICE      0x80000000u

/* The segment of `contig` that holds base `pos`, or TIL_NO_SEGMENT beyond its last exon. */
static inline uint32_t til_overlap_find(const til_overlap_t *index, size_t contig, uint32_t pos)
{
    const til_overlap_contig_t *c = &index->contigs[contig];
    uint32_t b = pos >> TIL_BUCKET_SHIFT;
    if (b >= c->n_buckets) return TIL_NO_SEGMENT;
    uint32_t i = index->buckets[c->bucket + b];
    while (index->segments[i + 1].start <= pos) i++;
    return i;
}

/* One past the last base of a contig that lies on a row. */
static inline uint32_t til_overlap_end(const til_overlap_t *index, size_t contig)
{
    return index->contigs[contig].end;
}

/* The row that is counted for an entry, and whether it is its introns'. */
static inline uint32_t til_overlap_row(const til_overlap_t *index, til_entry_t entry,
                                       bool *is_intron)
{
    uint32_t row = entry >> 2;
    *is_intron = row >= index->n_rows;
    return *is_intron ? row - (uint32_t)index->n_rows : row;
}

/* Where a walk through a contig stands: all zero at its begin. */
typedef struct {
    size_t contig_1;  /* the contig + 1                     */
    uint32_t segment; /* the one that holds the last base   */
    uint32_t bucket;  /* that the last base was in          */
} til_cursor_t;

/* til_overlap_find for bases that mostly come in rising order. */
static inline uint32_t til_overlap_advance(const til_overlap_t *index, size_t contig, uint32_t pos,
                                           til_cursor_t *cursor)
{
    uint32_t i = cursor->segment;
    if (cursor->contig_1 != contig + 1 || pos >> TIL_BUCKET_SHIFT != cursor->bucket ||
        pos < index->segments[i].start) {
        i = til_overlap_find(index, contig, pos);
        if (i == TIL_NO_SEGMENT) return i;
        *cursor = (til_cursor_t){ contig + 1, i, pos >> TIL_BUCKET_SHIFT };
        return i;
    }
    while (index->segments[i + 1].start <= pos) i++;
    cursor->segment = i;
    return i;
}

/* Asks for the memory a lookup will want: the bucket early on, then what it points to. */
static inline void til_overlap_prefetch_bucket(const til_overlap_t *index, size_t contig,
                                               uint32_t pos)
{
    const til_overlap_contig_t *c = &index->contigs[contig];
    uint32_t b = pos >> TIL_BUCKET_SHIFT;
    __builtin_prefetch(&index->buckets[c->bucket + (b < c->n_buckets ? b : 0)]);
}

static inline void til_overlap_prefetch(const til_overlap_t *index, size_t contig, uint32_t pos)
{
    const til_overlap_contig_t *c = &index->contigs[contig];
    uint32_t b = pos >> TIL_BUCKET_SHIFT;
    if (b >= c->n_buckets) return;
    enum { LINE = 8, LINES = 4 }; /* segments of a cache line; lines asked for */
    uint32_t i = index->buckets[c->bucket + b];
    uint32_t end = b + 1 < c->n_buckets ? index->buckets[c->bucket + b + 1] + 1 : i + LINE;
    if (end > i + LINE * LINES) end = i + LINE * LINES;
    for (; i < end; i += LINE) __builtin_prefetch(&index->segments[i]);
}

/* The entries of a set; `one` holds the entry of an odd code. */
static inline const til_entry_t *til_overlap_set(const til_overlap_t *index, uint32_t code,
                                                 til_entry_t *one, uint32_t *n)
{
    if (code & 1) {
        *one = code >> 1;
        *n = 1;
        return one;
    }
    const til_entry_t *list = &index->lists[code >> 1]; /* that of code 0 is empty */
    *n = list[0] & ~TIL_SLICE;
    return list[0] & TIL_SLICE ? &index->opened[list[1]] : list + 1;
}

#endif
