/* genes_tsv.c -- gene id -> name tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/number.h"
#include "base/try.h"
#include "genes/gene_key.h"
#include "io/text/genes_tsv.h"
#include "io/text/tsv.h"

static til_status_t find_symbol_field(til_ctx_t *ctx, const til_text_t *text, char **fields,
                                      size_t n, size_t *symbol)
{
    static const char *const names[] = { "symbol", "gene_name", "gene_symbol",
                                         "external_gene_name" };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        for (size_t i = 1; i < n; i++)
            if (strcmp(fields[i], names[k]) == 0) {
                *symbol = i;
                return TIL_OK;
            }
    return til_fail(ctx, TIL_EINPUT,
                    "%s:%zu: no column 'symbol' or 'gene_name' beside the ids in column 1",
                    text->path, text->line);
}

static til_status_t add(til_ctx_t *ctx, const til_text_t *text, til_gene_names_t *out,
                        size_t *capacity, const char *id, const char *symbol)
{
    int is_new;
    bool none = til_number_is_missing(symbol, strlen(symbol));
    ptrdiff_t k = til_names_add(out->ids, id, &is_new);

    if (k < 0) return til_no_memory(ctx, 1, "gene ids");
    if (!is_new) {
        const char *had = out->symbols[k];
        if (none || (had != NULL && strcmp(had, symbol) == 0)) return TIL_OK;
        if (had != NULL)
            return til_fail(ctx, TIL_EINPUT, "%s:%zu: gene id '%s' has two names, '%s' and '%s'",
                            text->path, text->line, id, had, symbol);
    } else {
        til_status_t status = til_grow(ctx, &out->symbols, capacity, (size_t)k + 1,
                                       sizeof *out->symbols);
        if (status != TIL_OK) return status;
        out->symbols[k] = NULL;
    }
    if (none) return TIL_OK;
    out->symbols[k] = til_arena_text(out->arena, symbol);
    return out->symbols[k] == NULL ? til_no_memory(ctx, 1, "gene names") : TIL_OK;
}

til_status_t til_gene_names_read(til_ctx_t *ctx, til_text_t *text, til_gene_names_t *out)
{
    til_status_t status;
    char **fields = NULL, *line, delimiter = '\t';
    size_t fields_capacity = 0, capacity = 0, n, length, n_header = 0, symbol = 0;

    *out = (til_gene_names_t){ til_names_new(), NULL, til_arena_new() };
    if (out->ids == NULL || out->arena == NULL) {
        status = til_no_memory(ctx, 1, "gene names");
        goto done;
    }
    while (til_text_next_data(text, &line, &length)) {
        if (length == 0) continue;
        if (n_header == 0) delimiter = til_tsv_delimiter(line, length);
        TIL_TRY(til_tsv_split(ctx, text->path, text->line, line, length, delimiter, &fields,
                              &fields_capacity, &n));
        if (n_header == 0) {
            n_header = n;
            TIL_TRY(find_symbol_field(ctx, text, fields, n, &symbol));
            continue;
        }
        if (n <= symbol) {
            status = til_fail(ctx, TIL_EINPUT, "%s:%zu: %zu fields where the header has %zu",
                              text->path, text->line, n, n_header);
            goto done;
        }
        TIL_TRY(add(ctx, text, out, &capacity, fields[0], fields[symbol]));
    }
    status = n_header > 0 ? TIL_OK : til_fail(ctx, TIL_EINPUT, "%s: no header line", text->path);
done:
    free(fields);
    if (status != TIL_OK) til_gene_names_clear(out);
    return status;
}

void til_gene_names_clear(til_gene_names_t *genes)
{
    if (genes == NULL) return;
    til_names_free(genes->ids);
    free(genes->symbols);
    til_arena_free(genes->arena);
    *genes = (til_gene_names_t){ 0 };
}

const char *til_gene_names_find(const til_gene_names_t *genes, const char *id)
{
    ptrdiff_t k = til_names_find(genes->ids, id);
    size_t stem = til_gene_key_length(id);

    if (k < 0 && id[stem] != '\0') k = til_names_find_n(genes->ids, id, stem);
    return k < 0 ? NULL : genes->symbols[k];
}
