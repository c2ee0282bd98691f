/* count_samples.h -- alignment files as samples: their names, and that none is there twice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_COUNT_SAMPLES_H
#define TIL_CLI_COUNT_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#include "base/arena.h"
#include "cli/job.h"

/* Names of n samples: those of `list` ("A,B,..."), else the paths (`whole_paths`), else file names
 * without folder and .bam, .sam, .cram. TIL_EUSAGE when two are alike or one cannot stand in a
 * table. Names live in `arena` or are the paths. */
TIL_MUST_USE
til_status_t til_sample_names(til_ctx_t *ctx, const char *const *paths, size_t n, const char *list,
                              bool whole_paths, til_arena_t *arena, const char **names);

/* TIL_EUSAGE when two of the paths are one file. */
TIL_MUST_USE
til_status_t til_refuse_same_file(til_ctx_t *ctx, const char *const *paths, size_t n);

#endif
