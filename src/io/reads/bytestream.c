/* bytestream.c -- bytes of a plain or gzip file, in order. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/try.h"
#include "io/reads/bytestream.h"
#include "io/reads/inflate.h"

enum { INPUT_BYTES = 1 << 18 };

struct til_bytes {
    char *path;
    int fd;
    struct stat info;
    bool is_gzip, in_member, at_end;
    til_inflater_t *inflater;
    uint8_t *buffer;       /* INPUT_BYTES, as read from the file  */
    const uint8_t *next;   /* first byte of it not yet taken      */
    size_t n_left;         /* bytes from there                    */
    uint64_t n_read;       /* bytes read from the file            */
    uint64_t member_start; /* where the current member begins     */
    til_sha256_t *sha256;  /* of all bytes read, or NULL          */
};

/* Reads more of the file behind what is left (which moves to the front). */
static til_status_t refill(til_ctx_t *ctx, til_bytes_t *b)
{
    memmove(b->buffer, b->next, b->n_left);
    b->next = b->buffer;
    while (b->n_left < INPUT_BYTES && !b->at_end) {
        ssize_t got = read(b->fd, b->buffer + b->n_left, INPUT_BYTES - b->n_left);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return til_fail(ctx, TIL_EIO, "%s: read failed: %s", b->path, strerror(errno));
        if (got == 0) b->at_end = true;
        if (b->sha256 != NULL) til_sha256_add(b->sha256, b->buffer + b->n_left, (size_t)got);
        b->n_left += (size_t)got;
        b->n_read += (uint64_t)got;
        if (b->n_left >= 18) break; /* a FIFO gives what it has; a member needs 18 bytes */
    }
    return TIL_OK;
}

/* Formats that are not read, by their first bytes, and the program that unpacks them. */
static const struct {
    const char *magic;
    size_t n;
    const char *name, *program;
} packed[] = { { "\x28\xB5\x2F\xFD", 4, "zstd", "zstd -dc" },
               { "BZh", 3, "bzip2", "bzip2 -dc" },
               { "\xFD\x37zXZ", 5, "xz", "xz -dc" },
               { "PK\x03\x04", 4, "zip", "unzip -p" },
               { "\x04\x22\x4D\x18", 4, "lz4", "lz4 -dc" },
               { "BAM\x01", 4, "BAM, unpacked", "samtools fastq" },
               { "CRAM", 4, "CRAM", "samtools fastq" },
               { "NCBI.sra", 8, "SRA", "fasterq-dump" } };

static til_status_t refuse_packed(til_ctx_t *ctx, const til_bytes_t *b)
{
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
        if (b->n_left >= packed[i].n && memcmp(b->next, packed[i].magic, packed[i].n) == 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s: is in %s format, which is not read: plain or gzip text is wanted; "
                            "unpack it with %s",
                            b->path, packed[i].name, packed[i].program);
    return TIL_OK;
}

til_status_t til_bytes_open(til_ctx_t *ctx, const char *path, til_bytes_t **out)
{
    til_status_t status = TIL_OK;
    til_bytes_t *b = til_array_zero(1, sizeof *b);

    *out = NULL;
    if (b == NULL) return til_no_memory(ctx, 1, "open file");
    b->fd = -1;
    b->path = strdup(path);
    b->buffer = til_array(INPUT_BYTES, 1);
    b->next = b->buffer;
    if (b->path == NULL || b->buffer == NULL) {
        status = til_no_memory(ctx, INPUT_BYTES, "bytes");
        goto done;
    }
    b->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (b->fd < 0 || fstat(b->fd, &b->info) != 0) {
        status = til_fail(ctx, TIL_EIO, "%s: %s", path, strerror(errno));
        goto done;
    }
    if (S_ISDIR(b->info.st_mode)) {
        status = til_fail(ctx, TIL_EIO, "%s: is a folder: a file is wanted", path);
        goto done;
    }
#ifdef POSIX_FADV_SEQUENTIAL
    (void)posix_fadvise(b->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
    TIL_TRY(refill(ctx, b));
    if (b->n_left == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s: the file is empty (0 bytes)", path);
        goto done;
    }
    TIL_TRY(refuse_packed(ctx, b));
    b->is_gzip = til_is_gzip(b->next, b->n_left);
    if (b->is_gzip) {
        b->in_member = true;
        b->inflater = til_inflater_new();
        if (b->inflater == NULL) status = til_no_memory(ctx, 1, "inflater");
    }
done:
    if (status == TIL_OK) *out = b;
    else til_bytes_close(b);
    return status;
}

void til_bytes_close(til_bytes_t *bytes)
{
    if (bytes == NULL) return;
    if (bytes->fd > STDIN_FILENO) close(bytes->fd);
    til_inflater_free(bytes->inflater);
    if (bytes->sha256 != NULL) {
        char unused[TIL_SHA256_TEXT];
        til_sha256_end(bytes->sha256, unused);
    }
    free(bytes->buffer);
    free(bytes->path);
    free(bytes);
}

til_status_t til_bytes_hash(til_ctx_t *ctx, til_bytes_t *b)
{
    if (!S_ISREG(b->info.st_mode)) return TIL_OK;
    b->sha256 = til_sha256_begin();
    if (b->sha256 == NULL) return til_no_memory(ctx, 1, "digest");
    til_sha256_add(b->sha256, b->next, b->n_left);
    return TIL_OK;
}

til_status_t til_bytes_digest(til_ctx_t *ctx, til_bytes_t *b, char text[TIL_SHA256_TEXT])
{
    text[0] = '\0';
    if (b->sha256 == NULL) return TIL_OK;
    while (!b->at_end) {
        b->n_left = 0;
        til_status_t status = refill(ctx, b);
        if (status != TIL_OK) return status;
    }
    til_sha256_end(b->sha256, text);
    b->sha256 = NULL;
    return TIL_OK;
}

/* Between members: begins the next one, or passes over zero padding up to the end of the file. */
static til_status_t next_member(til_ctx_t *ctx, til_bytes_t *b)
{
    while (!b->in_member) {
        if (b->n_left < 18 && !b->at_end) {
            til_status_t status = refill(ctx, b);
            if (status != TIL_OK) return status;
        }
        if (b->n_left == 0) return TIL_OK;
        b->member_start = b->n_read - b->n_left;
        if (til_is_gzip(b->next, b->n_left)) {
            til_inflater_begin(b->inflater);
            b->in_member = true;
        } else if (*b->next == 0) {
            b->next++;
            b->n_left--;
        } else {
            return til_fail(
                ctx, TIL_EINPUT,
                "%s: byte %llu: neither a gzip member nor the end of the file: copy the file again",
                b->path, (unsigned long long)b->member_start);
        }
    }
    return TIL_OK;
}

static til_status_t read_gzip(til_ctx_t *ctx, til_bytes_t *b, uint8_t *to, size_t n, size_t *got)
{
    uint8_t *out = to;

    while (n > 0) {
        if (!b->in_member) {
            til_status_t status = next_member(ctx, b);
            if (status != TIL_OK) return status;
            if (!b->in_member) break;
        }
        if (b->n_left == 0 && !b->at_end) {
            til_status_t status = refill(ctx, b);
            if (status != TIL_OK) return status;
        }
        size_t n_before = n, left_before = b->n_left;
        switch (til_inflater_step(b->inflater, &b->next, &b->n_left, &out, &n)) {
        case TIL_INFLATE_END: b->in_member = false; break;
        case TIL_INFLATE_MORE:
            if (n == n_before && b->n_left == left_before && b->at_end)
                return til_fail(
                    ctx, TIL_EINPUT,
                    "%s: gzip data end at byte %llu inside a member: the file is truncated; "
                    "copy it again",
                    b->path, (unsigned long long)b->n_read);
            break;
        default:
            return til_fail(
                ctx, TIL_EINPUT,
                "%s: gzip data are damaged: the member that begins at byte %llu fails its check "
                "near byte %llu; copy the file again",
                b->path, (unsigned long long)b->member_start,
                (unsigned long long)(b->n_read - b->n_left));
        }
    }
    *got = (size_t)(out - to);
    return TIL_OK;
}

static til_status_t read_plain(til_ctx_t *ctx, til_bytes_t *b, uint8_t *to, size_t n, size_t *got)
{
    size_t taken = b->n_left < n ? b->n_left : n;

    memcpy(to, b->next, taken);
    b->next += taken;
    b->n_left -= taken;
    while (taken < n && !b->at_end) {
        ssize_t more = read(b->fd, to + taken, n - taken);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0)
            return til_fail(ctx, TIL_EIO, "%s: read failed: %s", b->path, strerror(errno));
        if (more == 0) b->at_end = true;
        if (b->sha256 != NULL) til_sha256_add(b->sha256, to + taken, (size_t)more);
        taken += (size_t)more;
    }
    *got = taken;
    return TIL_OK;
}

til_status_t til_bytes_read(til_ctx_t *ctx, til_bytes_t *bytes, void *to, size_t n, size_t *got)
{
    *got = 0;
    return bytes->is_gzip ? read_gzip(ctx, bytes, to, n, got) : read_plain(ctx, bytes, to, n, got);
}

const char *til_bytes_path(const til_bytes_t *bytes) { return bytes->path; }

bool til_bytes_same_file(const til_bytes_t *a, const til_bytes_t *b)
{
    return a->info.st_dev == b->info.st_dev && a->info.st_ino == b->info.st_ino &&
           (S_ISREG(a->info.st_mode) || S_ISFIFO(a->info.st_mode));
}
