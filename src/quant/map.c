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
#include "quant/rescue.h"
#include "quant/score.h"
#include "quant/seed.h"

enum {
    CHUNK = 64,
    GOOD = 3,          /* mismatches of a pair that need no second look       */
    MORE_SEEDS = 8,    /* further seeds tried per mate                        */
    LONG_LIST = 256,   /* places: look for a rarer seed                       */
    MANY = 512,        /* candidates: further seeds add no more               */
    CROWDED = 4096,    /* places in repeats of one target: the same           */
    FEW_MISMATCHES = 2 /* pairs that teach the fragment length have no more   */
};
#define MISMATCH_WEIGHT 5.0
#define LEAST_SHARE     1e-3

struct til_map_space {
    til_mate_t mates[CHUNK][2];
    til_seeds_t seeds[CHUNK][2];
    size_t first[CHUNK + 1]; /* joined candidates of a fragment, in `joined` */
    size_t n_crowded[CHUNK];
    bool skipped[CHUNK], capped[CHUNK];
    til_pool_t joined; /* of all fragments of the chunk                */
    til_pool_t pool, extra;
    til_crowd_t *crowd;
    til_rescue_t rescue;
    uint64_t *words; /* packed reads of the chunk                    */
    size_t words_capacity;
    uint32_t *targets; /* of the fragment that is staged               */
    double *shares;
    size_t targets_capacity, shares_capacity;
    double mismatch_weight[64];
    til_bias_counts_t *bias;
};

/* What stays the same while a batch is mapped. */
typedef struct {
    const til_mapping_t *m;
    const til_index_t *index;
    til_joining_t joining;
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
    s->bias = til_array_zero(1, sizeof *s->bias);
    til_status_t status = s->bias == NULL ? til_no_memory(ctx, 1, "bias counts")
                                          : til_crowd_new(ctx, &s->crowd);
    if (status != TIL_OK) {
        til_map_space_free(s);
        return status;
    }
    for (int i = 0; i < 64; i++) s->mismatch_weight[i] = exp(-MISMATCH_WEIGHT * i);
    *out = s;
    return TIL_OK;
}

void til_map_space_free(til_map_space_t *s)
{
    if (s == NULL) return;
    free(s->joined.items);
    free(s->pool.items);
    free(s->extra.items);
    til_crowd_free(s->crowd);
    free(s->words);
    free(s->targets);
    free(s->shares);
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
    sum->n_orphans_dropped += more->n_orphans_dropped;
    sum->n_clipped_dropped += more->n_clipped_dropped;
    sum->n_clipped += more->n_clipped;
    for (int m = 0; m < 2; m++) {
        sum->n_lost[m] += more->n_lost[m];
        sum->n_clipped_at[m] += more->n_clipped_at[m];
    }
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

static inline int score_mate(const run_t *r, const til_mate_t *mates, const til_seed_candidate_t *c,
                             int which, bool thorough, unsigned *clipped)
{
    int reverse = which == 0 ? c->reverse : !c->reverse, cost;
    const til_packed_t *read = &mates[which].read;

    if (thorough)
        return til_score_thorough(r->index, read, reverse, c->target, c->at[which], c->fragment,
                                  !r->m->drop_clipped, clipped);
    cost = til_score_plain(r->index, read, reverse, c->target, c->at[which], c->fragment);
    return cost > til_cost_limit(read->length) ? TIL_COST_NONE : cost;
}

/* Scores the candidates that are not yet scored or (thorough) fit badly; returns the best cost. */
static int score_pool(const run_t *r, const til_mate_t *mates, til_pool_t *pool, bool thorough)
{
    int best = TIL_COST_NONE;

    for (size_t i = 0; i < pool->n; i++) {
        til_seed_candidate_t *c = &pool->items[i];
        if (c->cost == TIL_COST_UNKNOWN || (thorough && c->cost > GOOD)) {
            unsigned clipped = 0;
            c->cost = 0;
            if (c->mates & 1) c->cost = score_mate(r, mates, c, 0, thorough, &clipped);
            if (c->mates & 2 && c->cost < TIL_COST_NONE)
                c->cost += score_mate(r, mates, c, 1, thorough, &clipped);
            if (c->cost > TIL_COST_NONE) c->cost = TIL_COST_NONE;
            c->clipped = (uint8_t)clipped;
        }
        if (c->cost < best) best = c->cost;
    }
    return best;
}

static void empty(til_pool_t *pool)
{
    pool->n = pool->first = pool->n_crowded = 0;
    pool->capped = pool->skipped = pool->no_memory = false;
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

/* True when there are so many places that further seeds would only cost time. */
static bool is_plenty(const til_pool_t *pool)
{
    return pool->n >= MANY || pool->n_crowded >= CROWDED;
}

/* Walks the further seeds of mate `which`, the other standing still, until something fits well. */
static int walk_seeds(const run_t *r, const til_mate_t *mates, const til_seeds_t *seeds, int which,
                      int best)
{
    til_map_space_t *s = r->space;
    til_mate_t moved = mates[which];
    til_seeds_t walk = *seeds;

    for (int i = 0; i < MORE_SEEDS && best > GOOD && !is_plenty(&s->pool); i++) {
        if (!til_seed_next(r->index, &moved, &walk)) break;
        empty(&s->extra);
        if (r->n_mates == 1) til_candidates_alone(&r->joining, &moved, 0, &s->extra);
        else
            til_candidates_join(&r->joining, which == 0 ? &moved : &mates[0],
                                which == 1 ? &moved : &mates[1], &s->extra);
        til_candidates_merge(&s->pool, &s->extra);
        best = score_pool(r, mates, &s->pool, false);
    }
    return best;
}

/* Searches the lost mate of each orphan that fits about as well as the best. Where some become
 * pairs these win over orphans. */
static int rescue(const run_t *r, const til_mate_t *mates, int best)
{
    til_map_space_t *s = r->space;
    bool any = false;

    for (int lost = 0; lost < 2; lost++) {
        if (mates[lost].read.length < (int)r->index->k) continue;
        til_rescue_begin(&s->rescue, r->index, r->m->lengths, mates, lost);
        for (size_t i = 0; i < s->pool.n; i++) {
            til_seed_candidate_t *c = &s->pool.items[i];
            if (c->mates == 1 << !lost && c->cost <= best + 1)
                any |= til_rescue_mate(&s->rescue, c);
        }
        s->pool.capped |= s->rescue.full;
    }
    if (!any) return best;
    for (size_t i = 0; i < s->pool.n; i++)
        if (s->pool.items[i].mates != 3) s->pool.items[i].cost = TIL_COST_NONE;
    best = score_pool(r, mates, &s->pool, false);
    return best < TIL_COST_NONE ? best : score_pool(r, mates, &s->pool, true);
}

/* Both mates by themselves. */
static int try_orphans(const run_t *r, const til_mate_t *mates, const til_seeds_t *seeds)
{
    til_map_space_t *s = r->space;
    int best = TIL_COST_NONE;

    s->pool.n = 0;
    for (int which = 0; which < 2; which++) {
        if (!mates[which].found) continue;
        til_mate_t moved = mates[which];
        til_seeds_t walk = seeds[which];
        int found_at = best;
        for (int i = 0; i < MORE_SEEDS && !is_plenty(&s->pool); i++) {
            empty(&s->extra);
            til_candidates_alone(&r->joining, &moved, which, &s->extra);
            til_candidates_merge(&s->pool, &s->extra);
            best = score_pool(r, mates, &s->pool, false);
            if ((best <= GOOD && best < found_at) || !til_seed_next(r->index, &moved, &walk)) break;
        }
    }
    if (best > GOOD) best = score_pool(r, mates, &s->pool, true);
    return best == TIL_COST_NONE ? best : rescue(r, mates, best);
}

/* The cost at which the fragment would fit if the library type did not forbid it. */
static int cost_against_strand(const run_t *r, const til_mate_t *mates)
{
    til_read_strand_t other = r->m->strand == TIL_STRAND_FORWARD ? TIL_STRAND_REVERSE
                                                                 : TIL_STRAND_FORWARD;
    til_pool_t *pool = &r->space->extra;
    til_joining_t joining = r->joining;

    if (r->m->strand == TIL_STRAND_EITHER) return TIL_COST_NONE;
    joining.strand = other;
    empty(pool);
    if (r->n_mates == 2 && mates[0].found && mates[1].found)
        til_candidates_join(&joining, &mates[0], &mates[1], pool);
    else
        for (int which = 0; which < r->n_mates; which++)
            if (mates[which].found) til_candidates_alone(&joining, &mates[which], which, pool);
    return score_pool(r, mates, pool, false);
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
        if (s->pool.n == 0) til_candidates_alone(&r->joining, &mates[0], 0, &s->pool);
        best = score_pool(r, mates, &s->pool, false);
        best = walk_seeds(r, mates, &seeds[0], 0, best);
        return best > GOOD ? score_pool(r, mates, &s->pool, true) : best;
    }
    if (mates[0].found && mates[1].found) {
        if (s->pool.n == 0) til_candidates_join(&r->joining, &mates[0], &mates[1], &s->pool);
        best = score_pool(r, mates, &s->pool, false);
        best = walk_seeds(r, mates, &seeds[0], 0, best);
        best = walk_seeds(r, mates, &seeds[1], 1, best);
        if (best > GOOD) best = score_pool(r, mates, &s->pool, true);
    }
    return best < TIL_COST_NONE ? best : try_orphans(r, mates, seeds);
}

/* ---- what a fragment says ---------------------------------------------------------------- */

/* The chance of a fragment that begins (ends) here and is as long as it is, or fits at all. */
static double length_weight(const run_t *r, const til_mate_t *mates, const til_seed_candidate_t *c)
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
static bool drop_worse(const run_t *r, til_pool_t *pool, int best)
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

/* While lengths are learnt: notes the fragment's length where all candidates agree on it. */
static void learn_length(const run_t *r, const til_pool_t *pool, int best)
{
    int fragment = pool->items[0].fragment;

    if (fragment == 0 || best > FEW_MISMATCHES) return;
    for (size_t i = 1; i < pool->n; i++)
        if (pool->items[i].fragment != fragment) return;
    r->tally->lengths[fragment]++;
}

static void note_strand(const run_t *r, const til_pool_t *pool)
{
    for (size_t i = 1; i < pool->n; i++)
        if (pool->items[i].reverse != pool->items[0].reverse) return;
    if (pool->items[0].reverse) r->tally->n_antisense++;
    else r->tally->n_sense++;
}

/* Weighs the candidates (sorted by target) and stages the fragment. */
static til_status_t stage(til_ctx_t *ctx, const run_t *r, const til_mate_t *mates,
                          const til_pool_t *pool, int best)
{
    til_map_space_t *s = r->space;
    size_t n = 0, kept = 0;
    double most = 0;
    til_status_t status = til_grow(ctx, &s->targets, &s->targets_capacity, pool->n,
                                   sizeof *s->targets);

    if (status == TIL_OK)
        status = til_grow(ctx, &s->shares, &s->shares_capacity, pool->n, sizeof *s->shares);
    if (status != TIL_OK) return status;
    for (size_t i = 0; i < pool->n; i++) {
        const til_seed_candidate_t *c = &pool->items[i];
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

/* Counts the ends that were seen of the best candidate's fragment: both of a pair, that of a single
 * read, whose fragment is taken to be of the mean length. */
static void note_bias(const run_t *r, const til_mate_t *mates, const til_pool_t *pool)
{
    const til_seed_candidate_t *c = &pool->items[0];

    for (size_t i = 1; i < pool->n; i++)
        if (pool->items[i].cost < c->cost) c = &pool->items[i];
    if (c->mates == 3) {
        til_bias_count(r->space->bias, r->index, c->target, c->reverse ? c->at[1] : c->at[0],
                       c->fragment, TIL_BIAS_BOTH);
    } else if (r->n_mates == 1) {
        int length = (int)lrint(r->m->lengths->mean), end = c->at[0] + mates[0].read.length;
        til_bias_count(r->space->bias, r->index, c->target, c->reverse ? end - length : c->at[0],
                       length, c->reverse ? TIL_BIAS_THREE : TIL_BIAS_FIVE);
    }
}

/* Counts the mates that fit nowhere and the clips of the best candidate: what they have in common
 * tells where they come from. */
static void note_parts(const run_t *r, const til_mate_t *mates, const til_pool_t *pool, int best)
{
    const til_seed_candidate_t *c = &pool->items[0];

    for (size_t i = 1; i < pool->n && c->cost != best; i++) c = &pool->items[i];
    if (r->n_mates == 2 && c->mates != 3) {
        int lost = c->mates == 1;
        if (mates[lost].read.length >= (int)r->index->k) r->tally->n_lost[lost]++;
    }
    if ((c->clipped & (TIL_CLIPPED_START | TIL_CLIPPED_END)) == 0) return;
    r->tally->n_clipped++;
    r->tally->n_clipped_at[0] += (c->clipped & TIL_CLIPPED_START) != 0;
    r->tally->n_clipped_at[1] += (c->clipped & TIL_CLIPPED_END) != 0;
}

/* True for a pair of which one mate has bases enough and fits nowhere. */
static bool is_orphan(const run_t *r, const til_mate_t *mates, const til_pool_t *pool)
{
    const til_seed_candidate_t *c = &pool->items[0];
    return r->n_mates == 2 && c->mates != 3 && mates[c->mates == 1].read.length >= (int)r->index->k;
}

static bool clip_was_refused(const til_pool_t *pool)
{
    for (size_t i = 0; i < pool->n; i++)
        if (pool->items[i].clipped & TIL_CLIP_REFUSED) return true;
    return false;
}

/* Why a fragment without a fit has none. */
static void count_unmapped(const run_t *r, const til_pool_t *pool, int against)
{
    if (against < TIL_COST_NONE) r->tally->n_against_strand++;
    else if (pool->skipped) r->tally->n_capped++;
    else if (clip_was_refused(pool)) r->tally->n_clipped_dropped++;
    else r->tally->n_unmapped++;
}

/* The verdict on one fragment whose candidates are in the pool. */
static til_status_t conclude(til_ctx_t *ctx, const run_t *r, const til_mate_t *mates, int best)
{
    til_pool_t *pool = &r->space->pool;
    til_tally_t *t = r->tally;

    if (pool->no_memory) return til_no_memory(ctx, pool->n, "candidates");
    if (pool->capped) {
        t->n_capped++;
        return TIL_OK;
    }
    if (best > GOOD || (r->n_mates == 2 && pool->items[0].mates != 3)) {
        int against = cost_against_strand(r, mates);
        if (against < best || best == TIL_COST_NONE) {
            count_unmapped(r, pool, against);
            return TIL_OK;
        }
    }
    if (!drop_worse(r, pool, best)) {
        t->n_decoy++;
        return TIL_OK;
    }
    if (r->m->drop_orphans && is_orphan(r, mates, pool)) {
        t->n_orphans_dropped++;
        return TIL_OK;
    }
    if (r->n_mates == 2 && pool->items[0].mates != 3) t->n_orphans++;
    else t->n_mapped++;
    note_parts(r, mates, pool, best);
    note_strand(r, pool);
    learn_length(r, pool, best);
    if (r->m->lengths == NULL) return TIL_OK;
    til_candidates_sort(pool);
    if (r->m->collect_bias) note_bias(r, mates, pool);
    return stage(ctx, r, mates, pool, best);
}

/* ---- stages over a chunk ----------------------------------------------------------------- */

static void note_read(til_tally_t *t, uint64_t length)
{
    t->n_bases += length;
    if (t->n_reads++ == 0) t->shortest_read = t->longest_read = length;
    if (length > t->longest_read) t->longest_read = length;
    if (length < t->shortest_read) t->shortest_read = length;
}

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
            const til_fastq_read_t *read = &batch->reads[m][from + i];
            til_tally_t *t = r->tally;
            til_read_pack(read->bases, read->length, s->words + used, &s->mates[i][m].read);
            used += til_read_words(read->length);
            t->n_clipped_long += read->length > TIL_READ_MAX;
            t->n_short_reads += read->length < r->index->k;
            note_read(t, read->length);
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
static void join_chunk(const run_t *r, size_t n)
{
    const til_index_t *index = r->index;
    til_map_space_t *s = r->space;

    s->joined.n = s->first[0] = 0;
    for (size_t i = 0; i < n; i++) {
        til_mate_t *mates = s->mates[i];
        til_pool_t *pool = &s->joined;
        pool->first = pool->n;
        pool->n_crowded = 0;
        pool->capped = pool->skipped = pool->no_memory = false;
        for (int m = 0; m < r->n_mates; m++) {
            if (mates[m].found) til_seed_places(index, &mates[m]);
            if (mates[m].found && mates[m].n_places > LONG_LIST)
                find_any_seed(index, &mates[m], &s->seeds[i][m]);
        }
        if (r->n_mates == 1 && mates[0].found)
            til_candidates_alone(&r->joining, &mates[0], 0, pool);
        if (r->n_mates == 2 && mates[0].found && mates[1].found)
            til_candidates_join(&r->joining, &mates[0], &mates[1], pool);
        for (size_t c = pool->first; c < pool->n && c < pool->first + 16; c++) {
            uint64_t start = index->starts[pool->items[c].target];
            for (int m = 0; m < r->n_mates; m++)
                __builtin_prefetch(
                    &index->bases[(uint64_t)((int64_t)start + pool->items[c].at[m]) >> 5]);
        }
        s->first[i + 1] = pool->n;
        s->n_crowded[i] = pool->n_crowded;
        s->skipped[i] = pool->skipped;
        s->capped[i] = pool->capped;
    }
}

/* Copies the joined candidates of fragment i into the pool. */
static til_status_t take_joined(til_ctx_t *ctx, til_map_space_t *s, size_t i)
{
    size_t n = s->first[i + 1] - s->first[i];
    til_status_t status = til_grow(ctx, &s->pool.items, &s->pool.capacity, n + 1,
                                   sizeof *s->pool.items);

    if (status != TIL_OK) return status;
    empty(&s->pool);
    if (n > 0) memcpy(s->pool.items, s->joined.items + s->first[i], n * sizeof *s->pool.items);
    s->pool.n = n;
    s->pool.n_crowded = s->n_crowded[i];
    s->pool.skipped = s->skipped[i];
    s->pool.capped = s->capped[i];
    return TIL_OK;
}

static til_status_t settle_chunk(til_ctx_t *ctx, const run_t *r, size_t n)
{
    til_status_t status = TIL_OK;
    til_map_space_t *s = r->space;

    for (size_t i = 0; i < n; i++) {
        til_mate_t *mates = s->mates[i];
        int best, k = (int)r->index->k;
        if (mates[0].read.length < k && (r->n_mates == 1 || mates[1].read.length < k)) {
            r->tally->n_too_short++;
            continue;
        }
        TIL_TRY(take_joined(ctx, s, i));
        best = score_pool(r, mates, &s->pool, false);
        if (best > GOOD) best = search_on(r, mates, s->seeds[i], best);
        TIL_TRY(conclude(ctx, r, mates, best));
    }
done:
    return status;
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

    r.joining = (til_joining_t){ .index = mapping->index,
                                 .lengths = mapping->lengths,
                                 .strand = mapping->strand,
                                 .crowd = space->crowd };

    staged->n = staged->n_members = 0;
    for (size_t from = 0; from < batch->n; from += CHUNK) {
        size_t n = batch->n - from < CHUNK ? batch->n - from : CHUNK;
        TIL_TRY(pack_chunk(ctx, &r, batch, from, n));
        look_up(&r, n);
        join_chunk(&r, n);
        TIL_TRY(settle_chunk(ctx, &r, n));
    }
done:
    return status;
}

/* ---- fragments aligned elsewhere ------------------------------------------------------------- */

til_status_t til_map_aligned(til_ctx_t *ctx, const til_mapping_t *mapping, til_map_space_t *s,
                             const til_pool_t *from, const til_aligned_t *fragment,
                             til_staged_t *staged, til_tally_t *tally)
{
    run_t r = { .m = mapping,
                .index = mapping->index,
                .space = s,
                .staged = staged,
                .tally = tally,
                .n_mates = fragment->n_mates };
    til_mate_t *mates = s->mates[0];
    int best = TIL_COST_NONE, against = TIL_COST_NONE;
    til_status_t status = til_grow(ctx, &s->pool.items, &s->pool.capacity, fragment->n + 1,
                                   sizeof *s->pool.items);

    if (status != TIL_OK) return status;
    empty(&s->pool);
    for (int m = 0; m < fragment->n_mates; m++) {
        mates[m].found = false;
        mates[m].read.length = fragment->length[m];
        if (fragment->length[m] > 0) note_read(tally, (uint64_t)fragment->length[m]);
    }
    for (size_t i = 0; i < fragment->n; i++) {
        const til_seed_candidate_t *c = &from->items[fragment->first + i];
        bool fits = til_strand_fits(mapping->strand, c->reverse);
        int *least = fits ? &best : &against;
        if (c->cost < *least) *least = c->cost;
        if (fits) s->pool.items[s->pool.n++] = *c;
    }
    if (against < best || best == TIL_COST_NONE) {
        count_unmapped(&r, &s->pool, against);
        return TIL_OK;
    }
    return conclude(ctx, &r, mates, best);
}
