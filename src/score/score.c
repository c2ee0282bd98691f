/* score.c -- the driver: match names, run one method, put on a scale, report coverage. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/methods.h"
#include "base/need.h"
#include "base/try.h"
#include "base/words.h"
#include "genes/set_match.h"
#include "score/methods.h"
#include "score/universe.h"

#define ADDRESS(x) &til_score_##x,
const til_score_method_t *const til_score_methods[] = { TIL_SCORE_METHODS(ADDRESS) NULL };
#undef ADDRESS

TIL_DEFINE_WORDS(
    til_score_input_words,
    TIL_SCORE_INPUT_LOG + 1, [TIL_SCORE_INPUT_AUTO] = "auto", [TIL_SCORE_INPUT_COUNTS] = "counts",
    [TIL_SCORE_INPUT_CPM] = "cpm", [TIL_SCORE_INPUT_TPM] = "tpm", [TIL_SCORE_INPUT_LOG] = "log");

TIL_DEFINE_WORDS(til_score_scale_words, TIL_SCORE_COHORT_FREE + 1, [TIL_SCORE_RAW] = "raw",
                 [TIL_SCORE_RANGE] = "range", [TIL_SCORE_COHORT_FREE] = "cohort-free");

TIL_DEFINE_WORDS(til_kcdf_words, TIL_KCDF_NONE + 1, [TIL_KCDF_GAUSSIAN] = "gaussian",
                 [TIL_KCDF_POISSON] = "poisson", [TIL_KCDF_NONE] = "none");

TIL_DEFINE_WORDS(
    til_score_ties_words,
    TIL_SCORE_TIES_INPUT + 1, [TIL_SCORE_TIES_BLOCK] = "block", [TIL_SCORE_TIES_INPUT] = "input");

TIL_DEFINE_FIND(til_score_find, til_score_method_t, til_score_methods)

/* The genes of every set that are in the matrix. TIL_EINPUT when those that are there were all left
 * out since they do not vary. */
static til_status_t match_sets(til_ctx_t *ctx, const til_score_universe_t *u,
                               const til_genesets_t *sets, til_set_match_t *match,
                               til_table_t *coverage)
{
    til_status_t status = til_set_match(ctx, &u->index, u->gene_of_row, sets, match, coverage);

    if (status != TIL_OK || match->n_left_out == 0 || match->offset[sets->n_sets] > 0)
        return status;
    return til_fail(ctx, TIL_EINPUT,
                    "%s: none of the %zu genes of %s that are there varies over the samples: "
                    "this method compares samples; ssgsea, singscore and mean score each alone",
                    u->matrix->origin, match->n_left_out, sets->origin);
}

/* The rows of the matrix that stand for genes, one after another. */
static double *gather_rows(const til_score_universe_t *u)
{
    size_t n = u->matrix->n_cols;
    double *x = til_array(u->n_genes * n, sizeof *x);

    if (x != NULL)
        for (size_t g = 0; g < u->n_genes; g++)
            memcpy(x + g * n, til_matrix_row(u->matrix, u->rows[g]), n * sizeof *x);
    return x;
}

/* GSVA's ssgsea.norm: by the range over all sets and samples. NA where all scores are one number. */
static void scale_by_range(til_ctx_t *ctx, size_t n, double *scores)
{
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < n; i++) {
        if (isnan(scores[i])) continue;
        low = fmin(low, scores[i]);
        high = fmax(high, scores[i]);
    }
    if (low == high)
        til_say(ctx, TIL_LOG_WARNING,
                "--scale range: all scores are %g, a range of 0: they are NA; --scale raw or "
                "cohort-free has numbers",
                low);
    for (size_t i = 0; i < n; i++) scores[i] = high > low ? scores[i] / (high - low) : NAN;
}

static til_status_t scale_by_null(til_ctx_t *ctx, const til_score_method_t *method,
                                  const til_score_input_t *in, double *scores)
{
    til_status_t status = TIL_OK;
    size_t n = in->n_sets * in->n_samples;
    double *mean = til_array(n, sizeof *mean), *sd = til_array(n, sizeof *sd);

    if (mean == NULL || sd == NULL) {
        status = til_no_memory(ctx, n, "scores");
        goto done;
    }
    TIL_TRY(method->null_moments(ctx, in, mean, sd));
    for (size_t i = 0; i < n; i++) scores[i] = sd[i] > 0 ? (scores[i] - mean[i]) / sd[i] : NAN;
done:
    free(mean);
    free(sd);
    return status;
}

static til_status_t check_options(til_ctx_t *ctx, const til_score_method_t *method,
                                  const til_score_options_t *options)
{
    if (options->scale == TIL_SCORE_RANGE && !(method->flags & TIL_SCORE_HAS_RANGE))
        return til_fail(ctx, TIL_EUSAGE,
                        "--scale range: method %s has no such scale: expected "
                        "raw, or --method ssgsea",
                        method->name);
    if (options->scale == TIL_SCORE_COHORT_FREE && method->null_moments == NULL)
        return til_fail(ctx, TIL_EUSAGE,
                        "--scale cohort-free: method %s has no such scale: "
                        "expected raw, or --method ssgsea",
                        method->name);
    if (options->kcdf != TIL_KCDF_GAUSSIAN && !(method->flags & TIL_SCORE_HAS_KCDF))
        return til_fail(ctx, TIL_EUSAGE, "--kcdf: method %s has no kernel: expected --method gsva",
                        method->name);
    if (options->ties != TIL_SCORE_TIES_BLOCK && !(method->flags & TIL_SCORE_HAS_TIES))
        return til_fail(ctx, TIL_EUSAGE,
                        "--ties: method %s has no such choice: expected --method ssgsea",
                        method->name);
    return TIL_OK;
}

/* Sets that are too small have no score; says how many. */
static void drop_small(til_ctx_t *ctx, size_t min_size, const til_score_input_t *in, double *scores)
{
    size_t n_small = 0;

    for (size_t i = 0; i < in->n_sets; i++) {
        if (in->offset[i + 1] - in->offset[i] >= min_size) continue;
        n_small++;
        for (size_t s = 0; s < in->n_samples; s++) scores[i * in->n_samples + s] = NAN;
    }
    if (n_small > 0 && min_size == 1)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu of %zu sets have no gene in the matrix: their scores are NA", n_small,
                in->n_sets);
    else if (n_small > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu of %zu sets have fewer than %zu genes in the matrix: their scores are NA",
                n_small, in->n_sets, min_size);
}

til_status_t til_score_name_matrix(til_ctx_t *ctx, til_matrix_t *scores, const char *origin,
                                   char *const *samples)
{
    til_status_t status = til_matrix_set_origin(ctx, scores, origin);

    for (size_t s = 0; s < scores->n_cols && status == TIL_OK; s++)
        status = til_matrix_set_col_name(ctx, scores, s, samples[s]);
    return status;
}

til_status_t til_score_check(til_ctx_t *ctx, const til_matrix_t *matrix, const til_genesets_t *sets,
                             const struct til_gene_ids *ids, til_table_t *coverage)
{
    TIL_NEED(ctx, coverage);
    *coverage = (til_table_t){ 0 };
    TIL_NEED(ctx, matrix);
    TIL_NEED(ctx, sets);
    til_status_t status = TIL_OK;
    til_score_universe_t u = { 0 };
    til_set_match_t match = { 0 };

    TIL_TRY(til_score_universe_init(ctx, matrix, ids, false, &u));
    TIL_TRY(match_sets(ctx, &u, sets, &match, coverage));
done:
    til_set_match_clear(&match);
    til_score_universe_clear(&u);
    return status;
}

til_status_t til_score_sets(til_ctx_t *ctx, const til_score_method_t *method,
                            const til_score_options_t *options, const til_matrix_t *expression,
                            const til_genesets_t *sets, til_matrix_t *scores, til_table_t *coverage)
{
    TIL_NEED(ctx, scores);
    *scores = (til_matrix_t){ 0 };
    TIL_NEED(ctx, coverage);
    *coverage = (til_table_t){ 0 };
    TIL_NEED(ctx, method);
    TIL_NEED(ctx, options);
    TIL_NEED(ctx, expression);
    TIL_NEED(ctx, sets);
    til_status_t status = TIL_OK;
    til_score_universe_t u = { 0 };
    til_set_match_t match = { 0 };
    double *x = NULL;

    TIL_TRY(check_options(ctx, method, options));
    if ((method->flags & TIL_SCORE_VARYING) && expression->n_cols < 2) {
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: 1 sample: method %s compares samples: expected at least 2; methods "
                          "ssgsea, singscore and mean score one",
                          expression->origin, method->name);
        goto done;
    }
    TIL_TRY(til_score_universe_init(ctx, expression, options->gene_ids,
                                    method->flags & TIL_SCORE_VARYING, &u));
    TIL_TRY(match_sets(ctx, &u, sets, &match, coverage));
    x = gather_rows(&u);
    if (x == NULL) {
        status = til_no_memory(ctx, u.n_genes, "genes");
        goto done;
    }
    TIL_TRY(til_matrix_init(ctx, sets->n_sets, expression->n_cols, scores));
    TIL_TRY(til_score_name_matrix(ctx, scores, sets->origin, expression->col_names));
    for (size_t i = 0; i < sets->n_sets; i++)
        TIL_TRY(til_matrix_set_row_name(ctx, scores, i, sets->sets[i].name));

    til_score_input_t in = { u.n_genes,    expression->n_cols, sets->n_sets,  x,
                             match.offset, match.member,       options->kcdf, options->ties };
    TIL_TRY(method->run(ctx, &in, scores->x));
    drop_small(ctx, options->min_size, &in, scores->x);
    if (options->scale == TIL_SCORE_RANGE) scale_by_range(ctx, in.n_sets * in.n_samples, scores->x);
    if (options->scale == TIL_SCORE_COHORT_FREE)
        TIL_TRY(scale_by_null(ctx, method, &in, scores->x));

done:
    til_set_match_clear(&match);
    free(x);
    til_score_universe_clear(&u);
    if (status != TIL_OK) {
        til_matrix_clear(scores);
        til_table_clear(coverage);
    }
    return status;
}
