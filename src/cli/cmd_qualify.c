/* cmd_qualify.c -- tilseq qualify: whether this installation computes what it should. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>

#include "base/try.h"
#include "cli/commands.h"
#include "cli/driver.h"
#include "config.h"
#include "tasks/job.h"
#include "tasks/qualify.h"

typedef struct {
    const char *output;
    til_common_t common;
} qualify_args_t;

static const qualify_args_t defaults = { .output = "qualify" };

static const til_opt_t options[] = { { 'o', "output", TIL_OPT_OUTPUT,
                                       offsetof(qualify_args_t, output), "DIR", 0, 0,
                                       "folder for qualify.html and qualify.json" },
                                     TIL_COMMON_OPTIONS(qualify_args_t) };

static til_status_t run_command(til_ctx_t *ctx, int argc, char **argv)
{
    const til_command_t *command = til_command_find(argv[0]);

    if (command == NULL) return til_fail(ctx, TIL_EINTERNAL, "there is no command %s", argv[0]);
    return til_command_step(ctx, command, argc - 1, argv + 1, NULL, NULL);
}

static til_status_t write_files(til_ctx_t *ctx, til_job_t *job, const til_qualify_report_t *report)
{
    const qualify_args_t *args = job->args;
    til_strbuf_t html = { 0 }, page = { 0 }, json = { 0 };
    til_out_t *out;
    til_status_t status;

    til_strbuf_printf(&page, "%s/qualify.html", args->output);
    til_strbuf_printf(&json, "%s/qualify.json", args->output);
    if (page.failed || json.failed) TIL_TRY(til_fail(ctx, TIL_ENOMEM, "out of memory"));
    TIL_TRY(til_qualify_page(ctx, report, &html));
    TIL_TRY(til_job_open(ctx, job, json.text, &out));
    TIL_TRY(til_json_write(ctx, report->document, out));
    TIL_TRY(til_out_close(ctx, out));
    TIL_TRY(til_job_open(ctx, job, page.text, &out));
    til_out_strbuf(out, &html);
    TIL_TRY(til_out_close(ctx, out));
done:
    til_strbuf_clear(&html);
    til_strbuf_clear(&page);
    til_strbuf_clear(&json);
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const qualify_args_t *args = job->args;
    til_qualify_report_t report = { 0 };
    til_status_t status;

    TIL_TRY(til_job_folder(ctx, job, args->output));
    TIL_TRY(til_qualify(ctx, args->output, PACKAGE_VERSION, run_command, &report));
    TIL_TRY(write_files(ctx, job, &report));
    til_say(ctx, TIL_LOG_STAGE, "%zu of %zu checks passed, %zu orphans: %s/qualify.html",
            report.n_checks - report.n_failed, report.n_checks, report.n_orphans, args->output);
    if (!report.passed) {
        /* a page that says what fails is what the user needs most */
        TIL_TRY(til_outset_commit(ctx, job->out));
        status = til_fail(ctx, TIL_EINTERNAL,
                          "%zu of %zu checks failed, %zu orphans: do not use this installation "
                          "before %s/qualify.html is read",
                          report.n_failed, report.n_checks, report.n_orphans, args->output);
    }
done:
    til_qualify_report_clear(&report);
    return status;
}

const til_command_t til_cmd_qualify = {
    .name = "qualify",
    .operands = "",
    .summary = "Show that this installation computes what it should: a page and a JSON to sign.",
    .details =
        "Installation: versions, digests of the program and of the libraries in its memory, the "
        "processor. Operation: commands on inputs inside the program against references inside "
        "the program, wrong inputs, thread counts. Performance: false calls, effects found and "
        "intervals on a simulated cohort. A line per check; exit 70 when one fails. "
        "docs/QUALIFICATION.md has an example of a validation plan.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(qualify_args_t),
    .common_offset = offsetof(qualify_args_t, common),
    .min_operands = 0,
    .max_operands = 0,
    .run = run
};
