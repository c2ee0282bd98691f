/* report.c -- the page: head, answers, sections, methods. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/need.h"
#include "base/try.h"
#include "report/page.h"
#include "report/svg.h"

void til_page_text(til_page_t *page, const char *text) { til_xml_escape(&page->html, text); }

void til_page_number(til_page_t *page, double value)
{
    til_strbuf_add(&page->html, "<td class=\"n\" data-value=\"");
    til_strbuf_add_number(&page->html, value);
    til_strbuf_add(&page->html, "\">");
    if (isnan(value)) til_strbuf_add(&page->html, "<span class=\"muted\">NA</span>");
    else til_svg_number(&page->html, value);
    til_strbuf_add(&page->html, "</td>");
}

til_status_t til_page_column(til_page_t *page, const til_table_t *table, const char *what,
                             const char *name, const double **values)
{
    const til_column_t *column = til_table_column(table, name);
    if (column == NULL || column->type != TIL_COLUMN_NUMBER)
        return til_fail(page->ctx, TIL_EINPUT, "the table %s has no column of numbers '%s'", what,
                        name);
    *values = column->number;
    return TIL_OK;
}

til_status_t til_page_figure(til_page_t *page, const char *stem, const char *part,
                             til_strbuf_t *svg)
{
    til_strbuf_t name = { 0 };
    til_status_t status = til_grow(page->ctx, &page->figures, &page->figures_capacity,
                                   page->n_figures + 1, sizeof *page->figures);

    til_strbuf_printf(&name, "%s%s%s", stem, part == NULL ? "" : "_", part == NULL ? "" : part);
    const char *file = name.failed ? NULL : til_file_name(page->files, name.text);
    til_strbuf_reset(&name);
    if (file != NULL) til_strbuf_add(&name, file);
    if (status == TIL_OK && (svg->failed || file == NULL || name.failed))
        status = til_no_memory(page->ctx, 1, "figure");
    if (status != TIL_OK) {
        til_strbuf_clear(&name);
        til_strbuf_clear(svg);
        return status;
    }
    til_strbuf_add(&page->html, strcmp(stem, "heat_map") == 0 || strcmp(stem, "size_factors") == 0
                                    ? "<figure class=\"broad\">"
                                    : "<figure>");
    til_strbuf_add_n(&page->html, svg->text, svg->length);
    til_strbuf_add(&page->html, "</figure>\n");
    page->figures[page->n_figures++] = (til_figure_t){ name.text, svg->text };
    *svg = (til_strbuf_t){ 0 };
    return TIL_OK;
}

void til_page_begin_table(til_page_t *page, const char *folder, const char *id, const char *suffix)
{
    til_strbuf_t *h = &page->html;

    til_strbuf_add(h, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
    til_page_text(page, id);
    til_strbuf_add(h, " table\">\n<table data-table=\"");
    til_page_text(page, folder);
    til_page_text(page, id);
    til_page_text(page, suffix);
    til_strbuf_add(h, "\"><thead><tr>");
}

void til_page_end_table(til_page_t *page)
{
    til_strbuf_add(&page->html, "</tbody></table></div>\n");
}

/* ---- groups of samples --------------------------------------------------------------------- */

/* The label of a sample: its arm and time, or "samples" when the run knows neither. */
static void label_sample(const til_report_input_t *in, size_t s, til_strbuf_t *b)
{
    const char *const columns[] = { in->arm, in->time };

    til_strbuf_reset(b);
    for (size_t i = 0; i < 2; i++) {
        ptrdiff_t c = columns[i] == NULL ? -1 : til_sheet_column(in->sheet, columns[i]);
        if (c < 0) continue;
        if (b->length > 0) til_strbuf_add_char(b, ' ');
        til_strbuf_add(b, til_sheet_cell(in->sheet, s, (size_t)c));
    }
    if (b->length == 0) til_strbuf_add(b, "samples");
}

/* Groups in order of arm, then time, as the sheet first names each. */
static til_status_t make_groups(til_page_t *page)
{
    const til_report_input_t *in = page->in;
    size_t n = in->sheet->n_samples;
    ptrdiff_t pair = in->pair == NULL ? -1 : til_sheet_column(in->sheet, in->pair);
    til_names_t *labels = til_names_new(), *patients = til_names_new();
    til_strbuf_t label = { 0 };
    til_status_t status = TIL_OK;

    page->group = til_array(n, sizeof *page->group);
    page->line = til_array(n, sizeof *page->line);
    page->labels = til_array(n, sizeof *page->labels);
    if (labels == NULL || patients == NULL || page->group == NULL || page->line == NULL ||
        page->labels == NULL) {
        status = til_no_memory(page->ctx, n, "samples");
        goto done;
    }
    for (size_t s = 0; s < n && status == TIL_OK; s++) {
        label_sample(in, s, &label);
        ptrdiff_t id = til_names_add(labels, til_strbuf_text(&label), NULL);
        ptrdiff_t line = pair < 0 ? 0
                                  : til_names_add(patients,
                                                  til_sheet_cell(in->sheet, s, (size_t)pair), NULL);
        if (id < 0 || line < 0 || label.failed) status = til_no_memory(page->ctx, n, "samples");
        page->group[s] = (size_t)id;
        page->line[s] = (size_t)line;
    }
    page->groups = (til_groups_t){ .n = n,
                                   .names = in->sheet->samples,
                                   .group = page->group,
                                   .labels = page->labels,
                                   .line = pair < 0 ? NULL : page->line };
    for (size_t k = 0; status == TIL_OK && k < til_names_count(labels); k++) {
        const char *text = til_names_get(labels, k);
        size_t size = strlen(text) + 1;
        page->labels[k] = til_array(size, 1);
        if (page->labels[k] == NULL) status = til_no_memory(page->ctx, size, "bytes");
        else memcpy(page->labels[k], text, size);
        page->groups.n_groups = k + 1;
    }
done:
    til_strbuf_clear(&label);
    til_names_free(patients);
    til_names_free(labels);
    return status;
}

/* ---- answers ------------------------------------------------------------------------------- */

/* One line per question: how many genes rose and fell, which set leads. */
static til_status_t answer(til_page_t *page, const til_report_question_t *q)
{
    const double *lfc = NULL, *padj = NULL, *gsea_padj = NULL, *nes = NULL;
    size_t n_up = 0, n_down = 0, n_called = 0, n_tested = 0, best = 0;
    til_strbuf_t *h = &page->html;
    til_status_t status;

    TIL_TRY(til_page_column(page, q->de, q->id, "log2FoldChange", &lfc));
    TIL_TRY(til_page_column(page, q->de, q->id, "padj", &padj));
    for (size_t g = 0; g < q->de->n_rows; g++) {
        n_tested += isnan(padj[g]) == 0;
        if (!(padj[g] < page->in->alpha)) continue;
        n_called++;
        n_up += lfc[g] > 0;
        n_down += lfc[g] < 0;
    }
    til_strbuf_add(h, "<li><a href=\"#q-");
    til_page_text(page, q->id);
    til_strbuf_add(h, "\"><b>");
    til_page_text(page, q->id);
    if (q->is_whole)
        til_strbuf_printf(h, "</b></a>: %zu gene%s differ%s at FDR ", n_called,
                          n_called == 1 ? "" : "s", n_called == 1 ? "s" : "");
    else
        til_strbuf_printf(h, "</b></a>: %zu gene%s up, %zu down at FDR ", n_up,
                          n_up == 1 ? "" : "s", n_down);
    til_svg_number(h, page->in->alpha);
    til_strbuf_printf(h, " (of %zu tested)", n_tested);
    if (q->gsea != NULL) {
        TIL_TRY(til_page_column(page, q->gsea, "of sets", "padj", &gsea_padj));
        TIL_TRY(til_page_column(page, q->gsea, "of sets", "nes", &nes));
        size_t n_sets = q->gsea->n_rows, n_sets_called = 0, n_sets_tested = 0;
        bool any = false;
        for (size_t i = 0; i < n_sets; i++) {
            n_sets_called += gsea_padj[i] < 0.05;
            if (isnan(gsea_padj[i])) continue;
            n_sets_tested++;
            if (!any || gsea_padj[i] < gsea_padj[best] ||
                (gsea_padj[i] == gsea_padj[best] && fabs(nes[i]) > fabs(nes[best])))
                best = i;
            any = true;
        }
        til_strbuf_printf(h, "; along this ranking %zu of %zu gene sets tested at FDR 0.05",
                          n_sets_called, n_sets_tested);
        if (any && gsea_padj[best] < 0.05) {
            til_strbuf_add(h, ", first ");
            til_page_text(page, q->gsea->columns[0].text[best]);
            til_strbuf_add(h, nes[best] > 0 ? " (up, NES " : " (down, NES ");
            til_svg_number(h, nes[best]);
            til_strbuf_add(h, ")");
        }
    }
    til_strbuf_add(h, "</li>\n");
done:
    return status;
}

static void page_head(til_page_t *page)
{
    const til_report_input_t *in = page->in;
    til_strbuf_t *h = &page->html;

    til_strbuf_printf(
        h,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
        in->style_hash, in->script_hash);
    til_page_text(page, in->title);
    til_strbuf_printf(h, "</title>\n<style>%s</style></head><body>\n<main>\n<h1>",
                      til_report_style());
    til_page_text(page, in->title);
    til_strbuf_add(h, "</h1>\n");
    if (in->n_trial == 0)
        til_strbuf_printf(h, "<p class=\"muted\">%zu samples; tilseq %s</p>\n",
                          in->sheet->n_samples, in->version);
}

static void page_links(til_page_t *page)
{
    const til_report_input_t *in = page->in;
    til_strbuf_t *h = &page->html;

    til_strbuf_add(h, "<nav aria-label=\"Sections\"><a href=\"#samples\">Samples</a>");
    for (size_t i = 0; i < in->n_questions; i++) {
        til_strbuf_add(h, "<a href=\"#q-");
        til_page_text(page, in->questions[i].id);
        til_strbuf_add(h, "\">");
        til_page_text(page, in->questions[i].id);
        til_strbuf_add(h, "</a>");
    }
    if (in->n_trial > 0) til_strbuf_add(h, "<a href=\"#trial\">By patient</a>");
    if (in->scores != NULL) til_strbuf_add(h, "<a href=\"#signatures\">Signatures</a>");
    til_strbuf_add(h, "<a href=\"#methods\">Methods</a></nav>\n");
}

static void page_methods(til_page_t *page)
{
    til_strbuf_t *h = &page->html;

    til_strbuf_add(h, "<h2 id=\"methods\">Methods</h2>\n");
    for (size_t i = 0; i < page->in->n_methods; i++) {
        til_strbuf_add(h, "<p>");
        til_page_text(page, page->in->methods[i]);
        til_strbuf_add(h, "</p>\n");
    }
    if (page->in->n_commands > 0)
        til_strbuf_add(h, "<p>The steps of this run, each of which can be typed:</p>\n<ol>\n");
    for (size_t i = 0; i < page->in->n_commands; i++) {
        til_strbuf_add(h, "<li><code>");
        til_page_text(page, page->in->commands[i]);
        til_strbuf_add(h, "</code></li>\n");
    }
    if (page->in->n_commands > 0) til_strbuf_add(h, "</ol>\n");
    til_strbuf_printf(h, "</main>\n<script>%s</script></body></html>\n", til_report_script());
}

static void page_clear(til_page_t *page)
{
    for (size_t k = 0; k < page->groups.n_groups; k++) free(page->labels[k]);
    free(page->labels);
    free(page->line);
    free(page->group);
    til_file_names_free(page->files);
    til_page_visits_clear(page);
}

til_status_t til_report_make(til_ctx_t *ctx, const til_report_input_t *input, til_report_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_report_t){ 0 };
    TIL_NEED(ctx, input);
    til_page_t page = { .ctx = ctx, .in = input, .files = til_file_names_new() };
    til_status_t status;

    if (page.files == NULL) return til_no_memory(ctx, 1, "names");
    TIL_TRY(make_groups(&page));
    TIL_TRY(til_page_visits(&page));
    page_head(&page);
    if (input->n_trial > 0) TIL_TRY(til_page_first_screen(&page));
    page_links(&page);
    TIL_TRY(til_page_samples(&page));
    if (input->n_trial > 0) TIL_TRY(til_page_trial(&page));
    if (input->n_questions > 0) {
        til_strbuf_add(&page.html, "<h2 id=\"genes\">Genes</h2>\n<ul class=\"answers\">\n");
        for (size_t i = 0; i < input->n_questions; i++)
            TIL_TRY(answer(&page, &input->questions[i]));
        til_strbuf_add(&page.html, "</ul>\n");
    }
    for (size_t i = 0; i < input->n_questions; i++)
        TIL_TRY(til_page_question(&page, &input->questions[i]));
    if (input->scores != NULL) TIL_TRY(til_page_scores(&page));
    page_methods(&page);
    if (page.html.failed) status = til_no_memory(ctx, 1, "page");
done:
    page_clear(&page);
    out->html = page.html.text;
    out->figures = page.figures;
    out->n_figures = page.n_figures;
    if (status != TIL_OK) til_report_clear(out);
    return status;
}

void til_report_clear(til_report_t *report)
{
    if (report == NULL) return;
    for (size_t i = 0; i < report->n_figures; i++) {
        free(report->figures[i].name);
        free(report->figures[i].svg);
    }
    free(report->figures);
    free(report->html);
    *report = (til_report_t){ 0 };
}
