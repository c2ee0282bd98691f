/* component.c -- standardised genes and what they have in common.
 *
 * For Z (k genes x n samples) = U D V' the component scores of the samples are d_1 v_1. They come
 * from the smaller of the two Gram matrices:
 *
 *     k <= n:  Z Z' = U D^2 U',  d_1 v_1 = Z' u_1
 *     k >  n:  Z'Z  = V D^2 V',  d_1 v_1 directly
 *
 * Agrees:  R prcomp(t(x), scale. = TRUE)$x[, 1] to 1e-10 relative, the sign apart.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/linalg.h"
#include "score/component.h"

void til_score_standardise(size_t n, const double *x, double *z)
{
    double mean = 0, squares = 0;

    for (size_t s = 0; s < n; s++) mean += x[s];
    mean /= (double)n;
    for (size_t s = 0; s < n; s++) squares += (x[s] - mean) * (x[s] - mean);
    double sd = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
    for (size_t s = 0; s < n; s++) z[s] = sd > 0 ? (x[s] - mean) / sd : 0;
}

static double sign_towards(size_t n, const double *scores, const double *towards)
{
    double mean = 0, dot = 0;

    for (size_t s = 0; s < n; s++) mean += towards[s] / (double)n;
    for (size_t s = 0; s < n; s++) dot += scores[s] * (towards[s] - mean);
    return dot < 0 ? -1 : 1;
}

til_status_t til_score_first_component(til_ctx_t *ctx, size_t k, size_t n, const double *z,
                                       const double *towards, double *scores, double *length)
{
    til_status_t status = TIL_OK;
    bool by_genes = k <= n;
    size_t m = by_genes ? k : n;
    double *gram = til_array(m * m, sizeof *gram), *values = til_array(m, sizeof *values);
    double squares = 0;

    if (gram == NULL || values == NULL) {
        status = til_no_memory(ctx, m * m, "numbers");
        goto done;
    }
    /* z read column-major is n x k: the product over samples is z'z, over genes z z' */
    TIL_TRY(
        til_matmul(ctx, by_genes, !by_genes, m, m, by_genes ? n : k, 1, z, n, z, n, 0, gram, m));
    TIL_TRY(til_eigen_symmetric(ctx, m, gram, values));
    const double *top = gram + (m - 1) * m; /* values ascend */

    for (size_t s = 0; s < n; s++) scores[s] = 0;
    if (by_genes) {
        for (size_t g = 0; g < k; g++)
            for (size_t s = 0; s < n; s++) scores[s] += top[g] * z[g * n + s];
    } else {
        for (size_t s = 0; s < n; s++) scores[s] = sqrt(fmax(values[m - 1], 0)) * top[s];
    }
    double sign = sign_towards(n, scores, towards);
    for (size_t s = 0; s < n; s++) {
        scores[s] *= sign;
        squares += scores[s] * scores[s];
    }
    *length = sqrt(squares);

done:
    free(gram);
    free(values);
    return status;
}
