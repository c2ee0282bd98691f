/* de.c -- driver of the room: checks the question, runs one engine. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/methods.h"
#include "base/need.h"
#include "base/try.h"
#include "base/words.h"
#include "de/cells.h"
#include "de/methods.h"
#include "de/whole_model.h"
#include "design/rank.h"

#define ADDRESS(x) &til_de_##x,
const til_de_method_t *const til_de_methods[] = { TIL_DE_METHODS(ADDRESS) NULL };
#undef ADDRESS

TIL_DEFINE_WORDS(til_de_test_words, TIL_DE_LRT + 1, [TIL_DE_WALD] = "wald", [TIL_DE_LRT] = "lrt");

TIL_DEFINE_WORDS(
    til_de_alternative_words, TIL_DE_LESS + 1, [TIL_DE_GREATER_ABS] = "greater-abs",
    [TIL_DE_LESS_ABS] = "less-abs", [TIL_DE_GREATER] = "greater", [TIL_DE_LESS] = "less");

TIL_DEFINE_WORDS(til_de_trend_words,
                 TIL_DE_TREND_MEAN + 1, [TIL_DE_TREND_PARAMETRIC] = "parametric",
                 [TIL_DE_TREND_LOCAL] = "local", [TIL_DE_TREND_MEAN] = "mean");

TIL_DEFINE_WORDS(
    til_de_shrink_words,
    TIL_DE_SHRINK_NORMAL + 1, [TIL_DE_SHRINK_NONE] = "none", [TIL_DE_SHRINK_NORMAL] = "normal");

TIL_DEFINE_WORDS(til_de_filter_words, TIL_DE_FILTER_EXPR + 1, [TIL_DE_FILTER_AUTO] = "auto",
                 [TIL_DE_FILTER_NONE] = "none", [TIL_DE_FILTER_EXPR] = "expr");

TIL_DEFINE_WORDS(
    til_de_matrices_words,
    TIL_DE_MATRICES_NONE + 1, [TIL_DE_MATRICES_AUTO] = "auto", [TIL_DE_MATRICES_NONE] = "none");

TIL_DEFINE_FIND(til_de_find, til_de_method_t, til_de_methods)

void til_de_result_clear(til_de_result_t *result)
{
    if (result == NULL) return;
    if (result->contrasts != NULL)
        for (size_t i = 0; i < result->n_contrasts; i++) til_table_clear(&result->contrasts[i]);
    free(result->contrasts);
    til_table_clear(&result->joint);
    til_table_clear(&result->size_factors);
    til_table_clear(&result->dispersions);
    til_table_clear(&result->facts);
    til_matrix_clear(&result->normalized);
    til_matrix_clear(&result->expression);
    memset(result, 0, sizeof *result);
}

/* A wish the engine does not know must not pass in silence. */
til_status_t til_de_check_wishes(til_ctx_t *ctx, const til_de_method_t *method,
                                 const til_de_input_t *input)
{
    TIL_NEED(ctx, method);
    TIL_NEED(ctx, input);
    const struct {
        bool wished, known;
        const char *option;
    } wishes[] = { { input->test == TIL_DE_LRT, method->has_lrt, "--test lrt" },
                   { input->lengths != NULL, method->has_lengths, "--lengths" },
                   { input->block != NULL, method->has_block, "--block" },
                   { input->trend != TIL_DE_TREND_PARAMETRIC, method->has_trend, "--fit-type" },
                   { input->lfc_threshold > 0, method->has_threshold, "--lfc-threshold" },
                   { input->shrink != TIL_DE_SHRINK_NONE, method->has_shrink, "--shrink" },
                   { input->ebayes_trend, method->has_ebayes, "--ebayes-trend" },
                   { input->ebayes_robust, method->has_ebayes, "--robust" } };

    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if (wishes[i].wished && !wishes[i].known)
            return til_fail(ctx, TIL_EUSAGE, "%s: method '%s' does not have it", wishes[i].option,
                            method->name);
    if (input->test == TIL_DE_LRT && input->reduced == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--test lrt: needs --reduced, the smaller model");
    if (input->test != TIL_DE_LRT && input->reduced != NULL)
        return til_fail(ctx, TIL_EUSAGE, "--reduced: only --test lrt uses it");
    if (input->test == TIL_DE_LRT && input->lfc_threshold > 0)
        return til_fail(ctx, TIL_EUSAGE,
                        "--lfc-threshold: a likelihood ratio test has no threshold");
    return TIL_OK;
}

static til_status_t check_names(til_ctx_t *ctx, const til_matrix_t *counts,
                                const til_design_t *design)
{
    if (counts->n_cols != design->n_samples)
        return til_fail(ctx, TIL_EINPUT, "%s: %zu samples: the design has %zu", counts->origin,
                        counts->n_cols, design->n_samples);
    for (size_t s = 0; s < counts->n_cols; s++)
        if (strcmp(counts->col_names[s], design->samples[s]) != 0)
            return til_fail(ctx, TIL_EINPUT, "%s: sample %zu is '%s': the design has '%s' there",
                            counts->origin, s + 1, counts->col_names[s], design->samples[s]);
    return TIL_OK;
}

til_status_t til_de_run(til_ctx_t *ctx, const til_de_method_t *method, const til_de_input_t *input,
                        til_de_result_t *result)
{
    TIL_NEED(ctx, result);
    *result = (til_de_result_t){ 0 };
    TIL_NEED(ctx, method);
    TIL_NEED(ctx, input);
    til_status_t status = TIL_OK;

    TIL_TRY(til_de_check_wishes(ctx, method, input));
    TIL_TRY(check_names(ctx, input->counts, input->design));
    TIL_TRY(til_matrix_check_counts(ctx, input->counts, method->whole_counts));
    TIL_TRY(til_rank_require_replicates(ctx, input->design));
    if (input->reduced != NULL) {
        TIL_TRY(til_rank_require(ctx, input->reduced));
        TIL_TRY(til_rank_require_nested(ctx, input->design, input->reduced));
    }
    TIL_TRY(method->run(ctx, input, result));
    if (input->test == TIL_DE_LRT) TIL_TRY(til_de_join_effects(ctx, input, result));
    TIL_TRY(til_de_add_cells(ctx, input, result)); /* its means are of the normalised counts */
    if (input->matrices == TIL_DE_MATRICES_NONE) til_matrix_clear(&result->normalized);
done:
    if (status != TIL_OK) til_de_result_clear(result);
    return status;
}
