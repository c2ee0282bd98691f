/* set_tests.h -- set tests that compare samples: from counts, a sheet and a design to tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_SET_TESTS_H
#define TIL_TASKS_SET_TESTS_H

#include <tilseq/gsea.h>

#include "tasks/inputs.h"
#include "tasks/job.h"
#include "tasks/questions.h"
#include "tasks/shipped.h"

typedef struct {
    const char *counts, *samples;
    const char *block;   /* --block: a column of the sheet, or NULL          */
    bool sample_weights; /* --sample-weights                                 */
    bool trend, robust;  /* of the prior variance                            */
    const til_design_args_t *asked;
    const til_input_args_t *input;
    til_species_t species;
} til_set_test_source_t;

/* Reads the samples, makes log counts with voom's weights for every design that is asked about, and
 * tests the sets for each contrast.
 *
 *   method     one with needs_effects
 *   out        the rows of all contrasts, with the column `contrast` at the end
 *   coverage   of the sets, as til_gsea_run gives it; both left empty unless TIL_OK
 */
TIL_MUST_USE
til_status_t til_test_sets_of_samples(til_ctx_t *ctx, til_job_t *job,
                                      const til_set_test_source_t *source,
                                      const til_gsea_method_t *method, const til_genesets_t *sets,
                                      const til_gsea_options_t *options, til_table_t *out,
                                      til_table_t *coverage);

#endif
