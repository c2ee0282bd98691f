/* cooks.c -- Cook's distances of negative binomial fits, and replacement of outlying counts.
 *
 *     D_s = (y - mu)^2 / (mu + alpha mu^2) / p * h / (1 - h)^2
 *
 * with alpha from a robust variance v of the normalised counts k, alpha = max((v - q)/q^2, 0.04),
 * q = mean k: in cells (samples with equal design rows) of three and more,
 *
 *     v = max_cells c * tmean((k - tmean k)^2)
 *
 * where tmean drops 1/3, 1/4 or 1/8 at each end of cells up to 3, up to 23 and larger, and c is
 * 2.04, 1.86, 1.51. Without such a cell all samples are one, dropping 1/8.
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550; Cook (1977), Technometrics 19:15.
 * Agrees:  DESeq2 1.38.3 calculateCooksDistance(), replaceOutliers() to 1e-6
 *          (tests/shared/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "de/cooks.h"
#include "math/order.h"

#define MIN_ROBUST_DISPERSION 0.04
#define REPLACEMENT_TRIM      0.2

static size_t cell_size(const til_nb_plan_t *plan, size_t g)
{
    return plan->group_begin[g + 1] - plan->group_begin[g];
}

bool til_cooks_any_cell(const til_nb_plan_t *plan, size_t n)
{
    for (size_t g = 0; g < plan->n_groups; g++)
        if (cell_size(plan, g) >= n) return true;
    return false;
}

/* scale * tmean((k - tmean k)^2) of n values; k is kept, scratch holds n. */
static double trimmed_variance(size_t n, const double *k, double trim, double scale,
                               double *scratch)
{
    for (size_t i = 0; i < n; i++) scratch[i] = k[i];
    double centre = til_trimmed_mean_inplace(n, scratch, trim);
    for (size_t i = 0; i < n; i++) scratch[i] = (k[i] - centre) * (k[i] - centre);
    return scale * til_trimmed_mean_inplace(n, scratch, trim);
}

static double robust_variance(const til_nb_plan_t *plan, const double *k, double *scratch)
{
    static const double trim[] = { 1.0 / 3, 1.0 / 4, 1.0 / 8 }, scale[] = { 2.04, 1.86, 1.51 };
    double largest = -INFINITY;

    if (!til_cooks_any_cell(plan, TIL_COOKS_MIN_CELL))
        return trimmed_variance(plan->n, k, trim[2], scale[2], scratch);
    for (size_t g = 0; g < plan->n_groups; g++) {
        size_t n = cell_size(plan, g), size = n <= 3 ? 0 : n <= 23 ? 1 : 2;
        if (n < TIL_COOKS_MIN_CELL) continue;
        largest = fmax(largest, trimmed_variance(n, k + plan->group_begin[g], trim[size],
                                                 scale[size], scratch));
    }
    return largest;
}

void til_cooks_distances(const til_nb_work_t *work, double *cooks, double *scratch)
{
    const til_nb_plan_t *plan = work->plan;
    double *k = scratch + plan->n;
    long double sum = 0;

    for (size_t i = 0; i < plan->n; i++) {
        k[i] = work->y[i] / work->nf[i];
        sum += k[i];
    }
    double mean = (double)(sum / (long double)plan->n);
    double variance = robust_variance(plan, k, scratch);
    double alpha = fmax((variance - mean) / (mean * mean), MIN_ROBUST_DISPERSION);

    for (size_t i = 0; i < plan->n; i++) {
        double mu = work->mu[i], h = work->hat[i], away = work->y[i] - mu;
        cooks[i] = away * away / (mu + alpha * mu * mu) / (double)plan->p * h / ((1 - h) * (1 - h));
    }
}

size_t til_cooks_replace(const til_nb_work_t *work, const double *cooks, double cutoff,
                         double *counts, double *scratch)
{
    const til_nb_plan_t *plan = work->plan;
    size_t n_replaced = 0;
    double mean;

    for (size_t i = 0; i < plan->n; i++) scratch[i] = work->y[i] / work->nf[i];
    mean = til_trimmed_mean_inplace(plan->n, scratch, REPLACEMENT_TRIM);
    for (size_t g = 0; g < plan->n_groups; g++) {
        if (cell_size(plan, g) < TIL_REPLACE_MIN_CELL) continue;
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++) {
            if (!(cooks[i] > cutoff)) continue;
            counts[plan->order[i]] = trunc(mean * work->nf[i]);
            n_replaced++;
        }
    }
    return n_replaced;
}
