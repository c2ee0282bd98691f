/* merge_inputs.h -- quantifications of many samples, put side by side. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_MERGE_INPUTS_H
#define TIL_CLI_MERGE_INPUTS_H

#include <tilseq/count.h>

#include "cli/count_partials.h"
#include "tasks/job.h"
#include "io/text/quant_dir.h"
#include "genes/summarise.h"

typedef struct {
    til_quant_level_t level;
    til_estimates_t e;        /* rows in the order of the first input; tpm and lengths are empty
                                   for TIL_QUANT_COUNTS; counts.lengths and counts.gene_names as a
                                   count matrix had them */
    char **genes;             /* per transcript, where the files name them (RSEM); else NULL */
    til_partials_t *partials; /* where all inputs are tilseq count's own tables; else NULL. When
                                   their rows share gene ids, e.counts has columns and no rows */
    struct til_arena *arena;
} til_merged_t;

/* Reads the operands of the job (til_quant_table_read), each an input of it, and matches their rows
 * by name.
 *
 *   sample_names   "A,B,..." for all samples in order, or NULL
 *   strand         auto, unstranded, forward, reverse: which column of STAR's tables
 *
 * TIL_EINPUT when the inputs are of different levels or have different rows, and for tables of
 * tilseq count that are not parts of one whole (til_partials_read); TIL_EUSAGE for sample
 * names that are too few, too many or not unique. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_merge_read(til_ctx_t *ctx, til_job_t *job, const char *sample_names,
                            til_stranded_t strand, til_merged_t *out);
void til_merged_clear(til_merged_t *merged);

#endif
