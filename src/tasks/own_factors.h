/* own_factors.h -- size factors by another method, from a file, or from control genes alone. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_OWN_FACTORS_H
#define TIL_TASKS_OWN_FACTORS_H

#include <tilseq/matrix.h>
#include <tilseq/table.h>

#include "tasks/job.h"

typedef struct {
    const char *size_factors;  /* --size-factors: a method of `tilseq norm` or a file, or NULL */
    const char *control_genes; /* --control-genes: a file of gene ids, or NULL                 */
} til_factor_args_t;

/* What is read once; til_own_factors_clear. */
typedef struct {
    const til_factor_args_t *args;
    til_table_t table; /* sample size_factor, of a file            */
    bool *is_control;  /* n_rows of the counts, or NULL            */
    size_t n_controls;
} til_own_factors_t;

/* Reads the files. TIL_EUSAGE for a name that is neither method nor file; TIL_EINPUT for a table
 * without the columns and for controls that are not among the genes. */
TIL_MUST_USE
til_status_t til_own_factors_init(til_ctx_t *ctx, til_job_t *job, const til_factor_args_t *args,
                                  const til_matrix_t *counts, til_own_factors_t *out);
void til_own_factors_clear(til_own_factors_t *own);

/* Factors (n_cols, > 0) of the samples of `counts`, whose rows are those of init. TIL_EINPUT naming a
 * sample that the file lacks or gives no positive number. */
TIL_MUST_USE
til_status_t til_own_factors(til_ctx_t *ctx, const til_own_factors_t *own,
                             const til_matrix_t *counts, double *factors);

#endif
