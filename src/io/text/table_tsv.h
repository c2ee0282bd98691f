/* table_tsv.h -- result tables as text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_TABLE_TSV_H
#define TIL_IO_TABLE_TSV_H

#include <tilseq/table.h>

#include "base/outfile.h"
#include "io/text/textfile.h"

/* One header line, then the rows; NA for NaN and NULL; a tab or line end inside text is written as
 * a blank. */
void til_table_write(til_out_t *out, const til_table_t *table);

/* The rows without the header, for a table in several parts. */
void til_table_write_rows(til_out_t *out, const til_table_t *table);

/* Reads a TSV or CSV table back from its text, which is consumed. A column all of whose cells are
 * numbers or missing becomes a number column, unless it is the first; the rest are text. TIL_EINPUT
 * naming file and line for ragged rows and repeated column names. */
TIL_MUST_USE
til_status_t til_table_read(til_ctx_t *ctx, til_text_t *text, til_table_t *out);

#endif
