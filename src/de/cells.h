/* cells.h -- how many samples, and what level, stand behind a comparison: arm by arm, time by time. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_CELLS_H
#define TIL_DE_CELLS_H

#include <tilseq/de.h>

/* Adds to each table of result->contrasts, per combination of levels the contrast is about, the
 * columns n_LEVEL and mean_LEVEL (levels joined by '_'): samples, and the mean of their counts
 * over size factors. Without result->normalized nothing is added. */
TIL_MUST_USE
til_status_t til_de_add_cells(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result);

#endif
