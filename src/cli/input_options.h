/* input_options.h -- rows of options about samples, genes and species that several commands share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_INPUT_OPTIONS_H
#define TIL_CLI_INPUT_OPTIONS_H

#include "cli/options.h"
#include "tasks/inputs.h"
#include "tasks/shipped.h"

/* clang-format off */

/* For args structs with a `til_input_args_t input`. */
#define TIL_GENES_OPTION(args_t)                                                                   \
    { 0, "genes", TIL_OPT_FILE, offsetof(args_t, input.genes), "FILE", 0, 0,                       \
      "table of gene names: column 1 the gene id, a column symbol or gene_name" }
#define TIL_SAMPLE_OPTIONS(args_t)                                                                 \
    { 0, "exclude", TIL_OPT_LIST, offsetof(args_t, input.exclude), "COL=VALUE", 0, 0,              \
      "leave out samples of the sheet with this value (repeatable)" },                             \
    { 0, "include", TIL_OPT_LIST, offsetof(args_t, input.include), "COL=VALUE", 0, 0,              \
      "keep only samples of the sheet with this value (repeatable: any of one column, all "        \
      "columns)" },                                                                                \
    { 0, "subset", TIL_OPT_FLAG, offsetof(args_t, input.subset), NULL, 0, 0,                       \
      "drop samples of the matrix that the sheet lacks, instead of refusing them" }
#define TIL_SUM_OPTION(args_t)                                                                     \
    { 0, "sum-duplicates", TIL_OPT_FLAG, offsetof(args_t, input.sum_duplicates), NULL, 0, 0,       \
      "add up rows of one gene id" }
#define TIL_COUNT_OPTIONS(args_t)                                                                  \
    { 0, "round", TIL_OPT_FLAG, offsetof(args_t, input.round), NULL, 0, 0,                         \
      "round fractions to whole counts" },                                                         \
    TIL_SUM_OPTION(args_t)

/* For args structs with a `til_species_t species`. */
#define TIL_SPECIES_OPTION(args_t)                                                                 \
    TIL_CHOICE(0, "species", args_t, species, &til_species_words,                                  \
               "whose gene names and sets to use; auto tells by the names in the matrix")

/* clang-format on */

#endif
