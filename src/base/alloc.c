/* alloc.c -- overflow-checked arrays. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

void *til_array_large_pages(size_t n, size_t size)
{
    enum { PAGE = 2 << 20 };
    void *array;

    if (size == 0 || n < PAGE / size || n > PTRDIFF_MAX / size) return til_array(n, size);
    size_t bytes = (n * size + PAGE - 1) / PAGE * PAGE;
    if (posix_memalign(&array, PAGE, bytes) != 0) return NULL;
#ifdef MADV_HUGEPAGE
    (void)madvise(array, bytes, MADV_HUGEPAGE); /* a wish: it works without */
#endif
    return array;
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
