/* trial_signatures.h -- what a trial is asked about: sets, scores, genes and measured values. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_TRIAL_SIGNATURES_H
#define TIL_TASKS_TRIAL_SIGNATURES_H

#include <tilseq/trial.h>

#include "tasks/inputs.h"
#include "tasks/shipped.h"

typedef struct {
    til_list_t sets;    /* files of gene sets                                           */
    const char *scores; /* a file in the layout of genesets/scores.tsv, or NULL         */
    const char *values; /* a matrix of values, or NULL                                  */
    til_list_t primary; /* names, each item a list by commas                            */
    til_species_t species;
} til_trial_asked_t;

typedef struct {
    size_t n, capacity;
    til_trial_signature_t *items;
    struct til_arena *arena; /* holds names and rows        */
    til_matrix_t values;     /* rows of --values            */
    til_matrix_t scores;     /* rows of computed scores     */
} til_trial_signatures_t;

/* Reads what was asked for, or takes the headline of genesets/INDEX.tsv, and finds the genes in
 * the rows of `m`, which gets the names that the sets use. The sets that ship serve as references.
 *
 *   m       genes x samples in the order of the sheet; NULL when only values are asked about
 *   is_log  m holds logarithms
 *
 * TIL_EUSAGE for a name in primary that is no signature, no set or score that ships and no gene. */
TIL_MUST_USE
til_status_t til_trial_signatures_gather(til_ctx_t *ctx, til_job_t *job,
                                         const til_trial_asked_t *asked, const til_sheet_t *sheet,
                                         til_matrix_t *m, bool is_log, til_trial_signatures_t *out);
void til_trial_signatures_clear(til_trial_signatures_t *signatures);

#endif
