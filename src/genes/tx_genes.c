/* tx_genes.c -- transcripts to genes by name, bar and version aside. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "genes/tx_genes.h"

enum { SEVERAL = -2, SHOWN = 5 };

/* The length of an accession without its version: up to a last '.' before digits only, so that a
 * suffix such as ".3_PAR_Y" stays. */
static size_t bare_length(const char *name, size_t n)
{
    size_t at = n;
    while (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9') at--;
    return at < n && at > 1 && name[at - 1] == '.' ? at - 1 : n;
}

/* Where each name, whole and bare, stands in the table. */
typedef struct {
    til_names_t *whole, *bare;
    ptrdiff_t *whole_row, *bare_row; /* bare_row: SEVERAL where rows differ in their gene */
} rows_t;

static void clear_rows(rows_t *rows)
{
    til_names_free(rows->whole);
    til_names_free(rows->bare);
    free(rows->whole_row);
    free(rows->bare_row);
}

static til_status_t index_rows(til_ctx_t *ctx, const til_tx2gene_t *t, rows_t *rows)
{
    rows->whole = til_names_new();
    rows->bare = til_names_new();
    rows->whole_row = til_array(t->n, sizeof *rows->whole_row);
    rows->bare_row = til_array(t->n, sizeof *rows->bare_row);
    if (!rows->whole || !rows->bare || !rows->whole_row || !rows->bare_row)
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
        id = til_names_add_n(rows->bare, name, bare_length(name, strlen(name)), &is_new);
        if (id < 0) return til_no_memory(ctx, t->n, "transcripts");
        if (is_new) rows->bare_row[id] = (ptrdiff_t)i;
        else if (rows->bare_row[id] != SEVERAL &&
                 strcmp(t->genes[i], t->genes[rows->bare_row[id]]) != 0)
            rows->bare_row[id] = SEVERAL;
    }
    return TIL_OK;
}

/* The row of a name, or -1; counts how it was found. */
static ptrdiff_t find_row(const rows_t *rows, const char *name, til_tx_genes_t *counted)
{
    ptrdiff_t id = til_names_find(rows->whole, name);
    size_t n = strcspn(name, "|");

    if (id >= 0) return rows->whole_row[id];
    if (name[n] == '|') id = til_names_find_n(rows->whole, name, n);
    if (id >= 0) {
        counted->n_bar++;
        return rows->whole_row[id];
    }
    id = til_names_find_n(rows->bare, name, bare_length(name, n));
    if (id < 0 || rows->bare_row[id] == SEVERAL) return -1;
    counted->n_bar += name[n] == '|';
    counted->n_bare++;
    return rows->bare_row[id];
}

static til_status_t keep_genes(til_ctx_t *ctx, const til_names_t *ids, char *const *symbols,
                               til_tx_genes_t *out)
{
    til_status_t status = TIL_OK;

    out->n_genes = til_names_count(ids);
    TIL_TRY(til_keep_array(ctx, out->arena, out->n_genes, sizeof(char *), &out->gene_ids));
    TIL_TRY(til_keep_array(ctx, out->arena, out->n_genes, sizeof(char *), &out->symbols));
    for (size_t g = 0; g < out->n_genes; g++) {
        TIL_TRY(til_keep_text(ctx, out->arena, til_names_get(ids, g), &out->gene_ids[g]));
        if (symbols[g] != NULL)
            TIL_TRY(til_keep_text(ctx, out->arena, symbols[g], &out->symbols[g]));
    }
done:
    return status;
}

til_status_t til_tx_genes_find(til_ctx_t *ctx, const til_tx2gene_t *table, char *const *names,
                               size_t n, bool own_genes, til_tx_genes_t *out)
{
    til_status_t status = TIL_OK;
    rows_t rows = { 0 };
    char **symbols = til_array_zero(n, sizeof *symbols);
    til_names_t *genes = til_names_new();

    *out = (til_tx_genes_t){ .arena = til_arena_new(), .gene_of = til_array(n, sizeof(uint32_t)) };
    if (symbols == NULL || genes == NULL || out->arena == NULL || out->gene_of == NULL)
        TIL_TRY(til_no_memory(ctx, n, "transcripts"));
    TIL_TRY(index_rows(ctx, table, &rows));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t row = find_row(&rows, names[i], out);
        out->gene_of[i] = TIL_NO_GENE;
        out->n_missing += row < 0;
        if (row < 0 && !own_genes) continue;
        ptrdiff_t gene = til_names_add(genes, row < 0 ? names[i] : table->genes[row], NULL);
        if (gene < 0) TIL_TRY(til_no_memory(ctx, n, "genes"));
        out->gene_of[i] = (uint32_t)gene;
        if (row >= 0 && symbols[gene] == NULL && table->symbols != NULL)
            symbols[gene] = table->symbols[row];
    }
    TIL_TRY(keep_genes(ctx, genes, symbols, out));
done:
    clear_rows(&rows);
    til_names_free(genes);
    free(symbols);
    if (status != TIL_OK) til_tx_genes_clear(out);
    return status;
}

void til_tx_genes_clear(til_tx_genes_t *genes)
{
    if (genes == NULL) return;
    free(genes->gene_of);
    til_arena_free(genes->arena);
    *genes = (til_tx_genes_t){ 0 };
}

void til_tx_genes_say(til_ctx_t *ctx, const til_tx2gene_t *table, size_t n, bool own_genes,
                      const til_tx_genes_t *genes)
{
    if (genes->n_bar > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu of %zu transcripts were matched to %s by their name before '|'", genes->n_bar,
                n, table->origin);
    if (genes->n_bare > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu of %zu transcripts were matched to %s without their version", genes->n_bare, n,
                table->origin);
    if (genes->n_missing > 0 && own_genes)
        til_say(ctx, TIL_LOG_WARNING, "%zu transcripts are not in %s: each is a gene of its own",
                genes->n_missing, table->origin);
}

til_status_t til_tx_genes_fail(til_ctx_t *ctx, const til_tx2gene_t *table, char *const *names,
                               size_t n, const til_tx_genes_t *genes, const char *rest)
{
    til_strbuf_t ours = { 0 }, theirs = { 0 };
    size_t shown = 0;

    for (size_t i = 0; i < n && shown < SHOWN; i++)
        if (genes->gene_of[i] == TIL_NO_GENE || genes->n_missing == n)
            til_strbuf_printf(&ours, "%s%s", shown++ > 0 ? ", " : "", names[i]);
    for (size_t i = 0; i < table->n && i < SHOWN; i++)
        til_strbuf_printf(&theirs, "%s%s", i > 0 ? ", " : "", table->transcripts[i]);
    til_status_t status = til_fail(
        ctx, TIL_EINPUT, "%s: no gene for %zu of %zu transcripts (%s%s); the table has %s%s%s",
        table->origin, genes->n_missing, n, til_strbuf_text(&ours),
        genes->n_missing > SHOWN ? ", ..." : "", til_strbuf_text(&theirs),
        table->n > SHOWN ? ", ..." : "", rest);
    til_strbuf_clear(&ours);
    til_strbuf_clear(&theirs);
    return status;
}
