/* question.h -- what can be asked of a cohort: which value of a patient, which groups. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_QUESTION_H
#define TIL_TRIAL_QUESTION_H

#include "trial/cohort.h"

enum { TIL_TRIAL_MAX_TERMS = 4, TIL_TRIAL_MAX_GROUPS = 4 };

/* Some patients, and how much their mean counts. */
typedef struct {
    ptrdiff_t arm;   /* -1: any                                                       */
    ptrdiff_t visit; /* units are samples: their visit; -1: any                       */
    double weight;
} til_trial_group_t;

/* value of a patient = sum_k coef[k] u[sample at cell[k]];
 * estimate           = sum_j weight_j mean(value in group j), covariates held */
typedef struct {
    char *id, *text;
    size_t n_terms;
    size_t cell[TIL_TRIAL_MAX_TERMS];
    double coef[TIL_TRIAL_MAX_TERMS];
    size_t first_cell; /* the first visit of the tissue, for SDs and as a covariate           */
    size_t n_groups;
    til_trial_group_t groups[TIL_TRIAL_MAX_GROUPS];
    const til_design_t *design; /* NULL, or the model instead of groups                   */
    const double *contrast;     /* design->n_coef                                         */
} til_trial_question_t;

typedef struct {
    size_t n, capacity;
    til_trial_question_t *items;
    til_arena_t *arena;
} til_trial_questions_t;

/* Every question that the cohort raises, in the order of the answers. `out` is safe to clear either
 * way. */
TIL_MUST_USE
til_status_t til_trial_questions_list(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                      til_trial_questions_t *out);
void til_trial_questions_clear(til_trial_questions_t *questions);

#endif
