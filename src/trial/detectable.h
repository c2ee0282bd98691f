/* detectable.h -- what a t test can find: detectable effects and sample sizes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TRIAL_DETECTABLE_H
#define TIL_TRIAL_DETECTABLE_H

#include <stddef.h>

/* The chance that a two-sided t test at level alpha finds an effect of `ncp` standard errors. */
double til_trial_power_of(double ncp, double df, double alpha);

/* The effect, in standard errors, that is found with this power. */
double til_trial_detectable(double df, double alpha, double power);

/* The least n per arm (n_arms 1 or 2, at least 2 patients in each) that finds an effect of `size`
 * standard deviations with this power; NaN when size is 0 or the answer is beyond a million. */
double til_trial_n_per_arm(double size, int n_arms, double alpha, double power);

#endif
