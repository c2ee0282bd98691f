/* textfile.c -- a text file, whole in memory, line by line. */
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
#include "io/reads/inflate.h"
#include "io/text/textfile.h"

enum { FIRST_READ = 1 << 16 };

/* Reads all of a descriptor; a regular file is read in one piece. */
static til_status_t slurp(til_ctx_t *ctx, const char *path, int fd, uint8_t **bytes, size_t *n)
{
    struct stat info;
    size_t capacity = FIRST_READ, used = 0;
    uint8_t *buffer;

    if (fstat(fd, &info) != 0) return til_fail(ctx, TIL_EIO, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return til_fail(ctx, TIL_EIO, "%s: is a folder: a file is wanted", path);
    if (S_ISREG(info.st_mode) && info.st_size > 0) capacity = (size_t)info.st_size + 2;
    buffer = til_array(capacity, 1);
    if (buffer == NULL)
        return til_fail(ctx, TIL_ENOMEM, "%s: out of memory for %zu bytes", path, capacity);
    for (;;) {
        if (used + 1 >= capacity) {
            uint8_t *grown = realloc(buffer, capacity * 2);
            if (grown == NULL) {
                free(buffer);
                return til_fail(ctx, TIL_ENOMEM, "%s: out of memory for %zu bytes", path,
                                capacity * 2);
            }
            buffer = grown;
            capacity *= 2;
        }
        ssize_t got = read(fd, buffer + used, capacity - used - 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            int error = errno;
            free(buffer);
            return til_fail(ctx, TIL_EIO, "%s: read failed: %s", path, strerror(error));
        }
        if (got == 0) break;
        used += (size_t)got;
    }
    buffer[used] = 0;
    *bytes = buffer;
    *n = used;
    return TIL_OK;
}

/* The line number of a byte, for messages about bytes that no line can hold. */
static size_t line_of(const char *data, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += data[i] == '\n' || (data[i] == '\r' && data[i + 1] != '\n');
    return line;
}

/* Files that are often given for a text, told by their first bytes. */
static til_status_t refuse_kind(til_ctx_t *ctx, const char *path, const uint8_t *bytes, size_t n)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *what;
    } kinds[] = {
        { "PK\x03\x04", 4, "a spreadsheet (xlsx) or another zip archive: save it as TSV or CSV" },
        { "\xD0\xCF\x11\xE0", 4, "a spreadsheet (xls): save it as TSV or CSV" },
        { "\x89HDF", 4, "an HDF5 file (h5ad, h5): write its counts as a TSV, genes x samples" },
        { "\xFF\xFE", 2, "text in UTF-16: save it as UTF-8" },
        { "\xFE\xFF", 2, "text in UTF-16: save it as UTF-8" },
        { "%PDF", 4, "a PDF: text is wanted" },
        { "RDX", 3, "data of R: write.table(..., sep = \"\\t\") writes what is wanted" },
        { "X\n\0\0", 4, "data of R (rds): write.table(..., sep = \"\\t\") writes what is wanted" },
        { "BZh", 3, "bzip2: unpack it, or pack it with gzip" },
        { "\xFD"
          "7zXZ",
          5, "xz: unpack it, or pack it with gzip" },
        { "\x28\xB5\x2F\xFD", 4, "zstd: unpack it, or pack it with gzip" },
        { "BAM\1", 4, "a BAM: it stands in a column bam of a sheet, or goes to tilseq count" }
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (n >= kinds[i].n && memcmp(bytes, kinds[i].magic, kinds[i].n) == 0)
            return til_fail(ctx, TIL_EINPUT, "%s: this is %s", path, kinds[i].what);
    return TIL_OK;
}

/* The first byte that is not UTF-8, n for none. */
static size_t first_odd_byte(const uint8_t *bytes, size_t n)
{
    size_t i = 0;

    while (i < n) {
        uint64_t word;
        if (i + 8 <= n) { /* most texts are ASCII: eight bytes at a time */
            memcpy(&word, bytes + i, 8);
            if ((word & 0x8080808080808080u) == 0) {
                i += 8;
                continue;
            }
        }
        uint8_t b = bytes[i];
        size_t more = b < 0x80 ? 0 : b < 0xc2 ? 4 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : b < 0xf5 ? 3 : 4;
        if (more == 4 || i + more >= n + (more == 0)) return i;
        for (size_t k = 1; k <= more; k++)
            if ((bytes[i + k] & 0xc0) != 0x80) return i;
        if ((b == 0xe0 && bytes[i + 1] < 0xa0) || (b == 0xed && bytes[i + 1] > 0x9f) ||
            (b == 0xf0 && bytes[i + 1] < 0x90) || (b == 0xf4 && bytes[i + 1] > 0x8f))
            return i;
        i += more + 1;
    }
    return n;
}

/* Takes `bytes` (malloced, one spare byte at the end), inflates where needed, checks, and fills
 * `out`. */
static til_status_t take(til_ctx_t *ctx, const char *path, uint8_t *bytes, size_t n,
                         til_text_t *out)
{
    til_status_t status = TIL_OK;
    const char *nul;

    if (n == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s: the file is empty (0 bytes)", path);
        goto done;
    }
    til_sha256(bytes, n, out->sha256);
    if (til_is_gzip(bytes, n)) {
        uint8_t *inflated;
        size_t size;
        TIL_TRY(til_inflate_all(ctx, path, bytes, n, &inflated, &size));
        free(bytes);
        bytes = inflated;
        n = size;
        if (n == 0) {
            status = til_fail(ctx, TIL_EINPUT, "%s: the file is empty once inflated", path);
            goto done;
        }
    }
    bytes[n] = 0;
    TIL_TRY(refuse_kind(ctx, path, bytes, n));
    nul = memchr(bytes, 0, n);
    if (nul != NULL) {
        size_t at = (size_t)(nul - (const char *)bytes);
        status = til_fail(ctx, TIL_EINPUT, "%s:%zu: a NUL byte: this is not a text file", path,
                          line_of((const char *)bytes, at));
        goto done;
    }
    size_t odd = first_odd_byte(bytes, n);
    if (odd < n) {
        status = til_fail(ctx, TIL_EINPUT,
                          "%s:%zu: byte 0x%02X is not UTF-8: save the file as UTF-8 (it may be in "
                          "Latin-1 or Windows-1252: iconv -f latin1 -t utf-8)",
                          path, line_of((const char *)bytes, odd), bytes[odd]);
        goto done;
    }
    out->path = til_array(strlen(path) + 1, 1);
    if (out->path == NULL) {
        status = til_no_memory(ctx, strlen(path), "bytes");
        goto done;
    }
    memcpy(out->path, path, strlen(path) + 1);
    out->data = (char *)bytes;
    out->size = n;
    out->at = n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return TIL_OK;
done:
    free(bytes);
    *out = (til_text_t){ 0 };
    return status;
}

til_status_t til_text_read(til_ctx_t *ctx, const char *path, til_text_t *out)
{
    int fd = STDIN_FILENO;
    uint8_t *bytes = NULL;
    size_t n = 0;

    *out = (til_text_t){ 0 };
    if (strcmp(path, "-") != 0) fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return til_fail(ctx, TIL_EIO, "%s: %s", path, strerror(errno));
    til_status_t status = slurp(ctx, path, fd, &bytes, &n);
    if (fd != STDIN_FILENO) close(fd);
    if (status != TIL_OK) return status;
    return take(ctx, path, bytes, n, out);
}

til_status_t til_text_from_bytes(til_ctx_t *ctx, const char *path, const void *bytes, size_t n,
                                 til_text_t *out)
{
    uint8_t *copy = til_array(n + 2, 1);

    *out = (til_text_t){ 0 };
    if (copy == NULL) return til_no_memory(ctx, n, "bytes");
    if (n > 0) memcpy(copy, bytes, n);
    return take(ctx, path, copy, n, out);
}

void til_text_clear(til_text_t *text)
{
    if (text == NULL) return;
    free(text->path);
    free(text->data);
    *text = (til_text_t){ 0 };
}

bool til_text_next(til_text_t *text, char **line, size_t *length)
{
    char *start = text->data + text->at;
    size_t left = text->size - text->at, n;

    if (left == 0) return false;
    if (text->at > text->next_lf || text->line == 0) {
        char *lf = memchr(start, '\n', left);
        text->next_lf = lf == NULL ? text->size : (size_t)(lf - text->data);
    }
    n = text->next_lf - text->at;
    char *cr = memchr(start, '\r', n);
    if (cr != NULL) n = (size_t)(cr - start);
    *line = start;
    *length = n;
    text->line++;
    text->at += n;
    if (text->at < text->size && text->data[text->at] == '\r') text->data[text->at++] = '\0';
    if (text->at < text->size && text->data[text->at] == '\n' &&
        (cr == NULL || text->data + text->at == cr + 1))
        text->data[text->at++] = '\0';
    return true;
}

bool til_text_next_data(til_text_t *text, char **line, size_t *length)
{
    while (til_text_next(text, line, length))
        if (*length < 8 || memcmp(*line, "##tilseq", 8) != 0) return true;
    return false;
}
