/* counts_tsv.h -- count tables in tilseq count's own layout and their summaries, cells kept as
 * text.
 *
 * For putting tables side by side to the byte: no number is read and printed again. A table is
 * optional ##tilseq lines, then `gene_id gene_name length SAMPLE...`; ids need not be unique, as
 * with --level feature.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_COUNTS_TSV_H
#define TIL_IO_COUNTS_TSV_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "io/text/textfile.h"

typedef struct {
    char *path;
    bool is_own;             /* false: a table of another layout, the rest is not to be used   */
    char *version, *command; /* of the ##tilseq lines; NULL where there are none               */
    char **inputs;           /* "NAME<tab>sha256:..." or "NAME<tab>records:N", as they stand   */
    char **facts;            /* further ##tilseq lines, whole                                  */
    char **strands;          /* "SAMPLE SETTING;..." of its ##tilseq lines, one per sample     */
    char **samples;
    size_t n_inputs, n_facts, n_strands, n_samples, n_rows;
    bool repeats;           /* some rows share a gene_id                                      */
    til_strbuf_t heads;     /* "gene_id<tab>gene_name<tab>length<newline>" of each row        */
    til_strbuf_t cells;     /* "<tab>COUNT...<newline>" of each row                           */
    size_t body, body_line; /* where the rows begin                                           */
    til_arena_t *arena;
} til_counts_tsv_t;

/* Reads what stands above the rows. The text is left as it was: til_matrix_read can follow. TIL_OK
 * with is_own false for any other layout; TIL_ENOMEM. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_counts_tsv_head(til_ctx_t *ctx, const til_text_t *text, til_counts_tsv_t *out);

/* Reads the rows of the text that til_counts_tsv_head was given.
 *
 *   first   NULL, or a table whose rows these must be, in id, name and length, one by one: then
 *           heads and repeats stay empty
 *
 * TIL_EINPUT naming file and line for a row of another number of fields than the header, without an
 * id, with a count that is no number >= 0, and for the first row that is not that of `first`. */
TIL_MUST_USE
til_status_t til_counts_tsv_rows(til_ctx_t *ctx, const til_text_t *text,
                                 const til_counts_tsv_t *first, til_counts_tsv_t *table);

void til_counts_tsv_clear(til_counts_tsv_t *table);

/* FILE.summary: `Status SAMPLE...`, one row per fate, and one of texts: `Strand`. */
typedef struct {
    char **samples, **names, **cells; /* names and "<tab>NUMBER..." of the rows */
    size_t n_samples, n_rows;
    char **strands; /* n_samples; NULL where the row is absent     */
    til_arena_t *arena;
} til_counts_summary_t;

/* TIL_EINPUT naming file and line where the text is not such a table of whole numbers. `out` is
 * left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_counts_summary_parse(til_ctx_t *ctx, const til_text_t *text,
                                      til_counts_summary_t *out);
void til_counts_summary_clear(til_counts_summary_t *summary);

#endif
