/* sheet_tsv.h -- sample sheets: TSV or CSV with a column `sample` and any others. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_SHEET_TSV_H
#define TIL_IO_SHEET_TSV_H

#include <stdbool.h>
#include <tilseq/design.h>

#include "io/text/textfile.h"

/* Reads a sample sheet from its text, which is consumed.
 *
 *   repeats   true: repeated samples are kept as rows of their own (lanes of a run sheet); false:
 *             TIL_EINPUT naming both lines
 *   out       left empty unless TIL_OK
 *
 * The column of names is `sample`, else `sample_name`, `sample_id`; without one of them the first
 * column is taken and a notice says so. Cells are kept byte for byte. */
TIL_MUST_USE
til_status_t til_sheet_read(til_ctx_t *ctx, til_text_t *text, bool repeats, til_sheet_t *out);

#endif
