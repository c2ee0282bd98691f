/* fastq_stats.c -- what reads look like: one pass, integers only, so that accumulators of any
 * number of workers add up to the same.
 *
 * Source:  the measures of FastQC (Andrews, 2010), adapters as in its version 0.12.
 * Differs: duplication comes from a hash sample of all sequences, not from the first 100,000;
 *          positions are not binned; adapters are found where their first 12 bases stand whole, and a
 *          read counts once per adapter.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/qc.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/need.h"
#include "base/try.h"
#include "io/reads/fastq.h"
#include "qc/sequences.h"

enum {
    BATCH = 4096,
    BASE_STRIDE = 8, /* counters of a position: A C G T N, rounded up */
    QUALITY_STRIDE = 96,
    FIRST_QUALITY = 33,
    ADAPTER_BASES = 12,
    COUNT_BITS = 12,
    FILTER_BITS = 12,      /* of a code of 12 bases, to pass over most at once */
    LISTED_LOG2 = 15,      /* reads listed before listing thins out            */
    QUICK_LISTED_LOG2 = 12 /* the same where not every read is looked at       */
};

#define NOT_ACGT       4
#define ADAPTER_MASK   ((1u << 2 * ADAPTER_BASES) - 1)
#define FREQUENT_SHARE 0.001

const char *const til_qc_adapter_names[TIL_QC_N_ADAPTERS] = { "Illumina universal",
                                                              "Illumina small RNA 3'",
                                                              "Illumina small RNA 5'",
                                                              "Nextera transposase",
                                                              "poly-A",
                                                              "poly-G",
                                                              "MGI/BGI forward",
                                                              "MGI/BGI reverse",
                                                              "SMART and 10x TSO" };
static const char *const adapter_bases[TIL_QC_N_ADAPTERS] = {
    "AGATCGGAAGAG", "TGGAATTCTCGG", "GATCGTCGGACT", "CTGTCTCTTATA", "AAAAAAAAAAAA",
    "GGGGGGGGGGGG", "AAGTCGGAGGCC", "AAGTCGGATCGT", "AAGCAGTGGTAT"
};

const uint32_t til_qc_levels[TIL_QC_N_LEVELS] = { 1, 2,  3,  4,   5,   6,    7,    8,
                                                  9, 10, 50, 100, 500, 1000, 5000, 10000 };

struct til_reads_stats {
    uint64_t every_mask; /* looks at records whose number less one has none of its bits */
    unsigned first_log2; /* for til_sequences_weight */
    uint64_t n_reads, n_bases, n_detailed, n_detailed_bases, n_empty, shortest, longest;
    uint64_t n_odd_qualities, n_gc, n_neighbours, n_equal_neighbours, n_with_adapter;
    uint64_t gc[101], read_quality[TIL_QC_N_QUALITIES], lengths[TIL_QC_MAX_CYCLES + 1];
    size_t n_cycles, capacity; /* positions seen in detail; room for */
    uint64_t *bases;           /* capacity * BASE_STRIDE             */
    uint64_t *quality;         /* capacity * QUALITY_STRIDE          */
    uint64_t *adapters;        /* capacity * TIL_QC_N_ADAPTERS: reads in which it begins here */
    til_sequences_t sequences;
    uint32_t adapter_codes[TIL_QC_N_ADAPTERS];
    uint8_t code[256]; /* A C G T of either case: 0 to 3; else NOT_ACGT */
    uint8_t filter[1 << FILTER_BITS];
};

/* ---- making -------------------------------------------------------------------------------- */

static void fill_tables(til_reads_stats_t *s)
{
    memset(s->code, NOT_ACGT, sizeof s->code);
    for (int i = 0; i < 4; i++) {
        s->code[(unsigned char)"ACGT"[i]] = (uint8_t)i;
        s->code[(unsigned char)"acgt"[i]] = (uint8_t)i;
    }
    for (int a = 0; a < TIL_QC_N_ADAPTERS; a++) {
        uint32_t code = 0;
        for (int i = 0; i < ADAPTER_BASES; i++)
            code = code << 2 | s->code[(unsigned char)adapter_bases[a][i]];
        s->adapter_codes[a] = code;
        s->filter[code & ((1u << FILTER_BITS) - 1)] = 1;
    }
}

til_status_t til_reads_stats_new(til_ctx_t *ctx, unsigned every, til_reads_stats_t **out)
{
    TIL_NEED(ctx, out);
    til_reads_stats_t *s = til_array_zero(1, sizeof *s);

    *out = s;
    if (s == NULL) return til_no_memory(ctx, 1, "statistics of reads");
    while (s->every_mask + 1 < every) s->every_mask = 2 * s->every_mask + 1;
    s->first_log2 = s->every_mask == 0 ? LISTED_LOG2 : QUICK_LISTED_LOG2;
    s->shortest = UINT64_MAX;
    fill_tables(s);
    return TIL_OK;
}

void til_reads_stats_free(til_reads_stats_t *stats)
{
    if (stats == NULL) return;
    free(stats->bases);
    free(stats->quality);
    free(stats->adapters);
    til_sequences_clear(&stats->sequences);
    free(stats);
}

/* Grows a table of `stride` counters per position from `had` to `capacity` positions, the new ones
 * 0. */
static til_status_t grow_table(til_ctx_t *ctx, uint64_t **table, size_t had, size_t capacity,
                               size_t stride)
{
    uint64_t *fresh = til_array_zero(capacity, stride * sizeof *fresh);

    if (fresh == NULL) return til_no_memory(ctx, capacity, "positions");
    if (*table != NULL) memcpy(fresh, *table, had * stride * sizeof *fresh);
    free(*table);
    *table = fresh;
    return TIL_OK;
}

static til_status_t need_cycles(til_ctx_t *ctx, til_reads_stats_t *s, size_t n)
{
    til_status_t status = TIL_OK;

    if (n > s->capacity) {
        size_t capacity = (n + 63) / 64 * 64;
        TIL_TRY(grow_table(ctx, &s->bases, s->capacity, capacity, BASE_STRIDE));
        TIL_TRY(grow_table(ctx, &s->quality, s->capacity, capacity, QUALITY_STRIDE));
        TIL_TRY(grow_table(ctx, &s->adapters, s->capacity, capacity, TIL_QC_N_ADAPTERS));
        s->capacity = capacity;
    }
    if (n > s->n_cycles) s->n_cycles = n;
done:
    return status;
}

/* ---- one read ------------------------------------------------------------------------------ */

/* Notes the adapters whose bases end at position i and that the read did not show before. */
static void note_adapter(til_reads_stats_t *s, uint32_t code, size_t i, unsigned *found)
{
    for (int a = 0; a < TIL_QC_N_ADAPTERS; a++)
        if (code == s->adapter_codes[a] && (*found >> a & 1) == 0) {
            s->adapters[(i + 1 - ADAPTER_BASES) * TIL_QC_N_ADAPTERS + (size_t)a]++;
            *found |= 1u << a;
        }
}

/* Bases, GC and adapters of one read. */
static void look_at_bases(til_reads_stats_t *s, const char *bases, size_t n)
{
    uint32_t rolling = 0;
    unsigned found = 0;
    size_t run = 0;
    uint64_t n_of = 0; /* A C G T N, COUNT_BITS each: reads are no longer than 1000 here */

    for (size_t i = 0; i < n; i++) {
        unsigned c = s->code[(unsigned char)bases[i]];
        s->bases[i * BASE_STRIDE + c]++;
        n_of += (uint64_t)1 << COUNT_BITS * c;
        rolling = (rolling << 2 | (c & 3)) & ADAPTER_MASK;
        run = c == NOT_ACGT ? 0 : run + 1;
        if (s->filter[rolling & ((1u << FILTER_BITS) - 1)] && run >= ADAPTER_BASES)
            note_adapter(s, rolling, i, &found);
    }
    uint64_t mask = (1u << COUNT_BITS) - 1;
    uint64_t gc = (n_of >> COUNT_BITS & mask) + (n_of >> 2 * COUNT_BITS & mask);
    uint64_t acgt = gc + (n_of & mask) + (n_of >> 3 * COUNT_BITS & mask);
    s->n_gc += gc;
    /* poly-A and poly-G are sequence, too */
    s->n_with_adapter += (found & ~(1u << TIL_QC_POLY_A | 1u << TIL_QC_POLY_G)) != 0;
    if (acgt > 0) s->gc[(200 * gc + acgt) / (2 * acgt)]++;
}

static void look_at_quality(til_reads_stats_t *s, const char *quality, size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned q = (unsigned)(unsigned char)quality[i] - FIRST_QUALITY;
        if (q >= TIL_QC_N_QUALITIES) {
            s->n_odd_qualities++;
            q = 0;
        }
        s->quality[i * QUALITY_STRIDE + q]++;
        sum += q;
    }
    if (n > 0) s->read_quality[(2 * sum + n) / (2 * n)]++;
}

static bool same_name(const til_fastq_read_t *a, const til_fastq_read_t *b)
{
    return a->name_length == b->name_length && memcmp(a->name, b->name, a->name_length) == 0;
}

til_status_t til_reads_stats_add(til_ctx_t *ctx, til_reads_stats_t *s,
                                 const struct til_fastq_batch *batch, int mate)
{
    TIL_NEED(ctx, s);
    TIL_NEED(ctx, batch);
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < batch->n; i++) {
        const til_fastq_read_t *read = &batch->reads[mate][i];
        uint64_t record = batch->first + i;
        size_t n = read->length < TIL_QC_MAX_CYCLES ? read->length : TIL_QC_MAX_CYCLES;
        s->n_reads++;
        s->n_bases += read->length;
        s->n_empty += read->length == 0;
        if (read->length < s->shortest) s->shortest = read->length;
        if (read->length > s->longest) s->longest = read->length;
        s->lengths[n]++;
        if (n > 0)
            TIL_TRY(til_sequences_add(ctx, &s->sequences, read->bases, n,
                                      til_sequences_weight(record, s->first_log2)));
        if (((record - 1) & s->every_mask) != 0) continue;
        if (n > s->n_cycles) TIL_TRY(need_cycles(ctx, s, n));
        s->n_detailed++;
        s->n_detailed_bases += n;
        look_at_bases(s, read->bases, n);
        look_at_quality(s, read->quality, n);
    }
    for (size_t i = 0; batch->first == 1 && i + 1 < batch->n; i += 2) {
        s->n_neighbours++;
        s->n_equal_neighbours += same_name(&batch->reads[mate][i], &batch->reads[mate][i + 1]);
    }
done:
    return status;
}

/* ---- adding up ----------------------------------------------------------------------------- */

static void add_up(uint64_t *into, const uint64_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++) into[i] += from[i];
}

til_status_t til_reads_stats_merge(til_ctx_t *ctx, til_reads_stats_t *into,
                                   const til_reads_stats_t *from)
{
    TIL_NEED(ctx, into);
    TIL_NEED(ctx, from);
    til_status_t status = TIL_OK;

    TIL_TRY(need_cycles(ctx, into, from->n_cycles));
    into->n_reads += from->n_reads;
    into->n_bases += from->n_bases;
    into->n_detailed += from->n_detailed;
    into->n_detailed_bases += from->n_detailed_bases;
    into->n_empty += from->n_empty;
    into->n_odd_qualities += from->n_odd_qualities;
    into->n_gc += from->n_gc;
    into->n_neighbours += from->n_neighbours;
    into->n_equal_neighbours += from->n_equal_neighbours;
    into->n_with_adapter += from->n_with_adapter;
    if (from->shortest < into->shortest) into->shortest = from->shortest;
    if (from->longest > into->longest) into->longest = from->longest;
    add_up(into->gc, from->gc, sizeof into->gc / sizeof *into->gc);
    add_up(into->read_quality, from->read_quality, TIL_QC_N_QUALITIES);
    add_up(into->lengths, from->lengths, TIL_QC_MAX_CYCLES + 1);
    add_up(into->bases, from->bases, from->n_cycles * BASE_STRIDE);
    add_up(into->quality, from->quality, from->n_cycles * QUALITY_STRIDE);
    add_up(into->adapters, from->adapters, from->n_cycles * TIL_QC_N_ADAPTERS);
    TIL_TRY(til_sequences_merge(ctx, &into->sequences, &from->sequences));
done:
    return status;
}

/* ---- a whole file -------------------------------------------------------------------------- */

typedef struct {
    til_fastq_t *fastq;
    til_fastq_batch_t *batches; /* per slot   */
    til_reads_stats_t **stats;  /* per worker */
} file_t;

static til_status_t read_slot(til_ctx_t *ctx, void *arg, size_t slot, int *more)
{
    file_t *f = arg;
    return til_fastq_next(ctx, f->fastq, BATCH, &f->batches[slot], more);
}

static til_status_t look_at_slot(til_ctx_t *ctx, void *arg, size_t slot, int worker)
{
    file_t *f = arg;
    return til_reads_stats_add(ctx, f->stats[worker], &f->batches[slot], 0);
}

til_status_t til_reads_stats_file(til_ctx_t *ctx, const char *path, til_reads_stats_t **out)
{
    TIL_NEED(ctx, path);
    TIL_NEED(ctx, out);
    til_status_t status = TIL_OK;
    const til_pipeline_steps_t steps = { read_slot, look_at_slot, NULL };
    size_t n_workers = (size_t)ctx->n_threads, n_slots = n_workers + 2;
    file_t f = { .batches = til_array_zero(n_slots, sizeof *f.batches),
                 .stats = til_array_zero(n_workers, sizeof *f.stats) };

    *out = NULL;
    if (f.batches == NULL || f.stats == NULL)
        TIL_TRY(til_no_memory(ctx, n_slots, "batches of reads"));
    for (size_t i = 0; i < n_workers; i++) TIL_TRY(til_reads_stats_new(ctx, 1, &f.stats[i]));
    TIL_TRY(til_fastq_open(ctx, &path, NULL, 1, &f.fastq));
    TIL_TRY(til_pipeline(ctx, &steps, n_slots, &f));
    for (size_t i = 1; i < n_workers; i++)
        TIL_TRY(til_reads_stats_merge(ctx, f.stats[0], f.stats[i]));
    *out = f.stats[0];
    f.stats[0] = NULL;
done:
    til_fastq_close(f.fastq);
    for (size_t i = 0; f.batches != NULL && i < n_slots; i++) til_fastq_batch_clear(&f.batches[i]);
    for (size_t i = 0; f.stats != NULL && i < n_workers; i++) til_reads_stats_free(f.stats[i]);
    free(f.batches);
    free(f.stats);
    return status;
}

/* ---- the summary --------------------------------------------------------------------------- */

static double share(uint64_t part, uint64_t all)
{
    return all > 0 ? (double)part / (double)all : NAN;
}

/* 64 where no character lies under Solexa's lowest and some lie above what any sequencer that
 * counts from 33 writes (Q42 to Q47: below 'P'). */
static int find_offset(const uint64_t of_quality[TIL_QC_N_QUALITIES])
{
    enum { SOLEXA_LOWEST = 59 - FIRST_QUALITY, NEVER_IN_33 = 'P' - FIRST_QUALITY };
    uint64_t n_high = 0;

    for (int q = 0; q < SOLEXA_LOWEST; q++)
        if (of_quality[q] > 0) return 33;
    for (int q = NEVER_IN_33; q < TIL_QC_N_QUALITIES; q++) n_high += of_quality[q];
    return n_high > 0 ? 64 : 33;
}

/* The smallest quality that at least `part` of the n characters do not exceed. */
static double quantile(const uint64_t *of_quality, uint64_t n, double part)
{
    uint64_t seen = 0;
    for (int q = 0; q < TIL_QC_N_QUALITIES; q++) {
        seen += of_quality[q];
        if ((double)seen >= part * (double)n) return q;
    }
    return NAN;
}

static void describe_cycle(const til_reads_stats_t *s, size_t i, int shift, til_cycle_t *c)
{
    static const double parts[] = { 0.1, 0.25, 0.5, 0.75, 0.9 };
    const uint64_t *of_quality = s->quality + i * QUALITY_STRIDE,
                   *base = s->bases + i * BASE_STRIDE;
    uint64_t n = 0, sum = 0;

    for (unsigned q = 0; q < TIL_QC_N_QUALITIES; q++) {
        n += of_quality[q];
        sum += q * of_quality[q];
    }
    c->mean = n > 0 ? (double)sum / (double)n - shift : NAN;
    for (int k = 0; k < 5; k++)
        c->quantile[k] = n > 0 ? quantile(of_quality, n, parts[k]) - shift : NAN;
    for (int b = 0; b < TIL_QC_N_BASES; b++) c->base[b] = share(base[b], n);
}

static void describe_cycles(const til_reads_stats_t *s, int shift, til_reads_summary_t *out)
{
    uint64_t begun[TIL_QC_N_ADAPTERS] = { 0 };

    for (size_t i = 0; i < s->n_cycles; i++) {
        describe_cycle(s, i, shift, &out->cycles[i]);
        for (int a = 0; a < TIL_QC_N_ADAPTERS; a++) {
            begun[a] += s->adapters[i * TIL_QC_N_ADAPTERS + (size_t)a];
            out->cycles[i].adapter[a] = share(begun[a], s->n_detailed);
        }
    }
}

/* Quality over all positions; returns the characters' counts. */
static void describe_quality(const til_reads_stats_t *s, til_reads_summary_t *out)
{
    uint64_t of_quality[TIL_QC_N_QUALITIES] = { 0 }, n = 0, sum = 0, n20 = 0, n30 = 0, n_n = 0;

    for (size_t i = 0; i < s->n_cycles; i++) {
        for (size_t q = 0; q < TIL_QC_N_QUALITIES; q++)
            of_quality[q] += s->quality[i * QUALITY_STRIDE + q];
        n_n += s->bases[i * BASE_STRIDE + NOT_ACGT];
    }
    out->offset = find_offset(of_quality);
    int shift = out->offset - FIRST_QUALITY;
    for (int q = 0; q < TIL_QC_N_QUALITIES; q++) {
        n += of_quality[q];
        sum += (uint64_t)q * of_quality[q];
        if (q - shift >= 20) n20 += of_quality[q];
        if (q - shift >= 30) n30 += of_quality[q];
        int true_q = q - shift > 0 ? q - shift : 0;
        out->read_quality[true_q] += s->read_quality[q];
    }
    out->mean_quality = n > 0 ? (double)sum / (double)n - shift : NAN;
    out->share_q20 = share(n20, n);
    out->share_q30 = share(n30, n);
    out->share_n = share(n_n, s->n_detailed_bases);
    out->share_gc = share(s->n_gc, s->n_detailed_bases - n_n);
    describe_cycles(s, shift, out);
}

/* Listed sequences this frequent are told one by one; once is chance, however short the file. */
static bool is_frequent(const til_listed_t *l, uint64_t all)
{
    return l->weight >= 2 && (double)l->weight > FREQUENT_SHARE * (double)all;
}

static uint64_t listed_weight(const til_sequences_t *q)
{
    uint64_t all = 0;
    for (size_t i = 0; i < q->listed_capacity; i++) all += q->listed[i].weight;
    return all;
}

static int level_of(double count)
{
    int level = TIL_QC_N_LEVELS - 1;
    while (level > 0 && count < til_qc_levels[level]) level--;
    return level;
}

/* How many distinct sequences there are follows from the sampled ones. Levels of rare sequences do,
 * too; the few frequent ones, any of which the sample may hold or miss, are taken from the list. */
static void describe_duplication(const til_sequences_t *q, uint64_t n, til_reads_summary_t *out)
{
    uint64_t all = listed_weight(q), rest = 0, of_level[TIL_QC_N_LEVELS] = { 0 };
    double frequent = 0;

    out->share_duplicates = n > 0 ? fmax(0,
                                         1 - ldexp((double)q->n_sampled, (int)q->level) / (double)n)
                                  : NAN;
    for (int i = 0; i < TIL_QC_N_LEVELS; i++) out->levels[i] = n > 0 ? 0 : NAN;
    for (size_t i = 0; i < q->listed_capacity && q->level > 0; i++) {
        if (!is_frequent(&q->listed[i], all)) continue;
        double part = (double)q->listed[i].weight / (double)all;
        out->levels[level_of(part * (double)n)] += part;
        frequent += part;
    }
    for (size_t i = 0; i < q->sampled_capacity; i++) {
        const til_sampled_t *s = &q->sampled[i];
        if (s->count == 0) continue;
        if (q->level > 0) {
            const til_listed_t *l = til_sequences_listed(q, s->hash);
            if (l != NULL && is_frequent(l, all)) continue;
        }
        of_level[level_of((double)s->count)] += s->count;
        rest += s->count;
    }
    for (int i = 0; i < TIL_QC_N_LEVELS && rest > 0; i++)
        out->levels[i] += (1 - frequent) * (double)of_level[i] / (double)rest;
}

/* What a frequent sequence most likely is. */
static const char *source_of(const til_reads_stats_t *s, const char *bases, size_t n)
{
    size_t n_of[BASE_STRIDE] = { 0 };
    uint32_t rolling = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned c = s->code[(unsigned char)bases[i]];
        n_of[c]++;
        rolling = (rolling << 2 | (c & 3)) & ADAPTER_MASK;
        for (int a = 0; a < TIL_QC_N_ADAPTERS && i + 1 >= ADAPTER_BASES; a++)
            if (rolling == s->adapter_codes[a] && til_qc_is_adapter(a))
                return til_qc_adapter_names[a];
    }
    static const char *const homopolymers[] = { "poly-A", "poly-C", "poly-G", "poly-T",
                                                "no bases called" };
    for (int c = 0; c < TIL_QC_N_BASES; c++)
        if (n_of[c] * 10 >= n * 9) return homopolymers[c];
    return "";
}

static int by_share(const void *a, const void *b)
{
    const til_frequent_t *x = a, *y = b;
    if (x->share != y->share) return x->share > y->share ? -1 : 1;
    return strcmp(x->bases, y->bases);
}

static til_status_t describe_frequent(til_ctx_t *ctx, const til_reads_stats_t *s,
                                      til_reads_summary_t *out)
{
    const til_sequences_t *q = &s->sequences;
    uint64_t all = listed_weight(q);
    size_t capacity = 0;

    for (size_t i = 0; i < q->listed_capacity; i++) {
        const til_listed_t *l = &q->listed[i];
        if (!is_frequent(l, all)) continue;
        til_status_t status = til_grow(ctx, &out->frequent, &capacity, out->n_frequent + 1,
                                       sizeof *out->frequent);
        if (status != TIL_OK) return status;
        til_frequent_t *f = &out->frequent[out->n_frequent++];
        memset(f->bases, 0, sizeof f->bases);
        for (size_t k = 0; k < l->length; k++) {
            char c = l->bases[k];
            f->bases[k] = c > ' ' && c <= '~' ? c : '?';
        }
        f->share = (double)l->weight / (double)all;
        f->source = source_of(s, l->bases, l->length);
    }
    if (out->n_frequent > 0) qsort(out->frequent, out->n_frequent, sizeof *out->frequent, by_share);
    return TIL_OK;
}

til_status_t til_reads_stats_summary(til_ctx_t *ctx, const til_reads_stats_t *s,
                                     til_reads_summary_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_reads_summary_t){ 0 };
    TIL_NEED(ctx, s);
    til_status_t status = TIL_OK;

    *out = (til_reads_summary_t){ .n_reads = s->n_reads,
                                  .n_bases = s->n_bases,
                                  .n_detailed = s->n_detailed,
                                  .n_empty = s->n_empty,
                                  .shortest = s->n_reads > 0 ? s->shortest : 0,
                                  .longest = s->longest,
                                  .n_odd_qualities = s->n_odd_qualities,
                                  .n_cycles = s->n_cycles,
                                  .interleaved = s->n_neighbours > 1 &&
                                                 s->n_equal_neighbours * 2 >= s->n_neighbours,
                                  .share_adapter = share(s->n_with_adapter, s->n_detailed) };
    out->cycles = til_array_zero(s->n_cycles, sizeof *out->cycles);
    if (out->cycles == NULL) TIL_TRY(til_no_memory(ctx, s->n_cycles, "positions"));
    memcpy(out->gc, s->gc, sizeof out->gc);
    memcpy(out->lengths, s->lengths, sizeof out->lengths);
    describe_quality(s, out);
    describe_duplication(&s->sequences, s->n_reads - s->n_empty, out);
    TIL_TRY(describe_frequent(ctx, s, out));
done:
    if (status != TIL_OK) til_reads_summary_clear(out);
    return status;
}

void til_reads_summary_clear(til_reads_summary_t *summary)
{
    if (summary == NULL) return;
    free(summary->cycles);
    free(summary->frequent);
    *summary = (til_reads_summary_t){ 0 };
}
