/* design_options.h -- what is compared: options that design, de, gsea and run share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_DESIGN_OPTIONS_H
#define TIL_CLI_DESIGN_OPTIONS_H

#include <tilseq/design.h>

#include "cli/job.h"

/* Embed as `til_design_args_t asked`. */
typedef struct {
    const char *design;             /* --design                                          */
    til_list_t contrasts;           /* -c                                                */
    const char *pair, *time, *arm;  /* --pair, --time, --arm                             */
    bool trend;                     /* --trend                                           */
    til_list_t references, factors; /* --reference, --factor                             */
    bool drop_na;                   /* --drop-na                                         */
} til_design_args_t;

#define TIL_DESIGN_OPTIONS(args_t)                                                              \
    { 0, "design", TIL_OPT_TEXT, offsetof(args_t, asked.design), "FORMULA", 0, 0,               \
      "model formula over columns of the sheet, as in R: '~ batch + arm'" },                    \
    { 'c', "contrast", TIL_OPT_EXPRESSIONS, offsetof(args_t, asked.contrasts), "CONTRAST", 0, 0,\
      "VARIABLE:TARGET:REFERENCE, ID=VARIABLE:TARGET:REFERENCE, ID=EXPRESSION over "            \
      "coefficients, or a file of nf-core contrasts" },                                         \
    { 0, "pair", TIL_OPT_TEXT, offsetof(args_t, asked.pair), "COL", 0, 0,                       \
      "instead of --design: compare times within this column (patient)" },                      \
    { 0, "time", TIL_OPT_TEXT, offsetof(args_t, asked.time), "COL", 0, 0,                       \
      "with --pair: the column of times" },                                                     \
    { 0, "arm", TIL_OPT_TEXT, offsetof(args_t, asked.arm), "COL", 0, 0,                         \
      "with --pair: the column of arms, whose changes are compared" },                          \
    { 0, "trend", TIL_OPT_FLAG, offsetof(args_t, asked.trend), NULL, 0, 0,                      \
      "with --pair: time is a number and its slope is asked for" },                             \
    { 0, "reference", TIL_OPT_LIST, offsetof(args_t, asked.references), "COL=LEVEL", 0, 0,      \
      "reference level of a factor [the first in the sheet] (repeatable)" },                    \
    { 0, "factor", TIL_OPT_LIST, offsetof(args_t, asked.factors), "COL", 0, 0,                  \
      "take a column of numbers as a factor (repeatable)" },                                    \
    { 0, "drop-na", TIL_OPT_FLAG, offsetof(args_t, asked.drop_na), NULL, 0, 0,                  \
      "leave out samples with an empty cell in a column the design uses" }

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

/* TIL_EINPUT in one line unless every design is of full rank and leaves replicates to test with. */
TIL_MUST_USE
til_status_t til_ask_check(til_ctx_t *ctx, const til_questions_t *questions);

#endif
