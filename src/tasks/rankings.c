/* rankings.c -- what gsea walks along, from a ranks file, a table of differential expression or a
 * list. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/rankings.h"
#include "tasks/shipped.h"
#include "genes/gene_index.h"
#include "io/text/genes_tsv.h"
#include "io/text/rnk.h"
#include "io/text/table_tsv.h"

/* One row of the input: gene names borrowed from what was read. */
typedef struct {
    const char *id, *name; /* name: NULL where there is none */
    double stat;
    bool selected;
} row_t;

typedef struct {
    row_t *row;
    size_t n, capacity;
} rows_t;

static til_status_t read_text(til_ctx_t *ctx, til_job_t *job, const char *path, til_text_t *text)
{
    til_status_t status = til_text_read(ctx, path, text);
    return status == TIL_OK ? til_job_input(ctx, job, path, text->sha256, 0) : status;
}

static til_status_t add_row(til_ctx_t *ctx, rows_t *rows, row_t row)
{
    til_status_t status = til_grow(ctx, &rows->row, &rows->capacity, rows->n + 1,
                                   sizeof *rows->row);
    if (status == TIL_OK) rows->row[rows->n++] = row;
    return status;
}

/* ---- from a table of differential expression ----------------------------------------------- */

static til_status_t number_column(til_ctx_t *ctx, const til_table_t *table, const char *path,
                                  const char *name, const double **values)
{
    const til_column_t *column = til_table_column(table, name);
    til_strbuf_t have = { 0 };
    til_status_t status;

    if (column != NULL && column->type == TIL_COLUMN_NUMBER) {
        *values = column->number;
        return TIL_OK;
    }
    for (size_t c = 0; c < table->n_cols; c++)
        if (table->columns[c].type == TIL_COLUMN_NUMBER)
            til_strbuf_printf(&have, "%s%s", have.length > 0 ? ", " : "", table->columns[c].name);
    status = til_fail(ctx, TIL_EINPUT, "%s: column '%s' %s: the columns of numbers are %s", path,
                      name, column == NULL ? "is not there" : "is not of numbers",
                      til_strbuf_text(&have));
    til_strbuf_clear(&have);
    return status;
}

static bool is_on_side(til_score_type_t side, double stat)
{
    return side == TIL_SCORE_STD || (side == TIL_SCORE_POS ? stat > 0 : stat < 0);
}

/* The F of one contrast (edger-ql) has no sign: its table is ranked by stat with the sign of the
 * fold change. NULL for other tables and columns. */
static const double *missing_signs(til_ctx_t *ctx, const til_ranking_source_t *source,
                                   const til_table_t *table)
{
    const til_column_t *lfc = til_table_column(table, "log2FoldChange");

    if (strcmp(source->rank_by, "stat") != 0 || til_table_column(table, "F") == NULL ||
        lfc == NULL || lfc->type != TIL_COLUMN_NUMBER)
        return NULL;
    til_say(ctx, TIL_LOG_NOTICE,
            "%s: stat is F, without a sign: genes are ranked by F with the "
            "sign of log2FoldChange",
            source->de);
    return lfc->number;
}

static til_status_t rows_from_table(til_ctx_t *ctx, const til_ranking_source_t *source,
                                    const til_table_t *table, rows_t *rows)
{
    til_status_t status = TIL_OK;
    const double *stat, *padj = NULL;
    const til_column_t *names = til_table_column(table, "gene_name");
    size_t n_missing = 0, n_infinite = 0;

    TIL_TRY(number_column(ctx, table, source->de, source->rank_by, &stat));
    if (source->select) TIL_TRY(number_column(ctx, table, source->de, "padj", &padj));
    const double *signs = missing_signs(ctx, source, table);
    for (size_t i = 0; i < table->n_rows; i++) {
        const char *id = table->columns[0].text[i];
        if (id == NULL || isnan(stat[i]) || (padj != NULL && isnan(padj[i]))) {
            n_missing++;
            continue;
        }
        double value = signs == NULL ? stat[i] : copysign(stat[i], signs[i]);
        if (isinf(stat[i])) n_infinite++;
        bool chosen = padj != NULL && padj[i] < source->alpha && is_on_side(source->side, value);
        TIL_TRY(add_row(ctx, rows,
                        (row_t){ .id = id,
                                 .stat = value,
                                 .selected = chosen,
                                 .name = names != NULL && names->type == TIL_COLUMN_TEXT
                                             ? names->text[i]
                                             : NULL }));
    }
    if (n_infinite > 0 && !source->select) {
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: %zu values of column '%s' are infinite: pick another "
                          "column with --rank-by",
                          source->de, n_infinite, source->rank_by);
        goto done;
    }
    if (n_missing > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu of %zu genes have no %s and are left out", source->de,
                n_missing, table->n_rows, padj == NULL ? source->rank_by : "padj");
    if (rows->n == 0)
        status = til_fail(ctx, TIL_EINPUT, "%s: no gene has a value in column '%s'", source->de,
                          padj == NULL ? source->rank_by : "padj");

done:
    return status;
}

/* ---- from lists -------------------------------------------------------------------------- */

/* The first field of every line, each once; *n_repeated counts the others. */
static til_status_t read_list(til_ctx_t *ctx, til_job_t *job, const char *path, til_names_t **out,
                              size_t *n_repeated)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };
    char *line;
    size_t length;

    *out = til_names_new();
    *n_repeated = 0;
    if (*out == NULL) return til_no_memory(ctx, 1, "gene names");
    TIL_TRY(read_text(ctx, job, path, &text));
    while (til_text_next_data(&text, &line, &length)) {
        int is_new;
        size_t n = strcspn(line, "\t, ");
        if (n == 0 || line[0] == '#') continue;
        if (til_names_add_n(*out, line, n, &is_new) < 0) {
            status = til_no_memory(ctx, 1, "gene names");
            goto done;
        }
        *n_repeated += !is_new;
    }
    if (til_names_count(*out) == 0) status = til_fail(ctx, TIL_EINPUT, "%s: no gene", path);

done:
    til_text_clear(&text);
    return status;
}

static til_status_t rows_from_lists(til_ctx_t *ctx, const til_ranking_source_t *source,
                                    const til_names_t *list, const til_names_t *universe,
                                    size_t n_repeated, rows_t *rows)
{
    size_t n_found = 0, n = til_names_count(list);

    for (size_t i = 0; i < til_names_count(universe); i++) {
        const char *id = til_names_get(universe, i);
        bool chosen = til_names_find(list, id) >= 0;
        til_status_t status = add_row(ctx, rows, (row_t){ id, NULL, chosen, chosen });
        if (status != TIL_OK) return status;
        n_found += chosen;
    }
    if (n_found == 0)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: none of its %zu genes is in the universe %s: the list has "
                        "%s, the universe %s",
                        source->list, n, source->universe, til_names_get(list, 0),
                        til_names_get(universe, 0));
    if (n_found < n || n_repeated > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu genes are not in the universe and are left out, %zu are repeated",
                source->list, n - n_found, n_repeated);
    return TIL_OK;
}

/* ---- one row per name --------------------------------------------------------------------- */

/* The rows as gene names see them: ids and names side by side. */
typedef struct {
    const rows_t *rows;
    char **ids, **names;
    til_gene_rows_t view;
} named_t;

static til_status_t named_init(til_ctx_t *ctx, const char *origin, const rows_t *rows, named_t *out)
{
    *out = (named_t){ .rows = rows,
                      .ids = til_array(rows->n, sizeof *out->ids),
                      .names = til_array(rows->n, sizeof *out->names) };
    if (out->ids == NULL || out->names == NULL) return til_no_memory(ctx, rows->n, "gene names");
    for (size_t i = 0; i < rows->n; i++) {
        out->ids[i] = (char *)rows->row[i].id;
        out->names[i] = (char *)rows->row[i].name;
    }
    out->view = (til_gene_rows_t){ origin, rows->n, out->ids, out->names };
    return TIL_OK;
}

static void named_clear(named_t *named)
{
    free(named->ids);
    free(named->names);
}

/* Names from the table of --genes, in place of those the rows have. */
static til_status_t name_by_table(til_ctx_t *ctx, const til_gene_names_t *table, const char *path,
                                  named_t *named)
{
    size_t n_named = 0;

    for (size_t i = 0; i < named->view.n; i++) {
        named->names[i] = (char *)til_gene_names_find(table, named->ids[i]);
        n_named += named->names[i] != NULL;
    }
    if (n_named == 0)
        return til_fail(ctx, TIL_EINPUT, "%s: none of its ids (%s, ...) is a gene of %s (%s, ...)",
                        path,
                        til_names_count(table->ids) > 0 ? til_names_get(table->ids, 0) : "none",
                        named->view.origin, named->ids[0]);
    til_say(ctx, TIL_LOG_NOTICE, "%s: %zu of %zu genes have a name in %s", named->view.origin,
            n_named, named->view.n, path);
    return TIL_OK;
}

/* Symbols of the table inside tilseq for rows that are ids. */
static til_status_t name_by_ids(til_ctx_t *ctx, const til_ranking_source_t *source,
                                til_gene_ids_t *ids, named_t *named)
{
    const char **symbols = NULL;
    til_species_t species;
    til_status_t status;

    TIL_TRY(til_species_of(ctx, source->species, &named->view, &species));
    TIL_TRY(til_shipped_ids(ctx, species, ids));
    TIL_TRY(til_symbols_of_ids(ctx, species, ids, source->sets, &named->view, &symbols));
    for (size_t i = 0; symbols != NULL && i < named->view.n; i++)
        named->names[i] = (char *)symbols[i];
done:
    free(symbols);
    return status;
}

/* The larger |statistic|; of two alike the positive one, so that the order of the input is no
 * matter. */
static bool is_stronger(const void *arg, size_t i, size_t j)
{
    const row_t *a = &((const row_t *)arg)[i], *b = &((const row_t *)arg)[j];

    if (fabs(a->stat) != fabs(b->stat)) return fabs(a->stat) > fabs(b->stat);
    if (a->stat != b->stat) return a->stat > b->stat;
    return a->selected && !b->selected;
}

static til_status_t one_row_per_name(til_ctx_t *ctx, const named_t *named, bool select,
                                     til_ranking_t *out, bool **selected)
{
    const row_t *row = named->rows->row;
    til_gene_index_t index = { 0 };
    til_status_t status;
    size_t n;

    TIL_TRY(til_gene_index_init(ctx, &named->view, NULL, is_stronger, row, &index));
    til_gene_index_say_repeated(ctx, &index, "the row with the largest absolute value");
    n = til_names_count(index.keys);
    TIL_TRY(til_ranking_init(ctx, n, named->view.origin, out));
    if (select) *selected = til_array_zero(n, sizeof **selected);
    if (select && *selected == NULL) TIL_TRY(til_no_memory(ctx, n, "genes"));
    for (size_t k = 0; k < n; k++) {
        const row_t *best = &row[index.row_of_key[k]];
        TIL_TRY(til_ranking_set(ctx, out, k, til_names_get(index.keys, k), best->stat));
        if (select) (*selected)[k] = best->selected;
    }
done:
    til_gene_index_clear(&index);
    return status;
}

til_status_t til_load_ranking(til_ctx_t *ctx, til_job_t *job, const til_ranking_source_t *source,
                              til_gene_ids_t *ids, til_ranking_t *out, bool **selected)
{
    til_status_t status = TIL_OK;
    const char *origin = source->ranks != NULL ? source->ranks
                         : source->de != NULL  ? source->de
                                               : source->universe;
    til_text_t text = { 0 }, genes_text = { 0 };
    til_ranking_t ranks = { 0 };
    til_table_t table = { 0 };
    til_gene_names_t genes = { 0 };
    til_names_t *list = NULL, *universe = NULL;
    rows_t rows = { 0 };
    named_t named = { 0 };
    size_t n_repeated, n_ignored;

    *out = (til_ranking_t){ 0 };
    *ids = (til_gene_ids_t){ 0 };
    *selected = NULL;
    if (source->genes != NULL) {
        TIL_TRY(read_text(ctx, job, source->genes, &genes_text));
        TIL_TRY(til_gene_names_read(ctx, &genes_text, &genes));
    }
    if (source->list != NULL) {
        TIL_TRY(read_list(ctx, job, source->list, &list, &n_repeated));
        TIL_TRY(read_list(ctx, job, source->universe, &universe, &n_ignored));
        TIL_TRY(rows_from_lists(ctx, source, list, universe, n_repeated, &rows));
    } else {
        TIL_TRY(read_text(ctx, job, origin, &text));
        if (source->de != NULL) {
            TIL_TRY(til_table_read(ctx, &text, &table));
            TIL_TRY(rows_from_table(ctx, source, &table, &rows));
        } else {
            TIL_TRY(til_rnk_read(ctx, &text, &ranks));
            for (size_t i = 0; i < ranks.n_genes; i++)
                TIL_TRY(
                    add_row(ctx, &rows, (row_t){ ranks.genes[i], NULL, ranks.stats[i], false }));
        }
    }
    TIL_TRY(named_init(ctx, origin, &rows, &named));
    if (source->genes != NULL) TIL_TRY(name_by_table(ctx, &genes, source->genes, &named));
    TIL_TRY(name_by_ids(ctx, source, ids, &named));
    TIL_TRY(one_row_per_name(ctx, &named, source->select, out, selected));

done:
    til_names_free(list);
    til_names_free(universe);
    til_gene_names_clear(&genes);
    til_table_clear(&table);
    til_ranking_clear(&ranks);
    til_text_clear(&text);
    til_text_clear(&genes_text);
    free(rows.row);
    named_clear(&named);
    if (status != TIL_OK) {
        til_gene_ids_clear(ids);
        til_ranking_clear(out);
        free(*selected);
        *selected = NULL;
    }
    return status;
}
