/* transcript_genes.h -- -g and -a of index and quant. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_TRANSCRIPT_GENES_H
#define TIL_TASKS_TRANSCRIPT_GENES_H

#include <tilseq/quant.h>

#include "tasks/job.h"

/* The genes of transcripts from a tx2gene table or an annotation (one of them, the other NULL), which
 * is recorded as an input. The result borrows from `annot`. */
TIL_MUST_USE
til_status_t til_load_tx2gene(til_ctx_t *ctx, til_job_t *job, const char *tx2gene,
                              const char *annotation, til_annot_t *annot, til_tx2gene_t *out);

/* Gives the index the genes of a tx2gene table or an annotation (one of them, the other NULL). */
TIL_MUST_USE
til_status_t til_transcript_genes(til_ctx_t *ctx, til_job_t *job, til_index_t *index,
                                  const char *tx2gene, const char *annotation, bool allow_missing);

#endif
