/* partial.h -- are mates that fit nowhere, and ends that do not fit, worth counting? */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_PARTIAL_H
#define TIL_QUANT_PARTIAL_H

#include <tilseq/quant.h>

/* Decides about pairs of which mate 1 (n_seen[0]) or mate 2 (n_seen[1]) fits nowhere, of `n` mapped
 * ones, and says what is to be said. */
void til_partial_decide_orphans(til_ctx_t *ctx, til_partial_t given, const uint64_t n_seen[2],
                                uint64_t n, til_partial_verdict_t *verdict);

/* The same for reads that fit with their start (n_seen[0]) or end left out. */
void til_partial_decide_clip(til_ctx_t *ctx, til_partial_t given, const uint64_t n_seen[2],
                             uint64_t n, til_partial_verdict_t *verdict);

#endif
