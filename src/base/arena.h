/* arena.h -- strings and small arrays that are born and buried together. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_ARENA_H
#define TIL_BASE_ARENA_H

#include <stddef.h>

typedef struct til_arena til_arena_t;

/* NULL when there is no memory. */
til_arena_t *til_arena_new(void);
void til_arena_free(til_arena_t *arena);

/* `size` bytes aligned for any type, alive until the arena is freed; NULL for want of memory. */
void *til_arena_bytes(til_arena_t *arena, size_t size);

/* A copy of the n bytes at `text` (of the whole string) with a NUL after them. */
char *til_arena_text_n(til_arena_t *arena, const char *text, size_t n);
char *til_arena_text(til_arena_t *arena, const char *text);

#endif
