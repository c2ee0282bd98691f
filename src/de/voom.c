/* voom.c -- limma's voom: precision weights for log counts, linear models, moderated t.
 *
 * TMM library sizes, weights from the mean-variance trend (model/voom.c), a weighted fit per gene
 * (model/linear.c), moderated tests (de/moderated.c).
 *
 * Source: Law, Chen, Shi & Smyth (2014), Genome Biology 15:R29.
 * Agrees: limma 3.54.1 voom() + lmFit() + contrasts.fit() + eBayes() with edgeR 3.40.2
 *         filterByExpr() and TMM: t and p to 1e-8.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/try.h"
#include "de/methods.h"
#include "de/moderated.h"
#include "model/voom.h"

static til_status_t run(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    til_moderated_run_t fit = { 0 };
    til_voom_t voom = { 0 };

    TIL_TRY(til_moderated_run_init(ctx, input, &fit));
    TIL_TRY(til_voom(ctx, &fit.counts, fit.effective, &fit.model, NULL, NULL, &voom));
    til_moderated_values_t values = { .e = voom.e, .mean = voom.mean, .weights = voom.weights };
    TIL_TRY(til_moderated_run_test(ctx, &fit, &values, result));

done:
    til_voom_clear(&voom);
    til_moderated_run_clear(&fit);
    return status;
}

const til_de_method_t til_de_voom = {
    .name = "voom",
    .summary = "linear models of log counts with precision weights, moderated t (limma)",
    .reference = "Law, Chen, Shi & Smyth 2014, doi:10.1186/gb-2014-15-2-r29",
    .has_threshold = true,
    .has_ebayes = true,
    .run = run
};
