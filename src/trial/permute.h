/* permute.h -- exact tests by moving patients between arms, and the error over a family. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_PERMUTE_H
#define TIL_TRIAL_PERMUTE_H

#include "trial/fit.h"

/* Per signature of one question; NaN where there is no test. */
typedef struct {
    double *p;      /* n_signatures: permutation                                            */
    double *family; /* n_signatures: max-T over the primary signatures of all questions      */
    double *least;  /* n_signatures: the least p that the design allows                       */
} til_trial_chance_t;

/*   fits      n_questions
 *   chance    n_questions, each with arrays of n_signatures that are filled
 *
 * The result does not depend on ctx->n_threads. */
TIL_MUST_USE
til_status_t til_trial_permute(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                               const til_trial_fits_t *fits, size_t n_questions,
                               til_trial_chance_t *chance);

#endif
