/* set_scores.c -- the observed scores of a query's sets, and the table preranked and simple make.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "gsea/set_scores.h"
#include "math/order.h"

enum { GRAIN = 64 }; /* sets of one task */

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static til_status_t score_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    til_set_scores_t *scores = arg;
    const til_gsea_query_t *query = scores->query;
    (void)ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        int size = til_query_size(query, i), *position = scores->position + query->offset[i];
        if (query->status[i] != NULL) continue;
        for (int j = 0; j < size; j++)
            position[j] = scores->order.position[query->member[query->offset[i] + (size_t)j]];
        qsort(position, (size_t)size, sizeof *position, by_value);
        scores->at[i] = til_enrichment(&scores->order.down, position, size,
                                       query->options.score_type);
    }
    return TIL_OK;
}

/* A statistic without a sign has one end only. */
static void warn_of_one_sign(til_ctx_t *ctx, const til_gsea_query_t *query)
{
    const til_ranking_t *ranking = query->ranking;
    bool some_up = false, some_down = false;

    for (size_t g = 0; g < ranking->n_genes; g++) {
        some_up |= ranking->stats[g] > 0;
        some_down |= ranking->stats[g] < 0;
    }
    if (query->options.score_type == TIL_SCORE_STD && some_up != some_down)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: no statistic is %s 0, so the ranking has one end only: sets at the other are "
                "those without strong genes; --score-type %s tests for the strong ones",
                ranking->origin, some_up ? "below" : "above", some_up ? "pos" : "neg");
}

til_status_t til_set_scores_init(til_ctx_t *ctx, const til_gsea_query_t *query,
                                 til_set_scores_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = query->sets->n_sets;

    *out = (til_set_scores_t){ .query = query };
    out->position = til_array(query->offset[n], sizeof *out->position);
    out->at = til_array_zero(n, sizeof *out->at);
    out->nes = til_array(n, sizeof *out->nes);
    out->p = til_array(n, sizeof *out->p);
    out->log2err = til_array(n, sizeof *out->log2err);
    out->status = til_array_zero(n, sizeof *out->status);
    if (out->position == NULL || out->at == NULL || out->nes == NULL || out->p == NULL ||
        out->log2err == NULL || out->status == NULL) {
        status = til_no_memory(ctx, n, "set scores");
        goto done;
    }
    for (size_t i = 0; i < n; i++) out->nes[i] = out->p[i] = out->log2err[i] = NAN;
    TIL_TRY(til_order_init(ctx, query->ranking, query->options.ties, query->options.gsea_param,
                           &out->order));
    if (out->order.tied_share > 0)
        til_say(ctx, out->order.tied_share > 0.01 ? TIL_LOG_WARNING : TIL_LOG_DETAIL,
                "%s: %.3g%% of the %zu genes share their statistic with another: %s",
                query->ranking->origin, 100 * out->order.tied_share, query->ranking->n_genes,
                query->options.ties == TIL_TIES_BLOCK
                    ? "tied genes count as one step"
                    : "they are walked in the order of the input");
    warn_of_one_sign(ctx, query);
    TIL_TRY(til_parallel_for(ctx, n, GRAIN, score_range, out));

done:
    if (status != TIL_OK) til_set_scores_clear(out);
    return status;
}

void til_set_scores_clear(til_set_scores_t *scores)
{
    if (scores == NULL) return;
    til_order_clear(&scores->order);
    free(scores->position);
    free(scores->at);
    free(scores->nes);
    free(scores->p);
    free(scores->log2err);
    free(scores->status);
    *scores = (til_set_scores_t){ 0 };
}

til_status_t til_gsea_set_gene_list(til_ctx_t *ctx, const til_gsea_query_t *query,
                                    const size_t *genes, size_t n, size_t column, size_t row,
                                    til_table_t *table)
{
    til_strbuf_t text = { 0 };
    til_status_t status;

    for (size_t i = 0; i < n; i++) {
        if (i > 0) til_strbuf_add_char(&text, ',');
        til_strbuf_add(&text, query->ranking->genes[genes[i]]);
    }
    status = text.failed ? til_no_memory(ctx, n, "gene names in a list")
                         : til_table_set_text(ctx, table, column, row, til_strbuf_text(&text));
    til_strbuf_clear(&text);
    return status;
}

/* The leading edge of set i into `genes`, most extreme gene first; returns how many. */
static size_t leading_edge(const til_set_scores_t *scores, size_t i, size_t *genes)
{
    const til_enrichment_t *at = &scores->at[i];
    const int *position = scores->position + scores->query->offset[i];
    size_t n = 0;

    for (int j = at->edge_first; j <= at->edge_last; j++) {
        int from = at->edge_from_end ? at->edge_first + at->edge_last - j : j;
        genes[n++] = scores->order.gene_at[position[from]];
    }
    return n;
}

til_status_t til_set_scores_table(til_ctx_t *ctx, const til_set_scores_t *scores, til_table_t *out)
{
    til_status_t status = TIL_OK;
    const til_gsea_query_t *query = scores->query;
    size_t n = query->sets->n_sets, set_column, edge_column, status_column;
    double *size, *es, *nes, *p, *padj, *log2err;
    size_t *genes = til_array(query->ranking->n_genes, sizeof *genes);

    *out = (til_table_t){ 0 };
    if (genes == NULL) return til_no_memory(ctx, query->ranking->n_genes, "leading edge genes");
    TIL_TRY(til_table_init(ctx, n, out));
    TIL_TRY(til_table_add_text(ctx, out, "set", "name of the gene set", &set_column));
    TIL_TRY(til_table_add_number(ctx, out, "size", "its genes found in the ranking", &size));
    TIL_TRY(til_table_add_number(ctx, out, "es", "enrichment score, -1 to 1", &es));
    TIL_TRY(til_table_add_number(
        ctx, out, "nes", "es divided by the mean of random sets of that size and sign", &nes));
    TIL_TRY(til_table_add_number(
        ctx, out, "pvalue", "probability that a random set of that size and sign reaches es", &p));
    TIL_TRY(
        til_table_add_number(ctx, out, "padj", "Benjamini-Hochberg over the tested sets", &padj));
    TIL_TRY(til_table_add_number(ctx, out, "log2err", "standard error of log2 pvalue", &log2err));
    TIL_TRY(til_table_add_text(ctx, out, "leading_edge",
                               "genes up to the extreme of the running sum", &edge_column));
    TIL_TRY(
        til_table_add_text(ctx, out, "status", "ok, or why there is no answer", &status_column));
    for (size_t i = 0; i < n; i++) {
        bool tested = query->status[i] == NULL;
        const char *word = !tested                     ? query->status[i]
                           : scores->status[i] != NULL ? scores->status[i]
                                                       : "ok";
        TIL_TRY(til_table_set_text(ctx, out, set_column, i, query->sets->sets[i].name));
        TIL_TRY(til_table_set_text(ctx, out, status_column, i, word));
        size[i] = til_query_size(query, i);
        if (!tested) continue;
        es[i] = scores->at[i].score;
        nes[i] = scores->nes[i];
        p[i] = scores->p[i];
        log2err[i] = scores->log2err[i];
        TIL_TRY(til_gsea_set_gene_list(ctx, query, genes, leading_edge(scores, i, genes),
                                       edge_column, i, out));
    }
    TIL_TRY(til_adjust_bh(ctx, n, p, padj));

done:
    free(genes);
    if (status != TIL_OK) til_table_clear(out);
    return status;
}
