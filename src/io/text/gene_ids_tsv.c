/* gene_ids_tsv.c -- reads a table of gene names. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "io/text/gene_ids_tsv.h"
#include "io/text/tsv.h"

static ptrdiff_t column(char *const *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(fields[i], name) == 0) return (ptrdiff_t)i;
    return -1;
}

til_status_t til_gene_ids_read(til_ctx_t *ctx, til_text_t *text, til_gene_ids_t *out)
{
    til_status_t status = TIL_OK;
    char *line, **fields = NULL;
    size_t length, capacity = 0, n = 0, n_columns;
    ptrdiff_t symbol, entrez, ensembl, aliases;

    *out = (til_gene_ids_t){ 0 };
    TIL_TRY(til_gene_ids_init(ctx, out));
    if (til_text_next_data(text, &line, &length))
        TIL_TRY(
            til_tsv_split(ctx, text->path, text->line, line, length, '\t', &fields, &capacity, &n));
    n_columns = n;
    symbol = column(fields, n, "symbol");
    entrez = column(fields, n, "entrez");
    ensembl = column(fields, n, "ensembl");
    aliases = column(fields, n, "aliases");
    if (symbol < 0 || entrez < 0 || ensembl < 0) {
        status = til_fail(ctx, TIL_EINPUT,
                          "%s:1: the columns symbol, entrez and ensembl are wanted", text->path);
        goto done;
    }
    while (til_text_next_data(text, &line, &length)) {
        TIL_TRY(
            til_tsv_split(ctx, text->path, text->line, line, length, '\t', &fields, &capacity, &n));
        if (n != n_columns) {
            status = til_fail(ctx, TIL_EINPUT, "%s:%zu: %zu fields: expected %zu", text->path,
                              text->line, n, n_columns);
            goto done;
        }
        TIL_TRY(til_gene_ids_add(ctx, out, fields[symbol], fields[entrez],
                                 aliases < 0 ? "" : fields[aliases]));
        TIL_TRY(til_gene_ids_add(ctx, out, fields[symbol], fields[ensembl], ""));
    }
done:
    free(fields);
    if (status != TIL_OK) til_gene_ids_clear(out);
    return status;
}
