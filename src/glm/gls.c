/* gls.c -- generalised least squares for compound symmetric blocks.
 *
 * Samples of one block of size m have correlation rho, and variance 1/w each:
 *
 *     V = W^-1/2 C W^-1/2,   C = (1 - rho) I + rho J  within a block
 *     C^-1/2 = a I + b J,    a = 1 / sqrt(1 - rho),   a + m b = 1 / sqrt(1 + (m - 1) rho)
 *
 * so that y~ = C^-1/2 W^1/2 y and X~ likewise cost one sum per block, and the rest is ordinary
 * least squares of y~ on X~.
 *
 * Source: Smyth, Michaud & Scott (2005), Bioinformatics 21:2067.
 * Agrees: limma 3.54.1 gls.series() to 1e-9.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "math/linalg.h"
#include "glm/gls.h"

til_status_t til_gls_init(til_ctx_t *ctx, const til_blocks_t *blocks, size_t p, const double *basis,
                          double correlation, til_gls_t *out)
{
    *out = (til_gls_t){ blocks, p, basis, 1 / sqrt(1 - correlation),
                        til_array(blocks->n_blocks, sizeof(double)) };
    if (out->shared == NULL) return til_no_memory(ctx, blocks->n_blocks, "blocks");
    for (size_t b = 0; b < blocks->n_blocks; b++) {
        double m = (double)blocks->size[b];
        out->shared[b] = (1 / sqrt(1 + (m - 1) * correlation) - out->own) / m;
    }
    return TIL_OK;
}

void til_gls_clear(til_gls_t *gls)
{
    if (gls == NULL) return;
    free(gls->shared);
    memset(gls, 0, sizeof *gls);
}

size_t til_gls_work_size(const til_gls_t *gls)
{
    return gls->p * gls->p + gls->blocks->n * (gls->p + 1) + gls->blocks->n_blocks;
}

/* out <- C^-1/2 W^1/2 x; `sum` holds n_blocks values. */
static void whiten(const til_gls_t *gls, const double *x, const double *w, double *sum, double *out)
{
    const til_blocks_t *blocks = gls->blocks;

    memset(sum, 0, blocks->n_blocks * sizeof *sum);
    for (size_t s = 0; s < blocks->n; s++) {
        out[s] = w != NULL ? sqrt(w[s]) * x[s] : x[s];
        sum[blocks->block[s]] += out[s];
    }
    for (size_t s = 0; s < blocks->n; s++)
        out[s] = gls->own * out[s] + gls->shared[blocks->block[s]] * sum[blocks->block[s]];
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

bool til_gls_fit(const til_gls_t *gls, const double *y, const double *w, double *work,
                 double *gamma, double *rss)
{
    size_t n = gls->blocks->n, p = gls->p;
    double *gram = work, *x = gram + p * p, *white_y = x + n * p, *sum = white_y + n;

    for (size_t j = 0; j < p; j++) whiten(gls, gls->basis + j * n, w, sum, x + j * n);
    whiten(gls, y, w, sum, white_y);
    for (size_t j = 0; j < p; j++) {
        for (size_t k = j; k < p; k++) gram[k + j * p] = dot(n, x + j * n, x + k * n);
        gamma[j] = dot(n, x + j * n, white_y);
    }
    if (!til_chol(p, gram)) return false;
    til_chol_solve(p, gram, gamma);
    for (size_t j = 0; j < p; j++)
        for (size_t s = 0; s < n; s++) white_y[s] -= gamma[j] * x[s + j * n];
    *rss = dot(n, white_y, white_y);
    return true;
}

void til_gls_solve(const til_gls_t *gls, const double *work, double *b)
{
    til_chol_solve(gls->p, work, b);
}
