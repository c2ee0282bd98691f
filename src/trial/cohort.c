/* cohort.c -- who takes part in a trial: patients, their visits, tissues, arms and covariates. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/try.h"
#include "trial/cohort.h"

static const double MANY_SINGLES = 0.15; /* share of patients from which they are spoken of */

enum { PATIENT, TIME, ARM, TISSUE, N_ROLES };
static const char *const OPTIONS[N_ROLES] = { "--pair", "--time", "--arm", "--within" };

/* What is needed while a cohort is made. */
typedef struct {
    til_trial_cohort_t *c;
    til_frame_t frame;            /* samples that take part                         */
    ptrdiff_t column[N_ROLES];    /* of the sheet, -1: not asked                    */
    til_variable_t role[N_ROLES]; /* over the frame; no levels where not asked      */
} making_t;

/* ---- columns ----------------------------------------------------------------------------- */

static til_status_t find_columns(til_ctx_t *ctx, making_t *m)
{
    const til_trial_input_t *in = m->c->input;
    const char *names[N_ROLES] = { in->pair, in->time, in->arm, in->within };
    til_status_t status = TIL_OK;

    for (int i = 0; i < N_ROLES; i++) {
        size_t column;
        m->column[i] = -1;
        if (names[i] == NULL) continue;
        TIL_TRY(til_frame_column(ctx, &m->frame, names[i], OPTIONS[i], &column));
        m->column[i] = (ptrdiff_t)column;
        for (int k = 0; k < i; k++)
            if (m->column[k] == m->column[i])
                return til_fail(ctx, TIL_EUSAGE, "%s and %s are the same column, %s", OPTIONS[k],
                                OPTIONS[i], names[i]);
    }
done:
    return status;
}

/* Leaves out, or refuses, samples with an empty cell in a column that is used. */
static til_status_t complete(til_ctx_t *ctx, making_t *m)
{
    const til_trial_input_t *in = m->c->input;
    size_t n = 0, n_before = m->frame.n, columns[N_ROLES];
    size_t *more = til_array(in->n_adjust + in->n_strata + N_ROLES, sizeof *more);
    char *kept = til_array_zero(m->c->sheet->n_samples, 1);
    til_status_t status = TIL_OK;

    if (more == NULL || kept == NULL) TIL_TRY(til_no_memory(ctx, n_before, "samples"));
    for (int i = 0; i < N_ROLES; i++)
        if (m->column[i] >= 0) columns[n++] = (size_t)m->column[i];
    memcpy(more, columns, n * sizeof *columns);
    for (size_t i = 0; i < in->n_adjust; i++)
        TIL_TRY(til_frame_column(ctx, &m->frame, in->adjust[i], "--adjust", &more[n++]));
    for (size_t i = 0; i < in->n_strata; i++)
        TIL_TRY(til_frame_column(ctx, &m->frame, in->strata[i], "--strata", &more[n++]));
    if (n > 0) TIL_TRY(til_frame_complete(ctx, &m->frame, more, n, in->typing->drop_na));
    for (size_t s = 0; s < m->frame.n; s++) kept[m->frame.rows[s]] = 1;
    for (size_t r = 0; r < m->c->sheet->n_samples; r++)
        if (!kept[r])
            TIL_TRY(til_keep_text(ctx, m->c->arena, "an empty cell in a column that is used",
                                  &m->c->reasons[r]));
done:
    free(kept);
    free(more);
    return status;
}

/* The numbers in a name, compared in turn: C2D1 < C10D1, day 7 < day 14. Names without any number
 * are equal to all. */
static int compare_visits(const char *a, const char *b)
{
    for (;;) {
        while (*a != '\0' && !isdigit((unsigned char)*a)) a++;
        while (*b != '\0' && !isdigit((unsigned char)*b)) b++;
        if (*a == '\0' || *b == '\0') return 0;
        unsigned long x = strtoul(a, (char **)&a, 10), y = strtoul(b, (char **)&b, 10);
        if (x != y) return x < y ? -1 : 1;
    }
}

/* Puts the levels behind the first in the order of their numbers. */
static til_status_t order_visits(til_ctx_t *ctx, til_variable_t *v, size_t n)
{
    size_t *at = til_array(v->n_levels, sizeof *at);
    char **names = til_array(v->n_levels, sizeof *names);

    if (at == NULL || names == NULL) {
        free(at);
        free(names);
        return til_no_memory(ctx, v->n_levels, "visits");
    }
    for (size_t l = 0; l < v->n_levels; l++) {
        size_t k = l;
        for (; l > 0 && k > 1 && compare_visits(v->levels[l], names[k - 1]) < 0; k--)
            names[k] = names[k - 1];
        names[k] = v->levels[l];
    }
    for (size_t l = 0; l < v->n_levels; l++)
        for (size_t k = 0; k < v->n_levels; k++)
            if (names[k] == v->levels[l]) at[l] = k;
    for (size_t s = 0; s < n; s++) v->level[s] = at[v->level[s]];
    memcpy(v->levels, names, v->n_levels * sizeof *names);
    free(at);
    free(names);
    return TIL_OK;
}

static til_status_t understand(til_ctx_t *ctx, making_t *m)
{
    til_status_t status = TIL_OK;

    for (int i = 0; i < N_ROLES; i++) {
        if (m->column[i] < 0) continue;
        TIL_TRY(til_variable_make(ctx, &m->frame, (size_t)m->column[i], TIL_AS_FACTOR,
                                  m->c->input->typing, m->c->arena, &m->role[i]));
        if (i != PATIENT) {
            TIL_TRY(til_variable_need_levels(ctx, &m->frame, &m->role[i]));
            til_say(ctx, TIL_LOG_NOTICE, "%s", m->role[i].about);
        }
    }
    if (m->column[TIME] >= 0) TIL_TRY(order_visits(ctx, &m->role[TIME], m->frame.n));
done:
    return status;
}

/* ---- units ------------------------------------------------------------------------------- */

static size_t level_of(const making_t *m, int role, size_t s)
{
    return m->column[role] < 0 ? 0 : m->role[role].level[s];
}

/* Where a sample of the frame stands in the sheet, for messages. */
static size_t line_of(const making_t *m, size_t s) { return m->c->sheet->lines[m->frame.rows[s]]; }

static til_status_t name_levels(til_ctx_t *ctx, making_t *m, int role, size_t *n, char ***names)
{
    til_status_t status = TIL_OK;

    if (m->column[role] >= 0) {
        *n = m->role[role].n_levels;
        *names = m->role[role].levels;
        return TIL_OK;
    }
    *n = 1;
    TIL_TRY(til_keep_array(ctx, m->c->arena, 1, sizeof **names, names));
    TIL_TRY(til_keep_text(ctx, m->c->arena, "", &(*names)[0]));
done:
    return status;
}

static til_status_t make_units(til_ctx_t *ctx, making_t *m)
{
    til_trial_cohort_t *c = m->c;
    size_t n_rows = c->sheet->n_samples;
    til_status_t status = TIL_OK;

    TIL_TRY(name_levels(ctx, m, TIME, &c->n_visits, &c->visits));
    TIL_TRY(name_levels(ctx, m, TISSUE, &c->n_tissues, &c->tissues));
    TIL_TRY(name_levels(ctx, m, ARM, &c->n_arms, &c->arms));
    c->is_paired = m->column[PATIENT] >= 0;
    c->n_units = c->is_paired ? m->role[PATIENT].n_levels : m->frame.n;
    TIL_TRY(til_keep_array(ctx, c->arena, c->n_units, sizeof *c->units, &c->units));
    TIL_TRY(til_keep_array(ctx, c->arena, c->n_units, sizeof *c->arm_of, &c->arm_of));
    TIL_TRY(til_keep_array(ctx, c->arena, c->n_units, sizeof *c->stratum_of, &c->stratum_of));
    TIL_TRY(til_keep_array(ctx, c->arena, c->n_units * til_trial_n_cells(c), sizeof *c->sample,
                           &c->sample));
    TIL_TRY(til_keep_array(ctx, c->arena, n_rows, sizeof *c->unit_of_sample, &c->unit_of_sample));
    TIL_TRY(til_keep_array(ctx, c->arena, n_rows, sizeof *c->visit_of_sample, &c->visit_of_sample));
    TIL_TRY(
        til_keep_array(ctx, c->arena, n_rows, sizeof *c->tissue_of_sample, &c->tissue_of_sample));
    for (size_t r = 0; r < n_rows; r++) c->unit_of_sample[r] = -1;
    for (size_t i = 0; i < c->n_units * til_trial_n_cells(c); i++) c->sample[i] = -1;
done:
    return status;
}

static til_status_t two_samples(til_ctx_t *ctx, const making_t *m, size_t s, size_t unit,
                                ptrdiff_t earlier)
{
    const til_sheet_t *sheet = m->c->sheet;

    return til_fail(ctx, TIL_EINPUT,
                    "%s:%zu: %s %s has two samples at %s %s, %s and %s: --exclude COLUMN=VALUE "
                    "leaves one out%s",
                    sheet->origin, line_of(m, s), m->c->input->pair, m->c->units[unit],
                    m->c->input->time, m->c->visits[level_of(m, TIME, s)], sheet->samples[earlier],
                    sheet->samples[m->frame.rows[s]],
                    m->column[TISSUE] < 0 ? ", --within COLUMN tells tissues apart" : "");
}

/* Puts each sample in its patient's place; the arm of a patient is one. */
static til_status_t place_samples(til_ctx_t *ctx, making_t *m)
{
    til_trial_cohort_t *c = m->c;
    size_t *first = til_array(c->n_units, sizeof *first);
    til_status_t status = TIL_OK;

    if (first == NULL) return til_no_memory(ctx, c->n_units, "patients");
    for (size_t p = 0; p < c->n_units; p++) first[p] = SIZE_MAX;
    for (size_t s = 0; s < m->frame.n; s++) {
        size_t row = m->frame.rows[s], p = c->is_paired ? m->role[PATIENT].level[s] : s;
        size_t visit = level_of(m, TIME, s), tissue = level_of(m, TISSUE, s);
        size_t arm = level_of(m, ARM, s);

        if (first[p] == SIZE_MAX) {
            first[p] = s;
            c->units[p] = c->is_paired ? m->role[PATIENT].levels[p] : c->sheet->samples[row];
            c->arm_of[p] = arm;
        }
        if (c->arm_of[p] != arm) {
            status = til_fail(ctx, TIL_EINPUT,
                              "%s:%zu: %s %s is in %s %s here and in %s on line %zu: a patient has "
                              "one arm",
                              c->sheet->origin, line_of(m, s), c->input->pair, c->units[p],
                              c->input->arm, c->arms[arm], c->arms[c->arm_of[p]],
                              line_of(m, first[p]));
            goto done;
        }
        ptrdiff_t *cell = &c->sample[p * til_trial_n_cells(c) + tissue * c->n_visits + visit];
        if (*cell >= 0) TIL_TRY(two_samples(ctx, m, s, p, *cell));
        *cell = (ptrdiff_t)row;
        c->unit_of_sample[row] = (ptrdiff_t)p;
        c->visit_of_sample[row] = visit;
        c->tissue_of_sample[row] = tissue;
    }
done:
    free(first);
    return status;
}

/* ---- strata and covariates --------------------------------------------------------------- */

/* The stratum of a patient is the combination of its cells in the columns of --strata. */
static til_status_t find_strata(til_ctx_t *ctx, making_t *m)
{
    til_trial_cohort_t *c = m->c;
    til_names_t *names = til_names_new();
    til_strbuf_t key = { 0 };
    til_status_t status = TIL_OK;
    bool *known = til_array_zero(c->n_units, sizeof *known);

    c->n_strata = 1;
    if (names == NULL || known == NULL) TIL_TRY(til_no_memory(ctx, c->n_units, "strata"));
    for (size_t s = 0; s < m->frame.n && c->input->n_strata > 0; s++) {
        size_t row = m->frame.rows[s], p = (size_t)c->unit_of_sample[row];

        til_strbuf_reset(&key);
        for (size_t i = 0; i < c->input->n_strata; i++) {
            ptrdiff_t column = til_sheet_column(c->sheet, c->input->strata[i]);
            til_strbuf_printf(&key, "%s\t", til_sheet_cell(c->sheet, row, (size_t)column));
        }
        ptrdiff_t id = til_names_add(names, til_strbuf_text(&key), NULL);
        if (id < 0 || key.failed) TIL_TRY(til_no_memory(ctx, c->n_units, "strata"));
        if (known[p] && c->stratum_of[p] != (size_t)id) {
            status = til_fail(ctx, TIL_EINPUT,
                              "%s:%zu: the stratum (%s) of %s differs from that of an earlier "
                              "sample: a patient has one",
                              c->sheet->origin, line_of(m, s), c->input->strata[0], c->units[p]);
            goto done;
        }
        known[p] = true;
        c->stratum_of[p] = (size_t)id;
        c->n_strata = til_names_count(names);
    }
done:
    til_strbuf_clear(&key);
    til_names_free(names);
    free(known);
    return status;
}

/* Adds a column of numbers; `level` is SIZE_MAX for a covariate, else the level that is 1. */
static til_status_t add_covariate(til_ctx_t *ctx, making_t *m, const til_variable_t *v,
                                  size_t level)
{
    til_trial_cohort_t *c = m->c;
    til_trial_covariate_t *out = &c->covariates[c->n_covariates];
    til_strbuf_t name = { 0 };
    char *kept;
    til_status_t status = TIL_OK;
    size_t n_rows = c->sheet->n_samples;

    til_strbuf_add(&name, v->name);
    if (level != SIZE_MAX) til_strbuf_printf(&name, "=%s", v->levels[level]);
    TIL_TRY(til_keep_strbuf(ctx, c->arena, &name, &kept));
    out->name = kept;
    TIL_TRY(til_keep_array(ctx, c->arena, n_rows, sizeof *out->x, &out->x));
    for (size_t r = 0; r < n_rows; r++) out->x[r] = NAN;
    for (size_t s = 0; s < m->frame.n; s++)
        out->x[m->frame.rows[s]] = level == SIZE_MAX ? v->value[s] : v->level[s] == level;
    out->is_of_unit = true;
    for (size_t p = 0; p < c->n_units; p++) {
        double value = NAN;
        for (size_t k = 0; k < til_trial_n_cells(c); k++) {
            ptrdiff_t row = til_trial_sample(c, p, k);
            if (row < 0) continue;
            if (!isnan(value) && out->x[row] != value) out->is_of_unit = false;
            value = out->x[row];
        }
    }
    c->n_covariates++;
done:
    til_strbuf_clear(&name);
    return status;
}

static til_status_t find_covariates(til_ctx_t *ctx, making_t *m)
{
    til_trial_cohort_t *c = m->c;
    const til_trial_input_t *in = c->input;
    til_status_t status = TIL_OK;
    til_variable_t v;
    size_t n = 0;

    for (size_t i = 0; i < in->n_adjust; i++) {
        for (int role = 0; role < N_ROLES; role++)
            if (m->column[role] == til_sheet_column(c->sheet, in->adjust[i]))
                return til_fail(ctx, TIL_EUSAGE, "--adjust %s: the column of %s cannot be held too",
                                in->adjust[i], OPTIONS[role]);
        n += m->frame.n;
    }
    TIL_TRY(til_keep_array(ctx, c->arena, n, sizeof *c->covariates, &c->covariates));
    for (size_t i = 0; i < in->n_adjust; i++) {
        ptrdiff_t column = til_sheet_column(c->sheet, in->adjust[i]);
        TIL_TRY(til_variable_make(ctx, &m->frame, (size_t)column, TIL_AS_FOUND, in->typing,
                                  c->arena, &v));
        til_say(ctx, TIL_LOG_NOTICE, "%s", v.about);
        if (!v.is_factor) TIL_TRY(add_covariate(ctx, m, &v, SIZE_MAX));
        for (size_t l = 1; v.is_factor && l < v.n_levels; l++)
            TIL_TRY(add_covariate(ctx, m, &v, l));
    }
done:
    return status;
}

/* ---- who cannot be compared ---------------------------------------------------------------- */

static til_status_t judge(til_ctx_t *ctx, til_trial_cohort_t *c)
{
    til_status_t status = TIL_OK;
    til_strbuf_t b = { 0 };
    size_t n_singles = 0;

    for (size_t p = 0; p < c->n_units && c->is_paired; p++)
        for (size_t tissue = 0; tissue < c->n_tissues; tissue++) {
            size_t n = 0, last = 0;
            for (size_t v = 0; v < c->n_visits; v++)
                if (til_trial_sample(c, p, tissue * c->n_visits + v) >= 0) {
                    n++;
                    last = v;
                }
            if (n != 1) continue;
            ptrdiff_t row = til_trial_sample(c, p, tissue * c->n_visits + last);
            til_strbuf_reset(&b);
            til_strbuf_printf(&b, "only one visit (%s)", c->visits[last]);
            if (c->n_tissues > 1) til_strbuf_printf(&b, " of %s", c->tissues[tissue]);
            TIL_TRY(til_keep_strbuf(ctx, c->arena, &b, &c->reasons[row]));
            n_singles++;
        }
    if (n_singles > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu samples are the only one of their %s and have no change: left_out.tsv names "
                "them",
                n_singles, c->input->pair);
    if ((double)n_singles > MANY_SINGLES * (double)(c->n_units * c->n_tissues))
        til_say(
            ctx, TIL_LOG_NOTICE,
            "%.0f %% of patients have one visit: effect_all takes them in (REML) beside the pairs",
            100 * (double)n_singles / (double)(c->n_units * c->n_tissues));
done:
    til_strbuf_clear(&b);
    return status;
}

til_status_t til_trial_cohort_init(til_ctx_t *ctx, const til_trial_input_t *input,
                                   til_trial_cohort_t *out)
{
    making_t m = { .c = out };
    til_status_t status = TIL_OK;

    *out = (til_trial_cohort_t){ .sheet = input->sheet, .input = input };
    out->arena = til_arena_new();
    if (out->arena == NULL) TIL_TRY(til_no_memory(ctx, 1, "cohort"));
    TIL_TRY(til_keep_array(ctx, out->arena, input->sheet->n_samples, sizeof *out->reasons,
                           &out->reasons));
    TIL_TRY(til_frame_all(ctx, input->sheet, &m.frame));
    TIL_TRY(til_typing_check(ctx, &m.frame, input->typing));
    TIL_TRY(find_columns(ctx, &m));
    TIL_TRY(complete(ctx, &m));
    TIL_TRY(understand(ctx, &m));
    TIL_TRY(make_units(ctx, &m));
    TIL_TRY(place_samples(ctx, &m));
    TIL_TRY(find_strata(ctx, &m));
    TIL_TRY(find_covariates(ctx, &m));
    TIL_TRY(judge(ctx, out));
done:
    free(m.frame.rows);
    return status;
}

void til_trial_cohort_clear(til_trial_cohort_t *cohort)
{
    if (cohort == NULL) return;
    til_arena_free(cohort->arena);
    *cohort = (til_trial_cohort_t){ 0 };
}
