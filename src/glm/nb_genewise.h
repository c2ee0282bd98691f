/* nb_genewise.h -- the spread of each gene on its own: the first stage of DESeq2. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_NB_GENEWISE_H
#define TIL_GLM_NB_GENEWISE_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/matrix.h>

#include "glm/nb_fit.h"

/* Counts with what puts their samples on one scale. Borrows. */
typedef struct {
    const til_matrix_t *counts;
    const double *factors;      /* n_cols size factors                                   */
    const double *gene_factors; /* NULL, or n_rows x n_cols used instead                 */
    double mean_inverse;        /* mean over samples of 1 / factor                       */
} til_nb_data_t;

til_nb_data_t til_nb_data(const til_matrix_t *counts, const double *factors,
                          const double *gene_factors);

/* One workspace per thread, the size factors loaded. `out` (ctx->n_threads) from
 * til_nb_works_new; til_nb_works_free takes NULL. */
TIL_MUST_USE
til_status_t til_nb_works_new(til_ctx_t *ctx, const til_nb_plan_t *plan, const til_nb_data_t *data,
                              til_nb_work_t **out);
void til_nb_works_free(til_nb_work_t *works, int n);

/* Brings gene g in, its counts from `data` unless `counts` (n_cols, sample order) is given. */
void til_nb_load_gene(til_nb_work_t *work, const til_nb_data_t *data, size_t g,
                      const double *counts);

typedef struct {
    double mean, variance; /* of counts / factor                          */
    double dispersion;     /* NaN for a gene without a count              */
    int n_steps;           /* of the line search                          */
    bool fell_back;        /* its means are of the fallback optimiser     */
} til_nb_spread_t;

/* Mean and variance of the gene in `work`, normalised. */
til_nb_spread_t til_nb_moments(const til_nb_work_t *work);

/* Gene-wise dispersion of the gene in `work`, which has a count. Leaves the means used, floored,
 * in work->mu, and, when the design is not by group, the coefficients in work->beta. */
til_nb_spread_t til_nb_genewise(til_nb_work_t *work, double mean_inverse);

/* The same means again, from coefficients kept (NULL when the design is by group). */
void til_nb_genewise_mu(til_nb_work_t *work, const double *beta);

/* Mean, variance and gene-wise dispersion of every gene (DESeq2 estimateDispersionsGeneEst).
 *
 *   spread   n_rows
 *   beta     NULL, or n_rows x p to keep coefficients in (used when the design is not by group)
 */
TIL_MUST_USE
til_status_t til_nb_genewise_all(til_ctx_t *ctx, const til_nb_data_t *data, til_nb_work_t *works,
                                 til_nb_spread_t *spread, double *beta);

#endif
