/* json.h -- the door to jansson: small documents, read and written. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_JSON_H
#define TIL_IO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#include "base/outfile.h"
#include "base/strbuf.h"

/* A value: an object, array, text, number... The document owns all values in it; free the document
 * only. */
typedef struct json_t til_json_t;

/* Reads a document. TIL_EIO when the file cannot be read, TIL_EINPUT "FILE:LINE:COL: ..." when it
 * is no JSON. */
TIL_MUST_USE
til_status_t til_json_read(til_ctx_t *ctx, const char *path, til_json_t **out);
void til_json_free(til_json_t *document);

/* A member of an object; NULL when there is none (or `object` is NULL, so that look-ups chain).
 * Borrows. */
const til_json_t *til_json_get(const til_json_t *object, const char *key);
/* The text of a value, or NULL when it is none; its number, or `otherwise`. */
const char *til_json_text(const til_json_t *value);
double til_json_number(const til_json_t *value, double otherwise);
int til_json_is_true(const til_json_t *value); /* 0 for anything else, NULL too */
/* A member or item that may be changed; NULL when there is none. The document keeps it. */
til_json_t *til_json_member(til_json_t *object, const char *key);
til_json_t *til_json_item(til_json_t *array, size_t i);
bool til_json_is_array(const til_json_t *value);
/* Elements of an array, or members of an object. */
size_t til_json_size(const til_json_t *value);
const til_json_t *til_json_at(const til_json_t *array, size_t i);
/* Member i of an object, in the order they were set, and its key. */
const til_json_t *til_json_member_at(const til_json_t *object, size_t i, const char **key);

/* New values. til_json_set and til_json_append take `value` (also when they fail); a NULL anywhere
 * makes them TIL_ENOMEM, so that constructors need no check of their own. Text that is not UTF-8 is
 * kept by replacing the bytes that are not. */
til_json_t *til_json_object(void);
til_json_t *til_json_array(void);
til_json_t *til_json_of_text(const char *text); /* null for NULL */
til_json_t *til_json_of_number(double value);   /* null for NaN; whole numbers without a point */
til_json_t *til_json_of_bool(int value);
TIL_MUST_USE
til_status_t til_json_set(til_ctx_t *ctx, til_json_t *object, const char *key, til_json_t *value);
TIL_MUST_USE
til_status_t til_json_append(til_ctx_t *ctx, til_json_t *array, til_json_t *value);
til_json_t *til_json_copy(const til_json_t *value); /* all of it; null for NULL */
/* Sets the members of `from`, which may be NULL, in `object`. */
TIL_MUST_USE
til_status_t til_json_update(til_ctx_t *ctx, til_json_t *object, const til_json_t *from);
void til_json_remove(til_json_t *object, const char *key);

/* The value in one line, members in the order they were set: what a digest is taken of. */
TIL_MUST_USE
til_status_t til_json_line(til_ctx_t *ctx, const til_json_t *value, til_strbuf_t *out);

/* Writes the document, indented by 2, members in the order they were set, a newline at the end. Numbers have
 * as many digits as the longest of them needs to read back to the same double. */
TIL_MUST_USE
til_status_t til_json_write(til_ctx_t *ctx, const til_json_t *document, til_out_t *out);

#endif
