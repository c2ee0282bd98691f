/* sheet.c -- the sample sheet as read: samples x columns of text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "base/alloc.h"
#include "base/arena.h"

void til_sheet_clear(til_sheet_t *sheet)
{
    if (sheet == NULL) return;
    free(sheet->lines);
    free(sheet->cells);
    free(sheet->columns);
    free(sheet->samples);
    til_arena_free(sheet->arena);
    *sheet = (til_sheet_t){ 0 };
}

ptrdiff_t til_sheet_column(const til_sheet_t *sheet, const char *name)
{
    for (size_t c = 0; c < sheet->n_columns; c++)
        if (strcmp(sheet->columns[c], name) == 0) return (ptrdiff_t)c;
    return -1;
}

til_status_t til_sheet_select(til_ctx_t *ctx, const til_sheet_t *sheet, const size_t *samples,
                              size_t n, til_sheet_t *out)
{
    til_sheet_t copy = { .n_samples = n, .n_columns = sheet->n_columns };
    size_t n_cells = n * sheet->n_columns;
    int ok;

    *out = (til_sheet_t){ 0 };
    copy.arena = til_arena_new();
    copy.samples = til_array(n, sizeof *copy.samples);
    copy.columns = til_array(sheet->n_columns, sizeof *copy.columns);
    copy.cells = til_array(n_cells, sizeof *copy.cells);
    copy.lines = til_array(n, sizeof *copy.lines);
    ok = copy.arena != NULL && copy.samples != NULL && copy.columns != NULL && copy.cells != NULL &&
         copy.lines != NULL;
    if (ok) ok = (copy.origin = til_arena_text(copy.arena, sheet->origin)) != NULL;
    for (size_t c = 0; ok && c < sheet->n_columns; c++)
        ok = (copy.columns[c] = til_arena_text(copy.arena, sheet->columns[c])) != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        copy.lines[i] = sheet->lines[samples[i]];
        ok = (copy.samples[i] = til_arena_text(copy.arena, sheet->samples[samples[i]])) != NULL;
        for (size_t c = 0; ok && c < sheet->n_columns; c++)
            ok = (copy.cells[i * sheet->n_columns + c] = til_arena_text(
                      copy.arena, til_sheet_cell(sheet, samples[i], c))) != NULL;
    }
    if (!ok) {
        til_sheet_clear(&copy);
        return til_no_memory(ctx, n, "samples");
    }
    *out = copy;
    return TIL_OK;
}
