/* unitigs.c -- one walk over the targets: unitigs, their places, the sampled k-mers.
 *
 * Between two breaks (breaks.c) the k-mers of a target are a whole unitig, read forwards or
 * backwards. A unitig is known by its two end k-mers, kept in a hash; its first occurrence in T
 * stands for it ever after. The same walk slides a window over the hashes of a target's k-mers and
 * marks each window's minimum at its first occurrence. Windows run along transcripts, not inside
 * unitigs: else a read across the end of a unitig would find no seed.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "quant/unitigs.h"

#define NO_UNITIG UINT32_MAX

/* End k-mers (canonical) -> unitig << 1 | is its last k-mer. Open addressing, at most 60 % full. */
typedef struct {
    uint64_t *kmers;
    uint64_t *values;
    size_t n, n_cells;
} ends_t;

typedef struct {
    const til_targets_t *t;
    const til_breaks_t *breaks;
    unsigned k, window;
    til_unitigs_t *out;
    ends_t ends;
    uint64_t *hashes;               /* of the current target's k-mers                */
    uint32_t *cuts, *segment_place; /* first k-mer and place of each segment */
    size_t hashes_capacity, cuts_capacity, place_capacity;
    size_t n_segments;
} walk_t;

static size_t ends_find(const ends_t *e, uint64_t kmer)
{
    size_t at = (size_t)til_kmer_hash(kmer) & (e->n_cells - 1);
    while (e->kmers[at] != ~0ULL && e->kmers[at] != kmer) at = (at + 1) & (e->n_cells - 1);
    return at;
}

static til_status_t ends_resize(til_ctx_t *ctx, ends_t *e, size_t n_cells)
{
    ends_t bigger = { .n = e->n, .n_cells = n_cells };

    bigger.kmers = til_array(n_cells, sizeof *bigger.kmers);
    bigger.values = til_array(n_cells, sizeof *bigger.values);
    if (bigger.kmers == NULL || bigger.values == NULL) {
        free(bigger.kmers);
        free(bigger.values);
        return til_no_memory(ctx, n_cells, "unitig ends");
    }
    memset(bigger.kmers, 0xFF, n_cells * sizeof *bigger.kmers);
    for (size_t i = 0; i < e->n_cells; i++) {
        if (e->kmers[i] == ~0ULL) continue;
        size_t at = ends_find(&bigger, e->kmers[i]);
        bigger.kmers[at] = e->kmers[i];
        bigger.values[at] = e->values[i];
    }
    free(e->kmers);
    free(e->values);
    *e = bigger;
    return TIL_OK;
}

static til_status_t ends_add(til_ctx_t *ctx, ends_t *e, uint64_t kmer, uint64_t value)
{
    if (e->n * 10 >= e->n_cells * 6) {
        til_status_t status = ends_resize(ctx, e, e->n_cells * 2);
        if (status != TIL_OK) return status;
    }
    size_t at = ends_find(e, kmer);
    if (e->kmers[at] == kmer) return TIL_OK;
    e->kmers[at] = kmer;
    e->values[at] = value;
    e->n++;
    return TIL_OK;
}

static uint64_t kmer_at(const walk_t *w, uint64_t at)
{
    return til_bases_get32(w->t->bases, at) & til_kmer_mask(w->k);
}

static uint64_t canonical_at(const walk_t *w, uint64_t at)
{
    uint64_t forward = kmer_at(w, at), reverse = til_kmer_reverse(forward, w->k);
    return forward < reverse ? forward : reverse;
}

static til_status_t new_unitig(til_ctx_t *ctx, walk_t *w, uint64_t at, uint32_t n_kmers)
{
    til_status_t status = TIL_OK;
    til_unitigs_t *u = w->out;

    TIL_TRY(til_grow(ctx, &u->start, &u->capacity, u->n + 1, sizeof *u->start));
    TIL_TRY(til_grow(ctx, &u->n_kmers, &u->kmers_capacity, u->n + 1, sizeof *u->n_kmers));
    u->start[u->n] = (uint32_t)at;
    u->n_kmers[u->n] = n_kmers;
    TIL_TRY(ends_add(ctx, &w->ends, canonical_at(w, at), u->n << 1));
    if (n_kmers > 1)
        TIL_TRY(ends_add(ctx, &w->ends, canonical_at(w, at + n_kmers - 1), u->n << 1 | 1));
    u->n++;
done:
    return status;
}

/* Notes the segment of n_kmers at k-mer `from` of a target as a place of its unitig. */
static til_status_t add_place(til_ctx_t *ctx, walk_t *w, uint32_t target, uint32_t from,
                              uint32_t n_kmers, uint32_t *place)
{
    til_status_t status = TIL_OK;
    til_unitigs_t *u = w->out;
    uint64_t at = w->t->starts[target] + (uint64_t)from, kmer = kmer_at(w, at);
    uint32_t unitig = (uint32_t)u->n, backwards = 0;

    *place = NO_UNITIG;
    if (n_kmers == 1 && til_kmer_is_run(kmer, til_kmer_mask(w->k))) return TIL_OK;
    size_t cell = ends_find(&w->ends, canonical_at(w, at));
    if (w->ends.kmers[cell] == ~0ULL) {
        if (u->n >= NO_UNITIG) return til_fail(ctx, TIL_EINPUT, "more than 2^32 unitigs");
        TIL_TRY(new_unitig(ctx, w, at, n_kmers));
    } else {
        unitig = (uint32_t)(w->ends.values[cell] >> 1);
        backwards = u->n_kmers[unitig] == 1 ? kmer_at(w, u->start[unitig]) != kmer
                                            : (uint32_t)(w->ends.values[cell] & 1);
    }
    if (u->n_places >= UINT32_MAX) return til_fail(ctx, TIL_EINPUT, "more than 2^32 places");
    TIL_TRY(til_grow(ctx, &u->places, &u->places_capacity, u->n_places + 1, sizeof *u->places));
    TIL_TRY(til_grow(ctx, &u->place_unitig, &u->place_unitig_capacity, u->n_places + 1,
                     sizeof *u->place_unitig));
    u->places[u->n_places] = (til_place_t){ target, from << 1 | backwards };
    u->place_unitig[u->n_places] = unitig;
    *place = (uint32_t)u->n_places++;
done:
    return status;
}

/* Hashes the k-mers of a target and cuts it at the breaks. */
static void cut_target(walk_t *w, uint64_t start, uint32_t n_kmers)
{
    const unsigned k = w->k;
    const uint64_t mask = til_kmer_mask(k);
    uint64_t forward = kmer_at(w, start), reverse = til_kmer_reverse(forward, k);

    w->n_segments = 0;
    for (uint32_t i = 0; i < n_kmers; i++) {
        uint64_t at = start + i;
        w->hashes[i] = til_kmer_is_run(forward, mask)
                           ? ~0ULL
                           : til_kmer_hash(forward < reverse ? forward : reverse);
        if (i == 0 || til_bit(w->breaks->left, at) || til_bit(w->breaks->right, at - 1))
            w->cuts[w->n_segments++] = i;
        uint64_t after = til_bases_get1(w->t->bases, at + k);
        forward = forward >> 2 | after << (2 * k - 2);
        reverse = (reverse << 2 | (after ^ 2)) & mask;
    }
    w->cuts[w->n_segments] = n_kmers;
}

/* Marks k-mer i of the target, which lies in segment g, at its unitig's first occurrence. */
static void mark_sampled(walk_t *w, uint32_t i, size_t g)
{
    til_unitigs_t *u = w->out;
    uint32_t place = w->segment_place[g];

    if (place == NO_UNITIG) return;
    uint32_t unitig = u->place_unitig[place], offset = i - w->cuts[g];
    if (u->places[place].position & 1) offset = u->n_kmers[unitig] - 1 - offset;
    uint64_t at = (uint64_t)u->start[unitig] + offset;
    u->sampled[at >> 6] |= 1ULL << (at & 63);
}

static void sample_target(walk_t *w, uint32_t n_kmers)
{
    uint32_t width = n_kmers < w->window ? n_kmers : w->window, lowest_at = 0, last = UINT32_MAX;
    uint64_t lowest = 0;
    size_t g = 0;

    for (uint32_t i = 0; i + width <= n_kmers; i++) {
        uint32_t newest = i + width - 1;
        if (i == 0 || lowest_at < i) {
            lowest = w->hashes[i];
            lowest_at = i;
            for (uint32_t j = i + 1; j <= newest; j++)
                if (w->hashes[j] < lowest) {
                    lowest = w->hashes[j];
                    lowest_at = j;
                }
        } else if (w->hashes[newest] < lowest) {
            lowest = w->hashes[newest];
            lowest_at = newest;
        }
        if (lowest_at == last || lowest == ~0ULL) continue;
        last = lowest_at;
        while (w->cuts[g + 1] <= lowest_at) g++;
        mark_sampled(w, lowest_at, g);
    }
}

static til_status_t walk_target(til_ctx_t *ctx, walk_t *w, size_t target)
{
    til_status_t status = TIL_OK;
    uint64_t start = w->t->starts[target];
    uint32_t n_bases = (uint32_t)(w->t->starts[target + 1] - start);

    if (n_bases < w->k) return TIL_OK;
    uint32_t n_kmers = n_bases - w->k + 1;
    TIL_TRY(til_grow(ctx, &w->hashes, &w->hashes_capacity, n_kmers, sizeof *w->hashes));
    TIL_TRY(til_grow(ctx, &w->cuts, &w->cuts_capacity, n_kmers + 1, sizeof *w->cuts));
    TIL_TRY(til_grow(ctx, &w->segment_place, &w->place_capacity, n_kmers + 1,
                     sizeof *w->segment_place));
    cut_target(w, start, n_kmers);
    for (size_t g = 0; g < w->n_segments; g++)
        TIL_TRY(add_place(ctx, w, (uint32_t)target, w->cuts[g], w->cuts[g + 1] - w->cuts[g],
                          &w->segment_place[g]));
    if (target < w->t->n_transcripts) sample_target(w, n_kmers);
done:
    return status;
}

til_status_t til_unitigs_walk(til_ctx_t *ctx, const til_targets_t *targets, unsigned k,
                              unsigned window, const til_breaks_t *breaks, til_unitigs_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_words = (size_t)(targets->n_bases >> 6) + 2;
    walk_t w = { .t = targets, .breaks = breaks, .k = k, .window = window, .out = out };

    *out = (til_unitigs_t){ 0 };
    out->sampled = til_array_zero(n_words, sizeof *out->sampled);
    if (out->sampled == NULL) {
        status = til_no_memory(ctx, targets->n_bases, "bits");
        goto done;
    }
    TIL_TRY(ends_resize(ctx, &w.ends, 1 << 12));
    for (size_t target = 0; target < targets->n; target++) TIL_TRY(walk_target(ctx, &w, target));
    for (size_t i = 0; i < n_words; i++)
        out->n_sampled += (uint64_t)__builtin_popcountll(out->sampled[i]);
done:
    free(w.ends.kmers);
    free(w.ends.values);
    free(w.hashes);
    free(w.cuts);
    free(w.segment_place);
    if (status != TIL_OK) til_unitigs_clear(out);
    return status;
}

static bool has_sampled(const til_unitigs_t *u, size_t unitig)
{
    uint64_t at = u->start[unitig], end = at + u->n_kmers[unitig];

    while (at < end) {
        uint64_t rest = u->sampled[at >> 6] >> (at & 63);
        if (rest != 0) return at + (uint64_t)__builtin_ctzll(rest) < end;
        at = (at | 63) + 1;
    }
    return false;
}

void til_unitigs_drop_unsampled(til_unitigs_t *u)
{
    size_t kept = 0, n_places = 0;

    uint32_t *number = til_array(u->n, sizeof *number);
    if (number == NULL) return; /* they do no harm */
    for (size_t i = 0; i < u->n; i++) {
        number[i] = has_sampled(u, i) ? (uint32_t)kept : NO_UNITIG;
        if (number[i] == NO_UNITIG) continue;
        u->start[kept] = u->start[i];
        u->n_kmers[kept++] = u->n_kmers[i];
    }
    for (size_t i = 0; i < u->n_places; i++) {
        uint32_t unitig = number[u->place_unitig[i]];
        if (unitig == NO_UNITIG) continue;
        u->places[n_places] = u->places[i];
        u->place_unitig[n_places++] = unitig;
    }
    u->n = kept;
    u->n_places = n_places;
    free(number);
}

void til_unitigs_clear(til_unitigs_t *unitigs)
{
    if (unitigs == NULL) return;
    free(unitigs->start);
    free(unitigs->n_kmers);
    free(unitigs->place_unitig);
    free(unitigs->places);
    free(unitigs->sampled);
    *unitigs = (til_unitigs_t){ 0 };
}
