/* deseq2.c -- the DESeq2 engine: negative binomial GLMs with dispersions drawn to their trend.
 *
 * DESeq() followed by results(), for every contrast. A p-value is
 *
 *     2 P(Z > |b| / se)                          Wald
 *     min(1, 2 P(Z > (|b| - t) / se))            Wald beyond a threshold t (greaterAbs)
 *     P(chi-squared_d > 2 (loglik - reduced))    likelihood ratio
 *
 * and is taken away where a Cook's distance passes the 0.99 quantile of F(p, n - p) in a sample
 * whose count could not be replaced. A contrast of samples without any count has b = 0, p = 1.
 *
 * A contrast without a finite estimate (glm/separation.h) has the p of a likelihood ratio, its signed
 * root as stat, an open interval, and no part in the adjustment.
 *
 * Source:  Love, Huber & Anders (2014), Genome Biology 15:550.
 * Differs: separated genes, unless input->compatible: there DESeq2's Wald test is of the bound +-30 or
 *          of where its iterations stopped.
 * Agrees:  DESeq2 1.38.3 results(): log2FoldChange and lfcSE 1e-5, p 1e-4 (1 + |log10 p|) for 99.9%
 *          of genes, the same filter threshold (tests/shared/test_deseq2.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "de/contrast_table.h"
#include "de/deseq2_fit.h"
#include "de/independent_filter.h"
#include "de/methods.h"
#include "de/shrink_normal.h"
#include "math/dist.h"
#include "math/order.h"
#include "norm/filter_expr.h"
#include "norm/size_factors.h"
#include "glm/vst.h"

#define STRONG_P 0.05 /* over all separated genes, by Bonferroni */
#define LN2      0.693147180559945309417232121458
enum { FEW_SAMPLES = 12, MAX_STATUS_TEXT = 512, MAX_FACTS = 8, FACTS_PER_CONTRAST = 5 };

/* The genes that are fitted (all, unless filtered by expression) and how to scale them. */
typedef struct {
    const til_de_input_t *input; /* as asked; counts: all genes                     */
    til_de_input_t fitted;       /* counts: the genes fitted                        */
    til_matrix_t kept;           /* owned when a filter was applied                 */
    size_t *row;                 /* gene fitted -> gene of the input; NULL: the same */
    double *factors, *gene_factors;
    til_nb_data_t data;
    til_deseq2_fit_t fit;
    double *shrunk_lfc, *shrunk_se; /* n_contrasts x genes fitted, or NULL             */
    double *prior_variance;         /* n_contrasts, or NULL                            */
} engine_t;

static size_t row_of(const engine_t *engine, size_t g)
{
    return engine->row == NULL ? g : engine->row[g];
}

/* --filter expr: genes that fail are left out of everything but the tables. */
static til_status_t apply_filter(til_ctx_t *ctx, engine_t *engine)
{
    til_status_t status = TIL_OK;
    const til_de_input_t *input = engine->input;
    size_t n = input->counts->n_rows, n_kept = 0, n_groups = 0;
    bool *keep = NULL;

    engine->fitted = *input;
    if (input->filter != TIL_DE_FILTER_EXPR) return TIL_OK;
    keep = til_array(n, sizeof *keep);
    engine->row = til_array(n, sizeof *engine->row);
    if (keep == NULL || engine->row == NULL) TIL_TRY(til_no_memory(ctx, n, "genes"));
    if (input->filter_groups != NULL) {
        for (size_t s = 0; s < input->counts->n_cols; s++)
            if (input->filter_groups[s] >= n_groups) n_groups = input->filter_groups[s] + 1;
        TIL_TRY(til_filter_by_group(ctx, input->counts, input->filter_groups, n_groups, keep));
    } else {
        TIL_TRY(til_filter_by_design(ctx, input->counts, input->design, keep));
    }
    for (size_t g = 0; g < n; g++)
        if (keep[g]) engine->row[n_kept++] = g;
    if (n_kept == 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: no gene passes the filter by expression; use --filter none",
                         input->counts->origin));
    TIL_TRY(til_matrix_select(ctx, input->counts, engine->row, n_kept, NULL, 0, &engine->kept));
    engine->fitted.counts = &engine->kept;
    til_say(ctx, TIL_LOG_STAGE, "%zu of %zu genes pass the filter by expression", n_kept, n);
done:
    free(keep);
    return status;
}

/* Factors per gene and sample: average lengths over their geometric mean, times the size factors
 * of the counts so corrected, scaled to geometric mean 1 in every gene. */
static til_status_t factors_from_lengths(til_ctx_t *ctx, engine_t *engine)
{
    til_status_t status = TIL_OK;
    const til_matrix_t *counts = engine->fitted.counts, *lengths = engine->input->lengths;
    size_t n = counts->n_cols, n_genes = counts->n_rows;
    til_matrix_t corrected = { 0 };

    engine->gene_factors = til_array(n_genes * n, sizeof *engine->gene_factors);
    if (engine->gene_factors == NULL) TIL_TRY(til_no_memory(ctx, n_genes * n, "factors"));
    TIL_TRY(til_matrix_select(ctx, counts, NULL, 0, NULL, 0, &corrected));
    for (size_t g = 0; g < n_genes; g++) {
        const double *length = til_matrix_row(lengths, row_of(engine, g));
        double *factor = engine->gene_factors + g * n, log_mean = 0;
        for (size_t s = 0; s < n; s++) {
            if (!(length[s] > 0) || isinf(length[s]))
                TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s: length %g of %s in sample %s: must be > 0",
                                 lengths->origin, length[s], counts->row_names[g],
                                 counts->col_names[s]));
            log_mean += log(length[s]) / (double)n;
        }
        for (size_t s = 0; s < n; s++) {
            factor[s] = length[s] / exp(log_mean);
            corrected.x[g * n + s] /= factor[s];
        }
    }
    TIL_TRY(til_size_factors_median_ratio(ctx, &corrected, engine->factors));
    for (size_t g = 0; g < n_genes; g++) {
        double *factor = engine->gene_factors + g * n, log_mean = 0;
        for (size_t s = 0; s < n; s++) {
            factor[s] *= engine->factors[s];
            log_mean += log(factor[s]) / (double)n;
        }
        for (size_t s = 0; s < n; s++) factor[s] /= exp(log_mean);
    }
done:
    til_matrix_clear(&corrected);
    return status;
}

static til_status_t find_factors(til_ctx_t *ctx, engine_t *engine)
{
    til_status_t status = TIL_OK;
    const til_matrix_t *counts = engine->fitted.counts;

    engine->factors = til_array(counts->n_cols, sizeof *engine->factors);
    if (engine->factors == NULL) TIL_TRY(til_no_memory(ctx, counts->n_cols, "samples"));
    if (engine->input->size_factors != NULL)
        memcpy(engine->factors, engine->input->size_factors,
               counts->n_cols * sizeof *engine->factors);
    else if (engine->input->lengths != NULL) TIL_TRY(factors_from_lengths(ctx, engine));
    else TIL_TRY(til_size_factors_median_ratio(ctx, counts, engine->factors));
    engine->data = til_nb_data(counts, engine->factors, engine->gene_factors);
done:
    return status;
}

/* ---- results of one contrast --------------------------------------------------------- */

static double wald_p(const til_de_input_t *input, double lfc, double se, double *stat)
{
    double t = input->lfc_threshold, above, below;

    if (t == 0 && input->alternative == TIL_DE_GREATER_ABS) {
        *stat = lfc / se;
        return 2 * til_pnorm(fabs(*stat), 0, 1, true, false);
    }
    switch (input->alternative) {
    case TIL_DE_GREATER_ABS:
        *stat = fmax((fabs(lfc) - t) / se, 0) * (lfc > 0 ? 1 : lfc < 0 ? -1 : 0);
        return fmin(1, 2 * til_pnorm((fabs(lfc) - t) / se, 0, 1, true, false));
    case TIL_DE_LESS_ABS:
        above = til_pnorm((t - lfc) / se, 0, 1, true, false);
        below = til_pnorm((lfc + t) / se, 0, 1, true, false);
        *stat = fmin(fmax((t - lfc) / se, 0), fmax((lfc + t) / se, 0));
        return fmax(above, below);
    case TIL_DE_GREATER:
        *stat = fmax((lfc - t) / se, 0);
        return til_pnorm((lfc - t) / se, 0, 1, true, false);
    case TIL_DE_LESS: break;
    }
    *stat = fmin((lfc + t) / se, 0);
    return til_pnorm((-t - lfc) / se, 0, 1, true, false);
}

static bool is_cooks_outlier(const til_deseq2_fit_t *fit, const til_deseq2_gene_t *gene)
{
    return gene->max_cooks > fit->cooks_cutoff && !gene->keep_despite_cooks;
}

/* One sample weighs much and stands alone in its cell: said, not judged. */
static bool has_high_cooks(const til_deseq2_fit_t *fit, const til_deseq2_gene_t *gene)
{
    return !gene->all_zero && gene->lone_cooks > fit->cooks_cutoff;
}

/* A test against 0 is of the estimate, one against a threshold of the shrunk one, as in DESeq2. */
static void take_shrunk(const engine_t *engine, size_t c, size_t g, til_de_columns_t *to)
{
    size_t at = row_of(engine, g), n_genes = engine->fitted.counts->n_rows;

    to->lfc[at] = engine->shrunk_lfc[c * n_genes + g];
    to->se[at] = engine->shrunk_se[c * n_genes + g];
}

/* What is known of a gene without a finite estimate of contrast c; NULL for others. A contrast of
 * samples without any count is no change, as in DESeq2. */
static const til_separated_t *separated_of(const engine_t *engine, size_t c, size_t g)
{
    size_t at = c * engine->fitted.counts->n_rows + g;
    const til_separated_t *separated = &engine->fit.separated[at];

    return separated->is_separated && !engine->fit.empty[at] && !engine->fit.gene[g].emptied
               ? separated
               : NULL;
}

/* The Wald test of an infinite estimate is that of the bound the fit stopped at: the likelihood
 * ratio takes its place. Against a threshold, and of a whole model, there is none here. */
static void take_separated(const engine_t *engine, const til_separated_t *separated, size_t at,
                           til_de_columns_t *to)
{
    to->lfc[at] = to->se[at] = NAN;
    to->ci_low[at] = separated->ci_low / LN2;
    to->ci_high[at] = separated->ci_high / LN2;
    to->df[at] = INFINITY;
    if (engine->input->test == TIL_DE_LRT) return;
    bool is_plain = !(engine->input->lfc_threshold > 0);
    to->stat[at] = is_plain && !isnan(separated->p) ? separated->root : NAN;
    to->p[at] = is_plain && !isnan(to->p[at]) ? separated->p : NAN;
}

/* Estimate, test and the rules around them for one gene. */
static void test_gene(const engine_t *engine, size_t c, size_t g, til_de_columns_t *to)
{
    const til_de_input_t *input = engine->input;
    const til_deseq2_gene_t *gene = &engine->fit.gene[g];
    size_t at = row_of(engine, g), n_genes = engine->fitted.counts->n_rows;
    bool empty = engine->fit.empty[c * n_genes + g];

    to->base_mean[at] = gene->mean;
    if (gene->all_zero) return;
    if (gene->emptied) {
        to->lfc[at] = to->se[at] = to->stat[at] = 0;
        to->p[at] = 1;
        til_de_interval(to, at, INFINITY);
        return;
    }
    to->lfc[at] = empty ? 0 : engine->fit.lfc[c * n_genes + g];
    to->se[at] = engine->fit.se[c * n_genes + g];
    if (engine->shrunk_lfc != NULL && input->lfc_threshold > 0) take_shrunk(engine, c, g, to);
    if (input->test == TIL_DE_LRT) {
        to->stat[at] = 2 * (gene->loglik - gene->reduced_loglik);
        to->p[at] = til_pchisq(
            to->stat[at], (double)(input->design->n_coef - input->reduced->n_coef), true, false);
    } else {
        to->p[at] = wald_p(input, to->lfc[at], to->se[at], &to->stat[at]);
        if (empty && input->lfc_threshold == 0) {
            to->stat[at] = 0;
            to->p[at] = 1;
        }
    }
    if (is_cooks_outlier(&engine->fit, gene)) to->p[at] = NAN;
    if (separated_of(engine, c, g) != NULL) {
        take_separated(engine, separated_of(engine, c, g), at, to);
        return;
    }
    if (engine->shrunk_lfc != NULL) take_shrunk(engine, c, g, to);
    til_de_interval(to, at, INFINITY);
}

/* The words of a gene, joined by ';'. */
static til_status_t write_status(til_ctx_t *ctx, const engine_t *engine, size_t c, size_t g,
                                 const til_de_columns_t *columns, til_table_t *table)
{
    const til_deseq2_gene_t *gene = &engine->fit.gene[g];
    size_t at = row_of(engine, g), used = 0;
    bool is_separated = !gene->all_zero && separated_of(engine, c, g) != NULL;
    char text[MAX_STATUS_TEXT] = "", word[MAX_STATUS_TEXT], high[MAX_STATUS_TEXT / 2];
    const struct {
        bool holds;
        const char *word;
    } words[] = {
        { gene->all_zero, "all_zero" },
        { !gene->all_zero && is_cooks_outlier(&engine->fit, gene), word },
        { gene->n_replaced > 0, word + sizeof word / 2 },
        { is_separated, "separated" },
        { has_high_cooks(&engine->fit, gene), high },
        { !gene->all_zero &&
              !(gene->converged && (engine->input->reduced == NULL || gene->reduced_converged)),
          "not_converged" },
        { !is_separated && !isnan(columns->p[at]) && isnan(columns->padj[at]), "low_mean" }
    };

    snprintf(word, sizeof word / 2, "outlier:%s",
             engine->fitted.counts->col_names[gene->cooks_sample]);
    snprintf(high, sizeof high, "high_cooks:%s",
             engine->fitted.counts->col_names[gene->lone_sample]);
    snprintf(word + sizeof word / 2, sizeof word / 2, "replaced:%zu", gene->n_replaced);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].holds && used < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? ";" : "",
                                     words[i].word);
    return til_table_set_text(ctx, table, columns->status, at, used > 0 ? text : "ok");
}

/* Separated genes keep their p and stay out of the family: it is of estimates. */
static til_status_t adjust(til_ctx_t *ctx, const engine_t *engine, size_t c,
                           til_de_columns_t *columns, til_filter_choice_t *choice)
{
    til_status_t status = TIL_OK;
    const til_de_input_t *input = engine->input;
    size_t n = input->counts->n_rows;
    double *p = til_array(n, sizeof *p);

    if (p == NULL) return til_no_memory(ctx, n, "genes");
    memcpy(p, columns->p, n * sizeof *p);
    for (size_t g = 0; g < engine->fitted.counts->n_rows; g++)
        if (input->test == TIL_DE_WALD && separated_of(engine, c, g) != NULL)
            p[row_of(engine, g)] = NAN;
    if (input->filter == TIL_DE_FILTER_AUTO) {
        TIL_TRY(til_independent_filter(ctx, n, columns->base_mean, p, input->alpha, columns->padj,
                                       choice));
    } else {
        TIL_TRY(til_adjust_bh(ctx, n, p, columns->padj));
        for (size_t g = 0; g < n; g++) choice->n_rejected += columns->padj[g] < input->alpha;
    }
done:
    free(p);
    return status;
}

/* Genes left out by the filter keep their mean. */
static til_status_t fill_filtered(til_ctx_t *ctx, const engine_t *engine,
                                  const til_de_columns_t *columns, til_table_t *table)
{
    til_status_t status = TIL_OK;
    const til_matrix_t *counts = engine->input->counts;

    for (size_t g = 0, next = 0; engine->row != NULL && g < counts->n_rows; g++) {
        if (next < engine->kept.n_rows && engine->row[next] == g) {
            next++;
            continue;
        }
        const double *y = til_matrix_row(counts, g);
        double sum = 0;
        for (size_t s = 0; s < counts->n_cols; s++) sum += y[s] / engine->factors[s];
        columns->base_mean[g] = sum / (double)counts->n_cols;
        TIL_TRY(
            til_table_set_text(ctx, table, columns->status, g, sum > 0 ? "filtered" : "all_zero"));
    }
done:
    return status;
}

/* Genes without a finite estimate have no padj: those a reader should look at are counted. */
static void tell_separated(til_ctx_t *ctx, const engine_t *engine, size_t c,
                           const til_de_columns_t *columns)
{
    size_t n = 0, n_strong = 0;

    for (size_t g = 0; g < engine->fitted.counts->n_rows; g++)
        n += separated_of(engine, c, g) != NULL;
    for (size_t g = 0; g < engine->fitted.counts->n_rows; g++)
        n_strong += separated_of(engine, c, g) != NULL &&
                    columns->p[row_of(engine, g)] < STRONG_P / (double)n;
    if (n > 0 && engine->input->test == TIL_DE_WALD)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu genes have no finite fold change (status separated: p of a likelihood "
                "ratio, no padj); in %zu of them p < %g/%zu",
                engine->input->contrasts[c].id, n, n_strong, STRONG_P, n);
}

static til_status_t make_contrast(til_ctx_t *ctx, const engine_t *engine, size_t c,
                                  til_table_t *table, til_filter_choice_t *choice)
{
    til_status_t status = TIL_OK;
    til_de_columns_t columns;

    TIL_TRY(til_de_table_init(ctx, engine->input->counts, table, &columns));
    for (size_t g = 0; g < engine->fitted.counts->n_rows; g++) test_gene(engine, c, g, &columns);
    TIL_TRY(adjust(ctx, engine, c, &columns, choice));
    for (size_t g = 0; g < engine->fitted.counts->n_rows; g++)
        TIL_TRY(write_status(ctx, engine, c, g, &columns, table));
    TIL_TRY(fill_filtered(ctx, engine, &columns, table));
    tell_separated(ctx, engine, c, &columns);
done:
    return status;
}

/* ---- what else is handed out --------------------------------------------------------- */

static til_status_t make_size_factors(til_ctx_t *ctx, const engine_t *engine, til_table_t *table)
{
    til_status_t status = TIL_OK;
    const til_matrix_t *counts = engine->input->counts;
    size_t sample;
    double *factor;

    TIL_TRY(til_table_init(ctx, counts->n_cols, table));
    TIL_TRY(til_table_add_text(ctx, table, "sample", "", &sample));
    TIL_TRY(til_table_add_number(ctx, table, "size_factor", "median of ratios", &factor));
    for (size_t s = 0; s < counts->n_cols; s++) {
        TIL_TRY(til_table_set_text(ctx, table, sample, s, counts->col_names[s]));
        factor[s] = engine->factors[s];
    }
done:
    return status;
}

static til_status_t make_dispersions(til_ctx_t *ctx, const engine_t *engine, til_table_t *table)
{
    til_status_t status = TIL_OK;
    double *mean, *own, *trend, *map, *used, *outlier, *cooks;

    TIL_TRY(til_de_table_init_ids(ctx, engine->input->counts, table));
    TIL_TRY(til_table_add_number(ctx, table, "baseMean", "mean normalised count", &mean));
    TIL_TRY(til_table_add_number(ctx, table, "dispGeneEst", "of the gene alone", &own));
    TIL_TRY(til_table_add_number(ctx, table, "dispFit", "trend at the mean", &trend));
    TIL_TRY(til_table_add_number(ctx, table, "dispMAP", "drawn to the trend", &map));
    TIL_TRY(til_table_add_number(ctx, table, "dispersion", "used in the test", &used));
    TIL_TRY(til_table_add_number(ctx, table, "dispOutlier",
                                 "1: too far over the trend to be drawn to it", &outlier));
    TIL_TRY(til_table_add_number(ctx, table, "maxCooks", "largest Cook's distance", &cooks));
    for (size_t g = 0; g < engine->fitted.counts->n_rows; g++) {
        const til_deseq2_gene_t *gene = &engine->fit.gene[g];
        size_t at = row_of(engine, g);
        mean[at] = gene->mean;
        if (gene->all_zero || gene->emptied) continue;
        own[at] = gene->gene_dispersion;
        trend[at] = gene->trend_dispersion;
        map[at] = gene->map_dispersion;
        used[at] = gene->dispersion;
        outlier[at] = gene->dispersion_outlier;
        cooks[at] = gene->max_cooks;
    }
done:
    return status;
}

static til_status_t make_facts(til_ctx_t *ctx, const engine_t *engine,
                               const til_filter_choice_t *choices, til_table_t *table)
{
    til_status_t status = TIL_OK;
    const til_deseq2_fit_t *fit = &engine->fit;
    const til_trend_t *trend = &fit->trend;
    size_t n = 0, n_contrasts = engine->input->n_contrasts;
    til_de_fact_t *facts = til_array(MAX_FACTS + FACTS_PER_CONTRAST * n_contrasts, sizeof *facts);

    if (facts == NULL) return til_no_memory(ctx, n_contrasts, "contrasts");
    if (trend->type == TIL_TREND_PARAMETRIC) {
        facts[n++] = (til_de_fact_t){ "asymptDisp", trend->asymptote, NULL };
        facts[n++] = (til_de_fact_t){ "extraPois", trend->extra, NULL };
    }
    if (trend->type == TIL_TREND_MEAN)
        facts[n++] = (til_de_fact_t){ "meanDisp", trend->asymptote, NULL };
    facts[n++] = (til_de_fact_t){ "varLogDispEsts", fit->prior.residual_variance, NULL };
    facts[n++] = (til_de_fact_t){ "dispPriorVar", fit->prior.prior_variance, NULL };
    facts[n++] = (til_de_fact_t){ "cooksCutoff", fit->cooks_cutoff, NULL };
    facts[n++] = (til_de_fact_t){ "genesReplaced", (double)fit->n_replaced_genes, NULL };
    bool is_whole = engine->input->test == TIL_DE_LRT;
    for (size_t c = 0; c < n_contrasts && !(is_whole && c > 0); c++) {
        const char *id = is_whole ? TIL_DE_WHOLE_ID : engine->input->contrasts[c].id;
        facts[n++] = (til_de_fact_t){ "alpha", engine->input->alpha, id };
        facts[n++] = (til_de_fact_t){ "rejected", (double)choices[c].n_rejected, id };
        if (engine->prior_variance != NULL)
            facts[n++] = (til_de_fact_t){ "priorVariance", engine->prior_variance[c], id };
        if (engine->input->filter != TIL_DE_FILTER_AUTO) continue;
        facts[n++] = (til_de_fact_t){ "filterThreshold", choices[c].threshold, id };
        facts[n++] = (til_de_fact_t){ "filterTheta", choices[c].theta, id };
    }
    status = til_de_facts_init(ctx, facts, n, table);
    free(facts);
    return status;
}

static til_status_t make_matrices(til_ctx_t *ctx, const engine_t *engine, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    const til_matrix_t *counts = engine->fitted.counts;
    size_t n = counts->n_cols;
    til_trend_t blind = { 0 };

    TIL_TRY(til_matrix_select(ctx, counts, NULL, 0, NULL, 0, &result->normalized));
    for (size_t g = 0; g < counts->n_rows; g++)
        for (size_t s = 0; s < n; s++)
            result->normalized.x[g * n + s] /= engine->gene_factors == NULL
                                                   ? engine->factors[s]
                                                   : engine->gene_factors[g * n + s];
    if (engine->input->matrices == TIL_DE_MATRICES_NONE) goto done;
    TIL_TRY(til_vst_blind_trend(ctx, counts, engine->factors, engine->gene_factors,
                                (til_trend_type_t)engine->input->trend, &blind));
    TIL_TRY(til_vst_transform(ctx, counts, engine->factors, engine->gene_factors, &blind,
                              &result->expression));
    result->expression_name = "vst";
done:
    til_trend_clear(&blind);
    return status;
}

static til_status_t shrink(til_ctx_t *ctx, engine_t *engine)
{
    size_t n_contrasts = engine->input->n_contrasts;
    size_t n = n_contrasts * engine->fitted.counts->n_rows;

    engine->shrunk_lfc = til_array(n, sizeof *engine->shrunk_lfc);
    engine->shrunk_se = til_array(n, sizeof *engine->shrunk_se);
    engine->prior_variance = til_array(n_contrasts, sizeof *engine->prior_variance);
    if (engine->shrunk_lfc == NULL || engine->shrunk_se == NULL || engine->prior_variance == NULL)
        return til_no_memory(ctx, n, "fold changes");
    return til_shrink_normal(ctx, &engine->fitted, &engine->data, &engine->fit, engine->shrunk_lfc,
                             engine->shrunk_se, engine->prior_variance);
}

static void tell(til_ctx_t *ctx, const engine_t *engine)
{
    size_t n_fitted = 0, n_not_converged = 0;

    for (size_t g = 0; g < engine->fitted.counts->n_rows; g++) {
        if (engine->fit.gene[g].all_zero) continue;
        n_fitted++;
        n_not_converged += !engine->fit.gene[g].converged;
    }
    til_say(ctx, TIL_LOG_STAGE,
            "%zu genes fitted (%zu not converged), outlying counts replaced "
            "in %zu",
            n_fitted, n_not_converged, engine->fit.n_replaced_genes);
    if (!engine->fit.has_cells)
        til_say(ctx, TIL_LOG_NOTICE,
                "no outlier protection: no three samples share a row of the design (pairs, a "
                "covariate), so that no count is set aside or replaced; the status "
                "high_cooks:SAMPLE names genes where one sample weighs much");
}

static til_status_t run(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    engine_t engine = { .input = input };
    til_deseq2_options_t options = { .replace_outliers = true };
    til_filter_choice_t *choices = til_array_zero(input->n_contrasts, sizeof *choices);

    result->contrasts = til_array_zero(input->n_contrasts, sizeof *result->contrasts);
    if (result->contrasts == NULL || choices == NULL)
        TIL_TRY(til_no_memory(ctx, input->n_contrasts, "contrasts"));
    result->n_contrasts = input->n_contrasts;

    if (input->counts->n_cols > FEW_SAMPLES && !input->compatible)
        til_say(ctx, TIL_LOG_NOTICE,
                "deseq2 on %zu samples: with random labels on 20 or 51 biopsies it calls a median "
                "of more "
                "than 100 and 450 of 22,187 genes at FDR 0.1, where limma-trend and voom call 0 "
                "(docs/STATISTICS.md); --null-check shows it here",
                input->counts->n_cols);
    if (input->shrink == TIL_DE_SHRINK_NORMAL) {
        TIL_TRY(til_shrink_normal_check(ctx, input));
        options.keep_beta = true;
    }
    TIL_TRY(apply_filter(ctx, &engine));
    TIL_TRY(find_factors(ctx, &engine));
    TIL_TRY(til_deseq2_fit(ctx, &engine.fitted, &engine.data, &options, &engine.fit));
    tell(ctx, &engine);
    if (input->shrink == TIL_DE_SHRINK_NORMAL) TIL_TRY(shrink(ctx, &engine));
    for (size_t c = 0; c < input->n_contrasts; c++)
        TIL_TRY(make_contrast(ctx, &engine, c, &result->contrasts[c], &choices[c]));
    TIL_TRY(make_facts(ctx, &engine, choices, &result->facts));
    if (!input->tests_only) {
        TIL_TRY(make_size_factors(ctx, &engine, &result->size_factors));
        TIL_TRY(make_dispersions(ctx, &engine, &result->dispersions));
        TIL_TRY(make_matrices(ctx, &engine, result));
    }
done:
    til_deseq2_fit_clear(&engine.fit);
    til_matrix_clear(&engine.kept);
    free(engine.row);
    free(engine.factors);
    free(engine.gene_factors);
    free(engine.shrunk_lfc);
    free(engine.shrunk_se);
    free(engine.prior_variance);
    free(choices);
    return status;
}

const til_de_method_t til_de_deseq2 = {
    .name = "deseq2",
    .summary = "negative binomial GLM, dispersions drawn to their trend, Wald or LRT",
    .reference = "Love, Huber & Anders 2014, doi:10.1186/s13059-014-0550-8",
    .whole_counts = true,
    .has_lrt = true,
    .has_lengths = true,
    .has_trend = true,
    .has_threshold = true,
    .has_shrink = true,
    .run = run
};
