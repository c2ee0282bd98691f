/* page_samples.c -- who the samples are, how they were scaled, how they lie together. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "report/page.h"
#include "report/svg.h"

/* The values of `from` in the order of the sheet, by sample name; NaN where the table lacks one. */
static til_status_t by_sample(til_page_t *page, const til_table_t *table, const char *column,
                              double **out)
{
    const double *values;
    til_names_t *names = NULL;
    til_status_t status;

    *out = NULL;
    TIL_TRY(til_page_column(page, table, "of samples", column, &values));
    TIL_TRY(til_names_index(page->ctx, table->columns[0].text, table->n_rows, &names));
    *out = til_array(page->groups.n, sizeof **out);
    if (*out == NULL) {
        status = til_no_memory(page->ctx, page->groups.n, "samples");
        goto done;
    }
    for (size_t s = 0; s < page->groups.n; s++) {
        ptrdiff_t i = til_names_find(names, page->groups.names[s]);
        (*out)[s] = i < 0 ? (double)NAN : values[i];
    }
done:
    til_names_free(names);
    return status;
}

/* Samples and complete patients per group. */
static void group_table(til_page_t *page)
{
    til_strbuf_t *h = &page->html;

    til_strbuf_add(h, "<table><tr><th>group</th><th>samples</th></tr>\n");
    for (size_t k = 0; k < page->groups.n_groups; k++) {
        size_t n = 0;
        for (size_t s = 0; s < page->groups.n; s++) n += page->group[s] == k;
        til_strbuf_add(h, "<tr><td>");
        til_page_text(page, page->labels[k]);
        til_strbuf_printf(h, "</td><td class=\"n\">%zu</td></tr>\n", n);
    }
    til_strbuf_add(h, "</table>\n");
}

static void sheet_table(til_page_t *page)
{
    const til_sheet_t *sheet = page->in->sheet;
    til_strbuf_t *h = &page->html;

    til_strbuf_add(h, "<details><summary>The sample sheet</summary><div class=\"wide\" "
                      "tabindex=\"0\" role=\"region\" aria-label=\"sample sheet\">"
                      "<table><tr><th>sample</th>");
    for (size_t c = 0; c < sheet->n_columns; c++) {
        til_strbuf_add(h, "<th>");
        til_page_text(page, sheet->columns[c]);
        til_strbuf_add(h, "</th>");
    }
    til_strbuf_add(h, "</tr>\n");
    for (size_t s = 0; s < sheet->n_samples; s++) {
        til_strbuf_add(h, "<tr><td>");
        til_page_text(page, sheet->samples[s]);
        til_strbuf_add(h, "</td>");
        for (size_t c = 0; c < sheet->n_columns; c++) {
            til_strbuf_add(h, "<td>");
            til_page_text(page, til_sheet_cell(sheet, s, c));
            til_strbuf_add(h, "</td>");
        }
        til_strbuf_add(h, "</tr>\n");
    }
    til_strbuf_add(h, "</table></div></details>\n");
}

static til_status_t size_factor_figure(til_page_t *page)
{
    const til_table_t *t = page->in->size_factors;
    const char *name = til_table_column(t, "size_factor") != NULL ? "size_factor" : "norm_factor";
    til_strbuf_t svg = { 0 };
    double *value = NULL;
    til_status_t status;

    TIL_TRY(by_sample(page, t, name, &value));
    til_plot_bars(&svg, &page->groups, value,
                  strcmp(name, "size_factor") == 0 ? "Size factors" : "Norm factors", name);
    TIL_TRY(til_page_figure(page, "size_factors", NULL, &svg));
done:
    free(value);
    return status;
}

static til_status_t pca_figure(til_page_t *page)
{
    til_strbuf_t svg = { 0 }, x = { 0 }, y = { 0 };
    double *pc1 = NULL, *pc2 = NULL;
    til_status_t status;

    TIL_TRY(by_sample(page, page->in->pca, "PC1", &pc1));
    TIL_TRY(by_sample(page, page->in->pca, "PC2", &pc2));
    til_strbuf_add(&x, "PC1 (");
    til_svg_number(&x, page->in->pca_percent[0]);
    til_strbuf_add(&x, " % of variance)");
    til_strbuf_add(&y, "PC2 (");
    til_svg_number(&y, page->in->pca_percent[1]);
    til_strbuf_add(&y, " % of variance)");
    til_plot_pca(&svg, &page->groups, pc1, pc2, til_strbuf_text(&x), til_strbuf_text(&y));
    TIL_TRY(til_page_figure(page, "pca", NULL, &svg));
done:
    til_strbuf_clear(&y);
    til_strbuf_clear(&x);
    free(pc2);
    free(pc1);
    return status;
}

/* A column that engines may or may not have. */
static const double *optional(const til_table_t *t, const char *name)
{
    const til_column_t *c = til_table_column(t, name);
    return c == NULL || c->type != TIL_COLUMN_NUMBER ? NULL : c->number;
}

static til_status_t dispersion_figure(til_page_t *page)
{
    const til_table_t *t = page->in->dispersions;
    const double *mean = optional(t, "baseMean"), *gene = optional(t, "dispGeneEst");
    til_strbuf_t svg = { 0 };

    if (mean == NULL || gene == NULL) return TIL_OK; /* an engine without dispersions */
    til_plot_dispersion(&svg, t->n_rows, mean, gene, optional(t, "dispFit"),
                        optional(t, "dispersion"));
    return til_page_figure(page, "dispersion", NULL, &svg);
}

til_status_t til_page_samples(til_page_t *page)
{
    til_status_t status = TIL_OK;

    til_strbuf_add(&page->html, "<h2 id=\"samples\">Samples and design</h2>\n");
    group_table(page);
    sheet_table(page);
    til_strbuf_add(&page->html, "<div class=\"figures\">\n");
    if (page->in->size_factors != NULL) TIL_TRY(size_factor_figure(page));
    if (page->in->pca != NULL) TIL_TRY(pca_figure(page));
    if (page->in->dispersions != NULL) TIL_TRY(dispersion_figure(page));
    til_strbuf_add(&page->html, "</div>\n");
done:
    return status;
}
