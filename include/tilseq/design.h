/* tilseq/design.h -- who the samples are, and the columns a model fits.
 *
 *   til_sheet_t      the sample sheet: samples x columns of text, as read
 *   til_design_t     samples x coefficients, with R's names (model.matrix, treatment coding)
 *   til_contrast_t   one question: a vector over the coefficients
 *
 * Nothing here opens a file. Small dense algebra is column-major: x[s + j * n_samples].
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_DESIGN_H
#define TILSEQ_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_arena;

typedef struct {
    size_t n_samples, n_columns;
    char **samples;             /* n_samples, unique                                    */
    char **columns;             /* n_columns names, the sample column left out          */
    char **cells;               /* cells[s * n_columns + c]; "" is an empty cell        */
    size_t *lines;              /* n_samples line numbers in `origin`, for messages     */
    char *origin;               /* file name for messages                               */
    struct til_arena *arena;
} til_sheet_t;

void til_sheet_clear(til_sheet_t *sheet);

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

/* The samples x coefficients matrix a model fits. */
typedef struct {
    size_t n_samples, n_coef;
    double *x;                  /* n_samples x n_coef, column-major                     */
    char **coef_names;          /* n_coef, R's names: "(Intercept)", "armB", "a1:b2"    */
    char **samples;             /* n_samples                                            */
    struct til_arena *arena;
} til_design_t;

TIL_MUST_USE
til_status_t til_design_init(til_ctx_t *ctx, size_t n_samples, size_t n_coef, til_design_t *out);
void til_design_clear(til_design_t *design);

/* A question asked of a fitted model: the estimate is sum_j weights[j] * beta[j]. */
typedef struct {
    char *id;                   /* file name stem: arm_B_vs_A                           */
    char *text;                 /* in words, for the log and the report                 */
    double *weights;            /* n_coef                                               */
} til_contrast_t;

#ifdef __cplusplus
}
#endif
#endif
