/* filter_expr.h -- which features are expressed enough to be tested: edgeR's filterByExpr. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_NORM_FILTER_EXPR_H
#define TIL_NORM_FILTER_EXPR_H

#include <stdbool.h>
#include <tilseq/design.h>
#include <tilseq/matrix.h>

/* keep[g] is true for features with at least 10 counts (in a library of median size) in as many
 * samples as the smallest group, and 15 in all.
 *
 *   counts   features x samples, finite and >= 0
 *   design   n_cols rows; the size of the smallest group is 1 / the largest leverage
 *   group    n_cols numbers below n_groups (filter by the smallest group that has samples)
 *   keep     n_rows; undefined unless TIL_OK
 *
 * Library sizes are the column sums. TIL_ENUMERIC when a sample has no counts. */
TIL_MUST_USE
til_status_t til_filter_by_design(til_ctx_t *ctx, const til_matrix_t *counts,
                                  const til_design_t *design, bool *keep);
TIL_MUST_USE
til_status_t til_filter_by_group(til_ctx_t *ctx, const til_matrix_t *counts, const size_t *group,
                                 size_t n_groups, bool *keep);

#endif
