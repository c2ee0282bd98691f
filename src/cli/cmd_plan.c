/* cmd_plan.c -- tilseq plan: the wishes of tilseq run as a plan, and whether a sheet fits one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/try.h"
#include "cli/commands.h"
#include "cli/run_plan.h"
#include "tasks/job.h"

static til_run_args_t defaults;
static til_opt_t options[TIL_RUN_OPTIONS];

void til_cmd_plan_join(void)
{
    size_t n = 0;

    memcpy(&defaults, til_cmd_run.defaults, sizeof defaults);
    defaults.output = "-";
    for (const til_opt_t *opt = til_cmd_run.options; opt->name != NULL; opt++) {
        static const char *const others[] = { "output", "threads",       "quiet",     "verbose",
                                              "help",   "no-provenance", "provenance" };
        bool is_taken = til_is_planned(opt);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            is_taken |= strcmp(opt->name, others[i]) == 0;
        if (!is_taken) continue;
        options[n] = *opt;
        if (strcmp(opt->name, "output") == 0) {
            options[n].value = "FILE";
            options[n].help = "the plan to write, - for standard output";
        }
        n++;
    }
}

/* What is compared, in words. */
static void add_questions(til_strbuf_t *b, const char *begin, const til_questions_t *questions)
{
    for (size_t q = 0; q < questions->n_questions; q++) {
        const til_question_t *one = &questions->questions[q];
        til_strbuf_printf(b, "%sdesign %s, %zu samples\n", begin, one->design.formula,
                          one->design.n_samples);
        for (size_t c = 0; c < one->n_contrasts; c++)
            til_strbuf_printf(b, "%squestion %s: %s\n", begin, one->contrasts[c].id,
                              one->contrasts[c].text);
    }
}

/* The questions that a sheet and wishes give; TIL_EINPUT naming what the sheet lacks. */
static til_status_t ask(til_ctx_t *ctx, til_job_t *job, const char *sheet_path,
                        const til_run_args_t *args, const char *begin, til_strbuf_t *about)
{
    const til_design_args_t *asked = &args->asked;
    til_sheet_t sheet = { 0 };
    til_questions_t questions = { 0 };
    til_status_t status;

    TIL_TRY(til_load_sheet(ctx, job, sheet_path, true, &args->input, &sheet));
    til_strbuf_printf(about, "%ssheet %s: %zu rows\n", begin, til_base_name(sheet_path),
                      sheet.n_samples);
    if (asked->design != NULL || asked->pair != NULL || asked->contrasts.n > 0 ||
        asked->arm != NULL || asked->time != NULL) {
        TIL_TRY(til_ask(ctx, job, asked, &sheet, &questions));
        TIL_TRY(til_ask_check(ctx, &questions));
        add_questions(about, begin, &questions);
    } else til_strbuf_printf(about, "%snothing is compared\n", begin);
    if (about->failed) status = til_fail(ctx, TIL_ENOMEM, "out of memory");
done:
    til_questions_clear(&questions);
    til_sheet_clear(&sheet);
    return status;
}

/* plan check PLAN [SHEET] */
static til_status_t check_plan(til_ctx_t *ctx, til_job_t *job, til_out_t *out)
{
    til_plan_t plan = { 0 };
    til_strbuf_t about = { 0 };
    til_status_t status;

    TIL_TRY(til_plan_read(ctx, job->operands[1], &plan));
    TIL_TRY(til_job_input(ctx, job, job->operands[1], plan.sha256, 0));
    til_strbuf_printf(&about, "sha256 %s\ntilseq %s\n", plan.sha256, plan.version);
    if (job->n_operands == 3) TIL_TRY(ask(ctx, job, job->operands[2], &plan.args, "", &about));
    til_out_strbuf(out, &about);
done:
    til_strbuf_clear(&about);
    til_plan_clear(&plan);
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const til_run_args_t *args = job->args;
    bool checks = strcmp(job->operands[0], "check") == 0;
    til_strbuf_t about = { 0 };
    til_out_t *out;
    til_status_t status;

    if (!checks && job->n_operands != 1)
        return til_fail(ctx, TIL_EUSAGE, "expected SHEET, or check PLAN [SHEET]");
    if (checks && job->n_operands == 1) return til_fail(ctx, TIL_EUSAGE, "check: PLAN is missing");
    TIL_TRY(til_job_open(ctx, job, args->output, &out));
    if (checks) TIL_TRY(check_plan(ctx, job, out));
    else {
        TIL_TRY(ask(ctx, job, job->operands[0], args, "# ", &about));
        TIL_TRY(til_plan_write(ctx, args, til_strbuf_text(&about), out));
    }
    TIL_TRY(til_out_close(ctx, out));
done:
    til_strbuf_clear(&about);
    return status;
}

const til_command_t til_cmd_plan = {
    .name = "plan",
    .operands = "SHEET | check PLAN [SHEET]",
    .summary = "Write down the wishes of an analysis before its data are seen.",
    .details =
        "The plan holds the options of tilseq run about the analysis, a comment to each line, and "
        "digests of files such as sets. tilseq run --plan PLAN does what it says; --plan-sha256 "
        "refuses another plan. What a run is asked beyond its plan is done and stands in "
        "DIR/not_planned.tsv and run.json. check prints the digest and, with a sheet, what the "
        "plan asks of it, or what the sheet lacks.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(til_run_args_t),
    .common_offset = offsetof(til_run_args_t, common),
    .min_operands = 1,
    .max_operands = 3,
    .run = run
};
