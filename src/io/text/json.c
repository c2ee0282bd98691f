/* json.c -- the door to jansson. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/alloc.h"
#include "base/number.h"
#include "io/text/json.h"
#include "io/text/textfile.h"

/* jansson reports an allocation that fails as whatever it was reading: so it is noted here. */
static _Thread_local bool ran_out;

static void *note_malloc(size_t n)
{
    void *p = malloc(n);
    ran_out |= p == NULL;
    return p;
}

til_status_t til_json_read(til_ctx_t *ctx, const char *path, til_json_t **out)
{
    til_text_t text;
    json_error_t error;
    til_status_t status = til_text_read(ctx, path, &text);

    *out = NULL;
    if (status != TIL_OK) return status;
    ran_out = false;
    json_set_alloc_funcs(note_malloc, free);
    *out = json_loadb(text.data + text.at, text.size - text.at, JSON_REJECT_DUPLICATES, &error);
    if (*out == NULL && ran_out) status = til_no_memory(ctx, text.size, "bytes of JSON");
    else if (*out == NULL)
        status = til_fail(ctx, TIL_EINPUT, "%s:%d:%d: %s: a JSON document is wanted", path,
                          error.line, error.column, error.text);
    til_text_clear(&text);
    return status;
}

void til_json_free(til_json_t *document) { json_decref(document); }

const til_json_t *til_json_get(const til_json_t *object, const char *key)
{
    return json_object_get(object, key);
}

const char *til_json_text(const til_json_t *value) { return json_string_value(value); }

int til_json_is_true(const til_json_t *value) { return json_is_true(value); }

double til_json_number(const til_json_t *value, double otherwise)
{
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

bool til_json_is_array(const til_json_t *value) { return json_is_array(value); }

size_t til_json_size(const til_json_t *value)
{
    return json_is_object(value) ? json_object_size(value) : json_array_size(value);
}

const til_json_t *til_json_at(const til_json_t *array, size_t i)
{
    return json_array_get(array, i);
}

til_json_t *til_json_member(til_json_t *object, const char *key)
{
    return json_object_get(object, key);
}

til_json_t *til_json_item(til_json_t *array, size_t i) { return json_array_get(array, i); }

const til_json_t *til_json_member_at(const til_json_t *object, size_t i, const char **key)
{
    void *at = json_object_iter((json_t *)object);

    while (at != NULL && i-- > 0) at = json_object_iter_next((json_t *)object, at);
    *key = at == NULL ? NULL : json_object_iter_key(at);
    return at == NULL ? NULL : json_object_iter_value(at);
}

til_json_t *til_json_object(void) { return json_object(); }

til_json_t *til_json_array(void) { return json_array(); }

/* Bytes that are no UTF-8 become '?', as jansson takes nothing else. */
til_json_t *til_json_of_text(const char *text)
{
    if (text == NULL) return json_null();
    json_t *value = json_string(text);
    if (value != NULL) return value;
    char *copy = strdup(text);
    if (copy == NULL) return NULL;
    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80) *c = '?';
    value = json_string(copy);
    free(copy);
    return value;
}

til_json_t *til_json_of_number(double value)
{
    if (isnan(value) || isinf(value)) return json_null();
    if (value == floor(value) && fabs(value) < 1e15) return json_integer((json_int_t)value);
    return json_real(value);
}

til_json_t *til_json_of_bool(int value) { return json_boolean(value); }

til_status_t til_json_set(til_ctx_t *ctx, til_json_t *object, const char *key, til_json_t *value)
{
    if (json_object_set_new(object, key, value) == 0) return TIL_OK;
    return til_fail(ctx, TIL_ENOMEM, "out of memory for JSON");
}

til_status_t til_json_append(til_ctx_t *ctx, til_json_t *array, til_json_t *value)
{
    if (json_array_append_new(array, value) == 0) return TIL_OK;
    return til_fail(ctx, TIL_ENOMEM, "out of memory for JSON");
}

til_json_t *til_json_copy(const til_json_t *value)
{
    return value == NULL ? json_null() : json_deep_copy(value);
}

til_status_t til_json_update(til_ctx_t *ctx, til_json_t *object, const til_json_t *from)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)from, key, value)
    {
        til_status_t status = til_json_set(ctx, object, key, json_deep_copy(value));
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

void til_json_remove(til_json_t *object, const char *key) { json_object_del(object, key); }

/* Digits that a number has in its shortest form. */
static size_t digits_of_number(double x)
{
    char text[TIL_NUMBER_MAX];
    size_t n = 0;

    til_number_print(x, text);
    for (const char *p = text; *p != '\0' && *p != 'e'; p++)
        n += *p >= '0' && *p <= '9' && (n > 0 || *p != '0');
    return n;
}

/* Digits at which every number in `value` reads back to itself, `least` or more. */
static size_t digits_of(const json_t *value, size_t least)
{
    const char *key;
    const json_t *member;
    size_t i;

    if (json_is_real(value) && digits_of_number(json_real_value(value)) > least)
        least = digits_of_number(json_real_value(value));
    json_array_foreach(value, i, member) least = digits_of(member, least);
    json_object_foreach((json_t *)value, key, member) least = digits_of(member, least);
    return least;
}

til_status_t til_json_line(til_ctx_t *ctx, const til_json_t *value, til_strbuf_t *out)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY |
                                       JSON_REAL_PRECISION(digits_of(value, 1)));

    if (text != NULL) til_strbuf_add(out, text);
    free(text);
    return text == NULL || out->failed ? til_fail(ctx, TIL_ENOMEM, "out of memory for JSON")
                                       : TIL_OK;
}

static int pass_on(const char *bytes, size_t n, void *out)
{
    til_out_write(out, bytes, n);
    return 0;
}

til_status_t til_json_write(til_ctx_t *ctx, const til_json_t *document, til_out_t *out)
{
    if (json_dump_callback(document, pass_on, out,
                           JSON_INDENT(2) | JSON_PRESERVE_ORDER |
                               JSON_REAL_PRECISION(digits_of(document, 1))) != 0)
        return til_fail(ctx, TIL_ENOMEM, "out of memory for JSON");
    til_out_char(out, '\n');
    return TIL_OK;
}
