/* targets.h -- the sequences to be indexed, packed one behind the other. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_TARGETS_H
#define TIL_QUANT_TARGETS_H

#include <tilseq/quant.h>

typedef struct {
    uint64_t *bases; /* two bits each, with spare words at the end         */
    size_t n_words_capacity;
    uint64_t n_bases;
    uint32_t *starts; /* n + 1                                              */
    size_t starts_capacity;
    size_t n, n_transcripts; /* decoys stand behind the transcripts                */
    char *names;             /* NUL-terminated, per transcript                     */
    size_t names_size, names_capacity;
    uint32_t *name_at;
    size_t name_at_capacity;
    char *header_genes; /* gene id NUL symbol NUL per transcript              */
    size_t genes_size, genes_capacity;
    char sequence_digest[TIL_INDEX_DIGEST], name_digest[TIL_INDEX_DIGEST];
} til_targets_t;

/* Reads the transcripts and, where there are any, the decoys. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_targets_read(til_ctx_t *ctx, const til_index_build_t *how, til_targets_t *out,
                              til_index_stats_t *stats);
void til_targets_clear(til_targets_t *targets);

#endif
