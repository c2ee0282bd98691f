/* driver.c -- runs a command. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/methods.h"
#include "base/clock.h"
#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/driver.h"
#include "cli/record.h"
#include "tasks/job.h"
#include "tasks/provenance.h"
#include "config.h"

#define ROW(x) &til_cmd_##x,
const til_command_t *const til_commands[] = { TIL_COMMANDS(ROW) NULL };
#undef ROW

TIL_DEFINE_FIND(til_command_find, til_command_t, til_commands)

/* ---- log --------------------------------------------------------------------------------- */

typedef struct {
    const char *command;
    bool quiet, verbose;
    bool is_terminal,
        is_live; /* is_live: a line stands there that the next one takes the place of */
    double start;
} sink_t;

static void end_live(sink_t *sink)
{
    if (sink->is_live) fputs("\r\033[K", stderr);
    sink->is_live = false;
}

static void write_log(void *arg, til_log_level_t level, const char *text)
{
    sink_t *sink = arg;

    if (level != TIL_LOG_SECURITY && (sink->quiet || (level == TIL_LOG_DETAIL && !sink->verbose)))
        return;
    end_live(sink);
    if (level == TIL_LOG_LIVE && sink->is_terminal) {
        fprintf(stderr, "[tilseq %s] %7.1fs  %s", sink->command, til_wall_seconds() - sink->start,
                text);
        sink->is_live = true;
        return;
    }
    if (level == TIL_LOG_WARNING || level == TIL_LOG_SECURITY)
        fprintf(stderr, "tilseq %s: warning: %s\n", sink->command, text);
    else
        fprintf(stderr, "[tilseq %s] %7.1fs  %s\n", sink->command, til_wall_seconds() - sink->start,
                text);
}

/* ---- running ----------------------------------------------------------------------------- */

static til_status_t check_operands(til_ctx_t *ctx, const til_command_t *c, int n)
{
    if (n >= c->min_operands && (c->max_operands < 0 || n <= c->max_operands)) return TIL_OK;
    return til_fail(ctx, TIL_EUSAGE, "expected %s, got %d operand%s; see tilseq %s --help",
                    c->operands[0] == '\0' ? "no operands" : c->operands, n, n == 1 ? "" : "s",
                    c->name);
}

/* Threads asked for, capped at what makes sense on any machine. */
static void set_threads(til_ctx_t *ctx, const til_common_t *common)
{
    enum { MOST_THREADS = 1024 };
    int64_t n = common->threads == 0 ? til_cpus_available() : common->threads;
    if (n > MOST_THREADS) {
        til_say(ctx, TIL_LOG_WARNING, "--threads %lld is taken as %d", (long long)n, MOST_THREADS);
        n = MOST_THREADS;
    }
    ctx->n_threads = (int)n;
}

static til_status_t flush_stdout(til_ctx_t *ctx)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return til_fail(ctx, TIL_EIO, "standard output: write failed: %s", strerror(errno));
    return TIL_OK;
}

/* For --verbose: how many threads there may be, then what was read. */
static void tell_threads(til_ctx_t *ctx)
{
    til_say(ctx, TIL_LOG_DETAIL, "at most %d thread%s", ctx->n_threads,
            ctx->n_threads == 1 ? "" : "s");
}

static void tell_inputs(til_ctx_t *ctx, const til_job_t *job)
{
    for (size_t i = 0; i < job->n_inputs; i++) {
        const til_input_t *in = &job->inputs[i];
        if (in->note[0] != '\0')
            til_say(ctx, TIL_LOG_DETAIL, "read %s (sha256 %s)", in->path, in->note);
        else til_say(ctx, TIL_LOG_DETAIL, "read %s (%zu records)", in->path, in->n_records);
    }
}

static til_status_t run_job(til_ctx_t *ctx, const til_command_t *command, til_job_t *job)
{
    til_status_t status = check_operands(ctx, command, job->n_operands);

    if (status != TIL_OK) return status;
    job->out = til_outset_new();
    if (job->out == NULL) return til_fail(ctx, TIL_ENOMEM, "out of memory");
    status = command->run(ctx, job);
    if (status == TIL_OK) status = til_provenance_write(ctx, job);
    if (status == TIL_OK) status = flush_stdout(ctx);
    if (status == TIL_OK) status = til_outset_commit(ctx, job->out);
    return status;
}

/* --no-provenance is --provenance none. */
static til_status_t choose_provenance(til_ctx_t *ctx, til_common_t *common)
{
    if (!common->no_provenance) return TIL_OK;
    if (common->provenance == TIL_PROVENANCE_INLINE)
        return til_fail(ctx, TIL_EUSAGE,
                        "--no-provenance and --provenance inline exclude each other");
    common->provenance = TIL_PROVENANCE_NONE;
    return TIL_OK;
}

/* `sink` is NULL inside a running command. */
static til_status_t start(til_ctx_t *ctx, sink_t *sink, const til_command_t *command, int argc,
                          char **argv, void (*made)(void *arg, const char *path), void *arg)
{
    void *args = malloc(command->args_size);
    const char **operands = malloc(((size_t)argc + 1) * sizeof *operands);
    til_common_t *common;
    til_json_t *settings = NULL;
    til_job_t job = { .args = args };
    til_strbuf_t record = { 0 };
    til_status_t status;

    if (args == NULL || operands == NULL) {
        free(args);
        free(operands);
        return til_fail(ctx, TIL_ENOMEM, "out of memory for the command line");
    }
    memcpy(args, command->defaults, command->args_size);
    job.operands = operands;
    job.common = common = (til_common_t *)(void *)((char *)args + command->common_offset);
    status = til_options_parse(ctx, command, argc, argv, args, operands, &job.n_operands, &record);
    if (status == TIL_OK) status = choose_provenance(ctx, common);
    if (status == TIL_OK) status = til_record_settings(ctx, command, args, &settings);
    if (status == TIL_OK && job.common->help) {
        til_options_help(stdout, command);
        status = flush_stdout(ctx);
    } else if (status == TIL_OK) {
        if (sink != NULL) {
            sink->quiet = job.common->quiet;
            sink->verbose = job.common->verbose;
            set_threads(ctx, job.common);
            tell_threads(ctx);
        }
        job.record = til_strbuf_text(&record);
        job.settings = settings;
        status = run_job(ctx, command, &job);
        if (status == TIL_OK) tell_inputs(ctx, &job);
        if (status == TIL_OK && made != NULL) til_outset_each(job.out, made, arg);
        if (sink != NULL) end_live(sink);
        if (status == TIL_OK && sink != NULL && !sink->quiet)
            fprintf(stderr, "[tilseq %s] done: version %s, %.2f s wall, %.2f s CPU, peak %.0f MB\n",
                    command->name, PACKAGE_VERSION, til_wall_seconds() - sink->start,
                    til_cpu_seconds(), til_peak_rss_mb());
    }
    til_job_clear(&job);
    til_json_free(settings);
    til_strbuf_clear(&record);
    til_options_clear(command, args);
    free(operands);
    free(args);
    return status;
}

til_status_t til_command_run(til_ctx_t *ctx, const til_command_t *command, int argc, char **argv)
{
    sink_t sink = { .command = command->name,
                    .is_terminal = isatty(STDERR_FILENO) == 1,
                    .start = til_wall_seconds() };
    til_log_t before = ctx->log;

    ctx->log = (til_log_t){ write_log, &sink };
    til_status_t status = start(ctx, &sink, command, argc, argv, NULL, NULL);
    end_live(&sink);
    ctx->log = before;
    return status;
}

til_status_t til_command_step(til_ctx_t *ctx, const til_command_t *command, int argc, char **argv,
                              void (*made)(void *arg, const char *path), void *arg)
{
    return start(ctx, NULL, command, argc, argv, made, arg);
}

til_status_t til_command_check(til_ctx_t *ctx, const til_command_t *command, int argc, char **argv)
{
    void *args = malloc(command->args_size);
    const char **operands = malloc(((size_t)argc + 1) * sizeof *operands);
    til_status_t status;
    int n;

    if (args == NULL || operands == NULL) {
        free(args);
        free(operands);
        return til_fail(ctx, TIL_ENOMEM, "out of memory for the command line");
    }
    memcpy(args, command->defaults, command->args_size);
    status = til_options_parse(ctx, command, argc, argv, args, operands, &n, NULL);
    if (status == TIL_OK) status = check_operands(ctx, command, n);
    if (status == TIL_OK && command->check != NULL) status = command->check(ctx, args);
    til_options_clear(command, args);
    free(operands);
    free(args);
    return status;
}
