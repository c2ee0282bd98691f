/* reads_files.h -- what reads look like as files: a table and JSON of ours, and what MultiQC picks
 * up by name (tilseq_reads_*_mqc.tsv). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_READS_FILES_H
#define TIL_TASKS_READS_FILES_H

#include <tilseq/qc.h>

#include "tasks/job.h"

/* Writes FOLDER/reads.tsv, reads.json and the tilseq_reads_*_mqc.tsv for n files of reads, and says
 * what of them deserves a word: old quality characters, adapters, interleaved mates. */
TIL_MUST_USE
til_status_t til_reads_write(til_ctx_t *ctx, til_job_t *job, const char *folder,
                             const char *const *names, const til_reads_summary_t *summaries,
                             size_t n);

#endif
