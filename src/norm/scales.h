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

/* Turns counts into TPM in place, by `lengths` (their shape) or, where that is NULL, by the lengths
 * the matrix carries. TIL_EINPUT when a length is missing or not positive. */
TIL_MUST_USE
til_status_t til_norm_tpm(til_ctx_t *ctx, til_matrix_t *values, const til_matrix_t *lengths);

#endif
