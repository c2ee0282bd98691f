/* de.c -- driver of the room: checks the question, runs one engine. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "de/methods.h"
#include "math/linalg.h"

#define TOL_RANK 1e-7       /* R's qr(), on which DESeq2, edgeR and limma rely */

#define ADDRESS(x) &til_de_##x,
const til_de_method_t *const til_de_methods[] = { TIL_DE_METHODS(ADDRESS) NULL };
#undef ADDRESS

const til_de_method_t *til_de_find(const char *name)
{
    for (size_t i = 0; til_de_methods[i] != NULL; i++)
        if (strcmp(til_de_methods[i]->name, name) == 0) return til_de_methods[i];
    return NULL;
}

void til_de_result_clear(til_de_result_t *result)
{
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
static til_status_t check_wishes(til_ctx_t *ctx, const til_de_method_t *method,
                                 const til_de_input_t *input)
{
    const struct {
        bool wished, known;
        const char *option;
    } wishes[] = {
        { input->test == TIL_DE_LRT, method->has_lrt, "--test lrt" },
        { input->lengths != NULL, method->has_lengths, "--lengths" },
        { input->block != NULL, method->has_block, "--block" },
        { input->trend != TIL_DE_TREND_PARAMETRIC, method->has_trend, "--fit-type" },
        { input->lfc_threshold > 0, method->has_threshold, "--lfc-threshold" },
        { input->shrink != TIL_DE_SHRINK_NONE, method->has_shrink, "--shrink" }
    };

    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if (wishes[i].wished && !wishes[i].known)
            return til_fail(ctx, TIL_EUSAGE, "%s: method '%s' does not have it",
                            wishes[i].option, method->name);
    if (input->test == TIL_DE_LRT && input->reduced == NULL)
        return til_fail(ctx, TIL_EUSAGE, "--test lrt: needs --reduced, the smaller model");
    if (input->test != TIL_DE_LRT && input->reduced != NULL)
        return til_fail(ctx, TIL_EUSAGE, "--reduced: only --test lrt uses it");
    if (input->test == TIL_DE_LRT && input->lfc_threshold > 0)
        return til_fail(ctx, TIL_EUSAGE, "--lfc-threshold: a likelihood ratio test has no threshold");
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

/* Full rank, and something left to estimate the spread from. */
static til_status_t check_design(til_ctx_t *ctx, const til_design_t *design, const char *what)
{
    til_status_t status = TIL_OK;
    size_t n = design->n_samples, p = design->n_coef, rank = 0;
    size_t *pivot = malloc((p + 1) * sizeof *pivot);

    if (pivot == NULL) return til_fail(ctx, TIL_ENOMEM, "out of memory for the design");
    if (p == 0) TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s has no coefficient", what));
    TIL_TRY(til_rank_pivot(ctx, n, p, design->x, TOL_RANK, &rank, pivot));
    if (rank < p)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
            "%s is not of full rank: coefficient '%s' follows from the others; `tilseq design` "
            "explains which", what, design->coef_names[pivot[rank]]));
    if (n <= p)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
            "%zu samples for %zu coefficients: no replicate is left to estimate the spread "
            "from; use a smaller design", n, p));
done:
    free(pivot);
    return status;
}

til_status_t til_de_run(til_ctx_t *ctx, const til_de_method_t *method,
                        const til_de_input_t *input, til_de_result_t *result)
{
    til_status_t status = TIL_OK;

    memset(result, 0, sizeof *result);
    TIL_TRY(check_wishes(ctx, method, input));
    TIL_TRY(check_names(ctx, input->counts, input->design));
    TIL_TRY(til_matrix_check_counts(ctx, input->counts, method->whole_counts));
    TIL_TRY(check_design(ctx, input->design, "the design"));
    if (input->reduced != NULL) {
        TIL_TRY(check_design(ctx, input->reduced, "the reduced design"));
        if (input->reduced->n_coef >= input->design->n_coef)
            TIL_TRY(til_fail(ctx, TIL_EUSAGE,
                "--reduced: %zu coefficients: must be fewer than the %zu of the full design",
                input->reduced->n_coef, input->design->n_coef));
    }
    TIL_TRY(method->run(ctx, input, result));
done:
    if (status != TIL_OK) til_de_result_clear(result);
    return status;
}
