/* size_factors.c -- median of ratios.
 *
 *     l_g = mean_s log k_gs                       log geometric mean of feature g
 *     f_s = exp( median_g (log k_gs - l_g) )      over features with k_gs > 0 and finite l_g
 *
 * median-ratio: a zero makes l_g -inf, the feature takes no part. poscounts: zeros add
 * nothing to the sum, which is still divided by the number of all samples.
 *
 * Source: Anders & Huber (2010), Genome Biology 11:R106, eq. 5.
 * Agrees: DESeq2 1.38.3 estimateSizeFactorsForMatrix(type = "ratio" | "poscounts") to 1e-11.
 *         An even number of ratios: the mean of the two middle logs, as there.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "math/order.h"
#include "norm/size_factors.h"

enum { N_LOGS = 4096 }; /* most counts are small whole numbers: their logs are looked up */

typedef struct {
    const til_matrix_t *counts;
    const size_t *used; /* features with a reference                          */
    size_t n_used;
    const double *log_of;   /* log_of[k] = log k for whole k < N_LOGS             */
    const double *log_mean; /* of the used features                               */
    double *ratio;          /* n_used per worker                                  */
    double *factors;
} ratio_work_t;

static double log_count(const double *log_of, double k)
{
    if (k < N_LOGS) {
        int whole = (int)k;
        if ((double)whole == k) return log_of[whole];
    }
    return log(k);
}

/* The features with a reference, and the log of it. */
static size_t reference(const til_matrix_t *counts, const double *log_of, bool skip_zeros,
                        size_t *used, double *log_mean)
{
    size_t n_used = 0, n_cols = counts->n_cols;

    for (size_t g = 0; g < counts->n_rows; g++) {
        const double *k = til_matrix_row(counts, g);
        size_t n_zeros = 0;
        double sum = 0;

        for (size_t s = 0; s < n_cols; s++) n_zeros += !(k[s] > 0);
        if (n_zeros == n_cols || (n_zeros > 0 && !skip_zeros)) continue;
        for (size_t s = 0; s < n_cols; s++)
            if (k[s] > 0) sum += log_count(log_of, k[s]);
        used[n_used] = g;
        log_mean[n_used++] = sum / (double)n_cols;
    }
    return n_used;
}

static til_status_t sample_medians(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const ratio_work_t *work = arg;
    const til_matrix_t *counts = work->counts;
    double *ratio = work->ratio + (size_t)worker * work->n_used;

    for (size_t s = begin; s < end; s++) {
        size_t n = 0;
        for (size_t i = 0; i < work->n_used; i++) {
            double k = til_matrix_row(counts, work->used[i])[s];
            if (k > 0) ratio[n++] = log_count(work->log_of, k) - work->log_mean[i];
        }
        if (n == 0)
            return til_fail(ctx, TIL_ENUMERIC, "%s: sample %s has no counts: leave it out",
                            counts->origin, counts->col_names[s]);
        work->factors[s] = exp(til_median_inplace(n, ratio));
    }
    return TIL_OK;
}

static til_status_t estimate(til_ctx_t *ctx, const til_matrix_t *counts, bool skip_zeros,
                             double *factors)
{
    til_status_t status = TIL_OK;
    size_t n_genes = counts->n_rows;
    double *log_of = til_array(N_LOGS, sizeof *log_of);
    double *log_mean = til_array(n_genes, sizeof *log_mean), *ratio = NULL;
    size_t *used = til_array(n_genes, sizeof *used), n_used;

    if (log_of == NULL || log_mean == NULL || used == NULL) {
        status = til_no_memory(ctx, n_genes, "features");
        goto done;
    }
    for (int k = 0; k < N_LOGS; k++) log_of[k] = log((double)k);

    n_used = reference(counts, log_of, skip_zeros, used, log_mean);
    if (n_used == 0) {
        status = til_fail(
            ctx, TIL_ENUMERIC,
            skip_zeros ? "%s: all counts are zero"
                       : "%s: every feature has a zero in some sample, so no ratio "
                         "is defined: use the method poscounts (de: --size-factors poscounts)",
            counts->origin);
        goto done;
    }

    ratio = til_array(n_used * (size_t)ctx->n_threads, sizeof *ratio);
    if (ratio == NULL) {
        status = til_no_memory(ctx, n_used, "ratios");
        goto done;
    }
    ratio_work_t work = { counts, used, n_used, log_of, log_mean, ratio, factors };
    TIL_TRY(til_parallel_for(ctx, counts->n_cols, 4, sample_medians, &work));

done:
    free(ratio);
    free(used);
    free(log_mean);
    free(log_of);
    return status;
}

til_status_t til_size_factors_median_ratio(til_ctx_t *ctx, const til_matrix_t *counts,
                                           double *factors)
{
    return estimate(ctx, counts, false, factors);
}

til_status_t til_size_factors_poscounts(til_ctx_t *ctx, const til_matrix_t *counts, double *factors)
{
    return estimate(ctx, counts, true, factors);
}
