/* design_words.c -- samples, patients and precision of a design for a reader. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/cautions.h"
#include "tasks/design_words.h"
#include "design/precision.h"
#include "design/rank.h"
#include "design/variable.h"

#define KEPT_MOST   0.9  /* of the information of its samples: less is worth a line    */
#define KEPT_LITTLE 0.25 /* less is a warning                                          */
enum { MAX_SHOWN = 12, MAX_CELLS = 24 };

/* ---- samples ----------------------------------------------------------------------------- */

/* "arm: R 4, NR 4"; "cohort NAIVE: 19 patients; timepoint pre 19, on 19". */
static void tell_counts(til_ctx_t *ctx, const til_design_t *d, const til_variable_t *v,
                        const til_variable_t *within, size_t level, const char *head)
{
    til_strbuf_t b = { 0 };

    for (size_t l = 0; l < v->n_levels && l < MAX_SHOWN; l++) {
        size_t n = 0;
        for (size_t s = 0; s < d->n_samples; s++)
            n += v->level[s] == l && (within == NULL || within->level[s] == level);
        til_strbuf_printf(&b, "%s%s %zu", l == 0 ? "" : ", ", v->levels[l], n);
    }
    if (v->n_levels > MAX_SHOWN)
        til_strbuf_printf(&b, " and %zu levels more", v->n_levels - MAX_SHOWN);
    til_say(ctx, TIL_LOG_NOTICE, "%s: samples of %s: %s", head, v->name, til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

static size_t patients_in(const til_design_t *d, const til_variable_t *arm, size_t a)
{
    const til_variable_t *patient = &d->variables[0];
    size_t n = 0;

    for (size_t p = 0; p < patient->n_levels; p++)
        for (size_t s = 0; s < d->n_samples; s++)
            if (patient->level[s] == p) {
                n += arm == NULL || arm->level[s] == a;
                break;
            }
    return n;
}

static void tell_pairs(til_ctx_t *ctx, const til_design_t *d)
{
    const til_variable_t *time = &d->variables[1];
    const til_variable_t *arm = d->has_arm ? &d->variables[2] : NULL;

    for (size_t i = 0; i < d->n_left_out; i++)
        til_say(ctx, TIL_LOG_DETAIL, "%s %s is left out: %s", d->variables[0].name,
                d->left_out[i].name, d->left_out[i].reason);
    for (size_t a = 0; a < (arm == NULL ? 1 : arm->n_levels); a++) {
        til_strbuf_t head = { 0 };
        if (arm != NULL) til_strbuf_printf(&head, "%s %s: ", arm->name, arm->levels[a]);
        til_strbuf_printf(&head, "%zu %ss paired", patients_in(d, arm, a), d->variables[0].name);
        if (time->is_factor) tell_counts(ctx, d, time, arm, a, til_strbuf_text(&head));
        else til_say(ctx, TIL_LOG_NOTICE, "%s", til_strbuf_text(&head));
        til_strbuf_clear(&head);
    }
}

void til_contrast_numbers(const til_design_t *d, const til_contrast_t *c, til_strbuf_t *b)
{
    bool is_first = true;

    for (size_t j = 0; j < d->n_coef; j++) {
        if (c->weights[j] == 0) continue;
        if (is_first) til_strbuf_add(b, c->weights[j] < 0 ? "-" : "");
        else til_strbuf_add(b, c->weights[j] < 0 ? " - " : " + ");
        is_first = false;
        double size = c->weights[j] < 0 ? -c->weights[j] : c->weights[j];
        if (size < 1 || size > 1) {
            til_strbuf_add_number(b, size);
            til_strbuf_add_char(b, '*');
        }
        til_strbuf_add(b, d->coef_names[j]);
    }
}

til_status_t til_note_questions(til_ctx_t *ctx, til_job_t *job, const til_questions_t *questions)
{
    til_status_t status = TIL_OK;
    til_strbuf_t b = { 0 };

    for (size_t q = 0; q < questions->n_questions; q++)
        for (size_t k = 0; k < questions->questions[q].n_contrasts; k++) {
            const til_contrast_t *c = &questions->questions[q].contrasts[k];
            til_strbuf_reset(&b);
            til_contrast_numbers(&questions->questions[q].design, c, &b);
            if (b.failed) TIL_TRY(til_no_memory(ctx, 1, "words"));
            bool is_same = strcmp(c->text, til_strbuf_text(&b)) == 0;
            TIL_TRY(til_job_remark(ctx, job, "question", "%s: %s%s%s", c->id, c->text,
                                   is_same ? "" : " = ", is_same ? "" : til_strbuf_text(&b)));
        }
done:
    til_strbuf_clear(&b);
    return status;
}

/* ---- contrasts --------------------------------------------------------------------------- */

/* 1/a + 1/b of a comparison of a and b samples; NAN for other contrasts and where the compared levels
 * interact, for then it is of a part of the samples. */
static til_status_t variance_alone(til_ctx_t *ctx, const til_design_t *d, const til_contrast_t *c,
                                   double *out)
{
    til_status_t status = TIL_OK;
    til_formula_t formula = { 0 };
    size_t n[2] = { 0, 0 };
    uint64_t bit = 0;

    *out = NAN;
    if (c->compared == NULL || d->is_paired) return TIL_OK;
    TIL_TRY(til_formula_parse(ctx, d->formula, &formula));
    for (size_t j = 0; j < d->n_coef; j++)
        if (c->weights[j] != 0 && d->terms[j] > 0) bit |= formula.terms[d->terms[j] - 1];
    bool is_one = bit != 0 && (bit & (bit - 1)) == 0;
    for (size_t t = 0; t < formula.n_terms; t++)
        if ((formula.terms[t] & bit) != 0 && formula.terms[t] != bit) is_one = false;
    const til_variable_t *v = NULL;
    for (size_t i = 0; i < formula.n_variables && is_one; i++)
        if (bit >> i & 1) v = til_design_variable(d, formula.variables[i]);
    if (v == NULL || !v->is_factor) goto done;
    size_t first = SIZE_MAX;
    for (size_t s = 0; s < d->n_samples; s++) {
        if (!c->compared[s]) continue;
        if (first == SIZE_MAX) first = v->level[s];
        n[v->level[s] == first ? 0 : 1]++;
    }
    if (n[0] > 0 && n[1] > 0) *out = 1 / (double)n[0] + 1 / (double)n[1];
done:
    til_formula_clear(&formula);
    return status;
}

/* Does the contrast weigh a slope? Then no groups compare with it. */
static bool is_of_slopes(const til_design_t *d, const til_contrast_t *c)
{
    for (size_t j = 0; j < d->n_coef; j++)
        for (size_t s = 0; s < d->n_samples && c->weights[j] != 0; s++) {
            double x = d->x[s + j * d->n_samples];
            if (x != 0 && x != 1) return true;
        }
    return false;
}

static til_status_t tell_precision(til_ctx_t *ctx, const til_design_t *d, const til_contrast_t *c)
{
    til_status_t status = TIL_OK;
    double v, alone;

    TIL_TRY(til_contrast_variance(ctx, d, c->weights, &v));
    TIL_TRY(variance_alone(ctx, d, c, &alone));
    if (is_of_slopes(d, c))
        til_say(ctx, TIL_LOG_NOTICE, "contrast %s: standard error %.3g residual SD", c->id,
                sqrt(v));
    else
        til_say(ctx, TIL_LOG_NOTICE,
                "contrast %s: standard error %.3g residual SD%s, as of two groups of %.3g samples",
                c->id, sqrt(v), d->is_paired ? " within patients" : "", 2 / v);
    if (alone < KEPT_MOST * v)
        til_say(
            ctx, alone < KEPT_LITTLE * v ? TIL_LOG_WARNING : TIL_LOG_NOTICE,
            "contrast %s: the other columns of the design leave %.0f %% of what its samples say%s",
            c->id, 100 * alone / v,
            alone < KEPT_LITTLE * v ? ": the groups are nearly confounded with them" : "");
done:
    return status;
}

static void tell_contrast(til_ctx_t *ctx, const til_design_t *d, const til_contrast_t *c)
{
    til_strbuf_t b = { 0 };

    til_contrast_numbers(d, c, &b);
    til_say(ctx, TIL_LOG_NOTICE, "contrast %s = %s (%s)", c->id, til_strbuf_text(&b), c->text);
    til_strbuf_clear(&b);
}

/* ---- cells ------------------------------------------------------------------------------- */

/* "arm x time x site: A pre s1 2, A pre s2 0, ..." over all combinations of levels. */
static til_status_t tell_cells(til_ctx_t *ctx, const til_design_t *d)
{
    const til_variable_t *factors[TIL_MAX_VARIABLES];
    size_t n_factors = 0, n_cells = 1, n_empty = 0;
    til_strbuf_t head = { 0 }, cells = { 0 };

    for (size_t v = d->is_paired ? 1 : 0; v < d->n_variables; v++) {
        const til_variable_t *f = &d->variables[v];
        if (!f->is_factor || f->n_levels * n_cells > MAX_CELLS) continue;
        n_cells *= f->n_levels;
        factors[n_factors++] = f;
        til_strbuf_printf(&head, "%s%s", head.length > 0 ? " x " : "", f->name);
    }
    for (size_t k = 0; k < n_cells && n_factors > 1; k++) {
        size_t n = 0;
        for (size_t s = 0; s < d->n_samples; s++) {
            size_t of = 0;
            for (size_t f = 0; f < n_factors; f++)
                of = of * factors[f]->n_levels + factors[f]->level[s];
            n += of == k;
        }
        til_strbuf_add(&cells, k == 0 ? "" : ", ");
        for (size_t f = 0, below = n_cells; f < n_factors; f++) {
            below /= factors[f]->n_levels;
            til_strbuf_printf(&cells, "%s ", factors[f]->levels[k / below % factors[f]->n_levels]);
        }
        til_strbuf_printf(&cells, "%zu", n);
        n_empty += n == 0;
    }
    if (n_factors > 1)
        til_say(ctx, TIL_LOG_NOTICE, "cells %s: %s", til_strbuf_text(&head),
                til_strbuf_text(&cells));
    if (n_empty > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu of %zu cells of %s have no sample: what is asked of them rests on the others",
                n_empty, n_cells, til_strbuf_text(&head));
    bool failed = head.failed || cells.failed;
    til_strbuf_clear(&head);
    til_strbuf_clear(&cells);
    return failed ? til_no_memory(ctx, n_cells, "words") : TIL_OK;
}

/* ---- patients ---------------------------------------------------------------------------- */

/* How many values of the column have a sample in level l of v. */
static til_status_t count_patients(til_ctx_t *ctx, const til_sheet_t *sheet, const til_design_t *d,
                                   size_t column, const til_variable_t *v, size_t l, size_t *n)
{
    til_names_t *names = til_names_new();
    til_status_t status = names == NULL ? til_no_memory(ctx, 1, "names") : TIL_OK;

    for (size_t s = 0; s < d->n_samples && status == TIL_OK; s++) {
        const char *cell = til_sheet_cell(sheet, d->rows[s], column);
        if (v->level[s] == l && !til_cell_is_missing(cell) && til_names_add(names, cell, NULL) < 0)
            status = til_no_memory(ctx, d->n_samples, "names");
    }
    if (status == TIL_OK) *n = til_names_count(names);
    til_names_free(names);
    return status;
}

/* "patients of arm: A 4, B 3" for a column of the sheet that is called patient, subject... */
static til_status_t tell_patients(til_ctx_t *ctx, const til_sheet_t *sheet, const til_design_t *d)
{
    til_status_t status = TIL_OK;
    til_strbuf_t b = { 0 };
    size_t n;

    for (size_t c = 0; c < sheet->n_columns && d->rows != NULL; c++) {
        if (!til_names_patients(sheet->columns[c])) continue;
        for (size_t v = 0; v < d->n_variables; v++) {
            const til_variable_t *f = &d->variables[v];
            if (!f->is_factor || f->n_levels > MAX_SHOWN || strcmp(f->name, sheet->columns[c]) == 0)
                continue;
            til_strbuf_reset(&b);
            for (size_t l = 0; l < f->n_levels; l++) {
                TIL_TRY(count_patients(ctx, sheet, d, c, f, l, &n));
                til_strbuf_printf(&b, "%s%s %zu", l == 0 ? "" : ", ", f->levels[l], n);
            }
            til_say(ctx, TIL_LOG_NOTICE, "values of %s per level of %s: %s", sheet->columns[c],
                    f->name, til_strbuf_text(&b));
        }
    }
done:
    til_strbuf_clear(&b);
    return status;
}

til_status_t til_explain_design(til_ctx_t *ctx, const til_sheet_t *sheet, const til_question_t *q)
{
    const til_design_t *d = &q->design;
    til_status_t status = TIL_OK;
    til_rank_t rank = { 0 };

    TIL_TRY(til_rank_analyse(ctx, d, &rank));
    til_say(ctx, TIL_LOG_NOTICE,
            "design %s: %zu samples, %zu coefficients, rank %zu, %zu residual degrees of freedom",
            d->formula, d->n_samples, d->n_coef, rank.rank, d->n_samples - rank.rank);
    if (d->is_paired) tell_pairs(ctx, d);
    for (size_t v = 0; v < d->n_variables && !d->is_paired; v++)
        if (d->variables[v].is_factor) tell_counts(ctx, d, &d->variables[v], NULL, 0, d->formula);
    TIL_TRY(tell_cells(ctx, d));
    if (!d->is_paired) TIL_TRY(tell_patients(ctx, sheet, d));
    for (size_t k = 0; k < q->n_contrasts; k++) {
        tell_contrast(ctx, d, &q->contrasts[k]);
        if (rank.n_aliased == 0) TIL_TRY(tell_precision(ctx, d, &q->contrasts[k]));
    }
    for (size_t k = 0; k < rank.n_aliased; k++)
        til_say(ctx, TIL_LOG_WARNING, "aliased: %s", rank.relations[k]);
    for (size_t k = 0; k < rank.n_causes; k++) til_say(ctx, TIL_LOG_WARNING, "%s", rank.causes[k]);
    if (rank.n_aliased == 0 && d->n_samples == d->n_coef)
        til_say(ctx, TIL_LOG_WARNING,
                "no sample is left to estimate the variance from: tests need replicates");
done:
    til_rank_clear(&rank);
    return status;
}
