/* geneset.c -- a collection of named gene sets. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/geneset.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/need.h"
#include "base/names.h"
#include "base/words.h"

TIL_DEFINE_WORDS(til_duplicates_words, TIL_DUPLICATES_MERGE + 1, [TIL_DUPLICATES_ERROR] = "error",
                 [TIL_DUPLICATES_FIRST] = "first", [TIL_DUPLICATES_MERGE] = "merge");

static til_status_t need_arena(til_ctx_t *ctx, til_genesets_t *c)
{
    if (c->arena == NULL) c->arena = til_arena_new();
    if (c->names == NULL) c->names = til_names_new();
    return c->arena == NULL || c->names == NULL ? til_no_memory(ctx, 1, "gene sets") : TIL_OK;
}

/* Copies the genes, each once, into the collection's arena. */
static til_status_t copy_genes(til_ctx_t *ctx, til_genesets_t *c, char *const *genes, size_t n,
                               til_geneset_t *set)
{
    til_names_t *seen = til_names_new();
    til_status_t status = TIL_OK;

    set->genes = til_arena_bytes(c->arena, (n + 1) * sizeof *set->genes);
    if (seen == NULL || set->genes == NULL) status = til_no_memory(ctx, n, "genes");
    for (size_t i = 0; i < n && status == TIL_OK; i++) {
        int is_new = 0;
        char *copy = NULL;
        if (til_names_add(seen, genes[i], &is_new) >= 0) copy = til_arena_text(c->arena, genes[i]);
        if (copy == NULL) status = til_no_memory(ctx, n, "genes");
        else if (is_new) set->genes[set->n_genes++] = copy;
    }
    til_names_free(seen);
    return status;
}

til_status_t til_genesets_add(til_ctx_t *ctx, til_genesets_t *c, const char *name,
                              const char *about, char *const *genes, size_t n_genes, size_t line,
                              size_t *n_repeated)
{
    TIL_NEED(ctx, c);
    TIL_NEED(ctx, name);
    til_geneset_t set = { .line = line };
    til_status_t status = need_arena(ctx, c);

    if (status != TIL_OK) return status;
    set.name = til_arena_text(c->arena, name);
    set.about = til_arena_text(c->arena, about);
    if (set.name == NULL || set.about == NULL) return til_no_memory(ctx, 1, "gene sets");
    status = copy_genes(ctx, c, genes, n_genes, &set);
    if (status != TIL_OK) return status;

    /* Room doubles: a power of two says the array is full. */
    if ((c->n_sets & (c->n_sets - 1)) == 0) {
        size_t room = c->n_sets == 0 ? 1 : c->n_sets * 2;
        til_geneset_t *sets = realloc(c->sets, room * sizeof *sets);
        if (sets != NULL) c->sets = sets;
        size_t *first = realloc(c->first, room * sizeof *first);
        if (first != NULL) c->first = first;
        if (sets == NULL || first == NULL) return til_no_memory(ctx, room, "gene sets");
    }
    int is_new = 0;
    ptrdiff_t id = til_names_add(c->names, name, &is_new);
    if (id < 0) return til_no_memory(ctx, c->n_sets, "gene sets");
    if (is_new) c->first[id] = c->n_sets;
    c->sets[c->n_sets++] = set;
    if (n_repeated != NULL) *n_repeated = n_genes - set.n_genes;
    return TIL_OK;
}

til_status_t til_genesets_extend(til_ctx_t *ctx, til_genesets_t *c, size_t set, char *const *genes,
                                 size_t n_genes)
{
    TIL_NEED(ctx, c);
    TIL_NEED(ctx, genes);
    til_geneset_t *old = &c->sets[set], both = *old;
    size_t n = old->n_genes + n_genes;
    char **all = malloc((n + 1) * sizeof *all);

    if (all == NULL) return til_no_memory(ctx, n, "genes");
    memcpy(all, old->genes, old->n_genes * sizeof *all);
    memcpy(all + old->n_genes, genes, n_genes * sizeof *all);
    both.n_genes = 0;
    til_status_t status = copy_genes(ctx, c, all, n, &both);
    if (status == TIL_OK) *old = both;
    free(all);
    return status;
}

til_status_t til_genesets_set_origin(til_ctx_t *ctx, til_genesets_t *c, const char *origin)
{
    TIL_NEED(ctx, c);
    TIL_NEED(ctx, origin);
    til_status_t status = need_arena(ctx, c);
    if (status != TIL_OK) return status;
    c->origin = til_arena_text(c->arena, origin);
    return c->origin == NULL ? til_no_memory(ctx, 1, "gene sets") : TIL_OK;
}

void til_genesets_clear(til_genesets_t *c)
{
    if (c == NULL) return;
    free(c->sets);
    free(c->first);
    til_names_free(c->names);
    til_arena_free(c->arena);
    *c = (til_genesets_t){ 0 };
}

const til_geneset_t *til_genesets_find(const til_genesets_t *c, const char *name)
{
    ptrdiff_t id = c == NULL || c->names == NULL || name == NULL ? -1
                                                                 : til_names_find(c->names, name);
    return id < 0 ? NULL : &c->sets[c->first[id]];
}
