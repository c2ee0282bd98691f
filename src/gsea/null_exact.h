/* null_exact.h -- the whole null distribution of the score at one set size, where it can be listed.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_NULL_EXACT_H
#define TIL_GSEA_NULL_EXACT_H

#include "gsea/enrichment.h"

/* One way in which a random set can lie. */
typedef struct {
    double score; /* of the asked type                        */
    double log_p;
} til_outcome_t;

/* True when the sets of `size` positions differ in few enough ways to list them all. */
bool til_null_is_listable(const til_walk_t *walk, int size);

/* Lists them.
 *
 *   walk   of the direction `down`
 *   out    *n_out outcomes whose probabilities add up to 1, in no order; free() it; NULL unless OK
 */
TIL_MUST_USE
til_status_t til_null_list(til_ctx_t *ctx, const til_walk_t *walk, int size, til_score_type_t type,
                           til_outcome_t **out, size_t *n_out);

#endif
