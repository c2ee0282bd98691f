/* pair_design.c -- time points within patients, the patients possibly in arms.
 *
 * A patient is in one arm only, so ~ patient + arm cannot be fitted, and ~ arm * time forgets the
 * patients. The design that asks "what changed, and more in which arm" is R's
 *
 *     model.matrix(~ arm + arm:ind + arm:time)      ind: the patient's number within the arm
 *
 * without the columns that are zero because arms have different numbers of patients or miss a
 * time. In words, with P(a) the first patient of arm a, A the first arm and R the first time:
 *
 *     (Intercept)     P(A) at time R
 *     P(a)_vs_P(A)    the first patient of each further arm
 *     p_vs_P(a)       each further patient p of arm a; numbers 2, 3..., arms within a number
 *     t_in_a          the change from R to t in arm a; times, arms within a time
 *
 * Behind them stand, per stratum and time, how the change departs in that stratum, and covariates with
 * a value per sample. Without arms it is ~ patient + time. With a trend, time is a number and t its slope. The columns
 * of patients have disjoint support, so X'WX is an arrow whose border is the first n_arms and the
 * last n_arms * n_times columns.
 *
 * Source:  the DESeq2 vignette, "Group-specific condition effects, individuals nested within
 *          groups"; edgeR User's Guide 3.5.
 * Agrees:  R 4.2.2 model.matrix() as above, column by column (tests/golden/design/pair_*), and the
 *          design of the golden riaz_cohort_nested.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/need.h"
#include "base/try.h"
#include "design/contrast_parts.h"
#include "design/model_matrix.h"
#include "design/pair_cohort.h"

enum { FIRST_EXTRA_TERM = 4 }; /* til_design_t.terms of strata; covariates have the next */

/* ---- the columns --------------------------------------------------------------------- */

/* Patients within arms; one arm that has no name where the question has none. */
typedef struct {
    const til_variable_t *patient, *time, *arm; /* arm may be NULL                    */
    size_t n, n_arms, n_times;                  /* samples; times without the first   */
    size_t *arm_of, *number;                    /* per patient: arm, number in it     */
    size_t *first;                              /* per arm: its first patient         */
    size_t most;                                /* patients of the largest arm        */
} nest_t;

static size_t arm_of_sample(const nest_t *nest, size_t s)
{
    return nest->arm == NULL ? 0 : nest->arm->level[s];
}

static bool is_change(const nest_t *nest, size_t s, size_t t, size_t a)
{
    return arm_of_sample(nest, s) == a && (!nest->time->is_factor || nest->time->level[s] == t);
}

/* Does any sample of arm a stand at time t (from 1)? */
static bool has_change(const nest_t *nest, size_t t, size_t a)
{
    for (size_t s = 0; s < nest->n; s++)
        if (is_change(nest, s, t, a)) return true;
    return false;
}

static til_status_t make_nest(til_ctx_t *ctx, const til_variable_t *variables, bool has_arm,
                              size_t n_samples, til_arena_t *arena, nest_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_patients = variables[TIL_PATIENT].n_levels, *seen;

    *out = (nest_t){ .n = n_samples };
    out->patient = &variables[TIL_PATIENT];
    out->time = &variables[TIL_TIME];
    out->arm = has_arm ? &variables[TIL_ARM] : NULL;
    out->n_arms = has_arm ? variables[TIL_ARM].n_levels : 1;
    out->n_times = out->time->is_factor ? out->time->n_levels - 1 : 1;
    TIL_TRY(til_keep_array(ctx, arena, n_patients, sizeof *out->arm_of, &out->arm_of));
    TIL_TRY(til_keep_array(ctx, arena, n_patients, sizeof *out->number, &out->number));
    TIL_TRY(til_keep_array(ctx, arena, out->n_arms, sizeof *out->first, &out->first));
    TIL_TRY(til_keep_array(ctx, arena, out->n_arms, sizeof *seen, &seen));
    for (size_t s = 0; s < n_samples; s++)
        out->arm_of[out->patient->level[s]] = arm_of_sample(out, s);
    for (size_t p = 0; p < n_patients; p++) {
        size_t a = out->arm_of[p];
        if (seen[a] == 0) out->first[a] = p;
        out->number[p] = seen[a]++;
        if (seen[a] > out->most) out->most = seen[a];
    }

done:
    return status;
}

static void add_change_name(const nest_t *nest, size_t t, size_t a, til_strbuf_t *b)
{
    til_strbuf_add(b, nest->time->is_factor ? nest->time->levels[t] : nest->time->name);
    if (nest->arm != NULL) til_strbuf_printf(b, "_in_%s", nest->arm->levels[a]);
}

/* Names column *j, hands out its values and steps on. */
static til_status_t next_column(til_ctx_t *ctx, til_design_t *out, size_t *j, size_t term,
                                til_strbuf_t *name, double **x)
{
    til_status_t status = TIL_OK;

    for (size_t k = 0; k < *j; k++)
        if (strcmp(out->coef_names[k], til_strbuf_text(name)) == 0)
            return til_fail(ctx, TIL_EINPUT,
                            "two coefficients of the paired design would be called %s: rename "
                            "levels",
                            til_strbuf_text(name));
    TIL_TRY(til_keep_strbuf(ctx, out->arena, name, &out->coef_names[*j]));
    out->terms[*j] = term;
    *x = out->x + *j * out->n_samples;
    til_strbuf_reset(name);
    ++*j;

done:
    return status;
}

/* The intercept and a column for each patient but the very first. */
static til_status_t fill_patients(til_ctx_t *ctx, const nest_t *nest, til_design_t *out, size_t *j,
                                  til_strbuf_t *name)
{
    char **names = nest->patient->levels;
    til_status_t status = TIL_OK;
    double *x;

    til_strbuf_add(name, "(Intercept)");
    TIL_TRY(next_column(ctx, out, j, 0, name, &x));
    for (size_t s = 0; s < nest->n; s++) x[s] = 1;
    for (size_t a = 1; a < nest->n_arms; a++) {
        til_strbuf_printf(name, "%s_vs_%s", names[nest->first[a]], names[nest->first[0]]);
        TIL_TRY(next_column(ctx, out, j, 1, name, &x));
        for (size_t s = 0; s < nest->n; s++) x[s] = arm_of_sample(nest, s) == a ? 1 : 0;
    }
    for (size_t k = 1; k < nest->most; k++)
        for (size_t a = 0; a < nest->n_arms; a++) {
            size_t p = nest->first[a];
            while (p < nest->patient->n_levels && (nest->arm_of[p] != a || nest->number[p] != k))
                p++;
            if (p == nest->patient->n_levels) continue;
            til_strbuf_printf(name, "%s_vs_%s", names[p], names[nest->first[a]]);
            TIL_TRY(next_column(ctx, out, j, nest->arm == NULL ? 1 : 2, name, &x));
            for (size_t s = 0; s < nest->n; s++) x[s] = nest->patient->level[s] == p ? 1 : 0;
        }

done:
    return status;
}

static til_status_t fill_changes(til_ctx_t *ctx, const nest_t *nest, til_design_t *out, size_t *j,
                                 til_strbuf_t *name)
{
    til_status_t status = TIL_OK;
    double *x;

    for (size_t t = 1; t <= nest->n_times; t++)
        for (size_t a = 0; a < nest->n_arms; a++) {
            if (!has_change(nest, t, a)) {
                til_say(ctx, TIL_LOG_WARNING,
                        "%s %s has no sample at %s %s: that change is not asked for",
                        nest->arm->name, nest->arm->levels[a], nest->time->name,
                        nest->time->levels[t]);
                continue;
            }
            add_change_name(nest, t, a, name);
            TIL_TRY(next_column(ctx, out, j, nest->arm == NULL ? 2 : 3, name, &x));
            for (size_t s = 0; s < nest->n; s++)
                x[s] = !is_change(nest, s, t, a) ? 0
                       : nest->time->is_factor   ? 1
                                                 : nest->time->value[s];
        }

done:
    return status;
}

static size_t count_changes(const nest_t *nest)
{
    size_t n = 0;

    for (size_t t = 1; t <= nest->n_times; t++)
        for (size_t a = 0; a < nest->n_arms; a++) n += has_change(nest, t, a);
    return n;
}

/* ---- strata and covariates ----------------------------------------------------------- */

/* Of the patients, the share in level l of stratum v. */
static double share_of(const nest_t *nest, const til_variable_t *v, size_t l)
{
    size_t n = 0;

    for (size_t p = 0; p < nest->patient->n_levels; p++)
        for (size_t s = 0; s < nest->n; s++)
            if (nest->patient->level[s] == p) {
                n += v->level[s] == l;
                break;
            }
    return (double)n / (double)nest->patient->n_levels;
}

/* Per level of a stratum and time, how its change departs: centred, so that the change of an arm
 * stays that at the mix of strata of all patients. */
static til_status_t fill_stratum(til_ctx_t *ctx, const nest_t *nest, const til_variable_t *v,
                                 til_design_t *out, size_t *j, til_strbuf_t *name)
{
    til_status_t status = TIL_OK;
    const til_variable_t *time = nest->time;
    double *x;

    for (size_t t = 1; t <= nest->n_times; t++)
        for (size_t l = 1; l < v->n_levels; l++) {
            double share = share_of(nest, v, l);
            til_strbuf_printf(name, "%s%s:%s", v->name, v->levels[l],
                              time->is_factor ? time->levels[t] : time->name);
            TIL_TRY(next_column(ctx, out, j, FIRST_EXTRA_TERM, name, &x));
            for (size_t s = 0; s < nest->n; s++) {
                double at = time->is_factor ? time->level[s] == t : time->value[s];
                x[s] = at * ((v->level[s] == l) - share);
            }
        }

done:
    return status;
}

/* Is a column told by the patients already? */
static bool is_of_patients(const nest_t *nest, const til_variable_t *v)
{
    for (size_t s = 0; s < nest->n; s++)
        for (size_t e = 0; e < s; e++)
            if (nest->patient->level[e] == nest->patient->level[s] &&
                (v->is_factor ? v->level[e] != v->level[s] : v->value[e] != v->value[s]))
                return false;
    return true;
}

static size_t count_extra(const til_cohort_t *c, const nest_t *nest)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n_extra; i++) {
        const til_variable_t *v = &c->extra[i];
        if (i < c->n_strata) n += nest->n_times * (v->n_levels - 1);
        else if (!is_of_patients(nest, v)) n += v->is_factor ? v->n_levels - 1 : 1;
    }
    return n;
}

static til_status_t fill_covariate(til_ctx_t *ctx, const nest_t *nest, const til_variable_t *v,
                                   til_design_t *out, size_t *j, til_strbuf_t *name)
{
    til_status_t status = TIL_OK;
    double *x;

    if (is_of_patients(nest, v)) {
        til_say(ctx, TIL_LOG_WARNING,
                "--adjust %s: it has one value for each %s, whom the design takes into account "
                "already: left out; --strata %s lets the changes depend on it",
                v->name, nest->patient->name, v->name);
        return TIL_OK;
    }
    for (size_t l = 1; l < (v->is_factor ? v->n_levels : 2); l++) {
        til_strbuf_printf(name, "%s%s", v->name, v->is_factor ? v->levels[l] : "");
        TIL_TRY(next_column(ctx, out, j, FIRST_EXTRA_TERM + 1, name, &x));
        for (size_t s = 0; s < nest->n; s++) x[s] = v->is_factor ? v->level[s] == l : v->value[s];
    }

done:
    return status;
}

static til_status_t fill_extra(til_ctx_t *ctx, const til_cohort_t *c, const nest_t *nest,
                               til_design_t *out, size_t *j, til_strbuf_t *name)
{
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < c->n_extra; i++) {
        if (i < c->n_strata) TIL_TRY(fill_stratum(ctx, nest, &c->extra[i], out, j, name));
        else TIL_TRY(fill_covariate(ctx, nest, &c->extra[i], out, j, name));
    }

done:
    return status;
}

/* ---- the design ---------------------------------------------------------------------- */

static til_status_t write_formula(til_ctx_t *ctx, const til_pairing_t *pairing, til_design_t *out)
{
    til_strbuf_t b = { 0 };
    til_status_t status;

    til_strbuf_add(&b, "~ ");
    if (pairing->arm != NULL) {
        til_model_variable_name(&b, pairing->arm);
        til_strbuf_add(&b, " + ");
        til_model_variable_name(&b, pairing->arm);
        til_strbuf_add(&b, ":");
    }
    til_model_variable_name(&b, pairing->pair);
    til_strbuf_add(&b, " + ");
    if (pairing->arm != NULL) {
        til_model_variable_name(&b, pairing->arm);
        til_strbuf_add(&b, ":");
    }
    til_model_variable_name(&b, pairing->time);
    for (size_t i = 0; i < pairing->n_strata; i++) {
        til_strbuf_add(&b, " + ");
        til_model_variable_name(&b, pairing->strata[i]);
        til_strbuf_add(&b, ":");
        til_model_variable_name(&b, pairing->time);
    }
    for (size_t i = 0; i < pairing->n_adjust; i++) {
        til_strbuf_add(&b, " + ");
        til_model_variable_name(&b, pairing->adjust[i]);
    }
    status = til_keep_strbuf(ctx, out->arena, &b, &out->formula);
    til_strbuf_clear(&b);
    return status;
}

/* Everything the design owns beside x; the cohort's arena becomes the design's. */
static til_status_t fill_design(til_ctx_t *ctx, til_cohort_t *c, const nest_t *nest,
                                til_design_t *out)
{
    til_status_t status = TIL_OK;
    til_strbuf_t name = { 0 };
    size_t j = 0;

    til_arena_free(out->arena);
    out->arena = c->arena;
    c->arena = NULL;
    out->is_paired = true;
    out->has_arm = nest->arm != NULL;
    size_t n_main = out->has_arm ? 3 : 2;
    out->n_variables = n_main + c->n_extra;
    out->left_out = c->left_out;
    out->n_left_out = c->n_left_out;
    TIL_TRY(
        til_keep_array(ctx, out->arena, out->n_variables, sizeof *out->variables, &out->variables));
    memcpy(out->variables, c->variables, n_main * sizeof *out->variables);
    memcpy(out->variables + n_main, c->extra, c->n_extra * sizeof *out->variables);
    TIL_TRY(til_keep_array(ctx, out->arena, out->n_coef, sizeof *out->terms, &out->terms));
    TIL_TRY(fill_patients(ctx, nest, out, &j, &name));
    TIL_TRY(fill_changes(ctx, nest, out, &j, &name));
    TIL_TRY(fill_extra(ctx, c, nest, out, &j, &name));
    TIL_TRY(til_design_take_samples(ctx, &c->frame, out));
    TIL_TRY(write_formula(ctx, c->pairing, out));
    TIL_TRY(til_design_note_references(ctx, out));

done:
    til_strbuf_clear(&name);
    return status;
}

til_status_t til_design_pair(til_ctx_t *ctx, const til_sheet_t *sheet, const til_pairing_t *pairing,
                             const til_typing_t *typing, til_design_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_design_t){ 0 };
    TIL_NEED(ctx, sheet);
    TIL_NEED(ctx, pairing);
    TIL_NEED(ctx, typing);
    til_status_t status = TIL_OK;
    til_cohort_t c = { .sheet = sheet, .pairing = pairing, .arena = til_arena_new() };
    nest_t nest;

    if (c.arena == NULL) {
        status = til_no_memory(ctx, sheet->n_samples, "samples");
        goto done;
    }
    TIL_TRY(til_cohort_gather(ctx, &c, typing));
    TIL_TRY(make_nest(ctx, c.variables, pairing->arm != NULL, c.frame.n, c.arena, &nest));
    TIL_TRY(til_design_init(ctx, c.frame.n,
                            nest.patient->n_levels + count_changes(&nest) + count_extra(&c, &nest),
                            out));
    TIL_TRY(fill_design(ctx, &c, &nest, out));

done:
    til_cohort_clear(&c);
    til_arena_free(c.arena);
    if (status != TIL_OK) til_design_clear(out);
    return status;
}

/* ---- its questions ------------------------------------------------------------------- */

/* The column of the change to time t in arm a, or -1. */
static ptrdiff_t change_column(const til_design_t *design, const nest_t *nest, size_t t, size_t a,
                               til_strbuf_t *name)
{
    til_strbuf_reset(name);
    add_change_name(nest, t, a, name);
    for (size_t j = 0; j < design->n_coef; j++)
        if (strcmp(design->coef_names[j], til_strbuf_text(name)) == 0) return (ptrdiff_t)j;
    return -1;
}

static size_t patients_at(const nest_t *nest, size_t t, size_t a)
{
    size_t n = 0;

    if (!nest->time->is_factor) {
        for (size_t p = 0; p < nest->patient->n_levels; p++) n += nest->arm_of[p] == a;
        return n;
    }
    for (size_t s = 0; s < nest->n; s++) n += is_change(nest, s, t, a);
    return n;
}

/* "timepoint: on versus pre", "day: slope". */
static void add_change_text(const nest_t *nest, size_t t, til_strbuf_t *b)
{
    if (nest->time->is_factor)
        til_strbuf_printf(b, "%s: %s versus %s", nest->time->name, nest->time->levels[t],
                          nest->time->levels[0]);
    else til_strbuf_printf(b, "%s: change per unit", nest->time->name);
    til_strbuf_printf(b, " within %s", nest->patient->name);
}

/* The questions of a paired design. */
typedef enum {
    CHANGE,     /* to time t in arm a                                   */
    DIFFERENCE, /* of the changes to time t: arm a against arm b        */
    STEP,       /* from time t - 1 to t in arm a                        */
    WANING      /* from the first time on treatment to the last, arm a  */
} pair_kind_t;

typedef struct {
    pair_kind_t kind;
    size_t t, a, b;
} pair_ask_t;

static void add_arm(const nest_t *nest, const pair_ask_t *ask, til_strbuf_t *id, til_strbuf_t *text)
{
    if (nest->arm != NULL) {
        til_strbuf_printf(id, "_in_%s", nest->arm->levels[ask->a]);
        til_strbuf_printf(text, ", in %s %s", nest->arm->name, nest->arm->levels[ask->a]);
    }
}

/* Id and text; the samples that stand behind are counted at time t. */
static void write_ask(const nest_t *nest, const pair_ask_t *ask, til_strbuf_t *id,
                      til_strbuf_t *text)
{
    const til_variable_t *time = nest->time, *arm = nest->arm;
    size_t n = patients_at(nest, ask->t, ask->a);

    switch (ask->kind) {
    case CHANGE:
        add_change_name(nest, ask->t, ask->a, id);
        add_change_text(nest, ask->t, text);
        if (arm != NULL) til_strbuf_printf(text, ", in %s %s", arm->name, arm->levels[ask->a]);
        break;
    case DIFFERENCE:
        til_strbuf_printf(id, "%s_vs_%s_%s", arm->levels[ask->a], arm->levels[ask->b],
                          time->is_factor ? time->levels[ask->t] : time->name);
        add_change_text(nest, ask->t, text);
        til_strbuf_printf(text, ", more in %s %s than in %s (%zu and %zu %ss)", arm->name,
                          arm->levels[ask->a], arm->levels[ask->b], n,
                          patients_at(nest, ask->t, ask->b), nest->patient->name);
        return;
    case STEP:
        til_strbuf_printf(id, "%s_vs_%s", time->levels[ask->t], time->levels[ask->t - 1]);
        til_strbuf_printf(text, "%s: %s versus %s within %s", time->name, time->levels[ask->t],
                          time->levels[ask->t - 1], nest->patient->name);
        add_arm(nest, ask, id, text);
        break;
    case WANING:
        til_strbuf_add(id, "waning");
        til_strbuf_printf(text, "%s: the last, %s, versus the first after %s, %s, within %s",
                          time->name, time->levels[ask->t], time->levels[0], time->levels[1],
                          nest->patient->name);
        add_arm(nest, ask, id, text);
        break;
    }
    til_strbuf_printf(text, " (%zu %ss)", n, nest->patient->name);
}

/* Nothing in `out` where a change it is made of is not in the design. */
static til_status_t make_contrast(til_ctx_t *ctx, const til_design_t *design, const nest_t *nest,
                                  const pair_ask_t *ask, til_contrast_t *out)
{
    til_status_t status = TIL_OK;
    til_strbuf_t id = { 0 }, text = { 0 };
    ptrdiff_t plus = change_column(design, nest, ask->t, ask->a, &id), minus = -1;

    if (ask->kind == DIFFERENCE) minus = change_column(design, nest, ask->t, ask->b, &id);
    if (ask->kind == STEP) minus = change_column(design, nest, ask->t - 1, ask->a, &id);
    if (ask->kind == WANING) minus = change_column(design, nest, 1, ask->a, &id);
    if (plus < 0 || (ask->kind != CHANGE && minus < 0)) goto done;
    out->weights = til_array_zero(design->n_coef, sizeof *out->weights);
    if (out->weights == NULL) {
        status = til_no_memory(ctx, design->n_coef, "weights");
        goto done;
    }
    out->weights[plus] = 1;
    if (minus >= 0) out->weights[minus] = -1;
    til_strbuf_reset(&id);
    write_ask(nest, ask, &id, &text);
    til_contrast_fit_id(&id);
    TIL_TRY(til_contrast_give(ctx, &id, &out->id));
    TIL_TRY(til_contrast_give(ctx, &text, &out->text));

done:
    til_strbuf_clear(&text);
    til_strbuf_clear(&id);
    if (status != TIL_OK) til_contrast_clear(out);
    return status;
}

/* All questions, those against the first arm before those between others; returns how many. */
static size_t list_asks(const nest_t *nest, pair_ask_t *asks)
{
    size_t n = 0;

    for (size_t t = 1; t <= nest->n_times; t++)
        for (size_t a = 0; a < nest->n_arms; a++) asks[n++] = (pair_ask_t){ CHANGE, t, a, 0 };
    for (size_t t = 1; t <= nest->n_times; t++)
        for (size_t a = 1; a < nest->n_arms; a++) asks[n++] = (pair_ask_t){ DIFFERENCE, t, a, 0 };
    for (size_t t = 1; t <= nest->n_times; t++)
        for (size_t b = 1; b < nest->n_arms; b++)
            for (size_t a = b + 1; a < nest->n_arms; a++)
                asks[n++] = (pair_ask_t){ DIFFERENCE, t, a, b };
    if (nest->n_times < 2) return n;
    for (size_t t = 2; t <= nest->n_times; t++)
        for (size_t a = 0; a < nest->n_arms; a++) asks[n++] = (pair_ask_t){ STEP, t, a, 0 };
    for (size_t a = 0; a < nest->n_arms; a++)
        asks[n++] = (pair_ask_t){ WANING, nest->n_times, a, 0 };
    return n;
}

til_status_t til_pair_contrasts(til_ctx_t *ctx, const til_design_t *design,
                                til_contrast_t **contrasts, size_t *n)
{
    til_status_t status = TIL_OK;
    til_arena_t *arena = til_arena_new();
    nest_t nest;
    pair_ask_t *asks;

    *contrasts = NULL;
    *n = 0;
    if (arena == NULL) {
        status = til_no_memory(ctx, design->n_coef, "contrasts");
        goto done;
    }
    TIL_TRY(make_nest(ctx, design->variables, design->has_arm, design->n_samples, arena, &nest));
    size_t room = nest.n_times * nest.n_arms * (nest.n_arms + 2) + nest.n_arms;
    TIL_TRY(til_keep_array(ctx, arena, room, sizeof *asks, &asks));
    *contrasts = til_array_zero(room, sizeof **contrasts);
    if (*contrasts == NULL) {
        status = til_no_memory(ctx, room, "contrasts");
        goto done;
    }
    size_t n_asks = list_asks(&nest, asks);
    for (size_t i = 0; i < n_asks; i++) {
        til_contrast_t *next = &(*contrasts)[*n];
        TIL_TRY(make_contrast(ctx, design, &nest, &asks[i], next));
        if (next->weights != NULL) ++*n;
    }

done:
    til_arena_free(arena);
    if (status != TIL_OK && *contrasts != NULL) {
        while (*n > 0) til_contrast_clear(&(*contrasts)[--*n]);
        free(*contrasts);
        *contrasts = NULL;
    }
    return status;
}
