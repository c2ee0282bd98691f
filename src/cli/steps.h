/* steps.h -- a run as a list of tilseq commands, each of which can be typed; finished ones are not
 * redone. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_STEPS_H
#define TIL_CLI_STEPS_H

#include <stdbool.h>
#include <tilseq/context.h>

#include "base/strbuf.h"
#include "cli/options.h"
#include "io/text/digest.h"
#include "tasks/run_record.h"

/* One step. Words are owned. */
typedef struct {
    char **words; /* command, then its arguments                          */
    size_t n_words, words_capacity;
    char **inputs; /* files whose change makes the step run again          */
    size_t n_inputs, inputs_capacity;
    char **shown; /* other steps whose words it shows: changed ones make it run again */
    size_t n_shown, shown_capacity;
    char **outputs; /* files that must be there for the step to be finished */
    size_t n_outputs, outputs_capacity;
    char *sample;    /* whose step this is: those of several samples go side by side; else NULL */
    size_t line;     /* of the sample in its sheet                                         */
    bool is_lasting; /* its files stay when a later question does not ask for them         */
    char key[TIL_SHA256_TEXT]; /* digest of version, words and inputs; "" until known     */
} til_step_t;

typedef struct {
    til_step_t *steps;
    size_t n, capacity;
    til_provenance_t provenance; /* every step is told so                                  */
    til_status_t status; /* the first failure while building; adding after it does nothing */
} til_steps_t;

void til_steps_clear(til_steps_t *steps);

/* Begins a step; words, inputs and outputs are then added to it. Failures are kept in
 * steps->status. */
void til_step_begin(til_ctx_t *ctx, til_steps_t *steps, const char *command);
void til_step_word(til_ctx_t *ctx, til_steps_t *steps, const char *word);
void til_step_option(til_ctx_t *ctx, til_steps_t *steps, const char *name, const char *value);
void til_step_list(til_ctx_t *ctx, til_steps_t *steps, const char *name, const til_list_t *values);
/* A word that is a file the step reads; files made by earlier steps count too. NULL is passed over.
 */
void til_step_input(til_ctx_t *ctx, til_steps_t *steps, const char *path);
/* The step shows the command of step i. */
void til_step_shows(til_ctx_t *ctx, til_steps_t *steps, size_t i, const char *folder);
void til_step_output(til_ctx_t *ctx, til_steps_t *steps, const char *path);

/* The step as one would type it. */
void til_step_print(const til_step_t *step, til_strbuf_t *out);

/* Says whose step the one begun last is. */
void til_step_of_sample(til_ctx_t *ctx, til_steps_t *steps, const char *sample, size_t line);

/* Works out the key of a step whose inputs are there: a digest of version, words and inputs, the same
 * wherever the folder of the run and the inputs lie. */
TIL_MUST_USE
til_status_t til_step_find_key(til_ctx_t *ctx, til_step_t *step, const char *folder,
                               til_run_record_t *record);

/* TIL_EIO when an input of step i cannot be read and no earlier step makes it. */
TIL_MUST_USE
til_status_t til_step_check_inputs(til_ctx_t *ctx, const til_steps_t *steps, size_t i);

/* TIL_EUSAGE when the words of a step are none that its command takes. */
TIL_MUST_USE
til_status_t til_step_check_words(til_ctx_t *ctx, const til_step_t *step);

/* Runs a step inside the running command and adds its files to `lines` (run_record.h). */
TIL_MUST_USE
til_status_t til_step_run(til_ctx_t *ctx, const til_step_t *step, til_run_record_t *record,
                          til_strbuf_t *lines);

#endif
