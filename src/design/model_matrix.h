/* model_matrix.h -- the columns that a formula stands for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_MODEL_MATRIX_H
#define TIL_DESIGN_MODEL_MATRIX_H

#include <tilseq/design.h>

#include "base/strbuf.h"

/* A column of a model matrix: a product of one column per variable of its term. Walk with
 *
 *     til_model_column_t c;
 *     for (bool more = til_model_first(&c, f, v); more; more = til_model_next(&c)) ...
 */
typedef struct {
    const til_formula_t *formula;
    const til_variable_t *const *variables; /* by bit; NULL where no term uses the variable */
    size_t term;                            /* 0 the intercept, t the t-th term             */
    size_t n;                               /* variables of the term                        */
    unsigned char variable[TIL_MAX_VARIABLES];
    bool is_full[TIL_MAX_VARIABLES]; /* a column per level, the reference too        */
    size_t at[TIL_MAX_VARIABLES];    /* which column of the variable                 */
} til_model_column_t;

bool til_model_first(til_model_column_t *column, const til_formula_t *formula,
                     const til_variable_t *const *variables);
bool til_model_next(til_model_column_t *column);

/* The value of the column in sample s. */
double til_model_value(const til_model_column_t *column, size_t s);

/* Appends R's name of the column. */
void til_model_name(const til_model_column_t *column, til_strbuf_t *b);

/* Appends a variable as R writes it: in backticks unless it is a syntactic name. */
void til_model_variable_name(til_strbuf_t *b, const char *name);

/* Finds the variables of `formula` among those of `design`: by_bit (TIL_MAX_VARIABLES) gets NULL
 * where there is none of that name. */
void til_model_variables(const til_formula_t *formula, const til_design_t *design,
                         const til_variable_t **by_bit);

#endif
