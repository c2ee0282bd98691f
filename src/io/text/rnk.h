/* rnk.h -- ranked genes: gene and number a line, separated by a tab (or comma). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_RNK_H
#define TIL_IO_RNK_H

#include <tilseq/ranking.h>

#include "io/text/textfile.h"

/* Reads a ranking from its text, which is consumed. The first line may be a header (its second
 * field is no number); lines that begin with # are passed over. `out` is left empty unless TIL_OK.
 *
 * TIL_EINPUT naming file and line for a value that is missing, infinite or no number, for a line
 * that has not two fields, an empty gene name, and a gene met before (with both lines); or when
 * there is no gene at all. */
TIL_MUST_USE
til_status_t til_rnk_read(til_ctx_t *ctx, til_text_t *text, til_ranking_t *out);

#endif
