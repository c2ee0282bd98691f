/* page_trial.c -- the first screen: what the trial says, patient by patient.
 *
 * One sentence per question for the leading signature, one figure of all headline signatures in
 * every question on one scale, and the patients' own lines. Everything is read from the tables of
 * `tilseq trial`; the page counts patients and words verdicts, it computes nothing.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "report/page.h"
#include "report/svg.h"

static const char *const leading[] = { "EFFECTOR_CORE", "CYT_ROONEY_2015", "IFNG6_AYERS_2017" };

static const char *text_at(const til_table_t *t, const char *name, size_t row)
{
    const til_column_t *c = til_table_column(t, name);
    return c == NULL || c->type != TIL_COLUMN_TEXT ? NULL : c->text[row];
}

static double number_at(const til_table_t *t, const char *name, size_t row)
{
    const til_column_t *c = til_table_column(t, name);
    return c == NULL || c->type != TIL_COLUMN_NUMBER ? (double)NAN : c->number[row];
}

static ptrdiff_t row_of(const til_table_t *t, const char *signature)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (strcmp(t->columns[0].text[i], signature) == 0) return (ptrdiff_t)i;
    return -1;
}

static bool is_primary(const til_table_t *t, size_t row)
{
    const char *family = text_at(t, "family", row);
    return family == NULL || strcmp(family, "primary") == 0;
}

/* The signature the sentences are about: the first of the leading ones that was tested anywhere,
 * else the first row. */
static const char *choose_leader(const til_report_input_t *in)
{
    for (size_t k = 0; k < sizeof leading / sizeof *leading; k++)
        for (size_t i = 0; i < in->n_trial; i++) {
            ptrdiff_t row = row_of(in->trial[i].table, leading[k]);
            if (row >= 0 && isfinite(number_at(in->trial[i].table, "effect", (size_t)row)))
                return leading[k];
        }
    return in->trial[0].table->n_rows > 0 ? in->trial[0].table->columns[0].text[0] : "";
}

/* What one unit of effect is in SD of the first visit. */
static double sd_units(const til_table_t *t, size_t row)
{
    double effect = number_at(t, "effect", row), in_sd = number_at(t, "effect_sd", row);
    double sd = number_at(t, "sd_first", row);

    if (sd > 0) return 1 / sd;
    return effect != 0 ? in_sd / effect : (double)NAN;
}

/* Two decimals are what a standard deviation from a trial can carry. */
static void signed_number(til_strbuf_t *h, double value)
{
    double hundredths = round(value * 100);

    if (hundredths > 0) til_strbuf_add_char(h, '+');
    til_strbuf_printf(h, "%s%d.%02d", hundredths < 0 ? "-" : "", abs((int)hundredths) / 100,
                      abs((int)hundredths) % 100);
}

/* ---- facts ----------------------------------------------------------------------------- */

/* "43 patients (NAIVE 19, PROG 24)": patients with a value in any question, by arm. */
static til_status_t put_patients(til_page_t *page)
{
    const til_report_input_t *in = page->in;
    til_names_t *patients = til_names_new(), *arms = til_names_new();
    size_t *count = NULL, capacity = 0;
    til_status_t status = TIL_OK;
    til_strbuf_t *h = &page->html;

    if (patients == NULL || arms == NULL) TIL_TRY(til_no_memory(page->ctx, 1, "names"));
    for (size_t i = 0; i < in->n_trial; i++) {
        const til_table_t *t = in->trial[i].patients;
        for (size_t r = 0; t != NULL && r < t->n_rows; r++) {
            const char *arm = text_at(t, "arm", r);
            int is_new;
            if (til_names_add(patients, t->columns[0].text[r], &is_new) < 0)
                TIL_TRY(til_no_memory(page->ctx, r, "patients"));
            if (!is_new || arm == NULL) continue;
            ptrdiff_t a = til_names_add(arms, arm, &is_new);
            if (a < 0) TIL_TRY(til_no_memory(page->ctx, r, "arms"));
            TIL_TRY(til_grow(page->ctx, &count, &capacity, (size_t)a + 1, sizeof *count));
            if (is_new) count[a] = 0;
            count[a]++;
        }
    }
    til_strbuf_printf(h, "<b>%zu %s</b>", til_names_count(patients),
                      in->pair != NULL ? "patients" : "samples");
    for (size_t a = 0; a < til_names_count(arms); a++) {
        til_strbuf_add(h, a == 0 ? " (" : ", ");
        til_page_text(page, til_names_get(arms, a));
        til_strbuf_printf(h, " %zu", count[a]);
    }
    if (til_names_count(arms) > 0) til_strbuf_add(h, ")");
done:
    free(count);
    til_names_free(arms);
    til_names_free(patients);
    return status;
}

/* Who is in no question, each sample with its reason. */
static void put_left_out(til_page_t *page)
{
    const til_table_t *t = page->in->left_out;
    til_strbuf_t *h = &page->html;

    if (t == NULL || t->n_rows == 0) {
        til_strbuf_add(h, " | nobody left out");
        return;
    }
    til_strbuf_printf(h, " | <details class=\"inline\"><summary>%zu %s left out</summary><ul>",
                      t->n_rows, t->n_rows == 1 ? "sample" : "samples");
    for (size_t i = 0; i < t->n_rows; i++) {
        const char *patient = text_at(t, "patient", i), *reason = text_at(t, "reason", i);
        til_strbuf_add(h, "<li>");
        til_page_text(page, t->columns[0].text[i]);
        if (patient != NULL) {
            til_strbuf_add(h, " (");
            til_page_text(page, patient);
            til_strbuf_add(h, ")");
        }
        til_strbuf_add(h, ": ");
        til_page_text(page, reason == NULL ? "no reason given" : reason);
        til_strbuf_add(h, "</li>");
    }
    til_strbuf_add(h, "</ul></details>");
}

/* ---- sentences ----------------------------------------------------------------------------- */

static const char *verdict_class(const char *verdict)
{
    if (strcmp(verdict, "rose") == 0) return "rose";
    if (strcmp(verdict, "fell") == 0) return "fell";
    return "open";
}

static void put_interval(til_strbuf_t *h, const til_table_t *t, size_t row)
{
    double unit = sd_units(t, row);

    signed_number(h, number_at(t, "effect", row) * unit);
    til_strbuf_add(h, " SD (95 % interval ");
    signed_number(h, number_at(t, "ci_low", row) * unit);
    til_strbuf_add(h, " to ");
    signed_number(h, number_at(t, "ci_high", row) * unit);
    til_strbuf_add(h, ")");
}

static void put_sentence(til_page_t *page, const til_report_trial_t *q, const char *leader)
{
    til_strbuf_t *h = &page->html;
    ptrdiff_t found = row_of(q->table, leader);
    size_t row = found < 0 ? 0 : (size_t)found;
    const char *verdict = q->table->n_rows == 0 ? NULL : text_at(q->table, "verdict", row);

    til_strbuf_add(h, "<li>");
    til_page_text(page, q->text);
    til_strbuf_add(h, ": ");
    if (found < 0 || verdict == NULL) {
        til_strbuf_add(h, "<b class=\"open\">not tested</b>");
    } else {
        til_strbuf_add(h, "<b>");
        til_page_text(page, leader);
        til_strbuf_printf(h, "</b> <b class=\"%s\">", verdict_class(verdict));
        til_page_text(page, verdict);
        til_strbuf_add(h, "</b>");
        if (isfinite(number_at(q->table, "effect", row))) {
            til_strbuf_add(h, ", ");
            put_interval(h, q->table, row);
            double p = number_at(q->table, "p_permutation", row);
            double p_family = number_at(q->table, "p_family", row);
            double n_up = number_at(q->table, "n_up", row);
            if (isfinite(n_up))
                til_strbuf_printf(h, ", %.0f of %.0f up", n_up,
                                  number_at(q->table, "n_patients", row));
            if (isfinite(p)) {
                til_strbuf_add(h, ", permutation p ");
                til_svg_number(h, p);
            }
            if (isfinite(p_family)) {
                til_strbuf_add(h, ", family p ");
                til_svg_number(h, p_family);
            }
        }
    }
    til_strbuf_add(h, " <small class=\"muted\">");
    til_page_text(page, q->id);
    til_strbuf_add(h, "</small></li>\n");
}

/* ---- figures ------------------------------------------------------------------------------- */

enum { MOST_COLUMNS = 4, MOST_ROWS = 14 };

/* Signatures of the figure: those of the primary family of any shown question, in table order. */
static size_t choose_rows(const til_report_input_t *in, size_t n_columns, const char **names)
{
    const til_table_t *t = in->trial[0].table;
    size_t n = 0;

    (void)n_columns;
    for (size_t i = 0; i < t->n_rows && n < MOST_ROWS; i++)
        if (is_primary(t, i)) names[n++] = t->columns[0].text[i];
    return n;
}

static til_status_t forest_figure(til_page_t *page)
{
    const til_report_input_t *in = page->in;
    size_t n_columns = in->n_trial < MOST_COLUMNS ? in->n_trial : MOST_COLUMNS;
    const char *names[MOST_ROWS], *titles[MOST_COLUMNS];
    size_t n_rows = choose_rows(in, n_columns, names);
    til_effect_t *effect = til_array_zero(n_rows * n_columns, sizeof *effect);
    til_strbuf_t svg = { 0 };

    if (effect == NULL) return til_no_memory(page->ctx, n_rows * n_columns, "effects");
    for (size_t c = 0; c < n_columns; c++) titles[c] = in->trial[c].text;
    for (size_t i = 0; i < n_rows; i++)
        for (size_t c = 0; c < n_columns; c++) {
            const til_table_t *t = in->trial[c].table;
            til_effect_t *e = &effect[i * n_columns + c];
            ptrdiff_t row = row_of(t, names[i]);
            double unit = row < 0 ? (double)NAN : sd_units(t, (size_t)row);

            *e = (til_effect_t){ NAN, NAN, NAN, NAN, NAN, NAN, NAN };
            if (row < 0) continue;
            e->effect = number_at(t, "effect", (size_t)row) * unit;
            e->low = number_at(t, "ci_low", (size_t)row) * unit;
            e->high = number_at(t, "ci_high", (size_t)row) * unit;
            e->p = number_at(t, "p_permutation", (size_t)row);
            e->p_family = number_at(t, "p_family", (size_t)row);
            e->n_up = number_at(t, "n_up", (size_t)row);
            e->n = number_at(t, "n_patients", (size_t)row);
        }
    til_plot_forest(&svg, n_rows, names, n_columns, titles, effect);
    free(effect);
    return til_page_figure(page, "forest", NULL, &svg);
}

/* The leading signature's score at every visit, one line a patient. */
static til_status_t patient_figure(til_page_t *page, const char *leader)
{
    const til_matrix_t *m = page->in->scores;
    til_names_t *columns = NULL;
    til_strbuf_t svg = { 0 };
    double *value = NULL;
    size_t row = 0;
    til_status_t status = TIL_OK;

    while (m != NULL && row < m->n_rows && strcmp(m->row_names[row], leader) != 0) row++;
    if (m == NULL || row == m->n_rows || page->in->time == NULL) return TIL_OK;
    TIL_TRY(til_names_index(page->ctx, m->col_names, m->n_cols, &columns));
    value = til_array(page->groups.n, sizeof *value);
    if (value == NULL) TIL_TRY(til_no_memory(page->ctx, page->groups.n, "samples"));
    for (size_t s = 0; s < page->groups.n; s++) {
        ptrdiff_t c = til_names_find(columns, page->groups.names[s]);
        value[s] = c < 0 ? (double)NAN : til_matrix_row(m, row)[c];
    }
    til_plot_visits(&svg, &page->visits, value, leader, "score");
    TIL_TRY(til_page_figure(page, "patients", leader, &svg));
done:
    free(value);
    til_names_free(columns);
    return status;
}

/* ---- tables ---------------------------------------------------------------------------- */

static const char *const shown[] = { "n_genes", "n_found",       "n_patients", "n_up",
                                     "effect",  "ci_low",        "ci_high",    "effect_sd",
                                     "pvalue",  "p_permutation", "p_family",   "padj" };
enum { N_SHOWN = sizeof shown / sizeof *shown };

static til_status_t question_table(til_page_t *page, const til_report_trial_t *q)
{
    const til_table_t *t = q->table;
    const double *column[N_SHOWN];
    til_strbuf_t *h = &page->html;
    til_status_t status = TIL_OK;

    for (size_t k = 0; k < N_SHOWN; k++)
        TIL_TRY(til_page_column(page, t, q->id, shown[k], &column[k]));
    til_strbuf_add(h, "<details><summary>");
    til_page_text(page, q->text);
    til_strbuf_printf(h, ": all %zu signatures</summary>\n", t->n_rows);
    til_page_begin_table(page, "trial/", q->file, ".trial.tsv");
    til_strbuf_add(h, "<th scope=\"col\">signature</th>");
    for (size_t k = 0; k < N_SHOWN; k++)
        til_strbuf_printf(h, "<th scope=\"col\">%s</th>", shown[k]);
    til_strbuf_add(h, "<th scope=\"col\">verdict</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < t->n_rows; i++) {
        const char *verdict = text_at(t, "verdict", i), *why = text_at(t, "status", i);
        til_strbuf_add(h, "<tr><td>");
        til_page_text(page, t->columns[0].text[i]);
        til_strbuf_add(h, "</td>");
        for (size_t k = 0; k < N_SHOWN; k++) til_page_number(page, column[k][i]);
        til_strbuf_add(h, "<td>");
        til_page_text(page, verdict != NULL ? verdict : why != NULL ? why : "");
        til_strbuf_add(h, "</td></tr>\n");
    }
    til_page_end_table(page);
    til_strbuf_add(h, "</details>\n");
done:
    return status;
}

/* ---- sections ------------------------------------------------------------------------------ */

til_status_t til_page_first_screen(til_page_t *page)
{
    const til_report_input_t *in = page->in;
    const char *leader = choose_leader(in);
    til_strbuf_t *h = &page->html;
    til_status_t status;

    til_strbuf_add(h, "<section id=\"answer\" aria-label=\"Answer\"><p class=\"facts\">");
    TIL_TRY(put_patients(page));
    put_left_out(page);
    til_strbuf_printf(h, " | tilseq %s</p>\n<ul class=\"answers\">\n", in->version);
    for (size_t i = 0; i < in->n_trial; i++) put_sentence(page, &in->trial[i], leader);
    til_strbuf_add(h, "</ul>\n<div class=\"first\">\n");
    TIL_TRY(forest_figure(page));
    TIL_TRY(patient_figure(page, leader));
    til_strbuf_add(h, "</div></section>\n");
done:
    return status;
}

til_status_t til_page_trial(til_page_t *page)
{
    til_status_t status = TIL_OK;

    til_strbuf_add(&page->html,
                   "<h2 id=\"trial\">Signatures by patient</h2>\n"
                   "<p>Each patient counts once. Effects are in log2, effect_sd in standard "
                   "deviations of the first visit; p_permutation moves whole patients between arms "
                   "(or turns their signs), p_family is for all primary signatures and questions "
                   "together, padj is Benjamini-Hochberg.</p>\n");
    for (size_t i = 0; i < page->in->n_trial && status == TIL_OK; i++)
        status = question_table(page, &page->in->trial[i]);
    return status;
}
