/* mean.c -- mean of the genes of a set.
 *
 *     score_is = (1/k) sum_{g in set i} x_gs
 *
 * Agrees:  colMeans() in R 4.2.2 to rounding.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "score/methods.h"

static til_status_t run(til_ctx_t *ctx, const til_score_input_t *in, double *scores)
{
    size_t n = in->n_samples;

    (void)ctx;
    for (size_t i = 0; i < in->n_sets; i++) {
        double *row = scores + i * n;
        size_t k = in->offset[i + 1] - in->offset[i];

        for (size_t s = 0; s < n; s++) row[s] = 0;
        for (size_t e = in->offset[i]; e < in->offset[i + 1]; e++)
            for (size_t s = 0; s < n; s++) row[s] += in->x[in->member[e] * n + s];
        for (size_t s = 0; s < n; s++) row[s] = k == 0 ? NAN : row[s] / (double)k;
    }
    return TIL_OK;
}

const til_score_method_t til_score_mean = {
    .name = "mean",
    .summary = "mean of the log values of the genes",
    .reference = "Danaher et al. 2017, doi:10.1186/s40425-017-0215-8",
    .flags = 0,
    .run = run
};
