/* set_table.h -- the table of tests of sets that compare samples: camera, fry, roast. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_SET_TABLE_H
#define TIL_GSEA_SET_TABLE_H

#include <tilseq/gsea.h>

/* The answer for one set. NaN where there is none. */
typedef struct {
    bool up;
    double effect, ci_low, ci_high, p, correlation, p_mixed;
} til_set_answer_t;

/* set size direction effect ci_low ci_high pvalue padj correlation status, and pvalue_mixed
 * padj_mixed with `mixed`.
 *
 *   about    what `effect` is, for the column's description
 *   answer   one per set; those of sets that are not tested are not read
 */
TIL_MUST_USE
til_status_t til_set_answers_table(til_ctx_t *ctx, const til_gsea_query_t *query,
                                   const til_set_answer_t *answer, const char *about, bool mixed,
                                   til_table_t *out);

#endif
