/* limma_trend.c -- limma-trend: log counts per million without weights, a prior variance that
 * follows the mean.
 *
 * Log counts with a prior count of 3, an ordinary fit per gene, moderated t with the prior variance
 * a smooth function of the mean log count. For libraries of similar depth.
 *
 * Source: Law, Chen, Shi & Smyth (2014), Genome Biology 15:R29.
 * Agrees: edgeR 3.40.2 cpm(log = TRUE, prior.count = 3), limma 3.54.1 lmFit() and
 *         eBayes(trend = TRUE), robust or not: t and p to 1e-8.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "de/methods.h"
#include "de/limma.h"
#include "norm/cpm.h"

static const double PRIOR_COUNT = 3;

static til_status_t run(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    til_moderated_run_t fit = { 0 };
    size_t n = input->counts->n_cols, n_genes;
    double *e = NULL, *mean = NULL;

    TIL_TRY(til_moderated_run_init(ctx, input, &fit));
    n_genes = fit.counts.n_rows;
    e = til_array(n_genes * n, sizeof *e);
    mean = til_array_zero(n_genes, sizeof *mean);
    if (e == NULL || mean == NULL) TIL_TRY(til_no_memory(ctx, n_genes * n, "log counts"));
    TIL_TRY(til_log_cpm(ctx, &fit.counts, fit.effective, PRIOR_COUNT, e));
    for (size_t g = 0; g < n_genes; g++) {
        for (size_t s = 0; s < n; s++) mean[g] += e[g * n + s];
        mean[g] /= (double)n;
    }
    til_moderated_values_t values = { .e = e, .mean = mean, .trend = true };
    TIL_TRY(til_moderated_run_test(ctx, &fit, &values, result));

done:
    free(mean);
    free(e);
    til_moderated_run_clear(&fit);
    return status;
}

const til_de_method_t til_de_limma_trend = {
    .name = "limma-trend",
    .summary = "linear models of log counts, moderated t with a mean-variance trend (limma)",
    .reference = "Law, Chen, Shi & Smyth 2014, doi:10.1186/gb-2014-15-2-r29",
    .has_threshold = true,
    .has_ebayes = true,
    .run = run
};
