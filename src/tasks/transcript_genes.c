/* transcript_genes.c -- carries a tx2gene table or an annotation to the index. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/annot.h>

#include "base/try.h"
#include "tasks/job.h"
#include "tasks/transcript_genes.h"
#include "io/text/gtf.h"
#include "io/text/tx2gene.h"

til_status_t til_load_tx2gene(til_ctx_t *ctx, til_job_t *job, const char *tx2gene,
                              const char *annotation, til_annot_t *annot, til_tx2gene_t *out)
{
    const til_gtf_options_t how = TIL_GTF_OPTIONS;
    til_text_t text = { 0 };
    til_status_t status;

    *out = (til_tx2gene_t){ 0 };
    if (tx2gene == NULL) {
        TIL_TRY(til_job_annotation(ctx, job, annotation, &how, annot));
        return til_annot_tx2gene(ctx, annot, out);
    }
    TIL_TRY(til_text_read(ctx, tx2gene, &text));
    TIL_TRY(til_tx2gene_read(ctx, &text, out));
    TIL_TRY(til_job_input(ctx, job, tx2gene, text.sha256, out->n));
done:
    til_text_clear(&text);
    if (status != TIL_OK) til_tx2gene_clear(out);
    return status;
}

til_status_t til_transcript_genes(til_ctx_t *ctx, til_job_t *job, til_index_t *index,
                                  const char *tx2gene, const char *annotation, bool allow_missing)
{
    til_annot_t annot = { 0 };
    til_tx2gene_t table;
    til_status_t status = til_load_tx2gene(ctx, job, tx2gene, annotation, &annot, &table);

    if (status == TIL_OK) status = til_index_set_genes(ctx, index, &table, allow_missing);
    til_tx2gene_clear(&table);
    til_annot_clear(&annot);
    return status;
}
