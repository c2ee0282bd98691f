/* voom.c -- limma's voom: precision weights for log counts, linear models, moderated t.
 *
 * TMM library sizes, weights from the mean-variance trend (glm/voom.c), a weighted fit per gene
 * (glm/linear.c), moderated tests (de/limma.c).
 *
 * Source: Law, Chen, Shi & Smyth (2014), Genome Biology 15:R29.
 * Agrees: limma 3.54.1 voom() + lmFit() + contrasts.fit() + eBayes() with edgeR 3.40.2
 *         filterByExpr() and TMM: t and p to 1e-8; with blocks also duplicateCorrelation(),
 *         voom(block =), twice, to 1e-8.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/try.h"
#include "de/methods.h"
#include "de/limma.h"
#include "glm/voom.h"

/* voom twice, each time followed by the correlation within blocks that the second voom and then the
 * tests take into account. */
static til_status_t voom_in_blocks(til_ctx_t *ctx, const til_blocks_t *blocks,
                                   til_moderated_run_t *fit, til_voom_t *voom)
{
    til_status_t status = TIL_OK;
    double correlation = 0;

    TIL_TRY(til_linear_set_basis(ctx, fit->input->design, &fit->model));
    for (int round = 0; round < 2; round++) {
        til_voom_clear(voom);
        TIL_TRY(til_voom(ctx, &fit->counts, fit->effective, &fit->model, NULL, NULL, voom));
        TIL_TRY(til_block_correlation(ctx, blocks, fit->model.p, fit->model.basis, voom->n_genes,
                                      voom->e, voom->weights, &correlation));
        if (correlation == 0) break; /* said why; the fit stays an ordinary one */
        TIL_TRY(til_linear_correlate(ctx, blocks, correlation, &fit->model));
    }
    til_say(ctx, TIL_LOG_STAGE, "correlation within %zu blocks: %.4f", blocks->n_blocks,
            correlation);
    fit->correlation = correlation;

done:
    return status;
}

til_status_t til_moderated_run_voom(til_ctx_t *ctx, til_moderated_run_t *run, til_blocks_t *blocks,
                                    til_voom_t *voom)
{
    const til_de_input_t *input = run->input;

    if (input->block == NULL)
        return til_voom(ctx, &run->counts, run->effective, &run->model, NULL, NULL, voom);
    til_status_t status = til_blocks_init(ctx, input->counts->n_cols, input->block, blocks);
    return status == TIL_OK ? voom_in_blocks(ctx, blocks, run, voom) : status;
}

static til_status_t run(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    til_moderated_run_t fit = { 0 };
    til_voom_t voom = { 0 };
    til_blocks_t blocks = { 0 };

    TIL_TRY(til_moderated_run_init(ctx, input, &fit));
    TIL_TRY(til_moderated_run_voom(ctx, &fit, &blocks, &voom));
    til_moderated_values_t values = { .e = voom.e, .mean = voom.mean, .weights = voom.weights };
    TIL_TRY(til_moderated_run_test(ctx, &fit, &values, result));

done:
    til_voom_clear(&voom);
    til_moderated_run_clear(&fit);
    til_blocks_clear(&blocks);
    return status;
}

const til_de_method_t til_de_voom = {
    .name = "voom",
    .summary = "linear models of log counts with precision weights, moderated t (limma)",
    .reference = "Law, Chen, Shi & Smyth 2014, doi:10.1186/gb-2014-15-2-r29",
    .has_block = true,
    .has_threshold = true,
    .has_ebayes = true,
    .run = run
};
