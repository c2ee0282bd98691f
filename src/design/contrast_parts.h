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

/* The questions a paired design answers by itself: the change in each arm to each later time, and
 * how the arms' changes differ from the first arm's.
 *
 *   contrasts   *n of them, to be released one by one and with free() */
TIL_MUST_USE
til_status_t til_pair_contrasts(til_ctx_t *ctx, const til_design_t *design,
                                til_contrast_t **contrasts, size_t *n);

#endif
