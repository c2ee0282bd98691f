/* linear_combination.h -- arithmetic over coefficient names. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_LINEAR_COMBINATION_H
#define TIL_DESIGN_LINEAR_COMBINATION_H

#include <tilseq/design.h>

/* The weights (n_coef of `design`) of a linear expression over its coefficients: + - * / numbers
 * and parentheses. Names as the design prints them, in backticks where they hold other characters
 * than letters, digits, _ . and : (the backticks R itself puts into a name may be left out). A name
 * that is none of them may be one as R's make.names() writes it (limma, nf-core); Intercept is
 * (Intercept). `where` begins each message.
 *
 * TIL_EUSAGE for a syntax error, an unknown name, a product of coefficients, a constant that stays,
 * and weights that are all zero. */
TIL_MUST_USE
til_status_t til_expression_weights(til_ctx_t *ctx, const char *text, const char *where,
                                    const til_design_t *design, double *weights);

/* The coefficient called text[0..n) in one of these spellings, or -1. */
ptrdiff_t til_expression_coefficient(const til_design_t *design, const char *text, size_t n);

#endif
