/* set_scores.h -- the observed scores of a query's sets, and the table preranked and simple make.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_SET_SCORES_H
#define TIL_GSEA_SET_SCORES_H

#include "gsea/enrichment.h"

/* One entry per set; entries of sets that are not tested are zero. */
typedef struct {
    const til_gsea_query_t *query;
    til_order_t order;
    int *position; /* members of set i, ascending, from query->offset[i] on       */
    til_enrichment_t *at;
    double *nes, *p, *log2err; /* NaN until a method fills them                               */
    const char **status;       /* NULL until a method gives one other than "ok"               */
} til_set_scores_t;

/* Orders the ranking and scores every set to be tested. */
TIL_MUST_USE
til_status_t til_set_scores_init(til_ctx_t *ctx, const til_gsea_query_t *query,
                                 til_set_scores_t *out);
void til_set_scores_clear(til_set_scores_t *scores);

static inline int til_query_size(const til_gsea_query_t *query, size_t set)
{
    return (int)(query->offset[set + 1] - query->offset[set]);
}

/* set size es nes pvalue padj log2err leading_edge status; p-values are adjusted over the sets that
 * have one. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_set_scores_table(til_ctx_t *ctx, const til_set_scores_t *scores, til_table_t *out);

/* The names of genes (indices into the ranking) joined by commas, in a cell. */
TIL_MUST_USE
til_status_t til_gsea_set_gene_list(til_ctx_t *ctx, const til_gsea_query_t *query,
                                    const size_t *genes, size_t n, size_t column, size_t row,
                                    til_table_t *table);

#endif
