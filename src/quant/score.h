/* score.h -- how badly a read fits a place on a target.
 *
 * Costs count mismatches. A base that hangs over an end of the target costs a quarter, a base of
 * the read that is not ACGT nothing. til_score_plain compares along one diagonal;
 * til_score_thorough may clip the ends or open one gap, for reads that fit nowhere else.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_SCORE_H
#define TIL_QUANT_SCORE_H

#include "quant/index.h"
#include "quant/pack.h"

enum { TIL_COST_NONE = 9999 }; /* does not fit */

/* Ends of a read that were left out, in the order of sequencing. */
enum {
    TIL_CLIPPED_START = 1,
    TIL_CLIPPED_END = 2,
    TIL_CLIP_REFUSED = 4 /* would fit so, but clips were not allowed */
};

/* The largest cost that til_score_plain callers accept for a read of n bases. */
static inline int til_cost_limit(int n) { return 2 + n / 12; }

/* Mismatches of read[from, from + n) with T[at, at + n). `known` is NULL or marks the read's bases.
 */
static inline int til_count_mismatches(const uint64_t *read, const uint64_t *known, int from, int n,
                                       const uint64_t *bases, uint64_t at)
{
    int total = 0;

    while (n > 0) {
        uint64_t nibbles = 0; /* sums of two, over at most seven words: 14 at most */
        for (int words = 0; words < 7 && n > 0; words++) {
            uint64_t x = til_bases_differ(til_bases_get32(read, (uint64_t)from),
                                          til_bases_get32(bases, at));
            if (known != NULL) x &= til_bases_get32(known, (uint64_t)from);
            if (n < 32) x &= (1ULL << 2 * n) - 1;
            nibbles += (x + (x >> 2)) & 0x3333333333333333ULL;
            from += 32;
            at += 32;
            n -= 32;
        }
        nibbles = (nibbles + (nibbles >> 4)) & 0x0F0F0F0F0F0F0F0FULL;
        total += (int)(nibbles * 0x0101010101010101ULL >> 56);
    }
    return total;
}

/* The part of a read that can lie on a target: bases [from, to) of the strand that is used, and
 * what hangs over. */
typedef struct {
    int from, to, overhang;
} til_reach_t;

/* The read's strand `reverse` with its first base at `at` on a target of `length` bases; of a
 * fragment shorter than the read only the fragment's bases count (what follows is adapter). */
static inline til_reach_t til_reach(int n_read, int reverse, int at, int length, int fragment)
{
    til_reach_t r = { 0, n_read, 0 };

    if (fragment > 0 && fragment < n_read) {
        if (reverse) r.from = n_read - fragment;
        else r.to = fragment;
    }
    if (at + r.from < 0) {
        r.overhang -= at + r.from;
        r.from = -at;
    }
    if (at + r.to > length) {
        r.overhang += at + r.to - length;
        r.to = length - at;
    }
    return r;
}

/* The cost along the diagonal; TIL_COST_NONE when nothing of the read lies on the target. */
static inline int til_score_plain(const til_index_t *index, const til_packed_t *read, int reverse,
                                  uint32_t target, int at, int fragment)
{
    int length = (int)til_target_length(index, target);
    til_reach_t r = til_reach(read->length, reverse, at, length, fragment);

    if (r.to <= r.from) return TIL_COST_NONE;
    return til_count_mismatches(read->words[reverse], read->known[reverse], r.from, r.to - r.from,
                                index->bases,
                                (uint64_t)((int64_t)index->starts[target] + at + r.from)) +
           (r.overhang + 3) / 4;
}

/* The cost with ends clipped (if `may_clip`) or one gap opened where that is cheaper; TIL_COST_NONE
 * when too little of the read is aligned. *clipped receives further TIL_CLIPPED_... bits. */
int til_score_thorough(const til_index_t *index, const til_packed_t *read, int reverse,
                       uint32_t target, int at, int fragment, bool may_clip, unsigned *clipped);

#endif
