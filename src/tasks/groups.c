/* groups.c -- samples grouped by a column of the sheet. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "tasks/groups.h"

til_status_t til_sheet_groups(til_ctx_t *ctx, const til_sheet_t *sheet, const char *column,
                              const char *option, size_t *group, size_t *n_groups)
{
    til_status_t status = TIL_OK;
    til_names_t *levels = til_names_new();
    ptrdiff_t c = til_sheet_column(sheet, column);

    if (levels == NULL) TIL_TRY(til_no_memory(ctx, sheet->n_samples, "samples"));
    if (c < 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s: no column '%s', which %s names", sheet->origin,
                         column, option));
    for (size_t s = 0; s < sheet->n_samples; s++) {
        const char *text = til_sheet_cell(sheet, s, (size_t)c);
        if (*text == '\0')
            TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s:%zu: column '%s' is empty for sample %s",
                             sheet->origin, sheet->lines[s], column, sheet->samples[s]));
        ptrdiff_t id = til_names_add(levels, text, NULL);
        if (id < 0) TIL_TRY(til_no_memory(ctx, sheet->n_samples, "samples"));
        group[s] = (size_t)id;
    }
    *n_groups = til_names_count(levels);

done:
    til_names_free(levels);
    return status;
}
