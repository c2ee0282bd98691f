/* values.c -- the value of every signature in every sample, blind to the arms.
 *
 *     e_gs, w_gs   voom: log2 counts per million (TMM) and precision weights, from the model
 *                  ~ patient + visit (~ 1 where samples are the units)
 *     v_gp         = n_p / sum_{s of p} 1 / w_gs over the samples of patient p, divided by its mean
 *                  over patients: how well gene g was counted in p, the same at all visits
 *     S_g^2        the variance of the gene's changes (of its levels, where samples are the units),
 *                  within visits, drawn towards that of genes of its height (ebayes.h), and at
 *                  least what counting alone gives: mean_s (k_gs + 1/2)^-1 (ln 2)^-2, twice for a
 *                  change
 *
 *     u_s          = L sum_g v_gp (e_gs - mean_g) / S_g / sum_g v_gp,   1 / L = mean_g 1 / S_g
 *
 * so that each gene counts by its own scatter, and L puts the sum back in log2: genes that all rise
 * by d raise u by d. The weights within a patient do not change from visit to visit; differences
 * of u are therefore free of mean_g. A gene without a count in any sample takes no part.
 *
 *     ratio        log2 (sum_a k + 1/2) / (sum_b k + 1/2): the prior is on the scale of counts, so
 *                  that thinning moves the ratio by its noise only
 *     noise        the variance of u_s by counting alone, genes taken as independent
 *
 * Nothing above looks at arms, hence moving patients between arms leaves u as it is.
 *
 * Source:  Law et al. (2014), Genome Biol. 15:R29 (voom); Smyth (2004) (moderation).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "glm/ebayes.h"
#include "glm/voom.h"
#include "math/linalg.h"
#include "norm/cpm.h"
#include "norm/filter_expr.h"
#include "norm/norm_factors.h"
#include "trial/values.h"

static const double TOL_RANK = 1e-7;
static const double COUNT_PRIOR = 0.5;

/* Genes that take part, for the samples that do. */
typedef struct {
    const til_trial_cohort_t *c;
    size_t n;          /* samples                                        */
    size_t *rows;      /* n: of the sheet and columns of the matrix      */
    size_t *unit;      /* n                                              */
    til_matrix_t k;    /* genes x n: counts, or logs                     */
    ptrdiff_t *at;     /* per row of the matrix: row of k, or -1         */
    double *e, *v, *s; /* genes x n; genes x n; genes                    */
    double *mean;      /* genes                                          */
} genes_t;

static void genes_clear(genes_t *g)
{
    til_matrix_clear(&g->k);
    free(g->rows);
    free(g->unit);
    free(g->at);
    free(g->e);
    free(g->v);
    free(g->s);
    free(g->mean);
}

/* ---- which genes ---------------------------------------------------------------------------- */

static til_status_t take_samples(til_ctx_t *ctx, genes_t *g)
{
    size_t n_rows = g->c->sheet->n_samples;

    g->rows = til_array(n_rows, sizeof *g->rows);
    g->unit = til_array(n_rows, sizeof *g->unit);
    if (g->rows == NULL || g->unit == NULL) return til_no_memory(ctx, n_rows, "samples");
    for (size_t r = 0; r < n_rows; r++)
        if (g->c->unit_of_sample[r] >= 0) {
            g->unit[g->n] = (size_t)g->c->unit_of_sample[r];
            g->rows[g->n++] = r;
        }
    return TIL_OK;
}

static void mark(const size_t *rows, size_t n, bool *keep)
{
    for (size_t i = 0; i < n; i++) keep[rows[i]] = true;
}

/* Genes of signatures, and for counts those that the trend of voom is learned from. */
static til_status_t take_genes(til_ctx_t *ctx, genes_t *g)
{
    const til_trial_input_t *in = g->c->input;
    size_t n_genes = in->values->n_rows, n = 0, *chosen = til_array(n_genes, sizeof *chosen);
    size_t *group = til_array_zero(g->n, sizeof *group);
    bool *keep = til_array_zero(n_genes, sizeof *keep);
    til_matrix_t all = { 0 };
    til_status_t status = TIL_OK;

    g->at = til_array(n_genes, sizeof *g->at);
    if (chosen == NULL || group == NULL || keep == NULL || g->at == NULL)
        TIL_TRY(til_no_memory(ctx, n_genes, "genes"));
    TIL_TRY(til_matrix_select(ctx, in->values, NULL, 0, g->rows, g->n, &all));
    if (!in->is_log) {
        size_t n_cells = til_trial_n_cells(g->c);
        for (size_t s = 0; s < g->n; s++)
            group[s] = g->c->tissue_of_sample[g->rows[s]] * g->c->n_visits +
                       g->c->visit_of_sample[g->rows[s]];
        TIL_TRY(til_filter_by_group(ctx, &all, group, n_cells, keep));
    }
    for (size_t i = 0; i < in->n_signatures; i++) {
        mark(in->signatures[i].a, in->signatures[i].n_a, keep);
        mark(in->signatures[i].b, in->signatures[i].n_b, keep);
    }
    for (size_t i = 0; i < n_genes; i++) {
        bool has_counts = in->is_log;
        for (size_t s = 0; s < g->n && !has_counts; s++)
            has_counts = til_matrix_row(&all, i)[s] > 0;
        g->at[i] = -1;
        if (!keep[i] || !has_counts) continue;
        g->at[i] = (ptrdiff_t)n;
        chosen[n++] = i;
    }
    TIL_TRY(til_matrix_select(ctx, &all, chosen, n, NULL, 0, &g->k));
done:
    til_matrix_clear(&all);
    free(chosen);
    free(group);
    free(keep);
    return status;
}

/* ---- log counts and their precision --------------------------------------------------------- */

/* Patients and cells, without what follows from the others; an intercept where that leaves no
 * degrees of freedom. */
static til_status_t blind_design(til_ctx_t *ctx, const genes_t *g, til_design_t *out)
{
    size_t n = g->n, n_units = g->c->n_units, n_cells = til_trial_n_cells(g->c);
    size_t p = g->c->is_paired ? n_units + n_cells - 1 : 1, rank = 0;
    double *x = til_array_zero(n * p, sizeof *x);
    size_t *pivot = til_array(p, sizeof *pivot);
    til_status_t status = TIL_OK;

    if (x == NULL || pivot == NULL) TIL_TRY(til_no_memory(ctx, n * p, "values of a design"));
    for (size_t s = 0; s < n; s++) {
        if (!g->c->is_paired) {
            x[s] = 1;
            continue;
        }
        size_t cell = g->c->tissue_of_sample[g->rows[s]] * g->c->n_visits +
                      g->c->visit_of_sample[g->rows[s]];
        x[s + g->unit[s] * n] = 1;
        if (cell > 0) x[s + (n_units + cell - 1) * n] = 1;
    }
    if (p <= n) TIL_TRY(til_rank_pivot(ctx, n, p, x, TOL_RANK, &rank, pivot));
    if (p > n || rank >= n) {
        rank = 1;
        pivot[0] = 0;
        for (size_t s = 0; s < n; s++) x[s] = 1;
    }
    TIL_TRY(til_design_init(ctx, n, rank, out));
    for (size_t j = 0; j < rank; j++) memcpy(out->x + j * n, x + pivot[j] * n, n * sizeof *x);
done:
    free(x);
    free(pivot);
    return status;
}

/* e and voom's weights (in v for the time being). */
static til_status_t weigh_counts(til_ctx_t *ctx, genes_t *g)
{
    til_design_t design = { 0 };
    til_linear_t model = { 0 };
    til_voom_t voom = { 0 };
    double *size = til_array(g->n, sizeof *size), *factor = til_array(g->n, sizeof *factor);
    til_status_t status = TIL_OK;

    if (size == NULL || factor == NULL) TIL_TRY(til_no_memory(ctx, g->n, "samples"));
    TIL_TRY(til_library_sizes(ctx, &g->k, size));
    TIL_TRY(til_norm_factors_tmm(ctx, &g->k, size, factor));
    for (size_t s = 0; s < g->n; s++) size[s] *= factor[s];
    TIL_TRY(blind_design(ctx, g, &design));
    TIL_TRY(til_linear_init(ctx, &design, &model));
    TIL_TRY(til_voom(ctx, &g->k, size, &model, NULL, NULL, &voom));
    g->e = voom.e;
    g->v = voom.weights;
    voom.e = voom.weights = NULL;
done:
    til_voom_clear(&voom);
    til_linear_clear(&model);
    til_design_clear(&design);
    free(size);
    free(factor);
    return status;
}

static til_status_t take_logs(til_ctx_t *ctx, genes_t *g)
{
    size_t n = g->k.n_rows * g->n;

    g->e = til_array(n, sizeof *g->e);
    g->v = til_array(n, sizeof *g->v);
    if (g->e == NULL || g->v == NULL) return til_no_memory(ctx, n, "values");
    memcpy(g->e, g->k.x, n * sizeof *g->e);
    for (size_t i = 0; i < n; i++) g->v[i] = 1;
    return TIL_OK;
}

/* v: from weights of samples to those of patients, of mean 1 over patients. */
static til_status_t weigh_patients(til_ctx_t *ctx, genes_t *g)
{
    size_t n_units = g->c->n_units;
    double *inverse = til_array(n_units, sizeof *inverse),
           *count = til_array(n_units, sizeof *count);

    if (inverse == NULL || count == NULL) {
        free(inverse);
        free(count);
        return til_no_memory(ctx, n_units, "patients");
    }
    for (size_t i = 0; i < g->k.n_rows; i++) {
        double *v = g->v + i * g->n, sum = 0, n = 0;
        memset(inverse, 0, n_units * sizeof *inverse);
        memset(count, 0, n_units * sizeof *count);
        for (size_t s = 0; s < g->n; s++) {
            inverse[g->unit[s]] += 1 / v[s];
            count[g->unit[s]]++;
        }
        for (size_t p = 0; p < n_units; p++) {
            if (!(count[p] > 0)) continue;
            sum += count[p] / inverse[p];
            n++;
        }
        for (size_t s = 0; s < g->n; s++)
            v[s] = count[g->unit[s]] / inverse[g->unit[s]] / (sum / n);
    }
    free(inverse);
    free(count);
    return TIL_OK;
}

/* ---- the scatter of a gene ------------------------------------------------------------------ */

/* Something whose variance is the scatter: a sample, or a sample minus the first of its patient. */
typedef struct {
    size_t sample, first; /* of the n; first is SIZE_MAX where there is none  */
    size_t cell;
} change_t;

static til_status_t list_changes(til_ctx_t *ctx, const genes_t *g, change_t **out, size_t *n)
{
    size_t *at = til_array(g->c->sheet->n_samples, sizeof *at);

    *n = 0;
    *out = til_array(g->n, sizeof **out);
    if (*out == NULL || at == NULL) {
        free(at);
        return til_no_memory(ctx, g->n, "samples");
    }
    for (size_t s = 0; s < g->n; s++) at[g->rows[s]] = s;
    for (size_t s = 0; s < g->n; s++) {
        size_t tissue = g->c->tissue_of_sample[g->rows[s]];
        size_t visit = g->c->visit_of_sample[g->rows[s]], first = tissue * g->c->n_visits;
        change_t change = { s, SIZE_MAX, first + visit };
        if (g->c->is_paired) {
            ptrdiff_t row = til_trial_sample(g->c, g->unit[s], first);
            if (visit == 0 || row < 0) continue;
            change.first = at[row];
        }
        (*out)[(*n)++] = change;
    }
    free(at);
    return TIL_OK;
}

/* The weighted variance around the mean of each cell, and its degrees of freedom. */
static double scatter(const double *e, const double *v, const change_t *changes, size_t n,
                      size_t n_cells, double *work, double *df)
{
    double *sum = work, *weight = work + n_cells, rss = 0, total = 0;
    size_t n_used = 0;

    memset(work, 0, 2 * n_cells * sizeof *work);
    for (size_t i = 0; i < n; i++) {
        double x = e[changes[i].sample];
        if (changes[i].first != SIZE_MAX) x -= e[changes[i].first];
        sum[changes[i].cell] += v[changes[i].sample] * x;
        weight[changes[i].cell] += v[changes[i].sample];
    }
    for (size_t i = 0; i < n; i++) {
        double x = e[changes[i].sample];
        if (changes[i].first != SIZE_MAX) x -= e[changes[i].first];
        x -= sum[changes[i].cell] / weight[changes[i].cell];
        rss += v[changes[i].sample] * x * x;
        total += v[changes[i].sample];
    }
    for (size_t k = 0; k < n_cells; k++) n_used += weight[k] > 0;
    *df = (double)(n - n_used);
    return *df > 0 ? rss / (total / (double)n) / *df : 0;
}

static double counting_variance(double k) { return 1 / ((k + COUNT_PRIOR) * M_LN2 * M_LN2); }

/* S_g of every gene; 1 for all where there is nothing to see a scatter in. */
static til_status_t find_scatter(til_ctx_t *ctx, genes_t *g)
{
    size_t n_genes = g->k.n_rows, n_cells = til_trial_n_cells(g->c), n_changes = 0;
    change_t *changes = NULL;
    double *s2 = til_array(n_genes, sizeof *s2), *df = til_array(n_genes, sizeof *df);
    double *work = til_array(2 * n_cells, sizeof *work);
    til_moderated_t moderated = { 0 };
    til_status_t status = TIL_OK;
    bool is_flat = true;

    g->s = til_array(n_genes, sizeof *g->s);
    if (s2 == NULL || df == NULL || work == NULL || g->s == NULL)
        TIL_TRY(til_no_memory(ctx, n_genes, "genes"));
    TIL_TRY(list_changes(ctx, g, &changes, &n_changes));
    for (size_t i = 0; i < n_genes; i++) {
        s2[i] = scatter(g->e + i * g->n, g->v + i * g->n, changes, n_changes, n_cells, work,
                        &df[i]);
        is_flat = is_flat && !(s2[i] > 0);
    }
    if (!is_flat && n_genes >= 10)
        TIL_TRY(til_moderate(ctx, n_genes, s2, df, g->mean, false, &moderated));
    for (size_t i = 0; i < n_genes; i++) {
        double least = 0, variance = moderated.n_genes > 0 ? moderated.s2_post[i] : s2[i];
        for (size_t s = 0; s < g->n && !g->c->input->is_log; s++)
            least += counting_variance(til_matrix_row(&g->k, i)[s]) / (double)g->n;
        if (g->c->is_paired) least *= 2;
        if (!(variance > least)) variance = least;
        g->s[i] = is_flat || !(variance > 0) ? 1 : sqrt(variance);
    }
done:
    til_moderated_clear(&moderated);
    free(changes);
    free(s2);
    free(df);
    free(work);
    return status;
}

static til_status_t genes_init(til_ctx_t *ctx, genes_t *g)
{
    til_status_t status = TIL_OK;

    if (g->c->input->values == NULL) return TIL_OK;
    TIL_TRY(take_genes(ctx, g));
    if (g->k.n_rows == 0) return TIL_OK;
    TIL_TRY(g->c->input->is_log ? take_logs(ctx, g) : weigh_counts(ctx, g));
    g->mean = til_array(g->k.n_rows, sizeof *g->mean);
    if (g->mean == NULL) TIL_TRY(til_no_memory(ctx, g->k.n_rows, "genes"));
    for (size_t i = 0; i < g->k.n_rows; i++) {
        g->mean[i] = 0;
        for (size_t s = 0; s < g->n; s++) g->mean[i] += g->e[i * g->n + s] / (double)g->n;
    }
    TIL_TRY(weigh_patients(ctx, g));
    TIL_TRY(find_scatter(ctx, g));
done:
    return status;
}

/* ---- signatures ----------------------------------------------------------------------------- */

static const char *average_genes(const genes_t *g, const til_trial_signature_t *what, double *u,
                                 double *noise)
{
    double inverse = 0;
    size_t n = 0;

    for (size_t i = 0; i < what->n_a; i++) {
        ptrdiff_t at = g->at[what->a[i]];
        if (at < 0) continue;
        inverse += 1 / g->s[at];
        n++;
    }
    if (n == 0) return "no_counts";
    for (size_t s = 0; s < g->n; s++) {
        double sum = 0, weight = 0, variance = 0;
        for (size_t i = 0; i < what->n_a; i++) {
            ptrdiff_t at = g->at[what->a[i]];
            if (at < 0) continue;
            double v = g->v[(size_t)at * g->n + s], scale = v / g->s[at];
            sum += scale * (g->e[(size_t)at * g->n + s] - g->mean[at]);
            weight += v;
            if (!g->c->input->is_log)
                variance += scale * scale * counting_variance(til_matrix_row(&g->k, (size_t)at)[s]);
        }
        double back = (double)n / inverse / weight;
        u[g->rows[s]] = back * sum;
        noise[g->rows[s]] = back * back * variance;
    }
    return NULL;
}

static double sum_genes(const genes_t *g, const size_t *rows, size_t n, size_t s)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        if (g->at[rows[i]] < 0) continue;
        double x = til_matrix_row(&g->k, (size_t)g->at[rows[i]])[s];
        sum += g->c->input->is_log ? exp2(x) : x;
    }
    return sum;
}

static const char *divide_genes(const genes_t *g, const til_trial_signature_t *what, double *u,
                                double *noise)
{
    bool is_log = g->c->input->is_log;
    double total[2] = { 0, 0 };

    for (size_t s = 0; s < g->n; s++) {
        double a = sum_genes(g, what->a, what->n_a, s), b = sum_genes(g, what->b, what->n_b, s);
        total[0] += a;
        total[1] += b;
        u[g->rows[s]] = is_log ? log2(a / b) : log2((a + COUNT_PRIOR) / (b + COUNT_PRIOR));
        noise[g->rows[s]] = is_log ? 0 : counting_variance(a) + counting_variance(b);
    }
    return total[0] > 0 && total[1] > 0 ? NULL : "no_counts";
}

static const char *take_values(const til_trial_cohort_t *c, const til_trial_signature_t *what,
                               double *u)
{
    bool any = false;

    for (size_t r = 0; r < c->sheet->n_samples; r++) {
        if (c->unit_of_sample[r] < 0) continue;
        u[r] = isfinite(what->values[r]) ? what->values[r] : NAN;
        any = any || !isnan(u[r]);
    }
    return any ? NULL : "no_values";
}

til_status_t til_trial_values_init(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                                   til_trial_values_t *out)
{
    const til_trial_input_t *in = cohort->input;
    size_t n = cohort->sheet->n_samples;
    genes_t g = { .c = cohort };
    til_status_t status = TIL_OK;

    *out = (til_trial_values_t){ in->n_signatures, n, NULL, NULL, NULL };
    out->u = til_array(in->n_signatures * n, sizeof *out->u);
    out->noise = til_array_zero(in->n_signatures * n, sizeof *out->noise);
    out->problem = til_array_zero(in->n_signatures, sizeof *out->problem);
    if (out->u == NULL || out->noise == NULL || out->problem == NULL)
        TIL_TRY(til_no_memory(ctx, in->n_signatures * n, "values"));
    for (size_t i = 0; i < in->n_signatures * n; i++) out->u[i] = NAN;
    TIL_TRY(take_samples(ctx, &g));
    TIL_TRY(genes_init(ctx, &g));
    for (size_t i = 0; i < in->n_signatures; i++) {
        const til_trial_signature_t *what = &in->signatures[i];
        double *u = out->u + i * n, *noise = out->noise + i * n;
        if (what->kind == TIL_TRIAL_VALUE) out->problem[i] = take_values(cohort, what, u);
        else if (what->n_a == 0 || (what->kind == TIL_TRIAL_RATIO && what->n_b == 0))
            out->problem[i] = "no_genes";
        else if (what->kind == TIL_TRIAL_RATIO) out->problem[i] = divide_genes(&g, what, u, noise);
        else out->problem[i] = average_genes(&g, what, u, noise);
    }
done:
    genes_clear(&g);
    if (status != TIL_OK) til_trial_values_clear(out);
    return status;
}

void til_trial_values_clear(til_trial_values_t *values)
{
    if (values == NULL) return;
    free(values->u);
    free(values->noise);
    free(values->problem);
    *values = (til_trial_values_t){ 0 };
}
