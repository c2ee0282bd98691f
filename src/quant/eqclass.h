/* eqclass.h -- fragments that fit the same transcripts about equally well, counted together.
 *
 * Range factorisation: a class is a set of (transcript, bin) where bin is the fragment's share of
 * that transcript in TIL_CLASS_BINS steps; the shares themselves are summed per class member.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_EQCLASS_H
#define TIL_QUANT_EQCLASS_H

#include <stdint.h>
#include <tilseq/context.h>

enum { TIL_CLASS_BINS = 4 }; /* 8 and 32 gave no better answers, only more classes */

typedef struct til_classes til_eq_classes_t;

TIL_MUST_USE
til_status_t til_classes_new(til_ctx_t *ctx, uint32_t n_transcripts, til_eq_classes_t **out);
void til_classes_free(til_eq_classes_t *classes);

/* What the fragments of a batch fit, gathered by a worker. Start with {0}; members of fragment i
 * are at [first[i], first[i + 1]). */
typedef struct {
    uint32_t *labels; /* transcript * TIL_CLASS_BINS + bin, ascending              */
    float *shares;    /* add up to 1 over a fragment                               */
    uint64_t *hashes; /* per fragment                                              */
    uint32_t *first;  /* n + 1                                                     */
    size_t n, n_members;
    size_t labels_capacity, shares_capacity, hashes_capacity, first_capacity;
} til_staged_t;

void til_staged_clear(til_staged_t *staged);

/* Adds a fragment; `shares` need not add up to 1 (they are scaled), transcripts ascend. */
TIL_MUST_USE
til_status_t til_staged_add(til_ctx_t *ctx, til_staged_t *staged, const uint32_t *transcripts,
                            const double *shares, size_t n);

/* Counts the staged fragments, in order. */
TIL_MUST_USE
til_status_t til_classes_commit(til_ctx_t *ctx, til_eq_classes_t *classes,
                                const til_staged_t *staged);

/* The classes of more than one member in the order of their first fragment, and the number of
 * fragments that fit one transcript only. */
typedef struct {
    size_t n, n_members;
    const uint64_t *first;  /* n: where a class's members begin                           */
    const uint32_t *sizes;  /* n                                                          */
    const uint32_t *counts; /* n fragments                                                */
    const uint32_t *labels; /* n_members; / TIL_CLASS_BINS is the transcript              */
    const double *shares;   /* n_members; sums over the class's fragments                 */
    const uint32_t *unique; /* n_transcripts                                              */
    uint32_t n_transcripts;
} til_classes_view_t;

til_classes_view_t til_classes_view(const til_eq_classes_t *classes);

#endif
