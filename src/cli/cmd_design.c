/* cmd_design.c -- tilseq design: the matrix a model fits, and what can be asked of it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/try.h"
#include "cli/commands.h"
#include "cli/design_options.h"
#include "tasks/cautions.h"
#include "tasks/design_words.h"
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
        TIL_TRY(til_explain_design(ctx, &sheet, &questions.questions[q]));
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
    .details =
        "The matrix goes to standard output, the explanations to standard error: how each "
        "column of the sheet was understood, rank, which coefficients say the same and why, "
        "samples per level and per cell, patients, pairs per arm, who is left out, and each "
        "contrast in words and numbers: its standard error in units of the residual SD, the "
        "size of two groups of samples that would be as precise, and what the other columns of the "
        "design take of that. A design that is not of full rank ends with exit code 3.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(design_args_t),
    .common_offset = offsetof(design_args_t, common),
    .min_operands = 1,
    .max_operands = 1,
    .run = run
};
