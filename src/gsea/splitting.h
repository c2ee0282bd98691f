/* splitting.h -- tails of the null distribution by plain draws and multilevel splitting: slower than
 * importance sampling, and right where that is not. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_SPLITTING_H
#define TIL_GSEA_SPLITTING_H

#include "gsea/null_curve.h"

typedef struct {
    double score;           /* magnitude to be reached                                   */
    double log_p, variance; /* log P(score >= e | this side) and its variance; variance
                                NaN: log_p is an upper bound                             */
    bool split;             /* told by splitting, not by plain draws alone               */
} til_tail_query_t;

/* Answers the queries of one curve.
 *
 *   plan      how sets are drawn; n_permutations is not used
 *   curve     its size and side
 *   queries   n, ascending in score; the answer to one does not depend on the others
 */
TIL_MUST_USE
til_status_t til_tail_by_drawing(til_ctx_t *ctx, const til_null_plan_t *plan,
                                 const til_null_curve_t *curve, til_tail_query_t *queries,
                                 size_t n);

#endif
