/* separation.c -- contrasts of a negative binomial GLM whose maximum lies at infinity.
 *
 * With log link the likelihood of a gene rises for ever along a direction d with
 *
 *     x_g'd = 0 in groups g that have a count,    x_g'd <= 0 in groups that have none
 *
 * (and < 0 somewhere): the means of those groups go to 0 and no coefficient that d moves has a
 * finite estimate. d is sought in the null space of the rows with counts: with M the rows of the
 * empty groups there, Newton's steps on
 *
 *     sum_g exp(-m_g'd)
 *
 * carry separated groups out at about 1 a step while the others come to rest. What is carried out
 * is checked: d without its part along the rows that stay must keep m_g'd > 0. Those groups are
 * dropped (their likelihood is 1) and the search goes on in what is left. A contrast w is
 * separated when it is not in the span of the rows left.
 *
 * The likelihood at its supremum is the maximum over the groups left, which is finite; it is concave
 * in X beta, so Newton's steps with halving find it. For the contrast,
 *
 *     LR = 2 (sup loglik - sup loglik where w'beta = 0)       chi-squared, one degree
 *     interval: { b : 2 (sup loglik - sup loglik where w'beta = b) <= 3.841 }
 *
 * the dispersion being held.
 *
 * Source:  Albert & Anderson (1984), Biometrika 71:1; Correia, Guimaraes & Zylkin (2019),
 *          arXiv:1903.01633.
 * Used by: de/deseq2_fit.c, where weighted least squares gave a gene up.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "glm/separation.h"
#include "math/dist.h"
#include "math/linalg.h"

#define TOL_SPAN     1e-8  /* of a vector: what is below lies in the span            */
#define TOL_FEASIBLE 1e-7  /* of a direction: more is on the right side */
#define TOL_STALLED  1e-9  /* relative gain of a step that changes nothing any more */
#define GONE         18.0  /* m_g'd of a group that goes to 0 */
#define TOL_LOGLIK   1e-11 /* relative gain of the last Newton step                   */
/* Natural logs, a thousandfold change: beyond it a finite optimum is so in name only. */
#define AT_BOUND  6.9315
#define CHI_95    3.84145882069412447634
#define FAR       30.0 /* natural logs: as good as infinite                       */
#define TOL_BOUND 1e-4 /* natural logs, of a profile bound                        */
enum { MAX_ROUNDS = 60, MAX_NEWTON = 100, MAX_HALVINGS = 40, MAX_BISECTIONS = 60 };

/* A model of some groups: `r` columns over the groups kept. */
typedef struct {
    size_t r;
    double *row; /* n_groups x r, row-major */
    bool *kept;  /* n_groups                */
} model_t;

struct til_separation {
    const til_nb_plan_t *plan;
    const til_nb_work_t *work;
    double alpha;
    bool *has_count, *is_empty;         /* n_groups */
    model_t all, held;                  /* every coefficient; the contrast held */
    double *span;                       /* p x p: orthonormal rows           */
    double *null;                       /* p x p: orthonormal complement     */
    double *empty;                      /* n_groups x p: M                   */
    double *u, *f;                      /* n_groups                          */
    double *offset;                     /* n_groups                          */
    double *eta, *next;                 /* n_groups                         */
    double *delta, *gradient, *hessian; /* p, p, p x p      */
    double *rows, *x;                   /* n_groups x p: of the model asked  */
    double *basis;                      /* p x p: directions that hold the contrast */
    double *weights;                    /* p: of the contrast, of length 1 */
};

void til_separation_free(til_separation_t *s)
{
    if (s == NULL) return;
    double *owned[] = { s->all.row, s->held.row, s->span, s->null,  s->empty,  s->u,
                        s->f,       s->offset,   s->eta,  s->next,  s->delta,  s->gradient,
                        s->hessian, s->rows,     s->x,    s->basis, s->weights };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
    free(s->has_count);
    free(s->is_empty);
    free(s->all.kept);
    free(s->held.kept);
    free(s);
}

til_status_t til_separation_new(til_ctx_t *ctx, const til_nb_plan_t *plan, til_separation_t **out)
{
    size_t n = plan->n_groups, p = plan->p;
    til_separation_t *s = til_array_zero(1, sizeof *s);

    *out = NULL;
    if (s == NULL) return til_no_memory(ctx, n, "groups");
    s->plan = plan;
    double **tables[] = { &s->all.row, &s->held.row, &s->empty, &s->rows, &s->x };
    double **squares[] = { &s->span, &s->null, &s->hessian, &s->basis };
    double **groups[] = { &s->u, &s->f, &s->offset, &s->eta, &s->next };
    double **coefs[] = { &s->delta, &s->gradient, &s->weights };
    bool **flags[] = { &s->has_count, &s->is_empty, &s->all.kept, &s->held.kept }, failed = false;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        failed |= (*tables[i] = til_array(n * p, sizeof(double))) == NULL;
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
        failed |= (*squares[i] = til_array(p * p, sizeof(double))) == NULL;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        failed |= (*groups[i] = til_array_zero(n, sizeof(double))) == NULL;
    for (size_t i = 0; i < sizeof coefs / sizeof *coefs; i++)
        failed |= (*coefs[i] = til_array(p, sizeof(double))) == NULL;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        failed |= (*flags[i] = til_array_zero(n, sizeof(bool))) == NULL;
    if (failed) {
        til_separation_free(s);
        return til_no_memory(ctx, n * p, "values of a design");
    }
    *out = s;
    return TIL_OK;
}

/* ---- spans --------------------------------------------------------------------------- */

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* Adds x (p) to the orthonormal rows q unless it lies in their span; returns whether it did. */
static bool extend(size_t p, const double *x, double *q, size_t *rank)
{
    double size = sqrt(dot(p, x, x)), *row = q + *rank * p;

    if (*rank == p || !(size > 0)) return false;
    memcpy(row, x, p * sizeof *row);
    for (int round = 0; round < 2; round++)
        for (size_t k = 0; k < *rank; k++) {
            double along = dot(p, q + k * p, row);
            for (size_t j = 0; j < p; j++) row[j] -= along * q[k * p + j];
        }
    double left = sqrt(dot(p, row, row));
    if (!(left > TOL_SPAN * size)) return false;
    for (size_t j = 0; j < p; j++) row[j] /= left;
    ++*rank;
    return true;
}

/* null (k x p, rows): what `rank` orthonormal rows of q leave of p dimensions; returns k. Uses the
 * rows of q behind them. */
static size_t complement(size_t p, size_t rank, double *q, double *null)
{
    size_t at = rank, k = 0;
    double *unit = null; /* rows not yet written serve as scratch */

    for (size_t j = 0; j < p && at < p; j++) {
        unit = null + k * p;
        memset(unit, 0, p * sizeof *unit);
        unit[j] = 1;
        for (size_t i = 0; i < at; i++) /* a nearly spanned unit vector would bring rounding in */
            unit[j] -= q[i * p + j] * q[i * p + j];
        double left = unit[j];
        unit[j] = 1;
        if (!(left > 1e-3 / (double)p) || !extend(p, unit, q, &at)) continue;
        memcpy(null + k * p, q + (at - 1) * p, p * sizeof *null);
        k++;
    }
    return k;
}

/* ---- which groups go to 0 ------------------------------------------------------------ */

/* One step of Newton for sum_g exp(-z_g), z = m d, over the groups with u > 0; the new z are in
 * s->f. Returns the gain relative to the sum. */
static double step_out(til_separation_t *s, size_t k, const double *m)
{
    size_t n = s->plan->n_groups;
    double before = 0, after = 0, step = 1;

    memset(s->gradient, 0, k * sizeof *s->gradient);
    memset(s->hessian, 0, k * k * sizeof *s->hessian);
    for (size_t g = 0; g < n; g++) {
        double e = s->u[g] > 0 ? exp(-s->f[g]) : 0;
        before += e;
        for (size_t j = 0; j < k && e > 0; j++) {
            s->gradient[j] += e * m[g * k + j];
            for (size_t i = j; i < k; i++) s->hessian[i + j * k] += e * m[g * k + i] * m[g * k + j];
        }
    }
    for (size_t j = 0; j < k; j++) s->hessian[j + j * k] += 1e-13 * before;
    if (!til_chol(k, s->hessian)) return 0;
    til_chol_solve(k, s->hessian, s->gradient);
    for (int h = 0; h < MAX_HALVINGS; h++, step /= 2) {
        after = 0;
        for (size_t g = 0; g < n; g++)
            if (s->u[g] > 0) after += exp(-s->f[g] - step * dot(k, m + g * k, s->gradient));
        if (after <= before) break;
    }
    if (!(after <= before)) return 0;
    for (size_t j = 0; j < k; j++) s->delta[j] += step * s->gradient[j];
    for (size_t g = 0; g < n; g++) s->f[g] = dot(k, m + g * k, s->delta);
    return (before - after) / before;
}

/* Leaves in u the groups that a direction truly moves: s->delta without its part along the rows of
 * those that stay must have every other row on the right side; false when none is left. The rows
 * that stay are spanned in s->basis. */
static bool certify(til_separation_t *s, size_t k, const double *m, const bool *is_empty)
{
    size_t n = s->plan->n_groups, n_left = 0;
    double *span = s->basis, *away = s->gradient;

    for (bool changed = true; changed;) {
        size_t rank = 0;
        changed = false;
        n_left = 0;
        for (size_t g = 0; g < n; g++)
            if (is_empty[g] && !(s->u[g] > 1)) (void)extend(k, m + g * k, span, &rank);
        memcpy(away, s->delta, k * sizeof *away);
        for (int round = 0; round < 2; round++)
            for (size_t i = 0; i < rank; i++) {
                double along = dot(k, span + i * k, away);
                for (size_t j = 0; j < k; j++) away[j] -= along * span[i * k + j];
            }
        double size = sqrt(dot(k, away, away));
        for (size_t g = 0; g < n; g++) {
            if (!(s->u[g] > 1)) continue;
            if (dot(k, m + g * k, away) > TOL_FEASIBLE * size) {
                n_left++;
                continue;
            }
            s->u[g] = 1;
            changed = true;
        }
    }
    return n_left > 0;
}

/* Drops from `kept` the empty groups whose means one direction sends to 0; false when there are
 * none. m (n_groups x k): their rows; u > 0 for those that a direction can move. */
static bool drop_separated(til_separation_t *s, size_t k, const double *m, bool *kept)
{
    size_t n = s->plan->n_groups;
    bool any = false;

    memset(s->f, 0, n * sizeof *s->f);
    memset(s->delta, 0, k * sizeof *s->delta);
    for (int round = 0; round < MAX_ROUNDS && !(step_out(s, k, m) < TOL_STALLED); round++) continue;
    for (size_t g = 0; g < n; g++) {
        s->is_empty[g] = s->u[g] > 0;
        if (s->u[g] > 0 && s->f[g] > GONE) {
            s->u[g] = 2;
            any = true;
        }
    }
    if (!any || !certify(s, k, m, s->is_empty)) return false;
    for (size_t g = 0; g < n; g++)
        if (s->u[g] > 1) kept[g] = false;
    return true;
}

/* Finds the groups of `rows` (n_groups x q) whose means stay above 0, and a model of full rank over
 * them. On return s->null holds the directions they do not see; returns how many. */
static size_t reduce(til_separation_t *s, size_t q, const double *rows, model_t *out)
{
    size_t n = s->plan->n_groups, rank = 0, k;

    for (size_t g = 0; g < n; g++) out->kept[g] = true;
    for (size_t g = 0; g < n && rank < q; g++)
        if (s->has_count[g]) (void)extend(q, rows + g * q, s->span, &rank);
    k = rank < q ? complement(q, rank, s->span, s->null) : 0;
    for (bool more = k > 0; more;) {
        for (size_t g = 0; g < n; g++) {
            double most = 0;
            for (size_t i = 0; i < k; i++) {
                double along = s->has_count[g] || !out->kept[g]
                                   ? 0
                                   : dot(q, s->null + i * q, rows + g * q);
                if (fabs(along) < TOL_SPAN) along = 0;
                s->empty[g * k + i] = along;
                most = fmax(most, fabs(along));
            }
            s->u[g] = most > 0;
        }
        more = drop_separated(s, k, s->empty, out->kept);
    }
    for (size_t g = 0; g < n && rank < q; g++)
        if (!s->has_count[g] && out->kept[g]) (void)extend(q, rows + g * q, s->span, &rank);
    out->r = rank;
    for (size_t g = 0; g < n; g++)
        for (size_t i = 0; i < rank; i++)
            out->row[g * rank + i] = dot(q, s->span + i * q, rows + g * q);
    return rank < q ? complement(q, rank, s->span, s->null) : 0;
}

/* ---- the supremum -------------------------------------------------------------------- */

/* Log likelihood of the groups kept at s->next, without the part that does not move. */
static double loglik_at(const til_separation_t *s, const model_t *model)
{
    const til_nb_plan_t *plan = s->plan;
    const til_nb_work_t *work = s->work;
    double r = 1 / s->alpha, sum = 0;

    for (size_t g = 0; g < plan->n_groups; g++) {
        if (!model->kept[g]) continue;
        double rate = exp(s->next[g]);
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++)
            sum += work->y[i] * (s->next[g] + work->log_nf[i]) -
                   (work->y[i] + r) * log1p(s->alpha * work->nf[i] * rate);
    }
    return isfinite(sum) ? sum : -INFINITY;
}

static void predict(til_separation_t *s, const model_t *model)
{
    for (size_t g = 0; g < s->plan->n_groups; g++)
        s->next[g] = s->offset[g] + dot(model->r, model->row + g * model->r, s->delta);
}

/* Gradient and, in the lower triangle, minus the Hessian at s->eta. */
static void slopes(til_separation_t *s, const model_t *model)
{
    const til_nb_plan_t *plan = s->plan;
    const til_nb_work_t *work = s->work;
    size_t r = model->r;

    memset(s->gradient, 0, r * sizeof *s->gradient);
    memset(s->hessian, 0, r * r * sizeof *s->hessian);
    for (size_t g = 0; g < plan->n_groups; g++) {
        const double *row = model->row + g * r;
        double rate = exp(s->eta[g]), first = 0, second = 0;
        if (!model->kept[g]) continue;
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++) {
            double mu = work->nf[i] * rate, d = 1 + s->alpha * mu;
            first += (work->y[i] - mu) / d;
            second += (1 + s->alpha * work->y[i]) * mu / (d * d);
        }
        for (size_t j = 0; j < r; j++) {
            s->gradient[j] += first * row[j];
            for (size_t i = j; i < r; i++) s->hessian[i + j * r] += second * row[i] * row[j];
        }
    }
    for (size_t j = 0; j < r; j++) s->hessian[j + j * r] += 1e-12 * (1 + s->hessian[j + j * r]);
}

/* The start: least squares of log(mean count + 0.1) on the groups kept. */
static void start(til_separation_t *s, const model_t *model)
{
    const til_nb_plan_t *plan = s->plan;
    size_t r = model->r;

    memset(s->delta, 0, r * sizeof *s->delta);
    memset(s->hessian, 0, r * r * sizeof *s->hessian);
    for (size_t g = 0; g < plan->n_groups; g++) {
        const double *row = model->row + g * r;
        double y = 0, nf = 0;
        if (!model->kept[g]) continue;
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++) {
            y += s->work->y[i];
            nf += s->work->nf[i];
        }
        double z = log(y / nf + 0.1) - s->offset[g];
        for (size_t j = 0; j < r; j++) {
            s->delta[j] += z * row[j];
            for (size_t i = j; i < r; i++) s->hessian[i + j * r] += row[i] * row[j];
        }
    }
    if (til_chol(r, s->hessian)) til_chol_solve(r, s->hessian, s->delta);
    else memset(s->delta, 0, r * sizeof *s->delta);
}

/* The largest log likelihood over `rows` (n_groups x q) with s->offset. */
static double supremum(til_separation_t *s, size_t q, const double *rows, model_t *model)
{
    size_t n = s->plan->n_groups, r;
    double now;

    (void)reduce(s, q, rows, model);
    r = model->r;
    start(s, model);
    predict(s, model);
    now = loglik_at(s, model);
    for (int t = 0; t < MAX_NEWTON; t++) {
        double step = 1, gain = -1;
        memcpy(s->eta, s->next, n * sizeof *s->eta);
        slopes(s, model);
        if (!til_chol(r, s->hessian)) break;
        til_chol_solve(r, s->hessian, s->gradient);
        for (int h = 0; h < MAX_HALVINGS; h++, step /= 2) {
            for (size_t j = 0; j < r; j++) s->delta[j] += step * s->gradient[j];
            predict(s, model);
            double value = loglik_at(s, model);
            gain = value - now;
            if (gain >= 0) {
                now = value;
                break;
            }
            for (size_t j = 0; j < r; j++) s->delta[j] -= step * s->gradient[j];
        }
        if (gain < 0) {
            memcpy(s->next, s->eta, n * sizeof *s->next);
            break;
        }
        if (gain <= TOL_LOGLIK * (1 + fabs(now))) break;
    }
    return now;
}

/* The largest log likelihood where the contrast, its weights of length 1, is `b`. */
static double held_at(til_separation_t *s, double b)
{
    size_t n = s->plan->n_groups, p = s->plan->p;

    for (size_t g = 0; g < n; g++) s->offset[g] = b * dot(p, s->plan->row + g * p, s->weights);
    return supremum(s, p - 1, s->x, &s->held);
}

/* s->x: the rows in coordinates that leave the contrast alone. */
static void hold(til_separation_t *s)
{
    size_t n = s->plan->n_groups, p = s->plan->p, rank = 0;

    (void)extend(p, s->weights, s->span, &rank);
    size_t k = complement(p, rank, s->span, s->basis);
    for (size_t g = 0; g < n; g++)
        for (size_t i = 0; i < k; i++)
            s->x[g * k + i] = dot(p, s->basis + i * p, s->plan->row + g * p);
}

/* Between a value inside the interval and one outside, where the profile crosses. */
static double find_bound(til_separation_t *s, double best, double inside, double outside)
{
    for (int t = 0; t < MAX_BISECTIONS && fabs(outside - inside) > TOL_BOUND; t++) {
        double middle = 0.5 * (inside + outside);
        if (2 * (best - held_at(s, middle)) > CHI_95) outside = middle;
        else inside = middle;
    }
    return inside;
}

til_separated_t til_separation_ask(til_separation_t *s, const til_nb_work_t *work, double alpha,
                                   const double *weights, double estimate)
{
    const til_nb_plan_t *plan = s->plan;
    size_t n = plan->n_groups, p = plan->p;
    double size = sqrt(dot(p, weights, weights)), away = 0;
    til_separated_t out = { .p = NAN, .ci_low = -INFINITY, .ci_high = INFINITY };

    s->work = work;
    s->alpha = alpha;
    for (size_t g = 0; g < n; g++) {
        s->has_count[g] = false;
        for (size_t i = plan->group_begin[g]; i < plan->group_begin[g + 1]; i++)
            s->has_count[g] |= work->y[i] > 0;
    }
    memset(s->offset, 0, n * sizeof *s->offset);
    size_t k = reduce(s, p, plan->row, &s->all);
    for (size_t i = 0; i < k; i++) away = fmax(away, fabs(dot(p, s->null + i * p, weights)));
    if (!(away > TOL_SPAN * size) && !(fabs(estimate) > AT_BOUND * size)) return out;

    out.is_separated = true;
    for (size_t j = 0; j < p; j++) s->weights[j] = weights[j] / size;
    double best = supremum(s, p, plan->row, &s->all);
    hold(s);
    double at_zero = held_at(s, 0), low = held_at(s, -FAR), high = held_at(s, FAR);
    double ratio = fmax(0, 2 * (best - at_zero));
    double inside = high >= low ? FAR : -FAR;
    if (ratio < 1e-8) return out; /* the counts say nothing of it */
    out.root = (high >= low ? 1 : -1) * sqrt(ratio);
    out.p = til_pchisq(ratio, 1, true, false);
    if (2 * (best - low) > CHI_95) out.ci_low = size * find_bound(s, best, inside, -FAR);
    if (2 * (best - high) > CHI_95) out.ci_high = size * find_bound(s, best, inside, FAR);
    return out;
}
