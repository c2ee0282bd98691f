/* trial.c -- the driver: cohort, questions, values, fits, permutations, tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/keep.h"
#include "base/need.h"
#include "base/try.h"
#include "base/words.h"
#include "trial/answer.h"
#include "trial/missing.h"
#include "trial/permute.h"
#include "trial/response.h"

TIL_DEFINE_WORDS(
    til_trial_baseline_words,
    3, [TIL_BASELINE_AUTO] = "auto", [TIL_BASELINE_YES] = "yes", [TIL_BASELINE_NO] = "no");

const char *til_trial_kind_name(til_trial_kind_t kind)
{
    static const char *const names[] = { "set", "gene", "ratio", "value" };
    return names[kind];
}

/* Everything between input and result. */
typedef struct {
    til_trial_cohort_t cohort;
    til_trial_questions_t questions;
    til_trial_values_t values;
    til_trial_fits_t *fits;     /* per question */
    til_trial_chance_t *chance; /* per question */
} work_t;

static void work_clear(work_t *w)
{
    for (size_t q = 0; w->fits != NULL && q < w->questions.n; q++)
        til_trial_fits_clear(&w->fits[q]);
    for (size_t q = 0; w->chance != NULL && q < w->questions.n; q++) {
        free(w->chance[q].p);
        free(w->chance[q].family);
        free(w->chance[q].least);
    }
    free(w->fits);
    free(w->chance);
    til_trial_values_clear(&w->values);
    til_trial_questions_clear(&w->questions);
    til_trial_cohort_clear(&w->cohort);
}

static til_status_t chance_init(til_ctx_t *ctx, size_t n, til_trial_chance_t *chance)
{
    chance->p = til_array(n, sizeof *chance->p);
    chance->family = til_array(n, sizeof *chance->family);
    chance->least = til_array(n, sizeof *chance->least);
    if (chance->p == NULL || chance->family == NULL || chance->least == NULL)
        return til_no_memory(ctx, n, "signatures");
    for (size_t i = 0; i < n; i++) chance->p[i] = chance->family[i] = chance->least[i] = NAN;
    return TIL_OK;
}

static til_status_t fit_all(til_ctx_t *ctx, work_t *w)
{
    size_t n_questions = w->questions.n, n_tested = 0;
    til_status_t status = TIL_OK;

    w->fits = til_array_zero(n_questions, sizeof *w->fits);
    w->chance = til_array_zero(n_questions, sizeof *w->chance);
    if (w->fits == NULL || w->chance == NULL) TIL_TRY(til_no_memory(ctx, n_questions, "questions"));
    for (size_t q = 0; q < n_questions; q++) {
        TIL_TRY(til_trial_fit(ctx, &w->cohort, &w->questions.items[q], &w->values, &w->fits[q]));
        TIL_TRY(chance_init(ctx, w->values.n_signatures, &w->chance[q]));
        for (size_t k = 0; k < w->fits[q].n_fits; k++)
            n_tested += w->fits[q].fits[k].frame.problem == NULL;
        if (w->fits[q].has_baseline)
            til_say(ctx, TIL_LOG_NOTICE,
                    "%s: the first visit is a covariate: arms are taken as made by chance "
                    "(--baseline no: they were chosen)",
                    w->questions.items[q].id);
    }
    if (n_tested == 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: no question has two patients to compare in each group: look at the "
                         "columns of --pair, --time and --arm",
                         w->cohort.sheet->origin));
    TIL_TRY(til_trial_permute(ctx, &w->cohort, w->fits, n_questions, w->chance));
done:
    return status;
}

/* ---- who is left out ------------------------------------------------------------------------ */

static til_status_t list_left_out(til_ctx_t *ctx, const work_t *w, til_table_t *out)
{
    const til_trial_cohort_t *c = &w->cohort;
    size_t n = 0, at = 0, sample, patient, reason;
    til_status_t status = TIL_OK;

    for (size_t r = 0; r < c->sheet->n_samples; r++) n += c->reasons[r] != NULL;
    TIL_TRY(til_table_init(ctx, n, out));
    TIL_TRY(til_table_add_text(ctx, out, "sample", "", &sample));
    TIL_TRY(til_table_add_text(ctx, out, "patient", "", &patient));
    TIL_TRY(til_table_add_text(ctx, out, "reason", "why it is in no comparison", &reason));
    for (size_t r = 0; r < c->sheet->n_samples; r++) {
        if (c->reasons[r] == NULL) continue;
        const char *name = c->sheet->samples[r];
        if (c->input->pair != NULL)
            name = til_sheet_cell(c->sheet, r, (size_t)til_sheet_column(c->sheet, c->input->pair));
        TIL_TRY(til_table_set_text(ctx, out, sample, at, c->sheet->samples[r]));
        TIL_TRY(til_table_set_text(ctx, out, patient, at, name));
        TIL_TRY(til_table_set_text(ctx, out, reason, at++, c->reasons[r]));
    }
done:
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static til_status_t answer_all(til_ctx_t *ctx, const work_t *w, til_trial_result_t *out)
{
    til_status_t status = TIL_OK;

    out->answers = til_array_zero(w->questions.n, sizeof *out->answers);
    if (out->answers == NULL) TIL_TRY(til_no_memory(ctx, w->questions.n, "answers"));
    out->n_answers = w->questions.n;
    for (size_t q = 0; q < w->questions.n; q++) {
        til_trial_answer_t *answer = &out->answers[q];
        const til_trial_question_t *question = &w->questions.items[q];
        TIL_TRY(til_keep_text(ctx, out->arena, question->id, &answer->id));
        TIL_TRY(til_keep_text(ctx, out->arena, question->text, &answer->text));
        TIL_TRY(til_trial_answer_table(ctx, &w->cohort, &w->values, &w->fits[q], &w->chance[q],
                                       &answer->table));
        TIL_TRY(
            til_trial_answer_patients(ctx, &w->cohort, &w->values, question, &answer->patients));
    }
done:
    return status;
}

til_status_t til_trial_run(til_ctx_t *ctx, const til_trial_input_t *input, til_trial_result_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_trial_result_t){ 0 };
    TIL_NEED(ctx, input);
    work_t w = { 0 };
    til_status_t status = TIL_OK;

    *out = (til_trial_result_t){ .arena = til_arena_new() };
    if (out->arena == NULL) TIL_TRY(til_no_memory(ctx, 1, "result"));
    TIL_TRY(til_trial_cohort_init(ctx, input, &w.cohort));
    TIL_TRY(til_trial_questions_list(ctx, &w.cohort, &w.questions));
    TIL_TRY(til_trial_values_init(ctx, &w.cohort, &w.values));
    TIL_TRY(fit_all(ctx, &w));
    TIL_TRY(answer_all(ctx, &w, out));
    TIL_TRY(list_left_out(ctx, &w, &out->left_out));
    if (w.cohort.is_paired)
        TIL_TRY(til_trial_missing_table(ctx, &w.cohort, &w.values, &out->missing));
    if (input->response != NULL)
        TIL_TRY(til_trial_response_table(ctx, &w.cohort, &w.values, &out->response));
done:
    work_clear(&w);
    if (status != TIL_OK) til_trial_result_clear(out);
    return status;
}

void til_trial_result_clear(til_trial_result_t *result)
{
    if (result == NULL) return;
    for (size_t q = 0; q < result->n_answers; q++) {
        til_table_clear(&result->answers[q].table);
        til_table_clear(&result->answers[q].patients);
    }
    free(result->answers);
    til_table_clear(&result->left_out);
    til_table_clear(&result->missing);
    til_table_clear(&result->response);
    til_arena_free(result->arena);
    *result = (til_trial_result_t){ 0 };
}
