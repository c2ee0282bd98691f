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
#include <tilseq/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- index ------------------------------------------------------------------------------- */

typedef struct til_index til_index_t;

typedef struct {
    unsigned k;                     /* odd, 15 to 31                                         */
    unsigned window;                /* one k-mer of any `window` in a row is in the table    */
    const char *transcripts;        /* FASTA                                                 */
    const char *decoys;             /* FASTA of sequences that soak up foreign reads, or NULL */
} til_index_build_t;

#define TIL_INDEX_BUILD_DEFAULT { .k = 31, .window = 8 }

/* What was met in the FASTA. */
typedef struct {
    uint64_t n_short, n_same_sequence, n_dropped_twins, n_poly_a, n_not_acgt, n_decoys;
    uint64_t n_unitigs, n_places, n_kmers, n_sampled;
} til_index_stats_t;

/* Builds an index in memory. Names end at the first blank or '|'. TIL_EINPUT when two records
 * of one name differ in sequence, for wrong FASTA and for sizes past the fields of the format. */
TIL_MUST_USE
til_status_t til_index_build(til_ctx_t *ctx, const til_index_build_t *how, til_index_t **out,
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

/* Genes: 0 when the index knows none. The gene of a transcript is UINT32_MAX without one. */
size_t til_index_n_genes(const til_index_t *index);
const char *til_index_gene_id(const til_index_t *index, size_t gene);
const char *til_index_gene_symbol(const til_index_t *index, size_t gene);   /* "" without  */
uint32_t til_index_gene_of(const til_index_t *index, size_t transcript);

/* A transcript-to-gene table as it was read; n rows, symbols may be NULL or hold NULL. */
typedef struct {
    const char *origin;             /* for messages */
    size_t n;
    const char *const *transcripts, *const *genes, *const *symbols;
} til_tx2gene_view_t;

/* Gives the index its genes, replacing those it had. Names are matched whole; where a transcript
 * is not found so, without its version (ENST00000456328.2) if that is unambiguous, and a notice
 * says how many. TIL_EINPUT listing names of both sides when transcripts remain without a gene, unless
 * `allow_missing`: each is then a gene of its own name. */
TIL_MUST_USE
til_status_t til_index_set_genes(til_ctx_t *ctx, til_index_t *index,
                                 const til_tx2gene_view_t *table, bool allow_missing);

/* The same from what the FASTA headers say: GENCODE's second and sixth field, Ensembl's gene: and
 * gene_symbol:, gene=. Only for an index just built; nothing unless every transcript has a gene. */
TIL_MUST_USE
til_status_t til_index_set_genes_from_headers(til_ctx_t *ctx, til_index_t *index);

struct til_out;

/* Writes the index file. */
TIL_MUST_USE
til_status_t til_index_write(til_ctx_t *ctx, const til_index_t *index, struct til_out *out);

#ifdef __cplusplus
}
#endif
#endif
