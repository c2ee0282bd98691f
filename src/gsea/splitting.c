/* splitting.c -- tails of the null distribution by plain draws and multilevel splitting.
 *
 * Plain random sets of size k are drawn in doubling batches until ENOUGH_HITS reach the score, at
 * most MOST_DRAWS of them: p = (b + 1) / (m + 1) over the m sets on the side. What these do not tell
 * is told by splitting from the score e_s that FROM_HITS of them reach:
 *
 *     p(e) = p(e_s) mean_r P_r(e) / P_r(e_s) .
 *
 * Replicate r holds N_WALKERS sets. At each level those below the upper quarter of the values are
 * replaced by copies of the others, and all make MOVES Metropolis steps (some members change for
 * others) that may not fall below the level; P_r is the product of the shares that survived. Levels
 * are values of sets, so that a lattice of tied values is climbed point by point. The value of a set
 * is its score on this side, or, where its score is on the other side, the (negative) sum of its
 * extremes, which leads a walk across. Replicates are independent: their spread is the error. A p
 * below 1e-50 is given as an upper bound.
 *
 * Source:  Cerou & Guyader (2007), Stoch. Anal. Appl. 25:417; Korotkevich et al. (2021), bioRxiv
 *          060012v3, for the walk over sets of genes.
 * Agrees:  exact tails of rankings with few values to 1e-30, within its error (tests/laws).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "gsea/permute.h"
#include "gsea/splitting.h"
#include "math/order.h"

enum {
    FIRST_DRAWS = 1 << 14,
    MOST_DRAWS = 1 << 20,
    MOST_WORK = 300000000, /* draws times size: large sets get fewer draws              */
    ENOUGH_HITS = 400,     /* p is then known to 5 %                                    */
    FROM_HITS = 400,       /* splitting begins where so many are left                   */
    LEAST_HITS = 50,       /* plain draws alone tell p to 14 %                          */
    GRAIN = 256,           /* draws of one task                                         */
    N_REPLICATES = 8,
    N_WALKERS = 400, /* at most; sets of more than MOST_MEMBERS / N_WALKERS genes have fewer */
    LEAST_WALKERS = 150,
    MOST_MEMBERS = 60000, /* of all walkers                                             */
    MOVES = 12
};

#define LOWEST_LOG_P (-50 * 2.302585092994046) /* below 1e-50 a bound is given     */
#define SURVIVORS    0.25 /* share of the walkers a level is chosen to leave             */
#define FEW_MOVES    0.15 /* accepted: smaller steps                                     */
#define MANY_MOVES   0.4  /* accepted: larger steps                                      */

/* What a level is set on (head of this file). */
static double value_of(const til_null_curve_t *curve, double highest, double lowest)
{
    double here = curve->up ? -lowest : highest, there = curve->up ? highest : -lowest;
    if (curve->one_sided || here >= there - TIL_SCORE_TOLERANCE) return here;
    return here - there;
}

/* ---- plain draws --------------------------------------------------------------------------- */

typedef struct {
    const til_null_plan_t *plan;
    const til_null_curve_t *curve;
    size_t first;
    til_subset_t *subset; /* by worker                                                 */
    double *value;        /* one per draw                                              */
} draws_t;

static til_dice_t dice_for(const til_null_plan_t *plan, const til_null_curve_t *curve,
                           uint64_t stream, size_t item)
{
    til_dice_t dice;
    til_dice_set(&dice, til_rng_stream(plan->seed, stream,
                                       (uint64_t)plan->order->down.n << 32 |
                                           (uint64_t)curve->size << 1 | (uint64_t)curve->up,
                                       item));
    return dice;
}

static til_status_t draw_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    draws_t *job = arg;
    (void)ctx;
    for (size_t i = begin; i < end; i++) {
        til_dice_t dice = dice_for(job->plan, job->curve, TIL_STREAM_PLAIN, job->first + i);
        double highest, lowest;
        til_subset_grow(&job->subset[worker], &dice, job->curve->size);
        til_subset_extremes_and_empty(&job->subset[worker], &highest, &lowest);
        job->value[i] = value_of(job->curve, highest, lowest);
    }
    return TIL_OK;
}

/* The plain draws so far: values ascending (after `settle`). */
typedef struct {
    size_t n, n_side;
    double *value;
} sample_t;

static size_t count_reaching(const sample_t *sample, double e)
{
    size_t low = 0, high = sample->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sample->value[middle] < e - TIL_SCORE_TOLERANCE) low = middle + 1;
        else high = middle;
    }
    return sample->n - low;
}

static void answer_plainly(const sample_t *sample, size_t hits, til_tail_query_t *query)
{
    double p = ((double)hits + 1) / ((double)sample->n_side + 1);
    query->log_p = log(p);
    query->variance = (1 - p + 1 / ((double)sample->n_side + 1)) / ((double)hits + 1);
}

static size_t most_draws(int size)
{
    size_t by_work = (size_t)(MOST_WORK / size);
    return by_work < FIRST_DRAWS ? FIRST_DRAWS : by_work < MOST_DRAWS ? by_work : MOST_DRAWS;
}

/* Draws until every query has enough hits or the draws are used up; those that have them are
 * answered. Queries are ascending, so that the answered ones are the first *n_done. */
static til_status_t draw_plainly(til_ctx_t *ctx, draws_t *job, til_tail_query_t *queries, size_t n,
                                 sample_t *sample, size_t *n_done)
{
    size_t most = most_draws(job->curve->size);

    *n_done = 0;
    sample->value = til_array(most, sizeof *sample->value);
    if (sample->value == NULL) return til_no_memory(ctx, most, "random scores");
    for (size_t next = FIRST_DRAWS; *n_done < n && sample->n < most; next = 2 * sample->n) {
        if (next > most) next = most;
        job->first = sample->n;
        job->value = sample->value + sample->n;
        til_status_t status = til_parallel_for(ctx, next - sample->n, GRAIN, draw_range, job);
        if (status != TIL_OK) return status;
        sample->n = next;
        til_sort(next, sample->value);
        sample->n_side = count_reaching(sample, 0);
        for (; *n_done < n; (*n_done)++) {
            size_t hits = count_reaching(sample, queries[*n_done].score);
            if (hits < ENOUGH_HITS) break;
            answer_plainly(sample, hits, &queries[*n_done]);
        }
    }
    for (; *n_done < n; (*n_done)++) {
        size_t hits = count_reaching(sample, queries[*n_done].score);
        if (hits < LEAST_HITS) break;
        answer_plainly(sample, hits, &queries[*n_done]);
    }
    return TIL_OK;
}

/* ---- splitting --------------------------------------------------------------------------------
 */

/* One replicate: N_WALKERS sets of `size` positions and their values. */
typedef struct {
    const til_null_curve_t *curve;
    til_subset_t subset;
    til_dice_t dice;
    int size, n_walkers;
    int change;    /* members that one move exchanges                                   */
    int *position; /* [walker * size + member]                                       */
    int *copy;     /* the positions of the last level                                */
    double value[N_WALKERS], sorted[N_WALKERS]; /* n_walkers of them               */
    double log_p; /* of the level the walkers are on                                */
    double level;
    int n_levels;
} replicate_t;

static int n_walkers(int size)
{
    int most = MOST_MEMBERS / size;
    return most > N_WALKERS ? N_WALKERS : most < LEAST_WALKERS ? LEAST_WALKERS : most;
}

static void load(replicate_t *r, int walker)
{
    const int *position = r->position + (size_t)walker * (size_t)r->size;
    til_subset_empty(&r->subset);
    for (int i = 0; i < r->size; i++) til_subset_add(&r->subset, position[i]);
}

static double current_value(const replicate_t *r)
{
    double highest, lowest;
    til_subset_extremes(&r->subset, &highest, &lowest);
    return value_of(r->curve, highest, lowest);
}

static void draw_walker(replicate_t *r, int walker)
{
    int *position = r->position + (size_t)walker * (size_t)r->size;
    til_subset_empty(&r->subset);
    til_subset_grow(&r->subset, &r->dice, r->size);
    til_subset_list(&r->subset, position);
    r->value[walker] = current_value(r);
}

/* One exchange of r->change members; true when it does not fall below the level. */
static bool move(replicate_t *r, int walker)
{
    int *position = r->position + (size_t)walker * (size_t)r->size;
    int n = r->subset.walk->n, change = r->change;
    int *out = r->copy; /* free while walkers move */

    /* a random choice of members comes to the front */
    for (int i = 0; i < change; i++) {
        int j = i + (int)til_dice_below(&r->dice, (uint32_t)(r->size - i)), swap = position[j];
        position[j] = position[i];
        position[i] = swap;
        out[i] = swap;
        til_subset_remove(&r->subset, swap);
    }
    /* sets that came out may come back: proposals go both ways with one probability */
    for (int i = 0; i < change;) {
        int in = (int)til_dice_below(&r->dice, (uint32_t)n);
        if (til_subset_has(&r->subset, in)) continue;
        til_subset_add(&r->subset, in);
        position[i++] = in;
    }
    double value = current_value(r);
    if (value >= r->level - TIL_SCORE_TOLERANCE) {
        r->value[walker] = value;
        return true;
    }
    for (int i = 0; i < change; i++) til_subset_remove(&r->subset, position[i]);
    for (int i = 0; i < change; i++) til_subset_add(&r->subset, position[i] = out[i]);
    return false;
}

static void move_all(replicate_t *r)
{
    int n_accepted = 0;
    for (int walker = 0; walker < r->n_walkers; walker++) {
        load(r, walker);
        for (int i = 0; i < MOVES; i++) n_accepted += move(r, walker);
    }
    double share = (double)n_accepted / (r->n_walkers * MOVES);
    if (share < FEW_MOVES && r->change > 1) r->change /= 2;
    if (share > MANY_MOVES && 2 * r->change <= r->size) r->change *= 2;
}

/* Puts the level where SURVIVORS of the walkers are left, at least one value higher than it was;
 * false when all walkers are at the highest value there is among them. */
static bool raise_level(replicate_t *r)
{
    memcpy(r->sorted, r->value, (size_t)r->n_walkers * sizeof *r->sorted);
    til_sort((size_t)r->n_walkers, r->sorted);
    int at = (int)((1 - SURVIVORS) * r->n_walkers);
    while (at < r->n_walkers && r->sorted[at] <= r->level + TIL_SCORE_TOLERANCE) at++;
    if (at == r->n_walkers) return false;
    r->level = r->sorted[at];
    return true;
}

/* The walkers below the level become copies of others. */
static void refill(replicate_t *r)
{
    int survivor[N_WALKERS], m = 0;
    size_t bytes = (size_t)r->size * sizeof *r->position;

    for (int w = 0; w < r->n_walkers; w++)
        if (r->value[w] >= r->level - TIL_SCORE_TOLERANCE) survivor[m++] = w;
    r->log_p += log((double)m / r->n_walkers);
    for (int w = 0; w < r->n_walkers; w++) {
        if (r->value[w] >= r->level - TIL_SCORE_TOLERANCE) continue;
        int from = survivor[til_dice_below(&r->dice, (uint32_t)m)];
        memcpy(r->position + (size_t)w * (size_t)r->size,
               r->position + (size_t)from * (size_t)r->size, bytes);
        r->value[w] = r->value[from];
    }
    r->n_levels++;
}

/* log P(value >= e) from the walkers on their level. */
static double log_reaching(const replicate_t *r, double e)
{
    int m = 0;
    for (int w = 0; w < r->n_walkers; w++) m += r->value[w] >= e - TIL_SCORE_TOLERANCE;
    return m == 0 ? -INFINITY : r->log_p + log((double)m / r->n_walkers);
}

typedef struct {
    const til_null_plan_t *plan;
    const til_null_curve_t *curve;
    const double *score; /* n, ascending                                             */
    size_t n;
    double *log_p;              /* [replicate * n + query]                                  */
    double bound[N_REPLICATES]; /* log P of the last level                                  */
    int n_levels[N_REPLICATES];
} splitting_t;

static void climb(replicate_t *r, const splitting_t *job, double *log_p)
{
    size_t q = 0;

    for (int w = 0; w < r->n_walkers; w++) draw_walker(r, w);
    while (q < job->n && r->log_p > LOWEST_LOG_P) {
        double before = r->level;
        bool higher = raise_level(r);
        /* scores up to the next level are told by the walkers as they are */
        while (q < job->n && (!higher || job->score[q] < r->level + TIL_SCORE_TOLERANCE)) {
            log_p[q] = log_reaching(r, job->score[q]);
            q++;
        }
        if (!higher) r->level = before;
        if (!higher || q == job->n) break;
        refill(r);
        move_all(r);
    }
    for (; q < job->n; q++) log_p[q] = -INFINITY;
}

static til_status_t climb_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    splitting_t *job = arg;
    til_status_t status = TIL_OK;
    const til_walk_t *walk = &job->plan->order->down;
    size_t size = (size_t)job->curve->size;
    (void)worker;

    for (size_t i = begin; i < end; i++) {
        replicate_t *r = til_array_zero(1, sizeof *r);
        int *position = til_array(N_WALKERS * size, sizeof *position);
        int *copy = til_array(size, sizeof *copy);
        status = r == NULL || position == NULL || copy == NULL
                     ? til_no_memory(ctx, N_WALKERS * size, "walking sets")
                     : til_subset_init(ctx, walk, &r->subset);
        if (status == TIL_OK) {
            r->curve = job->curve;
            r->size = job->curve->size;
            r->n_walkers = n_walkers(r->size);
            r->change = r->size > 8 ? r->size / 8 : 1;
            r->position = position;
            r->copy = copy;
            r->level = -INFINITY;
            r->dice = dice_for(job->plan, job->curve, TIL_STREAM_SPLIT, i);
            climb(r, job, job->log_p + i * job->n);
            job->bound[i] = r->log_p;
            job->n_levels[i] = r->n_levels;
        }
        if (r != NULL) til_subset_clear(&r->subset);
        free(r);
        free(position);
        free(copy);
        if (status != TIL_OK) break;
    }
    return status;
}

/* Mean and spread over the replicates of exp(log_p[q] - log_p[0]). */
static void combine(const splitting_t *job, size_t q, const til_tail_query_t *from,
                    til_tail_query_t *out)
{
    double largest = -INFINITY, mean = 0, spread = 0, levels = 0, ratio[N_REPLICATES];

    for (size_t i = 0; i < N_REPLICATES; i++) {
        ratio[i] = job->log_p[i * job->n + q] - job->log_p[i * job->n];
        largest = fmax(largest, ratio[i]);
        levels += (double)job->n_levels[i] / N_REPLICATES;
    }
    out->split = true;
    if (!isfinite(largest)) { /* nobody got there: no more likely than the highest that was seen */
        double bound = -INFINITY;
        for (size_t i = 0; i < N_REPLICATES; i++)
            bound = fmax(bound, job->bound[i] - job->log_p[i * job->n]);
        out->log_p = from->log_p + fmin(bound, 0);
        out->variance = NAN;
        return;
    }
    for (size_t i = 0; i < N_REPLICATES; i++) mean += exp(ratio[i] - largest) / N_REPLICATES;
    for (size_t i = 0; i < N_REPLICATES; i++) {
        double d = exp(ratio[i] - largest) / mean - 1;
        spread += d * d / (N_REPLICATES * (N_REPLICATES - 1));
    }
    /* no less than independent walkers would leave */
    double least = (1 / SURVIVORS - 1) * levels /
                   ((double)N_REPLICATES * n_walkers(job->curve->size));
    out->log_p = from->log_p + largest + log(mean);
    out->variance = fmax(spread, least) + from->variance;
}

/* Answers queries[0..n) by splitting from where the plain draws end. */
static til_status_t split(til_ctx_t *ctx, const til_null_plan_t *plan,
                          const til_null_curve_t *curve, const sample_t *sample,
                          til_tail_query_t *queries, size_t n)
{
    til_status_t status = TIL_OK;
    til_tail_query_t from = { 0 };
    double *score = til_array(n + 1, sizeof *score);
    splitting_t job = { .plan = plan, .curve = curve, .score = score, .n = n + 1 };

    job.log_p = til_array(N_REPLICATES * (n + 1), sizeof *job.log_p);
    if (score == NULL || job.log_p == NULL) {
        status = til_no_memory(ctx, n, "tails");
        goto done;
    }
    /* few sets on the side: from its edge, where p is 1 */
    if (sample->n_side >= FROM_HITS) {
        from.score = fmax(0, sample->value[sample->n - FROM_HITS]);
        answer_plainly(sample, count_reaching(sample, from.score), &from);
    }
    score[0] = from.score;
    for (size_t q = 0; q < n; q++) score[q + 1] = queries[q].score;
    TIL_TRY(til_parallel_for(ctx, N_REPLICATES, 1, climb_range, &job));
    for (size_t q = 0; q < n; q++) combine(&job, q + 1, &from, &queries[q]);

done:
    free(score);
    free(job.log_p);
    return status;
}

til_status_t til_tail_by_drawing(til_ctx_t *ctx, const til_null_plan_t *plan,
                                 const til_null_curve_t *curve, til_tail_query_t *queries, size_t n)
{
    til_status_t status = TIL_OK;
    size_t n_workers = (size_t)(ctx->n_threads < 1 ? 1 : ctx->n_threads), n_done = 0;
    til_subset_t *subset = til_array_zero(n_workers, sizeof *subset);
    draws_t job = { .plan = plan, .curve = curve, .subset = subset };
    sample_t sample = { 0 };

    if (subset == NULL) return til_no_memory(ctx, n_workers, "random sets");
    for (size_t w = 0; w < n_workers; w++)
        TIL_TRY(til_subset_init(ctx, &plan->order->down, &subset[w]));
    TIL_TRY(draw_plainly(ctx, &job, queries, n, &sample, &n_done));
    if (n_done < n) TIL_TRY(split(ctx, plan, curve, &sample, queries + n_done, n - n_done));

done:
    for (size_t w = 0; w < n_workers; w++) til_subset_clear(&subset[w]);
    free(subset);
    free(sample.value);
    return status;
}
