/* gmt.h -- gene sets as text: name, where from, genes; a set a line, tabs between. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_GMT_H
#define TIL_IO_GMT_H

#include <tilseq/geneset.h>

#include "base/outfile.h"
#include "io/text/textfile.h"

/* Reads the text of a GMT file, which is consumed. Sets keep their order, a gene stands once in a
 * set (repeats are counted in a notice), sets without genes are left out with a warning.
 *
 *   out   left empty unless TIL_OK; its origin is the path
 *
 * TIL_EINPUT "FILE:LINE: ..." for a line without tabs, a set without a name, a set name used twice
 * (both lines are named), and for a file without any set. */
TIL_MUST_USE
til_status_t til_gmt_read(til_ctx_t *ctx, til_text_t *text, til_genesets_t *out);

/* The same into a collection that may hold sets already (or {0}), whose names count too.
 *
 *   duplicates   what becomes of a set of a name that is there
 *   out          as it was, or partly filled, unless TIL_OK; its origin is the path, "a, b" of several
 */
TIL_MUST_USE
til_status_t til_gmt_add(til_ctx_t *ctx, til_text_t *text, til_duplicates_t duplicates,
                         til_genesets_t *out);

/* The same layout; an empty second column is written as NA. */
void til_gmt_write(til_out_t *out, const til_genesets_t *sets);

#endif
