/* collapse.h -- technical replicates made one sample. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_COLLAPSE_H
#define TIL_DESIGN_COLLAPSE_H

#include <stdbool.h>
#include <tilseq/design.h>
#include <tilseq/matrix.h>

/* Sums the columns of `counts` whose samples share the text in `column` of the sheet, as DESeq2's
 * collapseReplicates(): the new sample is called by that text and takes the row of its first.
 *
 *   counts, sheet   in one order of samples; both are replaced
 *   differs         sheet->n_columns: set where samples made one have different texts
 *
 * TIL_EINPUT when there is no such column or a cell of it is empty. */
TIL_MUST_USE
til_status_t til_collapse_samples(til_ctx_t *ctx, const char *column, til_matrix_t *counts,
                                  til_sheet_t *sheet, bool *differs);

#endif
