/* ranking.c -- genes with one number each. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <tilseq/ranking.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/need.h"

til_status_t til_ranking_init(til_ctx_t *ctx, size_t n_genes, const char *origin,
                              til_ranking_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_ranking_t){ 0 };
    TIL_NEED(ctx, origin);
    *out = (til_ranking_t){ .n_genes = n_genes };
    out->arena = til_arena_new();
    out->genes = til_array_zero(n_genes, sizeof *out->genes);
    out->stats = til_array_zero(n_genes, sizeof *out->stats);
    if (out->arena != NULL) out->origin = til_arena_text(out->arena, origin);
    if (out->origin == NULL || out->genes == NULL || out->stats == NULL) {
        til_ranking_clear(out);
        return til_no_memory(ctx, n_genes, "ranked genes");
    }
    return TIL_OK;
}

void til_ranking_clear(til_ranking_t *r)
{
    if (r == NULL) return;
    free(r->genes);
    free(r->stats);
    til_arena_free(r->arena);
    *r = (til_ranking_t){ 0 };
}

til_status_t til_ranking_set(til_ctx_t *ctx, til_ranking_t *r, size_t i, const char *gene,
                             double stat)
{
    TIL_NEED(ctx, r);
    TIL_NEED(ctx, gene);
    r->genes[i] = til_arena_text(r->arena, gene);
    if (r->genes[i] == NULL) return til_no_memory(ctx, r->n_genes, "gene names");
    r->stats[i] = stat;
    return TIL_OK;
}
