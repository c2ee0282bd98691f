/* preranked.c -- enrichment p-values of any depth by importance sampling along ladders of scores.
 *
 * For a set of size k whose score lies on one side at magnitude e,
 *
 *     p = P(score of a random set of size k >= e | its score is on that side) .
 *
 * Down to p = 0.05 plain random sets tell (null_curve.c). Beyond, a ladder of scores e_0 < e_1 <
 * ... starts at the anchor e_0 where p = 0.05; at each rung that is needed an importance sample
 * (rung.c) tells the tail P_j(e) for all e from e_j up to e_{j+1}. Between two rungs both
 * samples speak: with
 *
 *     L_j = log P_j(e_j)   (L_0: the plain estimate),
 *     u   = log(P_j(e) / P_j(e_j)) / log(P_j(e_{j+1}) / P_j(e_j)),        0 <= u <= 1,
 *     log p(e) = log P_j(e) + (1 - u) (L_j - log P_j(e_j)) + u (L_{j+1} - log P_j(e_{j+1})),
 *
 * which falls from L_j to L_{j+1}: p is continuous and decreasing in e. Ladders stand at a grid of
 * set sizes and log p at the same e is interpolated between two of them (til_curve_sizes_around).
 *
 * Anchors, ladders and random streams depend on the ranking, the options, n, the grid size and the
 * side, never on the sets: a set has the same p alone and among 10,000 others, and a collection of
 * any size needs the same few thousand rungs.
 *
 * A ladder is believed where its samples agree with the plain sets at the anchor and with one
 * another (ladder_tail.c). Elsewhere, and this needs rankings of very heavy tails or few values,
 * plain draws and then multilevel splitting tell (splitting.c), and the status says so.
 *
 * Source:  this program; the parts are cited in tilt.c, poisson_mixture.c, rung.c.
 * Agrees:  fgsea 1.31.6 fgseaMultilevel(): scores and leading edges as enrichment.c, p within the
 *          errors of both, sampleSize 1001 (tests/shared); brute force to p = 1e-5 (tests/laws).
 * Differs: fgsea draws one family of chains per size that all sets share, has p = NA on a side
 *          that random sets seldom take, and stops at eps = 1e-50.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "gsea/methods.h"
#include "gsea/ladder_tail.h"
#include "gsea/null_curve.h"
#include "gsea/null_exact.h"
#include "gsea/permute.h"
#include "gsea/rung.h"
#include "gsea/set_scores.h"
#include "gsea/splitting.h"
#include "math/dist.h"

#define RUNG_STEP   2.5    /* about the nats of rate between two rungs                   */
#define BLEND_P     0.25   /* from here to the anchor the plain estimate is drawn to L_0 */
#define OWN_CURVE   10.0   /* sets before t < OWN_CURVE k: see sizes_of_set              */
#define TIED_SHARE  0.1    /* of the genes: above it every size has its own curve        */
#define WORST_ERROR 3.5    /* times the target: weights so uneven that drawing is better     */
#define LEAST_P     1e-300 /* smaller ones are reported as this, status upper_bound      */

enum {
    MOST_RUNGS = 100000,
    CHECKED_RUNGS = 6 /* a ladder is judged from the anchor up to here: p about 1e-11  */
};

typedef struct {
    double target;       /* relative standard error                                    */
    size_t permutations; /* times options.n_permutations                               */
} effort_t;

static const effort_t efforts[] = {
    [TIL_GSEA_FAST] = { 0.3, 2 }, [TIL_GSEA_NORMAL] = { 0.1, 5 }, [TIL_GSEA_PRECISE] = { 0.03, 20 }
};

/* One set at one of the two grid sizes around its own. */
typedef struct {
    size_t set, curve;
    double weight; /* of this size in the interpolation                          */
    double score;  /* magnitude                                                  */
    size_t rung;   /* the rung at or below it                                    */
    size_t query;  /* SIZE_MAX: plain sets tell                                  */
    size_t drawn;  /* SIZE_MAX, or the query of further draws that tells         */
} slot_t;

typedef struct {
    til_set_scores_t *scores;
    effort_t effort;
    til_tilt_base_t bases[2];
    size_t n_sizes, n_slots, n_rungs;
    int *size;
    til_null_curve_t *curve; /* 2 n_sizes                                                  */
    double *step, *origin;   /* 2 n_sizes: rungs stand at x = origin + j step,
                                   x = -log(1 - e^2), in which the rate grows about linearly  */
    slot_t *slot;
    til_rung_t *rung;
    til_rung_query_t *query; /* one per slot, by rung and score                            */
    size_t *first_query;     /* n_rungs + 1                                                */
    size_t *first_rung;      /* 2 n_sizes: rung 0 of the curve                             */
    til_tail_query_t *drawn; /* where samples disagree                                     */
    til_rung_work_t *work;   /* by worker                                                  */
} preranked_t;

/* ---- which sizes, which slots
 * -------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static bool is_up(const til_set_scores_t *scores, size_t set)
{
    return scores->query->options.score_type == TIL_SCORE_NEG || scores->at[set].score < 0;
}

/* A set with a score that some random set does not reach. */
static bool needs_p(const til_set_scores_t *scores, size_t set)
{
    return scores->query->status[set] == NULL && fabs(scores->at[set].score) > TIL_SCORE_TOLERANCE;
}

/* The sizes of the curves that tell the p of a set; returns the weight of *above.
 *
 * Sets that lie wholly before position t have the score 1 - (t - k)/(n - k). Where t is not many
 * times k such sets make up the tail: it falls in steps of 1/(n - k) and not linearly in k, so a
 * curve of that very size is made. So it is where many genes are tied, whose scores form a lattice
 * that moves with k, and where all outcomes can be listed. */
static double sizes_of_set(const til_set_scores_t *scores, size_t set, int *below, int *above)
{
    int n = scores->order.down.n, size = til_query_size(scores->query, set);
    double latest = (1 - fabs(scores->at[set].score)) * (n - size) + size;

    bool own = latest < OWN_CURVE * size || scores->order.tied_share > TIED_SHARE ||
               til_null_is_listable(&scores->order.down, size);

    if (!own) return til_curve_sizes_around(size, n, below, above);
    *below = *above = size;
    return 0;
}

static til_status_t choose_sizes(til_ctx_t *ctx, preranked_t *p)
{
    const til_gsea_query_t *query = p->scores->query;
    size_t n_sets = query->sets->n_sets, m = 0;

    p->size = til_array(2 * n_sets, sizeof *p->size);
    if (p->size == NULL) return til_no_memory(ctx, 2 * n_sets, "set sizes");
    for (size_t i = 0; i < n_sets; i++) {
        if (query->status[i] != NULL) continue;
        sizes_of_set(p->scores, i, &p->size[m], &p->size[m + 1]);
        m += 2;
    }
    if (m > 0) qsort(p->size, m, sizeof *p->size, by_value);
    for (size_t i = 0; i < m; i++)
        if (p->n_sizes == 0 || p->size[i] != p->size[p->n_sizes - 1])
            p->size[p->n_sizes++] = p->size[i];
    return TIL_OK;
}

static size_t curve_of(const preranked_t *p, int size, bool up)
{
    const int *at = bsearch(&size, p->size, p->n_sizes, sizeof *p->size, by_value);
    return 2 * (size_t)(at - p->size) + up;
}

static int by_curve_then_score(const void *a, const void *b)
{
    const slot_t *x = a, *y = b;
    if (x->curve != y->curve) return x->curve < y->curve ? -1 : 1;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    return x->set < y->set ? -1 : x->set > y->set;
}

static til_status_t make_slots(til_ctx_t *ctx, preranked_t *p)
{
    const til_set_scores_t *scores = p->scores;
    size_t n_sets = scores->query->sets->n_sets;

    p->slot = til_array(2 * n_sets, sizeof *p->slot);
    if (p->slot == NULL) return til_no_memory(ctx, 2 * n_sets, "sets");
    for (size_t i = 0; i < n_sets; i++) {
        double score = fabs(scores->at[i].score), above_weight;
        int below, above;
        if (!needs_p(scores, i)) continue;
        above_weight = sizes_of_set(scores, i, &below, &above);
        p->slot[p->n_slots++] = (slot_t){ i,
                                          curve_of(p, below, is_up(scores, i)),
                                          1 - above_weight,
                                          score,
                                          SIZE_MAX,
                                          SIZE_MAX,
                                          SIZE_MAX };
        if (above > below)
            p->slot[p->n_slots++] = (slot_t){ i,
                                              curve_of(p, above, is_up(scores, i)),
                                              above_weight,
                                              score,
                                              SIZE_MAX,
                                              SIZE_MAX,
                                              SIZE_MAX };
    }
    if (p->n_slots > 0) qsort(p->slot, p->n_slots, sizeof *p->slot, by_curve_then_score);
    return TIL_OK;
}

static til_null_plan_t null_plan(const preranked_t *p)
{
    const til_gsea_options_t *o = &p->scores->query->options;
    return (til_null_plan_t){ &p->scores->order, o->score_type,
                              o->n_permutations * p->effort.permutations, o->seed };
}

static til_status_t make_curves(til_ctx_t *ctx, preranked_t *p)
{
    til_null_plan_t plan = null_plan(p);
    bool *wanted = til_array_zero(2 * p->n_sizes, sizeof *wanted);

    p->curve = til_array_zero(2 * p->n_sizes, sizeof *p->curve);
    p->step = til_array_zero(2 * p->n_sizes, sizeof *p->step);
    p->origin = til_array_zero(2 * p->n_sizes, sizeof *p->origin);
    if (wanted == NULL || p->curve == NULL || p->step == NULL || p->origin == NULL) {
        free(wanted);
        return til_no_memory(ctx, p->n_sizes, "set sizes");
    }
    for (size_t i = 0; i < p->n_slots; i++) wanted[p->slot[i].curve] = true;
    til_status_t status = til_null_curves(ctx, &plan, p->size, p->n_sizes, wanted, p->curve);
    free(wanted);
    return status;
}

/* ---- ladders
 * --------------------------------------------------------------------------------------- */

static double stretch(double score) { return -log1p(-score * score); }

/* Rate ~ 2 k' e^2 for small e, k' the effective size k (sum r)^2 / (n sum r^2). */
static void place_ladders(preranked_t *p)
{
    const til_walk_t *walk = &p->scores->order.down;
    double squares = 0, sum = walk->cumulative[walk->n];

    for (int i = 0; i < walk->n; i++) squares += walk->weight[i] * walk->weight[i];
    for (size_t i = 0; i < 2 * p->n_sizes; i++) {
        double effective = p->curve[i].size * (sum * sum / (walk->n * squares));
        p->step[i] = TIL_RUNG_STEP / (2 * fmax(effective, 1));
        p->origin[i] = stretch(p->curve[i].anchor);
    }
}

static double rung_score(const preranked_t *p, size_t curve, int j)
{
    if (j == 0) return p->curve[curve].anchor;
    return sqrt(-expm1(-(p->origin[curve] + j * p->step[curve])));
}

/* Where there are fewer sets of a size than random ones drawn, these have seen them all. */
static bool has_ladder(const preranked_t *p, size_t curve)
{
    const til_null_curve_t *c = &p->curve[curve];
    bool many = til_lchoose(p->scores->order.down.n, c->size) > log((double)c->n_drawn);
    return many && !c->exact && c->n_side > 0 && c->anchor > 0 && isfinite(p->origin[curve]);
}

/* The rung at or below a score on a ladder, -1 when it is not above the anchor. */
static int rung_below(const preranked_t *p, size_t curve, double score)
{
    if (!(score > p->curve[curve].anchor)) return -1;
    double x = (stretch(score) - p->origin[curve]) / p->step[curve];
    int j = x < MOST_RUNGS ? (int)x : MOST_RUNGS;
    while (j > 0 && rung_score(p, curve, j) > score) j--;
    while (j < MOST_RUNGS && rung_score(p, curve, j + 1) <= score &&
           rung_score(p, curve, j + 1) < 1)
        j++;
    return j;
}

static void add_rung(preranked_t *p, size_t curve, int j)
{
    const til_null_curve_t *c = &p->curve[curve];
    if (p->n_rungs > 0) {
        const til_rung_t *last = &p->rung[p->n_rungs - 1];
        if (last->size == c->size && last->up == c->up && last->index >= j) return;
    }
    p->rung[p->n_rungs++] = (til_rung_t){ .size = c->size,
                                          .index = j,
                                          .up = c->up,
                                          .one_sided = c->one_sided,
                                          .score = rung_score(p, curve, j),
                                          .lower_step = p->step[curve],
                                          .next = { .score = rung_score(p, curve, j + 1) } };
}

/* Finds or adds what a slot above the anchor needs: the first rungs, by which its ladder is judged,
 * its own, the next one and a query. */
static void add_query(preranked_t *p, slot_t *slot, int j, size_t *n_queries)
{
    size_t before = p->n_rungs;
    bool is_first = before == 0 || p->rung[before - 1].size != p->curve[slot->curve].size ||
                    p->rung[before - 1].up != p->curve[slot->curve].up;

    if (is_first) p->first_rung[slot->curve] = before;
    for (int i = is_first ? 0 : p->rung[before - 1].index; i <= CHECKED_RUNGS && i < j; i++)
        add_rung(p, slot->curve, i);
    add_rung(p, slot->curve, j);
    slot->rung = p->n_rungs - 1;
    if (p->rung[slot->rung].index > j) slot->rung--;
    add_rung(p, slot->curve, j + 1);
    for (; before < p->n_rungs; before++) p->first_query[before] = *n_queries;
    slot->query = (*n_queries)++;
    p->query[slot->query].score = slot->score;
    p->first_query[slot->rung + 1] = *n_queries;
}

/* Lists the rungs the slots need, in the order of the slots, and their queries. */
static til_status_t list_rungs(til_ctx_t *ctx, preranked_t *p)
{
    size_t n_queries = 0;

    size_t most = 2 * p->n_slots + 2 * p->n_sizes * (CHECKED_RUNGS + 1);

    p->rung = til_array_zero(most, sizeof *p->rung);
    p->first_query = til_array_zero(most + 1, sizeof *p->first_query);
    p->first_rung = til_array_zero(2 * p->n_sizes, sizeof *p->first_rung);
    p->query = til_array_zero(p->n_slots, sizeof *p->query);
    if (p->rung == NULL || p->first_query == NULL || p->first_rung == NULL || p->query == NULL)
        return til_no_memory(ctx, p->n_slots, "rungs");
    for (size_t i = 0; i < p->n_slots; i++) {
        slot_t *slot = &p->slot[i];
        if (!has_ladder(p, slot->curve)) continue;
        int j = rung_below(p, slot->curve, slot->score);
        if (j >= 0) add_query(p, slot, j, &n_queries);
    }
    p->first_query[p->n_rungs] = n_queries;
    return TIL_OK;
}

static til_status_t sample_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    preranked_t *p = arg;
    for (size_t i = begin; i < end; i++) {
        size_t first = p->first_query[i], n = p->first_query[i + 1] - first;
        til_status_t status = til_rung_sample(ctx, p->bases, p->effort.target,
                                              p->scores->query->options.seed, &p->work[worker],
                                              &p->rung[i], p->query + first, n);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

static til_status_t sample_rungs(til_ctx_t *ctx, preranked_t *p)
{
    til_status_t status = TIL_OK;
    size_t n_workers = (size_t)(ctx->n_threads < 1 ? 1 : ctx->n_threads);

    if (p->n_rungs == 0) return TIL_OK;
    p->work = til_array_zero(n_workers, sizeof *p->work);
    if (p->work == NULL) return til_no_memory(ctx, n_workers, "workspaces");
    for (size_t w = 0; w < n_workers; w++)
        TIL_TRY(til_rung_work_init(ctx, &p->scores->order, &p->work[w]));
    TIL_TRY(til_tilt_base_init(ctx, &p->scores->order.down, &p->bases[0]));
    TIL_TRY(til_tilt_base_init(ctx, &p->scores->order.up, &p->bases[1]));
    TIL_TRY(til_parallel_for(ctx, p->n_rungs, 1, sample_range, p));

done:
    if (p->work != NULL)
        for (size_t w = 0; w < n_workers; w++) til_rung_work_clear(&p->work[w]);
    return status;
}

static void say_samples(til_ctx_t *ctx, const preranked_t *p)
{
    double n = 0, share = 0;
    for (size_t i = 0; i < p->n_rungs; i++) {
        n += (double)p->rung[i].n_samples;
        if (p->rung[i].n_samples > 0) share = fmax(share, p->rung[i].largest_share);
    }
    til_say(ctx, TIL_LOG_DETAIL,
            "importance samples at %zu scores, %.0f in all; the heaviest has %.2f of "
            "its estimate",
            p->n_rungs, n, share);
}

/* ---- putting p together
 * ---------------------------------------------------------------------------- */

/* A slot above the anchor is told by its ladder when its sample is about as precise as it should be
 * and the samples agree with each other and with the plain sets: those of the first rungs, and its own two. Which rungs are asked depends on the slot
 * alone, so that its p does not depend on other sets. */
static bool is_trusted(const preranked_t *p, const slot_t *slot)
{
    size_t first = p->first_rung[slot->curve];
    const til_rung_t *own = &p->rung[slot->rung];

    if (!til_anchor_agrees(&p->curve[slot->curve], &p->rung[first])) return false;
    for (size_t i = first; i < slot->rung && p->rung[i + 1].index <= CHECKED_RUNGS; i++)
        if (!til_rungs_agree(&p->rung[i], &p->rung[i + 1])) return false;
    if (!til_rungs_agree(own, own + 1)) return false;
    return til_tail_variance(&p->query[slot->query].tail, own->n_samples) <=
           WORST_ERROR * WORST_ERROR * p->effort.target * p->effort.target;
}

/* Draws what the ladders do not tell, curve by curve; slots are in the order of curve and score. */
static til_status_t draw_untrusted(til_ctx_t *ctx, preranked_t *p)
{
    til_null_plan_t plan = null_plan(p);
    size_t n_untrusted = 0;

    p->drawn = til_array_zero(p->n_slots, sizeof *p->drawn);
    if (p->drawn == NULL) return til_no_memory(ctx, p->n_slots, "sets");
    for (size_t begin = 0, end; begin < p->n_slots; begin = end) {
        size_t m = 0;
        for (end = begin; end < p->n_slots && p->slot[end].curve == p->slot[begin].curve; end++) {
            slot_t *slot = &p->slot[end];
            if (slot->query == SIZE_MAX || is_trusted(p, slot)) continue;
            slot->drawn = n_untrusted + m;
            p->drawn[slot->drawn].score = slot->score;
            m++;
        }
        if (m == 0) continue;
        til_status_t status = til_tail_by_drawing(ctx, &plan, &p->curve[p->slot[begin].curve],
                                                  p->drawn + n_untrusted, m);
        if (status != TIL_OK) return status;
        n_untrusted += m;
    }
    if (n_untrusted > 0)
        til_say(ctx, TIL_LOG_DETAIL,
                "%zu tails were told by plain draws and splitting: importance samples disagreed",
                n_untrusted);
    return TIL_OK;
}

static til_estimate_t slot_estimate(const preranked_t *p, const slot_t *slot)
{
    const til_null_curve_t *curve = &p->curve[slot->curve];
    til_estimate_t e;

    if (slot->query == SIZE_MAX) {
        e.log_p = til_null_plain_log_p(curve, slot->score, &e.variance);
        return e;
    }
    if (slot->drawn != SIZE_MAX) {
        const til_tail_query_t *drawn = &p->drawn[slot->drawn];
        p->scores->status[slot->set] = drawn->split ? "splitting" : "plain_draws";
        return (til_estimate_t){ drawn->log_p, drawn->variance };
    }
    e = til_between_rungs(curve, &p->rung[slot->rung], &p->rung[slot->rung + 1],
                          &p->query[slot->query].tail);
    e.variance += curve->var_log_share;
    return e;
}

/* Adds the slots of every set up: log p and its error, nes. */
static til_status_t conclude(til_ctx_t *ctx, preranked_t *p)
{
    til_set_scores_t *scores = p->scores;
    size_t n = scores->query->sets->n_sets;
    double *log_p = til_array_zero(n, sizeof *log_p),
           *variance = til_array_zero(n, sizeof *variance);
    double *mean = til_array_zero(n, sizeof *mean);

    if (log_p == NULL || variance == NULL || mean == NULL) {
        free(log_p);
        free(variance);
        free(mean);
        return til_no_memory(ctx, n, "p-values");
    }
    for (size_t i = 0; i < p->n_slots; i++) {
        const slot_t *slot = &p->slot[i];
        const til_null_curve_t *curve = &p->curve[slot->curve];
        if (curve->n_side == 0) {
            scores->status[slot->set] = "unbalanced";
            log_p[slot->set] = NAN;
            continue;
        }
        til_estimate_t e = slot_estimate(p, slot);
        double w = slot->weight;
        log_p[slot->set] += w * e.log_p;
        variance[slot->set] += w * w * e.variance;
        mean[slot->set] += w * curve->mean;
    }
    for (size_t i = 0; i < n; i++) {
        if (scores->query->status[i] != NULL) continue;
        if (!needs_p(scores, i)) {
            scores->p[i] = 1;
            scores->nes[i] = scores->log2err[i] = 0;
            continue;
        }
        if (isnan(log_p[i])) continue; /* unbalanced: no p, no nes */
        scores->p[i] = fmin(1, exp(log_p[i]));
        scores->log2err[i] = sqrt(variance[i]) / log(2);
        if (scores->p[i] < LEAST_P) {
            scores->p[i] = LEAST_P;
            scores->log2err[i] = NAN;
        }
        if (isnan(scores->log2err[i])) scores->status[i] = "upper_bound";
        scores->nes[i] = mean[i] > 0 ? scores->at[i].score / mean[i] : NAN;
    }
    free(log_p);
    free(variance);
    free(mean);
    return TIL_OK;
}

static void clear(preranked_t *p)
{
    til_tilt_base_clear(&p->bases[0]);
    til_tilt_base_clear(&p->bases[1]);
    til_null_curves_free(p->curve, 2 * p->n_sizes);
    free(p->size);
    free(p->step);
    free(p->origin);
    free(p->slot);
    free(p->rung);
    free(p->query);
    free(p->first_query);
    free(p->first_rung);
    free(p->drawn);
    free(p->work);
}

static til_status_t test(til_ctx_t *ctx, const til_gsea_query_t *query, til_table_t *out)
{
    til_status_t status = TIL_OK;
    til_set_scores_t scores = { 0 };
    preranked_t p = { .scores = &scores, .effort = efforts[query->options.effort] };

    TIL_TRY(til_set_scores_init(ctx, query, &scores));
    TIL_TRY(choose_sizes(ctx, &p));
    TIL_TRY(make_slots(ctx, &p));
    TIL_TRY(make_curves(ctx, &p));
    til_say(ctx, TIL_LOG_DETAIL, "random sets at %zu sizes", p.n_sizes);
    place_ladders(&p);
    TIL_TRY(list_rungs(ctx, &p));
    TIL_TRY(sample_rungs(ctx, &p));
    say_samples(ctx, &p);
    TIL_TRY(draw_untrusted(ctx, &p));
    TIL_TRY(conclude(ctx, &p));
    TIL_TRY(til_set_scores_table(ctx, &scores, out));

done:
    clear(&p);
    til_set_scores_clear(&scores);
    return status;
}

const til_gsea_method_t til_gsea_preranked = {
    .name = "preranked",
    .summary = "enrichment score against random sets, p-values of any depth by importance sampling",
    .reference = "Subramanian et al. 2005, doi:10.1073/pnas.0506580102; sampler: tilseq",
    .test = test
};
