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
#include "base/need.h"
#include "base/try.h"
#include "count/overlap.h"

/* Where a row begins or ends: position << 32 | entry << 1 | 1 when it begins. An entry has 31 bits,
 * so that events are sorted as numbers. */
typedef uint64_t event_t;

static inline uint32_t event_pos(event_t e) { return (uint32_t)(e >> 32); }
static inline til_entry_t event_entry(event_t e) { return (uint32_t)e >> 1; }
static inline bool event_opens(event_t e) { return e & 1; }
static inline event_t event_at(uint32_t pos, til_entry_t entry, bool opens)
{
    return (uint64_t)pos << 32 | (uint64_t)entry << 1 | opens;
}

typedef struct {
    til_ctx_t *ctx;
    til_overlap_t *index;
    size_t n_segments;
    size_t list_capacity, n_lists;
    til_entry_t *open; /* sorted */
    size_t n_open, open_capacity;
    til_entry_t *shown; /* of those open, without introns of genes that have an exon there */
    size_t n_shown, shown_capacity;
    size_t n_opened, opened_capacity, first_open; /* of index->opened; the first still open */
    uint32_t *slots;                              /* hash of lists -> code */
    size_t n_slots, n_interned;
} builder_t;

void til_overlap_free(til_overlap_t *index)
{
    if (index == NULL) return;
    free(index->contigs);
    free(index->segments);
    free(index->buckets);
    free(index->lists);
    free(index->opened);
    free(index);
}

static bool is_open(const builder_t *b, til_entry_t entry)
{
    size_t lo = 0, hi = b->n_open;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (b->open[mid] < entry) lo = mid + 1;
        else hi = mid;
    }
    return lo < b->n_open && b->open[lo] == entry;
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

static til_status_t show_open(builder_t *b)
{
    const til_entry_t introns = (til_entry_t)b->index->n_rows << 2;
    til_status_t status = til_grow(b->ctx, &b->shown, &b->shown_capacity, b->n_open + 1,
                                   sizeof *b->shown);
    if (status != TIL_OK) return status;
    b->n_shown = 0;
    for (size_t i = 0; i < b->n_open; i++) {
        til_entry_t entry = b->open[i];
        if (!b->index->introns || entry < introns || !is_open(b, entry - introns))
            b->shown[b->n_shown++] = entry;
    }
    return TIL_OK;
}

/* Windows of one size that slide are closed in the order in which they are opened: the set is a run of
 * `opened`, of which a place and a length are kept. True when it was that. */
static til_status_t slice_shown(builder_t *b, uint32_t *code, bool *sliced)
{
    enum { FEW = 8 };
    til_status_t status = TIL_OK;
    const til_entry_t *run = b->index->opened + b->first_open;

    *sliced = b->n_shown > FEW && b->n_opened - b->first_open >= b->n_shown &&
              b->n_opened < UINT32_MAX && memcmp(run, b->shown, b->n_shown * sizeof *run) == 0;
    if (!*sliced) return TIL_OK;
    TIL_TRY(til_grow(b->ctx, &b->index->lists, &b->list_capacity, b->n_lists + 2,
                     sizeof *b->index->lists));
    *code = (uint32_t)b->n_lists << 1;
    b->index->lists[b->n_lists++] = (til_entry_t)b->n_shown | TIL_SLICE;
    b->index->lists[b->n_lists++] = (til_entry_t)b->first_open;
done:
    return status;
}

/* The code of the set that is shown. */
static til_status_t intern_shown(builder_t *b, uint32_t *code)
{
    til_status_t status = TIL_OK;
    size_t n = b->n_shown;

    if (n <= 1) {
        *code = n == 0 ? 0 : b->shown[0] << 1 | 1;
        return TIL_OK;
    }
    bool sliced;
    if (b->n_lists + n + 1 > UINT32_MAX / 2)
        return til_fail(b->ctx, TIL_EINPUT, "too many overlapping features for 32-bit codes");
    TIL_TRY(slice_shown(b, code, &sliced));
    if (sliced) return TIL_OK;
    if (2 * b->n_interned >= b->n_slots) TIL_TRY(grow_slots(b));
    size_t at = hash_entries(b->shown, n) & (b->n_slots - 1);
    for (; b->slots[at] != 0; at = (at + 1) & (b->n_slots - 1)) {
        const til_entry_t *list = &b->index->lists[b->slots[at] >> 1];
        if (list[0] == n && memcmp(list + 1, b->shown, n * sizeof *list) == 0) {
            *code = b->slots[at];
            return TIL_OK;
        }
    }
    TIL_TRY(til_grow(b->ctx, &b->index->lists, &b->list_capacity, b->n_lists + n + 1,
                     sizeof *b->index->lists));
    *code = b->slots[at] = (uint32_t)b->n_lists << 1;
    b->index->lists[b->n_lists++] = (til_entry_t)n;
    memcpy(&b->index->lists[b->n_lists], b->shown, n * sizeof *b->shown);
    b->n_lists += n;
    b->n_interned++;
done:
    return status;
}

/* ------------------------------------------------------------------- sweep */

/* There is room: til_overlap_build allows for a segment at every event, and two of each contig. */
static void push_segment(builder_t *b, uint32_t start, uint32_t code)
{
    b->index->segments[b->n_segments++] = (til_segment_t){ start, code };
}

static til_status_t open_entry(builder_t *b, til_entry_t entry)
{
    til_status_t status = til_grow(b->ctx, &b->open, &b->open_capacity, b->n_open + 1,
                                   sizeof *b->open);
    if (status == TIL_OK)
        status = til_grow(b->ctx, &b->index->opened, &b->opened_capacity, b->n_opened + 1,
                          sizeof *b->index->opened);
    if (status != TIL_OK) return status;
    b->index->opened[b->n_opened++] = entry;
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
    while (b->first_open < b->n_opened && !is_open(b, b->index->opened[b->first_open]))
        b->first_open++;
}

/* Sorts events by position, digit by digit from the lowest; what comes of one position is the
 * same in any order. */
static void sort_events(event_t *events, size_t n, event_t *spare)
{
    enum { DIGIT = 11, DIGITS = 3, VALUES = 1 << DIGIT, FEW = 128 };
    size_t first[VALUES];
    event_t *from = events, *to = spare;
    if (n <= FEW) {
        for (size_t i = 1; i < n; i++) {
            event_t moving = events[i];
            size_t at = i;
            for (; at > 0 && events[at - 1] > moving; at--) events[at] = events[at - 1];
            events[at] = moving;
        }
        return;
    }
    for (int digit = 0; digit < DIGITS; digit++) {
        int shift = 32 + digit * DIGIT;
        memset(first, 0, sizeof first);
        for (size_t i = 0; i < n; i++) first[from[i] >> shift & (VALUES - 1)]++;
        for (size_t v = 0, at = 0; v < VALUES; v++) {
            size_t count = first[v];
            first[v] = at;
            at += count;
        }
        for (size_t i = 0; i < n; i++) to[first[from[i] >> shift & (VALUES - 1)]++] = from[i];
        event_t *sorted = to;
        to = from;
        from = sorted;
    }
    memcpy(events, spare, n * sizeof *events); /* an odd number of digits ends in `spare` */
}

/* Segments of one contig from its events. */
static til_status_t sweep(builder_t *b, event_t *events, size_t n, event_t *spare,
                          til_overlap_contig_t *contig)
{
    til_status_t status = TIL_OK;
    uint32_t code = 0;

    sort_events(events, n, spare);
    contig->segment = (uint32_t)b->n_segments;
    push_segment(b, 0, 0);
    for (size_t i = 0; i < n;) {
        uint32_t pos = event_pos(events[i]);
        for (; i < n && event_pos(events[i]) == pos; i++) {
            if (event_opens(events[i])) TIL_TRY(open_entry(b, event_entry(events[i])));
            else close_entry(b, event_entry(events[i]));
        }
        TIL_TRY(show_open(b));
        TIL_TRY(intern_shown(b, &code));
        til_segment_t *last = &b->index->segments[b->n_segments - 1];
        if (last->code == code) continue;
        if (last->start == pos) last->code = code;
        else push_segment(b, pos, code);
    }
    contig->end = b->index->segments[b->n_segments - 1].start;
    contig->n_buckets = (contig->end >> TIL_BUCKET_SHIFT) + 1;
    push_segment(b, UINT32_MAX, 0);
done:
    return status;
}

static til_status_t make_buckets(builder_t *b)
{
    til_overlap_t *index = b->index;
    size_t n = 0;
    for (size_t c = 0; c < index->n_contigs; c++) {
        index->contigs[c].bucket = (uint32_t)n;
        n += index->contigs[c].n_buckets;
    }
    index->buckets = til_array_large_pages(n, sizeof *index->buckets);
    if (index->buckets == NULL) return til_no_memory(b->ctx, n, "buckets");
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

/* Exons of one row and strand that touch, as one. */
typedef struct {
    uint32_t contig, start, end;
    til_entry_t entry;
} stretch_t;

/* The stretch that begins at the i-th exon in the annotation's order, which is the order in which
 * they touch; returns where the next one begins. */
static size_t take_stretch(const til_annot_t *annot, til_rows_t rows, size_t i, stretch_t *out)
{
    const til_exon_t *exon = &annot->exons[annot->order[i]];
    *out = (stretch_t){ exon->contig, exon->start, exon->end,
                        (rows == TIL_ROWS_FEATURES ? annot->order[i] : exon->gene) << 2 |
                            exon->strand };
    for (i++; i < annot->n_exons && rows != TIL_ROWS_FEATURES; i++) {
        exon = &annot->exons[annot->order[i]];
        if ((exon->gene << 2 | exon->strand) != out->entry || exon->contig != out->contig ||
            exon->start > out->end)
            break;
        if (exon->end > out->end) out->end = exon->end;
    }
    return i;
}

/* The same of the whole of a gene on one contig and strand, as introns. */
static size_t take_span(const til_annot_t *annot, size_t i, stretch_t *out)
{
    til_entry_t entry;
    i = take_stretch(annot, TIL_ROWS_GENES, i, out);
    while (i < annot->n_exons) {
        stretch_t next;
        size_t at = take_stretch(annot, TIL_ROWS_GENES, i, &next);
        if (next.entry != out->entry || next.contig != out->contig) break;
        if (next.end > out->end) out->end = next.end;
        i = at;
    }
    entry = out->entry + ((til_entry_t)annot->n_genes << 2);
    out->entry = entry;
    return i;
}

/* Calls take_* over all exons; introns: the second time. */
static size_t take_next(const til_annot_t *annot, til_rows_t rows, bool spans, size_t i,
                        stretch_t *out)
{
    return spans ? take_span(annot, i, out) : take_stretch(annot, rows, i, out);
}

/* Counts the events of each contig: those of contig c will be first[c]..first[c + 1). */
static size_t count_events(const til_annot_t *annot, til_rows_t rows, size_t *first)
{
    stretch_t stretch;
    for (int spans = 0; spans <= (rows == TIL_ROWS_GENES_WITH_INTRONS); spans++)
        for (size_t i = 0; i < annot->n_exons;) {
            i = take_next(annot, rows, spans, i, &stretch);
            first[stretch.contig + 2] += 2;
        }
    for (size_t c = 2; c < annot->n_contigs + 2; c++) first[c] += first[c - 1];
    return first[annot->n_contigs + 1];
}

/* Puts each contig's events together; first[c + 1] moves from their begin to their end. */
static void fill_events(const til_annot_t *annot, til_rows_t rows, size_t *first, event_t *events)
{
    stretch_t stretch;
    for (int spans = 0; spans <= (rows == TIL_ROWS_GENES_WITH_INTRONS); spans++)
        for (size_t i = 0; i < annot->n_exons;) {
            i = take_next(annot, rows, spans, i, &stretch);
            size_t at = first[stretch.contig + 1];
            events[at] = event_at(stretch.start, stretch.entry, true);
            events[at + 1] = event_at(stretch.end, stretch.entry, false);
            first[stretch.contig + 1] = at + 2;
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

til_status_t til_overlap_build(til_ctx_t *ctx, const til_annot_t *annot, til_rows_t rows,
                               til_overlap_t **out)
{
    TIL_NEED(ctx, annot);
    TIL_NEED(ctx, out);
    til_status_t status = TIL_OK;
    builder_t b = { .ctx = ctx };
    event_t *events = NULL, *spare = NULL;
    size_t n_rows = rows == TIL_ROWS_FEATURES ? annot->n_exons : annot->n_genes;
    bool introns = rows == TIL_ROWS_GENES_WITH_INTRONS;
    size_t *first = NULL, n_most = 0, n_segments, n;

    *out = NULL;
    if (n_rows >= UINT32_MAX >> (introns ? 4 : 3))
        return til_fail(ctx, TIL_EINPUT, "%s: %zu rows to count: at most 536870910", annot->origin,
                        n_rows);
    b.index = calloc(1, sizeof *b.index);
    first = til_array_zero(annot->n_contigs + 2, sizeof *first);
    if (b.index == NULL || first == NULL) {
        status = til_no_memory(ctx, annot->n_contigs, "contigs");
        goto done;
    }
    n = count_events(annot, rows, first);
    n_segments = n + 2 * annot->n_contigs;
    if (n_segments > UINT32_MAX) {
        status = til_fail(ctx, TIL_EINPUT, "%s: too many features for 32-bit segments",
                          annot->origin);
        goto done;
    }
    events = til_array(n, sizeof *events);
    b.index->segments = til_array_large_pages(n_segments, sizeof *b.index->segments);
    b.index->n_contigs = annot->n_contigs;
    b.index->n_rows = n_rows;
    b.index->introns = introns;
    b.index->contigs = til_array_zero(annot->n_contigs, sizeof *b.index->contigs);
    if (events == NULL || b.index->segments == NULL || b.index->contigs == NULL) {
        status = til_no_memory(ctx, n, "events");
        goto done;
    }
    fill_events(annot, rows, first, events);
    for (size_t c = 0; c < annot->n_contigs; c++)
        if (first[c + 1] - first[c] > n_most) n_most = first[c + 1] - first[c];
    spare = til_array(n_most, sizeof *spare);
    if (spare == NULL) {
        status = til_no_memory(ctx, n_most, "events");
        goto done;
    }
    TIL_TRY(til_grow(ctx, &b.index->lists, &b.list_capacity, 1, sizeof *b.index->lists));
    b.index->lists[0] = 0;
    b.n_lists = 1;
    for (size_t c = 0; c < annot->n_contigs; c++)
        TIL_TRY(sweep(&b, events + first[c], first[c + 1] - first[c], spare, &b.index->contigs[c]));
    free(events);
    free(spare);
    events = spare = NULL;
    TIL_TRY(make_buckets(&b));
    b.index->n_without_strand = genes_without_strand(annot);
done:
    free(events);
    free(spare);
    free(first);
    free(b.open);
    free(b.shown);
    free(b.slots);
    if (status == TIL_OK) *out = b.index;
    else til_overlap_free(b.index);
    return status;
}
