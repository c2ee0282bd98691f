/* builtin_scores.c -- the scores that are more than a set: weights, ratios, pairs, ranks.
 *
 * With x the log2(CPM or TPM + 1) of a gene, v = 2^x - 1, and means over the genes found:
 *
 *     mean             mean_a x
 *     geomean          exp mean_a log(v + 0.01)
 *     geomean_log      exp mean_a x
 *     weighted_sum_hk  sum_a w (x - mean_HK x)
 *     log_ratio        mean_a x - mean_b x
 *     residual         mean_a x minus its least-squares line on mean_b x over the samples
 *     pair_votes       number of pairs with x_a > x_b
 *     mean_rank...     mean_a (rank of x among the samples - 1)/(n - 1), ties averaged
 *     pc1              first principal component of the standardised genes, signed as their mean
 *
 * Source:  the publications in genesets/INDEX.tsv; CYT, geomean_log and the GEP weights as R
 *          package easier has them.
 * Agrees:  the same formulas in R 4.2.2 to 1e-10 relative (golden direct_scores_cpm).
 * Differs: missing genes are left out and named in the coverage; weights are not rescaled for
 *          them. A side without any gene gives NA.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/order.h"
#include "score/component.h"
#include "genes/coverage.h"
#include "score/definition.h"
#include "score/universe.h"

static const double GEOMEAN_OFFSET = 0.01; /* Rooney 2015: TPM + 0.01 */

/* A score about to be computed: `def` in terms of rows. row_a[i] is NULL where a gene is missing.
 * */
typedef struct {
    const til_score_parsed_t *def;
    bool linear;
    size_t n_samples;
    const double **row_a, **row_b;
    double *work_a, *work_b; /* n_samples each */
} score_t;

static double value(const score_t *t, double x) { return t->linear ? fmax(exp2(x) - 1, 0) : x; }

/* mean over the genes found of f(x); NaN without any. */
static void mean_of(const score_t *t, size_t n_genes, const double **rows, bool log_offset,
                    double *out)
{
    size_t n_found = 0;

    for (size_t s = 0; s < t->n_samples; s++) out[s] = 0;
    for (size_t g = 0; g < n_genes; g++) {
        if (rows[g] == NULL) continue;
        n_found++;
        for (size_t s = 0; s < t->n_samples; s++) {
            double v = value(t, rows[g][s]);
            out[s] += log_offset ? log(v + GEOMEAN_OFFSET) : v;
        }
    }
    for (size_t s = 0; s < t->n_samples; s++)
        out[s] = n_found == 0 ? NAN : out[s] / (double)n_found;
}

static void weighted(const score_t *t, double *out)
{
    size_t n_found = 0;

    mean_of(t, t->def->b.n, t->row_b, false, t->work_b);
    for (size_t s = 0; s < t->n_samples; s++) out[s] = 0;
    for (size_t g = 0; g < t->def->a.n; g++) {
        if (t->row_a[g] == NULL) continue;
        n_found++;
        for (size_t s = 0; s < t->n_samples; s++)
            out[s] += t->def->weights[g] * (value(t, t->row_a[g][s]) - t->work_b[s]);
    }
    if (n_found == 0)
        for (size_t s = 0; s < t->n_samples; s++) out[s] = NAN;
}

static void residual(const score_t *t, double *out)
{
    double n = (double)t->n_samples, mean_a = 0, mean_b = 0, ab = 0, bb = 0;

    mean_of(t, t->def->a.n, t->row_a, false, t->work_a);
    mean_of(t, t->def->b.n, t->row_b, false, t->work_b);
    for (size_t s = 0; s < t->n_samples; s++) {
        mean_a += t->work_a[s] / n;
        mean_b += t->work_b[s] / n;
    }
    for (size_t s = 0; s < t->n_samples; s++) {
        ab += (t->work_a[s] - mean_a) * (t->work_b[s] - mean_b);
        bb += (t->work_b[s] - mean_b) * (t->work_b[s] - mean_b);
    }
    double slope = bb > 0 ? ab / bb : bb == 0 ? 0 : NAN;
    for (size_t s = 0; s < t->n_samples; s++)
        out[s] = t->work_a[s] - mean_a - slope * (t->work_b[s] - mean_b);
}

static void pair_votes(const score_t *t, double *out)
{
    size_t n_pairs = 0;

    for (size_t s = 0; s < t->n_samples; s++) out[s] = 0;
    for (size_t g = 0; g < t->def->a.n; g++) {
        if (t->row_a[g] == NULL || t->row_b[g] == NULL) continue;
        n_pairs++;
        for (size_t s = 0; s < t->n_samples; s++) out[s] += t->row_a[g][s] > t->row_b[g][s];
    }
    if (n_pairs == 0)
        for (size_t s = 0; s < t->n_samples; s++) out[s] = NAN;
}

static til_status_t mean_rank(til_ctx_t *ctx, const score_t *t, double *out)
{
    size_t n_found = 0;

    for (size_t s = 0; s < t->n_samples; s++) out[s] = 0;
    for (size_t g = 0; g < t->def->a.n; g++) {
        if (t->row_a[g] == NULL) continue;
        til_status_t status = til_rank(ctx, t->n_samples, t->row_a[g], TIL_TIES_AVERAGE, t->work_a);
        if (status != TIL_OK) return status;
        n_found++;
        for (size_t s = 0; s < t->n_samples; s++)
            out[s] += (t->work_a[s] - 1) / ((double)t->n_samples - 1);
    }
    for (size_t s = 0; s < t->n_samples; s++)
        out[s] = n_found == 0 ? NAN : out[s] / (double)n_found;
    return TIL_OK;
}

static til_status_t first_component(til_ctx_t *ctx, const score_t *t, double *out)
{
    til_status_t status;
    size_t n = t->n_samples, k = 0;
    double *z = til_array(t->def->a.n * n, sizeof *z), length;

    if (z == NULL) return til_no_memory(ctx, t->def->a.n * n, "numbers");
    for (size_t g = 0; g < t->def->a.n; g++)
        if (t->row_a[g] != NULL) til_score_standardise(n, t->row_a[g], z + n * k++);
    mean_of(t, t->def->a.n, t->row_a, false, t->work_a);
    for (size_t s = 0; s < n; s++) out[s] = NAN;
    status = k == 0 ? TIL_OK : til_score_first_component(ctx, k, n, z, t->work_a, out, &length);
    free(z);
    return status;
}

static til_status_t compute(til_ctx_t *ctx, const score_t *t, double *out)
{
    const til_score_parsed_t *def = t->def;

    switch (def->type) {
    case TIL_SCORE_MEAN: mean_of(t, def->a.n, t->row_a, false, out); return TIL_OK;
    case TIL_SCORE_GEOMEAN:
    case TIL_SCORE_GEOMEAN_LOG:
        mean_of(t, def->a.n, t->row_a, def->type == TIL_SCORE_GEOMEAN, out);
        for (size_t s = 0; s < t->n_samples; s++) out[s] = exp(out[s]);
        return TIL_OK;
    case TIL_SCORE_WEIGHTED: weighted(t, out); return TIL_OK;
    case TIL_SCORE_LOG_RATIO:
        mean_of(t, def->a.n, t->row_a, false, t->work_a);
        mean_of(t, def->b.n, t->row_b, false, t->work_b);
        for (size_t s = 0; s < t->n_samples; s++) out[s] = t->work_a[s] - t->work_b[s];
        return TIL_OK;
    case TIL_SCORE_RESIDUAL: residual(t, out); return TIL_OK;
    case TIL_SCORE_PAIRS: pair_votes(t, out); return TIL_OK;
    case TIL_SCORE_MEAN_RANK: return mean_rank(ctx, t, out);
    case TIL_SCORE_PC1: return first_component(ctx, t, out);
    }
    return til_fail(ctx, TIL_EINTERNAL, "score type %d has no formula", (int)def->type);
}

/* Rows of a group, and their lines in the coverage; a gene named on both sides is listed once. */
static til_status_t find_rows(til_ctx_t *ctx, const til_score_universe_t *u,
                              const til_score_group_t *group, til_names_t *listed,
                              til_coverage_t *c, const double **rows)
{
    for (size_t i = 0; i < group->n; i++) {
        ptrdiff_t g = til_score_universe_find(u, group->genes[i]);
        int is_new;

        rows[i] = g < 0 ? NULL : til_matrix_row(u->matrix, u->rows[g]);
        if (til_names_add(listed, group->genes[i], &is_new) < 0)
            return til_no_memory(ctx, group->n, "gene names");
        if (is_new) til_coverage_gene(c, group->genes[i], g >= 0);
    }
    return TIL_OK;
}

static til_status_t score_one(til_ctx_t *ctx, const til_score_def_t *def, const char *origin,
                              const til_genesets_t *sets, const til_score_universe_t *u,
                              til_coverage_t *c, double *out)
{
    til_status_t status = TIL_OK;
    til_score_parsed_t parsed = { 0 };
    til_names_t *listed = til_names_new();
    score_t t = { &parsed, def->linear, u->matrix->n_cols, NULL, NULL, NULL, NULL };

    TIL_TRY(til_score_parse(ctx, def, origin, sets, &parsed));
    t.row_a = til_array(parsed.a.n, sizeof *t.row_a);
    t.row_b = til_array(parsed.b.n, sizeof *t.row_b);
    t.work_a = til_array(t.n_samples, sizeof *t.work_a);
    t.work_b = til_array(t.n_samples, sizeof *t.work_b);
    if (listed == NULL || t.row_a == NULL || t.row_b == NULL || t.work_a == NULL ||
        t.work_b == NULL) {
        status = til_no_memory(ctx, t.n_samples, "samples");
        goto done;
    }
    til_coverage_begin(c, def->name);
    TIL_TRY(find_rows(ctx, u, &parsed.a, listed, c, t.row_a));
    TIL_TRY(find_rows(ctx, u, &parsed.b, listed, c, t.row_b));
    TIL_TRY(til_coverage_end(ctx, c));
    TIL_TRY(compute(ctx, &t, out));
done:
    til_names_free(listed);
    til_score_parsed_clear(&parsed);
    free(t.row_a);
    free(t.row_b);
    free(t.work_a);
    free(t.work_b);
    return status;
}

til_status_t til_score_defs(til_ctx_t *ctx, const til_score_def_t *defs, size_t n_defs,
                            const char *origin, const til_genesets_t *sets,
                            const til_matrix_t *expression, const struct til_gene_ids *ids,
                            til_matrix_t *scores, til_table_t *coverage)
{
    til_status_t status = TIL_OK;
    til_score_universe_t u = { 0 };
    til_coverage_t c = { 0 };

    *scores = (til_matrix_t){ 0 };
    *coverage = (til_table_t){ 0 };
    TIL_TRY(til_score_universe_init(ctx, expression, ids, false, &u));
    TIL_TRY(til_matrix_init(ctx, n_defs, expression->n_cols, scores));
    TIL_TRY(til_score_name_matrix(ctx, scores, origin, expression->col_names));
    TIL_TRY(til_coverage_init(ctx, &c, n_defs, coverage));
    for (size_t i = 0; i < n_defs; i++) {
        TIL_TRY(til_matrix_set_row_name(ctx, scores, i, defs[i].name));
        TIL_TRY(score_one(ctx, &defs[i], origin, sets, &u, &c, til_matrix_row(scores, i)));
    }
done:
    til_coverage_clear(&c);
    til_score_universe_clear(&u);
    if (status != TIL_OK) {
        til_matrix_clear(scores);
        til_table_clear(coverage);
    }
    return status;
}
