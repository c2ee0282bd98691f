/* null_check.c -- the same test on permuted labels. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/try.h"
#include "de/null_check.h"
#include "de/whole_model.h"
#include "math/linalg.h"

#define SMALL_P  0.05
#define TOL_RANK 1e-7         /* as R's qr() */
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

/* In a paired design a difference between two arms asks about the patients' arms. */
typedef struct {
    const til_design_t *design;
    size_t arm[2];    /* the two, by level                       */
    size_t *patients; /* n of them who are in one of the two     */
    size_t *arm_of;   /* n: 0 or 1                               */
    size_t n;
} swap_t;

static ptrdiff_t change_column(const til_design_t *d, size_t time, size_t arm)
{
    char name[1024];

    if (d->variables[1].is_factor)
        snprintf(name, sizeof name, "%s_in_%s", d->variables[1].levels[time],
                 d->variables[2].levels[arm]);
    else snprintf(name, sizeof name, "%s_in_%s", d->variables[1].name, d->variables[2].levels[arm]);
    for (size_t j = 0; j < d->n_coef; j++)
        if (strcmp(d->coef_names[j], name) == 0) return (ptrdiff_t)j;
    return -1;
}

/* Are the columns weighed changes in exactly two arms? */
static bool find_arms(const til_design_t *d, const double *weights, swap_t *out)
{
    size_t n = 0;

    if (!d->is_paired || !d->has_arm) return false;
    for (size_t a = 0; a < d->variables[2].n_levels; a++) {
        bool is_asked = false;
        for (size_t t = 0; t < (d->variables[1].is_factor ? d->variables[1].n_levels : 1); t++) {
            ptrdiff_t j = change_column(d, t, a);
            is_asked |= j >= 0 && weights[j] != 0;
        }
        if (!is_asked) continue;
        if (n == 2) return false;
        out->arm[n++] = a;
    }
    return n == 2;
}

static void list_patients(const til_design_t *d, swap_t *swap)
{
    for (size_t p = 0; p < d->variables[0].n_levels; p++)
        for (size_t s = 0; s < d->n_samples; s++) {
            if (d->variables[0].level[s] != p) continue;
            size_t arm = d->variables[2].level[s];
            if (arm == swap->arm[0] || arm == swap->arm[1]) {
                swap->patients[swap->n] = p;
                swap->arm_of[swap->n++] = arm == swap->arm[1];
            }
            break;
        }
}

/* Does the reduced model keep what the moved columns have in common? Then the whole comparison is of
 * arms, else of times as well, which are exchanged within patients. */
static til_status_t keeps_common(til_ctx_t *ctx, const til_design_t *reduced,
                                 const til_design_t *design, const bool *moves, bool *keeps)
{
    til_status_t status = TIL_OK;
    size_t n = reduced->n_samples, q = reduced->n_coef, rank;
    double *x = til_array_zero(n * (q + 1), sizeof *x);
    size_t *pivot = til_array(q + 1, sizeof *pivot);

    if (x == NULL || pivot == NULL) TIL_TRY(til_no_memory(ctx, n * (q + 1), "numbers"));
    memcpy(x, reduced->x, n * q * sizeof *x);
    for (size_t j = 0; j < design->n_coef; j++)
        for (size_t s = 0; s < n && moves[j]; s++) x[s + q * n] += design->x[s + j * n];
    TIL_TRY(til_rank_pivot(ctx, n, q + 1, x, TOL_RANK, &rank, pivot));
    *keeps = rank == q;
done:
    free(pivot);
    free(x);
    return status;
}

/* Deals the arms anew: the changes of a patient move to the columns of the arm dealt. */
static void swap_arms(til_rng_t *rng, const swap_t *swap, size_t *dealt, til_design_t *to)
{
    const til_design_t *d = swap->design;
    size_t n_times = d->variables[1].is_factor ? d->variables[1].n_levels : 1;

    memcpy(dealt, swap->arm_of, swap->n * sizeof *dealt);
    for (size_t i = swap->n; i-- > 1;) {
        size_t k = (size_t)til_rng_below(rng, i + 1), keep = dealt[i];
        dealt[i] = dealt[k];
        dealt[k] = keep;
    }
    for (size_t i = 0; i < swap->n; i++)
        for (size_t t = 0; t < n_times && dealt[i] != swap->arm_of[i]; t++) {
            ptrdiff_t a = change_column(d, t, swap->arm[0]), b = change_column(d, t, swap->arm[1]);
            for (size_t s = 0; s < d->n_samples && a >= 0 && b >= 0; s++) {
                if (d->variables[0].level[s] != swap->patients[i]) continue;
                to->x[s + (size_t)a * d->n_samples] = d->x[s + (size_t)b * d->n_samples];
                to->x[s + (size_t)b * d->n_samples] = d->x[s + (size_t)a * d->n_samples];
            }
        }
}

/* Is the drawn design the real one, or its mirror: in every stratum the moved columns the same, or
 * all the other way round? Then it asks the real question. */
static bool is_real(const til_design_t *from, const til_design_t *to, const bool *moves,
                    const size_t *stratum)
{
    bool is_same = true, is_mirror = true;
    size_t n = from->n_samples;

    for (size_t j = 0; j < from->n_coef; j++)
        for (size_t s = 0; s < n && moves[j] && (is_same || is_mirror); s++) {
            const double *x = from->x + j * n, *y = to->x + j * n;
            size_t first = stratum[s];
            is_same &= !(x[s] < y[s]) && !(x[s] > y[s]);
            is_mirror &= fabs(x[s] + y[s] - x[first] - y[first]) < 1e-9 * (1 + fabs(x[s]));
        }
    return is_same || is_mirror;
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

/* Columns that move, strata they move in, and the draw of the round into null_design; where whole rows
 * move, those of the reduced model go with them into null_reduced. */
static til_status_t draw(til_ctx_t *ctx, const til_de_input_t *input, const double *weights,
                         til_rng_t *rng, til_design_t *null_design, til_design_t *null_reduced)
{
    enum { MAX_DRAWS = 100 }; /* a design with no other arrangement gives itself */
    til_status_t status = TIL_OK;
    const til_design_t *design = input->design;
    size_t n = design->n_samples, p = design->n_coef;
    bool *moves = til_array(p, sizeof *moves);
    size_t *stratum = til_array(4 * n, sizeof *stratum), *source = stratum + n;
    swap_t swap = { .design = design };

    if (moves == NULL || stratum == NULL) TIL_TRY(til_no_memory(ctx, n, "samples"));
    for (size_t j = 0; j < p; j++) moves[j] = weights[j] != 0;
    bool are_arms = find_arms(design, weights, &swap);
    if (are_arms && input->test == TIL_DE_LRT)
        TIL_TRY(keeps_common(ctx, input->reduced, design, moves, &are_arms));
    if (are_arms) {
        swap.patients = stratum + 2 * n;
        swap.arm_of = stratum + 3 * n;
        list_patients(design, &swap);
    }
    bool move_all = !find_strata(design, moves, stratum) && !are_arms;
    if (move_all) {
        for (size_t j = 0; j < p; j++) moves[j] = true;
        (void)find_strata(design, moves, stratum);
    }
    for (int i = 0; i < MAX_DRAWS; i++) {
        memcpy(null_design->x, design->x, n * p * sizeof *design->x);
        if (are_arms) {
            swap_arms(rng, &swap, source, null_design);
        } else {
            permute(rng, n, stratum, source);
            take_rows(design, moves, source, null_design);
        }
        if (!is_real(design, null_design, moves, stratum)) break;
    }
    for (size_t j = 0; move_all && input->reduced != NULL && j < input->reduced->n_coef; j++)
        for (size_t s = 0; s < n; s++)
            null_reduced->x[s + j * n] = input->reduced->x[source[s] + j * n];
done:
    free(stratum);
    free(moves);
    return status;
}

til_status_t til_de_null_round(til_ctx_t *ctx, const til_de_method_t *method,
                               const til_de_input_t *input, size_t contrast, uint64_t seed,
                               uint64_t round, til_null_round_t *out)
{
    til_status_t status = TIL_OK;
    til_rng_t rng = til_rng_stream(seed, STREAM, contrast, round);
    til_design_t null_design = { 0 }, null_reduced = { 0 };
    til_contrast_t whole = { 0 };
    til_de_input_t null_input = *input;
    til_de_result_t result = { 0 };
    til_log_t log = ctx->log;

    ctx->log = (til_log_t){ 0 }; /* what it says of permuted labels is of no use */
    TIL_TRY(copy_design(ctx, input->design, &null_design));
    if (input->test == TIL_DE_LRT) {
        TIL_TRY(copy_design(ctx, input->reduced, &null_reduced));
        null_input.reduced = &null_reduced;
        TIL_TRY(til_de_whole_contrast(ctx, input, &whole));
    } else {
        null_input.contrasts = input->contrasts + contrast;
        null_input.n_contrasts = 1;
    }
    TIL_TRY(draw(ctx, input, whole.weights != NULL ? whole.weights : null_input.contrasts->weights,
                 &rng, &null_design, &null_reduced));
    null_input.design = &null_design;
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
    til_design_clear(&null_reduced);
    til_contrast_clear(&whole);
    return status;
}
