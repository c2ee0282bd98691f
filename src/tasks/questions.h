/* questions.h -- what is compared: from a sheet and wishes to designs with their contrasts. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_QUESTIONS_H
#define TIL_TASKS_QUESTIONS_H

#include <tilseq/design.h>

#include "tasks/job.h"

/* Embed as `til_design_args_t asked`. */
typedef struct {
    const char *design;             /* --design                                          */
    til_list_t contrasts;           /* -c                                                */
    const char *pair, *time, *arm;  /* --pair, --time, --arm                             */
    til_list_t adjust, strata;      /* --adjust, --strata: lists of columns              */
    bool trend;                     /* --trend                                           */
    til_list_t references, factors; /* --reference, --factor                             */
    bool drop_na;                   /* --drop-na                                         */
} til_design_args_t;

/* Turns the options into designs with their contrasts: reads the files among the contrasts, says
 * how each variable was understood, and notes formula and reference levels for the provenance
 * lines.
 *
 *   sheet   the samples that take part (after --include and --exclude)
 *   out     at least one question; its samples are design.rows of the sheet. There may be no
 *           contrasts when -c is not given. Left empty unless TIL_OK.
 */
TIL_MUST_USE
til_status_t til_ask(til_ctx_t *ctx, til_job_t *job, const til_design_args_t *args,
                     const til_sheet_t *sheet, til_questions_t *out);

/* TIL_EUSAGE unless every design has a contrast. */
TIL_MUST_USE
til_status_t til_ask_contrasts(til_ctx_t *ctx, const til_questions_t *questions);

/* TIL_EUSAGE when a test of a whole model is asked of several designs. */
TIL_MUST_USE
til_status_t til_ask_whole(til_ctx_t *ctx, const til_questions_t *questions);

/* TIL_EINPUT in one line unless every design is of full rank and leaves replicates to test with. */
TIL_MUST_USE
til_status_t til_ask_check(til_ctx_t *ctx, const til_questions_t *questions);

/* A contrast is read from a file when it has the name of one, or is neither a comparison nor an
 * expression and there is a file of that name. */
bool til_contrast_is_file(const char *text);

#endif
