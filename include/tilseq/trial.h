/* tilseq/trial.h -- what a trial says: the patient is the unit.
 *
 *   in:  til_sheet_t              who the samples are: patient, visit, arm, tissue, strata
 *        til_matrix_t             counts or log values, genes x samples, in the order of the sheet
 *        til_trial_signature_t    what is asked about: sets of genes, single genes, ratios, or
 *                                 values that were measured otherwise
 *   out: til_trial_answer_t       one per question: a table of signatures, and the value of every
 *                                 patient
 *        til_table_t              who was left out and why
 *
 * A signature has one value per patient and question (a change, or the level of a sample where
 * nobody was biopsied twice), and all inference is over patients: a linear model of those values
 * with moderated variances, and a permutation test that moves whole patients. Values are made
 * without a look at the arms, so that relabelling the patients leaves them as they are.
 *
 * Nothing here opens a file or maps names. To add a kind of question: src/trial/question.c.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_TRIAL_H
#define TILSEQ_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>
#include <tilseq/design.h>
#include <tilseq/matrix.h>
#include <tilseq/table.h>
#include <tilseq/words.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_arena;

/* ---- what is asked about ------------------------------------------------------------------- */

typedef enum {
    TIL_TRIAL_SET,   /* the genes `a`, each in units of its own scatter, averaged           */
    TIL_TRIAL_GENE,  /* one gene                                                            */
    TIL_TRIAL_RATIO, /* log2 of the counts of `a` over those of `b`                          */
    TIL_TRIAL_VALUE  /* `values`, as they are                                               */
} til_trial_kind_t;

/* The word of a kind in the tables: set, gene, ratio, value. */
const char *til_trial_kind_name(til_trial_kind_t kind);

typedef struct {
    const char *name;
    const char *readout; /* what it reads out, one line; "" where nobody said     */
    til_trial_kind_t kind;
    size_t n_genes, n_found; /* genes asked for, genes in the matrix; 0 for VALUE     */
    const size_t *a, *b;     /* rows of the matrix                                    */
    size_t n_a, n_b;
    const double *values; /* VALUE: one per sample of the sheet, NaN where missing  */
    bool is_primary;      /* member of the family whose error is controlled        */
    bool is_reference;    /* serves the prior variance only and is in no table      */
} til_trial_signature_t;

/* ---- what is asked ------------------------------------------------------------------------- */

/* The first visit as a covariate of differences between arms: right for arms made by chance, wrong
 * for arms that were chosen. AUTO: where `strata` says how arms were randomised. */
typedef enum { TIL_BASELINE_AUTO, TIL_BASELINE_YES, TIL_BASELINE_NO } til_trial_baseline_t;
extern const til_words_t til_trial_baseline_words;

typedef struct {
    const til_sheet_t *sheet;
    const til_matrix_t *values; /* NULL when every signature is a VALUE                        */
    bool is_log;                /* values are logarithms, not counts                           */
    size_t n_signatures;
    const til_trial_signature_t *signatures;

    const char *pair;          /* column of patients; NULL: samples are the units             */
    const char *time;          /* column of visits, or NULL                                   */
    const char *arm;           /* column of arms, or NULL                                     */
    const char *within;        /* column of tissues, or NULL                                  */
    const char *response;      /* column that says who responds, or NULL                   */
    const char *const *adjust; /* n_adjust columns of covariates, per patient or per biopsy   */
    const char *const *strata; /* n_strata columns within which arms were made                */
    size_t n_adjust, n_strata;
    const til_questions_t *questions; /* NULL, or designs with contrasts instead of the above */
    const til_typing_t *typing;

    til_trial_baseline_t baseline;
    size_t n_permutations;
    uint64_t seed;
    double alpha; /* of verdicts and intervals: 0.05                             */
} til_trial_input_t;

/* ---- what comes out ------------------------------------------------------------------------ */

/* `table` has a row per signature that is not a reference:
 *
 *   signature kind n_genes n_found n_patients n_up effect ci_low ci_high effect_sd se df stat
 *   pvalue padj p_permutation p_least p_family detectable status
 *   verdict family sd sd_first noise_sd df_residual n_all effect_all ci_low_all ci_high_all
 *   pvalue_all readout
 *
 * effect, ci_low, ci_high, se, sd, detectable are in log2 (in the units of a VALUE); effect_sd in
 * standard deviations of the first visit. padj is Benjamini-Hochberg over the rows of one family
 * (primary, secondary); p_family is over all primary rows of all answers. `patients` has a row per
 * patient: patient, arm, and a column per signature. */
typedef struct {
    char *id;   /* file name stem: on_in_NAIVE                         */
    char *text; /* in words                                            */
    til_table_t table, patients;
} til_trial_answer_t;

typedef struct {
    size_t n_answers;
    til_trial_answer_t *answers;
    til_table_t left_out; /* sample patient reason                     */
    til_table_t missing;  /* paired: visit tissue arm n_patients n_missing p_arm signature
                             first_with first_without p_first; else no columns */
    til_table_t response; /* signature when auc ci_low ci_high pvalue padj arm n_responders
                             n_others status; no columns unless it was asked for */
    struct til_arena *arena;
} til_trial_result_t;

/* Answers every question that the columns raise.
 *
 * TIL_EINPUT when the sheet does not say who is who (a column there is not, an empty cell, a
 * patient in two arms or with two samples of one visit) or nobody can be compared. The result does
 * not depend on ctx->n_threads. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_trial_run(til_ctx_t *ctx, const til_trial_input_t *input, til_trial_result_t *out);
void til_trial_result_clear(til_trial_result_t *result);

/* ---- the next trial ------------------------------------------------------------------------ */

typedef struct {
    double effect; /* log2, or the unit of a VALUE                                 */
    double power, alpha;
    int n_arms; /* 2: a difference between two arms; 1: a change in one         */
} til_trial_power_wishes_t;

/* How many patients per arm the next trial needs, from the table of an answer.
 *
 *   origin, id   file and question of the table, for messages and for the column question
 *   out          signature sd n_per_arm ci_low ci_high question; the interval is what the sd of
 *                this many patients leaves open. Left empty unless TIL_OK
 *
 * TIL_EINPUT when the table is not one of an answer. */
TIL_MUST_USE
til_status_t til_trial_power(til_ctx_t *ctx, const til_table_t *answer, const char *origin,
                             const char *id, const til_trial_power_wishes_t *wishes,
                             til_table_t *out);

#ifdef __cplusplus
}
#endif
#endif
