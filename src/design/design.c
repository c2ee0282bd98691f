/* design.c -- from a sample sheet and a formula to the matrix a model fits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/keep.h"
#include "base/need.h"
#include "base/try.h"
#include "design/design_parts.h"
#include "design/model_matrix.h"
#include "design/variable.h"

enum { MAX_COEF = 20000 }; /* far past any cohort: a slip of the pen must not eat memory */

til_status_t til_design_init(til_ctx_t *ctx, size_t n_samples, size_t n_coef, til_design_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_design_t){ 0 };
    til_status_t status = TIL_OK;

    *out = (til_design_t){ .n_samples = n_samples, .n_coef = n_coef };
    out->arena = til_arena_new();
    if (out->arena != NULL && (n_coef == 0 || n_samples <= SIZE_MAX / n_coef)) {
        out->x = til_array_zero(n_samples * n_coef, sizeof *out->x);
        out->coef_names = til_array_zero(n_coef, sizeof *out->coef_names);
        out->samples = til_array_zero(n_samples, sizeof *out->samples);
    }
    if (out->x == NULL || out->coef_names == NULL || out->samples == NULL) {
        status = til_no_memory(ctx, n_samples, "samples of a design");
        til_design_clear(out);
    }
    return status;
}

void til_design_clear(til_design_t *design)
{
    if (design == NULL) return;
    free(design->x);
    free(design->coef_names);
    free(design->samples);
    til_arena_free(design->arena);
    *design = (til_design_t){ 0 };
}

const til_variable_t *til_design_variable(const til_design_t *design, const char *name)
{
    for (size_t v = 0; design != NULL && name != NULL && v < design->n_variables; v++)
        if (strcmp(design->variables[v].name, name) == 0) return &design->variables[v];
    return NULL;
}

/* ---- which samples ------------------------------------------------------------------- */

til_status_t til_frame_all(til_ctx_t *ctx, const til_sheet_t *sheet, til_frame_t *out)
{
    *out = (til_frame_t){ .sheet = sheet, .n = sheet->n_samples };
    out->rows = til_array(sheet->n_samples, sizeof *out->rows);
    if (out->rows == NULL) return til_no_memory(ctx, sheet->n_samples, "samples");
    for (size_t s = 0; s < out->n; s++) out->rows[s] = s;
    return TIL_OK;
}

til_status_t til_frame_complete(til_ctx_t *ctx, til_frame_t *frame, const size_t *columns,
                                size_t n_columns, bool drop_na)
{
    const til_sheet_t *sheet = frame->sheet;
    size_t kept = 0;

    for (size_t s = 0; s < frame->n; s++) {
        size_t row = frame->rows[s], c = 0;
        while (c < n_columns && !til_cell_is_missing(til_sheet_cell(sheet, row, columns[c]))) c++;
        if (c == n_columns) {
            frame->rows[kept++] = row;
            continue;
        }
        if (!drop_na)
            return til_fail(ctx, TIL_EINPUT,
                            "%s:%zu: sample %s has no value in column %s, which "
                            "the design uses: fill it in, or --drop-na leaves such samples out",
                            sheet->origin, sheet->lines[row], sheet->samples[row],
                            sheet->columns[columns[c]]);
        til_say(ctx, TIL_LOG_NOTICE, "sample %s is left out: no value in column %s (--drop-na)",
                sheet->samples[row], sheet->columns[columns[c]]);
    }
    if (kept == 0)
        return til_fail(ctx, TIL_EINPUT, "%s: no sample is left for the design", sheet->origin);
    frame->n = kept;
    return TIL_OK;
}

/* ---- the matrix ---------------------------------------------------------------------- */

/* How many columns there are; TIL_EINPUT past all reason. */
static til_status_t count_columns(til_ctx_t *ctx, const til_formula_t *formula,
                                  const til_variable_t *const *variables, size_t *n_coef)
{
    til_model_column_t c;

    *n_coef = 0;
    for (bool more = til_model_first(&c, formula, variables); more; more = til_model_next(&c))
        if (++*n_coef > MAX_COEF)
            return til_fail(ctx, TIL_EINPUT, "design %s has more than %d coefficients",
                            formula->text, (int)MAX_COEF);
    if (*n_coef > 0) return TIL_OK;
    return til_fail(ctx, TIL_EUSAGE, "design %s has no coefficient", formula->text);
}

static til_status_t fill_columns(til_ctx_t *ctx, const til_formula_t *formula,
                                 const til_variable_t *const *variables, til_design_t *out)
{
    til_status_t status = TIL_OK;
    til_strbuf_t name = { 0 };
    til_model_column_t c;
    size_t j = 0;

    TIL_TRY(til_keep_array(ctx, out->arena, out->n_coef, sizeof *out->terms, &out->terms));
    for (bool more = til_model_first(&c, formula, variables); more; more = til_model_next(&c)) {
        double *x = out->x + j * out->n_samples;
        for (size_t s = 0; s < out->n_samples; s++) x[s] = til_model_value(&c, s);
        til_strbuf_reset(&name);
        til_model_name(&c, &name);
        TIL_TRY(til_keep_strbuf(ctx, out->arena, &name, &out->coef_names[j]));
        out->terms[j++] = c.term;
    }

done:
    til_strbuf_clear(&name);
    return status;
}

til_status_t til_design_note_references(til_ctx_t *ctx, til_design_t *design)
{
    til_strbuf_t b = { 0 };
    til_status_t status;

    for (size_t v = design->is_paired ? 1 : 0; v < design->n_variables; v++)
        if (design->variables[v].is_factor)
            til_strbuf_printf(&b, "%s%s=%s", b.length > 0 ? " " : "", design->variables[v].name,
                              design->variables[v].levels[0]);
    status = til_keep_strbuf(ctx, design->arena, &b, &design->references);
    til_strbuf_clear(&b);
    return status;
}

til_status_t til_design_take_samples(til_ctx_t *ctx, const til_frame_t *frame, til_design_t *out)
{
    til_status_t status = TIL_OK;

    TIL_TRY(til_keep_text(ctx, out->arena, frame->sheet->origin, &out->origin));
    TIL_TRY(til_keep_array(ctx, out->arena, frame->n, sizeof *out->rows, &out->rows));
    for (size_t s = 0; s < frame->n; s++) {
        out->rows[s] = frame->rows[s];
        TIL_TRY(til_keep_text(ctx, out->arena, frame->sheet->samples[frame->rows[s]],
                              &out->samples[s]));
    }

done:
    return status;
}

/* The samples of the sheet that were in reach and are not in the frame. */
static til_status_t note_left_out(til_ctx_t *ctx, const til_frame_t *frame, til_design_t *out)
{
    til_status_t status = TIL_OK;
    size_t kept = 0, n = frame->sheet->n_samples - frame->n;

    TIL_TRY(til_keep_array(ctx, out->arena, n, sizeof *out->left_out, &out->left_out));
    for (size_t s = 0; s < frame->sheet->n_samples; s++) {
        if (kept < frame->n && frame->rows[kept] == s) {
            kept++;
            continue;
        }
        til_left_out_t *left = &out->left_out[out->n_left_out];
        TIL_TRY(til_keep_text(ctx, out->arena, frame->sheet->samples[s], &left->name));
        TIL_TRY(til_keep_text(ctx, out->arena, "an empty cell", &left->reason));
        out->n_left_out++;
    }

done:
    return status;
}

/* The variables that stand in a term, each once, and the columns they are. */
static til_status_t used_columns(til_ctx_t *ctx, const til_frame_t *frame,
                                 const til_formula_t *formula, size_t *columns, size_t *n)
{
    uint64_t used = 0;

    *n = 0;
    for (size_t t = 0; t < formula->n_terms; t++) used |= formula->terms[t];
    for (size_t v = 0; v < formula->n_variables; v++) {
        if (!(used >> v & 1)) continue;
        til_status_t status = til_frame_column(ctx, frame, formula->variables[v], formula->text,
                                               &columns[*n]);
        if (status != TIL_OK) return status;
        ++*n;
    }
    return TIL_OK;
}

/* Turns a formula and understood variables into columns. The arena that holds the variables
 * becomes the design's. */
static til_status_t assemble(til_ctx_t *ctx, const til_formula_t *formula, size_t n_samples,
                             til_arena_t *arena, til_variable_t *variables, size_t n_variables,
                             til_design_t *out)
{
    til_status_t status = TIL_OK;
    til_design_t named = { .n_variables = n_variables, .variables = variables };
    const til_variable_t *by_bit[TIL_MAX_VARIABLES];
    size_t n_coef;

    til_model_variables(formula, &named, by_bit);
    TIL_TRY(count_columns(ctx, formula, by_bit, &n_coef));
    TIL_TRY(til_design_init(ctx, n_samples, n_coef, out));
    til_arena_free(out->arena);
    out->arena = arena;
    arena = NULL;
    out->variables = variables;
    out->n_variables = n_variables;
    TIL_TRY(til_keep_text(ctx, out->arena, formula->text, &out->formula));
    TIL_TRY(fill_columns(ctx, formula, by_bit, out));
    TIL_TRY(til_design_note_references(ctx, out));

done:
    til_arena_free(arena);
    if (status != TIL_OK) til_design_clear(out);
    return status;
}

til_status_t til_design_build(til_ctx_t *ctx, const til_sheet_t *sheet, const char *formula,
                              const til_typing_t *typing, til_design_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_design_t){ 0 };
    TIL_NEED(ctx, sheet);
    TIL_NEED(ctx, formula);
    TIL_NEED(ctx, typing);
    til_status_t status = TIL_OK;
    til_formula_t parsed = { 0 };
    til_frame_t frame = { 0 };
    til_arena_t *arena = NULL;
    til_variable_t *variables;
    size_t columns[TIL_MAX_VARIABLES], n;

    TIL_TRY(til_formula_parse(ctx, formula, &parsed));
    TIL_TRY(til_frame_all(ctx, sheet, &frame));
    TIL_TRY(til_typing_check(ctx, &frame, typing));
    TIL_TRY(used_columns(ctx, &frame, &parsed, columns, &n));
    TIL_TRY(til_frame_complete(ctx, &frame, columns, n, typing->drop_na));

    arena = til_arena_new();
    if (arena == NULL) {
        status = til_no_memory(ctx, n, "variables");
        goto done;
    }
    TIL_TRY(til_keep_array(ctx, arena, n, sizeof *variables, &variables));
    for (size_t v = 0; v < n; v++) {
        TIL_TRY(
            til_variable_make(ctx, &frame, columns[v], TIL_AS_FOUND, typing, arena, &variables[v]));
        TIL_TRY(til_variable_need_levels(ctx, &frame, &variables[v]));
    }
    til_arena_t *taken = arena;
    arena = NULL;
    TIL_TRY(assemble(ctx, &parsed, frame.n, taken, variables, n, out));
    TIL_TRY(til_design_take_samples(ctx, &frame, out));
    TIL_TRY(note_left_out(ctx, &frame, out));

done:
    til_arena_free(arena);
    free(frame.rows);
    til_formula_clear(&parsed);
    if (status != TIL_OK) til_design_clear(out);
    return status;
}

/* ---- another formula over the same samples ------------------------------------------- */

static til_status_t copy_variable(til_ctx_t *ctx, const til_variable_t *from, size_t n_samples,
                                  til_arena_t *arena, til_variable_t *to)
{
    til_status_t status = TIL_OK;

    *to = (til_variable_t){ .is_factor = from->is_factor, .n_levels = from->n_levels };
    TIL_TRY(til_keep_text(ctx, arena, from->name, &to->name));
    TIL_TRY(til_keep_text(ctx, arena, from->about, &to->about));
    if (!from->is_factor) {
        TIL_TRY(til_keep_array(ctx, arena, n_samples, sizeof *to->value, &to->value));
        memcpy(to->value, from->value, n_samples * sizeof *to->value);
        goto done;
    }
    TIL_TRY(til_keep_array(ctx, arena, n_samples, sizeof *to->level, &to->level));
    memcpy(to->level, from->level, n_samples * sizeof *to->level);
    TIL_TRY(til_keep_array(ctx, arena, from->n_levels, sizeof *to->levels, &to->levels));
    for (size_t l = 0; l < from->n_levels; l++)
        TIL_TRY(til_keep_text(ctx, arena, from->levels[l], &to->levels[l]));

done:
    return status;
}

static til_status_t copy_samples(til_ctx_t *ctx, const til_design_t *from, til_design_t *to)
{
    til_status_t status = TIL_OK;

    TIL_TRY(til_keep_text(ctx, to->arena, from->origin, &to->origin));
    TIL_TRY(til_keep_array(ctx, to->arena, from->n_samples, sizeof *to->rows, &to->rows));
    memcpy(to->rows, from->rows, from->n_samples * sizeof *to->rows);
    for (size_t s = 0; s < from->n_samples; s++)
        TIL_TRY(til_keep_text(ctx, to->arena, from->samples[s], &to->samples[s]));

done:
    return status;
}

til_status_t til_design_reduce(til_ctx_t *ctx, const til_design_t *full, const char *formula,
                               til_design_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_design_t){ 0 };
    TIL_NEED(ctx, full);
    TIL_NEED(ctx, formula);
    til_status_t status = TIL_OK;
    til_formula_t parsed = { 0 };
    til_arena_t *arena = NULL;
    til_variable_t *variables;
    const til_variable_t *by_bit[TIL_MAX_VARIABLES];
    size_t n = 0;

    TIL_TRY(til_formula_parse(ctx, formula, &parsed));
    til_model_variables(&parsed, full, by_bit);
    arena = til_arena_new();
    if (arena == NULL) {
        status = til_no_memory(ctx, parsed.n_variables, "variables");
        goto done;
    }
    TIL_TRY(til_keep_array(ctx, arena, parsed.n_variables, sizeof *variables, &variables));
    for (size_t v = 0; v < parsed.n_variables; v++) {
        if (by_bit[v] == NULL) {
            status = til_fail(ctx, TIL_EUSAGE, "formula '%s' uses %s, which the design %s has not",
                              formula, parsed.variables[v], full->formula);
            goto done;
        }
        TIL_TRY(copy_variable(ctx, by_bit[v], full->n_samples, arena, &variables[n++]));
    }
    til_arena_t *taken = arena;
    arena = NULL;
    TIL_TRY(assemble(ctx, &parsed, full->n_samples, taken, variables, n, out));
    TIL_TRY(copy_samples(ctx, full, out));

done:
    til_arena_free(arena);
    til_formula_clear(&parsed);
    if (status != TIL_OK) til_design_clear(out);
    return status;
}
