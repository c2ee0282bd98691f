/* tilseq/io.h -- files to nouns and back.
 *
 * Readers take .gz by content, LF, CRLF and CR, a UTF-8 byte-order mark, TSV or CSV by content; "-"
 * is standard input. They check what they read and name file, line and field in the message; the noun
 * is left empty unless TIL_OK. Writers make folders that are missing; a file appears whole or not at
 * all. Every NULL is TIL_EUSAGE.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_IO_H
#define TILSEQ_IO_H

#include <stdbool.h>
#include <tilseq/context.h>
#include <tilseq/design.h>
#include <tilseq/geneset.h>
#include <tilseq/matrix.h>
#include <tilseq/ranking.h>
#include <tilseq/table.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    TIL_VALUES_WHOLE,  /* whole numbers >= 0                */
    TIL_VALUES_COUNTS, /* finite and >= 0, fractions allowed */
    TIL_VALUES_ANY     /* finite                             */
} til_values_t;

typedef struct {
    til_values_t values;
    bool round;          /* WHOLE: fractions are rounded (half to even) instead of refused */
    bool sum_duplicates; /* rows of one id are added up instead of refused                 */
    size_t *n_rounded;   /* NULL, or gets how many values were rounded                     */
} til_matrix_reading_t;

/* A matrix: first column the feature's id, then gene_name and length where there are such columns,
 * then a column per sample; R's write.table layout, featureCounts' and GCT are recognised. `how`
 * NULL takes finite values of any kind. */
TIL_MUST_USE
til_status_t til_io_read_matrix(til_ctx_t *ctx, const char *path, const til_matrix_reading_t *how,
                                til_matrix_t *out);

/* `id_name` heads the first column. */
TIL_MUST_USE
til_status_t til_io_write_matrix(til_ctx_t *ctx, const char *path, const char *id_name,
                                 const til_matrix_t *m);

/* A sample sheet: a column `sample` (else the first column) and any others; samples are unique. */
TIL_MUST_USE
til_status_t til_io_read_sheet(til_ctx_t *ctx, const char *path, til_sheet_t *out);
TIL_MUST_USE
til_status_t til_io_write_sheet(til_ctx_t *ctx, const char *path, const til_sheet_t *sheet);

/* Gene sets as GMT: name, description, genes, by tabs. */
TIL_MUST_USE
til_status_t til_io_read_genesets(til_ctx_t *ctx, const char *path, til_genesets_t *out);
TIL_MUST_USE
til_status_t til_io_write_genesets(til_ctx_t *ctx, const char *path, const til_genesets_t *sets);

/* A table of named columns; a column of numbers and NA is of numbers, unless it is the first. */
TIL_MUST_USE
til_status_t til_io_read_table(til_ctx_t *ctx, const char *path, til_table_t *out);
TIL_MUST_USE
til_status_t til_io_write_table(til_ctx_t *ctx, const char *path, const til_table_t *table);

/* A ranking: gene and number a line. */
TIL_MUST_USE
til_status_t til_io_read_ranking(til_ctx_t *ctx, const char *path, til_ranking_t *out);
TIL_MUST_USE
til_status_t til_io_write_ranking(til_ctx_t *ctx, const char *path, const til_ranking_t *ranking);

/* The names genes go by, for the gene_ids of score and gsea: a TSV with the columns symbol, entrez,
 * ensembl and aliases, several names in a cell separated by '|'. Free with til_io_free_gene_ids. */
struct til_gene_ids;
TIL_MUST_USE
til_status_t til_io_read_gene_ids(til_ctx_t *ctx, const char *path, struct til_gene_ids **out);
void til_io_free_gene_ids(struct til_gene_ids *ids);

#ifdef __cplusplus
}
#endif
#endif
