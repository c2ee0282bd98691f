/* gene_index.h -- which row of a matrix, a ranking or a list stands for which gene.
 *
 * A row goes by its gene name where it has one, else by its id. Of rows with one name the caller's
 * rule chooses one. A gene is looked for under its own name first (the version of an Ensembl id
 * aside); where a table of ids is given, then under the other names of that gene: a row WARS stands
 * for WARS1 and a row WARS1 for WARS, an Entrez or Ensembl id stands for its symbol and the
 * other way about. A name that belongs to several genes stands for none of them but itself.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GENES_GENE_INDEX_H
#define TIL_GENES_GENE_INDEX_H

#include <stdbool.h>
#include <tilseq/matrix.h>
#include <tilseq/ranking.h>

#include "base/names.h"
#include "genes/gene_ids.h"

/* True when row `a` rather than row `b`, both of one name, stands for the gene. */
typedef bool til_gene_is_better_t(const void *arg, size_t a, size_t b);

typedef struct {
    til_gene_rows_t rows;
    const til_gene_ids_t *ids;
    til_names_t *keys;   /* names without Ensembl versions, in order of their first row */
    size_t *row_of_key;  /* per key: the row that stands for it                         */
    til_names_t *others; /* symbols of genes that rows go by another name for           */
    size_t *row_of_other;
    size_t n_repeated; /* rows that another of their name stands for                  */
} til_gene_index_t;

/* Borrows rows and `ids` (NULL or empty: names are compared as they are). `is_better` NULL keeps the first
 * row of a name. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_gene_index_init(til_ctx_t *ctx, const til_gene_rows_t *rows,
                                 const til_gene_ids_t *ids, til_gene_is_better_t *is_better,
                                 const void *arg, til_gene_index_t *out);
void til_gene_index_clear(til_gene_index_t *index);

/* The row that stands for the gene called `name`, or -1. *is_other (may be NULL) tells whether it
 * goes by another name. */
ptrdiff_t til_gene_index_find(const til_gene_index_t *index, const char *name, bool *is_other);

/* What a row goes by. Borrows. */
const char *til_gene_row_name(const til_gene_rows_t *rows, size_t row);

/* Says how many rows were set aside, if any; `rule` is the one that stands for the gene:
 * "the row with the highest mean". */
void til_gene_index_say_repeated(til_ctx_t *ctx, const til_gene_index_t *index, const char *rule);

#endif
