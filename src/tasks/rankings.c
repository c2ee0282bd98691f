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
#include "genes/gene_key.h"
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

/* ---- from a table of differential expression ---------------------------------------------------
 */

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

static til_status_t rows_from_table(til_ctx_t *ctx, const til_ranking_source_t *source,
                                    const til_table_t *table, rows_t *rows)
{
    til_status_t status = TIL_OK;
    const double *stat, *padj = NULL;
    const til_column_t *names = til_table_column(table, "gene_name");
    size_t n_missing = 0, n_infinite = 0;

    TIL_TRY(number_column(ctx, table, source->de, source->rank_by, &stat));
    if (source->select) TIL_TRY(number_column(ctx, table, source->de, "padj", &padj));
    for (size_t i = 0; i < table->n_rows; i++) {
        const char *id = table->columns[0].text[i];
        if (id == NULL || isnan(stat[i]) || (padj != NULL && isnan(padj[i]))) {
            n_missing++;
            continue;
        }
        if (isinf(stat[i])) n_infinite++;
        bool chosen = padj != NULL && padj[i] < source->alpha && is_on_side(source->side, stat[i]);
        TIL_TRY(add_row(ctx, rows,
                        (row_t){ .id = id,
                                 .stat = stat[i],
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

/* ---- from lists ---------------------------------------------------------------------------------
 */

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
                "%s: %zu genes are not in the universe and are left out, %zu are "
                "repeated",
                source->list, n - n_found, n_repeated);
    return TIL_OK;
}

/* ---- one row per name
 * ----------------------------------------------------------------------------- */

/* The larger |statistic|; of two alike the positive one, so that the order of the input is no
 * matter. */
static bool is_stronger(const row_t *a, const row_t *b)
{
    if (fabs(a->stat) != fabs(b->stat)) return fabs(a->stat) > fabs(b->stat);
    if (a->stat != b->stat) return a->stat > b->stat;
    return a->selected && !b->selected;
}

static ptrdiff_t add_name(til_names_t *names, const til_gene_names_t *table, const row_t *row,
                          size_t *n_named, int *is_new)
{
    const char *name = table->ids != NULL ? til_gene_names_find(table, row->id) : row->name;
    if (name != NULL) {
        (*n_named)++;
        return til_names_add(names, name, is_new);
    }
    return til_names_add_n(names, row->id, til_gene_key_length(row->id), is_new);
}

static til_status_t one_row_per_name(til_ctx_t *ctx, const til_gene_names_t *table,
                                     const til_ranking_source_t *source, const char *origin,
                                     const rows_t *rows, til_ranking_t *out, bool **selected)
{
    til_status_t status = TIL_OK;
    til_names_t *names = til_names_new();
    const row_t **best = til_array(rows->n, sizeof *best);
    size_t n_named = 0, n_dropped = 0, n;

    if (names == NULL || best == NULL) {
        status = til_no_memory(ctx, rows->n, "gene names");
        goto done;
    }
    for (size_t i = 0; i < rows->n; i++) {
        int is_new;
        ptrdiff_t id = add_name(names, table, &rows->row[i], &n_named, &is_new);
        if (id < 0) {
            status = til_no_memory(ctx, rows->n, "gene names");
            goto done;
        }
        if (is_new || is_stronger(&rows->row[i], best[id])) best[id] = &rows->row[i];
        n_dropped += !is_new;
    }
    n = til_names_count(names);
    if (table->ids != NULL && n_named == 0) {
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: none of its ids (%s, ...) is a gene of %s (%s, ...)", source->genes,
                          til_names_count(table->ids) > 0 ? til_names_get(table->ids, 0) : "none",
                          origin, rows->row[0].id);
        goto done;
    }
    if (table->ids != NULL)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu of %zu genes have a name in %s", origin, n_named,
                rows->n, source->genes);
    if (n_dropped > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu rows share their gene name with another: the one with the "
                "largest absolute value is used",
                origin, n_dropped);
    TIL_TRY(til_ranking_init(ctx, n, origin, out));
    if (source->select) *selected = til_array_zero(n, sizeof **selected);
    if (source->select && *selected == NULL) {
        status = til_no_memory(ctx, n, "genes");
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        TIL_TRY(til_ranking_set(ctx, out, i, til_names_get(names, i), best[i]->stat));
        if (source->select) (*selected)[i] = best[i]->selected;
    }

done:
    til_names_free(names);
    free(best);
    return status;
}

til_status_t til_load_ranking(til_ctx_t *ctx, til_job_t *job, const til_ranking_source_t *source,
                              til_ranking_t *out, bool **selected)
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
    size_t n_repeated, n_ignored;

    *out = (til_ranking_t){ 0 };
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
    TIL_TRY(one_row_per_name(ctx, &genes, source, origin, &rows, out, selected));

done:
    til_names_free(list);
    til_names_free(universe);
    til_gene_names_clear(&genes);
    til_table_clear(&table);
    til_ranking_clear(&ranks);
    til_text_clear(&text);
    til_text_clear(&genes_text);
    free(rows.row);
    if (status != TIL_OK) {
        til_ranking_clear(out);
        free(*selected);
        *selected = NULL;
    }
    return status;
}
