/* tilseq/qc.h -- what the reads look like before anything is made of them.
 *
 *   in:  batches of reads (io/reads/fastq.h), in any order and from any number of threads
 *   out: til_reads_summary_t: quality, bases, GC, N, adapters per position; lengths; duplication;
 *        over-represented sequences
 *
 * Every worker fills its own accumulator; merged, they say the same whatever each of them saw. The
 * room never judges a sample and writes nothing. To add a statistic of single reads, count it in
 * src/qc/fastq_stats.c (add_read), add it up there (til_reads_stats_merge), carry it in the
 * summary.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_QC_H
#define TILSEQ_QC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_fastq_batch;

enum {
    TIL_QC_MAX_CYCLES = 1000, /* positions beyond are counted in no table per position */
    TIL_QC_N_BASES = 5,       /* A C G T, and N for all else                           */
    TIL_QC_N_QUALITIES = 94,  /* bytes 33 to 126                                       */
    TIL_QC_N_ADAPTERS = 9,
    TIL_QC_POLY_A = 4, /* among the adapters, but sequence too */
    TIL_QC_POLY_G = 5,
    TIL_QC_N_LEVELS = 16, /* of duplication                                        */
    TIL_QC_KEY_BASES = 50 /* reads that begin with the same are taken as duplicates */
};

/* One accumulator, for one mate of one file (or of all lanes). */
typedef struct til_reads_stats til_reads_stats_t;

/* An accumulator that looks at the bases of every `every`th record (1: of all; else a power of
 * two); lengths and duplication are always taken from all. */
TIL_MUST_USE
til_status_t til_reads_stats_new(til_ctx_t *ctx, unsigned every, til_reads_stats_t **out);
void til_reads_stats_free(til_reads_stats_t *stats);

/* Adds the reads of mate 0 or 1 of a batch. */
TIL_MUST_USE
til_status_t til_reads_stats_add(til_ctx_t *ctx, til_reads_stats_t *stats,
                                 const struct til_fastq_batch *batch, int mate);

/* Adds all that `from` has seen; both were made with one `every`. */
TIL_MUST_USE
til_status_t til_reads_stats_merge(til_ctx_t *ctx, til_reads_stats_t *into,
                                   const til_reads_stats_t *from);

/* A whole file ("-" is standard input) on up to ctx->n_threads threads. TIL_EINPUT, TIL_EIO as
 * io/reads/fastq.h says. */
TIL_MUST_USE
til_status_t til_reads_stats_file(til_ctx_t *ctx, const char *path, til_reads_stats_t **out);

/* Names of the adapters looked for, and the level of duplication from which each class counts. */
extern const char *const til_qc_adapter_names[TIL_QC_N_ADAPTERS];
static inline bool til_qc_is_adapter(int which)
{
    return which != TIL_QC_POLY_A && which != TIL_QC_POLY_G;
}
extern const uint32_t til_qc_levels[TIL_QC_N_LEVELS];

/* One sequence that holds more than 0.1 % of the reads. */
typedef struct {
    char bases[TIL_QC_KEY_BASES + 1];
    double share;
    const char *source; /* adapter, homopolymer; "" where nothing is known */
} til_frequent_t;

/* One position in the reads. */
typedef struct {
    double mean, quantile[5];          /* quality; at 0.1, 0.25, 0.5, 0.75, 0.9         */
    double base[TIL_QC_N_BASES];       /* shares of A C G T N                           */
    double adapter[TIL_QC_N_ADAPTERS]; /* share of reads in which it began by here  */
} til_cycle_t;

/* What the accumulator says. Shares are of 1; NaN where nothing was seen. */
typedef struct {
    uint64_t n_reads, n_bases, n_detailed, n_empty;
    uint64_t shortest, longest;
    int offset;               /* of quality characters: 33, or 64 in old Illumina files    */
    uint64_t n_odd_qualities; /* characters that are no quality                             */
    bool interleaved;         /* consecutive reads have equal names                         */
    double mean_quality, share_q20, share_q30, share_gc, share_n, share_adapter;
    double share_duplicates; /* 1 - distinct / all, from a sample of the sequences         */
    size_t n_cycles;
    til_cycle_t *cycles;
    uint64_t gc[101]; /* reads by their GC percentage                               */
    uint64_t read_quality[TIL_QC_N_QUALITIES]; /* reads by their mean quality, `offset` taken off */
    uint64_t lengths[TIL_QC_MAX_CYCLES + 1];   /* the last: that long or longer                  */
    double levels[TIL_QC_N_LEVELS]; /* share of reads whose sequence occurs that often            */
    size_t n_frequent;
    til_frequent_t *frequent; /* most frequent first                                        */
} til_reads_summary_t;

/* `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_reads_stats_summary(til_ctx_t *ctx, const til_reads_stats_t *stats,
                                     til_reads_summary_t *out);
void til_reads_summary_clear(til_reads_summary_t *summary);

#ifdef __cplusplus
}
#endif
#endif
