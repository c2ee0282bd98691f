/* cautions.c -- findings about a design that leave its numbers computable and its answers doubtful. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "tasks/cautions.h"
#include "design/variable.h"
#include "math/order.h"

#define FAILED_LIBRARY 0.01 /* of the median of all */
#define NEARLY         0.1  /* samples that tell two columns apart, of all */
enum { FEW_LEVELS = 12, FEW_SAMPLES = 6 };

typedef struct {
    til_ctx_t *ctx;
    const til_sheet_t *sheet;
    const char *block;
    til_strbuf_t first, now;
    size_t n;
} cautions_t;

/* Says what was written into c->now. */
static void say(cautions_t *c)
{
    til_say(c->ctx, TIL_LOG_WARNING, "%s", til_strbuf_text(&c->now));
    if (c->n++ == 0) til_strbuf_add(&c->first, til_strbuf_text(&c->now));
    til_strbuf_reset(&c->now);
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcasecmp(name, *names) == 0) return true;
    return false;
}

bool til_names_patients(const char *name)
{
    static const char *const words[] = { "patient",    "patient_id",  "patientid", "subject",
                                         "subject_id", "subjectid",   "donor",     "donor_id",
                                         "individual", "participant", "animal",    "mouse",
                                         NULL };
    return is_one_of(name, words);
}

/* A column of the sheet as numbered values over the samples of a design; missing cells are -1. */
typedef struct {
    ptrdiff_t *value; /* n_samples */
    size_t n, n_values;
    til_names_t *names;
} labels_t;

static void labels_clear(labels_t *l)
{
    free(l->value);
    til_names_free(l->names);
}

static til_status_t labels_of(til_ctx_t *ctx, const til_sheet_t *sheet, const til_design_t *d,
                              size_t column, labels_t *out)
{
    *out = (labels_t){ .n = d->n_samples, .names = til_names_new() };
    out->value = til_array(d->n_samples, sizeof *out->value);
    if (out->names == NULL || out->value == NULL)
        return til_no_memory(ctx, d->n_samples, "samples");
    for (size_t s = 0; s < d->n_samples; s++) {
        const char *cell = til_sheet_cell(sheet, d->rows[s], column);
        out->value[s] = til_cell_is_missing(cell) ? -1 : til_names_add(out->names, cell, NULL);
        if (out->value[s] < 0 && !til_cell_is_missing(cell))
            return til_no_memory(ctx, d->n_samples, "names");
    }
    out->n_values = til_names_count(out->names);
    return TIL_OK;
}

/* How many samples stand together with another of their value, and how many such values. */
static void count_repeated(const labels_t *l, size_t *n_samples, size_t *n_values)
{
    *n_samples = *n_values = 0;
    for (size_t v = 0; v < l->n_values; v++) {
        size_t n = 0;
        for (size_t s = 0; s < l->n; s++) n += l->value[s] == (ptrdiff_t)v;
        if (n < 2) continue;
        *n_samples += n;
        ++*n_values;
    }
}

/* ---- patients ------------------------------------------------------------------------ */

static bool same_cell(const til_design_t *d, size_t a, size_t b)
{
    for (size_t v = 0; v < d->n_variables; v++)
        if (d->variables[v].is_factor && d->variables[v].level[a] != d->variables[v].level[b])
            return false;
    return true;
}

/* Does the design know who the values of the column are: some factor never mixes two of them? */
static bool is_known(const til_design_t *d, const labels_t *l)
{
    for (size_t v = 0; v < d->n_variables; v++) {
        bool mixes = !d->variables[v].is_factor;
        for (size_t s = 0; s < l->n && !mixes; s++)
            for (size_t e = 0; e < s && !mixes; e++)
                mixes = d->variables[v].level[s] == d->variables[v].level[e] &&
                        l->value[s] != l->value[e];
        if (!mixes) return true;
    }
    return false;
}

/* A column nobody called a patient that looks like one: every value in two cells or more of the
 * design, once in each. */
static bool looks_like_patients(const til_design_t *d, const labels_t *l, size_t n_repeated)
{
    if (l->n_values < 3 || n_repeated < l->n_values) return false;
    for (size_t s = 0; s < l->n; s++) {
        if (l->value[s] < 0) return false;
        for (size_t e = 0; e < s; e++)
            if (l->value[s] == l->value[e] && same_cell(d, s, e)) return false;
    }
    return true;
}

static til_status_t look_at_patients(cautions_t *c, const til_design_t *d, size_t column)
{
    const char *name = c->sheet->columns[column];
    labels_t l = { 0 };
    size_t n_samples, n_values;
    til_status_t status = TIL_OK;

    if (d->is_paired || til_design_variable(d, name) != NULL ||
        (c->block != NULL && strcmp(c->block, name) == 0))
        return TIL_OK;
    TIL_TRY(labels_of(c->ctx, c->sheet, d, column, &l));
    count_repeated(&l, &n_samples, &n_values);
    if (n_values == 0 || is_known(d, &l) ||
        !(til_names_patients(name) || looks_like_patients(d, &l, n_values)))
        goto done;
    til_strbuf_printf(&c->now, til_names_patients(name) ? "%zu %ss have" : "%zu values of %s have",
                      n_values, name);
    til_strbuf_printf(
        &c->now,
        " 2 samples or more (%zu of %zu samples), which the design %s takes as "
        "independent: --pair %s --time COLUMN compares within them, --block %s (voom) or "
        "%s in the --design takes them into account",
        n_samples, l.n, d->formula, name, name, name);
    say(c);
done:
    labels_clear(&l);
    return status;
}

/* ---- confounding --------------------------------------------------------------------- */

/* Samples that do not follow the majority of the level of `v` for their value of the column; SIZE_MAX
 * when values and levels do not go one to one. */
static size_t count_against(const labels_t *l, const til_variable_t *v)
{
    bool is_taken[FEW_LEVELS] = { false };
    size_t against = 0;

    for (size_t k = 0; k < l->n_values; k++) {
        size_t best = 0, most = 0, all = 0;
        for (size_t a = 0; a < v->n_levels; a++) {
            size_t n = 0;
            for (size_t s = 0; s < l->n; s++) n += l->value[s] == (ptrdiff_t)k && v->level[s] == a;
            all += n;
            if (n > most) {
                most = n;
                best = a;
            }
        }
        if (is_taken[best]) return SIZE_MAX;
        is_taken[best] = true;
        against += all - most;
    }
    return against;
}

/* Is some contrast about variable v of the design? */
static til_status_t find_asked(til_ctx_t *ctx, const til_question_t *q, const til_variable_t *v,
                               bool *is_asked)
{
    const til_design_t *d = &q->design;
    til_formula_t formula = { 0 };
    til_status_t status = TIL_OK;
    uint64_t bit = 0;

    *is_asked = d->is_paired && (v == &d->variables[1] || (d->has_arm && v == &d->variables[2]));
    if (d->is_paired) return TIL_OK;
    TIL_TRY(til_formula_parse(ctx, d->formula, &formula));
    for (size_t i = 0; i < formula.n_variables; i++)
        if (strcmp(formula.variables[i], v->name) == 0) bit = (uint64_t)1 << i;
    for (size_t k = 0; k < q->n_contrasts; k++)
        for (size_t j = 0; j < d->n_coef; j++)
            *is_asked |= q->contrasts[k].weights[j] != 0 && d->terms[j] > 0 &&
                         (formula.terms[d->terms[j] - 1] & bit) != 0;
done:
    til_formula_clear(&formula);
    return status;
}

static til_status_t look_at_confounding(cautions_t *c, const til_question_t *q, size_t column)
{
    const til_design_t *d = &q->design;
    const char *name = c->sheet->columns[column];
    labels_t l = { 0 };
    til_status_t status = TIL_OK;
    bool is_asked;

    TIL_TRY(labels_of(c->ctx, c->sheet, d, column, &l));
    for (size_t v = 0; v < d->n_variables; v++) {
        const til_variable_t *f = &d->variables[v];
        if (!f->is_factor || f->n_levels != l.n_values || f->n_levels > FEW_LEVELS ||
            l.n < FEW_SAMPLES || strcmp(f->name, name) == 0)
            continue;
        TIL_TRY(find_asked(c->ctx, q, f, &is_asked));
        if (!is_asked) continue;
        size_t against = count_against(&l, f);
        if (against == SIZE_MAX || (double)against > NEARLY * (double)l.n) continue;
        if (against == 0) { /* often another word for the same */
            til_say(c->ctx, TIL_LOG_NOTICE,
                    "%s and %s make the same groups of samples: an effect of one is that of both",
                    f->name, name);
            continue;
        }
        til_strbuf_printf(&c->now,
                          "%s and %s agree in all but %zu of %zu samples: what is called an "
                          "effect of %s may be one of %s, and only those samples tell them apart",
                          f->name, name, against, l.n, f->name, name);
        say(c);
    }
done:
    labels_clear(&l);
    return status;
}

/* ---- labels as slopes ---------------------------------------------------------------- */

static bool names_labels(const char *name)
{
    static const char *const words[] = { "id",       "plate", "run",    "lane",   "chip",
                                         "slide",    "site",  "center", "centre", "pool",
                                         "cluster",  "group", "cohort", "arm",    "library",
                                         "flowcell", "index", NULL };
    size_t n = strlen(name);

    return is_one_of(name, words) || (n > 3 && strcasecmp(name + n - 3, "_id") == 0) ||
           (n > 3 && strcasecmp(name + n - 3, ".id") == 0);
}

static void look_at_slopes(cautions_t *c, const til_design_t *d)
{
    for (size_t v = 0; v < d->n_variables; v++) {
        const til_variable_t *x = &d->variables[v];
        bool is_whole = !x->is_factor;
        for (size_t s = 0; s < d->n_samples && is_whole; s++)
            is_whole = x->value[s] == floor(x->value[s]);
        if (!is_whole || !names_labels(x->name)) continue;
        til_strbuf_printf(
            &c->now,
            "%s holds numbers that look like labels and is taken as a slope: --factor "
            "%s makes it a factor",
            x->name, x->name);
        say(c);
    }
}

/* ---- libraries ----------------------------------------------------------------------- */

static til_status_t look_at_libraries(cautions_t *c, const til_matrix_t *m)
{
    til_status_t status = TIL_OK;
    double *sum = til_array_zero(2 * m->n_cols, sizeof *sum), *sorted;

    if (sum == NULL) return til_no_memory(c->ctx, m->n_cols, "samples");
    sorted = sum + m->n_cols;
    for (size_t g = 0; g < m->n_rows; g++)
        for (size_t s = 0; s < m->n_cols; s++) sum[s] += til_matrix_row(m, g)[s];
    memcpy(sorted, sum, m->n_cols * sizeof *sum);
    double median = til_median_inplace(m->n_cols, sorted);
    for (size_t s = 0; s < m->n_cols; s++) {
        if (sum[s] < FAILED_LIBRARY * median) {
            til_strbuf_printf(
                &c->now,
                "%s: sample %s has %.0f counts where half of the samples have %.0f or "
                "more: a library that failed? --exclude sample=%s leaves it out",
                m->origin, m->col_names[s], sum[s], median, m->col_names[s]);
            say(c);
        }
    }
    free(sum);
    return status;
}

til_status_t til_caution(til_ctx_t *ctx, const til_sheet_t *sheet, const char *block,
                         const til_questions_t *questions, const til_matrix_t *counts,
                         bool is_strict)
{
    til_status_t status = TIL_OK;
    cautions_t c = { .ctx = ctx, .sheet = sheet, .block = block };

    for (size_t q = 0; q < questions->n_questions; q++) {
        const til_question_t *question = &questions->questions[q];
        if (question->design.rows == NULL) continue;
        for (size_t k = 0; k < sheet->n_columns; k++) {
            TIL_TRY(look_at_patients(&c, &question->design, k));
            TIL_TRY(look_at_confounding(&c, question, k));
        }
        look_at_slopes(&c, &question->design);
    }
    if (counts != NULL) TIL_TRY(look_at_libraries(&c, counts));
    if (is_strict && c.n > 0)
        status = til_fail(ctx, TIL_EINPUT, "--strict: %s%s", til_strbuf_text(&c.first),
                          c.n > 1 ? " (and more)" : "");
done:
    til_strbuf_clear(&c.first);
    til_strbuf_clear(&c.now);
    return status;
}
