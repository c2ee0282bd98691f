/* contigs.c -- chr1 and 1 are one contig. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "count/contigs.h"
#include "count/overlap.h"

enum { EXAMPLES = 3, BARE_MAX = 256 };

/* Finds an accession with its version in UCSC's spelling (chr1_KI270706v1_random): two letters,
 * digits, 'v', digits, up to the end or '_'. */
static bool find_accession(const char *name, const char **start, size_t *letters_digits,
                           size_t *version)
{
    for (const char *p = name; *p != '\0'; p++) {
        if (p > name && p[-1] != '_') continue;
        const char *q = p;
        while (isupper((unsigned char)*q)) q++;
        if (q - p != 2) continue;
        const char *digits = q;
        while (isdigit((unsigned char)*q)) q++;
        if (q == digits || *q != 'v') continue;
        *letters_digits = (size_t)(q - p);
        const char *v = ++q;
        while (isdigit((unsigned char)*q)) q++;
        if (q == v || (*q != '\0' && *q != '_')) continue;
        *start = p;
        *version = (size_t)(q - v);
        return true;
    }
    return false;
}

/* The name without its dress; long names are left as they are. */
static void undress(const char *name, char bare[BARE_MAX])
{
    const char *accession;
    size_t n, version;
    if (strncmp(name, "chr", 3) == 0 && name[3] != '\0') name += 3;
    bare[0] = '\0';
    if (strlen(name) >= BARE_MAX) return;
    if (strcmp(name, "M") == 0) name = "MT";
    if (find_accession(name, &accession, &n, &version)) {
        memcpy(bare, accession, n);
        bare[n] = '.';
        memcpy(bare + n + 1, accession + n + 1, version);
        bare[n + 1 + version] = '\0';
    } else {
        memcpy(bare, name, strlen(name) + 1);
    }
}

static void add_examples(til_strbuf_t *text, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n && i < EXAMPLES; i++)
        til_strbuf_printf(text, "%s%s", i > 0 ? ", " : "", names[i]);
    if (n > EXAMPLES) til_strbuf_add(text, ", ...");
}

static til_status_t nothing_shared(til_ctx_t *ctx, const til_annot_t *annot, const char *path,
                                   const til_bam_header_t *header)
{
    til_strbuf_t text = { 0 };
    if (header->n_contigs == 0)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: no reference is in the header: alignments need an "
                        "@SQ line for each contig; give the file its header again (samtools "
                        "reheader), or align the reads",
                        path);
    til_strbuf_printf(&text, "%s: no contig in common with %s: the alignments have ", path,
                      annot->origin);
    add_examples(&text, header->contigs, header->n_contigs);
    til_strbuf_add(&text, "; the annotation has ");
    add_examples(&text, (const char *const *)annot->contigs, annot->n_contigs);
    til_strbuf_add(&text, "; name the pairs with --aliases");
    til_status_t status = text.failed ? til_no_memory(ctx, 1, "message")
                                      : til_fail(ctx, TIL_EINPUT, "%s", til_strbuf_text(&text));
    til_strbuf_clear(&text);
    return status;
}

typedef struct {
    til_names_t *names, *bare, *aliases;
    int32_t *bare_contig;
} tables_t;

static til_status_t make_tables(til_ctx_t *ctx, const til_annot_t *annot,
                                const til_count_options_t *o, tables_t *t)
{
    til_status_t status = TIL_OK;
    TIL_TRY(til_names_index(ctx, annot->contigs, annot->n_contigs, &t->names));
    t->bare = til_names_new();
    t->aliases = til_names_new();
    t->bare_contig = til_array(annot->n_contigs, sizeof *t->bare_contig);
    if (t->bare == NULL || t->aliases == NULL || t->bare_contig == NULL)
        return til_no_memory(ctx, annot->n_contigs, "contigs");
    for (size_t c = 0; c < annot->n_contigs; c++) {
        char bare[BARE_MAX];
        int is_new;
        undress(annot->contigs[c], bare);
        ptrdiff_t id = til_names_add(t->bare, bare, &is_new);
        if (id < 0) return til_no_memory(ctx, annot->n_contigs, "contigs");
        if (is_new) t->bare_contig[id] = (int32_t)c;
    }
    for (size_t i = 0; i < o->n_aliases; i++)
        if (til_names_add(t->aliases, o->alias_from[i], NULL) < 0)
            return til_no_memory(ctx, o->n_aliases, "aliases");
done:
    return status;
}

/* The contig of the annotation that a name stands for by itself or by an alias, or -1. */
static int32_t find_named(const tables_t *t, const til_count_options_t *o, const char *name)
{
    ptrdiff_t found = til_names_find(t->names, name);
    if (found >= 0) return (int32_t)found;
    if (til_names_find(t->aliases, name) < 0) return -1;
    for (size_t i = 0; i < o->n_aliases; i++) {
        if (strcmp(o->alias_from[i], name) != 0) continue;
        found = til_names_find(t->names, o->alias_to[i]);
        if (found >= 0) return (int32_t)found;
    }
    return -1;
}

static int32_t find_undressed(const tables_t *t, const char *name)
{
    char bare[BARE_MAX];
    undress(name, bare);
    ptrdiff_t found = bare[0] == '\0' ? -1 : til_names_find(t->bare, bare);
    return found < 0 ? -1 : t->bare_contig[found];
}

/* What was matched by more than the name. */
typedef struct {
    size_t n_undressed, n_apart, undressed, apart; /* how many, and an example of each */
    int32_t wanted;                                /* by that which stays apart         */
} matches_t;

/* Names as they stand first: one without its dress does not take a contig that has its own, as chr1
 * beside 1 in a genome put together of two. */
static void match_all(const tables_t *t, const til_count_options_t *o,
                      const til_bam_header_t *header, bool *taken, int32_t *map, matches_t *m)
{
    for (size_t c = 0; c < header->n_contigs; c++) {
        map[c] = find_named(t, o, header->contigs[c]);
        if (map[c] >= 0) taken[map[c]] = true;
    }
    for (size_t c = 0; c < header->n_contigs; c++) {
        if (map[c] >= 0) continue;
        int32_t contig = find_undressed(t, header->contigs[c]);
        if (contig >= 0 && taken[contig]) {
            if (m->n_apart++ == 0) {
                m->apart = c;
                m->wanted = contig;
            }
        } else if (contig >= 0) {
            map[c] = contig;
            taken[contig] = true;
            if (m->n_undressed++ == 0) m->undressed = c;
        }
    }
}

/* Genes beyond the end of a contig: the annotation is of another build. */
static void tell_other_build(til_ctx_t *ctx, const til_annot_t *annot, const til_overlap_t *index,
                             const char *path, const til_bam_header_t *header, const int32_t *map)
{
    size_t n = 0, example = 0;
    for (size_t c = 0; c < header->n_contigs; c++)
        if (map[c] >= 0 && header->lengths[c] < (int64_t)til_overlap_end(index, (size_t)map[c]) &&
            n++ == 0)
            example = c;
    if (n > 0)
        til_say(
            ctx, TIL_LOG_WARNING,
            "%s: %zu contig%s shorter than %s has genes on (%s: %lld bases, genes up to %u): is "
            "the annotation of another build?",
            path, n, n == 1 ? " is" : "s are", annot->origin, header->contigs[example],
            (long long)header->lengths[example], til_overlap_end(index, (size_t)map[example]));
}

til_status_t til_contigs_match(til_ctx_t *ctx, const til_annot_t *annot, const til_overlap_t *index,
                               const til_count_options_t *options, const char *path,
                               const til_bam_header_t *header, int32_t *map)
{
    til_status_t status = TIL_OK;
    tables_t tables = { 0 };
    matches_t m = { 0 };
    size_t n_shared = 0;
    bool *taken = til_array_zero(annot->n_contigs, sizeof *taken);

    if (taken == NULL) TIL_TRY(til_no_memory(ctx, annot->n_contigs, "contigs"));
    TIL_TRY(make_tables(ctx, annot, options, &tables));
    match_all(&tables, options, header, taken, map, &m);
    for (size_t c = 0; c < header->n_contigs; c++) n_shared += map[c] >= 0;
    if (n_shared == 0) {
        status = nothing_shared(ctx, annot, path, header);
        goto done;
    }
    if (m.n_undressed > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu contig%s named otherwise than in %s matched: %s is "
                "%s there",
                path, m.n_undressed, m.n_undressed == 1 ? "" : "s", annot->origin,
                header->contigs[m.undressed], annot->contigs[map[m.undressed]]);
    if (m.n_apart > 0)
        til_say(
            ctx, TIL_LOG_WARNING,
            "%s: %zu contig%s not counted, since another of the file is the annotation's: %s is "
            "not taken for %s; --aliases says otherwise",
            path, m.n_apart, m.n_apart == 1 ? " is" : "s are", header->contigs[m.apart],
            annot->contigs[m.wanted]);
    tell_other_build(ctx, annot, index, path, header, map);
done:
    free(taken);
    til_names_free(tables.names);
    til_names_free(tables.bare);
    til_names_free(tables.aliases);
    free(tables.bare_contig);
    return status;
}
