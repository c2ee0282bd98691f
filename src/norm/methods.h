/* methods.h -- the ways to compare sequencing depths, and nothing else. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_NORM_METHODS_H
#define TIL_NORM_METHODS_H

#include <tilseq/norm.h>

/* The methods, in the order --list-methods prints them; the first is the default. each(x)
 * stands for `til_norm_x`, defined at the end of x.c. */
#define TIL_NORM_METHODS(each)                                                                     \
    each(median_ratio) each(poscounts) each(tmm) each(tmmwsp) each(rle) each(upper_quartile)       \
        each(total)

#define DECLARE(x) extern const til_norm_method_t til_norm_##x;
TIL_NORM_METHODS(DECLARE)
#undef DECLARE

#endif
