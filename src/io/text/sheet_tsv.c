/* sheet_tsv.c -- sample sheets. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/names.h"
#include "base/try.h"
#include "io/text/sheet_tsv.h"
#include "io/text/tsv.h"

typedef struct {
    til_ctx_t *ctx;
    til_text_t *text;
    til_sheet_t *sheet;
    char delimiter;
    size_t n_fields, sample_field;
    char **fields;
    size_t fields_capacity, samples_capacity, cells_capacity, lines_capacity;
    til_names_t *seen;
} reader_t;

static size_t find_sample_field(reader_t *r, size_t n)
{
    static const char *const names[] = { "sample", "sample_name", "sample_id" };
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < n; i++)
            if (strcmp(r->fields[i], names[k]) == 0) return i;
    til_say(r->ctx, TIL_LOG_NOTICE,
            "%s:%zu: no column 'sample': the first column, '%s', names the samples", r->text->path,
            r->text->line, r->fields[0]);
    return 0;
}

static til_status_t split(reader_t *r, char *line, size_t length, size_t *n)
{
    return til_tsv_split(r->ctx, r->text->path, r->text->line, line, length, r->delimiter,
                         &r->fields, &r->fields_capacity, n);
}

static til_status_t keep(reader_t *r, const char *text, char **slot)
{
    *slot = til_arena_text(r->sheet->arena, text);
    return *slot == NULL ? til_no_memory(r->ctx, strlen(text), "bytes of the sheet") : TIL_OK;
}

static til_status_t read_header(reader_t *r)
{
    til_sheet_t *sheet = r->sheet;
    char *line;
    size_t length, n;
    til_status_t status;

    do {
        if (!til_text_next_data(r->text, &line, &length))
            return til_fail(r->ctx, TIL_EINPUT,
                            "%s: no header line: a header with the column 'sample' is wanted",
                            r->text->path);
    } while (length == 0);
    r->delimiter = til_tsv_delimiter(line, length);
    TIL_TRY(split(r, line, length, &n));
    while (n > 1 && r->fields[n - 1][0] == '\0') n--;
    if (n == 1 && strchr(r->fields[0], ' ') != NULL && strstr(r->fields[0], "sample ") != NULL)
        return til_fail(
            r->ctx, TIL_EINPUT,
            "%s:%zu: the header '%s' has blanks between its columns: tabs or commas are "
            "wanted",
            r->text->path, r->text->line, r->fields[0]);
    r->n_fields = n;
    r->sample_field = find_sample_field(r, n);
    sheet->columns = til_array(n, sizeof *sheet->columns);
    if (sheet->columns == NULL) return til_no_memory(r->ctx, n, "columns");
    for (size_t i = 0; i < n; i++) {
        char *name = r->fields[i];
        if (i == r->sample_field) continue;
        if (name[0] == '\0')
            return til_fail(r->ctx, TIL_EINPUT, "%s:%zu:%zu: a column without a name",
                            r->text->path, r->text->line, i + 1);
        for (size_t c = 0; c < sheet->n_columns; c++)
            if (strcmp(sheet->columns[c], name) == 0)
                return til_fail(r->ctx, TIL_EINPUT, "%s:%zu:%zu: column '%s' stands twice",
                                r->text->path, r->text->line, i + 1, name);
        TIL_TRY(keep(r, name, &sheet->columns[sheet->n_columns]));
        sheet->n_columns++;
    }
done:
    return status;
}

static til_status_t grow_rows(reader_t *r)
{
    til_sheet_t *sheet = r->sheet;
    size_t need = sheet->n_samples + 1;
    til_status_t status;

    TIL_TRY(til_grow(r->ctx, &sheet->samples, &r->samples_capacity, need, sizeof *sheet->samples));
    TIL_TRY(til_grow(r->ctx, &sheet->lines, &r->lines_capacity, need, sizeof *sheet->lines));
    TIL_TRY(til_grow(r->ctx, &sheet->cells, &r->cells_capacity, need * sheet->n_columns + 1,
                     sizeof *sheet->cells));
done:
    return status;
}

static til_status_t check_name(reader_t *r, const char *name, bool repeats)
{
    til_sheet_t *sheet = r->sheet;
    int is_new;

    if (name[0] == '\0')
        return til_fail(r->ctx, TIL_EINPUT, "%s:%zu: a row without a sample name", r->text->path,
                        r->text->line);
    ptrdiff_t id = til_names_add(r->seen, name, &is_new);
    if (id < 0) return til_no_memory(r->ctx, sheet->n_samples, "samples");
    if (is_new || repeats) return TIL_OK;
    size_t first = 0;
    while (strcmp(sheet->samples[first], name) != 0) first++;
    return til_fail(r->ctx, TIL_EINPUT,
                    "%s:%zu: sample '%s' stands also at line %zu: one row per sample",
                    r->text->path, r->text->line, name, sheet->lines[first]);
}

static til_status_t read_row(reader_t *r, char *line, size_t length, bool repeats)
{
    til_sheet_t *sheet = r->sheet;
    til_status_t status;
    size_t n, c = 0;

    TIL_TRY(split(r, line, length, &n));
    while (n > r->n_fields && r->fields[n - 1][0] == '\0') n--;
    if (n != r->n_fields) {
        const char *why = "";
        if (r->n_fields == 1 && sheet->n_samples == 0)
            why = ": is there a title above the header? the header is the first line";
        status = til_fail(r->ctx, TIL_EINPUT, "%s:%zu: %zu fields where the header has %zu%s",
                          r->text->path, r->text->line, n, r->n_fields, why);
        goto done;
    }
    TIL_TRY(grow_rows(r));
    char *name = r->fields[r->sample_field];
    TIL_TRY(check_name(r, name, repeats));
    TIL_TRY(keep(r, name, &sheet->samples[sheet->n_samples]));
    for (size_t i = 0; i < n; i++)
        if (i != r->sample_field)
            TIL_TRY(
                keep(r, r->fields[i], &sheet->cells[sheet->n_samples * sheet->n_columns + c++]));
    sheet->lines[sheet->n_samples++] = r->text->line;
done:
    return status;
}

til_status_t til_sheet_read(til_ctx_t *ctx, til_text_t *text, bool repeats, til_sheet_t *out)
{
    reader_t r = { .ctx = ctx, .text = text, .sheet = out };
    til_status_t status;
    char *line;
    size_t length;

    *out = (til_sheet_t){ 0 };
    out->arena = til_arena_new();
    r.seen = til_names_new();
    if (out->arena == NULL || r.seen == NULL) {
        status = til_no_memory(ctx, 1, "samples");
        goto done;
    }
    TIL_TRY(keep(&r, text->path, &out->origin));
    TIL_TRY(read_header(&r));
    while (til_text_next_data(text, &line, &length))
        if (strspn(line, "\t,; ") < length) TIL_TRY(read_row(&r, line, length, repeats));
    if (out->n_samples == 0) {
        status = til_fail(ctx, TIL_EINPUT, "%s: no samples after the header", text->path);
        goto done;
    }
done:
    til_names_free(r.seen);
    free(r.fields);
    if (status != TIL_OK) til_sheet_clear(out);
    return status;
}
