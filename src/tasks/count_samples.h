/* count_samples.h -- alignment files as samples: their names, that none is there twice, and
 * counting them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_COUNT_SAMPLES_H
#define TIL_TASKS_COUNT_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/count.h>

#include "base/arena.h"
#include "tasks/job.h"

/* Names of n samples: those of `list` ("A,B,...", or a file: a name a line in the order of the paths,
 * or lines of path or file name and sample), else the paths (`whole_paths`), else file names without
 * folder, .bam, .sam, .cram and what STAR, HISAT2 and nf-core put before them; where they give two one
 * name, or none, that of the folder.
 *
 * TIL_EUSAGE when two are alike or one cannot stand in a table. Names live in `arena` or are the
 * paths. */
TIL_MUST_USE
til_status_t til_sample_names(til_ctx_t *ctx, const char *const *paths, size_t n, const char *list,
                              bool whole_paths, til_arena_t *arena, const char **names);

/* TIL_EIO for the first path that is no file or pipe that can be read. */
TIL_MUST_USE
til_status_t til_check_readable(til_ctx_t *ctx, const char *const *paths, size_t n);

/* TIL_EUSAGE when two of the paths are one file. */
TIL_MUST_USE
til_status_t til_refuse_same_file(til_ctx_t *ctx, const char *const *paths, size_t n);

/* What all samples share. */
typedef struct {
    const til_annot_t *annot;
    const til_overlap_t *index;
    const til_count_options_t *options;
    const char *const *paths;
    size_t n;
} til_count_inputs_t;

/* Called for each sample in order once it is counted. */
typedef til_status_t til_counted_fn(til_ctx_t *ctx, void *arg, size_t sample);

/* Counts all files, several at a time where there are threads for it, and records them as inputs of
 * the job. What is said about a file is said when its turn comes.
 *
 *   counts   n, empty
 *
 * The failure is that of the first file that has one. */
TIL_MUST_USE
til_status_t til_count_samples(til_ctx_t *ctx, til_job_t *job, const til_count_inputs_t *inputs,
                               til_counted_fn *counted, void *arg, til_count_t *counts);

#endif
