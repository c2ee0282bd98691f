/* bgzf.h -- a stream of bytes from a file that is plain or BGZF, inflated block by block.
 *
 * BGZF is gzip in independent members of at most 64 KiB, so that blocks inflate on all threads
 * and each is checked by its CRC. This is the second door to libdeflate (io/reads/inflate.c is the
 * first, for whole files).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_BGZF_H
#define TIL_IO_BGZF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

#include "base/parallel.h"

typedef struct til_stream til_stream_t;

/* Takes over an open descriptor (closed by til_stream_free unless it is standard input). BGZF is
 * told from its first bytes. `path` is for messages and borrowed. */
TIL_MUST_USE
til_status_t til_stream_open(til_ctx_t *ctx, const char *path, int fd, til_stream_t **out);
void til_stream_free(til_stream_t *stream);

/* The bytes not yet consumed; valid until the next til_stream_more. */
const uint8_t *til_stream_bytes(const til_stream_t *stream, size_t *n);
void til_stream_consume(til_stream_t *stream, size_t n);

/* Appends about `want` bytes or more, fewer only at the end of the file. TIL_EINPUT naming the byte
 * offset of a block that is cut, damaged or fails its CRC. */
TIL_MUST_USE
til_status_t til_stream_more(til_ctx_t *ctx, til_stream_t *stream, size_t want);

/* Who looks at bytes inflated ahead while they are in the cache of the thread that did it. */
typedef struct {
    til_status_t (*begin)(til_ctx_t *ctx, void *arg, size_t n_runs); /* before all */
    /* One run, of whole blocks: bytes[from..to) of those that til_stream_bytes will give; on any
     * thread, each run once. */
    til_status_t (*run)(til_ctx_t *ctx, void *arg, size_t run, const uint8_t *bytes, size_t from,
                        size_t to);
    void *arg;
} til_stream_watcher_t;

/* Calls meanwhile(ctx, arg, worker, 0, 1) once while other threads inflate about `want` bytes that
 * the next til_stream_more hands out; bytes handed out before stay valid until then. Returns what
 * `meanwhile` returns: what is wrong with the file is told by til_stream_more. Nothing is done
 * ahead with one thread, or where there are no blocks. */
TIL_MUST_USE
til_status_t til_stream_ahead(til_ctx_t *ctx, til_stream_t *stream, size_t want,
                              til_range_fn *meanwhile, void *arg,
                              const til_stream_watcher_t *watcher);

bool til_stream_ended(const til_stream_t *stream);
bool til_stream_is_bgzf(const til_stream_t *stream);

/* True when the last block read was the empty one that ends a BGZF file. */
bool til_stream_has_end_mark(const til_stream_t *stream);

/* The compressed bytes as they stand, before anything was consumed: for telling formats. */
const uint8_t *til_stream_head(const til_stream_t *stream, size_t *n);

#endif
