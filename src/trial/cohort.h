/* cohort.h -- who takes part in a trial: patients, their visits, tissues, arms and covariates. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_COHORT_H
#define TIL_TRIAL_COHORT_H

#include <tilseq/trial.h>

#include "base/arena.h"
#include "design/design_parts.h"

/* A number per sample of the sheet; a factor gives a column of 0 and 1 for each level but the
 * first. */
typedef struct {
    const char *name; /* of the column of the sheet, with =LEVEL for a factor                */
    double *x;        /* n_samples; NaN for samples that do not take part                    */
    bool is_of_unit;  /* the same at all samples of a patient                                */
} til_trial_covariate_t;

/* Units are patients where there are any, else samples. Cells are tissue * n_visits + visit. */
typedef struct {
    const til_sheet_t *sheet;
    const til_trial_input_t *input;
    til_arena_t *arena; /* holds names, reasons, arrays                                      */
    bool is_paired;

    size_t n_units, n_visits, n_tissues, n_arms;
    char **units, **visits, **tissues, **arms; /* names; arms and tissues may be one of ""   */
    size_t *arm_of, *stratum_of;               /* per unit                                   */
    size_t n_strata;
    ptrdiff_t *sample; /* n_units x (n_tissues * n_visits): row of the sheet or -1           */
    ptrdiff_t *unit_of_sample; /* per row of the sheet; -1: takes no part     */
    size_t *visit_of_sample, *tissue_of_sample;
    size_t n_covariates;
    til_trial_covariate_t *covariates;
    char **reasons; /* per row of the sheet: why it is in no comparison, or NULL             */
} til_trial_cohort_t;

/* Finds and understands the columns. Patients who cannot be compared have reasons and keep their
 * place. TIL_EINPUT as til_trial_run says. `out` is safe to clear either way. */
TIL_MUST_USE
til_status_t til_trial_cohort_init(til_ctx_t *ctx, const til_trial_input_t *input,
                                   til_trial_cohort_t *out);
void til_trial_cohort_clear(til_trial_cohort_t *cohort);

static inline size_t til_trial_n_cells(const til_trial_cohort_t *c)
{
    return c->n_tissues * c->n_visits;
}

static inline ptrdiff_t til_trial_sample(const til_trial_cohort_t *c, size_t unit, size_t cell)
{
    return c->sample[unit * til_trial_n_cells(c) + cell];
}

#endif
