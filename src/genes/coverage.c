/* coverage.c -- what was found of each set: set, n_genes, n_found, found_fraction, missing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/alloc.h"
#include "base/try.h"
#include "genes/coverage.h"

til_status_t til_coverage_init(til_ctx_t *ctx, til_coverage_t *c, size_t n_rows, til_table_t *table)
{
    til_status_t status;

    *c = (til_coverage_t){ .table = table };
    TIL_TRY(til_table_init(ctx, n_rows, table));
    TIL_TRY(til_table_add_text(ctx, table, "set", "set or score", &c->set_column));
    TIL_TRY(til_table_add_number(ctx, table, "n_genes", "genes of the set", &c->n_genes));
    TIL_TRY(til_table_add_number(ctx, table, "n_found", "of them in the matrix", &c->n_found));
    TIL_TRY(til_table_add_number(ctx, table, "found_fraction", "n_found / n_genes", &c->fraction));
    TIL_TRY(til_table_add_text(ctx, table, "missing", "genes not in the matrix, by commas",
                               &c->missing_column));
done:
    return status;
}

void til_coverage_clear(til_coverage_t *c)
{
    if (c == NULL) return;
    til_strbuf_clear(&c->missing);
}

void til_coverage_begin(til_coverage_t *c, const char *name)
{
    c->name = name;
    c->n_genes[c->row] = c->n_found[c->row] = 0;
    til_strbuf_reset(&c->missing);
}

void til_coverage_gene(til_coverage_t *c, const char *gene, bool found)
{
    c->n_genes[c->row]++;
    if (found) {
        c->n_found[c->row]++;
        return;
    }
    if (c->missing.length > 0) til_strbuf_add_char(&c->missing, ',');
    til_strbuf_add(&c->missing, gene);
}

til_status_t til_coverage_end(til_ctx_t *ctx, til_coverage_t *c)
{
    til_status_t status;
    bool complete = c->n_found[c->row] == c->n_genes[c->row];

    if (c->missing.failed) return til_no_memory(ctx, c->missing.length, "bytes of gene names");
    TIL_TRY(til_table_set_text(ctx, c->table, c->set_column, c->row, c->name));
    TIL_TRY(til_table_set_text(ctx, c->table, c->missing_column, c->row,
                               complete ? NULL : til_strbuf_text(&c->missing)));
    c->fraction[c->row] = c->n_found[c->row] / c->n_genes[c->row];
    c->row++;
done:
    return status;
}
