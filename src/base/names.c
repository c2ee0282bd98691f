/* names.c -- a dictionary of names.
 *
 * Hash: wyhash-like folding of 8-byte words by 64x64->128 multiplication; table at most half
 * full, linear probing.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/names.h"

typedef struct {
    uint64_t hash;
    uint32_t id_plus_1; /* 0: free */
} slot_t;

struct til_names {
    slot_t *slots;
    size_t n_slots; /* a power of two */
    char **text;
    size_t *length;
    size_t n, capacity;
    til_arena_t *arena;
};

uint64_t til_hash_bytes(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t h = 0x9E3779B97F4A7C15u ^ n, word;

    for (; n >= 8; n -= 8, p += 8) {
        memcpy(&word, p, 8);
        h = til_hash_fold(h ^ word, 0xA0761D6478BD642Fu);
    }
    word = 0;
    if (n > 0) memcpy(&word, p, n);
    h = til_hash_fold(h ^ word, 0xE7037ED1A0B428DBu);
    return til_hash_fold(h, 0x8EBC6AF09C88C6E3u);
}

til_names_t *til_names_new(void)
{
    til_names_t *names = calloc(1, sizeof *names);
    if (names == NULL) return NULL;
    names->n_slots = 64;
    names->slots = til_array_zero(names->n_slots, sizeof *names->slots);
    names->arena = til_arena_new();
    if (names->slots == NULL || names->arena == NULL) {
        til_names_free(names);
        return NULL;
    }
    return names;
}

void til_names_free(til_names_t *names)
{
    if (names == NULL) return;
    til_arena_free(names->arena);
    free(names->length);
    free(names->text);
    free(names->slots);
    free(names);
}

/* The slot that holds the name, or the free one where it belongs. */
static size_t locate(const til_names_t *names, uint64_t hash, const char *text, size_t n)
{
    size_t mask = names->n_slots - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        const slot_t *slot = &names->slots[i];
        if (slot->id_plus_1 == 0) return i;
        if (slot->hash == hash) {
            size_t id = slot->id_plus_1 - 1;
            if (names->length[id] == n && memcmp(names->text[id], text, n) == 0) return i;
        }
    }
}

static int rehash(til_names_t *names)
{
    size_t n_slots = names->n_slots * 2;
    slot_t *slots = til_array_zero(n_slots, sizeof *slots);
    if (slots == NULL) return -1;
    for (size_t i = 0; i < names->n_slots; i++) {
        if (names->slots[i].id_plus_1 == 0) continue;
        size_t k = names->slots[i].hash & (n_slots - 1);
        while (slots[k].id_plus_1 != 0) k = (k + 1) & (n_slots - 1);
        slots[k] = names->slots[i];
    }
    free(names->slots);
    names->slots = slots;
    names->n_slots = n_slots;
    return 0;
}

ptrdiff_t til_names_find_n(const til_names_t *names, const char *text, size_t n)
{
    size_t i = locate(names, til_hash_bytes(text, n), text, n);
    return (ptrdiff_t)names->slots[i].id_plus_1 - 1;
}

ptrdiff_t til_names_find(const til_names_t *names, const char *text)
{
    return til_names_find_n(names, text, strlen(text));
}

/* Appends the text under the next id without entering it in the table. */
static int append(til_names_t *names, const char *text, size_t n)
{
    til_ctx_t quiet = TIL_CTX_INIT;
    size_t same = names->capacity;
    if (names->n >= UINT32_MAX - 1) return -1;
    if (til_grow(&quiet, &names->text, &same, names->n + 1, sizeof *names->text) != TIL_OK)
        return -1;
    if (til_grow(&quiet, &names->length, &names->capacity, names->n + 1, sizeof *names->length) !=
        TIL_OK)
        return -1;
    char *copy = til_arena_text_n(names->arena, text, n);
    if (copy == NULL) return -1;
    names->text[names->n] = copy;
    names->length[names->n] = n;
    names->n++;
    return 0;
}

ptrdiff_t til_names_add_n(til_names_t *names, const char *text, size_t n, int *is_new)
{
    uint64_t hash = til_hash_bytes(text, n);
    size_t i = locate(names, hash, text, n);

    if (is_new != NULL) *is_new = names->slots[i].id_plus_1 == 0;
    if (names->slots[i].id_plus_1 != 0) return (ptrdiff_t)names->slots[i].id_plus_1 - 1;
    if ((names->n + 1) * 2 > names->n_slots) {
        if (rehash(names) != 0) return -1;
        i = locate(names, hash, text, n);
    }
    if (append(names, text, n) != 0) return -1;
    names->slots[i] = (slot_t){ .hash = hash, .id_plus_1 = (uint32_t)names->n };
    return (ptrdiff_t)names->n - 1;
}

ptrdiff_t til_names_add(til_names_t *names, const char *text, int *is_new)
{
    return til_names_add_n(names, text, strlen(text), is_new);
}

const char *til_names_get(const til_names_t *names, size_t id) { return names->text[id]; }

size_t til_names_count(const til_names_t *names) { return names->n; }

til_status_t til_names_index(til_ctx_t *ctx, char *const *list, size_t n, til_names_t **out)
{
    til_names_t *names = til_names_new();

    *out = NULL;
    if (names == NULL) return til_no_memory(ctx, n, "names");
    for (size_t i = 0; i < n; i++) {
        int is_new;
        ptrdiff_t id = til_names_add(names, list[i], &is_new);
        if (id >= 0 && !is_new && append(names, list[i], strlen(list[i])) != 0) id = -1;
        if (id < 0) {
            til_names_free(names);
            return til_no_memory(ctx, n, "names");
        }
    }
    *out = names;
    return TIL_OK;
}
