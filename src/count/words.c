/* words.c -- the words of what a count is asked. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/count.h>

#include "base/words.h"

TIL_DEFINE_WORDS(til_count_mode_words,
                 TIL_COUNT_NONEMPTY + 1, [TIL_COUNT_FEATURECOUNTS] = "featurecounts",
                 [TIL_COUNT_UNION] = "union", [TIL_COUNT_STRICT] = "intersection-strict",
                 [TIL_COUNT_NONEMPTY] = "intersection-nonempty");

TIL_DEFINE_WORDS(
    til_pairs_words,
    TIL_PAIRS_NO + 1, [TIL_PAIRS_AUTO] = "auto", [TIL_PAIRS_YES] = "yes", [TIL_PAIRS_NO] = "no");

TIL_DEFINE_WORDS(
    til_stranded_words,
    TIL_STRANDED_AUTO + 1, [TIL_STRANDED_AUTO] = "auto", [TIL_STRANDED_UNSTRANDED] = "unstranded",
    [TIL_STRANDED_FORWARD] = "forward", [TIL_STRANDED_REVERSE] = "reverse");

TIL_DEFINE_WORDS(til_multi_words,
                 TIL_MULTI_PRIMARY + 1, [TIL_MULTI_NONE] = "none", [TIL_MULTI_ALL] = "all",
                 [TIL_MULTI_FRACTION] = "fraction", [TIL_MULTI_PRIMARY] = "primary");

TIL_DEFINE_WORDS(til_multi_overlap_words, TIL_OVERLAP_LARGEST_ALL + 1, [TIL_OVERLAP_NONE] = "none",
                 [TIL_OVERLAP_ALL] = "all", [TIL_OVERLAP_FRACTION] = "fraction",
                 [TIL_OVERLAP_LARGEST] = "largest", [TIL_OVERLAP_LARGEST_ALL] = "largest-all");
