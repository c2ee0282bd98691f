/* score.c -- the cost of a read when its ends may be clipped or one gap opened.
 *
 * With mismatches at p_1 < ... < p_m on the diagonal of the seed, clipping l bases at the left and
 * r at the right costs
 *
 *     clip(l) + (mismatches between) + clip(r)
 *     clip(0) = 0, clip(c) = CLIP_OPEN + c / CLIP_BASES
 *
 * minimised over cuts just behind or before a mismatch. A gap of g bases splits the read between
 * the seed's diagonal and the one g away: GAP_OPEN + (g + 1) / 2 plus the mismatches of both parts,
 * minimised over the place of the split and |g| <= MAX_GAP. One gap and no clip, or clips and no
 * gap.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/score.h"

enum {
    CLIP_OPEN = 2,
    CLIP_BASES = 8,
    GAP_OPEN = 2,
    MAX_GAP = 10,
    WORTH_A_GAP = 4, /* a cheaper clip makes the search for gaps idle */
    PROBE = 16,      /* bases at the far side of a gap that are compared first */
    PROBE_MOST = 4   /* mismatches of them */
};

static int clip_cost(int n) { return n == 0 ? 0 : CLIP_OPEN + n / CLIP_BASES; }

/* Positions (in the read) of the mismatches along a diagonal; returns their number. */
static int list_mismatches(const til_index_t *index, const til_packed_t *read, int reverse,
                           int64_t diagonal, int from, int to, int *where)
{
    const uint64_t *words = read->words[reverse], *known = read->known[reverse];
    int n = 0;

    for (int i = from; i < to; i += 32) {
        uint64_t x = til_bases_differ(til_bases_get32(words, (uint64_t)i),
                                      til_bases_get32(index->bases, (uint64_t)(diagonal + i)));
        if (known != NULL) x &= til_bases_get32(known, (uint64_t)i);
        if (to - i < 32) x &= (1ULL << 2 * (to - i)) - 1;
        for (; x != 0; x &= x - 1) where[n++] = i + __builtin_ctzll(x) / 2;
    }
    return n;
}

/* The cheapest clipping of [from, to) with mismatches at where[0..n); [*left, *right): bases left.
 */
static int best_clip(const int *where, int n, int from, int to, int *left_end, int *right_end)
{
    int best = TIL_COST_NONE, start = from, start_cost = 0;

    *left_end = *right_end = from;
    /* The left cut is before mismatch i (i mismatches passed); the right cut is at mismatch j or at
     * the end. start_cost = min over i <= j of clip(left cut i) - i. */
    for (int j = 0; j <= n; j++) {
        int left = j == 0 ? from : where[j - 1] + 1;
        int left_cost = clip_cost(left - from) - j;
        if (j == 0 || left_cost < start_cost) {
            start = left;
            start_cost = left_cost;
        }
        int right = j == n ? to : where[j];
        int cost = start_cost + j + clip_cost(to - right);
        if (cost < best && right > start) {
            best = cost;
            *left_end = start;
            *right_end = right;
        }
    }
    return best;
}

/* Mismatches left of the split on the first diagonal plus those from split + skip on on the second,
 * minimised over splits. */
static int best_split(const int *first, int n_first, const int *second, int n_second, int skip,
                      int to)
{
    int best = TIL_COST_NONE, passed = 0;

    for (int i = 0; i <= n_first; i++) {
        int split = i == n_first ? to : first[i];
        while (passed < n_second && second[passed] < split + skip) passed++;
        int cost = i + n_second - passed;
        if (split + skip <= to && cost < best) best = cost;
    }
    return best;
}

/* On which side of a gap the diagonal is the wrong one, told by the outermost bases: -1 left, 1
 * right, 0 when both ends fit, or neither. */
static int wrong_side(const int *where, int n, int from, int to)
{
    int n_left = 0, n_right = 0;

    while (n_left < n && where[n_left] < from + PROBE) n_left++;
    while (n_right < n && where[n - 1 - n_right] >= to - PROBE) n_right++;
    return (n_right > PROBE_MOST) - (n_left > PROBE_MOST);
}

/* The least cost with one gap, if it is below `limit`; else `limit`. A diagonal is looked at when
 * the outermost bases of the wrong side fit it. */
static int best_gap(const til_index_t *index, const til_packed_t *read, int reverse,
                    uint32_t target, int at, til_reach_t r, const int *where, int n, int limit)
{
    int other[TIL_READ_MAX], length = (int)til_target_length(index, target), best = limit;
    int side = wrong_side(where, n, r.from, r.to);
    int probe = r.to - r.from < PROBE ? r.to - r.from : PROBE;
    int probe_at = side < 0 ? r.from : r.to - probe;
    int64_t diagonal = (int64_t)index->starts[target] + at;

    if (side == 0) return limit;
    for (int g = -MAX_GAP; g <= MAX_GAP; g++) {
        int gap = g < 0 ? -g : g, cost = GAP_OPEN + (gap + 1) / 2;
        if (g == 0 || cost >= best || at + r.from + g < 0 || at + r.to + g > length) continue;
        if (til_count_mismatches(read->words[reverse], read->known[reverse], probe_at, probe,
                                 index->bases, (uint64_t)(diagonal + g + probe_at)) > PROBE_MOST)
            continue;
        int n_other = list_mismatches(index, read, reverse, diagonal + g, r.from, r.to, other);
        /* g > 0: the target has bases that the read lacks; g < 0: the read skips `gap` bases. */
        int mismatches = side > 0 ? best_split(where, n, other, n_other, g < 0 ? gap : 0, r.to)
                                  : best_split(other, n_other, where, n, g > 0 ? gap : 0, r.to);
        if (cost + mismatches < best) best = cost + mismatches;
    }
    return best;
}

int til_score_thorough(const til_index_t *index, const til_packed_t *read, int reverse,
                       uint32_t target, int at, int fragment, bool may_clip, unsigned *clipped)
{
    int where[TIL_READ_MAX], left, right;
    int length = (int)til_target_length(index, target);
    til_reach_t r = til_reach(read->length, reverse, at, length, fragment);

    if (r.to <= r.from) return TIL_COST_NONE;
    int n = list_mismatches(index, read, reverse, (int64_t)index->starts[target] + at, r.from, r.to,
                            where);
    int overhang = (r.overhang + 3) / 4, limit = til_cost_limit(r.to - r.from);
    if (n < WORTH_A_GAP) return n + overhang;

    int best = n <= limit ? n : TIL_COST_NONE;
    int clip = best_clip(where, n, r.from, r.to, &left, &right);
    int needed = (r.to - r.from) / 2 > (int)index->k ? (r.to - r.from) / 2 : (int)index->k;
    bool use_clip = right - left >= needed && clip < best;
    if (use_clip && may_clip) best = clip;
    if (best > WORTH_A_GAP) {
        int most = best < limit + 1 ? best : limit + 1;
        int gapped = best_gap(index, read, reverse, target, at, r, where, n, most);
        if (gapped < most) {
            best = gapped;
            use_clip = false;
        }
    }
    if (use_clip && !may_clip && best == TIL_COST_NONE) *clipped |= TIL_CLIP_REFUSED;
    if (use_clip && may_clip) {
        if (left > r.from) *clipped |= reverse ? TIL_CLIPPED_END : TIL_CLIPPED_START;
        if (right < r.to) *clipped |= reverse ? TIL_CLIPPED_START : TIL_CLIPPED_END;
    }
    return best == TIL_COST_NONE ? best : best + overhang;
}
