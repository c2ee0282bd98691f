/* cmd_design.c -- tilseq design: the matrix a model fits, and what can be asked of it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "cli/design_options.h"
#include "tasks/cautions.h"
#include "tasks/inputs.h"
#include "design/rank.h"

typedef struct {
    til_design_args_t asked;
    til_input_args_t input;
    const char *output, *weights;
    bool strict;
    til_common_t common;
} design_args_t;

static const design_args_t defaults = { .output = "-" };

static const til_opt_t options[] = {
    TIL_DESIGN_OPTIONS(design_args_t),
    { 0, "exclude", TIL_OPT_LIST, offsetof(design_args_t, input.exclude), "COL=VALUE", 0, 0,
      "leave out samples of the sheet with this value (repeatable)" },
    { 0, "include", TIL_OPT_LIST, offsetof(design_args_t, input.include), "COL=VALUE", 0, 0,
      "keep only samples of the sheet with this value (repeatable)" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(design_args_t, output), "FILE", 0, 0,
      "write the matrix (sample and one column per coefficient) to FILE, - for standard output" },
    { 0, "weights", TIL_OPT_OUTPUT, offsetof(design_args_t, weights), "FILE", 0, 0,
      "write what each contrast weighs each coefficient by to FILE" },
    { 0, "strict", TIL_OPT_FLAG, offsetof(design_args_t, strict), NULL, 0, 0,
      "end with exit code 3 where the design gives cause for a warning" },
    TIL_COMMON_OPTIONS(design_args_t)
};

/* ---- words ------------------------------------------------------------------------------- */

/* "arm: R 4, NR 4"; "cohort NAIVE: 19 patients; timepoint pre 19, on 19". */
static void tell_counts(til_ctx_t *ctx, const til_design_t *d, const til_variable_t *v,
                        const til_variable_t *within, size_t level, const char *head)
{
    enum { MAX_SHOWN = 12 };
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

static void tell_contrast(til_ctx_t *ctx, const til_design_t *d, const til_contrast_t *c)
{
    til_strbuf_t b = { 0 };

    for (size_t j = 0; j < d->n_coef; j++) {
        if (c->weights[j] == 0) continue;
        til_strbuf_add(&b, b.length > 0 ? (c->weights[j] < 0 ? " - " : " + ")
                                        : (c->weights[j] < 0 ? "-" : ""));
        double size = c->weights[j] < 0 ? -c->weights[j] : c->weights[j];
        if (size < 1 || size > 1) {
            til_strbuf_add_number(&b, size);
            til_strbuf_add_char(&b, '*');
        }
        til_strbuf_add(&b, d->coef_names[j]);
    }
    til_say(ctx, TIL_LOG_NOTICE, "contrast %s = %s (%s)", c->id, til_strbuf_text(&b), c->text);
    til_strbuf_clear(&b);
}

/* Says all there is to say of a design; TIL_EINPUT when it cannot be fitted. */
static til_status_t explain(til_ctx_t *ctx, const til_question_t *q)
{
    const til_design_t *d = &q->design;
    til_status_t status = TIL_OK;
    til_rank_t rank;

    TIL_TRY(til_rank_analyse(ctx, d, &rank));
    til_say(ctx, TIL_LOG_NOTICE,
            "design %s: %zu samples, %zu coefficients, rank %zu, %zu residual degrees of freedom",
            d->formula, d->n_samples, d->n_coef, rank.rank, d->n_samples - rank.rank);
    if (d->is_paired) tell_pairs(ctx, d);
    for (size_t v = 0; v < d->n_variables && !d->is_paired; v++)
        if (d->variables[v].is_factor) tell_counts(ctx, d, &d->variables[v], NULL, 0, d->formula);
    for (size_t k = 0; k < q->n_contrasts; k++) tell_contrast(ctx, d, &q->contrasts[k]);
    for (size_t k = 0; k < rank.n_aliased; k++)
        til_say(ctx, TIL_LOG_WARNING, "aliased: %s", rank.relations[k]);
    for (size_t k = 0; k < rank.n_causes; k++) til_say(ctx, TIL_LOG_WARNING, "%s", rank.causes[k]);
    if (rank.n_aliased == 0 && d->n_samples == d->n_coef)
        til_say(ctx, TIL_LOG_WARNING,
                "no sample is left to estimate the variance from: tests need replicates");
    til_rank_clear(&rank);

done:
    return status;
}

/* ---- tables ------------------------------------------------------------------------------ */

static void write_matrix(const til_design_t *d, til_out_t *out)
{
    til_out_text(out, "sample");
    for (size_t j = 0; j < d->n_coef; j++) til_out_printf(out, "\t%s", d->coef_names[j]);
    til_out_char(out, '\n');
    for (size_t s = 0; s < d->n_samples; s++) {
        til_out_text(out, d->samples[s]);
        for (size_t j = 0; j < d->n_coef; j++) {
            til_out_char(out, '\t');
            til_out_number(out, d->x[s + j * d->n_samples]);
        }
        til_out_char(out, '\n');
    }
}

static void write_weights(const til_question_t *q, til_out_t *out)
{
    til_out_text(out, "coefficient");
    for (size_t k = 0; k < q->n_contrasts; k++) til_out_printf(out, "\t%s", q->contrasts[k].id);
    til_out_char(out, '\n');
    for (size_t j = 0; j < q->design.n_coef; j++) {
        til_out_text(out, q->design.coef_names[j]);
        for (size_t k = 0; k < q->n_contrasts; k++) {
            til_out_char(out, '\t');
            til_out_number(out, q->contrasts[k].weights[j]);
        }
        til_out_char(out, '\n');
    }
}

/* One block per design, an empty line between them. Standard output carries the bare table. */
static til_status_t write_all(til_ctx_t *ctx, til_job_t *job, const char *path,
                              const til_questions_t *questions, bool is_weights)
{
    til_status_t status = TIL_OK;
    til_out_t *out;

    TIL_TRY(til_job_open(ctx, job, path, &out));
    if (strcmp(path, "-") != 0) til_job_provenance(job, out);
    for (size_t q = 0; q < questions->n_questions; q++) {
        if (q > 0) til_out_char(out, '\n');
        if (is_weights) write_weights(&questions->questions[q], out);
        else write_matrix(&questions->questions[q].design, out);
    }
    TIL_TRY(til_out_close(ctx, out));

done:
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const design_args_t *args = job->args;
    til_status_t status = TIL_OK;
    til_sheet_t sheet = { 0 };
    til_questions_t questions = { 0 };

    TIL_TRY(til_load_sheet(ctx, job, job->operands[0], false, &args->input, &sheet));
    TIL_TRY(til_ask(ctx, job, &args->asked, &sheet, &questions));
    TIL_TRY(write_all(ctx, job, args->output, &questions, false));
    if (args->weights != NULL) TIL_TRY(write_all(ctx, job, args->weights, &questions, true));
    for (size_t q = 0; q < questions.n_questions; q++)
        TIL_TRY(explain(ctx, &questions.questions[q]));
    for (size_t q = 0; q < questions.n_questions; q++)
        TIL_TRY(til_rank_require(ctx, &questions.questions[q].design));
    TIL_TRY(til_caution(ctx, &sheet, NULL, &questions, NULL, args->strict));

done:
    til_questions_clear(&questions);
    til_sheet_clear(&sheet);
    return status;
}

const til_command_t til_cmd_design = {
    .name = "design",
    .operands = "SAMPLES",
    .summary = "Show the matrix that a formula or a paired comparison stands for, and explain it.",
    .details = "The matrix goes to standard output, the explanations to standard error: how each "
               "column of the sheet was understood, rank, which coefficients say the same and why, "
               "samples per level, pairs per arm, who is left out, and the weights of each "
               "contrast. A design that is not of full rank ends with exit code 3.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(design_args_t),
    .common_offset = offsetof(design_args_t, common),
    .min_operands = 1,
    .max_operands = 1,
    .run = run
};
