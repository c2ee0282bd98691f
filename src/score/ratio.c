/* ratio.c -- ratios of sums of genes.
 *
 * With x the CPM or TPM of a gene in a sample, u what one read is on that scale, and sums over the
 * k genes of a side that are there:
 *
 *     ratio = log2 (sum_a x + u/2) / k_a - log2 (sum_b x + u/2) / k_b
 *
 * Sums on the linear scale stay in proportion when a tumour is diluted with one that lacks the
 * cells of both sides; means of log2(x + 1) do not, since the 1 squeezes genes of a few CPM. Half a
 * read makes the logarithm of a count nearly unbiased from one read on, and is the same evidence at
 * any depth, which a constant in CPM is not.
 *
 * Interval: the variance of log sum x is 1/(reads + 1/2) for counting; where a side has three genes
 *           or more, the jackknife over its genes is added: what another choice of genes from
 *           the same programme would have said. 95 % of the normal law on the log scale.
 * Source:   Anscombe (1956), Biometrika 43:461 (1/2); Cochran, Sampling Techniques (1977), 6.17
 *           (jackknife of a ratio).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "score/ratio.h"

static const double PRIOR_READS = 0.5;
static const double READ_AT_20_MILLION = 0.05; /* CPM of a read where the depth is not known */
static const double Z_95 = 1.959963984540054;
enum { LEAST_FOR_SPREAD = 3 };

static double linear(double x) { return fmax(exp2(x) - 1, 0); }

/* Log mean of a side, and the jackknife variance of it over genes. */
static double log_mean(const til_ratio_side_t *side, size_t s, double prior, double *sum,
                       double *spread)
{
    size_t k = 0;
    double mean = 0, squares = 0;

    *sum = *spread = 0;
    for (size_t g = 0; g < side->n; g++) {
        if (side->rows[g] == NULL) continue;
        *sum += linear(side->rows[g][s]);
        k++;
    }
    if (k == 0) return NAN;
    double n = (double)k;
    if (k >= LEAST_FOR_SPREAD) {
        for (size_t g = 0; g < side->n; g++) {
            if (side->rows[g] == NULL) continue;
            double left = log(fmax(*sum - linear(side->rows[g][s]), 0) + prior);
            double step = left - mean;
            mean += step / ++*spread;
            squares += step * (left - mean);
        }
        *spread = (n - 1) / n * squares;
    }
    return log((*sum + prior) / n);
}

til_ratio_t til_ratio_of(const til_ratio_side_t *above, const til_ratio_side_t *below, size_t s,
                         double per_read)
{
    double unit = isnan(per_read) ? READ_AT_20_MILLION : per_read, prior = PRIOR_READS * unit;
    double sum_a, sum_b, spread_a, spread_b;
    double a = log_mean(above, s, prior, &sum_a, &spread_a);
    double b = log_mean(below, s, prior, &sum_b, &spread_b);
    til_ratio_t out = { (a - b) / log(2), NAN, NAN, sum_a / per_read, sum_b / per_read };

    if (isnan(per_read) || isnan(out.value)) return out;
    double variance = 1 / (out.reads_above + PRIOR_READS) + 1 / (out.reads_below + PRIOR_READS) +
                      spread_a + spread_b;
    out.low = out.value - Z_95 * sqrt(variance) / log(2);
    out.high = out.value + Z_95 * sqrt(variance) / log(2);
    return out;
}
