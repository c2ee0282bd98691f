/* arena.c -- a chain of blocks, each handed out front to back. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { BLOCK_BYTES = 1 << 16, ALIGN = 16 };

typedef struct block {
    struct block *next;
    size_t used, size;
    alignas(ALIGN) char bytes[];
} block_t;

struct til_arena {
    block_t *head;
};

til_arena_t *til_arena_new(void) { return calloc(1, sizeof(til_arena_t)); }

void til_arena_free(til_arena_t *arena)
{
    if (arena == NULL) return;
    for (block_t *b = arena->head; b != NULL;) {
        block_t *next = b->next;
        free(b);
        b = next;
    }
    free(arena);
}

/* Room for `size` bytes that start at a multiple of `align`. */
static void *take(til_arena_t *arena, size_t size, size_t align)
{
    block_t *b = arena->head;
    size_t start = b == NULL ? 0 : (b->used + align - 1) & ~(align - 1);

    if (b == NULL || start > b->size || size > b->size - start) {
        size_t wanted = size > BLOCK_BYTES / 4 ? size : BLOCK_BYTES;
        if (wanted > PTRDIFF_MAX - sizeof(block_t)) return NULL;
        b = malloc(sizeof(block_t) + wanted);
        if (b == NULL) return NULL;
        b->used = 0;
        b->size = wanted;
        if (size > BLOCK_BYTES / 4 && arena->head != NULL) {
            b->next = arena->head->next; /* a large piece must not end the open block */
            arena->head->next = b;
        } else {
            b->next = arena->head;
            arena->head = b;
        }
        start = 0;
    }
    b->used = start + size;
    return b->bytes + start;
}

void *til_arena_bytes(til_arena_t *arena, size_t size) { return take(arena, size, ALIGN); }

char *til_arena_text_n(til_arena_t *arena, const char *text, size_t n)
{
    char *copy = n < PTRDIFF_MAX ? take(arena, n + 1, 1) : NULL;
    if (copy == NULL) return NULL;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

char *til_arena_text(til_arena_t *arena, const char *text)
{
    return til_arena_text_n(arena, text, strlen(text));
}
