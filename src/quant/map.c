/* map.c -- from reads to the transcripts they fit.
 *
 * Reads go through in chunks of CHUNK fragments and in stages, each of which asks the memory for
 * what the next one needs: look up one seed per mate, check it, fetch its list of places, join the
 * lists of both mates by transcript (opposite strands, the library's strand, a possible fragment),
 * score every candidate along its diagonal over the whole read. A fragment with at most GOOD
 * mismatches is done; the others walk through their further seeds, then are scored with clips and
 * gaps, then each mate is tried alone. Since candidates are verified over the whole read, one seed
 * per mate is enough and unitig paths are never intersected.
 *
 * A candidate's weight is  p(fragment length) exp(-MISMATCH_WEIGHT (cost - best cost)).  Weights
 * under LEAST_SHARE of the best are dropped.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "quant/bias.h"
#include "quant/map.h"
#include "quant/score.h"
#include "quant/seed.h"

enum {
    CHUNK = 64,
    GOOD = 3,              /* mismatches of a pair that need no second look       */
    MORE_SEEDS = 8,        /* further seeds tried per mate                        */
    LONG_LIST = 256,       /* places: look for a rarer seed                       */
    MAX_LIST = 8192,       /* places: not looked at                               */
    MAX_CANDIDATES = 4096, /* per fragment                                        */
    MANY = 512,            /* candidates: further seeds add no more               */
    RESCUE_CANDIDATES = 4, /* places of one mate at which the other is searched   */
    FEW_MISMATCHES = 2     /* pairs that teach the fragment length have no more   */
};
#define MISMATCH_WEIGHT 5.0
#define LEAST_SHARE     1e-3

typedef struct {
    uint32_t target;
    int32_t at[2];    /* left end of each mate on the target                  */
    int32_t fragment; /* length; 0 for one mate alone                         */
    int32_t cost;
    uint8_t mates;   /* 1: mate 1, 2: mate 2, 3: both                        */
    uint8_t reverse; /* mate 1 shows the transcript's other strand           */
} candidate_t;

typedef struct {
    candidate_t *items;
    size_t n;
    bool capped;
} pool_t;

struct til_map_space {
    til_mate_t mates[CHUNK][2];
    til_seeds_t seeds[CHUNK][2];
    size_t first[CHUNK + 1]; /* joined candidates of a fragment, in `joined` */
    candidate_t *joined;     /* CHUNK * MAX_CANDIDATES at most, one pass     */
    size_t joined_capacity;
    pool_t pool, extra;
    uint64_t *words; /* packed reads of the chunk                    */
    size_t words_capacity;
    uint32_t targets[MAX_CANDIDATES];
    double shares[MAX_CANDIDATES];
    double mismatch_weight[64];
    til_bias_counts_t *bias;
};

/* What stays the same while a batch is mapped. */
typedef struct {
    const til_mapping_t *m;
    const til_index_t *index;
    til_map_space_t *space;
    til_staged_t *staged;
    til_tally_t *tally;
    int n_mates;
} run_t;

til_status_t til_map_space_new(til_ctx_t *ctx, til_map_space_t **out)
{
    til_map_space_t *s = til_array_zero(1, sizeof *s);

    *out = NULL;
    if (s == NULL) return til_no_memory(ctx, 1, "work space");
    s->pool.items = til_array(MAX_CANDIDATES, sizeof(candidate_t));
    s->extra.items = til_array(MAX_CANDIDATES, sizeof(candidate_t));
    s->bias = til_array_zero(1, sizeof *s->bias);
    if (s->pool.items == NULL || s->extra.items == NULL || s->bias == NULL) {
        til_map_space_free(s);
        return til_no_memory(ctx, MAX_CANDIDATES, "candidates");
    }
    for (int i = 0; i < 64; i++) s->mismatch_weight[i] = exp(-MISMATCH_WEIGHT * i);
    *out = s;
    return TIL_OK;
}

void til_map_space_free(til_map_space_t *s)
{
    if (s == NULL) return;
    free(s->joined);
    free(s->pool.items);
    free(s->extra.items);
    free(s->words);
    free(s->bias);
    free(s);
}

const til_bias_counts_t *til_map_space_bias(const til_map_space_t *space) { return space->bias; }

void til_tally_add(til_tally_t *sum, const til_tally_t *more)
{
    sum->n_mapped += more->n_mapped;
    sum->n_orphans += more->n_orphans;
    sum->n_unmapped += more->n_unmapped;
    sum->n_too_short += more->n_too_short;
    sum->n_decoy += more->n_decoy;
    sum->n_against_strand += more->n_against_strand;
    sum->n_capped += more->n_capped;
    sum->n_clipped_long += more->n_clipped_long;
    sum->n_short_reads += more->n_short_reads;
    sum->n_sense += more->n_sense;
    sum->n_antisense += more->n_antisense;
    sum->n_bases += more->n_bases;
    if (more->n_reads > 0) {
        if (more->longest_read > sum->longest_read) sum->longest_read = more->longest_read;
        if (sum->n_reads == 0 || more->shortest_read < sum->shortest_read)
            sum->shortest_read = more->shortest_read;
    }
    sum->n_reads += more->n_reads;
    for (int i = 0; i <= TIL_FRAGMENT_MAX; i++) sum->lengths[i] += more->lengths[i];
}

/* ---- candidates -------------------------------------------------------------------------- */

static inline void push(pool_t *pool, candidate_t candidate)
{
    if (pool->n < MAX_CANDIDATES) pool->items[pool->n++] = candidate;
    else pool->capped = true;
}

/* True when the library type allows this strand of mate 1. */
static inline bool strand_fits(til_read_strand_t wanted, int reverse)
{
    return wanted == TIL_STRAND_EITHER || (wanted == TIL_STRAND_REVERSE) == (reverse != 0);
}

/* Pairs of places (i of mate 1, j of mate 2, on one target) that make a fragment. */
static inline void pair_up(const til_index_t *index, const til_mate_t *a, const til_mate_t *b,
                           const til_place_t *i, const til_place_t *j, til_read_strand_t strand,
                           pool_t *out)
{
    int at_a, at_b, reverse_a, reverse_b, fragment;

    til_seed_place(index, a, i, &at_a, &reverse_a);
    til_seed_place(index, b, j, &at_b, &reverse_b);
    if (reverse_a == reverse_b || !strand_fits(strand, reverse_a)) return;
    fragment = reverse_a ? at_a + a->read.length - at_b : at_b + b->read.length - at_a;
    if (fragment < (int)index->k || fragment > TIL_FRAGMENT_MAX) return;
    push(out, (candidate_t){ .target = i->target,
                             .at = { at_a, at_b },
                             .fragment = fragment,
                             .mates = 3,
                             .reverse = (uint8_t)reverse_a });
}

/* Joins the lists of places of both mates by target. */
static void join(const til_index_t *index, const til_mate_t *a, const til_mate_t *b,
                 til_read_strand_t strand, pool_t *out)
{
    const til_place_t *i = index->places + a->first_place, *i_end = i + a->n_places;
    const til_place_t *j = index->places + b->first_place, *j_end = j + b->n_places;

    if (a->n_places > MAX_LIST || b->n_places > MAX_LIST) {
        out->capped = true;
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
            for (const til_place_t *p = i; p < i_stop; p++)
                for (const til_place_t *q = j; q < j_stop; q++)
                    pair_up(index, a, b, p, q, strand, out);
            i = i_stop;
            j = j_stop;
        }
    }
}

/* Every place of one mate. */
static void alone(const til_index_t *index, const til_mate_t *mate, int which,
                  til_read_strand_t strand, pool_t *out)
{
    if (mate->n_places > MAX_LIST) {
        out->capped = true;
        return;
    }
    for (uint32_t i = 0; i < mate->n_places; i++) {
        const til_place_t *place = &index->places[mate->first_place + i];
        int at, reverse;
        til_seed_place(index, mate, place, &at, &reverse);
        int reverse_first = which == 0 ? reverse : !reverse;
        if (!strand_fits(strand, reverse_first)) continue;
        candidate_t c = { .target = place->target,
                          .mates = (uint8_t)(1 << which),
                          .reverse = (uint8_t)reverse_first };
        c.at[which] = at;
        push(out, c);
    }
}

static inline int score_mate(const run_t *r, const til_mate_t *mates, const candidate_t *c,
                             int which, bool thorough)
{
    int reverse = which == 0 ? c->reverse : !c->reverse, cost;
    const til_packed_t *read = &mates[which].read;

    if (thorough)
        return til_score_thorough(r->index, read, reverse, c->target, c->at[which], c->fragment);
    cost = til_score_plain(r->index, read, reverse, c->target, c->at[which], c->fragment);
    return cost > til_cost_limit(read->length) ? TIL_COST_NONE : cost;
}

/* Scores the candidates from `from` on; returns the best cost of all. */
static int score_pool(const run_t *r, const til_mate_t *mates, pool_t *pool, size_t from,
                      bool thorough)
{
    int best = TIL_COST_NONE;

    for (size_t i = 0; i < pool->n; i++) {
        candidate_t *c = &pool->items[i];
        if (i >= from && (!thorough || c->cost > GOOD)) {
            c->cost = 0;
            if (c->mates & 1) c->cost = score_mate(r, mates, c, 0, thorough);
            if (c->mates & 2 && c->cost < TIL_COST_NONE)
                c->cost += score_mate(r, mates, c, 1, thorough);
            if (c->cost > TIL_COST_NONE) c->cost = TIL_COST_NONE;
        }
        if (c->cost < best) best = c->cost;
    }
    return best;
}

/* Appends the candidates of `extra` that the pool lacks. */
static void merge(pool_t *pool, const pool_t *extra)
{
    size_t n = pool->n;

    pool->capped |= extra->capped;
    for (size_t i = 0; i < extra->n; i++) {
        const candidate_t *e = &extra->items[i];
        size_t k = 0;
        while (k < n && (pool->items[k].target != e->target || pool->items[k].at[0] != e->at[0] ||
                         pool->items[k].at[1] != e->at[1]))
            k++;
        if (k == n) push(pool, *e);
    }
}

/* ---- fragments that the first seeds do not explain ---------------------------------------- */

/* Moves a mate without a hit, or with a long list, to a better seed if it has one. */
static void find_any_seed(const til_index_t *index, til_mate_t *mate, til_seeds_t *seeds)
{
    if (!mate->found) {
        (void)til_seed_next(index, mate, seeds);
        return;
    }
    if (mate->n_places <= LONG_LIST) return;
    til_mate_t other = *mate;
    while (til_seed_next(index, &other, seeds) && mate->n_places > LONG_LIST)
        if (other.n_places < mate->n_places) *mate = other;
    seeds->next = 0;
}

/* Walks the further seeds of mate `which`, the other standing still, until something fits well. */
static int walk_seeds(const run_t *r, const til_mate_t *mates, const til_seeds_t *seeds, int which,
                      int best)
{
    til_map_space_t *s = r->space;
    til_mate_t moved = mates[which];
    til_seeds_t walk = *seeds;

    for (int i = 0; i < MORE_SEEDS && best > GOOD && s->pool.n < MANY; i++) {
        if (!til_seed_next(r->index, &moved, &walk)) break;
        size_t n = s->pool.n;
        s->extra.n = 0;
        s->extra.capped = false;
        if (r->n_mates == 1) alone(r->index, &moved, 0, r->m->strand, &s->extra);
        else
            join(r->index, which == 0 ? &moved : &mates[0], which == 1 ? &moved : &mates[1],
                 r->m->strand, &s->extra);
        merge(&s->pool, &s->extra);
        best = score_pool(r, mates, &s->pool, n, false);
    }
    return best;
}

/* Searches the missing mate of an orphan near the other one, without seeds: reads so short that
 * an error or two leave them none. Exact comparison of a piece finds the diagonals to score. */
static void rescue(const run_t *r, const til_mate_t *mates, candidate_t *c)
{
    int have = c->mates == 1 ? 0 : 1, lost = !have;
    int reverse_have = have == 0 ? c->reverse : !c->reverse, reverse_lost = !reverse_have;
    const til_packed_t *read = &mates[lost].read;
    int length = (int)til_target_length(r->index, c->target), n = read->length;
    int end = c->at[have] + mates[have].read.length;
    int from = reverse_have ? end - TIL_FRAGMENT_MAX : c->at[have];
    int to = (reverse_have ? end : c->at[have] + TIL_FRAGMENT_MAX) - n;
    int best = til_cost_limit(n) + 1, best_at = 0, piece = n < 32 ? n : 32;
    uint64_t start = r->index->starts[c->target];

    if (from < 0) from = 0;
    if (to > length - n) to = length - n;
    for (int at = from; at <= to; at++) {
        int cost = til_count_mismatches(read->words[reverse_lost], read->known[reverse_lost], 0,
                                        piece, r->index->bases, start + (uint64_t)at);
        if (cost >= best) continue;
        if (n > piece)
            cost = til_count_mismatches(read->words[reverse_lost], read->known[reverse_lost], 0, n,
                                        r->index->bases, start + (uint64_t)at);
        if (cost < best) {
            best = cost;
            best_at = at;
        }
    }
    if (best > til_cost_limit(n)) return;
    c->at[lost] = best_at;
    c->fragment = reverse_have ? end - best_at : best_at + n - c->at[have];
    c->mates = 3;
    c->cost += best;
}

/* Both mates by themselves. */
static int try_orphans(const run_t *r, const til_mate_t *mates, const til_seeds_t *seeds)
{
    til_map_space_t *s = r->space;
    int best = TIL_COST_NONE, n_rescued = 0;

    s->pool.n = 0;
    for (int which = 0; which < 2; which++) {
        if (!mates[which].found) continue;
        til_mate_t moved = mates[which];
        til_seeds_t walk = seeds[which];
        int found_at = best;
        for (int i = 0; i < MORE_SEEDS && s->pool.n < MANY; i++) {
            size_t n = s->pool.n;
            s->extra.n = 0;
            s->extra.capped = false;
            alone(r->index, &moved, which, r->m->strand, &s->extra);
            merge(&s->pool, &s->extra);
            best = score_pool(r, mates, &s->pool, n, false);
            if ((best <= GOOD && best < found_at) || !til_seed_next(r->index, &moved, &walk)) break;
        }
    }
    if (best > GOOD) best = score_pool(r, mates, &s->pool, 0, true);
    if (best == TIL_COST_NONE) return best;
    for (size_t i = 0; i < s->pool.n && n_rescued < RESCUE_CANDIDATES; i++) {
        candidate_t *c = &s->pool.items[i];
        int lost = c->mates == 1;
        if (c->cost > best || mates[lost].read.length >= 2 * (int)r->index->k ||
            mates[lost].read.length < (int)r->index->k)
            continue;
        rescue(r, mates, c);
        n_rescued++;
    }
    for (size_t i = 0; i < s->pool.n; i++) /* pairs, where some were rescued, win over orphans */
        if (s->pool.items[i].mates == 3) {
            best = TIL_COST_NONE;
            for (size_t k = 0; k < s->pool.n; k++) {
                if (s->pool.items[k].mates != 3) s->pool.items[k].cost = TIL_COST_NONE;
                if (s->pool.items[k].cost < best) best = s->pool.items[k].cost;
            }
            break;
        }
    return best;
}

/* The cost at which the fragment would fit if the library type did not forbid it. */
static int cost_against_strand(const run_t *r, const til_mate_t *mates)
{
    til_read_strand_t other = r->m->strand == TIL_STRAND_FORWARD ? TIL_STRAND_REVERSE
                                                                 : TIL_STRAND_FORWARD;
    pool_t *pool = &r->space->extra;

    if (r->m->strand == TIL_STRAND_EITHER) return TIL_COST_NONE;
    pool->n = 0;
    if (r->n_mates == 2 && mates[0].found && mates[1].found)
        join(r->index, &mates[0], &mates[1], other, pool);
    else
        for (int which = 0; which < r->n_mates; which++)
            if (mates[which].found) alone(r->index, &mates[which], which, other, pool);
    return score_pool(r, mates, pool, 0, false);
}

/* Everything the first seeds did not give. The pool holds their candidates, scored. */
static int search_on(const run_t *r, til_mate_t *mates, til_seeds_t *seeds, int best)
{
    til_map_space_t *s = r->space;

    for (int which = 0; which < r->n_mates; which++)
        if (!mates[which].found) find_any_seed(r->index, &mates[which], &seeds[which]);
    if (!mates[0].found && (r->n_mates == 1 || !mates[1].found)) return TIL_COST_NONE;
    if (s->pool.n == 0 && cost_against_strand(r, mates) <= GOOD) return TIL_COST_NONE;
    if (r->n_mates == 1) {
        if (s->pool.n == 0) alone(r->index, &mates[0], 0, r->m->strand, &s->pool);
        best = score_pool(r, mates, &s->pool, 0, false);
        best = walk_seeds(r, mates, &seeds[0], 0, best);
        return best > GOOD ? score_pool(r, mates, &s->pool, 0, true) : best;
    }
    if (mates[0].found && mates[1].found) {
        if (s->pool.n == 0) join(r->index, &mates[0], &mates[1], r->m->strand, &s->pool);
        best = score_pool(r, mates, &s->pool, 0, false);
        best = walk_seeds(r, mates, &seeds[0], 0, best);
        best = walk_seeds(r, mates, &seeds[1], 1, best);
        if (best > GOOD) best = score_pool(r, mates, &s->pool, 0, true);
    }
    return best < TIL_COST_NONE ? best : try_orphans(r, mates, seeds);
}

/* ---- what a fragment says ---------------------------------------------------------------- */

/* The chance of a fragment that begins (ends) here and is as long as it is, or fits at all. */
static double length_weight(const run_t *r, const til_mate_t *mates, const candidate_t *c)
{
    const til_fraglen_t *lengths = r->m->lengths;

    if (c->fragment > 0) return lengths->p[c->fragment];
    int which = c->mates == 1 ? 0 : 1, reverse = which == 0 ? c->reverse : !c->reverse;
    int room = reverse ? c->at[which] + mates[which].read.length
                       : (int)til_target_length(r->index, c->target) - c->at[which];
    if (room < 1) room = 1;
    return lengths->up_to[room > TIL_FRAGMENT_MAX ? TIL_FRAGMENT_MAX : room] + 1e-6;
}

/* Keeps the candidates within reach of the best one, without decoys; false when a decoy is better.
 */
static bool drop_worse(const run_t *r, pool_t *pool, int best)
{
    size_t n = 0;
    int best_transcript = TIL_COST_NONE;

    for (size_t i = 0; i < pool->n; i++)
        if (pool->items[i].target < r->index->n_transcripts &&
            pool->items[i].cost < best_transcript)
            best_transcript = pool->items[i].cost;
    if (best_transcript > best) return false;
    for (size_t i = 0; i < pool->n; i++)
        if (pool->items[i].target < r->index->n_transcripts && pool->items[i].cost < best + 2)
            pool->items[n++] = pool->items[i];
    pool->n = n;
    return true;
}

static int by_target(const void *a, const void *b)
{
    const candidate_t *x = a, *y = b;
    if (x->target != y->target) return x->target < y->target ? -1 : 1;
    if (x->at[0] != y->at[0]) return x->at[0] < y->at[0] ? -1 : 1;
    return x->at[1] < y->at[1] ? -1 : x->at[1] > y->at[1];
}

static void sort_pool(pool_t *pool)
{
    for (size_t i = 1; i < pool->n; i++)
        if (pool->items[i].target < pool->items[i - 1].target) {
            qsort(pool->items, pool->n, sizeof *pool->items, by_target);
            return;
        }
}

/* While lengths are learnt: notes the fragment's length where all candidates agree on it. */
static void learn_length(const run_t *r, const pool_t *pool, int best)
{
    int fragment = pool->items[0].fragment;

    if (fragment == 0 || best > FEW_MISMATCHES) return;
    for (size_t i = 1; i < pool->n; i++)
        if (pool->items[i].fragment != fragment) return;
    r->tally->lengths[fragment]++;
}

static void note_strand(const run_t *r, const pool_t *pool)
{
    for (size_t i = 1; i < pool->n; i++)
        if (pool->items[i].reverse != pool->items[0].reverse) return;
    if (pool->items[0].reverse) r->tally->n_antisense++;
    else r->tally->n_sense++;
}

/* Weighs the candidates (sorted by target) and stages the fragment. */
static til_status_t stage(til_ctx_t *ctx, const run_t *r, const til_mate_t *mates,
                          const pool_t *pool, int best)
{
    til_map_space_t *s = r->space;
    size_t n = 0, kept = 0;
    double most = 0;

    for (size_t i = 0; i < pool->n; i++) {
        const candidate_t *c = &pool->items[i];
        double weight = s->mismatch_weight[c->cost - best] * length_weight(r, mates, c);
        if (n > 0 && s->targets[n - 1] == c->target) {
            if (weight > s->shares[n - 1]) s->shares[n - 1] = weight;
        } else {
            s->targets[n] = c->target;
            s->shares[n++] = weight;
        }
        if (weight > most) most = weight;
    }
    for (size_t i = 0; i < n; i++) {
        if (s->shares[i] < LEAST_SHARE * most) continue;
        s->targets[kept] = s->targets[i];
        s->shares[kept++] = s->shares[i];
    }
    return til_staged_add(ctx, r->staged, s->targets, s->shares, kept);
}

static void note_bias(const run_t *r, const pool_t *pool)
{
    const candidate_t *c = &pool->items[0];

    for (size_t i = 1; i < pool->n; i++)
        if (pool->items[i].cost < c->cost) c = &pool->items[i];
    if (c->mates != 3) return;
    int start = c->reverse ? c->at[1] : c->at[0];
    til_bias_count(r->space->bias, r->index, c->target, start, c->fragment);
}

/* The verdict on one fragment whose candidates are in the pool. */
static til_status_t conclude(til_ctx_t *ctx, const run_t *r, const til_mate_t *mates, int best)
{
    pool_t *pool = &r->space->pool;
    til_tally_t *t = r->tally;

    if (pool->capped) t->n_capped++;
    if (best > GOOD || (r->n_mates == 2 && pool->items[0].mates != 3)) {
        int against = cost_against_strand(r, mates);
        if (against < best || best == TIL_COST_NONE) {
            if (against < TIL_COST_NONE) t->n_against_strand++;
            else t->n_unmapped++;
            return TIL_OK;
        }
    }
    if (!drop_worse(r, pool, best)) {
        t->n_decoy++;
        return TIL_OK;
    }
    if (r->n_mates == 2 && pool->items[0].mates != 3) t->n_orphans++;
    else t->n_mapped++;
    note_strand(r, pool);
    learn_length(r, pool, best);
    if (r->m->lengths == NULL) return TIL_OK;
    sort_pool(pool);
    if (r->m->collect_bias) note_bias(r, pool);
    return stage(ctx, r, mates, pool, best);
}

/* ---- stages over a chunk ----------------------------------------------------------------- */

static til_status_t pack_chunk(til_ctx_t *ctx, const run_t *r, const til_fastq_batch_t *batch,
                               size_t from, size_t n)
{
    til_status_t status = TIL_OK;
    til_map_space_t *s = r->space;
    size_t need = 0, used = 0;

    for (size_t i = 0; i < n; i++)
        for (int m = 0; m < r->n_mates; m++)
            need += til_read_words(batch->reads[m][from + i].length);
    TIL_TRY(til_grow(ctx, &s->words, &s->words_capacity, need + 1, sizeof *s->words));
    for (size_t i = 0; i < n; i++)
        for (int m = 0; m < r->n_mates; m++) {
            const til_read_t *read = &batch->reads[m][from + i];
            til_tally_t *t = r->tally;
            til_read_pack(read->bases, read->length, s->words + used, &s->mates[i][m].read);
            used += til_read_words(read->length);
            t->n_clipped_long += read->length > TIL_READ_MAX;
            t->n_short_reads += read->length < r->index->k;
            t->n_bases += read->length;
            if (t->n_reads++ == 0) t->shortest_read = t->longest_read = read->length;
            if (read->length > t->longest_read) t->longest_read = read->length;
            if (read->length < t->shortest_read) t->shortest_read = read->length;
        }
done:
    return status;
}

static void look_up(const run_t *r, size_t n)
{
    const til_index_t *index = r->index;
    til_map_space_t *s = r->space;
    bool probed[CHUNK][2];

    for (size_t i = 0; i < n; i++)
        for (int m = 0; m < r->n_mates; m++) {
            til_mate_t *mate = &s->mates[i][m];
            s->seeds[i][m].n = -1;
            s->seeds[i][m].next = 0;
            probed[i][m] = til_seed_first(index, mate);
            if (probed[i][m]) __builtin_prefetch(&index->table[mate->cursor]);
        }
    for (size_t i = 0; i < n; i++)
        for (int m = 0; m < r->n_mates; m++) {
            til_mate_t *mate = &s->mates[i][m];
            if (!probed[i][m] || !(probed[i][m] = til_seed_probe(index, mate))) continue;
            uint64_t position = mate->slot & ((1ULL << index->position_bits) - 1);
            uint64_t unitig = mate->slot >> index->position_bits &
                              ((1ULL << index->unitig_bits) - 1);
            __builtin_prefetch(&index->bases[position >> 5]);
            __builtin_prefetch(&index->unitigs[unitig]);
        }
    for (size_t i = 0; i < n; i++)
        for (int m = 0; m < r->n_mates; m++) {
            til_mate_t *mate = &s->mates[i][m];
            if (probed[i][m] && til_seed_verify(index, mate))
                __builtin_prefetch(&index->places[index->unitigs[mate->unitig].first_place]);
            else til_seeds_make(index, mate, &s->seeds[i][m]);
        }
    for (size_t i = 0; i < n; i++)
        for (int m = 0; m < r->n_mates; m++)
            if (s->mates[i][m].found) {
                uint32_t place = index->unitigs[s->mates[i][m].unitig].first_place;
                __builtin_prefetch(&index->starts[index->places[place].target]);
            }
}

/* Joins the lists of all fragments of the chunk and asks for the bases they point to. */
static til_status_t join_chunk(til_ctx_t *ctx, const run_t *r, size_t n)
{
    til_status_t status = TIL_OK;
    const til_index_t *index = r->index;
    til_map_space_t *s = r->space;

    s->first[0] = 0;
    for (size_t i = 0; i < n; i++) {
        til_mate_t *mates = s->mates[i];
        size_t first = s->first[i];
        for (int m = 0; m < r->n_mates; m++) {
            if (mates[m].found) til_seed_places(index, &mates[m]);
            if (mates[m].found && mates[m].n_places > LONG_LIST)
                find_any_seed(index, &mates[m], &s->seeds[i][m]);
        }
        TIL_TRY(til_grow(ctx, &s->joined, &s->joined_capacity, first + MAX_CANDIDATES,
                         sizeof *s->joined));
        pool_t pool = { .items = s->joined + first };
        if (r->n_mates == 1 && mates[0].found) alone(index, &mates[0], 0, r->m->strand, &pool);
        if (r->n_mates == 2 && mates[0].found && mates[1].found)
            join(index, &mates[0], &mates[1], r->m->strand, &pool);
        for (size_t c = 0; c < pool.n && c < 16; c++) {
            uint64_t start = index->starts[pool.items[c].target];
            for (int m = 0; m < r->n_mates; m++)
                __builtin_prefetch(
                    &index->bases[(uint64_t)((int64_t)start + pool.items[c].at[m]) >> 5]);
        }
        s->first[i + 1] = first + pool.n;
    }
done:
    return status;
}

static til_status_t settle_chunk(til_ctx_t *ctx, const run_t *r, size_t n)
{
    til_map_space_t *s = r->space;
    pool_t *pool = &s->pool;

    for (size_t i = 0; i < n; i++) {
        til_mate_t *mates = s->mates[i];
        int best, k = (int)r->index->k;
        if (mates[0].read.length < k && (r->n_mates == 1 || mates[1].read.length < k)) {
            r->tally->n_too_short++;
            continue;
        }
        pool->n = s->first[i + 1] - s->first[i];
        pool->capped = pool->n == MAX_CANDIDATES;
        memcpy(pool->items, s->joined + s->first[i], pool->n * sizeof *pool->items);
        best = score_pool(r, mates, pool, 0, false);
        if (best > GOOD) best = search_on(r, mates, s->seeds[i], best);
        til_status_t status = conclude(ctx, r, mates, best);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

til_status_t til_map_batch(til_ctx_t *ctx, const til_mapping_t *mapping, til_map_space_t *space,
                           const til_fastq_batch_t *batch, til_staged_t *staged, til_tally_t *tally)
{
    til_status_t status = TIL_OK;
    bool paired = batch->n > 0 && batch->reads[1] != NULL;
    run_t r = { .m = mapping,
                .index = mapping->index,
                .space = space,
                .staged = staged,
                .tally = tally,
                .n_mates = paired ? 2 : 1 };

    staged->n = staged->n_members = 0;
    for (size_t from = 0; from < batch->n; from += CHUNK) {
        size_t n = batch->n - from < CHUNK ? batch->n - from : CHUNK;
        TIL_TRY(pack_chunk(ctx, &r, batch, from, n));
        look_up(&r, n);
        TIL_TRY(join_chunk(ctx, &r, n));
        TIL_TRY(settle_chunk(ctx, &r, n));
    }
done:
    return status;
}
