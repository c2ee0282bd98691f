/* gene_ids.c -- the names one gene goes by. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "genes/gene_ids.h"
#include "genes/gene_key.h"

til_status_t til_gene_ids_init(til_ctx_t *ctx, til_gene_ids_t *t)
{
    *t = (til_gene_ids_t){ .symbols = til_names_new(),
                           .ids = til_names_new(),
                           .aliases = til_names_new() };
    if (t->symbols == NULL || t->ids == NULL || t->aliases == NULL) {
        til_gene_ids_clear(t);
        return til_no_memory(ctx, 3, "gene tables");
    }
    return TIL_OK;
}

void til_gene_ids_clear(til_gene_ids_t *t)
{
    if (t == NULL) return;
    til_names_free(t->symbols);
    til_names_free(t->ids);
    til_names_free(t->aliases);
    free(t->symbol_of_id);
    free(t->symbol_of_alias);
    *t = (til_gene_ids_t){ 0 };
}

/* An id of two genes stays with the first. */
static til_status_t add_id(til_ctx_t *ctx, til_gene_ids_t *t, const char *id, size_t n,
                           size_t symbol)
{
    int is_new;
    ptrdiff_t at = til_names_add_n(t->ids, id, n, &is_new);
    til_status_t status;

    if (at < 0) return til_no_memory(ctx, n, "bytes");
    if (!is_new) return TIL_OK;
    status = til_grow(ctx, &t->symbol_of_id, &t->ids_capacity, (size_t)at + 1,
                      sizeof *t->symbol_of_id);
    if (status == TIL_OK) t->symbol_of_id[at] = symbol;
    return status;
}

static til_status_t add_alias(til_ctx_t *ctx, til_gene_ids_t *t, const char *alias, size_t n,
                              size_t symbol)
{
    int is_new;
    ptrdiff_t at = til_names_add_n(t->aliases, alias, n, &is_new);
    til_status_t status;

    if (at < 0) return til_no_memory(ctx, n, "bytes");
    status = til_grow(ctx, &t->symbol_of_alias, &t->aliases_capacity, (size_t)at + 1,
                      sizeof *t->symbol_of_alias);
    if (status != TIL_OK) return status;
    if (is_new) t->symbol_of_alias[at] = (ptrdiff_t)symbol;
    else if (t->symbol_of_alias[at] != (ptrdiff_t)symbol) t->symbol_of_alias[at] = -1;
    return TIL_OK;
}

til_status_t til_gene_ids_add(til_ctx_t *ctx, til_gene_ids_t *t, const char *symbol,
                              const char *ids, const char *aliases)
{
    til_status_t status = TIL_OK;
    ptrdiff_t at = til_names_add(t->symbols, symbol, NULL);

    if (at < 0) return til_no_memory(ctx, strlen(symbol), "bytes");
    for (const char *p = ids; *p != '\0' && status == TIL_OK; p += *p == '|') {
        size_t n = strcspn(p, "|");
        if (n > 0) status = add_id(ctx, t, p, n, (size_t)at);
        p += n;
    }
    for (const char *p = aliases; *p != '\0' && status == TIL_OK; p += *p == '|') {
        size_t n = strcspn(p, "|");
        if (n > 0) status = add_alias(ctx, t, p, n, (size_t)at);
        p += n;
    }
    return status;
}

const char *til_gene_ids_symbol(const til_gene_ids_t *t, const char *id)
{
    ptrdiff_t at = til_names_find_n(t->ids, id, til_gene_key_length(id));
    return at < 0 ? NULL : til_names_get(t->symbols, t->symbol_of_id[at]);
}

const char *til_gene_ids_current(const til_gene_ids_t *t, const char *name)
{
    ptrdiff_t at = til_names_find(t->aliases, name);

    if (at < 0 || t->symbol_of_alias[at] < 0 || til_names_find(t->symbols, name) >= 0) return NULL;
    return til_names_get(t->symbols, (size_t)t->symbol_of_alias[at]);
}

til_gene_rows_t til_matrix_gene_rows(const til_matrix_t *m)
{
    return (til_gene_rows_t){ m->origin, m->n_rows, m->row_names, m->gene_names };
}

bool til_gene_rows_are_ids(const til_gene_rows_t *rows)
{
    size_t n_entrez = 0, n_ensembl = 0;

    for (size_t g = 0; g < rows->n; g++) {
        if (rows->names != NULL && rows->names[g] != NULL) return false;
        n_entrez += til_gene_is_entrez(rows->ids[g]);
        n_ensembl += til_gene_is_ensembl(rows->ids[g]);
    }
    return 2 * n_entrez > rows->n || 2 * n_ensembl > rows->n;
}

size_t til_gene_ids_name_rows(const til_gene_ids_t *t, const til_gene_rows_t *rows,
                              const char **symbols)
{
    size_t n = 0;

    for (size_t g = 0; g < rows->n; g++) {
        symbols[g] = til_gene_ids_symbol(t, rows->ids[g]);
        n += symbols[g] != NULL;
    }
    return n;
}
