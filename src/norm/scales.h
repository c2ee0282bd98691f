/* scales.h -- what counts can be turned into, and nothing else. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_NORM_SCALES_H
#define TIL_NORM_SCALES_H

#include <tilseq/norm.h>

/* each(x) stands for `til_norm_to_x`, defined at the end of the file of its name. */
#define TIL_NORM_SCALES(each) each(normalized) each(cpm) each(logcpm) each(tpm) each(vst)

#define DECLARE(x) extern const til_norm_scale_t til_norm_to_##x;
TIL_NORM_SCALES(DECLARE)
#undef DECLARE

#endif
