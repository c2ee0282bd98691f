/* draw.c -- values from grids of quantiles. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/biopsies.h"

double til_sim_quantile(size_t n, const double *grid, double u)
{
    double at = u * (double)(n - 1);
    size_t below = (size_t)at;

    if (below >= n - 1) return grid[n - 1];
    return grid[below] + (at - (double)below) * (grid[below + 1] - grid[below]);
}

double til_sim_quantile_at(const double grid[TIL_SIM_BINS][TIL_SIM_STEPS], double log_mean,
                           double u)
{
    const double *middle = til_sim_bin_log_mean;
    size_t b = 0;

    while (b + 2 < TIL_SIM_BINS && log_mean > middle[b + 1]) b++;
    double share = (log_mean - middle[b]) / (middle[b + 1] - middle[b]);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return (1 - share) * til_sim_quantile(TIL_SIM_STEPS, grid[b], u) +
           share * til_sim_quantile(TIL_SIM_STEPS, grid[b + 1], u);
}
