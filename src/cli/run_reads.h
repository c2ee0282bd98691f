/* run_reads.h -- the first steps of a run that starts from reads: a sheet with BAM or FASTQ columns
 * to a count matrix. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RUN_READS_H
#define TIL_CLI_RUN_READS_H

#include <tilseq/design.h>

#include "cli/steps.h"

typedef struct {
    const til_sheet_t *rows;         /* as read: one row per lane or BAM                      */
    const char *folder;              /* of the run                                            */
    const char *annotation;          /* -a, or NULL                                           */
    const char *index, *transcripts; /* -i or -t, or NULL                                     */
    const char *tx2gene;             /* --tx2gene, or NULL                                    */
    til_strbuf_t *renamed; /* gets "name<tab>folder/file" for each name that is no file name */
} til_run_reads_t;

/* Whether a sheet names reads: a column bam, or fastq_1. */
bool til_sheet_has_reads(const til_sheet_t *sheet);

/* One row per sample, its first; TIL_EINPUT when lanes of one sample disagree in a column that is
 * not about its files. */
TIL_MUST_USE
til_status_t til_merge_lanes(til_ctx_t *ctx, const til_sheet_t *rows, til_sheet_t *out);

/* Adds the steps that make the count matrix, and says where it will be (free() by the caller). With
 * FASTQ also the matrix of average lengths, else *lengths is NULL. TIL_EUSAGE when the annotation,
 * index or transcripts that the sheet needs are not given. */
TIL_MUST_USE
til_status_t til_plan_reads(til_ctx_t *ctx, const til_run_reads_t *reads, til_steps_t *steps,
                            char **counts, char **lengths);

#endif
