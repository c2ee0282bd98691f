/* inflate.h -- the door to zlib, libdeflate and ISA-L. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_INFLATE_H
#define TIL_IO_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

/* True when the bytes begin as a gzip member does. */
bool til_is_gzip(const uint8_t *bytes, size_t n);

/* Inflates all members of a gzip file held in memory, each with its CRC and length checked.
 *
 *   in       n bytes, beginning with a gzip member; zero padding at the end is passed over
 *   out      *out_size bytes and one spare for a NUL; free() by the caller; NULL unless TIL_OK
 *
 * TIL_EINPUT naming `path` and the byte offset when the file is truncated or damaged. */
TIL_MUST_USE
til_status_t til_inflate_all(til_ctx_t *ctx, const char *path, const uint8_t *in, size_t n,
                             uint8_t **out, size_t *out_size);

/* One gzip stream, piece by piece: for files too large to hold. */
typedef struct til_inflater til_inflater_t;

typedef enum {
    TIL_INFLATE_MORE, /* one of the two buffers is used up             */
    TIL_INFLATE_END,  /* the member is over; its CRC and length agreed */
    TIL_INFLATE_BAD   /* not gzip, damaged, or a failed check          */
} til_inflate_state_t;

/* Ready for a first member; NULL for want of memory. */
til_inflater_t *til_inflater_new(void);
void til_inflater_free(til_inflater_t *inflater);

/* Gets ready for the next member. */
void til_inflater_begin(til_inflater_t *inflater);

/* Inflates from *in (*n_in bytes) to *out (*n_out bytes), moving all four, until a buffer is used
 * up or the member ends. */
til_inflate_state_t til_inflater_step(til_inflater_t *inflater, const uint8_t **in, size_t *n_in,
                                      uint8_t **out, size_t *n_out);

/* The CRC-32 of gzip. */
uint32_t til_crc32(const uint8_t *bytes, size_t n);

/* A gzip member that stores `n` bytes, compressed; free(*out) by the caller. */
TIL_MUST_USE
til_status_t til_deflate_all(til_ctx_t *ctx, const void *bytes, size_t n, uint8_t **out,
                             size_t *out_size);

/* BGZF blocks, for writing. `packed` has TIL_BGZF_MOST bytes; at most 65,280 bytes go into a block.
 * Returns its size, 0 when it cannot be made. */
enum { TIL_BGZF_MOST = 65536 };
typedef struct til_deflater til_deflater_t;
til_deflater_t *til_deflater_new(void); /* NULL for want of memory */
void til_deflater_free(til_deflater_t *deflater);
size_t til_bgzf_block(til_deflater_t *deflater, const uint8_t *bytes, size_t n, uint8_t *packed);

/* Version text of the libraries behind this door, for --version. */
const char *til_inflate_versions(void);

#endif
