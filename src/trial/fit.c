/* fit.c -- the linear model of one question over all signatures, with moderated variances.
 *
 * The value y of a patient is modelled as X b: a column per group, covariates (centred where they
 * belong to the patient, as they are where they are a change of the biopsy), and for arms made by
 * chance the first visit. The estimate is c'b, with
 *
 *     v = X (X'X)^-1 c,   estimate = v'y,   se^2 = s2 v'v
 *
 * so that v / |v| is what is tested, and the rest of the columns' space is held.
 *
 * The variances s2_i of the signatures (d degrees of freedom) are drawn towards a common one:
 *
 *     log s2_i ~ log sigma2_i + eps_i,    var eps = psi'(d / 2),   log sigma2_i ~ (mu, V)
 *
 * Signatures of one cohort share patients and genes, so that eps_i and eps_j correlate by rho_ij^2,
 * rho the correlation of their residuals. With r1 the mean of rho^2 over pairs and r0 over all
 * i, j, the variance of log s2_i over signatures is V + psi'(d/2) (1 - r1), and the common mean
 * carries an error of psi'(d/2) r0 that no number of signatures removes:
 *
 *     V    = max(0, var(log s2) - psi'(d/2) (1 - r1)),  psi'(d0/2) = V
 *     w    = d0 / (d0 + d1),                            psi'(d1/2) = psi'(d/2) (1 - r1)
 *     s2'  = (1 - w) s2 + w s0^2
 *     var log s2' = psi'(d/2) ((1 - w)^2 + r0 (1 - (1 - w)^2)) + w^2 V
 *
 * The degrees of freedom of the moderated t are d + d0 times the share of the gain that is left
 * with r0 > 0. For independent signatures r0 = r1 = 0 and this is eBayes(); a signature alone has
 * r0 = 1 and no gain.
 *
 * Source:  Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3:3.
 * Agrees:  limma 3.54 lmFit() + eBayes() to 1e-8 where signatures are independent.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/dist.h"
#include "math/linalg.h"
#include "trial/fit.h"

static const double TOL_ALIAS = 1e-10; /* share of a column's length that is its own */
enum { MIN_BASELINE_DF = 8 };

/* ---- who is in ------------------------------------------------------------------------------ */

double til_trial_unit_value(const til_trial_cohort_t *c, const til_trial_question_t *q,
                            const double *u, size_t unit)
{
    double value = 0;

    for (size_t k = 0; k < q->n_terms; k++) {
        ptrdiff_t row = til_trial_sample(c, unit, q->cell[k]);
        if (row < 0) return NAN;
        value += q->coef[k] * u[row];
    }
    for (size_t k = 0; q->n_terms == 0 && k < til_trial_n_cells(c); k++)
        if (til_trial_sample(c, unit, k) >= 0) return u[til_trial_sample(c, unit, k)];
    return value;
}

/* The visit of a unit that is a sample. */
static ptrdiff_t visit_of(const til_trial_cohort_t *c, size_t unit)
{
    for (size_t k = 0; k < til_trial_n_cells(c); k++)
        if (til_trial_sample(c, unit, k) >= 0) return (ptrdiff_t)(k % c->n_visits);
    return -1;
}

static ptrdiff_t group_of(const til_trial_cohort_t *c, const til_trial_question_t *q, size_t unit)
{
    for (size_t j = 0; j < q->n_groups; j++) {
        const til_trial_group_t *group = &q->groups[j];
        if (group->arm >= 0 && (size_t)group->arm != c->arm_of[unit]) continue;
        if (group->visit >= 0 && group->visit != visit_of(c, unit)) continue;
        return (ptrdiff_t)j;
    }
    return -1;
}

/* The row of a design that is the sample of a unit, or -1. */
static ptrdiff_t design_row(const til_design_t *design, size_t row)
{
    for (size_t s = 0; s < design->n_samples; s++)
        if (design->rows[s] == row) return (ptrdiff_t)s;
    return -1;
}

/* ---- the model ------------------------------------------------------------------------------- */

/* Columns under construction: n x capacity. */
typedef struct {
    size_t n, p;
    double *x;
} columns_t;

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* Takes the k orthonormal columns of q out of x, twice for accuracy, and scales x to length 1.
 * False when nothing of it is left. */
static bool orthonormalise(size_t n, size_t k, const double *q, double *x)
{
    double before = sqrt(dot(n, x, x));

    for (int pass = 0; pass < 2; pass++)
        for (size_t j = 0; j < k; j++) {
            double along = dot(n, q + j * n, x);
            for (size_t i = 0; i < n; i++) x[i] -= along * q[j * n + i];
        }
    double after = sqrt(dot(n, x, x));
    if (!(after > TOL_ALIAS * before) || before == 0) return false;
    for (size_t i = 0; i < n; i++) x[i] /= after;
    return true;
}

/* The value of a covariate for a unit: of the patient, or its change. */
static double covariate_of(const til_trial_cohort_t *c, const til_trial_question_t *q,
                           const til_trial_covariate_t *covariate, size_t unit)
{
    if (!covariate->is_of_unit || q->n_terms == 0)
        return til_trial_unit_value(c, q, covariate->x, unit);
    for (size_t k = 0; k < til_trial_n_cells(c); k++)
        if (til_trial_sample(c, unit, k) >= 0) return covariate->x[til_trial_sample(c, unit, k)];
    return NAN;
}

static void centre(size_t n, double *x)
{
    double mean = 0;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) x[i] -= mean;
}

/* X of the groups and covariates, or of the design. */
static void fill_columns(const til_trial_cohort_t *c, const til_trial_question_t *q,
                         const til_trial_frame_t *f, columns_t *out)
{
    size_t n = f->n;

    out->n = n;
    if (q->design != NULL) {
        out->p = q->design->n_coef;
        for (size_t i = 0; i < n; i++) {
            ptrdiff_t row = design_row(q->design, (size_t)til_trial_sample(c, f->unit[i], 0));
            for (size_t j = 0; j < out->p; j++)
                out->x[i + j * n] = q->design->x[(size_t)row + j * q->design->n_samples];
        }
        return;
    }
    out->p = q->n_groups;
    for (size_t j = 0; j < q->n_groups; j++)
        for (size_t i = 0; i < n; i++) out->x[i + j * n] = f->group[i] == j;
    for (size_t k = 1; k < f->n_strata; k++, out->p++) {
        double *x = out->x + out->p * n;
        for (size_t i = 0; i < n; i++) x[i] = f->stratum[i] == k;
        centre(n, x);
    }
    for (size_t k = 0; k < c->n_covariates; k++, out->p++) {
        double *x = out->x + out->p * n;
        for (size_t i = 0; i < n; i++) x[i] = covariate_of(c, q, &c->covariates[k], f->unit[i]);
        if (c->covariates[k].is_of_unit || q->n_terms == 0) centre(n, x);
    }
}

/* Weights c of the columns: of the groups, or of the coefficients. */
static double weight_of(const til_trial_question_t *q, size_t j)
{
    if (q->design != NULL) return q->contrast[j];
    return j < q->n_groups ? q->groups[j].weight : 0;
}

/* Sets tested, length, held: v = B R^-T c with X = B R, B of independent columns; c is only used on
 * those, as aliased columns of covariates weigh nothing. */
static til_status_t split_space(til_ctx_t *ctx, const til_trial_question_t *q, const columns_t *x,
                                til_trial_frame_t *f)
{
    size_t n = f->n, p = x->p, rank = 0;
    double *b = til_array(n * p, sizeof *b), *r = til_array_zero(p * p, sizeof *r);
    double *z = til_array_zero(p, sizeof *z), *one = til_array(n, sizeof *one);
    til_status_t status = TIL_OK;

    f->tested = til_array_zero(n, sizeof *f->tested);
    f->held = til_array(n * (p + f->n_strata), sizeof *f->held);
    if (b == NULL || r == NULL || z == NULL || one == NULL || f->tested == NULL || f->held == NULL)
        TIL_TRY(til_no_memory(ctx, n * p, "values of a model"));
    for (size_t j = 0; j < p; j++) {
        double *column = b + rank * n;
        memcpy(column, x->x + j * n, n * sizeof *column);
        if (!orthonormalise(n, rank, b, column)) {
            if (weight_of(q, j) != 0) f->problem = "not_estimable";
            continue;
        }
        for (size_t k = 0; k <= rank; k++) r[k + rank * p] = dot(n, b + k * n, x->x + j * n);
        z[rank] = weight_of(q, j);
        for (size_t k = 0; k < rank; k++) z[rank] -= r[k + rank * p] * z[k];
        z[rank] /= r[rank + rank * p];
        rank++;
    }
    for (size_t k = 0; k < rank; k++)
        for (size_t i = 0; i < n; i++) f->tested[i] += z[k] * b[i + k * n];
    f->length = sqrt(dot(n, f->tested, f->tested));
    if (!(f->length > 0)) f->problem = "not_estimable";
    if (f->problem != NULL) goto done;
    for (size_t i = 0; i < n; i++) f->tested[i] /= f->length;

    /* held: first what moving units within strata leaves as it is, then the rest of the space */
    for (size_t k = 0; k < f->n_strata && !f->is_flip; k++) {
        double *column = f->held + f->n_held * n;
        for (size_t i = 0; i < n; i++) column[i] = f->stratum[i] == k;
        memcpy(one, column, n * sizeof *one);
        double share = dot(n, one, f->tested);
        if (fabs(share) > 1e-8 * sqrt(dot(n, one, one))) continue;
        /* within the space of the model? */
        double *rest = one;
        double length = sqrt(dot(n, rest, rest));
        for (size_t j = 0; j < rank; j++) {
            double along = dot(n, b + j * n, column);
            for (size_t i = 0; i < n; i++) rest[i] -= along * b[i + j * n];
        }
        if (sqrt(dot(n, rest, rest)) > 1e-8 * length) continue;
        if (orthonormalise(n, f->n_held, f->held, column)) f->n_held++;
    }
    f->n_free = f->n_held;
    for (size_t j = 0; j < rank && f->n_held + 1 < rank; j++) {
        double *column = f->held + f->n_held * n;
        double along = dot(n, b + j * n, f->tested);
        for (size_t i = 0; i < n; i++) column[i] = b[i + j * n] - along * f->tested[i];
        if (dot(n, column, column) < 1e-8) continue;
        if (orthonormalise(n, f->n_held, f->held, column)) f->n_held++;
    }
done:
    free(b);
    free(r);
    free(z);
    free(one);
    return status;
}

static void frame_clear(til_trial_frame_t *f)
{
    free(f->unit);
    free(f->group);
    free(f->stratum);
    free(f->tested);
    free(f->held);
}

/* Numbers the strata of the units in the frame from 0; one for flips and designs. */
static til_status_t number_strata(til_ctx_t *ctx, const til_trial_cohort_t *c,
                                  const til_trial_question_t *q, til_trial_frame_t *f)
{
    ptrdiff_t *number = til_array(c->n_strata, sizeof *number);

    if (number == NULL) return til_no_memory(ctx, c->n_strata, "strata");
    for (size_t k = 0; k < c->n_strata; k++) number[k] = -1;
    f->n_strata = 0;
    for (size_t i = 0; i < f->n; i++) {
        size_t k = q->design != NULL || f->is_flip ? 0 : c->stratum_of[f->unit[i]];
        if (number[k] < 0) number[k] = (ptrdiff_t)f->n_strata++;
        f->stratum[i] = (size_t)number[k];
    }
    free(number);
    return TIL_OK;
}

/* Is there a stratum with units of two groups? Else nobody can be compared within strata. */
static bool has_mixed_stratum(const til_trial_frame_t *f)
{
    for (size_t i = 1; i < f->n; i++)
        for (size_t k = 0; k < i; k++)
            if (f->stratum[i] == f->stratum[k] && f->group[i] != f->group[k]) return true;
    return false;
}

/* The units that have a value of signature u, and the model over them. */
static til_status_t frame_init(til_ctx_t *ctx, const til_trial_cohort_t *c,
                               const til_trial_question_t *q, const double *u, til_trial_frame_t *f)
{
    size_t per_group[TIL_TRIAL_MAX_GROUPS] = { 0 }, p;
    columns_t x = { 0 };
    til_status_t status = TIL_OK;

    *f = (til_trial_frame_t){ .is_flip = q->design == NULL && q->n_groups == 1 };
    f->unit = til_array(c->n_units, sizeof *f->unit);
    f->group = til_array_zero(c->n_units, sizeof *f->group);
    f->stratum = til_array_zero(c->n_units, sizeof *f->stratum);
    if (f->unit == NULL || f->group == NULL || f->stratum == NULL)
        TIL_TRY(til_no_memory(ctx, c->n_units, "patients"));
    for (size_t i = 0; i < c->n_units; i++) {
        ptrdiff_t group = group_of(c, q, i);
        if (group < 0 || isnan(til_trial_unit_value(c, q, u, i))) continue;
        if (q->design != NULL && design_row(q->design, (size_t)til_trial_sample(c, i, 0)) < 0)
            continue;
        per_group[group]++;
        f->group[f->n] = (size_t)group;
        f->unit[f->n++] = i;
    }
    for (size_t j = 0; j < q->n_groups; j++)
        if (per_group[j] == 0) f->problem = "no_patients";
        else if (per_group[j] < 2 && f->problem == NULL) f->problem = "too_few_patients";
    TIL_TRY(number_strata(ctx, c, q, f));
    if (q->design == NULL && !f->is_flip && f->problem == NULL && !has_mixed_stratum(f))
        f->problem = "arm_is_stratum";
    p = q->design != NULL ? q->design->n_coef : q->n_groups + f->n_strata + c->n_covariates;
    x.x = til_array(f->n * p, sizeof *x.x);
    if (x.x == NULL) TIL_TRY(til_no_memory(ctx, f->n * p, "values of a model"));
    if (f->n == 0) goto done;
    fill_columns(c, q, f, &x);
    TIL_TRY(split_space(ctx, q, &x, f));
    if (f->problem == NULL && f->n <= f->n_held + 1) f->problem = "too_few_patients";
    f->is_plain = q->design == NULL && q->n_groups == 2 && f->n_held == f->n_free;
done:
    free(x.x);
    return status;
}

/* ---- signatures of one frame ------------------------------------------------------------------ */

static void fit_clear(til_trial_fit_t *fit)
{
    frame_clear(&fit->frame);
    free(fit->signature);
    free(fit->y);
    free(fit->residual);
    free(fit->base);
    free(fit->lean);
    free(fit->effect);
    free(fit->se);
    free(fit->df);
    free(fit->stat);
    free(fit->pvalue);
    free(fit->sd);
    free(fit->share);
    free(fit->prior);
}

static til_status_t make_room(til_ctx_t *ctx, til_trial_fit_t *fit, bool has_baseline)
{
    size_t m = fit->m, n = fit->frame.n;
    double **arrays[] = { &fit->lean,   &fit->effect, &fit->se,    &fit->df,   &fit->stat,
                          &fit->pvalue, &fit->sd,     &fit->share, &fit->prior };

    fit->y = til_array(m * n, sizeof *fit->y);
    fit->residual = til_array(m * n, sizeof *fit->residual);
    if (has_baseline) fit->base = til_array(m * n, sizeof *fit->base);
    bool ok = fit->y != NULL && fit->residual != NULL && (fit->base != NULL || !has_baseline);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = til_array(m, sizeof **arrays[i]);
        ok = ok && *arrays[i] != NULL;
        for (size_t k = 0; ok && k < m; k++) (*arrays[i])[k] = NAN;
    }
    return ok ? TIL_OK : til_no_memory(ctx, m * n, "values of patients");
}

static void take_out(size_t n, size_t k, const double *q, double *x)
{
    for (size_t j = 0; j < k; j++) {
        double along = dot(n, q + j * n, x);
        for (size_t i = 0; i < n; i++) x[i] -= along * q[j * n + i];
    }
}

/* The first visit of signature i, free of what is held, of length 1; false where it does not
 * vary. */
static bool take_baseline(const til_trial_cohort_t *c, const til_trial_question_t *q,
                          const til_trial_frame_t *f, const double *u, double *base)
{
    double mean = 0, n_known = 0;

    for (size_t i = 0; i < f->n; i++) {
        ptrdiff_t row = til_trial_sample(c, f->unit[i], q->first_cell);
        base[i] = row < 0 ? NAN : u[row];
        if (isnan(base[i])) continue;
        mean += base[i];
        n_known++;
    }
    for (size_t i = 0; i < f->n; i++) base[i] = isnan(base[i]) ? 0 : base[i] - mean / n_known;
    return n_known > 0 && orthonormalise(f->n, f->n_held, f->held, base);
}

/* Estimates and residual variances; what is moderated comes after. */
static void fit_one(const til_trial_cohort_t *c, const til_trial_question_t *q,
                    const til_trial_values_t *values, til_trial_fit_t *fit, size_t i)
{
    const til_trial_frame_t *f = &fit->frame;
    size_t n = f->n;
    const double *u = values->u + fit->signature[i] * values->n_samples;
    double *y = fit->y + i * n, *residual = fit->residual + i * n, lean = 0, along, length;

    for (size_t k = 0; k < n; k++) y[k] = til_trial_unit_value(c, q, u, f->unit[k]);
    memcpy(residual, y, n * sizeof *y);
    take_out(n, f->n_held, f->held, residual);
    if (fit->base != NULL) {
        double *base = fit->base + i * n;
        if (take_baseline(c, q, f, u, base)) {
            lean = dot(n, base, f->tested);
            take_out(n, 1, base, residual);
        } else {
            memset(base, 0, n * sizeof *base);
        }
    }
    /* with a baseline b: tested' = (tested - lean b) / sqrt(1 - lean^2); residual is free of b */
    length = sqrt(1 - lean * lean);
    along = dot(n, f->tested, residual) / length;
    fit->lean[i] = lean;
    fit->effect[i] = along / length * f->length;
    fit->sd[i] = sqrt(fmax(0, dot(n, residual, residual) - along * along) / fit->df_residual);
    fit->se[i] = f->length / length; /* times the moderated sd */
}

/* ---- moderation ------------------------------------------------------------------------------ */

/* The mean of rho^2 over pairs of signatures, free of what chance gives, and over all i, j. */
static til_status_t shared_error(til_ctx_t *ctx, const til_trial_fit_t *fit, const bool *use,
                                 size_t n_used, double *over_pairs, double *over_all)
{
    size_t n = fit->frame.n;
    double *gram = til_array_zero(n * n, sizeof *gram), *x = til_array(n, sizeof *x), sum = 0;

    *over_pairs = 0;
    *over_all = 1;
    if (gram == NULL || x == NULL) {
        free(gram);
        free(x);
        return til_no_memory(ctx, n * n, "products");
    }
    for (size_t i = 0; i < fit->m; i++) {
        if (!use[i]) continue;
        memcpy(x, fit->residual + i * n, n * sizeof *x);
        if (fit->base == NULL) take_out(n, 1, fit->frame.tested, x);
        double length = dot(n, x, x);
        if (!(length > 0)) continue;
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b <= a; b++) gram[a * n + b] += x[a] * x[b] / length;
    }
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b <= a; b++) sum += (a == b ? 1 : 2) * gram[a * n + b] * gram[a * n + b];
    if (n_used > 1) {
        double m = (double)n_used, d = fit->df_residual;
        double raw = (sum - m) / (m * (m - 1));
        double r1 = d > 1 ? (raw - 1 / d) / (1 - 1 / d) : 1;
        *over_pairs = r1 < 0 ? 0 : r1 > 1 ? 1 : r1;
        *over_all = (1 + (m - 1) * *over_pairs) / m;
    }
    free(gram);
    free(x);
    return TIL_OK;
}

/* var log s2' for a share w of the prior; see the head. */
static double log_variance(double trigamma, double w, double shared, double spread)
{
    double own = (1 - w) * (1 - w);
    return trigamma * (own + shared * (1 - own)) + w * w * spread;
}

/* Degrees of freedom of the moderated t: d + d0 without shared errors, less with. */
static double total_df(double d, double d0, double w, double shared, double spread)
{
    double trigamma = til_trigamma(d / 2), all, left;

    if (!(d0 > 0)) return d;
    left = 2 * til_trigamma_inverse(log_variance(trigamma, w, shared, spread));
    if (!isfinite(d0)) return shared > 0 ? fmax(d, left) : INFINITY;
    all = 2 * til_trigamma_inverse(log_variance(trigamma, w, 0, spread));
    if (!(all > d)) return d;
    double share = (left - d) / (all - d);
    return d + d0 * (share < 0 ? 0 : share > 1 ? 1 : share);
}

/* Draws the variances of the signatures of one unit of measure towards a common one. `use` says
 * which. */
static til_status_t moderate(til_ctx_t *ctx, til_trial_fit_t *fit, const bool *use)
{
    double d = fit->df_residual, mean = 0, spread = 0, m = 0, r0, r1;
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < fit->m; i++) m += use[i];
    TIL_TRY(shared_error(ctx, fit, use, (size_t)m, &r1, &r0));
    for (size_t i = 0; i < fit->m; i++)
        if (use[i]) mean += (2 * log(fit->sd[i]) - til_digamma(d / 2) + log(d / 2)) / m;
    for (size_t i = 0; i < fit->m; i++) {
        if (!use[i]) continue;
        double off = 2 * log(fit->sd[i]) - til_digamma(d / 2) + log(d / 2) - mean;
        spread += off * off / (m - 1);
    }
    double trigamma = til_trigamma(d / 2), own = trigamma * (1 - r1), d0 = 0, w = 0, prior = 0;
    spread -= own;
    if (m > 1 && own > 0) {
        d0 = spread > 0 ? 2 * til_trigamma_inverse(spread) : INFINITY;
        double d1 = 2 * til_trigamma_inverse(own);
        w = isfinite(d0) ? d0 / (d0 + d1) : 1;
        prior = exp(mean + (isfinite(d0) ? til_digamma(d0 / 2) - log(d0 / 2) : 0));
    }
    double df = fmin(total_df(d, d0, w, r0, fmax(0, spread)), d * m);
    for (size_t i = 0; i < fit->m; i++) {
        if (!use[i]) continue;
        double s = sqrt((1 - w) * fit->sd[i] * fit->sd[i] + w * prior);
        fit->share[i] = w;
        fit->prior[i] = prior;
        fit->se[i] *= s;
        fit->df[i] = df;
        fit->stat[i] = fit->effect[i] / fit->se[i];
        fit->pvalue[i] = 2 * til_pt(fabs(fit->stat[i]), df, true, false);
    }
done:
    return status;
}

static til_status_t moderate_kinds(til_ctx_t *ctx, const til_trial_input_t *in,
                                   til_trial_fit_t *fit)
{
    bool *use = til_array(fit->m, sizeof *use);
    til_status_t status = TIL_OK;

    if (use == NULL) return til_no_memory(ctx, fit->m, "signatures");
    for (int is_value = 0; is_value < 2; is_value++) {
        size_t n = 0;
        for (size_t i = 0; i < fit->m; i++) {
            bool is = in->signatures[fit->signature[i]].kind == TIL_TRIAL_VALUE;
            use[i] = is == (is_value == 1) && fit->sd[i] > 0;
            n += use[i];
        }
        if (n > 0) TIL_TRY(moderate(ctx, fit, use));
    }
done:
    free(use);
    return status;
}

/* ---- all signatures --------------------------------------------------------------------------- */

/* The fit whose units are those that have a value of u, or NULL. */
static til_trial_fit_t *find_fit(const til_trial_cohort_t *c, const til_trial_question_t *q,
                                 til_trial_fits_t *fits, const double *u)
{
    for (size_t k = 0; k < fits->n_fits; k++) {
        const til_trial_frame_t *f = &fits->fits[k].frame;
        size_t at = 0;
        bool same = true;
        for (size_t i = 0; i < c->n_units && same; i++) {
            if (group_of(c, q, i) < 0) continue;
            if (q->design != NULL && design_row(q->design, (size_t)til_trial_sample(c, i, 0)) < 0)
                continue;
            bool has = !isnan(til_trial_unit_value(c, q, u, i));
            bool is_in = at < f->n && f->unit[at] == i;
            same = has == is_in;
            at += is_in;
        }
        if (same && at == f->n) return &fits->fits[k];
    }
    return NULL;
}

static til_status_t gather(til_ctx_t *ctx, const til_trial_cohort_t *c,
                           const til_trial_values_t *values, til_trial_fits_t *out)
{
    til_status_t status = TIL_OK;
    size_t room = 0;

    for (size_t i = 0; i < values->n_signatures; i++) {
        const double *u = values->u + i * values->n_samples;
        if (values->problem[i] != NULL) continue;
        til_trial_fit_t *fit = find_fit(c, out->question, out, u);
        if (fit == NULL) {
            TIL_TRY(til_grow(ctx, &out->fits, &room, out->n_fits + 1, sizeof *out->fits));
            fit = &out->fits[out->n_fits];
            *fit = (til_trial_fit_t){ 0 };
            out->n_fits++;
            TIL_TRY(frame_init(ctx, c, out->question, u, &fit->frame));
            fit->signature = til_array(values->n_signatures, sizeof *fit->signature);
            if (fit->signature == NULL)
                TIL_TRY(til_no_memory(ctx, values->n_signatures, "signatures"));
        }
        fit->signature[fit->m++] = i;
    }
done:
    return status;
}

static bool wants_baseline(const til_trial_cohort_t *c, const til_trial_question_t *q)
{
    til_trial_baseline_t wish = c->input->baseline;

    if (!c->is_paired || q->n_groups != 2 || q->design != NULL) return false;
    return wish == TIL_BASELINE_YES || (wish == TIL_BASELINE_AUTO && c->input->n_strata > 0);
}

til_status_t til_trial_fit(til_ctx_t *ctx, const til_trial_cohort_t *cohort,
                           const til_trial_question_t *question, const til_trial_values_t *values,
                           til_trial_fits_t *out)
{
    til_status_t status = TIL_OK;

    *out = (til_trial_fits_t){ .question = question };
    TIL_TRY(gather(ctx, cohort, values, out));
    for (size_t k = 0; k < out->n_fits; k++) {
        til_trial_fit_t *fit = &out->fits[k];
        double df = (double)fit->frame.n - (double)fit->frame.n_held - 1;
        bool base = wants_baseline(cohort, question) && df - 1 >= MIN_BASELINE_DF &&
                    fit->frame.problem == NULL;
        out->has_baseline = out->has_baseline || base;
        fit->df_residual = base ? df - 1 : df;
        if (base) fit->frame.is_plain = false;
        TIL_TRY(make_room(ctx, fit, base));
        if (fit->frame.problem != NULL) continue;
        for (size_t i = 0; i < fit->m; i++) fit_one(cohort, question, values, fit, i);
        TIL_TRY(moderate_kinds(ctx, cohort->input, fit));
    }
done:
    return status;
}

void til_trial_fits_clear(til_trial_fits_t *fits)
{
    if (fits == NULL) return;
    for (size_t k = 0; k < fits->n_fits; k++) fit_clear(&fits->fits[k]);
    free(fits->fits);
    *fits = (til_trial_fits_t){ 0 };
}
