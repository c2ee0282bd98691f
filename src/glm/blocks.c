/* blocks.c -- the correlation of samples of one block, estimated by REML gene by gene.
 *
 * With weights w, y* = sqrt(w) y and X* = sqrt(w) X has residual space of n - p dimensions. There
 * Z (sample -> block) has squared singular values d_k, and the squares q_k of y* along the
 * singular vectors are independent gamma with mean a + b d_k: a the variance of samples, b of
 * blocks. A gamma regression with identity link (Fisher scoring, Levenberg damping, stops when
 * the gain is under 1e-6) finds them; rho = b / (a + b). The consensus is the 15% trimmed mean of
 * atanh(rho).
 *
 * d_k are eigenvalues of Z'(I - Q Q')Z = diag(m) - U U', m the block sizes, U = Z'Q of p columns.
 * Blocks of equal size m share the eigenvalue m in all directions that their rows of U do not
 * reach, so only an eigenproblem of (number of sizes) x p remains; genes with equal d share
 * a term, (d, how many, sum of q).
 *
 * Source: Smyth, Michaud & Scott (2005), Bioinformatics 21:2067; Smyth (2002), J. Comput. Graph.
 *         Stat. 11:836 (REML as gamma regression).
 * Agrees: limma 3.54.1 duplicateCorrelation() with statmod 1.5.0 mixedModel2Fit() to 1e-8. As
 *         there, Z is not weighted.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/linalg.h"
#include "math/order.h"
#include "glm/blocks.h"

static const double TOL_GAIN = 1e-6, TOL_ZERO = 1e-9; /* d below it is no dimension of blocks */
static const double TOL_IN_DESIGN = 1e-8;
static const double TRIM = 0.15, RHO_MAX = 0.99, RHO_MARGIN = 0.01;
enum { MAX_STEPS = 20, GRAIN = 32 };

void til_blocks_clear(til_blocks_t *blocks)
{
    if (blocks == NULL) return;
    free(blocks->block);
    free(blocks->size);
    memset(blocks, 0, sizeof *blocks);
}

til_status_t til_blocks_init(til_ctx_t *ctx, size_t n, const size_t *block, til_blocks_t *out)
{
    size_t n_numbers = 0, *number;

    for (size_t s = 0; s < n; s++)
        if (block[s] >= n_numbers) n_numbers = block[s] + 1;
    *out = (til_blocks_t){ .n = n };
    out->block = til_array(n, sizeof *out->block);
    out->size = til_array_zero(n_numbers, sizeof *out->size);
    number = til_array(n_numbers, sizeof *number);
    if (out->block == NULL || out->size == NULL || number == NULL) {
        free(number);
        til_blocks_clear(out);
        return til_no_memory(ctx, n, "blocks");
    }
    for (size_t i = 0; i < n_numbers; i++) number[i] = n_numbers;
    for (size_t s = 0; s < n; s++) {
        if (number[block[s]] == n_numbers) number[block[s]] = out->n_blocks++;
        out->block[s] = number[block[s]];
        if (++out->size[out->block[s]] > out->largest) out->largest = out->size[out->block[s]];
    }
    free(number);
    return TIL_OK;
}

/* `count` dimensions with the same d, and the sum of their q. */
typedef struct {
    double d, count, sum;
} term_t;

/* ---- gamma regression of q on (1, d) ---- */

static double least_mean(size_t n, const term_t *t, const double *beta)
{
    double least = INFINITY;
    for (size_t i = 0; i < n; i++) least = fmin(least, beta[0] + beta[1] * t[i].d);
    return least;
}

/* The gamma deviance up to a constant and a factor of 2; Inf outside the model. */
static double deviance(size_t n, const term_t *t, const double *beta)
{
    double sum = 0;

    if (least_mean(n, t, beta) < 0) return INFINITY;
    for (size_t i = 0; i < n; i++) {
        double mu = beta[0] + beta[1] * t[i].d;
        sum += t[i].sum / mu + t[i].count * log(mu);
    }
    return sum;
}

/* Information (xx = 00, 01, 11) and score at beta. */
static void score(size_t n, const term_t *t, const double *beta, double *xx, double *dl)
{
    double most = 0;

    for (size_t i = 0; i < n; i++) most = fmax(most, pow(beta[0] + beta[1] * t[i].d, 2));
    memset(xx, 0, 3 * sizeof *xx);
    memset(dl, 0, 2 * sizeof *dl);
    for (size_t i = 0; i < n; i++) {
        double mu = beta[0] + beta[1] * t[i].d, v = fmax(mu * mu, most / 1000);
        double residual = t[i].sum - t[i].count * mu;
        xx[0] += t[i].count / v;
        xx[1] += t[i].count * t[i].d / v;
        xx[2] += t[i].count * t[i].d * t[i].d / v;
        dl[0] += residual / v;
        dl[1] += t[i].d * residual / v;
    }
}

static void fit_gamma(size_t n, const term_t *t, double *beta)
{
    double xx[3], dl[2], step[2], lambda = 0, before = deviance(n, t, beta);

    for (int iteration = 1; iteration <= MAX_STEPS + 1; iteration++) {
        const double start[2] = { beta[0], beta[1] };
        score(n, t, beta, xx, dl);
        double largest = fmax(xx[0], xx[2]);
        if (iteration == 1) lambda = fabs((xx[0] + xx[2]) / 2) / 2;

        for (int damped = 0;; damped++) {
            double a = xx[0] + lambda, c = xx[2] + lambda, det = a * c - xx[1] * xx[1];
            step[0] = (c * dl[0] - xx[1] * dl[1]) / det;
            step[1] = (a * dl[1] - xx[1] * dl[0]) / det;
            beta[0] = start[0] + step[0];
            beta[1] = start[1] + step[1];
            double now = deviance(n, t, beta);
            if (now <= before) {
                before = now;
                if (damped == 0) lambda /= 10;
                break;
            }
            if (lambda / largest > 1e15) {
                beta[0] = start[0];
                beta[1] = start[1];
                return;
            }
            lambda *= 2;
        }
        if (dl[0] * step[0] + dl[1] * step[1] < TOL_GAIN) return;
    }
}

/* Variances of samples and of blocks from the terms; NaN where they cannot be told apart. */
static double correlation_of(size_t n, const term_t *t)
{
    double count = 0, d = 0, dd = 0, q = 0, dq = 0, n_positive = 0, beta[2];

    for (size_t i = 0; i < n; i++) {
        count += t[i].count;
        d += t[i].count * t[i].d;
        dd += t[i].count * t[i].d * t[i].d;
        q += t[i].sum;
        dq += t[i].d * t[i].sum;
        if (t[i].d > 0) n_positive += t[i].count;
    }
    double spread = dd - d * d / count;
    if (!(spread > 1e-15 * count) || !(q > 0)) return NAN;
    beta[1] = (dq - d * q / count) / spread;
    beta[0] = (q - beta[1] * d) / count;
    if (count > 2 && n_positive > 1) {
        if (least_mean(n, t, beta) < 0) {
            beta[0] = q / count;
            beta[1] = 0;
        }
        fit_gamma(n, t, beta);
    }
    return beta[1] / (beta[0] + beta[1]);
}

/* ---- the terms of one gene ---- */

typedef struct {
    size_t n_blocks, *block; /* blocks of one size        */
    double size;
} class_t;

typedef struct {
    const til_blocks_t *blocks;
    size_t p, n_classes, n_small; /* n_small: most rows of the small eigenproblem */
    class_t *classes;
    const double *basis, *e, *weights;
    double *rho;   /* per gene                  */
    double *space; /* per worker                */
    size_t space_size;
} job_t;

/* Offsets into a worker's space. */
typedef struct {
    double *q, *y;          /* n x p, n                  */
    double *gram;           /* p x p                     */
    double *u, *c;          /* n_blocks x p, n_blocks    */
    double *v;              /* n_blocks x p: basis of u  */
    double *small, *values; /* n_small^2, n_small        */
    double *reach, *along;  /* n_small x p, n_small      */
} space_t;

static space_t space_of(const job_t *job, double *x)
{
    size_t n = job->blocks->n, b = job->blocks->n_blocks, p = job->p, m = job->n_small;
    space_t s;

    s.q = x;
    s.y = s.q + n * p;
    s.gram = s.y + n;
    s.u = s.gram + p * p;
    s.c = s.u + b * p;
    s.v = s.c + b;
    s.small = s.v + b * p;
    s.values = s.small + m * m;
    s.reach = s.values + m;
    s.along = s.reach + m * p;
    return s;
}

static size_t space_needed(size_t n, size_t b, size_t p, size_t m)
{
    return n * p + n + p * p + 2 * b * p + b + m * m + m + m * p + m;
}

/* q <- orthonormal basis of sqrt(w) X; y <- residuals of sqrt(w) y. Returns their sum of squares,
 * NaN when the weights leave X singular. */
static double project(const job_t *job, size_t g, space_t *s)
{
    size_t n = job->blocks->n, p = job->p;
    const double *e = job->e + g * n, *w = job->weights + g * n;
    double rss = 0;

    for (size_t i = 0; i < n; i++) {
        double root = sqrt(w[i]);
        s->y[i] = root * e[i];
        for (size_t j = 0; j < p; j++) s->q[i + j * n] = root * job->basis[i + j * n];
    }
    for (size_t j = 0; j < p; j++)
        for (size_t k = j; k < p; k++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++) sum += s->q[i + j * n] * s->q[i + k * n];
            s->gram[k + j * p] = sum;
        }
    if (!til_chol(p, s->gram)) return NAN;
    for (size_t i = 0; i < n; i++) /* rows times L^-T */
        for (size_t j = 0; j < p; j++) {
            double value = s->q[i + j * n];
            for (size_t k = 0; k < j; k++) value -= s->gram[j + k * p] * s->q[i + k * n];
            s->q[i + j * n] = value / s->gram[j + j * p];
        }
    for (size_t j = 0; j < p; j++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += s->q[i + j * n] * s->y[i];
        for (size_t i = 0; i < n; i++) s->y[i] -= sum * s->q[i + j * n];
    }
    for (size_t i = 0; i < n; i++) rss += s->y[i] * s->y[i];
    return rss;
}

/* u <- Z'q, c <- Z'y */
static void sum_blocks(const job_t *job, space_t *s)
{
    size_t n = job->blocks->n, n_blocks = job->blocks->n_blocks, p = job->p;

    memset(s->u, 0, (n_blocks * p + n_blocks) * sizeof *s->u);
    for (size_t i = 0; i < n; i++) {
        size_t b = job->blocks->block[i];
        for (size_t j = 0; j < p; j++) s->u[b * p + j] += s->q[i + j * n];
        s->c[b] += s->y[i];
    }
}

/* An orthonormal basis of the columns of u over the blocks of one class (Gram-Schmidt, twice), as
 * rows `at`.. of the small problem: what u and c are along it. Returns its dimension; *rest is what
 * c has outside it. */
static size_t reduce_class(const job_t *job, const class_t *class, size_t at, space_t *s,
                           double *rest)
{
    size_t p = job->p, m = class->n_blocks, n_found = 0;
    double *v = s->v;

    for (size_t j = 0; j < p && n_found < m; j++) {
        double *column = v + n_found * m, before = 0, length = 0;
        for (size_t i = 0; i < m; i++) {
            column[i] = s->u[class->block[i] * p + j];
            before += column[i] * column[i];
        }
        for (int pass = 0; pass < 2; pass++)
            for (size_t k = 0; k < n_found; k++) {
                double sum = 0;
                for (size_t i = 0; i < m; i++) sum += v[k * m + i] * column[i];
                for (size_t i = 0; i < m; i++) column[i] -= sum * v[k * m + i];
            }
        for (size_t i = 0; i < m; i++) length += column[i] * column[i];
        if (!(length > 1e-24 * fmax(before, 1e-12))) continue;
        for (size_t i = 0; i < m; i++) column[i] /= sqrt(length);
        n_found++;
    }

    *rest = 0;
    for (size_t i = 0; i < m; i++) *rest += s->c[class->block[i]] * s->c[class->block[i]];
    for (size_t k = 0; k < n_found; k++) {
        double along = 0;
        for (size_t i = 0; i < m; i++) along += v[k * m + i] * s->c[class->block[i]];
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t i = 0; i < m; i++) sum += v[k * m + i] * s->u[class->block[i] * p + j];
            s->reach[(at + k) * p + j] = sum;
        }
        s->along[at + k] = along;
        s->values[at + k] = class->size;
        *rest -= along * along;
    }
    *rest = fmax(*rest, 0);
    return n_found;
}

/* All terms of gene g; 0 when there are none. `term` holds 1 + n_classes + n_small. */
static til_status_t find_terms(til_ctx_t *ctx, const job_t *job, size_t g, space_t *s, term_t *term,
                               size_t *n_terms)
{
    size_t p = job->p, m = 0, n = 1;
    double rss = project(job, g, s), left = (double)(job->blocks->n - p);

    *n_terms = 0;
    if (isnan(rss)) return TIL_OK;
    sum_blocks(job, s);
    for (size_t i = 0; i < job->n_classes; i++) {
        const class_t *class = &job->classes[i];
        double rest;
        size_t n_found = reduce_class(job, class, m, s, &rest);
        m += n_found;
        if (class->n_blocks > n_found)
            term[n++] = (term_t){ class->size, (double)(class->n_blocks - n_found),
                                  rest / class->size };
    }

    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < m; k++) {
            double sum = i == k ? s->values[i] : 0;
            for (size_t j = 0; j < p; j++) sum -= s->reach[i * p + j] * s->reach[k * p + j];
            s->small[i + k * m] = sum;
        }
    if (m > 0) {
        til_status_t status = til_eigen_symmetric(ctx, m, s->small, s->values);
        if (status != TIL_OK) return status;
    }
    for (size_t k = 0; k < m; k++) {
        double along = 0;
        if (!(s->values[k] > TOL_ZERO)) continue;
        for (size_t i = 0; i < m; i++) along += s->small[i + k * m] * s->along[i];
        term[n++] = (term_t){ s->values[k], 1, along * along / s->values[k] };
    }
    for (size_t i = 1; i < n; i++) {
        left -= term[i].count;
        rss -= term[i].sum;
    }
    term[0] = (term_t){ 0, left, fmax(rss, 0) };
    *n_terms = n;
    return TIL_OK;
}

static til_status_t gene_range(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const job_t *job = arg;
    til_status_t status = TIL_OK;
    space_t s = space_of(job, job->space + (size_t)worker * job->space_size);
    term_t *term = til_array(1 + job->n_classes + job->n_small, sizeof *term);
    size_t n_terms;

    if (term == NULL) return til_no_memory(ctx, job->n_small, "terms");
    for (size_t g = begin; g < end; g++) {
        TIL_TRY(find_terms(ctx, job, g, &s, term, &n_terms));
        job->rho[g] = n_terms > 0 ? correlation_of(n_terms, term) : NAN;
    }

done:
    free(term);
    return status;
}

/* ---- all genes ---- */

/* True when every block indicator lies in the span of the design: nothing is left to correlate. */
static bool follow_from_design(const til_blocks_t *blocks, size_t p, const double *basis)
{
    size_t n = blocks->n;

    for (size_t b = 0; b < blocks->n_blocks; b++) {
        double outside = (double)blocks->size[b];
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                if (blocks->block[i] == b) sum += basis[i + j * n];
            outside -= sum * sum;
        }
        if (outside > TOL_IN_DESIGN) return false;
    }
    return true;
}

static til_status_t classes_init(til_ctx_t *ctx, const til_blocks_t *blocks, job_t *job)
{
    job->classes = til_array_zero(blocks->largest, sizeof *job->classes);
    if (job->classes == NULL) return til_no_memory(ctx, blocks->largest, "block sizes");
    for (size_t size = 1; size <= blocks->largest; size++) {
        class_t *class = &job->classes[job->n_classes];
        size_t n = 0;
        for (size_t b = 0; b < blocks->n_blocks; b++) n += blocks->size[b] == size;
        if (n == 0) continue;
        class->block = til_array(n, sizeof *class->block);
        if (class->block == NULL) return til_no_memory(ctx, n, "blocks");
        for (size_t b = 0; b < blocks->n_blocks; b++)
            if (blocks->size[b] == size) class->block[class->n_blocks++] = b;
        class->size = (double)size;
        job->n_small += n < job->p ? n : job->p;
        job->n_classes++;
    }
    return TIL_OK;
}

/* The trimmed mean of atanh(rho) over genes that have one, taken back. */
static til_status_t agree(til_ctx_t *ctx, size_t n_genes, double *rho, double lowest,
                          double *consensus)
{
    size_t n = 0;

    for (size_t g = 0; g < n_genes; g++)
        if (!isnan(rho[g])) rho[n++] = atanh(fmin(fmax(rho[g], lowest), RHO_MAX));
    if (n == 0)
        return til_fail(ctx, TIL_ENUMERIC,
                        "no gene tells the correlation within blocks: more blocks "
                        "of several samples are needed");
    *consensus = tanh(til_trimmed_mean_inplace(n, rho, TRIM));
    return TIL_OK;
}

til_status_t til_block_correlation(til_ctx_t *ctx, const til_blocks_t *blocks, size_t p,
                                   const double *basis, size_t n_genes, const double *e,
                                   const double *weights, double *consensus)
{
    til_status_t status = TIL_OK;
    job_t job = { .blocks = blocks, .p = p, .basis = basis, .e = e, .weights = weights };

    *consensus = 0;
    if (blocks->largest < 2 || follow_from_design(blocks, p, basis)) {
        til_say(ctx, TIL_LOG_WARNING, "%s: the correlation within blocks is taken as 0",
                blocks->largest < 2 ? "every block is a single sample"
                                    : "the blocks follow from the design");
        return TIL_OK;
    }
    if (blocks->n <= p + 2 || blocks->n_blocks < 2 || blocks->n_blocks >= blocks->n - 1)
        return til_fail(ctx, TIL_ENUMERIC,
                        "%zu blocks of %zu samples, %zu coefficients: too few to "
                        "estimate a correlation within blocks",
                        blocks->n_blocks, blocks->n, p);
    TIL_TRY(classes_init(ctx, blocks, &job));
    job.space_size = space_needed(blocks->n, blocks->n_blocks, p, job.n_small);
    job.space = til_array(job.space_size * (size_t)ctx->n_threads, sizeof *job.space);
    job.rho = til_array(n_genes, sizeof *job.rho);
    if (job.space == NULL || job.rho == NULL) TIL_TRY(til_no_memory(ctx, n_genes, "features"));
    TIL_TRY(til_parallel_for(ctx, n_genes, GRAIN, gene_range, &job));
    TIL_TRY(
        agree(ctx, n_genes, job.rho, 1 / (1 - (double)blocks->largest) + RHO_MARGIN, consensus));

done:
    for (size_t i = 0; job.classes != NULL && i < job.n_classes; i++) free(job.classes[i].block);
    free(job.classes);
    free(job.rho);
    free(job.space);
    return status;
}
