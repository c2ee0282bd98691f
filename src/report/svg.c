/* svg.c -- drawing primitives and axes. Numbers are written with at most one decimal: byte-stable,
 * small. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "report/svg.h"

const char *const til_colours[TIL_N_COLOURS] = { "#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                 "#E69F00", "#56B4E9", "#000000", "#8A8A8A" };

void til_xml_escape(til_strbuf_t *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        switch (c) {
        case '&': til_strbuf_add(out, "&amp;"); break;
        case '<': til_strbuf_add(out, "&lt;"); break;
        case '>': til_strbuf_add(out, "&gt;"); break;
        case '"': til_strbuf_add(out, "&quot;"); break;
        case '\'': til_strbuf_add(out, "&#39;"); break;
        default:
            if (c < 0x20 || c == 0x7f) til_strbuf_add(out, "\xEF\xBF\xBD");
            else til_strbuf_add_char(out, *text);
        }
    }
}

/* A coordinate: one decimal, no negative zero. */
static void add_px(til_strbuf_t *b, double value)
{
    double tenths = round(value * 10);
    if (!(fabs(tenths) < 1e9)) tenths = 0; /* NaN and nonsense: never into a coordinate */
    til_strbuf_add_number(b, tenths == 0 ? 0 : tenths / 10);
}

static void attribute(til_strbuf_t *b, const char *name, double value)
{
    til_strbuf_printf(b, " %s=\"", name);
    add_px(b, value);
    til_strbuf_add_char(b, '"');
}

void til_svg_begin(til_strbuf_t *svg, double width, double height, const char *title)
{
    til_strbuf_add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
    add_px(svg, width);
    til_strbuf_add_char(svg, ' ');
    add_px(svg, height);
    til_strbuf_add_char(svg, '"');
    attribute(svg, "width", width);
    attribute(svg, "height", height);
    til_strbuf_add(
        svg, " role=\"img\" font-family=\"Helvetica,Arial,sans-serif\" fill=\"#222\"><title>");
    til_xml_escape(svg, title);
    til_strbuf_add(svg, "</title>\n");
}

void til_svg_end(til_strbuf_t *svg) { til_strbuf_add(svg, "</svg>\n"); }

void til_svg_line(til_strbuf_t *svg, double x1, double y1, double x2, double y2, const char *colour,
                  double width)
{
    til_strbuf_add(svg, "<line");
    attribute(svg, "x1", x1);
    attribute(svg, "y1", y1);
    attribute(svg, "x2", x2);
    attribute(svg, "y2", y2);
    attribute(svg, "stroke-width", width);
    til_strbuf_printf(svg, " stroke=\"%s\"/>\n", colour);
}

void til_svg_rect(til_strbuf_t *svg, double x, double y, double w, double h, const char *fill,
                  const char *stroke)
{
    til_strbuf_add(svg, "<rect");
    attribute(svg, "x", x);
    attribute(svg, "y", y);
    attribute(svg, "width", w < 0 ? 0 : w);
    attribute(svg, "height", h < 0 ? 0 : h);
    til_strbuf_printf(svg, " fill=\"%s\"", fill);
    if (stroke != NULL) til_strbuf_printf(svg, " stroke=\"%s\"", stroke);
    til_strbuf_add(svg, "/>\n");
}

void til_svg_circle(til_strbuf_t *svg, double x, double y, double r, const char *fill)
{
    til_strbuf_add(svg, "<circle");
    attribute(svg, "cx", x);
    attribute(svg, "cy", y);
    attribute(svg, "r", r);
    til_strbuf_printf(svg, " fill=\"%s\"/>\n", fill);
}

void til_svg_text(til_strbuf_t *svg, double x, double y, double size, til_anchor_t anchor,
                  double angle, const char *text)
{
    static const char *const anchors[] = { "", " text-anchor=\"middle\"", " text-anchor=\"end\"" };

    til_strbuf_add(svg, "<text");
    attribute(svg, "x", x);
    attribute(svg, "y", y);
    attribute(svg, "font-size", size);
    til_strbuf_add(svg, anchors[anchor]);
    if (angle != 0) {
        til_strbuf_add(svg, " transform=\"rotate(");
        add_px(svg, angle);
        til_strbuf_add_char(svg, ' ');
        add_px(svg, x);
        til_strbuf_add_char(svg, ' ');
        add_px(svg, y);
        til_strbuf_add(svg, ")\"");
    }
    til_strbuf_add_char(svg, '>');
    til_xml_escape(svg, text);
    til_strbuf_add(svg, "</text>\n");
}

static void add_points(til_strbuf_t *svg, double x, double y, double r, const double (*corner)[2],
                       int n)
{
    til_strbuf_add(svg, "<polygon points=\"");
    for (int i = 0; i < n; i++) {
        if (i > 0) til_strbuf_add_char(svg, ' ');
        add_px(svg, x + r * corner[i][0]);
        til_strbuf_add_char(svg, ',');
        add_px(svg, y + r * corner[i][1]);
    }
    til_strbuf_add_char(svg, '"');
}

void til_svg_mark(til_strbuf_t *svg, double x, double y, double r, size_t group,
                  const char *tooltip)
{
    static const double square[][2] = { { -.9, -.9 }, { .9, -.9 }, { .9, .9 }, { -.9, .9 } };
    static const double triangle[][2] = { { 0, -1.2 }, { 1.1, .8 }, { -1.1, .8 } };
    static const double diamond[][2] = { { 0, -1.3 }, { 1.3, 0 }, { 0, 1.3 }, { -1.3, 0 } };

    switch (group % 4) {
    case 0:
        til_strbuf_add(svg, "<circle");
        attribute(svg, "cx", x);
        attribute(svg, "cy", y);
        attribute(svg, "r", r);
        break;
    case 1: add_points(svg, x, y, r, triangle, 3); break;
    case 2: add_points(svg, x, y, r, square, 4); break;
    default: add_points(svg, x, y, r, diamond, 4);
    }
    til_strbuf_printf(svg, " fill=\"%s\" fill-opacity=\".85\"", til_colours[group % TIL_N_COLOURS]);
    if (tooltip == NULL) {
        til_strbuf_add(svg, "/>\n");
        return;
    }
    til_strbuf_add(svg, "><title>");
    til_xml_escape(svg, tooltip);
    til_strbuf_printf(svg, "</title></%s>\n", group % 4 == 0 ? "circle" : "polygon");
}

void til_svg_polyline_begin(til_strbuf_t *svg, const char *colour, double width)
{
    til_strbuf_printf(svg, "<polyline fill=\"none\" stroke=\"%s\"", colour);
    attribute(svg, "stroke-width", width);
    til_strbuf_add(svg, " points=\"");
}

void til_svg_polyline_point(til_strbuf_t *svg, double x, double y)
{
    add_px(svg, x);
    til_strbuf_add_char(svg, ',');
    add_px(svg, y);
    til_strbuf_add_char(svg, ' ');
}

void til_svg_polyline_end(til_strbuf_t *svg) { til_strbuf_add(svg, "\"/>\n"); }

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

bool til_svg_dots(til_strbuf_t *svg, size_t n, const double *x, const double *y, double diameter,
                  const char *colour)
{
    enum { OFFSET = 1 << 20 }; /* tenths of a pixel, made positive */
    uint64_t *at = til_array(n, sizeof *at);
    size_t n_at = 0;

    if (at == NULL) return false;
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(x[i]) < 1e4) || !(fabs(y[i]) < 1e4)) continue;
        uint64_t px = (uint64_t)(llround(x[i] * 10) + OFFSET),
                 py = (uint64_t)(llround(y[i] * 10) + OFFSET);
        at[n_at++] = px << 32 | py;
    }
    qsort(at, n_at, sizeof *at, compare_u64);
    if (n_at > 0) {
        til_strbuf_printf(
            svg, "<path stroke=\"%s\" stroke-linecap=\"round\" stroke-opacity=\".6\" fill=\"none\"",
            colour);
        attribute(svg, "stroke-width", diameter);
        til_strbuf_add(svg, " d=\"");
        for (size_t i = 0; i < n_at; i++) {
            if (i > 0 && at[i] == at[i - 1]) continue;
            til_strbuf_add_char(svg, 'M');
            add_px(svg, ((double)(at[i] >> 32) - OFFSET) / 10);
            til_strbuf_add_char(svg, ' ');
            add_px(svg, ((double)(at[i] & 0xffffffffu) - OFFSET) / 10);
            til_strbuf_add(svg, "h0");
        }
        til_strbuf_add(svg, "\"/>\n");
    }
    free(at);
    return true;
}

/* ---- scales ------------------------------------------------------------------------------ */

til_scale_t til_scale_make(double lo, double hi, double p0, double p1, int n_ticks)
{
    if (!isfinite(lo) || !isfinite(hi)) lo = 0, hi = 1;
    if (lo > hi) {
        double t = lo;
        lo = hi;
        hi = t;
    }
    if (hi - lo < 1e-12 * fmax(1, fabs(hi))) {
        double pad = lo == 0 ? 1 : fabs(lo) * 0.1;
        lo -= pad;
        hi += pad;
    }
    double rough = (hi - lo) / n_ticks, power = pow(10, floor(log10(rough))), step = power;
    if (rough > 5 * power) step = 10 * power;
    else if (rough > 2 * power) step = 5 * power;
    else if (rough > power) step = 2 * power;
    return (til_scale_t){ .lo = floor(lo / step + 1e-9) * step,
                          .hi = ceil(hi / step - 1e-9) * step,
                          .p0 = p0,
                          .p1 = p1,
                          .step = step };
}

double til_scale_at(const til_scale_t *s, double value)
{
    return s->p0 + (value - s->lo) / (s->hi - s->lo) * (s->p1 - s->p0);
}

void til_svg_number(til_strbuf_t *out, double value)
{
    char text[32];

    if (value == 0) value = 0; /* no negative zero */
    /* 12345 is easier read than 1.23e+04 */
    snprintf(text, sizeof text, fabs(value) >= 1000 && fabs(value) < 1e6 ? "%.0f" : "%.3g", value);
    for (char *c = text; *c != '\0'; c++)
        if (*c == ',') *c = '.'; /* whatever the locale */
    til_strbuf_add(out, isnan(value) ? "NA" : text);
}

void til_svg_axes(til_strbuf_t *svg, const til_scale_t *x, const til_scale_t *y,
                  const char *x_title, const char *y_title)
{
    til_strbuf_t label = { 0 };
    double left = fmin(x->p0, x->p1), right = fmax(x->p0, x->p1);
    double top = fmin(y->p0, y->p1), bottom = fmax(y->p0, y->p1);

    for (int i = 0; x->step > 0 && i <= (int)lround((x->hi - x->lo) / x->step); i++) {
        double value = x->lo + i * x->step, at = til_scale_at(x, value);
        if (fabs(value) < x->step * 1e-9) value = 0;
        til_strbuf_reset(&label);
        til_svg_number(&label, value);
        til_svg_line(svg, at, top, at, bottom, "#e6e6e6", 1);
        til_svg_text(svg, at, bottom + 15, 11, TIL_ANCHOR_MIDDLE, 0, til_strbuf_text(&label));
    }
    for (int i = 0; y->step > 0 && i <= (int)lround((y->hi - y->lo) / y->step); i++) {
        double value = y->lo + i * y->step, at = til_scale_at(y, value);
        if (fabs(value) < y->step * 1e-9) value = 0;
        til_strbuf_reset(&label);
        til_svg_number(&label, value);
        til_svg_line(svg, left, at, right, at, "#e6e6e6", 1);
        til_svg_text(svg, left - 5, at + 4, 11, TIL_ANCHOR_END, 0, til_strbuf_text(&label));
    }
    til_svg_rect(svg, left, top, right - left, bottom - top, "none", "#999");
    til_svg_text(svg, (left + right) / 2, bottom + 33, 12, TIL_ANCHOR_MIDDLE, 0, x_title);
    til_svg_text(svg, left - 50, (top + bottom) / 2, 12, TIL_ANCHOR_MIDDLE, -90, y_title);
    svg->failed |= label.failed;
    til_strbuf_clear(&label);
}
