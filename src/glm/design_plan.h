/* design_plan.h -- what per-gene fits of one design share, and the small algebra they need.
 *
 * The samples are put in plan order: those with equal rows of the design side by side, as
 * "groups". X'WX then needs only the sum of weights of each group. Columns whose supports do not
 * meet (one per patient, say) are "leaves": X'WX is diagonal among them, an arrow whose head is
 * the other columns, the "border", so that a factorisation costs leaves x border^2 and not p^3.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_DESIGN_PLAN_H
#define TIL_GLM_DESIGN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/design.h>

enum { TIL_LANES = 8 }; /* per-sample arrays are padded to a multiple of it */

/* A number of the design that is not 0. */
typedef struct {
    size_t at; /* the column, or the group */
    double value;
} til_plan_entry_t;

typedef struct {
    size_t n, p; /* samples, coefficients                              */
    size_t n_padded;
    size_t n_groups;             /* distinct rows of the design                        */
    bool by_group;               /* as many groups as coefficients: any means are fitted exactly */
    bool just_intercept;         /* one column of ones                                 */
    size_t *order;               /* n: plan position -> sample                         */
    size_t *position;            /* n: sample -> plan position                         */
    size_t *group_begin;         /* n_groups + 1 plan positions                        */
    double *row;                 /* n_groups x p, row-major: the distinct rows         */
    til_plan_entry_t *by_row;    /* what is not 0 in `row`, row after row ...          */
    til_plan_entry_t *by_column; /* ... and column after column                        */
    size_t *row_begin;           /* n_groups + 1 positions in by_row                   */
    size_t *column_begin;        /* p + 1 positions in by_column                       */
    double *least_squares;       /* p x n_groups, row-major: sums over groups -> coefficients
                                   of the unweighted fit                              */
    double log_det_rows;         /* log det of the unweighted X'X over groups (by_group only) */
    size_t n_leaves, n_border;
    size_t *leaf, *border;    /* columns of the design                              */
    ptrdiff_t *group_leaf;    /* n_groups: index into leaf, or -1                   */
    double *group_leaf_value; /* n_groups                                           */
    double *group_border;     /* n_groups x n_border, row-major                     */
} til_nb_plan_t;

/* `out` is left empty unless TIL_OK. The design has full rank. */
TIL_MUST_USE
til_status_t til_nb_plan_init(til_ctx_t *ctx, const til_design_t *design, til_nb_plan_t *out);
void til_nb_plan_clear(til_nb_plan_t *plan);

/* x_g' beta: the linear predictor of a group. */
static inline double til_nb_plan_predict(const til_nb_plan_t *plan, size_t g, const double *beta)
{
    double eta = 0;
    for (size_t k = plan->row_begin[g]; k < plan->row_begin[g + 1]; k++)
        eta += plan->by_row[k].value * beta[plan->by_row[k].at];
    return eta;
}

/* A factored X'WX + diag(ridge), in the arrow form of a plan. One per thread. */
typedef struct {
    double *leaf;    /* n_leaves: the diagonal                             */
    double *cross;   /* n_leaves x n_border                                */
    double *ratio;   /* n_leaves x n_border: cross / leaf                  */
    double *head;    /* n_border^2, lower triangle: Cholesky factor of the Schur
                                   complement                                         */
    double *scratch; /* p + n_border                                       */
} til_gram_t;

TIL_MUST_USE
til_status_t til_gram_init(til_ctx_t *ctx, const til_nb_plan_t *plan, til_gram_t *out);
void til_gram_clear(til_gram_t *gram);

/* Factors sum_g weight[g] x_g x_g' + diag(ridge) (p values; NULL: none); false when it is not
 * positive definite. */
bool til_gram_factor(const til_nb_plan_t *plan, til_gram_t *gram, const double *weight,
                     const double *ridge);
double til_gram_log_det(const til_nb_plan_t *plan, const til_gram_t *gram);
/* b (p) <- inverse b. */
void til_gram_solve(const til_nb_plan_t *plan, til_gram_t *gram, double *b);
/* x_g' inverse x_g. */
double til_gram_leverage(const til_nb_plan_t *plan, til_gram_t *gram, size_t g);

#endif
