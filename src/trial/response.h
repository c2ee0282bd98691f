/* response.h -- does a signature tell who responds? */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_RESPONSE_H
#define TIL_TRIAL_RESPONSE_H

#include "trial/question.h"
#include "trial/values.h"

/* A row per signature, time (the first visit; every change) and arm (all; each). */
TIL_MUST_USE
til_status_t til_trial_response_table(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                      const til_trial_values_t *values, til_table_t *out);

#endif
