/* standard.h -- a design in coordinates that do not depend on the units of its covariates. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_STANDARD_H
#define TIL_DESIGN_STANDARD_H

#include <tilseq/design.h>

typedef enum {
    TIL_STANDARD_PROJECT, /* numbers orthogonal to the 0/1 columns and to each other */
    TIL_STANDARD_CENTRE   /* numbers about their mean, where there is an intercept   */
} til_standard_kind_t;

/* The columns of a design that hold other numbers than 0 and 1, made free of origin and unit. The
 * columns of zeros and ones stay; the span is that of the design. */
typedef struct {
    size_t n, p, n_numeric;
    double *x;       /* n x p, column-major                                              */
    size_t *numeric; /* n_numeric columns, in order                                      */
    double *part;    /* p x n_numeric: the old column is scale * new + x * part          */
    double *scale;   /* n_numeric                                                        */
} til_standard_t;

/* A column that follows from others to rounding is left as it is. `out` is left empty unless
 * TIL_OK. */
TIL_MUST_USE
til_status_t til_standard_init(til_ctx_t *ctx, const til_design_t *design, til_standard_kind_t kind,
                               til_standard_t *out);
void til_standard_clear(til_standard_t *standard);

/* The design with the columns x; borrows from both. */
til_design_t til_standard_design(const til_standard_t *standard, const til_design_t *design);

/* to (p): the weights on the new coefficients that ask what `weights` (p) asks of the old ones. */
void til_standard_weights(const til_standard_t *standard, const double *weights, double *to);

/* coef (p): from new coefficients to those of the design, in place. */
void til_standard_take_back(const til_standard_t *standard, double *coef);

#endif
