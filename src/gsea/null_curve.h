/* null_curve.h -- the null distribution of the score at one set size and on one side, from plain
 * random sets: its bulk, its share of the mass and its mean. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_NULL_CURVE_H
#define TIL_GSEA_NULL_CURVE_H

#include "gsea/subset.h"

/* The sizes at which curves are made are fixed, so that a p-value never depends on the other sets:
 * every size to 10, then steps of a third. log p at a fixed score is interpolated between them.
 */
int til_curve_next_size(int size);

/* The grid sizes around `size`, *below <= size <= *above (equal when it is on the grid), and the
 * weight of *above in the interpolation. It is linear in 1 / (1/k - 1/n), in which the rate of a
 * score is nearly linear, so that what is left are terms like log k: 0.014 of them half-way. */
double til_curve_sizes_around(int size, int n, int *below, int *above);

typedef struct {
    int size;
    bool up;              /* the side: walk from the bottom (negative scores)           */
    bool one_sided;       /* every random set counts, whatever its other extreme        */
    bool exact;           /* all that can happen was listed (null_exact.c)              */
    size_t n_drawn;       /* random sets scored                                         */
    size_t n_side;        /* those with a score on this side (zero counts on both)      */
    double *score;        /* their magnitudes, ascending                                */
    double *log_tail;     /* exact: n_side, log P(score on this side >= score[i]); or NULL */
    double mean;          /* of them; NaN when there are none                           */
    double log_share;     /* log P(score on this side); 0 when one-sided                */
    double var_log_share; /* its variance                                               */

    /* from here on p is found by tilting, anchored to the plain estimate */
    double anchor; /* score at p = 0.05 (0.001 for sets up to 10)                */
    double log_p_anchor, var_anchor; /* plain estimate there                           */
} til_null_curve_t;

/* How the sets are drawn. */
typedef struct {
    const til_order_t *order;
    til_score_type_t type;
    size_t n_permutations;
    uint64_t seed;
} til_null_plan_t;

/* Makes the curves of both sides (curves[2 i] down, curves[2 i + 1] up) for n_sizes ascending
 * sizes. A side on which few sets fall gets further draws where `wanted[2 i + side]`.
 * Free with til_null_curves_free, also after a failure. */
TIL_MUST_USE
til_status_t til_null_curves(til_ctx_t *ctx, const til_null_plan_t *plan, const int *sizes,
                             size_t n_sizes, const bool *wanted, til_null_curve_t *curves);
void til_null_curves_free(til_null_curve_t *curves, size_t n);

/* log P(score >= e | this side) by counting, for e > 0, and the variance of that estimate. */
double til_null_plain_log_p(const til_null_curve_t *curve, double e, double *variance);

#endif
