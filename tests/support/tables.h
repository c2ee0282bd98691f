/* tables.h -- golden matrices and tables, read by tilseq's own readers. A file of tests/golden is
 * named from there ("norm/counts.tsv"), any other by a path from the root. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TEST_TABLES_H
#define TIL_TEST_TABLES_H

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <tilseq/design.h>
#include <tilseq/matrix.h>
#include <tilseq/table.h>

#include "io/text/matrix_tsv.h"
#include "io/text/table_tsv.h"
#include "support/golden.h"

static inline void read_text(til_ctx_t *ctx, const char *file, til_text_t *text)
{
    char path[2048];
    if (*file == '/') snprintf(path, sizeof path, "%s", file);
    else golden_path(file, path, sizeof path);
    ck_assert_msg(til_text_read(ctx, path, text) == TIL_OK, "%s", ctx->message);
}

static inline void read_matrix(til_ctx_t *ctx, const char *file, til_values_t values,
                               til_matrix_t *out)
{
    const til_matrix_reading_t how = { .values = values };
    til_text_t text = { 0 };
    read_text(ctx, file, &text);
    ck_assert_msg(til_matrix_read(ctx, &text, &how, out) == TIL_OK, "%s", ctx->message);
    til_text_clear(&text);
}

static inline void read_table(til_ctx_t *ctx, const char *file, til_table_t *out)
{
    til_text_t text = { 0 };
    read_text(ctx, file, &text);
    ck_assert_msg(til_table_read(ctx, &text, out) == TIL_OK, "%s", ctx->message);
    til_text_clear(&text);
}

/* The numbers of a column that must be there. */
static inline const double *numbers(const til_table_t *table, const char *name)
{
    const til_column_t *column = til_table_column(table, name);
    ck_assert_msg(column != NULL && column->number != NULL, "no column of numbers '%s'", name);
    return column->number;
}

/* A design from a table whose first column names the samples. */
static inline void read_design(til_ctx_t *ctx, const char *file, til_design_t *out)
{
    til_table_t table = { 0 };
    read_table(ctx, file, &table);
    size_t n = table.n_rows, p = table.n_cols - 1;
    ck_assert_int_eq(til_design_init(ctx, n, p, out), TIL_OK);
    for (size_t s = 0; s < n; s++) out->samples[s] = strdup(table.columns[0].text[s]);
    for (size_t j = 0; j < p; j++) {
        out->coef_names[j] = strdup(table.columns[j + 1].name);
        memcpy(out->x + j * n, numbers(&table, table.columns[j + 1].name), n * sizeof *out->x);
    }
    til_table_clear(&table);
}

static inline void free_design(til_design_t *design)
{
    for (size_t s = 0; s < design->n_samples; s++) free(design->samples[s]);
    for (size_t j = 0; j < design->n_coef; j++) free(design->coef_names[j]);
    til_design_clear(design);
}

/* The largest golden_distance between two matrices of the same rows and columns. */
static inline double matrix_distance(const til_matrix_t *got, const til_matrix_t *want)
{
    double most = 0;
    ck_assert_uint_eq(got->n_rows, want->n_rows);
    ck_assert_uint_eq(got->n_cols, want->n_cols);
    for (size_t i = 0; i < got->n_rows * got->n_cols; i++)
        most = fmax(most, golden_distance(got->x[i], want->x[i]));
    return most;
}

#endif
