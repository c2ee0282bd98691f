/* tilseq/de.h -- which genes differ, by how much, and how sure are we.
 *
 *   in:  til_matrix_t     counts, genes x samples
 *        til_design_t     samples x coefficients, in the order of the count columns
 *        til_contrast_t   the questions: vectors over the coefficients
 *   out: til_de_result_t  one table per question, and what was estimated on the way
 *
 * The room opens no file and prints nothing; remarks go to ctx->log.
 * To add a method: write src/de/<method>.c (til_de_input_t in, til_de_result_t out), name it in
 * src/de/methods.h.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_DE_H
#define TILSEQ_DE_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/design.h>
#include <tilseq/matrix.h>
#include <tilseq/table.h>
#include <tilseq/words.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    TIL_DE_WALD, /* each contrast                                                            */
    TIL_DE_LRT   /* the model against `reduced`: one table, the contrasts name the effects in it */
} til_de_test_t;

/* The id of the one question of TIL_DE_LRT. */
#define TIL_DE_WHOLE_ID "lrt"

/* What a test with a threshold t > 0 on log2 fold change b takes as the alternative. */
typedef enum {
    TIL_DE_GREATER_ABS, /* |b| > t */
    TIL_DE_LESS_ABS,    /* |b| < t */
    TIL_DE_GREATER,     /*  b  > t */
    TIL_DE_LESS         /*  b  < -t */
} til_de_alternative_t;

typedef enum {
    TIL_DE_TREND_PARAMETRIC, /* a0 + a1 / mean; falls back to local where that fails */
    TIL_DE_TREND_LOCAL,
    TIL_DE_TREND_MEAN
} til_de_trend_t;

typedef enum { TIL_DE_SHRINK_NONE, TIL_DE_SHRINK_NORMAL } til_de_shrink_t;

typedef enum {
    TIL_DE_FILTER_AUTO, /* the method's own: independent filtering, or by expression */
    TIL_DE_FILTER_NONE,
    TIL_DE_FILTER_EXPR /* edgeR's filterByExpr before the fit                       */
} til_de_filter_t;

/* Whether counts on a common scale and log-like values are wanted beside the tables. */
typedef enum { TIL_DE_MATRICES_AUTO, TIL_DE_MATRICES_NONE } til_de_matrices_t;

/* Their words, as tilseq de has them. */
extern const til_words_t til_de_test_words, til_de_alternative_words, til_de_trend_words,
    til_de_shrink_words, til_de_filter_words, til_de_matrices_words;

/* What is asked. All pointers are borrowed. Start from TIL_DE_INPUT_INIT. */
typedef struct {
    const til_matrix_t *counts; /* genes x samples                                    */
    const til_design_t *design; /* rows in the order of the columns of counts         */
    const til_contrast_t *contrasts;
    size_t n_contrasts;
    const til_design_t *reduced; /* LRT: the smaller model; else NULL                  */
    const til_matrix_t *lengths; /* average transcript lengths, same shape as counts,
                                           or NULL: offsets for changes of isoform            */
    const double *size_factors;  /* n_samples, > 0, or NULL: the method's own          */
    const size_t *block;         /* sample -> block 0..n_blocks - 1, or NULL           */
    size_t n_blocks;
    const size_t *filter_groups; /* sample -> group, for filter expr:VARIABLE, or NULL:
                                           the filter then looks at the design                */
    til_de_test_t test;
    til_de_alternative_t alternative;
    til_de_trend_t trend;
    til_de_shrink_t shrink;
    til_de_filter_t filter;
    til_de_matrices_t matrices;
    double lfc_threshold;             /* >= 0, log2                                         */
    double alpha;                     /* the FDR that independent filtering optimises for   */
    bool ebayes_trend, ebayes_robust; /* voom, limma: prior variance by mean; winsorised    */
    bool compatible;                  /* the peer's answer where the default knows better   */
    bool tests_only;                  /* leave normalized and expression empty (null checks) */
} til_de_input_t;

#ifdef __cplusplus
static inline til_de_input_t til_de_input_defaults(void)
{
    til_de_input_t x = til_de_input_t();
    x.alpha = 0.1;
    return x;
}
#define TIL_DE_INPUT_INIT til_de_input_defaults()
#else
#define TIL_DE_INPUT_INIT                                                                          \
    {                                                                                              \
        .counts = NULL, .alpha = 0.1                                                               \
    }
#endif

/* What is answered. Tables of genes have every gene of the counts, in their order. */
typedef struct {
    size_t n_contrasts;
    til_table_t *contrasts;      /* per contrast: gene_id gene_name baseMean log2FoldChange lfcSE
                                   stat pvalue padj status ci_low ci_high (95 %) df, columns of
                                   the method, then n and mean per arm and time. Of TIL_DE_LRT
                                   one: with several contrasts log2FoldChange, lfcSE, the
                                   interval and df are NaN and log2FC_ID follow, one each     */
    til_table_t joint;           /* one test over all contrasts at once, where the method has
                                   one and there are several: gene_id ... F pvalue padj; or empty */
    til_table_t size_factors;    /* sample size_factor | sample lib_size norm_factor ...      */
    til_table_t dispersions;     /* per gene, what the method estimates of the spread         */
    til_table_t facts;           /* `name value contrast`: single numbers for the log and the
                                   report (trend coefficients, prior, filter threshold);
                                   contrast is NA for those of the whole fit                 */
    til_matrix_t normalized;     /* counts on a common scale; empty, as is `expression`, where
                                   no matrices are wanted                                     */
    til_matrix_t expression;     /* log-like values for plots, clustering and scores          */
    const char *expression_name; /* what `expression` is: "vst" or "logcpm"; static           */
} til_de_result_t;

void til_de_result_clear(til_de_result_t *result);

/* One engine. The strings are what --list-methods, the manual and the report print. */
typedef struct {
    const char *name;      /* as typed after --method        */
    const char *summary;   /* one line, lower case, no stop  */
    const char *reference; /* authors, year, doi             */
    bool whole_counts;     /* refuses fractions              */
    bool has_lrt;          /* knows --test lrt               */
    bool has_lengths;      /* knows --lengths                */
    bool has_block;        /* knows --block                  */
    bool has_trend;        /* knows --fit-type               */
    bool has_threshold;    /* knows --lfc-threshold          */
    bool has_shrink;       /* knows --shrink                 */
    bool has_ebayes;       /* knows --ebayes-trend, --robust */
    /* `result` is empty on entry; what is left in it after a failure is cleared by the driver. */
    til_status_t (*run)(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result);
} til_de_method_t;

/* All methods, ended by NULL. The first is the default. */
extern const til_de_method_t *const til_de_methods[];

/* The method called `name`, or NULL. */
const til_de_method_t *til_de_find(const char *name);

/* TIL_EUSAGE when the method does not know a wish (test, lengths, block, threshold, shrink) or wishes do
 * not go together. Of the matrices and designs of `input` only whether they are there is looked at. */
TIL_MUST_USE
til_status_t til_de_check_wishes(til_ctx_t *ctx, const til_de_method_t *method,
                                 const til_de_input_t *input);

/* Checks the input and runs one method.
 *
 *   result   left empty unless TIL_OK
 *
 * Returns TIL_EINPUT when a count is negative, missing or (whole_counts) a fraction, naming gene
 * and sample; when the sample names of counts and design differ; when the design is not of full
 * rank or leaves no residual degree of freedom; TIL_EUSAGE when the method does not know a wish
 * (test, lengths, block, threshold, shrink); TIL_ENUMERIC when the method has no answer;
 * TIL_ENOMEM. The result does not depend on ctx->n_threads.
 */
TIL_MUST_USE
til_status_t til_de_run(til_ctx_t *ctx, const til_de_method_t *method, const til_de_input_t *input,
                        til_de_result_t *result);

#ifdef __cplusplus
}
#endif
#endif
