/* gsva.c -- gene set variation analysis.
 *
 * Each gene is first made comparable over the n samples by a kernel estimate of its distribution
 * function at its own values,
 *
 *     Gaussian  F(x_j) = (1/n) sum_i Phi((x_j - x_i)/h),          h = sd/4
 *     Poisson   F(x_j) = (1/n) sum_i Pois(X <= x_j; x_i + 1/2)
 *     none      F(x_j) = (1/n) #{i: x_i <= x_j}
 *
 * and d = log(F/(1 - F)). In one sample the N genes are put in decreasing order of d (ties in the
 * order of the matrix); the gene in place r has the weight |N/2 - r + 1|. A running sum steps up
 * by the weight (over the set's total) at a gene of the set and down by 1/(N - k) at any other;
 * the score is its largest positive plus its largest negative value.
 *
 * One sweep over the order serves all sets: each gene knows its sets, and a running sum can only
 * have its maximum just after a hit and its minimum just before one, so the cost is the number of
 * memberships, not sets times genes.
 *
 * Source:  Haenzelmann, Castelo & Guinney (2013), BMC Bioinformatics 14:7.
 * Agrees:  GSVA 1.46.0 gsva(method = "gsva", kcdf = ...) to 1e-10. Phi comes from GSVA's own
 *          table (10001 points on [0, 10], cut to the point below), without which values differ
 *          by 4e-4.
 * Differs: a set of all genes has no score.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/dist.h"
#include "math/order.h"
#include "score/methods.h"

enum { PHI_STEPS = 10000 };          /* of GSVA's table  */
static const double PHI_MAX = 10;    /* its upper end    */
static const double ROUNDING = 1e-9; /* of 1e4, far more than three roundings make */
static const double BANDWIDTH = 4;   /* h = sd / 4       */
static const double POISSON_SHIFT = 0.5;

typedef struct {
    const til_score_input_t *in;
    const double *phi;               /* PHI_STEPS + 1 points, then 1           */
    double *density;                 /* n_samples x n_genes: a sample's genes contiguous */
    const size_t *set_offset, *sets; /* gene g is in sets[set_offset[g] .. set_offset[g+1]) */
    double *scores;
} job_t;

/* The step of GSVA's table for |v| = size/h: (int)(|v| / 10 * 10000), one past its end beyond 10.
 * The product with 1000/h gives the same whole number unless it is within rounding of one; only
 * then are GSVA's own divisions done. */
static size_t phi_step(double size, double h, double per_step)
{
    double at = size * per_step;

    if (!(at < PHI_STEPS + 1)) return PHI_STEPS + 1;
    size_t step = (size_t)at;
    double rest = at - (double)step;
    if (rest > ROUNDING && rest < 1 - ROUNDING && step != PHI_STEPS) return step;
    double v = size / h;
    return v > PHI_MAX ? PHI_STEPS + 1 : (size_t)(v / PHI_MAX * PHI_STEPS);
}

/* f[j] = (1/n) sum_i Phi((x_j - x_i)/h). A pair serves both its samples, as Phi(-v) = 1 - Phi(v);
 * each sum is still taken in the order of the samples, so that it is GSVA's to the last bit. */
static void gaussian_cdf(size_t n, const double *x, double h, const double *phi, double *f)
{
    double per_step = PHI_STEPS / (PHI_MAX * h);

    for (size_t i = 0; i < n; i++) f[i] = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = f[i] + phi[0], at = x[i];

        for (size_t j = i + 1; j < n; j++) {
            double difference = at - x[j], p = phi[phi_step(fabs(difference), h, per_step)];

            sum += difference < 0 ? 1 - p : p;
            f[j] += difference < 0 ? p : 1 - p;
        }
        f[i] = sum / (double)n;
    }
}

/* Beyond twelve standard deviations (and 60, where the mean is small) the tail is under 1e-30 and
 * cannot show beside the gene's own term, which is near a half. */
static double poisson_cdf(size_t n, const double *x, double at)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        double mean = x[i] + POISSON_SHIFT, reach = 12 * sqrt(mean) + 60;

        if (at < mean - reach) continue;
        sum += at > mean + reach ? 1 : til_ppois(at, mean, false, false);
    }
    return sum / (double)n;
}

static double empirical_cdf(size_t n, const double *x, double at)
{
    size_t below = 0;

    for (size_t i = 0; i < n; i++) below += x[i] <= at;
    return (double)below / (double)n;
}

static double standard_deviation(size_t n, const double *x)
{
    double mean = 0, squares = 0;

    for (size_t i = 0; i < n; i++) mean += x[i];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    return sqrt(squares / (double)(n - 1));
}

static til_status_t estimate_densities(til_ctx_t *ctx, void *arg, int worker, size_t begin,
                                       size_t end)
{
    const job_t *job = arg;
    size_t n = job->in->n_samples;
    double *f = til_array(n, sizeof *f);

    (void)worker;
    if (f == NULL) return til_no_memory(ctx, n, "samples");
    for (size_t g = begin; g < end; g++) {
        const double *x = job->in->x + g * n;
        double *density = job->density + g;

        if (job->in->kcdf == TIL_KCDF_GAUSSIAN)
            gaussian_cdf(n, x, standard_deviation(n, x) / BANDWIDTH, job->phi, f);
        else
            for (size_t s = 0; s < n; s++)
                f[s] = job->in->kcdf == TIL_KCDF_POISSON ? poisson_cdf(n, x, x[s])
                                                         : empirical_cdf(n, x, x[s]);
        for (size_t s = 0; s < n; s++)
            density[s * job->in->n_genes] = job->in->kcdf == TIL_KCDF_NONE
                                                ? log(f[s] / (1 - f[s]))
                                                : -log((1 - f[s]) / f[s]);
    }
    free(f);
    return TIL_OK;
}

/* A running sum in the middle of its walk. */
typedef struct {
    double total, reached, highest, lowest;
    size_t n_hits;
} walk_t;

static void sweep(const job_t *job, const size_t *order, walk_t *walks)
{
    size_t n = job->in->n_genes;

    for (size_t i = 0; i < job->in->n_sets; i++) walks[i] = (walk_t){ 0 };
    for (size_t r = 0; r < n; r++) {
        double weight = fabs((double)(n - r) - (double)n / 2);
        size_t g = order[r];

        for (size_t e = job->set_offset[g]; e < job->set_offset[g + 1]; e++)
            walks[job->sets[e]].total += weight;
    }
    for (size_t r = 0; r < n; r++) {
        double weight = fabs((double)(n - r) - (double)n / 2);
        size_t g = order[r];

        for (size_t e = job->set_offset[g]; e < job->set_offset[g + 1]; e++) {
            size_t i = job->sets[e], k = job->in->offset[i + 1] - job->in->offset[i];
            walk_t *w = &walks[i];
            double down = 1 / (double)(n - k);
            double before = w->reached / w->total - (double)(r - w->n_hits) * down;

            w->reached += weight;
            double after = w->reached / w->total - (double)(r - w->n_hits) * down;
            w->n_hits++;
            if (before < w->lowest) w->lowest = before;
            if (after > w->highest) w->highest = after;
        }
    }
}

static til_status_t score_samples(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const job_t *job = arg;
    const til_score_input_t *in = job->in;
    til_status_t status = TIL_OK;
    size_t *order = til_array(in->n_genes, sizeof *order);
    walk_t *walks = til_array(in->n_sets, sizeof *walks);

    (void)worker;
    if (order == NULL || walks == NULL) {
        status = til_no_memory(ctx, in->n_genes, "genes");
        goto done;
    }
    for (size_t s = begin; s < end; s++) {
        TIL_TRY(til_order(ctx, in->n_genes, job->density + s * in->n_genes, true, order));
        sweep(job, order, walks);
        for (size_t i = 0; i < in->n_sets; i++) {
            size_t k = in->offset[i + 1] - in->offset[i];
            bool defined = k > 0 && k < in->n_genes && walks[i].total > 0;

            job->scores[i * in->n_samples + s] = defined ? walks[i].highest + walks[i].lowest : NAN;
        }
    }
done:
    free(order);
    free(walks);
    return status;
}

/* The sets of each gene, from the genes of each set. */
static void invert(const til_score_input_t *in, size_t *set_offset, size_t *sets)
{
    size_t n = in->n_genes;

    for (size_t g = 0; g <= n; g++) set_offset[g] = 0;
    for (size_t e = 0; e < in->offset[in->n_sets]; e++) set_offset[in->member[e]]++;
    for (size_t g = 0, sum = 0; g <= n; g++) {
        sum += set_offset[g];
        set_offset[g] = sum; /* end of gene g's sets */
    }
    for (size_t i = in->n_sets; i-- > 0;)
        for (size_t e = in->offset[i]; e < in->offset[i + 1]; e++)
            sets[--set_offset[in->member[e]]] = i;
}

static til_status_t run(til_ctx_t *ctx, const til_score_input_t *in, double *scores)
{
    til_status_t status = TIL_OK;
    double *phi = til_array(PHI_STEPS + 2, sizeof *phi);
    double *density = til_array(in->n_genes * in->n_samples, sizeof *density);
    size_t *set_offset = til_array(in->n_genes + 1, sizeof *set_offset);
    size_t *sets = til_array(in->offset[in->n_sets], sizeof *sets);

    if (phi == NULL || density == NULL || set_offset == NULL || sets == NULL) {
        status = til_no_memory(ctx, in->n_genes, "genes");
        goto done;
    }
    if (in->n_samples < 2) {
        status = til_fail(ctx, TIL_ENUMERIC,
                          "method gsva compares samples: expected at least 2, "
                          "got %zu; try --method ssgsea or singscore",
                          in->n_samples);
        goto done;
    }
    for (int i = 0; i <= PHI_STEPS; i++)
        phi[i] = til_pnorm(PHI_MAX * i / PHI_STEPS, 0, 1, false, false);
    phi[PHI_STEPS + 1] = 1;
    invert(in, set_offset, sets);

    job_t job = { in, phi, density, set_offset, sets, scores };
    TIL_TRY(til_parallel_for(ctx, in->n_genes, 256, estimate_densities, &job));
    TIL_TRY(til_parallel_for(ctx, in->n_samples, 1, score_samples, &job));
done:
    free(phi);
    free(density);
    free(set_offset);
    free(sets);
    return status;
}

const til_score_method_t til_score_gsva = {
    .name = "gsva",
    .summary = "gene set variation analysis: running sum over kernel-smoothed ranks",
    .reference = "Haenzelmann et al. 2013, doi:10.1186/1471-2105-14-7",
    .flags = TIL_SCORE_COHORT | TIL_SCORE_VARYING | TIL_SCORE_HAS_KCDF,
    .run = run
};
