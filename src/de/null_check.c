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

/* The changes of a patient move to the columns of the arm dealt. */
static void swap_arms(const swap_t *swap, const size_t *dealt, til_design_t *to)
{
    const til_design_t *d = swap->design;
    size_t n_times = d->variables[1].is_factor ? d->variables[1].n_levels : 1;

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

/* Every patient in the arm it was in, or every one in the other. */
static bool are_real_arms(const swap_t *swap, const size_t *dealt)
{
    size_t n_moved = 0;

    for (size_t i = 0; i < swap->n; i++) n_moved += dealt[i] != swap->arm_of[i];
    return n_moved == 0 || n_moved == swap->n;
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

/* ---- arrangements ------------------------------------------------------------------------ */

/* What is exchanged: labels (classes of samples whose moved columns are equal, or arms of patients) among
 * the units of a stratum. */
typedef struct {
    const til_de_input_t *input;
    bool *moves; /* n_coef                                                            */
    bool move_all, are_arms;
    size_t n_units;
    size_t *stratum; /* n_units: the first unit of its stratum                        */
    size_t *label;   /* n_units: its label, 0..n_units - 1                            */
    size_t *dealt;   /* n_units: work space, the label given                          */
    size_t *source;  /* n_samples: work space                                         */
    swap_t swap;
    double total; /* arrangements, the real one among them                            */
} plan_t;

static void plan_clear(plan_t *plan)
{
    free(plan->moves);
    free(plan->stratum);
}

/* Labels of samples: the first of the stratum with the same moved columns. */
static void label_samples(const til_design_t *d, plan_t *plan)
{
    for (size_t s = 0; s < d->n_samples; s++) {
        size_t t = plan->stratum[s];
        for (; t < s; t++) {
            bool is_same = plan->stratum[t] == plan->stratum[s];
            for (size_t j = 0; j < d->n_coef && is_same; j++)
                is_same = !plan->moves[j] ||
                          d->x[s + j * d->n_samples] == d->x[t + j * d->n_samples];
            if (is_same) break;
        }
        plan->label[s] = t;
    }
}

/* How many arrangements there are of left[label] units of each label; INFINITY past what a double
 * counts. */
static double count_ways(size_t n_labels, const size_t *left)
{
    double ways = 1;
    size_t placed = 0;

    for (size_t l = 0; l < n_labels; l++)
        for (size_t i = 1; i <= left[l]; i++) ways = ways * (double)++placed / (double)i;
    return ways;
}

static void count_labels(const plan_t *plan, size_t first, size_t *left)
{
    memset(left, 0, plan->n_units * sizeof *left);
    for (size_t u = 0; u < plan->n_units; u++)
        if (plan->stratum[u] == first) left[plan->label[u]]++;
}

static til_status_t plan_init(til_ctx_t *ctx, const til_de_input_t *input, const double *weights,
                              plan_t *plan)
{
    til_status_t status = TIL_OK;
    const til_design_t *design = input->design;
    size_t n = design->n_samples, p = design->n_coef;

    *plan = (plan_t){ .input = input, .n_units = n, .swap = { .design = design }, .total = 1 };
    plan->moves = til_array(p, sizeof *plan->moves);
    plan->stratum = til_array(6 * n, sizeof *plan->stratum);
    if (plan->moves == NULL || plan->stratum == NULL) TIL_TRY(til_no_memory(ctx, n, "samples"));
    plan->label = plan->stratum + n;
    plan->dealt = plan->stratum + 2 * n;
    plan->source = plan->stratum + 3 * n;
    plan->swap.patients = plan->stratum + 4 * n;
    plan->swap.arm_of = plan->stratum + 5 * n;
    for (size_t j = 0; j < p; j++) plan->moves[j] = weights[j] != 0;
    plan->are_arms = find_arms(design, weights, &plan->swap);
    if (plan->are_arms && input->test == TIL_DE_LRT)
        TIL_TRY(keeps_common(ctx, input->reduced, design, plan->moves, &plan->are_arms));
    if (plan->are_arms) {
        list_patients(design, &plan->swap);
        plan->n_units = plan->swap.n;
        memset(plan->stratum, 0, plan->n_units * sizeof *plan->stratum);
        memcpy(plan->label, plan->swap.arm_of, plan->n_units * sizeof *plan->label);
    } else {
        plan->move_all = !find_strata(design, plan->moves, plan->stratum);
        for (size_t j = 0; j < p && plan->move_all; j++) plan->moves[j] = true;
        if (plan->move_all) (void)find_strata(design, plan->moves, plan->stratum);
        label_samples(design, plan);
    }
    for (size_t u = 0; u < plan->n_units; u++) {
        if (plan->stratum[u] != u) continue;
        count_labels(plan, u, plan->dealt);
        plan->total *= count_ways(plan->n_units, plan->dealt);
    }
done:
    if (status != TIL_OK) plan_clear(plan);
    return status;
}

/* Deals the labels at random: Fisher-Yates within each stratum. */
static void deal_randomly(til_rng_t *rng, plan_t *plan)
{
    permute(rng, plan->n_units, plan->stratum, plan->source);
    for (size_t u = 0; u < plan->n_units; u++) plan->dealt[u] = plan->label[plan->source[u]];
}

/* Deals the labels as the index-th of all arrangements, the strata as digits, within a stratum in the
 * order of the labels. */
static void deal_by_index(double index, plan_t *plan)
{
    size_t *left = plan->source;

    for (size_t first = 0; first < plan->n_units; first++) {
        if (plan->stratum[first] != first) continue;
        count_labels(plan, first, left);
        double ways = count_ways(plan->n_units, left), digit = fmod(index, ways);
        index = floor(index / ways);
        for (size_t u = first; u < plan->n_units; u++) {
            if (plan->stratum[u] != first) continue;
            for (size_t l = 0; l < plan->n_units; l++) {
                if (left[l] == 0) continue;
                left[l]--;
                double below = count_ways(plan->n_units, left);
                if (digit < below) {
                    plan->dealt[u] = l;
                    break;
                }
                digit -= below;
                left[l]++;
            }
        }
    }
}

/* source[s]: a sample of the stratum that has the label dealt to s, each once. */
static void find_sources(plan_t *plan)
{
    size_t n = plan->n_units;

    for (size_t s = 0; s < n; s++) {
        size_t n_before = 0, t = 0;
        for (size_t e = 0; e < s; e++)
            n_before += plan->stratum[e] == plan->stratum[s] && plan->dealt[e] == plan->dealt[s];
        for (;; t++)
            if (plan->stratum[t] == plan->stratum[s] && plan->label[t] == plan->dealt[s] &&
                n_before-- == 0)
                break;
        plan->source[s] = t;
    }
}

/* The design of the labels dealt; true when it asks the real question. */
static bool apply(plan_t *plan, til_design_t *null_design)
{
    const til_design_t *design = plan->input->design;

    memcpy(null_design->x, design->x, design->n_samples * design->n_coef * sizeof *design->x);
    if (plan->are_arms) {
        swap_arms(&plan->swap, plan->dealt, null_design);
        return are_real_arms(&plan->swap, plan->dealt);
    }
    find_sources(plan);
    take_rows(design, plan->moves, plan->source, null_design);
    return is_real(design, null_design, plan->moves, plan->stratum);
}

/* Where whole rows move, those of the reduced model go with them. */
static void apply_reduced(const plan_t *plan, til_design_t *null_reduced)
{
    const til_design_t *reduced = plan->input->reduced;

    for (size_t j = 0; plan->move_all && reduced != NULL && j < reduced->n_coef; j++)
        for (size_t s = 0; s < reduced->n_samples; s++)
            null_reduced->x[s + j * reduced->n_samples] =
                reduced->x[plan->source[s] + j * reduced->n_samples];
}

/* The draw of the round into null_design. */
static void draw(plan_t *plan, til_rng_t *rng, til_design_t *null_design)
{
    enum { MAX_DRAWS = 100 }; /* a design with no other arrangement gives itself */

    for (int i = 0; i < MAX_DRAWS; i++) {
        deal_randomly(rng, plan);
        if (!apply(plan, null_design)) return;
    }
}

/* The round-th arrangement that is not the real one or its mirror. */
static void take_arrangement(plan_t *plan, uint64_t round, til_design_t *null_design)
{
    for (double index = 0; index < plan->total; index++) {
        deal_by_index(index, plan);
        if (!apply(plan, null_design) && round-- == 0) return;
    }
}

/* The weights whose columns move: of one contrast, or of all where they are tested together. */
static til_status_t weights_asked(til_ctx_t *ctx, const til_de_input_t *input, size_t contrast,
                                  til_contrast_t *whole, const double **weights)
{
    til_status_t status = TIL_OK;

    if (input->test == TIL_DE_LRT) status = til_de_whole_contrast(ctx, input, whole);
    *weights = input->test == TIL_DE_LRT ? whole->weights : input->contrasts[contrast].weights;
    return status;
}

til_status_t til_de_null_count(til_ctx_t *ctx, const til_de_input_t *input, size_t contrast,
                               size_t most, til_null_count_t *out)
{
    til_status_t status = TIL_OK;
    til_design_t null_design = { 0 };
    til_contrast_t whole = { 0 };
    const double *weights;
    plan_t plan = { 0 };

    *out = (til_null_count_t){ 0 };
    TIL_TRY(weights_asked(ctx, input, contrast, &whole, &weights));
    TIL_TRY(plan_init(ctx, input, weights, &plan));
    out->n_all = plan.total;
    out->is_listed = plan.total <= (double)most + 2; /* the real one and its mirror */
    if (!out->is_listed) goto done;
    TIL_TRY(copy_design(ctx, input->design, &null_design));
    for (double index = 0; index < plan.total; index++) {
        deal_by_index(index, &plan);
        out->n_others += !apply(&plan, &null_design);
    }
    out->is_listed = out->n_others <= most;
done:
    plan_clear(&plan);
    til_contrast_clear(&whole);
    til_design_clear(&null_design);
    return status;
}

til_status_t til_de_null_round(til_ctx_t *ctx, const til_de_method_t *method,
                               const til_de_input_t *input, size_t contrast, uint64_t seed,
                               const til_null_count_t *count, uint64_t round, til_null_round_t *out)
{
    til_status_t status = TIL_OK;
    til_rng_t rng = til_rng_stream(seed, STREAM, contrast, round);
    til_design_t null_design = { 0 }, null_reduced = { 0 };
    til_contrast_t whole = { 0 };
    til_de_input_t null_input = *input;
    til_de_result_t result = { 0 };
    til_log_t log = ctx->log;
    const double *weights;
    plan_t plan = { 0 };

    ctx->log = (til_log_t){ 0 }; /* what it says of permuted labels is of no use */
    TIL_TRY(weights_asked(ctx, input, contrast, &whole, &weights));
    TIL_TRY(plan_init(ctx, input, weights, &plan));
    TIL_TRY(copy_design(ctx, input->design, &null_design));
    if (count->is_listed) take_arrangement(&plan, round, &null_design);
    else draw(&plan, &rng, &null_design);
    if (input->test == TIL_DE_LRT) {
        TIL_TRY(copy_design(ctx, input->reduced, &null_reduced));
        apply_reduced(&plan, &null_reduced);
        null_input.reduced = &null_reduced;
    } else {
        null_input.contrasts = input->contrasts + contrast;
        null_input.n_contrasts = 1;
    }
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
    plan_clear(&plan);
    til_de_result_clear(&result);
    til_design_clear(&null_design);
    til_design_clear(&null_reduced);
    til_contrast_clear(&whole);
    return status;
}
