/* plots.h -- one function per kind of figure: numbers in, SVG out. No statistics: what is drawn was
 * computed elsewhere. Each appends a whole <svg> to `svg`; want of memory is left in svg->failed.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_REPORT_PLOTS_H
#define TIL_REPORT_PLOTS_H

#include <stddef.h>
#include <tilseq/matrix.h>
#include <tilseq/report.h>

#include "base/strbuf.h"

/* Samples in groups, for colours and legends. */
typedef struct {
    size_t n;            /* samples                                  */
    char *const *names;  /* of the samples                           */
    const size_t *group; /* n, into labels                           */
    char *const *labels; /* n_groups                                 */
    size_t n_groups;
    const size_t *line; /* n: samples of one line are joined; NULL   */
} til_groups_t;

void til_plot_pca(til_strbuf_t *svg, const til_groups_t *groups, const double *pc1,
                  const double *pc2, const char *x_title, const char *y_title);

/* One bar per sample. */
void til_plot_bars(til_strbuf_t *svg, const til_groups_t *groups, const double *value,
                   const char *title, const char *y_title);

/* Gene-wise estimates (grey), fitted trend (orange), final (blue) against the mean; log-log.
 * `fitted` and `final` may be NULL. */
void til_plot_dispersion(til_strbuf_t *svg, size_t n, const double *mean, const double *gene_wise,
                         const double *fitted, const double *final);

/* log2 fold change against the mean; genes with padj < alpha in orange. */
void til_plot_ma(til_strbuf_t *svg, size_t n, const double *mean, const double *lfc,
                 const double *padj, double alpha, const char *title);

/* -log10 p against log2 fold change; the most significant genes are named by `label`. */
void til_plot_volcano(til_strbuf_t *svg, size_t n, const double *lfc, const double *p,
                      const double *padj, char *const *label, double alpha, const char *title);

void til_plot_p_histogram(til_strbuf_t *svg, size_t n, const double *p, const char *title);

void til_plot_running_score(til_strbuf_t *svg, const til_running_score_t *score);

/* Rows scaled to mean 0 and sd 1 for their colours; samples in groups, in the order given. */
void til_plot_heat_map(til_strbuf_t *svg, const til_matrix_t *m, const size_t *rows, size_t n_rows,
                       const size_t *columns, const til_groups_t *groups);

/* Boxes per group (median, quartiles, whiskers to 1.5 IQR), every sample a mark, lines joining
 * samples of one patient. */
void til_plot_boxes(til_strbuf_t *svg, const til_groups_t *groups, const double *value,
                    const char *title, const char *y_title);

/* An effect in one question, in SD of the first visit; NaN where there is none. */
typedef struct {
    double effect, low, high; /* low, high: 95 %       */
    double p, p_family;       /* by permutation, familywise */
    double n_up, n;           /* patients               */
} til_effect_t;

/* effect[row * n_columns + column]: a mark with its interval on one scale for all, filled where the
 * familywise p is below .05. */
void til_plot_forest(til_strbuf_t *svg, size_t n_rows, const char *const *names, size_t n_columns,
                     const char *const *titles, const til_effect_t *effect);

/* Who was seen when: arms side by side, visits along them, a line per patient. */
typedef struct {
    size_t n; /* samples */
    char *const *names;
    const size_t *arm, *visit, *line, *colour; /* n each, into the lists below   */
    const size_t *arm_of_line;                 /* n_lines                        */
    char *const *arms, *const *visits, *const *colours;
    size_t n_arms, n_visits, n_lines, n_colours;
} til_visits_t;

void til_plot_visits(til_strbuf_t *svg, const til_visits_t *visits, const double *value,
                     const char *title, const char *y_title);

#endif
