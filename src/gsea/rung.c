/* rung.c -- importance sampling of the tail of the score at one set size.
 *
 *     P(score >= e) = E_uniform 1{score(S) >= e} = E_mixture w(S) 1{score(S) >= e},
 *
 * S from the mixture of tilt.c and poisson_mixture.c aimed at a score e0 <= e, w its exact
 * weight. The score of every sampled set is computed as that of a real one, ties, rule of signs and
 * all, so nothing about the proposal can bias the estimate.
 *
 * The number of samples is fixed before sampling from the rate I (the relative variance of one
 * sample grows like sqrt(I)), because stopping at a reached precision would bias the estimate; only
 * a sample that turned out twice too noisy is extended. Components are visited by a golden-ratio
 * sequence, which leaves each its share with little randomness of its own.
 *
 * A share of plain random sets in every mixture bounds the weights (Owen & Zhou's defensive
 * component).
 *
 * Source:  Owen & Zhou (2000), JASA 95:135, for mixtures in importance sampling.
 * Agrees:  brute force to 1e-5 and long multilevel runs of fgsea 1.31.6 below, within their errors
 *          (tests/shared, tests/laws).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "gsea/permute.h"
#include "gsea/rung.h"

#define WEYL_STEP   0.6180339887498949
#define SLACK       2.0   /* extend when the variance is this much over the target      */
#define MOST_FACTOR 200.0 /* at most this many times 1 / target^2 samples               */
/* Neighbouring rungs and sizes share the work of an estimate, so each needs only this part of the
 * samples a lone estimate would. */
#define SHARED_WORK 0.65

#define PLAIN_SHARE     0.15  /* of the samples: what no tilt proposes is seen by these      */
#define MOST_LOG_WEIGHT 700.0 /* below the largest double                                */

enum { LOWER_TRIES = 16 };

struct til_hit {
    double score, weight;
};

til_status_t til_rung_work_init(til_ctx_t *ctx, const til_order_t *order, til_rung_work_t *out)
{
    *out = (til_rung_work_t){ 0 };
    til_status_t status = til_subset_init(ctx, &order->down, &out->subset[0]);
    if (status == TIL_OK) status = til_subset_init(ctx, &order->up, &out->subset[1]);
    return status;
}

void til_rung_work_clear(til_rung_work_t *work)
{
    if (work == NULL) return;
    til_subset_clear(&work->subset[0]);
    til_subset_clear(&work->subset[1]);
    til_mixture_clear(&work->mixture);
    free(work->hit);
    *work = (til_rung_work_t){ 0 };
}

double til_tail_variance(const til_tail_t *tail, size_t n_samples)
{
    return tail->sum_squares / (tail->sum * tail->sum) - 1.0 / (double)n_samples;
}

/* Aims at the rung's score, or as little below it as a law is found for; then sets that lie wholly
 * before the last position that still reaches the score get a law of their own. */
static bool aim(const til_tilt_base_t *base, const til_rung_t *rung, til_tilt_plan_t *plan)
{
    double x = -log1p(-rung->score * rung->score), fall = rung->lower_step;

    if (rung->score < 1 && til_tilt_plan(base, rung->size, rung->score, plan) == TIL_TILT_OK)
        return true;
    if (!isfinite(x) || x > log(base->walk->n)) x = log(base->walk->n);
    for (int i = 0; i < LOWER_TRIES && fall < x; i++, fall *= 1.5) {
        double lower = sqrt(-expm1(-(x - fall)));
        til_tilt_outcome_t outcome = til_tilt_plan(base, rung->size, lower, plan);
        if (outcome == TIL_TILT_NOT_NEEDED) break;
        if (outcome != TIL_TILT_OK) continue;
        til_tilt_add_all_before(base, rung->size, rung->score, plan);
        return true;
    }
    plan->n_points = plan->n_families = 0;
    return til_tilt_add_all_before(base, rung->size, rung->score, plan);
}

static bool is_hit(const til_rung_t *rung, double highest, double lowest)
{
    if (highest < rung->score - TIL_SCORE_TOLERANCE) return false;
    return rung->one_sided || highest > -lowest + TIL_SCORE_TOLERANCE;
}

static void weigh(const til_rung_work_t *work, double score, const int *counts, struct til_hit *hit)
{
    double log_weight = til_mixture_log_weight(&work->mixture, counts) + work->plan.rate;
    *hit = (struct til_hit){ score, exp(fmin(log_weight, MOST_LOG_WEIGHT)) };
}

/* Draws one set from a point of the mixture; true when it reaches the rung's score on its side. */
static bool draw_hit(til_rung_work_t *work, const til_rung_t *rung, int point, til_dice_t *dice,
                     struct til_hit *hit)
{
    const til_classes_t *classes = &work->plan.classes;
    til_subset_t *subset = &work->subset[rung->up];
    int counts[TIL_MAX_CLASSES];
    double highest, lowest;

    til_mixture_draw(&work->mixture, point, dice, counts);
    for (int c = 0; c < classes->n; c++)
        if (counts[c] > 0)
            til_subset_draw(subset, dice, classes->bound[c], classes->bound[c + 1], counts[c]);
    til_subset_extremes_and_empty(subset, &highest, &lowest);
    if (!is_hit(rung, highest, lowest)) return false;
    weigh(work, highest, counts, hit);
    return true;
}

/* The same with a plain random set. */
static bool draw_plain_hit(til_rung_work_t *work, const til_rung_t *rung, til_dice_t *dice,
                           struct til_hit *hit)
{
    const til_classes_t *classes = &work->plan.classes;
    til_subset_t *subset = &work->subset[rung->up];
    int counts[TIL_MAX_CLASSES];
    double highest, lowest;

    til_subset_grow(subset, dice, rung->size);
    til_subset_extremes(subset, &highest, &lowest);
    bool hits = is_hit(rung, highest, lowest);
    if (hits) {
        for (int c = 0; c < classes->n; c++)
            counts[c] = til_subset_count(subset, classes->bound[c], classes->bound[c + 1]);
        weigh(work, highest, counts, hit);
    }
    til_subset_empty(subset);
    return hits;
}

static int by_score_down(const void *a, const void *b)
{
    const struct til_hit *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->weight > y->weight ? -1 : x->weight < y->weight;
}

static til_tail_t tail_of(const til_rung_work_t *work, double sum, double squares, size_t n)
{
    return (til_tail_t){ sum > 0 ? log(sum / (double)n) - work->plan.rate : -INFINITY, sum,
                         squares };
}

/* The tails at the queries, the next rung and the rung, in one pass from the top score down. */
static void answer(til_rung_work_t *work, size_t n_hits, til_rung_t *rung,
                   til_rung_query_t *queries, size_t n_queries)
{
    double sum = 0, squares = 0, largest = 0;
    size_t at = 0, q = n_queries, n = rung->n_samples;
    bool next_open = true;

    qsort(work->hit, n_hits, sizeof *work->hit, by_score_down);
    for (size_t step = 0; step < n_queries + 2; step++) {
        til_tail_t *out;
        double score;
        if (next_open && (q == 0 || queries[q - 1].score <= rung->next.score)) {
            out = &rung->next.tail;
            score = rung->next.score;
            next_open = false;
        } else if (q > 0) {
            out = &queries[--q].tail;
            score = queries[q].score;
        } else {
            out = &rung->tail;
            score = rung->score;
        }
        for (; at < n_hits && work->hit[at].score >= score - TIL_SCORE_TOLERANCE; at++) {
            double weight = work->hit[at].weight;
            sum += weight;
            squares += weight * weight;
            if (weight > largest) largest = weight;
        }
        *out = tail_of(work, sum, squares, n);
    }
    rung->largest_share = sum > 0 ? largest / sum : 1;
}

/* The component of a sample at `u` in [0, 1): a point, or -1 for plain random sets. */
static int choose_point(const til_poisson_mixture_t *mixture, int n_points, double u)
{
    int point = 0;
    double left = (u - mixture->plain) / (1 - mixture->plain);

    if (left < 0) return -1;
    while (point < n_points - 1 && left >= mixture->share[point]) left -= mixture->share[point++];
    while (!(mixture->share[point] > 0)) point--; /* rounding ran past the last one */
    return point;
}

/* Samples until the planned number, extending it when the weights turn out uneven. */
static til_status_t sample(til_ctx_t *ctx, double target, til_dice_t *dice, til_rung_work_t *work,
                           til_rung_t *rung, size_t *n_hits)
{
    const til_poisson_mixture_t *mixture = &work->mixture;
    double tolerated = SLACK * target * target / SHARED_WORK, sum = 0, squares = 0;
    double planned = 50 + SHARED_WORK * (1 + 2.5 * sqrt(work->plan.rate)) / (target * target);
    size_t most = (size_t)(MOST_FACTOR / (target * target)), n = 0, end = (size_t)planned;
    double weyl = til_dice_uniform(dice);

    *n_hits = 0;
    for (;;) {
        til_status_t status = til_grow(ctx, &work->hit, &work->capacity, end, sizeof *work->hit);
        if (status != TIL_OK) return status;
        for (; n < end; n++) {
            struct til_hit *hit = &work->hit[*n_hits];
            weyl += weyl + WEYL_STEP < 1 ? WEYL_STEP : WEYL_STEP - 1;
            int point = choose_point(mixture, work->plan.n_points, weyl);
            bool hits = point < 0 ? draw_plain_hit(work, rung, dice, hit)
                                  : draw_hit(work, rung, point, dice, hit);
            if (!hits) continue;
            sum += hit->weight;
            squares += hit->weight * hit->weight;
            (*n_hits)++;
        }
        double variance = sum > 0 ? squares / (sum * sum) - 1.0 / (double)n : 1;
        if (n >= most || variance <= tolerated) break;
        double wanted = 1.1 * (double)n * SHARED_WORK * variance / (target * target);
        end = wanted < 2.0 * (double)n ? (size_t)wanted + 1 : 2 * n;
        if (end > most) end = most;
        if (end <= n) break;
    }
    rung->n_samples = n;
    return TIL_OK;
}

til_status_t til_rung_sample(til_ctx_t *ctx, const til_tilt_base_t bases[2], double target,
                             uint64_t seed, til_rung_work_t *work, til_rung_t *rung,
                             til_rung_query_t *queries, size_t n_queries)
{
    const til_tilt_base_t *base = &bases[rung->up];
    til_dice_t dice;
    const til_tail_t none = { .log_p = -INFINITY };
    size_t n_hits;

    rung->tail = rung->next.tail = none;
    for (size_t q = 0; q < n_queries; q++) queries[q].tail = none;
    til_dice_set(&dice, til_rng_stream(seed, TIL_STREAM_TILT,
                                       (uint64_t)base->walk->n << 32 | (uint64_t)rung->size << 1 |
                                           (uint64_t)rung->up,
                                       (uint64_t)rung->index));

    rung->n_samples = 0;
    if (!aim(base, rung, &work->plan)) return TIL_OK;
    til_status_t status = til_mixture_build(ctx, base, &work->plan, PLAIN_SHARE, &work->mixture);
    if (status != TIL_OK || !til_mixture_possible(&work->mixture)) return status;
    status = sample(ctx, target, &dice, work, rung, &n_hits);
    if (status == TIL_OK) answer(work, n_hits, rung, queries, n_queries);
    return status;
}
