/* norm_factors.c -- TMM, TMM with singleton pairing, RLE, upper quartile.
 *
 * For a sample with counts y and library size N against a reference r, R:
 *
 *     M_g = log2( (y_g/N) / (r_g/R) )                log ratio
 *     A_g = ( log2(y_g/N) + log2(r_g/R) ) / 2        log abundance
 *     v_g = (N - y_g)/N/y_g + (R - r_g)/R/r_g        approximate variance of M
 *     f   = 2 ^ ( sum M_g/v_g / sum 1/v_g )          over features inside both trims:
 *           30% of the M and 5% of the A are cut off at each end
 *
 * and all factors are divided by their geometric mean.
 *
 * Source:  Robinson & Oshlack (2010), Genome Biology 11:R25 (TMM); Anders & Huber (2010) (RLE);
 *          Bullard et al. (2010), BMC Bioinformatics 11:94 (upper quartile).
 * Agrees:  edgeR 3.40.2 calcNormFactors() to 1e-11. Trims are by average ranks for TMM, by
 *          position in a stable order for TMMwsp, as there; logs and ratios are rounded in its
 *          order, because equal M must stay equal.
 * Differs: a zero or undefined factor is a failure here, a NaN there.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/order.h"
#include "norm/norm_factors.h"

static const double TRIM_RATIO = 0.3, TRIM_ABUNDANCE = 0.05;
static const double UPPER_QUARTILE = 0.75;
static const double SAME_SAMPLE = 1e-6; /* no |M| above it: the factor is 1 */
static const double NO_COUNTS = 1e-20;  /* edgeR's zero for a median upper quartile */
static const double SINGLETON = 1e-14;  /* counts above it are positive in TMMwsp   */

/* counts of the features seen in any sample, a sample's features contiguous */
typedef struct {
    size_t n_genes, n_samples;
    double *y;
} columns_t;

static til_status_t columns_new(til_ctx_t *ctx, const til_matrix_t *counts, columns_t *out)
{
    size_t n = 0, n_cols = counts->n_cols;
    size_t *used = til_array(counts->n_rows, sizeof *used);

    if (used == NULL) return til_no_memory(ctx, counts->n_rows, "features");
    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        size_t s = 0;
        while (s < n_cols && !(k[s] > 0)) s++;
        if (s < n_cols) used[n++] = g;
    }

    out->n_genes = n;
    out->n_samples = n_cols;
    out->y = til_array(n * n_cols, sizeof *out->y);
    if (out->y == NULL) {
        free(used);
        return til_no_memory(ctx, n * n_cols, "counts");
    }
    for (size_t i = 0; i < n; i++) {
        const double *k = til_matrix_row(counts, used[i]);
        for (size_t s = 0; s < n_cols; s++) out->y[s * n + i] = k[s];
    }
    free(used);
    return TIL_OK;
}

/* One reference, one function per method, all samples. */
typedef struct {
    const columns_t *columns;
    const double *lib_size;
    size_t ref;
    double *ref_log; /* TMM: log2 of the reference's share of its library, per gene */
    double *space;   /* N_BUFFERS * n_genes + N_LOGS per worker                     */
    double *factors;
} trim_work_t;

enum { N_BUFFERS = 6 };
enum { N_LOGS = 1024 }; /* logs of shares of small whole counts are looked up */

/* Divides by the geometric mean; a factor that is no positive number names its sample. */
static til_status_t centre(til_ctx_t *ctx, const til_matrix_t *counts, const char *what,
                           double *factors)
{
    size_t n = counts->n_cols;
    double mean_log = 0;

    for (size_t s = 0; s < n; s++) {
        if (!(factors[s] > 0) || isinf(factors[s]))
            return til_fail(ctx, TIL_ENUMERIC,
                            "%s: %s of sample %s is zero or undefined: try the method tmm",
                            counts->origin, what, counts->col_names[s]);
        mean_log += log(factors[s]);
    }
    double middle = exp(mean_log / (double)n);
    for (size_t s = 0; s < n; s++) factors[s] /= middle;
    return TIL_OK;
}

static bool nothing_to_do(const til_matrix_t *counts, size_t n_genes, double *factors)
{
    if (n_genes > 0 && counts->n_cols > 1) return false;
    for (size_t s = 0; s < counts->n_cols; s++) factors[s] = 1;
    return true;
}

/* R's quantile(type = 7). */
static double quantile(size_t n, const double *x, double p, double *scratch)
{
    double at = (double)(n - 1) * p;
    size_t k[] = { (size_t)at, (size_t)at + 1 };
    double fraction = at - (double)k[0];
    til_order_point_t point[2];

    til_order_points(n, x, fraction > 0 ? 2 : 1, k, scratch, point);
    if (!(fraction > 0)) return point[0].value;
    return (1 - fraction) * point[0].value + fraction * point[1].value;
}

static void upper_quartiles(const columns_t *columns, const double *lib_size, double *scratch,
                            double *quartile)
{
    size_t n = columns->n_genes;

    for (size_t s = 0; s < columns->n_samples; s++)
        quartile[s] = quantile(n, columns->y + s * n, UPPER_QUARTILE, scratch) / lib_size[s];
}

/* The sample with the largest sum of square roots; the first of equals. */
static size_t deepest_sample(const columns_t *columns)
{
    size_t n = columns->n_genes, best = 0;
    double most = -1;

    for (size_t s = 0; s < columns->n_samples; s++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += sqrt(columns->y[s * n + i]);
        if (sum > most) {
            most = sum;
            best = s;
        }
    }
    return best;
}

/* TMM's reference: the sample whose upper quartile is nearest the mean of all. `scratch` holds
 * n_genes, `quartile` n_samples values. */
static size_t typical_sample(const columns_t *columns, const double *lib_size, double *scratch,
                             double *quartile)
{
    size_t n_samples = columns->n_samples, best = 0;
    double mean = 0;

    upper_quartiles(columns, lib_size, scratch, quartile);
    for (size_t s = 0; s < n_samples; s++) mean += quartile[s];
    mean /= (double)n_samples;
    for (size_t s = 1; s < n_samples; s++)
        if (fabs(quartile[s] - mean) < fabs(quartile[best] - mean)) best = s;

    if (til_median_inplace(n_samples, quartile) < NO_COUNTS) best = deepest_sample(columns);
    return best;
}

/* The values whose average rank is at least `low` and at most `high` (1-based). */
typedef struct {
    double from, to;
    bool with_from, with_to;
} band_t;

static double average_rank(const til_order_point_t *point)
{
    return (double)point->n_less + ((double)point->n_equal + 1) / 2;
}

static band_t rank_band(size_t n, const double *x, double trim, double *scratch)
{
    size_t low = (size_t)floor((double)n * trim) + 1, high = n + 1 - low;
    const size_t k[] = { low - 1, high - 1 };
    til_order_point_t point[2];

    til_order_points(n, x, 2, k, scratch, point);
    return (band_t){ point[0].value, point[1].value, average_rank(&point[0]) >= (double)low,
                     average_rank(&point[1]) <= (double)high };
}

static inline bool in_band(const band_t *band, double value)
{
    return (value > band->from || (value == band->from && band->with_from)) &&
           (value < band->to || (value == band->to && band->with_to));
}

/* log_of[k] = log2(k / n) of whole k. */
static void small_logs(double n, double *log_of)
{
    for (int k = 0; k < N_LOGS; k++) log_of[k] = log2((double)k / n);
}

static inline double log_share(const double *log_of, double y, double n)
{
    int whole = y < N_LOGS ? (int)y : -1;
    return (double)whole == y ? log_of[whole] : log2(y / n);
}

/* Ratios, abundances and weights 1/v of the genes counted in the sample and the reference. */
static size_t compare(const trim_work_t *work, size_t s, double *log_of, double *ratio,
                      double *abundance, double *weight)
{
    size_t n_genes = work->columns->n_genes, n = 0;
    const double *obs = work->columns->y + s * n_genes;
    const double *ref = work->columns->y + work->ref * n_genes;
    double n_obs = work->lib_size[s], n_ref = work->lib_size[work->ref];

    small_logs(n_obs, log_of);
    for (size_t i = 0; i < n_genes; i++) {
        if (!(obs[i] > 0 && ref[i] > 0)) continue;
        ratio[n] = log2((obs[i] / n_obs) / (ref[i] / n_ref));
        abundance[n] = (log_share(log_of, obs[i], n_obs) + work->ref_log[i]) / 2;
        weight[n++] = 1 / ((n_obs - obs[i]) / n_obs / obs[i] + (n_ref - ref[i]) / n_ref / ref[i]);
    }
    return n;
}

static double tmm_factor(const trim_work_t *work, size_t s, double *space)
{
    size_t n_genes = work->columns->n_genes;
    double *ratio = space, *abundance = space + n_genes, *weight = space + 2 * n_genes,
           *scratch = space + 3 * n_genes;
    size_t n = compare(work, s, space + N_BUFFERS * n_genes, ratio, abundance, weight);
    double largest = 0, sum = 0, total = 0;

    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(ratio[i]));
    if (largest < SAME_SAMPLE) return 1;

    band_t of_ratio = rank_band(n, ratio, TRIM_RATIO, scratch);
    band_t of_abundance = rank_band(n, abundance, TRIM_ABUNDANCE, scratch);
    for (size_t i = 0; i < n; i++) {
        if (!in_band(&of_ratio, ratio[i]) || !in_band(&of_abundance, abundance[i])) continue;
        sum += ratio[i] * weight[i];
        total += weight[i];
    }
    double mean = sum / total;
    return isnan(mean) ? 1 : exp2(mean);
}

static til_status_t tmm_samples(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const trim_work_t *work = arg;
    double *space = work->space + (size_t)worker * (N_BUFFERS * work->columns->n_genes + N_LOGS);

    (void)ctx;
    for (size_t s = begin; s < end; s++) work->factors[s] = tmm_factor(work, s, space);
    return TIL_OK;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The pairs TMMwsp compares: features positive in both, then the largest counts of features
 * positive in one sample only, largest with largest. Returns how many. */
static size_t pair_up(const trim_work_t *work, size_t s, double *obs, double *ref, double *lone_obs,
                      double *lone_ref)
{
    size_t n_genes = work->columns->n_genes, n = 0, n_obs = 0, n_ref = 0, n_pairs;
    const double *y = work->columns->y + s * n_genes;
    const double *r = work->columns->y + work->ref * n_genes;

    for (size_t i = 0; i < n_genes; i++) {
        bool has_obs = y[i] > SINGLETON, has_ref = r[i] > SINGLETON;
        if (has_obs && has_ref) {
            obs[n] = y[i];
            ref[n++] = r[i];
        } else if (has_obs) {
            lone_obs[n_obs++] = y[i];
        } else if (has_ref) {
            lone_ref[n_ref++] = r[i];
        }
    }
    qsort(lone_obs, n_obs, sizeof *lone_obs, descending);
    qsort(lone_ref, n_ref, sizeof *lone_ref, descending);
    n_pairs = n_obs < n_ref ? n_obs : n_ref;
    for (size_t i = 0; i < n_pairs; i++) {
        obs[n] = lone_obs[i];
        ref[n++] = lone_ref[i];
    }
    return n;
}

/* Clears keep[i] outside the trims of a stable order by `x`, ties by `tie` (may be NULL). */
static til_status_t keep_middle(til_ctx_t *ctx, size_t n, const double *x, const double *tie,
                                double trim, unsigned char *keep)
{
    til_status_t status = TIL_OK;
    size_t low = (size_t)((double)n * trim), high = n - low;
    size_t *by_tie = til_array(n, sizeof *by_tie), *order = til_array(n, sizeof *order);
    double *moved = til_array(n, sizeof *moved);

    if (by_tie == NULL || order == NULL || moved == NULL) {
        status = til_no_memory(ctx, n, "features");
        goto done;
    }
    for (size_t i = 0; i < n; i++) by_tie[i] = i;
    if (tie != NULL) TIL_TRY(til_order(ctx, n, tie, false, by_tie));
    for (size_t i = 0; i < n; i++) moved[i] = x[by_tie[i]];
    TIL_TRY(til_order(ctx, n, moved, false, order));
    for (size_t i = 0; i < n; i++) keep[by_tie[order[i]]] &= (unsigned char)(i >= low && i < high);

done:
    free(moved);
    free(order);
    free(by_tie);
    return status;
}

static til_status_t tmmwsp_factor(til_ctx_t *ctx, const trim_work_t *work, size_t s, double *space,
                                  double *factor)
{
    til_status_t status = TIL_OK;
    size_t n_genes = work->columns->n_genes;
    double n_obs = work->lib_size[s], n_ref = work->lib_size[work->ref];
    double *obs = space, *ref = space + n_genes, *ratio = space + 2 * n_genes,
           *abundance = space + 3 * n_genes, *shrunk = space + 4 * n_genes;
    size_t n = pair_up(work, s, obs, ref, shrunk, space + 5 * n_genes);
    double largest = 0, sum = 0, weight = 0;
    unsigned char *keep = NULL;

    for (size_t i = 0; i < n; i++) {
        double p = obs[i] / n_obs, q = ref[i] / n_ref;
        ratio[i] = log2(p / q);
        abundance[i] = 0.5 * log2(p * q);
        shrunk[i] = log2(((obs[i] + 0.5) / (n_obs + 0.5)) / ((ref[i] + 0.5) / (n_ref + 0.5)));
        if (fabs(ratio[i]) > largest) largest = fabs(ratio[i]);
    }
    *factor = 1;
    if (largest < SAME_SAMPLE) return TIL_OK;

    keep = til_array(n, 1);
    if (keep == NULL) return til_no_memory(ctx, n, "features");
    memset(keep, 1, n);
    TIL_TRY(keep_middle(ctx, n, ratio, shrunk, TRIM_RATIO, keep));
    TIL_TRY(keep_middle(ctx, n, abundance, NULL, TRIM_ABUNDANCE, keep));

    for (size_t i = 0; i < n; i++) {
        if (!keep[i]) continue;
        double p = obs[i] / n_obs, q = ref[i] / n_ref;
        double v = (1 - p) / p / n_obs + (1 - q) / q / n_ref;
        double w = (1 + 1e-6) / (v + 1e-6);
        sum += w * ratio[i];
        weight += w;
    }
    *factor = exp2(sum / weight);

done:
    free(keep);
    return status;
}

static til_status_t tmmwsp_samples(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const trim_work_t *work = arg;
    double *space = work->space + (size_t)worker * (N_BUFFERS * work->columns->n_genes + N_LOGS);
    til_status_t status = TIL_OK;

    for (size_t s = begin; s < end && status == TIL_OK; s++)
        status = tmmwsp_factor(ctx, work, s, space, &work->factors[s]);
    return status;
}

/* TMM and TMMwsp: choose a reference, compare every sample with it. */
static til_status_t trimmed_mean(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                                 bool with_singletons, double *factors)
{
    til_status_t status = TIL_OK;
    columns_t columns = { 0, 0, NULL };
    double *space = NULL, *ref_log = NULL;
    size_t n;

    TIL_TRY(columns_new(ctx, counts, &columns));
    n = columns.n_genes;
    if (nothing_to_do(counts, n, factors)) goto done;
    space = til_array((N_BUFFERS * n + N_LOGS) * (size_t)ctx->n_threads, sizeof *space);
    ref_log = til_array(n, sizeof *ref_log);
    if (space == NULL || ref_log == NULL) TIL_TRY(til_no_memory(ctx, n, "features"));

    trim_work_t work = { &columns, lib_size, 0, ref_log, space, factors };
    work.ref = with_singletons ? deepest_sample(&columns)
                               : typical_sample(&columns, lib_size, space, factors);
    for (size_t i = 0; i < n; i++)
        ref_log[i] = log2(columns.y[work.ref * n + i] / lib_size[work.ref]);
    TIL_TRY(til_parallel_for(ctx, columns.n_samples, 1,
                             with_singletons ? tmmwsp_samples : tmm_samples, &work));
    TIL_TRY(centre(ctx, counts, "the trimmed mean", factors));

done:
    free(ref_log);
    free(space);
    free(columns.y);
    return status;
}

til_status_t til_norm_factors_tmm(til_ctx_t *ctx, const til_matrix_t *counts,
                                  const double *lib_size, double *factors)
{
    return trimmed_mean(ctx, counts, lib_size, false, factors);
}

til_status_t til_norm_factors_tmmwsp(til_ctx_t *ctx, const til_matrix_t *counts,
                                     const double *lib_size, double *factors)
{
    return trimmed_mean(ctx, counts, lib_size, true, factors);
}

til_status_t til_norm_factors_upper_quartile(til_ctx_t *ctx, const til_matrix_t *counts,
                                             const double *lib_size, double *factors)
{
    til_status_t status = TIL_OK;
    columns_t columns = { 0, 0, NULL };
    double *scratch = NULL;

    TIL_TRY(columns_new(ctx, counts, &columns));
    if (nothing_to_do(counts, columns.n_genes, factors)) goto done;
    scratch = til_array(columns.n_genes, sizeof *scratch);
    if (scratch == NULL) {
        status = til_no_memory(ctx, columns.n_genes, "features");
        goto done;
    }
    upper_quartiles(&columns, lib_size, scratch, factors);
    TIL_TRY(centre(ctx, counts, "the upper quartile", factors));

done:
    free(scratch);
    free(columns.y);
    return status;
}

/* median_g (k_gs / exp(l_g)) over features counted in every sample, divided by L_s */
static til_status_t median_ratios(til_ctx_t *ctx, const til_matrix_t *counts,
                                  const columns_t *columns, const double *lib_size, double *factors)
{
    size_t n_genes = columns->n_genes, n_samples = columns->n_samples, n_used = 0;
    double *mean = til_array_zero(n_genes, sizeof *mean), *ratio;

    if (mean == NULL) return til_no_memory(ctx, n_genes, "features");
    ratio = til_array(n_genes, sizeof *ratio);
    if (ratio == NULL) {
        free(mean);
        return til_no_memory(ctx, n_genes, "features");
    }

    for (size_t s = 0; s < n_samples; s++)
        for (size_t i = 0; i < n_genes; i++) mean[i] += log(columns->y[s * n_genes + i]);
    for (size_t i = 0; i < n_genes; i++) {
        mean[i] = exp(mean[i] / (double)n_samples);
        n_used += mean[i] > 0;
    }
    for (size_t s = 0; s < n_samples && n_used > 0; s++) {
        size_t n = 0;
        for (size_t i = 0; i < n_genes; i++)
            if (mean[i] > 0) ratio[n++] = columns->y[s * n_genes + i] / mean[i];
        factors[s] = til_median_inplace(n, ratio) / lib_size[s];
    }
    free(ratio);
    free(mean);
    if (n_used > 0) return TIL_OK;
    return til_fail(ctx, TIL_ENUMERIC,
                    "%s: every feature has a zero in some sample, so no ratio is defined: try "
                    "the method tmmwsp",
                    counts->origin);
}

til_status_t til_norm_factors_rle(til_ctx_t *ctx, const til_matrix_t *counts,
                                  const double *lib_size, double *factors)
{
    til_status_t status = TIL_OK;
    columns_t columns = { 0, 0, NULL };

    TIL_TRY(columns_new(ctx, counts, &columns));
    if (nothing_to_do(counts, columns.n_genes, factors)) goto done;
    TIL_TRY(median_ratios(ctx, counts, &columns, lib_size, factors));
    TIL_TRY(centre(ctx, counts, "the median ratio", factors));

done:
    free(columns.y);
    return status;
}
