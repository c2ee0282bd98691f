/* alloc.h -- arrays whose size cannot overflow.
 *
 * Every allocation of more than a fixed struct goes through here: n * size is checked, n = 0
 * gives a valid pointer, and the failure message says how much was asked for. Release with
 * free().
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_ALLOC_H
#define TIL_BASE_ALLOC_H

#include <stddef.h>
#include <tilseq/context.h>

/* n elements of `size` bytes, not initialised / all zero; NULL on overflow or want of memory. */
void *til_array(size_t n, size_t size);
void *til_array_zero(size_t n, size_t size);

/* As til_array, for large tables that are read at random: on large pages where the system has them,
 * which spares a walk through the page tables at nearly every read. */
void *til_array_large_pages(size_t n, size_t size);

/* Makes room for at least `need` elements in *array, which holds *capacity; grows by half as
 * much again. On failure both stay as they were.
 *
 *   TIL_TRY(til_grow(ctx, &genes, &capacity, n + 1, sizeof *genes));      (array: any T **)
 */
TIL_MUST_USE
til_status_t til_grow(til_ctx_t *ctx, void *array, size_t *capacity, size_t need, size_t size);

/* TIL_ENOMEM with "out of memory for <n> <what>". */
til_status_t til_no_memory(til_ctx_t *ctx, size_t n, const char *what);

#endif
