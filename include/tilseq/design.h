/* tilseq/design.h -- who the samples are, and the columns a model fits.
 *
 *   til_sheet_t      the sample sheet: samples x columns of text, as read
 *   til_variable_t   a column of it, understood: a factor or a covariate
 *   til_formula_t    R's model formula: variables and terms
 *   til_design_t     samples x coefficients, with R's names (model.matrix, treatment coding)
 *   til_contrast_t   one question: a vector over the coefficients
 *   til_questions_t  designs, each with the contrasts asked of it: what an analysis runs over
 *
 *   in:  a sheet, and a formula with contrasts or the columns of a paired comparison
 *   out: til_questions_t
 *
 * Nothing here opens a file. Small dense algebra is column-major: x[s + j * n_samples].
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_DESIGN_H
#define TILSEQ_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_arena;

/* ---- the sample sheet ---------------------------------------------------------------- */

typedef struct {
    size_t n_samples, n_columns;
    char **samples; /* n_samples, unique                                    */
    char **columns; /* n_columns names, the sample column left out          */
    char **cells;   /* cells[s * n_columns + c]; "" is an empty cell        */
    size_t *lines;  /* n_samples line numbers in `origin`, for messages     */
    char *origin;   /* file name for messages                               */
    struct til_arena *arena;
} til_sheet_t;

/* A sheet of empty texts; lines are 2, 3 ... `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_sheet_init(til_ctx_t *ctx, size_t n_samples, size_t n_columns, const char *origin,
                            til_sheet_t *out);
void til_sheet_clear(til_sheet_t *sheet);

/* Names a sample, names a column, fills a cell; the text is copied. TIL_EUSAGE for a place outside
 * the sheet. */
TIL_MUST_USE
til_status_t til_sheet_set_sample(til_ctx_t *ctx, til_sheet_t *sheet, size_t s, const char *name);
TIL_MUST_USE
til_status_t til_sheet_set_column(til_ctx_t *ctx, til_sheet_t *sheet, size_t c, const char *name);
TIL_MUST_USE
til_status_t til_sheet_set_cell(til_ctx_t *ctx, til_sheet_t *sheet, size_t s, size_t c,
                                const char *text);

/* The index of the column called `name`, or -1. */
ptrdiff_t til_sheet_column(const til_sheet_t *sheet, const char *name);

static inline const char *til_sheet_cell(const til_sheet_t *sheet, size_t s, size_t c)
{
    return sheet->cells[s * sheet->n_columns + c];
}

/* A copy with the chosen samples, in the order given. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_sheet_select(til_ctx_t *ctx, const til_sheet_t *sheet, const size_t *samples,
                              size_t n, til_sheet_t *out);

/* ---- variables ----------------------------------------------------------------------- */

/* What the user says about columns of the sheet; {0} says nothing. */
typedef struct {
    const char *const *references; /* n_references texts "COLUMN=LEVEL"                */
    size_t n_references;
    const char *const *factors; /* columns that are factors though they hold numbers    */
    size_t n_factors;
    bool drop_na; /* leave out samples with an empty cell, with a notice  */
} til_typing_t;

/* A column of numbers is a covariate. Any other, one that `factors` names, and one called patient,
 * subject, donor or batch is a factor; its first level is the reference: the one the user
 * named, else a level called pre, baseline, screening, control, ctrl, untreated, placebo or vehicle
 * in any case, else the first: by number among visits, else in sheet order. */
typedef struct {
    char *name;
    bool is_factor;
    size_t n_levels; /* 0 for a covariate                                    */
    char **levels;   /* n_levels, the reference first, the others in order   */
    size_t *level;   /* factor: a level number per sample, else NULL         */
    double *value;   /* covariate: a value per sample, else NULL             */
    char *about;     /* how it was understood, one line for the log          */
} til_variable_t;

/* ---- formulas ------------------------------------------------------------------------ */

enum { TIL_MAX_VARIABLES = 64, TIL_MAX_TERMS = 256 };

typedef struct {
    char *text; /* as typed                                             */
    size_t n_variables;
    char **variables; /* in order of first appearance                         */
    size_t n_terms;
    uint64_t *terms; /* bit v: variable v is in the term; by degree          */
    bool has_intercept;
    struct til_arena *arena;
} til_formula_t;

/* Reads `text` as R's terms.formula does: + - * / : ^ ( ) 0 1, names and `names`. TIL_EUSAGE,
 * with the place, for what is not a formula. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_formula_parse(til_ctx_t *ctx, const char *text, til_formula_t *out);
void til_formula_clear(til_formula_t *formula);

/* ---- designs ------------------------------------------------------------------------- */

/* A patient or sample that is in the sheet and not in the design. */
typedef struct {
    char *name;
    char *reason;
} til_left_out_t;

/* The samples x coefficients matrix a model fits. The members from `rows` on say where it came
 * from; they are NULL and 0 in a design made by til_design_init. */
typedef struct {
    size_t n_samples, n_coef;
    double *x;         /* n_samples x n_coef, column-major                     */
    char **coef_names; /* n_coef, R's names: "(Intercept)", "armB", "a1:b2"    */
    char **samples;    /* n_samples                                            */
    size_t *rows;      /* n_samples: the row of the sheet                      */
    size_t *terms;     /* n_coef: 0 the intercept, t the formula's t-th term   */
    size_t n_variables;
    til_variable_t *variables; /* paired: patient, time, arm where there is one, strata,
                                   adjusted for                                         */
    char *origin;              /* file name of the sheet, for messages                 */
    char *formula;             /* what the columns stand for, in R's notation          */
    char *references;          /* "arm=R batch=b1" for the log and the results         */
    bool is_paired, has_arm;   /* has_arm: of a paired design                          */
    size_t n_left_out;
    til_left_out_t *left_out;
    struct til_arena *arena;
} til_design_t;

TIL_MUST_USE
til_status_t til_design_init(til_ctx_t *ctx, size_t n_samples, size_t n_coef, til_design_t *out);
void til_design_clear(til_design_t *design);

/* The variable called `name`, or NULL. Borrows. */
const til_variable_t *til_design_variable(const til_design_t *design, const char *name);

/* R's model.matrix(formula, sheet): the columns, their names and their order.
 *
 * TIL_EUSAGE when the formula is malformed; TIL_EINPUT when it names a column the sheet lacks, a
 * cell is empty (without drop_na), a factor has one level or levels that differ only by blanks or
 * case, or there are hopelessly many columns. The rank is not looked at (design/rank.h). */
TIL_MUST_USE
til_status_t til_design_build(til_ctx_t *ctx, const til_sheet_t *sheet, const char *formula,
                              const til_typing_t *typing, til_design_t *out);

/* The design of another formula over the samples and variables of `full`: a reduced model, or
 * the groups of a filter. TIL_EUSAGE when it names a variable that `full` has not. */
TIL_MUST_USE
til_status_t til_design_reduce(til_ctx_t *ctx, const til_design_t *full, const char *formula,
                               til_design_t *out);

/* A comparison of time points within patients, the patients possibly in arms; or, without `pair`, of
 * arms, possibly at several times, among samples of different patients (animals). */
typedef struct {
    const char *pair, *time;   /* columns of the sheet                                 */
    const char *arm;           /* a column, or NULL                                    */
    bool is_trend;             /* time is a number and its slope is asked for          */
    const char *const *adjust; /* n_adjust columns with a value per sample             */
    size_t n_adjust;
    const char *const *strata; /* n_strata columns with a value per patient: arms and changes
                                   are compared at one mix of their levels               */
    size_t n_strata;
} til_pairing_t;

/* The nested paired design: R's model.matrix(~ arm + arm:patient + arm:time) with patients numbered
 * within their arm and columns of zeros left out; ~ patient + time without arms. Then, per stratum and
 * time, (in the stratum - share of its patients) * (at the time), and the columns adjusted for. The
 * coefficients
 * are named in words: on_in_NAIVE (the change), Pt11_vs_Pt10 (a patient). Patients who
 * cannot contribute are in left_out with the reason.
 *
 * TIL_EINPUT as for til_design_build, and when a patient has two libraries at one time. */
TIL_MUST_USE
til_status_t til_design_pair(til_ctx_t *ctx, const til_sheet_t *sheet, const til_pairing_t *pairing,
                             const til_typing_t *typing, til_design_t *out);

/* ---- contrasts and questions --------------------------------------------------------- */

/* A question asked of a fitted model: the estimate is sum_j weights[j] * beta[j]. */
typedef struct {
    char *id;        /* file name stem: arm_B_vs_A                           */
    char *text;      /* in words, for the log and the report                 */
    double *weights; /* n_coef                                               */
    bool *compared;  /* VARIABLE:TARGET:REFERENCE: n_samples, those of the two
                                   levels; else NULL                                    */
} til_contrast_t;

void til_contrast_clear(til_contrast_t *contrast);

/* A contrast as it was asked for, before there is a design. Either `text` is set, or the three
 * names of a comparison, or `expression`. */
typedef struct {
    char *id;   /* NULL: made from the comparison                       */
    char *text; /* as typed after -c                                    */
    char *variable, *target, *reference;
    char *expression;     /* over coefficient names                               */
    char *formula;        /* the design it wants, NULL: the one given             */
    char *exclude_column; /* samples it leaves out, NULL: none                    */
    char **exclude_values;
    size_t n_exclude_values;
    char *where; /* "file:line: " for messages, or ""                    */
} til_contrast_spec_t;

typedef struct {
    size_t n_specs;
    til_contrast_spec_t *specs;
    size_t capacity;
    struct til_arena *arena;
} til_contrast_specs_t;

/* Appends a copy of `spec` (start with {0}). */
TIL_MUST_USE
til_status_t til_contrast_specs_add(til_ctx_t *ctx, til_contrast_specs_t *specs,
                                    const til_contrast_spec_t *spec);
void til_contrast_specs_clear(til_contrast_specs_t *specs);

/* The weights of a contrast on a design made by til_design_build or til_design_pair.
 *
 * VARIABLE:TARGET:REFERENCE is the difference between two samples that differ in that variable
 * only, the other factors at their reference and the covariates at 0.
 *
 * TIL_EUSAGE: not a contrast, an unknown coefficient, a covariate; TIL_EINPUT: a level or a column
 * there is not. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_contrast_resolve(til_ctx_t *ctx, const til_contrast_spec_t *spec,
                                  const til_sheet_t *sheet, const til_design_t *design,
                                  til_contrast_t *out);

typedef struct {
    til_design_t design;
    size_t n_contrasts;
    til_contrast_t *contrasts;
} til_question_t;

typedef struct {
    size_t n_questions;
    til_question_t *questions;
} til_questions_t;

typedef struct {
    const char *formula;               /* NULL: pairing, or the contrasts bring theirs     */
    const til_pairing_t *pairing;      /* NULL: formula; without `pair`: arms and times    */
    const til_contrast_specs_t *specs; /* NULL: none (a pairing brings its own)            */
    const til_typing_t *typing;
} til_asked_t;

/* All designs that are asked for, each with its contrasts, in the order asked. Ids are unique over
 * all of them (TIL_EUSAGE). `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_questions_build(til_ctx_t *ctx, const til_sheet_t *sheet, const til_asked_t *asked,
                                 til_questions_t *out);
void til_questions_clear(til_questions_t *questions);

#ifdef __cplusplus
}
#endif
#endif
