/* json_write.h -- JSON to an output file: indented, keys in the order they are written. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_JSON_WRITE_H
#define TIL_IO_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outfile.h"

/* Start with til_json_t j = { .out = out }. Inside an object every value has a key; inside a list
 * the key is NULL. */
typedef struct {
    til_out_t *out;
    int depth;
    bool has_item;              /* the innermost object or list has one already */
} til_json_t;

void til_json_open(til_json_t *j, const char *key, char bracket);       /* '{' or '['           */
void til_json_close(til_json_t *j, char bracket);                       /* '}' or ']'           */
void til_json_text(til_json_t *j, const char *key, const char *value);
void til_json_number(til_json_t *j, const char *key, double value);     /* null for NaN and inf */
void til_json_count(til_json_t *j, const char *key, uint64_t value);
void til_json_bool(til_json_t *j, const char *key, bool value);

#endif
