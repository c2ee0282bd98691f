/* pair_cohort.c -- who takes part in a paired comparison. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/try.h"
#include "design/pair_cohort.h"

static til_status_t find_columns(til_ctx_t *ctx, til_cohort_t *c)
{
    const char *names[3] = { c->pairing->pair, c->pairing->time, c->pairing->arm };
    static const char *const options[3] = { "--pair", "--time", "--arm" };
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < 3 && names[i] != NULL; i++) {
        TIL_TRY(til_frame_column(ctx, &c->frame, names[i], options[i], &c->columns[i]));
        for (size_t k = 0; k < i; k++)
            if (c->columns[k] == c->columns[i])
                return til_fail(ctx, TIL_EUSAGE, "%s and %s are the same column, %s", options[k],
                                options[i], names[i]);
    }

done:
    return status;
}

/* Columns of strata and covariates; each stands once and is none of the others. */
static til_status_t find_extra_columns(til_ctx_t *ctx, til_cohort_t *c)
{
    til_status_t status = TIL_OK;
    const til_pairing_t *pairing = c->pairing;
    size_t n_main = pairing->arm == NULL ? 2 : 3, n = pairing->n_strata + pairing->n_adjust;

    TIL_TRY(til_keep_array(ctx, c->arena, n, sizeof *c->extra, &c->extra));
    TIL_TRY(til_keep_array(ctx, c->arena, n, sizeof *c->extra_columns, &c->extra_columns));
    for (size_t i = 0; i < n; i++) {
        bool is_stratum = i < pairing->n_strata;
        const char *option = is_stratum ? "--strata" : "--adjust";
        const char *name = is_stratum ? pairing->strata[i] : pairing->adjust[i - pairing->n_strata];
        TIL_TRY(til_frame_column(ctx, &c->frame, name, option, &c->extra_columns[i]));
        bool is_again = false;
        for (size_t k = 0; k < n_main; k++) is_again |= c->columns[k] == c->extra_columns[i];
        for (size_t k = 0; k < i; k++) is_again |= c->extra_columns[k] == c->extra_columns[i];
        if (is_again)
            return til_fail(ctx, TIL_EUSAGE, "%s %s: that column is in the design already", option,
                            name);
    }
    c->n_extra = n;
    c->n_strata = pairing->n_strata;

done:
    return status;
}

/* A stratum is the patient's own. */
static til_status_t check_stratum(til_ctx_t *ctx, const til_cohort_t *c, const til_variable_t *v)
{
    const til_variable_t *patient = &c->variables[TIL_PATIENT];

    for (size_t s = 0; s < c->frame.n; s++)
        for (size_t e = 0; e < s; e++)
            if (patient->level[e] == patient->level[s] && v->level[e] != v->level[s])
                return til_fail(
                    ctx, TIL_EINPUT,
                    "%s: --strata %s: it changes between samples of %s %s: --adjust takes "
                    "what has a value per sample",
                    c->sheet->origin, v->name, patient->name, patient->levels[patient->level[s]]);
    return TIL_OK;
}

static til_status_t make_extra(til_ctx_t *ctx, til_cohort_t *c, const til_typing_t *typing)
{
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < c->n_extra; i++) {
        TIL_TRY(til_variable_make(ctx, &c->frame, c->extra_columns[i],
                                  i < c->n_strata ? TIL_AS_FACTOR : TIL_AS_FOUND, typing, c->arena,
                                  &c->extra[i]));
        TIL_TRY(til_variable_need_levels(ctx, &c->frame, &c->extra[i]));
        if (i < c->n_strata) TIL_TRY(check_stratum(ctx, c, &c->extra[i]));
    }

done:
    return status;
}

static const char *cell_of(const til_cohort_t *c, size_t s, int what)
{
    return til_sheet_cell(c->sheet, c->frame.rows[s], c->columns[what]);
}

/* TIL_EINPUT when a patient has two samples at one time. */
static til_status_t refuse_duplicates(til_ctx_t *ctx, const til_cohort_t *c)
{
    const til_variable_t *patient = &c->variables[TIL_PATIENT], *time = &c->variables[TIL_TIME];
    const til_sheet_t *sheet = c->sheet;

    for (size_t s = 0; s < c->frame.n; s++)
        for (size_t e = 0; e < s; e++) {
            if (patient->level[e] != patient->level[s] ||
                (time->is_factor ? time->level[e] != time->level[s]
                                 : time->value[e] != time->value[s]))
                continue;
            size_t row = c->frame.rows[s];
            return til_fail(ctx, TIL_EINPUT,
                            "%s:%zu: %s %s has two samples at %s %s, %s and %s: --exclude "
                            "COLUMN=VALUE leaves one out, --collapse COLUMN adds up libraries of "
                            "one sample",
                            sheet->origin, sheet->lines[row], patient->name,
                            patient->levels[patient->level[s]], time->name, cell_of(c, s, TIL_TIME),
                            sheet->samples[c->frame.rows[e]], sheet->samples[row]);
        }
    return TIL_OK;
}

/* TIL_EINPUT when a patient is in two arms. */
static til_status_t refuse_moves(til_ctx_t *ctx, const til_cohort_t *c)
{
    const til_variable_t *patient = &c->variables[TIL_PATIENT];
    const til_sheet_t *sheet = c->sheet;
    size_t *first = til_array(patient->n_levels, sizeof *first);
    til_status_t status = TIL_OK;

    if (first == NULL) return til_no_memory(ctx, patient->n_levels, "patients");
    for (size_t p = 0; p < patient->n_levels; p++) first[p] = c->frame.n;
    for (size_t s = 0; s < c->frame.n && status == TIL_OK; s++) {
        size_t p = patient->level[s], row = c->frame.rows[s], had;
        if (first[p] == c->frame.n) first[p] = s;
        had = c->frame.rows[first[p]];
        if (strcmp(cell_of(c, first[p], TIL_ARM), cell_of(c, s, TIL_ARM)) != 0)
            status = til_fail(
                ctx, TIL_EINPUT,
                "%s:%zu: %s %s is in %s '%s' here and in '%s' at line %zu: one %s for "
                "all samples of a %s",
                sheet->origin, sheet->lines[row], patient->name, patient->levels[p],
                c->pairing->arm, cell_of(c, s, TIL_ARM), cell_of(c, first[p], TIL_ARM),
                sheet->lines[had], c->pairing->arm, patient->name);
    }
    free(first);
    return status;
}

/* Why patient p cannot take part; nothing when they can. */
static til_status_t judge_patient(til_ctx_t *ctx, til_cohort_t *c, size_t p)
{
    const til_variable_t *patient = &c->variables[TIL_PATIENT], *time = &c->variables[TIL_TIME];
    til_strbuf_t b = { 0 };
    til_status_t status = TIL_OK;
    size_t n = 0, last = 0;
    bool has_reference = !time->is_factor;

    for (size_t s = 0; s < c->frame.n; s++) {
        if (patient->level[s] != p) continue;
        n++;
        last = s;
        if (time->is_factor && time->level[s] == 0) has_reference = true;
    }
    if (b.length == 0 && n == 1)
        til_strbuf_printf(&b, "only one time point (%s)", cell_of(c, last, TIL_TIME));
    else if (b.length == 0 && !has_reference)
        til_strbuf_printf(&b, "no sample at the reference %s %s", time->name, time->levels[0]);
    if (b.length > 0 || b.failed) status = til_keep_strbuf(ctx, c->arena, &b, &c->reasons[p]);
    til_strbuf_clear(&b);
    return status;
}

/* The patients with the reason of patient p, twelve to a line. */
static void say_reason(til_ctx_t *ctx, const til_cohort_t *c, size_t p)
{
    enum { PER_LINE = 12 };
    const til_variable_t *patient = &c->variables[TIL_PATIENT];
    til_strbuf_t list = { 0 };
    size_t n = 0, told = 0;

    for (size_t q = p; q < patient->n_levels; q++)
        n += c->reasons[q] != NULL && strcmp(c->reasons[q], c->reasons[p]) == 0;
    for (size_t q = p; q < patient->n_levels; q++) {
        if (c->reasons[q] == NULL || strcmp(c->reasons[q], c->reasons[p]) != 0) continue;
        til_strbuf_printf(&list, "%s%s", list.length > 0 ? ", " : "", patient->levels[q]);
        if (++told % PER_LINE != 0 && told < n) continue;
        til_say(ctx, TIL_LOG_NOTICE, "%zu %s%s left out, %s: %s", n, patient->name,
                n == 1 ? " is" : "s are", c->reasons[p], til_strbuf_text(&list));
        til_strbuf_reset(&list);
    }
    til_strbuf_clear(&list);
}

static void say_how_to_keep(til_ctx_t *ctx, const til_cohort_t *c)
{
    const til_pairing_t *pairing = c->pairing;

    if (c->n_left_out == 0) return;
    til_say(
        ctx, TIL_LOG_NOTICE,
        "to keep them: --design '~ %s%s%s' --block %s (voom) in place of --pair takes every sample",
        pairing->arm == NULL ? "" : pairing->arm, pairing->arm == NULL ? "" : " * ", pairing->time,
        pairing->pair);
}

static void say_left_out(til_ctx_t *ctx, const til_cohort_t *c)
{
    for (size_t p = 0; p < c->variables[TIL_PATIENT].n_levels; p++) {
        bool is_first = c->reasons[p] != NULL;
        for (size_t q = 0; q < p && is_first; q++)
            is_first = c->reasons[q] == NULL || strcmp(c->reasons[q], c->reasons[p]) != 0;
        if (is_first) say_reason(ctx, c, p);
    }
    say_how_to_keep(ctx, c);
}

static til_status_t judge_patients(til_ctx_t *ctx, til_cohort_t *c)
{
    const til_variable_t *patient = &c->variables[TIL_PATIENT];
    til_status_t status = TIL_OK;
    size_t n_kept = 0;

    TIL_TRY(refuse_duplicates(ctx, c));
    if (c->pairing->arm != NULL) TIL_TRY(refuse_moves(ctx, c));
    TIL_TRY(til_keep_array(ctx, c->arena, patient->n_levels, sizeof *c->reasons, &c->reasons));
    TIL_TRY(til_keep_array(ctx, c->arena, c->sheet->n_samples, 1, &c->is_kept));
    TIL_TRY(til_keep_array(ctx, c->arena, patient->n_levels, sizeof *c->left_out, &c->left_out));
    for (size_t p = 0; p < patient->n_levels; p++) {
        TIL_TRY(judge_patient(ctx, c, p));
        if (c->reasons[p] != NULL)
            c->left_out[c->n_left_out++] = (til_left_out_t){ patient->levels[p], c->reasons[p] };
    }
    say_left_out(ctx, c);
    for (size_t s = 0; s < c->frame.n; s++)
        if (c->reasons[patient->level[s]] == NULL) {
            c->is_kept[c->frame.rows[s]] = 1;
            n_kept++;
        }
    if (n_kept == 0)
        status = til_fail(ctx, TIL_EINPUT, "%s: no %s can be paired; %s: %s", c->sheet->origin,
                          patient->name, patient->levels[0], c->reasons[0]);

done:
    return status;
}

/* Takes the samples that are not kept out of a variable over `frame`, and the levels that are then
 * without samples; says which, unless they are patients. */
static void narrow(til_ctx_t *ctx, til_cohort_t *c, int what, const til_frame_t *frame)
{
    til_variable_t *v = &c->variables[what];
    size_t n = 0, n_levels = 0;

    for (size_t s = 0; s < frame->n; s++) {
        if (!c->is_kept[frame->rows[s]]) continue;
        if (v->is_factor) v->level[n++] = v->level[s];
        else v->value[n++] = v->value[s];
    }
    for (size_t l = 0; l < v->n_levels; l++) {
        bool is_used = false;
        for (size_t s = 0; s < n; s++) is_used = is_used || v->level[s] == l;
        if (!is_used) {
            if (what != TIL_PATIENT)
                til_say(ctx, TIL_LOG_WARNING, "no sample of %s %s is left", v->name, v->levels[l]);
            continue;
        }
        for (size_t s = 0; s < n && n_levels != l; s++)
            if (v->level[s] == l) v->level[s] = n_levels;
        v->levels[n_levels++] = v->levels[l];
    }
    v->n_levels = n_levels;
}

til_status_t til_cohort_gather(til_ctx_t *ctx, til_cohort_t *c, const til_typing_t *typing)
{
    til_status_t status = TIL_OK;
    size_t kept = 0;

    TIL_TRY(til_frame_all(ctx, c->sheet, &c->frame));
    TIL_TRY(til_typing_check(ctx, &c->frame, typing));
    TIL_TRY(find_columns(ctx, c));
    TIL_TRY(find_extra_columns(ctx, c));
    TIL_TRY(til_frame_complete(ctx, &c->frame, c->columns, c->pairing->arm != NULL ? 3 : 2,
                               typing->drop_na));
    TIL_TRY(til_frame_complete(ctx, &c->frame, c->extra_columns, c->n_extra, typing->drop_na));
    TIL_TRY(til_variable_make(ctx, &c->frame, c->columns[TIL_PATIENT], TIL_AS_FACTOR, typing,
                              c->arena, &c->variables[TIL_PATIENT]));
    TIL_TRY(til_variable_make(ctx, &c->frame, c->columns[TIL_TIME],
                              c->pairing->is_trend ? TIL_AS_NUMBER : TIL_AS_VISITS, typing,
                              c->arena, &c->variables[TIL_TIME]));
    TIL_TRY(til_variable_need_levels(ctx, &c->frame, &c->variables[TIL_TIME]));
    if (c->pairing->arm != NULL) {
        TIL_TRY(til_frame_all(ctx, c->sheet, &c->armed));
        c->armed.n = 0;
        for (size_t s = 0; s < c->frame.n; s++)
            if (!til_cell_is_missing(cell_of(c, s, TIL_ARM)))
                c->armed.rows[c->armed.n++] = c->frame.rows[s];
        TIL_TRY(til_variable_make(ctx, &c->armed, c->columns[TIL_ARM], TIL_AS_FACTOR, typing,
                                  c->arena, &c->variables[TIL_ARM]));
    }
    TIL_TRY(judge_patients(ctx, c));
    narrow(ctx, c, TIL_PATIENT, &c->frame);
    narrow(ctx, c, TIL_TIME, &c->frame);
    if (c->pairing->arm != NULL) narrow(ctx, c, TIL_ARM, &c->armed);
    for (size_t s = 0; s < c->frame.n; s++)
        if (c->is_kept[c->frame.rows[s]]) c->frame.rows[kept++] = c->frame.rows[s];
    c->frame.n = kept;
    if (c->pairing->arm != NULL)
        TIL_TRY(til_variable_need_levels(ctx, &c->frame, &c->variables[TIL_ARM]));
    TIL_TRY(make_extra(ctx, c, typing));

done:
    return status;
}

void til_cohort_clear(til_cohort_t *c)
{
    if (c == NULL) return;
    free(c->frame.rows);
    free(c->armed.rows);
}
