/* strbuf.h -- text that grows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_STRBUF_H
#define TIL_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/status.h>

/* Start with `til_strbuf_t b = {0}`. Appending after a failed allocation does nothing;
 * `failed` tells at the end, so that callers check once. */
typedef struct {
    char *text; /* NUL-terminated once something was appended, else NULL */
    size_t length, capacity;
    bool failed;
} til_strbuf_t;

void til_strbuf_clear(til_strbuf_t *b);
void til_strbuf_reset(til_strbuf_t *b); /* empties it, keeps the memory */
void til_strbuf_add(til_strbuf_t *b, const char *text);
void til_strbuf_add_n(til_strbuf_t *b, const char *text, size_t n);
void til_strbuf_add_char(til_strbuf_t *b, char c);
void til_strbuf_printf(til_strbuf_t *b, const char *format, ...) TIL_PRINTF(2, 3);

/* A number in its shortest round-trip form, NA for NaN (base/number.h). */
void til_strbuf_add_number(til_strbuf_t *b, double value);

/* The text; "" while nothing was appended. Borrows. */
const char *til_strbuf_text(const til_strbuf_t *b);

#endif
