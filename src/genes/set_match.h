/* set_match.h -- which rows the genes of each set are. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GENES_SET_MATCH_H
#define TIL_GENES_SET_MATCH_H

#include <stddef.h>
#include <tilseq/geneset.h>
#include <tilseq/table.h>

#include "genes/gene_index.h"

/* Set i holds member[offset[i]] .. member[offset[i + 1] - 1], ascending, each once. */
typedef struct {
    size_t n_sets;
    size_t *offset; /* n_sets + 1 */
    size_t *member;
    size_t n_left_out; /* entries of sets whose row has no place */
} til_set_match_t;

/* Finds the genes of every set among the rows.
 *
 *   place      per row, the number its gene goes by in `out`, -1 for rows left out; NULL: the row
 *   coverage   set, n_genes, n_found, found_fraction, missing; may be NULL
 *   out        left empty, as is `coverage`, unless TIL_OK
 *
 * Says how many genes go by another name among the rows. TIL_EINPUT, with three names of each side,
 * when not one gene is found, or when ten times as many would be if case did not matter: symbols of
 * another species. */
TIL_MUST_USE
til_status_t til_set_match(til_ctx_t *ctx, const til_gene_index_t *index, const ptrdiff_t *place,
                           const til_genesets_t *sets, til_set_match_t *out, til_table_t *coverage);
void til_set_match_clear(til_set_match_t *match);

/* How many different genes of the sets are found among the rows. */
TIL_MUST_USE
til_status_t til_set_count_found(til_ctx_t *ctx, const til_gene_index_t *index,
                                 const til_genesets_t *sets, size_t *n_found);

#endif
