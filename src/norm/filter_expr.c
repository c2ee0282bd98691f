/* filter_expr.c -- expression filter by counts per million.
 *
 *     keep g  <=>  #{ s : k_gs 1e6/L_s >= 10 1e6/median(L) } >= n_min  and  sum_s k_gs >= 15
 *     n_min = smallest group, or 1 / max_s h_ss of the design; above 10 only 70% count
 *
 * Source: Chen, Lun & Smyth (2016), F1000Research 5:1438.
 * Agrees: edgeR 3.40.2 filterByExpr(): the same set of features. The products are rounded in
 *         its order, since a count of exactly 10 in the median library stands on the edge.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/linalg.h"
#include "math/order.h"
#include "norm/cpm.h"
#include "norm/filter_expr.h"

static const double MIN_COUNT = 10, MIN_TOTAL = 15, LARGE_GROUP = 10, MIN_PROPORTION = 0.7;
static const double TOL_COUNT = 1e-14; /* edgeR's slack on both comparisons */
static const double TOL_RANK = 1e-7;   /* R's qr()                          */

static til_status_t filter(til_ctx_t *ctx, const til_matrix_t *counts, double smallest, bool *keep)
{
    til_status_t status = TIL_OK;
    size_t n_cols = counts->n_cols;
    double *lib_size = til_array(2 * n_cols, sizeof *lib_size);
    double *per_count = lib_size + n_cols; /* counts per million of one count */

    if (lib_size == NULL) return til_no_memory(ctx, n_cols, "samples");
    TIL_TRY(til_library_sizes(ctx, counts, lib_size));
    for (size_t s = 0; s < n_cols; s++) per_count[s] = 1e6 / lib_size[s];

    double cutoff = MIN_COUNT / til_median_inplace(n_cols, lib_size) * 1e6;
    double n_min = smallest;
    if (n_min > LARGE_GROUP) n_min = LARGE_GROUP + (n_min - LARGE_GROUP) * MIN_PROPORTION;

    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        size_t n_over = 0;
        double total = 0;
        for (size_t s = 0; s < n_cols; s++) {
            n_over += k[s] * per_count[s] >= cutoff;
            total += k[s];
        }
        keep[g] = (double)n_over >= n_min - TOL_COUNT && total >= MIN_TOTAL - TOL_COUNT;
    }

done:
    free(lib_size);
    return status;
}

/* The largest diagonal element of the projection on (1, X). */
static til_status_t max_leverage(til_ctx_t *ctx, const til_design_t *design, double *largest)
{
    til_status_t status = TIL_OK;
    size_t n = design->n_samples, p = design->n_coef + 1, rank;
    size_t width = p < n ? p : n;
    double *x = til_array(n * p, sizeof *x), *a = til_array(n * width, sizeof *a);
    double *q = til_array_zero(n * width, sizeof *q), *tau = til_array(width, sizeof *tau);
    size_t *pivot = til_array(p, sizeof *pivot);

    if (x == NULL || a == NULL || q == NULL || tau == NULL || pivot == NULL) {
        status = til_no_memory(ctx, n * p, "elements of the design");
        goto done;
    }
    for (size_t s = 0; s < n; s++) x[s] = 1;
    memcpy(x + n, design->x, n * design->n_coef * sizeof *x);
    TIL_TRY(til_rank_pivot(ctx, n, p, x, TOL_RANK, &rank, pivot));

    for (size_t j = 0; j < rank; j++) memcpy(a + j * n, x + pivot[j] * n, n * sizeof *a);
    for (size_t j = 0; j < rank; j++) q[j + j * n] = 1;
    TIL_TRY(til_qr(ctx, n, rank, a, tau));
    TIL_TRY(til_qr_apply(ctx, n, rank, a, tau, false, rank, q));

    *largest = 0;
    for (size_t s = 0; s < n; s++) {
        double leverage = 0;
        for (size_t j = 0; j < rank; j++) leverage += q[s + j * n] * q[s + j * n];
        if (leverage > *largest) *largest = leverage;
    }

done:
    free(pivot);
    free(tau);
    free(q);
    free(a);
    free(x);
    return status;
}

til_status_t til_filter_by_design(til_ctx_t *ctx, const til_matrix_t *counts,
                                  const til_design_t *design, bool *keep)
{
    double largest = 1;
    til_status_t status = max_leverage(ctx, design, &largest);

    if (status != TIL_OK) return status;
    return filter(ctx, counts, 1 / largest, keep);
}

til_status_t til_filter_by_group(til_ctx_t *ctx, const til_matrix_t *counts, const size_t *group,
                                 size_t n_groups, bool *keep)
{
    size_t *size = til_array_zero(n_groups, sizeof *size), smallest = counts->n_cols;

    if (size == NULL) return til_no_memory(ctx, n_groups, "groups");
    for (size_t s = 0; s < counts->n_cols; s++) size[group[s]]++;
    for (size_t i = 0; i < n_groups; i++)
        if (size[i] > 0 && size[i] < smallest) smallest = size[i];
    free(size);
    return filter(ctx, counts, (double)smallest, keep);
}
