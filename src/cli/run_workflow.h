/* run_workflow.h -- the steps of a run as a Snakefile. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RUN_WORKFLOW_H
#define TIL_CLI_RUN_WORKFLOW_H

#include "base/outfile.h"
#include "cli/steps.h"

/* Writes the Snakefile of exactly these steps: a rule for the samples of a command, one for each other
 * step. Words from the data reach the shell quoted (:q).
 *
 *   folder    of the run, as in the steps' words
 *   command   that made it, for the head of the file */
TIL_MUST_USE
til_status_t til_workflow_write(til_ctx_t *ctx, const til_steps_t *steps, const char *folder,
                                const char *command, til_out_t *out);

#endif
