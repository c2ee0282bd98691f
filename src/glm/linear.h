/* linear.h -- one (weighted) least squares fit per gene, all with one design. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_LINEAR_H
#define TIL_GLM_LINEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/design.h>

#include "glm/gls.h"
#include "glm/design_plan.h"

/* What the fits of a design share. */
typedef struct {
    size_t n, p;            /* samples, coefficients                                       */
    til_nb_plan_t plan;     /* of the design, or of the orthonormal basis of its columns   */
    size_t *group;          /* n: sample -> group of equal rows (of the plan)              */
    double *from_means;     /* plan.by_group: p x n_groups, row-major: the coefficients are
                                   from_means * group means; else NULL                         */
    double *from_basis;     /* NULL, or p x p upper triangle, column-major: coefficients =
                                   from_basis * coefficients of the basis                      */
    double *covariance;     /* p x p: (X'X)^-1; with correlated blocks (X'C^-1 X)^-1       */
    double *basis, *from_q; /* NULL, or n x p orthonormal columns Q and p x p R^-1, X = QR */
    til_gls_t gls;          /* with correlated blocks; gls.blocks is NULL without           */
} til_linear_t;

/* The design has full column rank and fewer columns than rows. `out` is left empty unless
 * TIL_OK. */
TIL_MUST_USE
til_status_t til_linear_init(til_ctx_t *ctx, const til_design_t *design, til_linear_t *out);
void til_linear_clear(til_linear_t *model);

/* Sets basis and from_q. */
TIL_MUST_USE
til_status_t til_linear_set_basis(til_ctx_t *ctx, const til_design_t *design, til_linear_t *model);

/* From now on samples of one block have this correlation (0: none). Needs the basis; `blocks` is
 * borrowed. */
TIL_MUST_USE
til_status_t til_linear_correlate(til_ctx_t *ctx, const til_blocks_t *blocks, double correlation,
                                  til_linear_t *model);

/* What is fitted, and what of it is wanted. Every output may be NULL. */
typedef struct {
    size_t n_genes;
    const double *y;              /* n_genes x n, finite                                         */
    const double *weights;        /* n_genes x n, > 0; NULL: all 1                               */
    const double *sample_weights; /* n, > 0: a further factor for every gene; NULL: all 1    */
    size_t n_wanted;
    const size_t *wanted; /* coefficients to hand out                                    */
    double *coef;         /* n_genes x n_wanted                                          */
    double *stdev;        /* n_genes x n_wanted: unscaled, sqrt(diag((X'WX)^-1))         */
    double *sigma;        /* n_genes: residual standard deviation, n - p degrees         */
    double *fitted;       /* n_genes x plan.n_groups: X times the coefficients, per group
                                   of equal rows                                               */
} til_linear_job_t;

/* Room for fits one at a time; one per thread. */
typedef struct til_linear_space til_linear_space_t;
TIL_MUST_USE
til_status_t til_linear_space_new(til_ctx_t *ctx, const til_linear_t *model,
                                  til_linear_space_t **out);
void til_linear_space_free(til_linear_space_t *space);

/* One weighted fit of y (n) with weights w (n, > 0): residuals y - X beta and leverages
 * w_s x_s' (X'WX)^-1 x_s. False when the weights leave X'WX singular. */
bool til_linear_fit_one(const til_linear_t *model, til_linear_space_t *space, const double *y,
                        const double *w, double *residual, double *leverage);

/* The result does not depend on ctx->n_threads. TIL_ENUMERIC when weights leave X'WX singular. */
TIL_MUST_USE
til_status_t til_linear_fit(til_ctx_t *ctx, const til_linear_t *model, const til_linear_job_t *job);

#endif
