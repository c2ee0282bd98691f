/* quality_files.h -- the quality of alignments as files: a table and JSON of ours, and what MultiQC
 * picks up by name (*_mqc.tsv, *.summary). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_QUALITY_FILES_H
#define TIL_TASKS_QUALITY_FILES_H

#include "tasks/count_tables.h"

/* Writes DIR/alignments.tsv, alignments.json, counts.summary and the tilseq_*_mqc.tsv; makes the
 * folder. */
TIL_MUST_USE
til_status_t til_quality_write(til_ctx_t *ctx, til_job_t *job, const char *folder,
                               const til_count_table_t *table);

#endif
