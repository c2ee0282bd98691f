/* upper_quartile.c -- the 75% quantile; the mathematics is in norm/norm_factors.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "norm/norm_factors.h"
#include "norm/methods.h"

const til_norm_method_t til_norm_upper_quartile = {
    .name = "upper-quartile",
    .summary = "75% quantile of the features counted anywhere (edgeR)",
    .reference = "Bullard et al. 2010, doi:10.1186/1471-2105-11-94",
    .estimate = til_norm_factors_upper_quartile
};
