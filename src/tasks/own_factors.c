/* own_factors.c -- size factors other than those an engine takes by itself. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/norm.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "io/text/table_tsv.h"
#include "tasks/own_factors.h"

static til_status_t read_table(til_ctx_t *ctx, til_job_t *job, const char *path, til_table_t *out)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };

    TIL_TRY(til_text_read(ctx, path, &text));
    TIL_TRY(til_job_input(ctx, job, path, text.sha256, 0));
    TIL_TRY(til_table_read(ctx, &text, out));
done:
    til_text_clear(&text);
    return status;
}

/* The first column of a file of genes, its header among the lines that may be a gene. */
static til_status_t read_controls(til_ctx_t *ctx, til_job_t *job, const char *path,
                                  const til_matrix_t *counts, til_own_factors_t *out)
{
    til_status_t status = TIL_OK;
    til_table_t table = { 0 };
    til_names_t *genes = NULL;

    TIL_TRY(read_table(ctx, job, path, &table));
    TIL_TRY(til_names_index(ctx, counts->row_names, counts->n_rows, &genes));
    out->is_control = til_array_zero(counts->n_rows, sizeof *out->is_control);
    if (out->is_control == NULL) TIL_TRY(til_no_memory(ctx, counts->n_rows, "genes"));
    for (size_t i = 0; i <= table.n_rows && table.n_cols > 0; i++) {
        const char *name = i == 0 ? table.columns[0].name : table.columns[0].text[i - 1];
        ptrdiff_t g = name == NULL ? -1 : til_names_find(genes, name);
        if (g < 0) {
            if (i > 0)
                TIL_TRY(til_fail(ctx, TIL_EINPUT,
                                 "%s: control gene '%s' is not among the genes of %s", path,
                                 name == NULL ? "" : name, counts->origin));
            continue; /* a header */
        }
        out->n_controls += !out->is_control[g];
        out->is_control[g] = true;
    }
    if (out->n_controls == 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s: no control gene is among the genes of %s", path,
                         counts->origin));
done:
    til_names_free(genes);
    til_table_clear(&table);
    return status;
}

til_status_t til_own_factors_init(til_ctx_t *ctx, til_job_t *job, const til_factor_args_t *args,
                                  const til_matrix_t *counts, til_own_factors_t *out)
{
    til_status_t status = TIL_OK;

    *out = (til_own_factors_t){ .args = args };
    if (args->size_factors != NULL && til_norm_find(args->size_factors) == NULL) {
        TIL_TRY(read_table(ctx, job, args->size_factors, &out->table));
        const til_column_t *factor = til_table_column(&out->table, "size_factor");
        if (til_table_column(&out->table, "sample") == NULL || factor == NULL ||
            factor->type != TIL_COLUMN_NUMBER)
            TIL_TRY(
                til_fail(ctx, TIL_EINPUT,
                         "%s: columns sample and size_factor (numbers) are wanted; or one of the "
                         "methods that tilseq norm --list-methods prints",
                         args->size_factors));
        if (args->control_genes != NULL)
            TIL_TRY(til_fail(ctx, TIL_EUSAGE,
                             "--control-genes: size factors from a file need no genes"));
    }
    if (args->control_genes != NULL)
        TIL_TRY(read_controls(ctx, job, args->control_genes, counts, out));
done:
    if (status != TIL_OK) til_own_factors_clear(out);
    return status;
}

void til_own_factors_clear(til_own_factors_t *own)
{
    if (own == NULL) return;
    til_table_clear(&own->table);
    free(own->is_control);
    *own = (til_own_factors_t){ 0 };
}

static til_status_t take_from_table(til_ctx_t *ctx, const til_own_factors_t *own,
                                    const til_matrix_t *counts, double *factors)
{
    const til_column_t *sample = til_table_column(&own->table, "sample");
    const til_column_t *factor = til_table_column(&own->table, "size_factor");

    for (size_t s = 0; s < counts->n_cols; s++) {
        size_t row = 0;
        while (row < own->table.n_rows && (sample->text == NULL || sample->text[row] == NULL ||
                                           strcmp(sample->text[row], counts->col_names[s]) != 0))
            row++;
        if (row == own->table.n_rows || !(factor->number[row] > 0))
            return til_fail(ctx, TIL_EINPUT, "%s: sample %s has no size factor above 0",
                            own->args->size_factors, counts->col_names[s]);
        factors[s] = factor->number[row];
    }
    return TIL_OK;
}

til_status_t til_own_factors(til_ctx_t *ctx, const til_own_factors_t *own,
                             const til_matrix_t *counts, double *factors)
{
    til_status_t status = TIL_OK;
    const char *name = own->args->size_factors;
    til_matrix_t controls = { 0 };
    til_norm_t norm = { 0 };
    size_t *rows = NULL, n = 0;

    if (own->table.n_cols > 0) return take_from_table(ctx, own, counts, factors);
    const til_norm_method_t *method = name == NULL ? til_norm_methods[0] : til_norm_find(name);
    if (own->is_control != NULL) {
        rows = til_array(own->n_controls, sizeof *rows);
        if (rows == NULL) TIL_TRY(til_no_memory(ctx, own->n_controls, "genes"));
        for (size_t g = 0; g < counts->n_rows; g++)
            if (own->is_control[g]) rows[n++] = g;
        TIL_TRY(til_matrix_select(ctx, counts, rows, n, NULL, 0, &controls));
    }
    TIL_TRY(til_norm_estimate(ctx, method, rows == NULL ? counts : &controls, &norm));
    memcpy(factors, norm.size_factor, counts->n_cols * sizeof *factors);
done:
    til_norm_clear(&norm);
    til_matrix_clear(&controls);
    free(rows);
    return status;
}
