/* rescue.c -- a mate without seeds is compared with every place that makes a fragment.
 *
 * The known mate fixes one end of the fragment; the lost one lies at the other, so every length of
 * the fragment gives one place. The first PIECE bases that were sequenced of the lost mate are
 * compared first, the whole read where these fit. Isoforms share most of their sequence: of a
 * neighbourhood that equals one looked at before, seen from the known end, only what lies behind
 * the first difference is searched; up to there the earlier finds hold, which are kept in order of
 * the fragment's length for that.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/rescue.h"
#include "quant/score.h"

enum { PIECE = 32 };
#define UNLIKELY 1e-4 /* longer fragments together: not searched */

void til_rescue_begin(til_rescue_t *r, const til_index_t *index, const til_fraglen_t *lengths,
                      const til_mate_t *mates, int lost)
{
    r->index = index;
    r->lengths = lengths;
    r->mates = mates;
    r->lost = lost;
    r->n = 0;
    r->full = false;
    r->longest = TIL_FRAGMENT_MAX;
    while (lengths != NULL && r->longest > (int)index->k &&
           lengths->up_to[r->longest - 1] > 1 - UNLIKELY)
        r->longest--;
}

/* Equal bases to the right of a and b, at most n. */
static int common_right(const uint64_t *bases, uint64_t a, uint64_t b, int n)
{
    for (int i = 0; i < n; i += 32) {
        uint64_t x = til_bases_differ(til_bases_get32(bases, a + (uint64_t)i),
                                      til_bases_get32(bases, b + (uint64_t)i));
        if (x == 0) continue;
        int equal = i + __builtin_ctzll(x) / 2;
        return equal < n ? equal : n;
    }
    return n;
}

/* Equal bases to the left of a and b (exclusive), at most n. */
static int common_left(const uint64_t *bases, uint64_t a, uint64_t b, int n)
{
    for (int i = 0; i < n; i += 32) {
        int m = n - i < 32 ? n - i : 32;
        uint64_t x = til_bases_differ(til_bases_get32(bases, a - (uint64_t)(i + m)),
                                      til_bases_get32(bases, b - (uint64_t)(i + m)));
        if (m < 32) x &= (1ULL << 2 * m) - 1;
        if (x != 0) return i + m - 1 - (63 - __builtin_clzll(x)) / 2;
    }
    return n;
}

/* The neighbourhood looked at before that agrees with this one furthest. */
static const til_region_t *nearest(const til_rescue_t *r, const til_region_t *region, int leftwards,
                                   int *common)
{
    const til_region_t *best = NULL;

    *common = 0;
    for (int i = 0; i < r->n; i++) {
        const til_region_t *old = &r->regions[i];
        int n = old->room < region->room ? old->room : region->room;
        if (old->over != region->over) continue;
        n = leftwards ? common_left(r->index->bases, region->at, old->at, n)
                      : common_right(r->index->bases, region->at, old->at, n);
        if (n <= *common) continue;
        *common = n;
        best = old;
        if (n == region->room) break;
    }
    return best;
}

static bool is_better(const til_rescue_t *r, const til_region_t *region, int fragment, int cost)
{
    if (region->n == 0) return true;
    int before = region->found[region->n - 1].cost, was = region->found[region->n - 1].fragment;
    if (cost != before) return cost < before;
    return r->lengths != NULL && r->lengths->p[fragment] > r->lengths->p[was];
}

/* Tries the fragments of `from` to region->room bases. */
static void search(const til_rescue_t *r, til_region_t *region, uint32_t target, int leftwards,
                   int from)
{
    const til_index_t *index = r->index;
    const til_packed_t *read = &r->mates[r->lost].read;
    int n = read->length, piece = n < PIECE ? n : PIECE, reverse = !leftwards;
    int first = leftwards ? 0 : n - piece; /* of the used strand: what was sequenced first */
    int limit = til_cost_limit(n);
    int best = region->n > 0 ? region->found[region->n - 1].cost : limit;
    const uint64_t *known = read->known[reverse];
    uint64_t wanted = til_bases_get32(read->words[reverse], (uint64_t)first);
    uint64_t counted = 0x5555555555555555ULL;

    if (known != NULL) counted &= til_bases_get32(known, (uint64_t)first);
    if (piece < 32) counted &= (1ULL << 2 * piece) - 1;
    for (int f = from > piece ? from : piece; f <= region->room; f++) {
        uint64_t at = leftwards ? region->at - (uint64_t)f : region->at + (uint64_t)(f - piece);
        uint64_t x = til_bases_differ(wanted, til_bases_get32(index->bases, at)) & counted;
        if (__builtin_popcountll(x) > best) continue;
        int64_t left = leftwards ? (int64_t)region->at - f : (int64_t)region->at + f - n;
        int place = (int)(left - (int64_t)index->starts[target]);
        int cost = til_score_plain(index, read, reverse, target, place, f + region->over);
        if (cost > best || !is_better(r, region, f, cost)) continue;
        if (region->n == TIL_RESCUE_FINDS)
            region->n--; /* the worst that can be is a later search */
        region->found[region->n].fragment = f;
        region->found[region->n++].cost = cost;
        best = cost;
    }
}

bool til_rescue_mate(til_rescue_t *r, til_seed_candidate_t *c)
{
    int have = !r->lost, k = (int)r->index->k, n_lost = r->mates[r->lost].read.length;
    int leftwards = have == 0 ? c->reverse : !c->reverse, common;
    int end = c->at[have] + (leftwards ? r->mates[have].read.length : 0);
    int length = (int)til_target_length(r->index, c->target);
    til_region_t region = { .n = 0 };

    if (!leftwards && end < 0) region.over = -end;
    if (leftwards && end > length) region.over = end - length;
    int edge = end < 0 ? 0 : end > length ? length : end;
    region.at = r->index->starts[c->target] + (uint64_t)edge;
    region.room = leftwards ? edge : length - edge;
    if (region.room > r->longest) region.room = r->longest;
    const til_region_t *old = nearest(r, &region, leftwards, &common);
    if (old != NULL)
        for (int i = 0; i < old->n && old->found[i].fragment <= common; i++)
            region.found[region.n++] = old->found[i];
    if (common < region.room) {
        if (r->n == TIL_RESCUE_REGIONS) {
            r->full = true;
            return false;
        }
        search(r, &region, c->target, leftwards, common + 1 > k ? common + 1 : k);
        r->regions[r->n++] = region;
    }
    if (region.n == 0) return false;
    int fragment = region.found[region.n - 1].fragment;
    c->at[r->lost] = leftwards ? edge - fragment : edge + fragment - n_lost;
    c->fragment = fragment + region.over;
    if (c->fragment > TIL_FRAGMENT_MAX) return false;
    c->mates = 3;
    c->cost = TIL_COST_UNKNOWN;
    return true;
}
