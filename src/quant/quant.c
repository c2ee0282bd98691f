/* quant.c -- drives a quantification: learn from the first reads, map all, estimate.
 *
 * The first FIRST_BATCHES batches are mapped without regard to strand and fragment length to learn
 * both, then mapped again with the rest. Batches are read in order, mapped by any worker and
 * committed in order: nothing depends on which thread did what.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/need.h"
#include "base/try.h"
#include "genes/summarise.h"
#include "quant/bias.h"
#include "quant/bootstrap.h"
#include "quant/em.h"
#include "quant/libtype.h"
#include "quant/map.h"
#include "quant/pack.h"
#include "quant/partial.h"

enum {
    BATCH = 4096, /* fragments per batch          */
    FIRST_BATCHES = 12,
    BIAS_ROUNDS = 2,   /* the model learns from estimates, these from the model */
    LEAST_PERCENT = 30 /* mapped: less is worth a warning */
};
#define ASSUMED_MEAN 250.0
#define ASSUMED_SD   25.0
#define TAG_LENGTH   100.0 /* effective length of every transcript for tags, as salmon's */

typedef struct {
    til_fastq_batch_t reads;
    til_staged_t staged;
    til_tally_t tally;
} slot_t;

typedef struct {
    const til_index_t *index;
    const til_quant_options_t *options;
    til_fastq_t *fastq;
    uint64_t n_read;          /* fragments in all */
    bool paired, is_learning; /* first batches are mapped a first time */
    slot_t *slots;
    size_t n_slots;
    til_map_space_t **spaces; /* per worker */
    size_t n_spaces;
    til_mapping_t mapping;
    til_fraglen_t lengths;
    til_eq_classes_t *classes;
    til_tally_t tally;
} quant_t;

/* ---- steps of the pipeline --------------------------------------------------------------- */

static til_status_t read_slot(til_ctx_t *ctx, void *arg, size_t slot, int *more)
{
    quant_t *q = arg;
    return til_fastq_next(ctx, q->fastq, BATCH, &q->slots[slot].reads, more);
}

static til_status_t map_slot(til_ctx_t *ctx, void *arg, size_t slot, int worker)
{
    quant_t *q = arg;
    slot_t *s = &q->slots[slot];
    til_status_t status = TIL_OK;

    if (q->options->see != NULL && !q->is_learning)
        status = q->options->see(ctx, q->options->see_arg, worker, &s->reads);
    if (status != TIL_OK) return status;
    memset(&s->tally, 0, sizeof s->tally);
    return til_map_batch(ctx, &q->mapping, q->spaces[worker], &s->reads, &s->staged, &s->tally);
}

static til_status_t commit_slot(til_ctx_t *ctx, void *arg, size_t slot)
{
    quant_t *q = arg;
    til_tally_add(&q->tally, &q->slots[slot].tally);
    return til_classes_commit(ctx, q->classes, &q->slots[slot].staged);
}

static til_status_t map_slots(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    til_status_t status = TIL_OK;
    for (size_t i = begin; i < end && status == TIL_OK; i++) status = map_slot(ctx, arg, i, worker);
    return status;
}

static til_status_t make_slots(til_ctx_t *ctx, quant_t *q, size_t n)
{
    q->slots = til_array_zero(n, sizeof *q->slots);
    if (q->slots == NULL) return til_no_memory(ctx, n, "batches of reads");
    q->n_slots = n;
    return TIL_OK;
}

static void clear_slots(quant_t *q)
{
    for (size_t i = 0; q->slots != NULL && i < q->n_slots; i++) {
        til_fastq_batch_clear(&q->slots[i].reads);
        til_staged_clear(&q->slots[i].staged);
    }
    free(q->slots);
    q->slots = NULL;
}

/* ---- the first reads --------------------------------------------------------------------- */

/* Single reads whose names come in equal pairs are most likely interleaved mates. */
static void check_interleaved(til_ctx_t *ctx, const quant_t *q, const til_fastq_batch_t *batch)
{
    size_t n_equal = 0;

    if (q->paired || batch->n < 4) return;
    for (size_t i = 0; i + 1 < batch->n; i += 2) {
        const til_fastq_read_t *a = &batch->reads[0][i], *b = &batch->reads[0][i + 1];
        n_equal += a->name_length == b->name_length &&
                   memcmp(a->name, b->name, a->name_length) == 0;
    }
    if (n_equal * 2 >= batch->n / 2)
        til_say(
            ctx, TIL_LOG_WARNING,
            "%s: consecutive reads have equal names: interleaved pairs? they are counted as single "
            "reads; split them for -1 and -2",
            q->options->mates1[0]);
}

/* What partial fits are worth. */
static void decide_partial(til_ctx_t *ctx, quant_t *q, const til_tally_t *sum,
                           til_quant_result_t *out)
{
    uint64_t n = sum->n_mapped + sum->n_orphans;

    /* That an aligner placed one mate only may be its own threshold: no evidence by itself. */
    bool aligned = q->options->alignments != NULL;
    til_partial_decide_orphans(
        ctx,
        aligned && q->options->orphans == TIL_PARTIAL_AUTO ? TIL_PARTIAL_KEEP : q->options->orphans,
        sum->n_lost, n, &out->orphans);
    til_partial_decide_clip(ctx, aligned ? TIL_PARTIAL_KEEP : q->options->clip, sum->n_clipped_at,
                            n, &out->clip);
    q->mapping.drop_orphans = out->orphans.used == TIL_PARTIAL_DROP;
    q->mapping.drop_clipped = out->clip.used == TIL_PARTIAL_DROP;
}

/* Fragment lengths, strand and what partial fits are worth by what the first fragments showed; all
 * are then set for mapping. */
static til_status_t learn_from(til_ctx_t *ctx, quant_t *q, const til_tally_t *sum,
                               til_quant_result_t *out)
{
    til_status_t status = TIL_OK;
    const til_quant_options_t *o = q->options;

    if (q->paired) {
        til_fraglen_learn(sum->lengths, &q->lengths);
    } else {
        bool given = o->fragment_mean > 0;
        til_fraglen_normal(given ? o->fragment_mean : ASSUMED_MEAN,
                           o->fragment_sd > 0 ? o->fragment_sd : ASSUMED_SD, &q->lengths);
        if (!given)
            til_say(ctx, TIL_LOG_NOTICE,
                    "single reads: fragments are taken to be %.0f +- %.0f bases long; give "
                    "--fragment-mean and --fragment-sd",
                    ASSUMED_MEAN, ASSUMED_SD);
    }
    TIL_TRY(til_library_decide(ctx, o->library, q->paired, sum->n_sense, sum->n_antisense,
                               &out->library));
    q->mapping.strand = til_library_strand(out->library.used);
    decide_partial(ctx, q, sum, out);
    q->mapping.lengths = &q->lengths;
    q->mapping.collect_bias = o->bias;
    if (q->paired)
        til_say(ctx, TIL_LOG_STAGE, "fragment length %.1f, sd %.1f, from %llu pairs",
                q->lengths.mean, q->lengths.sd, (unsigned long long)q->lengths.n_observed);
done:
    return status;
}

/* Maps the slots read a first time, to learn. */
static til_status_t learn(til_ctx_t *ctx, quant_t *q, size_t n_read, til_quant_result_t *out)
{
    til_status_t status = TIL_OK;
    til_tally_t *sum = til_array_zero(1, sizeof *sum);

    if (sum == NULL) return til_no_memory(ctx, 1, "tally");
    q->mapping = (til_mapping_t){ .index = q->index, .strand = TIL_STRAND_EITHER };
    q->is_learning = true;
    TIL_TRY(til_parallel_for(ctx, n_read, 1, map_slots, q));
    q->is_learning = false;
    for (size_t i = 0; i < n_read; i++) til_tally_add(sum, &q->slots[i].tally);
    TIL_TRY(learn_from(ctx, q, sum, out));
done:
    free(sum);
    return status;
}

/* Reads, learns from, maps and commits the first batches. */
static til_status_t first_reads(til_ctx_t *ctx, quant_t *q, til_quant_result_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_read = 0;
    int more = 1;

    TIL_TRY(make_slots(ctx, q, FIRST_BATCHES));
    while (n_read < FIRST_BATCHES) {
        TIL_TRY(read_slot(ctx, q, n_read, &more));
        if (!more) break;
        n_read++;
    }
    if (n_read > 0) check_interleaved(ctx, q, &q->slots[0].reads);
    TIL_TRY(learn(ctx, q, n_read, out));
    TIL_TRY(til_parallel_for(ctx, n_read, 1, map_slots, q));
    for (size_t i = 0; i < n_read; i++) TIL_TRY(commit_slot(ctx, q, i));
done:
    clear_slots(q);
    return status;
}

static til_status_t make_spaces(til_ctx_t *ctx, quant_t *q, size_t n)
{
    til_status_t status = TIL_OK;

    q->spaces = til_array_zero(n, sizeof *q->spaces);
    if (q->spaces == NULL) return til_no_memory(ctx, n, "work spaces");
    q->n_spaces = n;
    for (size_t i = 0; i < n; i++) TIL_TRY(til_map_space_new(ctx, &q->spaces[i]));
    TIL_TRY(til_classes_new(ctx, q->index->n_transcripts, &q->classes));
done:
    return status;
}

static til_status_t map_all(til_ctx_t *ctx, quant_t *q, til_quant_result_t *out)
{
    til_status_t status = TIL_OK;
    static const til_pipeline_steps_t steps = { read_slot, map_slot, commit_slot };
    size_t n_threads = ctx->n_threads < 1 ? 1 : (size_t)ctx->n_threads;

    TIL_TRY(make_spaces(ctx, q, n_threads));
    TIL_TRY(first_reads(ctx, q, out));
    TIL_TRY(make_slots(ctx, q, n_threads + 2));
    TIL_TRY(til_pipeline(ctx, &steps, q->n_slots, q));
done:
    clear_slots(q);
    return status;
}

/* ---- fragments aligned elsewhere ------------------------------------------------------------- */

/* The first fragments of a BAM file, kept to be looked at twice. */
typedef struct {
    til_pool_t pool;
    til_aligned_t *fragments;
    size_t n, capacity;
    til_staged_t staged;
} aligned_t;

static til_status_t commit_aligned(til_ctx_t *ctx, quant_t *q, til_staged_t *staged)
{
    til_status_t status = til_classes_commit(ctx, q->classes, staged);
    staged->n = staged->n_members = 0;
    return status;
}

/* Reads the first fragments and learns from them. */
static til_status_t first_aligned(til_ctx_t *ctx, quant_t *q, til_alignments_t *alignments,
                                  aligned_t *a, til_quant_result_t *out)
{
    til_status_t status = TIL_OK;
    til_tally_t *sum = til_array_zero(1, sizeof *sum);
    int more = 1;

    if (sum == NULL) return til_no_memory(ctx, 1, "tally");
    while (a->n < (size_t)BATCH * FIRST_BATCHES) {
        TIL_TRY(til_grow(ctx, &a->fragments, &a->capacity, a->n + 1, sizeof *a->fragments));
        TIL_TRY(til_alignments_next(ctx, alignments, &a->pool, &a->fragments[a->n], &more));
        if (!more) break;
        q->paired |= a->fragments[a->n++].n_mates == 2;
    }
    if (q->paired && q->options->fragment_mean > 0) {
        status = til_fail(ctx, TIL_EUSAGE,
                          "--fragment-mean is for single reads: these are pairs, which show it");
        goto done;
    }
    q->mapping = (til_mapping_t){ .index = q->index, .strand = TIL_STRAND_EITHER };
    for (size_t i = 0; i < a->n; i++)
        TIL_TRY(til_map_aligned(ctx, &q->mapping, q->spaces[0], &a->pool, &a->fragments[i],
                                &a->staged, sum));
    TIL_TRY(learn_from(ctx, q, sum, out));
    for (size_t i = 0; i < a->n; i++)
        TIL_TRY(til_map_aligned(ctx, &q->mapping, q->spaces[0], &a->pool, &a->fragments[i],
                                &a->staged, &q->tally));
    TIL_TRY(commit_aligned(ctx, q, &a->staged));
done:
    free(sum);
    return status;
}

static til_status_t align_all(til_ctx_t *ctx, quant_t *q, til_quant_result_t *out)
{
    til_status_t status = TIL_OK;
    til_alignments_t *alignments = NULL;
    aligned_t a = { .n = 0 };
    til_aligned_t fragment;
    int more = 1;

    TIL_TRY(make_spaces(ctx, q, 1));
    TIL_TRY(til_alignments_open(ctx, q->options->alignments, q->index, &alignments));
    TIL_TRY(first_aligned(ctx, q, alignments, &a, out));
    for (size_t n = 1;; n++) {
        a.pool.n = 0;
        TIL_TRY(til_alignments_next(ctx, alignments, &a.pool, &fragment, &more));
        if (!more) break;
        TIL_TRY(til_map_aligned(ctx, &q->mapping, q->spaces[0], &a.pool, &fragment, &a.staged,
                                &q->tally));
        if (n % BATCH == 0) TIL_TRY(commit_aligned(ctx, q, &a.staged));
    }
    TIL_TRY(commit_aligned(ctx, q, &a.staged));
    q->n_read = til_alignments_n_read(alignments);
done:
    til_alignments_close(alignments);
    til_staged_clear(&a.staged);
    free(a.pool.items);
    free(a.fragments);
    return status;
}

/* ---- estimates --------------------------------------------------------------------------- */

static void set_tpm(til_quant_result_t *r)
{
    double sum = 0;
    for (size_t t = 0; t < r->n_transcripts; t++) sum += r->estimates[t] / r->effective[t];
    for (size_t t = 0; t < r->n_transcripts; t++)
        r->tpm[t] = sum > 0 ? r->estimates[t] / r->effective[t] / sum * 1e6 : 0;
}

static void plain_lengths(const quant_t *q, double *effective)
{
    for (uint32_t t = 0; t < q->index->n_transcripts; t++)
        effective[t] = q->options->three_prime
                           ? TAG_LENGTH
                           : til_effective_length(&q->lengths, til_target_length(q->index, t));
}

/* Learns the bias model from the estimates and applies it to the effective lengths. */
static til_status_t correct_bias(til_ctx_t *ctx, quant_t *q, til_quant_result_t *r)
{
    til_status_t status = TIL_OK;
    til_bias_counts_t *seen = til_array_zero(1, sizeof *seen);
    til_bias_model_t *model = til_array_zero(1, sizeof *model);

    if (seen == NULL || model == NULL) {
        status = til_no_memory(ctx, 1, "bias model");
        goto done;
    }
    for (size_t i = 0; i < q->n_spaces; i++) til_bias_add(seen, til_map_space_bias(q->spaces[i]));
    TIL_TRY(til_bias_learn(ctx, q->index, &q->lengths, seen, r->estimates, model));
    plain_lengths(q, r->effective);
    TIL_TRY(
        til_bias_effective_lengths(ctx, q->index, &q->lengths, model, r->estimates, r->effective));
done:
    free(seen);
    free(model);
    return status;
}

static til_status_t estimate(til_ctx_t *ctx, quant_t *q, til_quant_result_t *r)
{
    til_status_t status = TIL_OK;
    const til_quant_options_t *o = q->options;
    til_components_t components = { 0 };
    til_classes_view_t view = til_classes_view(q->classes);
    til_em_t em = TIL_EM_DEFAULT;

    em.plain_em = o->plain_em;
    plain_lengths(q, r->effective);
    TIL_TRY(til_components_find(ctx, &view, &components));
    TIL_TRY(
        til_em_solve(ctx, &components, view.counts, view.unique, r->effective, &em, r->estimates));
    for (int round = 0; o->bias && round < BIAS_ROUNDS; round++) {
        TIL_TRY(correct_bias(ctx, q, r));
        TIL_TRY(til_em_solve(ctx, &components, view.counts, view.unique, r->effective, &em,
                             r->estimates));
    }
    r->stats.n_classes = view.n;
    r->stats.n_em_steps = em.n_steps;
    r->stats.n_em_unfinished = em.n_unfinished;
    if (em.n_unfinished > 0)
        til_say(ctx, TIL_LOG_WARNING, "estimates of %zu groups of transcripts did not settle",
                em.n_unfinished);
    til_say(ctx, TIL_LOG_STAGE, "%zu classes in %zu components, %llu steps", view.n,
            components.n_components, (unsigned long long)em.n_steps);
    if (o->n_bootstraps > 0) {
        r->bootstraps = til_array(o->n_bootstraps * r->n_transcripts, sizeof(double));
        if (r->bootstraps == NULL) {
            status = til_no_memory(ctx, o->n_bootstraps, "bootstraps");
            goto done;
        }
        r->n_bootstraps = o->n_bootstraps;
        TIL_TRY(til_bootstrap(ctx, &components, r->effective, &em, o->n_bootstraps, o->seed,
                              r->bootstraps));
        til_say(ctx, TIL_LOG_STAGE, "%zu bootstraps", o->n_bootstraps);
    }
    set_tpm(r);
done:
    til_components_clear(&components);
    return status;
}

static til_status_t make_result(til_ctx_t *ctx, const quant_t *q, til_quant_result_t *r)
{
    size_t n = q->index->n_transcripts;

    r->n_transcripts = n;
    r->paired = q->paired;
    r->estimates = til_array_zero(n, sizeof(double));
    r->effective = til_array_zero(n, sizeof(double));
    r->tpm = til_array_zero(n, sizeof(double));
    r->length_density = til_array_zero(TIL_FRAGMENT_MAX + 1, sizeof(double));
    if (r->estimates == NULL || r->effective == NULL || r->tpm == NULL || r->length_density == NULL)
        return til_no_memory(ctx, n, "transcripts");
    r->n_lengths = TIL_FRAGMENT_MAX + 1;
    memcpy(r->length_density, q->lengths.p, r->n_lengths * sizeof(double));
    r->fragment_mean = q->lengths.mean;
    r->fragment_sd = q->lengths.sd;
    r->lengths_observed = q->lengths.n_observed > 0;
    return TIL_OK;
}

static void report(til_ctx_t *ctx, const quant_t *q, til_quant_result_t *r)
{
    const til_tally_t *t = &q->tally;
    til_quant_stats_t *s = &r->stats;
    uint64_t n = q->n_read, mapped = t->n_mapped + t->n_orphans;
    const char *what = q->paired ? "pairs" : "reads";
    double percent = n > 0 ? 100 * (double)mapped / (double)n : 0;

    *s = (til_quant_stats_t){ .n_fragments = n,
                              .n_mapped = t->n_mapped,
                              .n_orphans = t->n_orphans,
                              .n_unmapped = t->n_unmapped,
                              .n_too_short = t->n_too_short,
                              .n_decoy = t->n_decoy,
                              .n_against_strand = t->n_against_strand,
                              .n_capped = t->n_capped,
                              .n_orphans_dropped = t->n_orphans_dropped,
                              .n_clipped = t->n_clipped,
                              .n_clipped_dropped = t->n_clipped_dropped,
                              .n_long_reads = t->n_clipped_long,
                              .n_short_reads = t->n_short_reads,
                              .n_sense = t->n_sense,
                              .n_antisense = t->n_antisense,
                              .shortest_read = t->shortest_read,
                              .longest_read = t->longest_read,
                              .n_bases = t->n_bases };
    til_say(ctx, TIL_LOG_STAGE,
            "%llu of %llu %s mapped (%.2f%%), %llu by one mate, %llu only against the strand, %llu "
            "to decoys",
            (unsigned long long)mapped, (unsigned long long)n, what, percent,
            (unsigned long long)t->n_orphans, (unsigned long long)t->n_against_strand,
            (unsigned long long)t->n_decoy);
    if (t->n_short_reads > 0)
        til_say(ctx, TIL_LOG_WARNING,
                "%llu reads are shorter than the index's k = %u (reads have %llu to %llu bases) "
                "and cannot "
                "map%s",
                (unsigned long long)t->n_short_reads, q->index->k,
                (unsigned long long)t->shortest_read, (unsigned long long)t->longest_read,
                t->n_short_reads * 10 > t->n_reads ? ": build an index with a smaller -k" : "");
    unsigned needed = q->index->k + q->index->window - 1;
    if (q->options->alignments == NULL && t->n_reads > 0 &&
        t->n_bases < (uint64_t)needed * t->n_reads)
        til_say(
            ctx, TIL_LOG_WARNING,
            "the index keeps one seed in any %u bases and reads have %.0f on average: some find "
            "none; build an index with a smaller -w or -k",
            needed, (double)t->n_bases / (double)t->n_reads);
    if (t->n_clipped_long > 0)
        til_say(ctx, TIL_LOG_WARNING, "%llu reads are longer than %d bases: only these are mapped",
                (unsigned long long)t->n_clipped_long, (int)TIL_READ_MAX);
    if (t->n_capped > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%llu %s have more places than are looked at: left out",
                (unsigned long long)t->n_capped, what);
    if (t->n_orphans_dropped + t->n_clipped_dropped > 0)
        til_say(ctx, TIL_LOG_STAGE,
                "%llu %s fit by one mate only, %llu with an end left out: not counted",
                (unsigned long long)t->n_orphans_dropped, what,
                (unsigned long long)t->n_clipped_dropped);
    if (n == 0 || mapped == 0)
        til_say(ctx, TIL_LOG_WARNING, "no %s map to this index: all estimates are 0",
                q->paired ? "pair" : "read");
    else if (percent < LEAST_PERCENT)
        til_say(
            ctx, TIL_LOG_WARNING,
            "only %.1f%% of the %s map: another species, much ribosomal RNA, or another library "
            "type?",
            percent, what);
}

til_status_t til_quant_run(til_ctx_t *ctx, const til_index_t *index,
                           const til_quant_options_t *options, til_quant_result_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_quant_result_t){ 0 };
    TIL_NEED(ctx, index);
    TIL_NEED(ctx, options);
    til_status_t status = TIL_OK;
    quant_t q = { .index = index, .options = options, .paired = options->mates2 != NULL };

    if (options->alignments != NULL) {
        TIL_TRY(align_all(ctx, &q, out));
    } else {
        TIL_TRY(til_fastq_open(ctx, options->mates1, options->mates2, options->n_lanes, &q.fastq));
        TIL_TRY(map_all(ctx, &q, out));
        q.n_read = til_fastq_n_read(q.fastq);
    }
    TIL_TRY(make_result(ctx, &q, out));
    report(ctx, &q, out);
    TIL_TRY(estimate(ctx, &q, out));
done:
    til_fastq_close(q.fastq);
    for (size_t i = 0; i < q.n_spaces; i++) til_map_space_free(q.spaces[i]);
    free(q.spaces);
    til_classes_free(q.classes);
    if (status != TIL_OK) til_quant_result_clear(out);
    return status;
}

void til_quant_result_clear(til_quant_result_t *r)
{
    if (r == NULL) return;
    free(r->estimates);
    free(r->effective);
    free(r->tpm);
    free(r->bootstraps);
    free(r->length_density);
    *r = (til_quant_result_t){ 0 };
}

til_status_t til_quant_sum_genes(til_ctx_t *ctx, const til_index_t *index,
                                 const til_quant_result_t *result, double *length,
                                 double *effective, double *tpm, double *estimates)
{
    TIL_NEED(ctx, index);
    TIL_NEED(ctx, result);
    TIL_NEED(ctx, length);
    TIL_NEED(ctx, effective);
    TIL_NEED(ctx, tpm);
    TIL_NEED(ctx, estimates);
    til_status_t status = TIL_OK;
    size_t n = index->n_transcripts, n_genes = index->n_genes;
    double *lengths = til_array(n, sizeof *lengths);
    til_estimates_t tx = { .counts = { .n_rows = n, .n_cols = 1, .x = result->estimates },
                           .tpm = { .n_rows = n, .n_cols = 1, .x = result->tpm },
                           .lengths = { .n_rows = n, .n_cols = 1, .x = lengths } };
    til_estimates_t whole = { 0 }, shown = { 0 };

    if (lengths == NULL) TIL_TRY(til_no_memory(ctx, n, "transcripts"));
    for (uint32_t t = 0; t < n; t++) lengths[t] = til_target_length(index, t);
    TIL_TRY(til_summarise_genes(ctx, &tx, index->gene_of, n_genes, &whole));
    tx.lengths.x = result->effective;
    TIL_TRY(til_summarise_genes(ctx, &tx, index->gene_of, n_genes, &shown));
    for (size_t g = 0; g < n_genes; g++) {
        length[g] = whole.lengths.x[g];
        effective[g] = shown.lengths.x[g];
        tpm[g] = shown.tpm.x[g];
        estimates[g] = shown.counts.x[g];
    }
done:
    free(lengths);
    til_estimates_clear(&whole);
    til_estimates_clear(&shown);
    return status;
}
