/* collapse.c -- sums of technical replicates. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/try.h"
#include "design/collapse.h"

/* group[s] and first[group]. */
static til_status_t find_groups(til_ctx_t *ctx, const til_sheet_t *sheet, const char *column,
                                size_t *group, size_t *first, til_names_t *names)
{
    ptrdiff_t c = til_sheet_column(sheet, column);

    if (c < 0)
        return til_fail(ctx, TIL_EINPUT, "%s: no column '%s', which --collapse names",
                        sheet->origin, column);
    for (size_t s = 0; s < sheet->n_samples; s++) {
        const char *text = til_sheet_cell(sheet, s, (size_t)c);
        int is_new;
        if (*text == '\0')
            return til_fail(ctx, TIL_EINPUT, "%s:%zu: column '%s' is empty for sample %s",
                            sheet->origin, sheet->lines[s], column, sheet->samples[s]);
        ptrdiff_t id = til_names_add(names, text, &is_new);
        if (id < 0) return til_no_memory(ctx, sheet->n_samples, "samples");
        group[s] = (size_t)id;
        if (is_new) first[id] = s;
    }
    return TIL_OK;
}

til_status_t til_collapse_samples(til_ctx_t *ctx, const char *column, til_matrix_t *counts,
                                  til_sheet_t *sheet, bool *differs)
{
    til_status_t status = TIL_OK;
    size_t n = sheet->n_samples;
    size_t *group = til_array(n, sizeof *group), *first = til_array(n, sizeof *first);
    til_names_t *names = til_names_new();
    til_matrix_t sums = { 0 };
    til_sheet_t rows = { 0 };

    if (group == NULL || first == NULL || names == NULL) TIL_TRY(til_no_memory(ctx, n, "samples"));
    TIL_TRY(find_groups(ctx, sheet, column, group, first, names));
    size_t n_groups = til_names_count(names);
    TIL_TRY(til_sheet_select(ctx, sheet, first, n_groups, &rows));
    TIL_TRY(til_matrix_select(ctx, counts, NULL, 0, first, n_groups, &sums));

    for (size_t k = 0; k < n_groups; k++) {
        TIL_TRY(til_keep_text(ctx, rows.arena, til_names_get(names, k), &rows.samples[k]));
        TIL_TRY(til_matrix_set_col_name(ctx, &sums, k, til_names_get(names, k)));
    }
    for (size_t s = 0; s < n; s++) {
        if (first[group[s]] == s) continue;
        for (size_t g = 0; g < counts->n_rows; g++)
            til_matrix_row(&sums, g)[group[s]] += til_matrix_row(counts, g)[s];
        for (size_t c = 0; c < sheet->n_columns; c++)
            differs[c] |= strcmp(til_sheet_cell(sheet, s, c),
                                 til_sheet_cell(sheet, first[group[s]], c)) != 0;
    }
    til_say(ctx, TIL_LOG_NOTICE, "%zu libraries are summed into %zu samples by column %s", n,
            n_groups, column);
    til_matrix_clear(counts);
    til_sheet_clear(sheet);
    *counts = sums;
    *sheet = rows;
    sums = (til_matrix_t){ 0 };
    rows = (til_sheet_t){ 0 };

done:
    til_matrix_clear(&sums);
    til_sheet_clear(&rows);
    til_names_free(names);
    free(first);
    free(group);
    return status;
}
