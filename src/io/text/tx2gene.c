/* tx2gene.c -- transcript, gene and symbol columns of a delimited file. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/try.h"
#include "io/text/tsv.h"
#include "io/text/tx2gene.h"

enum { TX, GENE, SYMBOL, N_ROLES };

static const char *const role_words[N_ROLES][8] = {
    { "transcript_id", "transcript", "tx", "tx_id", "txname", "target_id", "name", NULL },
    { "gene_id", "gene", "geneid", "ens_gene", "ensgene", NULL },
    { "gene_name", "symbol", "gene_symbol", "genename", "ext_gene", NULL }
};

static int role_of(const char *word)
{
    for (int role = 0; role < N_ROLES; role++)
        for (int i = 0; role_words[role][i] != NULL; i++)
            if (strcasecmp(word, role_words[role][i]) == 0) return role;
    return -1;
}

/* Tells a header line by its words; columns[] then holds where each role stands, else positions. */
static int find_columns(char *const *fields, size_t n, ptrdiff_t columns[N_ROLES])
{
    for (int role = 0; role < N_ROLES; role++) columns[role] = -1;
    for (size_t i = 0; i < n; i++) {
        int role = role_of(fields[i]);
        if (role >= 0 && columns[role] < 0) columns[role] = (ptrdiff_t)i;
    }
    if (columns[TX] >= 0 && columns[GENE] >= 0) return 1;
    columns[TX] = 0;
    columns[GENE] = 1;
    columns[SYMBOL] = n > 2 ? 2 : -1;
    return 0;
}

static til_status_t add_row(til_ctx_t *ctx, const char *path, size_t line, char *const *fields,
                            size_t n, const ptrdiff_t columns[N_ROLES], til_tx2gene_t *out)
{
    til_status_t status = TIL_OK;

    for (int role = TX; role <= GENE; role++)
        if ((size_t)columns[role] >= n || fields[columns[role]][0] == 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s:%zu: no %s: two columns are wanted, transcript and gene", path,
                            line, role == TX ? "transcript" : "gene");
    if (out->n == out->capacity) {
        size_t capacity = out->capacity, same = capacity;
        TIL_TRY(til_grow(ctx, &out->transcripts, &same, out->n + 1, sizeof(char *)));
        same = capacity;
        TIL_TRY(til_grow(ctx, &out->genes, &same, out->n + 1, sizeof(char *)));
        same = capacity;
        TIL_TRY(til_grow(ctx, &out->symbols, &same, out->n + 1, sizeof(char *)));
        out->capacity = same;
    }
    TIL_TRY(til_keep_text(ctx, out->arena, fields[columns[TX]], &out->transcripts[out->n]));
    TIL_TRY(til_keep_text(ctx, out->arena, fields[columns[GENE]], &out->genes[out->n]));
    out->symbols[out->n] = NULL;
    if (columns[SYMBOL] >= 0 && (size_t)columns[SYMBOL] < n && fields[columns[SYMBOL]][0] != 0)
        TIL_TRY(til_keep_text(ctx, out->arena, fields[columns[SYMBOL]], &out->symbols[out->n]));
    out->n++;
done:
    return status;
}

til_status_t til_tx2gene_read(til_ctx_t *ctx, til_text_t *text, til_tx2gene_t *out)
{
    til_status_t status = TIL_OK;
    char *line, **fields = NULL, delimiter = 0;
    size_t length, capacity = 0, n;
    ptrdiff_t columns[N_ROLES];

    *out = (til_tx2gene_t){ .arena = til_arena_new() };
    if (out->arena == NULL) return til_no_memory(ctx, 1, "table");
    TIL_TRY(til_keep_text(ctx, out->arena, text->path, &out->origin));
    while (til_text_next_data(text, &line, &length)) {
        if (length == 0) continue;
        bool first = delimiter == 0;
        if (first) delimiter = til_tsv_delimiter(line, length);
        TIL_TRY(til_tsv_split(ctx, text->path, text->line, line, length, delimiter, &fields,
                              &capacity, &n));
        if (first && find_columns(fields, n, columns)) continue;
        TIL_TRY(add_row(ctx, text->path, text->line, fields, n, columns, out));
    }
    if (out->n == 0)
        status = til_fail(ctx, TIL_EINPUT, "%s: no transcript in this file", text->path);
done:
    free(fields);
    if (status != TIL_OK) til_tx2gene_clear(out);
    return status;
}
