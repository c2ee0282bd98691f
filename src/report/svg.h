/* svg.h -- drawing: a figure is one SVG of fixed size whose bytes depend on its numbers only. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_REPORT_SVG_H
#define TIL_REPORT_SVG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Okabe & Ito's colours, told apart by most colour-blind readers; the first for "no group". */
enum { TIL_N_COLOURS = 8 };
extern const char *const til_colours[TIL_N_COLOURS];

typedef enum { TIL_ANCHOR_START, TIL_ANCHOR_MIDDLE, TIL_ANCHOR_END } til_anchor_t;

/* `title` is the figure's accessible name. Coordinates are pixels from the top left. */
void til_svg_begin(til_strbuf_t *svg, double width, double height, const char *title);
void til_svg_end(til_strbuf_t *svg);

void til_svg_line(til_strbuf_t *svg, double x1, double y1, double x2, double y2, const char *colour,
                  double width);
void til_svg_rect(til_strbuf_t *svg, double x, double y, double w, double h, const char *fill,
                  const char *stroke);
void til_svg_circle(til_strbuf_t *svg, double x, double y, double r, const char *fill);

/* Text, escaped. `angle` in degrees, clockwise. */
void til_svg_text(til_strbuf_t *svg, double x, double y, double size, til_anchor_t anchor,
                  double angle, const char *text);

/* A mark whose shape tells the group as its colour does: circle, square, triangle, diamond... */
void til_svg_mark(til_strbuf_t *svg, double x, double y, double r, size_t group,
                  const char *tooltip);

void til_svg_polyline_begin(til_strbuf_t *svg, const char *colour, double width);
void til_svg_polyline_point(til_strbuf_t *svg, double x, double y);
void til_svg_polyline_end(til_strbuf_t *svg);

/* Many dots of one colour as one path. Dots that fall on one tenth of a pixel are
 * drawn once. False for want of memory. */
bool til_svg_dots(til_strbuf_t *svg, size_t n, const double *x, const double *y, double diameter,
                  const char *colour);

/* Appends text with &, <, >, " and ' escaped; control bytes become U+FFFD. */
void til_xml_escape(til_strbuf_t *out, const char *text);

/* A linear scale from data to pixels, with round tick values. */
typedef struct {
    double lo, hi; /* data, after rounding out to ticks */
    double p0, p1; /* pixels of lo and hi               */
    double step;   /* between ticks                     */
} til_scale_t;

/* Covers lo..hi (widened when they are equal or not finite) with about n_ticks steps of 1, 2 or 5 x
 * 10^k. */
til_scale_t til_scale_make(double lo, double hi, double p0, double p1, int n_ticks);
double til_scale_at(const til_scale_t *s, double value);

/* Frame, ticks, tick labels and axis titles of a plot whose scales are x and y. */
void til_svg_axes(til_strbuf_t *svg, const til_scale_t *x, const til_scale_t *y,
                  const char *x_title, const char *y_title);

/* A number for people: three significant digits, all digits of whole thousands. */
void til_svg_number(til_strbuf_t *out, double value);

#endif
