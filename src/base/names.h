/* names.h -- name <-> dense id: genes, samples, contigs, sets.
 *
 * Ids are 0, 1, 2... in order of first insertion. Open addressing over 64-bit hashes; the
 * hash is not keyed, so the order of anything never depends on it.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_NAMES_H
#define TIL_BASE_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

typedef struct til_names til_names_t;

/* An empty dictionary; NULL for want of memory. */
til_names_t *til_names_new(void);
void til_names_free(til_names_t *names);

/* The id of the n bytes at `text`, or -1. */
ptrdiff_t til_names_find_n(const til_names_t *names, const char *text, size_t n);
ptrdiff_t til_names_find(const til_names_t *names, const char *text);

/* The id of `text`, inserted if new (then *is_new is true). The text is copied. -1 for want
 * of memory. `is_new` may be NULL. */
ptrdiff_t til_names_add_n(til_names_t *names, const char *text, size_t n, int *is_new);
ptrdiff_t til_names_add(til_names_t *names, const char *text, int *is_new);

/* The name of an id < til_names_count(). Borrows. */
const char *til_names_get(const til_names_t *names, size_t id);
size_t til_names_count(const til_names_t *names);

/* A dictionary of n names whose ids are their positions; where a name is repeated the first
 * position keeps it and the later ids have no name of their own to be found by. */
TIL_MUST_USE
til_status_t til_names_index(til_ctx_t *ctx, char *const *list, size_t n, til_names_t **out);

/* Folds one word into a hash: 64 x 64 -> 128 bits, both halves. */
static inline uint64_t til_hash_fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide_t;
    wide_t product = (wide_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* 64-bit hash of n bytes (the one the dictionary uses). */
uint64_t til_hash_bytes(const void *bytes, size_t n);

#endif
