/* tilseq/annot.h -- genes, transcripts and exons: the noun between an annotation file and
 * everything that asks what lies where.
 *
 * Features keep the order of their file, genes the order in which their first feature stands.
 * Positions are 0-based, half open. The annotation owns all; names are kept byte for byte.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_ANNOT_H
#define TILSEQ_ANNOT_H

#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_arena;

enum { TIL_STRAND_PLUS = 0, TIL_STRAND_MINUS = 1, TIL_STRAND_NONE = 2 };

#define TIL_NO_TRANSCRIPT UINT32_MAX

/* One feature line: an exon unless another feature type was asked for. */
typedef struct {
    uint32_t start, end; /* 0-based, half open, on its contig         */
    uint32_t gene;
    uint32_t transcript; /* TIL_NO_TRANSCRIPT where the line has none */
    unsigned contig : 30;
    unsigned strand : 2; /* TIL_STRAND_...                            */
} til_exon_t;

typedef struct {
    size_t n_contigs, n_genes, n_transcripts, n_exons;
    char **contigs; /* in order of first feature                               */
    char **gene_ids;
    char **gene_names; /* NULL where the file gives none                          */
    char **gene_types; /* gene_biotype / gene_type; NULL where the file gives none */
    char **transcript_ids;
    uint32_t *transcript_genes; /* n_transcripts indices of genes                          */
    til_exon_t *exons;          /* n_exons, file order                                     */
    uint32_t *order;            /* n_exons indices: by gene, contig, strand, start         */
    char *origin;               /* file name for messages                                  */
    struct til_arena *arena;
} til_annot_t;

/* Releases what the annotation owns and empties it. NULL and an empty one are fine. */
void til_annot_clear(til_annot_t *annot);

/* How many bases the features of each gene cover, overlaps counted once; features of one gene
 * on another contig or strand are covered apart (featureCounts' Length).
 *
 *   lengths   n_genes
 */
void til_annot_gene_lengths(const til_annot_t *annot, uint64_t *lengths);

/* The same with introns: from the first to the last base on each contig and strand. */
void til_annot_gene_spans(const til_annot_t *annot, uint64_t *lengths);

/* Forgets exons and order, which take most of an annotation's memory; genes, transcripts and
 * contigs stay. */
void til_annot_drop_features(til_annot_t *annot);

/* Fills annot->order, the order in which features merge: whoever fills an annotation calls this
 * last. */
TIL_MUST_USE
til_status_t til_annot_sort(til_ctx_t *ctx, til_annot_t *annot);

/* ---- transcripts and their genes ------------------------------------------------------- */

#define TIL_NO_GENE UINT32_MAX

/* Which gene each transcript belongs to, as a table or an annotation has it. */
typedef struct {
    char *origin; /* for messages                              */
    size_t n;
    char **transcripts, **genes;
    char **symbols; /* NULL, or n, NULL where a gene has none    */
    size_t capacity;
    struct til_arena *arena;
} til_tx2gene_t;

void til_tx2gene_clear(til_tx2gene_t *table);

/* That of an annotation, whose texts it borrows. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_annot_tx2gene(til_ctx_t *ctx, const til_annot_t *annot, til_tx2gene_t *out);

#ifdef __cplusplus
}
#endif
#endif
