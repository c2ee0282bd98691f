/* yaml.c -- the door to libyaml: a document as a tree of text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <yaml.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/try.h"
#include "io/text/yaml.h"

enum { MAX_DEPTH = 32 };

typedef struct {
    til_ctx_t *ctx;
    const char *path;
    yaml_parser_t parser;
    yaml_event_t event; /* the one last taken */
    bool has_event;
    til_arena_t *arena;
} reader_t;

static size_t line_of(const reader_t *r) { return r->event.start_mark.line + 1; }

/* Takes the next event in place of the last. */
static til_status_t take(reader_t *r)
{
    if (r->has_event) yaml_event_delete(&r->event);
    r->has_event = false;
    if (yaml_parser_parse(&r->parser, &r->event)) {
        r->has_event = true;
        return TIL_OK;
    }
    if (r->parser.error == YAML_MEMORY_ERROR) return til_no_memory(r->ctx, 1, "YAML document");
    return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: not YAML: %s", r->path,
                    r->parser.problem_mark.line + 1,
                    r->parser.problem == NULL ? "unreadable" : r->parser.problem);
}

/* The text of a plain null is "". */
static til_status_t read_text(reader_t *r, char **out)
{
    const char *text = (const char *)r->event.data.scalar.value;
    size_t n = r->event.data.scalar.length;
    bool is_plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

    if (memchr(text, '\0', n) != NULL)
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a NUL byte", r->path, line_of(r));
    if (is_plain && (strcmp(text, "~") == 0 || strcmp(text, "null") == 0)) n = 0;
    return til_keep_text_n(r->ctx, r->arena, text, n, out);
}

static til_status_t read_node(reader_t *r, int depth, til_yaml_t **out);

/* The children of the list or map whose start is the current event. */
static til_status_t read_children(reader_t *r, int depth, til_yaml_t *parent)
{
    til_status_t status = TIL_OK;
    bool is_map = parent->kind == TIL_YAML_MAP;
    yaml_event_type_t end = is_map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    til_yaml_t **slot = &parent->first;
    char *key = NULL;

    for (;;) {
        TIL_TRY(take(r));
        if (r->event.type == end) return TIL_OK;
        if (is_map) {
            if (r->event.type != YAML_SCALAR_EVENT)
                return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a key should be text", r->path,
                                line_of(r));
            TIL_TRY(read_text(r, &key));
            if (til_yaml_get(parent, key) != NULL)
                return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: key '%s' stands twice", r->path,
                                line_of(r), key);
            TIL_TRY(take(r));
        }
        TIL_TRY(read_node(r, depth + 1, slot));
        (*slot)->key = key;
        slot = &(*slot)->next;
    }

done:
    return status;
}

/* The node that the current event begins. */
static til_status_t read_node(reader_t *r, int depth, til_yaml_t **out)
{
    til_status_t status = TIL_OK;
    til_yaml_t *node;

    if (depth > MAX_DEPTH)
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: nested too deep", r->path, line_of(r));
    TIL_TRY(til_keep_array(r->ctx, r->arena, 1, sizeof *node, &node));
    node->line = line_of(r);
    switch (r->event.type) {
    case YAML_SCALAR_EVENT:
        node->kind = TIL_YAML_TEXT;
        TIL_TRY(read_text(r, &node->text));
        break;
    case YAML_SEQUENCE_START_EVENT:
        node->kind = TIL_YAML_LIST;
        TIL_TRY(read_children(r, depth, node));
        break;
    case YAML_MAPPING_START_EVENT:
        node->kind = TIL_YAML_MAP;
        TIL_TRY(read_children(r, depth, node));
        break;
    case YAML_ALIAS_EVENT:
        return til_fail(r->ctx, TIL_EINPUT,
                        "%s:%zu: aliases (*name) are not understood: write the value out", r->path,
                        line_of(r));
    default:
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a value should stand here", r->path,
                        line_of(r));
    }
    *out = node;

done:
    return status;
}

static til_status_t read_document(reader_t *r, til_yaml_t **root)
{
    til_status_t status = TIL_OK;

    TIL_TRY(take(r)); /* stream start */
    TIL_TRY(take(r));
    if (r->event.type == YAML_STREAM_END_EVENT) return TIL_OK;
    TIL_TRY(take(r)); /* past document start */
    TIL_TRY(read_node(r, 0, root));
    TIL_TRY(take(r)); /* document end */
    TIL_TRY(take(r));
    if (r->event.type != YAML_STREAM_END_EVENT)
        status = til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a second document", r->path, line_of(r));

done:
    return status;
}

til_status_t til_yaml_read(til_ctx_t *ctx, const til_text_t *text, til_yaml_file_t *out)
{
    til_status_t status = TIL_OK;
    reader_t r = { .ctx = ctx, .path = text->path };

    *out = (til_yaml_file_t){ .arena = til_arena_new() };
    r.arena = out->arena;
    if (r.arena == NULL || !yaml_parser_initialize(&r.parser)) {
        til_yaml_clear(out);
        return til_no_memory(ctx, text->size, "bytes of YAML");
    }
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text->data, text->size);
    TIL_TRY(read_document(&r, &out->root));

done:
    if (r.has_event) yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (status != TIL_OK) til_yaml_clear(out);
    return status;
}

void til_yaml_clear(til_yaml_file_t *file)
{
    if (file == NULL) return;
    til_arena_free(file->arena);
    *file = (til_yaml_file_t){ 0 };
}

const til_yaml_t *til_yaml_get(const til_yaml_t *map, const char *key)
{
    if (map == NULL || map->kind != TIL_YAML_MAP) return NULL;
    for (const til_yaml_t *entry = map->first; entry != NULL; entry = entry->next)
        if (entry->key != NULL && strcmp(entry->key, key) == 0) return entry;
    return NULL;
}
