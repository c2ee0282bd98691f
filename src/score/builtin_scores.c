/* builtin_scores.c -- the scores that are more than a set: weights, ratios, pairs, ranks.
 *
 * With x the log2(CPM or TPM + 1) of a gene, v = 2^x - 1, and means over the genes found:
 *
 *     mean             mean_a x
 *     geomean          exp mean_a log(v + 0.01)
 *     geomean_log      exp mean_a x
 *     weighted_sum_hk  sum_a w (x - mean_HK x)
 *     log_ratio        mean_a x - mean_b x
 *     ratio            log2 of linear sums, half a read added to each: ratio.c
 *     residual         mean_a x [- mean_c x] minus its least-squares line on mean_b x over the samples
 *     pair_votes       number of pairs with x_a > x_b
 *     mean_rank...     mean_a (rank of x among the samples - 1)/(n - 1), ties averaged
 *     pc1              first principal component of the standardised genes, signed as their mean
 *
 * Source:  the publications in genesets/INDEX.tsv; CYT, geomean_log and the GEP weights as R
 *          package easier has them.
 * Agrees:  the same formulas in R 4.2.2 to 1e-10 relative (golden direct_scores_cpm).
 * Differs: missing genes are left out and named in the coverage; weights are not rescaled for
 *          them. A side without any gene gives NA, and so do scores that compare samples with
 *          fewer than three.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/need.h"
#include "base/try.h"
#include "math/order.h"
#include "score/component.h"
#include "genes/coverage.h"
#include "score/definition.h"
#include "score/ratio.h"
#include "score/universe.h"

static const double GEOMEAN_OFFSET = 0.01; /* Rooney 2015: TPM + 0.01 */

/* A score about to be computed: `def` in terms of rows; row_a[i] is NULL for a missing gene. */
typedef struct {
    const til_score_parsed_t *def;
    bool linear;
    size_t n_samples;
    const double **row_a, **row_b, **row_c;
    double *work_a, *work_b; /* n_samples each */
    const double *per_read;  /* n_samples, or NULL: see ratio.h */
    til_ratio_t *ratios;     /* n_samples for a ratio */
} score_t;

enum { LEAST_TO_COMPARE = 3 }; /* samples: with two, any gene has the values -1 and 1 */

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
    if (t->def->c.n > 0) {
        mean_of(t, t->def->c.n, t->row_c, false, out);
        for (size_t s = 0; s < t->n_samples; s++) t->work_a[s] -= out[s];
    }
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

static void ratio(const score_t *t, double *out)
{
    til_ratio_side_t above = { t->def->a.n, t->row_a }, below = { t->def->b.n, t->row_b };

    for (size_t s = 0; s < t->n_samples; s++) {
        t->ratios[s] = til_ratio_of(&above, &below, s, t->per_read == NULL ? NAN : t->per_read[s]);
        out[s] = t->ratios[s].value;
    }
}

static bool compares_samples(til_score_formula_t type)
{
    return type == TIL_SCORE_RESIDUAL || type == TIL_SCORE_MEAN_RANK || type == TIL_SCORE_PC1;
}

static til_status_t compute(til_ctx_t *ctx, const score_t *t, double *out)
{
    const til_score_parsed_t *def = t->def;

    if (compares_samples(def->type) && t->n_samples < LEAST_TO_COMPARE) {
        for (size_t s = 0; s < t->n_samples; s++) out[s] = NAN;
        return TIL_OK;
    }

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
    case TIL_SCORE_RATIO: ratio(t, out); return TIL_OK;
    case TIL_SCORE_RESIDUAL: residual(t, out); return TIL_OK;
    case TIL_SCORE_PAIRS: pair_votes(t, out); return TIL_OK;
    case TIL_SCORE_MEAN_RANK: return mean_rank(ctx, t, out);
    case TIL_SCORE_PC1: return first_component(ctx, t, out);
    }
    return til_fail(ctx, TIL_EINTERNAL, "score type %d has no formula", (int)def->type);
}

/* Rows of a group, and their lines in the coverage; a gene named on both sides is listed once. */
static til_status_t find_rows(til_ctx_t *ctx, const til_score_universe_t *u, const til_matrix_t *m,
                              const til_score_group_t *group, til_names_t *listed,
                              til_coverage_t *c, const double **rows)
{
    for (size_t i = 0; i < group->n; i++) {
        ptrdiff_t g = til_score_universe_find(u, group->genes[i]);
        int is_new;

        rows[i] = g < 0 ? NULL : til_matrix_row(m, u->rows[g]);
        if (til_names_add(listed, group->genes[i], &is_new) < 0)
            return til_no_memory(ctx, group->n, "gene names");
        if (is_new) til_coverage_gene(c, group->genes[i], g >= 0);
    }
    return TIL_OK;
}

/* ---- the table of intervals -------------------------------------------------------------- */

typedef struct {
    til_table_t *table;
    size_t row, score, sample, status;
    double *value, *low, *high, *above, *below;
} intervals_t;

static const double FEW_READS = 10; /* below, the interval says more than the value */

static til_status_t begin_intervals(til_ctx_t *ctx, const til_score_def_t *defs, size_t n_defs,
                                    size_t n_samples, intervals_t *t)
{
    til_status_t status = TIL_OK;
    size_t n = 0;

    for (size_t i = 0; i < n_defs; i++) n += strcmp(defs[i].type, "ratio") == 0;
    TIL_TRY(til_table_init(ctx, n * n_samples, t->table));
    TIL_TRY(til_table_add_text(ctx, t->table, "score", "a ratio", &t->score));
    TIL_TRY(til_table_add_text(ctx, t->table, "sample", "", &t->sample));
    TIL_TRY(til_table_add_number(ctx, t->table, "value", "log2", &t->value));
    TIL_TRY(til_table_add_number(ctx, t->table, "ci_low", "log2, 95 %", &t->low));
    TIL_TRY(til_table_add_number(ctx, t->table, "ci_high", "log2, 95 %", &t->high));
    TIL_TRY(til_table_add_number(ctx, t->table, "reads_above", "of the upper side", &t->above));
    TIL_TRY(til_table_add_number(ctx, t->table, "reads_below", "of the lower side", &t->below));
    TIL_TRY(til_table_add_text(ctx, t->table, "status", "why there is no interval", &t->status));
done:
    return status;
}

static til_status_t add_intervals(til_ctx_t *ctx, intervals_t *t, const char *score,
                                  char *const *samples, const til_ratio_t *ratios, size_t n)
{
    til_status_t status = TIL_OK;

    for (size_t s = 0; s < n; s++, t->row++) {
        const til_ratio_t *r = &ratios[s];
        const char *word = isnan(r->value)              ? "no_genes"
                           : isnan(r->low)              ? "no_counts"
                           : r->reads_below < FEW_READS ? "few_reads"
                                                        : "ok";
        TIL_TRY(til_table_set_text(ctx, t->table, t->score, t->row, score));
        TIL_TRY(til_table_set_text(ctx, t->table, t->sample, t->row, samples[s]));
        TIL_TRY(til_table_set_text(ctx, t->table, t->status, t->row, word));
        t->value[t->row] = r->value;
        t->low[t->row] = r->low;
        t->high[t->row] = r->high;
        t->above[t->row] = r->reads_above;
        t->below[t->row] = r->reads_below;
    }
done:
    return status;
}

/* ---- driver ---------------------------------------------------------------------------------- */

static til_status_t score_one(til_ctx_t *ctx, const til_score_def_t *def, const char *origin,
                              const til_genesets_t *sets, const til_score_universe_t *u,
                              const til_score_values_t *values, til_coverage_t *c,
                              intervals_t *table, double *out)
{
    til_status_t status = TIL_OK;
    til_score_parsed_t parsed = { 0 };
    til_names_t *listed = til_names_new();
    score_t t = { .def = &parsed,
                  .linear = def->linear,
                  .n_samples = u->matrix->n_cols,
                  .per_read = values->per_read };
    const til_matrix_t *m;

    TIL_TRY(til_score_parse(ctx, def, origin, sets, &parsed));
    t.row_a = til_array(parsed.a.n, sizeof *t.row_a);
    t.row_b = til_array(parsed.b.n, sizeof *t.row_b);
    t.row_c = til_array(parsed.c.n, sizeof *t.row_c);
    t.work_a = til_array(t.n_samples, sizeof *t.work_a);
    t.work_b = til_array(t.n_samples, sizeof *t.work_b);
    t.ratios = til_array(t.n_samples, sizeof *t.ratios);
    if (listed == NULL || t.row_a == NULL || t.row_b == NULL || t.row_c == NULL ||
        t.work_a == NULL || t.work_b == NULL || t.ratios == NULL) {
        status = til_no_memory(ctx, t.n_samples, "samples");
        goto done;
    }
    /* reads of a side can be counted on CPM only */
    m = values->tpm == NULL || parsed.type == TIL_SCORE_RATIO ? values->expression : values->tpm;
    til_coverage_begin(c, def->name);
    TIL_TRY(find_rows(ctx, u, m, &parsed.a, listed, c, t.row_a));
    TIL_TRY(find_rows(ctx, u, m, &parsed.c, listed, c, t.row_c));
    TIL_TRY(find_rows(ctx, u, m, &parsed.b, listed, c, t.row_b));
    TIL_TRY(til_coverage_end(ctx, c));
    TIL_TRY(compute(ctx, &t, out));
    if (parsed.type == TIL_SCORE_RATIO && table->table != NULL)
        TIL_TRY(add_intervals(ctx, table, def->name, u->matrix->col_names, t.ratios, t.n_samples));
done:
    til_names_free(listed);
    til_score_parsed_clear(&parsed);
    free(t.row_a);
    free(t.row_b);
    free(t.row_c);
    free(t.work_a);
    free(t.work_b);
    free(t.ratios);
    return status;
}

til_status_t til_score_defs(til_ctx_t *ctx, const til_score_def_t *defs, size_t n_defs,
                            const char *origin, const til_genesets_t *sets,
                            const til_score_values_t *values, const struct til_gene_ids *ids,
                            til_matrix_t *scores, til_table_t *coverage, til_table_t *intervals)
{
    TIL_NEED(ctx, scores);
    *scores = (til_matrix_t){ 0 };
    TIL_NEED(ctx, coverage);
    *coverage = (til_table_t){ 0 };
    TIL_NEED(ctx, defs);
    TIL_NEED(ctx, sets);
    if (intervals != NULL) *intervals = (til_table_t){ 0 };
    TIL_NEED(ctx, values);
    til_status_t status = TIL_OK;
    const til_matrix_t *expression = values->expression;
    til_score_universe_t u = { 0 };
    til_coverage_t c = { 0 };
    intervals_t table = { .table = intervals };

    TIL_TRY(til_score_universe_init(ctx, expression, ids, false, &u));
    TIL_TRY(til_matrix_init(ctx, n_defs, expression->n_cols, scores));
    TIL_TRY(til_score_name_matrix(ctx, scores, origin, expression->col_names));
    TIL_TRY(til_coverage_init(ctx, &c, n_defs, coverage));
    if (intervals != NULL) TIL_TRY(begin_intervals(ctx, defs, n_defs, expression->n_cols, &table));
    for (size_t i = 0; i < n_defs; i++) {
        TIL_TRY(til_matrix_set_row_name(ctx, scores, i, defs[i].name));
        TIL_TRY(score_one(ctx, &defs[i], origin, sets, &u, values, &c, &table,
                          til_matrix_row(scores, i)));
    }
done:
    til_coverage_clear(&c);
    til_score_universe_clear(&u);
    if (status != TIL_OK) {
        til_matrix_clear(scores);
        til_table_clear(coverage);
        if (intervals != NULL) til_table_clear(intervals);
    }
    return status;
}
