/* permute.c -- exact tests by moving patients between arms, and the error over a family.
 *
 * With z the tested direction, Q what is held and r the residuals of what is held alone, an
 * arrangement P (places of units within strata, or signs for one group) gives (Freedman & Lane)
 *
 *     a = z'P r,   rss = |r|^2 - |Q'P r|^2 - a^2,   t^2 = a^2 / ((1 - w) rss / d + w s0^2)
 *
 * where the columns of Q that are constant within strata stay orthogonal to P r. Moving z and Q the
 * other way is the same, so that all signatures meet an arrangement in one product of matrices,
 * and t is updated without another fit. A first visit b of a signature's own is held too: with
 * lean = b'z and c = b'P r,  a' = (a - lean c) / sqrt(1 - lean^2),  rss' = rss - c^2 - (a'^2 - a^2).
 *
 *     arrangements   all, when there are at most 1e5: choices of arms within strata (nothing held
 *                    but strata), signs, or orders of units within strata; else the number asked
 *                    for, drawn
 *     p              the share of arrangements with t^2 at least as large; drawn: (1 + hits) /
 *                    (1 + draws)
 *     least          what the best arrangement would get: 2 / N where its mirror image is another
 *                    arrangement (arms of one size, signs), else 1 / N
 *
 * The family is every primary signature in every question. Draw b gives each patient one random
 * key, whose order makes the arms of all questions and whose lowest bit makes the sign, so that
 * the dependence between questions is that of the data. Scores -log p(t) are comparable between
 * degrees of freedom; p_family is the step-down max-T of Westfall & Young on them.
 *
 * Source:  Freedman & Lane (1983), J. Bus. Econ. Stat. 1:292; Winkler et al. (2014), NeuroImage
 *          92:381; Westfall & Young (1993), Resampling-Based Multiple Testing, algorithm 2.8.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/try.h"
#include "math/dist.h"
#include "math/order.h"
#include "trial/permute.h"

static const double MAX_EXACT = 1e5;
static const double TOL_TIE = 1e-9;   /* of t^2: arrangements that tie but for rounding */
static const double TOL_ZERO = 1e-20; /* t^2 of an effect that is rounding */
enum { BLOCK = 32, TABLE_SIZE = 4096, KEYS = 0x7274 };
static const double TABLE_STEP = 1.0 / 64;

/* Vector code for the machine at hand, chosen when the program starts. Sanitizers run before that
 * choice can be made. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__linux__) &&       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

/* -log p of t, linear between the points of a table and beyond it. */
typedef struct {
    double at[TABLE_SIZE + 1];
} score_table_t;

/* The signatures of one fit under arrangements. */
typedef struct {
    const til_trial_fit_t *fit;
    double n_exact; /* number of arrangements, 0: too many                                    */
    bool by_choice; /* arrangements are choices of arms                                       */
    double *total;  /* m: |r|^2                                                               */
    double *seen;   /* m: t^2 of the data                                                     */
    size_t *exact_hits, *drawn_hits; /* m                                                     */
    score_table_t *table;
    size_t n_family;
    size_t *member, *place; /* n_family: index in the fit, position in the order of the family */
} cast_t;

typedef struct {
    const til_trial_cohort_t *cohort;
    size_t n_casts, n_draws, n_family, max_n, max_m;
    cast_t *casts;
    double *score; /* n_family, ascending                                                     */
    size_t n_ranges, grain;
    size_t *family_hits; /* n_family                                                          */
    /* per range of draws: hits of each cast, then of the family */
    size_t **hits;
    const cast_t *exact; /* the cast whose arrangements are gone through, NULL: draws          */
} run_t;

/* ---- the score of t ------------------------------------------------------------------------- */

static void fill_table(double df, score_table_t *table)
{
    for (size_t i = 0; i <= TABLE_SIZE; i++)
        table->at[i] = -til_pt((double)i * TABLE_STEP, df, true, true);
}

static double score_of(const score_table_t *table, double t)
{
    double at = t / TABLE_STEP;
    size_t i = at < TABLE_SIZE - 1 ? (size_t)at : TABLE_SIZE - 1;
    return table->at[i] + (at - (double)i) * (table->at[i + 1] - table->at[i]);
}

/* ---- arrangements --------------------------------------------------------------------------- */

static double choose(size_t n, size_t k) { return rint(exp(til_lchoose((double)n, (double)k))); }

/* How many units of stratum k there are, and how many of them are in the first group. */
static void count_stratum(const til_trial_frame_t *f, size_t k, size_t *n, size_t *n_first)
{
    *n = *n_first = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (f->stratum[i] != k) continue;
        ++*n;
        *n_first += f->group[i] == 0;
    }
}

static void count_arrangements(cast_t *cast)
{
    const til_trial_frame_t *f = &cast->fit->frame;
    double n_all = 1;

    cast->by_choice = f->is_plain;
    if (f->is_flip) n_all = exp2((double)f->n);
    for (size_t k = 0; k < f->n_strata && !f->is_flip; k++) {
        size_t n, n_first;
        count_stratum(f, k, &n, &n_first);
        n_all *= cast->by_choice ? choose(n, n_first) : rint(exp(til_lgamma((double)n + 1)));
    }
    cast->n_exact = n_all <= MAX_EXACT ? n_all : 0;
}

/* The least p of the design. */
static double least_p(const cast_t *cast, size_t n_draws)
{
    const til_trial_frame_t *f = &cast->fit->frame;
    bool has_mirror = cast->by_choice;

    if (!(cast->n_exact > 0)) return 1 / ((double)n_draws + 1);
    for (size_t k = 0; k < f->n_strata && has_mirror; k++) {
        size_t n, n_first;
        count_stratum(f, k, &n, &n_first);
        has_mirror = 2 * n_first == n;
    }
    return fmin(1, (has_mirror || f->is_flip ? 2 : 1) / cast->n_exact);
}

/* place[i]: the unit whose position unit i takes; sign[i]: 1 or -1. */
typedef struct {
    size_t *place, *member, *order;
    double *sign;
} arrangement_t;

/* Choice number `index` of k out of n in lexicographic order: is_in[0..n). */
static void unrank_choice(double index, size_t n, size_t k, size_t *is_in)
{
    for (size_t i = 0; i < n; i++) {
        double with = k > 0 ? choose(n - i - 1, k - 1) : 0;
        is_in[i] = k > 0 && index < with;
        if (is_in[i]) k--;
        else index -= with;
    }
}

/* Moves the units of one stratum: member[0..n) are their positions. */
static void arrange_choice(const til_trial_frame_t *f, double index, size_t n, size_t n_first,
                           arrangement_t *a)
{
    size_t first = 0, second = 0;

    unrank_choice(index, n, n_first, a->order);
    for (size_t i = 0; i < n; i++) {
        size_t *next = a->order[i] ? &first : &second, wanted = a->order[i] ? 0 : 1;
        while (f->group[a->member[*next]] != wanted) ++*next;
        a->place[a->member[i]] = a->member[(*next)++];
    }
}

static void arrange_order(double index, size_t n, arrangement_t *a)
{
    for (size_t i = 0; i < n; i++) a->order[i] = i;
    for (size_t i = 0; i < n; i++) {
        size_t left = n - i, pick = (size_t)fmod(index, (double)left);
        index = floor(index / (double)left);
        a->place[a->member[i]] = a->member[a->order[pick]];
        memmove(a->order + pick, a->order + pick + 1, (left - pick - 1) * sizeof *a->order);
    }
}

static size_t list_stratum(const til_trial_frame_t *f, size_t k, size_t *member)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->stratum[i] == k) member[n++] = i;
    return n;
}

static void arrange_exact(const cast_t *cast, size_t index, arrangement_t *a)
{
    const til_trial_frame_t *f = &cast->fit->frame;
    double rest = (double)index;

    for (size_t i = 0; i < f->n; i++) {
        a->place[i] = i;
        a->sign[i] = f->is_flip && i < 60 && ((size_t)index >> i & 1) ? -1 : 1;
    }
    for (size_t k = 0; k < f->n_strata && !f->is_flip; k++) {
        size_t n, n_first;
        count_stratum(f, k, &n, &n_first);
        list_stratum(f, k, a->member);
        double of = cast->by_choice ? choose(n, n_first) : rint(exp(til_lgamma((double)n + 1)));
        double mine = fmod(rest, of);
        rest = floor(rest / of);
        if (cast->by_choice) arrange_choice(f, mine, n, n_first, a);
        else arrange_order(mine, n, a);
    }
}

/* keys: one per unit of the cohort. */
static void arrange_drawn(const cast_t *cast, const uint32_t *keys, arrangement_t *a)
{
    const til_trial_frame_t *f = &cast->fit->frame;

    for (size_t i = 0; i < f->n; i++) {
        a->place[i] = i;
        a->sign[i] = f->is_flip && (keys[f->unit[i]] & 1) ? -1 : 1;
    }
    for (size_t k = 0; k < f->n_strata && !f->is_flip; k++) {
        size_t n = list_stratum(f, k, a->member);
        for (size_t i = 0; i < n; i++) { /* insertion: few units, and stable */
            size_t at = i;
            uint32_t key = keys[f->unit[a->member[i]]];
            for (; at > 0 && keys[f->unit[a->member[a->order[at - 1]]]] > key; at--)
                a->order[at] = a->order[at - 1];
            a->order[at] = i;
        }
        for (size_t i = 0; i < n; i++) a->place[a->member[a->order[i]]] = a->member[i];
    }
}

/* ---- one block of arrangements ---------------------------------------------------------------- */

/* What a thread works in. */
typedef struct {
    arrangement_t *a; /* BLOCK arrangements                                          */
    double *z, *q;    /* n x BLOCK: moved columns                                     */
    double *along, *lost, *column; /* max_m x BLOCK; lost = |Q'P r|^2                 */
    double *family; /* n_family x BLOCK                                             */
    uint32_t *keys;
} space_t;

static void space_clear(space_t *w)
{
    for (size_t b = 0; w->a != NULL && b < BLOCK; b++) {
        free(w->a[b].place);
        free(w->a[b].member);
        free(w->a[b].order);
        free(w->a[b].sign);
    }
    free(w->a);
    free(w->z);
    free(w->along);
    free(w->lost);
    free(w->column);
    free(w->family);
    free(w->keys);
}

static til_status_t space_init(til_ctx_t *ctx, const run_t *run, space_t *w)
{
    size_t n = run->max_n, m = run->max_m;

    *w = (space_t){ .a = til_array_zero(BLOCK, sizeof *w->a) };
    w->z = til_array(n * BLOCK, sizeof *w->z);
    w->along = til_array(m * BLOCK, sizeof *w->along);
    w->lost = til_array(m * BLOCK, sizeof *w->lost);
    w->column = til_array(m * BLOCK, sizeof *w->column);
    w->family = til_array(run->n_family * BLOCK, sizeof *w->family);
    w->keys = til_array(run->cohort->n_units, sizeof *w->keys);
    bool ok = w->a != NULL && w->z != NULL && w->along != NULL && w->lost != NULL &&
              w->column != NULL && w->family != NULL && w->keys != NULL;
    for (size_t b = 0; ok && b < BLOCK; b++) {
        w->a[b].place = til_array(n, sizeof *w->a[b].place);
        w->a[b].member = til_array(n, sizeof *w->a[b].member);
        w->a[b].order = til_array(n, sizeof *w->a[b].order);
        w->a[b].sign = til_array(n, sizeof *w->a[b].sign);
        ok = w->a[b].place != NULL && w->a[b].member != NULL && w->a[b].order != NULL &&
             w->a[b].sign != NULL;
    }
    return ok ? TIL_OK : til_no_memory(ctx, m * BLOCK, "statistics");
}

/* out[i][b] = sum_k r[i][k] z[k][b] for m rows of n residuals. The sums run over k in order whatever
 * the width of the registers, so the answer is the same on every processor. (BLAS is not called: a
 * library without threads of its own may keep one buffer for all callers.) */
WIDE static void multiply(size_t m, size_t n, const double *r, const double *z, double *out)
{
    for (size_t i = 0; i < m; i++) {
        double sum[BLOCK] = { 0 };
        for (size_t k = 0; k < n; k++) {
            double x = r[i * n + k];
            for (int b = 0; b < BLOCK; b++) sum[b] += x * z[k * BLOCK + (size_t)b];
        }
        memcpy(out + i * BLOCK, sum, sizeof sum);
    }
}

/* out (m x BLOCK) = residuals times the column x, moved by each of n_b arrangements */
static void product(const cast_t *cast, const double *x, space_t *w, size_t n_b, double *out)
{
    size_t n = cast->fit->frame.n;

    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < BLOCK; b++)
            w->z[i * BLOCK + b] = b < n_b ? w->a[b].sign[i] * x[w->a[b].place[i]] : 0;
    multiply(cast->fit->m, n, cast->fit->residual, w->z, out);
}

/* along and lost of every signature and arrangement of the block. */
static void products(const cast_t *cast, space_t *w, size_t n_b)
{
    const til_trial_fit_t *fit = cast->fit;
    const til_trial_frame_t *f = &fit->frame;
    size_t m = fit->m, n = f->n;

    product(cast, f->tested, w, n_b, w->along);
    memset(w->lost, 0, m * BLOCK * sizeof *w->lost);
    for (size_t j = f->n_free; j < f->n_held; j++) {
        product(cast, f->held + j * n, w, n_b, w->column);
        for (size_t k = 0; k < m * BLOCK; k++) w->lost[k] += w->column[k] * w->column[k];
    }
    for (size_t i = 0; i < m && fit->base != NULL; i++) {
        const double *base = fit->base + i * n, *r = fit->residual + i * n;
        double lean = fit->lean[i], length = sqrt(1 - lean * lean);
        for (size_t b = 0; b < n_b; b++) {
            double c = 0;
            for (size_t k = 0; k < n; k++) c += w->a[b].sign[k] * r[k] * base[w->a[b].place[k]];
            w->along[i * BLOCK + b] = (w->along[i * BLOCK + b] - lean * c) / length;
            w->lost[i * BLOCK + b] += c * c;
        }
    }
}

static double t_squared(const til_trial_fit_t *fit, size_t i, double total, double along,
                        double lost)
{
    double square = along * along, rss = total - lost - square;
    double s2 = (1 - fit->share[i]) * (rss > 0 ? rss : 0) / fit->df_residual +
                fit->share[i] * fit->prior[i];
    return square / s2;
}

/* Counts the hits of one cast in the block, and hands its scores to the family. */
static void judge_block(const cast_t *cast, const space_t *w, size_t n_b, size_t *hits)
{
    for (size_t i = 0; i < cast->fit->m; i++)
        for (size_t b = 0; b < n_b; b++)
            hits[i] += t_squared(cast->fit, i, cast->total[i], w->along[i * BLOCK + b],
                                 w->lost[i * BLOCK + b]) >= cast->seen[i];
}

static void score_block(const cast_t *cast, space_t *w, size_t n_b)
{
    for (size_t k = 0; k < cast->n_family; k++) {
        size_t i = cast->member[k];
        for (size_t b = 0; b < n_b; b++) {
            double t2 = t_squared(cast->fit, i, cast->total[i], w->along[i * BLOCK + b],
                                  w->lost[i * BLOCK + b]);
            w->family[cast->place[k] * BLOCK + b] = score_of(cast->table, sqrt(t2));
        }
    }
}

/* Step-down: the largest score of this and all weaker members. */
static void judge_family(const run_t *run, const space_t *w, size_t n_b, size_t *hits)
{
    double most[BLOCK] = { 0 };

    for (size_t k = 0; k < run->n_family; k++)
        for (size_t b = 0; b < n_b; b++) {
            double score = w->family[k * BLOCK + b];
            if (score > most[b]) most[b] = score;
            hits[k] += most[b] >= run->score[k];
        }
}

static til_status_t draw_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const run_t *run = arg;
    size_t **hits = run->hits + begin / run->grain * (run->n_casts + 1);
    uint64_t seed = run->cohort->input->seed;
    space_t w;
    til_status_t status = space_init(ctx, run, &w);

    (void)worker;
    if (status != TIL_OK) goto done;
    for (size_t at = begin; at < end; at += BLOCK) {
        size_t n_b = end - at < BLOCK ? end - at : BLOCK;
        for (size_t c = 0; c < run->n_casts; c++) {
            const cast_t *cast = &run->casts[c];
            if (run->exact != NULL && run->exact != cast) continue;
            for (size_t b = 0; b < n_b; b++) {
                if (run->exact != NULL) {
                    arrange_exact(cast, at + b, &w.a[b]);
                    continue;
                }
                til_rng_t rng = til_rng_stream(seed, KEYS, at + b, 0);
                til_rng_fill(&rng, w.keys, run->cohort->n_units);
                arrange_drawn(cast, w.keys, &w.a[b]);
            }
            products(cast, &w, n_b);
            if (run->exact != NULL || !(cast->n_exact > 0)) judge_block(cast, &w, n_b, hits[c]);
            if (run->exact == NULL) score_block(cast, &w, n_b);
        }
        if (run->exact == NULL) judge_family(run, &w, n_b, hits[run->n_casts]);
    }
done:
    space_clear(&w);
    return status;
}

/* Goes through n arrangements and adds up the hits, which are whole numbers. */
static til_status_t go_through(til_ctx_t *ctx, run_t *run, size_t n)
{
    til_status_t status = TIL_OK;
    size_t n_lists, grain = (n / 64 / BLOCK + 1) * BLOCK;

    run->grain = grain;
    run->n_ranges = (n + grain - 1) / grain;
    n_lists = run->n_ranges * (run->n_casts + 1);
    run->hits = til_array_zero(n_lists, sizeof *run->hits);
    if (run->hits == NULL) return til_no_memory(ctx, n_lists, "counts");
    for (size_t k = 0; k < n_lists; k++) {
        size_t c = k % (run->n_casts + 1);
        size_t length = c < run->n_casts ? run->casts[c].fit->m : run->n_family;
        run->hits[k] = til_array_zero(length, sizeof **run->hits);
        if (run->hits[k] == NULL) TIL_TRY(til_no_memory(ctx, length, "counts"));
    }
    TIL_TRY(til_parallel_for(ctx, n, grain, draw_range, run));
    for (size_t k = 0; k < n_lists; k++) {
        size_t c = k % (run->n_casts + 1);
        size_t *to = c == run->n_casts    ? run->family_hits
                     : run->exact != NULL ? run->casts[c].exact_hits
                                          : run->casts[c].drawn_hits;
        size_t length = c < run->n_casts ? run->casts[c].fit->m : run->n_family;
        for (size_t i = 0; i < length; i++) to[i] += run->hits[k][i];
    }
done:
    for (size_t k = 0; k < n_lists; k++) free(run->hits[k]);
    free(run->hits);
    run->hits = NULL;
    return status;
}

/* ---- the cast -------------------------------------------------------------------------------- */

static void cast_clear(cast_t *cast)
{
    free(cast->total);
    free(cast->seen);
    free(cast->exact_hits);
    free(cast->drawn_hits);
    free(cast->table);
    free(cast->member);
    free(cast->place);
}

static til_status_t cast_init(til_ctx_t *ctx, const til_trial_fit_t *fit, cast_t *cast)
{
    size_t m = fit->m, n = fit->frame.n;

    *cast = (cast_t){ .fit = fit };
    cast->total = til_array(m, sizeof *cast->total);
    cast->seen = til_array(m, sizeof *cast->seen);
    cast->exact_hits = til_array_zero(m, sizeof *cast->exact_hits);
    cast->drawn_hits = til_array_zero(m, sizeof *cast->drawn_hits);
    cast->table = til_array(1, sizeof *cast->table);
    cast->member = til_array(m, sizeof *cast->member);
    cast->place = til_array(m, sizeof *cast->place);
    if (cast->total == NULL || cast->seen == NULL || cast->exact_hits == NULL ||
        cast->drawn_hits == NULL || cast->table == NULL || cast->member == NULL ||
        cast->place == NULL)
        return til_no_memory(ctx, m, "signatures");
    for (size_t i = 0; i < m; i++) {
        const double *r = fit->residual + i * n;
        cast->total[i] = 0;
        for (size_t k = 0; k < n; k++) cast->total[i] += r[k] * r[k];
        double t = fit->stat[i];
        cast->seen[i] = isnan(t) ? INFINITY : fmax(0, t * t * (1 - TOL_TIE) - TOL_ZERO);
    }
    count_arrangements(cast);
    return TIL_OK;
}

/* Puts the primary signatures of all casts in the order of their scores. */
static til_status_t order_family(til_ctx_t *ctx, run_t *run)
{
    const til_trial_signature_t *signatures = run->cohort->input->signatures;
    size_t n = 0, at = 0;
    double *score = NULL;
    size_t *order = NULL, *rank = NULL;
    til_status_t status = TIL_OK;

    for (size_t c = 0; c < run->n_casts; c++) {
        cast_t *cast = &run->casts[c];
        double df = NAN;
        for (size_t i = 0; i < cast->fit->m; i++) {
            const til_trial_signature_t *s = &signatures[cast->fit->signature[i]];
            if (isnan(cast->fit->stat[i])) continue;
            if (isnan(df)) df = cast->fit->df[i];
            if (s->is_primary && !s->is_reference) cast->member[cast->n_family++] = i;
        }
        fill_table(isnan(df) ? INFINITY : df, cast->table);
        n += cast->n_family;
    }
    score = til_array(n, sizeof *score);
    order = til_array(n, sizeof *order);
    rank = til_array(n, sizeof *rank);
    run->score = til_array(n, sizeof *run->score);
    run->family_hits = til_array_zero(n, sizeof *run->family_hits);
    if (score == NULL || order == NULL || rank == NULL || run->score == NULL ||
        run->family_hits == NULL)
        TIL_TRY(til_no_memory(ctx, n, "tests of the family"));
    for (size_t c = 0; c < run->n_casts; c++)
        for (size_t k = 0; k < run->casts[c].n_family; k++) {
            double t = sqrt(run->casts[c].seen[run->casts[c].member[k]]);
            score[at++] = score_of(run->casts[c].table, t);
        }
    TIL_TRY(til_order(ctx, n, score, false, order));
    for (size_t k = 0; k < n; k++) {
        rank[order[k]] = k;
        run->score[k] = score[order[k]];
    }
    at = 0;
    for (size_t c = 0; c < run->n_casts; c++)
        for (size_t k = 0; k < run->casts[c].n_family; k++) run->casts[c].place[k] = rank[at++];
    run->n_family = n;
done:
    free(score);
    free(order);
    free(rank);
    return status;
}

/* ---- answers --------------------------------------------------------------------------------- */

/* p of one cast into the arrays of its question. */
static void report_cast(const run_t *run, const cast_t *cast, til_trial_chance_t *chance)
{
    for (size_t i = 0; i < cast->fit->m; i++) {
        size_t s = cast->fit->signature[i];
        if (isnan(cast->fit->stat[i])) continue;
        chance->least[s] = least_p(cast, run->n_draws);
        chance->p[s] = cast->n_exact > 0
                           ? (double)cast->exact_hits[i] / cast->n_exact
                           : (1 + (double)cast->drawn_hits[i]) / (1 + (double)run->n_draws);
    }
}

/* Adjusted p do not fall on the way from the strongest member to the weakest, nor below the
 * member's own. */
static til_status_t report_family(til_ctx_t *ctx, const run_t *run, til_trial_chance_t **chance_of)
{
    double *p = til_array(run->n_family, sizeof *p), least = 0;

    if (p == NULL) return til_no_memory(ctx, run->n_family, "tests of the family");
    for (size_t c = 0; c < run->n_casts; c++)
        for (size_t k = 0; k < run->casts[c].n_family; k++) {
            const cast_t *cast = &run->casts[c];
            size_t at = cast->place[k], s = cast->fit->signature[cast->member[k]];
            double drawn = (1 + (double)run->family_hits[at]) / (1 + (double)run->n_draws);
            p[at] = fmax(drawn, chance_of[c]->p[s]);
        }
    for (size_t k = run->n_family; k-- > 0;) {
        least = fmax(least, p[k]);
        p[k] = least;
    }
    for (size_t c = 0; c < run->n_casts; c++)
        for (size_t k = 0; k < run->casts[c].n_family; k++) {
            const cast_t *cast = &run->casts[c];
            chance_of[c]->family[cast->fit->signature[cast->member[k]]] = p[cast->place[k]];
        }
    free(p);
    return TIL_OK;
}

til_status_t til_trial_permute(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                               const til_trial_fits_t *fits, size_t n_questions,
                               til_trial_chance_t *chance)
{
    run_t run = { .cohort = cohort, .n_draws = cohort->input->n_permutations };
    til_trial_chance_t **chance_of = NULL;
    til_status_t status = TIL_OK;
    size_t n_fits = 0;
    bool any_drawn = false;

    for (size_t q = 0; q < n_questions; q++) n_fits += fits[q].n_fits;
    run.casts = til_array_zero(n_fits, sizeof *run.casts);
    chance_of = til_array(n_fits, sizeof *chance_of);
    if (run.casts == NULL || chance_of == NULL) TIL_TRY(til_no_memory(ctx, n_fits, "fits"));
    for (size_t q = 0; q < n_questions; q++)
        for (size_t k = 0; k < fits[q].n_fits; k++) {
            const til_trial_fit_t *fit = &fits[q].fits[k];
            if (fit->frame.problem != NULL) continue;
            chance_of[run.n_casts] = &chance[q];
            TIL_TRY(cast_init(ctx, fit, &run.casts[run.n_casts++]));
            if (fit->frame.n > run.max_n) run.max_n = fit->frame.n;
            if (fit->m > run.max_m) run.max_m = fit->m;
        }
    TIL_TRY(order_family(ctx, &run));
    for (size_t c = 0; c < run.n_casts; c++) {
        any_drawn = any_drawn || !(run.casts[c].n_exact > 0);
        if (!(run.casts[c].n_exact > 0)) continue;
        run.exact = &run.casts[c];
        TIL_TRY(go_through(ctx, &run, (size_t)run.casts[c].n_exact));
    }
    run.exact = NULL;
    if (any_drawn || run.n_family > 0) TIL_TRY(go_through(ctx, &run, run.n_draws));
    for (size_t c = 0; c < run.n_casts; c++) report_cast(&run, &run.casts[c], chance_of[c]);
    TIL_TRY(report_family(ctx, &run, chance_of));
done:
    for (size_t c = 0; c < run.n_casts; c++) cast_clear(&run.casts[c]);
    free(run.casts);
    free(run.score);
    free(run.family_hits);
    free(chance_of);
    return status;
}
