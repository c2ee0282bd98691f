/* contrast.c -- from VARIABLE:TARGET:REFERENCE or an expression to weights over coefficients.
 *
 * A comparison is the difference of two rows of the model matrix, those of two imagined samples
 * that have the target and the reference level and agree in the rest: other factors at their
 * reference, covariates at 0. This is DESeq2's main effect where there are interactions, and it
 * holds for any coding, without an intercept too.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file_name.h"
#include "base/keep.h"
#include "base/need.h"
#include "base/try.h"
#include "design/contrast_parts.h"
#include "design/linear_combination.h"
#include "design/model_matrix.h"
#include "design/variable.h"

enum { MAX_COLONS = 32 };

void til_contrast_clear(til_contrast_t *contrast)
{
    if (contrast == NULL) return;
    free(contrast->id);
    free(contrast->text);
    free(contrast->weights);
    free(contrast->compared);
    *contrast = (til_contrast_t){ 0 };
}

/* A contrast while it is understood. */
typedef struct {
    char *id;                            /* NULL: made from the comparison        */
    char *variable, *target, *reference; /* a comparison, or NULL                 */
    char *expression;                    /* or this                               */
    char *where;                         /* begins messages                       */
} reading_t;

/* ---- reading the text after -c ------------------------------------------------------- */

/* What is known of a way to cut V:T:R at two colons. */
typedef enum { NO_COLUMN, IS_COLUMN, HAS_LEVELS } cut_t;

static bool has_level(const til_variable_t *v, const char *text, size_t n)
{
    for (size_t l = 0; l < v->n_levels; l++)
        if (strlen(v->levels[l]) == n && memcmp(v->levels[l], text, n) == 0) return true;
    return false;
}

static cut_t judge_cut(const char *text, const char *first, const char *second,
                       const til_sheet_t *sheet, const til_design_t *design)
{
    size_t n = (size_t)(first - text);

    for (size_t v = 0; v < design->n_variables; v++) {
        const til_variable_t *variable = &design->variables[v];
        if (strlen(variable->name) == n && memcmp(variable->name, text, n) == 0 &&
            has_level(variable, first + 1, (size_t)(second - first - 1)) &&
            has_level(variable, second + 1, strlen(second + 1)))
            return HAS_LEVELS;
    }
    for (size_t c = 0; c < sheet->n_columns; c++)
        if (strlen(sheet->columns[c]) == n && memcmp(sheet->columns[c], text, n) == 0)
            return IS_COLUMN;
    return NO_COLUMN;
}

/* Cuts `text` at the two colons that make the most sense: level names may hold colons too. *best
 * is NO_COLUMN when no cut begins with a column of the sheet; the first cut is taken then. */
static til_status_t cut_comparison(til_ctx_t *ctx, til_arena_t *arena, const char *text,
                                   const til_sheet_t *sheet, const til_design_t *design,
                                   reading_t *out, size_t *n_colons, cut_t *best)
{
    const char *colons[MAX_COLONS], *first = NULL, *second = NULL;
    size_t n_best = 0;
    til_status_t status = TIL_OK;

    *n_colons = 0;
    *best = NO_COLUMN;
    for (const char *c = strchr(text, ':'); c != NULL && *n_colons < MAX_COLONS;
         c = strchr(c + 1, ':'))
        colons[(*n_colons)++] = c;
    for (size_t i = 0; i < *n_colons; i++)
        for (size_t k = i + 1; k < *n_colons; k++) {
            cut_t cut = judge_cut(text, colons[i], colons[k], sheet, design);
            if (first == NULL || cut > *best) {
                *best = cut;
                first = colons[i];
                second = colons[k];
                n_best = 0;
            }
            if (cut == *best) n_best++;
        }
    if (*best == HAS_LEVELS && n_best > 1)
        return til_fail(ctx, TIL_EUSAGE,
                        "contrast '%s' can be cut in %zu ways, as level names "
                        "hold ':': write ID=EXPRESSION",
                        text, n_best);
    if (first == NULL) return TIL_OK;
    TIL_TRY(til_keep_text_n(ctx, arena, text, (size_t)(first - text), &out->variable));
    TIL_TRY(til_keep_text_n(ctx, arena, first + 1, (size_t)(second - first - 1), &out->target));
    TIL_TRY(til_keep_text(ctx, arena, second + 1, &out->reference));

done:
    return status;
}

/* The whole text as V:T:R, else ID=V:T:R, else ID=EXPRESSION. */
static til_status_t read_text(til_ctx_t *ctx, til_arena_t *arena, const char *text,
                              const til_sheet_t *sheet, const til_design_t *design, reading_t *out)
{
    const char *equals = strchr(text, '='), *rest = equals == NULL ? NULL : equals + 1;
    til_status_t status = TIL_OK;
    size_t n_colons;
    cut_t cut;

    TIL_TRY(cut_comparison(ctx, arena, text, sheet, design, out, &n_colons, &cut));
    if (cut != NO_COLUMN && (equals == NULL || cut == HAS_LEVELS)) return TIL_OK;
    if (equals == NULL) {
        if (n_colons == 2) return TIL_OK;
        return til_fail(ctx, TIL_EUSAGE,
                        "contrast '%s' is neither VARIABLE:TARGET:REFERENCE nor ID=EXPRESSION",
                        text);
    }
    *out = (reading_t){ .where = out->where };
    TIL_TRY(til_keep_text_n(ctx, arena, text, (size_t)(equals - text), &out->id));
    if (til_expression_coefficient(design, rest, strlen(rest)) < 0) {
        TIL_TRY(cut_comparison(ctx, arena, rest, sheet, design, out, &n_colons, &cut));
        if (cut != NO_COLUMN) return TIL_OK;
    }
    out->variable = out->target = out->reference = NULL;
    TIL_TRY(til_keep_text(ctx, arena, rest, &out->expression));

done:
    return status;
}

static til_status_t read_spec(til_ctx_t *ctx, til_arena_t *arena, const til_contrast_spec_t *spec,
                              const til_sheet_t *sheet, const til_design_t *design, reading_t *out)
{
    til_strbuf_t where = { 0 };
    til_status_t status = TIL_OK;

    *out = (reading_t){ 0 };
    til_strbuf_printf(&where, "%scontrast ", spec->where == NULL ? "" : spec->where);
    if (spec->text == NULL && spec->id != NULL) til_strbuf_printf(&where, "%s ", spec->id);
    TIL_TRY(til_keep_strbuf(ctx, arena, &where, &out->where));
    if (spec->text != NULL) {
        TIL_TRY(read_text(ctx, arena, spec->text, sheet, design, out));
        goto done;
    }
    out->id = spec->id;
    out->variable = spec->variable;
    out->target = spec->target;
    out->reference = spec->reference;
    out->expression = spec->variable == NULL ? spec->expression : NULL;

done:
    til_strbuf_clear(&where);
    return status;
}

/* ---- comparisons --------------------------------------------------------------------- */

static til_status_t check_comparison(til_ctx_t *ctx, const reading_t *r, const til_sheet_t *sheet,
                                     const til_design_t *design, const til_variable_t **variable,
                                     size_t levels[2])
{
    til_frame_t frame = { .sheet = sheet };
    til_strbuf_t where = { 0 };
    til_status_t status = TIL_OK;
    size_t column;

    til_strbuf_printf(&where, "%s%s:%s:%s", r->where, r->variable, r->target, r->reference);
    TIL_TRY(til_frame_column(ctx, &frame, r->variable, til_strbuf_text(&where), &column));
    *variable = til_design_variable(design, r->variable);
    if (*variable == NULL) {
        status = til_fail(ctx, TIL_EUSAGE, "%s: the design %s does not use %s",
                          til_strbuf_text(&where), design->formula, r->variable);
        goto done;
    }
    TIL_TRY(til_variable_need_factor(ctx, *variable, til_strbuf_text(&where)));
    TIL_TRY(til_variable_level(ctx, *variable, til_strbuf_text(&where), r->target, &levels[0]));
    TIL_TRY(til_variable_level(ctx, *variable, til_strbuf_text(&where), r->reference, &levels[1]));
    if (levels[0] == levels[1])
        status = til_fail(ctx, TIL_EUSAGE, "%s: target and reference are the same level",
                          til_strbuf_text(&where));

done:
    til_strbuf_clear(&where);
    return status;
}

/* The variables as two imagined samples have them; `levels` and `values` hold two per variable. */
static void imagine(const til_design_t *design, const til_variable_t *compared,
                    const size_t levels[2], til_variable_t *two, size_t *level, double *value)
{
    for (size_t v = 0; v < design->n_variables; v++) {
        two[v] = design->variables[v];
        two[v].level = two[v].is_factor ? level + 2 * v : NULL;
        two[v].value = two[v].is_factor ? NULL : value + 2 * v;
        for (size_t s = 0; s < 2; s++) {
            level[2 * v + s] = &design->variables[v] == compared ? levels[s] : 0;
            value[2 * v + s] = 0;
        }
    }
}

/* Where the other variables of interactions stand: " at time=pre, age=0"; "" without any. */
static void add_held(til_strbuf_t *b, const til_formula_t *formula, const til_design_t *design,
                     const til_variable_t *const *by_bit, const til_variable_t *compared)
{
    uint64_t own = 0, others = 0;

    for (size_t v = 0; v < formula->n_variables; v++)
        if (by_bit[v] == compared) own = (uint64_t)1 << v;
    for (size_t t = 0; t < formula->n_terms; t++)
        if (formula->terms[t] & own) others |= formula->terms[t] & ~own;
    for (size_t v = 0, n = 0; v < formula->n_variables; v++) {
        if (!(others >> v & 1)) continue;
        const til_variable_t *held = til_design_variable(design, formula->variables[v]);
        til_strbuf_printf(b, "%s%s=%s", n++ == 0 ? " at " : ", ", held->name,
                          held->is_factor ? held->levels[0] : "0");
    }
}

static til_status_t weigh_by_formula(til_ctx_t *ctx, const til_design_t *design,
                                     const til_variable_t *compared, const size_t levels[2],
                                     double *weights, til_strbuf_t *text)
{
    enum { TWO = 2 };
    til_status_t status = TIL_OK;
    til_formula_t formula = { 0 };
    til_variable_t two[TIL_MAX_VARIABLES];
    size_t level[TWO * TIL_MAX_VARIABLES];
    double value[TWO * TIL_MAX_VARIABLES];
    til_design_t imagined = { .n_variables = design->n_variables, .variables = two };
    const til_variable_t *by_bit[TIL_MAX_VARIABLES];
    til_model_column_t c;
    size_t j = 0;

    TIL_TRY(til_formula_parse(ctx, design->formula, &formula));
    imagine(design, compared, levels, two, level, value);
    til_model_variables(&formula, &imagined, by_bit);
    for (bool more = til_model_first(&c, &formula, by_bit); more; more = til_model_next(&c))
        weights[j++] = til_model_value(&c, 0) - til_model_value(&c, 1);
    til_model_variables(&formula, design, by_bit);
    add_held(text, &formula, design, by_bit, compared);

done:
    til_formula_clear(&formula);
    return status;
}

/* In a paired design without arms the change to a level is a coefficient of the level's name. */
static til_status_t weigh_paired(til_ctx_t *ctx, const til_design_t *design, const reading_t *r,
                                 const til_variable_t *compared, const size_t levels[2],
                                 double *weights)
{
    if (design->has_arm || compared != &design->variables[1])
        return til_fail(ctx, TIL_EUSAGE,
                        "%s%s:%s:%s: a paired design answers its own questions, and ID=EXPRESSION "
                        "over its coefficients (tilseq design prints them)",
                        r->where, r->variable, r->target, r->reference);
    for (size_t i = 0; i < 2; i++) {
        const char *name = compared->levels[levels[i]];
        ptrdiff_t j = levels[i] == 0 ? -1 : til_expression_coefficient(design, name, strlen(name));
        if (j >= 0) weights[j] = i == 0 ? 1 : -1;
    }
    return TIL_OK;
}

static til_status_t compare(til_ctx_t *ctx, const reading_t *r, const til_sheet_t *sheet,
                            const til_design_t *design, double *weights, til_strbuf_t *id,
                            til_strbuf_t *text)
{
    til_status_t status = TIL_OK;
    const til_variable_t *compared;
    size_t levels[2];
    bool is_zero = true;

    TIL_TRY(check_comparison(ctx, r, sheet, design, &compared, levels));
    til_strbuf_printf(id, "%s_%s_vs_%s", r->variable, r->target, r->reference);
    til_strbuf_printf(text, "%s: %s versus %s", r->variable, r->target, r->reference);
    size_t plain = text->length;
    if (design->is_paired) TIL_TRY(weigh_paired(ctx, design, r, compared, levels, weights));
    else TIL_TRY(weigh_by_formula(ctx, design, compared, levels, weights, text));
    for (size_t j = 0; j < design->n_coef; j++) is_zero = is_zero && weights[j] == 0;
    if (is_zero) {
        status = til_fail(ctx, TIL_EUSAGE,
                          "%s%s:%s:%s: design %s has no main effect of %s: write "
                          "ID=EXPRESSION over its coefficients",
                          r->where, r->variable, r->target, r->reference, design->formula,
                          r->variable);
        goto done;
    }
    if (text->length > plain)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s%s:%s:%s: %s is in interactions, so this is the difference%s", r->where,
                r->variable, r->target, r->reference, r->variable, til_strbuf_text(text) + plain);

done:
    return status;
}

/* ---- ids and the whole --------------------------------------------------------------- */

static bool fits_file_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80 || strchr("_.+-", c) != NULL;
}

void til_contrast_fit_id(til_strbuf_t *id)
{
    for (size_t i = 0; i < id->length; i++)
        if (!fits_file_name(id->text[i]) || (i == 0 && strchr(".-", id->text[i]) != NULL))
            id->text[i] = '_';
    if (id->length <= TIL_FILE_NAME_MAX) return;
    til_file_names_t *names = til_file_names_new();
    const char *file = names == NULL ? NULL : til_file_name(names, id->text);
    til_strbuf_reset(id);
    if (file == NULL) id->failed = true;
    else til_strbuf_add(id, file);
    til_file_names_free(names);
}

/* An id is the stem of a file name: one the user gives must fit, a made one is made to fit. */
static til_status_t settle_id(til_ctx_t *ctx, const reading_t *r, til_strbuf_t *made)
{
    if (r->id == NULL) {
        til_contrast_fit_id(made);
        return TIL_OK;
    }
    if (r->id[0] == '\0' || r->id[0] == '.' || r->id[0] == '-' || strlen(r->id) > 200)
        return til_fail(ctx, TIL_EUSAGE, "%sid '%s' is no file name", r->where, r->id);
    for (const char *c = r->id; *c != '\0'; c++)
        if (!fits_file_name(*c))
            return til_fail(ctx, TIL_EUSAGE,
                            "%sid '%s' becomes a file name: it holds letters, digits, _ . + -",
                            r->where, r->id);
    til_strbuf_reset(made);
    til_strbuf_add(made, r->id);
    return TIL_OK;
}

til_status_t til_contrast_give(til_ctx_t *ctx, const til_strbuf_t *b, char **out)
{
    size_t n = b->length + 1;

    *out = b->failed ? NULL : til_array(n, 1);
    if (*out == NULL) return til_no_memory(ctx, n, "bytes of text");
    memcpy(*out, til_strbuf_text(b), n);
    return TIL_OK;
}

/* Which samples are of the two levels compared. */
static til_status_t note_compared(til_ctx_t *ctx, const reading_t *r, const til_design_t *design,
                                  bool **out)
{
    const til_variable_t *v = til_design_variable(design, r->variable);

    if (v == NULL || !v->is_factor) return TIL_OK;
    *out = til_array_zero(design->n_samples, sizeof **out);
    if (*out == NULL) return til_no_memory(ctx, design->n_samples, "samples");
    for (size_t s = 0; s < design->n_samples; s++) {
        const char *level = v->levels[v->level[s]];
        (*out)[s] = strcmp(level, r->target) == 0 || strcmp(level, r->reference) == 0;
    }
    return TIL_OK;
}

til_status_t til_contrast_resolve(til_ctx_t *ctx, const til_contrast_spec_t *spec,
                                  const til_sheet_t *sheet, const til_design_t *design,
                                  til_contrast_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_contrast_t){ 0 };
    TIL_NEED(ctx, spec);
    TIL_NEED(ctx, sheet);
    TIL_NEED(ctx, design);
    til_status_t status = TIL_OK;
    til_arena_t *arena = til_arena_new();
    til_strbuf_t id = { 0 }, text = { 0 };
    reading_t r;

    *out = (til_contrast_t){ .weights = til_array_zero(design->n_coef, sizeof *out->weights) };
    if (arena == NULL || out->weights == NULL) {
        status = til_no_memory(ctx, design->n_coef, "weights");
        goto done;
    }
    TIL_TRY(read_spec(ctx, arena, spec, sheet, design, &r));
    if (r.variable != NULL) {
        TIL_TRY(compare(ctx, &r, sheet, design, out->weights, &id, &text));
        TIL_TRY(note_compared(ctx, &r, design, &out->compared));
    } else {
        TIL_TRY(til_expression_weights(ctx, r.expression, r.where, design, out->weights));
        til_strbuf_add(&text, r.expression);
    }
    TIL_TRY(settle_id(ctx, &r, &id));
    TIL_TRY(til_contrast_give(ctx, &id, &out->id));
    TIL_TRY(til_contrast_give(ctx, &text, &out->text));

done:
    til_strbuf_clear(&text);
    til_strbuf_clear(&id);
    til_arena_free(arena);
    if (status != TIL_OK) til_contrast_clear(out);
    return status;
}
