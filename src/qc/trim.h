/* trim.h -- where a read ends: adapters, homopolymers, low quality. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QC_TRIM_H
#define TIL_QC_TRIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIL_TRIM_MAX_ADAPTERS = 16 };

/* What is taken off. */
typedef struct {
    const char *adapters[TIL_TRIM_MAX_ADAPTERS]; /* upper case; sought at the 3' end of each mate */
    size_t n_adapters;
    unsigned least_match;  /* bases of an adapter that must be there at the end of a read  */
    bool by_overlap;       /* pairs: what reaches beyond the other mate's start is adapter */
    bool poly_g, poly_a;   /* tails of at least 10                                         */
    unsigned quality;      /* ends below it are cut (0: never), by the largest-sum rule    */
    unsigned offset;       /* of quality characters: 33                                    */
    unsigned least_length; /* shorter reads, or pairs with one, are left out               */
} til_trim_options_t;

/* What was taken off, in reads and bases. */
typedef struct {
    uint64_t n_reads, n_kept, n_too_short;             /* reads, or pairs              */
    uint64_t n_by_overlap;                             /* pairs that read past the end */
    uint64_t n_adapter, n_poly_g, n_poly_a, n_quality; /* mates            */
    uint64_t bases_in, bases_out, bases_adapter, bases_tail, bases_quality;
} til_trim_counts_t;

/* One mate; `length` is what is left of it. */
typedef struct {
    const char *bases, *quality;
    uint32_t length;
} til_trimmed_t;

/* Shortens a read, or both mates of a pair (`mate` NULL for a single read), and adds to `counts`.
 * True when the read is kept. */
bool til_trim_read(const til_trim_options_t *options, til_trimmed_t *read, til_trimmed_t *mate,
                   til_trim_counts_t *counts);

/* How far a pair overlaps: the length of the fragment when the mates, one of them turned, agree over
 * at least 30 bases with at most 5 differences and at most one in five; 0 where they do not. */
uint32_t til_trim_overlap(const til_trimmed_t *read, const til_trimmed_t *mate);

/* The adapters of the kits in use, ended by NULL: name, sequence, name, sequence... */
extern const char *const til_trim_known[];

#endif
