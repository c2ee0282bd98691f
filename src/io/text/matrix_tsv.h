/* matrix_tsv.h -- count and expression matrices as text: read every layout of the field, write
 * ours.
 *
 * Recognised: gene ids in the first column, then optionally gene_name and length, then samples; R's
 * write.table (header one field short); featureCounts' own table; GSEA's GCT 1.2; the matrices of
 * nf-core and of tilseq merge. htseq's `__` rows and STAR's `N_` rows are set aside with a notice.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_MATRIX_TSV_H
#define TIL_IO_MATRIX_TSV_H

#include <tilseq/io.h>

#include "base/outfile.h"
#include "io/text/textfile.h"

/* Reads the text of a matrix file (til_text_read). The text is consumed.
 *
 *   out   left empty unless TIL_OK; out->origin is the path
 *
 * With WHOLE, a table whose first columns are `gene_id` and `gene_name`, as tilseq merge, tilseq
 * count and nf-core write estimated counts, is rounded without `round`, unless its values are logs
 * or add up to a million.
 *
 * TIL_EINPUT "FILE:LINE[:FIELD]: ..." for a value that is not a number, negative, missing or, with
 * WHOLE, a fraction; for ragged lines and for repeated ids or samples. What was recognised or
 * set aside is said through ctx->log. */
TIL_MUST_USE
til_status_t til_matrix_read(til_ctx_t *ctx, til_text_t *text, const til_matrix_reading_t *how,
                             til_matrix_t *out);

/* Writes `id_name`, gene_name when there are gene names, then the samples. */
void til_matrix_write(til_out_t *out, const til_matrix_t *m, const char *id_name);

/* The same as GCT 1.2. */
void til_gct_write(til_out_t *out, const til_matrix_t *m);

#endif
