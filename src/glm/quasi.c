/* quasi.c -- what deviance is left in a gene, and what degrees of freedom, when counts are small.
 *
 *     deviance = sum_s scale(mu_s) d_s                    df = sum_s (1 - h_s) df(mu_s)
 *
 * over samples s with unit deviance d_s, leverage h_s, and scale and df of glm/ql_moments.c at
 * mu_s / average: unit deviances of small counts are no chi-squared variables of one degree. A
 * sample of leverage 1 tells nothing.
 *
 * Source: Chen, Chen, Lun, Baldoni & Smyth (2025), Nucleic Acids Res 53:gkaf018.
 * Agrees: edgeR 4.5.1 glmQLFit(legacy = FALSE), its moments apart (glm/ql_moments.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "glm/quasi.h"
#include "math/order.h"
#include "math/smooth.h"

static const double NO_FREEDOM = 1e-4, MIN_DF = 1e-8;
static const double LOWESS_SPAN = 0.5, LOWESS_DELTA = 0.01, TOP_QUANTILE = 0.9;
enum { LOWESS_ROUNDS = 3 };

til_ql_spread_t til_ql_spread(til_nb_glm_t *glm, const til_ql_table_t *table, double dispersion,
                              double average)
{
    const til_nb_plan_t *plan = glm->plan;
    double phi = dispersion / average;
    til_ql_spread_t out = { 0 };

    if (!plan->by_group) til_nb_glm_factor(glm, phi);
    for (size_t g = 0; g < plan->n_groups; g++) {
        size_t begin = plan->group_begin[g], end = plan->group_begin[g + 1];
        double total = 0, unit;
        if (!plan->by_group) {
            unit = til_gram_leverage(plan, &glm->gram, g);
        } else {
            for (size_t i = begin; i < end; i++) total += glm->mu[i] / (1 + phi * glm->mu[i]);
            unit = total > 0 ? 1 / total : 0;
        }
        for (size_t i = begin; i < end; i++) {
            double mu = glm->mu[i], left = 1 - unit * mu / (1 + phi * mu);
            til_ql_moments_t worth = til_ql_moments(table, mu / average);
            if (left < NO_FREEDOM) continue;
            out.deviance += worth.scale * til_nb_unit_deviance(glm->y[i], mu, phi);
            out.df += worth.df * left;
        }
    }
    out.dispersion = out.df < NO_FREEDOM ? 0 : out.deviance / out.df;
    return out;
}

til_status_t til_ql_average(til_ctx_t *ctx, size_t n, const til_ql_spread_t *spread,
                            const double *mean, double *average)
{
    til_status_t status = TIL_OK;
    double *space = til_array(3 * n, sizeof *space), *x = space, *y = space + n;
    double *fitted = space + 2 * n;
    size_t *order = til_array(n, sizeof *order), n_used = 0;

    if (space == NULL || order == NULL) TIL_TRY(til_no_memory(ctx, n, "features"));
    TIL_TRY(til_order(ctx, n, mean, false, order));
    for (size_t i = 0; i < n; i++) {
        if (!(spread[order[i]].df > MIN_DF)) continue;
        x[n_used] = mean[order[i]];
        y[n_used++] = sqrt(sqrt(spread[order[i]].dispersion));
    }
    if (n_used < 2)
        TIL_TRY(til_fail(ctx, TIL_ENUMERIC,
                         "%zu features have counts to estimate a quasi-dispersion from", n_used));
    TIL_TRY(til_lowess(ctx, n_used, x, y, LOWESS_SPAN, LOWESS_ROUNDS,
                       LOWESS_DELTA * (x[n_used - 1] - x[0]), fitted));
    til_sort(n_used, fitted);
    double root = fmax(til_quantile_sorted(n_used, fitted, TOP_QUANTILE), 1);
    *average = root * root * root * root;

done:
    free(order);
    free(space);
    return status;
}
