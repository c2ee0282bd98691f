/* tilseq/matrix.h -- features x samples, named: the noun between the two wings.
 *
 * Counts or expression values, a feature's samples contiguous: x[g * n_cols + s]. The matrix
 * owns its numbers and its names. Names are kept byte for byte and are unique on both sides
 * (readers see to it).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_MATRIX_H
#define TILSEQ_MATRIX_H

#include <stddef.h>
#include <tilseq/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_arena;

typedef struct {
    size_t n_rows, n_cols;   /* features, samples                                        */
    double *x;               /* n_rows * n_cols                                          */
    char **row_names;        /* n_rows feature ids                                       */
    char **col_names;        /* n_cols sample names                                      */
    char **gene_names;       /* NULL, or n_rows symbols, each NULL where there is none   */
    double *lengths;         /* NULL, or n_rows lengths in bases                         */
    char *origin;            /* file name for messages; never NULL once initialised      */
    struct til_arena *arena; /* holds all strings                                        */
} til_matrix_t;

/* An all-zero matrix with empty names. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_matrix_init(til_ctx_t *ctx, size_t n_rows, size_t n_cols, til_matrix_t *out);

/* Releases what the matrix owns and empties it. NULL and an empty matrix are fine. */
void til_matrix_clear(til_matrix_t *m);

/* The n_cols values of feature g; borrows from `m`. */
static inline double *til_matrix_row(const til_matrix_t *m, size_t g)
{
    return m->x + g * m->n_cols;
}

/* Sets one name; the text is copied. til_matrix_set_gene_name makes room for gene_names on
 * first use and accepts NULL for "no symbol". */
TIL_MUST_USE
til_status_t til_matrix_set_row_name(til_ctx_t *ctx, til_matrix_t *m, size_t g, const char *name);
TIL_MUST_USE
til_status_t til_matrix_set_col_name(til_ctx_t *ctx, til_matrix_t *m, size_t s, const char *name);
TIL_MUST_USE
til_status_t til_matrix_set_gene_name(til_ctx_t *ctx, til_matrix_t *m, size_t g, const char *name);
TIL_MUST_USE
til_status_t til_matrix_set_origin(til_ctx_t *ctx, til_matrix_t *m, const char *origin);

/* A copy of chosen rows and columns, in the order given, with their names.
 *
 *   rows, cols   indices into m; NULL means all, in order (n is then ignored)
 *   out          another matrix than m; left empty unless TIL_OK
 */
TIL_MUST_USE
til_status_t til_matrix_select(til_ctx_t *ctx, const til_matrix_t *m, const size_t *rows,
                               size_t n_rows, const size_t *cols, size_t n_cols, til_matrix_t *out);

/* How a feature is shown to people: its symbol where there is one, else its id. */
const char *til_matrix_label(const til_matrix_t *m, size_t g);

/* TIL_EINPUT naming feature, sample and file at the first value that is negative, missing or
 * infinite; with `whole`, also at the first fraction. */
TIL_MUST_USE
til_status_t til_matrix_check_counts(til_ctx_t *ctx, const til_matrix_t *m, int whole);

#ifdef __cplusplus
}
#endif
#endif
