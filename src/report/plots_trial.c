/* plots_trial.c -- effects with their intervals, and the lines of patients over visits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "report/plots.h"
#include "report/svg.h"

enum { LABEL = 178, PANEL = 146, NOTE = 88, ROW = 23, HEAD = 60, FOOT = 40 };

static const double MOST_SD = 3;         /* intervals beyond are cut at the frame, with an arrow */
static const double FAMILY_LEVEL = 0.05; /* a filled mark */
static const char ink[] = "#1b4f72", pale[] = "#ffffff";

/* Breaks `text` at blanks into lines of at most `most` bytes, three at the most. */
static void wrapped(til_strbuf_t *svg, double x, double y, size_t most, const char *text)
{
    for (int line = 0; line < 3 && *text != '\0'; line++) {
        char piece[64];
        size_t n = strlen(text), keep = n;
        if (n > most) {
            keep = most;
            while (keep > 0 && text[keep] != ' ') keep--;
            if (keep == 0) keep = most;
        }
        while (keep > 0 && keep < n && ((unsigned char)text[keep] & 0xC0) == 0x80) keep--;
        if (keep >= sizeof piece) keep = sizeof piece - 1;
        memcpy(piece, text, keep);
        piece[keep] = '\0';
        til_svg_text(svg, x, y + 13 * line, 11, TIL_ANCHOR_START, 0, piece);
        text += keep;
        while (*text == ' ') text++;
    }
}

static double furthest(const til_effect_t *effect, size_t n)
{
    double most = 0.5;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(effect[i].low)) most = fmax(most, fabs(effect[i].low));
        if (isfinite(effect[i].high)) most = fmax(most, fabs(effect[i].high));
    }
    return fmin(most, MOST_SD);
}

static void draw_effect(til_strbuf_t *svg, const til_scale_t *x, double y, const til_effect_t *e)
{
    double low = fmax(e->low, x->lo), high = fmin(e->high, x->hi);
    bool is_filled = e->p_family < FAMILY_LEVEL;
    const char *colour = e->low > 0 ? til_colours[1] : e->high < 0 ? til_colours[0] : ink;

    til_svg_line(svg, til_scale_at(x, low), y, til_scale_at(x, high), y, colour, 2);
    til_strbuf_add(svg, "<circle cx=\"");
    til_strbuf_add_number(svg,
                          round(til_scale_at(x, fmax(x->lo, fmin(x->hi, e->effect))) * 10) / 10);
    til_strbuf_add(svg, "\" cy=\"");
    til_strbuf_add_number(svg, round(y * 10) / 10);
    til_strbuf_printf(svg, "\" r=\"5\" fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>\n",
                      is_filled ? colour : pale, colour);
}

static void note(til_strbuf_t *svg, double x, double y, const til_effect_t *e)
{
    til_strbuf_t text = { 0 };

    if (isfinite(e->p)) {
        til_strbuf_add(&text, "p ");
        til_svg_number(&text, e->p);
    }
    if (isfinite(e->n_up)) til_strbuf_printf(&text, "  %.0f/%.0f", e->n_up, e->n);
    til_svg_text(svg, x, y + 4, 10, TIL_ANCHOR_START, 0, til_strbuf_text(&text));
    svg->failed |= text.failed;
    til_strbuf_clear(&text);
}

void til_plot_forest(til_strbuf_t *svg, size_t n_rows, const char *const *names, size_t n_columns,
                     const char *const *titles, const til_effect_t *effect)
{
    double width = LABEL + (double)n_columns * (PANEL + NOTE) + 10;
    double height = HEAD + ROW * (double)n_rows + FOOT, bottom = HEAD + ROW * (double)n_rows;
    double most = furthest(effect, n_rows * n_columns);

    til_svg_begin(svg, width, height, "Effects with 95 % intervals, in SD of the first visit");
    for (size_t c = 0; c < n_columns; c++) {
        double left = LABEL + (double)c * (PANEL + NOTE);
        til_scale_t x = til_scale_make(-most, most, left + 6, left + PANEL - 6, 4);
        til_strbuf_t tick = { 0 };

        wrapped(svg, left + 4, 14, 34, titles[c]);
        til_svg_rect(svg, left, HEAD - 8, PANEL, bottom - HEAD + 12, "none", "#bbbbbb");
        for (int i = 0; i <= (int)lround((x.hi - x.lo) / x.step); i++) {
            double value = x.lo + i * x.step;
            if (fabs(value) < x.step * 1e-9) value = 0;
            til_strbuf_reset(&tick);
            til_svg_number(&tick, value);
            til_svg_line(svg, til_scale_at(&x, value), HEAD - 8, til_scale_at(&x, value),
                         bottom + 4, value == 0 ? "#777777" : "#e6e6e6", 1);
            til_svg_text(svg, til_scale_at(&x, value), bottom + 17, 10, TIL_ANCHOR_MIDDLE, 0,
                         til_strbuf_text(&tick));
        }
        for (size_t i = 0; i < n_rows; i++) {
            const til_effect_t *e = &effect[i * n_columns + c];
            double y = HEAD + ROW * ((double)i + .5) - 4;
            if (isfinite(e->effect)) {
                draw_effect(svg, &x, y, e);
                note(svg, left + PANEL + 5, y, e);
            } else {
                til_svg_text(svg, left + PANEL / 2.0, y + 4, 10, TIL_ANCHOR_MIDDLE, 0,
                             "not tested");
            }
        }
        svg->failed |= tick.failed;
        til_strbuf_clear(&tick);
    }
    for (size_t i = 0; i < n_rows; i++)
        til_svg_text(svg, LABEL - 8, HEAD + ROW * ((double)i + .5), 11, TIL_ANCHOR_END, 0,
                     names[i]);
    til_svg_text(svg, LABEL, bottom + 34, 11, TIL_ANCHOR_START, 0,
                 "SD of the first visit; filled: family p < .05; p: permutation; then patients up");
    til_svg_end(svg);
}

/* ---- patients over visits ----------------------------------------------------------------- */

enum { V_TOP = 46, V_HEIGHT = 330, V_BOTTOM = 62, V_LEFT = 62 };

static void draw_line(til_strbuf_t *svg, const til_visits_t *v, const double *value,
                      const til_scale_t *y, double left, double step, size_t patient)
{
    double last_x = NAN, last_y = NAN;
    const char *colour = "#999999";

    for (size_t t = 0; t < v->n_visits; t++)
        for (size_t s = 0; s < v->n; s++) {
            if (v->line[s] != patient || v->visit[s] != t || !isfinite(value[s])) continue;
            double px = left + step * ((double)t + .5), py = til_scale_at(y, value[s]);
            if (v->n_colours > 1) colour = til_colours[v->colour[s] % TIL_N_COLOURS];
            if (isfinite(last_x)) til_svg_line(svg, last_x, last_y, px, py, colour, 1.3);
            last_x = px;
            last_y = py;
        }
}

void til_plot_visits(til_strbuf_t *svg, const til_visits_t *v, const double *value,
                     const char *title, const char *y_title)
{
    double lo = INFINITY, hi = -INFINITY, step = v->n_visits > 3 ? 44 : 62;
    double panel = step * (double)v->n_visits, gap = 14;
    double width = V_LEFT + (panel + gap) * (double)v->n_arms + 8;
    double legend = v->n_colours > 1 ? 18 : 0, bottom = V_HEIGHT - V_BOTTOM;

    for (size_t s = 0; s < v->n; s++)
        if (isfinite(value[s])) {
            lo = fmin(lo, value[s]);
            hi = fmax(hi, value[s]);
        }
    if (width < 260) width = 260;
    til_scale_t y = til_scale_make(lo, hi, bottom, V_TOP, 5);
    til_svg_begin(svg, width, V_HEIGHT + legend, title);
    til_svg_text(svg, width / 2, 16, 13, TIL_ANCHOR_MIDDLE, 0, title);
    for (size_t a = 0; a < v->n_arms; a++) {
        double left = V_LEFT + (panel + gap) * (double)a;
        til_scale_t x = { 0, 1, left, left + panel, 0 };

        if (a == 0) til_svg_axes(svg, &x, &y, "", y_title);
        else til_svg_rect(svg, left, V_TOP, panel, bottom - V_TOP, "none", "#999");
        til_svg_text(svg, left + panel / 2, V_TOP - 8, 12, TIL_ANCHOR_MIDDLE, 0, v->arms[a]);
        for (size_t t = 0; t < v->n_visits; t++)
            til_svg_text(svg, left + step * ((double)t + .5), bottom + 17, 11, TIL_ANCHOR_MIDDLE, 0,
                         v->visits[t]);
        for (size_t p = 0; p < v->n_lines; p++)
            if (v->arm_of_line[p] == a) draw_line(svg, v, value, &y, left, step, p);
        for (size_t s = 0; s < v->n; s++)
            if (v->arm[s] == a && isfinite(value[s]))
                til_svg_mark(svg, left + step * ((double)v->visit[s] + .5),
                             til_scale_at(&y, value[s]), 3, v->colour[s], v->names[s]);
    }
    double at = 14;
    for (size_t k = 0; k < v->n_colours && v->n_colours > 1; k++) {
        til_svg_mark(svg, at, V_HEIGHT - 14, 4.5, k, NULL);
        til_svg_text(svg, at + 9, V_HEIGHT - 10, 11, TIL_ANCHOR_START, 0, v->colours[k]);
        at += 26 + 6.5 * (double)strlen(v->colours[k]);
    }
    til_svg_end(svg);
}
