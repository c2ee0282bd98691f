/* yaml.h -- the door to libyaml: a document as a tree of text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_YAML_H
#define TIL_IO_YAML_H

#include <stddef.h>
#include <tilseq/context.h>

#include "io/text/textfile.h"

typedef enum { TIL_YAML_TEXT, TIL_YAML_LIST, TIL_YAML_MAP } til_yaml_kind_t;

typedef struct til_yaml {
    til_yaml_kind_t kind;
    size_t line;            /* where it begins, from 1                                    */
    char *key;              /* inside a map: its key, else NULL                           */
    char *text;             /* TEXT: what it says; "" for null and ~                      */
    struct til_yaml *first; /* LIST and MAP: the first of the children, in order          */
    struct til_yaml *next;  /* the next in the same list or map                           */
} til_yaml_t;

struct til_arena;

typedef struct {
    til_yaml_t *root; /* NULL for an empty document */
    struct til_arena *arena;
} til_yaml_file_t;

/* Reads one document. TIL_EINPUT with FILE:LINE for what libyaml refuses, aliases, keys that repeat
 * or are not text, a second document, and nesting past 32. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_yaml_read(til_ctx_t *ctx, const til_text_t *text, til_yaml_file_t *out);
void til_yaml_clear(til_yaml_file_t *file);

/* The entry called `key` of a map, or NULL. */
const til_yaml_t *til_yaml_get(const til_yaml_t *map, const char *key);

#endif
