/* candidates.c -- places of seeds to candidates.
 *
 * Lists of places are sorted by target and position, so those of both mates are joined in one
 * sweep. Where both have few places on a target all pairs are formed. Where a target repeats itself
 * (satellites, variable tandem repeats, many copies in one decoy) their number would grow with the
 * square, so each place is scored once along its diagonal and the cheapest partner within reach of
 * a fragment is kept in a sliding window (a queue of ascending minima):
 *
 *     best = min over places p of mate 1 of  cost(p) + min over q in window(p) of cost(q)
 *
 * in time linear in the places. Among the pairs within 1 of the best the most likely fragment
 * stands for the target. Fragments shorter than a read, whose cost is not a sum of two places', are
 * looked at only where no longer one fits.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "quant/candidates.h"
#include "quant/score.h"

enum {
    FEW_PAIRS = 64,    /* on a target: all are formed                          */
    FINE = 3,          /* mismatches of a pair that fits                       */
    MAX_SHORT = 512,   /* pairs shorter than a read that are scored            */
    MAX_VISITS = 4096, /* pairs whose fragment lengths are compared            */
    ONE_BY_ONE = 4096  /* comparisons; larger pools are merged by sorting       */
};
#define MISMATCH_FACTOR 0.0067379469990854671 /* exp(-5): the weight of a mismatch */

/* Places of one mate on one target and strand. */
typedef struct {
    int32_t *at, *cost;
    size_t n;
} side_t;

struct til_crowd {
    side_t side[2];
    int32_t *cheapest; /* per place of mate 1: its cheapest partner's cost */
    uint32_t *queue;   /* places of mate 2, costs ascending                */
};

til_status_t til_crowd_new(til_ctx_t *ctx, til_crowd_t **out)
{
    til_crowd_t *c = til_array_zero(1, sizeof *c);
    bool failed = false;

    *out = NULL;
    if (c == NULL) return til_no_memory(ctx, 1, "work space");
    for (int m = 0; m < 2; m++) {
        c->side[m].at = til_array(TIL_LIST_MAX, sizeof(int32_t));
        c->side[m].cost = til_array(TIL_LIST_MAX, sizeof(int32_t));
        failed |= c->side[m].at == NULL || c->side[m].cost == NULL;
    }
    c->cheapest = til_array(TIL_LIST_MAX, sizeof *c->cheapest);
    c->queue = til_array(TIL_LIST_MAX, sizeof *c->queue);
    if (failed || c->cheapest == NULL || c->queue == NULL) {
        til_crowd_free(c);
        return til_no_memory(ctx, TIL_LIST_MAX, "places");
    }
    *out = c;
    return TIL_OK;
}

void til_crowd_free(til_crowd_t *c)
{
    if (c == NULL) return;
    for (int m = 0; m < 2; m++) {
        free(c->side[m].at);
        free(c->side[m].cost);
    }
    free(c->cheapest);
    free(c->queue);
    free(c);
}

static inline void push(til_pool_t *pool, til_seed_candidate_t candidate)
{
    if (pool->n - pool->first >= TIL_CANDIDATES_MAX) {
        pool->capped = true;
        return;
    }
    if (pool->n == pool->capacity) {
        size_t capacity = pool->capacity * 2 + 1024;
        til_seed_candidate_t *items = til_array(capacity, sizeof *items);
        if (items == NULL) {
            pool->capped = pool->no_memory = true;
            return;
        }
        if (pool->n > 0) memcpy(items, pool->items, pool->n * sizeof *items);
        free(pool->items);
        pool->items = items;
        pool->capacity = capacity;
    }
    pool->items[pool->n++] = candidate;
}

/* The candidate of mate 1 at at_a and mate 2 at at_b, facing each other; false when they make no
 * fragment. */
static inline bool pair_at(const til_joining_t *how, const til_mate_t *a, const til_mate_t *b,
                           uint32_t target, int at_a, int at_b, int reverse,
                           til_seed_candidate_t *out)
{
    int fragment = reverse ? at_a + a->read.length - at_b : at_b + b->read.length - at_a;

    if (fragment < (int)how->index->k || fragment > TIL_FRAGMENT_MAX) return false;
    *out = (til_seed_candidate_t){ .target = target,
                                   .at = { at_a, at_b },
                                   .fragment = fragment,
                                   .cost = TIL_COST_UNKNOWN,
                                   .mates = 3,
                                   .reverse = (uint8_t)reverse };
    return true;
}

static inline void pair_up(const til_joining_t *how, const til_mate_t *a, const til_mate_t *b,
                           const til_place_t *i, const til_place_t *j, til_pool_t *out)
{
    int at_a, at_b, reverse_a, reverse_b;
    til_seed_candidate_t c;

    til_seed_place(how->index, a, i, &at_a, &reverse_a);
    til_seed_place(how->index, b, j, &at_b, &reverse_b);
    if (reverse_a == reverse_b || !til_strand_fits(how->strand, reverse_a)) return;
    if (pair_at(how, a, b, i->target, at_a, at_b, reverse_a, &c)) push(out, c);
}

/* ---- targets with many places of both mates ------------------------------------------------- */

/* The places of a mate that lie on strand `reverse`, with the mismatches of the whole read there.
 * They ascend, since all of one strand are as far from their unitig's end. */
static void fill_side(const til_joining_t *how, const til_mate_t *mate, const til_place_t *from,
                      const til_place_t *to, int reverse, side_t *side)
{
    side->n = 0;
    for (const til_place_t *p = from; p < to; p++) {
        int at, strand;
        til_seed_place(how->index, mate, p, &at, &strand);
        if (strand != reverse) continue;
        side->at[side->n] = at;
        side->cost[side->n++] = til_score_plain(how->index, &mate->read, reverse, p->target, at, 0);
    }
}

/* The places of mate 2 that make a fragment of `shortest` bases to TIL_FRAGMENT_MAX with mate 1 at
 * `at`, as an interval of positions. */
static void partners(const til_mate_t *a, const til_mate_t *b, int at, int reverse, int shortest,
                     int *from, int *to)
{
    int end = at + a->read.length;
    *from = reverse ? end - TIL_FRAGMENT_MAX : at + shortest - b->read.length;
    *to = reverse ? end - shortest : at + TIL_FRAGMENT_MAX - b->read.length;
}

/* Fills c->cheapest; returns the cheapest pair's cost. */
static int slide(til_crowd_t *c, const til_mate_t *a, const til_mate_t *b, int reverse,
                 int shortest)
{
    const side_t *x = &c->side[0], *y = &c->side[1];
    size_t next = 0, head = 0, tail = 0;
    int best = TIL_COST_NONE;

    for (size_t i = 0; i < x->n; i++) {
        int from, to;
        partners(a, b, x->at[i], reverse, shortest, &from, &to);
        for (; next < y->n && y->at[next] <= to; next++) {
            while (tail > head && y->cost[c->queue[tail - 1]] >= y->cost[next]) tail--;
            c->queue[tail++] = (uint32_t)next;
        }
        while (head < tail && y->at[c->queue[head]] < from) head++;
        c->cheapest[i] = head < tail ? y->cost[c->queue[head]] : TIL_COST_NONE;
        if (x->cost[i] + c->cheapest[i] < best) best = x->cost[i] + c->cheapest[i];
    }
    return best;
}

/* How likely a pair is that costs `more` than the best. */
static double likeliness(const til_joining_t *how, int fragment, int more)
{
    double p = how->lengths == NULL ? 1 : how->lengths->p[fragment];
    return more > 0 ? p * MISMATCH_FACTOR : p;
}

/* Adds the likeliest of the pairs within 1 of the best. While lengths are learnt also one of
 * another length, so that nobody takes the first for certain. */
static void push_likeliest(const til_joining_t *how, const til_mate_t *a, const til_mate_t *b,
                           uint32_t target, int reverse, int shortest, int best, til_pool_t *out)
{
    const til_crowd_t *c = how->crowd;
    const side_t *x = &c->side[0], *y = &c->side[1];
    til_seed_candidate_t chosen = { 0 }, other = { 0 }, pair;
    double most = -1;
    size_t low = 0, visits = 0;

    for (size_t i = 0; i < x->n && visits < MAX_VISITS; i++) {
        int from, to;
        partners(a, b, x->at[i], reverse, shortest, &from, &to);
        while (low < y->n && y->at[low] < from) low++;
        if (x->cost[i] + c->cheapest[i] > best + 1) continue;
        for (size_t j = low; j < y->n && y->at[j] <= to && visits < MAX_VISITS; j++, visits++) {
            int more = x->cost[i] + y->cost[j] - best;
            if (more > 1 || !pair_at(how, a, b, target, x->at[i], y->at[j], reverse, &pair))
                continue;
            double likely = likeliness(how, pair.fragment, more);
            if (most >= 0 && pair.fragment != chosen.fragment) other = pair;
            if (likely <= most) continue;
            if (most >= 0 && pair.fragment != chosen.fragment) other = chosen;
            chosen = pair;
            most = likely;
        }
    }
    if (most >= 0) push(out, chosen);
    if (how->lengths == NULL && other.fragment > 0) push(out, other);
}

/* Scores the pairs whose fragment is shorter than a read and adds the best. */
static void push_short(const til_joining_t *how, const til_mate_t *a, const til_mate_t *b,
                       uint32_t target, int reverse, int longest, til_pool_t *out)
{
    const til_index_t *index = how->index;
    const side_t *x = &how->crowd->side[0], *y = &how->crowd->side[1];
    til_seed_candidate_t chosen = { 0 }, pair;
    int best = TIL_COST_NONE;
    size_t low = 0, n = 0;

    for (size_t i = 0; i < x->n && n < MAX_SHORT; i++) {
        int end = x->at[i] + a->read.length;
        int from = reverse ? end - longest : x->at[i] + (int)index->k - b->read.length;
        int to = reverse ? end - (int)index->k : x->at[i] + longest - b->read.length;
        while (low < y->n && y->at[low] < from) low++;
        for (size_t j = low; j < y->n && y->at[j] <= to && n < MAX_SHORT; j++, n++) {
            if (!pair_at(how, a, b, target, x->at[i], y->at[j], reverse, &pair)) continue;
            int cost = til_score_plain(index, &a->read, reverse, target, x->at[i], pair.fragment) +
                       til_score_plain(index, &b->read, !reverse, target, y->at[j], pair.fragment);
            if (cost >= best) continue;
            best = cost;
            chosen = pair;
        }
    }
    if (best < TIL_COST_NONE) push(out, chosen);
}

static void pair_crowd(const til_joining_t *how, const til_mate_t *a, const til_mate_t *b,
                       const til_place_t *i, const til_place_t *i_stop, const til_place_t *j,
                       const til_place_t *j_stop, til_pool_t *out)
{
    til_crowd_t *c = how->crowd;
    out->n_crowded += (size_t)(i_stop - i) + (size_t)(j_stop - j);
    int longer = a->read.length > b->read.length ? a->read.length : b->read.length;
    int shortest = longer > (int)how->index->k ? longer : (int)how->index->k;

    for (int reverse = 0; reverse < 2; reverse++) {
        if (!til_strand_fits(how->strand, reverse)) continue;
        fill_side(how, a, i, i_stop, reverse, &c->side[0]);
        fill_side(how, b, j, j_stop, !reverse, &c->side[1]);
        int best = slide(c, a, b, reverse, shortest);
        if (best < TIL_COST_NONE)
            push_likeliest(how, a, b, i->target, reverse, shortest, best, out);
        if (best > FINE && shortest > (int)how->index->k)
            push_short(how, a, b, i->target, reverse, shortest - 1, out);
    }
}

/* ---- lists -------------------------------------------------------------------------------- */

void til_candidates_join(const til_joining_t *how, const til_mate_t *a, const til_mate_t *b,
                         til_pool_t *out)
{
    const til_place_t *i = how->index->places + a->first_place, *i_end = i + a->n_places;
    const til_place_t *j = how->index->places + b->first_place, *j_end = j + b->n_places;

    if (a->n_places > TIL_LIST_MAX || b->n_places > TIL_LIST_MAX) {
        out->skipped = true;
        return;
    }
    while (i < i_end && j < j_end) {
        if (i->target < j->target) {
            i++;
        } else if (i->target > j->target) {
            j++;
        } else {
            const til_place_t *i_stop = i, *j_stop = j;
            while (i_stop < i_end && i_stop->target == i->target) i_stop++;
            while (j_stop < j_end && j_stop->target == j->target) j_stop++;
            if ((i_stop - i) * (j_stop - j) > FEW_PAIRS) {
                pair_crowd(how, a, b, i, i_stop, j, j_stop, out);
            } else {
                for (const til_place_t *p = i; p < i_stop; p++)
                    for (const til_place_t *q = j; q < j_stop; q++) pair_up(how, a, b, p, q, out);
            }
            i = i_stop;
            j = j_stop;
        }
    }
}

void til_candidates_alone(const til_joining_t *how, const til_mate_t *mate, int which,
                          til_pool_t *out)
{
    if (mate->n_places > TIL_LIST_MAX) {
        out->skipped = true;
        return;
    }
    for (uint32_t i = 0; i < mate->n_places; i++) {
        const til_place_t *place = &how->index->places[mate->first_place + i];
        int at, reverse;
        til_seed_place(how->index, mate, place, &at, &reverse);
        int reverse_first = which == 0 ? reverse : !reverse;
        if (!til_strand_fits(how->strand, reverse_first)) continue;
        til_seed_candidate_t c = { .target = place->target,
                                   .cost = TIL_COST_UNKNOWN,
                                   .mates = (uint8_t)(1 << which),
                                   .reverse = (uint8_t)reverse_first };
        c.at[which] = at;
        push(out, c);
    }
}

/* ---- pools -------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const til_seed_candidate_t *x = a, *y = b;
    if (x->target != y->target) return x->target < y->target ? -1 : 1;
    if (x->at[0] != y->at[0]) return x->at[0] < y->at[0] ? -1 : 1;
    if (x->at[1] != y->at[1]) return x->at[1] < y->at[1] ? -1 : 1;
    if (x->mates != y->mates) return x->mates < y->mates ? -1 : 1;
    if (x->reverse != y->reverse) return x->reverse < y->reverse ? -1 : 1;
    return x->cost > y->cost ? -1 : x->cost < y->cost; /* scored ones first */
}

static bool same_place(const til_seed_candidate_t *x, const til_seed_candidate_t *y)
{
    return x->target == y->target && x->at[0] == y->at[0] && x->at[1] == y->at[1] &&
           x->mates == y->mates && x->reverse == y->reverse;
}

void til_candidates_sort(til_pool_t *pool)
{
    for (size_t i = 1; i < pool->n; i++)
        if (by_place(&pool->items[i - 1], &pool->items[i]) > 0) {
            qsort(pool->items, pool->n, sizeof *pool->items, by_place);
            return;
        }
}

void til_candidates_merge(til_pool_t *pool, const til_pool_t *extra)
{
    size_t n = pool->n, kept = 0;
    bool by_sorting = n * extra->n > ONE_BY_ONE;

    pool->capped |= extra->capped;
    pool->skipped |= extra->skipped;
    pool->no_memory |= extra->no_memory;
    pool->n_crowded += extra->n_crowded;
    for (size_t i = 0; i < extra->n; i++) {
        size_t k = by_sorting ? n : 0;
        while (k < n && !same_place(&pool->items[k], &extra->items[i])) k++;
        if (k == n) push(pool, extra->items[i]);
    }
    if (!by_sorting || extra->n == 0) return;
    til_candidates_sort(pool);
    for (size_t i = 0; i < pool->n; i++)
        if (kept == 0 || !same_place(&pool->items[kept - 1], &pool->items[i]))
            pool->items[kept++] = pool->items[i];
    pool->n = kept;
}
