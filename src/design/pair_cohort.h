/* pair_cohort.h -- who takes part in a paired comparison. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_PAIR_COHORT_H
#define TIL_DESIGN_PAIR_COHORT_H

#include "design/design_parts.h"

enum { TIL_PATIENT, TIL_TIME, TIL_ARM }; /* til_design_t.variables of a paired design */

/* The sheet as patients. Start with sheet, pairing and arena set and the rest zero. */
typedef struct {
    const til_sheet_t *sheet;
    const til_pairing_t *pairing;
    til_arena_t *arena;          /* holds names, variables and reasons                      */
    til_frame_t frame;           /* samples with a patient and a time; in the end, who stays */
    til_frame_t armed;           /* samples with an arm too                                 */
    size_t columns[3];           /* of patient, time, arm                                   */
    til_variable_t variables[3]; /* of the samples that stay; the arm where there is one    */
    til_variable_t *extra;       /* strata, then what is adjusted for, of the samples that stay */
    size_t n_extra, n_strata;
    size_t *extra_columns;
    char **reasons;           /* a reason per patient to leave them out, or NULL         */
    til_left_out_t *left_out; /* n_left_out patients who have one                        */
    size_t n_left_out;
    char *is_kept; /* per row of the sheet                                    */
} til_cohort_t;

/* Finds the columns, understands them, and leaves out, saying so, patients who cannot be compared
 * with themselves: one time point, no sample at the reference, no arm or more than one. TIL_EINPUT
 * when nobody or a single arm is left, or a patient has two samples at one time. */
TIL_MUST_USE
til_status_t til_cohort_gather(til_ctx_t *ctx, til_cohort_t *c, const til_typing_t *typing);

/* Releases all but the arena. */
void til_cohort_clear(til_cohort_t *c);

#endif
