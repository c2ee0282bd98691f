/* inputs.h -- what matrix commands read: a matrix, a sample sheet, gene names; matched by name. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_INPUTS_H
#define TIL_TASKS_INPUTS_H

#include <stdbool.h>
#include <tilseq/design.h>
#include <tilseq/matrix.h>

#include "tasks/job.h"
#include "io/text/matrix_tsv.h"

/* Wishes about samples and genes that several commands share. */
typedef struct {
    const char *genes;           /* --genes                                    */
    til_list_t include, exclude; /* --include, --exclude COL=VALUE             */
    bool subset;                 /* --subset                                   */
    bool round, sum_duplicates;  /* --round, --sum-duplicates                  */
} til_input_args_t;

/* Reads a matrix (any layout, GCT too) and records it as an input of the job. With args->genes, the
 * names of that table replace those in the matrix. With values other than ANY, a sample without any
 * count is TIL_EINPUT. */
TIL_MUST_USE
til_status_t til_load_matrix(til_ctx_t *ctx, til_job_t *job, const char *path, til_values_t values,
                             const til_input_args_t *args, til_matrix_t *out);

/* Reads a sample sheet, records it, applies --include and --exclude (saying how many samples are
 * left out). TIL_EINPUT for a column or value there is not. */
TIL_MUST_USE
til_status_t til_load_sheet(til_ctx_t *ctx, til_job_t *job, const char *path, bool repeats,
                            const til_input_args_t *args, til_sheet_t *out);

/* Puts the columns of the matrix in the order of the sheet. Samples that --exclude took away are
 * dropped quietly; others that the sheet lacks are TIL_EINPUT unless --subset (then dropped with a
 * line); a sheet sample absent from the matrix is TIL_EINPUT with the nearest names; when rows of
 * the matrix are the samples, the message asks whether it is transposed.
 *
 *   full   the sheet before --include and --exclude (as til_load_sheet read it)
 */
TIL_MUST_USE
til_status_t til_match_samples(til_ctx_t *ctx, const til_sheet_t *full, const til_sheet_t *sheet,
                               const til_input_args_t *args, til_matrix_t *m);

/* The two together: sheet (filtered), matrix in its order. */
TIL_MUST_USE
til_status_t til_load_samples(til_ctx_t *ctx, til_job_t *job, const char *matrix_path,
                              const char *sheet_path, til_values_t values,
                              const til_input_args_t *args, til_matrix_t *m, til_sheet_t *sheet);

/* TIL_EINPUT naming the first sample whose counts are all zero. */
TIL_MUST_USE
til_status_t til_check_depth(til_ctx_t *ctx, const til_matrix_t *m);

/* Warns when two samples have the same counts in every gene: one library under two names, of which a
 * test would make two. A few rows may be alike by chance, so that samples with few counted genes are
 * not judged. With `is_error` that is TIL_EINPUT. */
TIL_MUST_USE
til_status_t til_check_twins(til_ctx_t *ctx, const til_matrix_t *m, bool is_error);

#endif
