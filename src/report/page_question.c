/* page_question.c -- one question: its genes, its sets. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "report/page.h"
#include "report/svg.h"

enum { TOP_GENES = 20, TOP_PLOTS = 6, TOP_SETS = 20 };

typedef struct {
    const double *mean, *lfc, *se, *stat, *p, *padj;
    char **label; /* symbol, else id; borrowed */
    size_t n;
} tested_t;

static til_status_t read_columns(til_page_t *page, const til_report_question_t *q, tested_t *t)
{
    const til_column_t *id = til_table_column(q->de, "gene_id"),
                       *name = til_table_column(q->de, "gene_name");
    til_status_t status;

    if (id == NULL || id->type != TIL_COLUMN_TEXT)
        return til_fail(page->ctx, TIL_EINPUT, "the table of %s has no column 'gene_id'", q->id);
    t->n = q->de->n_rows;
    TIL_TRY(til_page_column(page, q->de, q->id, "baseMean", &t->mean));
    TIL_TRY(til_page_column(page, q->de, q->id, "log2FoldChange", &t->lfc));
    TIL_TRY(til_page_column(page, q->de, q->id, "lfcSE", &t->se));
    TIL_TRY(til_page_column(page, q->de, q->id, "stat", &t->stat));
    TIL_TRY(til_page_column(page, q->de, q->id, "pvalue", &t->p));
    TIL_TRY(til_page_column(page, q->de, q->id, "padj", &t->padj));
    t->label = til_array(t->n, sizeof *t->label);
    if (t->label == NULL) return til_no_memory(page->ctx, t->n, "genes");
    for (size_t g = 0; g < t->n; g++) {
        bool named = name != NULL && name->type == TIL_COLUMN_TEXT && name->text[g] != NULL;
        t->label[g] = named ? name->text[g] : id->text[g];
    }
done:
    return status;
}

/* Whether row a comes before row b: the smaller value, then the larger |tie|. */
static bool comes_first(const double *value, const double *tie, size_t a, size_t b)
{
    if (value[a] != value[b]) return value[a] < value[b];
    return fabs(tie[a]) > fabs(tie[b]);
}

/* The `most` rows that come first, NaN left out, in order. Returns how many. */
static size_t smallest(size_t n, const double *value, const double *tie, size_t most, size_t *rows)
{
    size_t n_rows = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(value[i])) continue;
        if (n_rows == most && !comes_first(value, tie, i, rows[most - 1])) continue;
        size_t k = n_rows < most ? n_rows++ : most - 1;
        for (; k > 0 && comes_first(value, tie, i, rows[k - 1]); k--) rows[k] = rows[k - 1];
        rows[k] = i;
    }
    return n_rows;
}

static void gene_table(til_page_t *page, const til_report_question_t *q, const tested_t *t,
                       const size_t *rows, size_t n)
{
    const til_column_t *status = til_table_column(q->de, "status"),
                       *id = til_table_column(q->de, "gene_id");
    til_strbuf_t *h = &page->html;

    til_strbuf_add(h, "<h3>Top genes</h3>\n");
    til_page_begin_table(page, "de/", q->id, ".de.tsv");
    til_strbuf_add(h, "<th>gene</th><th>id</th><th>baseMean</th><th>log2FoldChange</th>"
                      "<th>lfcSE</th><th>stat</th><th>pvalue</th><th>padj</th><th>status</th>"
                      "</tr></thead><tbody>\n");
    for (size_t i = 0; i < n; i++) {
        size_t g = rows[i];
        til_strbuf_add(h, "<tr><td>");
        til_page_text(page, t->label[g]);
        til_strbuf_add(h, "</td><td>");
        til_page_text(page, id->text[g]);
        til_strbuf_add(h, "</td>");
        til_page_number(page, t->mean[g]);
        til_page_number(page, t->lfc[g]);
        til_page_number(page, t->se[g]);
        til_page_number(page, t->stat[g]);
        til_page_number(page, t->p[g]);
        til_page_number(page, t->padj[g]);
        til_strbuf_add(h, "<td>");
        if (status != NULL && status->type == TIL_COLUMN_TEXT && status->text[g] != NULL)
            til_page_text(page, status->text[g]);
        til_strbuf_add(h, "</td></tr>\n");
    }
    til_page_end_table(page);
}

/* Normalised counts (log10 of count + 1) of one gene per group. */
static til_status_t gene_figure(til_page_t *page, const char *question, const char *id,
                                const char *label, size_t row, const size_t *columns)
{
    const til_matrix_t *m = page->in->normalized;
    double *value = til_array(page->groups.n, sizeof *value);
    til_strbuf_t svg = { 0 }, name = { 0 };
    til_status_t status;

    if (value == NULL) return til_no_memory(page->ctx, page->groups.n, "samples");
    for (size_t s = 0; s < page->groups.n; s++)
        value[s] = columns[s] == (size_t)-1 ? (double)NAN
                                            : log10(til_matrix_row(m, row)[columns[s]] + 1);
    til_plot_boxes(&svg, &page->groups, value, label, "log10(normalised count + 1)");
    til_strbuf_printf(&name, "gene_%s", question);
    status = name.failed ? til_no_memory(page->ctx, 1, "figure")
                         : til_page_figure(page, til_strbuf_text(&name), id, &svg);
    til_strbuf_clear(&name);
    free(value);
    return status;
}

/* The column of `m` of each sample of the page, (size_t)-1 where it has none. */
static til_status_t sample_columns(til_page_t *page, const til_matrix_t *m, size_t **out)
{
    til_names_t *names = NULL;
    til_status_t status = til_names_index(page->ctx, m->col_names, m->n_cols, &names);

    *out = NULL;
    if (status != TIL_OK) return status;
    *out = til_array(page->groups.n, sizeof **out);
    if (*out == NULL) status = til_no_memory(page->ctx, page->groups.n, "samples");
    for (size_t s = 0; status == TIL_OK && s < page->groups.n; s++) {
        ptrdiff_t c = til_names_find(names, page->groups.names[s]);
        (*out)[s] = c < 0 ? (size_t)-1 : (size_t)c;
    }
    til_names_free(names);
    return status;
}

static til_status_t gene_figures(til_page_t *page, const til_report_question_t *q,
                                 const tested_t *t, const size_t *rows, size_t n)
{
    const til_matrix_t *m = page->in->normalized;
    const til_column_t *id = til_table_column(q->de, "gene_id");
    til_names_t *genes = NULL;
    size_t *columns = NULL;
    til_status_t status;

    TIL_TRY(til_names_index(page->ctx, m->row_names, m->n_rows, &genes));
    TIL_TRY(sample_columns(page, m, &columns));
    til_strbuf_add(&page->html, "<div class=\"figures\">\n");
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t row = til_names_find(genes, id->text[rows[i]]);
        if (row >= 0)
            TIL_TRY(gene_figure(page, q->id, id->text[rows[i]], t->label[rows[i]], (size_t)row,
                                columns));
    }
    til_strbuf_add(&page->html, "</div>\n");
done:
    free(columns);
    til_names_free(genes);
    return status;
}

/* A test of several effects at once has none. */
static bool has_fold_changes(const tested_t *t)
{
    for (size_t g = 0; g < t->n; g++)
        if (isfinite(t->lfc[g])) return true;
    return false;
}

static til_status_t overview_figures(til_page_t *page, const til_report_question_t *q,
                                     const tested_t *t)
{
    til_strbuf_t svg = { 0 };
    til_status_t status;
    double alpha = page->in->alpha;

    til_strbuf_add(&page->html, "<div class=\"figures\">\n");
    if (has_fold_changes(t)) {
        til_plot_volcano(&svg, t->n, t->lfc, t->p, t->padj, t->label, alpha, q->id);
        TIL_TRY(til_page_figure(page, "volcano", q->id, &svg));
        til_plot_ma(&svg, t->n, t->mean, t->lfc, t->padj, alpha, "Fold change against mean");
        TIL_TRY(til_page_figure(page, "ma", q->id, &svg));
    }
    til_plot_p_histogram(&svg, t->n, t->p, "p values");
    TIL_TRY(til_page_figure(page, "p_histogram", q->id, &svg));
    til_strbuf_add(&page->html, "</div>\n");
done:
    return status;
}

static til_status_t set_section(til_page_t *page, const til_report_question_t *q)
{
    static const char *const names[] = { "size", "es", "nes", "pvalue", "padj" };
    const double *column[5];
    const til_column_t *edge = til_table_column(q->gsea, "leading_edge");
    til_strbuf_t *h = &page->html, svg = { 0 };
    size_t rows[TOP_SETS], n;
    til_status_t status = TIL_OK;

    for (size_t k = 0; k < 5; k++)
        TIL_TRY(til_page_column(page, q->gsea, "of sets", names[k], &column[k]));
    n = smallest(q->gsea->n_rows, column[3], column[2], TOP_SETS, rows);
    til_strbuf_add(h, "<h3>Gene sets along this ranking</h3>\n<p class=\"muted\">Whether the genes "
                      "of a set gather at one end of the ranking; genes are taken as independent, "
                      "patients do not count. The answer about patients stands above.</p>\n");
    til_page_begin_table(page, "gsea/", q->id, ".gsea.tsv");
    til_strbuf_add(h, "<th>set</th><th>size</th><th>es</th><th>nes</th><th>pvalue</th><th>padj</th>"
                      "<th>leading edge</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < n; i++) {
        til_strbuf_add(h, "<tr><td>");
        til_page_text(page, q->gsea->columns[0].text[rows[i]]);
        til_strbuf_add(h, "</td>");
        for (size_t k = 0; k < 5; k++) til_page_number(page, column[k][rows[i]]);
        til_strbuf_add(h, "<td>");
        if (edge != NULL && edge->type == TIL_COLUMN_TEXT && edge->text[rows[i]] != NULL) {
            const char *genes = edge->text[rows[i]];
            char shown[100];
            size_t length = strlen(genes), keep = length < sizeof shown ? length : sizeof shown - 1;
            while (keep < length && keep > 0 && genes[keep] != ',') keep--;
            memcpy(shown, genes, keep);
            shown[keep] = '\0';
            til_page_text(page, shown);
            if (keep < length) til_strbuf_add(h, ", &hellip;");
        }
        til_strbuf_add(h, "</td></tr>\n");
    }
    til_page_end_table(page);
    til_strbuf_add(h, "<div class=\"figures\">\n");
    for (size_t i = 0; i < q->n_curves; i++) {
        til_strbuf_t stem = { 0 };
        til_strbuf_printf(&stem, "enrichment_%s", q->id);
        til_plot_running_score(&svg, &q->curves[i]);
        status = til_page_figure(page, til_strbuf_text(&stem), q->curves[i].set, &svg);
        til_strbuf_clear(&stem);
        if (status != TIL_OK) goto done;
    }
    til_strbuf_add(h, "</div>\n");
done:
    return status;
}

til_status_t til_page_question(til_page_t *page, const til_report_question_t *q)
{
    tested_t t = { 0 };
    size_t rows[TOP_GENES], n;
    til_status_t status;

    TIL_TRY(read_columns(page, q, &t));
    til_strbuf_add(&page->html, "<h2 id=\"q-");
    til_page_text(page, q->id);
    til_strbuf_add(&page->html, "\">");
    til_page_text(page, q->id);
    til_strbuf_add(&page->html, "</h2>\n");
    TIL_TRY(overview_figures(page, q, &t));
    n = smallest(t.n, t.padj, t.stat, TOP_GENES, rows);
    gene_table(page, q, &t, rows, n);
    if (page->in->normalized != NULL)
        TIL_TRY(gene_figures(page, q, &t, rows, n < TOP_PLOTS ? n : TOP_PLOTS));
    if (q->gsea != NULL) TIL_TRY(set_section(page, q));
done:
    free(t.label);
    return status;
}
