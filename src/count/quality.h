/* quality.h -- what the same pass tells about the library. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_QUALITY_H
#define TIL_COUNT_QUALITY_H

#include "count/fates.h"
#include "count/overlap.h"

typedef struct til_quality_model til_quality_model_t;
typedef struct til_quality_worker til_quality_worker_t;

/* What the annotation says beyond exons: spans of genes, one transcript per gene (the longest) with
 * its exons in order, which genes are ribosomal. The mitochondrial contig is told by its name or
 * accession, or by genes that only a mitochondrion has.
 *
 *   contig_map   header->n_contigs: the annotation's, or -1
 */
TIL_MUST_USE
til_status_t til_quality_model_build(til_ctx_t *ctx, const til_annot_t *annot,
                                     const til_bam_header_t *header, const int32_t *contig_map,
                                     til_quality_model_t **out);
void til_quality_model_free(til_quality_model_t *model);

/* The sums of one worker. NULL for want of memory. */
til_quality_worker_t *til_quality_worker_new(const til_annot_t *annot);
void til_quality_worker_free(til_quality_worker_t *worker);

/* A fragment as the count saw it. */
typedef struct {
    const til_fragment_t *fragment;
    const int32_t *contigs; /* the annotation's, of each end                   */
    uint32_t n_hits;        /* alignments of the read                          */
    bool on_gene;           /* some base lies on an exon                       */
    bool one_gene;          /* all of it on one gene only: `gene`, of `strand` */
    uint32_t gene, strand;
} til_sighting_t;

TIL_MUST_USE
til_status_t til_quality_see(til_ctx_t *ctx, til_quality_worker_t *worker,
                             const til_quality_model_t *model, const til_overlap_t *index,
                             const til_sighting_t *sighting);

/* Adds the workers up (into the first, too). */
TIL_MUST_USE
til_status_t til_quality_gather(til_ctx_t *ctx, til_quality_worker_t *const *workers, size_t n,
                                const til_annot_t *annot, til_quality_t *out);

#endif
