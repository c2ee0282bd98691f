/* tilseq/quant.h -- reads to transcript abundances without an alignment file.
 *
 *   in:  a transcriptome (FASTA, once: til_index_build) and reads (FASTQ)
 *   out: til_quant_result_t: estimated fragments, effective lengths and TPM per transcript
 *
 * The room reads FASTA, FASTQ and its own index file; writing results is the caller's. To add a
 * statistic of the reads, count it in src/quant/map.c and carry it in til_quant_stats_t.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_QUANT_H
#define TILSEQ_QUANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/annot.h>
#include <tilseq/context.h>
#include <tilseq/words.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- index ------------------------------------------------------------------------------- */

typedef struct til_index til_index_t;

typedef struct {
    unsigned k;      /* odd, 15 to 31                                         */
    unsigned window; /* one k-mer of any `window` in a row of a transcript is in the table; 0:
                                       3, or as many as keep the table under 256 MB          */
    const char *transcripts; /* FASTA                                                 */
    const char *decoys;      /* FASTA of sequences that soak up foreign reads; or the names of those
                                records of `transcripts`, its last, that are such; or NULL */
} til_index_build_t;

#define TIL_INDEX_BUILD_DEFAULT                                                                    \
    {                                                                                              \
        .k = 31                                                                                    \
    }

/* What was met in the FASTA. */
typedef struct {
    uint64_t n_short, n_same_sequence, n_dropped_twins, n_poly_a, n_not_acgt, n_decoys;
    uint64_t n_unitigs, n_places, n_kmers, n_sampled;
    unsigned window; /* the one used */
} til_index_stats_t;

/* Builds an index in memory. Names end at the first blank or '|'. TIL_EINPUT when two records
 * of one name differ in sequence, for wrong FASTA and for sizes past the fields of the format. */
TIL_MUST_USE
til_status_t til_index_build(til_ctx_t *ctx, const til_index_build_t *how, til_index_t **out,
                             til_index_stats_t *stats);

/* The transcripts alone, without seeds: for reads that are aligned to them already. */
TIL_MUST_USE
til_status_t til_index_without_seeds(til_ctx_t *ctx, const char *transcripts, til_index_t **out,
                                     til_index_stats_t *stats);

/* Opens an index file (mapped, not copied) and checks version, sizes, checksums and structure:
 * TIL_EINPUT for anything but a sound index of this format. */
TIL_MUST_USE
til_status_t til_index_open(til_ctx_t *ctx, const char *path, til_index_t **out);
void til_index_free(til_index_t *index);

/* Transcripts, in the order of the FASTA; decoys are not counted. Texts are borrowed. */
size_t til_index_n_transcripts(const til_index_t *index);
const char *til_index_name(const til_index_t *index, size_t transcript);
uint32_t til_index_length(const til_index_t *index, size_t transcript);
unsigned til_index_k(const til_index_t *index);

/* SHA-256 of all transcript sequences in upper case, and of all names, one behind the other: by
 * these tximeta knows where a transcriptome is from. */
enum { TIL_INDEX_DIGEST = 65 };
const char *til_index_sequence_digest(const til_index_t *index);
const char *til_index_name_digest(const til_index_t *index);

/* Genes: 0 when the index knows none. The gene of a transcript is UINT32_MAX without one. */
size_t til_index_n_genes(const til_index_t *index);
const char *til_index_gene_id(const til_index_t *index, size_t gene);
const char *til_index_gene_symbol(const til_index_t *index, size_t gene); /* "" without  */
uint32_t til_index_gene_of(const til_index_t *index, size_t transcript);

/* Gives the index its genes, replacing those it had. Names are matched whole; where a transcript
 * is not found so, up to a '|' or without its version (ENST00000456328.2) if that is unambiguous, and a notice
 * says how many. TIL_EINPUT listing names of both sides when transcripts remain without a gene,
 * unless `allow_missing`: each is then a gene of its own name. */
TIL_MUST_USE
til_status_t til_index_set_genes(til_ctx_t *ctx, til_index_t *index, const til_tx2gene_t *table,
                                 bool allow_missing);

/* The same from what the FASTA headers say: GENCODE's second and sixth field, Ensembl's gene: and
 * gene_symbol:, gene=. Only for an index just built; nothing when no header names a gene, and a
 * warning when some do not: these transcripts are genes of their own. */
TIL_MUST_USE
til_status_t til_index_set_genes_from_headers(til_ctx_t *ctx, til_index_t *index);

struct til_out;

/* Writes the index file. */
TIL_MUST_USE
til_status_t til_index_write(til_ctx_t *ctx, const til_index_t *index, struct til_out *out);

struct til_fastq_batch;

/* ---- quantification ---------------------------------------------------------------------- */

/* Inward pairs (I) or single reads; which strand mate 1 shows: either (U), the transcript's (SF),
 * the other (SR). */
typedef enum {
    TIL_LIBRARY_AUTO,
    TIL_LIBRARY_IU,
    TIL_LIBRARY_ISF,
    TIL_LIBRARY_ISR,
    TIL_LIBRARY_U,
    TIL_LIBRARY_SF,
    TIL_LIBRARY_SR
} til_library_t;

/* Their words, as tilseq quant has them. */
extern const til_words_t til_library_words;

/* "IU", "ISF"...; "A" for auto. */
const char *til_library_name(til_library_t library);

/* What to do with fragments of which only a part fits: decide by what the first reads show, count
 * them, or leave them out. */
typedef enum { TIL_PARTIAL_AUTO, TIL_PARTIAL_KEEP, TIL_PARTIAL_DROP } til_partial_t;
extern const til_words_t til_partial_words;

/* What was decided about one kind of partial fit, and on which evidence. */
typedef struct {
    til_partial_t given, used;
    uint64_t n_seen[2]; /* among the first fragments: mate 1 and mate 2 that fit nowhere, or reads
                         * clipped at their start and end */
} til_partial_verdict_t;

typedef struct {
    const char *const *mates1, *const *mates2; /* n_lanes paths each; mates2 NULL: single reads  */
    size_t n_lanes;
    const char
        *alignments; /* BAM, SAM or CRAM on the transcripts, grouped by name, in place of reads */
    til_library_t library;
    double fragment_mean, fragment_sd; /* single reads; <= 0: 250 and 25                 */
    bool bias;                         /* correct for sequence and GC bias               */
    bool three_prime;                  /* reads are tags of 3' ends: no correction for length  */
    bool plain_em;                     /* maximum likelihood, not variational Bayes      */
    til_partial_t orphans;             /* pairs of which one mate fits nowhere           */
    til_partial_t clip;                /* reads of which an end does not fit             */
    size_t n_bootstraps;
    uint64_t seed;
    /* Sees every batch of reads once, on the worker (0 to ctx->n_threads - 1) that maps it; NULL:
     * nobody. */
    til_status_t (*see)(til_ctx_t *ctx, void *arg, int worker, const struct til_fastq_batch *batch);
    void *see_arg;
} til_quant_options_t;

/* What the reads said about their strand, from the first pairs, mapped without regard to it. */
typedef struct {
    til_library_t given, used;
    uint64_t n_sense, n_antisense; /* fragments with mate 1 on the transcript's strand */
    bool clear;                    /* stranded or unstranded beyond doubt            */
} til_library_verdict_t;

typedef struct {
    uint64_t n_fragments; /* pairs or single reads read                     */
    uint64_t n_mapped, n_orphans, n_unmapped, n_too_short, n_decoy, n_against_strand;
    uint64_t n_capped; /* more places than are looked at: left out                   */
    uint64_t n_orphans_dropped, n_clipped, n_clipped_dropped;
    uint64_t n_sense, n_antisense;
    uint64_t n_short_reads, n_long_reads; /* of fewer than k bases; cut for mapping         */
    uint64_t shortest_read, longest_read, n_bases;
    size_t n_classes;
    uint64_t n_em_steps;
    size_t n_em_unfinished;
} til_quant_stats_t;

typedef struct {
    size_t n_transcripts;
    double *estimates, *effective, *tpm; /* n_transcripts each                             */
    double *bootstraps;                  /* n_bootstraps * n_transcripts, or NULL          */
    size_t n_bootstraps;
    bool paired;
    double fragment_mean, fragment_sd;
    size_t n_lengths;       /* entries of length_density                      */
    double *length_density; /* probability of each fragment length from 0     */
    bool lengths_observed;  /* learnt from pairs; else given or assumed       */
    til_library_verdict_t library;
    til_partial_verdict_t orphans, clip;
    til_quant_stats_t stats;
} til_quant_result_t;

/* Quantifies reads against an index. `out` is left empty unless TIL_OK.
 *
 * TIL_EINPUT for wrong FASTQ (see io/reads/fastq.h), TIL_EUSAGE for a library type that contradicts
 * single or paired reads. Reads of which none maps are no error: a warning, and zeros. The same
 * bytes for any ctx->n_threads. */
TIL_MUST_USE
til_status_t til_quant_run(til_ctx_t *ctx, const til_index_t *index,
                           const til_quant_options_t *options, til_quant_result_t *out);
void til_quant_result_clear(til_quant_result_t *result);

/* Sums over genes. Lengths of a gene are means over its transcripts weighted by TPM, plain means
 * where all are 0 (tximport's rule).
 *
 *   length, effective, tpm, estimates   til_index_n_genes entries each */
TIL_MUST_USE
til_status_t til_quant_sum_genes(til_ctx_t *ctx, const til_index_t *index,
                                 const til_quant_result_t *result, double *length,
                                 double *effective, double *tpm, double *estimates);

#ifdef __cplusplus
}
#endif
#endif
