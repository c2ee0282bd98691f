/* missing.h -- who lacks which visit, and whether that goes with the arm or the first visit. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_MISSING_H
#define TIL_TRIAL_MISSING_H

#include "trial/cohort.h"
#include "trial/values.h"

/* A row per tissue, visit and arm; warns where a visit is missing by the arm or by the value. */
TIL_MUST_USE
til_status_t til_trial_missing_table(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                     const til_trial_values_t *values, til_table_t *out);

#endif
