/* annot.c -- genes, transcripts and exons. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/annot.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/try.h"

void til_annot_clear(til_annot_t *annot)
{
    if (annot == NULL) return;
    free(annot->contigs);
    free(annot->gene_ids);
    free(annot->gene_names);
    free(annot->gene_types);
    free(annot->transcript_ids);
    free(annot->transcript_genes);
    free(annot->exons);
    til_arena_free(annot->arena);
    *annot = (til_annot_t){ 0 };
}

/* The four keys of the order, the least significant first. */
static uint32_t sort_key(const til_exon_t *exon, int which)
{
    switch (which) {
    case 0: return exon->start;
    case 1: return exon->strand;
    case 2: return exon->gene;
    default: return exon->contig;
    }
}

/* Stable counting sort of `from` by one byte of a key. */
static void sort_by_byte(const til_exon_t *exons, size_t n, int which, unsigned shift,
                         const uint32_t *from, uint32_t *to)
{
    size_t at[257] = { 0 };
    for (size_t i = 0; i < n; i++) at[(sort_key(&exons[i], which) >> shift & 255) + 1]++;
    for (size_t b = 1; b < 257; b++) at[b] += at[b - 1];
    for (size_t i = 0; i < n; i++)
        to[at[sort_key(&exons[from[i]], which) >> shift & 255]++] = from[i];
}

til_status_t til_annot_order(til_ctx_t *ctx, const til_annot_t *annot, uint32_t *order)
{
    size_t n = annot->n_exons;
    uint32_t *spare = til_array(n, sizeof *spare), *from = order, *to = spare;
    if (spare == NULL) return til_no_memory(ctx, n, "features");

    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    for (int which = 0; which < 4; which++) {
        uint32_t all = 0;
        for (size_t i = 0; i < n; i++) all |= sort_key(&annot->exons[i], which);
        for (unsigned shift = 0; shift < 32 && all >> shift != 0; shift += 8) {
            sort_by_byte(annot->exons, n, which, shift, from, to);
            uint32_t *swap = from;
            from = to;
            to = swap;
        }
    }
    if (from != order) memcpy(order, from, n * sizeof *order);
    free(spare);
    return TIL_OK;
}

til_status_t til_annot_gene_lengths(til_ctx_t *ctx, const til_annot_t *annot, uint64_t *lengths)
{
    til_status_t status = TIL_OK;
    uint32_t *order = til_array(annot->n_exons, sizeof *order);
    if (order == NULL) return til_no_memory(ctx, annot->n_exons, "features");
    TIL_TRY(til_annot_order(ctx, annot, order));

    memset(lengths, 0, annot->n_genes * sizeof *lengths);
    const til_exon_t *last = NULL;
    uint32_t covered_to = 0;
    for (size_t i = 0; i < annot->n_exons; i++) {
        const til_exon_t *exon = &annot->exons[order[i]];
        if (last == NULL || last->gene != exon->gene || last->contig != exon->contig ||
            last->strand != exon->strand)
            covered_to = 0;
        uint32_t start = exon->start > covered_to ? exon->start : covered_to;
        if (exon->end > start) lengths[exon->gene] += exon->end - start;
        if (exon->end > covered_to) covered_to = exon->end;
        last = exon;
    }

done:
    free(order);
    return status;
}
