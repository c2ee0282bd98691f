/* question.c -- what can be asked of a cohort.
 *
 *     paired      LEVEL_in_ARM               the change since the first visit, in each arm
 *                 ARM_vs_ARM_LEVEL           the difference of two changes, every pair of arms
 *                 LEVEL_vs_LEVEL_in_ARM      from one visit on treatment to the next
 *                 waning_in_ARM              the last minus the first visit on treatment
 *                 ARM_vs_ARM_waning          the difference of two wanings
 *     unpaired    ARM_vs_ARM                 levels of samples
 *                 LEVEL_in_ARM               two visits of other animals or patients
 *                 ARM_vs_ARM_LEVEL           the difference of two such differences
 *     tissues     TISSUE_ID for each of the above, and TISSUE_vs_TISSUE_ID: within patients, the
 *                 change in the one minus the change in the other
 *     designs     the contrasts as they are called
 *
 * Without arms, _in_ARM is left out of the names.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/try.h"
#include "trial/question.h"

typedef struct {
    const til_trial_cohort_t *c;
    til_trial_questions_t *out;
    bool has_arms;
} listing_t;

/* ---- adding ------------------------------------------------------------------------------ */

static til_status_t add(til_ctx_t *ctx, listing_t *l, const til_trial_question_t *question,
                        const til_strbuf_t *id, const til_strbuf_t *text)
{
    til_trial_questions_t *out = l->out;
    til_trial_question_t copy = *question;
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < out->n; i++)
        if (strcmp(out->items[i].id, til_strbuf_text(id)) == 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s: two questions would be called %s: rename levels of --arm, --time "
                            "or --within",
                            l->c->sheet->origin, til_strbuf_text(id));
    TIL_TRY(til_keep_strbuf(ctx, out->arena, id, &copy.id));
    TIL_TRY(til_keep_strbuf(ctx, out->arena, text, &copy.text));
    TIL_TRY(til_grow(ctx, &out->items, &out->capacity, out->n + 1, sizeof *out->items));
    out->items[out->n++] = copy;
done:
    return status;
}

/* ---- paired ------------------------------------------------------------------------------ */

/* What of a patient is compared: visits (to minus from) of one tissue, or of two. */
typedef struct {
    const char *name; /* on3, on3_vs_on1, waning */
    size_t from, to;
} step_t;

static void add_term(til_trial_question_t *q, size_t cell, double coef)
{
    q->cell[q->n_terms] = cell;
    q->coef[q->n_terms++] = coef;
}

/* Values of the step in tissue `tissue`, minus those in `other` where that is not -1. */
static void set_terms(const til_trial_cohort_t *c, const step_t *step, size_t tissue,
                      ptrdiff_t other, til_trial_question_t *q)
{
    q->n_terms = 0;
    q->first_cell = tissue * c->n_visits;
    add_term(q, tissue * c->n_visits + step->to, 1);
    add_term(q, tissue * c->n_visits + step->from, -1);
    if (other < 0) return;
    add_term(q, (size_t)other * c->n_visits + step->to, -1);
    add_term(q, (size_t)other * c->n_visits + step->from, 1);
}

static void begin_names(const listing_t *l, size_t tissue, ptrdiff_t other, til_strbuf_t *id,
                        til_strbuf_t *text)
{
    char **tissues = l->c->tissues;

    til_strbuf_reset(id);
    til_strbuf_reset(text);
    if (l->c->n_tissues == 1) return;
    til_strbuf_add(id, tissues[tissue]);
    til_strbuf_printf(text, "in %s", tissues[tissue]);
    if (other >= 0) {
        til_strbuf_printf(id, "_vs_%s", tissues[other]);
        til_strbuf_printf(text, " more than in %s", tissues[other]);
    }
    til_strbuf_add_char(id, '_');
    til_strbuf_add(text, ", ");
}

static void add_step_text(const til_trial_cohort_t *c, const step_t *step, til_strbuf_t *text)
{
    til_strbuf_printf(text, "%s versus %s within %s", c->visits[step->to], c->visits[step->from],
                      c->input->pair);
}

static til_status_t ask_step(til_ctx_t *ctx, listing_t *l, const step_t *step, size_t tissue,
                             ptrdiff_t other)
{
    const til_trial_cohort_t *c = l->c;
    til_strbuf_t id = { 0 }, text = { 0 };
    til_trial_question_t q = { .n_groups = 1 };
    til_status_t status = TIL_OK;

    set_terms(c, step, tissue, other, &q);
    for (size_t a = 0; a < c->n_arms; a++) {
        q.groups[0] = (til_trial_group_t){ l->has_arms ? (ptrdiff_t)a : -1, -1, 1 };
        begin_names(l, tissue, other, &id, &text);
        til_strbuf_add(&id, step->name);
        add_step_text(c, step, &text);
        if (l->has_arms) {
            til_strbuf_printf(&id, "_in_%s", c->arms[a]);
            til_strbuf_printf(&text, ", in %s %s", c->input->arm, c->arms[a]);
        }
        TIL_TRY(add(ctx, l, &q, &id, &text));
    }
    q.n_groups = 2;
    for (size_t a = 0; a < c->n_arms && l->has_arms; a++)
        for (size_t b = a + 1; b < c->n_arms; b++) {
            q.groups[0] = (til_trial_group_t){ (ptrdiff_t)b, -1, 1 };
            q.groups[1] = (til_trial_group_t){ (ptrdiff_t)a, -1, -1 };
            begin_names(l, tissue, other, &id, &text);
            til_strbuf_printf(&id, "%s_vs_%s_%s", c->arms[b], c->arms[a], step->name);
            add_step_text(c, step, &text);
            til_strbuf_printf(&text, ", %s %s more than %s", c->input->arm, c->arms[b], c->arms[a]);
            TIL_TRY(add(ctx, l, &q, &id, &text));
        }
done:
    til_strbuf_clear(&id);
    til_strbuf_clear(&text);
    return status;
}

/* A step in every tissue, then between tissues. */
static til_status_t ask_everywhere(til_ctx_t *ctx, listing_t *l, const step_t *step)
{
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < l->c->n_tissues; i++) TIL_TRY(ask_step(ctx, l, step, i, -1));
    for (size_t i = 0; i < l->c->n_tissues; i++)
        for (size_t k = i + 1; k < l->c->n_tissues; k++)
            TIL_TRY(ask_step(ctx, l, step, k, (ptrdiff_t)i));
done:
    return status;
}

static til_status_t ask_paired(til_ctx_t *ctx, listing_t *l)
{
    const til_trial_cohort_t *c = l->c;
    til_strbuf_t name = { 0 };
    til_status_t status = TIL_OK;

    for (size_t v = 1; v < c->n_visits; v++)
        TIL_TRY(ask_everywhere(ctx, l, &(step_t){ c->visits[v], 0, v }));
    for (size_t v = 2; v < c->n_visits; v++) {
        til_strbuf_reset(&name);
        til_strbuf_printf(&name, "%s_vs_%s", c->visits[v], c->visits[v - 1]);
        if (name.failed) TIL_TRY(til_no_memory(ctx, 1, "name"));
        TIL_TRY(ask_everywhere(ctx, l, &(step_t){ til_strbuf_text(&name), v - 1, v }));
    }
    if (c->n_visits > 2) TIL_TRY(ask_everywhere(ctx, l, &(step_t){ "waning", 1, c->n_visits - 1 }));
done:
    til_strbuf_clear(&name);
    return status;
}

/* ---- unpaired ---------------------------------------------------------------------------- */

/* Levels of samples between arms, at one visit or whatever their visit. */
static til_status_t ask_levels(til_ctx_t *ctx, listing_t *l)
{
    const til_trial_cohort_t *c = l->c;
    til_strbuf_t id = { 0 }, text = { 0 };
    til_trial_question_t q = { .n_groups = 2 };
    til_status_t status = TIL_OK;

    for (size_t a = 0; a < c->n_arms; a++)
        for (size_t b = a + 1; b < c->n_arms; b++) {
            q.groups[0] = (til_trial_group_t){ (ptrdiff_t)b, -1, 1 };
            q.groups[1] = (til_trial_group_t){ (ptrdiff_t)a, -1, -1 };
            til_strbuf_reset(&id);
            til_strbuf_reset(&text);
            til_strbuf_printf(&id, "%s_vs_%s", c->arms[b], c->arms[a]);
            til_strbuf_printf(&text, "%s %s versus %s", c->input->arm, c->arms[b], c->arms[a]);
            TIL_TRY(add(ctx, l, &q, &id, &text));
        }
done:
    til_strbuf_clear(&id);
    til_strbuf_clear(&text);
    return status;
}

static til_status_t ask_visit(til_ctx_t *ctx, listing_t *l, size_t v)
{
    const til_trial_cohort_t *c = l->c;
    til_strbuf_t id = { 0 }, text = { 0 };
    til_trial_question_t q = { .n_groups = 2 };
    til_status_t status = TIL_OK;

    for (size_t a = 0; a < c->n_arms; a++) {
        ptrdiff_t arm = l->has_arms ? (ptrdiff_t)a : -1;
        q.groups[0] = (til_trial_group_t){ arm, (ptrdiff_t)v, 1 };
        q.groups[1] = (til_trial_group_t){ arm, 0, -1 };
        til_strbuf_reset(&id);
        til_strbuf_reset(&text);
        til_strbuf_add(&id, c->visits[v]);
        til_strbuf_printf(&text, "%s versus %s", c->visits[v], c->visits[0]);
        if (l->has_arms) {
            til_strbuf_printf(&id, "_in_%s", c->arms[a]);
            til_strbuf_printf(&text, ", in %s %s", c->input->arm, c->arms[a]);
        }
        TIL_TRY(add(ctx, l, &q, &id, &text));
    }
    q.n_groups = 4;
    for (size_t a = 0; a < c->n_arms && l->has_arms; a++)
        for (size_t b = a + 1; b < c->n_arms; b++) {
            q.groups[0] = (til_trial_group_t){ (ptrdiff_t)b, (ptrdiff_t)v, 1 };
            q.groups[1] = (til_trial_group_t){ (ptrdiff_t)b, 0, -1 };
            q.groups[2] = (til_trial_group_t){ (ptrdiff_t)a, (ptrdiff_t)v, -1 };
            q.groups[3] = (til_trial_group_t){ (ptrdiff_t)a, 0, 1 };
            til_strbuf_reset(&id);
            til_strbuf_reset(&text);
            til_strbuf_printf(&id, "%s_vs_%s_%s", c->arms[b], c->arms[a], c->visits[v]);
            til_strbuf_printf(&text, "%s versus %s, %s %s more than %s", c->visits[v], c->visits[0],
                              c->input->arm, c->arms[b], c->arms[a]);
            TIL_TRY(add(ctx, l, &q, &id, &text));
        }
done:
    til_strbuf_clear(&id);
    til_strbuf_clear(&text);
    return status;
}

/* ---- designs ----------------------------------------------------------------------------- */

static til_status_t ask_designs(til_ctx_t *ctx, listing_t *l)
{
    const til_questions_t *asked = l->c->input->questions;
    til_strbuf_t id = { 0 }, text = { 0 };
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < asked->n_questions; i++)
        for (size_t k = 0; k < asked->questions[i].n_contrasts; k++) {
            const til_contrast_t *contrast = &asked->questions[i].contrasts[k];
            til_trial_question_t q = { .n_groups = 1, .groups = { { -1, -1, 1 } } };
            q.design = &asked->questions[i].design;
            q.contrast = contrast->weights;
            til_strbuf_reset(&id);
            til_strbuf_reset(&text);
            til_strbuf_add(&id, contrast->id);
            til_strbuf_add(&text, contrast->text);
            TIL_TRY(add(ctx, l, &q, &id, &text));
        }
done:
    til_strbuf_clear(&id);
    til_strbuf_clear(&text);
    return status;
}

til_status_t til_trial_questions_list(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                      til_trial_questions_t *out)
{
    listing_t l = { .c = cohort, .out = out, .has_arms = cohort->input->arm != NULL };
    til_status_t status = TIL_OK;

    *out = (til_trial_questions_t){ .arena = til_arena_new() };
    if (out->arena == NULL) return til_no_memory(ctx, 1, "questions");
    if (cohort->input->questions != NULL) return ask_designs(ctx, &l);
    if (cohort->is_paired) return ask_paired(ctx, &l);
    if (cohort->input->time == NULL) return ask_levels(ctx, &l);
    for (size_t v = 1; v < cohort->n_visits; v++) TIL_TRY(ask_visit(ctx, &l, v));
done:
    return status;
}

void til_trial_questions_clear(til_trial_questions_t *questions)
{
    if (questions == NULL) return;
    free(questions->items);
    til_arena_free(questions->arena);
    *questions = (til_trial_questions_t){ 0 };
}
