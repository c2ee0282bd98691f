/* sheet.c -- the sample sheet as read: samples x columns of text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/keep.h"
#include "base/need.h"
#include "base/try.h"

static char empty_text[] = "";

til_status_t til_sheet_init(til_ctx_t *ctx, size_t n_samples, size_t n_columns, const char *origin,
                            til_sheet_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_sheet_t){ 0 };
    TIL_NEED(ctx, origin);
    til_status_t status = TIL_OK;
    size_t n_cells = n_samples * n_columns;
    bool fits = n_columns == 0 || n_cells / n_columns == n_samples;

    *out = (til_sheet_t){ .n_samples = n_samples,
                          .n_columns = n_columns,
                          .samples = til_array(n_samples, sizeof *out->samples),
                          .columns = til_array(n_columns, sizeof *out->columns),
                          .cells = fits ? til_array(n_cells, sizeof *out->cells) : NULL,
                          .lines = til_array(n_samples, sizeof *out->lines),
                          .arena = til_arena_new() };
    if (out->samples == NULL || out->columns == NULL || out->cells == NULL || out->lines == NULL ||
        out->arena == NULL)
        TIL_TRY(til_no_memory(ctx, n_samples, "samples"));
    TIL_TRY(til_keep_text(ctx, out->arena, origin, &out->origin));
    for (size_t s = 0; s < n_samples; s++) {
        out->samples[s] = empty_text;
        out->lines[s] = s + 2; /* below a header */
    }
    for (size_t c = 0; c < n_columns; c++) out->columns[c] = empty_text;
    for (size_t i = 0; i < n_cells; i++) out->cells[i] = empty_text;
done:
    if (status != TIL_OK) til_sheet_clear(out);
    return status;
}

static til_status_t fail_outside(til_ctx_t *ctx, const til_sheet_t *sheet, size_t s, size_t c)
{
    return til_fail(ctx, TIL_EUSAGE,
                    "%s: sample %zu, column %zu: the sheet has %zu samples and %zu columns",
                    sheet->origin, s, c, sheet->n_samples, sheet->n_columns);
}

til_status_t til_sheet_set_sample(til_ctx_t *ctx, til_sheet_t *sheet, size_t s, const char *name)
{
    TIL_NEED(ctx, sheet);
    TIL_NEED(ctx, name);
    if (s >= sheet->n_samples) return fail_outside(ctx, sheet, s, 0);
    return til_keep_text(ctx, sheet->arena, name, &sheet->samples[s]);
}

til_status_t til_sheet_set_column(til_ctx_t *ctx, til_sheet_t *sheet, size_t c, const char *name)
{
    TIL_NEED(ctx, sheet);
    TIL_NEED(ctx, name);
    if (c >= sheet->n_columns) return fail_outside(ctx, sheet, 0, c);
    return til_keep_text(ctx, sheet->arena, name, &sheet->columns[c]);
}

til_status_t til_sheet_set_cell(til_ctx_t *ctx, til_sheet_t *sheet, size_t s, size_t c,
                                const char *text)
{
    TIL_NEED(ctx, sheet);
    TIL_NEED(ctx, text);
    if (s >= sheet->n_samples || c >= sheet->n_columns) return fail_outside(ctx, sheet, s, c);
    return til_keep_text(ctx, sheet->arena, text, &sheet->cells[s * sheet->n_columns + c]);
}

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
    for (size_t c = 0; sheet != NULL && name != NULL && c < sheet->n_columns; c++)
        if (strcmp(sheet->columns[c], name) == 0) return (ptrdiff_t)c;
    return -1;
}

til_status_t til_sheet_select(til_ctx_t *ctx, const til_sheet_t *sheet, const size_t *samples,
                              size_t n, til_sheet_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_sheet_t){ 0 };
    TIL_NEED(ctx, sheet);
    TIL_NEED(ctx, samples);
    til_status_t status;

    TIL_TRY(til_sheet_init(ctx, n, sheet->n_columns, sheet->origin, out));
    for (size_t c = 0; c < sheet->n_columns; c++)
        TIL_TRY(til_sheet_set_column(ctx, out, c, sheet->columns[c]));
    for (size_t i = 0; i < n; i++) {
        out->lines[i] = sheet->lines[samples[i]];
        TIL_TRY(til_sheet_set_sample(ctx, out, i, sheet->samples[samples[i]]));
        for (size_t c = 0; c < sheet->n_columns; c++)
            TIL_TRY(til_sheet_set_cell(ctx, out, i, c, til_sheet_cell(sheet, samples[i], c)));
    }
done:
    if (status != TIL_OK) til_sheet_clear(out);
    return status;
}
