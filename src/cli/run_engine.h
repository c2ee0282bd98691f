/* run_engine.h -- carries out the steps of a run: those that are not finished, samples side by side.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RUN_ENGINE_H
#define TIL_CLI_RUN_ENGINE_H

#include <tilseq/context.h>

#include "base/names.h"
#include "cli/steps.h"
#include "tasks/run_record.h"

/* A log that says each line once: steps of one run tell the same of the same files. */
typedef struct {
    til_log_t below;
    til_names_t *said;
    size_t n_left_out;
} til_folding_log_t;

typedef struct {
    const char *folder, *sheet; /* sheet: its name, for what is said of a sample               */
    til_steps_t *steps;
    til_run_record_t *record;
    int jobs;      /* samples at one time, 0: as many as there are threads                    */
    double memory; /* bytes that they may take together                                       */
} til_run_engine_t;

/* Puts the folding log over the context's; til_unfold_log takes it away. */
TIL_MUST_USE
til_status_t til_fold_log(til_ctx_t *ctx, til_folding_log_t *log);
void til_unfold_log(til_ctx_t *ctx, til_folding_log_t *log);

/* Carries out the steps from `first` on. A sample that fails does not stop the other samples; after
 * them the run ends with its status and a message that names every one that failed, with its line of
 * the sheet and the cause. Any other step that fails ends the run. */
TIL_MUST_USE
til_status_t til_run_engine(til_ctx_t *ctx, const til_run_engine_t *engine, size_t first);

#endif
