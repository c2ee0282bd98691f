/* limma.h -- what the engines that keep genes by expression share (voom and its kin, edger-ql): the
 * genes that are kept, the library sizes, the tables beside the tests; and the moderated tests of a
 * fitted linear model. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_LIMMA_H
#define TIL_DE_LIMMA_H

#include <tilseq/de.h>

#include "glm/linear.h"
#include "glm/voom.h"

/* The part of the question that is fitted. */
typedef struct {
    const til_de_input_t *input;
    til_matrix_t counts; /* the kept genes                                     */
    size_t *gene;        /* kept gene -> gene of the input                     */
    double *lib_size, *norm_factor, *effective; /* per sample, of the kept genes  */
    til_linear_t model;
    double correlation; /* within blocks; 0 without                           */
} til_moderated_run_t;

/* Filters, computes TMM factors on what is kept, plans the fits. `run` is left empty unless
 * TIL_OK. TIL_ENUMERIC when fewer than two genes pass. */
TIL_MUST_USE
til_status_t til_moderated_run_init(til_ctx_t *ctx, const til_de_input_t *input,
                                    til_moderated_run_t *run);
void til_moderated_run_clear(til_moderated_run_t *run);

/* Log counts with voom's weights. With input->block the correlation within blocks goes into
 * run->correlation and run->model, which borrows `blocks` ({0} before; clear it after `run`).
 * `voom` is {0} before. */
TIL_MUST_USE
til_status_t til_moderated_run_voom(til_ctx_t *ctx, til_moderated_run_t *run, til_blocks_t *blocks,
                                    til_voom_t *voom);

/* The same with a quality weight per sample (n_cols) as well, without blocks. */
TIL_MUST_USE
til_status_t til_moderated_run_voom_qw(til_ctx_t *ctx, const til_moderated_run_t *run,
                                       til_voom_t *voom, double *sample_weights);

/* The values to test, of the kept genes. */
typedef struct {
    const double *e, *mean; /* n_genes x n_samples log expression, and its mean per gene  */
    const double *weights, *sample_weights; /* as in til_linear_job_t                    */
    bool trend; /* the prior variance follows the mean, whatever input says   */
} til_moderated_values_t;

/* Fits, moderates, tests every contrast and fills all tables and matrices of `result`. */
TIL_MUST_USE
til_status_t til_moderated_run_test(til_ctx_t *ctx, const til_moderated_run_t *run,
                                    const til_moderated_values_t *values, til_de_result_t *result);

/* Per gene of the input: the mean of counts over size factors, and whether there is a count. */
typedef struct {
    double *size_factor;     /* n_samples */
    double *base_mean;       /* n_genes   */
    bool *is_zero, *is_kept; /* n_genes   */
} til_overview_t;

/* Clear it whatever the status; clear takes {0}. */
TIL_MUST_USE
til_status_t til_overview_init(til_ctx_t *ctx, const til_moderated_run_t *run, til_overview_t *out);
void til_overview_clear(til_overview_t *overview);

/* all_zero, filtered or ok: a gene of the input. */
const char *til_overview_status(const til_overview_t *overview, size_t g);

/* out[gene] = values[kept gene] for genes with a count. */
void til_overview_spread(const til_moderated_run_t *run, const til_overview_t *overview,
                         const double *values, double *out);

/* The contrasts that do not follow from earlier ones: chosen (n_contrasts), *n_chosen of them. */
TIL_MUST_USE
til_status_t til_independent_contrasts(til_ctx_t *ctx, const til_de_input_t *input, size_t *chosen,
                                       size_t *n_chosen);

/* sample lib_size norm_factor. */
TIL_MUST_USE
til_status_t til_moderated_run_size_factors(til_ctx_t *ctx, const til_moderated_run_t *run,
                                            til_table_t *table);

/* Normalised counts and, where wanted, log counts per million. */
TIL_MUST_USE
til_status_t til_moderated_run_matrices(til_ctx_t *ctx, const til_moderated_run_t *run,
                                        const til_overview_t *overview, til_de_result_t *result);

#endif
