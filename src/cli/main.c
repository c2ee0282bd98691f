/* main.c -- picks the command, sets up its run, prints the one error, chooses the exit code. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/job.h"
#include "cli/version.h"
#include "config.h"
#include "math/linalg.h"

#define ROW(x) &til_cmd_##x,
static const til_command_t *const commands[] = { TIL_COMMANDS(ROW) NULL };
#undef ROW

/* ---- log --------------------------------------------------------------------------------- */

typedef struct {
    const char *command;
    bool quiet, verbose;
    double start;
} sink_t;

static void write_log(void *arg, til_log_level_t level, const char *text)
{
    const sink_t *sink = arg;

    if (sink->quiet || (level == TIL_LOG_DETAIL && !sink->verbose)) return;
    if (level == TIL_LOG_WARNING)
        fprintf(stderr, "tilseq %s: warning: %s\n", sink->command, text);
    else
        fprintf(stderr, "[tilseq %s] %7.1fs  %s\n", sink->command, til_wall_seconds() - sink->start, text);
}

/* ---- signals ----------------------------------------------------------------------------- */

static void on_signal(int number)
{
    til_out_remove_all_temporaries();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_signals(void)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU, SIGXFSZ };
    struct sigaction action, old;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

/* ---- running a command ------------------------------------------------------------------- */

static til_status_t check_operands(til_ctx_t *ctx, const til_command_t *c, int n)
{
    if (n >= c->min_operands && (c->max_operands < 0 || n <= c->max_operands)) return TIL_OK;
    return til_fail(ctx, TIL_EUSAGE, "expected %s, got %d operand%s; see tilseq %s --help",
                    c->operands[0] == '\0' ? "no operands" : c->operands, n, n == 1 ? "" : "s", c->name);
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

/* Runs with parsed args: set-up, the command, the commit. */
static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status;

    job->out = til_outset_new();
    if (job->out == NULL) return til_fail(ctx, TIL_ENOMEM, "out of memory");
    status = job->command->run(ctx, job);
    if (status == TIL_OK) status = flush_stdout(ctx);
    if (status == TIL_OK) status = til_outset_commit(ctx, job->out);
    return status;
}

static til_status_t start(til_ctx_t *ctx, sink_t *sink, const til_command_t *command, int argc,
                          char **argv)
{
    void *args = malloc(command->args_size);
    const char **operands = malloc(((size_t)argc + 1) * sizeof *operands);
    til_job_t job = { .command = command, .args = args, .argc = argc, .argv = argv };
    til_status_t status;

    if (args == NULL || operands == NULL) {
        free(args);
        free(operands);
        return til_fail(ctx, TIL_ENOMEM, "out of memory for the command line");
    }
    memcpy(args, command->defaults, command->args_size);
    job.operands = operands;
    job.common = (const til_common_t *)(const void *)((char *)args + command->common_offset);
    status = til_options_parse(ctx, command, argc, argv, args, operands, &job.n_operands);
    if (status == TIL_OK && job.common->help) {
        til_options_help(stdout, command);
        status = flush_stdout(ctx);
    } else if (status == TIL_OK) {
        sink->quiet = job.common->quiet;
        sink->verbose = job.common->verbose;
        status = check_operands(ctx, command, job.n_operands);
        if (status == TIL_OK) {
            set_threads(ctx, job.common);
            status = run(ctx, &job);
        }
        if (status == TIL_OK && !sink->quiet)
            fprintf(stderr, "[tilseq %s] done: version %s, %.2f s wall, %.2f s CPU, peak %.0f MB\n",
                    command->name, PACKAGE_VERSION, til_wall_seconds() - sink->start,
                    til_cpu_seconds(), til_peak_rss_mb());
    }
    til_job_clear(&job);
    til_options_clear(command, args);
    free(operands);
    free(args);
    return status;
}

/* ---- tilseq without a command --------------------------------------------------------------- */

static void print_usage(FILE *out)
{
    fputs("Usage: tilseq COMMAND [options] INPUT...\n\n"
          "RNA-seq from reads to answers: counts, differential expression, enrichment, signatures.\n\n"
          "Commands:\n", out);
    for (size_t i = 0; commands[i] != NULL; i++)
        fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n  tilseq COMMAND --help    the options of a command\n"
          "  tilseq --version         version of tilseq and its libraries\n"
          "  tilseq completion SHELL  completion script for bash or zsh\n"
          "  tilseq manual COMMAND    the manual page of a command, for man -l -\n", out);
}

static const til_command_t *find_command(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    return NULL;
}

static til_status_t print_completion(til_ctx_t *ctx, const char *shell)
{
    if (shell != NULL && strcmp(shell, "bash") == 0) til_options_bash(stdout, commands);
    else if (shell != NULL && strcmp(shell, "zsh") == 0) til_options_zsh(stdout, commands);
    else return til_fail(ctx, TIL_EUSAGE, "completion: 'bash' or 'zsh' is wanted");
    return flush_stdout(ctx);
}

static til_status_t print_manual(til_ctx_t *ctx, const char *name)
{
    const til_command_t *command = name == NULL ? NULL : find_command(name);
    if (command == NULL)
        return til_fail(ctx, TIL_EUSAGE, "manual: no command '%s'; see tilseq --help",
                        name == NULL ? "" : name);
    til_options_man(stdout, command, PACKAGE_VERSION);
    return flush_stdout(ctx);
}

int main(int argc, char **argv)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    const char *word = argc > 1 ? argv[1] : "", *operand = argc > 2 ? argv[2] : NULL;
    const til_command_t *command = find_command(word);
    sink_t sink = { .command = word, .start = til_wall_seconds() };
    til_status_t status;

    catch_signals();
    til_linalg_single_thread();
    ctx.log = (til_log_t){ write_log, &sink };
    if (command != NULL) {
        status = start(&ctx, &sink, command, argc - 2, argv + 2);
    } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_usage(stdout);
        status = flush_stdout(&ctx);
    } else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        til_version_print(stdout);
        status = flush_stdout(&ctx);
    } else if (strcmp(word, "completion") == 0) {
        status = print_completion(&ctx, operand);
    } else if (strcmp(word, "manual") == 0) {
        status = print_manual(&ctx, operand);
    } else if (word[0] == '\0') {
        print_usage(stderr);
        return til_status_exit_code(TIL_EUSAGE);
    } else {
        fprintf(stderr, "tilseq: unknown command '%s'; see tilseq --help\n", word);
        return til_status_exit_code(TIL_EUSAGE);
    }
    if (status != TIL_OK) fprintf(stderr, "tilseq %s: %s\n", word, ctx.message);
    return til_status_exit_code(status);
}
