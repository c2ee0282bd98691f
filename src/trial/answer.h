/* answer.h -- the tables of one question. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_ANSWER_H
#define TIL_TRIAL_ANSWER_H

#include "trial/permute.h"

TIL_MUST_USE
til_status_t til_trial_answer_table(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                    const til_trial_values_t *values, const til_trial_fits_t *fits,
                                    const til_trial_chance_t *chance, til_table_t *out);

/* patient, arm, and the value of every signature; patients without any value are left out. */
TIL_MUST_USE
til_status_t til_trial_answer_patients(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                       const til_trial_values_t *values,
                                       const til_trial_question_t *question, til_table_t *out);

#endif
