/* running.c -- the running sums of the leading sets, for drawing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "gsea/methods.h"
#include "base/need.h"
#include "base/try.h"
#include "gsea/enrichment.h"

/* One row per gene, written as it is found. */
typedef struct {
    til_table_t *table;
    size_t set, gene, n;
    double *rank, *from, *before, *to, *after, *n_genes;
} rows_t;

static til_status_t rows_init(til_ctx_t *ctx, size_t n, til_table_t *out, rows_t *rows)
{
    til_status_t status;

    *rows = (rows_t){ .table = out };
    TIL_TRY(til_table_init(ctx, n, out));
    TIL_TRY(til_table_add_text(ctx, out, "set", "", &rows->set));
    TIL_TRY(til_table_add_text(ctx, out, "gene", "", &rows->gene));
    TIL_TRY(til_table_add_number(ctx, out, "rank", "position in the ranking, from 1", &rows->rank));
    TIL_TRY(til_table_add_number(ctx, out, "from", "where the step begins", &rows->from));
    TIL_TRY(til_table_add_number(ctx, out, "before", "running sum there", &rows->before));
    TIL_TRY(til_table_add_number(ctx, out, "to", "where the step ends", &rows->to));
    TIL_TRY(til_table_add_number(ctx, out, "after", "running sum there", &rows->after));
    TIL_TRY(til_table_add_number(ctx, out, "n_genes", "in the ranking", &rows->n_genes));
done:
    return status;
}

static int by_position(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

/* The sum after position `end` when `weight` of the set's weight and `hits` of its k genes lie
 * before. */
static double sum_at(int end, double weight, int hits, double total, int k, int n)
{
    double gain = total > 0 ? weight / total : (double)hits / k;
    return gain - (double)(end - hits) / (n - k);
}

static til_status_t walk_set(til_ctx_t *ctx, const til_ranking_t *ranking, const til_order_t *order,
                             const char *set, const int *positions, int k, rows_t *rows)
{
    const til_walk_t *walk = &order->down;
    double total = 0, weight = 0;
    til_status_t status = TIL_OK;

    for (int i = 0; i < k; i++) total += walk->weight[positions[i]];
    for (int i = 0; i < k && status == TIL_OK;) {
        int start = walk->block_start[positions[i]], end = walk->block_end[positions[i]], last = i;
        double inside = 0;
        for (; last < k && positions[last] < end; last++) inside += walk->weight[positions[last]];
        for (int j = i; j < last; j++) {
            size_t row = rows->n++;
            rows->rank[row] = positions[j] + 1;
            rows->from[row] = start;
            rows->before[row] = sum_at(start, weight, i, total, k, walk->n);
            rows->to[row] = end;
            rows->after[row] = sum_at(end, weight + inside, last, total, k, walk->n);
            rows->n_genes[row] = walk->n;
            TIL_TRY(til_table_set_text(ctx, rows->table, rows->set, row, set));
            TIL_TRY(til_table_set_text(ctx, rows->table, rows->gene, row,
                                       ranking->genes[order->gene_at[positions[j]]]));
        }
        weight += inside;
        i = last;
    }
done:
    return status;
}

/* The rows of `result` with the smallest p-values, at most n_most; of equal ones the larger |nes|,
 * then the earlier. */
static size_t leading_sets(const til_table_t *result, size_t n_most, size_t *chosen)
{
    const double *p = til_table_column(result, "pvalue")->number,
                 *nes = til_table_column(result, "nes")->number;
    size_t n = 0;

    for (size_t i = 0; i < result->n_rows; i++) {
        if (isnan(p[i])) continue;
        size_t k = n < n_most ? n++ : n_most;
        for (; k > 0 && (p[i] < p[chosen[k - 1]] ||
                         (p[i] == p[chosen[k - 1]] && fabs(nes[i]) > fabs(nes[chosen[k - 1]])));
             k--)
            if (k < n_most) chosen[k] = chosen[k - 1];
        if (k < n_most) chosen[k] = i;
    }
    return n;
}

/* Positions of a set's genes in the ranking, ascending, each once; how many. */
static int find_positions(const til_geneset_t *set, const til_gene_index_t *index,
                          const til_order_t *order, int *positions)
{
    int k = 0, kept = 0;
    for (size_t i = 0; i < set->n_genes; i++) {
        ptrdiff_t gene = til_gene_index_find(index, set->genes[i], NULL);
        if (gene >= 0) positions[k++] = order->position[gene];
    }
    qsort(positions, (size_t)k, sizeof *positions, by_position);
    for (int i = 0; i < k; i++)
        if (i == 0 || positions[i] != positions[i - 1]) positions[kept++] = positions[i];
    return kept;
}

til_status_t til_gsea_running_scores(til_ctx_t *ctx, const til_ranking_t *ranking,
                                     const til_genesets_t *sets, const til_gsea_options_t *options,
                                     const til_table_t *result, size_t n_most, til_table_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_table_t){ 0 };
    TIL_NEED(ctx, ranking);
    TIL_NEED(ctx, sets);
    TIL_NEED(ctx, options);
    TIL_NEED(ctx, result);
    til_order_t order = { 0 };
    til_gene_index_t index = { 0 };
    size_t *chosen = til_array(n_most, sizeof *chosen), n_chosen, n_rows = 0;
    int *positions = til_array(ranking->n_genes, sizeof *positions);
    const double *size = til_table_column(result, "size")->number;
    rows_t rows;
    til_status_t status = TIL_OK;

    if (chosen == NULL || positions == NULL) {
        status = til_no_memory(ctx, ranking->n_genes, "positions");
        goto done;
    }
    TIL_TRY(til_order_init(ctx, ranking, options->ties, options->gsea_param, &order));
    TIL_TRY(til_gsea_index(ctx, ranking, options, &index));
    n_chosen = leading_sets(result, n_most, chosen);
    for (size_t i = 0; i < n_chosen; i++) n_rows += (size_t)size[chosen[i]];
    TIL_TRY(rows_init(ctx, n_rows, out, &rows));
    for (size_t i = 0; i < n_chosen; i++) {
        const til_geneset_t *set = &sets->sets[chosen[i]];
        int k = find_positions(set, &index, &order, positions);
        if (rows.n + (size_t)k > n_rows) {
            status = til_fail(ctx, TIL_EINTERNAL, "set %s has %d genes in the ranking, not %g",
                              set->name, k, size[chosen[i]]);
            goto done;
        }
        TIL_TRY(walk_set(ctx, ranking, &order, set->name, positions, k, &rows));
    }
done:
    til_gene_index_clear(&index);
    til_order_clear(&order);
    free(positions);
    free(chosen);
    if (status != TIL_OK) til_table_clear(out);
    return status;
}
