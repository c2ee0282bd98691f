/* fit.h -- the linear model of one question over all signatures, with moderated variances. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_FIT_H
#define TIL_TRIAL_FIT_H

#include "trial/question.h"
#include "trial/values.h"

/* The model of a question for some patients: what is tested against what is held.
 *
 *     estimate = length * tested' y,   tested a unit vector orthogonal to `held`
 */
typedef struct {
    size_t n;        /* units                                                              */
    size_t *unit;    /* their numbers in the cohort                                        */
    size_t *group;   /* n: the group of the question; 0 with a design                      */
    size_t *stratum; /* n: within which units may change places                            */
    size_t n_strata;
    bool is_flip;   /* one group: signs are exchangeable, not places                      */
    bool is_plain;  /* two groups, nothing held but strata                                */
    double *tested; /* n                                                                  */
    double length;
    size_t n_held;       /* orthonormal columns                                            */
    size_t n_free;       /* the first of them that moving units leaves as they are         */
    double *held;        /* n x n_held, column-major                                       */
    const char *problem; /* why nothing can be tested, or NULL                             */
} til_trial_frame_t;

/* Signatures with values for the same units, fitted together. */
typedef struct {
    til_trial_frame_t frame;
    size_t m;
    size_t *signature; /* m                                                                 */
    double *y;         /* m x n: values                                                     */
    double *residual;  /* m x n: of what is held alone, baseline included                   */
    double *base;      /* NULL, or m x n: the first visit, free of what is held, unit length */
    double *lean;      /* m: base' tested                                                   */
    double *effect, *se, *df, *stat, *pvalue, *sd; /* m                                     */
    double df_residual;
    double *share, *prior; /* m: the moderated variance is (1 - share) s2 + share prior       */
} til_trial_fit_t;

typedef struct {
    const til_trial_question_t *question;
    bool has_baseline;
    size_t n_fits;
    til_trial_fit_t *fits;
} til_trial_fits_t;

/* Fits a question. Signatures without values are in no fit. `out` is safe to clear either way. */
TIL_MUST_USE
til_status_t til_trial_fit(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                           const til_trial_question_t *question, const til_trial_values_t *values,
                           til_trial_fits_t *out);
void til_trial_fits_clear(til_trial_fits_t *fits);

/* The value of a unit in a question, NaN where a sample is missing. */
double til_trial_unit_value(const til_trial_cohort_t *cohort, const til_trial_question_t *question,
                            const double *u, size_t unit);

#endif
