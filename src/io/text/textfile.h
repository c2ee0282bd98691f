/* textfile.h -- a text file, whole in memory, read line by line with its line numbers.
 *
 * Plain, gzip (any number of members, CRC checked) and BGZF are told by content; "-" is standard
 * input; FIFOs work. A UTF-8 BOM is dropped. Lines end in LF, CRLF or CR. A NUL byte is an error
 * naming file and line.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_TEXTFILE_H
#define TIL_IO_TEXTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#include "io/text/digest.h"

typedef struct {
    char *path; /* as the user wrote it, "-" for stdin       */
    char *data; /* size bytes and a NUL                      */
    size_t size;
    size_t at;                    /* where the next line starts                */
    size_t next_lf;               /* the first LF at or after `at`, else size  */
    size_t line;                  /* number of the line last handed out, from 1 */
    char sha256[TIL_SHA256_TEXT]; /* of the bytes in the file, as compressed as they were */
} til_text_t;

/* TIL_EIO with strerror text when the file cannot be opened or read, TIL_EINPUT when it is
 * truncated or damaged gzip, binary, or empty (0 bytes). */
TIL_MUST_USE
til_status_t til_text_read(til_ctx_t *ctx, const char *path, til_text_t *out);
void til_text_clear(til_text_t *text);

/* The same over bytes already in memory (for tests and fuzzing); `path` is for messages. */
TIL_MUST_USE
til_status_t til_text_from_bytes(til_ctx_t *ctx, const char *path, const void *bytes, size_t n,
                                 til_text_t *out);

/* The next line, NUL-terminated in place, without its end. False at the end of the file. A last
 * line without an end counts. */
bool til_text_next(til_text_t *text, char **line, size_t *length);

/* As til_text_next, but passes over lines that begin with "##tilseq". */
bool til_text_next_data(til_text_t *text, char **line, size_t *length);

#endif
