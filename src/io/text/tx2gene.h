/* tx2gene.h -- the table that says which gene a transcript belongs to. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_TX2GENE_H
#define TIL_IO_TX2GENE_H

#include <tilseq/annot.h>

#include "io/text/textfile.h"

/* Reads the table from its text, which is consumed. Tab- or comma-separated, told by content. With a header line that names them (transcript_id, tx,
 * TXNAME...; gene_id, gene, GENEID...; gene_name, symbol), columns may stand in any order; else
 * they are transcript, gene and, where there is one, symbol. TIL_EINPUT with file and line for a
 * row with an empty cell or fewer than two columns. */
TIL_MUST_USE
til_status_t til_tx2gene_read(til_ctx_t *ctx, til_text_t *text, til_tx2gene_t *out);

#endif
