/* tilt.c -- the cheapest inclusion law that carries a random set over the line of a score.
 *
 * Let S be a random set of k of the n positions, r_i the weights, W = sum_S r_i, and n_t, W_t the
 * number and weight of its members before position t. The running sum reaches e at t when
 *
 *     F_t(S) = W_t - (e + (t - n_t) / (n - k)) W  >=  0 .
 *
 * Include position i independently with probability pi_i. Among the laws with sum pi_i = k and
 * E F_t = 0 (F linearised at its mean), the one closest to the uniform law k/n in Kullback-
 * Leibler divergence has the odds
 *
 *     pi_i / (1 - pi_i) = exp(a + theta s_i),     s_i = [i < t](r_i + w) - c r_i,
 *     w = E W / (n - k),     c = e + (t - E n_t) / (n - k),
 *
 * and I(t) = sum_i KL(pi_i || k/n) is its price: P(F_t >= 0) = exp(-I(t)) up to polynomial factors,
 * and P(score >= e) ~ exp(-min_t I(t)). Two unknowns (a, theta), two equations: Newton, the
 * Jacobian is exact because w and c move with pi.
 *
 * The plan for one score: I(t) on a geometric grid of t, refined around its minimum; the window of
 * all t within WINDOW nats of the minimum; points spread over the window evenly in log(t + n/200)
 * with shares falling with I(t); one tilt for each stretch of FAMILY_WIDTH in that scale. Any
 * plan gives an unbiased estimate (poisson_mixture.c knows its exact density); a good one gives a
 * small variance.
 *
 * Source:  exponential tilting as in Siegmund (1976), Ann. Statist. 4:673; the constants were tuned
 *          on 10,000 sets and are flat around the chosen values.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "gsea/tilt.h"

#define WINDOW       6.0  /* nats above the minimum that the mixture covers             */
#define SHARE_DECAY  0.8  /* share ~ exp(-SHARE_DECAY (I(t) - min I))                   */
#define FAMILY_WIDTH 0.5  /* of one tilt, in log(t + n/200)                             */
#define LATEST       0.9  /* crossings are sought in the first LATEST n positions       */
#define MAX_ODDS     50.0 /* |log odds| is clipped here                                 */

#define ADDED_SHARE 0.3 /* of the law til_tilt_add_all_before adds                    */

enum { MAX_PROFILE = 128, MAX_FAMILIES = 8, NEWTON_STEPS = 50, SPREAD_POINTS = TIL_MAX_POINTS - 1 };

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

/* Sorts, drops repeats and what lies outside 0..n; returns how many are left. */
static int tidy_bounds(int *bound, int m, int n)
{
    int kept = 0;
    qsort(bound, (size_t)m, sizeof *bound, by_value);
    for (int i = 0; i < m; i++)
        if (bound[i] >= 0 && bound[i] <= n && (kept == 0 || bound[i] > bound[kept - 1]))
            bound[kept++] = bound[i];
    return kept;
}

/* Bounds that are dense where weights change fast: at both ends and around the smallest weight
 * (where the statistic changes sign). `step` is the growth of the classes from the top. */
static int make_bounds(int *bound, double step, int n, int smallest)
{
    int m = 0;
    bound[m++] = 0;
    bound[m++] = n;
    for (double x = 1; x < n / 2; x *= step) bound[m++] = (int)(x + 0.5);
    for (double x = 16; x < n / 2; x *= step * step) bound[m++] = n - (int)x;
    for (double x = 24; x < n / 4; x *= 2.5) {
        bound[m++] = smallest - (int)x;
        bound[m++] = smallest + (int)x;
    }
    for (int q = 1; q < 16; q++) bound[m++] = (int)((double)n * q / 16);
    return tidy_bounds(bound, m, n);
}

til_status_t til_tilt_base_init(til_ctx_t *ctx, const til_walk_t *walk, til_tilt_base_t *out)
{
    int n = walk->n, smallest = 0;

    *out = (til_tilt_base_t){ .walk = walk };
    out->log_factorial = til_array((size_t)n + 1, sizeof *out->log_factorial);
    if (out->log_factorial == NULL) return til_no_memory(ctx, (size_t)n + 1, "log factorials");
    out->log_factorial[0] = 0;
    for (int i = 1; i <= n; i++) out->log_factorial[i] = out->log_factorial[i - 1] + log(i);
    for (int i = 1; i < n; i++)
        if (walk->weight[i] < walk->weight[smallest]) smallest = i;
    out->n_coarse = make_bounds(out->coarse, sqrt(2), n, smallest);
    out->n_fine = make_bounds(out->fine, 1.35, n, smallest);
    return TIL_OK;
}

void til_tilt_base_clear(til_tilt_base_t *base)
{
    if (base == NULL) return;
    free(base->log_factorial);
    *base = (til_tilt_base_t){ 0 };
}

double til_tilt_log_choose(const til_tilt_base_t *base, int k)
{
    const double *f = base->log_factorial;
    return f[base->walk->n] - f[k] - f[base->walk->n - k];
}

static void fill_classes(const til_walk_t *walk, til_classes_t *classes)
{
    for (int c = 0; c < classes->n; c++) {
        int from = classes->bound[c], to = classes->bound[c + 1];
        classes->width[c] = to - from;
        classes->weight[c] = (walk->cumulative[to] - walk->cumulative[from]) / (to - from);
    }
}

/* Classes from bounds, with t made a bound; returns the class that begins at t. */
static int split_classes(const til_walk_t *walk, const int *bound, int n_bounds, int t,
                         til_classes_t *classes)
{
    int m = 0, split = 0;

    classes->bound[0] = 0; /* the first bound is 0 */
    for (int i = 0; i < n_bounds; i++) {
        if (m > 0 && classes->bound[m - 1] < t && t < bound[i]) classes->bound[m++] = t;
        classes->bound[m++] = bound[i];
    }
    classes->n = m - 1;
    while (classes->bound[split] < t) split++;
    fill_classes(walk, classes);
    return split;
}

/* What the law (a, theta) with its w and c means: probabilities and the two equations. */
typedef struct {
    const til_classes_t *classes;
    int split, size, n, t;
    double score;
    double pi[TIL_MAX_CLASSES], slope[TIL_MAX_CLASSES]; /* slope: s_i of the class */
    double w, c, count_error, line_error;               /* sum pi - k, E F_t      */
    double h11, h12, h22;                               /* Jacobian               */
} system_t;

static double clip(double x, double limit) { return x > limit ? limit : x < -limit ? -limit : x; }

static void set_probabilities(system_t *sys, double a, double theta)
{
    int n_classes = sys->classes->n;
    for (int c = 0; c < n_classes; c++)
        sys->pi[c] = 1 / (1 + exp(-clip(a + theta * sys->slope[c], MAX_ODDS)));
}

static void set_slopes(system_t *sys, double w, double c)
{
    const double *r = sys->classes->weight;
    for (int i = 0; i < sys->classes->n; i++)
        sys->slope[i] = (i < sys->split ? r[i] + w : 0) - c * r[i];
}

static void evaluate(system_t *sys)
{
    const til_classes_t *classes = sys->classes;
    double count = 0, weight = 0, count_before = 0, weight_before = 0;

    for (int c = 0; c < classes->n; c++) {
        double m = classes->width[c] * sys->pi[c];
        count += m;
        weight += m * classes->weight[c];
        if (c < sys->split) {
            count_before += m;
            weight_before += m * classes->weight[c];
        }
    }
    sys->w = weight / (sys->n - sys->size);
    sys->c = sys->score + (sys->t - count_before) / (sys->n - sys->size);
    sys->count_error = count - sys->size;
    sys->line_error = weight_before - sys->c * weight;
    set_slopes(sys, sys->w, sys->c);

    sys->h11 = sys->h12 = sys->h22 = 0;
    for (int c = 0; c < classes->n; c++) {
        double v = classes->width[c] * sys->pi[c] * (1 - sys->pi[c]);
        sys->h11 += v;
        sys->h12 += v * sys->slope[c];
        sys->h22 += v * sys->slope[c] * sys->slope[c];
    }
}

/* One Newton step of at most 2 in any log odds. */
static void step(const system_t *sys, double *a, double *theta)
{
    double largest = 1e-300, det = sys->h11 * sys->h22 - sys->h12 * sys->h12;
    double least = 1e-12 * sys->h11 * sys->h22;

    for (int c = 0; c < sys->classes->n; c++) largest = fmax(largest, fabs(sys->slope[c]));
    if (!(det > least)) det = least + 1e-300;
    double da = -(sys->h22 * sys->count_error - sys->h12 * sys->line_error) / det;
    double dtheta = -(sys->h11 * sys->line_error - sys->h12 * sys->count_error) / det;
    double move = fmax(fabs(da), fabs(dtheta) * largest);
    double scale = move > 2 ? 2 / move : 1;
    *a += scale * da;
    *theta = fmax(*theta + scale * dtheta, 1e-9);
}

static double divergence(const system_t *sys)
{
    double base = (double)sys->size / sys->n, log_in = log(base), log_out = log1p(-base), sum = 0;
    for (int c = 0; c < sys->classes->n; c++) {
        double p = fmin(fmax(sys->pi[c], 1e-15), 1 - 1e-12);
        sum += sys->classes->width[c] * (p * (log(p) - log_in) + (1 - p) * (log1p(-p) - log_out));
    }
    return sum;
}

/* Finds the law for a crossing at t; `tilt` holds a start (theta > 0) or zeros, and the answer. */
static til_tilt_outcome_t solve(const til_classes_t *classes, int split, int n, int size,
                                double score, til_tilt_t *tilt)
{
    system_t sys = { .classes = classes,
                     .split = split,
                     .n = n,
                     .size = size,
                     .score = score,
                     .t = classes->bound[split] };
    bool warm = tilt->theta > 0;
    double a = warm ? tilt->a : log((double)size / (n - size)), theta = warm ? tilt->theta : 0;

    set_slopes(&sys, warm ? tilt->w : 0, warm ? tilt->c : 0);
    set_probabilities(&sys, a, theta);
    for (int i = 0; i < NEWTON_STEPS; i++) {
        evaluate(&sys);
        if (i == 0 && !warm && sys.line_error >= 0) {
            *tilt = (til_tilt_t){ .a = a, .c = sys.c, .w = sys.w };
            return TIL_TILT_NOT_NEEDED;
        }
        /* a proposal need not be exact: the estimator corrects for what it is */
        if (i > 0 && fabs(sys.count_error) < 1e-3 * sqrt(size) &&
            fabs(sys.line_error) < 1e-2 * sqrt(sys.h22)) {
            *tilt = (til_tilt_t){ a, theta, sys.c, sys.w, false, divergence(&sys) };
            return TIL_TILT_OK;
        }
        step(&sys, &a, &theta);
        set_probabilities(&sys, a, theta);
    }
    *tilt = (til_tilt_t){ .rate = INFINITY };
    return TIL_TILT_IMPOSSIBLE;
}

/* The law of sets that lie wholly before t: they cross at t for certain while 1 - (t - k)/(n - k)
 * >= e. Next to the last such t this is the cheapest way to cross, and no (a, theta) comes near it.
 */
static til_tilt_outcome_t put_all_before(int n, int size, int t, til_tilt_t *tilt)
{
    double q = (double)size / t, p = (double)size / n;

    if (t < size) {
        *tilt = (til_tilt_t){ .rate = INFINITY };
        return TIL_TILT_IMPOSSIBLE;
    }
    double out = t > size ? (t - size) * (log1p(-q) - log1p(-p)) : 0;
    *tilt = (til_tilt_t){ .a = t > size ? log(q / (1 - q)) : MAX_ODDS,
                          .all_before = true,
                          .rate = size * log(q / p) + out - (n - t) * log1p(-p) };
    return TIL_TILT_OK;
}

/* I(t) at a growing number of positions, ascending. */
typedef struct {
    const til_tilt_base_t *base;
    int size, n, best;
    double score;
    int t[MAX_PROFILE];
    til_tilt_t at[MAX_PROFILE];
} profile_t;

/* Solves at t from a start and inserts it as item `where`. */
static til_tilt_outcome_t profile_insert(profile_t *p, int where, int t, til_tilt_t start)
{
    const til_walk_t *walk = p->base->walk;
    til_classes_t classes;
    int split = split_classes(walk, p->base->coarse, p->base->n_coarse, t, &classes);
    til_tilt_outcome_t outcome = solve(&classes, split, walk->n, p->size, p->score, &start);
    size_t n_after = (size_t)(p->n - where);

    memmove(p->t + where + 1, p->t + where, n_after * sizeof *p->t);
    memmove(p->at + where + 1, p->at + where, n_after * sizeof *p->at);
    p->t[where] = t;
    p->at[where] = start;
    p->n++;
    if (p->n > 1 && p->best >= where) p->best++;
    if (p->n == 1 || start.rate < p->at[p->best].rate) p->best = where;
    return outcome;
}

/* The running sum is looked at between blocks of ties only: the next such place. */
static int block_bound(const til_walk_t *walk, int t)
{
    return t <= 0 ? 0 : t >= walk->n ? walk->n : walk->block_end[t - 1];
}

/* The last such place that is not after t. */
static int block_bound_before(const til_walk_t *walk, int t)
{
    return t <= 0 ? 0 : t >= walk->n ? walk->n : walk->block_start[t];
}

/* The last position from which `score` can be reached. */
static double last_position(int n, int size, double score)
{
    return (1 - score) * (n - size) + size;
}

/* First pass over t. Returns false when an untilted set gets there. */
static bool profile_scan(profile_t *p, int t_end)
{
    const til_tilt_base_t *base = p->base;
    til_tilt_t last = { 0 };

    for (int i = 1; i + 1 < base->n_coarse && p->n < MAX_PROFILE / 2; i++) {
        int t = block_bound(base->walk, base->coarse[i]);
        if (t >= t_end) break;
        if (p->n > 0 && (t <= p->t[p->n - 1] || (t < p->t[p->n - 1] * 1.3 && t > 2))) continue;
        if (profile_insert(p, p->n, t, last) == TIL_TILT_NOT_NEEDED) return false;
        last = p->at[p->n - 1];
    }
    return true;
}

/* Positions between the last one so far and the last possible one t_end, and that one with all
 * before it: for small sets and high scores the genes just behind the window would otherwise carry
 * the weight. */
static void profile_tail(profile_t *p, int t_end)
{
    static const double fraction[] = { 0.35, 0.6, 0.8, 0.92 };
    int n = p->base->walk->n, from = p->n > 0 ? p->t[p->n - 1] : 0;
    til_tilt_t last = { .rate = INFINITY };

    for (size_t i = 0; p->n > 0 && i < sizeof fraction / sizeof *fraction; i++) {
        int t = block_bound(p->base->walk, from + (int)(fraction[i] * (t_end - from)));
        if (p->at[p->n - 1].rate >= p->at[p->best].rate + WINDOW) break;
        if (t <= p->t[p->n - 1] || t >= t_end) continue;
        if (profile_insert(p, p->n, t, p->at[p->n - 1]) != TIL_TILT_OK) break;
    }
    if (p->n == 0 || isinf(p->at[p->best].rate)) return;
    while (p->n > 1 && isinf(p->at[p->n - 1].rate)) p->n--;
    t_end = block_bound_before(p->base->walk, t_end);
    if (t_end <= p->t[p->n - 1]) return;
    if (put_all_before(n, p->size, t_end, &last) != TIL_TILT_OK) return;
    p->t[p->n] = t_end;
    p->at[p->n] = last;
    if (last.rate < p->at[p->best].rate) p->best = p->n;
    p->n++;
}

/* Halves the steps beside the minimum until both neighbours are within one nat of it. */
static void profile_refine(profile_t *p)
{
    for (int round = 0; round < 5; round++) {
        bool inserted = false;
        for (int side = 1; side >= -1; side -= 2) {
            int near = p->best, far = near + side;
            if (far < 0 || far >= p->n || p->n >= MAX_PROFILE - 2) continue;
            if (p->at[far].rate <= p->at[near].rate + 1) continue;
            int t = block_bound(p->base->walk, (int)sqrt((double)p->t[near] * p->t[far]));
            int low = side > 0 ? p->t[near] : p->t[far], high = side > 0 ? p->t[far] : p->t[near];
            if (t <= low || t >= high || high <= low * 1.03 + 1) continue;
            profile_insert(p, side > 0 ? far : near, t, p->at[near]);
            inserted = true;
        }
        if (!inserted) return;
    }
}

static double scale_of(int n, int t) { return log(t + n / 200.0); }

static int position_of(int n, double x) { return (int)(exp(x) - n / 200.0 + 0.5); }

/* The stretch of scale_of(t) where the interpolated rate is below its minimum + WINDOW. */
static void profile_window(const profile_t *p, double *low, double *high)
{
    int n = p->base->walk->n;
    double limit = p->at[p->best].rate + WINDOW;

    *low = *high = scale_of(n, p->t[p->best]);
    for (int i = 0; i + 1 < p->n; i++) {
        double x0 = scale_of(n, p->t[i]), x1 = scale_of(n, p->t[i + 1]);
        double over0 = p->at[i].rate - limit, over1 = p->at[i + 1].rate - limit;
        if (over0 <= 0) *low = fmin(*low, x0);
        if (over1 <= 0) *high = fmax(*high, x1);
        if (over0 > 0 && over1 <= 0 && isfinite(over0))
            *low = fmin(*low, x1 - (x1 - x0) * over1 / (over1 - over0));
        if (over0 <= 0 && over1 > 0 && isfinite(over1))
            *high = fmax(*high, x0 + (x1 - x0) * over0 / (over0 - over1));
    }
}

/* The rate at x by linear interpolation, at most 9 nats above the minimum. */
static double profile_rate(const profile_t *p, double x)
{
    int n = p->base->walk->n, i = 0;
    double lowest = p->at[p->best].rate;

    if (p->n == 1) return lowest;
    while (i + 2 < p->n && scale_of(n, p->t[i + 1]) < x) i++;
    double x0 = scale_of(n, p->t[i]), x1 = scale_of(n, p->t[i + 1]);
    double y0 = fmin(p->at[i].rate, lowest + 9), y1 = fmin(p->at[i + 1].rate, lowest + 9);
    double f = clip((x - x0) / (x1 - x0), 1);
    return f < 0 ? y0 : y0 + f * (y1 - y0);
}

/* The solved item closest to x. */
static const til_tilt_t *profile_nearest(const profile_t *p, double x)
{
    int n = p->base->walk->n, nearest = p->best;
    for (int i = 0; i < p->n; i++)
        if (isfinite(p->at[i].rate) &&
            fabs(scale_of(n, p->t[i]) - x) < fabs(scale_of(n, p->t[nearest]) - x))
            nearest = i;
    return &p->at[nearest];
}

static void place_points(const profile_t *p, double low, double high, til_tilt_plan_t *plan)
{
    const til_walk_t *walk = p->base->walk;
    int n = walk->n;

    plan->n_points = 0;
    for (int i = 0; i < SPREAD_POINTS; i++) {
        double x = low + (high - low) * (i + 0.5) / SPREAD_POINTS;
        int t = position_of(n, x), m = plan->n_points;
        t = block_bound(walk, t < 1 ? 1 : t);
        if (t < n && (m == 0 || t > plan->point[m - 1])) plan->point[plan->n_points++] = t;
    }
    if (plan->n_points == 0) plan->point[plan->n_points++] = p->t[p->best];
    /* the last possible position is a point of its own when it matters */
    if (p->at[p->n - 1].all_before && p->at[p->n - 1].rate < p->at[p->best].rate + WINDOW)
        plan->point[plan->n_points - 1] = p->t[p->n - 1];
}

/* Fine classes outside the window, one class per point inside it. */
static void place_classes(const profile_t *p, til_tilt_plan_t *plan)
{
    const til_tilt_base_t *base = p->base;
    til_classes_t *classes = &plan->classes;
    int n = base->walk->n, m = 0, c = 0;
    int first = plan->point[0], last = plan->point[plan->n_points - 1];

    for (int i = 0; i < base->n_fine; i++) {
        int x = base->fine[i];
        if (x == 0 || x == n || x < first || x > last) classes->bound[m++] = x;
    }
    for (int i = 0; i < plan->n_points; i++) classes->bound[m++] = plan->point[i];
    classes->n = tidy_bounds(classes->bound, m, n) - 1;
    fill_classes(base->walk, classes);
    for (int i = 0; i < plan->n_points; i++) {
        while (classes->bound[c] < plan->point[i]) c++;
        plan->point_class[i] = c;
    }
}

static void set_shares(const profile_t *p, til_tilt_plan_t *plan)
{
    double sum = 0;
    for (int i = 0; i < plan->n_points; i++) {
        double rate = profile_rate(p, scale_of(p->base->walk->n, plan->point[i]));
        plan->share[i] = exp(-SHARE_DECAY * (rate - plan->rate));
        sum += plan->share[i];
    }
    for (int i = 0; i < plan->n_points; i++) plan->share[i] /= sum;
}

/* Sets that lie wholly before the last point get a family of their own where they matter. */
static void set_last_family(const profile_t *p, til_tilt_plan_t *plan)
{
    int f = plan->n_families - 1, last = plan->n_points - 1;

    if (!p->at[p->n - 1].all_before || plan->point[last] != p->t[p->n - 1]) return;
    if (last > 0 && (f == 0 ? 0 : plan->family_end[f - 1]) < last) {
        plan->family_end[f++] = last;
        plan->n_families = f + 1;
        plan->family_end[f] = last + 1;
    }
    plan->tilt[f] = p->at[p->n - 1];
}

/* Groups neighbouring points; each group gets the tilt of its centre of mass. */
static void set_families(const profile_t *p, double width, til_tilt_plan_t *plan)
{
    int n = p->base->walk->n, wanted = (int)ceil(width / FAMILY_WIDTH);
    int n_families = wanted < 1 ? 1 : wanted > MAX_FAMILIES ? MAX_FAMILIES : wanted;

    if (n_families > plan->n_points) n_families = plan->n_points;
    plan->n_families = n_families;
    for (int f = 0, first = 0; f < n_families; f++) {
        int end = (f + 1) * plan->n_points / n_families, split = plan->point_class[first];
        double mass = 0, centre = 0, gap = INFINITY;
        for (int i = first; i < end; i++) {
            mass += plan->share[i];
            centre += plan->share[i] * scale_of(n, plan->point[i]);
        }
        centre /= mass;
        for (int i = first; i < end; i++) {
            double distance = fabs(scale_of(n, plan->point[i]) - centre);
            if (distance < gap) {
                gap = distance;
                split = plan->point_class[i];
            }
        }
        plan->tilt[f] = *profile_nearest(p, centre);
        if (solve(&plan->classes, split, n, plan->size, plan->score, &plan->tilt[f]) !=
                TIL_TILT_OK &&
            put_all_before(n, plan->size, plan->classes.bound[split], &plan->tilt[f]) !=
                TIL_TILT_OK)
            plan->tilt[f] = p->at[p->best];
        plan->family_end[f] = first = end;
    }
    set_last_family(p, plan);
}

til_tilt_outcome_t til_tilt_plan(const til_tilt_base_t *base, int size, double score,
                                 til_tilt_plan_t *plan)
{
    profile_t p = { .base = base, .size = size, .score = score };
    int n = base->walk->n;
    double limit = fmin(last_position(n, size, score), LATEST * n), low, high;
    int t_end = (int)limit;

    if (!profile_scan(&p, t_end)) return TIL_TILT_NOT_NEEDED;
    profile_tail(&p, t_end);
    if (p.n == 0 || isinf(p.at[p.best].rate)) return TIL_TILT_IMPOSSIBLE;
    profile_refine(&p);
    profile_window(&p, &low, &high);

    plan->size = size;
    plan->score = score;
    plan->rate = p.at[p.best].rate;
    place_points(&p, low, high, plan);
    place_classes(&p, plan);
    set_shares(&p, plan);
    set_families(&p, high - low, plan);
    return TIL_TILT_OK;
}

bool til_tilt_add_all_before(const til_tilt_base_t *base, int size, double score,
                             til_tilt_plan_t *plan)
{
    int n = base->walk->n, m = 0, f = plan->n_families, last = plan->n_points;
    /* a score is a sum in floating point: what is a hair below it still reaches it */
    int t = block_bound_before(base->walk, (int)(last_position(n, size, score) + 1e-6));
    til_classes_t *classes = &plan->classes;
    til_tilt_t tilt;

    if (put_all_before(n, size, t, &tilt) != TIL_TILT_OK) return false;
    if (last == 0) {
        plan->size = size;
        plan->score = score;
        m = base->n_fine;
        memcpy(classes->bound, base->fine, (size_t)m * sizeof *classes->bound);
    } else {
        m = classes->n + 1;
    }
    classes->bound[m++] = t;
    classes->n = tidy_bounds(classes->bound, m, n) - 1;
    fill_classes(base->walk, classes);
    plan->point[last] = t;
    plan->n_points = last + 1;
    for (int i = 0; i <= last; i++) {
        plan->point_class[i] = 0;
        while (classes->bound[plan->point_class[i]] < plan->point[i]) plan->point_class[i]++;
        plan->share[i] = i < last ? plan->share[i] * (1 - ADDED_SHARE) : last > 0 ? ADDED_SHARE : 1;
    }
    plan->tilt[f] = tilt;
    plan->family_end[f] = last + 1;
    plan->n_families = f + 1;
    plan->rate = fmax(last > 0 ? plan->rate : 0, tilt.rate);
    return true;
}
