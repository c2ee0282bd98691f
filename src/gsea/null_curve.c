/* null_curve.c -- the bulk of the null distribution from plain random sets.
 *
 *     P(score >= e | side) = (b + 1) / (m + 1),    b of the m sets on this side reach e,
 *
 * which is never 0 and makes tests of exchangeable sets exact. Where all outcomes can be listed
 * (null_exact.c: few values, single genes) nothing is drawn and P is exact. Sizes 2 to 10, where
 * tilting has little to hold on to, get 40 times the draws; a side that random sets seldom take (a
 * very skewed statistic) gets up to 16 times.
 *
 * Source: Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9:39, for the ones.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "gsea/null_curve.h"
#include "gsea/null_exact.h"
#include "gsea/permute.h"
#include "math/order.h"

enum {
    DENSE_SIZES = 10, /* every size up to here has its own curve                    */
    STEP_PART = 3,    /* from there on steps of a third                             */
    TINY_SIZE = 10,
    TINY_FACTOR = 40,
    MOST_FACTOR = 16,     /* of the further draws for a rare side                       */
    ENOUGH_ON_SIDE = 200, /* share and mean of a side are then known to 7 %             */
    GRAIN = 64            /* permutations of one task                                   */
};

#define ANCHOR_P      0.05
#define ANCHOR_P_TINY 0.001

int til_curve_next_size(int size)
{
    return size < DENSE_SIZES ? size + 1 : size + size / STEP_PART;
}

/* The rate of a score grows in proportion to this, the reciprocal variance of a bridge. */
static double information(int size, int n) { return 1 / (1.0 / size - 1.0 / n); }

double til_curve_sizes_around(int size, int n, int *below, int *above)
{
    int at = 1, next = 1;
    while (next < size) {
        at = next;
        next = til_curve_next_size(at);
    }
    *below = next == size ? size : at;
    *above = next < n ? next : size;
    if (*above == size) *below = size;
    if (*above == *below) return 0;
    double low = information(*below, n), high = information(*above, n);
    return (information(size, n) - low) / (high - low);
}

/* ---- permutations at all sizes ------------------------------------------------------------ */

typedef struct {
    const til_null_plan_t *plan;
    const int *sizes;
    size_t n_sizes;
    til_subset_t *subset; /* one per worker                                             */
    double *scores;       /* [permutation * n_sizes + size]                             */
} permute_job_t;

static til_status_t permute_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    permute_job_t *job = arg;
    (void)ctx;
    for (size_t q = begin; q < end; q++)
        til_permute_scores(&job->subset[worker], job->plan->seed, q, job->sizes, job->n_sizes,
                           job->plan->type, job->scores + q * job->n_sizes);
    return TIL_OK;
}

/* ---- further draws at one size ------------------------------------------------------------- */

typedef struct {
    const til_null_plan_t *plan;
    int size;
    size_t first; /* number of the first draw                                   */
    til_subset_t *subset;
    double *scores; /* one per draw                                               */
} draw_job_t;

static til_status_t draw_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    draw_job_t *job = arg;
    til_subset_t *subset = &job->subset[worker];
    (void)ctx;
    for (size_t q = begin; q < end; q++) {
        til_dice_t dice;
        double highest, lowest;
        til_dice_set(&dice, til_rng_stream(job->plan->seed, TIL_STREAM_EXTRA,
                                           (uint64_t)subset->walk->n << 32 | (uint64_t)job->size,
                                           job->first + q));
        til_subset_grow(subset, &dice, job->size);
        til_subset_extremes_and_empty(subset, &highest, &lowest);
        job->scores[q] = til_score_of(job->plan->type, highest, lowest);
    }
    return TIL_OK;
}

static bool on_side(double score, const til_null_curve_t *curve)
{
    return curve->one_sided || (curve->up ? score <= 0 : score >= 0);
}

/* Appends the scores of `n` draws (one every `stride`) to the curve. */
static til_status_t add_scores(til_ctx_t *ctx, til_null_curve_t *curve, const double *scores,
                               size_t n, size_t stride)
{
    size_t n_new = 0, m = curve->n_side;

    for (size_t q = 0; q < n; q++) n_new += on_side(scores[q * stride], curve);
    double *all = til_array(m + n_new, sizeof *all);
    if (all == NULL) return til_no_memory(ctx, m + n_new, "random scores");
    if (m > 0) memcpy(all, curve->score, m * sizeof *all);
    for (size_t q = 0; q < n; q++)
        if (on_side(scores[q * stride], curve)) all[m++] = fabs(scores[q * stride]);
    free(curve->score);
    curve->score = all;
    curve->n_side = m;
    curve->n_drawn += n;
    return TIL_OK;
}

/* Further draws in doubling batches, until the curve has seen `most` or enough fell on its side. */
static til_status_t draw_more(til_ctx_t *ctx, const til_null_plan_t *plan, til_subset_t *subset,
                              size_t most, bool until_enough, til_null_curve_t *curve)
{
    til_status_t status = TIL_OK;
    double *scores = NULL;
    size_t done = 0;

    while (curve->n_drawn < most && !(until_enough && curve->n_side >= ENOUGH_ON_SIDE)) {
        size_t n = until_enough ? curve->n_drawn : most - curve->n_drawn;
        draw_job_t job = { plan, curve->size, done, subset, NULL };
        free(scores);
        job.scores = scores = til_array(n, sizeof *scores);
        if (scores == NULL) return til_no_memory(ctx, n, "random scores");
        TIL_TRY(til_parallel_for(ctx, n, GRAIN, draw_range, &job));
        TIL_TRY(add_scores(ctx, curve, scores, n, 1));
        done += n;
    }

done:
    free(scores);
    return status;
}

/* ---- all outcomes of one size ------------------------------------------------------------------
 */

static int by_magnitude(const void *a, const void *b)
{
    const til_outcome_t *x = a, *y = b;
    if (fabs(x->score) != fabs(y->score)) return fabs(x->score) < fabs(y->score) ? -1 : 1;
    return x->log_p < y->log_p ? -1 : x->log_p > y->log_p;
}

/* The curve of one side from outcomes in ascending order of magnitude. */
static til_status_t set_exact(til_ctx_t *ctx, const til_outcome_t *outcome, size_t n,
                              til_null_curve_t *curve)
{
    long double tail = 0, moment = 0;
    size_t m = 0, i;

    curve->exact = true;
    curve->n_drawn = n;
    for (i = 0; i < n; i++) m += on_side(outcome[i].score, curve);
    curve->n_side = m;
    curve->score = til_array(m, sizeof *curve->score);
    curve->log_tail = til_array(m, sizeof *curve->log_tail);
    if (curve->score == NULL || curve->log_tail == NULL)
        return til_no_memory(ctx, m, "outcomes of random sets");
    for (i = n; i-- > 0;) {
        if (!on_side(outcome[i].score, curve)) continue;
        long double p = expl((long double)outcome[i].log_p);
        tail += p;
        moment += p * (long double)fabs(outcome[i].score);
        curve->score[--m] = fabs(outcome[i].score);
        curve->log_tail[m] = (double)logl(tail);
    }
    curve->mean = tail > 0 ? (double)(moment / tail) : NAN;
    curve->log_share = curve->one_sided ? 0 : curve->n_side > 0 ? curve->log_tail[0] : -INFINITY;
    curve->var_log_share = 0;
    curve->anchor = INFINITY;
    return TIL_OK;
}

static til_status_t make_exact(til_ctx_t *ctx, const til_null_plan_t *plan, til_null_curve_t *both)
{
    til_outcome_t *outcome;
    size_t n;
    til_status_t status = til_null_list(ctx, &plan->order->down, both->size, plan->type, &outcome,
                                        &n);
    if (status != TIL_OK) return status;
    qsort(outcome, n, sizeof *outcome, by_magnitude);
    TIL_TRY(set_exact(ctx, outcome, n, &both[0]));
    TIL_TRY(set_exact(ctx, outcome, n, &both[1]));

done:
    free(outcome);
    return status;
}

/* ---- the curve ---------------------------------------------------------------------------------
 */

/* How many of the ascending scores reach e. */
static size_t count_reaching(const til_null_curve_t *curve, double e)
{
    size_t low = 0, high = curve->n_side;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (curve->score[middle] < e - TIL_SCORE_TOLERANCE) low = middle + 1;
        else high = middle;
    }
    return curve->n_side - low;
}

double til_null_plain_log_p(const til_null_curve_t *curve, double e, double *variance)
{
    size_t reaching = count_reaching(curve, e);
    double b = (double)reaching, m = (double)curve->n_side;

    if (curve->exact) {
        *variance = 0;
        return reaching == 0 ? -INFINITY
                             : curve->log_tail[curve->n_side - reaching] - curve->log_share;
    }
    double p = (b + 1) / (m + 1);
    *variance = (m - b + 1) / (m + 1) / (b + 1);
    return log(p);
}

static void finish(til_null_curve_t *curve)
{
    double sum = 0, m = (double)curve->n_side, n = (double)curve->n_drawn;
    double share = (m + 1) / (n + 1);

    til_sort(curve->n_side, curve->score);
    for (size_t i = 0; i < curve->n_side; i++) sum += curve->score[i];
    curve->mean = curve->n_side > 0 ? sum / m : NAN;
    curve->log_share = curve->one_sided ? 0 : log(share);
    curve->var_log_share = curve->one_sided ? 0 : (1 - share) / (share * n);
    if (curve->n_side == 0) return;

    double p = curve->size <= TINY_SIZE ? ANCHOR_P_TINY : ANCHOR_P;
    size_t reaching = (size_t)(p * m);
    if (reaching < 1) reaching = 1;
    curve->anchor = curve->score[curve->n_side - reaching];
    curve->log_p_anchor = til_null_plain_log_p(curve, curve->anchor, &curve->var_anchor);
}

static til_status_t make_curve(til_ctx_t *ctx, const til_null_plan_t *plan, til_subset_t *subset,
                               bool wanted, til_null_curve_t *curve)
{
    til_status_t status = TIL_OK;
    size_t n = plan->n_permutations;

    if (wanted && curve->size <= TINY_SIZE)
        TIL_TRY(draw_more(ctx, plan, subset, n * TINY_FACTOR, false, curve));
    else if (wanted) TIL_TRY(draw_more(ctx, plan, subset, n * MOST_FACTOR, true, curve));
    finish(curve);

done:
    return status;
}

/* Makes the curves of the sizes that are drawn; `place` tells where in `curves` each belongs. */
static til_status_t draw_curves(til_ctx_t *ctx, const til_null_plan_t *plan, const int *sizes,
                                const size_t *place, size_t n_sizes, const bool *wanted,
                                til_null_curve_t *curves)
{
    til_status_t status = TIL_OK;
    size_t n = plan->n_permutations, n_workers = (size_t)(ctx->n_threads < 1 ? 1 : ctx->n_threads);
    til_subset_t *subset = til_array_zero(n_workers, sizeof *subset);
    double *scores = til_array(n * n_sizes, sizeof *scores);
    permute_job_t job = { plan, sizes, n_sizes, subset, scores };

    if (subset == NULL || scores == NULL) {
        status = til_no_memory(ctx, n * n_sizes, "random scores");
        goto done;
    }
    for (size_t w = 0; w < n_workers; w++)
        TIL_TRY(til_subset_init(ctx, &plan->order->down, &subset[w]));
    TIL_TRY(til_parallel_for(ctx, n, GRAIN, permute_range, &job));
    for (size_t i = 0; i < 2 * n_sizes; i++) {
        size_t at = 2 * place[i / 2] + i % 2;
        TIL_TRY(add_scores(ctx, &curves[at], scores + i / 2, n, n_sizes));
        TIL_TRY(make_curve(ctx, plan, subset, wanted[at], &curves[at]));
    }

done:
    if (subset != NULL)
        for (size_t w = 0; w < n_workers; w++) til_subset_clear(&subset[w]);
    free(subset);
    free(scores);
    return status;
}

til_status_t til_null_curves(til_ctx_t *ctx, const til_null_plan_t *plan, const int *sizes,
                             size_t n_sizes, const bool *wanted, til_null_curve_t *curves)
{
    til_status_t status = TIL_OK;
    int *drawn = til_array(n_sizes, sizeof *drawn);
    size_t *place = til_array(n_sizes, sizeof *place), n_drawn = 0;

    memset(curves, 0, 2 * n_sizes * sizeof *curves);
    if (drawn == NULL || place == NULL) {
        status = til_no_memory(ctx, n_sizes, "set sizes");
        goto done;
    }
    for (size_t i = 0; i < n_sizes; i++) {
        for (size_t side = 0; side < 2; side++) {
            curves[2 * i + side].size = sizes[i];
            curves[2 * i + side].up = side == 1;
            curves[2 * i + side].one_sided = plan->type != TIL_SCORE_STD;
        }
        if (til_null_is_listable(&plan->order->down, sizes[i])) {
            TIL_TRY(make_exact(ctx, plan, &curves[2 * i]));
        } else {
            drawn[n_drawn] = sizes[i];
            place[n_drawn++] = i;
        }
    }
    if (n_drawn > 0) TIL_TRY(draw_curves(ctx, plan, drawn, place, n_drawn, wanted, curves));

done:
    free(drawn);
    free(place);
    return status;
}

void til_null_curves_free(til_null_curve_t *curves, size_t n)
{
    if (curves == NULL) return;
    for (size_t i = 0; i < n; i++) {
        free(curves[i].score);
        free(curves[i].log_tail);
    }
    free(curves);
}
