/* subset.c -- a set of positions as a bit set: random draws and the extremes of its running sum. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "gsea/subset.h"

#define BIT(i) (UINT64_C(1) << ((i)&63))

til_status_t til_subset_init(til_ctx_t *ctx, const til_walk_t *walk, til_subset_t *out)
{
    size_t n_bit_words = (size_t)walk->n / 64 + 1;

    *out = (til_subset_t){ .walk = walk, .n_words = (int)(n_bit_words / 64 + 1) };
    out->bits = til_array_zero(n_bit_words, sizeof *out->bits);
    out->words = til_array_zero((size_t)out->n_words, sizeof *out->words);
    if (out->bits == NULL || out->words == NULL) {
        til_subset_clear(out);
        return til_no_memory(ctx, n_bit_words, "words of a bit set");
    }
    return TIL_OK;
}

void til_subset_clear(til_subset_t *s)
{
    if (s == NULL) return;
    free(s->bits);
    free(s->words);
    *s = (til_subset_t){ 0 };
}

void til_subset_empty(til_subset_t *s)
{
    memset(s->bits, 0, ((size_t)s->walk->n / 64 + 1) * sizeof *s->bits);
    memset(s->words, 0, (size_t)s->n_words * sizeof *s->words);
    s->size = 0;
    s->sum = 0;
}

static inline void insert(til_subset_t *s, int position)
{
    s->bits[position >> 6] |= BIT(position);
    s->words[position >> 12] |= BIT(position >> 6);
}

static void draw_by_complement(til_subset_t *s, til_dice_t *dice, int from, int to, int count)
{
    for (int i = from; i < to; i++) insert(s, i);
    s->sum += s->walk->cumulative[to] - s->walk->cumulative[from];
    for (int left_out = to - from - count; left_out > 0;) {
        int i = from + (int)til_dice_below(dice, (uint32_t)(to - from));
        if ((s->bits[i >> 6] & BIT(i)) == 0) continue;
        s->bits[i >> 6] ^= BIT(i);
        s->sum -= s->walk->weight[i];
        left_out--;
    }
}

void til_subset_draw(til_subset_t *s, til_dice_t *dice, int from, int to, int count)
{
    uint32_t width = (uint32_t)(to - from);

    s->size += count;
    if (2 * count > to - from) {
        draw_by_complement(s, dice, from, to, count);
        return;
    }
    while (count > 0) {
        int i = from + (int)til_dice_below(dice, width);
        if (s->bits[i >> 6] & BIT(i)) continue;
        insert(s, i);
        s->sum += s->walk->weight[i];
        count--;
    }
}

void til_subset_grow(til_subset_t *s, til_dice_t *dice, int size)
{
    while (s->size < size) {
        int i = (int)til_dice_below(dice, (uint32_t)s->walk->n);
        if (s->bits[i >> 6] & BIT(i)) continue;
        insert(s, i);
        s->sum += s->walk->weight[i];
        s->size++;
    }
}

void til_subset_add(til_subset_t *s, int position)
{
    insert(s, position);
    s->sum += s->walk->weight[position];
    s->size++;
}

void til_subset_remove(til_subset_t *s, int position)
{
    s->bits[position >> 6] ^= BIT(position);
    s->sum -= s->walk->weight[position];
    s->size--;
}

bool til_subset_has(const til_subset_t *s, int position)
{
    return (s->bits[position >> 6] & BIT(position)) != 0;
}

void til_subset_list(const til_subset_t *s, int *positions)
{
    int m = 0;
    for (int word = 0; m < s->size; word++)
        for (uint64_t hits = s->bits[word]; hits != 0; hits &= hits - 1)
            positions[m++] = word * 64 + __builtin_ctzll(hits);
}

int til_subset_count(const til_subset_t *s, int from, int to)
{
    int n = 0;
    for (int word = from >> 6; from < to; word++) {
        int end = (word + 1) * 64 < to ? (word + 1) * 64 : to;
        uint64_t bits = s->bits[word] >> (from & 63);
        if (end - from < 64) bits &= BIT(end - from) - 1;
        n += __builtin_popcountll(bits);
        from = end;
    }
    return n;
}

/* The running sum while the hits are visited in order. */
typedef struct {
    double hit_scale, miss_step; /* 1 / W, 1 / (n - k)                        */
    double uniform;              /* weight of a hit when W = 0, else 0        */
    double sum, highest, lowest;
    int n_hits, block_end; /* block_end > 0: a block of ties is open    */
} scan_t;

/* The sum of the weights again, free of the rounding that draw_by_complement leaves behind. */
static double exact_sum(const til_subset_t *s)
{
    double sum = 0;
    for (int i = 0; i < s->walk->n; i++)
        if (s->bits[i >> 6] & BIT(i)) sum += s->walk->weight[i];
    return sum;
}

static inline scan_t scan_begin(const til_subset_t *s)
{
    /* a sum this small may be rounding that is left of nothing */
    double sum = s->sum > 1e-9 * s->walk->cumulative[s->walk->n] ? s->sum : exact_sum(s);
    bool weightless = !(sum > 0);
    return (scan_t){ .hit_scale = weightless ? 1.0 / s->size : 1 / sum,
                     .miss_step = 1.0 / (s->walk->n - s->size),
                     .uniform = weightless ? 1 : 0 };
}

static inline double value_at(const scan_t *scan, int position)
{
    return scan->sum * scan->hit_scale - scan->miss_step * (position - scan->n_hits);
}

static inline void close_block(scan_t *scan)
{
    double top = value_at(scan, scan->block_end);
    if (top > scan->highest) scan->highest = top;
    scan->block_end = 0;
}

/* Hits of one word of the bit set, some of them in blocks of ties. */
static void scan_tied_word(const til_walk_t *walk, scan_t *scan, uint64_t hits, int base)
{
    while (hits != 0) {
        int i = base + __builtin_ctzll(hits);
        hits &= hits - 1;
        if (scan->block_end > 0 && i >= scan->block_end) close_block(scan);
        if (scan->block_end == 0) {
            double bottom = value_at(scan, walk->block_start[i]);
            if (bottom < scan->lowest) scan->lowest = bottom;
            scan->block_end = walk->block_end[i];
        }
        scan->sum += walk->weight[i] + scan->uniform;
        scan->n_hits++;
    }
    if (scan->block_end <= base + 64) close_block(scan);
}

/* As scan_tied_word where no hit is tied and no block is open. */
static inline void scan_plain_word(const til_walk_t *walk, scan_t *scan, uint64_t hits, int base)
{
    double sum = scan->sum, highest = scan->highest, lowest = scan->lowest;
    int n_hits = scan->n_hits;

    while (hits != 0) {
        int i = base + __builtin_ctzll(hits);
        hits &= hits - 1;
        double missed = scan->miss_step * (i - n_hits);
        double bottom = sum * scan->hit_scale - missed;
        lowest = bottom < lowest ? bottom : lowest;
        sum += walk->weight[i] + scan->uniform;
        double top = sum * scan->hit_scale - missed;
        highest = top > highest ? top : highest;
        n_hits++;
    }
    scan->sum = sum;
    scan->highest = highest;
    scan->lowest = lowest;
    scan->n_hits = n_hits;
}

static inline void scan_word(const til_walk_t *walk, scan_t *scan, uint64_t hits, int word)
{
    if (scan->block_end == 0 && (hits & walk->tied[word]) == 0)
        scan_plain_word(walk, scan, hits, word * 64);
    else scan_tied_word(walk, scan, hits, word * 64);
}

static inline void scan_end(scan_t *scan, double *highest, double *lowest)
{
    if (scan->block_end > 0) close_block(scan);
    *highest = scan->highest;
    *lowest = scan->lowest;
}

void til_subset_extremes(const til_subset_t *s, double *highest, double *lowest)
{
    scan_t scan = scan_begin(s);

    for (int w = 0; w < s->n_words; w++) {
        for (uint64_t used = s->words[w]; used != 0; used &= used - 1) {
            int word = w * 64 + __builtin_ctzll(used);
            scan_word(s->walk, &scan, s->bits[word], word);
        }
    }
    scan_end(&scan, highest, lowest);
}

void til_subset_extremes_and_empty(til_subset_t *s, double *highest, double *lowest)
{
    scan_t scan = scan_begin(s);

    for (int w = 0; w < s->n_words; w++) {
        uint64_t used = s->words[w];
        s->words[w] = 0;
        for (; used != 0; used &= used - 1) {
            int word = w * 64 + __builtin_ctzll(used);
            uint64_t hits = s->bits[word];
            s->bits[word] = 0;
            scan_word(s->walk, &scan, hits, word);
        }
    }
    scan_end(&scan, highest, lowest);
    s->size = 0;
    s->sum = 0;
}
