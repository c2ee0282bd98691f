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

static int32_t find_contig(const tables_t *t, const til_count_options_t *o, const char *name,
                           bool *undressed)
{
    ptrdiff_t found = til_names_find(t->names, name);
    if (found >= 0) return (int32_t)found;
    ptrdiff_t alias = til_names_find(t->aliases, name);
    if (alias >= 0) {
        for (size_t i = 0; i < o->n_aliases; i++) {
            if (strcmp(o->alias_from[i], name) != 0) continue;
            found = til_names_find(t->names, o->alias_to[i]);
            if (found >= 0) return (int32_t)found;
        }
    }
    char bare[BARE_MAX];
    undress(name, bare);
    found = bare[0] == '\0' ? -1 : til_names_find(t->bare, bare);
    *undressed = found >= 0;
    return found < 0 ? -1 : t->bare_contig[found];
}

til_status_t til_contigs_match(til_ctx_t *ctx, const til_annot_t *annot,
                               const til_count_options_t *options, const char *path,
                               const til_bam_header_t *header, int32_t *map)
{
    til_status_t status = TIL_OK;
    tables_t tables = { 0 };
    size_t n_shared = 0, n_undressed = 0, example = 0;

    TIL_TRY(make_tables(ctx, annot, options, &tables));
    for (size_t c = 0; c < header->n_contigs; c++) {
        bool undressed = false;
        map[c] = find_contig(&tables, options, header->contigs[c], &undressed);
        n_shared += map[c] >= 0;
        if (undressed && n_undressed++ == 0) example = c;
    }
    if (n_shared == 0) {
        status = nothing_shared(ctx, annot, path, header);
        goto done;
    }
    if (n_undressed > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu contig%s named otherwise than in %s matched: %s is "
                "%s there",
                path, n_undressed, n_undressed == 1 ? "" : "s", annot->origin,
                header->contigs[example], annot->contigs[map[example]]);
done:
    til_names_free(tables.names);
    til_names_free(tables.bare);
    til_names_free(tables.aliases);
    free(tables.bare_contig);
    return status;
}
