/* inflate.c -- the door to the DEFLATE libraries. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

#include <libdeflate.h>
#include <zlib.h>
#ifdef HAVE_ISAL
#include <isa-l.h>
#endif

#include "base/alloc.h"
#include "io/reads/inflate.h"

bool til_is_gzip(const uint8_t *bytes, size_t n)
{
    return n >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8;
}

/* A first guess at the inflated size: the last member's length field, exact for one member under 4
 * GiB. */
static size_t guess_size(const uint8_t *in, size_t n)
{
    size_t size = n;
    if (n >= 18) {
        const uint8_t *tail = in + n - 4;
        size = (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 |
               (size_t)tail[3] << 24;
    }
    if (size < n) size = n * 4;
    if (size / 1100 > n) size = n * 1100; /* DEFLATE cannot do better than 1032 to 1 */
    return size + 65536 + 1;
}

/* Room for at least double the bytes in use. */
static til_status_t enlarge(til_ctx_t *ctx, const char *path, uint8_t **buffer, size_t *capacity)
{
    size_t wanted = *capacity * 2;
    uint8_t *grown = wanted > *capacity ? realloc(*buffer, wanted) : NULL;
    if (grown == NULL)
        return til_fail(ctx, TIL_ENOMEM, "%s: out of memory inflating to %zu bytes", path, wanted);
    *buffer = grown;
    *capacity = wanted;
    return TIL_OK;
}

static til_status_t damaged(til_ctx_t *ctx, const char *path, size_t at, const char *how)
{
    return til_fail(ctx, TIL_EINPUT,
                    "%s: gzip data are truncated or damaged at byte %zu (%s): copy the file again",
                    path, at, how);
}

til_status_t til_inflate_all(til_ctx_t *ctx, const char *path, const uint8_t *in, size_t n,
                             uint8_t **out, size_t *out_size)
{
    size_t at = 0, used = 0, capacity = guess_size(in, n);
    uint8_t *buffer = til_array(capacity, 1);
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    til_status_t status = TIL_OK;

    *out = NULL;
    *out_size = 0;
    if (buffer == NULL || inflater == NULL) status = til_no_memory(ctx, capacity, "bytes");
    while (status == TIL_OK && at < n) {
        size_t taken, made;
        if (!til_is_gzip(in + at, n - at)) {
            size_t zeros = at;
            while (zeros < n && in[zeros] == 0) zeros++;
            if (zeros < n) status = damaged(ctx, path, at, "no gzip member here");
            break;
        }
        switch (libdeflate_gzip_decompress_ex(inflater, in + at, n - at, buffer + used,
                                              capacity - used - 1, &taken, &made)) {
        case LIBDEFLATE_SUCCESS:
            at += taken;
            used += made;
            break;
        case LIBDEFLATE_INSUFFICIENT_SPACE: status = enlarge(ctx, path, &buffer, &capacity); break;
        default: status = damaged(ctx, path, at, "the member that begins there fails its check");
        }
    }
    libdeflate_free_decompressor(inflater);
    if (status != TIL_OK) {
        free(buffer);
        return status;
    }
    buffer[used] = 0;
    *out = buffer;
    *out_size = used;
    return TIL_OK;
}

/* ---- piece by piece ---------------------------------------------------------------------- */

#ifdef HAVE_ISAL

struct til_inflater {
    struct inflate_state state;
};

til_inflater_t *til_inflater_new(void)
{
    til_inflater_t *inflater = til_array_zero(1, sizeof *inflater);
    if (inflater == NULL) return NULL;
    isal_inflate_init(&inflater->state);
    inflater->state.crc_flag = ISAL_GZIP;
    return inflater;
}

void til_inflater_free(til_inflater_t *inflater) { free(inflater); }

void til_inflater_begin(til_inflater_t *inflater)
{
    isal_inflate_reset(&inflater->state);
    inflater->state.crc_flag = ISAL_GZIP;
}

/* ISA-L counts in 32 bits. */
static uint32_t at_most_32_bits(size_t n) { return n > 1u << 30 ? 1u << 30 : (uint32_t)n; }

til_inflate_state_t til_inflater_step(til_inflater_t *inflater, const uint8_t **in, size_t *n_in,
                                      uint8_t **out, size_t *n_out)
{
    struct inflate_state *state = &inflater->state;
    uint32_t given = at_most_32_bits(*n_in), room = at_most_32_bits(*n_out);

    state->next_in = (uint8_t *)(uintptr_t)*in; /* ISA-L does not write there */
    state->avail_in = given;
    state->next_out = *out;
    state->avail_out = room;
    int failed = isal_inflate(state);
    *n_in -= given - state->avail_in;
    *n_out -= room - state->avail_out;
    *in = state->next_in;
    *out = state->next_out;
    if (failed != ISAL_DECOMP_OK && failed != ISAL_END_INPUT && failed != ISAL_OUT_OVERFLOW)
        return TIL_INFLATE_BAD;
    return state->block_state == ISAL_BLOCK_FINISH ? TIL_INFLATE_END : TIL_INFLATE_MORE;
}

#else

struct til_inflater {
    z_stream stream;
};

til_inflater_t *til_inflater_new(void)
{
    til_inflater_t *inflater = til_array_zero(1, sizeof *inflater);
    if (inflater != NULL && inflateInit2(&inflater->stream, 15 + 16) != Z_OK) {
        free(inflater);
        return NULL;
    }
    return inflater;
}

void til_inflater_free(til_inflater_t *inflater)
{
    if (inflater == NULL) return;
    inflateEnd(&inflater->stream);
    free(inflater);
}

void til_inflater_begin(til_inflater_t *inflater) { inflateReset(&inflater->stream); }

til_inflate_state_t til_inflater_step(til_inflater_t *inflater, const uint8_t **in, size_t *n_in,
                                      uint8_t **out, size_t *n_out)
{
    z_stream *z = &inflater->stream;
    uInt given = *n_in > 1u << 30 ? 1u << 30 : (uInt)*n_in;
    uInt room = *n_out > 1u << 30 ? 1u << 30 : (uInt)*n_out;

    z->next_in = (Bytef *)(uintptr_t)*in; /* zlib does not write there */
    z->avail_in = given;
    z->next_out = *out;
    z->avail_out = room;
    int got = inflate(z, Z_NO_FLUSH);
    *n_in -= given - z->avail_in;
    *n_out -= room - z->avail_out;
    *in = z->next_in;
    *out = z->next_out;
    if (got == Z_STREAM_END) return TIL_INFLATE_END;
    return got == Z_OK || got == Z_BUF_ERROR ? TIL_INFLATE_MORE : TIL_INFLATE_BAD;
}

#endif

/* ---- compress ---------------------------------------------------------------------------- */

til_status_t til_deflate_all(til_ctx_t *ctx, const void *bytes, size_t n, uint8_t **out,
                             size_t *out_size)
{
    struct libdeflate_compressor *deflater = libdeflate_alloc_compressor(6);
    size_t bound = deflater == NULL ? 0 : libdeflate_gzip_compress_bound(deflater, n);
    uint8_t *packed = deflater == NULL ? NULL : til_array(bound, 1);

    *out = NULL;
    *out_size = 0;
    if (packed == NULL) {
        libdeflate_free_compressor(deflater);
        return til_no_memory(ctx, n, "bytes to compress");
    }
    *out_size = libdeflate_gzip_compress(deflater, bytes, n, packed, bound);
    *out = packed;
    libdeflate_free_compressor(deflater);
    if (*out_size == 0) {
        free(packed);
        *out = NULL;
        return til_fail(ctx, TIL_EINTERNAL, "compression of %zu bytes failed", n);
    }
    return TIL_OK;
}

struct til_deflater {
    struct libdeflate_compressor *compressor;
};

til_deflater_t *til_deflater_new(void)
{
    enum { FAST = 1 };
    til_deflater_t *d = malloc(sizeof *d);

    if (d == NULL) return NULL;
    d->compressor = libdeflate_alloc_compressor(FAST);
    if (d->compressor != NULL) return d;
    free(d);
    return NULL;
}

void til_deflater_free(til_deflater_t *deflater)
{
    if (deflater == NULL) return;
    libdeflate_free_compressor(deflater->compressor);
    free(deflater);
}

static void put_le(uint8_t *p, uint32_t value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++) p[i] = (uint8_t)(value >> (8 * i));
}

size_t til_bgzf_block(til_deflater_t *deflater, const uint8_t *bytes, size_t n, uint8_t *packed)
{
    /* gzip header with the extra field BC: size of the whole block less 1 */
    static const uint8_t head[16] = { 0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C', 2, 0 };
    enum { HEAD = 18, TAIL = 8 };
    size_t size = libdeflate_deflate_compress(deflater->compressor, bytes, n, packed + HEAD,
                                              TIL_BGZF_MOST - HEAD - TAIL);
    if (size == 0) return 0;
    memcpy(packed, head, sizeof head);
    put_le(packed + sizeof head, (uint32_t)(HEAD + size + TAIL - 1), 2);
    put_le(packed + HEAD + size, libdeflate_crc32(0, bytes, n), 4);
    put_le(packed + HEAD + size + 4, (uint32_t)n, 4);
    return HEAD + size + TAIL;
}

uint32_t til_crc32(const uint8_t *bytes, size_t n)
{
#ifdef HAVE_ISAL
    return crc32_gzip_refl(0, bytes, n); /* twice as fast as libdeflate's */
#else
    return libdeflate_crc32(0, bytes, n);
#endif
}

const char *til_inflate_versions(void)
{
    static char text[96];
    snprintf(text, sizeof text, "zlib %s, libdeflate %s", zlibVersion(), LIBDEFLATE_VERSION_STRING);
#ifdef HAVE_ISAL
    size_t n = strlen(text);
    snprintf(text + n, sizeof text - n, ", ISA-L %d.%d.%d", ISAL_MAJOR_VERSION, ISAL_MINOR_VERSION,
             ISAL_PATCH_VERSION);
#endif
    return text;
}
