/* choose.c -- which genes to simulate, and sets that no programme is in. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/need.h"
#include "base/try.h"
#include "sim/parts.h"

typedef struct {
    int rank; /* 0 in a programme, 1 in a set, 2 otherwise */
    uint64_t lot;
    size_t gene;
} candidate_t;

static int compare_candidates(const void *a, const void *b)
{
    const candidate_t *x = a, *y = b;

    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    if (x->lot != y->lot) return x->lot < y->lot ? -1 : 1;
    return (x->gene > y->gene) - (x->gene < y->gene);
}

static bool is_programme(const char *set)
{
    for (int p = 0; til_sim_programmes[p].set != NULL; p++)
        if (strcmp(til_sim_programmes[p].set, set) == 0) return true;
    return false;
}

/* The genes in the order they are wanted: by rank, then by lot. free() *out. */
static til_status_t rank_genes(til_ctx_t *ctx, uint64_t seed, size_t n, char *const *symbols,
                               const til_genesets_t *sets, candidate_t **out)
{
    til_names_t *index = NULL;
    til_status_t status = til_names_index(ctx, symbols, n, &index);
    candidate_t *list = til_array(n, sizeof *list);

    *out = list;
    if (list == NULL && status == TIL_OK) status = til_no_memory(ctx, n, "genes");
    if (status != TIL_OK) goto done;
    for (size_t g = 0; g < n; g++) {
        til_rng_t rng = til_rng_stream(seed, TIL_SIM_FOR_CHOICE,
                                       til_hash_bytes(symbols[g], strlen(symbols[g])), 0);
        list[g] = (candidate_t){ 2, til_rng_u64(&rng), g };
    }
    for (size_t i = 0; i < sets->n_sets; i++) {
        int rank = is_programme(sets->sets[i].name) ? 0 : 1;
        for (size_t j = 0; j < sets->sets[i].n_genes; j++) {
            ptrdiff_t g = til_names_find(index, sets->sets[i].genes[j]);
            if (g >= 0 && list[g].rank > rank) list[g].rank = rank;
        }
    }
    qsort(list, n, sizeof *list, compare_candidates);
done:
    til_names_free(index);
    return status;
}

til_status_t til_sim_choose_genes(til_ctx_t *ctx, uint64_t seed, size_t n_candidates,
                                  char *const *symbols, const til_genesets_t *sets, size_t n,
                                  unsigned char *chosen, size_t *n_chosen)
{
    TIL_NEED(ctx, symbols);
    TIL_NEED(ctx, sets);
    TIL_NEED(ctx, chosen);
    TIL_NEED(ctx, n_chosen);
    candidate_t *list;
    til_status_t status = rank_genes(ctx, seed, n_candidates, symbols, sets, &list);

    if (status == TIL_OK) {
        memset(chosen, 0, n_candidates);
        *n_chosen = n < n_candidates ? n : n_candidates;
        for (size_t i = 0; i < *n_chosen; i++) chosen[list[i].gene] = 1;
    }
    free(list);
    return status;
}

til_status_t til_sim_add_random_sets(til_ctx_t *ctx, uint64_t seed, size_t n_genes,
                                     char *const *symbols, size_t n_sets, size_t size,
                                     til_genesets_t *sets)
{
    TIL_NEED(ctx, symbols);
    TIL_NEED(ctx, sets);
    candidate_t *list;
    til_status_t status = rank_genes(ctx, seed, n_genes, symbols, sets, &list);
    char **genes = til_array(size, sizeof *genes), name[32];
    size_t first = 0, at = 0;

    if (genes == NULL && status == TIL_OK) status = til_no_memory(ctx, size, "genes");
    if (status != TIL_OK) goto done;
    while (first < n_genes && list[first].rank < 2) first++;
    at = first;
    for (size_t i = 0; i < n_sets && n_genes - first >= size; i++) {
        if (n_genes - at < size) at = first; /* few genes: sets may share some */
        for (size_t j = 0; j < size; j++) genes[j] = symbols[list[at++].gene];
        snprintf(name, sizeof name, "RANDOM_%02zu", i + 1);
        TIL_TRY(til_genesets_add(ctx, sets, name, "drawn at random", genes, size, 0, NULL));
    }
done:
    free(genes);
    free(list);
    return status;
}
