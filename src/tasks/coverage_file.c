/* coverage_file.c -- what was found of each set, beside a result. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "tasks/coverage_file.h"

til_status_t til_side_path(til_ctx_t *ctx, const char *path, const char *suffix, til_strbuf_t *out)
{
    size_t n = strlen(path);

    if (n > 4 && strcmp(path + n - 4, ".tsv") == 0) n -= 4;
    til_strbuf_add_n(out, path, n);
    til_strbuf_add(out, suffix);
    return out->failed ? til_no_memory(ctx, n, "bytes") : TIL_OK;
}

til_status_t til_coverage_path(til_ctx_t *ctx, const char *path, til_strbuf_t *out)
{
    return til_side_path(ctx, path, ".coverage.tsv", out);
}

static void write_rows(til_out_t *out, const til_table_t *t)
{
    for (size_t i = 0; i < t->n_rows; i++) {
        for (size_t c = 0; c < t->n_cols; c++) {
            const til_column_t *column = &t->columns[c];
            if (c > 0) til_out_char(out, '\t');
            if (column->type == TIL_COLUMN_NUMBER) til_out_number(out, column->number[i]);
            else til_out_text(out, column->text[i] == NULL ? "NA" : column->text[i]);
        }
        til_out_char(out, '\n');
    }
}

void til_coverage_write(til_job_t *job, til_out_t *out, const til_table_t *tables, size_t n)
{
    til_job_provenance(job, out);
    til_out_text(out, "set\tn_genes\tn_found\tfound_fraction\tmissing\n");
    for (size_t t = 0; t < n; t++) write_rows(out, &tables[t]);
}

void til_coverage_say(til_ctx_t *ctx, const char *what, const til_table_t *tables, size_t n,
                      bool has_file)
{
    size_t n_sets = 0, n_complete = 0;

    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < tables[t].n_rows; i++) {
            n_sets++;
            n_complete += til_table_column(&tables[t], "missing")->text[i] == NULL;
        }
    til_say(ctx, TIL_LOG_STAGE, "%zu %s, all genes found for %zu%s", n_sets, what, n_complete,
            has_file ? "" : "; -o OUT.tsv writes which are missing");
}
