/* design_parts.h -- what design.c and pair_design.c share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_DESIGN_PARTS_H
#define TIL_DESIGN_DESIGN_PARTS_H

#include <tilseq/design.h>

#include "design/variable.h"

/* All samples of the sheet; free(out->rows). */
TIL_MUST_USE
til_status_t til_frame_all(til_ctx_t *ctx, const til_sheet_t *sheet, til_frame_t *out);

/* Keeps the samples that have a value in each of the columns. TIL_EINPUT naming the first that has
 * not, unless drop_na; and when none is left. */
TIL_MUST_USE
til_status_t til_frame_complete(til_ctx_t *ctx, til_frame_t *frame, const size_t *columns,
                                size_t n_columns, bool drop_na);

/* Fills samples, rows and origin of a design that til_design_init made for frame->n samples. */
TIL_MUST_USE
til_status_t til_design_take_samples(til_ctx_t *ctx, const til_frame_t *frame, til_design_t *out);

/* Fills `references` from the variables; patients are compared with themselves and have none. */
TIL_MUST_USE
til_status_t til_design_note_references(til_ctx_t *ctx, til_design_t *design);

#endif
