/* universe.h -- the rows of a matrix that stand for genes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_SCORE_UNIVERSE_H
#define TIL_SCORE_UNIVERSE_H

#include <stdbool.h>
#include <tilseq/matrix.h>

#include "genes/gene_index.h"

/* One row per gene name, in the order of the matrix. */
typedef struct {
    size_t n_genes;
    size_t *rows;           /* n_genes rows of the matrix, ascending              */
    ptrdiff_t *gene_of_row; /* row of the matrix -> index into rows, -1: left out */
    til_gene_index_t index;
    const til_matrix_t *matrix;
} til_score_universe_t;

/* Keeps, of the rows with one name, the one with the highest mean (the first of equals) and says
 * how many were set aside; with `varying`, leaves out genes whose sd is below 1e-10. `ids` (NULL
 * for none) knows other names of genes. `u` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_score_universe_init(til_ctx_t *ctx, const til_matrix_t *matrix,
                                     const til_gene_ids_t *ids, bool varying,
                                     til_score_universe_t *u);
void til_score_universe_clear(til_score_universe_t *u);

/* The index of the gene called `name`, or -1. */
ptrdiff_t til_score_universe_find(const til_score_universe_t *u, const char *name);

/* Names the samples and the origin of a score matrix. */
TIL_MUST_USE
til_status_t til_score_name_matrix(til_ctx_t *ctx, til_matrix_t *scores, const char *origin,
                                   char *const *samples);

#endif
