/* file_name.c -- names from the data as names of files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file_name.h"
#include "base/names.h"

enum { HASH_BYTES = 9 }; /* "-" and eight digits */

struct til_file_names {
    til_names_t *names;  /* as in the data; ids are places in `files` */
    til_names_t *folded; /* names given out, without regard to case   */
    char **files;
    size_t capacity;
};

til_file_names_t *til_file_names_new(void)
{
    til_file_names_t *f = calloc(1, sizeof *f);

    if (f == NULL) return NULL;
    f->names = til_names_new();
    f->folded = til_names_new();
    if (f->names != NULL && f->folded != NULL) return f;
    til_file_names_free(f);
    return NULL;
}

void til_file_names_free(til_file_names_t *f)
{
    if (f == NULL) return;
    for (size_t i = 0; f->files != NULL && i < til_names_count(f->names); i++) free(f->files[i]);
    free(f->files);
    til_names_free(f->names);
    til_names_free(f->folded);
    free(f);
}

/* The code point of the UTF-8 sequence at `text` and its bytes; 0 bytes for what is none. */
static size_t decode(const unsigned char *text, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = text[0] < 0x80   ? 1
               : text[0] < 0xc2 ? 0
               : text[0] < 0xe0 ? 2
               : text[0] < 0xf0 ? 3
               : text[0] < 0xf5 ? 4
                                : 0;

    *code = n <= 1 ? text[0] : text[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
        *code = *code << 6 | (text[i] & 0x3f);
    }
    if (n > 1 && (*code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)))
        return 0;
    return n;
}

/* Whether a file name may hold it as it is. Outside ASCII: what is neither a control, a blank, a
 * mark of writing direction nor a private or special code. */
static bool is_plain(uint32_t code)
{
    if (code < 0x80)
        return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
               (code >= '0' && code <= '9') || (code != 0 && strchr("_-.+=@,", (int)code) != NULL);
    return code > 0xbf && code != 0xd7 && code != 0xf7 && (code < 0x2000 || code > 0x2bff) &&
           (code < 0x0300 || code > 0x036f) && code != 0x3000 && (code < 0xd800 || code > 0xf8ff) &&
           (code < 0xfe00 || code > 0xfeff) && code < 0xfff0;
}

/* The same letter in small, for the scripts whose capitals file systems fold. */
static uint32_t small_letter(uint32_t code)
{
    if ((code >= 'A' && code <= 'Z') || (code >= 0xc0 && code <= 0xde) ||
        (code >= 0x391 && code <= 0x3a9) || (code >= 0x410 && code <= 0x42f))
        return code + 32;
    if (code >= 0x400 && code <= 0x40f) return code + 80;
    if (code >= 0x100 && code <= 0x137) return code | 1;
    if (code >= 0x139 && code <= 0x148) return code + (code & 1);
    if (code >= 0x14a && code <= 0x177) return code | 1;
    return code;
}

/* Writes what can stand of `name` to `out`; whether that is all of it. */
static bool escape(const char *name, char *out)
{
    const unsigned char *p = (const unsigned char *)name;
    bool same = name[0] != '\0' && name[0] != '-' && name[0] != '.';
    size_t length = 0;

    if (!same) out[length++] = '_';
    if (!same && *p != '\0') p++;
    while (*p != '\0') {
        uint32_t code;
        size_t n = decode(p, &code), room = TIL_FILE_NAME_MAX - length;
        bool plain = n > 0 && is_plain(code);
        if ((plain ? n : 1) > room) {
            same = false;
            break;
        }
        if (plain) memcpy(out + length, p, n);
        else out[length] = '_';
        length += plain ? n : 1;
        p += n > 0 ? n : 1;
        same &= plain;
    }
    out[length] = '\0';
    return same;
}

static void fold(const char *file, char *out)
{
    const unsigned char *p = (const unsigned char *)file;

    while (*p != '\0') {
        uint32_t code;
        size_t n = decode(p, &code);
        code = small_letter(code);
        if (n == 1) *out++ = (char)code;
        else if (n == 2) {
            *out++ = (char)(0xc0 | code >> 6);
            *out++ = (char)(0x80 | (code & 0x3f));
        } else {
            memcpy(out, p, n);
            out += n;
        }
        p += n;
    }
    *out = '\0';
}

/* Cuts `file` so that an end of `spare` bytes still fits, at a whole character. */
static void shorten(char *file, size_t spare)
{
    size_t n = strlen(file);

    if (n + spare <= TIL_FILE_NAME_MAX) return;
    n = TIL_FILE_NAME_MAX - spare;
    while (n > 0 && ((unsigned char)file[n] & 0xc0) == 0x80) n--;
    file[n] = '\0';
}

bool til_file_names_take(til_file_names_t *f, const char *file)
{
    char part[TIL_FILE_NAME_MAX + 1], folded[TIL_FILE_NAME_MAX + 1];

    escape(file, part);
    fold(part, folded);
    return til_names_add(f->folded, folded, NULL) >= 0;
}

const char *til_file_name(til_file_names_t *f, const char *name)
{
    char file[TIL_FILE_NAME_MAX + 1], folded[TIL_FILE_NAME_MAX + 1];
    uint64_t hash = til_hash_bytes(name, strlen(name));
    ptrdiff_t known = til_names_find(f->names, name);
    int is_new;

    if (known >= 0) return f->files[known];
    bool same = escape(name, file);
    fold(file, folded);
    for (; !same || til_names_find(f->folded, folded) >= 0; hash++) {
        shorten(file, HASH_BYTES);
        size_t n = strlen(file);
        snprintf(file + n, sizeof file - n, "-%08x", (unsigned)(hash & 0xffffffffu));
        fold(file, folded);
        same = til_names_find(f->folded, folded) < 0;
        if (!same) file[n] = '\0';
        else break;
    }
    size_t n_known = til_names_count(f->names);
    if (n_known == f->capacity) {
        size_t capacity = 2 * f->capacity + 16;
        char **files = realloc(f->files, capacity * sizeof *files);
        if (files == NULL) return NULL;
        f->files = files;
        f->capacity = capacity;
    }
    char *copy = strdup(file);
    if (copy == NULL) return NULL;
    if (til_names_add(f->folded, folded, &is_new) < 0 ||
        til_names_add(f->names, name, &is_new) < 0) {
        free(copy);
        return NULL;
    }
    return f->files[n_known] = copy;
}
