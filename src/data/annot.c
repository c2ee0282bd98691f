/* annot.c -- genes, transcripts and exons. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
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

static bool comes_after(const til_exon_t *a, const til_exon_t *b)
{
    if (a->contig != b->contig) return a->contig > b->contig;
    if (a->strand != b->strand) return a->strand > b->strand;
    return a->start > b->start;
}

static int by_place(const til_exon_t *a, const til_exon_t *b)
{
    return comes_after(a, b) ? 1 : comes_after(b, a) ? -1 : 0;
}

/* Stable merge sort of list[0..n) through `spare`; short lists by insertion. */
static void sort_features(const til_exon_t *exons, uint32_t *list, size_t n, uint32_t *spare)
{
    enum { SHORT = 24 };
    if (n <= SHORT) {
        for (size_t i = 1; i < n; i++) {
            uint32_t moving = list[i];
            size_t at = i;
            for (; at > 0 && comes_after(&exons[list[at - 1]], &exons[moving]); at--)
                list[at] = list[at - 1];
            list[at] = moving;
        }
        return;
    }
    size_t half = n / 2, a = 0, b = half, out = 0;
    sort_features(exons, list, half, spare);
    sort_features(exons, list + half, n - half, spare);
    memcpy(spare, list, n * sizeof *list);
    while (a < half && b < n)
        list[out++] = by_place(&exons[spare[a]], &exons[spare[b]]) <= 0 ? spare[a++] : spare[b++];
    while (a < half) list[out++] = spare[a++];
    while (b < n) list[out++] = spare[b++];
}

til_status_t til_annot_order(til_ctx_t *ctx, const til_annot_t *annot, uint32_t *order)
{
    size_t n = annot->n_exons, most = 0;
    size_t *first = til_array_zero(annot->n_genes + 2, sizeof *first);
    uint32_t *spare = NULL;

    if (first == NULL) return til_no_memory(ctx, annot->n_genes, "genes");
    for (size_t i = 0; i < n; i++) first[annot->exons[i].gene + 2]++;
    for (size_t g = 2; g < annot->n_genes + 2; g++) {
        if (first[g] > most) most = first[g];
        first[g] += first[g - 1];
    }
    for (size_t i = 0; i < n; i++) order[first[annot->exons[i].gene + 1]++] = (uint32_t)i;
    spare = til_array(most, sizeof *spare);
    if (spare == NULL) {
        free(first);
        return til_no_memory(ctx, most, "features");
    }
    for (size_t g = 0; g < annot->n_genes; g++)
        sort_features(annot->exons, order + first[g], first[g + 1] - first[g], spare);
    free(spare);
    free(first);
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
