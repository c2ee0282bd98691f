/* tx2gene.c -- which gene each transcript belongs to. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <tilseq/annot.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/need.h"

void til_tx2gene_clear(til_tx2gene_t *table)
{
    if (table == NULL) return;
    free(table->transcripts);
    free(table->genes);
    free(table->symbols);
    til_arena_free(table->arena);
    *table = (til_tx2gene_t){ 0 };
}

til_status_t til_annot_tx2gene(til_ctx_t *ctx, const til_annot_t *annot, til_tx2gene_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_tx2gene_t){ 0 };
    TIL_NEED(ctx, annot);
    size_t n = annot->n_transcripts;

    *out = (til_tx2gene_t){ .origin = annot->origin,
                            .n = n,
                            .transcripts = til_array(n, sizeof(char *)),
                            .genes = til_array(n, sizeof(char *)),
                            .symbols = til_array(n, sizeof(char *)) };
    if (out->transcripts == NULL || out->genes == NULL || out->symbols == NULL) {
        til_tx2gene_clear(out);
        return til_no_memory(ctx, n, "transcripts");
    }
    for (size_t i = 0; i < n; i++) {
        out->transcripts[i] = annot->transcript_ids[i];
        out->genes[i] = annot->gene_ids[annot->transcript_genes[i]];
        out->symbols[i] = annot->gene_names[annot->transcript_genes[i]];
    }
    return TIL_OK;
}
