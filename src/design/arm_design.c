/* arm_design.c -- arms, possibly at several times, among samples that are not paired (mice).
 *
 *     ~ covariates + strata + arm * time
 *
 * With m(a, t) the mean of arm a at time t, R the first arm and 0 the first time, the questions are
 *
 *     t_in_a           m(a, t) - m(a, 0)
 *     a_vs_b_t         (m(a, t) - m(a, 0)) - (m(b, t) - m(b, 0))
 *     a_vs_b_at_t      m(a, t) - m(b, t)                    every time, the first too
 *     a_vs_b           m(a) - m(b)                          without a time
 *     t_vs_u_in_a      from time to time, and waning_in_a   three or more times
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "design/contrast_parts.h"
#include "design/model_matrix.h"
#include "design/variable.h"

static void add_columns(til_strbuf_t *b, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        til_model_variable_name(b, names[i]);
        til_strbuf_add(b, " + ");
    }
}

/* All columns there, none twice. */
static til_status_t check_columns(til_ctx_t *ctx, const til_sheet_t *sheet,
                                  const til_pairing_t *pairing)
{
    til_status_t status = TIL_OK;
    til_frame_t frame = { .sheet = sheet };
    size_t n = 2 + pairing->n_strata + pairing->n_adjust, used = 0;
    size_t *columns = til_array(n, sizeof *columns);

    if (columns == NULL) return til_no_memory(ctx, n, "columns");
    for (size_t i = 0; i < n; i++) {
        const char *name = i == 0                      ? pairing->arm
                           : i == 1                    ? pairing->time
                           : i < 2 + pairing->n_strata ? pairing->strata[i - 2]
                                                       : pairing->adjust[i - 2 - pairing->n_strata];
        const char *option = i == 0                      ? "--arm"
                             : i == 1                    ? "--time"
                             : i < 2 + pairing->n_strata ? "--strata"
                                                         : "--adjust";
        if (name == NULL) continue;
        TIL_TRY(til_frame_column(ctx, &frame, name, option, &columns[used]));
        for (size_t k = 0; k < used; k++)
            if (columns[k] == columns[used])
                TIL_TRY(til_fail(ctx, TIL_EUSAGE, "%s %s: that column is in the design already",
                                 option, name));
        used++;
    }
done:
    free(columns);
    return status;
}

/* The design: arm and time are factors whatever they hold, time a number with a trend. */
static til_status_t build(til_ctx_t *ctx, const til_sheet_t *sheet, const til_pairing_t *pairing,
                          const til_typing_t *typing, til_design_t *out)
{
    til_status_t status = TIL_OK;
    til_strbuf_t formula = { 0 };
    size_t n = typing->n_factors;
    const char **factors = til_array(n + pairing->n_strata + 2, sizeof *factors);
    til_typing_t own = *typing;

    if (factors == NULL) return til_no_memory(ctx, n, "columns");
    TIL_TRY(check_columns(ctx, sheet, pairing));
    if (n > 0) memcpy(factors, typing->factors, n * sizeof *factors);
    factors[n++] = pairing->arm;
    if (pairing->time != NULL && !pairing->is_trend) factors[n++] = pairing->time;
    for (size_t i = 0; i < pairing->n_strata; i++) factors[n++] = pairing->strata[i];
    own.factors = factors;
    own.n_factors = n;
    til_strbuf_add(&formula, "~ ");
    add_columns(&formula, pairing->adjust, pairing->n_adjust);
    add_columns(&formula, pairing->strata, pairing->n_strata);
    til_model_variable_name(&formula, pairing->arm);
    if (pairing->time != NULL) {
        til_strbuf_add(&formula, " * ");
        til_model_variable_name(&formula, pairing->time);
    }
    TIL_TRY(til_design_build(ctx, sheet, til_strbuf_text(&formula), &own, out));
    if (pairing->is_trend && til_design_variable(out, pairing->time)->is_factor)
        status = til_fail(ctx, TIL_EINPUT, "%s: --trend: %s does not hold numbers", sheet->origin,
                          pairing->time);

done:
    til_strbuf_clear(&formula);
    free(factors);
    return status;
}

/* A cell of arm and time; `time` is the slope's unit with a trend. */
typedef struct {
    size_t arm, time;
} cell_t;

typedef struct {
    const til_design_t *design;
    const til_variable_t *arm, *time; /* time may be NULL */
    til_formula_t formula;
} asker_t;

/* Adds sign times the row of the model matrix of an imagined sample of the cell. */
static void add_cell(const asker_t *q, cell_t cell, double sign, double *weights)
{
    til_variable_t one[TIL_MAX_VARIABLES];
    size_t level[TIL_MAX_VARIABLES], j = 0;
    double value[TIL_MAX_VARIABLES];
    const til_variable_t *by_bit[TIL_MAX_VARIABLES];
    til_design_t imagined = { .n_variables = q->design->n_variables, .variables = one };
    til_model_column_t c;

    for (size_t v = 0; v < q->design->n_variables; v++) {
        const til_variable_t *from = &q->design->variables[v];
        one[v] = *from;
        level[v] = from == q->arm ? cell.arm : from == q->time ? cell.time : 0;
        value[v] = from == q->time ? (double)cell.time : 0;
        one[v].level = from->is_factor ? &level[v] : NULL;
        one[v].value = from->is_factor ? NULL : &value[v];
    }
    til_model_variables(&q->formula, &imagined, by_bit);
    for (bool more = til_model_first(&c, &q->formula, by_bit); more; more = til_model_next(&c))
        weights[j++] += sign * til_model_value(&c, 0);
}

/* How many samples of the design are in the cell. */
static size_t count_cell(const asker_t *q, cell_t cell)
{
    size_t n = 0;

    for (size_t s = 0; s < q->design->n_samples; s++)
        n += q->arm->level[s] == cell.arm &&
             (q->time == NULL || !q->time->is_factor || q->time->level[s] == cell.time);
    return n;
}

static const char *time_name(const asker_t *q, size_t t)
{
    return q->time->is_factor ? q->time->levels[t] : q->time->name;
}

/* The next contrast: sum of signed cells, an id, a text. */
static til_status_t put(til_ctx_t *ctx, const asker_t *q, const cell_t *cells, const int *signs,
                        size_t n_cells, til_strbuf_t *id, til_strbuf_t *text, til_question_t *out)
{
    til_status_t status = TIL_OK;
    size_t capacity = out->n_contrasts;
    til_contrast_t *next;

    TIL_TRY(til_grow(ctx, &out->contrasts, &capacity, out->n_contrasts + 1, sizeof *next));
    next = &out->contrasts[out->n_contrasts];
    *next = (til_contrast_t){ .weights = til_array_zero(q->design->n_coef, sizeof(double)) };
    out->n_contrasts++;
    if (next->weights == NULL) TIL_TRY(til_no_memory(ctx, q->design->n_coef, "weights"));
    til_strbuf_add(text, " (samples:");
    for (size_t i = 0; i < n_cells; i++) {
        add_cell(q, cells[i], signs[i], next->weights);
        til_strbuf_printf(text, " %zu", count_cell(q, cells[i]));
    }
    til_strbuf_add(text, ")");
    til_contrast_fit_id(id);
    TIL_TRY(til_contrast_give(ctx, id, &next->id));
    TIL_TRY(til_contrast_give(ctx, text, &next->text));

done:
    til_strbuf_reset(id);
    til_strbuf_reset(text);
    return status;
}

/* From time u to t in arm a; `name` is the id without the arm. */
static til_status_t ask_change(til_ctx_t *ctx, const asker_t *q, size_t a, size_t u, size_t t,
                               const char *name, til_question_t *out)
{
    til_strbuf_t id = { 0 }, text = { 0 };
    cell_t cells[2] = { { a, t }, { a, u } };
    const int signs[2] = { 1, -1 };
    const char *arm = q->arm->levels[a];

    til_strbuf_printf(&id, "%s_in_%s", name, arm);
    if (q->time->is_factor)
        til_strbuf_printf(&text, "%s: %s versus %s, in %s %s", q->time->name, q->time->levels[t],
                          q->time->levels[u], q->arm->name, arm);
    else
        til_strbuf_printf(&text, "%s: change per unit, in %s %s", q->time->name, q->arm->name, arm);
    til_status_t status = put(ctx, q, cells, signs, q->time->is_factor ? 2 : 2, &id, &text, out);
    til_strbuf_clear(&text);
    til_strbuf_clear(&id);
    return status;
}

/* Arm a against arm b: their changes to time t, or with `at` where they stand then. */
static til_status_t ask_arms(til_ctx_t *ctx, const asker_t *q, size_t a, size_t b, size_t t,
                             bool at, til_question_t *out)
{
    til_strbuf_t id = { 0 }, text = { 0 };
    cell_t cells[4] = { { a, t }, { b, t }, { a, 0 }, { b, 0 } };
    const int signs[4] = { 1, -1, -1, 1 };
    const char *x = q->arm->levels[a], *y = q->arm->levels[b];

    til_strbuf_printf(&id, "%s_vs_%s", x, y);
    if (q->time == NULL) {
        til_strbuf_printf(&text, "%s: %s versus %s", q->arm->name, x, y);
    } else if (at) {
        til_strbuf_printf(&id, "_at_%s", time_name(q, t));
        til_strbuf_printf(&text, "%s: %s versus %s, at %s %s", q->arm->name, x, y, q->time->name,
                          time_name(q, t));
    } else {
        til_strbuf_printf(&id, "_%s", time_name(q, t));
        if (q->time->is_factor)
            til_strbuf_printf(&text, "%s: %s versus %s, more in %s %s than in %s", q->time->name,
                              time_name(q, t), q->time->levels[0], q->arm->name, x, y);
        else
            til_strbuf_printf(&text, "%s: change per unit, more in %s %s than in %s", q->time->name,
                              q->arm->name, x, y);
    }
    til_status_t status = put(ctx, q, cells, signs, at ? 2 : 4, &id, &text, out);
    til_strbuf_clear(&text);
    til_strbuf_clear(&id);
    return status;
}

/* Every pair of arms; those against the first arm come first. */
static til_status_t ask_all_arms(til_ctx_t *ctx, const asker_t *q, size_t t, bool at,
                                 til_question_t *out)
{
    til_status_t status = TIL_OK;

    for (size_t b = 0; b < q->arm->n_levels; b++)
        for (size_t a = b + 1; a < q->arm->n_levels; a++)
            TIL_TRY(ask_arms(ctx, q, a, b, t, at, out));
done:
    return status;
}

static til_status_t ask_all(til_ctx_t *ctx, const asker_t *q, til_question_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_arms = q->arm->n_levels;

    if (q->time == NULL) return ask_all_arms(ctx, q, 0, true, out);
    size_t last = q->time->is_factor ? q->time->n_levels - 1 : 1;
    til_strbuf_t name = { 0 };
    for (size_t t = 1; t <= last; t++)
        for (size_t a = 0; a < n_arms; a++)
            TIL_TRY(ask_change(ctx, q, a, 0, t, time_name(q, t), out));
    for (size_t t = 1; t <= last; t++) TIL_TRY(ask_all_arms(ctx, q, t, false, out));
    for (size_t t = 0; t <= last && q->time->is_factor; t++)
        TIL_TRY(ask_all_arms(ctx, q, t, true, out));
    for (size_t t = 2; t <= last; t++)
        for (size_t a = 0; a < n_arms; a++) {
            til_strbuf_reset(&name);
            til_strbuf_printf(&name, "%s_vs_%s", q->time->levels[t], q->time->levels[t - 1]);
            TIL_TRY(ask_change(ctx, q, a, t - 1, t, til_strbuf_text(&name), out));
        }
    for (size_t a = 0; a < n_arms && last > 1; a++)
        TIL_TRY(ask_change(ctx, q, a, 1, last, "waning", out));
done:
    til_strbuf_clear(&name);
    return status;
}

til_status_t til_arm_question(til_ctx_t *ctx, const til_sheet_t *sheet,
                              const til_pairing_t *pairing, const til_typing_t *typing,
                              til_question_t *out)
{
    til_status_t status = TIL_OK;
    asker_t q = { .design = &out->design };

    TIL_TRY(build(ctx, sheet, pairing, typing, &out->design));
    q.arm = til_design_variable(&out->design, pairing->arm);
    if (pairing->time != NULL) q.time = til_design_variable(&out->design, pairing->time);
    TIL_TRY(til_formula_parse(ctx, out->design.formula, &q.formula));
    TIL_TRY(ask_all(ctx, &q, out));
done:
    til_formula_clear(&q.formula);
    return status;
}
