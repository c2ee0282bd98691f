/* json_write.c -- a stream of JSON values. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "io/json_write.h"

static void write_text(til_out_t *out, const char *text)
{
    til_out_char(out, '"');
    for (; *text != 0; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            til_out_char(out, '\\');
            til_out_char(out, *text);
        } else if (c < 0x20 || c == 0x7f) {
            til_out_printf(out, "\\u%04x", c);
        } else {
            til_out_char(out, *text);
        }
    }
    til_out_char(out, '"');
}

static void new_line(til_json_t *j)
{
    til_out_char(j->out, '\n');
    for (int i = 0; i < j->depth; i++) til_out_text(j->out, "    ");
}

/* What stands before a value: comma, line, key. */
static void lead(til_json_t *j, const char *key)
{
    if (j->has_item) til_out_char(j->out, ',');
    if (j->depth > 0) new_line(j);
    j->has_item = true;
    if (key == NULL) return;
    write_text(j->out, key);
    til_out_text(j->out, ": ");
}

void til_json_open(til_json_t *j, const char *key, char bracket)
{
    lead(j, key);
    til_out_char(j->out, bracket);
    j->depth++;
    j->has_item = false;
}

void til_json_close(til_json_t *j, char bracket)
{
    j->depth--;
    if (j->has_item) new_line(j);
    til_out_char(j->out, bracket);
    j->has_item = true;
    if (j->depth == 0) til_out_char(j->out, '\n');
}

void til_json_text(til_json_t *j, const char *key, const char *value)
{
    lead(j, key);
    write_text(j->out, value);
}

void til_json_number(til_json_t *j, const char *key, double value)
{
    lead(j, key);
    if (isfinite(value)) til_out_number(j->out, value);
    else til_out_text(j->out, "null");
}

void til_json_count(til_json_t *j, const char *key, uint64_t value)
{
    lead(j, key);
    til_out_printf(j->out, "%llu", (unsigned long long)value);
}

void til_json_bool(til_json_t *j, const char *key, bool value)
{
    lead(j, key);
    til_out_text(j->out, value ? "true" : "false");
}
