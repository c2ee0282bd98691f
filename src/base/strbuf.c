/* strbuf.c -- text that grows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/strbuf.h"

/* Room for n more bytes and a NUL. */
static bool reserve(til_strbuf_t *b, size_t n)
{
    size_t need, wanted;
    char *grown;

    if (b->failed) return false;
    if (n > PTRDIFF_MAX - b->length - 1) {
        b->failed = true;
        return false;
    }
    need = b->length + n + 1;
    if (need <= b->capacity) return true;
    wanted = b->capacity + b->capacity / 2 + 64;
    if (wanted < need) wanted = need;
    grown = realloc(b->text, wanted);
    if (grown == NULL) {
        b->failed = true;
        return false;
    }
    b->text = grown;
    b->capacity = wanted;
    return true;
}

void til_strbuf_clear(til_strbuf_t *b)
{
    if (b == NULL) return;
    free(b->text);
    *b = (til_strbuf_t){ 0 };
}

void til_strbuf_reset(til_strbuf_t *b)
{
    b->length = 0;
    if (b->text != NULL) b->text[0] = '\0';
}

void til_strbuf_add_n(til_strbuf_t *b, const char *text, size_t n)
{
    if (!reserve(b, n)) return;
    if (n > 0) memcpy(b->text + b->length, text, n);
    b->length += n;
    b->text[b->length] = '\0';
}

void til_strbuf_add(til_strbuf_t *b, const char *text) { til_strbuf_add_n(b, text, strlen(text)); }

void til_strbuf_add_char(til_strbuf_t *b, char c) { til_strbuf_add_n(b, &c, 1); }

void til_strbuf_printf(til_strbuf_t *b, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
        return;
    }
    if (!reserve(b, (size_t)n)) return;
    va_start(args, format);
    vsnprintf(b->text + b->length, (size_t)n + 1, format, args);
    va_end(args);
    b->length += (size_t)n;
}

void til_strbuf_add_number(til_strbuf_t *b, double value)
{
    char text[TIL_NUMBER_MAX];
    til_strbuf_add_n(b, text, til_number_print(value, text));
}

const char *til_strbuf_text(const til_strbuf_t *b) { return b->text == NULL ? "" : b->text; }
