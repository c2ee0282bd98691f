/* reml.c -- a question of pairs with the patients who have one of the two visits.
 *
 *     u_pv = mean of arm and visit + b_p + e_pv,   cor(u_p0, u_p1) = r
 *
 * A patient with both visits gives (u1 - u0) / sqrt 2, of variance s2 (1 - r), and (u1 + u0) / sqrt 2,
 * of variance s2 (1 + r); one with a single visit gives u, of variance s2. All are independent, so
 * that each r is one weighted fit, and r is where
 *
 *     (n - p) log s2(r) + sum log v_i(r) + log |X'V^-1 X|       is least (REML)
 *
 * The change is compared by a t of Satterthwaite's degrees of freedom,
 *
 *     df = 2 C^2 / (g' A g),   C = s2 k(r) the variance of the estimate, g its gradient, A twice the
 *                              inverse of the second derivatives of the criterion in (log s2, r)
 *
 * Source:  Patterson & Thompson (1971), Biometrika 58:545; Satterthwaite (1946).
 * Agrees:  R nlme 3.1 lme(random = ~ 1 | patient) to 1e-4 in the estimate where r > 0 (its iteration
 *          stops earlier; here r may be negative).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/linalg.h"
#include "math/optimise.h"
#include "trial/reml.h"

enum { MAX_MEANS = 2 * TIL_TRIAL_MAX_GROUPS, SINGLE = 0, DIFFERENCE = -1, SUM = 1 };
static const double MAX_R = 0.999, TOL = 1e-9, STEP = 1e-4;

typedef struct {
    size_t n, p;
    double *x, *y; /* n x p row-major; n                            */
    int *kind;     /* n: SINGLE, DIFFERENCE, SUM                    */
    double c[MAX_MEANS];
    double rss, log_v, log_det, k, estimate; /* of the last fit     */
} problem_t;

static double variance_of(int kind, double r) { return 1 + kind * r; }

/* Fits at r. False when the means cannot be told apart. */
static bool fit_at(problem_t *q, double r)
{
    double xx[MAX_MEANS * MAX_MEANS] = { 0 }, xy[MAX_MEANS] = { 0 }, c[MAX_MEANS];
    size_t p = q->p;

    q->log_v = q->rss = 0;
    for (size_t i = 0; i < q->n; i++) {
        double v = variance_of(q->kind[i], r);
        q->log_v += log(v);
        for (size_t a = 0; a < p; a++) {
            xy[a] += q->x[i * p + a] * q->y[i] / v;
            for (size_t b = 0; b < p; b++) xx[a + b * p] += q->x[i * p + a] * q->x[i * p + b] / v;
        }
    }
    if (!til_chol(p, xx)) return false;
    q->log_det = til_chol_log_det(p, xx);
    til_chol_solve(p, xx, xy);
    memcpy(c, q->c, p * sizeof *c);
    til_chol_solve(p, xx, c);
    q->k = q->estimate = 0;
    for (size_t a = 0; a < p; a++) {
        q->k += q->c[a] * c[a];
        q->estimate += q->c[a] * xy[a];
    }
    for (size_t i = 0; i < q->n; i++) {
        double residual = q->y[i];
        for (size_t a = 0; a < p; a++) residual -= q->x[i * p + a] * xy[a];
        q->rss += residual * residual / variance_of(q->kind[i], r);
    }
    return true;
}

/* The criterion with s2 at its best, or at a given logarithm. */
static double criterion(problem_t *q, double r, const double *log_s2)
{
    double df = (double)(q->n - q->p);

    if (!fit_at(q, r)) return INFINITY;
    if (log_s2 == NULL) return df * log(q->rss / df) + q->log_v + q->log_det;
    return df * *log_s2 + q->rss / exp(*log_s2) + q->log_v + q->log_det;
}

static double profile(double r, void *arg) { return criterion(arg, r, NULL); }

static double satterthwaite(problem_t *q, double r)
{
    double df = (double)(q->n - q->p), at[3], variance[3], s;

    fit_at(q, r);
    s = log(q->rss / df);
    for (int i = 0; i < 3; i++) {
        at[i] = criterion(q, r + (i - 1) * STEP, &s);
        variance[i] = exp(s) * q->k;
    }
    /* second derivatives in (log s2, r); in log s2 they are known */
    double h_ss = df, h_rr = (at[0] - 2 * at[1] + at[2]) / (STEP * STEP), h_sr;
    fit_at(q, r + STEP);
    h_sr = -q->rss;
    fit_at(q, r - STEP);
    h_sr = (h_sr + q->rss) / (2 * STEP) / exp(s);
    double g_s = variance[1], g_r = (variance[2] - variance[0]) / (2 * STEP);
    double det = h_ss * h_rr - h_sr * h_sr;
    if (!(det > 0)) return NAN;
    double spread = 2 * (h_rr * g_s * g_s - 2 * h_sr * g_s * g_r + h_ss * g_r * g_r) / det;
    return 2 * variance[1] * variance[1] / spread;
}

static void add_row(problem_t *q, int kind, double y, size_t group, double x0, double x1)
{
    double *x = q->x + q->n * q->p;

    memset(x, 0, q->p * sizeof *x);
    x[2 * group] = x0;
    x[2 * group + 1] = x1;
    q->kind[q->n] = kind;
    q->y[q->n++] = y;
}

/* One patient of a group. */
static void add_patient(problem_t *q, const double *u, ptrdiff_t before, ptrdiff_t after,
                        size_t group, til_trial_reml_t *out)
{
    double half = sqrt(0.5), y0 = before < 0 ? NAN : u[before], y1 = after < 0 ? NAN : u[after];

    if (isnan(y0) && isnan(y1)) return;
    out->n_patients++;
    if (!isnan(y0) && !isnan(y1)) {
        add_row(q, DIFFERENCE, (y1 - y0) * half, group, -half, half);
        add_row(q, SUM, (y1 + y0) * half, group, half, half);
        return;
    }
    out->n_single++;
    add_row(q, SINGLE, isnan(y0) ? y1 : y0, group, isnan(y0) ? 0 : 1, isnan(y0) ? 1 : 0);
}

til_status_t til_trial_reml(til_ctx_t *ctx, const til_trial_cohort_t *c,
                            const til_trial_question_t *question, const double *u,
                            til_trial_reml_t *out)
{
    problem_t q = { .p = 2 * question->n_groups };
    til_status_t status = TIL_OK;

    *out = (til_trial_reml_t){ 0, 0, NAN, NAN, NAN };
    if (!c->is_paired || question->design != NULL || question->n_terms != 2 ||
        c->n_covariates > 0 || c->n_strata > 1)
        return TIL_OK;
    q.x = til_array(2 * c->n_units * q.p, sizeof *q.x);
    q.y = til_array(2 * c->n_units, sizeof *q.y);
    q.kind = til_array(2 * c->n_units, sizeof *q.kind);
    if (q.x == NULL || q.y == NULL || q.kind == NULL)
        TIL_TRY(til_no_memory(ctx, c->n_units, "patients"));
    for (size_t p = 0; p < c->n_units; p++)
        for (size_t j = 0; j < question->n_groups; j++)
            if (question->groups[j].arm < 0 || (size_t)question->groups[j].arm == c->arm_of[p])
                add_patient(&q, u, til_trial_sample(c, p, question->cell[1]),
                            til_trial_sample(c, p, question->cell[0]), j, out);
    for (size_t j = 0; j < question->n_groups; j++) {
        q.c[2 * j] = -question->groups[j].weight;
        q.c[2 * j + 1] = question->groups[j].weight;
    }
    if (q.n <= q.p + 1 || !fit_at(&q, 0) || !(q.rss > 0)) goto done;
    double r = til_fmin(profile, &q, -MAX_R, MAX_R, TOL);
    if (!fit_at(&q, r)) goto done;
    out->effect = q.estimate;
    out->se = sqrt(q.k * q.rss / (double)(q.n - q.p));
    out->df = satterthwaite(&q, r);
done:
    free(q.x);
    free(q.y);
    free(q.kind);
    return status;
}
