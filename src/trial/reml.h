/* reml.h -- a question of pairs with the patients who have one of the two visits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_REML_H
#define TIL_TRIAL_REML_H

#include "trial/question.h"

typedef struct {
    size_t n_patients, n_single; /* with any of the two visits; with one of them */
    double effect, se, df;       /* NaN where there is no answer                 */
} til_trial_reml_t;

/* The question of two visits without covariates, from the values u of all samples; `out` has NaN
 * for questions of another kind. */
TIL_MUST_USE
til_status_t til_trial_reml(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                            const til_trial_question_t *question, const double *u,
                            til_trial_reml_t *out);

#endif
