/* digest.h -- SHA-256 of what was read (the door to nettle). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_DIGEST_H
#define TIL_IO_DIGEST_H

#include <stddef.h>
#include <tilseq/context.h>

enum { TIL_SHA256_TEXT = 65 }; /* 64 hexadecimal digits and a NUL */

void til_sha256(const void *bytes, size_t n, char text[TIL_SHA256_TEXT]);

/* The same piece by piece. til_sha256_begin gives NULL for want of memory, til_sha256_end frees. */
typedef struct til_sha256 til_sha256_t;
til_sha256_t *til_sha256_begin(void);
void til_sha256_add(til_sha256_t *state, const void *bytes, size_t n);
void til_sha256_end(til_sha256_t *state, char text[TIL_SHA256_TEXT]);

/* The digest of a whole file. TIL_EIO when it cannot be read. */
TIL_MUST_USE
til_status_t til_sha256_file(til_ctx_t *ctx, const char *path, char text[TIL_SHA256_TEXT]);

#endif
