/* page.h -- the parts of the page share this: the text so far and the figures made. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_REPORT_PAGE_H
#define TIL_REPORT_PAGE_H

#include <tilseq/report.h>

#include "base/file_name.h"
#include "base/strbuf.h"
#include "report/plots.h"

typedef struct {
    til_ctx_t *ctx;
    const til_report_input_t *in;
    til_strbuf_t html;
    til_figure_t *figures;
    size_t n_figures, figures_capacity;
    til_file_names_t *files; /* names of the figures' files */
    /* samples in groups of arm and time, shared by the figures */
    til_groups_t groups;
    size_t *group, *line;
    char **labels;
    /* the same samples by arm and visit */
    til_visits_t visits;
    struct til_visit_lists *lists;
} til_page_t;

/* Escaped text, and a number with its full value beside it for machines. */
void til_page_text(til_page_t *page, const char *text);
void til_page_number(til_page_t *page, double value);

/* Puts a finished figure on the page and among the files: `stem` and `part` (NULL for none) make
 * its name. `svg` is taken and emptied. */
TIL_MUST_USE
til_status_t til_page_figure(til_page_t *page, const char *stem, const char *part,
                             til_strbuf_t *svg);

/* The number column `name` of a table; TIL_EINPUT when it is not there. */
TIL_MUST_USE
til_status_t til_page_column(til_page_t *page, const til_table_t *table, const char *what,
                             const char *name, const double **values);

/* A table that can be sorted, searched and saved: until the end of its header row. The file it is
 * from is <folder><id><suffix>. */
void til_page_begin_table(til_page_t *page, const char *folder, const char *id, const char *suffix);
void til_page_end_table(til_page_t *page);

/* Sorts the samples into arms and visits (page->visits); freed by til_page_visits_clear. */
TIL_MUST_USE
til_status_t til_page_visits(til_page_t *page);
void til_page_visits_clear(til_page_t *page);

/* The sections, in the order of the page. */
TIL_MUST_USE
til_status_t til_page_first_screen(til_page_t *page);
TIL_MUST_USE
til_status_t til_page_trial(til_page_t *page);
TIL_MUST_USE
til_status_t til_page_samples(til_page_t *page);
TIL_MUST_USE
til_status_t til_page_question(til_page_t *page, const til_report_question_t *q);
TIL_MUST_USE
til_status_t til_page_scores(til_page_t *page);

#endif
