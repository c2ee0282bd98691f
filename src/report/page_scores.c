/* page_scores.c -- the signatures: heat map, and boxes per arm and time with a line per patient. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "report/page.h"
#include "report/svg.h"

enum { MOST_ROWS = 60, MOST_BOXES = 12 };

/* The readouts a trial asks for first; whatever else was scored follows in its own order. */
static const char *const first_sets[] = {
    "EFFECTOR_CORE", "CYT",           "GEP18",       "CD8_TREG_RATIO",  "CD8_T_CORE",
    "TREG_CORE",     "NK_CORE",       "M1_M2_RATIO", "EXHAUSTION_CORE", "EFFECTOR_TREG_RATIO",
    "IFNG6",         "IL2_STAT5_CORE"
};

static bool has_numbers(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i])) return true;
    return false;
}

/* Rows of the scores in the order of the page, those without any value left out. */
static size_t order_rows(const til_matrix_t *m, size_t *rows)
{
    size_t n = 0, n_first = sizeof first_sets / sizeof *first_sets;

    for (size_t k = 0; k < n_first; k++)
        for (size_t i = 0; i < m->n_rows; i++)
            if (strcmp(m->row_names[i], first_sets[k]) == 0 &&
                has_numbers(til_matrix_row(m, i), m->n_cols))
                rows[n++] = i;
    for (size_t i = 0; i < m->n_rows; i++) {
        bool taken = !has_numbers(til_matrix_row(m, i), m->n_cols);
        for (size_t k = 0; k < n && !taken; k++) taken = rows[k] == i;
        if (!taken) rows[n++] = i;
    }
    return n;
}

/* Samples sorted by group (stable), and their columns in the matrix; samples it lacks are left out.
 */
typedef struct {
    size_t *columns, *group;
    char **names;
    size_t n;
} sorted_t;

static til_status_t sort_samples(til_page_t *page, sorted_t *s)
{
    const til_matrix_t *m = page->in->scores;
    til_names_t *names = NULL;
    til_status_t status;

    TIL_TRY(til_names_index(page->ctx, m->col_names, m->n_cols, &names));
    s->columns = til_array(page->groups.n, sizeof *s->columns);
    s->group = til_array(page->groups.n, sizeof *s->group);
    s->names = til_array(page->groups.n, sizeof *s->names);
    if (s->columns == NULL || s->group == NULL || s->names == NULL) {
        status = til_no_memory(page->ctx, page->groups.n, "samples");
        goto done;
    }
    for (size_t k = 0; k < page->groups.n_groups; k++)
        for (size_t i = 0; i < page->groups.n; i++) {
            ptrdiff_t c = til_names_find(names, page->groups.names[i]);
            if (page->group[i] != k || c < 0) continue;
            s->columns[s->n] = (size_t)c;
            s->group[s->n] = k;
            s->names[s->n++] = page->groups.names[i];
        }
done:
    til_names_free(names);
    return status;
}

static til_status_t box_figures(til_page_t *page, const size_t *rows, size_t n_rows)
{
    const til_matrix_t *m = page->in->scores;
    til_names_t *names = NULL;
    double *value = til_array(page->groups.n, sizeof *value);
    til_status_t status = value == NULL
                              ? til_no_memory(page->ctx, page->groups.n, "samples")
                              : til_names_index(page->ctx, m->col_names, m->n_cols, &names);

    if (status != TIL_OK) goto done;
    til_strbuf_add(&page->html, "<div class=\"figures\">\n");
    for (size_t k = 0; k < n_rows; k++) {
        til_strbuf_t svg = { 0 };
        for (size_t s = 0; s < page->groups.n; s++) {
            ptrdiff_t c = til_names_find(names, page->groups.names[s]);
            value[s] = c < 0 ? (double)NAN : til_matrix_row(m, rows[k])[c];
        }
        til_plot_boxes(&svg, &page->groups, value, m->row_names[rows[k]], "score");
        TIL_TRY(til_page_figure(page, "score", m->row_names[rows[k]], &svg));
    }
    til_strbuf_add(&page->html, "</div>\n");
done:
    free(value);
    til_names_free(names);
    return status;
}

static til_status_t coverage_table(til_page_t *page)
{
    const til_table_t *t = page->in->coverage;
    const til_column_t *missing = til_table_column(t, "missing");
    const double *n_genes, *n_found;
    til_strbuf_t *h = &page->html;
    til_status_t status;

    TIL_TRY(til_page_column(page, t, "of coverage", "n_genes", &n_genes));
    TIL_TRY(til_page_column(page, t, "of coverage", "n_found", &n_found));
    til_strbuf_add(h, "<details><summary>Genes found per signature</summary>\n");
    til_page_begin_table(page, "scores/", "scores", ".coverage.tsv");
    til_strbuf_add(h, "<th>set</th><th>n_genes</th><th>n_found</th><th>missing</th></tr></thead>"
                      "<tbody>\n");
    for (size_t i = 0; i < t->n_rows; i++) {
        til_strbuf_add(h, "<tr><td>");
        til_page_text(page, t->columns[0].text[i]);
        til_strbuf_add(h, "</td>");
        til_page_number(page, n_genes[i]);
        til_page_number(page, n_found[i]);
        til_strbuf_add(h, "<td>");
        if (missing != NULL && missing->type == TIL_COLUMN_TEXT && missing->text[i] != NULL)
            til_page_text(page, missing->text[i]);
        til_strbuf_add(h, "</td></tr>\n");
    }
    til_page_end_table(page);
    til_strbuf_add(h, "</details>\n");
done:
    return status;
}

til_status_t til_page_scores(til_page_t *page)
{
    const til_matrix_t *m = page->in->scores;
    size_t *rows = til_array(m->n_rows, sizeof *rows), n_rows;
    til_strbuf_t svg = { 0 };
    sorted_t s = { 0 };
    til_status_t status;

    if (rows == NULL) return til_no_memory(page->ctx, m->n_rows, "sets");
    TIL_TRY(sort_samples(page, &s));
    n_rows = order_rows(m, rows);
    til_strbuf_add(&page->html, "<h2 id=\"signatures\">Immune signatures</h2>\n");
    if (n_rows > 0 && s.n > 0) {
        til_groups_t groups = { s.n, s.names, s.group, page->labels, page->groups.n_groups, NULL };
        til_plot_heat_map(&svg, m, rows, n_rows < MOST_ROWS ? n_rows : MOST_ROWS, s.columns,
                          &groups);
        TIL_TRY(til_page_figure(page, "heat_map", NULL, &svg));
        TIL_TRY(box_figures(page, rows, n_rows < MOST_BOXES ? n_rows : MOST_BOXES));
    }
    if (page->in->coverage != NULL) TIL_TRY(coverage_table(page));
done:
    free(s.names);
    free(s.group);
    free(s.columns);
    free(rows);
    return status;
}
