/* annot.c -- genes, transcripts and exons. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/annot.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/need.h"
#include "base/try.h"

void til_annot_drop_features(til_annot_t *annot)
{
    free(annot->exons);
    free(annot->order);
    annot->exons = NULL;
    annot->order = NULL;
    annot->n_exons = 0;
}

void til_annot_clear(til_annot_t *annot)
{
    if (annot == NULL) return;
    free(annot->contigs);
    free(annot->gene_ids);
    free(annot->gene_names);
    free(annot->gene_types);
    free(annot->transcript_ids);
    free(annot->transcript_genes);
    til_annot_drop_features(annot);
    til_arena_free(annot->arena);
    *annot = (til_annot_t){ 0 };
}

/* A feature by its place on contig and strand; `at` is its index. */
typedef struct {
    uint64_t place;
    uint32_t at;
} placed_t;

/* One past the run that begins at `from`: ascending, or strictly descending and then turned. */
static size_t take_run(placed_t *list, size_t from, size_t n)
{
    size_t end = from + 1;
    if (end < n && list[end].place < list[from].place) {
        while (end < n && list[end].place < list[end - 1].place) end++;
        for (size_t a = from, b = end - 1; a < b; a++, b--) {
            placed_t turned = list[a];
            list[a] = list[b];
            list[b] = turned;
        }
        return end;
    }
    while (end < n && list[end].place >= list[end - 1].place) end++;
    return end;
}

static void merge_runs(const placed_t *from, size_t begin, size_t middle, size_t end, placed_t *to)
{
    size_t a = begin, b = middle;
    for (size_t out = begin; out < end; out++)
        to[out] = b == end || (a < middle && from[a].place <= from[b].place) ? from[a++]
                                                                             : from[b++];
}

/* Stable sort of list[0..n) by merging the runs that are there: the exons of a transcript stand
 * in order, upwards or downwards. ends: n + 1 numbers; returns `list` or `spare`. */
static placed_t *sort_places(placed_t *list, size_t n, placed_t *spare, uint32_t *ends)
{
    size_t n_runs = 0;
    ends[0] = 0;
    for (size_t at = 0; at < n;) ends[++n_runs] = (uint32_t)(at = take_run(list, at, n));
    while (n_runs > 1) {
        size_t kept = 0;
        for (size_t run = 0; run < n_runs; run += 2) {
            size_t last = run + 2 < n_runs ? run + 2 : n_runs;
            merge_runs(list, ends[run], ends[run + 1], ends[last], spare);
            ends[++kept] = ends[last];
        }
        placed_t *sorted = spare;
        spare = list;
        list = sorted;
        n_runs = kept;
    }
    return list;
}

static uint64_t place_of(const til_exon_t *exon)
{
    return (uint64_t)exon->contig << 34 | (uint64_t)exon->strand << 32 | exon->start;
}

til_status_t til_annot_sort(til_ctx_t *ctx, til_annot_t *annot)
{
    TIL_NEED(ctx, annot);
    til_status_t status = TIL_OK;
    uint32_t *order;
    size_t n = annot->n_exons, most = 0;
    size_t *first = til_array_zero(annot->n_genes + 2, sizeof *first);
    placed_t *list = NULL, *spare = NULL;
    uint32_t *ends = NULL;

    if (first == NULL) return til_no_memory(ctx, annot->n_genes, "genes");
    free(annot->order);
    order = annot->order = til_array(n, sizeof *order);
    if (order == NULL) {
        status = til_no_memory(ctx, n, "features");
        goto done;
    }
    for (size_t i = 0; i < n; i++) first[annot->exons[i].gene + 2]++;
    for (size_t g = 2; g < annot->n_genes + 2; g++) {
        if (first[g] > most) most = first[g];
        first[g] += first[g - 1];
    }
    for (size_t i = 0; i < n; i++) order[first[annot->exons[i].gene + 1]++] = (uint32_t)i;
    list = til_array(most, sizeof *list);
    spare = til_array(most, sizeof *spare);
    ends = til_array(most + 1, sizeof *ends);
    if (list == NULL || spare == NULL || ends == NULL) {
        status = til_no_memory(ctx, most, "features");
        goto done;
    }
    for (size_t g = 0; g < annot->n_genes; g++) {
        uint32_t *own = order + first[g];
        size_t n_own = first[g + 1] - first[g];
        for (size_t i = 0; i < n_own; i++)
            list[i] = (placed_t){ place_of(&annot->exons[own[i]]), own[i] };
        const placed_t *sorted = sort_places(list, n_own, spare, ends);
        for (size_t i = 0; i < n_own; i++) own[i] = sorted[i].at;
    }
done:
    free(ends);
    free(spare);
    free(list);
    free(first);
    return status;
}

void til_annot_gene_lengths(const til_annot_t *annot, uint64_t *lengths)
{
    memset(lengths, 0, annot->n_genes * sizeof *lengths);
    const til_exon_t *last = NULL;
    uint32_t covered_to = 0;
    for (size_t i = 0; i < annot->n_exons; i++) {
        const til_exon_t *exon = &annot->exons[annot->order[i]];
        if (last == NULL || last->gene != exon->gene || last->contig != exon->contig ||
            last->strand != exon->strand)
            covered_to = 0;
        uint32_t start = exon->start > covered_to ? exon->start : covered_to;
        if (exon->end > start) lengths[exon->gene] += exon->end - start;
        if (exon->end > covered_to) covered_to = exon->end;
        last = exon;
    }
}

void til_annot_gene_spans(const til_annot_t *annot, uint64_t *lengths)
{
    memset(lengths, 0, annot->n_genes * sizeof *lengths);
    for (size_t i = 0; i < annot->n_exons;) {
        const til_exon_t *first = &annot->exons[annot->order[i]];
        uint32_t end = first->end;
        for (; i < annot->n_exons; i++) {
            const til_exon_t *exon = &annot->exons[annot->order[i]];
            if (exon->gene != first->gene || exon->contig != first->contig ||
                exon->strand != first->strand)
                break;
            if (exon->end > end) end = exon->end;
        }
        lengths[first->gene] += end - first->start;
    }
}
