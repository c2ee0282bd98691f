/* ssgsea.c -- single-sample gene set enrichment.
 *
 * In one sample, over n genes, let r_g be the rank of gene g from below (ties share the mean of
 * their ranks, cut to a whole number), p_g its place from the top (1 .. n; ties share the mean of
 * their places, so that the score does not depend on the order of rows) and w_g = r_g^(1/4). For a
 * set S of k genes the area between the two running sums is
 *
 *     ES = sum_S w_g (n - p_g + 1) / sum_S w_g  -  sum_notS (n - p_g + 1) / (n - k)
 *
 * which costs one pass over the members of the set.
 *
 * Null:    mean and sd over random sets of size k of the genes of the sample, with its ties: to
 *          first order in the ratio ES is a sum over a simple random sample of
 *
 *              z_g = w_g (u_g - R) / (k mean w) + u_g / (n - k)
 *
 *          with u = n - p + 1 and R = sum w u / sum w,
 *          so var ES = k (1 - k/n) var z (n - 1 in the denominator); the mean has the second-order
 *          term of the ratio. k = 1 is exact. tests/unit/test_score.c compares with drawn sets.
 * Source:  Barbie et al. (2009), Nature 462:108; closed form as in GSVA 1.46.0. Null: Cochran,
 *          Sampling Techniques (1977), chapters 2 and 6.
 * Agrees:  GSVA 1.46.0 gsva(method = "ssgsea", ssgsea.norm = FALSE) to 1e-10 relative where there
 *          are no ties, and with TIL_SCORE_TIES_INPUT; with --scale range, ssgsea.norm = TRUE.
 * Differs: GSVA puts tied genes in the order of rows. A set of all genes has no score (GSVA: NaN).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/order.h"
#include "score/methods.h"

static const double ALPHA = 0.25; /* weight exponent: GSVA's tau for this method */

typedef struct {
    const til_score_input_t *in;
    const double *weight_of_rank; /* n + 1 */
    double *scores;               /* NULL where the moments are wanted */
    double *mean, *sd;
} job_t;

/* height[g] = n - p_g + 1 and weight[g], from the values of one sample. */
static til_status_t place_genes(til_ctx_t *ctx, const job_t *job, const double *value,
                                size_t *order, double *height, double *weight)
{
    size_t n = job->in->n_genes;
    til_status_t status = til_order(ctx, n, value, true, order);

    if (status != TIL_OK) return status;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && value[order[end]] == value[order[i]]; end++) {}
        size_t rank = ((n - i) + (n - end + 1)) / 2;
        double shared = (double)(n - i) - (double)(end - 1 - i) / 2;
        for (size_t p = i; p < end; p++) {
            height[order[p]] = job->in->ties == TIL_SCORE_TIES_BLOCK ? shared : (double)(n - p);
            weight[order[p]] = job->weight_of_rank[rank];
        }
    }
    return TIL_OK;
}

static void score_sets(const til_score_input_t *in, size_t s, const double *height,
                       const double *weight, double *scores)
{
    size_t n = in->n_genes;
    double all = (double)n * ((double)n + 1) / 2;

    for (size_t i = 0; i < in->n_sets; i++) {
        double hits = 0, total = 0, inside = 0;
        size_t k = in->offset[i + 1] - in->offset[i];

        for (size_t e = in->offset[i]; e < in->offset[i + 1]; e++) {
            size_t g = in->member[e];
            hits += weight[g] * height[g];
            total += weight[g];
            inside += height[g];
        }
        scores[i * in->n_samples + s] = k == 0 || k == n
                                            ? NAN
                                            : hits / total - (all - inside) / (double)(n - k);
    }
}

/* Sums over the population that every size needs, about the means. */
typedef struct {
    double n, mean_w, ratio, mean_u;
    double pp, pu, uu, pw; /* covariances (n - 1) of p = w (u - ratio), u and w */
} population_t;

static population_t describe_population(size_t n_genes, const double *height, const double *weight)
{
    population_t q = { .n = (double)n_genes, .mean_u = ((double)n_genes + 1) / 2 };
    double w_u = 0;

    for (size_t g = 0; g < n_genes; g++) {
        q.mean_w += weight[g] / q.n;
        w_u += weight[g] * height[g] / q.n;
    }
    q.ratio = w_u / q.mean_w;
    for (size_t g = 0; g < n_genes; g++) {
        double p = weight[g] * (height[g] - q.ratio), u = height[g] - q.mean_u;
        q.pp += p * p / (q.n - 1); /* the mean of p is 0 */
        q.pu += p * u / (q.n - 1);
        q.uu += u * u / (q.n - 1);
        q.pw += p * (weight[g] - q.mean_w) / (q.n - 1);
    }
    return q;
}

/* Mean and sd of the score of a random set of each size in sample s. */
static void expect_sets(const til_score_input_t *in, size_t s, const double *height,
                        const double *weight, double *mean, double *sd)
{
    population_t q = describe_population(in->n_genes, height, weight);

    for (size_t i = 0; i < in->n_sets; i++) {
        size_t size = in->offset[i + 1] - in->offset[i], at = i * in->n_samples + s;
        double k = (double)size, n = q.n;
        double a = 1 / (k * q.mean_w), b = 1 / (n - k), left = 1 - k / n;

        if (size == 0 || size >= in->n_genes) {
            mean[at] = sd[at] = NAN;
        } else if (size == 1) { /* ES = u (1 + 1/(n-1)) - sum u / (n-1) */
            mean[at] = 0;
            sd[at] = (1 + b) * sqrt(q.uu * left);
        } else {
            mean[at] = q.ratio - left * q.pw / (k * q.mean_w * q.mean_w) - q.mean_u;
            sd[at] = sqrt(k * left * (a * a * q.pp + 2 * a * b * q.pu + b * b * q.uu));
        }
    }
}

static til_status_t score_samples(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const job_t *job = arg;
    const til_score_input_t *in = job->in;
    til_status_t status = TIL_OK;
    size_t n = in->n_genes;
    size_t *order = til_array(n, sizeof *order);
    double *value = til_array(n, sizeof *value);
    double *height = til_array(n, sizeof *height);
    double *weight = til_array(n, sizeof *weight);

    (void)worker;
    if (order == NULL || value == NULL || height == NULL || weight == NULL) {
        status = til_no_memory(ctx, n, "genes");
        goto done;
    }
    for (size_t s = begin; s < end; s++) {
        for (size_t g = 0; g < n; g++) value[g] = in->x[g * in->n_samples + s];
        TIL_TRY(place_genes(ctx, job, value, order, height, weight));
        if (job->scores != NULL) score_sets(in, s, height, weight, job->scores);
        else expect_sets(in, s, height, weight, job->mean, job->sd);
    }
done:
    free(order);
    free(value);
    free(height);
    free(weight);
    return status;
}

static double *weights_of_ranks(size_t n)
{
    double *weight = til_array(n + 1, sizeof *weight);

    if (weight != NULL)
        for (size_t r = 0; r <= n; r++) weight[r] = pow((double)r, ALPHA);
    return weight;
}

static til_status_t over_samples(til_ctx_t *ctx, job_t job)
{
    double *weight = weights_of_ranks(job.in->n_genes);
    til_status_t status;

    if (weight == NULL) return til_no_memory(ctx, job.in->n_genes, "genes");
    job.weight_of_rank = weight;
    status = til_parallel_for(ctx, job.in->n_samples, 1, score_samples, &job);
    free(weight);
    return status;
}

static til_status_t run(til_ctx_t *ctx, const til_score_input_t *in, double *scores)
{
    return over_samples(ctx, (job_t){ .in = in, .scores = scores });
}

static til_status_t null_moments(til_ctx_t *ctx, const til_score_input_t *in, double *mean,
                                 double *sd)
{
    return over_samples(ctx, (job_t){ .in = in, .mean = mean, .sd = sd });
}

const til_score_method_t til_score_ssgsea = {
    .name = "ssgsea",
    .summary = "single-sample GSEA: area between weighted and plain running sums of ranks",
    .reference = "Barbie et al. 2009, doi:10.1038/nature08460",
    .flags = TIL_SCORE_RANKS | TIL_SCORE_HAS_RANGE | TIL_SCORE_HAS_TIES,
    .run = run,
    .null_moments = null_moments
};
