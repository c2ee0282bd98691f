/* alloc.c -- overflow-checked arrays. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void *til_array(size_t n, size_t size)
{
    if (n == 0) n = 1;
    if (size != 0 && n > PTRDIFF_MAX / size) return NULL;
    return malloc(n * size);
}

void *til_array_zero(size_t n, size_t size)
{
    if (n == 0) n = 1;
    if (size != 0 && n > PTRDIFF_MAX / size) return NULL;
    return calloc(n, size);
}

til_status_t til_grow(til_ctx_t *ctx, void *array, size_t *capacity, size_t need, size_t size)
{
    void *old, *grown;
    size_t wanted = *capacity + *capacity / 2 + 16;

    if (need <= *capacity) return TIL_OK;
    if (wanted < need) wanted = need;
    memcpy(&old, array, sizeof old);
    grown = wanted > PTRDIFF_MAX / size ? NULL : realloc(old, wanted * size);
    if (grown == NULL) return til_no_memory(ctx, wanted, "elements");
    memcpy(array, &grown, sizeof grown);
    *capacity = wanted;
    return TIL_OK;
}

til_status_t til_no_memory(til_ctx_t *ctx, size_t n, const char *what)
{
    return til_fail(ctx, TIL_ENOMEM, "out of memory for %zu %s", n, what);
}
