/* main.c -- picks the command, sets up its run, prints the one error, chooses the exit code. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/outfile.h"
#include "cli/commands.h"
#include "cli/driver.h"
#include "cli/version.h"
#include "config.h"
#include "math/linalg.h"

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

/* A program started with one of its first three descriptors closed would give that number to the next
 * file it opens, and write its log into it. They are opened the wrong way round, so that using them
 * fails as it would have. */
static bool open_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

/* ---- tilseq without a command --------------------------------------------------------------- */

static void print_usage(FILE *out)
{
    fputs("Usage: tilseq COMMAND [options] INPUT...\n\n"
          "RNA-seq from reads to answers: counts, differential expression, enrichment, "
          "signatures.\n\n"
          "Commands:\n",
          out);
    for (size_t i = 0; til_commands[i] != NULL; i++)
        fprintf(out, "  %-10s %s\n", til_commands[i]->name, til_commands[i]->summary);
    fputs("\n  tilseq COMMAND --help    the options of a command\n"
          "  tilseq --version         version of tilseq and its libraries\n"
          "  tilseq completion SHELL  completion script for bash or zsh\n"
          "  tilseq manual [COMMAND]  the manual page of tilseq or of a command, for man -l -\n",
          out);
}

/* The command that was probably meant, or NULL. */
static const char *near_command(const char *word)
{
    const char *names[64];
    size_t n = 0;

    for (; til_commands[n] != NULL && n < sizeof names / sizeof *names; n++)
        names[n] = til_commands[n]->name;
    return til_nearest(word, names, n);
}

static til_status_t flush_stdout(til_ctx_t *ctx)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return til_fail(ctx, TIL_EIO, "standard output: write failed: %s", strerror(errno));
    return TIL_OK;
}

static til_status_t print_completion(til_ctx_t *ctx, const char *shell)
{
    if (shell != NULL && strcmp(shell, "bash") == 0) til_options_bash(stdout, til_commands);
    else if (shell != NULL && strcmp(shell, "zsh") == 0) til_options_zsh(stdout, til_commands);
    else return til_fail(ctx, TIL_EUSAGE, "completion: 'bash' or 'zsh' is wanted");
    return flush_stdout(ctx);
}

static til_status_t print_manual(til_ctx_t *ctx, const char *name)
{
    const til_command_t *command = name == NULL ? NULL : til_command_find(name);
    if (name != NULL && command == NULL)
        return til_fail(ctx, TIL_EUSAGE, "manual: no command '%s'; see tilseq --help", name);
    if (command == NULL) til_options_man_all(stdout, til_commands, PACKAGE_VERSION);
    else til_options_man(stdout, command, PACKAGE_VERSION);
    return flush_stdout(ctx);
}

int main(int argc, char **argv)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    const char *word = argc > 1 ? argv[1] : "", *operand = argc > 2 ? argv[2] : NULL;
    const til_command_t *command = til_command_find(word);
    til_status_t status;

    if (!open_standard_files()) return til_status_exit_code(TIL_EIO);
    catch_signals();
    til_cmd_run_join();
    til_cmd_plan_join();
    til_linalg_single_thread();
    if (command != NULL) {
        status = til_command_run(&ctx, command, argc - 2, argv + 2);
    } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
               strcmp(word, "help") == 0) {
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
        const char *near = near_command(word);
        fprintf(stderr, "tilseq: unknown command '%s'%s%s%s; see tilseq --help\n", word,
                near == NULL ? "" : ", did you mean '", near == NULL ? "" : near,
                near == NULL ? "" : "'?");
        return til_status_exit_code(TIL_EUSAGE);
    }
    if (status != TIL_OK) fprintf(stderr, "tilseq %s: %s\n", word, ctx.message);
    return til_status_exit_code(status);
}
