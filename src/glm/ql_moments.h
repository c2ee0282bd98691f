/* ql_moments.h -- what a unit deviance of a negative binomial count is worth. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_QL_MOMENTS_H
#define TIL_GLM_QL_MOMENTS_H

#include <stddef.h>
#include <tilseq/context.h>

/* A unit deviance d at mean mu is taken as chi-squared: scale d ~ chi-squared(df). */
typedef struct {
    double scale, df;
} til_ql_moments_t;

/* Both over the means, for one dispersion. */
typedef struct {
    size_t n;
    double *scale, *df; /* n, at equal steps of log mu */
} til_ql_table_t;

/* `out` is left empty unless TIL_OK. dispersion >= 0. */
TIL_MUST_USE
til_status_t til_ql_table_init(til_ctx_t *ctx, double dispersion, til_ql_table_t *out);
void til_ql_table_clear(til_ql_table_t *table);

/* At mu >= 0; {0, 0} where a count says nothing. */
til_ql_moments_t til_ql_moments(const til_ql_table_t *table, double mu);

#endif
