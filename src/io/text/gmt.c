/* gmt.c -- gene sets as text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "io/text/gmt.h"

/* What a reading has met so far. */
typedef struct {
    til_duplicates_t duplicates;
    size_t n_before, n_duplicates; /* sets of other files; sets of a name that there was */
    size_t n_repeated, n_with_repeats, n_empty;
    size_t n_trimmed; /* genes and set names with blanks or quotes round them */
    char example[64];
    char **genes;
    size_t genes_capacity;
} reading_t;

/* Cuts a field at `*rest`, which moves past the tab behind it, or to NULL after the last. */
static char *cut_field(char **rest)
{
    char *field = *rest, *tab = strchr(field, '\t');

    if (tab != NULL) *tab = '\0';
    *rest = tab == NULL ? NULL : tab + 1;
    return field;
}

/* How many bytes of blank begin a text of n bytes: space, carriage return, U+00A0 in UTF-8. */
static size_t blank_before(const char *text, size_t n)
{
    if (n > 0 && (text[0] == ' ' || text[0] == '\r')) return 1;
    return n > 1 && memcmp(text, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

static size_t blank_after(const char *text, size_t n)
{
    if (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\r')) return 1;
    return n > 1 && memcmp(text + n - 2, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

/* A field without blanks and one pair of quotes round it: spreadsheets and R leave them, and no gene
 * has such a name. */
static char *trim(reading_t *r, char *field)
{
    size_t n = strlen(field), whole = n, cut;
    char *start = field;

    for (int pass = 0; pass < 2; pass++) {
        for (; (cut = blank_before(start, n)) > 0; n -= cut) start += cut;
        for (; (cut = blank_after(start, n)) > 0;) n -= cut;
        if (pass > 0 || n < 2 || start[0] != start[n - 1] || strchr("\"'", start[0]) == NULL) break;
        start++;
        n -= 2;
    }
    if (n == whole) return field;
    if (n > 0 && r->n_trimmed++ == 0) snprintf(r->example, sizeof r->example, "%s", field);
    start[n] = '\0';
    return start;
}

/* A set of a name that there is already. */
static til_status_t repeat_set(til_ctx_t *ctx, reading_t *r, const til_text_t *text,
                               const til_geneset_t *first, size_t n_genes, til_genesets_t *out)
{
    r->n_duplicates++;
    if (r->duplicates == TIL_DUPLICATES_FIRST) return TIL_OK;
    if (r->duplicates == TIL_DUPLICATES_MERGE)
        return til_genesets_extend(ctx, out, (size_t)(first - out->sets), r->genes, n_genes);
    if ((size_t)(first - out->sets) >= r->n_before)
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%zu: set %s is also on line %zu: names of sets must differ; "
                        "--duplicates first or merge takes them",
                        text->path, text->line, first->name, first->line);
    return til_fail(ctx, TIL_EINPUT,
                    "%s:%zu: set %s is also in %s: names of sets must differ; --duplicates first "
                    "or merge takes them",
                    text->path, text->line, first->name, out->origin);
}

static til_status_t read_set(til_ctx_t *ctx, reading_t *r, const til_text_t *text, char *line,
                             til_genesets_t *out)
{
    char *rest = line, *name = cut_field(&rest), *about = "";
    size_t n_genes = 0, n_repeated = 0;
    til_status_t status;

    if (rest == NULL)
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%zu: no tab in the line: expected a set name, a "
                        "description and genes, by tabs",
                        text->path, text->line);
    name = trim(r, name);
    if (name[0] == '\0')
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: the set has no name", text->path, text->line);
    about = cut_field(&rest);
    while (rest != NULL) {
        char *gene = trim(r, cut_field(&rest));
        if (gene[0] == '\0') continue; /* tabs at the end of the line */
        TIL_TRY(til_grow(ctx, &r->genes, &r->genes_capacity, n_genes + 1, sizeof *r->genes));
        r->genes[n_genes++] = gene;
    }
    if (n_genes == 0) {
        r->n_empty++;
        til_say(ctx, TIL_LOG_WARNING, "%s:%zu: set %s has no genes: left out", text->path,
                text->line, name);
        return TIL_OK;
    }
    const til_geneset_t *first = til_genesets_find(out, name);
    if (first != NULL) return repeat_set(ctx, r, text, first, n_genes, out);
    TIL_TRY(til_genesets_add(ctx, out, name, about, r->genes, n_genes, text->line, &n_repeated));
    r->n_repeated += n_repeated;
    r->n_with_repeats += n_repeated > 0;
done:
    return status;
}

/* "a.gmt", then "a.gmt, b.gmt". */
static til_status_t add_origin(til_ctx_t *ctx, const char *path, til_genesets_t *out)
{
    til_strbuf_t both = { 0 };
    til_status_t status;

    if (out->origin != NULL) til_strbuf_printf(&both, "%s, ", out->origin);
    til_strbuf_add(&both, path);
    status = both.failed ? til_no_memory(ctx, 1, "file names")
                         : til_genesets_set_origin(ctx, out, til_strbuf_text(&both));
    til_strbuf_clear(&both);
    return status;
}

til_status_t til_gmt_read(til_ctx_t *ctx, til_text_t *text, til_genesets_t *out)
{
    *out = (til_genesets_t){ 0 };
    til_status_t status = til_gmt_add(ctx, text, TIL_DUPLICATES_ERROR, out);
    if (status != TIL_OK) til_genesets_clear(out);
    return status;
}

til_status_t til_gmt_add(til_ctx_t *ctx, til_text_t *text, til_duplicates_t duplicates,
                         til_genesets_t *out)
{
    til_status_t status = TIL_OK;
    reading_t r = { .duplicates = duplicates, .n_before = out->n_sets };
    char *line;
    size_t length;

    while (til_text_next_data(text, &line, &length))
        if (line[strspn(line, " \t")] != '\0') TIL_TRY(read_set(ctx, &r, text, line, out));
    TIL_TRY(add_origin(ctx, text->path, out));
    if (out->n_sets == r.n_before && r.n_duplicates == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s: no gene set in the file", text->path);
        goto done;
    }
    if (r.n_duplicates > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu sets have the name of another: %s", text->path,
                r.n_duplicates,
                duplicates == TIL_DUPLICATES_FIRST ? "the first is used"
                                                   : "their genes are put together");
    if (r.n_trimmed > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu names have blanks or quotes round them ('%s'): they are taken off",
                text->path, r.n_trimmed, r.example);
    if (r.n_repeated > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu repeated genes in %zu sets: each is used once",
                text->path, r.n_repeated, r.n_with_repeats);
    if (r.n_empty > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu of %zu sets have no genes: left out", text->path,
                r.n_empty, r.n_empty + out->n_sets - r.n_before);
done:
    free(r.genes);
    return status;
}

void til_gmt_write(til_out_t *out, const til_genesets_t *sets)
{
    for (size_t i = 0; i < sets->n_sets; i++) {
        const til_geneset_t *set = &sets->sets[i];

        til_out_text(out, set->name);
        til_out_char(out, '\t');
        til_out_text(out, set->about[0] == '\0' ? "NA" : set->about);
        for (size_t j = 0; j < set->n_genes; j++) {
            til_out_char(out, '\t');
            til_out_text(out, set->genes[j]);
        }
        til_out_char(out, '\n');
    }
}
