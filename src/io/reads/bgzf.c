/* bgzf.c -- bytes of plain and BGZF files; the second door to libdeflate.
 *
 * A block's header gives its length and its last four bytes the length of what is in it, so
 * that a batch of blocks is laid out before any of them is inflated: each goes straight to its
 * place, on whichever thread.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libdeflate.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "io/reads/bgzf.h"
#include "io/reads/inflate.h"

enum {
    HEADER = 12,         /* bytes of a gzip header up to its extra fields  */
    FOOTER = 8,          /* CRC32 and length                               */
    BLOCK_MAX = 1 << 16, /* what a block may hold, and what it may take    */
    READ_SIZE = 1 << 18, /* bytes asked of the file at a time              */
    GRAIN = 2            /* blocks of one piece of work                    */
};

typedef struct {
    size_t in, in_size;   /* the whole block in stream->in             */
    size_t out, out_size; /* its place in stream->bytes                */
    size_t data;          /* where its deflate stream begins in stream->in */
} block_t;

struct til_stream {
    const char *path;
    int fd;
    bool is_bgzf, in_ended, ended, end_mark;
    til_inflater_t *inflater; /* for gzip that is not BGZF, else NULL */
    bool in_member;
    uint8_t *in; /* compressed (or plain) bytes in[in_at..in_n) still to do */
    size_t in_capacity, in_at, in_n;
    uint64_t in_offset; /* where in[0] stands in the file */
    uint8_t *bytes;     /* bytes[at..n) are to be consumed */
    size_t capacity, at, n;
    uint8_t *next; /* what was inflated ahead: next[0..next_n) */
    size_t next_capacity, next_n;
    bool is_ahead;
    til_status_t late; /* what went wrong ahead, to be told in its turn */
    char late_message[TIL_MESSAGE_MAX];
    block_t *blocks;
    size_t n_blocks, block_capacity;
    struct libdeflate_decompressor **decompressors;
    int n_decompressors;
};

static uint32_t le16(const uint8_t *p) { return (uint32_t)p[0] | (uint32_t)p[1] << 8; }
static uint32_t le32(const uint8_t *p) { return le16(p) | le16(p + 2) << 16; }

/* ------------------------------------------------------------------ input */

/* Forgets compressed bytes that are done with. */
static void drop_input(til_stream_t *s)
{
    memmove(s->in, s->in + s->in_at, s->in_n - s->in_at);
    s->in_n -= s->in_at;
    s->in_offset += s->in_at;
    s->in_at = 0;
}

static til_status_t add_input(til_ctx_t *ctx, til_stream_t *s, size_t want)
{
    til_status_t status = til_grow(ctx, &s->in, &s->in_capacity, s->in_n + want, 1);
    if (status != TIL_OK) return status;
    size_t goal = s->in_n + want;
    while (s->in_n < goal && !s->in_ended) {
        ssize_t got = read(s->fd, s->in + s->in_n, goal - s->in_n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return til_fail(ctx, TIL_EIO, "%s: read failed: %s", s->path, strerror(errno));
        if (got == 0) s->in_ended = true;
        s->in_n += (size_t)got;
    }
    return TIL_OK;
}

static til_status_t read_more(til_ctx_t *ctx, til_stream_t *s, size_t want)
{
    if (s->in_at > 0) drop_input(s);
    return add_input(ctx, s, want);
}

/* Length of the block that begins at p with n bytes known; 0 when they are too few to tell,
 * 1 when this is no BGZF block. *data is where its deflate stream begins. */
static size_t block_length(const uint8_t *p, size_t n, size_t *data)
{
    static const uint8_t magic[4] = { 31, 139, 8, 4 };
    if (memcmp(p, magic, n < 4 ? n : 4) != 0) return 1;
    if (n < HEADER) return 0;
    size_t extra = le16(p + 10);
    if (n < HEADER + extra) return 0;
    *data = HEADER + extra;
    for (size_t at = HEADER; at + 4 <= HEADER + extra;) {
        size_t size = le16(p + at + 2);
        if (p[at] == 'B' && p[at + 1] == 'C' && size == 2 && at + 6 <= HEADER + extra) {
            size_t length = (size_t)le16(p + at + 4) + 1;
            return length < *data + FOOTER ? 1 : length;
        }
        at += 4 + size;
    }
    return 1;
}

/* ---------------------------------------------------------------- inflate */

static til_status_t inflate_to(til_ctx_t *ctx, const til_stream_t *s, uint8_t *bytes, int worker,
                               size_t begin, size_t end)
{
    for (size_t b = begin; b < end; b++) {
        const block_t *block = &s->blocks[b];
        const uint8_t *data = s->in + block->data;
        size_t n = block->in + block->in_size - FOOTER - block->data;
        uint8_t *out = bytes + block->out;
        enum libdeflate_result result = libdeflate_deflate_decompress(
            s->decompressors[worker], data, n, out, block->out_size, NULL);
        bool sound = result == LIBDEFLATE_SUCCESS;
        if (sound) sound = til_crc32(out, block->out_size) == le32(data + n);
        if (!sound)
            return til_fail(
                ctx, TIL_EINPUT, "%s: the block at byte %llu is damaged: %s; copy the file again",
                s->path, (unsigned long long)(s->in_offset + block->in),
                result == LIBDEFLATE_SUCCESS ? "its CRC differs" : "it does not inflate");
    }
    return TIL_OK;
}

static til_status_t inflate_blocks(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    const til_stream_t *s = arg;
    return inflate_to(ctx, s, s->bytes, worker, begin, end);
}

static til_status_t ready_workers(til_ctx_t *ctx, til_stream_t *s)
{
    if (s->n_decompressors >= ctx->n_threads) return TIL_OK;
    void *grown = realloc(s->decompressors, (size_t)ctx->n_threads * sizeof *s->decompressors);
    if (grown == NULL) return til_no_memory(ctx, (size_t)ctx->n_threads, "workspaces");
    s->decompressors = grown;
    while (s->n_decompressors < ctx->n_threads) {
        struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
        if (d == NULL) return til_no_memory(ctx, 1, "workspace");
        s->decompressors[s->n_decompressors++] = d;
    }
    return TIL_OK;
}

static til_status_t cut(til_ctx_t *ctx, const til_stream_t *s)
{
    return til_fail(ctx, TIL_EINPUT,
                    "%s: truncated: the block at byte %llu is cut after %zu "
                    "bytes; copy the file again (samtools quickcheck tells)",
                    s->path, (unsigned long long)(s->in_offset + s->in_at), s->in_n - s->in_at);
}

/* Lays out the whole blocks in stream->in, up to byte `goal` of where they go or the end of what is
 * known. */
static til_status_t lay_out(til_ctx_t *ctx, til_stream_t *s, size_t goal, size_t *out)
{
    while (*out < goal) {
        size_t left = s->in_n - s->in_at, data = 0;
        if (left == 0) break;
        size_t length = block_length(s->in + s->in_at, left, &data);
        if (length == 1)
            return til_fail(ctx, TIL_EINPUT,
                            "%s: no BGZF block at byte %llu: damaged, or something was appended",
                            s->path, (unsigned long long)(s->in_offset + s->in_at));
        if (length == 0 || length > left) break;
        size_t size = le32(s->in + s->in_at + length - 4);
        if (size > BLOCK_MAX)
            return til_fail(ctx, TIL_EINPUT,
                            "%s: the block at byte %llu claims %zu bytes: at most 65536 fit",
                            s->path, (unsigned long long)(s->in_offset + s->in_at), size);
        til_status_t status = til_grow(ctx, &s->blocks, &s->block_capacity, s->n_blocks + 1,
                                       sizeof *s->blocks);
        if (status != TIL_OK) return status;
        s->blocks[s->n_blocks++] = (block_t){ s->in_at, length, *out, size, s->in_at + data };
        s->end_mark = size == 0;
        s->in_at += length;
        *out += size;
    }
    return TIL_OK;
}

static til_status_t more_bgzf(til_ctx_t *ctx, til_stream_t *s, size_t want)
{
    til_status_t status = TIL_OK;
    size_t goal = s->n + want;

    TIL_TRY(ready_workers(ctx, s));
    while (s->n < goal && !s->ended) {
        size_t out = s->n;
        s->n_blocks = 0;
        TIL_TRY(lay_out(ctx, s, goal, &out));
        if (s->n_blocks == 0) {
            if (s->in_ended && s->in_n > s->in_at) return cut(ctx, s);
            if (s->in_ended) {
                s->ended = true;
                break;
            }
            TIL_TRY(read_more(ctx, s, READ_SIZE));
            continue;
        }
        TIL_TRY(til_grow(ctx, &s->bytes, &s->capacity, out, 1));
        TIL_TRY(til_parallel_for(ctx, s->n_blocks, GRAIN, inflate_blocks, s));
        s->n = out;
    }
done:
    return status;
}

/* ------------------------------------------------------------------- ahead */

/* Reads and lays out the blocks of about `want` bytes behind what is left of the bytes before. */
static til_status_t prepare(til_ctx_t *ctx, til_stream_t *s, size_t want)
{
    til_status_t status = TIL_OK;
    size_t left = s->n - s->at, goal = left + want, out = left;

    s->n_blocks = 0;
    drop_input(s);
    TIL_TRY(ready_workers(ctx, s));
    for (;;) {
        TIL_TRY(lay_out(ctx, s, goal, &out));
        if (out >= goal) break;
        if (s->in_ended && s->in_n > s->in_at) TIL_TRY(cut(ctx, s));
        if (s->in_ended) break;
        TIL_TRY(add_input(ctx, s, READ_SIZE));
    }
    TIL_TRY(til_grow(ctx, &s->next, &s->next_capacity, out + 1, 1));
    memcpy(s->next, s->bytes + s->at, left);
    s->next_n = out;
done:
    return status;
}

typedef struct {
    til_stream_t *stream;
    til_range_fn *meanwhile;
    void *arg;
    til_status_t met; /* what meanwhile returned */
    const til_stream_watcher_t *watcher;
} ahead_t;

/* Item 0 is `meanwhile`, the others are groups of blocks. */
static til_status_t do_ahead(til_ctx_t *ctx, void *arg, int worker, size_t item, size_t end)
{
    ahead_t *a = arg;
    (void)end;
    if (item == 0) return a->met = a->meanwhile(ctx, a->arg, worker, 0, 1);
    const til_stream_t *s = a->stream;
    size_t begin = (item - 1) * GRAIN, stop = begin + GRAIN;
    if (stop > s->n_blocks) stop = s->n_blocks;
    til_status_t status = inflate_to(ctx, s, s->next, worker, begin, stop);
    if (status != TIL_OK) return status;
    const block_t *last = &s->blocks[stop - 1];
    return a->watcher->run(ctx, a->watcher->arg, item - 1, s->next, s->blocks[begin].out,
                           last->out + last->out_size);
}

static void keep_for_later(til_ctx_t *ctx, til_stream_t *s, til_status_t status)
{
    s->late = status;
    memcpy(s->late_message, ctx->message, sizeof s->late_message);
    til_ctx_forgive(ctx);
}

til_status_t til_stream_ahead(til_ctx_t *ctx, til_stream_t *s, size_t want, til_range_fn *meanwhile,
                              void *arg, const til_stream_watcher_t *watcher)
{
    ahead_t a = { .stream = s, .meanwhile = meanwhile, .arg = arg, .watcher = watcher };
    if (ctx->n_threads < 2 || !s->is_bgzf || s->ended || s->is_ahead)
        return meanwhile(ctx, arg, 0, 0, 1);

    s->is_ahead = true;
    til_status_t status = prepare(ctx, s, want);
    size_t n_runs = (s->n_blocks + GRAIN - 1) / GRAIN;
    if (status == TIL_OK) status = watcher->begin(ctx, watcher->arg, n_runs);
    if (status != TIL_OK) {
        keep_for_later(ctx, s, status);
        return meanwhile(ctx, arg, 0, 0, 1);
    }
    status = til_parallel_for(ctx, 1 + n_runs, 1, do_ahead, &a);
    if (a.met != TIL_OK) return a.met;
    if (status != TIL_OK) keep_for_later(ctx, s, status);
    return TIL_OK;
}

/* Hands out what was done ahead. */
static til_status_t take_ahead(til_ctx_t *ctx, til_stream_t *s)
{
    uint8_t *bytes = s->bytes;
    size_t capacity = s->capacity;

    s->is_ahead = false;
    if (s->late != TIL_OK) return til_fail(ctx, s->late, "%s", s->late_message);
    s->bytes = s->next;
    s->capacity = s->next_capacity;
    s->next = bytes;
    s->next_capacity = capacity;
    s->ended = s->in_ended && s->in_at == s->in_n;
    s->n = s->next_n;
    s->at = 0;
    return TIL_OK;
}

static til_status_t more_plain(til_ctx_t *ctx, til_stream_t *s, size_t want)
{
    til_status_t status = TIL_OK;
    if (s->in_n == s->in_at && !s->in_ended) TIL_TRY(read_more(ctx, s, want));
    size_t n = s->in_n - s->in_at;
    TIL_TRY(til_grow(ctx, &s->bytes, &s->capacity, s->n + n, 1));
    if (n > 0) memcpy(s->bytes + s->n, s->in + s->in_at, n);
    s->n += n;
    s->in_at += n;
    s->ended = s->in_ended && s->in_at == s->in_n;
done:
    return status;
}

/* gzip of another making than bgzip's: one member after another, on one thread. */
static til_status_t more_gzip(til_ctx_t *ctx, til_stream_t *s, size_t want)
{
    til_status_t status = TIL_OK;
    size_t goal = s->n + want;

    TIL_TRY(til_grow(ctx, &s->bytes, &s->capacity, goal, 1));
    while (s->n < goal && !s->ended) {
        if (s->in_n == s->in_at) {
            if (!s->in_ended) TIL_TRY(read_more(ctx, s, READ_SIZE));
            if (s->in_n == s->in_at && s->in_member) return cut(ctx, s);
            if (s->in_n == s->in_at) {
                s->ended = true;
                break;
            }
        }
        if (!s->in_member) {
            til_inflater_begin(s->inflater);
            s->in_member = true;
        }
        const uint8_t *in = s->in + s->in_at;
        uint8_t *out = s->bytes + s->n;
        size_t n_in = s->in_n - s->in_at, n_out = goal - s->n;
        til_inflate_state_t state = til_inflater_step(s->inflater, &in, &n_in, &out, &n_out);
        s->in_at = s->in_n - n_in;
        s->n = goal - n_out;
        if (state == TIL_INFLATE_END) s->in_member = false;
        if (state == TIL_INFLATE_BAD) {
            status = til_fail(ctx, TIL_EINPUT,
                              "%s: damaged gzip data near byte %llu; copy the file again", s->path,
                              (unsigned long long)(s->in_offset + s->in_at));
            goto done;
        }
    }
done:
    return status;
}

/* ---------------------------------------------------------------- surface */

til_status_t til_stream_more(til_ctx_t *ctx, til_stream_t *s, size_t want)
{
    if (s->is_ahead) return take_ahead(ctx, s);
    if (s->at > 0) {
        memmove(s->bytes, s->bytes + s->at, s->n - s->at);
        s->n -= s->at;
        s->at = 0;
    }
    if (s->ended) return TIL_OK;
    if (s->is_bgzf) return more_bgzf(ctx, s, want);
    return s->inflater != NULL ? more_gzip(ctx, s, want) : more_plain(ctx, s, want);
}

til_status_t til_stream_open(til_ctx_t *ctx, const char *path, int fd, til_stream_t **out)
{
    til_status_t status = TIL_OK;
    size_t data;
    til_stream_t *s = calloc(1, sizeof *s);

    *out = NULL;
    if (s == NULL) {
        if (fd != STDIN_FILENO) close(fd);
        return til_no_memory(ctx, 1, "stream");
    }
    s->path = path;
    s->fd = fd;
    TIL_TRY(read_more(ctx, s, READ_SIZE));
    s->is_bgzf = s->in_n >= 4 && block_length(s->in, s->in_n, &data) > 1;
    if (!s->is_bgzf && til_is_gzip(s->in, s->in_n)) {
        s->inflater = til_inflater_new();
        if (s->inflater == NULL) {
            status = til_no_memory(ctx, 1, "inflater");
            goto done;
        }
    }
    *out = s;
    return TIL_OK;
done:
    til_stream_free(s);
    return status;
}

void til_stream_free(til_stream_t *s)
{
    if (s == NULL) return;
    for (int i = 0; i < s->n_decompressors; i++) libdeflate_free_decompressor(s->decompressors[i]);
    if (s->fd != STDIN_FILENO) close(s->fd);
    til_inflater_free(s->inflater);
    free(s->decompressors);
    free(s->blocks);
    free(s->bytes);
    free(s->next);
    free(s->in);
    free(s);
}

const uint8_t *til_stream_bytes(const til_stream_t *s, size_t *n)
{
    *n = s->n - s->at;
    return s->bytes + s->at;
}

const uint8_t *til_stream_head(const til_stream_t *s, size_t *n)
{
    *n = s->in_n;
    return s->in;
}

void til_stream_consume(til_stream_t *s, size_t n) { s->at += n; }
bool til_stream_ended(const til_stream_t *s) { return s->ended; }
bool til_stream_is_bgzf(const til_stream_t *s) { return s->is_bgzf; }
bool til_stream_has_end_mark(const til_stream_t *s) { return s->end_mark; }
