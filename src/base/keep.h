/* keep.h -- copies into an arena that report want of memory. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_KEEP_H
#define TIL_BASE_KEEP_H

#include <stddef.h>
#include <tilseq/context.h>

#include "base/arena.h"
#include "base/strbuf.h"

/* *out: a copy of `text` (of its first n bytes), alive as long as the arena. */
TIL_MUST_USE
til_status_t til_keep_text(til_ctx_t *ctx, til_arena_t *arena, const char *text, char **out);
TIL_MUST_USE
til_status_t til_keep_text_n(til_ctx_t *ctx, til_arena_t *arena, const char *text, size_t n,
                             char **out);

/* As til_keep_text for what was gathered in `b`; reports what `b` could not hold. */
TIL_MUST_USE
til_status_t til_keep_strbuf(til_ctx_t *ctx, til_arena_t *arena, const til_strbuf_t *b, char **out);

/* *out (any T **): n elements of `size` bytes, all zero. */
TIL_MUST_USE
til_status_t til_keep_array(til_ctx_t *ctx, til_arena_t *arena, size_t n, size_t size, void *out);

#endif
