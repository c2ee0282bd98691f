/* summarise.h -- transcript abundances to gene counts, abundances and lengths. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GENES_SUMMARISE_H
#define TIL_GENES_SUMMARISE_H

#include <stdint.h>
#include <tilseq/annot.h>
#include <tilseq/matrix.h>

/* Estimates of one set of features: counts, TPM, (effective) lengths, all of one shape. */
typedef struct {
    til_matrix_t counts, tpm, lengths;
} til_estimates_t;

void til_estimates_clear(til_estimates_t *e);

/* Adds transcripts up to genes.
 *
 *   tx        transcripts x samples
 *   gene_of   n_rows gene numbers < n_genes; TIL_NO_GENE leaves a transcript out
 *   out       n_genes x samples, without names of genes; left empty unless TIL_OK
 */
TIL_MUST_USE
til_status_t til_summarise_genes(til_ctx_t *ctx, const til_estimates_t *tx, const uint32_t *gene_of,
                                 size_t n_genes, til_estimates_t *out);

/* Counts made from abundances: TPM times the mean length of the feature over samples, scaled to
 * the library sizes of the counts.
 *
 *   scaled   the shape of e->counts; a sample without any TPM is left at 0
 */
TIL_MUST_USE
til_status_t til_summarise_scale(til_ctx_t *ctx, const til_estimates_t *e, til_matrix_t *scaled);

#endif
