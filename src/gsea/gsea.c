/* gsea.c -- driver of the room: checks the input, matches sets to the ranking, runs one method. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "base/words.h"
#include "genes/gene_key.h"
#include "gsea/methods.h"

enum { SHOWN = 3, MOST_GENES = 1 << 26 };

#define ROW(x) &til_gsea_##x,
const til_gsea_method_t *const til_gsea_methods[] = { TIL_GSEA_METHODS(ROW) NULL };
#undef ROW

TIL_DEFINE_WORDS(
    til_score_type_words,
    TIL_SCORE_NEG + 1, [TIL_SCORE_STD] = "std", [TIL_SCORE_POS] = "pos", [TIL_SCORE_NEG] = "neg");

TIL_DEFINE_WORDS(til_rank_ties_words,
                 TIL_TIES_INPUT + 1, [TIL_TIES_BLOCK] = "block", [TIL_TIES_INPUT] = "input");

const til_gsea_method_t *til_gsea_find(const char *name)
{
    for (size_t i = 0; til_gsea_methods[i] != NULL; i++)
        if (strcmp(til_gsea_methods[i]->name, name) == 0) return til_gsea_methods[i];
    return NULL;
}

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

/* ---- matching -----------------------------------------------------------------------------------
 */

static size_t count_members(const til_genesets_t *sets)
{
    size_t n = 0;
    for (size_t i = 0; i < sets->n_sets; i++) n += sets->sets[i].n_genes;
    return n;
}

static til_status_t match(til_ctx_t *ctx, til_gsea_query_t *query)
{
    const til_genesets_t *sets = query->sets;
    til_names_t *index = NULL;
    til_status_t status = TIL_OK;
    size_t n = 0, n_members = count_members(sets);

    query->offset = til_array(sets->n_sets + 1, sizeof *query->offset);
    query->member = til_array(n_members, sizeof *query->member);
    query->status = til_array_zero(sets->n_sets, sizeof *query->status);
    if (query->offset == NULL || query->member == NULL || query->status == NULL) {
        status = til_no_memory(ctx, n_members, "set members");
        goto done;
    }
    TIL_TRY(til_names_index(ctx, query->ranking->genes, query->ranking->n_genes, &index));
    for (size_t i = 0; i < sets->n_sets; i++) {
        query->offset[i] = n;
        for (size_t j = 0; j < sets->sets[i].n_genes; j++) {
            const char *name = sets->sets[i].genes[j];
            ptrdiff_t gene = til_names_find_n(index, name, til_gene_key_length(name));
            if (gene >= 0) query->member[n++] = (size_t)gene;
        }
    }
    query->offset[sets->n_sets] = n;

done:
    til_names_free(index);
    return status;
}

/* The name in upper case, as human symbols are written: what a mouse symbol turns into. */
static ptrdiff_t find_folded(til_names_t *folded, const char *name, til_strbuf_t *buffer, bool add)
{
    til_strbuf_reset(buffer);
    for (const char *c = name; *c != '\0'; c++)
        til_strbuf_add_char(buffer, (char)toupper((unsigned char)*c));
    return add ? til_names_add(folded, til_strbuf_text(buffer), NULL)
               : til_names_find(folded, til_strbuf_text(buffer));
}

/* Members of sets that are in the ranking when case is ignored. */
static size_t count_folded(const til_gsea_query_t *query)
{
    til_names_t *folded = til_names_new();
    til_strbuf_t buffer = { 0 };
    size_t n = 0;

    for (size_t g = 0; folded != NULL && g < query->ranking->n_genes; g++)
        if (find_folded(folded, query->ranking->genes[g], &buffer, true) < 0) break;
    for (size_t i = 0; folded != NULL && i < query->sets->n_sets; i++)
        for (size_t j = 0; j < query->sets->sets[i].n_genes; j++)
            n += find_folded(folded, query->sets->sets[i].genes[j], &buffer, false) >= 0;
    til_strbuf_clear(&buffer);
    til_names_free(folded);
    return n;
}

/* Up to three names: "A, B, C". */
static void show_names(til_strbuf_t *out, char *const *names, size_t n)
{
    for (size_t i = 0; i < n && i < SHOWN; i++)
        til_strbuf_printf(out, "%s%s", i > 0 ? ", " : "", names[i]);
}

static til_status_t fail_unmatched(til_ctx_t *ctx, const til_gsea_query_t *query)
{
    const til_genesets_t *sets = query->sets;
    til_strbuf_t theirs = { 0 }, ours = { 0 };
    size_t n_members = count_members(sets), n_folded = count_folded(query);
    til_status_t status;

    for (size_t i = 0; i < sets->n_sets && theirs.length == 0; i++)
        show_names(&theirs, sets->sets[i].genes, sets->sets[i].n_genes);
    show_names(&ours, query->ranking->genes, query->ranking->n_genes);
    status = til_fail(
        ctx, TIL_EINPUT,
        "%s: 0 of its %zu gene entries are among the %zu genes of %s: sets have %s; the data have "
        "%s; %s",
        sets->origin == NULL ? "gene sets" : sets->origin, n_members, query->ranking->n_genes,
        query->ranking->origin, til_strbuf_text(&theirs), til_strbuf_text(&ours),
        n_folded > 0 ? "they match when case is ignored, so one side is probably another species "
                       "(human symbols are upper case, mouse symbols are not)"
                     : "are both symbols, or does the data need --genes?");
    til_strbuf_clear(&theirs);
    til_strbuf_clear(&ours);
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
                          til_table_t *out)
{
    til_status_t status = TIL_OK;
    til_gsea_query_t query = {
        .ranking = ranking, .selected = selected, .sets = sets, .options = *options
    };

    *out = (til_table_t){ 0 };
    if (method->needs_selection != (selected != NULL))
        return til_fail(ctx, TIL_EUSAGE, "method %s: %s", method->name,
                        method->needs_selection ? "needs a selection of genes"
                                                : "takes a ranking, not a selection");
    TIL_TRY(check_options(ctx, options));
    TIL_TRY(check_ranking(ctx, ranking, method->needs_selection ? 0 : options->gsea_param));
    TIL_TRY(match(ctx, &query));
    if (query.offset[sets->n_sets] == 0) {
        status = fail_unmatched(ctx, &query);
        goto done;
    }
    judge_sizes(ctx, &query);
    TIL_TRY(method->test(ctx, &query, out));

done:
    free(query.offset);
    free(query.member);
    free(query.status);
    return status;
}
