/* deseq2_fit.h -- DESeq() as numbers per gene; deseq2.c makes tables of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_DESEQ2_FIT_H
#define TIL_DE_DESEQ2_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/de.h>

#include "glm/dispersion_prior.h"
#include "glm/nb_genewise.h"
#include "glm/separation.h"
#include "glm/trend.h"

/* What is estimated for a gene. NaN where nothing could be. */
typedef struct {
    double mean, variance;  /* of normalised counts, after replacement                  */
    double gene_dispersion; /* on its own                                               */
    double trend_dispersion;
    double map_dispersion;         /* drawn to the trend                                       */
    double dispersion;             /* used: gene_dispersion for an outlier                     */
    double loglik, reduced_loglik; /* the latter for a likelihood ratio test                   */
    double max_cooks;              /* over samples that count; NaN when none does              */
    size_t cooks_sample;           /* the sample of max_cooks                                  */
    double lone_cooks;  /* over samples in cells of fewer than 3, which no rule judges; or NaN */
    size_t lone_sample; /* the sample of lone_cooks                                 */
    size_t n_replaced;
    int n_gene_steps, n_map_steps, n_coef_iter;
    bool all_zero; /* before replacement                                       */
    bool emptied;  /* replacement left no count                                */
    bool dispersion_outlier;
    bool converged, reduced_converged;
    bool fell_back;          /* least squares gave up at some stage, L-BFGS-B took over  */
    bool keep_despite_cooks; /* two groups: 3 counts above that of the outlying sample   */
} til_deseq2_gene_t;

typedef struct {
    til_deseq2_gene_t *gene;    /* n_genes                                                  */
    double *lfc, *se;           /* n_contrasts x n_genes, log2                              */
    double *beta;               /* n_genes x p, natural logs; NULL unless asked for         */
    til_separated_t *separated; /* n_contrasts x n_genes, natural logs                   */
    bool *empty;                /* n_contrasts x n_genes: no count in the samples compared  */
    til_trend_t trend;
    til_dispersion_prior_t prior;
    double cooks_cutoff;
    size_t n_replaced_genes;
    bool has_cells; /* some cell has samples enough to judge one of them by the others      */
} til_deseq2_fit_t;

typedef struct {
    bool replace_outliers; /* DESeq()'s minReplicatesForReplace = 7; else Inf */
    bool keep_beta;
} til_deseq2_options_t;

/*   data   counts and factors of input->counts
 *   out    left empty unless TIL_OK */
TIL_MUST_USE
til_status_t til_deseq2_fit(til_ctx_t *ctx, const til_de_input_t *input, const til_nb_data_t *data,
                            const til_deseq2_options_t *options, til_deseq2_fit_t *out);
void til_deseq2_fit_clear(til_deseq2_fit_t *fit);

#endif
