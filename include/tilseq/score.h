/* tilseq/score.h -- one number per gene set and sample.
 *
 *   in:  til_matrix_t    expression, genes x samples, on a log scale (til_score_to_log)
 *        til_genesets_t  the sets; til_score_def_t the scores that are more than a set
 *   out: til_matrix_t    sets x samples
 *        til_table_t     coverage: what was found of each set, and what is missing
 *
 * Genes are matched by name: the symbol of a row where it has one, else its id, Ensembl versions
 * ignored; with a table of gene ids also by former symbols, Entrez and Ensembl ids. Of several rows
 * with one name the one with the highest mean stands for the gene. Nothing here opens a file.
 *
 * To add a method: write src/score/<method>.c, name it in src/score/methods.h. To add a score of a
 * known type: a row in genesets/scores.tsv, no C.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_SCORE_H
#define TILSEQ_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/geneset.h>
#include <tilseq/matrix.h>
#include <tilseq/table.h>
#include <tilseq/words.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the values of a matrix are. */
typedef enum {
    TIL_SCORE_INPUT_AUTO,
    TIL_SCORE_INPUT_COUNTS, /* reads: become log2(CPM + 1)                  */
    TIL_SCORE_INPUT_CPM,    /* become log2(x + 1)                           */
    TIL_SCORE_INPUT_TPM,    /* become log2(x + 1)                           */
    TIL_SCORE_INPUT_LOG     /* taken as they are                            */
} til_score_input_kind_t;

struct til_gene_ids; /* a table of the names one gene goes by (tilseq/io.h reads one) */

/* How raw scores are put on a scale. */
typedef enum {
    TIL_SCORE_RAW,
    TIL_SCORE_RANGE,      /* divided by max - min over all sets and samples, as GSVA does:
                                   another set or sample changes every number          */
    TIL_SCORE_COHORT_FREE /* (score - mean)/sd over random sets of the same size */
} til_score_scale_t;

typedef enum { TIL_KCDF_GAUSSIAN, TIL_KCDF_POISSON, TIL_KCDF_NONE } til_kcdf_t;

/* Where genes of one value stand in a ranking. */
typedef enum {
    TIL_SCORE_TIES_BLOCK, /* all in the middle of their block: the order of rows does not matter */
    TIL_SCORE_TIES_INPUT  /* in the order of rows, as GSVA has them                              */
} til_score_ties_t;

/* Their words, as tilseq score has them. */
extern const til_words_t til_score_input_words, til_score_scale_words, til_kcdf_words,
    til_score_ties_words;

/* What a method works on. A gene's samples are contiguous: x[g * n_samples + s]; set i holds the
 * genes member[offset[i]] .. member[offset[i + 1] - 1], in ascending order. */
typedef struct {
    size_t n_genes, n_samples, n_sets;
    const double *x;
    const size_t *offset, *member;
    til_kcdf_t kcdf;
    til_score_ties_t ties;
} til_score_input_t;

enum {
    TIL_SCORE_RANKS = 1,     /* uses the order of genes in a sample only             */
    TIL_SCORE_COHORT = 2,    /* depends on the other samples of the call             */
    TIL_SCORE_VARYING = 4,   /* genes that do not vary (sd < 1e-10) are left out     */
    TIL_SCORE_HAS_RANGE = 8, /* --scale range means something                        */
    TIL_SCORE_HAS_KCDF = 16, /* --kcdf means something                               */
    TIL_SCORE_HAS_TIES = 32  /* --ties means something                               */
};

/* One way to score. `run` fills scores[i * n_samples + s]; NaN where there is none. `null_moments`,
 * where not NULL, gives for each set and sample, in the same layout, mean and standard deviation of
 * the score of as many random genes of that sample. */
typedef struct {
    const char *name;      /* as typed after --method        */
    const char *summary;   /* one line, lower case, no stop  */
    const char *reference; /* authors, year, doi             */
    unsigned flags;
    til_status_t (*run)(til_ctx_t *ctx, const til_score_input_t *in, double *scores);
    til_status_t (*null_moments)(til_ctx_t *ctx, const til_score_input_t *in, double *mean,
                                 double *sd);
} til_score_method_t;

/* All methods, ended by NULL. The first is the default. */
extern const til_score_method_t *const til_score_methods[];

/* The method called `name`, or NULL. */
const til_score_method_t *til_score_find(const char *name);

typedef struct {
    til_score_scale_t scale;
    til_kcdf_t kcdf;
    til_score_ties_t ties;
    size_t min_size; /* a set with fewer genes found has no score (NaN); at least 1 */
    const struct til_gene_ids *gene_ids; /* other names of genes; NULL: names as they are */
} til_score_options_t;

/* What the values of `m` look like: COUNTS when all are whole (or fractions whose columns add up
 * to more than a million), LOG when some are negative or none is over 25 (warned of below 500 genes:
 * a panel of TPM may look alike), CPM when every column adds up to a million. TIL_EINPUT when none
 * of these fits: the user has to say. */
TIL_MUST_USE
til_status_t til_score_guess_input(til_ctx_t *ctx, const til_matrix_t *m,
                                   til_score_input_kind_t *kind);

/* Puts `m`, of values of that kind (not AUTO), on the log scale in place. TIL_EINPUT naming gene,
 * sample and file at a missing or infinite value, a negative one unless LOG, or a sample without
 * counts.
 *
 *   per_read   n_samples: CPM of one read for COUNTS, NaN for the others; may be NULL
 */
TIL_MUST_USE
til_status_t til_score_to_log(til_ctx_t *ctx, til_score_input_kind_t kind, til_matrix_t *m,
                              double *per_read);

/* Scores every set in every sample.
 *
 *   expression  finite; log scale (counts for --kcdf poisson)
 *   scores      n_sets x n_samples with the names of both; left empty unless TIL_OK
 *   coverage    set, n_genes, n_found, found_fraction, missing; left empty unless TIL_OK
 *
 * Returns TIL_EINPUT when not one gene of the sets is in the matrix, or hardly one unless case is
 * ignored (names of both sides are shown), TIL_EUSAGE when the method does not know the scale asked for. The answer does not
 * depend on ctx->n_threads; with scale RAW it does not depend on the other sets either. */
TIL_MUST_USE
til_status_t til_score_sets(til_ctx_t *ctx, const til_score_method_t *method,
                            const til_score_options_t *options, const til_matrix_t *expression,
                            const til_genesets_t *sets, til_matrix_t *scores,
                            til_table_t *coverage);

/* The coverage alone: what of each set is in the matrix; `ids` may be NULL. TIL_EINPUT as above. */
TIL_MUST_USE
til_status_t til_score_check(til_ctx_t *ctx, const til_matrix_t *matrix, const til_genesets_t *sets,
                             const struct til_gene_ids *ids, til_table_t *coverage);

/* A row of scores.tsv. The texts are borrowed. */
typedef struct {
    const char *name, *type, *definition;
    bool linear; /* defined on CPM or TPM, not on their logarithm */
    size_t line; /* for messages                                  */
} til_score_def_t;

/* True when `type` is one til_score_defs knows. */
bool til_score_type_is_known(const char *type);

/* Values that scores are computed from. All borrowed. */
typedef struct {
    const til_matrix_t *expression; /* log2(x + 1)                                            */
    const til_matrix_t *tpm;        /* the same rows and samples as log2(TPM + 1): all but
                                       ratios use it; NULL where lengths are not known        */
    const double *per_read;         /* n_samples, of `expression`, as til_score_to_log gives
                                       it; NULL where it is not known                         */
} til_score_values_t;

/* Computes every score of `defs` in every sample; arguments as above.
 *
 *   sets       what the words of a definition may name besides genes
 *   origin     file of the definitions, for messages
 *   ids        other names of genes, or NULL
 *   intervals  score, sample, value, ci_low, ci_high, reads_above, reads_below, status: a row for
 *              each score of type `ratio` and sample; may be NULL; left empty unless TIL_OK
 *
 * TIL_EINPUT naming file and line when a definition cannot be read. */
TIL_MUST_USE
til_status_t til_score_defs(til_ctx_t *ctx, const til_score_def_t *defs, size_t n_defs,
                            const char *origin, const til_genesets_t *sets,
                            const til_score_values_t *values, const struct til_gene_ids *ids,
                            til_matrix_t *scores, til_table_t *coverage, til_table_t *intervals);

#ifdef __cplusplus
}
#endif
#endif
