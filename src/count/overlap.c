/* overlap.c -- the annotation as elementary segments.
 *
 * The exons of a gene are merged first (per contig and strand), so that a sweep from left to right
 * meets each gene's start and end alternately; at every position where something changes the
 * set of open genes is interned.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "count/overlap.h"

typedef struct { uint32_t pos; til_entry_t entry; bool opens; } event_t;

typedef struct {
    til_ctx_t *ctx;
    til_overlap_t *index;
    til_segment_t *segments;
    size_t segment_capacity, n_segments;
    size_t list_capacity, n_lists;
    til_entry_t *open;              /* sorted */
    size_t n_open, open_capacity;
    uint32_t *slots;                /* hash of lists -> code */
    size_t n_slots, n_interned;
} builder_t;

void til_overlap_free(til_overlap_t *index)
{
    if (index == NULL) return;
    free(index->contigs);
    free(index->segments);
    free(index->buckets);
    free(index->lists);
    free(index);
}

/* ------------------------------------------------------------------- lists */

static size_t hash_entries(const til_entry_t *e, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) h = (h ^ e[i]) * 0x9E3779B97F4A7C15u;
    return (size_t)(h ^ h >> 29);
}

static til_status_t grow_slots(builder_t *b)
{
    size_t n = b->n_slots == 0 ? 1024 : b->n_slots * 2;
    uint32_t *slots = til_array_zero(n, sizeof *slots);
    if (slots == NULL) return til_no_memory(b->ctx, n, "gene sets");
    for (size_t i = 0; i < b->n_slots; i++) {
        if (b->slots[i] == 0) continue;
        const til_entry_t *list = &b->index->lists[b->slots[i] >> 1];
        size_t at = hash_entries(list + 1, list[0]) & (n - 1);
        while (slots[at] != 0) at = (at + 1) & (n - 1);
        slots[at] = b->slots[i];
    }
    free(b->slots);
    b->slots = slots;
    b->n_slots = n;
    return TIL_OK;
}

/* The code of the open set. */
static til_status_t intern_open(builder_t *b, uint32_t *code)
{
    til_status_t status = TIL_OK;
    size_t n = b->n_open;

    if (n <= 1) {
        *code = n == 0 ? 0 : b->open[0] << 1 | 1;
        return TIL_OK;
    }
    if (2 * b->n_interned >= b->n_slots) TIL_TRY(grow_slots(b));
    size_t at = hash_entries(b->open, n) & (b->n_slots - 1);
    for (; b->slots[at] != 0; at = (at + 1) & (b->n_slots - 1)) {
        const til_entry_t *list = &b->index->lists[b->slots[at] >> 1];
        if (list[0] == n && memcmp(list + 1, b->open, n * sizeof *list) == 0) {
            *code = b->slots[at];
            return TIL_OK;
        }
    }
    if (b->n_lists + n + 1 > UINT32_MAX / 2)
        return til_fail(b->ctx, TIL_EINPUT, "too many overlapping features for 32-bit codes");
    TIL_TRY(til_grow(b->ctx, &b->index->lists, &b->list_capacity, b->n_lists + n + 1,
                     sizeof *b->index->lists));
    *code = b->slots[at] = (uint32_t)b->n_lists << 1;
    b->index->lists[b->n_lists++] = (til_entry_t)n;
    memcpy(&b->index->lists[b->n_lists], b->open, n * sizeof *b->open);
    b->n_lists += n;
    b->n_interned++;
done:
    return status;
}

/* ------------------------------------------------------------------- sweep */

static til_status_t push_segment(builder_t *b, uint32_t start, uint32_t code)
{
    til_status_t status = til_grow(b->ctx, &b->segments, &b->segment_capacity, b->n_segments + 1,
                                   sizeof *b->segments);
    if (status == TIL_OK) b->segments[b->n_segments++] = (til_segment_t){ start, code };
    return status;
}

static til_status_t open_entry(builder_t *b, til_entry_t entry)
{
    til_status_t status = til_grow(b->ctx, &b->open, &b->open_capacity, b->n_open + 1,
                                   sizeof *b->open);
    if (status != TIL_OK) return status;
    size_t at = b->n_open++;
    for (; at > 0 && b->open[at - 1] > entry; at--) b->open[at] = b->open[at - 1];
    b->open[at] = entry;
    return TIL_OK;
}

static void close_entry(builder_t *b, til_entry_t entry)
{
    size_t at = 0;
    while (at < b->n_open && b->open[at] != entry) at++;
    if (at == b->n_open) return;
    b->n_open--;
    for (; at < b->n_open; at++) b->open[at] = b->open[at + 1];
}

static int by_position(const void *a, const void *b)
{
    const event_t *x = a, *y = b;
    return x->pos < y->pos ? -1 : x->pos > y->pos;
}

/* Segments of one contig from its events. */
static til_status_t sweep(builder_t *b, event_t *events, size_t n, til_overlap_contig_t *contig)
{
    til_status_t status = TIL_OK;
    uint32_t code = 0;

    qsort(events, n, sizeof *events, by_position);
    contig->segment = (uint32_t)b->n_segments;
    TIL_TRY(push_segment(b, 0, 0));
    for (size_t i = 0; i < n;) {
        uint32_t pos = events[i].pos;
        for (; i < n && events[i].pos == pos; i++) {
            if (events[i].opens) TIL_TRY(open_entry(b, events[i].entry));
            else close_entry(b, events[i].entry);
        }
        TIL_TRY(intern_open(b, &code));
        til_segment_t *last = &b->segments[b->n_segments - 1];
        if (last->code == code) continue;
        if (last->start == pos) last->code = code;
        else TIL_TRY(push_segment(b, pos, code));
    }
    contig->n_buckets = (b->segments[b->n_segments - 1].start >> TIL_BUCKET_SHIFT) + 1;
    TIL_TRY(push_segment(b, UINT32_MAX, 0));
done:
    return status;
}

/* Moves the segments to where they stay, and points the buckets at them. */
static til_status_t settle(builder_t *b)
{
    til_overlap_t *index = b->index;
    size_t n = 0;
    if (b->n_segments > UINT32_MAX)
        return til_fail(b->ctx, TIL_EINPUT, "too many features for 32-bit segments");
    for (size_t c = 0; c < index->n_contigs; c++) {
        index->contigs[c].bucket = (uint32_t)n;
        n += index->contigs[c].n_buckets;
    }
    index->segments = til_array_large_pages(b->n_segments, sizeof *index->segments);
    index->buckets = til_array_large_pages(n, sizeof *index->buckets);
    if (index->segments == NULL || index->buckets == NULL)
        return til_no_memory(b->ctx, n, "buckets");
    memcpy(index->segments, b->segments, b->n_segments * sizeof *index->segments);
    for (size_t c = 0; c < index->n_contigs; c++) {
        const til_overlap_contig_t *contig = &index->contigs[c];
        uint32_t i = contig->segment;
        for (uint32_t k = 0; k < contig->n_buckets; k++) {
            while (index->segments[i + 1].start <= k << TIL_BUCKET_SHIFT) i++;
            index->buckets[contig->bucket + k] = i;
        }
    }
    return TIL_OK;
}

/* A merged exon. */
typedef struct { uint32_t contig, start, end; til_entry_t entry; } stretch_t;

/* Merges the exons of each row and strand; they come in the order in which they touch. */
static size_t merge_exons(const til_annot_t *annot, const uint32_t *order, bool by_feature,
                          stretch_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < annot->n_exons; i++) {
        const til_exon_t *exon = &annot->exons[order[i]];
        til_entry_t entry = (by_feature ? order[i] : exon->gene) << 2 | exon->strand;
        stretch_t *last = n > 0 ? &out[n - 1] : NULL;
        if (last != NULL && last->entry == entry && last->contig == exon->contig &&
            exon->start <= last->end) {
            if (exon->end > last->end) last->end = exon->end;
            continue;
        }
        out[n++] = (stretch_t){ exon->contig, exon->start, exon->end, entry };
    }
    return n;
}

/* Puts each contig's events together: first[c]..first[c + 1) of `events`. */
static void sort_by_contig(const stretch_t *stretches, size_t n, size_t n_contigs, size_t *first,
                           event_t *events)
{
    for (size_t i = 0; i < n; i++) first[stretches[i].contig + 2] += 2;
    for (size_t c = 2; c < n_contigs + 2; c++) first[c] += first[c - 1];
    for (size_t i = 0; i < n; i++) {
        size_t at = first[stretches[i].contig + 1];
        events[at] = (event_t){ .pos = stretches[i].start, .entry = stretches[i].entry,
                                .opens = true };
        events[at + 1] = (event_t){ .pos = stretches[i].end, .entry = stretches[i].entry };
        first[stretches[i].contig + 1] = at + 2;
    }
}

static size_t genes_without_strand(const til_annot_t *annot)
{
    size_t n = 0;
    uint32_t last = UINT32_MAX;
    for (size_t i = 0; i < annot->n_exons; i++) {
        if (annot->exons[i].strand != TIL_STRAND_NONE || annot->exons[i].gene == last) continue;
        last = annot->exons[i].gene;
        n++;
    }
    return n;
}

til_status_t til_overlap_build(til_ctx_t *ctx, const til_annot_t *annot, bool by_feature,
                               til_overlap_t **out)
{
    til_status_t status = TIL_OK;
    builder_t b = { .ctx = ctx };
    uint32_t *order = NULL;
    stretch_t *stretches = NULL;
    event_t *events = NULL;
    size_t *first = NULL, n_rows = by_feature ? annot->n_exons : annot->n_genes, n;

    *out = NULL;
    if (n_rows >= UINT32_MAX >> 3)
        return til_fail(ctx, TIL_EINPUT, "%s: %zu rows to count: at most 536870910", annot->origin,
                        n_rows);
    b.index = calloc(1, sizeof *b.index);
    order = til_array(annot->n_exons, sizeof *order);
    stretches = til_array(annot->n_exons, sizeof *stretches);
    first = til_array_zero(annot->n_contigs + 2, sizeof *first);
    if (b.index == NULL || order == NULL || stretches == NULL || first == NULL) {
        status = til_no_memory(ctx, annot->n_exons, "features");
        goto done;
    }
    TIL_TRY(til_annot_order(ctx, annot, order));
    n = merge_exons(annot, order, by_feature, stretches);
    free(order);
    order = NULL;
    events = til_array(2 * n, sizeof *events);
    b.index->n_contigs = annot->n_contigs;
    b.index->n_rows = n_rows;
    b.index->contigs = til_array_zero(annot->n_contigs, sizeof *b.index->contigs);
    if (events == NULL || b.index->contigs == NULL) {
        status = til_no_memory(ctx, 2 * n, "events");
        goto done;
    }
    sort_by_contig(stretches, n, annot->n_contigs, first, events);
    free(stretches);
    stretches = NULL;
    TIL_TRY(til_grow(ctx, &b.index->lists, &b.list_capacity, 1, sizeof *b.index->lists));
    b.index->lists[0] = 0;
    b.n_lists = 1;
    for (size_t c = 0; c < annot->n_contigs; c++)
        TIL_TRY(sweep(&b, events + first[c], first[c + 1] - first[c], &b.index->contigs[c]));
    free(events);
    events = NULL;
    TIL_TRY(settle(&b));
    b.index->n_without_strand = genes_without_strand(annot);
done:
    free(order);
    free(stretches);
    free(events);
    free(first);
    free(b.segments);
    free(b.open);
    free(b.slots);
    if (status == TIL_OK) *out = b.index;
    else til_overlap_free(b.index);
    return status;
}
