/* gene_ids.h -- the names one gene goes by: Entrez, Ensembl, old symbols -> its symbol. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GENES_GENE_IDS_H
#define TIL_GENES_GENE_IDS_H

#include <stdbool.h>
#include <tilseq/matrix.h>

#include "base/names.h"

/* Rows of a matrix, a ranking or a list by what they are called; borrows. */
typedef struct {
    const char *origin; /* for messages                                   */
    size_t n;
    char *const *ids;   /* n                                              */
    char *const *names; /* n, NULL where a row has none; or NULL for none */
} til_gene_rows_t;

til_gene_rows_t til_matrix_gene_rows(const til_matrix_t *m);

typedef struct til_gene_ids {
    til_names_t *symbols; /* current symbols; their ids are what the tables below hold */
    til_names_t *ids;     /* Entrez and Ensembl ids                                    */
    size_t *symbol_of_id, ids_capacity;
    til_names_t *aliases;       /* former and other symbols that mean one gene only          */
    ptrdiff_t *symbol_of_alias; /* -1 for an alias of several genes                          */
    size_t aliases_capacity;
} til_gene_ids_t;

TIL_MUST_USE
til_status_t til_gene_ids_init(til_ctx_t *ctx, til_gene_ids_t *t);
void til_gene_ids_clear(til_gene_ids_t *t);

/* Adds a gene: its symbol, and ids and aliases each separated by '|' ("" for none). */
TIL_MUST_USE
til_status_t til_gene_ids_add(til_ctx_t *ctx, til_gene_ids_t *t, const char *symbol,
                              const char *ids, const char *aliases);

/* The symbol of an Entrez or Ensembl id (version ignored), or NULL. Borrows. */
const char *til_gene_ids_symbol(const til_gene_ids_t *t, const char *id);

/* The current symbol that `name` is a former or other name of; NULL when it is a current symbol
 * itself, belongs to several genes, or is not known. Borrows. */
const char *til_gene_ids_current(const til_gene_ids_t *t, const char *name);

/* True when most rows are Entrez ids (or most are Ensembl ids) and none has a name. */
bool til_gene_rows_are_ids(const til_gene_rows_t *rows);

/* symbols[g]: the symbol of the id of row g, NULL where it is not known; returns how many are. */
size_t til_gene_ids_name_rows(const til_gene_ids_t *t, const til_gene_rows_t *rows,
                              const char **symbols);

#endif
