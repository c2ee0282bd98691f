/* plots.c -- the figures of the report. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "report/plots.h"
#include "report/svg.h"

enum { WIDTH = 460, HEIGHT = 360, LEFT = 68, RIGHT = 20, TOP = 30, BOTTOM = 48 };

static const char grey[] = "#9a9a9a", blue[] = "#0072B2", orange[] = "#D55E00";

typedef struct {
    double lo, hi;
} range_t;

/* The finite range of n values; (0, 1) when there are none. */
static range_t range_of(size_t n, const double *x)
{
    range_t r = { INFINITY, -INFINITY };
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) continue;
        r.lo = fmin(r.lo, x[i]);
        r.hi = fmax(r.hi, x[i]);
    }
    return r.lo <= r.hi ? r : (range_t){ 0, 1 };
}

static void heading(til_strbuf_t *svg, double width, const char *text)
{
    til_svg_text(svg, width / 2, 17, 13, TIL_ANCHOR_MIDDLE, 0, text);
}

/* A vertical legend whose top left is at x, y. */
static void legend(til_strbuf_t *svg, double x, double y, const til_groups_t *groups)
{
    for (size_t k = 0; k < groups->n_groups; k++) {
        til_svg_mark(svg, x, y + 16 * (double)k, 4.5, k, NULL);
        til_svg_text(svg, x + 10, y + 16 * (double)k + 4, 11, TIL_ANCHOR_START, 0,
                     groups->labels[k]);
    }
}

static size_t longest(char *const *text, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (strlen(text[i]) > most) most = strlen(text[i]);
    return most;
}

/* The pixels of values on a scale, for til_svg_dots. NULL for want of memory (then svg->failed). */
static double *place(til_strbuf_t *svg, const til_scale_t *s, size_t n, const double *value)
{
    double *at = til_array(n, sizeof *at);
    if (at == NULL) {
        svg->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++) at[i] = isfinite(value[i]) ? til_scale_at(s, value[i]) : NAN;
    return at;
}

/* Dots of the points that `keep` chooses (all when NULL). */
static void scatter(til_strbuf_t *svg, size_t n, const double *px, const double *py,
                    const char *keep, char wanted, double diameter, const char *colour)
{
    double *x = til_array(n, sizeof *x), *y = til_array(n, sizeof *y);
    size_t m = 0;

    if (x != NULL && y != NULL && px != NULL && py != NULL) {
        for (size_t i = 0; i < n; i++)
            if (keep == NULL || keep[i] == wanted) {
                x[m] = px[i];
                y[m++] = py[i];
            }
        if (!til_svg_dots(svg, m, x, y, diameter, colour)) svg->failed = true;
    } else {
        svg->failed = true;
    }
    free(y);
    free(x);
}

void til_plot_pca(til_strbuf_t *svg, const til_groups_t *groups, const double *pc1,
                  const double *pc2, const char *x_title, const char *y_title)
{
    range_t rx = range_of(groups->n, pc1), ry = range_of(groups->n, pc2);
    double right = 24 + 7 * (double)longest(groups->labels, groups->n_groups),
           width = WIDTH + right;
    til_scale_t x = til_scale_make(rx.lo, rx.hi, LEFT, WIDTH - RIGHT, 5);
    til_scale_t y = til_scale_make(ry.lo, ry.hi, HEIGHT - BOTTOM, TOP, 5);

    til_svg_begin(svg, width, HEIGHT, "Principal components of the samples");
    heading(svg, width, "Principal components of the samples");
    til_svg_axes(svg, &x, &y, x_title, y_title);
    for (size_t s = 0; s < groups->n; s++)
        til_svg_mark(svg, til_scale_at(&x, pc1[s]), til_scale_at(&y, pc2[s]), 5, groups->group[s],
                     groups->names[s]);
    legend(svg, WIDTH + 4, TOP + 10, groups);
    til_svg_end(svg);
}

void til_plot_bars(til_strbuf_t *svg, const til_groups_t *groups, const double *value,
                   const char *title, const char *y_title)
{
    range_t r = range_of(groups->n, value);
    size_t n = 0, k = 0;

    for (size_t s = 0; s < groups->n; s++) n += isfinite(value[s]) != 0;
    double slot = n > 60 ? 9 : 14, width = LEFT + RIGHT + slot * (double)n;
    double below = 20 + 6.2 * (double)longest(groups->names, groups->n), legend_room;
    til_scale_t y;

    if (width < WIDTH) width = WIDTH;
    legend_room = 24 + 7 * (double)longest(groups->labels, groups->n_groups);
    y = til_scale_make(fmin(0, r.lo), r.hi, HEIGHT - BOTTOM, TOP, 5);
    til_scale_t x = { 0, 1, LEFT, LEFT + slot * (double)n, 0 };
    til_svg_begin(svg, width + legend_room, HEIGHT - BOTTOM + below, title);
    heading(svg, width, title);
    til_svg_axes(svg, &x, &y, "", y_title);
    for (size_t s = 0; s < groups->n; s++) {
        if (!isfinite(value[s])) continue;
        double left = LEFT + slot * (double)k++, top = til_scale_at(&y, value[s]);
        til_svg_rect(svg, left + 1, top, slot - 2, til_scale_at(&y, y.lo) - top,
                     til_colours[groups->group[s] % TIL_N_COLOURS], NULL);
        til_svg_text(svg, left + slot / 2 + 3, HEIGHT - BOTTOM + 6, slot > 10 ? 10 : 8,
                     TIL_ANCHOR_END, -90, groups->names[s]);
    }
    legend(svg, LEFT + slot * (double)n + 16, TOP + 10, groups);
    til_svg_end(svg);
}

/* log10 of positive values, NaN for the rest. */
static double *logs(til_strbuf_t *svg, size_t n, const double *x)
{
    double *out = til_array(n, sizeof *out);
    if (out == NULL) {
        svg->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++) out[i] = x[i] > 0 ? log10(x[i]) : NAN;
    return out;
}

static void draw_layer(til_strbuf_t *svg, const til_scale_t *x, const til_scale_t *y, size_t n,
                       const double *mean, const double *value, double diameter, const char *colour)
{
    double *ly = value == NULL ? NULL : logs(svg, n, value), *px, *py;

    if (ly == NULL) return;
    px = place(svg, x, n, mean);
    py = place(svg, y, n, ly);
    scatter(svg, n, px, py, NULL, 0, diameter, colour);
    free(py);
    free(px);
    free(ly);
}

void til_plot_dispersion(til_strbuf_t *svg, size_t n, const double *mean, const double *gene_wise,
                         const double *fitted, const double *final)
{
    double *lx = logs(svg, n, mean), *ly = logs(svg, n, gene_wise);

    til_svg_begin(svg, WIDTH, HEIGHT, "Dispersion against mean");
    heading(svg, WIDTH, "Dispersion against mean");
    if (lx != NULL && ly != NULL) {
        range_t rx = range_of(n, lx), ry = range_of(n, ly);
        til_scale_t x = til_scale_make(rx.lo, rx.hi, LEFT, WIDTH - RIGHT, 6);
        til_scale_t y = til_scale_make(fmax(ry.lo, -8), ry.hi, HEIGHT - BOTTOM, TOP + 12, 6);
        til_svg_axes(svg, &x, &y, "log10 mean of normalised counts", "log10 dispersion");
        draw_layer(svg, &x, &y, n, lx, gene_wise, 1.6, grey);
        draw_layer(svg, &x, &y, n, lx, final, 1.4, blue);
        draw_layer(svg, &x, &y, n, lx, fitted, 1.8, orange);
        static const char *const parts[] = { "gene-wise", "final", "trend" };
        const char *const colours[] = { grey, blue, orange };
        for (int i = 0; i < 3; i++) {
            til_svg_circle(svg, LEFT + 8 + 90 * i, TOP + 2, 3.5, colours[i]);
            til_svg_text(svg, LEFT + 16 + 90 * i, TOP + 6, 11, TIL_ANCHOR_START, 0, parts[i]);
        }
    }
    til_svg_end(svg);
    free(ly);
    free(lx);
}

enum { NOT_CALLED, UP, DOWN };

/* UP or DOWN for genes with padj < alpha. */
static char *called(til_strbuf_t *svg, size_t n, const double *padj, const double *lfc,
                    double alpha)
{
    char *keep = til_array(n, 1);
    if (keep == NULL) {
        svg->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        keep[i] = !(padj[i] < alpha) ? NOT_CALLED : lfc[i] < 0 ? DOWN : UP;
    return keep;
}

void til_plot_ma(til_strbuf_t *svg, size_t n, const double *mean, const double *lfc,
                 const double *padj, double alpha, const char *title)
{
    double *lx = logs(svg, n, mean), *px = NULL, *py = NULL;
    char *keep = called(svg, n, padj, lfc, alpha);

    til_svg_begin(svg, WIDTH, HEIGHT, title);
    heading(svg, WIDTH, title);
    if (lx != NULL && keep != NULL) {
        range_t rx = range_of(n, lx), ry = range_of(n, lfc);
        double most = fmin(12, fmax(fabs(ry.lo), fabs(ry.hi)));
        til_scale_t x = til_scale_make(rx.lo, rx.hi, LEFT, WIDTH - RIGHT, 6);
        til_scale_t y = til_scale_make(-most, most, HEIGHT - BOTTOM, TOP, 6);
        til_svg_axes(svg, &x, &y, "log10 mean of normalised counts", "log2 fold change");
        px = place(svg, &x, n, lx);
        py = place(svg, &y, n, lfc);
        for (size_t i = 0; py != NULL && i < n; i++) /* beyond the frame: at its edge */
            if (isfinite(py[i])) py[i] = fmin(fmax(py[i], TOP), HEIGHT - BOTTOM);
        scatter(svg, n, px, py, keep, NOT_CALLED, 1.8, grey);
        scatter(svg, n, px, py, keep, UP, 2.4, orange);
        scatter(svg, n, px, py, keep, DOWN, 2.4, blue);
        til_svg_line(svg, x.p0, til_scale_at(&y, 0), x.p1, til_scale_at(&y, 0), "#444", 1);
    }
    til_svg_end(svg);
    free(keep);
    free(py);
    free(px);
    free(lx);
}

/* Names the genes of smallest p, those that pass alpha, at most 12 of them. */
static void name_best(til_strbuf_t *svg, size_t n, const double *px, const double *py,
                      const double *p, const double *padj, char *const *label, double alpha)
{
    enum { MOST = 12 };
    size_t best[MOST], n_best = 0;

    for (size_t i = 0; i < n; i++) {
        if (!(padj[i] < alpha) || !isfinite(px[i]) || !isfinite(py[i])) continue;
        if (n_best == MOST && !(p[i] < p[best[MOST - 1]])) continue;
        size_t k = n_best < MOST ? n_best++ : MOST - 1;
        for (; k > 0 && p[i] < p[best[k - 1]]; k--) best[k] = best[k - 1];
        best[k] = i;
    }
    for (size_t k = 0; k < n_best; k++) {
        double x = px[best[k]] + 4, y = py[best[k]] - 3;
        bool free_place = true;
        for (size_t i = 0; i < k && free_place; i++) /* a name over another tells neither */
            free_place = fabs(py[best[i]] - 3 - y) > 9 ||
                         x > px[best[i]] + 6 + 5.5 * (double)strlen(label[best[i]]) ||
                         px[best[i]] + 4 > x + 2 + 5.5 * (double)strlen(label[best[k]]);
        bool at_edge = x + 5.5 * (double)strlen(label[best[k]]) > WIDTH - RIGHT;
        if (free_place)
            til_svg_text(svg, at_edge ? x - 8 : x, y, 9,
                         at_edge ? TIL_ANCHOR_END : TIL_ANCHOR_START, 0, label[best[k]]);
    }
}

void til_plot_volcano(til_strbuf_t *svg, size_t n, const double *lfc, const double *p,
                      const double *padj, char *const *label, double alpha, const char *title)
{
    double *minus = logs(svg, n, p), *px = NULL, *py = NULL;
    char *keep = called(svg, n, padj, lfc, alpha);

    til_svg_begin(svg, WIDTH, HEIGHT, title);
    heading(svg, WIDTH, title);
    for (size_t i = 0; minus != NULL && i < n; i++) {
        if (p[i] == 0) minus[i] = -320; /* below the smallest double */
        minus[i] = minus[i] == 0 ? 0 : -minus[i];
    }
    if (minus != NULL && keep != NULL) {
        range_t rx = range_of(n, lfc), ry = range_of(n, minus);
        double most = fmin(15, fmax(fabs(rx.lo), fabs(rx.hi)));
        til_scale_t x = til_scale_make(-most, most, LEFT, WIDTH - RIGHT, 6);
        til_scale_t y = til_scale_make(0, ry.hi, HEIGHT - BOTTOM, TOP, 6);
        til_svg_axes(svg, &x, &y, "log2 fold change", "-log10 p");
        px = place(svg, &x, n, lfc);
        py = place(svg, &y, n, minus);
        for (size_t i = 0; px != NULL && i < n; i++)
            if (isfinite(px[i])) px[i] = fmin(fmax(px[i], LEFT), WIDTH - RIGHT);
        scatter(svg, n, px, py, keep, NOT_CALLED, 1.8, grey);
        scatter(svg, n, px, py, keep, UP, 2.4, orange);
        scatter(svg, n, px, py, keep, DOWN, 2.4, blue);
        if (px != NULL && py != NULL) name_best(svg, n, px, py, p, padj, label, alpha);
    }
    til_svg_end(svg);
    free(keep);
    free(py);
    free(px);
    free(minus);
}

void til_plot_p_histogram(til_strbuf_t *svg, size_t n, const double *p, const char *title)
{
    enum { BINS = 20 };
    double count[BINS] = { 0 };

    for (size_t i = 0; i < n; i++) {
        if (!(p[i] >= 0 && p[i] <= 1)) continue;
        int bin = (int)(p[i] * BINS);
        count[bin < BINS ? bin : BINS - 1]++;
    }
    til_scale_t x = til_scale_make(0, 1, LEFT, WIDTH - RIGHT, 5);
    til_scale_t y = til_scale_make(0, range_of(BINS, count).hi, HEIGHT - BOTTOM, TOP, 5);
    til_svg_begin(svg, WIDTH, HEIGHT, title);
    heading(svg, WIDTH, title);
    til_svg_axes(svg, &x, &y, "p value", "genes");
    for (int b = 0; b < BINS; b++) {
        double left = til_scale_at(&x, b / (double)BINS), top = til_scale_at(&y, count[b]);
        til_svg_rect(svg, left, top, til_scale_at(&x, (b + 1) / (double)BINS) - left - 1,
                     til_scale_at(&y, 0) - top, blue, NULL);
    }
    til_svg_end(svg);
}

void til_plot_running_score(til_strbuf_t *svg, const til_running_score_t *score)
{
    range_t r = range_of(score->n_points, score->y);
    double bottom = HEIGHT - BOTTOM - 34;
    til_scale_t x = { 0, (double)score->n_genes, LEFT, WIDTH - RIGHT, 0 };
    til_scale_t y = til_scale_make(fmin(0, r.lo), fmax(0, r.hi), bottom, TOP + 14, 5);
    til_scale_t frame = til_scale_make(0, (double)score->n_genes, LEFT, WIDTH - RIGHT, 5);

    x.step = frame.step;
    til_svg_begin(svg, WIDTH, HEIGHT, score->set);
    heading(svg, WIDTH, score->set);
    til_svg_text(svg, WIDTH / 2.0, 32, 11, TIL_ANCHOR_MIDDLE, 0, score->caption);
    til_svg_axes(svg, &x, &y, "", "running score");
    til_svg_line(svg, x.p0, til_scale_at(&y, 0), x.p1, til_scale_at(&y, 0), "#444", 1);
    til_svg_polyline_begin(svg, "#009E73", 1.8);
    for (size_t i = 0; i < score->n_points; i++)
        til_svg_polyline_point(svg, til_scale_at(&x, score->x[i]), til_scale_at(&y, score->y[i]));
    til_svg_polyline_end(svg);
    for (size_t i = 0; i < score->n_hits; i++) {
        double at = til_scale_at(&x, score->hits[i]);
        til_svg_line(svg, at, bottom + 20, at, bottom + 40, "#222", .6);
    }
    til_svg_text(svg, WIDTH / 2.0, HEIGHT - 14, 12, TIL_ANCHOR_MIDDLE, 0, "rank of the gene");
    til_svg_end(svg);
}

/* Blue below, white at, red above the row's mean; saturated at 2.5 sd. */
static void heat_colour(double z, char text[8])
{
    double t = fmax(-1, fmin(1, z / 2.5));
    int r = t < 0 ? (int)lround(255 + t * (255 - 33)) : (int)lround(255 - t * (255 - 178));
    int g = t < 0 ? (int)lround(255 + t * (255 - 102)) : (int)lround(255 - t * (255 - 24));
    int b = t < 0 ? (int)lround(255 + t * (255 - 172)) : (int)lround(255 - t * (255 - 43));
    if (!isfinite(z)) r = g = b = 221;
    snprintf(text, 8, "#%02x%02x%02x", (unsigned)r & 255u, (unsigned)g & 255u, (unsigned)b & 255u);
}

/* Mean and sd of the finite values of a row at the chosen columns. */
static void row_moments(const double *x, const size_t *columns, size_t n, double *mean, double *sd)
{
    double sum = 0, squares = 0;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[columns[i]])) {
            sum += x[columns[i]];
            m++;
        }
    *mean = m > 0 ? sum / (double)m : NAN;
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[columns[i]])) squares += (x[columns[i]] - *mean) * (x[columns[i]] - *mean);
    *sd = m > 1 ? sqrt(squares / (double)(m - 1)) : 0;
}

/* What the colours mean: -2.5 to 2.5 sd of the row. */
static void colour_key(til_strbuf_t *svg, double x, double y)
{
    for (int i = 0; i < 11; i++) {
        char colour[8];
        heat_colour(-2.5 + 0.5 * i, colour);
        til_svg_rect(svg, x + 9 * i, y, 9, 8, colour, NULL);
    }
    til_svg_text(svg, x, y + 19, 9, TIL_ANCHOR_START, 0, "-2.5");
    til_svg_text(svg, x + 50, y + 19, 9, TIL_ANCHOR_MIDDLE, 0, "0 sd");
    til_svg_text(svg, x + 99, y + 19, 9, TIL_ANCHOR_END, 0, "2.5");
}

void til_plot_heat_map(til_strbuf_t *svg, const til_matrix_t *m, const size_t *rows, size_t n_rows,
                       const size_t *columns, const til_groups_t *groups)
{
    double cell = groups->n > 60 ? 8 : 12, tall = 13;
    double left = 12, right = fmax(120, 12 + 6.4 * (double)longest(m->row_names, m->n_rows));
    double width = left + cell * (double)groups->n + right, top = 46;
    double below = 12 + 6.2 * (double)longest(groups->names, groups->n);
    double height = top + tall * (double)n_rows + below + 18 * (double)groups->n_groups;

    if (width < WIDTH) width = WIDTH;
    til_svg_begin(svg, width, height, "Signature scores of the samples");
    heading(svg, width, "Signature scores (rows scaled; blue low, red high)");
    for (size_t i = 0; i < groups->n; i++)
        til_svg_rect(svg, left + cell * (double)i, top - 12, cell - .5, 9,
                     til_colours[groups->group[i] % TIL_N_COLOURS], NULL);
    for (size_t k = 0; k < n_rows; k++) {
        const double *x = til_matrix_row(m, rows[k]);
        double mean, sd;
        row_moments(x, columns, groups->n, &mean, &sd);
        for (size_t i = 0; i < groups->n; i++) {
            char colour[8];
            heat_colour(sd > 0                    ? (x[columns[i]] - mean) / sd
                        : isfinite(x[columns[i]]) ? 0
                                                  : NAN,
                        colour);
            til_svg_rect(svg, left + cell * (double)i, top + tall * (double)k, cell - .5, tall - .5,
                         colour, NULL);
        }
        til_svg_text(svg, left + cell * (double)groups->n + 5, top + tall * (double)k + 10, 10,
                     TIL_ANCHOR_START, 0, m->row_names[rows[k]]);
    }
    for (size_t i = 0; i < groups->n; i++)
        til_svg_text(svg, left + cell * ((double)i + .5) + 3, top + tall * (double)n_rows + 6,
                     cell > 10 ? 9 : 7, TIL_ANCHOR_END, -90, groups->names[i]);
    legend(svg, left + 6, top + tall * (double)n_rows + below + 8, groups);
    colour_key(svg, left + cell * (double)groups->n + 6, 6);
    til_svg_end(svg);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* R's default quantile of sorted values, for drawing a box. */
static double quantile(size_t n, const double *x, double p)
{
    double h = (double)(n - 1) * p;
    size_t i = (size_t)h;
    return i + 1 < n ? x[i] + (h - (double)i) * (x[i + 1] - x[i]) : x[n - 1];
}

static void draw_box(til_strbuf_t *svg, const til_scale_t *y, double at, size_t n,
                     const double *sorted)
{
    double q1 = quantile(n, sorted, .25), q2 = quantile(n, sorted, .5),
           q3 = quantile(n, sorted, .75);
    double lo = sorted[0], hi = sorted[n - 1], reach = 1.5 * (q3 - q1);

    for (size_t i = 0; i < n; i++)
        if (sorted[i] >= q1 - reach) {
            lo = sorted[i];
            break;
        }
    for (size_t i = n; i-- > 0;)
        if (sorted[i] <= q3 + reach) {
            hi = sorted[i];
            break;
        }
    til_svg_line(svg, at, til_scale_at(y, lo), at, til_scale_at(y, q1), "#555", 1);
    til_svg_line(svg, at, til_scale_at(y, q3), at, til_scale_at(y, hi), "#555", 1);
    til_svg_rect(svg, at - 16, til_scale_at(y, q3), 32, til_scale_at(y, q1) - til_scale_at(y, q3),
                 "#f4f4f4", "#555");
    til_svg_line(svg, at - 16, til_scale_at(y, q2), at + 16, til_scale_at(y, q2), "#222", 2);
}

void til_plot_boxes(til_strbuf_t *svg, const til_groups_t *groups, const double *value,
                    const char *title, const char *y_title)
{
    enum { TALL = 260, SLOT = 62 };
    range_t r = range_of(groups->n, value);
    double width = LEFT + RIGHT + SLOT * (double)groups->n_groups,
           *sorted = til_array(groups->n, sizeof *sorted);
    double slope = longest(groups->labels, groups->n_groups) > 9 ? -30 : 0;
    double height = TALL + (slope != 0 ? 20 : 0);
    til_scale_t y = til_scale_make(r.lo, r.hi, TALL - BOTTOM, TOP, 5);
    til_scale_t x = { 0, (double)groups->n_groups, LEFT, LEFT + SLOT * (double)groups->n_groups,
                      0 };

    if (width < 240) width = 240;
    til_svg_begin(svg, width, height, title);
    heading(svg, width, title);
    til_svg_axes(svg, &x, &y, "", y_title);
    for (size_t k = 0; k < groups->n_groups && sorted != NULL; k++) {
        double at = LEFT + SLOT * ((double)k + .5);
        size_t n = 0;
        for (size_t s = 0; s < groups->n; s++)
            if (groups->group[s] == k && isfinite(value[s])) sorted[n++] = value[s];
        qsort(sorted, n, sizeof *sorted, compare_doubles);
        if (n > 0) draw_box(svg, &y, at, n, sorted);
        til_svg_text(svg, at + (slope != 0 ? 8 : 0), TALL - BOTTOM + 17, 11,
                     slope != 0 ? TIL_ANCHOR_END : TIL_ANCHOR_MIDDLE, slope, groups->labels[k]);
    }
    for (size_t s = 0; groups->line != NULL && s < groups->n; s++)
        for (size_t t = s + 1; t < groups->n; t++) {
            if (groups->line[s] != groups->line[t] || !isfinite(value[s]) || !isfinite(value[t]))
                continue;
            til_svg_line(svg, LEFT + SLOT * ((double)groups->group[s] + .5),
                         til_scale_at(&y, value[s]), LEFT + SLOT * ((double)groups->group[t] + .5),
                         til_scale_at(&y, value[t]), "#bbbbbb", .8);
            break;
        }
    for (size_t s = 0; s < groups->n; s++)
        if (isfinite(value[s]))
            til_svg_mark(svg, LEFT + SLOT * ((double)groups->group[s] + .5),
                         til_scale_at(&y, value[s]), 3, groups->group[s], groups->names[s]);
    til_svg_end(svg);
    if (sorted == NULL) svg->failed = true;
    free(sorted);
}
