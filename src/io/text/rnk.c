/* rnk.c -- ranked genes, one a line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/number.h"
#include "base/try.h"
#include "io/text/rnk.h"
#include "io/text/tsv.h"

typedef struct {
    double stat;
    size_t line;
} row_t;

typedef struct {
    til_names_t *names;
    row_t *row; /* by id in names */
    size_t capacity;
    bool may_be_header;
} reading_t;

static bool is_infinite(const char *text)
{
    if (*text == '+' || *text == '-') text++;
    return strcasecmp(text, "inf") == 0 || strcasecmp(text, "infinity") == 0;
}

static til_status_t add_row(til_ctx_t *ctx, const til_text_t *text, char **field, size_t n,
                            reading_t *r)
{
    bool header = r->may_be_header;
    double value;
    int is_new;

    r->may_be_header = false;
    if (n != 2)
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%zu: %zu field%s: a gene and its number are wanted, separated by a tab",
                        text->path, text->line, n, n == 1 ? "" : "s");
    if (!til_number_parse(field[1], strlen(field[1]), &value)) {
        bool missing = til_number_is_missing(field[1], strlen(field[1])) || is_infinite(field[1]);
        if (header && !missing) return TIL_OK;
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%zu: the value of %s, '%.40s', is not a finite number%s", text->path,
                        text->line, field[0], field[1],
                        missing ? ": leave the gene out or give it a rank" : "");
    }
    if (field[0][0] == '\0')
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: the gene has no name", text->path, text->line);
    ptrdiff_t id = til_names_add(r->names, field[0], &is_new);
    if (id < 0) return til_no_memory(ctx, 1, "gene names");
    if (!is_new)
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%zu: gene '%s' stands on line %zu already: a gene has one rank",
                        text->path, text->line, field[0], r->row[id].line);
    til_status_t status = til_grow(ctx, &r->row, &r->capacity, (size_t)id + 1, sizeof *r->row);
    if (status == TIL_OK) r->row[id] = (row_t){ value, text->line };
    return status;
}

til_status_t til_rnk_read(til_ctx_t *ctx, til_text_t *text, til_ranking_t *out)
{
    til_status_t status = TIL_OK;
    reading_t r = { .names = til_names_new(), .may_be_header = true };
    char *line, **field = NULL, delimiter = '\0';
    size_t length, n, capacity = 0;

    *out = (til_ranking_t){ 0 };
    if (r.names == NULL) return til_no_memory(ctx, 1, "gene names");
    while (til_text_next_data(text, &line, &length)) {
        if (length == 0 || line[0] == '#') continue;
        if (delimiter == '\0') delimiter = til_tsv_delimiter(line, length);
        TIL_TRY(til_tsv_split(ctx, text->path, text->line, line, length, delimiter, &field,
                              &capacity, &n));
        TIL_TRY(add_row(ctx, text, field, n, &r));
    }
    n = til_names_count(r.names);
    if (n == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s: no ranked gene", text->path);
        goto done;
    }
    TIL_TRY(til_ranking_init(ctx, n, text->path, out));
    for (size_t i = 0; i < n; i++)
        TIL_TRY(til_ranking_set(ctx, out, i, til_names_get(r.names, i), r.row[i].stat));

done:
    til_names_free(r.names);
    free(r.row);
    free(field);
    if (status != TIL_OK) til_ranking_clear(out);
    return status;
}
