/* commands.h -- the commands, in the order `tilseq --help` prints them; each(x) stands for
 * til_cmd_x, the row at the end of cmd_x.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_COMMANDS_H
#define TIL_CLI_COMMANDS_H

#include "cli/options.h"

#define TIL_COMMANDS(each)                                                                         \
    each(index) each(quant) each(count) each(merge) each(qc) each(trim) each(norm) each(de)        \
        each(design) each(gsea) each(score) each(sets) each(trial) each(power) each(plan)          \
            each(run) each(report) each(simulate) each(qualify)

#define TIL_DECLARE_COMMAND(x) extern const til_command_t til_cmd_##x;
TIL_COMMANDS(TIL_DECLARE_COMMAND)
#undef TIL_DECLARE_COMMAND

/* Gives tilseq run the options of its steps; once, before any option table is looked at. */
void til_cmd_run_join(void);
/* After it: tilseq plan has those of them that a plan holds. */
void til_cmd_plan_join(void);

#endif
