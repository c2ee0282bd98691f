/* inflate.c -- the door to the DEFLATE libraries. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>
#include <zlib.h>

#include "base/alloc.h"
#include "io/inflate.h"

bool til_is_gzip(const uint8_t *bytes, size_t n)
{
    return n >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8;
}

/* A first guess at the inflated size: the last member's length field, exact for one member under 4 GiB. */
static size_t guess_size(const uint8_t *in, size_t n)
{
    size_t size = n;
    if (n >= 18) {
        const uint8_t *tail = in + n - 4;
        size = (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
    }
    if (size < n) size = n * 4;
    if (size / 1100 > n) size = n * 1100;       /* DEFLATE cannot do better than 1032 to 1 */
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
        "%s: gzip data are truncated or damaged at byte %zu (%s): copy the file again", path, at, how);
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
        case LIBDEFLATE_INSUFFICIENT_SPACE:
            status = enlarge(ctx, path, &buffer, &capacity);
            break;
        default:
            status = damaged(ctx, path, at, "the member that begins there fails its check");
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

const char *til_inflate_versions(void)
{
    static char text[64];
    snprintf(text, sizeof text, "zlib %s, libdeflate %s", zlibVersion(), LIBDEFLATE_VERSION_STRING);
    return text;
}
