/* digest.c -- SHA-256 through nettle. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "io/text/digest.h"

static void finish(struct sha256_ctx *state, char text[TIL_SHA256_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[SHA256_DIGEST_SIZE];

    sha256_digest(state, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[TIL_SHA256_TEXT - 1] = '\0';
}

void til_sha256(const void *bytes, size_t n, char text[TIL_SHA256_TEXT])
{
    struct sha256_ctx state;

    sha256_init(&state);
    sha256_update(&state, n, bytes);
    finish(&state, text);
}

struct til_sha256 {
    struct sha256_ctx state;
};

til_sha256_t *til_sha256_begin(void)
{
    til_sha256_t *s = calloc(1, sizeof *s);
    if (s != NULL) sha256_init(&s->state);
    return s;
}

void til_sha256_add(til_sha256_t *s, const void *bytes, size_t n)
{
    sha256_update(&s->state, n, bytes);
}

void til_sha256_end(til_sha256_t *s, char text[TIL_SHA256_TEXT])
{
    finish(&s->state, text);
    free(s);
}

til_status_t til_sha256_file(til_ctx_t *ctx, const char *path, char text[TIL_SHA256_TEXT])
{
    struct sha256_ctx state;
    unsigned char buffer[1 << 16];
    FILE *f = fopen(path, "rb");
    size_t n;

    if (f == NULL) return til_fail(ctx, TIL_EIO, "%s: %s", path, strerror(errno));
    sha256_init(&state);
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0) sha256_update(&state, n, buffer);
    int failed = ferror(f), error = errno;
    fclose(f);
    if (failed) return til_fail(ctx, TIL_EIO, "%s: read failed: %s", path, strerror(error));
    finish(&state, text);
    return TIL_OK;
}
