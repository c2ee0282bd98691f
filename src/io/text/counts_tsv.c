/* counts_tsv.c -- count tables in tilseq count's own layout and their summaries, as text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/number.h"
#include "base/try.h"
#include "io/text/counts_tsv.h"

enum { N_HEAD = 3 }; /* gene_id, gene_name, length */

static const char HEADER[] = "gene_id\tgene_name\tlength\t", SUMMARY_HEADER[] = "Status\t",
                  STRAND_ROW[] = "Strand\t", MARK[] = "##tilseq";

/* ---- lines --------------------------------------------------------------------------------- */

/* As til_text_next, in a text that is not written to. */
typedef struct {
    const char *at, *next_lf, *end;
    size_t line;
} lines_t;

static lines_t lines_of(const til_text_t *text, size_t at, size_t line)
{
    return (lines_t){ text->data + at, NULL, text->data + text->size, line };
}

/* The next line that is not empty. */
static bool next_line(lines_t *l, const char **line, size_t *n)
{
    *line = l->at;
    *n = 0;
    while (l->at < l->end && *n == 0) {
        if (l->next_lf == NULL || l->next_lf < l->at) {
            l->next_lf = memchr(l->at, '\n', (size_t)(l->end - l->at));
            if (l->next_lf == NULL) l->next_lf = l->end;
        }
        *line = l->at;
        *n = (size_t)(l->next_lf - l->at);
        const char *cr = memchr(l->at, '\r', *n);
        if (cr != NULL) *n = (size_t)(cr - l->at);
        l->at += *n;
        if (cr != NULL) l->at++;
        if (l->at < l->end && *l->at == '\n' && (cr == NULL || l->at == cr + 1)) l->at++;
        l->line++;
    }
    return *n > 0;
}

static bool begins(const char *line, size_t n, const char *with)
{
    size_t k = strlen(with);
    return n >= k && memcmp(line, with, k) == 0;
}

/* ---- lists of texts ------------------------------------------------------------------------ */

static til_status_t add_text(til_ctx_t *ctx, til_arena_t *arena, const char *text, size_t n,
                             char ***list, size_t *n_list, size_t *capacity)
{
    til_status_t status = TIL_OK;

    TIL_TRY(til_grow(ctx, list, capacity, *n_list + 1, sizeof **list));
    TIL_TRY(til_keep_text_n(ctx, arena, text, n, &(*list)[*n_list]));
    ++*n_list;
done:
    return status;
}

/* The fields of n bytes, delimited by tabs. */
static til_status_t add_fields(til_ctx_t *ctx, til_arena_t *arena, const char *text, size_t n,
                               char ***list, size_t *n_list)
{
    til_status_t status = TIL_OK;
    size_t capacity = 0;

    for (const char *p = text, *end = text + n; p <= end;) {
        const char *tab = memchr(p, '\t', (size_t)(end - p));
        if (tab == NULL) tab = end;
        TIL_TRY(add_text(ctx, arena, p, (size_t)(tab - p), list, n_list, &capacity));
        p = tab + 1;
    }
done:
    return status;
}

/* ---- above the rows ------------------------------------------------------------------------ */

typedef struct {
    size_t inputs, facts, strands; /* capacities */
} capacities_t;

static til_status_t take_fact(til_ctx_t *ctx, const char *line, size_t n, capacities_t *room,
                              til_counts_tsv_t *out)
{
    static const char version[] = "##tilseq\tversion\t", command[] = "##tilseq\tcommand\t",
                      input[] = "##tilseq\tinput\t", strand[] = "##tilseq\tstrand\t";
    size_t v = strlen(version), c = strlen(command), i = strlen(input), k = strlen(strand);

    if (begins(line, n, version) && out->version == NULL)
        return til_keep_text_n(ctx, out->arena, line + v, n - v, &out->version);
    if (begins(line, n, command) && out->command == NULL)
        return til_keep_text_n(ctx, out->arena, line + c, n - c, &out->command);
    if (begins(line, n, input))
        return add_text(ctx, out->arena, line + i, n - i, &out->inputs, &out->n_inputs,
                        &room->inputs);
    if (begins(line, n, strand))
        return add_text(ctx, out->arena, line + k, n - k, &out->strands, &out->n_strands,
                        &room->strands);
    return add_text(ctx, out->arena, line, n, &out->facts, &out->n_facts, &room->facts);
}

/* Whether what was read above the rows is what tilseq count writes there. */
static bool is_own(const til_counts_tsv_t *t)
{
    bool marked = t->version != NULL || t->command != NULL || t->n_inputs + t->n_facts > 0;

    for (size_t s = 0; s < t->n_samples; s++)
        if (t->samples[s][0] == '\0') return false;
    if (!marked) return t->n_samples > 0;
    return t->n_samples > 0 && t->version != NULL && t->command != NULL &&
           strncmp(t->command, "tilseq count ", 13) == 0;
}

til_status_t til_counts_tsv_head(til_ctx_t *ctx, const til_text_t *text, til_counts_tsv_t *out)
{
    til_status_t status = TIL_OK;
    lines_t lines = lines_of(text, text->at, text->line);
    capacities_t room = { 0, 0, 0 };
    const char *line;
    size_t n, k = strlen(HEADER);

    *out = (til_counts_tsv_t){ .arena = til_arena_new() };
    if (out->arena == NULL) TIL_TRY(til_no_memory(ctx, 1, "table"));
    TIL_TRY(til_keep_text(ctx, out->arena, text->path, &out->path));
    while (next_line(&lines, &line, &n) && begins(line, n, MARK))
        TIL_TRY(take_fact(ctx, line, n, &room, out));
    if (!begins(line, n, HEADER)) goto done;
    TIL_TRY(add_fields(ctx, out->arena, line + k, n - k, &out->samples, &out->n_samples));
    out->is_own = is_own(out);
    out->body = (size_t)(lines.at - text->data);
    out->body_line = lines.line;
done:
    if (status != TIL_OK) til_counts_tsv_clear(out);
    return status;
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* A row cut into its head and its cells. */
typedef struct {
    const char *head, *cells, *end; /* cells begin with their tab */
    size_t n_id, n_head, line;
} row_t;

static til_status_t cut_row(til_ctx_t *ctx, const til_counts_tsv_t *t, const char *line, size_t n,
                            size_t line_no, row_t *row)
{
    size_t n_fields = 1, wanted = N_HEAD + t->n_samples;
    const char *end = line + n;

    *row = (row_t){ .head = line, .cells = end, .end = end, .n_id = n, .line = line_no };
    for (const char *p = line; (p = memchr(p, '\t', (size_t)(end - p))) != NULL; p++) {
        if (n_fields == 1) row->n_id = (size_t)(p - line);
        if (n_fields++ == N_HEAD) row->cells = p;
    }
    row->n_head = (size_t)(row->cells - line);
    if (n_fields != wanted)
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: %zu fields where the header asks for %zu",
                        t->path, line_no, n_fields, wanted);
    if (row->n_id == 0)
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: a row without a gene id", t->path, line_no);
    return TIL_OK;
}

static til_status_t check_counts(til_ctx_t *ctx, const til_counts_tsv_t *t, const row_t *row)
{
    const char *p = row->cells;

    for (size_t s = 0; s < t->n_samples; s++) {
        const char *cell = p + 1, *tab = memchr(cell, '\t', (size_t)(row->end - cell));
        double value;
        p = tab == NULL ? row->end : tab;
        if (!til_number_parse(cell, (size_t)(p - cell), &value) || value < 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s:%zu:%zu: '%.*s' for sample %.200s: should be a number >= 0",
                            t->path, row->line, N_HEAD + s + 1,
                            p - cell < 80 ? (int)(p - cell) : 80, cell, t->samples[s]);
    }
    return TIL_OK;
}

/* The head of a row as a message shows it: its fields with blanks between. */
static void show_head(til_strbuf_t *b, const char *head, size_t n)
{
    for (size_t i = 0; i < n && i < 200; i++)
        til_strbuf_add_char(b, head[i] == '\t' ? ' ' : head[i]);
}

/* Says that `row` (NULL: the end of the table) is not what the first table has at `at`. */
static til_status_t other_row(til_ctx_t *ctx, const til_counts_tsv_t *first, size_t at,
                              const til_counts_tsv_t *t, const row_t *row)
{
    static const char why[] = "count all samples with one annotation and one --level";
    til_status_t status;
    til_strbuf_t ours = { 0 }, theirs = { 0 };
    const char *want = til_strbuf_text(&first->heads) + at;

    if (row != NULL) show_head(&ours, row->head, row->n_head);
    show_head(&theirs, want, strcspn(want, "\n"));
    if (row == NULL)
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: ends after %zu rows: should go on with '%s', as %s does: %s",
                          t->path, t->n_rows, til_strbuf_text(&theirs), first->path, why);
    else if (*want == '\0')
        status = til_fail(
            ctx, TIL_EINPUT, "%s:%zu: row '%s': should not be there, %s ends after %zu rows: %s",
            t->path, row->line, til_strbuf_text(&ours), first->path, first->n_rows, why);
    else
        status = til_fail(ctx, TIL_EINPUT, "%s:%zu: row '%s': should be '%s', as in %s: %s",
                          t->path, row->line, til_strbuf_text(&ours), til_strbuf_text(&theirs),
                          first->path, why);
    til_strbuf_clear(&ours);
    til_strbuf_clear(&theirs);
    return status;
}

/* Passes over the head of `row` in the first table. */
static til_status_t match_head(til_ctx_t *ctx, const til_counts_tsv_t *first, size_t *at,
                               const til_counts_tsv_t *t, const row_t *row)
{
    const til_strbuf_t *heads = &first->heads;

    if (*at + row->n_head >= heads->length || heads->text[*at + row->n_head] != '\n' ||
        memcmp(heads->text + *at, row->head, row->n_head) != 0)
        return other_row(ctx, first, *at, t, row);
    *at += row->n_head + 1;
    return TIL_OK;
}

static til_status_t keep_head(til_ctx_t *ctx, til_names_t *ids, const row_t *row,
                              til_counts_tsv_t *t)
{
    int is_new;

    if (til_names_add_n(ids, row->head, row->n_id, &is_new) < 0)
        return til_no_memory(ctx, t->n_rows, "gene ids");
    t->repeats |= !is_new;
    til_strbuf_add_n(&t->heads, row->head, row->n_head);
    til_strbuf_add_char(&t->heads, '\n');
    return TIL_OK;
}

til_status_t til_counts_tsv_rows(til_ctx_t *ctx, const til_text_t *text,
                                 const til_counts_tsv_t *first, til_counts_tsv_t *table)
{
    til_status_t status = TIL_OK;
    lines_t lines = lines_of(text, table->body, table->body_line);
    til_names_t *ids = til_names_new();
    const char *line;
    size_t n, at = 0;

    if (ids == NULL) TIL_TRY(til_no_memory(ctx, 1, "gene ids"));
    while (next_line(&lines, &line, &n)) {
        row_t row;
        if (begins(line, n, MARK)) continue;
        TIL_TRY(cut_row(ctx, table, line, n, lines.line, &row));
        if (first == NULL) TIL_TRY(keep_head(ctx, ids, &row, table));
        else TIL_TRY(match_head(ctx, first, &at, table, &row));
        TIL_TRY(check_counts(ctx, table, &row));
        til_strbuf_add_n(&table->cells, row.cells, (size_t)(row.end - row.cells));
        til_strbuf_add_char(&table->cells, '\n');
        table->n_rows++;
    }
    if (table->cells.failed || table->heads.failed)
        TIL_TRY(til_no_memory(ctx, table->n_rows, "rows"));
    if (first != NULL && table->n_rows < first->n_rows)
        status = other_row(ctx, first, at, table, NULL);
done:
    til_names_free(ids);
    return status;
}

void til_counts_tsv_clear(til_counts_tsv_t *table)
{
    if (table == NULL) return;
    free(table->inputs);
    free(table->facts);
    free(table->strands);
    free(table->samples);
    til_strbuf_clear(&table->heads);
    til_strbuf_clear(&table->cells);
    til_arena_free(table->arena);
    *table = (til_counts_tsv_t){ 0 };
}

/* ---- summaries ----------------------------------------------------------------------------- */

static til_status_t take_fate(til_ctx_t *ctx, const til_text_t *text, const char *line, size_t n,
                              size_t line_no, size_t *capacity, til_counts_summary_t *out)
{
    til_status_t status = TIL_OK;
    const char *end = line + n, *cells = memchr(line, '\t', n), *p = cells;
    size_t n_cells = 0, same = *capacity, n_names = out->n_rows;

    while (p != NULL) {
        const char *cell = p + 1;
        int64_t value;
        p = memchr(cell, '\t', (size_t)(end - cell));
        size_t length = (size_t)((p == NULL ? end : p) - cell);
        n_cells++;
        if (!til_number_parse_int(cell, length, 0, INT64_MAX, &value))
            TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s:%zu:%zu: '%.*s' should be a whole number >= 0",
                             text->path, line_no, n_cells + 1, length < 80 ? (int)length : 80,
                             cell));
    }
    if (n_cells != out->n_samples)
        TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s:%zu: %zu fields where the header asks for %zu",
                         text->path, line_no, n_cells + 1, out->n_samples + 1));
    TIL_TRY(add_text(ctx, out->arena, line, (size_t)(cells - line), &out->names, &n_names, &same));
    TIL_TRY(add_text(ctx, out->arena, cells, (size_t)(end - cells), &out->cells, &out->n_rows,
                     capacity));
done:
    return status;
}

/* The row of texts. */
static til_status_t take_strands(til_ctx_t *ctx, const til_text_t *text, const char *line, size_t n,
                                 size_t line_no, til_counts_summary_t *out)
{
    size_t k = strlen(STRAND_ROW), n_cells = 0;
    til_status_t status = TIL_OK;

    if (out->strands != NULL)
        TIL_TRY(
            til_fail(ctx, TIL_EINPUT, "%s:%zu: the row Strand stands twice", text->path, line_no));
    TIL_TRY(add_fields(ctx, out->arena, line + k, n - k, &out->strands, &n_cells));
    if (n_cells != out->n_samples)
        TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s:%zu: %zu fields where the header asks for %zu",
                         text->path, line_no, n_cells + 1, out->n_samples + 1));
done:
    return status;
}

til_status_t til_counts_summary_parse(til_ctx_t *ctx, const til_text_t *text,
                                      til_counts_summary_t *out)
{
    til_status_t status = TIL_OK;
    lines_t lines = lines_of(text, text->at, text->line);
    const char *line;
    size_t n, k = strlen(SUMMARY_HEADER), capacity = 0;

    *out = (til_counts_summary_t){ .arena = til_arena_new() };
    if (out->arena == NULL) TIL_TRY(til_no_memory(ctx, 1, "table"));
    if (!next_line(&lines, &line, &n) || !begins(line, n, SUMMARY_HEADER))
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s:%zu: no summary: should begin with 'Status' and the "
                         "samples, as tilseq count writes it beside its table",
                         text->path, lines.line));
    TIL_TRY(add_fields(ctx, out->arena, line + k, n - k, &out->samples, &out->n_samples));
    while (next_line(&lines, &line, &n))
        if (begins(line, n, STRAND_ROW)) TIL_TRY(take_strands(ctx, text, line, n, lines.line, out));
        else TIL_TRY(take_fate(ctx, text, line, n, lines.line, &capacity, out));
done:
    if (status != TIL_OK) til_counts_summary_clear(out);
    return status;
}

void til_counts_summary_clear(til_counts_summary_t *summary)
{
    if (summary == NULL) return;
    free(summary->samples);
    free(summary->names);
    free(summary->cells);
    free(summary->strands);
    til_arena_free(summary->arena);
    *summary = (til_counts_summary_t){ 0 };
}
