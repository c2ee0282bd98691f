/* contrast_table.h -- the table every engine fills for a question. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_CONTRAST_TABLE_H
#define TIL_DE_CONTRAST_TABLE_H

#include <tilseq/matrix.h>
#include <tilseq/table.h>

/* The columns of a contrast table; each borrows n_genes values of the table, NaN at first. */
typedef struct {
    double *base_mean, *lfc, *se, *stat, *p, *padj, *ci_low, *ci_high, *df;
    size_t status; /* index of the text column, for til_table_set_text */
} til_de_columns_t;

/* Makes gene_id gene_name baseMean log2FoldChange lfcSE stat pvalue padj status ci_low ci_high df, ids
 * and symbols filled in (a gene without symbol has NA). Engines append their own columns after
 * these. */
TIL_MUST_USE
til_status_t til_de_table_init(til_ctx_t *ctx, const til_matrix_t *counts, til_table_t *table,
                               til_de_columns_t *columns);

/* The 95% interval of gene g from its estimate and error, by t with `df` or, INFINITY, the normal. */
void til_de_interval(const til_de_columns_t *columns, size_t g, double df);

/* Only gene_id and gene_name: the start of any table of genes. */
TIL_MUST_USE
til_status_t til_de_table_init_ids(til_ctx_t *ctx, const til_matrix_t *counts, til_table_t *table);

/* A single number worth keeping (trend coefficient, prior, threshold). */
typedef struct {
    const char *name;
    double value;
    const char *contrast; /* NULL: of the whole fit */
} til_de_fact_t;

/* The table `name value contrast` of n facts. */
TIL_MUST_USE
til_status_t til_de_facts_init(til_ctx_t *ctx, const til_de_fact_t *facts, size_t n,
                               til_table_t *table);

#endif
