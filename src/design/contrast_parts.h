/* contrast_parts.h -- what the makers of contrasts share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_CONTRAST_PARTS_H
#define TIL_DESIGN_CONTRAST_PARTS_H

#include <tilseq/design.h>

#include "base/strbuf.h"

/* Makes an id fit to be a file name: other bytes than letters, digits, _ . + - become _. */
void til_contrast_fit_id(til_strbuf_t *id);

/* *out: what was gathered in `b`, to be released with free(). */
TIL_MUST_USE
til_status_t til_contrast_give(til_ctx_t *ctx, const til_strbuf_t *b, char **out);

/* The questions a paired design answers by itself: the change in each arm to each later time, how
 * the arms' changes differ, and with three or more times the change from time to time and from the
 * first on treatment to the last.
 *
 *   contrasts   *n of them, to be released one by one and with free() */
TIL_MUST_USE
til_status_t til_pair_contrasts(til_ctx_t *ctx, const til_design_t *design,
                                til_contrast_t **contrasts, size_t *n);

/* What a reduced model leaves out: one contrast per coefficient of `full` that lies outside of the span
 * of `reduced` and of the coefficients before it.
 *
 *   contrasts   *n of them, to be released one by one and with free() */
TIL_MUST_USE
til_status_t til_reduction_contrasts(til_ctx_t *ctx, const til_design_t *full,
                                     const til_design_t *reduced, til_contrast_t **contrasts,
                                     size_t *n);

/* The design of arms, possibly at several times, of samples that are not paired, with its questions.
 * What is in `out` after a failure is cleared by the caller. */
TIL_MUST_USE
til_status_t til_arm_question(til_ctx_t *ctx, const til_sheet_t *sheet,
                              const til_pairing_t *pairing, const til_typing_t *typing,
                              til_question_t *out);

#endif
