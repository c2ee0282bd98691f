/* digest.c -- SHA-256 through nettle. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <nettle/sha2.h>

#include "io/digest.h"

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
