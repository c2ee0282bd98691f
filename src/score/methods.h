/* methods.h -- the list of ways to score a set. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_SCORE_METHODS_H
#define TIL_SCORE_METHODS_H

#include <tilseq/score.h>

/* The methods, in the order --list-methods prints them; the first is the default. each(x) stands
 * for `til_score_x`, defined at the end of x.c. */
#define TIL_SCORE_METHODS(each)                                                                    \
    each(ssgsea) each(gsva) each(zscore) each(plage) each(singscore) each(mean)

#define DECLARE(x) extern const til_score_method_t til_score_##x;
TIL_SCORE_METHODS(DECLARE)
#undef DECLARE

#endif
