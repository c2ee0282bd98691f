/* universe.h -- which row of a matrix stands for which gene. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_SCORE_UNIVERSE_H
#define TIL_SCORE_UNIVERSE_H

#include <stdbool.h>
#include <tilseq/matrix.h>

#include "base/names.h"

/* One row per gene name, in the order of the matrix. */
typedef struct {
    size_t n_genes;
    size_t *rows;            /* n_genes rows of the matrix, ascending            */
    ptrdiff_t *gene_of_name; /* id in `names` -> index into rows, -1 when left out */
    til_names_t *names;      /* gene names without Ensembl versions              */
    const til_matrix_t *matrix;
} til_score_universe_t;

/* Keeps, of the rows with one name, the one with the highest mean (the first of equals) and says
 * how many were set aside; with `varying`, leaves out genes whose sd is below 1e-10. `u` is left
 * empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_score_universe_init(til_ctx_t *ctx, const til_matrix_t *matrix, bool varying,
                                     til_score_universe_t *u);
void til_score_universe_clear(til_score_universe_t *u);

/* The index of the gene called `name`, or -1. */
ptrdiff_t til_score_universe_find(const til_score_universe_t *u, const char *name);

/* True for a gene that is in the matrix and left out since it does not vary. */
bool til_score_universe_is_constant(const til_score_universe_t *u, const char *name);

/* TIL_EINPUT that shows three names of each side. `wanted`: n names not found. */
til_status_t til_score_no_overlap(til_ctx_t *ctx, const til_score_universe_t *u, const char *origin,
                                  size_t n, char *const *wanted);

#endif
