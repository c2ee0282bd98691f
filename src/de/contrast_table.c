/* contrast_table.c -- the columns all engines share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/try.h"
#include "de/contrast_table.h"
#include "math/dist.h"

#define INTERVAL_TAIL 0.025

til_status_t til_de_table_init_ids(til_ctx_t *ctx, const til_matrix_t *counts, til_table_t *table)
{
    til_status_t status = TIL_OK;
    size_t id, name;

    TIL_TRY(til_table_init(ctx, counts->n_rows, table));
    TIL_TRY(til_table_add_text(ctx, table, "gene_id", "gene id as in the counts", &id));
    TIL_TRY(til_table_add_text(ctx, table, "gene_name", "symbol, NA where there is none", &name));
    for (size_t g = 0; g < counts->n_rows; g++) {
        TIL_TRY(til_table_set_text(ctx, table, id, g, counts->row_names[g]));
        if (counts->gene_names != NULL)
            TIL_TRY(til_table_set_text(ctx, table, name, g, counts->gene_names[g]));
    }
done:
    if (status != TIL_OK) til_table_clear(table);
    return status;
}

til_status_t til_de_table_init(til_ctx_t *ctx, const til_matrix_t *counts, til_table_t *table,
                               til_de_columns_t *columns)
{
    til_status_t status = TIL_OK;
    const struct {
        const char *name, *about;
        double **values;
    } numbers[] = { { "baseMean", "mean of counts divided by size factor", &columns->base_mean },
                    { "log2FoldChange", "estimate, log2", &columns->lfc },
                    { "lfcSE", "standard error of the estimate, log2", &columns->se },
                    { "stat", "test statistic", &columns->stat },
                    { "pvalue", "p-value, two-sided", &columns->p },
                    { "padj", "Benjamini-Hochberg adjusted p-value", &columns->padj } };

    TIL_TRY(til_de_table_init_ids(ctx, counts, table));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        TIL_TRY(
            til_table_add_number(ctx, table, numbers[i].name, numbers[i].about, numbers[i].values));
    TIL_TRY(til_table_add_text(ctx, table, "status", "why a value is missing or special",
                               &columns->status));
    TIL_TRY(til_table_add_number(ctx, table, "ci_low", "95% interval of log2FoldChange",
                                 &columns->ci_low));
    TIL_TRY(til_table_add_number(ctx, table, "ci_high", "95% interval of log2FoldChange",
                                 &columns->ci_high));
    TIL_TRY(til_table_add_number(ctx, table, "df",
                                 "degrees of freedom of the interval and of t, Inf for a normal",
                                 &columns->df));
done:
    if (status != TIL_OK) til_table_clear(table);
    return status;
}

void til_de_interval(const til_de_columns_t *columns, size_t g, double df)
{
    double quantile = isinf(df) ? til_qnorm(INTERVAL_TAIL, 0, 1, true, false)
                                : til_qt(INTERVAL_TAIL, df, true, false);

    columns->df[g] = df;
    columns->ci_low[g] = columns->lfc[g] - quantile * columns->se[g];
    columns->ci_high[g] = columns->lfc[g] + quantile * columns->se[g];
}

til_status_t til_de_facts_init(til_ctx_t *ctx, const til_de_fact_t *facts, size_t n,
                               til_table_t *table)
{
    til_status_t status = TIL_OK;
    size_t name, contrast;
    double *value;

    TIL_TRY(til_table_init(ctx, n, table));
    TIL_TRY(til_table_add_text(ctx, table, "name", "", &name));
    TIL_TRY(til_table_add_number(ctx, table, "value", "", &value));
    TIL_TRY(til_table_add_text(ctx, table, "contrast", "NA: of the whole fit", &contrast));
    for (size_t i = 0; i < n; i++) {
        value[i] = facts[i].value;
        TIL_TRY(til_table_set_text(ctx, table, name, i, facts[i].name));
        TIL_TRY(til_table_set_text(ctx, table, contrast, i, facts[i].contrast));
    }
done:
    if (status != TIL_OK) til_table_clear(table);
    return status;
}
