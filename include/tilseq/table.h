/* tilseq/table.h -- a result: named, typed, documented columns of equal length.
 *
 * The table owns its columns. Numbers are doubles (NaN is written NA), text may be NULL
 * (written NA). Writers live in io/.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_TABLE_H
#define TILSEQ_TABLE_H

#include <stddef.h>
#include <tilseq/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_arena;

typedef enum { TIL_COLUMN_NUMBER, TIL_COLUMN_TEXT } til_column_type_t;

typedef struct {
    char *name;  /* as in the header line                     */
    char *about; /* what it is, with its unit; may be ""      */
    til_column_type_t type;
    double *number; /* n_rows when type is NUMBER, else NULL     */
    char **text;    /* n_rows when type is TEXT, else NULL       */
} til_column_t;

typedef struct {
    size_t n_rows, n_cols;
    til_column_t *columns;
    struct til_arena *arena; /* holds all strings                         */
} til_table_t;

/* A table of n_rows rows and no columns. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_table_init(til_ctx_t *ctx, size_t n_rows, til_table_t *out);
void til_table_clear(til_table_t *t);

/* Appends a column of NaN and hands out its values (n_rows; owned by the table). */
TIL_MUST_USE
til_status_t til_table_add_number(til_ctx_t *ctx, til_table_t *t, const char *name,
                                  const char *about, double **values);

/* Appends a column of NULL; fill it with til_table_set_text. `column` is its index. */
TIL_MUST_USE
til_status_t til_table_add_text(til_ctx_t *ctx, til_table_t *t, const char *name, const char *about,
                                size_t *column);

/* Copies `text` (NULL for NA) into a cell of a text column. */
TIL_MUST_USE
til_status_t til_table_set_text(til_ctx_t *ctx, til_table_t *t, size_t column, size_t row,
                                const char *text);

/* The column called `name`, or NULL. Borrows. */
const til_column_t *til_table_column(const til_table_t *t, const char *name);

#ifdef __cplusplus
}
#endif
#endif
