/* transcript_genes.h -- -g and -a of index and quant. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_TRANSCRIPT_GENES_H
#define TIL_TASKS_TRANSCRIPT_GENES_H

#include <tilseq/quant.h>

#include "tasks/job.h"

/* Gives the index the genes of a tx2gene table or an annotation (one of them, the other NULL). */
TIL_MUST_USE
til_status_t til_transcript_genes(til_ctx_t *ctx, til_job_t *job, til_index_t *index,
                                  const char *tx2gene, const char *annotation, bool allow_missing);

#endif
