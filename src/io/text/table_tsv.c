/* table_tsv.c -- result tables as text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/try.h"
#include "io/text/table_tsv.h"
#include "io/text/tsv.h"

static void write_text(til_out_t *out, const char *text)
{
    for (;;) {
        size_t n = strcspn(text, "\t\n\r");
        til_out_write(out, text, n);
        if (text[n] == '\0') return;
        til_out_char(out, ' ');
        text += n + 1;
    }
}

void til_table_write(til_out_t *out, const til_table_t *table)
{
    for (size_t c = 0; c < table->n_cols; c++) {
        if (c > 0) til_out_char(out, '\t');
        write_text(out, table->columns[c].name);
    }
    til_out_char(out, '\n');
    til_table_write_rows(out, table);
}

void til_table_write_rows(til_out_t *out, const til_table_t *table)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        for (size_t c = 0; c < table->n_cols; c++) {
            const til_column_t *column = &table->columns[c];
            if (c > 0) til_out_char(out, '\t');
            if (column->type == TIL_COLUMN_NUMBER) til_out_number(out, column->number[i]);
            else if (column->text[i] == NULL) til_out_text(out, "NA");
            else write_text(out, column->text[i]);
        }
        til_out_char(out, '\n');
    }
}

/* The lines of a table, split: cells[row * n + column], borrowed from the text. */
typedef struct {
    char **cells, **fields;
    size_t n, n_rows, cells_capacity, fields_capacity;
} cells_t;

static til_status_t read_cells(til_ctx_t *ctx, til_text_t *text, cells_t *t)
{
    char *line, delimiter = '\t';
    size_t length, n;
    til_status_t status = TIL_OK;

    while (til_text_next_data(text, &line, &length)) {
        if (length == 0) continue;
        if (t->n == 0) delimiter = til_tsv_delimiter(line, length);
        TIL_TRY(til_tsv_split(ctx, text->path, text->line, line, length, delimiter, &t->fields,
                              &t->fields_capacity, &n));
        if (t->n == 0) t->n = n;
        if (n != t->n) {
            status = til_fail(ctx, TIL_EINPUT, "%s:%zu: %zu fields where the header has %zu",
                              text->path, text->line, n, t->n);
            goto done;
        }
        TIL_TRY(
            til_grow(ctx, &t->cells, &t->cells_capacity, (t->n_rows + 1) * n, sizeof *t->cells));
        memcpy(t->cells + t->n_rows * n, t->fields, n * sizeof *t->cells);
        t->n_rows++;
    }
    if (t->n_rows == 0) status = til_fail(ctx, TIL_EINPUT, "%s: no header line", text->path);
done:
    return status;
}

/* Numbers, missing values and the infinities that til_out_number writes. */
static bool read_number(const char *cell, double *value)
{
    size_t n = strlen(cell);
    *value = NAN;
    if (til_number_is_missing(cell, n) || til_number_parse(cell, n, value)) return true;
    if (strcmp(cell, "Inf") == 0) *value = INFINITY;
    else if (strcmp(cell, "-Inf") == 0) *value = -INFINITY;
    return !isnan(*value);
}

static til_status_t fill_column(til_ctx_t *ctx, const cells_t *t, size_t c, til_table_t *out)
{
    bool is_number = c > 0;
    double value;
    til_status_t status;

    for (size_t i = 1; i < t->n_rows && is_number; i++)
        is_number = read_number(t->cells[i * t->n + c], &value);
    if (is_number) {
        double *values;
        TIL_TRY(til_table_add_number(ctx, out, t->cells[c], "", &values));
        for (size_t i = 1; i < t->n_rows; i++) {
            read_number(t->cells[i * t->n + c], &value);
            values[i - 1] = value;
        }
    } else {
        size_t column;
        TIL_TRY(til_table_add_text(ctx, out, t->cells[c], "", &column));
        for (size_t i = 1; i < t->n_rows; i++) {
            const char *cell = t->cells[i * t->n + c];
            bool missing = c > 0 && strcmp(cell, "NA") == 0; /* a row may be called NA */
            TIL_TRY(til_table_set_text(ctx, out, column, i - 1, missing ? NULL : cell));
        }
    }
done:
    return status;
}

til_status_t til_table_read(til_ctx_t *ctx, til_text_t *text, til_table_t *out)
{
    cells_t t = { 0 };
    til_status_t status;

    *out = (til_table_t){ 0 };
    TIL_TRY(read_cells(ctx, text, &t));
    TIL_TRY(til_table_init(ctx, t.n_rows - 1, out));
    for (size_t c = 0; c < t.n; c++) {
        if (til_table_column(out, t.cells[c]) != NULL) {
            status = til_fail(ctx, TIL_EINPUT, "%s: column '%s' stands twice in the header",
                              text->path, t.cells[c]);
            goto done;
        }
        TIL_TRY(fill_column(ctx, &t, c, out));
    }
done:
    free(t.cells);
    free(t.fields);
    if (status != TIL_OK) til_table_clear(out);
    return status;
}
