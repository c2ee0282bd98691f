/* genes.c -- which gene each transcript of an index belongs to.
 *
 * Genes are numbered in the order of their first transcript. Names are matched whole first; what is
 * left over is matched without versions on both sides, which must not make two names one.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/need.h"
#include "base/try.h"
#include "quant/index.h"

enum { N_SHOWN = 5 };

/* The length of an accession without its version: up to a last '.' followed by digits only (a
 * pseudoautosomal suffix such as ".3_PAR_Y" stays whole). */
static size_t bare_length(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL || dot == name || dot[1] == 0 ||
        strspn(dot + 1, "0123456789") != strlen(dot + 1))
        return strlen(name);
    return (size_t)(dot - name);
}

/* Stores gene numbers and texts in the index. `symbol_of[g]` may be NULL. */
static til_status_t store(til_ctx_t *ctx, til_index_t *index, uint32_t *gene_of,
                          const til_names_t *genes, const char *const *symbol_of)
{
    size_t n = til_names_count(genes), size = 0, at = 0;

    for (size_t g = 0; g < n; g++)
        size += strlen(til_names_get(genes, g)) + 2 + (symbol_of[g] ? strlen(symbol_of[g]) : 0);
    if (index->n_owned + 3 > sizeof index->owned / sizeof *index->owned)
        return til_fail(ctx, TIL_EINTERNAL, "genes of an index were set too often");
    uint32_t *gene_at = til_array(n, sizeof *gene_at);
    char *texts = til_array(size, 1);
    if (gene_at == NULL || texts == NULL || size > UINT32_MAX) {
        free(gene_at);
        free(texts);
        return til_no_memory(ctx, n, "genes");
    }
    for (size_t g = 0; g < n; g++) {
        const char *id = til_names_get(genes, g), *symbol = symbol_of[g] ? symbol_of[g] : "";
        gene_at[g] = (uint32_t)at;
        memcpy(texts + at, id, strlen(id) + 1);
        at += strlen(id) + 1;
        memcpy(texts + at, symbol, strlen(symbol) + 1);
        at += strlen(symbol) + 1;
    }
    index->owned[index->n_owned++] = gene_of;
    index->owned[index->n_owned++] = gene_at;
    index->owned[index->n_owned++] = texts;
    index->gene_of = gene_of;
    index->gene_at = gene_at;
    index->genes = texts;
    index->genes_size = size;
    index->n_genes = (uint32_t)n;
    return TIL_OK;
}

/* Row of the table for each name, with and without version; -2 where two rows share a bare name and
 * differ in their gene. */
typedef struct {
    til_names_t *whole, *bare;
    ptrdiff_t *whole_row, *bare_row;
} rows_t;

static til_status_t index_rows(til_ctx_t *ctx, const til_tx2gene_view_t *t, rows_t *rows)
{
    rows->whole = til_names_new();
    rows->bare = til_names_new();
    rows->whole_row = til_array(t->n, sizeof *rows->whole_row);
    rows->bare_row = til_array(t->n, sizeof *rows->bare_row);
    if (rows->whole == NULL || rows->bare == NULL || rows->whole_row == NULL ||
        rows->bare_row == NULL)
        return til_no_memory(ctx, t->n, "transcripts");
    for (size_t i = 0; i < t->n; i++) {
        const char *name = t->transcripts[i];
        int is_new;
        ptrdiff_t id = til_names_add(rows->whole, name, &is_new);
        if (id < 0) return til_no_memory(ctx, t->n, "transcripts");
        if (is_new) rows->whole_row[id] = (ptrdiff_t)i;
        else if (strcmp(t->genes[i], t->genes[rows->whole_row[id]]) != 0)
            return til_fail(
                ctx, TIL_EINPUT,
                "%s: transcript '%s' belongs to gene '%s' and to gene '%s': one gene is wanted",
                t->origin, name, t->genes[rows->whole_row[id]], t->genes[i]);
        id = til_names_add_n(rows->bare, name, bare_length(name), &is_new);
        if (id < 0) return til_no_memory(ctx, t->n, "transcripts");
        if (is_new) rows->bare_row[id] = (ptrdiff_t)i;
        else if (rows->bare_row[id] >= 0 && strcmp(t->genes[i], t->genes[rows->bare_row[id]]) != 0)
            rows->bare_row[id] = -2;
    }
    return TIL_OK;
}

static void clear_rows(rows_t *rows)
{
    til_names_free(rows->whole);
    til_names_free(rows->bare);
    free(rows->whole_row);
    free(rows->bare_row);
}

/* The table's row of a transcript, or -1. */
static ptrdiff_t find_row(const rows_t *rows, const char *name, bool *without_version)
{
    ptrdiff_t id = til_names_find(rows->whole, name);
    *without_version = false;
    if (id >= 0) return rows->whole_row[id];
    id = til_names_find_n(rows->bare, name, bare_length(name));
    if (id < 0 || rows->bare_row[id] < 0) return -1;
    *without_version = true;
    return rows->bare_row[id];
}

static til_status_t missing(til_ctx_t *ctx, const til_index_t *index, const til_tx2gene_view_t *t,
                            const ptrdiff_t *row, size_t n_missing)
{
    til_strbuf_t ours = { 0 }, theirs = { 0 };
    size_t shown = 0;

    for (uint32_t i = 0; i < index->n_transcripts && shown < N_SHOWN; i++)
        if (row[i] < 0)
            til_strbuf_printf(&ours, "%s%s", shown++ ? ", " : "", til_index_name(index, i));
    for (size_t i = 0; i < t->n && i < N_SHOWN; i++)
        til_strbuf_printf(&theirs, "%s%s", i ? ", " : "", t->transcripts[i]);
    til_status_t status = til_fail(ctx, TIL_EINPUT,
                                   "%s: no gene for %zu of %u transcripts (%s%s); the table has "
                                   "%s%s; --allow-missing takes each "
                                   "as a gene of its own",
                                   t->origin, n_missing, index->n_transcripts,
                                   til_strbuf_text(&ours), n_missing > N_SHOWN ? ", ..." : "",
                                   til_strbuf_text(&theirs), t->n > N_SHOWN ? ", ..." : "");
    til_strbuf_clear(&ours);
    til_strbuf_clear(&theirs);
    return status;
}

til_status_t til_index_set_genes(til_ctx_t *ctx, til_index_t *index,
                                 const til_tx2gene_view_t *table, bool allow_missing)
{
    TIL_NEED(ctx, index);
    TIL_NEED(ctx, table);
    til_status_t status = TIL_OK;
    rows_t rows = { 0 };
    size_t n = index->n_transcripts, n_missing = 0, n_bare = 0;
    ptrdiff_t *row = til_array(n, sizeof *row);
    uint32_t *gene_of = til_array(n, sizeof *gene_of);
    const char **symbols = til_array_zero(n, sizeof *symbols);
    til_names_t *genes = til_names_new();

    if (row == NULL || gene_of == NULL || symbols == NULL || genes == NULL) {
        status = til_no_memory(ctx, n, "transcripts");
        goto done;
    }
    TIL_TRY(index_rows(ctx, table, &rows));
    for (size_t i = 0; i < n; i++) {
        bool bare;
        row[i] = find_row(&rows, til_index_name(index, i), &bare);
        n_missing += row[i] < 0;
        n_bare += bare;
    }
    if (n_missing > 0 && (!allow_missing || n_missing == n)) {
        status = missing(ctx, index, table, row, n_missing);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        const char *gene = row[i] < 0 ? til_index_name(index, i) : table->genes[row[i]];
        ptrdiff_t id = til_names_add(genes, gene, NULL);
        if (id < 0) {
            status = til_no_memory(ctx, n, "genes");
            goto done;
        }
        gene_of[i] = (uint32_t)id;
        if (row[i] >= 0 && table->symbols != NULL && symbols[id] == NULL)
            symbols[id] = table->symbols[row[i]];
    }
    if (n_bare > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu of %zu transcripts were matched to %s without their version", n_bare, n,
                table->origin);
    if (n_missing > 0)
        til_say(ctx, TIL_LOG_WARNING, "%zu transcripts are not in %s: each is a gene of its own",
                n_missing, table->origin);
    TIL_TRY(store(ctx, index, gene_of, genes, symbols));
    gene_of = NULL;
done:
    clear_rows(&rows);
    til_names_free(genes);
    free(row);
    free(gene_of);
    free(symbols);
    return status;
}

til_status_t til_index_set_genes_from_headers(til_ctx_t *ctx, til_index_t *index)
{
    TIL_NEED(ctx, index);
    til_status_t status = TIL_OK;
    size_t n = index->n_transcripts, n_known = 0, first_unknown = n;
    const char *at = index->header_genes;
    uint32_t *gene_of = til_array(n, sizeof *gene_of);
    const char **symbols = til_array_zero(n, sizeof *symbols);
    til_names_t *genes = til_names_new();

    if (gene_of == NULL || symbols == NULL || genes == NULL) {
        status = til_no_memory(ctx, n, "transcripts");
        goto done;
    }
    for (size_t i = 0; at != NULL && i < n; i++) {
        const char *gene = at, *symbol = at + strlen(at) + 1;
        if (*gene != 0) n_known++;
        else if (first_unknown == n) first_unknown = i;
        ptrdiff_t id = til_names_add(genes, *gene != 0 ? gene : til_index_name(index, i), NULL);
        if (id < 0) {
            status = til_no_memory(ctx, n, "genes");
            goto done;
        }
        gene_of[i] = (uint32_t)id;
        if (symbols[id] == NULL && *symbol != 0) symbols[id] = symbol;
        at = symbol + strlen(symbol) + 1;
    }
    if (n_known == 0) goto done;
    til_say(ctx, TIL_LOG_NOTICE, "%zu genes are taken from the FASTA headers",
            til_names_count(genes));
    if (n_known < n)
        til_say(ctx, TIL_LOG_WARNING,
                "the headers of %zu transcripts (%s%s) name no gene: each is a gene of its own",
                n - n_known, til_index_name(index, first_unknown), n - n_known > 1 ? ", ..." : "");
    TIL_TRY(store(ctx, index, gene_of, genes, symbols));
    gene_of = NULL;
done:
    til_names_free(genes);
    free(gene_of);
    free(symbols);
    return status;
}
