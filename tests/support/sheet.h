/* sheet.h -- sample sheets written in a test. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TEST_SHEET_H
#define TIL_TEST_SHEET_H

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <tilseq/design.h>

#include "base/alloc.h"
#include "base/arena.h"

/* The fields of one line of `text`, cut at `cut`; the line is NUL-terminated in place. */
static inline size_t sheet_fields(char *line, char cut, char **fields, size_t room)
{
    size_t n = 0;
    char *at = line;

    for (;;) {
        ck_assert_uint_lt(n, room);
        fields[n++] = at;
        at = strchr(at, cut);
        if (at == NULL) return n;
        *at++ = '\0';
    }
}

/* A sheet from lines whose fields are cut by '|', the first line the header, the first column the
 * samples: "sample|arm\nS1|R\nS2|NR\n". */
static inline til_sheet_t sheet_of(const char *text)
{
    enum { ROOM = 64 };
    til_sheet_t sheet = { .arena = til_arena_new() };
    char *fields[ROOM], *copy, *line, *end;
    size_t n_lines = 0;

    ck_assert_ptr_nonnull(sheet.arena);
    for (const char *c = text; *c != '\0'; c++) n_lines += *c == '\n';
    copy = til_arena_text(sheet.arena, text);
    sheet.origin = til_arena_text(sheet.arena, "samples.tsv");
    line = copy;
    for (size_t l = 0; l < n_lines; l++, line = end + 1) {
        end = strchr(line, '\n');
        *end = '\0';
        size_t n = sheet_fields(line, '|', fields, ROOM);
        if (l == 0) {
            sheet.n_columns = n - 1;
            sheet.n_samples = n_lines - 1;
            sheet.columns = til_array(n, sizeof *sheet.columns);
            sheet.samples = til_array(n_lines, sizeof *sheet.samples);
            sheet.cells = til_array(n_lines * n, sizeof *sheet.cells);
            sheet.lines = til_array(n_lines, sizeof *sheet.lines);
            memcpy(sheet.columns, fields + 1, (n - 1) * sizeof *fields);
            continue;
        }
        ck_assert_uint_eq(n, sheet.n_columns + 1);
        sheet.samples[l - 1] = fields[0];
        sheet.lines[l - 1] = l + 1;
        memcpy(sheet.cells + (l - 1) * sheet.n_columns, fields + 1,
               sheet.n_columns * sizeof *fields);
    }
    return sheet;
}

#endif
