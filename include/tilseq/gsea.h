/* tilseq/gsea.h -- which gene sets sit at an end of a ranking.
 *
 *   in:  til_ranking_t    genes and their statistic (or, for ora, which of them are selected)
 *        til_genesets_t   the sets
 *   out: til_table_t      one row per set, in the order of the collection
 *
 * The room never opens a file, prints or picks a ranking. The p-value of a set depends on the
 * ranking, the set, the options and the seed; never on the other sets or the threads (padj
 * does depend on the other sets).
 *
 * To add a method: write src/gsea/<method>.c with its row at the end and name it in
 * src/gsea/methods.h.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_GSEA_H
#define TILSEQ_GSEA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>
#include <tilseq/design.h>
#include <tilseq/geneset.h>
#include <tilseq/ranking.h>
#include <tilseq/table.h>
#include <tilseq/words.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_gene_ids; /* a table of the names one gene goes by (tilseq/io.h reads one) */

typedef enum {
    TIL_SCORE_STD, /* the larger of the two extremes, with its sign      */
    TIL_SCORE_POS, /* the maximum: enriched at the top?                  */
    TIL_SCORE_NEG  /* the minimum: enriched at the bottom?               */
} til_score_type_t;

typedef enum {
    TIL_TIES_BLOCK, /* tied genes are one step: the order of the input does not matter */
    TIL_TIES_INPUT  /* tied genes in the order of the input, as fgsea walks them       */
} til_rank_ties_t;

/* Their words, as tilseq gsea has them. */
extern const til_words_t til_score_type_words, til_rank_ties_words;

/* How hard `preranked` works: the relative standard error of p that it aims for. */
typedef enum { TIL_GSEA_FAST, TIL_GSEA_NORMAL, TIL_GSEA_PRECISE } til_gsea_effort_t;

/* Log expression of samples and a contrast of a linear model of it, for the tests that compare
 * samples. All borrowed. */
typedef struct {
    size_t n_genes;
    const double *e;              /* n_genes x n_samples                                      */
    const double *weights;        /* the same shape, > 0 (voom's); NULL: all 1                */
    const double *sample_weights; /* n_samples, > 0; NULL: all 1                              */
    const til_design_t *design;
    const double *contrast; /* n_coef                                                       */
    const size_t *block;    /* n_samples: those of one block have `correlation`; or NULL    */
    double correlation;
    bool trend, robust; /* of the prior variance, as in tilseq de                             */
} til_set_values_t;

/* The effect of the contrast and the residual effects of every gene. */
typedef struct {
    size_t n_genes, n_effects; /* n_effects: 1 + residual degrees of freedom                  */
    double *effect;            /* n_genes x n_effects: contrast / unscaled deviation first    */
    double *stdev;             /* n_genes: the unscaled deviation of the contrast             */
    double *mean;              /* n_genes: of the expression                                  */
    bool trend, robust;
} til_set_effects_t;

/* `out` is left empty unless TIL_OK. TIL_EINPUT without residual degrees of freedom, TIL_ENUMERIC
 * when weights leave the design singular. */
TIL_MUST_USE
til_status_t til_gsea_effects(til_ctx_t *ctx, const til_set_values_t *values,
                              til_set_effects_t *out);
void til_gsea_effects_clear(til_set_effects_t *effects);

/* The moderated t of every gene: the ranking that goes with the effects. */
TIL_MUST_USE
til_status_t til_gsea_moderated_t(til_ctx_t *ctx, const til_set_effects_t *effects, double *t);

typedef struct {
    size_t min_size, max_size; /* of a set after matching; both ends included        */
    double gsea_param;         /* a hit weighs |stat|^gsea_param; >= 0               */
    til_score_type_t score_type;
    til_rank_ties_t ties;
    til_gsea_effort_t effort; /* preranked                                          */
    size_t n_permutations;    /* simple: permutations of each set size; preranked draws
                                       2 (fast), 5 (normal) or 20 (precise) times as many */
    uint64_t seed;
    const struct til_gene_ids *gene_ids; /* other names of genes; NULL: names as they are */
    const til_set_effects_t *effects;    /* methods with needs_effects: of the ranking's genes, in
                                         their order; else NULL                             */
} til_gsea_options_t;

#ifdef __cplusplus
static inline til_gsea_options_t til_gsea_options_defaults(void)
{
    til_gsea_options_t x = til_gsea_options_t();
    x.min_size = 5;
    x.max_size = 500;
    x.gsea_param = 1;
    x.score_type = TIL_SCORE_STD;
    x.ties = TIL_TIES_BLOCK;
    x.effort = TIL_GSEA_NORMAL;
    x.n_permutations = 1000;
    x.seed = 1;
    return x;
}
#define TIL_GSEA_OPTIONS_INIT til_gsea_options_defaults()
#else
#define TIL_GSEA_OPTIONS_INIT                                                                      \
    {                                                                                              \
        .min_size = 5, .max_size = 500, .gsea_param = 1, .score_type = TIL_SCORE_STD,              \
        .ties = TIL_TIES_BLOCK, .effort = TIL_GSEA_NORMAL, .n_permutations = 1000, .seed = 1       \
    }
#endif

/* What a method works on; made by til_gsea_run and read-only for it. */
typedef struct {
    const til_ranking_t *ranking;
    const bool *selected; /* NULL, or n_genes: the genes of interest (ora)      */
    const til_genesets_t *sets;
    til_gsea_options_t options;
    size_t *offset;      /* n_sets + 1: where the members of each set begin    */
    size_t *member;      /* indices into the ranking, ascending in a set       */
    const char **status; /* n_sets: NULL for a set to be tested, else the word */
} til_gsea_query_t;

/* One way to test sets. The strings are what --list-methods, the manual page and the report
 * print. */
typedef struct {
    const char *name;      /* as typed after --method                     */
    const char *summary;   /* one line, lower case, no stop               */
    const char *reference; /* authors, year, doi                          */
    bool needs_selection;  /* tests `selected` instead of the statistic   */
    bool needs_effects;    /* compares samples: options.effects           */
    til_status_t (*test)(til_ctx_t *ctx, const til_gsea_query_t *query, til_table_t *out);
} til_gsea_method_t;

/* All methods, ended by NULL. The first is the default. */
extern const til_gsea_method_t *const til_gsea_methods[];

/* The method called `name`, or NULL. */
const til_gsea_method_t *til_gsea_find(const char *name);

/* Tests every set.
 *
 *   ranking    at least 2 genes; for a method with needs_selection its statistics are not read
 *   selected   n_genes flags for such a method, else NULL
 *   options    see above
 *   out        n_sets rows in the order of `sets`. preranked and simple:
 *              set size es nes pvalue padj log2err leading_edge status; ora:
 *              set size overlap universe pvalue padj genes status; cameraPR and those with
 *              needs_effects: set size direction effect ci_low ci_high pvalue padj
 *              correlation status [pvalue_mixed padj_mixed]. Gene lists are joined by commas. A set not tested has NA and a status too_small, too_large or no_genes;
 *              other words: unbalanced (no random set has a score of that sign: no p, no nes),
 *              upper_bound (p is smaller than given; log2err NA), plain_draws and splitting (the
 *              importance samples of preranked disagreed, p is told by these). `size` counts
 *              the genes of the set in the ranking. Left empty unless TIL_OK
 *
 *   coverage   set n_genes n_found found_fraction missing; left empty unless TIL_OK; may be NULL
 *
 * Returns TIL_EINPUT when no gene of any set is in the ranking, or hardly one unless case is ignored
 * (the message shows three of each side), when a statistic is not finite or all are zero; TIL_EUSAGE for options out of range;
 * TIL_ENOMEM. Sets left out are counted in one notice, shares of tied genes in one warning.
 * Same bytes for any ctx->n_threads.
 */
TIL_MUST_USE
til_status_t til_gsea_run(til_ctx_t *ctx, const til_gsea_method_t *method,
                          const til_ranking_t *ranking, const bool *selected,
                          const til_genesets_t *sets, const til_gsea_options_t *options,
                          til_table_t *out, til_table_t *coverage);

/* The running sums of the n_most tested sets of smallest p-value, for drawing.
 *
 *   result   what til_gsea_run gave for the same ranking, sets and options (preranked or simple)
 *   out      set gene rank from before to after n_genes: per gene of a set in order of rank, the
 *            value `before` at position `from` and `after` at position `to` (a block of tied genes
 *            is one step); between genes the sum falls in a straight line. Left empty unless TIL_OK
 */
TIL_MUST_USE
til_status_t til_gsea_running_scores(til_ctx_t *ctx, const til_ranking_t *ranking,
                                     const til_genesets_t *sets, const til_gsea_options_t *options,
                                     const til_table_t *result, size_t n_most, til_table_t *out);

#ifdef __cplusplus
}
#endif
#endif
