/* gene_ids_tsv.h -- reads a table of gene names: columns symbol, entrez, ensembl and, where there
 * is one, aliases; several entries in a cell are separated by '|'. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_GENE_IDS_TSV_H
#define TIL_IO_GENE_IDS_TSV_H

#include "genes/gene_ids.h"
#include "io/text/textfile.h"

/* Reads `text` (consumed line by line) into `out`, left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_gene_ids_read(til_ctx_t *ctx, til_text_t *text, til_gene_ids_t *out);

#endif
