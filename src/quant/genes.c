/* genes.c -- which gene each transcript of an index belongs to.
 *
 * Genes are numbered in the order of their first transcript; names are matched by genes/tx_genes.h.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/need.h"
#include "base/try.h"
#include "genes/tx_genes.h"
#include "quant/index.h"

/* Stores gene numbers and texts in the index. `symbol_of[g]` may be NULL. */
static til_status_t store(til_ctx_t *ctx, til_index_t *index, uint32_t *gene_of,
                          const til_names_t *genes, const char *const *symbol_of)
{
    size_t n = til_names_count(genes), size = 0, at = 0;

    for (size_t g = 0; g < n; g++)
        size += strlen(til_names_get(genes, g)) + 2 + (symbol_of[g] ? strlen(symbol_of[g]) : 0);
    if (index->n_owned + 3 > sizeof index->owned / sizeof *index->owned)
        return til_fail(ctx, TIL_EINTERNAL, "genes of an index were set too often");
    uint32_t *gene_at = til_array(n, sizeof *gene_at);
    char *texts = til_array(size, 1);
    if (gene_at == NULL || texts == NULL || size > UINT32_MAX) {
        free(gene_at);
        free(texts);
        return til_no_memory(ctx, n, "genes");
    }
    for (size_t g = 0; g < n; g++) {
        const char *id = til_names_get(genes, g), *symbol = symbol_of[g] ? symbol_of[g] : "";
        gene_at[g] = (uint32_t)at;
        memcpy(texts + at, id, strlen(id) + 1);
        at += strlen(id) + 1;
        memcpy(texts + at, symbol, strlen(symbol) + 1);
        at += strlen(symbol) + 1;
    }
    index->owned[index->n_owned++] = gene_of;
    index->owned[index->n_owned++] = gene_at;
    index->owned[index->n_owned++] = texts;
    index->gene_of = gene_of;
    index->gene_at = gene_at;
    index->genes = texts;
    index->genes_size = size;
    index->n_genes = (uint32_t)n;
    return TIL_OK;
}

til_status_t til_index_set_genes(til_ctx_t *ctx, til_index_t *index, const til_tx2gene_t *table,
                                 bool allow_missing)
{
    TIL_NEED(ctx, index);
    TIL_NEED(ctx, table);
    til_status_t status = TIL_OK;
    til_tx_genes_t found = { 0 };
    size_t n = index->n_transcripts;
    char **names = til_array(n, sizeof *names);
    til_names_t *genes = NULL;

    if (names == NULL) TIL_TRY(til_no_memory(ctx, n, "transcripts"));
    for (size_t i = 0; i < n; i++) names[i] = (char *)til_index_name(index, i);
    TIL_TRY(til_tx_genes_find(ctx, table, names, n, allow_missing, &found));
    if (found.n_missing > 0 && (!allow_missing || found.n_missing == n))
        TIL_TRY(til_tx_genes_fail(ctx, table, names, n, &found,
                                  "; --allow-missing takes each as a gene of its own"));
    til_tx_genes_say(ctx, table, n, allow_missing, &found);
    TIL_TRY(til_names_index(ctx, found.gene_ids, found.n_genes, &genes));
    TIL_TRY(store(ctx, index, found.gene_of, genes, (const char *const *)found.symbols));
    found.gene_of = NULL;
done:
    til_tx_genes_clear(&found);
    til_names_free(genes);
    free(names);
    return status;
}

til_status_t til_index_set_genes_from_headers(til_ctx_t *ctx, til_index_t *index)
{
    TIL_NEED(ctx, index);
    til_status_t status = TIL_OK;
    size_t n = index->n_transcripts, n_known = 0, first_unknown = n;
    const char *at = index->header_genes;
    uint32_t *gene_of = til_array(n, sizeof *gene_of);
    const char **symbols = til_array_zero(n, sizeof *symbols);
    til_names_t *genes = til_names_new();

    if (gene_of == NULL || symbols == NULL || genes == NULL) {
        status = til_no_memory(ctx, n, "transcripts");
        goto done;
    }
    for (size_t i = 0; at != NULL && i < n; i++) {
        const char *gene = at, *symbol = at + strlen(at) + 1;
        if (*gene != 0) n_known++;
        else if (first_unknown == n) first_unknown = i;
        ptrdiff_t id = til_names_add(genes, *gene != 0 ? gene : til_index_name(index, i), NULL);
        if (id < 0) {
            status = til_no_memory(ctx, n, "genes");
            goto done;
        }
        gene_of[i] = (uint32_t)id;
        if (symbols[id] == NULL && *symbol != 0) symbols[id] = symbol;
        at = symbol + strlen(symbol) + 1;
    }
    if (n_known == 0) goto done;
    til_say(ctx, TIL_LOG_NOTICE, "%zu genes are taken from the FASTA headers",
            til_names_count(genes));
    if (n_known < n)
        til_say(ctx, TIL_LOG_WARNING,
                "the headers of %zu transcripts (%s%s) name no gene: each is a gene of its own",
                n - n_known, til_index_name(index, first_unknown), n - n_known > 1 ? ", ..." : "");
    TIL_TRY(store(ctx, index, gene_of, genes, symbols));
    gene_of = NULL;
done:
    til_names_free(genes);
    free(gene_of);
    free(symbols);
    return status;
}
