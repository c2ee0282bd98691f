/* smooth.c -- lowess, linear interpolation, the natural spline basis.
 *
 * lowess. At x_i a line is fitted to the ceil(f n) nearest points with tricube weights
 *
 *     w_j = (1 - (|x_j - x_i| / h)^3)^3,   h the distance of the farthest of them,
 *
 * then n_iter times again with w_j times the bisquare (1 - (r_j / 6 MAD)^2)^2 of the residuals.
 * Points closer than delta to the last one fitted are interpolated. The fringes that are rounded
 * off (weights within 0.1 % of the middle or the rim, a spread under 0.1 % of the range) belong to
 * the definition: without them the answers differ from R's.
 *
 * Source: Cleveland (1979), JASA 74:829; Cleveland (1981), Am Stat 35:54, and the description of
 *         its options in R's help page of lowess().
 * Agrees: R 4.2.2 stats::lowess, stats::approxfun(rule = 2, ties = mean), splines::ns, 1e-11.
 * Differs: x must be sorted and finite; R sorts and drops.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/linalg.h"
#include "math/order.h"
#include "math/smooth.h"

static double square(double x) { return x * x; }
static double cube(double x) { return x * x * x; }

/* What one lowess fit looks at. */
typedef struct {
    size_t n;
    const double *x, *y;
    double *weight;       /* scratch                                        */
    const double *robust; /* robustness weights, NULL in the first pass     */
} lowess_t;

/* The local line through the points from `left`, with reach `right`, at `at`. False when all
 * weights vanish. */
static bool local_line(const lowess_t *p, size_t left, size_t right, double at, double *fitted)
{
    const double *x = p->x;
    double *w = p->weight, total = 0;
    double h = fmax(at - x[left], x[right] - at), near = 0.001 * h, far = 0.999 * h;

    /* Ties of the rim may lie beyond `right`. */
    size_t end = left;
    for (; end < p->n; end++) {
        double r = fabs(x[end] - at);
        w[end] = 0;
        if (r <= far) {
            w[end] = r <= near ? 1 : cube(1 - cube(r / h));
            if (p->robust != NULL) w[end] *= p->robust[end];
            total += w[end];
        } else if (x[end] > at) {
            break;
        }
    }
    if (!(total > 0)) return false;
    for (size_t j = left; j < end; j++) w[j] /= total;

    if (h > 0) {
        double center = 0, spread = 0;
        for (size_t j = left; j < end; j++) center += w[j] * x[j];
        for (size_t j = left; j < end; j++) spread += w[j] * square(x[j] - center);
        if (sqrt(spread) > 0.001 * (x[p->n - 1] - x[0])) {
            double slope = (at - center) / spread;
            for (size_t j = left; j < end; j++) w[j] *= slope * (x[j] - center) + 1;
        }
    }
    double sum = 0;
    for (size_t j = left; j < end; j++) sum += w[j] * p->y[j];
    *fitted = sum;
    return true;
}

/* One pass over all points with `n_near` neighbours each. */
static void lowess_pass(const lowess_t *p, size_t n_near, double delta, double *fitted)
{
    const double *x = p->x;
    size_t left = 0, right = n_near - 1, n = p->n;

    /* `next` is to be fitted; fitted[0..n_done) are known, the last of them at n_done - 1. */
    for (size_t next = 0, n_done = 0; n_done < n;) {
        while (right < n - 1 && x[next] - x[left] > x[right + 1] - x[next]) {
            left++;
            right++;
        }
        if (!local_line(p, left, right, x[next], &fitted[next])) fitted[next] = p->y[next];

        if (n_done > 0 && n_done < next) {
            size_t last = n_done - 1;
            double gap = x[next] - x[last];
            for (size_t j = n_done; j < next; j++) {
                double share = (x[j] - x[last]) / gap;
                fitted[j] = share * fitted[next] + (1 - share) * fitted[last];
            }
        }

        size_t last = next, i = next + 1;
        double reach = x[last] + delta;
        for (; i < n && x[i] <= reach; i++) {
            if (x[i] != x[last]) continue;
            fitted[i] = fitted[last];
            last = i;
        }
        n_done = last + 1;
        next = i - 1 > last + 1 ? i - 1 : last + 1;
    }
}

/* Bisquare weights from residuals; false when the fit is so close that they would be noise. */
static bool robustness(size_t n, const double *residual, double *robust)
{
    const double CLOSE = 1e-7;
    double mean = 0;

    for (size_t i = 0; i < n; i++) {
        robust[i] = fabs(residual[i]);
        mean += robust[i];
    }
    mean /= (double)n;
    double upper = til_select_inplace(n, robust, n / 2), six_mad = 6 * upper;
    if (n % 2 == 0) {
        double lower = til_select_inplace(n / 2, robust, n / 2 - 1);
        six_mad = 3 * (upper + lower);
    }
    if (six_mad < CLOSE * mean) return false;

    double near = 0.001 * six_mad, far = 0.999 * six_mad;
    for (size_t i = 0; i < n; i++) {
        double r = fabs(residual[i]);
        robust[i] = r <= near ? 1 : r <= far ? square(1 - square(r / six_mad)) : 0;
    }
    return true;
}

til_status_t til_lowess(til_ctx_t *ctx, size_t n, const double *x, const double *y, double f,
                        int n_iter, double delta, double *fitted)
{
    if (n == 0) return TIL_OK;
    if (n == 1) {
        fitted[0] = y[0];
        return TIL_OK;
    }

    double *scratch = til_array(n, 2 * sizeof *scratch);
    if (scratch == NULL) return til_no_memory(ctx, n, "points to smooth");
    double *residual = scratch, *robust = scratch + n;
    lowess_t p = { n, x, y, residual, NULL }; /* weights and residuals never live together */

    double n_wanted = f * (double)n + 1e-7;
    size_t n_near = n_wanted >= (double)n ? n : n_wanted < 2 ? 2 : (size_t)n_wanted;
    for (int pass = 0;; pass++) {
        lowess_pass(&p, n_near, delta, fitted);
        if (pass >= n_iter) break;
        for (size_t i = 0; i < n; i++) residual[i] = y[i] - fitted[i];
        if (!robustness(n, residual, robust)) break;
        p.robust = robust;
    }
    free(scratch);
    return TIL_OK;
}

/* ---- lowess with weights ---- */

enum { MAX_PLACES = 200 };
static const double NEAR_NOTHING = 1e-7;

/* The least gap between places: as if MAX_PLACES of them were spread evenly over the range less its
 * widest gaps, one place going with each gap left out. */
static til_status_t choose_gap(til_ctx_t *ctx, size_t n, const double *x, double *gap)
{
    double *step, range = 0;

    *gap = 0;
    if (n <= MAX_PLACES) return TIL_OK;
    if ((step = til_array(n - 1, sizeof *step)) == NULL) return til_no_memory(ctx, n, "points");
    for (size_t i = 0; i + 1 < n; i++) step[i] = x[i + 1] - x[i];
    til_sort(n - 1, step);
    for (size_t i = 0; i + 1 < n; i++) {
        size_t left_out = n - 2 - i;
        range += step[i];
        if (left_out >= MAX_PLACES) continue;
        double even = range / (double)(MAX_PLACES - left_out);
        if (left_out == MAX_PLACES - 1 || even < *gap) *gap = even;
    }
    free(step);
    return TIL_OK;
}

/* The line at x[at] over the nearest points that hold `share` of the weight. */
static double weighted_line(size_t n, const double *x, const double *y, const double *weight,
                            size_t at, double share)
{
    size_t left = at, right = at;
    double held = weight[at], reach = 0, total = 0, mean_x = 0, mean_y = 0, var = 0, cov = 0;

    while (held < share && (left > 0 || right + 1 < n)) {
        bool go_left = right + 1 == n || (left > 0 && x[at] - x[left - 1] < x[right + 1] - x[at]);
        size_t next = go_left ? --left : ++right;
        held += weight[next];
        reach = fmax(reach, fabs(x[next] - x[at]));
    }
    while (left > 0 && x[left] - x[left - 1] <= 0) left--;
    while (right + 1 < n && x[right + 1] - x[right] <= 0) right++;
    bool is_point = reach < NEAR_NOTHING;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = left; i <= right; i++) {
            double w = weight[i] * (is_point ? 1 : cube(1 - cube(fabs(x[at] - x[i]) / reach)));
            if (pass == 0) {
                total += w;
                mean_x += w * x[i];
                mean_y += w * y[i];
            } else {
                var += w * square(x[i] - mean_x);
                cov += w * (x[i] - mean_x) * (y[i] - mean_y);
            }
        }
        if (pass > 0) break;
        mean_x /= total;
        mean_y /= total;
    }
    return is_point || var < NEAR_NOTHING ? mean_y : mean_y + cov / var * (x[at] - mean_x);
}

til_status_t til_lowess_weighted(til_ctx_t *ctx, size_t n, const double *x, const double *y,
                                 const double *weight, double span, double *fitted)
{
    double gap, total = 0, even;
    til_status_t status = choose_gap(ctx, n, x, &gap);

    if (status != TIL_OK || n == 0) return status;
    for (size_t i = 0; i < n; i++) total += weight[i];
    even = (x[n - 1] - x[0]) / (double)n;
    fitted[0] = weighted_line(n, x, y, weight, 0, span * total);
    for (size_t i = 1, last = 0; i < n; i++) {
        if (i + 1 < n && !(x[i] - x[last] > gap)) continue;
        double width = x[i] - x[last];
        fitted[i] = weighted_line(n, x, y, weight, i, span * total);
        for (size_t k = last + 1; k < i; k++)
            fitted[k] = width > NEAR_NOTHING * even
                            ? fitted[i] + (fitted[i] - fitted[last]) / width * (x[k] - x[i])
                            : (fitted[i] + fitted[last]) / 2;
        last = i;
    }
    return TIL_OK;
}

size_t til_approx_ties(size_t n, double *x, double *y)
{
    size_t n_kept = 0;
    for (size_t begin = 0, end; begin < n; begin = end) {
        long double sum = 0, rest = 0;
        for (end = begin; end < n && x[end] == x[begin]; end++) sum += y[end];
        long double mean = sum / (long double)(end - begin);
        for (size_t i = begin; i < end; i++) rest += y[i] - mean;
        x[n_kept] = x[begin];
        y[n_kept++] = (double)(mean + rest / (long double)(end - begin));
    }
    return n_kept;
}

double til_approx(size_t n, const double *x, const double *y, double at)
{
    if (n == 0 || isnan(at)) return NAN;
    if (at <= x[0]) return y[0];
    if (at >= x[n - 1]) return y[n - 1];

    size_t i = 0, j = n - 1;
    while (j - i > 1) {
        size_t mid = i + (j - i) / 2;
        if (at < x[mid]) j = mid;
        else i = mid;
    }
    if (at == x[i]) return y[i];
    return y[i] + (y[j] - y[i]) * ((at - x[i]) / (x[j] - x[i]));
}

/* ---- natural splines ---- */

enum { CUBIC = 4 }; /* order of a cubic B-spline */

/* The interval m with knots[m] <= x < knots[m + 1], the last one of positive length closed. */
static size_t find_interval(size_t n_basis, const double *knots, double x)
{
    size_t m = CUBIC - 1;
    while (m + 1 < n_basis && x >= knots[m + 1]) m++;
    while (m > CUBIC - 1 && !(knots[m] < knots[m + 1])) m--;
    return m;
}

/* The `order` B-splines that do not vanish on interval m, at x: those numbered m - order + 1 .. m.
 * Source: de Boor (1978), A Practical Guide to Splines, ch. X (8). */
static void bspline(int order, const double *knots, size_t m, double x, double *value)
{
    double above[CUBIC], below[CUBIC];

    value[0] = 1;
    for (int k = 1; k < order; k++) {
        double carried = 0;
        above[k - 1] = knots[m + (size_t)k] - x;
        below[k - 1] = x - knots[m + 1 - (size_t)k];
        for (int r = 0; r < k; r++) {
            double term = value[r] / (above[r] + below[k - 1 - r]);
            value[r] = carried + above[r] * term;
            carried = below[k - 1 - r] * term;
        }
        value[k] = carried;
    }
}

/* The first or second (`times`) derivatives at x of all n_basis cubic B-splines: differences of
 * coefficients. */
static void derivatives(size_t times, size_t n_basis, const double *knots, double x, double *out)
{
    size_t m = find_interval(n_basis, knots, x), first = m - (CUBIC - 1);
    double lower[CUBIC];

    bspline(CUBIC - (int)times, knots, m, x, lower);
    for (size_t j = 0; j < n_basis; j++) out[j] = 0;
    for (size_t j = 0; j < CUBIC; j++) {
        double c[CUBIC] = { 0, 0, 0, 0 };
        c[j] = 1;
        for (size_t degree = CUBIC - 1; degree >= CUBIC - times; degree--)
            for (size_t i = CUBIC - 1; i >= CUBIC - degree; i--)
                c[i] = (double)degree * (c[i] - c[i - 1]) /
                       (knots[first + i + degree] - knots[first + i]);
        for (size_t i = times; i < CUBIC; i++) out[first + j] += c[i] * lower[i - times];
    }
}

/* All n_basis B-splines at x; straight lines beyond the ends. `slope` holds n_basis values. */
static void bspline_row(size_t n_basis, const double *knots, double x, double *row, double *slope)
{
    double inside = fmin(fmax(x, knots[0]), knots[n_basis]);
    size_t m = find_interval(n_basis, knots, inside);

    for (size_t j = 0; j < n_basis; j++) row[j] = 0;
    bspline(CUBIC, knots, m, inside, row + m - (CUBIC - 1));
    if (x == inside) return;
    derivatives(1, n_basis, knots, inside, slope);
    for (size_t j = 0; j < n_basis; j++) row[j] += (x - inside) * slope[j];
}

/* Boundary knots four times each, n_basis - 4 inner ones at the quantiles between. */
static void place_knots(size_t n, const double *sorted, size_t n_basis, double *knots)
{
    size_t n_inner = n_basis - CUBIC;
    double step = 1 / (double)(n_inner + 1);

    for (size_t i = 0; i < CUBIC; i++) {
        knots[i] = sorted[0];
        knots[n_basis + i] = sorted[n - 1];
    }
    for (size_t i = 1; i <= n_inner; i++)
        knots[CUBIC + i - 1] = til_quantile_sorted(n, sorted, (double)i * step);
}

/* Cubic B-splines on quantile knots, times the orthogonal complement of the two conditions that the
 * second derivative vanishes at the ends. */
til_status_t til_natural_spline_basis(til_ctx_t *ctx, size_t n, const double *x, size_t df,
                                      size_t n_at, const double *at, double *basis)
{
    til_status_t status = TIL_OK;
    size_t n_basis = df + 2;
    double *sorted = NULL, *knots = NULL, *ends = NULL, tau[2];

    if (df < 2) return til_fail(ctx, TIL_EINTERNAL, "a natural spline of %zu degrees", df);
    if (n == 0) return TIL_OK;
    sorted = til_array(n, sizeof *sorted);
    knots = til_array(n_basis + CUBIC, sizeof *knots);
    ends = til_array(n_basis, 4 * sizeof *ends);
    if (sorted == NULL || knots == NULL || ends == NULL) {
        status = til_no_memory(ctx, n, "points of a spline");
        goto done;
    }

    memcpy(sorted, x, n * sizeof *x);
    til_sort(n, sorted);
    if (!isfinite(sorted[0]) || !isfinite(sorted[n - 1]) || !(sorted[0] < sorted[n - 1])) {
        status = til_fail(ctx, TIL_ENUMERIC,
                          "a spline through %zu points needs at least two different finite values",
                          n);
        goto done;
    }
    place_knots(n, sorted, n_basis, knots);
    derivatives(2, n_basis, knots, knots[0], ends);
    derivatives(2, n_basis, knots, knots[n_basis], ends + n_basis);
    TIL_TRY(til_qr(ctx, n_basis, 2, ends, tau));

    double *row = ends + 2 * n_basis;
    for (size_t i = 0; i < n_at; i++) {
        bspline_row(n_basis, knots, at[i], row, row + n_basis);
        TIL_TRY(til_qr_apply(ctx, n_basis, 2, ends, tau, true, 1, row));
        for (size_t j = 0; j < df; j++) basis[j * n_at + i] = row[j + 2];
    }

done:
    free(ends);
    free(knots);
    free(sorted);
    return status;
}
