/* tx2gene.h -- the table that says which gene a transcript belongs to. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_TX2GENE_H
#define TIL_IO_TX2GENE_H

#include <stddef.h>
#include <tilseq/context.h>

#include "io/text/digest.h"

struct til_arena;

typedef struct {
    size_t n;
    char **transcripts, **genes;
    char **symbols; /* NULL without such a column; NULL entries where empty */
    char sha256[TIL_SHA256_TEXT];
    size_t capacity;
    struct til_arena *arena;
} til_tx2gene_t;

/* Tab- or comma-separated, told by content. With a header line that names them (transcript_id, tx,
 * TXNAME...; gene_id, gene, GENEID...; gene_name, symbol), columns may stand in any order; else
 * they are transcript, gene and, where there is one, symbol. TIL_EINPUT with file and line for a
 * row with an empty cell or fewer than two columns. */
TIL_MUST_USE
til_status_t til_tx2gene_read(til_ctx_t *ctx, const char *path, til_tx2gene_t *out);
void til_tx2gene_clear(til_tx2gene_t *table);

#endif
