/* bias.c -- sequence and GC bias of fragments, and effective lengths that allow for them.
 *
 * The chance that a fragment [p, p + f) of transcript t is seen is taken as
 *
 *     P(f) five(context at p) three(context at p + f) gc(GC content of [p, p + f))
 *
 * where each factor is what was observed over what an even spread of the estimated fragments would
 * give: first the two contexts (TIL_BIAS_CONTEXT bases around the fragment's ends, read towards its
 * inside), then GC given the contexts. The effective length is the plain one times the mean factor
 * over the transcript's possible fragments. Starts are visited with a stride and lengths at
 * N_LENGTHS quantiles.
 *
 * Source:  Roberts et al. (2011), Genome Biology 12:R22; Love et al. (2016), Nature Biotechnology
 *          34:1287, for the fragment's GC.
 * Differs: salmon fits a variable-length Markov model to the contexts and crosses GC with them.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "quant/bias.h"

enum {
    BEFORE = 2,    /* bases of a context outside the fragment   */
    N_LENGTHS = 8, /* fragment lengths looked at                */
    STARTS = 400,  /* starts per transcript looked at, at most  */
    GRAIN = 1024
};
#define LEAST_EXPECTED 1.0   /* fragments: rarer transcripts teach nothing */
#define DAMPING        200.0 /* fragments the prior of a ratio counts for  */
#define MOST           5.0   /* no factor beyond this or its inverse       */

/* ---- counting ---------------------------------------------------------------------------- */

/* The context of a fragment's left end at T position `at`, or (reverse) of its right end whose last
 * base is before `at`. Callers keep it within a target. */
static unsigned context_at(const uint64_t *bases, uint64_t at, int reverse)
{
    const uint64_t mask = til_kmer_mask(TIL_BIAS_CONTEXT);
    if (!reverse) return (unsigned)(til_bases_get32(bases, at - BEFORE) & mask);
    uint64_t word = til_bases_get32(bases, at + BEFORE - TIL_BIAS_CONTEXT) & mask;
    return (unsigned)til_kmer_reverse(word, TIL_BIAS_CONTEXT);
}

static int count_gc(const uint64_t *bases, uint64_t at, int n)
{
    int gc = 0;
    for (; n > 0; n -= 32, at += 32) {
        uint64_t x = til_bases_get32(bases, at) & 0x5555555555555555ULL; /* C and G have bit 0 */
        if (n < 32) x &= (1ULL << 2 * n) - 1;
        gc += __builtin_popcountll(x);
    }
    return gc;
}

static int gc_class(int gc, int n)
{
    int c = gc * TIL_BIAS_GC / n;
    return c >= TIL_BIAS_GC ? TIL_BIAS_GC - 1 : c;
}

void til_bias_count(til_bias_counts_t *counts, const til_index_t *index, uint32_t target, int start,
                    int length, til_bias_ends_t ends)
{
    int n = (int)til_target_length(index, target);
    uint64_t at = (uint64_t)((int64_t)index->starts[target] + start);

    if (start < BEFORE || length < TIL_BIAS_CONTEXT || start + length + BEFORE > n) return;
    if (ends & TIL_BIAS_FIVE) counts->five[context_at(index->bases, at, 0)]++;
    if (ends & TIL_BIAS_THREE) counts->three[context_at(index->bases, at + (uint64_t)length, 1)]++;
    counts->gc[gc_class(count_gc(index->bases, at, length), length)]++;
}

void til_bias_add(til_bias_counts_t *sum, const til_bias_counts_t *more)
{
    for (int i = 0; i < TIL_BIAS_WORDS; i++) {
        sum->five[i] += more->five[i];
        sum->three[i] += more->three[i];
    }
    for (int i = 0; i < TIL_BIAS_GC; i++) sum->gc[i] += more->gc[i];
}

/* ---- the possible fragments of a transcript ------------------------------------------------ */

/* The lengths at the middle of N_LENGTHS equal parts of the distribution. */
static void pick_lengths(const til_fraglen_t *d, int lengths[N_LENGTHS])
{
    int f = 1;
    for (int i = 0; i < N_LENGTHS; i++) {
        while (f < TIL_FRAGMENT_MAX && d->up_to[f] < (i + 0.5) / N_LENGTHS) f++;
        lengths[i] = f < TIL_BIAS_CONTEXT ? TIL_BIAS_CONTEXT : f;
    }
}

typedef struct {
    const til_index_t *index;
    const til_fraglen_t *lengths;
    const double *expected;
    const til_bias_model_t *model; /* NULL: contexts are being learnt              */
    int picked[N_LENGTHS];
    til_bias_model_t *partial; /* per range: expected sums, while learning     */
    double *effective;         /* out, otherwise                               */
    uint32_t **gc;             /* per worker: running sums of GC               */
    size_t *gc_capacity;
} walk_t;

static til_status_t running_gc(til_ctx_t *ctx, walk_t *w, int worker, uint32_t t)
{
    uint32_t n = til_target_length(w->index, t), sum = 0;
    til_status_t status = til_grow(ctx, &w->gc[worker], &w->gc_capacity[worker], n + 1,
                                   sizeof(uint32_t));
    if (status != TIL_OK) return status;
    for (uint32_t i = 0; i < n; i++) {
        w->gc[worker][i] = sum;
        sum += (uint32_t)(til_bases_get1(w->index->bases, w->index->starts[t] + (uint64_t)i) & 1);
    }
    w->gc[worker][n] = sum;
    return TIL_OK;
}

/* Starts and stride for a transcript: whole contexts only. */
static int stride_of(int n) { return n / STARTS + 1; }

/* Adds the expected contexts (model NULL) or GC classes (given contexts) of a transcript. */
static void expect(const walk_t *w, uint32_t t, const uint32_t *gc, til_bias_model_t *sum)
{
    const til_index_t *index = w->index;
    int n = (int)til_target_length(index, t), stride = stride_of(n);
    uint64_t start = index->starts[t];
    double total = 0;

    /* Two passes: the fragments of a transcript share out its expected number. */
    for (int pass = 0; pass < 2; pass++) {
        double share = pass == 0 ? 0 : w->expected[t] / total;
        if (pass == 1 && !(total > 0)) return;
        for (int p = BEFORE; p < n; p += stride)
            for (int i = 0; i < N_LENGTHS; i++) {
                int f = w->picked[i];
                if (p + f + BEFORE > n) break;
                unsigned five = context_at(index->bases, start + (uint64_t)p, 0);
                unsigned three = context_at(index->bases, start + (uint64_t)(p + f), 1);
                double weight = w->model == NULL ? 1
                                                 : w->model->five[five] * w->model->three[three];
                if (pass == 0) {
                    total += weight;
                } else {
                    sum->five[five] += share * weight;
                    sum->three[three] += share * weight;
                    sum->gc[gc_class((int)(gc[p + f] - gc[p]), f)] += share * weight;
                }
            }
    }
}

static til_status_t expect_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    walk_t *w = arg;
    for (size_t t = begin; t < end; t++) {
        if (!(w->expected[t] >= LEAST_EXPECTED)) continue;
        til_status_t status = running_gc(ctx, w, worker, (uint32_t)t);
        if (status != TIL_OK) return status;
        expect(w, (uint32_t)t, w->gc[worker], &w->partial[begin / GRAIN]);
    }
    return TIL_OK;
}

static til_status_t lengthen_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    walk_t *w = arg;
    const til_bias_model_t *m = w->model;

    for (size_t t = begin; t < end; t++) {
        double sum = 0, plain = 0;
        int n = (int)til_target_length(w->index, (uint32_t)t);
        uint64_t start = w->index->starts[t];
        if (!(w->expected[t] > 0)) continue;
        til_status_t status = running_gc(ctx, w, worker, (uint32_t)t);
        if (status != TIL_OK) return status;
        const uint32_t *gc = w->gc[worker];
        for (int p = BEFORE; p < n; p += stride_of(n))
            for (int i = 0; i < N_LENGTHS; i++) {
                int f = w->picked[i];
                if (p + f + BEFORE > n) break;
                sum += m->five[context_at(w->index->bases, start + (uint64_t)p, 0)] *
                       m->three[context_at(w->index->bases, start + (uint64_t)(p + f), 1)] *
                       m->gc[gc_class((int)(gc[p + f] - gc[p]), f)];
                plain += 1;
            }
        if (plain > 0) w->effective[t] = fmax(1, w->effective[t] * sum / plain);
    }
    return TIL_OK;
}

/* ---- the model --------------------------------------------------------------------------- */

static til_status_t walk_new(til_ctx_t *ctx, walk_t *w, bool learning)
{
    size_t n_workers = (size_t)ctx->n_threads;
    size_t n_ranges = w->index->n_transcripts / GRAIN + 1;

    pick_lengths(w->lengths, w->picked);
    w->gc = til_array_zero(n_workers, sizeof *w->gc);
    w->gc_capacity = til_array_zero(n_workers, sizeof *w->gc_capacity);
    if (learning) w->partial = til_array_zero(n_ranges, sizeof *w->partial);
    if (w->gc == NULL || w->gc_capacity == NULL || (learning && w->partial == NULL))
        return til_no_memory(ctx, n_ranges, "bias sums");
    return TIL_OK;
}

static void walk_clear(til_ctx_t *ctx, walk_t *w)
{
    for (int i = 0; w->gc != NULL && i < ctx->n_threads; i++) free(w->gc[i]);
    free(w->gc);
    free(w->gc_capacity);
    free(w->partial);
}

/* ratio[i] = observed share over expected share; `prior` (NULL: 1) counts for `weight` fragments.
 */
static void ratios(const double *observed, const double *expected, const double *prior, int n,
                   double weight, double *ratio)
{
    double n_observed = 0, n_expected = 0;

    for (int i = 0; i < n; i++) {
        n_observed += observed[i];
        n_expected += expected[i];
    }
    for (int i = 0; i < n; i++) {
        double wanted = n_expected > 0 ? expected[i] / n_expected * n_observed : 0;
        double r = (observed[i] + weight * (prior == NULL ? 1 : prior[i])) / (wanted + weight);
        ratio[i] = fmin(MOST, fmax(1 / MOST, r));
    }
}

/* Contexts: the product of the ratios of their single bases, corrected by each word's own counts as
 * far as these go. */
static void context_ratios(const uint64_t *observed, const double *expected, double *ratio)
{
    double seen[TIL_BIAS_WORDS], prior[TIL_BIAS_WORDS];

    for (int w = 0; w < TIL_BIAS_WORDS; w++) {
        seen[w] = (double)observed[w];
        prior[w] = 1;
    }
    for (int i = 0; i < TIL_BIAS_CONTEXT; i++) {
        double one_seen[4] = { 0 }, one_expected[4] = { 0 }, one[4];
        for (int w = 0; w < TIL_BIAS_WORDS; w++) {
            one_seen[w >> 2 * i & 3] += seen[w];
            one_expected[w >> 2 * i & 3] += expected[w];
        }
        ratios(one_seen, one_expected, NULL, 4, DAMPING, one);
        for (int w = 0; w < TIL_BIAS_WORDS; w++) prior[w] *= one[w >> 2 * i & 3];
    }
    ratios(seen, expected, prior, TIL_BIAS_WORDS, DAMPING, ratio);
}

/* Sums what the walk expects over all ranges, in their order. */
static til_status_t sum_expected(til_ctx_t *ctx, walk_t *w, til_bias_model_t *sum)
{
    size_t n_ranges = w->index->n_transcripts / GRAIN + 1;

    memset(sum, 0, sizeof *sum);
    memset(w->partial, 0, n_ranges * sizeof *w->partial);
    til_status_t status = til_parallel_for(ctx, w->index->n_transcripts, GRAIN, expect_range, w);
    if (status != TIL_OK) return status;
    for (size_t r = 0; r < n_ranges; r++) {
        for (int i = 0; i < TIL_BIAS_WORDS; i++) {
            sum->five[i] += w->partial[r].five[i];
            sum->three[i] += w->partial[r].three[i];
        }
        for (int i = 0; i < TIL_BIAS_GC; i++) sum->gc[i] += w->partial[r].gc[i];
    }
    return TIL_OK;
}

til_status_t til_bias_learn(til_ctx_t *ctx, const til_index_t *index, const til_fraglen_t *lengths,
                            const til_bias_counts_t *observed, const double *expected,
                            til_bias_model_t *model)
{
    til_status_t status = TIL_OK;
    til_bias_model_t *sum = til_array(1, sizeof *sum);
    walk_t w = { .index = index, .lengths = lengths, .expected = expected };
    double gc[TIL_BIAS_GC];

    if (sum == NULL) return til_no_memory(ctx, 1, "bias model");
    TIL_TRY(walk_new(ctx, &w, true));
    TIL_TRY(sum_expected(ctx, &w, sum));
    context_ratios(observed->five, sum->five, model->five);
    context_ratios(observed->three, sum->three, model->three);
    w.model = model;
    TIL_TRY(sum_expected(ctx, &w, sum));
    for (int i = 0; i < TIL_BIAS_GC; i++) gc[i] = (double)observed->gc[i];
    ratios(gc, sum->gc, NULL, TIL_BIAS_GC, DAMPING, model->gc);
done:
    walk_clear(ctx, &w);
    free(sum);
    return status;
}

til_status_t til_bias_effective_lengths(til_ctx_t *ctx, const til_index_t *index,
                                        const til_fraglen_t *lengths, const til_bias_model_t *model,
                                        const double *expected, double *effective)
{
    walk_t w = { .index = index,
                 .lengths = lengths,
                 .expected = expected,
                 .model = model,
                 .effective = effective };
    til_status_t status = walk_new(ctx, &w, false);
    if (status == TIL_OK)
        status = til_parallel_for(ctx, index->n_transcripts, GRAIN, lengthen_range, &w);
    walk_clear(ctx, &w);
    return status;
}
