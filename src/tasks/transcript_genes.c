/* transcript_genes.c -- carries a tx2gene table or an annotation to the index. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <tilseq/annot.h>

#include "base/alloc.h"
#include "base/try.h"
#include "tasks/job.h"
#include "tasks/transcript_genes.h"
#include "io/text/gtf.h"
#include "io/text/tx2gene.h"

static til_status_t from_table(til_ctx_t *ctx, til_job_t *job, til_index_t *index, const char *path,
                               bool allow_missing)
{
    til_status_t status = TIL_OK;
    til_tx2gene_t table = { 0 };

    TIL_TRY(til_tx2gene_read(ctx, path, &table));
    TIL_TRY(til_job_input(ctx, job, path, table.sha256, table.n));
    til_tx2gene_view_t view = { .origin = path,
                                .n = table.n,
                                .transcripts = (const char *const *)table.transcripts,
                                .genes = (const char *const *)table.genes,
                                .symbols = (const char *const *)table.symbols };
    TIL_TRY(til_index_set_genes(ctx, index, &view, allow_missing));
done:
    til_tx2gene_clear(&table);
    return status;
}

static til_status_t from_annotation(til_ctx_t *ctx, til_job_t *job, til_index_t *index,
                                    const char *path, bool allow_missing)
{
    til_status_t status = TIL_OK;
    til_gtf_options_t how = TIL_GTF_OPTIONS;
    til_annot_t annot = { 0 };
    const char **genes = NULL, **symbols = NULL;

    TIL_TRY(til_job_annotation(ctx, job, path, &how, &annot));
    genes = til_array(annot.n_transcripts, sizeof *genes);
    symbols = til_array(annot.n_transcripts, sizeof *symbols);
    if (genes == NULL || symbols == NULL) {
        status = til_no_memory(ctx, annot.n_transcripts, "transcripts");
        goto done;
    }
    for (size_t i = 0; i < annot.n_transcripts; i++) {
        genes[i] = annot.gene_ids[annot.transcript_genes[i]];
        symbols[i] = annot.gene_names[annot.transcript_genes[i]];
    }
    til_tx2gene_view_t view = { .origin = path,
                                .n = annot.n_transcripts,
                                .transcripts = (const char *const *)annot.transcript_ids,
                                .genes = genes,
                                .symbols = symbols };
    TIL_TRY(til_index_set_genes(ctx, index, &view, allow_missing));
done:
    free(genes);
    free(symbols);
    til_annot_clear(&annot);
    return status;
}

til_status_t til_transcript_genes(til_ctx_t *ctx, til_job_t *job, til_index_t *index,
                                  const char *tx2gene, const char *annotation, bool allow_missing)
{
    if (tx2gene != NULL) return from_table(ctx, job, index, tx2gene, allow_missing);
    return from_annotation(ctx, job, index, annotation, allow_missing);
}
