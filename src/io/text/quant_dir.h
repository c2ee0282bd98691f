/* quant_dir.h -- one sample's quantification as salmon, kallisto, RSEM, STAR, htseq-count or tilseq
 * wrote it: a file told by its first line, or the folder it lies in.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_QUANT_DIR_H
#define TIL_IO_QUANT_DIR_H

#include <tilseq/matrix.h>

#include "io/text/digest.h"
#include "io/text/textfile.h"

/* What the rows of a file are. */
typedef enum {
    TIL_QUANT_TRANSCRIPTS, /* counts, TPM, effective lengths of transcripts */
    TIL_QUANT_GENES,       /* the same of genes                             */
    TIL_QUANT_COUNTS       /* counts of genes and no more                   */
} til_quant_level_t;

enum { TIL_QUANT_N_STRANDS = 3 }; /* STAR: unstranded, forward, reverse */

typedef struct {
    char *path;   /* the file itself                                          */
    char *sample; /* a name for the sample, from the file's or its folder's    */
    char sha256[TIL_SHA256_TEXT];
    const char *layout; /* "salmon", "kallisto", "RSEM", "STAR", "htseq" or "matrix" */
    til_quant_level_t level;
    size_t n; /* rows                                                     */
    char **names;
    char **genes;                   /* RSEM's isoforms: the gene of each; else NULL              */
    double *counts, *tpm, *lengths; /* n each; tpm and lengths NULL for COUNTS    */
    double *by_strand[TIL_QUANT_N_STRANDS]; /* STAR: its three columns, counts NULL       */
    til_text_t text; /* matrix: not yet read (til_matrix_read does)                */
    struct til_arena *arena;
} til_quant_table_t;

/* Reads `path`: a file, or a folder that holds quant.sf, abundance.tsv or ReadsPerGene.out.tab (or
 * one of them with .gz).
 *
 * A table of any other header is a count matrix: its text is kept for til_matrix_read. TIL_EIO when
 * there is no such file, TIL_EINPUT naming file and line for a row of another number of fields than
 * the header, a value that is not a number >= 0, a name that stands twice, a file without rows.
 * `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_quant_table_read(til_ctx_t *ctx, const char *path, til_quant_table_t *out);

/* The same from the text of a file, which is taken. */
TIL_MUST_USE
til_status_t til_quant_table_parse(til_ctx_t *ctx, til_text_t *text, til_quant_table_t *out);

void til_quant_table_clear(til_quant_table_t *table);

#endif
