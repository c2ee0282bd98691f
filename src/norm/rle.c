/* rle.c -- relative log expression; the mathematics is in norm/norm_factors.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "norm/norm_factors.h"
#include "norm/methods.h"

const til_norm_method_t til_norm_rle = {
    .name = "rle",
    .summary = "relative log expression, the median ratio per library size (edgeR)",
    .reference = "Anders & Huber 2010, doi:10.1186/gb-2010-11-10-r106",
    .estimate = til_norm_factors_rle
};
