/* run_options.h -- the options of the steps of a run, taken from the commands' own tables.
 *
 * A run has every option of count, quant, norm, de, gsea and score that is no file between steps. Each is
 * declared once, in its command; here it is found under its name, or, where another option of the
 * run has that name, as --STEP-NAME (--score-method). What was asked is kept in an args struct of each
 * command and becomes the words of its steps.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RUN_OPTIONS_H
#define TIL_CLI_RUN_OPTIONS_H

#include "cli/options.h"
#include "cli/steps.h"

typedef enum {
    TIL_PART_DE,
    TIL_PART_TRIAL,
    TIL_PART_GSEA,
    TIL_PART_SCORE,
    TIL_PART_QUANT,
    TIL_PART_COUNT,
    TIL_PART_NORM,
    TIL_N_PARTS
} til_run_part_t;

enum { TIL_RUN_OPTIONS = 400, TIL_RUN_PART_BYTES = 1 << 14 };

/* Args structs of the parts, at the places that til_run_options_join gives them. */
typedef struct {
    _Alignas(16) unsigned char bytes[TIL_RUN_PART_BYTES];
} til_run_parts_t;

/* Adds the rows of all parts after the run's own.
 *
 *   own        the run's rows, ended by the common ones
 *   offset     of the til_run_parts_t in the run's args struct
 *   defaults   the run's; its til_run_parts_t gets the commands' defaults
 *   rows       TIL_RUN_OPTIONS of them: all options of the run
 *
 * To be called once, before the table is looked at. */
void til_run_options_join(const til_opt_t *own, size_t offset, void *defaults, til_opt_t *rows);

/* What was asked of a part: the value of its option that holds a text. */
const char *til_run_part_text(const til_run_parts_t *parts, til_run_part_t part, const char *name);

/* Whether an option of a part was given another value than its default. */
bool til_run_part_has(const til_run_parts_t *parts, til_run_part_t part, const char *name);

/* Adds the words of what was asked of a part, where it is not the default, to the step begun last. */
void til_run_part_words(til_ctx_t *ctx, til_steps_t *steps, const til_run_parts_t *parts,
                        til_run_part_t part);

/* Adds the words of those rows of the run's own that a command has under the same name, where they are
 * not the default: what is compared, which samples.
 *
 *   rows   ended by a name of NULL; `args` and `defaults` are the run's */
void til_run_shared_words(til_ctx_t *ctx, til_steps_t *steps, const til_opt_t *rows,
                          const void *args, const void *defaults, const char *command);

/* TIL_EUSAGE naming the first option of a part that was given although the run has no step of it;
 * `why` says why not. */
TIL_MUST_USE
til_status_t til_run_part_refuse(til_ctx_t *ctx, const til_run_parts_t *parts, til_run_part_t part,
                                 const char *why);

#endif
