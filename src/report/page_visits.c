/* page_visits.c -- the samples by arm, visit, patient and response. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "report/page.h"

/* What til_visits_t borrows. */
struct til_visit_lists {
    size_t *arm, *visit, *line, *colour, *arm_of_line;
    til_names_t *arms, *visits, *lines, *colours;
    char **arm_text, **visit_text, **colour_text;
};

/* The index of every sample's value of `column` among its distinct values; all 0 under one name
 * where there is no such column. */
static til_status_t index_column(til_page_t *page, const char *column, const char *otherwise,
                                 til_names_t **names, size_t **index)
{
    const til_sheet_t *sheet = page->in->sheet;
    ptrdiff_t c = column == NULL ? -1 : til_sheet_column(sheet, column);

    *names = til_names_new();
    *index = til_array(sheet->n_samples, sizeof **index);
    if (*names == NULL || *index == NULL)
        return til_no_memory(page->ctx, sheet->n_samples, "samples");
    for (size_t s = 0; s < sheet->n_samples; s++) {
        ptrdiff_t id = til_names_add(*names,
                                     c < 0 ? otherwise : til_sheet_cell(sheet, s, (size_t)c), NULL);
        if (id < 0) return til_no_memory(page->ctx, s, "names");
        (*index)[s] = (size_t)id;
    }
    return TIL_OK;
}

static til_status_t list_names(til_page_t *page, const til_names_t *names, char ***out)
{
    size_t n = til_names_count(names);

    *out = til_array(n, sizeof **out);
    if (*out == NULL) return til_no_memory(page->ctx, n, "names");
    for (size_t i = 0; i < n; i++) (*out)[i] = (char *)(uintptr_t)til_names_get(names, i);
    return TIL_OK;
}

til_status_t til_page_visits(til_page_t *page)
{
    const til_report_input_t *in = page->in;
    struct til_visit_lists *l = calloc(1, sizeof *l);
    til_status_t status;

    page->lists = l;
    if (l == NULL) return til_no_memory(page->ctx, 1, "visits");
    TIL_TRY(index_column(page, in->arm, "", &l->arms, &l->arm));
    TIL_TRY(index_column(page, in->time, "", &l->visits, &l->visit));
    TIL_TRY(index_column(page, in->pair, "", &l->lines, &l->line));
    TIL_TRY(index_column(page, in->response, "", &l->colours, &l->colour));
    TIL_TRY(list_names(page, l->arms, &l->arm_text));
    TIL_TRY(list_names(page, l->visits, &l->visit_text));
    TIL_TRY(list_names(page, l->colours, &l->colour_text));
    l->arm_of_line = til_array(til_names_count(l->lines), sizeof *l->arm_of_line);
    if (l->arm_of_line == NULL) {
        status = til_no_memory(page->ctx, til_names_count(l->lines), "patients");
        goto done;
    }
    for (size_t s = in->sheet->n_samples; s-- > 0;) l->arm_of_line[l->line[s]] = l->arm[s];
    page->visits = (til_visits_t){ .n = in->sheet->n_samples,
                                   .names = in->sheet->samples,
                                   .arm = l->arm,
                                   .visit = l->visit,
                                   .line = l->line,
                                   .colour = l->colour,
                                   .arm_of_line = l->arm_of_line,
                                   .arms = l->arm_text,
                                   .visits = l->visit_text,
                                   .colours = l->colour_text,
                                   .n_arms = til_names_count(l->arms),
                                   .n_visits = til_names_count(l->visits),
                                   .n_lines = in->pair == NULL ? 0 : til_names_count(l->lines),
                                   .n_colours = til_names_count(l->colours) };
done:
    return status;
}

void til_page_visits_clear(til_page_t *page)
{
    if (page == NULL) return;
    struct til_visit_lists *l = page->lists;

    if (l == NULL) return;
    free(l->arm);
    free(l->visit);
    free(l->line);
    free(l->colour);
    free(l->arm_of_line);
    free(l->arm_text);
    free(l->visit_text);
    free(l->colour_text);
    til_names_free(l->arms);
    til_names_free(l->visits);
    til_names_free(l->lines);
    til_names_free(l->colours);
    free(l);
    page->lists = NULL;
}
