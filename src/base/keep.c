/* keep.c -- copies into an arena that report want of memory. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"

til_status_t til_keep_text_n(til_ctx_t *ctx, til_arena_t *arena, const char *text, size_t n,
                             char **out)
{
    *out = til_arena_text_n(arena, text, n);
    return *out != NULL ? TIL_OK : til_no_memory(ctx, n, "bytes of text");
}

til_status_t til_keep_text(til_ctx_t *ctx, til_arena_t *arena, const char *text, char **out)
{
    return til_keep_text_n(ctx, arena, text, strlen(text), out);
}

til_status_t til_keep_strbuf(til_ctx_t *ctx, til_arena_t *arena, const til_strbuf_t *b, char **out)
{
    if (b->failed) return til_no_memory(ctx, b->length, "bytes of text");
    return til_keep_text_n(ctx, arena, til_strbuf_text(b), b->length, out);
}

til_status_t til_keep_array(til_ctx_t *ctx, til_arena_t *arena, size_t n, size_t size, void *out)
{
    void *bytes = NULL;

    if (size == 0 || n < PTRDIFF_MAX / size) bytes = til_arena_bytes(arena, n * size + 1);
    if (bytes == NULL) return til_no_memory(ctx, n, "elements");
    memset(bytes, 0, n * size + 1);
    memcpy(out, &bytes, sizeof bytes);
    return TIL_OK;
}
