/* voom_qw.c -- limma's voomWithQualityWeights: voom weights times one weight per sample.
 *
 * voom, sample weights, voom once more with them, sample weights once more; the product of both
 * goes into the fits.
 *
 * Source: Liu, Holik, Su et al. (2015), Nucleic Acids Research 43:e97.
 * Agrees: limma 3.54.1 voomWithQualityWeights() + lmFit() + eBayes(): t and p to 1e-8.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "de/methods.h"
#include "de/limma.h"
#include "glm/sample_weights.h"
#include "glm/voom.h"

/* A further column of the table of size factors. */
static til_status_t add_weights(til_ctx_t *ctx, const double *sample_weights, til_table_t *table)
{
    double *column;
    til_status_t status = til_table_add_number(ctx, table, "sample_weight",
                                               "how far the sample is trusted", &column);

    if (status != TIL_OK) return status;
    for (size_t s = 0; s < table->n_rows; s++) column[s] = sample_weights[s];
    return TIL_OK;
}

til_status_t til_moderated_run_voom_qw(til_ctx_t *ctx, const til_moderated_run_t *run,
                                       til_voom_t *voom, double *sample_weights)
{
    til_status_t status = TIL_OK;

    for (int round = 0; round < 2; round++) {
        til_voom_clear(voom);
        TIL_TRY(til_voom(ctx, &run->counts, run->effective, &run->model, NULL,
                         round == 0 ? NULL : sample_weights, voom));
        TIL_TRY(til_sample_weights(ctx, &run->model, voom->n_genes, voom->e, voom->weights,
                                   sample_weights));
    }
done:
    return status;
}

static til_status_t run(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    til_moderated_run_t fit = { 0 };
    til_voom_t voom = { 0 };
    double *sample_weights = til_array(input->counts->n_cols, sizeof *sample_weights);

    if (sample_weights == NULL) TIL_TRY(til_no_memory(ctx, input->counts->n_cols, "samples"));
    TIL_TRY(til_moderated_run_init(ctx, input, &fit));
    TIL_TRY(til_moderated_run_voom_qw(ctx, &fit, &voom, sample_weights));
    til_moderated_values_t values = {
        .e = voom.e, .mean = voom.mean, .weights = voom.weights, .sample_weights = sample_weights
    };
    TIL_TRY(til_moderated_run_test(ctx, &fit, &values, result));
    TIL_TRY(add_weights(ctx, sample_weights, &result->size_factors));

done:
    free(sample_weights);
    til_voom_clear(&voom);
    til_moderated_run_clear(&fit);
    return status;
}

const til_de_method_t til_de_voom_qw = {
    .name = "voom-qw",
    .summary = "voom with a quality weight for each sample as well (limma)",
    .reference = "Liu et al. 2015, doi:10.1093/nar/gkv412",
    .has_threshold = true,
    .has_ebayes = true,
    .run = run
};
