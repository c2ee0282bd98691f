/* tsv.h -- fields of delimited lines. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_TSV_H
#define TIL_IO_TSV_H

#include <stddef.h>
#include <tilseq/context.h>

/* The delimiter of a table, told from its header line: tab if it has one, else comma or semicolon
 * if it has one, else tab (a single column). */
char til_tsv_delimiter(const char *header, size_t length);

/* Splits `line` in place; fields[i] borrows from it, NUL-terminated. With a delimiter other than
 * tab fields may stand in double quotes (RFC 4180: "" is a quote; no newline inside); with tab a
 * field that is wholly inside one pair of double quotes loses them.
 *
 *   fields, capacity   grown as needed; start with NULL, 0; free() by the caller
 *   n_fields           at least 1
 *
 * TIL_EINPUT "<path>:<line>: ..." for an unclosed quote. */
TIL_MUST_USE
til_status_t til_tsv_split(til_ctx_t *ctx, const char *path, size_t line_no, char *line,
                           size_t length, char delimiter, char ***fields, size_t *capacity,
                           size_t *n_fields);

/* The end of the quoted field that opens at *p, before `end`; the quotes are taken out in place, two
 * become one. NULL when it is not closed before a delimiter. */
char *til_tsv_unquote(char *p, char *end, char delimiter);

#endif
