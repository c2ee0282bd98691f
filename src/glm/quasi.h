/* quasi.h -- quasi-likelihood dispersions of genes beside a common negative binomial one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_QUASI_H
#define TIL_GLM_QUASI_H

#include "glm/nb_glm.h"
#include "glm/ql_moments.h"

/* The spread left in one gene: deviance / df estimates the quasi-dispersion, 0 without df. */
typedef struct {
    double deviance, df, dispersion;
} til_ql_spread_t;

/* Of the gene at hand, whose fit is there, when its counts have `average` times the variance that
 * `dispersion` / `average` gives them. `table` is of `dispersion`. */
til_ql_spread_t til_ql_spread(til_nb_glm_t *glm, const til_ql_table_t *table, double dispersion,
                              double average);

/* The quasi-dispersion of abundant genes, at least 1: the 0.9 quantile of the lowess of its fourth
 * root over the mean log expression (n). TIL_ENUMERIC where no gene has a degree of freedom. */
TIL_MUST_USE
til_status_t til_ql_average(til_ctx_t *ctx, size_t n, const til_ql_spread_t *spread,
                            const double *mean, double *average);

#endif
