/* run_args.h -- what tilseq run is asked; tilseq plan asks the same but for files and folders. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RUN_ARGS_H
#define TIL_CLI_RUN_ARGS_H

#include "cli/options.h"
#include "cli/run_options.h"
#include "tasks/inputs.h"
#include "tasks/questions.h"
#include "tasks/shipped.h"

typedef struct {
    const char *output, *counts, *lengths, *sets, *scores, *title, *memory, *workflow;
    const char *plan, *plan_sha256;
    til_species_t species;
    const char *annotation, *index, *transcripts, *tx2gene;
    double alpha;
    int64_t seed, jobs;
    bool dry_run;
    til_design_args_t asked;
    til_input_args_t input;
    til_common_t common;
    til_run_parts_t parts; /* the options of the steps */
} til_run_args_t;

/* Whether a plan holds an option: those about the analysis, not about places and the machine. */
bool til_is_planned(const til_opt_t *opt);

#endif
