/* bias.h -- fragments prefer some starts and some GC contents: how much, and what it does to
 * effective lengths. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_BIAS_H
#define TIL_QUANT_BIAS_H

#include "quant/fraglen.h"
#include "quant/index.h"

enum {
    TIL_BIAS_CONTEXT = 6, /* bases: two before the fragment's end, four of it */
    TIL_BIAS_WORDS = 4096,
    TIL_BIAS_GC = 25 /* classes of GC content of a fragment              */
};

/* What was seen at both ends of fragments, in the direction of the fragment's inside, and their GC.
 */
typedef struct til_bias_counts {
    uint64_t five[TIL_BIAS_WORDS], three[TIL_BIAS_WORDS], gc[TIL_BIAS_GC];
} til_bias_counts_t;

/* Which ends of a fragment were read. */
typedef enum { TIL_BIAS_FIVE = 1, TIL_BIAS_THREE = 2, TIL_BIAS_BOTH = 3 } til_bias_ends_t;

/* Counts a fragment of `length` bases that begins at base `start` of a target. */
void til_bias_count(til_bias_counts_t *counts, const til_index_t *index, uint32_t target, int start,
                    int length, til_bias_ends_t ends);

void til_bias_add(til_bias_counts_t *sum, const til_bias_counts_t *more);

/* Observed over expected, per context and GC class; the expected from `expected` fragments per
 * transcript spread evenly over it. */
typedef struct {
    double five[TIL_BIAS_WORDS], three[TIL_BIAS_WORDS], gc[TIL_BIAS_GC];
} til_bias_model_t;

TIL_MUST_USE
til_status_t til_bias_learn(til_ctx_t *ctx, const til_index_t *index, const til_fraglen_t *lengths,
                            const til_bias_counts_t *observed, const double *expected,
                            til_bias_model_t *model);

/* Effective lengths under the model, for transcripts with expected > 0; the others keep theirs. */
TIL_MUST_USE
til_status_t til_bias_effective_lengths(til_ctx_t *ctx, const til_index_t *index,
                                        const til_fraglen_t *lengths, const til_bias_model_t *model,
                                        const double *expected, double *effective);

#endif
