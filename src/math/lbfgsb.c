/* lbfgsb.c -- minimisation within a box, with a limited memory of the curvature.
 *
 * The model around x is m(x + z) = f + g'z + z'Bz/2, where B is theta I updated (BFGS) with the
 * last MEMORY pairs of steps s and gradient changes y. Each iteration
 *
 *   1. follows the projected gradient path to the first minimum of the model (Cauchy point),
 *   2. minimises the model over the variables that are free there, cut at the box,
 *   3. searches the line from x to that point for a strong Wolfe step.
 *
 * The problems here have few variables, so B is kept as a dense n x n matrix and the subspace
 * problem is solved by Cholesky: the same iterates as the compact formulas, in less code.
 *
 * Source: Byrd, Lu, Nocedal & Zhu (1995), SIAM J Sci Comput 16:1190, algorithms CP and 5.3;
 *         More & Thuente (1994), ACM TOMS 20:286 (line search).
 * Agrees: R 4.2.2 optim(method = "L-BFGS-B") with its defaults and a numerical gradient: the same
 *         iterates while rounding allows; minima 1e-6, values 1e-8 (test_optimise.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>
#include <math.h>
#include <string.h>

#include "math/linalg.h"
#include "math/optimise.h"

enum { MEMORY = 5, MAX_ITER = 100, MAX_TRIALS = 20 };

static const double FACTR = 1e7; /* stop when the gain is under FACTR * DBL_EPSILON */
static const double STEP = 1e-3; /* of the numerical gradient                       */

typedef struct {
    til_vector_fn *f;
    til_vector_slope_fn *slope; /* or NULL                                            */
    void *arg;
    size_t n;
    const double *lower, *upper;

    double *x, *g; /* where we are                                       */
    double *x_before, *g_before;
    double *z, *target;          /* the model's minimum, minus x and itself            */
    double *direction, *model_g; /* scratch of the model                       */
    double *s, *y;               /* MEMORY x n, oldest first                           */
    double *b, *reduced;         /* n x n                                              */
    size_t n_pairs;
    double theta;
} box_t;

size_t til_lbfgsb_work_size(size_t n) { return n * (7 + 2 * MEMORY) + 2 * n * n; }

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static double clamp(double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; }

/* Central differences, one-sided where the box cuts them. */
static void gradient(box_t *p)
{
    if (p->slope != NULL) {
        double *up = p->model_g, *down = p->reduced; /* both free between two steps */
        for (size_t i = 0; i < p->n; i++) {
            up[i] = p->x[i] + STEP > p->upper[i] ? p->upper[i] - p->x[i] : STEP;
            down[i] = p->x[i] - STEP < p->lower[i] ? p->x[i] - p->lower[i] : STEP;
        }
        p->slope(p->n, p->x, up, down, p->arg, p->g);
        return;
    }
    for (size_t i = 0; i < p->n; i++) {
        double at = p->x[i];
        double above = fmin(at + STEP, p->upper[i]), below = fmax(at - STEP, p->lower[i]);
        p->x[i] = above;
        double f_above = p->f(p->n, p->x, p->arg);
        p->x[i] = below;
        double f_below = p->f(p->n, p->x, p->arg);
        p->x[i] = at;
        /* As two differences: above - below would lose the digits of STEP where |x| is large. */
        double up = above < at + STEP ? above - at : STEP;
        double down = below > at - STEP ? at - below : STEP;
        p->g[i] = (f_above - f_below) / (up + down);
    }
}

/* True at a point where no feasible direction goes down. */
static bool is_stationary(const box_t *p)
{
    for (size_t i = 0; i < p->n; i++) {
        double g = p->g[i];
        g = g < 0 ? fmax(p->x[i] - p->upper[i], g) : fmin(p->x[i] - p->lower[i], g);
        if (fabs(g) > 0) return false;
    }
    return true;
}

/* out <- B v */
static void multiply(const box_t *p, const double *v, double *out)
{
    for (size_t i = 0; i < p->n; i++) out[i] = dot(p->n, p->b + i * p->n, v);
}

/* B from theta and the pairs, oldest first. `scratch` holds n. */
static void rebuild(box_t *p, double *scratch)
{
    size_t n = p->n;
    memset(p->b, 0, n * n * sizeof *p->b);
    for (size_t i = 0; i < n; i++) p->b[i * n + i] = p->theta;

    for (size_t k = 0; k < p->n_pairs; k++) {
        const double *s = p->s + k * n, *y = p->y + k * n;
        multiply(p, s, scratch);
        double sbs = dot(n, s, scratch), sy = dot(n, s, y);
        for (size_t i = 0; i < n; i++) {
            double a = y[i] / sy, b = scratch[i] / sbs;
            for (size_t j = 0; j < n; j++) p->b[i * n + j] += a * y[j] - b * scratch[j];
        }
    }
}

/* Keeps the pair s = x - x_before, y = g - g_before, unless its curvature is not positive. */
static void remember(box_t *p)
{
    size_t n = p->n;
    double sy = 0, yy = 0, descent = 0;
    for (size_t i = 0; i < n; i++) {
        double s = p->x[i] - p->x_before[i], y = p->g[i] - p->g_before[i];
        sy += s * y;
        yy += y * y;
        descent -= s * p->g_before[i];
    }
    if (!(sy > DBL_EPSILON * descent)) return;

    if (p->n_pairs == MEMORY) {
        memmove(p->s, p->s + n, (MEMORY - 1) * n * sizeof *p->s);
        memmove(p->y, p->y + n, (MEMORY - 1) * n * sizeof *p->y);
        p->n_pairs--;
    }
    for (size_t i = 0; i < n; i++) {
        p->s[p->n_pairs * n + i] = p->x[i] - p->x_before[i];
        p->y[p->n_pairs * n + i] = p->g[i] - p->g_before[i];
    }
    p->n_pairs++;
    p->theta = yy / sy;
    rebuild(p, p->z);
}

static void forget(box_t *p)
{
    p->n_pairs = 0;
    p->theta = 1;
    rebuild(p, p->z);
}

/* How far variable i can follow the negative gradient before it meets the box. */
static double breakpoint(const box_t *p, size_t i)
{
    if (p->g[i] < 0) return (p->x[i] - p->upper[i]) / p->g[i];
    if (p->g[i] > 0) return (p->x[i] - p->lower[i]) / p->g[i];
    return INFINITY;
}

/* z <- Cauchy point minus x. A variable that met the box has direction 0 afterwards. */
static void cauchy_point(box_t *p)
{
    size_t n = p->n;
    double *d = p->direction, *bv = p->model_g, t = 0;

    for (size_t i = 0; i < n; i++) {
        p->z[i] = 0;
        d[i] = breakpoint(p, i) > 0 ? -p->g[i] : 0;
    }
    for (;;) {
        /* Along x + z + u d the model has slope f1 + u f2. */
        multiply(p, d, bv);
        double f1 = dot(n, p->g, d) + dot(n, p->z, bv), f2 = dot(n, d, bv);
        if (!(f1 < 0)) return;

        size_t next = n;
        double nearest = INFINITY, best = -f1 / f2;
        for (size_t i = 0; i < n; i++)
            if (d[i] != 0 && breakpoint(p, i) < nearest) nearest = breakpoint(p, next = i);
        if (next == n || best < nearest - t) {
            for (size_t i = 0; i < n; i++) p->z[i] += best * d[i];
            return;
        }
        for (size_t i = 0; i < n; i++) p->z[i] += (nearest - t) * d[i];
        p->z[next] = (d[next] > 0 ? p->upper[next] : p->lower[next]) - p->x[next];
        d[next] = 0;
        t = nearest;
    }
}

/* Moves z on to the model's minimum over the variables strictly inside the box, cut where the way
 * there leaves it. False when the reduced model is not convex. */
static bool subspace_minimum(box_t *p)
{
    size_t n = p->n, hit = n, n_free = 0;
    double *d = p->direction, *m = p->reduced, share = 1;

    multiply(p, p->z, p->model_g);
    for (size_t i = 0; i < n; i++) {
        double at = p->x[i] + p->z[i];
        bool is_free = at > p->lower[i] && at < p->upper[i];
        d[i] = is_free ? -(p->g[i] + p->model_g[i]) : 0;
        p->model_g[i] = is_free;
        n_free += is_free;
    }
    if (n_free == 0) return true;

    /* A variable at the box keeps its place: its row becomes that of the identity. */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            bool both = p->model_g[i] != 0 && p->model_g[j] != 0;
            m[i * n + j] = both ? p->b[i * n + j] : i == j;
        }
    if (!til_chol(n, m)) return false;
    til_chol_solve(n, m, d);

    for (size_t i = 0; i < n; i++) {
        double room = (d[i] < 0 ? p->lower[i] : p->upper[i]) - (p->x[i] + p->z[i]);
        if (p->model_g[i] == 0 || d[i] == 0 || !(fabs(d[i]) * share > fabs(room))) continue;
        share = room / d[i];
        hit = i;
    }
    for (size_t i = 0; i < n; i++) p->z[i] += share * d[i];
    if (hit < n) p->z[hit] = (d[hit] < 0 ? p->lower[hit] : p->upper[hit]) - p->x[hit];
    return true;
}

/* ---- line search ---- */

/* A trial of the line: step, value, slope. */
typedef struct {
    double t, f, g;
} trial_t;

typedef struct {
    trial_t best, other; /* the ends of the interval of uncertainty */
    bool bracketed;
    double lo, hi; /* where the next trial may lie            */
} interval_t;

/* sqrt(a^2 - b c), scaled by the largest of the three: the root in the minimiser of a cubic. */
static double cubic_root(double a, double b, double c)
{
    double s = fmax(fabs(a), fmax(fabs(b), fabs(c)));
    return s == 0 ? 0 : s * sqrt(fmax(0, (a / s) * (a / s) - (b / s) * (c / s)));
}

/* The next step after the trial `p`; updates the interval. More & Thuente, section 4. */
static double next_step(interval_t *v, trial_t p)
{
    trial_t x = v->best, y = v->other;
    double sign = p.g * (x.g / fabs(x.g)), step;
    double theta = 3 * (x.f - p.f) / (p.t - x.t) + x.g + p.g;
    double root = cubic_root(theta, x.g, p.g);

    if (p.f > x.f) { /* case 1: higher, the minimum is bracketed */
        double gamma = p.t < x.t ? -root : root;
        double cubic = x.t + (gamma - x.g + theta) / (gamma - x.g + gamma + p.g) * (p.t - x.t);
        double quadratic = x.t + x.g / ((x.f - p.f) / (p.t - x.t) + x.g) / 2 * (p.t - x.t);
        bool cubic_nearer = fabs(cubic - x.t) < fabs(quadratic - x.t);
        step = cubic_nearer ? cubic : cubic + (quadratic - cubic) / 2;
        v->bracketed = true;
    } else if (sign < 0) { /* case 2: the slope changed its sign */
        double gamma = p.t > x.t ? -root : root;
        double cubic = p.t + (gamma - p.g + theta) / (gamma - p.g + gamma + x.g) * (x.t - p.t);
        double secant = p.t + p.g / (p.g - x.g) * (x.t - p.t);
        step = fabs(cubic - p.t) > fabs(secant - p.t) ? cubic : secant;
        v->bracketed = true;
    } else if (fabs(p.g) < fabs(x.g)) { /* case 3: it goes down, less steeply */
        double gamma = p.t > x.t ? -root : root;
        double r = (gamma - p.g + theta) / (gamma + (x.g - p.g) + gamma);
        double cubic = r < 0 && gamma != 0 ? p.t + r * (x.t - p.t) : p.t > x.t ? v->hi : v->lo;
        double secant = p.t + p.g / (p.g - x.g) * (x.t - p.t);
        bool cubic_nearer = fabs(cubic - p.t) < fabs(secant - p.t);
        if (v->bracketed) {
            double limit = p.t + 0.66 * (y.t - p.t);
            step = cubic_nearer ? cubic : secant;
            step = p.t > x.t ? fmin(limit, step) : fmax(limit, step);
        } else {
            step = clamp(cubic_nearer ? secant : cubic, v->lo, v->hi);
        }
    } else if (v->bracketed) { /* case 4: down as steeply or more */
        double theta_y = 3 * (p.f - y.f) / (y.t - p.t) + y.g + p.g;
        double root_y = cubic_root(theta_y, y.g, p.g), gamma = p.t > y.t ? -root_y : root_y;
        step = p.t + (gamma - p.g + theta_y) / (gamma - p.g + gamma + y.g) * (y.t - p.t);
    } else {
        step = p.t > x.t ? v->hi : v->lo;
    }

    if (p.f > x.f) {
        v->other = p;
    } else {
        if (sign < 0) v->other = x;
        v->best = p;
    }
    return step;
}

/* Evaluates at x_before + t z; x and g are left there. A variable sent to the box is put on it
 * exactly: a rounding error inside, it would count as free. */
static trial_t try_step(box_t *p, double t)
{
    for (size_t i = 0; i < p->n; i++)
        p->x[i] = t == 1 ? p->target[i]
                         : clamp(p->x_before[i] + t * p->z[i], p->lower[i], p->upper[i]);
    double f = p->f(p->n, p->x, p->arg);
    gradient(p);
    return (trial_t){ t, f, dot(p->n, p->g, p->z) };
}

/* A step along z with sufficient decrease (1e-3) and a flatter slope (0.9); x and g end there.
 * False when there is none within MAX_TRIALS. */
static bool line_search(box_t *p, double t, double t_max, double *value)
{
    const double DECREASE = 1e-3, FLATTER = 0.9, NARROW = 0.1, SHRINK = 0.66, GROW = 4;
    trial_t start = { 0, *value, dot(p->n, p->g, p->z) };
    double slope = DECREASE * start.g, width = t_max, width_before = 2 * width;
    interval_t v = { start, start, false, 0, t + GROW * t };
    bool first_stage = true;

    if (!(start.g < 0) || !(t <= t_max) || !(t > 0)) return false;
    for (int k = 0; k < MAX_TRIALS; k++) {
        trial_t trial = try_step(p, t);
        double line = start.f + t * slope;
        bool low = trial.f <= line;
        if (!isfinite(trial.f)) return false;
        if (first_stage && low && trial.g >= DECREASE * start.g) first_stage = false;

        bool stuck = v.bracketed && (t <= v.lo || t >= v.hi || v.hi - v.lo <= NARROW * v.hi);
        bool at_end = t == t_max && low && trial.g <= slope;
        if (stuck || at_end || (low && fabs(trial.g) <= FLATTER * -start.g)) {
            *value = trial.f;
            return true;
        }

        if (first_stage && trial.f <= v.best.f && !low) {
            /* Until the line is undercut, search the function minus the line. */
            trial_t tilted = { t, trial.f - t * slope, trial.g - slope };
            v.best = (trial_t){ v.best.t, v.best.f - v.best.t * slope, v.best.g - slope };
            v.other = (trial_t){ v.other.t, v.other.f - v.other.t * slope, v.other.g - slope };
            t = next_step(&v, tilted);
            v.best = (trial_t){ v.best.t, v.best.f + v.best.t * slope, v.best.g + slope };
            v.other = (trial_t){ v.other.t, v.other.f + v.other.t * slope, v.other.g + slope };
        } else {
            t = next_step(&v, trial);
        }

        if (v.bracketed) {
            if (fabs(v.other.t - v.best.t) >= SHRINK * width_before)
                t = v.best.t + (v.other.t - v.best.t) / 2;
            width_before = width;
            width = fabs(v.other.t - v.best.t);
            v.lo = fmin(v.best.t, v.other.t);
            v.hi = fmax(v.best.t, v.other.t);
        } else {
            v.lo = v.best.t;
            v.hi = t + GROW * (t - v.best.t);
        }
        t = clamp(t, 0, t_max);
        if (v.bracketed && (t <= v.lo || t >= v.hi || v.hi - v.lo <= NARROW * v.hi)) t = v.best.t;
    }
    return false;
}

static void set_target(box_t *p)
{
    for (size_t i = 0; i < p->n; i++) {
        double to_lower = p->lower[i] - p->x[i], to_upper = p->upper[i] - p->x[i];
        p->target[i] = p->z[i] == to_lower   ? p->lower[i]
                       : p->z[i] == to_upper ? p->upper[i]
                                             : p->x[i] + p->z[i];
    }
}

/* The longest step along z inside the box. */
static double longest_step(const box_t *p)
{
    double t = 1e10;
    for (size_t i = 0; i < p->n; i++) {
        double room = (p->z[i] < 0 ? p->lower[i] : p->upper[i]) - p->x[i];
        if (p->z[i] != 0 && fabs(p->z[i]) * t > fabs(room)) t = room / p->z[i];
    }
    return t;
}

/* Whether no variable, some side or every variable on both sides has a bound: the first step, which
 * knows nothing of the scale, depends on it. */
typedef enum { UNBOUNDED, BOUNDED, BOXED } box_kind_t;

static box_kind_t kind_of(const box_t *p)
{
    size_t n_bounds = 0;
    for (size_t i = 0; i < p->n; i++)
        n_bounds += (size_t)(isfinite(p->lower[i]) != 0) + (size_t)(isfinite(p->upper[i]) != 0);
    return n_bounds == 0 ? UNBOUNDED : n_bounds == 2 * p->n ? BOXED : BOUNDED;
}

/* One iteration; false when no step goes down although nothing is remembered. */
static bool iterate(box_t *p, bool first, box_kind_t kind, double *value)
{
    for (;;) {
        cauchy_point(p);
        bool convex = p->n_pairs == 0 || subspace_minimum(p);
        set_target(p);

        memcpy(p->x_before, p->x, p->n * sizeof *p->x);
        memcpy(p->g_before, p->g, p->n * sizeof *p->g);
        double length = sqrt(dot(p->n, p->z, p->z)), f = *value;
        double t_max = first && kind != UNBOUNDED ? 1 : longest_step(p);
        double t = first && kind != BOXED ? fmin(1 / length, t_max) : 1;
        if (convex && length > 0 && line_search(p, fmin(t, t_max), t_max, &f)) {
            *value = f;
            return true;
        }
        memcpy(p->x, p->x_before, p->n * sizeof *p->x);
        memcpy(p->g, p->g_before, p->n * sizeof *p->g);
        if (p->n_pairs == 0) return false;
        forget(p);
    }
}

/* Cuts `work` into the arrays of `p`. */
static void lay_out(box_t *p, double *work)
{
    double **const parts[] = { &p->g,      &p->x_before,  &p->g_before, &p->z,
                               &p->target, &p->direction, &p->model_g };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++, work += p->n) *parts[i] = work;
    p->s = work;
    p->y = p->s + MEMORY * p->n;
    p->b = p->y + MEMORY * p->n;
    p->reduced = p->b + p->n * p->n;
}

bool til_lbfgsb_sloped(til_vector_fn *f, til_vector_slope_fn *slope, void *arg, size_t n, double *x,
                       const double *lower, const double *upper, double *work, double *value)
{
    box_t p = {
        .f = f, .slope = slope, .arg = arg, .n = n, .lower = lower, .upper = upper, .x = x
    };

    lay_out(&p, work);
    for (size_t i = 0; i < n; i++) x[i] = clamp(x[i], lower[i], upper[i]);
    *value = f(n, x, arg);
    if (n == 0) return true;
    if (!isfinite(*value)) return false;
    gradient(&p);
    forget(&p);

    for (int iter = 0;; iter++) {
        if (is_stationary(&p)) return true;
        double before = *value;
        if (!iterate(&p, iter == 0, kind_of(&p), value)) return false;
        if (iter == MAX_ITER) return false; /* R gives up on seeing step 101, and keeps it */
        double scale = fmax(fmax(fabs(before), fabs(*value)), 1);
        if (before - *value <= DBL_EPSILON * FACTR * scale) return true;
        remember(&p);
    }
}

bool til_lbfgsb(til_vector_fn *f, void *arg, size_t n, double *x, const double *lower,
                const double *upper, double *work, double *value)
{
    return til_lbfgsb_sloped(f, NULL, arg, n, x, lower, upper, work, value);
}
