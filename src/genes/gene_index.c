/* gene_index.c -- which row stands for which gene. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "genes/gene_index.h"
#include "genes/gene_key.h"

const char *til_gene_row_name(const til_gene_rows_t *rows, size_t row)
{
    bool has_name = rows->names != NULL && rows->names[row] != NULL;
    return has_name ? rows->names[row] : rows->ids[row];
}

/* The symbol of the gene that an id or a former name belongs to; NULL when `name` is a current
 * symbol, is not known, or belongs to several genes. */
static const char *symbol_behind(const til_gene_ids_t *ids, const char *name)
{
    const char *symbol = NULL;

    if (ids == NULL) return NULL;
    if (til_gene_is_ensembl(name) || til_gene_is_entrez(name))
        symbol = til_gene_ids_symbol(ids, name);
    return symbol != NULL ? symbol : til_gene_ids_current(ids, name);
}

/* Puts a row at an id of a dictionary, unless the row there is better. */
static void place(til_gene_is_better_t *is_better, const void *arg, size_t *rows, ptrdiff_t id,
                  bool is_new, size_t row)
{
    if (is_new || (is_better != NULL && is_better(arg, row, rows[id]))) rows[id] = row;
}

static til_status_t add_keys(til_ctx_t *ctx, til_gene_index_t *x, til_gene_is_better_t *is_better,
                             const void *arg)
{
    for (size_t g = 0; g < x->rows.n; g++) {
        const char *name = til_gene_row_name(&x->rows, g);
        int is_new;
        ptrdiff_t id = til_names_add_n(x->keys, name, til_gene_key_length(name), &is_new);

        if (id < 0) return til_no_memory(ctx, x->rows.n, "gene names");
        place(is_better, arg, x->row_of_key, id, is_new, g);
        x->n_repeated += !is_new;
    }
    return TIL_OK;
}

static til_status_t add_others(til_ctx_t *ctx, til_gene_index_t *x, til_gene_is_better_t *is_better,
                               const void *arg)
{
    for (size_t k = 0; x->ids != NULL && k < til_names_count(x->keys); k++) {
        const char *symbol = symbol_behind(x->ids, til_names_get(x->keys, k));
        int is_new;

        if (symbol == NULL) continue;
        ptrdiff_t id = til_names_add(x->others, symbol, &is_new);
        if (id < 0) return til_no_memory(ctx, x->rows.n, "gene names");
        place(is_better, arg, x->row_of_other, id, is_new, x->row_of_key[k]);
    }
    return TIL_OK;
}

til_status_t til_gene_index_init(til_ctx_t *ctx, const til_gene_rows_t *rows,
                                 const til_gene_ids_t *ids, til_gene_is_better_t *is_better,
                                 const void *arg, til_gene_index_t *out)
{
    til_status_t status = TIL_OK;

    *out = (til_gene_index_t){ .rows = *rows,
                               .ids = ids != NULL && ids->symbols != NULL ? ids : NULL,
                               .keys = til_names_new(),
                               .others = til_names_new(),
                               .row_of_key = til_array(rows->n, sizeof(size_t)),
                               .row_of_other = til_array(rows->n, sizeof(size_t)) };
    if (out->keys == NULL || out->others == NULL || out->row_of_key == NULL ||
        out->row_of_other == NULL)
        TIL_TRY(til_no_memory(ctx, rows->n, "gene names"));
    TIL_TRY(add_keys(ctx, out, is_better, arg));
    TIL_TRY(add_others(ctx, out, is_better, arg));
done:
    if (status != TIL_OK) til_gene_index_clear(out);
    return status;
}

void til_gene_index_clear(til_gene_index_t *index)
{
    if (index == NULL) return;
    til_names_free(index->keys);
    til_names_free(index->others);
    free(index->row_of_key);
    free(index->row_of_other);
    *index = (til_gene_index_t){ 0 };
}

ptrdiff_t til_gene_index_find(const til_gene_index_t *index, const char *name, bool *is_other)
{
    ptrdiff_t id = til_names_find_n(index->keys, name, til_gene_key_length(name));

    if (is_other != NULL) *is_other = id < 0;
    if (id >= 0) return (ptrdiff_t)index->row_of_key[id];
    if (index->ids == NULL) return -1;
    const char *symbol = symbol_behind(index->ids, name);
    if (symbol != NULL) id = til_names_find(index->keys, symbol);
    if (id >= 0) return (ptrdiff_t)index->row_of_key[id];
    id = til_names_find(index->others, symbol != NULL ? symbol : name);
    return id >= 0 ? (ptrdiff_t)index->row_of_other[id] : -1;
}

void til_gene_index_say_repeated(til_ctx_t *ctx, const til_gene_index_t *index, const char *rule)
{
    if (index->n_repeated > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu rows repeat the name of another: %s stands for the gene",
                index->rows.origin, index->n_repeated, rule);
}
