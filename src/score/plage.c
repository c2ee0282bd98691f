/* plage.c -- pathway level analysis of gene expression.
 *
 * The genes of the set are standardised over the samples; the score is the first right singular
 * vector of that k x n matrix: the pattern over the samples that explains most of the set.
 *
 * Source:  Tomfohr et al. (2005), BMC Bioinformatics 6:225.
 * Agrees:  GSVA 1.46.0 gsva(method = "plage") to 1e-9, the sign apart.
 * Differs: the sign is chosen so that the score goes with the mean of the standardised genes;
 *          GSVA leaves it to LAPACK. A set of one gene is that gene, standardised and of length 1
 *          (GSVA: 1 in every sample).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "score/component.h"
#include "score/methods.h"

typedef struct {
    const til_score_input_t *in;
    double *scores;
} job_t;

static til_status_t score_set(til_ctx_t *ctx, const til_score_input_t *in, size_t i, double *row)
{
    til_status_t status = TIL_OK;
    size_t n = in->n_samples, k = in->offset[i + 1] - in->offset[i];
    const size_t *member = in->member + in->offset[i];
    double *z = til_array(k * n, sizeof *z), *mean = til_array_zero(n, sizeof *mean), length;

    if (z == NULL || mean == NULL) {
        status = til_no_memory(ctx, k * n, "numbers");
        goto done;
    }
    for (size_t e = 0; e < k; e++) {
        til_score_standardise(n, in->x + member[e] * n, z + e * n);
        for (size_t s = 0; s < n; s++) mean[s] += z[e * n + s] / (double)k;
    }
    TIL_TRY(til_score_first_component(ctx, k, n, z, mean, row, &length));
    for (size_t s = 0; s < n; s++) row[s] = length > 0 ? row[s] / length : NAN;
done:
    free(z);
    free(mean);
    return status;
}

static til_status_t score_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const job_t *job = arg;
    size_t n = job->in->n_samples;

    (void)worker;
    for (size_t i = begin; i < end; i++) {
        double *row = job->scores + i * n;

        if (job->in->offset[i + 1] == job->in->offset[i]) {
            for (size_t s = 0; s < n; s++) row[s] = NAN;
            continue;
        }
        til_status_t status = score_set(ctx, job->in, i, row);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

static til_status_t run(til_ctx_t *ctx, const til_score_input_t *in, double *scores)
{
    job_t job = { in, scores };
    return til_parallel_for(ctx, in->n_sets, 8, score_range, &job);
}

const til_score_method_t til_score_plage = {
    .name = "plage",
    .summary = "first singular vector of the standardised genes, signed as their mean",
    .reference = "Tomfohr et al. 2005, doi:10.1186/1471-2105-6-225",
    .flags = TIL_SCORE_COHORT | TIL_SCORE_VARYING,
    .run = run
};
