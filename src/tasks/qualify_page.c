/* qualify_page.c -- the document of tilseq qualify as a page to print and sign. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "report/svg.h"
#include "tasks/qualify.h"

/* clang-format off */
static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<title>tilseq qualification</title>\n<style>\n"
    "body{font:14px/1.45 Helvetica,Arial,sans-serif;color:#222;background:#fff;margin:0 auto;max-width:1100px;padding:0 16px}\n"
    "h1{font-size:1.5em}h2{margin-top:1.6em;border-bottom:2px solid #0072B2}\n"
    "table{border-collapse:collapse;width:100%;font-size:12px}td,th{padding:3px 8px;border:1px solid #ccc;text-align:left;vertical-align:top}\n"
    "th{background:#f2f6f9}td{overflow-wrap:anywhere}.id{white-space:nowrap}.sign td{height:2.6em}\n"
    ".passed{color:#00634a;font-weight:bold}.failed{color:#a30000;font-weight:bold}\n"
    ".verdict{font-size:1.2em;padding:.4em .8em;background:#f2f6f9;border-left:5px solid #0072B2}\n"
    "code{font-size:11px}@media print{body{max-width:none;font-size:11px}tr{break-inside:avoid}table{font-size:9px}}\n"
    "</style></head><body>\n";
/* clang-format on */

static const char *text_of(const til_json_t *object, const char *key)
{
    const char *text = til_json_text(til_json_get(object, key));
    return text == NULL ? "" : text;
}

static void cell(til_strbuf_t *h, const char *kind, const char *text)
{
    til_strbuf_printf(h, kind[0] == '\0' ? "<td>" : "<td class=\"%s\">", kind);
    til_xml_escape(h, text);
    til_strbuf_add(h, "</td>");
}

static void fact(til_strbuf_t *h, const char *name, const char *value)
{
    til_strbuf_add(h, "<tr>");
    cell(h, "id", name);
    cell(h, "", value);
    til_strbuf_add(h, "</tr>\n");
}

static void installation(til_strbuf_t *h, const til_json_t *document)
{
    static const char *const variables[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE",
                                             "GLIBC_TUNABLES" };
    const til_json_t *all = til_json_get(document, "installation");
    const til_json_t *cpu = til_json_get(all, "cpu"), *system = til_json_get(all, "system");
    const til_json_t *libraries = til_json_get(all, "libraries");
    const til_json_t *environment = til_json_get(all, "environment");
    const til_json_t *program = til_json_get(all, "program");

    til_strbuf_add(h, "<h2>What is installed</h2>\n<table><tbody>\n");
    fact(h, "tilseq", text_of(document, "tilseq"));
    fact(h, "htslib", text_of(all, "htslib"));
    fact(h, "compression", text_of(all, "compression"));
    fact(h, "BLAS and LAPACK", text_of(all, "blas"));
    fact(h, "processor", text_of(cpu, "model"));
    fact(h, "instructions", text_of(cpu, "flags"));
    fact(h, "system", text_of(system, "system"));
    fact(h, "release", text_of(system, "release"));
    fact(h, "machine", text_of(system, "machine"));
    fact(h, "host", text_of(system, "host"));
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (til_json_get(environment, variables[i]) != NULL)
            fact(h, variables[i], text_of(environment, variables[i]));
    til_strbuf_add(h, "</tbody></table>\n<table><thead><tr><th>file in memory</th><th>SHA-256</th>"
                      "</tr></thead><tbody>\n");
    til_strbuf_add(h, "<tr>");
    cell(h, "", text_of(program, "path"));
    cell(h, "", text_of(program, "sha256"));
    til_strbuf_add(h, "</tr>\n");
    for (size_t i = 0; i < til_json_size(libraries); i++) {
        const til_json_t *library = til_json_at(libraries, i);
        til_strbuf_add(h, "<tr>");
        cell(h, "", text_of(library, "path"));
        cell(h, "", text_of(library, "sha256"));
        til_strbuf_add(h, "</tr>\n");
    }
    til_strbuf_add(h, "</tbody></table>\n");
}

static bool is_passed(const til_json_t *check)
{
    return til_json_is_true(til_json_get(check, "passed"));
}

static const til_json_t *find_check(const til_json_t *checks, const char *id)
{
    for (size_t i = 0; i < til_json_size(checks); i++)
        if (strcmp(text_of(til_json_at(checks, i), "id"), id) == 0) return til_json_at(checks, i);
    return NULL;
}

static void traceability(til_strbuf_t *h, const til_json_t *document)
{
    const til_json_t *list = til_json_get(document, "requirements");
    const til_json_t *checks = til_json_get(document, "checks");

    til_strbuf_printf(h,
                      "<h2>Requirements and the checks that show them</h2>\n<p>%.0f orphans: "
                      "requirements without a check, checks without a requirement.</p>\n"
                      "<table><thead><tr><th>requirement</th><th></th><th>checks</th>"
                      "<th>result</th></tr></thead><tbody>\n",
                      til_json_number(til_json_get(document, "n_orphans"), 0));
    for (size_t i = 0; i < til_json_size(list); i++) {
        const til_json_t *r = til_json_at(list, i), *ids = til_json_get(r, "checks");
        bool passed = til_json_size(ids) > 0;
        til_strbuf_add(h, "<tr>");
        cell(h, "id", text_of(r, "id"));
        cell(h, "", text_of(r, "text"));
        til_strbuf_add(h, "<td>");
        for (size_t k = 0; k < til_json_size(ids); k++) {
            const char *id = til_json_text(til_json_at(ids, k));
            til_strbuf_printf(h, "%s<a href=\"#%s\">%s</a>", k == 0 ? "" : " ", id, id);
            passed &= is_passed(find_check(checks, id));
        }
        til_strbuf_add(h, "</td>");
        cell(h, passed ? "passed" : "failed", passed ? "passed" : "failed");
        til_strbuf_add(h, "</tr>\n");
    }
    til_strbuf_add(h, "</tbody></table>\n");
}

static void stage(til_strbuf_t *h, const til_json_t *document, const char *name, const char *title)
{
    const til_json_t *checks = til_json_get(document, "checks");

    til_strbuf_printf(h,
                      "<h2>%s</h2>\n<table><thead><tr><th>check</th><th>requirement</th>"
                      "<th>what</th><th>found</th><th>tolerance</th><th>result</th></tr>"
                      "</thead><tbody>\n",
                      title);
    for (size_t i = 0; i < til_json_size(checks); i++) {
        const til_json_t *check = til_json_at(checks, i);
        double tolerance = til_json_number(til_json_get(check, "tolerance"), -1);
        if (strcmp(text_of(check, "stage"), name) != 0) continue;
        til_strbuf_printf(h, "<tr id=\"%s\">", text_of(check, "id"));
        cell(h, "id", text_of(check, "id"));
        cell(h, "id", text_of(check, "requirement"));
        til_strbuf_add(h, "<td>");
        til_xml_escape(h, text_of(check, "what"));
        if (text_of(check, "commands")[0] != '\0') {
            til_strbuf_add(h, "<br><code>");
            til_xml_escape(h, text_of(check, "commands"));
            til_strbuf_add(h, "</code>");
        }
        til_strbuf_add(h, "</td>");
        cell(h, "", text_of(check, "found"));
        if (tolerance < 0) cell(h, "id", "");
        else if (tolerance == 0) cell(h, "id", "exact");
        else til_strbuf_printf(h, "<td class=\"id\">%g</td>", tolerance);
        cell(h, is_passed(check) ? "passed" : "failed", is_passed(check) ? "passed" : "FAILED");
        til_strbuf_add(h, "</tr>\n");
    }
    til_strbuf_add(h, "</tbody></table>\n");
}

static void signatures(til_strbuf_t *h)
{
    static const char *const roles[] = { "performed by", "reviewed by", "approved by" };

    til_strbuf_add(h, "<h2>Signatures</h2>\n<table class=\"sign\"><thead><tr><th></th><th>name</th>"
                      "<th>role</th><th>date</th><th>signature</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        til_strbuf_printf(
            h, "<tr><td class=\"id\">%s</td><td></td><td></td><td></td><td></td></tr>\n", roles[i]);
    til_strbuf_add(h, "<tr><td class=\"id\">deviations and remarks</td><td colspan=\"4\"></td></tr>"
                      "\n</tbody></table>\n");
}

til_status_t til_qualify_page(til_ctx_t *ctx, const til_qualify_report_t *report,
                              til_strbuf_t *html)
{
    const til_json_t *document = report->document;

    til_strbuf_add(html, head);
    til_strbuf_add(html, "<h1>Qualification of tilseq ");
    til_xml_escape(html, report->tilseq);
    til_strbuf_printf(html,
                      "</h1>\n<p class=\"verdict\"><span class=\"%s\">%s</span>: %zu of %zu checks "
                      "passed, %zu orphans</p>\n",
                      report->passed ? "passed" : "failed", report->passed ? "passed" : "FAILED",
                      report->n_checks - report->n_failed, report->n_checks, report->n_orphans);
    signatures(html);
    installation(html, document);
    traceability(html, document);
    stage(html, document, "installation", "Installation (IQ)");
    stage(html, document, "operation", "Operation (OQ)");
    stage(html, document, "performance", "Performance (PQ)");
    til_strbuf_add(html, "</body></html>\n");
    return html->failed ? til_no_memory(ctx, 1, "page") : TIL_OK;
}
