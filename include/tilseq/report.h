/* tilseq/report.h -- one self-contained page from the tables of a run.
 *
 *   in:  the tables that the other rooms wrote (the trial's answers, size factors, PCA,
 *        dispersions, tests, enrichment, scores)
 *   out: an HTML page without outside references, and its figures as SVG files
 *
 * The page can be read without its one script, which sorts, searches and saves tables.
 *
 * The room draws and words; it computes no statistic and opens no file. Every number shown stands
 * in one of the tables given. Names from the data are escaped.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_REPORT_H
#define TILSEQ_REPORT_H

#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/design.h>
#include <tilseq/matrix.h>
#include <tilseq/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The running score of one gene set along the ranking. */
typedef struct {
    char *set, *caption; /* caption: NES and adjusted p in words            */
    size_t n_genes;      /* in the ranking                                  */
    size_t n_points;
    double *x, *y; /* corners of the curve: rank 0..n_genes, score    */
    size_t n_hits;
    double *hits; /* ranks of the set's genes, 1..n_genes            */
} til_running_score_t;

/* One answer of the trial: what is known of the patients. */
typedef struct {
    const char *id;              /* on_in_NAIVE                    */
    const char *file;            /* stem of its files in trial/    */
    const char *text;            /* in words; the id where unknown */
    const til_table_t *table;    /* columns of ID.trial.tsv        */
    const til_table_t *patients; /* columns of ID.patients.tsv     */
} til_report_trial_t;

/* One question: its test, its enrichment. */
typedef struct {
    const char *id;          /* on_in_NAIVE                                     */
    const til_table_t *de;   /* columns of ID.de.tsv                            */
    const til_table_t *gsea; /* columns of the enrichment table, or NULL        */
    const til_running_score_t *curves;
    size_t n_curves;
    bool is_whole; /* a test of several effects at once: nothing is up or down          */
} til_report_question_t;

/* All pointers are borrowed; tables that a run did not make are NULL. */
typedef struct {
    const char *title, *version;
    const til_sheet_t *sheet;
    const char *pair, *time, *arm; /* columns of the sheet, or NULL                   */
    const char *response;          /* column that colours patients, or NULL           */
    double alpha;                  /* of the calls                                    */
    const til_table_t *size_factors;
    const til_table_t *pca;          /* sample PC1 PC2 ...; percents in pca_percent     */
    const double *pca_percent;       /* of variance, one per component                  */
    const til_table_t *dispersions;  /* gene_id ... as the engine wrote them            */
    const til_report_trial_t *trial; /* the questions of the first screen               */
    size_t n_trial;
    const til_table_t *left_out; /* sample patient reason                           */
    const til_report_question_t *questions;
    size_t n_questions;
    const til_matrix_t *normalized; /* for the plots of single genes                   */
    const til_matrix_t *scores;     /* sets x samples                                  */
    const til_table_t *coverage;    /* set n_genes n_found found_fraction missing      */
    const char *const *commands;    /* the steps, as typed                             */
    size_t n_commands;
    const char *const *methods; /* name, summary, reference in a sentence each      */
    size_t n_methods;
    const char *style_hash, *script_hash; /* base64 SHA-256 of the two texts below, for the page's
                                             content security policy                  */
} til_report_input_t;

typedef struct {
    char *name; /* file stem: volcano_on_in_NAIVE                  */
    char *svg;  /* the file's text                                 */
} til_figure_t;

typedef struct {
    char *html;
    til_figure_t *figures;
    size_t n_figures;
} til_report_t;

/* The style sheet and the script that every page carries. */
const char *til_report_style(void);
const char *til_report_script(void);

/* Makes the page. `out` is left empty unless TIL_OK. TIL_EINPUT when a table lacks a column that
 * the contract of the command line gives it. */
TIL_MUST_USE
til_status_t til_report_make(til_ctx_t *ctx, const til_report_input_t *input, til_report_t *out);
void til_report_clear(til_report_t *report);

#ifdef __cplusplus
}
#endif
#endif
