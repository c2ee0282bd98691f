/* independent_filter.c -- independent filtering on the mean count.
 *
 * Thresholds are the quantiles of the statistic at 50 probabilities theta, from the share of genes
 * where it is 0 to 0.95. R(theta), the rejections of Benjamini-Hochberg among the genes at or above
 * the threshold, is smoothed by lowess over theta (f = 1/5); the threshold taken is the
 * first whose R exceeds
 *
 *     max lowess - sqrt(mean (R - lowess)^2 over R > 0)
 *
 * and the lowest one when no threshold gives more than 10 rejections.
 *
 * Source:  Bourgon, Gentleman & Huber (2010), PNAS 107:9546; Love, Huber & Anders (2014).
 * Agrees:  DESeq2 1.38.3 results(): the same threshold, padj to 1e-12 given equal p
 *          (tests/unit/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "de/independent_filter.h"
#include "math/order.h"
#include "math/smooth.h"

enum { N_THETA = 50, FEW_REJECTIONS = 10, LOWESS_ITERATIONS = 3 };
#define LOWESS_SPAN  0.2
#define LOWESS_DELTA 0.01 /* of the range of theta, R's default */

/* Rejections among the genes passing `threshold`; order sorts p ascending over n_p genes. */
static size_t count_rejections(size_t n_p, const size_t *order, const double *statistic,
                               const double *p, double threshold, double alpha)
{
    size_t n_pass = 0, rank = 0, rejected = 0;

    for (size_t i = 0; i < n_p; i++) n_pass += statistic[order[i]] >= threshold;
    for (size_t i = 0; i < n_p; i++) {
        if (!(statistic[order[i]] >= threshold)) continue;
        rank++;
        if ((double)n_pass / (double)rank * p[order[i]] < alpha) rejected = rank;
    }
    return rejected;
}

static size_t choose(const double *rejected, const double *smooth)
{
    double most = 0, top = -INFINITY, square = 0;
    size_t n_positive = 0;

    for (size_t j = 0; j < N_THETA; j++) {
        most = fmax(most, rejected[j]);
        top = fmax(top, smooth[j]);
        if (!(rejected[j] > 0)) continue;
        square += (rejected[j] - smooth[j]) * (rejected[j] - smooth[j]);
        n_positive++;
    }
    if (most <= FEW_REJECTIONS) return 0;
    double least = top - sqrt(square / (double)n_positive);
    for (size_t j = 0; j < N_THETA; j++)
        if (rejected[j] > least) return j;
    return 0;
}

til_status_t til_independent_filter(til_ctx_t *ctx, size_t n, const double *statistic,
                                    const double *p, double alpha, double *padj,
                                    til_filter_choice_t *choice)
{
    til_status_t status = TIL_OK;
    double theta[N_THETA], cutoff[N_THETA], rejected[N_THETA], smooth[N_THETA];
    double *sorted = til_array(n, sizeof *sorted);
    size_t *order = til_array(n, sizeof *order), n_p = 0, n_zero = 0;

    if (sorted == NULL || order == NULL) TIL_TRY(til_no_memory(ctx, n, "genes"));
    memcpy(sorted, statistic, n * sizeof *sorted);
    til_sort(n, sorted);
    TIL_TRY(til_order(ctx, n, p, false, order));
    while (n_p < n && !isnan(p[order[n_p]])) n_p++;
    for (size_t g = 0; g < n; g++) n_zero += statistic[g] == 0;

    double low = (double)n_zero / (double)n, high = low < 0.95 ? 0.95 : 1;
    for (size_t j = 0; j < N_THETA; j++) {
        theta[j] = j + 1 == N_THETA ? high : low + (double)j * ((high - low) / (N_THETA - 1));
        cutoff[j] = til_quantile_sorted(n, sorted, theta[j]);
        rejected[j] = (double)count_rejections(n_p, order, statistic, p, cutoff[j], alpha);
    }
    TIL_TRY(til_lowess(ctx, N_THETA, theta, rejected, LOWESS_SPAN, LOWESS_ITERATIONS,
                       LOWESS_DELTA * (high - low), smooth));

    size_t j = choose(rejected, smooth);
    *choice = (til_filter_choice_t){ cutoff[j], theta[j], (size_t)rejected[j] };
    for (size_t g = 0; g < n; g++) padj[g] = statistic[g] >= cutoff[j] ? p[g] : NAN;
    TIL_TRY(til_adjust_bh(ctx, n, padj, padj));
done:
    free(order);
    free(sorted);
    return status;
}
