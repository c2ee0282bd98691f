/* run_reads.h -- the first steps of a run that starts from reads: a sheet with BAM or FASTQ columns
 * to a count matrix. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RUN_READS_H
#define TIL_CLI_RUN_READS_H

#include <tilseq/design.h>

#include "cli/run_options.h"
#include "cli/steps.h"

typedef struct {
    const til_sheet_t *rows;         /* as read: one row per lane or BAM                      */
    const char *folder;              /* of the run                                            */
    const char *annotation;          /* -a, or NULL                                           */
    const char *index, *transcripts; /* -i or -t, or NULL                                     */
    const char *tx2gene;             /* --tx2gene, or NULL                                    */
    const til_run_parts_t *parts;    /* what is asked of quant and count                       */
    til_strbuf_t *renamed; /* gets "name<tab>folder/file" for each name that is no file name */
} til_run_reads_t;

/* Whether a sheet names reads: a column bam, or fastq_1. */
bool til_sheet_has_reads(const til_sheet_t *sheet);

/* One row per sample, its first; TIL_EINPUT when lanes of one sample disagree in a column that is
 * not about its files. */
TIL_MUST_USE
til_status_t til_merge_lanes(til_ctx_t *ctx, const til_sheet_t *rows, til_sheet_t *out);

/* Where the matrices will be; owned, NULL for one that is not made. */
typedef struct {
    char *counts;
    char *lengths; /* average transcript lengths per gene and sample: the offsets of counts   */
    char *scaled;  /* counts scaled by them, for engines without offsets                      */
    char *tpm;
    bool has_lengths; /* counts has a column of lengths */
} til_read_matrices_t;

/* Adds the steps that make the count matrix, and says where it will be. TIL_EUSAGE when the
 * annotation, index or transcripts that the sheet needs are not given; TIL_EIO naming the line of the
 * sheet when a file is not there; TIL_EINPUT for lanes that do not fit together. */
TIL_MUST_USE
til_status_t til_plan_reads(til_ctx_t *ctx, const til_run_reads_t *reads, til_steps_t *steps,
                            til_read_matrices_t *made);

#endif
