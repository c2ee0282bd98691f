/* lengths.h -- feature lengths for a count matrix (--lengths). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_LENGTHS_H
#define TIL_TASKS_LENGTHS_H

#include <tilseq/matrix.h>

#include "tasks/job.h"

/* Reads lengths in bases and records the file as an input of the job. Two layouts: a column per
 * sample (what tilseq merge writes as PREFIX.gene_lengths.tsv), or one column for all (`length`, or
 * the only column of numbers).
 *
 *   counts   whose features and samples are asked for, matched by name
 *   out      the shape and the names of counts; left empty unless TIL_OK
 *
 * TIL_EINPUT when a feature is missing, named twice or has no positive length. */
TIL_MUST_USE
til_status_t til_load_lengths(til_ctx_t *ctx, til_job_t *job, const char *path,
                              const til_matrix_t *counts, til_matrix_t *out);

#endif
