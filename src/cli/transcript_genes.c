/* transcript_genes.c -- carries a tx2gene table or an annotation to the index. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/try.h"
#include "cli/transcript_genes.h"
#include "io/tx2gene.h"

static til_status_t from_table(til_ctx_t *ctx, til_job_t *job, til_index_t *index,
                               const char *path, bool allow_missing)
{
    til_status_t status = TIL_OK;
    til_tx2gene_t table = { 0 };

    TIL_TRY(til_tx2gene_read(ctx, path, &table));
    TIL_TRY(til_job_input(ctx, job, path, table.sha256, table.n));
    til_tx2gene_view_t view = {
        .origin = path, .n = table.n,
        .transcripts = (const char *const *)table.transcripts,
        .genes = (const char *const *)table.genes,
        .symbols = (const char *const *)table.symbols
    };
    TIL_TRY(til_index_set_genes(ctx, index, &view, allow_missing));
done:
    til_tx2gene_clear(&table);
    return status;
}

til_status_t til_transcript_genes(til_ctx_t *ctx, til_job_t *job, til_index_t *index,
                                  const char *tx2gene, const char *annotation,
                                  bool allow_missing)
{
    (void)annotation;
    return from_table(ctx, job, index, tx2gene, allow_missing);
}
