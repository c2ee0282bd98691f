/* nouns.c -- files to nouns and back, whole, for programs that use the library. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <tilseq/io.h>

#include "base/alloc.h"
#include "base/need.h"
#include "base/try.h"
#include "io/text/gene_ids_tsv.h"
#include "io/text/gmt.h"
#include "io/text/matrix_tsv.h"
#include "io/text/rnk.h"
#include "io/text/sheet_tsv.h"
#include "io/text/table_tsv.h"

/* ---- reading ---------------------------------------------------------------------------- */

static til_status_t as_matrix(til_ctx_t *ctx, til_text_t *text, const void *how, void *out)
{
    return til_matrix_read(ctx, text, how, out);
}

static til_status_t as_sheet(til_ctx_t *ctx, til_text_t *text, const void *how, void *out)
{
    (void)how;
    return til_sheet_read(ctx, text, false, out);
}

static til_status_t as_genesets(til_ctx_t *ctx, til_text_t *text, const void *how, void *out)
{
    (void)how;
    return til_gmt_read(ctx, text, out);
}

static til_status_t as_table(til_ctx_t *ctx, til_text_t *text, const void *how, void *out)
{
    (void)how;
    return til_table_read(ctx, text, out);
}

static til_status_t as_ranking(til_ctx_t *ctx, til_text_t *text, const void *how, void *out)
{
    (void)how;
    return til_rnk_read(ctx, text, out);
}

static til_status_t as_gene_ids(til_ctx_t *ctx, til_text_t *text, const void *how, void *out)
{
    (void)how;
    return til_gene_ids_read(ctx, text, out);
}

typedef til_status_t reader_t(til_ctx_t *ctx, til_text_t *text, const void *how, void *out);

static til_status_t read_file(til_ctx_t *ctx, const char *path, reader_t *read, const void *how,
                              void *out)
{
    til_text_t text = { 0 };
    til_status_t status;

    TIL_NEED(ctx, path);
    status = til_text_read(ctx, path, &text);
    if (status == TIL_OK) status = read(ctx, &text, how, out);
    til_text_clear(&text);
    return status;
}

til_status_t til_io_read_matrix(til_ctx_t *ctx, const char *path, const til_matrix_reading_t *how,
                                til_matrix_t *out)
{
    const til_matrix_reading_t any = { .values = TIL_VALUES_ANY };

    TIL_NEED(ctx, out);
    *out = (til_matrix_t){ 0 };
    return read_file(ctx, path, as_matrix, how == NULL ? &any : how, out);
}

til_status_t til_io_read_sheet(til_ctx_t *ctx, const char *path, til_sheet_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_sheet_t){ 0 };
    return read_file(ctx, path, as_sheet, NULL, out);
}

til_status_t til_io_read_genesets(til_ctx_t *ctx, const char *path, til_genesets_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_genesets_t){ 0 };
    return read_file(ctx, path, as_genesets, NULL, out);
}

til_status_t til_io_read_table(til_ctx_t *ctx, const char *path, til_table_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_table_t){ 0 };
    return read_file(ctx, path, as_table, NULL, out);
}

til_status_t til_io_read_ranking(til_ctx_t *ctx, const char *path, til_ranking_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_ranking_t){ 0 };
    return read_file(ctx, path, as_ranking, NULL, out);
}

til_status_t til_io_read_gene_ids(til_ctx_t *ctx, const char *path, struct til_gene_ids **out)
{
    til_status_t status;

    TIL_NEED(ctx, out);
    *out = til_array_zero(1, sizeof **out);
    if (*out == NULL) return til_no_memory(ctx, 1, "tables of gene names");
    status = read_file(ctx, path, as_gene_ids, NULL, *out);
    if (status != TIL_OK) {
        free(*out);
        *out = NULL;
    }
    return status;
}

void til_io_free_gene_ids(struct til_gene_ids *ids)
{
    til_gene_ids_clear(ids);
    free(ids);
}

/* ---- writing ---------------------------------------------------------------------------- */

typedef void writer_t(til_out_t *out, const void *noun, const char *id_name);

static til_status_t write_file(til_ctx_t *ctx, const char *path, writer_t *write, const void *noun,
                               const char *id_name)
{
    til_status_t status = TIL_OK;
    til_outset_t *set;
    til_out_t *out;

    TIL_NEED(ctx, path);
    set = til_outset_new();
    if (set == NULL) return til_no_memory(ctx, 1, "output files");
    TIL_TRY(til_out_open(ctx, set, path, &out));
    write(out, noun, id_name);
    TIL_TRY(til_out_close(ctx, out));
    TIL_TRY(til_outset_commit(ctx, set));
done:
    til_outset_free(set);
    return status;
}

static void put_matrix(til_out_t *out, const void *noun, const char *id_name)
{
    til_matrix_write(out, noun, id_name);
}

static void put_sheet(til_out_t *out, const void *noun, const char *id_name)
{
    const til_sheet_t *sheet = noun;

    til_out_text(out, id_name);
    for (size_t c = 0; c < sheet->n_columns; c++) til_out_printf(out, "\t%s", sheet->columns[c]);
    til_out_char(out, '\n');
    for (size_t s = 0; s < sheet->n_samples; s++) {
        til_out_text(out, sheet->samples[s]);
        for (size_t c = 0; c < sheet->n_columns; c++)
            til_out_printf(out, "\t%s", til_sheet_cell(sheet, s, c));
        til_out_char(out, '\n');
    }
}

static void put_genesets(til_out_t *out, const void *noun, const char *id_name)
{
    (void)id_name;
    til_gmt_write(out, noun);
}

static void put_table(til_out_t *out, const void *noun, const char *id_name)
{
    (void)id_name;
    til_table_write(out, noun);
}

static void put_ranking(til_out_t *out, const void *noun, const char *id_name)
{
    const til_ranking_t *ranking = noun;

    (void)id_name;
    for (size_t g = 0; g < ranking->n_genes; g++) {
        til_out_printf(out, "%s\t", ranking->genes[g]);
        til_out_number(out, ranking->stats[g]);
        til_out_char(out, '\n');
    }
}

til_status_t til_io_write_matrix(til_ctx_t *ctx, const char *path, const char *id_name,
                                 const til_matrix_t *m)
{
    TIL_NEED(ctx, m);
    TIL_NEED(ctx, id_name);
    return write_file(ctx, path, put_matrix, m, id_name);
}

til_status_t til_io_write_sheet(til_ctx_t *ctx, const char *path, const til_sheet_t *sheet)
{
    TIL_NEED(ctx, sheet);
    return write_file(ctx, path, put_sheet, sheet, "sample");
}

til_status_t til_io_write_genesets(til_ctx_t *ctx, const char *path, const til_genesets_t *sets)
{
    TIL_NEED(ctx, sets);
    return write_file(ctx, path, put_genesets, sets, NULL);
}

til_status_t til_io_write_table(til_ctx_t *ctx, const char *path, const til_table_t *table)
{
    TIL_NEED(ctx, table);
    return write_file(ctx, path, put_table, table, NULL);
}

til_status_t til_io_write_ranking(til_ctx_t *ctx, const char *path, const til_ranking_t *ranking)
{
    TIL_NEED(ctx, ranking);
    return write_file(ctx, path, put_ranking, ranking, NULL);
}
