/* biopsies.h -- numbers fitted on melanoma biopsies (fit_biopsies.R), and how to draw from them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_SIM_BIOPSIES_H
#define TIL_SIM_BIOPSIES_H

#include <stddef.h>

enum {
    TIL_SIM_MEAN_STEPS = 41, /* quantiles 0, 0.025 .. 1              */
    TIL_SIM_STEPS = 13,      /* quantiles 0.02, 0.10 .. 0.98         */
    TIL_SIM_BINS = 8         /* of the mean, an eighth of genes each */
};

extern const double til_sim_log_mean[TIL_SIM_MEAN_STEPS];
extern const double til_sim_bin_log_mean[TIL_SIM_BINS]; /* their medians */
extern const double til_sim_log_dispersion[TIL_SIM_BINS][TIL_SIM_STEPS];
extern const double til_sim_patient_sd[TIL_SIM_BINS][TIL_SIM_STEPS];
extern const double til_sim_log_outlier[TIL_SIM_STEPS];

/* The value at level u in [0, 1) of a grid of n quantiles, by straight lines between them. */
double til_sim_quantile(size_t n, const double *grid, double u);

/* The same for a gene of that mean: the grids of the two nearest bins, mixed. */
double til_sim_quantile_at(const double grid[TIL_SIM_BINS][TIL_SIM_STEPS], double log_mean,
                           double u);

#endif
