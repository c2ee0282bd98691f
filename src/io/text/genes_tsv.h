/* genes_tsv.h -- gene id -> name tables (--genes): column 1 the id, a column `symbol` or
 * `gene_name`. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_GENES_TSV_H
#define TIL_IO_GENES_TSV_H

#include <stddef.h>
#include <tilseq/context.h>

#include "base/names.h"
#include "io/text/textfile.h"

typedef struct {
    til_names_t *ids; /* gene ids; id -> index of symbols       */
    char **symbols;   /* per id; NULL where there is none       */
    struct til_arena *arena;
} til_gene_names_t;

/* Reads the table from its text, which is consumed. NA and empty cells are no name. TIL_EINPUT for
 * an id with two names. */
TIL_MUST_USE
til_status_t til_gene_names_read(til_ctx_t *ctx, til_text_t *text, til_gene_names_t *out);
void til_gene_names_clear(til_gene_names_t *genes);

/* The name of a gene id, its Ensembl version ignored if it is not found with it; NULL for none. */
const char *til_gene_names_find(const til_gene_names_t *genes, const char *id);

#endif
