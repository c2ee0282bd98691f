/* zscore.c -- combined z-score of a set.
 *
 *     score_is = (1/sqrt k) sum_{g in set i} z_gs,   z_g = (x_g - mean x_g)/sd x_g over the samples
 *
 * Source:  Lee et al. (2008), PLoS Comput. Biol. 4:e1000217, as in GSVA.
 * Agrees:  GSVA 1.46.0 gsva(method = "zscore") to 1e-11 relative.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "score/component.h"
#include "score/methods.h"

static til_status_t run(til_ctx_t *ctx, const til_score_input_t *in, double *scores)
{
    size_t n = in->n_samples;
    double *z = til_array(n, sizeof *z);

    if (z == NULL) return til_no_memory(ctx, n, "samples");
    for (size_t i = 0; i < in->n_sets; i++) {
        double *row = scores + i * n;
        size_t k = in->offset[i + 1] - in->offset[i];

        for (size_t s = 0; s < n; s++) row[s] = 0;
        for (size_t e = in->offset[i]; e < in->offset[i + 1]; e++) {
            til_score_standardise(n, in->x + in->member[e] * n, z);
            for (size_t s = 0; s < n; s++) row[s] += z[s];
        }
        for (size_t s = 0; s < n; s++) row[s] = k == 0 ? NAN : row[s] / sqrt((double)k);
    }
    free(z);
    return TIL_OK;
}

const til_score_method_t til_score_zscore = {
    .name = "zscore",
    .summary = "sum of the genes' z-scores over the samples, divided by sqrt(k)",
    .reference = "Lee et al. 2008, doi:10.1371/journal.pcbi.1000217",
    .flags = TIL_SCORE_COHORT | TIL_SCORE_VARYING,
    .run = run
};
