/* table.c -- a result: named, typed columns. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/table.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/need.h"

til_status_t til_table_init(til_ctx_t *ctx, size_t n_rows, til_table_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_table_t){ 0 };
    til_arena_t *arena = til_arena_new();
    if (arena == NULL) return til_no_memory(ctx, n_rows, "rows");
    out->n_rows = n_rows;
    out->arena = arena;
    return TIL_OK;
}

void til_table_clear(til_table_t *t)
{
    if (t == NULL) return;
    for (size_t c = 0; c < t->n_cols; c++) {
        free(t->columns[c].number);
        free(t->columns[c].text);
    }
    free(t->columns);
    til_arena_free(t->arena);
    *t = (til_table_t){ 0 };
}

/* Appends a column; `values` is taken, and freed on failure. */
static til_status_t add(til_ctx_t *ctx, til_table_t *t, til_column_t column, const char *name,
                        const char *about)
{
    til_column_t *columns = NULL;

    column.name = til_arena_text(t->arena, name);
    column.about = til_arena_text(t->arena, about == NULL ? "" : about);
    if ((column.number != NULL || column.text != NULL) && column.name != NULL &&
        column.about != NULL)
        columns = realloc(t->columns, (t->n_cols + 1) * sizeof *columns);
    if (columns == NULL) {
        free(column.number);
        free(column.text);
        return til_no_memory(ctx, t->n_rows, "table cells");
    }
    columns[t->n_cols++] = column;
    t->columns = columns;
    return TIL_OK;
}

til_status_t til_table_add_number(til_ctx_t *ctx, til_table_t *t, const char *name,
                                  const char *about, double **values)
{
    TIL_NEED(ctx, t);
    TIL_NEED(ctx, name);
    TIL_NEED(ctx, values);
    til_column_t column = { .type = TIL_COLUMN_NUMBER };

    column.number = til_array(t->n_rows, sizeof *column.number);
    for (size_t i = 0; column.number != NULL && i < t->n_rows; i++) column.number[i] = NAN;
    til_status_t status = add(ctx, t, column, name, about);
    *values = status == TIL_OK ? column.number : NULL;
    return status;
}

til_status_t til_table_add_text(til_ctx_t *ctx, til_table_t *t, const char *name, const char *about,
                                size_t *column_index)
{
    TIL_NEED(ctx, t);
    TIL_NEED(ctx, name);
    TIL_NEED(ctx, column_index);
    til_column_t column = { .type = TIL_COLUMN_TEXT };

    column.text = til_array_zero(t->n_rows, sizeof *column.text);
    til_status_t status = add(ctx, t, column, name, about);
    *column_index = status == TIL_OK ? t->n_cols - 1 : 0;
    return status;
}

til_status_t til_table_set_text(til_ctx_t *ctx, til_table_t *t, size_t column, size_t row,
                                const char *text)
{
    TIL_NEED(ctx, t);
    char *copy = NULL;

    if (text != NULL) {
        copy = til_arena_text(t->arena, text);
        if (copy == NULL) return til_no_memory(ctx, strlen(text), "bytes of text");
    }
    t->columns[column].text[row] = copy;
    return TIL_OK;
}

const til_column_t *til_table_column(const til_table_t *t, const char *name)
{
    for (size_t c = 0; t != NULL && name != NULL && c < t->n_cols; c++)
        if (strcmp(t->columns[c].name, name) == 0) return &t->columns[c];
    return NULL;
}
