/* bytestream.h -- the bytes of a file, a FIFO or standard input, inflated when they are gzip. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_BYTESTREAM_H
#define TIL_IO_BYTESTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#include "io/text/digest.h"

typedef struct til_bytes til_bytes_t;

/* Opens `path` ("-" is standard input). gzip, of any number of members, and BGZF are told by
 * content. TIL_EIO when it cannot be opened or is a folder, TIL_EINPUT when it holds no byte. */
TIL_MUST_USE
til_status_t til_bytes_open(til_ctx_t *ctx, const char *path, til_bytes_t **out);
void til_bytes_close(til_bytes_t *bytes);

/* Hands out up to n bytes; *got is 0 only at the end. The end of every gzip member, its CRC and
 * its length are checked: TIL_EINPUT naming the file and the byte where a truncated or damaged
 * member stands. */
TIL_MUST_USE
til_status_t til_bytes_read(til_ctx_t *ctx, til_bytes_t *bytes, void *to, size_t n, size_t *got);

/* Asks, right after opening, for the digest of the file's own bytes, not what they inflate to. */
TIL_MUST_USE
til_status_t til_bytes_hash(til_ctx_t *ctx, til_bytes_t *bytes);

/* That digest, once: what was not read yet is read now. "" for what is no regular file and could
 * not be checked again. */
TIL_MUST_USE
til_status_t til_bytes_digest(til_ctx_t *ctx, til_bytes_t *bytes, char text[TIL_SHA256_TEXT]);

/* The path as the user wrote it. Borrows. */
const char *til_bytes_path(const til_bytes_t *bytes);

/* True when both are one file (device and inode), or both are standard input. */
bool til_bytes_same_file(const til_bytes_t *a, const til_bytes_t *b);

#endif
