/* values.h -- the value of every signature in every sample. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_VALUES_H
#define TIL_TRIAL_VALUES_H

#include "trial/cohort.h"

typedef struct {
    size_t n_signatures, n_samples;
    double *u;     /* n_signatures x n_samples: log2, or the unit of a VALUE; NaN where missing */
    double *noise; /* the same: variance that counting alone gives it; 0 for what is not counted */
    const char **problem; /* n_signatures: why it has no values ("no_genes"...), or NULL       */
} til_trial_values_t;

/* `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_trial_values_init(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                   til_trial_values_t *out);
void til_trial_values_clear(til_trial_values_t *values);

#endif
