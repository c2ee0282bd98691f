/* fuzz_gtf.c -- annotation files, and the index made of what they hold. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include <tilseq/count.h>

#include "io/text/gtf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_gtf_options_t options = TIL_GTF_OPTIONS;
    til_annot_t annot;
    til_overlap_t *index;
    uint64_t *lengths;

    if (til_gtf_read_text(&ctx, "fuzz", (const char *)data, size, &options, &annot) != TIL_OK)
        return 0;
    lengths = malloc((annot.n_genes + 1) * sizeof *lengths);
    if (lengths != NULL) til_annot_gene_lengths(&annot, lengths);
    free(lengths);
    /* positions far apart make many buckets: that is memory, not a fault */
    uint32_t end = 0;
    for (size_t i = 0; i < annot.n_exons; i++)
        if (annot.exons[i].end > end) end = annot.exons[i].end;
    for (int rows = 0; rows < 3 && end < 1 << 24; rows++)
        if (til_overlap_build(&ctx, &annot, (til_rows_t)rows, &index) == TIL_OK)
            til_overlap_free(index);
    til_annot_clear(&annot);
    return 0;
}
