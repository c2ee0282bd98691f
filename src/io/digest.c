/* digest.c -- SHA-256 through nettle. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <nettle/sha2.h>

#include "io/digest.h"

void til_sha256(const void *bytes, size_t n, char text[TIL_SHA256_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    struct sha256_ctx state;
    unsigned char digest[SHA256_DIGEST_SIZE];

    sha256_init(&state);
    sha256_update(&state, n, bytes);
    sha256_digest(&state, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[TIL_SHA256_TEXT - 1] = '\0';
}
