/* gsea.c -- driver of the room: checks the input, matches sets to the ranking, runs one method. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/methods.h"
#include "base/need.h"
#include "base/try.h"
#include "base/words.h"
#include "genes/set_match.h"
#include "gsea/methods.h"

enum { MOST_GENES = 1 << 26 };

#define ROW(x) &til_gsea_##x,
const til_gsea_method_t *const til_gsea_methods[] = { TIL_GSEA_METHODS(ROW) NULL };
#undef ROW

TIL_DEFINE_WORDS(
    til_score_type_words,
    TIL_SCORE_NEG + 1, [TIL_SCORE_STD] = "std", [TIL_SCORE_POS] = "pos", [TIL_SCORE_NEG] = "neg");

TIL_DEFINE_WORDS(til_rank_ties_words,
                 TIL_TIES_INPUT + 1, [TIL_TIES_BLOCK] = "block", [TIL_TIES_INPUT] = "input");

TIL_DEFINE_FIND(til_gsea_find, til_gsea_method_t, til_gsea_methods)

static til_status_t check_options(til_ctx_t *ctx, const til_gsea_options_t *o)
{
    if (o->min_size < 1 || o->min_size > o->max_size)
        return til_fail(ctx, TIL_EUSAGE,
                        "set sizes from %zu to %zu: must be 1 or more and the "
                        "smallest not above the largest",
                        o->min_size, o->max_size);
    if (!(o->gsea_param >= 0) || isinf(o->gsea_param))
        return til_fail(ctx, TIL_EUSAGE, "the weight exponent is %g: must be a number >= 0",
                        o->gsea_param);
    if (o->n_permutations < 100)
        return til_fail(ctx, TIL_EUSAGE, "%zu permutations: must be 100 or more",
                        o->n_permutations);
    return TIL_OK;
}

static til_status_t check_ranking(til_ctx_t *ctx, const til_ranking_t *ranking, double param)
{
    bool all_zero = true;

    if (ranking->n_genes < 2 || ranking->n_genes > MOST_GENES)
        return til_fail(ctx, TIL_EINPUT, "%s: the ranking has %zu gene%s: 2 to %d are wanted",
                        ranking->origin, ranking->n_genes, ranking->n_genes == 1 ? "" : "s",
                        MOST_GENES);
    for (size_t g = 0; g < ranking->n_genes; g++) {
        if (!isfinite(ranking->stats[g]))
            return til_fail(ctx, TIL_EINPUT, "%s: the statistic of %s is not a finite number",
                            ranking->origin, ranking->genes[g]);
        if (!isfinite(pow(fabs(ranking->stats[g]), param)))
            return til_fail(ctx, TIL_EINPUT,
                            "%s: the statistic of %s, %g, to the power %g is too "
                            "large for a weight",
                            ranking->origin, ranking->genes[g], ranking->stats[g], param);
        if (ranking->stats[g] != 0) all_zero = false;
    }
    if (all_zero)
        return til_fail(ctx, TIL_EINPUT, "%s: all %zu statistics are 0: there is no ranking",
                        ranking->origin, ranking->n_genes);
    return TIL_OK;
}

/* ---- matching ---------------------------------------------------------------------------- */

static bool is_stronger(const void *arg, size_t a, size_t b)
{
    const double *stat = arg;
    return fabs(stat[a]) > fabs(stat[b]) || (fabs(stat[a]) == fabs(stat[b]) && stat[a] > stat[b]);
}

til_status_t til_gsea_index(til_ctx_t *ctx, const til_ranking_t *ranking,
                            const til_gsea_options_t *options, til_gene_index_t *index)
{
    const til_gene_rows_t rows = { ranking->origin, ranking->n_genes, ranking->genes, NULL };
    return til_gene_index_init(ctx, &rows, options->gene_ids, is_stronger, ranking->stats, index);
}

static til_status_t match(til_ctx_t *ctx, til_gsea_query_t *query, til_set_match_t *match,
                          til_table_t *coverage)
{
    til_status_t status = TIL_OK;
    til_gene_index_t index = { 0 };

    query->status = til_array_zero(query->sets->n_sets, sizeof *query->status);
    if (query->status == NULL) return til_no_memory(ctx, query->sets->n_sets, "sets");
    TIL_TRY(til_gsea_index(ctx, query->ranking, &query->options, &index));
    TIL_TRY(til_set_match(ctx, &index, NULL, query->sets, match, coverage));
    query->offset = match->offset;
    query->member = match->member;
done:
    til_gene_index_clear(&index);
    return status;
}

/* Gives sets outside the size limits their status, and says how many there are. */
static void judge_sizes(til_ctx_t *ctx, til_gsea_query_t *query)
{
    const til_gsea_options_t *o = &query->options;
    size_t n_sets = query->sets->n_sets, n_none = 0, n_small = 0, n_large = 0;

    for (size_t i = 0; i < n_sets; i++) {
        size_t size = query->offset[i + 1] - query->offset[i];
        if (size == 0) {
            query->status[i] = "no_genes";
            n_none++;
        } else if (size < o->min_size) {
            query->status[i] = "too_small";
            n_small++;
        } else if (size > o->max_size || size >= query->ranking->n_genes) {
            query->status[i] = "too_large";
            n_large++;
        }
    }
    if (n_none + n_small + n_large > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu of %zu sets are left out: %zu have no gene in the data, "
                "%zu fewer than %zu, %zu more than %zu or all of them",
                n_none + n_small + n_large, n_sets, n_none, n_small, o->min_size, n_large,
                o->max_size);
}

til_status_t til_gsea_run(til_ctx_t *ctx, const til_gsea_method_t *method,
                          const til_ranking_t *ranking, const bool *selected,
                          const til_genesets_t *sets, const til_gsea_options_t *options,
                          til_table_t *out, til_table_t *coverage)
{
    TIL_NEED(ctx, out);
    *out = (til_table_t){ 0 };
    if (coverage != NULL) *coverage = (til_table_t){ 0 };
    TIL_NEED(ctx, method);
    TIL_NEED(ctx, ranking);
    TIL_NEED(ctx, sets);
    TIL_NEED(ctx, options);
    til_status_t status = TIL_OK;
    til_set_match_t matched = { 0 };
    til_gsea_query_t query = {
        .ranking = ranking, .selected = selected, .sets = sets, .options = *options
    };

    if (method->needs_selection != (selected != NULL))
        return til_fail(ctx, TIL_EUSAGE, "method %s: %s", method->name,
                        method->needs_selection ? "needs a selection of genes"
                                                : "takes a ranking, not a selection");
    if (method->needs_effects &&
        (options->effects == NULL || options->effects->n_genes != ranking->n_genes))
        return til_fail(ctx, TIL_EUSAGE, "method %s: needs counts of samples", method->name);
    TIL_TRY(check_options(ctx, options));
    TIL_TRY(check_ranking(ctx, ranking, method->needs_selection ? 0 : options->gsea_param));
    TIL_TRY(match(ctx, &query, &matched, coverage));
    judge_sizes(ctx, &query);
    TIL_TRY(method->test(ctx, &query, out));

done:
    til_set_match_clear(&matched);
    free(query.status);
    if (status != TIL_OK) til_table_clear(coverage);
    return status;
}
