/* set_match.c -- which rows the genes of each set are. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "genes/coverage.h"
#include "genes/set_match.h"

enum {
    SHOWN = 3,
    /* Symbols of human and mouse share a few names (C3, F10) that differ in nothing but case for
     * the others: a collection of the right species finds more than a tenth of what case hides. */
    SPECIES_RATIO = 10
};

static size_t count_entries(const til_genesets_t *sets)
{
    size_t n = 0;
    for (size_t i = 0; i < sets->n_sets; i++) n += sets->sets[i].n_genes;
    return n;
}

/* ---- what is said ------------------------------------------------------------------------ */

/* Genes found under another name, with the first few as examples. */
typedef struct {
    til_names_t *seen;
    til_strbuf_t examples;
} renamed_t;

static til_status_t note_renamed(til_ctx_t *ctx, renamed_t *r, const char *wanted, const char *row)
{
    int is_new;

    if (til_names_add(r->seen, wanted, &is_new) < 0) return til_no_memory(ctx, 1, "gene names");
    if (is_new && til_names_count(r->seen) <= SHOWN)
        til_strbuf_printf(&r->examples, "%s%s for %s", r->examples.length > 0 ? ", " : "", row,
                          wanted);
    return r->examples.failed ? til_no_memory(ctx, 1, "gene names") : TIL_OK;
}

static void say_renamed(til_ctx_t *ctx, const renamed_t *r, const char *origin)
{
    size_t n = til_names_count(r->seen);

    if (n > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu gene%s of the sets go%s by another name there and %s taken for it: %s%s",
                origin, n, n == 1 ? "" : "s", n == 1 ? "es" : "", n == 1 ? "is" : "are",
                til_strbuf_text(&r->examples), n > SHOWN ? ", ..." : "");
}

/* The name in upper case, as human symbols are written: what a mouse symbol turns into. */
static ptrdiff_t find_folded(til_names_t *folded, const char *name, til_strbuf_t *buffer, bool add)
{
    til_strbuf_reset(buffer);
    for (const char *c = name; *c != '\0'; c++)
        til_strbuf_add_char(buffer, (char)toupper((unsigned char)*c));
    return add ? til_names_add(folded, til_strbuf_text(buffer), NULL)
               : til_names_find(folded, til_strbuf_text(buffer));
}

/* Entries of the sets that are among the rows when case is ignored. */
static til_status_t count_folded(til_ctx_t *ctx, const til_gene_index_t *index,
                                 const til_genesets_t *sets, size_t *n)
{
    til_names_t *folded = til_names_new();
    til_strbuf_t buffer = { 0 };
    til_status_t status = TIL_OK;

    *n = 0;
    if (folded == NULL) status = til_no_memory(ctx, 1, "gene names");
    for (size_t k = 0; status == TIL_OK && k < til_names_count(index->keys); k++)
        if (find_folded(folded, til_names_get(index->keys, k), &buffer, true) < 0)
            status = til_no_memory(ctx, 1, "gene names");
    for (size_t i = 0; status == TIL_OK && i < sets->n_sets; i++)
        for (size_t j = 0; j < sets->sets[i].n_genes; j++)
            *n += find_folded(folded, sets->sets[i].genes[j], &buffer, false) >= 0;
    til_strbuf_clear(&buffer);
    til_names_free(folded);
    return status;
}

static til_status_t fail_unmatched(til_ctx_t *ctx, const til_gene_index_t *index,
                                   const til_genesets_t *sets, size_t n_found, size_t n_folded)
{
    til_strbuf_t theirs = { 0 }, ours = { 0 }, hint = { 0 };
    size_t shown = 0;

    for (size_t i = 0; i < sets->n_sets; i++)
        for (size_t j = 0; j < sets->sets[i].n_genes && shown < SHOWN; j++)
            til_strbuf_printf(&theirs, "%s%s", shown++ > 0 ? ", " : "", sets->sets[i].genes[j]);
    for (size_t k = 0; k < til_names_count(index->keys) && k < SHOWN; k++)
        til_strbuf_printf(&ours, "%s%s", k > 0 ? ", " : "", til_names_get(index->keys, k));
    if (n_folded > n_found)
        til_strbuf_printf(&hint,
                          "%zu match when case is ignored, so one side is probably another species "
                          "(human symbols are upper case, mouse symbols are not)",
                          n_folded);
    else
        til_strbuf_add(&hint,
                       "are both symbols, or does the data need a table of names (--genes)?");
    til_status_t status = til_fail(
        ctx, TIL_EINPUT,
        "%s: %zu of its %zu gene entries are among the %zu genes of %s: sets have %s; the data "
        "have %s; %s",
        sets->origin == NULL ? "gene sets" : sets->origin, n_found, count_entries(sets),
        til_names_count(index->keys), index->rows.origin, til_strbuf_text(&theirs),
        til_strbuf_text(&ours), til_strbuf_text(&hint));
    til_strbuf_clear(&theirs);
    til_strbuf_clear(&ours);
    til_strbuf_clear(&hint);
    return status;
}

/* Refuses what matches in nothing, or in hardly anything but case. */
static til_status_t judge(til_ctx_t *ctx, const til_gene_index_t *index, const til_genesets_t *sets,
                          size_t n_found)
{
    size_t n_wanted = count_entries(sets), n_folded;
    til_status_t status;

    if (n_wanted == 0 || n_found > n_wanted / SPECIES_RATIO) return TIL_OK;
    status = count_folded(ctx, index, sets, &n_folded);
    if (status != TIL_OK || (n_found > 0 && n_folded <= SPECIES_RATIO * n_found)) return status;
    return fail_unmatched(ctx, index, sets, n_found, n_folded);
}

/* ---- matching ---------------------------------------------------------------------------- */

static int compare_indices(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Sorts and keeps one of each: two names of one gene count once. Returns how many remain. */
static size_t sort_unique(size_t *member, size_t n)
{
    size_t kept = 0;

    qsort(member, n, sizeof *member, compare_indices);
    for (size_t e = 0; e < n; e++)
        if (e == 0 || member[e] != member[e - 1]) member[kept++] = member[e];
    return kept;
}

typedef struct {
    const til_gene_index_t *index;
    const ptrdiff_t *place;
    til_coverage_t *coverage; /* NULL: not wanted */
    renamed_t renamed;
    size_t n_found, n_left_out; /* entries that rows stand for; of them, without a place */
} matching_t;

/* The members of one set; *n of them. */
static til_status_t match_set(til_ctx_t *ctx, matching_t *m, const til_geneset_t *set,
                              size_t *member, size_t *n)
{
    til_status_t status = TIL_OK;

    *n = 0;
    if (m->coverage != NULL) til_coverage_begin(m->coverage, set->name);
    for (size_t j = 0; j < set->n_genes; j++) {
        bool is_other;
        ptrdiff_t row = til_gene_index_find(m->index, set->genes[j], &is_other);
        ptrdiff_t g = row < 0 || m->place == NULL ? row : m->place[row];

        m->n_found += row >= 0;
        m->n_left_out += row >= 0 && g < 0;
        if (row >= 0 && is_other)
            TIL_TRY(note_renamed(ctx, &m->renamed, set->genes[j],
                                 til_gene_row_name(&m->index->rows, (size_t)row)));
        if (m->coverage != NULL) til_coverage_gene(m->coverage, set->genes[j], g >= 0);
        if (g >= 0) member[(*n)++] = (size_t)g;
    }
    if (m->coverage != NULL) TIL_TRY(til_coverage_end(ctx, m->coverage));
    *n = sort_unique(member, *n);
done:
    return status;
}

til_status_t til_set_match(til_ctx_t *ctx, const til_gene_index_t *index, const ptrdiff_t *place,
                           const til_genesets_t *sets, til_set_match_t *out, til_table_t *coverage)
{
    til_status_t status = TIL_OK;
    til_coverage_t c = { 0 };
    matching_t m = { .index = index,
                     .place = place,
                     .coverage = coverage == NULL ? NULL : &c,
                     .renamed.seen = til_names_new() };

    *out = (til_set_match_t){ .n_sets = sets->n_sets,
                              .offset = til_array(sets->n_sets + 1, sizeof *out->offset),
                              .member = til_array(count_entries(sets), sizeof *out->member) };
    if (coverage != NULL) *coverage = (til_table_t){ 0 };
    if (m.renamed.seen == NULL || out->offset == NULL || out->member == NULL)
        TIL_TRY(til_no_memory(ctx, count_entries(sets), "set members"));
    if (coverage != NULL) TIL_TRY(til_coverage_init(ctx, &c, sets->n_sets, coverage));
    out->offset[0] = 0;
    for (size_t i = 0; i < sets->n_sets; i++) {
        size_t n;
        TIL_TRY(match_set(ctx, &m, &sets->sets[i], out->member + out->offset[i], &n));
        out->offset[i + 1] = out->offset[i] + n;
    }
    out->n_left_out = m.n_left_out;
    TIL_TRY(judge(ctx, index, sets, m.n_found));
    say_renamed(ctx, &m.renamed, index->rows.origin);
done:
    til_coverage_clear(&c);
    til_names_free(m.renamed.seen);
    til_strbuf_clear(&m.renamed.examples);
    if (status != TIL_OK) {
        til_set_match_clear(out);
        til_table_clear(coverage);
    }
    return status;
}

void til_set_match_clear(til_set_match_t *match)
{
    if (match == NULL) return;
    free(match->offset);
    free(match->member);
    *match = (til_set_match_t){ 0 };
}

til_status_t til_set_count_found(til_ctx_t *ctx, const til_gene_index_t *index,
                                 const til_genesets_t *sets, size_t *n_found)
{
    til_names_t *seen = til_names_new();
    til_status_t status = seen == NULL ? til_no_memory(ctx, 1, "gene names") : TIL_OK;

    *n_found = 0;
    for (size_t i = 0; i < sets->n_sets && status == TIL_OK; i++)
        for (size_t j = 0; j < sets->sets[i].n_genes && status == TIL_OK; j++) {
            int is_new;
            if (til_names_add(seen, sets->sets[i].genes[j], &is_new) < 0)
                status = til_no_memory(ctx, 1, "gene names");
            else
                *n_found += is_new && til_gene_index_find(index, sets->sets[i].genes[j], NULL) >= 0;
        }
    til_names_free(seen);
    return status;
}
