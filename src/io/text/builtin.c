/* builtin.c -- files that the program carries inside. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "io/text/builtin.h"

til_status_t til_builtin_text(til_ctx_t *ctx, const char *name, til_text_t *out)
{
    return til_builtin_text_among(ctx, til_builtins, name, out);
}

til_status_t til_builtin_text_among(til_ctx_t *ctx, const til_builtin_t *files, const char *name,
                                    til_text_t *out)
{
    const til_builtin_t *file = files;
    char path[64];
    uint8_t *bytes;
    til_status_t status;

    *out = (til_text_t){ 0 };
    while (file->name != NULL && strcmp(file->name, name) != 0) file++;
    if (file->name == NULL)
        return til_fail(ctx, TIL_EINTERNAL, "no file %s inside the program", name);
    bytes = til_array(file->n_bytes, 1);
    if (bytes == NULL) return til_no_memory(ctx, file->n_bytes, "bytes");
    for (size_t i = 0; i < file->n_bytes; i++)
        bytes[i] = (uint8_t)(file->words[i / 8] >> (8 * (i % 8)));
    snprintf(path, sizeof path, TIL_BUILTIN_PREFIX "%s", name);
    status = til_text_from_bytes(ctx, path, bytes, file->n_bytes, out);
    free(bytes);
    return status;
}
