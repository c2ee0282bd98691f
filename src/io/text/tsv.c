/* tsv.c -- fields of delimited lines. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "io/text/tsv.h"

char til_tsv_delimiter(const char *header, size_t length)
{
    if (memchr(header, '\t', length) != NULL) return '\t';
    if (memchr(header, ',', length) != NULL) return ',';
    if (memchr(header, ';', length) != NULL) return ';';
    return '\t';
}

char *til_tsv_unquote(char *p, char *end, char delimiter)
{
    char *to = p;
    for (char *from = p + 1; from < end; from++) {
        if (*from == '"') {
            if (from + 1 < end && from[1] == '"') {
                from++;
            } else {
                if (from + 1 < end && from[1] != delimiter) return NULL;
                *to = '\0';
                return from + 1;
            }
        }
        *to++ = *from;
    }
    return NULL;
}

til_status_t til_tsv_split(til_ctx_t *ctx, const char *path, size_t line_no, char *line,
                           size_t length, char delimiter, char ***fields, size_t *capacity,
                           size_t *n_fields)
{
    char *p = line, *end = line + length;
    size_t n = 0;

    for (;;) {
        til_status_t status = til_grow(ctx, fields, capacity, n + 1, sizeof **fields);
        if (status != TIL_OK) return status;
        (*fields)[n++] = p;
        char *stop = memchr(p, delimiter, (size_t)(end - p));
        if (stop == NULL) stop = end;
        if (p < end && *p == '"') {
            if (delimiter != '\t') {
                stop = til_tsv_unquote(p, end, delimiter);
                if (stop == NULL)
                    return til_fail(
                        ctx, TIL_EINPUT,
                        "%s:%zu: the quote in field %zu is not closed before the next delimiter",
                        path, line_no, n);
            } else if (stop - p >= 2 && stop[-1] == '"') {
                (*fields)[n - 1] = p + 1;
                stop[-1] = '\0';
            }
        }
        if (stop >= end) break;
        *stop = '\0';
        p = stop + 1;
    }
    *n_fields = n;
    return TIL_OK;
}
