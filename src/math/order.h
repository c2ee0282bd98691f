/* order.h -- sorting, ranks, quantiles and their kin. NaN sorts last unless said otherwise. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_MATH_ORDER_H
#define TIL_MATH_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

/* Sorts x[0..n) in place, ascending. */
void til_sort(size_t n, double *x);

/* order[0..n): indices that sort x, stable (R's order()); ties keep their input order in either
 * direction. TIL_ENOMEM. */
TIL_MUST_USE
til_status_t til_order(til_ctx_t *ctx, size_t n, const double *x, bool decreasing, size_t *order);

typedef enum { TIL_TIES_AVERAGE, TIL_TIES_MIN, TIL_TIES_MAX, TIL_TIES_FIRST } til_ties_t;

/* rank[0..n): 1-based ascending ranks, R's rank(); NaN has rank NaN. */
TIL_MUST_USE
til_status_t til_rank(til_ctx_t *ctx, size_t n, const double *x, til_ties_t ties, double *rank);

/* The k-th smallest (k from 0) by selection; x is reordered. No NaN. */
double til_select_inplace(size_t n, double *x, size_t k);

/* One value of a sorted order, and where its ties stand. */
typedef struct {
    double value;
    size_t n_less, n_equal; /* of all n values */
} til_order_point_t;

/* The k-th smallest (k from 0) of x without changing x: buckets instead of comparisons, for long x
 * that are looked at more than once. No NaN, no infinity; k < n.
 *
 *   scratch   n values */
void til_order_points(size_t n, const double *x, size_t n_points, const size_t *k, double *scratch,
                      til_order_point_t *point);

/* The median, the mean of the middle two when n is even; NaN when n = 0. x is reordered. No NaN. */
double til_median_inplace(size_t n, double *x);

/* R quantile(type = 7) of SORTED x at probability p in [0, 1]; NaN when n = 0. */
double til_quantile_sorted(size_t n, const double *x, double p);

/* 1.4826 * median |x - median x|; x is reordered and overwritten. */
double til_mad_inplace(size_t n, double *x);

/* R mean(x, trim) ; x is reordered. */
double til_trimmed_mean_inplace(size_t n, double *x, double trim);

/* Benjamini-Hochberg (fdr) and Holm adjusted p-values as R's p.adjust: NaN stay NaN and do not
 * count. adjusted may be p itself. */
TIL_MUST_USE
til_status_t til_adjust_bh(til_ctx_t *ctx, size_t n, const double *p, double *adjusted);
TIL_MUST_USE
til_status_t til_adjust_holm(til_ctx_t *ctx, size_t n, const double *p, double *adjusted);

#endif
