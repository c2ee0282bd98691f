/* lengths.c -- feature lengths, matched to a count matrix by name. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "tasks/lengths.h"
#include "io/text/table_tsv.h"

/* column[s]: where the lengths of sample s stand. */
static til_status_t find_columns(til_ctx_t *ctx, const char *path, const til_table_t *table,
                                 const til_matrix_t *counts, const double **column)
{
    const til_column_t *one = til_table_column(table, "length");
    size_t n_found = 0, n_numbers = 0;
    const char *absent = NULL;

    for (size_t s = 0; s < counts->n_cols; s++) {
        const til_column_t *own = til_table_column(table, counts->col_names[s]);
        column[s] = own != NULL ? own->number : NULL;
        if (column[s] != NULL) n_found++;
        else if (absent == NULL) absent = counts->col_names[s];
    }
    if (n_found == counts->n_cols) return TIL_OK;
    if (n_found > 0)
        return til_fail(ctx, TIL_EINPUT, "%s: no column of lengths for sample %s", path, absent);

    for (size_t j = 0; one == NULL && j < table->n_cols; j++)
        n_numbers += table->columns[j].type == TIL_COLUMN_NUMBER;
    for (size_t j = 0; one == NULL && n_numbers == 1 && j < table->n_cols; j++)
        if (table->columns[j].type == TIL_COLUMN_NUMBER) one = &table->columns[j];
    if (one == NULL || one->number == NULL)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: no lengths: a column 'length' or one per sample (%s, "
                        "...) should be there",
                        path, counts->col_names[0]);
    for (size_t s = 0; s < counts->n_cols; s++) column[s] = one->number;
    return TIL_OK;
}

/* The row of `id`; TIL_EINPUT when it is not there. */
static til_status_t find_row(til_ctx_t *ctx, const char *path, const til_names_t *names,
                             const char *id, size_t *row)
{
    ptrdiff_t at = til_names_find(names, id);

    *row = 0;
    if (at < 0) return til_fail(ctx, TIL_EINPUT, "%s: no length for %s", path, id);
    *row = (size_t)at;
    return TIL_OK;
}

static til_status_t index_rows(til_ctx_t *ctx, const char *path, const til_table_t *table,
                               til_names_t **names)
{
    *names = til_names_new();
    if (*names == NULL) return til_no_memory(ctx, table->n_rows, "features");
    for (size_t r = 0; r < table->n_rows; r++) {
        const char *id = table->columns[0].text[r];
        int is_new;
        if (id == NULL) id = "";
        if (til_names_add(*names, id, &is_new) < 0)
            return til_no_memory(ctx, table->n_rows, "features");
        if (!is_new) return til_fail(ctx, TIL_EINPUT, "%s: two lengths for '%s'", path, id);
    }
    return TIL_OK;
}

static til_status_t fill(til_ctx_t *ctx, const char *path, const til_names_t *names,
                         const double *const *column, til_matrix_t *out)
{
    for (size_t g = 0; g < out->n_rows; g++) {
        double *length = til_matrix_row(out, g);
        size_t row;
        til_status_t status = find_row(ctx, path, names, out->row_names[g], &row);
        if (status != TIL_OK) return status;
        for (size_t s = 0; s < out->n_cols; s++) {
            length[s] = column[s][row];
            if (!(length[s] > 0) || isinf(length[s]))
                return til_fail(ctx, TIL_EINPUT, "%s: length of %s: must be a positive number",
                                path, out->row_names[g]);
        }
    }
    return TIL_OK;
}

til_status_t til_load_lengths(til_ctx_t *ctx, til_job_t *job, const char *path,
                              const til_matrix_t *counts, til_matrix_t *out)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };
    til_table_t table = { 0 };
    til_names_t *names = NULL;
    const double **column = til_array(counts->n_cols, sizeof *column);

    *out = (til_matrix_t){ 0 };
    if (column == NULL) TIL_TRY(til_no_memory(ctx, counts->n_cols, "samples"));
    TIL_TRY(til_text_read(ctx, path, &text));
    TIL_TRY(til_job_input(ctx, job, path, text.sha256, 0));
    TIL_TRY(til_table_read(ctx, &text, &table));
    TIL_TRY(find_columns(ctx, path, &table, counts, column));
    TIL_TRY(index_rows(ctx, path, &table, &names));
    TIL_TRY(til_matrix_select(ctx, counts, NULL, 0, NULL, 0, out));
    TIL_TRY(til_matrix_set_origin(ctx, out, path));
    TIL_TRY(fill(ctx, path, names, column, out));

done:
    til_names_free(names);
    til_table_clear(&table);
    til_text_clear(&text);
    free(column);
    if (status != TIL_OK) til_matrix_clear(out);
    return status;
}
