/* ora.c -- over-representation of a set among selected genes.
 *
 * Of N genes of the universe n are selected; a set holds k of the N and q of the n. When the n are
 * a random choice, q is hypergeometric and
 *
 *     p = P(Q >= q) = sum_{i >= q} C(k, i) C(N - k, n - i) / C(N, n) .
 *
 * Source: Fisher's exact test, one-sided.
 * Agrees: fgsea 1.31.6 fora(), p to 1e-10 relative (tests/shared).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "gsea/methods.h"
#include "gsea/set_scores.h"
#include "math/dist.h"
#include "math/order.h"

typedef struct {
    size_t set, genes, status;
    double *size, *overlap, *universe, *p, *padj;
} columns_t;

static til_status_t add_columns(til_ctx_t *ctx, til_table_t *out, columns_t *c)
{
    til_status_t status = TIL_OK;
    TIL_TRY(til_table_add_text(ctx, out, "set", "name of the gene set", &c->set));
    TIL_TRY(til_table_add_number(ctx, out, "size", "its genes in the universe", &c->size));
    TIL_TRY(til_table_add_number(ctx, out, "overlap", "selected genes among them", &c->overlap));
    TIL_TRY(
        til_table_add_number(ctx, out, "universe", "genes that could be selected", &c->universe));
    TIL_TRY(til_table_add_number(ctx, out, "pvalue",
                                 "hypergeometric probability of that overlap or more", &c->p));
    TIL_TRY(til_table_add_number(ctx, out, "padj", "Benjamini-Hochberg over the tested sets",
                                 &c->padj));
    TIL_TRY(til_table_add_text(ctx, out, "genes", "the overlap", &c->genes));
    TIL_TRY(til_table_add_text(ctx, out, "status", "ok, or why there is no answer", &c->status));
done:
    return status;
}

static til_status_t test(til_ctx_t *ctx, const til_gsea_query_t *query, til_table_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_sets = query->sets->n_sets, n_universe = query->ranking->n_genes, n_selected = 0;
    size_t *genes = til_array(n_universe, sizeof *genes);
    columns_t c;

    *out = (til_table_t){ 0 };
    if (genes == NULL) return til_no_memory(ctx, n_universe, "genes");
    for (size_t g = 0; g < n_universe; g++) n_selected += query->selected[g];
    if (n_selected == 0)
        til_say(
            ctx, TIL_LOG_WARNING,
            "%s: none of its %zu genes is selected: no set can be over-represented, every p is 1",
            query->ranking->origin, n_universe);
    TIL_TRY(til_table_init(ctx, n_sets, out));
    TIL_TRY(add_columns(ctx, out, &c));
    for (size_t i = 0; i < n_sets; i++) {
        size_t n = 0;
        TIL_TRY(til_table_set_text(ctx, out, c.set, i, query->sets->sets[i].name));
        TIL_TRY(til_table_set_text(ctx, out, c.status, i,
                                   query->status[i] != NULL ? query->status[i]
                                   : n_selected == 0        ? "none_selected"
                                                            : "ok"));
        c.size[i] = til_query_size(query, i);
        c.universe[i] = (double)n_universe;
        if (query->status[i] != NULL) continue;
        for (size_t j = query->offset[i]; j < query->offset[i + 1]; j++)
            if (query->selected[query->member[j]]) genes[n++] = query->member[j];
        c.overlap[i] = (double)n;
        c.p[i] = til_phyper((double)n - 1, c.size[i], (double)n_universe - c.size[i],
                            (double)n_selected, true, false);
        TIL_TRY(til_gsea_set_gene_list(ctx, query, genes, n, c.genes, i, out));
    }
    TIL_TRY(til_adjust_bh(ctx, n_sets, c.p, c.padj));

done:
    free(genes);
    if (status != TIL_OK) til_table_clear(out);
    return status;
}

const til_gsea_method_t til_gsea_ora = {
    .name = "ora",
    .summary = "are selected genes over-represented in the set (hypergeometric)",
    .reference = "Boyle et al. 2004, doi:10.1093/bioinformatics/bth456",
    .needs_selection = true,
    .test = test
};
