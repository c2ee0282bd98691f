/* tmm.c -- trimmed mean of M-values; the mathematics is in norm/norm_factors.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "norm/norm_factors.h"
#include "norm/methods.h"

const til_norm_method_t til_norm_tmm = {
    .name = "tmm",
    .summary = "trimmed mean of M-values (edgeR)",
    .reference = "Robinson & Oshlack 2010, doi:10.1186/gb-2010-11-3-r25",
    .estimate = til_norm_factors_tmm
};
