/* singscore.c -- mean rank of a set, on the scale of what is possible.
 *
 * In one sample, with r_g the rank of gene g from below among n (ties take the lowest rank of their
 * block), a set of k genes scores
 *
 *     (mean_S r - lo) / (hi - lo) - 1/2,   lo = (k + 1)/2,  hi = (2n - k + 1)/2
 *
 * where lo and hi are the smallest and largest mean rank k genes can have.
 *
 * Source:  Foroutan et al. (2018), BMC Bioinformatics 19:404.
 * Agrees:  singscore 1.29.1 simpleScore(rankGenes(x, "min"), upSet, centerScore = TRUE)
 *          to rounding.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/order.h"
#include "score/methods.h"

typedef struct {
    const til_score_input_t *in;
    double *scores;
} job_t;

static til_status_t score_samples(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const job_t *job = arg;
    const til_score_input_t *in = job->in;
    til_status_t status = TIL_OK;
    size_t n = in->n_genes;
    double *value = til_array(n, sizeof *value), *rank = til_array(n, sizeof *rank);

    (void)worker;
    if (value == NULL || rank == NULL) {
        status = til_no_memory(ctx, n, "genes");
        goto done;
    }
    for (size_t s = begin; s < end; s++) {
        for (size_t g = 0; g < n; g++) value[g] = in->x[g * in->n_samples + s];
        TIL_TRY(til_rank(ctx, n, value, TIL_TIES_MIN, rank));
        for (size_t i = 0; i < in->n_sets; i++) {
            double k = (double)(in->offset[i + 1] - in->offset[i]), sum = 0;
            double low = (k + 1) / 2, high = (2 * (double)n - k + 1) / 2;

            for (size_t e = in->offset[i]; e < in->offset[i + 1]; e++) sum += rank[in->member[e]];
            job->scores[i * in->n_samples + s] = k > 0 && high > low
                                                     ? (sum / k - low) / (high - low) - 0.5
                                                     : NAN;
        }
    }
done:
    free(value);
    free(rank);
    return status;
}

static til_status_t run(til_ctx_t *ctx, const til_score_input_t *in, double *scores)
{
    job_t job = { in, scores };
    return til_parallel_for(ctx, in->n_samples, 1, score_samples, &job);
}

const til_score_method_t til_score_singscore = {
    .name = "singscore",
    .summary = "mean rank of the genes between the lowest and the highest possible, centred",
    .reference = "Foroutan et al. 2018, doi:10.1186/s12859-018-2435-4",
    .flags = TIL_SCORE_RANKS,
    .run = run
};
