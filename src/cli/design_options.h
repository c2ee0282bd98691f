/* design_options.h -- rows of options for what is compared: design, de, gsea and run share them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_DESIGN_OPTIONS_H
#define TIL_CLI_DESIGN_OPTIONS_H

#include "cli/options.h"
#include "tasks/questions.h"

/* clang-format off */

/* For args structs with a `til_design_args_t asked`. */
#define TIL_DESIGN_OPTIONS(args_t)                                                                 \
    { 0, "design", TIL_OPT_TEXT, offsetof(args_t, asked.design), "FORMULA", 0, 0,                  \
      "model formula over columns of the sheet, as in R: '~ batch + arm'" },                       \
    { 'c', "contrast", TIL_OPT_EXPRESSIONS, offsetof(args_t, asked.contrasts), "CONTRAST", 0, 0,   \
      "VARIABLE:TARGET:REFERENCE, ID=VARIABLE:TARGET:REFERENCE, ID=EXPRESSION over "               \
      "coefficients, or a file of nf-core contrasts" },                                            \
    { 0, "pair", TIL_OPT_TEXT, offsetof(args_t, asked.pair), "COL", 0, 0,                          \
      "instead of --design: compare times within this column (patient)" },                         \
    { 0, "time", TIL_OPT_TEXT, offsetof(args_t, asked.time), "COL", 0, 0,                          \
      "with --pair, or --arm alone: the column of times" },                                        \
    { 0, "arm", TIL_OPT_TEXT, offsetof(args_t, asked.arm), "COL", 0, 0,                            \
      "the column of arms, whose changes (--pair) or samples are compared" },                      \
    { 0, "trend", TIL_OPT_FLAG, offsetof(args_t, asked.trend), NULL, 0, 0,                         \
      "with --time: it is a number and its slope is asked for" },                                  \
    { 0, "adjust", TIL_OPT_LIST, offsetof(args_t, asked.adjust), "COL,...", 0, 0,                  \
      "with --pair or --arm: columns with a value per sample to adjust for" },                     \
    { 0, "strata", TIL_OPT_LIST, offsetof(args_t, asked.strata), "COL,...", 0, 0,                  \
      "with --pair or --arm: compare arms at one mix of the levels of these columns" },            \
    { 0, "reference", TIL_OPT_LIST, offsetof(args_t, asked.references), "COL=LEVEL", 0, 0,         \
      "reference level of a factor [pre, baseline, control..., else the first] (repeatable)" },    \
    { 0, "factor", TIL_OPT_LIST, offsetof(args_t, asked.factors), "COL", 0, 0,                     \
      "take a column of numbers as a factor (repeatable)" },                                       \
    { 0, "drop-na", TIL_OPT_FLAG, offsetof(args_t, asked.drop_na), NULL, 0, 0,                     \
      "leave out samples with an empty cell in a column the design uses" }

/* clang-format on */

#endif
