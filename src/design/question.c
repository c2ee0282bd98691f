/* question.c -- which designs are asked for, and which contrasts of each.
 *
 * One --design makes one question with all contrasts. A contrast of a file may bring its own
 * formula (blocking factors) or leave samples out; contrasts that agree in both share a design.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/strbuf.h"
#include "base/need.h"
#include "base/try.h"
#include "design/contrast_parts.h"
#include "design/model_matrix.h"
#include "design/variable.h"

static void clear_question(til_question_t *q)
{
    for (size_t i = 0; i < q->n_contrasts; i++) til_contrast_clear(&q->contrasts[i]);
    free(q->contrasts);
    til_design_clear(&q->design);
    *q = (til_question_t){ 0 };
}

void til_questions_clear(til_questions_t *questions)
{
    if (questions == NULL) return;
    for (size_t i = 0; i < questions->n_questions; i++) clear_question(&questions->questions[i]);
    free(questions->questions);
    *questions = (til_questions_t){ 0 };
}

/* ---- specs --------------------------------------------------------------------------- */

static til_status_t keep_if(til_ctx_t *ctx, til_arena_t *arena, const char *text, char **out)
{
    *out = NULL;
    return text == NULL ? TIL_OK : til_keep_text(ctx, arena, text, out);
}

til_status_t til_contrast_specs_add(til_ctx_t *ctx, til_contrast_specs_t *specs,
                                    const til_contrast_spec_t *spec)
{
    TIL_NEED(ctx, specs);
    TIL_NEED(ctx, spec);
    til_status_t status = TIL_OK;
    til_contrast_spec_t copy = { .n_exclude_values = spec->n_exclude_values };

    if (specs->arena == NULL) specs->arena = til_arena_new();
    if (specs->arena == NULL) return til_no_memory(ctx, 1, "contrasts");
    TIL_TRY(
        til_grow(ctx, &specs->specs, &specs->capacity, specs->n_specs + 1, sizeof *specs->specs));
    TIL_TRY(keep_if(ctx, specs->arena, spec->id, &copy.id));
    TIL_TRY(keep_if(ctx, specs->arena, spec->text, &copy.text));
    TIL_TRY(keep_if(ctx, specs->arena, spec->variable, &copy.variable));
    TIL_TRY(keep_if(ctx, specs->arena, spec->target, &copy.target));
    TIL_TRY(keep_if(ctx, specs->arena, spec->reference, &copy.reference));
    TIL_TRY(keep_if(ctx, specs->arena, spec->expression, &copy.expression));
    TIL_TRY(keep_if(ctx, specs->arena, spec->formula, &copy.formula));
    TIL_TRY(keep_if(ctx, specs->arena, spec->exclude_column, &copy.exclude_column));
    TIL_TRY(keep_if(ctx, specs->arena, spec->where, &copy.where));
    TIL_TRY(til_keep_array(ctx, specs->arena, spec->n_exclude_values, sizeof *copy.exclude_values,
                           &copy.exclude_values));
    for (size_t i = 0; i < spec->n_exclude_values; i++)
        TIL_TRY(til_keep_text(ctx, specs->arena, spec->exclude_values[i], &copy.exclude_values[i]));
    specs->specs[specs->n_specs++] = copy;

done:
    return status;
}

void til_contrast_specs_clear(til_contrast_specs_t *specs)
{
    if (specs == NULL) return;
    free(specs->specs);
    til_arena_free(specs->arena);
    *specs = (til_contrast_specs_t){ 0 };
}

/* ---- one design ---------------------------------------------------------------------- */

/* The formula a contrast is to be asked of. */
static til_status_t settle_formula(til_ctx_t *ctx, const til_asked_t *asked,
                                   const til_contrast_spec_t *spec, til_strbuf_t *out)
{
    til_strbuf_reset(out);
    if (spec != NULL && spec->formula != NULL) {
        til_strbuf_add(out, spec->formula);
    } else if (asked->formula != NULL) {
        til_strbuf_add(out, asked->formula);
    } else if (spec != NULL && spec->variable != NULL) {
        til_strbuf_add(out, "~ ");
        til_model_variable_name(out, spec->variable);
    } else {
        return til_fail(ctx, TIL_EUSAGE,
                        "no design: --design '~ ...', or --pair COLUMN --time COLUMN");
    }
    return out->failed ? til_no_memory(ctx, 1, "formula") : TIL_OK;
}

/* The rows of the sheet that a contrast does not leave out. */
static til_status_t select_rows(til_ctx_t *ctx, const til_sheet_t *sheet,
                                const til_contrast_spec_t *spec, size_t *rows, size_t *n)
{
    til_frame_t frame = { .sheet = sheet };
    til_status_t status = TIL_OK;
    size_t column;

    *n = 0;
    TIL_TRY(til_frame_column(ctx, &frame, spec->exclude_column, "exclude_samples_col", &column));
    for (size_t s = 0; s < sheet->n_samples; s++) {
        bool is_out = false;
        for (size_t v = 0; v < spec->n_exclude_values; v++)
            if (strcmp(til_sheet_cell(sheet, s, column), spec->exclude_values[v]) == 0)
                is_out = true;
        if (!is_out) rows[(*n)++] = s;
    }
    til_say(ctx, TIL_LOG_NOTICE, "contrast %s leaves out %zu samples by %s",
            spec->id == NULL ? "" : spec->id, sheet->n_samples - *n, spec->exclude_column);
    if (*n == 0)
        status = til_fail(ctx, TIL_EINPUT, "%scontrast %s leaves out every sample",
                          spec->where == NULL ? "" : spec->where, spec->id);

done:
    return status;
}

static til_status_t build_design(til_ctx_t *ctx, const til_sheet_t *sheet, const char *formula,
                                 const til_contrast_spec_t *spec, const til_typing_t *typing,
                                 til_design_t *out)
{
    til_status_t status = TIL_OK;
    til_sheet_t part = { 0 };
    size_t *rows = NULL, n;

    if (spec == NULL || spec->exclude_column == NULL)
        return til_design_build(ctx, sheet, formula, typing, out);
    rows = til_array(sheet->n_samples, sizeof *rows);
    if (rows == NULL) return til_no_memory(ctx, sheet->n_samples, "samples");
    TIL_TRY(select_rows(ctx, sheet, spec, rows, &n));
    TIL_TRY(til_sheet_select(ctx, sheet, rows, n, &part));
    TIL_TRY(til_design_build(ctx, &part, formula, typing, out));
    for (size_t s = 0; s < out->n_samples; s++) out->rows[s] = rows[out->rows[s]];

done:
    til_sheet_clear(&part);
    free(rows);
    return status;
}

/* What two contrasts must have in common to share a design. */
static til_status_t write_key(til_ctx_t *ctx, const til_contrast_spec_t *spec, const char *formula,
                              til_strbuf_t *key)
{
    til_strbuf_reset(key);
    til_strbuf_add(key, formula);
    if (spec != NULL && spec->exclude_column != NULL) {
        til_strbuf_printf(key, "\n%s", spec->exclude_column);
        for (size_t i = 0; i < spec->n_exclude_values; i++)
            til_strbuf_printf(key, "\n%s", spec->exclude_values[i]);
    }
    return key->failed ? til_no_memory(ctx, key->length, "bytes of text") : TIL_OK;
}

/* ---- contrasts ----------------------------------------------------------------------- */

/* Makes room for one more contrast of the question, empty. */
static til_status_t grow_contrasts(til_ctx_t *ctx, til_question_t *q)
{
    size_t capacity = q->n_contrasts;
    til_status_t status = til_grow(ctx, &q->contrasts, &capacity, q->n_contrasts + 1,
                                   sizeof *q->contrasts);

    if (status == TIL_OK) q->contrasts[q->n_contrasts] = (til_contrast_t){ 0 };
    return status;
}

static til_status_t add_contrast(til_ctx_t *ctx, const til_contrast_spec_t *spec,
                                 const til_sheet_t *sheet, til_question_t *q)
{
    til_status_t status = TIL_OK;

    TIL_TRY(grow_contrasts(ctx, q));
    TIL_TRY(til_contrast_resolve(ctx, spec, sheet, &q->design, &q->contrasts[q->n_contrasts]));
    q->n_contrasts++;

done:
    return status;
}

static til_status_t refuse_repeated_ids(til_ctx_t *ctx, const til_questions_t *questions)
{
    til_status_t status = TIL_OK;
    til_names_t *ids = til_names_new();

    for (size_t i = 0; i < questions->n_questions; i++)
        for (size_t k = 0; k < questions->questions[i].n_contrasts; k++) {
            const char *id = questions->questions[i].contrasts[k].id;
            int is_new = 0;
            if (ids == NULL || til_names_add(ids, id, &is_new) < 0)
                status = til_no_memory(ctx, questions->n_questions, "contrasts");
            else if (!is_new)
                status = til_fail(ctx, TIL_EUSAGE, "two contrasts have the id %s: ID=... names one",
                                  id);
            if (status != TIL_OK) goto done;
        }

done:
    til_names_free(ids);
    return status;
}

/* ---- all ----------------------------------------------------------------------------- */

static til_status_t ask_pairs(til_ctx_t *ctx, const til_sheet_t *sheet, const til_asked_t *asked,
                              til_question_t *q)
{
    til_status_t status = TIL_OK;
    size_t n = asked->specs == NULL ? 0 : asked->specs->n_specs;

    if (asked->pairing->pair == NULL) {
        TIL_TRY(til_arm_question(ctx, sheet, asked->pairing, asked->typing, q));
    } else {
        TIL_TRY(til_design_pair(ctx, sheet, asked->pairing, asked->typing, &q->design));
        TIL_TRY(til_pair_contrasts(ctx, &q->design, &q->contrasts, &q->n_contrasts));
    }
    for (size_t i = 0; i < n; i++) {
        const til_contrast_spec_t *spec = &asked->specs->specs[i];
        if (spec->formula != NULL || spec->exclude_column != NULL) {
            status = til_fail(ctx, TIL_EUSAGE,
                              "%scontrast %s brings its own design: it cannot "
                              "be asked of a paired one",
                              spec->where == NULL ? "" : spec->where, spec->id);
            goto done;
        }
        TIL_TRY(add_contrast(ctx, spec, sheet, q));
    }

done:
    return status;
}

/* Finds the question of `key` among those there are, or makes its design. */
static til_status_t find_question(til_ctx_t *ctx, const til_sheet_t *sheet,
                                  const til_asked_t *asked, const til_contrast_spec_t *spec,
                                  const char *formula, til_names_t *keys, const char *key,
                                  til_questions_t *out, til_question_t **question)
{
    til_status_t status = TIL_OK;
    int is_new;
    ptrdiff_t id = til_names_add(keys, key, &is_new);

    if (id < 0) return til_no_memory(ctx, out->n_questions, "designs");
    if (is_new) {
        size_t capacity = out->n_questions;
        TIL_TRY(til_grow(ctx, &out->questions, &capacity, out->n_questions + 1,
                         sizeof *out->questions));
        til_question_t *q = &out->questions[out->n_questions];
        *q = (til_question_t){ 0 };
        TIL_TRY(build_design(ctx, sheet, formula, spec, asked->typing, &q->design));
        out->n_questions++;
    }
    *question = &out->questions[id];

done:
    return status;
}

static til_status_t ask_formulas(til_ctx_t *ctx, const til_sheet_t *sheet, const til_asked_t *asked,
                                 til_questions_t *out)
{
    til_status_t status = TIL_OK;
    til_strbuf_t formula = { 0 }, key = { 0 };
    til_names_t *keys = til_names_new();
    size_t n = asked->specs == NULL ? 0 : asked->specs->n_specs;
    til_question_t *q = NULL;

    if (keys == NULL) {
        status = til_no_memory(ctx, n, "designs");
        goto done;
    }
    for (size_t i = 0; i < (n == 0 ? 1 : n); i++) {
        const til_contrast_spec_t *spec = n == 0 ? NULL : &asked->specs->specs[i];
        TIL_TRY(settle_formula(ctx, asked, spec, &formula));
        TIL_TRY(write_key(ctx, spec, til_strbuf_text(&formula), &key));
        TIL_TRY(find_question(ctx, sheet, asked, spec, til_strbuf_text(&formula), keys,
                              til_strbuf_text(&key), out, &q));
        if (spec != NULL) TIL_TRY(add_contrast(ctx, spec, sheet, q));
    }

done:
    til_names_free(keys);
    til_strbuf_clear(&key);
    til_strbuf_clear(&formula);
    return status;
}

til_status_t til_questions_build(til_ctx_t *ctx, const til_sheet_t *sheet, const til_asked_t *asked,
                                 til_questions_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_questions_t){ 0 };
    TIL_NEED(ctx, sheet);
    TIL_NEED(ctx, asked);
    til_status_t status = TIL_OK;

    if (asked->pairing != NULL) {
        out->questions = til_array_zero(1, sizeof *out->questions);
        if (out->questions == NULL) {
            status = til_no_memory(ctx, 1, "designs");
            goto done;
        }
        out->n_questions = 1;
        TIL_TRY(ask_pairs(ctx, sheet, asked, &out->questions[0]));
    } else {
        TIL_TRY(ask_formulas(ctx, sheet, asked, out));
    }
    TIL_TRY(refuse_repeated_ids(ctx, out));

done:
    if (status != TIL_OK) til_questions_clear(out);
    return status;
}
