/* overlap.h -- which genes lie under a stretch of a contig.
 *
 * Each contig is cut at every start and end of an exon; between two cuts the set of genes is
 * one and the same. A set is a 32-bit code: 0 for none, an odd number for one gene (by far the
 * most frequent), an even number for the place of a list.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_OVERLAP_H
#define TIL_COUNT_OVERLAP_H

#include <stdint.h>
#include <tilseq/count.h>

/* A row and the strand it has there: row << 2 | TIL_STRAND_... */
typedef uint32_t til_entry_t;

typedef struct {
    uint32_t segment, n_segments;   /* its part of starts and codes   */
    uint32_t bucket, n_buckets;     /* its part of buckets            */
} til_overlap_contig_t;

struct til_overlap {
    size_t n_contigs, n_rows;
    til_overlap_contig_t *contigs;
    uint32_t *starts;               /* first base of each segment; the first of a contig is 0  */
    uint32_t *codes;                /* the set of each segment                                 */
    uint32_t *buckets;              /* segment that holds base b << TIL_BUCKET_SHIFT            */
    til_entry_t *lists;             /* at an even code / 2: how many, then the entries, sorted */
    size_t n_without_strand;        /* genes that have a feature of strand '.'                 */
};

enum { TIL_BUCKET_SHIFT = 11 };

#define TIL_NO_SEGMENT UINT32_MAX

/* The segment of `contig` that holds base `pos`, or TIL_NO_SEGMENT beyond its last exon. */
static inline uint32_t til_overlap_find(const til_overlap_t *index, size_t contig, uint32_t pos)
{
    const til_overlap_contig_t *c = &index->contigs[contig];
    uint32_t b = pos >> TIL_BUCKET_SHIFT;
    if (b >= c->n_buckets) return TIL_NO_SEGMENT;
    uint32_t i = index->buckets[c->bucket + b], last = c->segment + c->n_segments - 1;
    while (i < last && index->starts[i + 1] <= pos) i++;
    return i;
}

/* The last base of segment i, plus one, for one found in `contig`. */
static inline uint32_t til_overlap_end(const til_overlap_t *index, size_t contig, uint32_t i)
{
    const til_overlap_contig_t *c = &index->contigs[contig];
    return i + 1 < c->segment + c->n_segments ? index->starts[i + 1] : UINT32_MAX;
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
    *n = code == 0 ? 0 : index->lists[code >> 1];
    return code == 0 ? one : &index->lists[(code >> 1) + 1];
}

#endif
