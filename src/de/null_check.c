/* null_check.c -- the same test on permuted labels. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/try.h"
#include "de/null_check.h"

#define SMALL_P 0.05
enum { STREAM = 0x6e756c6c }; /* keeps these draws apart from those of other uses of a seed */

static bool same_but(const til_design_t *design, const bool *moves, size_t a, size_t b)
{
    for (size_t j = 0; j < design->n_coef; j++)
        if (!moves[j] &&
            design->x[a + j * design->n_samples] != design->x[b + j * design->n_samples])
            return false;
    return true;
}

/* stratum[s]: the first sample whose unmoved columns equal those of s. True when some stratum has
 * samples to exchange that differ. */
static bool find_strata(const til_design_t *design, const bool *moves, size_t *stratum)
{
    bool can_change = false;

    for (size_t s = 0; s < design->n_samples; s++) {
        stratum[s] = 0;
        while (!same_but(design, moves, stratum[s], s)) stratum[s]++;
        for (size_t j = 0; j < design->n_coef; j++)
            can_change |= moves[j] && design->x[s + j * design->n_samples] !=
                                          design->x[stratum[s] + j * design->n_samples];
    }
    return can_change;
}

/* Fisher-Yates within each stratum: source[s] is the sample whose row s takes. */
static void permute(til_rng_t *rng, size_t n, const size_t *stratum, size_t *source)
{
    for (size_t s = 0; s < n; s++) source[s] = s;
    for (size_t s = n; s-- > 1;) {
        size_t n_before = 0;
        for (size_t t = 0; t <= s; t++) n_before += stratum[t] == stratum[s];
        size_t pick = (size_t)til_rng_below(rng, n_before), t = 0;
        for (;; t++)
            if (stratum[t] == stratum[s] && pick-- == 0) break;
        size_t keep = source[s];
        source[s] = source[t];
        source[t] = keep;
    }
}

static void take_rows(const til_design_t *from, const bool *moves, const size_t *source,
                      til_design_t *to)
{
    for (size_t j = 0; j < from->n_coef; j++)
        for (size_t s = 0; s < from->n_samples; s++)
            to->x[s + j * from->n_samples] =
                from->x[(moves[j] ? source[s] : s) + j * from->n_samples];
}

static til_status_t copy_design(til_ctx_t *ctx, const til_design_t *from, til_design_t *to)
{
    til_status_t status = til_design_init(ctx, from->n_samples, from->n_coef, to);

    if (status != TIL_OK) return status;
    memcpy(to->x, from->x, from->n_samples * from->n_coef * sizeof *to->x);
    memcpy(to->samples, from->samples, from->n_samples * sizeof *to->samples);
    memcpy(to->coef_names, from->coef_names, from->n_coef * sizeof *to->coef_names);
    return TIL_OK;
}

til_status_t til_de_null_round(til_ctx_t *ctx, const til_de_method_t *method,
                               const til_de_input_t *input, size_t contrast, uint64_t seed,
                               uint64_t round, til_null_round_t *out)
{
    til_status_t status = TIL_OK;
    const til_design_t *design = input->design;
    size_t n = design->n_samples, p = design->n_coef;
    til_rng_t rng = til_rng_stream(seed, STREAM, contrast, round);
    bool *moves = til_array(p, sizeof *moves);
    size_t *stratum = til_array(n, sizeof *stratum), *source = til_array(n, sizeof *source);
    til_design_t null_design = { 0 };
    til_de_input_t null_input = *input;
    til_de_result_t result = { 0 };
    til_log_t log = ctx->log;

    ctx->log = (til_log_t){ 0 }; /* what it says of permuted labels is of no use */
    if (moves == NULL || stratum == NULL || source == NULL)
        TIL_TRY(til_no_memory(ctx, n, "samples"));
    TIL_TRY(copy_design(ctx, design, &null_design));
    for (size_t j = 0; j < p; j++) moves[j] = input->contrasts[contrast].weights[j] != 0;
    if (!find_strata(design, moves, stratum))
        for (size_t j = 0; j < p; j++) moves[j] = true;
    (void)find_strata(design, moves, stratum);

    permute(&rng, n, stratum, source);
    take_rows(design, moves, source, &null_design);
    null_input.design = &null_design;
    null_input.contrasts = input->contrasts + contrast;
    null_input.n_contrasts = 1;
    null_input.tests_only = true;
    TIL_TRY(til_de_run(ctx, method, &null_input, &result));

    const double *padj = til_table_column(&result.contrasts[0], "padj")->number;
    const double *p_value = til_table_column(&result.contrasts[0], "pvalue")->number;
    size_t n_small = 0, n_p = 0;
    *out = (til_null_round_t){ 0 };
    for (size_t g = 0; g < result.contrasts[0].n_rows; g++) {
        out->n_called += (size_t)(padj[g] < input->alpha);
        n_small += p_value[g] < SMALL_P;
        n_p += (size_t)(p_value[g] >= 0); /* false for NaN */
    }
    out->share_small = (double)n_small / (double)n_p;
done:
    ctx->log = log;
    til_de_result_clear(&result);
    til_design_clear(&null_design);
    free(source);
    free(stratum);
    free(moves);
    return status;
}
