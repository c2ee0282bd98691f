/* set_table.c -- the table of tests of sets that compare samples. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/try.h"
#include "gsea/set_scores.h"
#include "gsea/set_table.h"
#include "math/order.h"

til_status_t til_set_answers_table(til_ctx_t *ctx, const til_gsea_query_t *query,
                                   const til_set_answer_t *answer, const char *about, bool mixed,
                                   til_table_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = query->sets->n_sets, set, direction, status_column;
    double *size, *effect, *low, *high, *p, *padj, *correlation, *p_mixed = NULL,
                                                                 *padj_mixed = NULL;

    *out = (til_table_t){ 0 };
    TIL_TRY(til_table_init(ctx, n, out));
    TIL_TRY(til_table_add_text(ctx, out, "set", "name of the gene set", &set));
    TIL_TRY(til_table_add_number(ctx, out, "size", "its genes that are tested", &size));
    TIL_TRY(til_table_add_text(ctx, out, "direction", "Up or Down", &direction));
    TIL_TRY(til_table_add_number(ctx, out, "effect", about, &effect));
    TIL_TRY(til_table_add_number(ctx, out, "ci_low", "95 % interval of effect", &low));
    TIL_TRY(til_table_add_number(ctx, out, "ci_high", "95 % interval of effect", &high));
    TIL_TRY(til_table_add_number(ctx, out, "pvalue", "two-sided", &p));
    TIL_TRY(
        til_table_add_number(ctx, out, "padj", "Benjamini-Hochberg over the tested sets", &padj));
    TIL_TRY(til_table_add_number(ctx, out, "correlation", "between the genes of the set",
                                 &correlation));
    TIL_TRY(
        til_table_add_text(ctx, out, "status", "ok, or why there is no answer", &status_column));
    if (mixed) {
        TIL_TRY(til_table_add_number(ctx, out, "pvalue_mixed",
                                     "do genes change, whatever their direction", &p_mixed));
        TIL_TRY(til_table_add_number(ctx, out, "padj_mixed",
                                     "Benjamini-Hochberg over the tested sets", &padj_mixed));
    }
    for (size_t i = 0; i < n; i++) {
        const char *word = query->status[i] == NULL ? "ok" : query->status[i];
        TIL_TRY(til_table_set_text(ctx, out, set, i, query->sets->sets[i].name));
        TIL_TRY(til_table_set_text(ctx, out, status_column, i, word));
        size[i] = til_query_size(query, i);
        if (query->status[i] != NULL) continue;
        TIL_TRY(til_table_set_text(ctx, out, direction, i, answer[i].up ? "Up" : "Down"));
        effect[i] = answer[i].effect;
        low[i] = answer[i].ci_low;
        high[i] = answer[i].ci_high;
        p[i] = answer[i].p;
        correlation[i] = answer[i].correlation;
        if (mixed) p_mixed[i] = answer[i].p_mixed;
    }
    TIL_TRY(til_adjust_bh(ctx, n, p, padj));
    if (mixed) TIL_TRY(til_adjust_bh(ctx, n, p_mixed, padj_mixed));

done:
    if (status != TIL_OK) til_table_clear(out);
    return status;
}
