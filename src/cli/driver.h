/* driver.h -- runs a command: options, job, log, commit. Used by main, and by `tilseq run` for its
 * steps. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_DRIVER_H
#define TIL_CLI_DRIVER_H

#include "cli/options.h"

/* All commands, ended by NULL, and the one called `name`, or NULL. */
extern const til_command_t *const til_commands[];
const til_command_t *til_command_find(const char *name);

/* Parses argv[0..argc) (after the command's name), runs the command with the log on stderr, puts
 * its outputs in place when it succeeds and removes them when it does not, prints the closing line.
 */
TIL_MUST_USE
til_status_t til_command_run(til_ctx_t *ctx, const til_command_t *command, int argc, char **argv);

/* Parses argv as til_command_run does and asks the command whether it takes what is wished; nothing is
 * read or written. */
TIL_MUST_USE
til_status_t til_command_check(til_ctx_t *ctx, const til_command_t *command, int argc, char **argv);

/* As til_command_run inside a running command: its log and threads, no closing line. `made`, where it is not
 * NULL, is called for every file put in place. */
TIL_MUST_USE
til_status_t til_command_step(til_ctx_t *ctx, const til_command_t *command, int argc, char **argv,
                              void (*made)(void *arg, const char *path), void *arg);

#endif
