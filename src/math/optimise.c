/* optimise.c -- a root and a minimum of a function of one variable, without derivatives.
 *
 * Both keep an interval that holds the answer, try an interpolation (secant or inverse quadratic;
 * a parabola through three points) and fall back to halving or to the golden section when it
 * does not shrink the interval fast enough.
 *
 * Source: Brent (1973), Algorithms for Minimization Without Derivatives, ch. 4 and 5.
 * Agrees: R 4.2.2 uniroot() and optimize() with the same tolerance: the same steps, 1e-12.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>
#include <math.h>

#include "math/optimise.h"

typedef struct {
    double x, y;
} point_t;

/* The step from b by interpolation through a, b and, when it differs from a, c; `halve` when that
 * leads out of the interval or does not beat half of the step `before`. */
static double interpolate(point_t a, point_t b, point_t c, double before, double halve, double tol)
{
    double to_c = c.x - b.x, p, q, ratio = b.y / a.y;

    if (a.x == c.x) {
        p = to_c * ratio;
        q = 1 - ratio;
    } else {
        double ac = a.y / c.y, bc = b.y / c.y;
        p = ratio * (to_c * ac * (ac - bc) - (b.x - a.x) * (bc - 1));
        q = (ac - 1) * (bc - 1) * (ratio - 1);
    }
    if (p > 0) q = -q;
    else p = -p;
    bool good = p < 0.75 * to_c * q - fabs(tol * q) / 2 && p < fabs(before * q / 2);
    return good ? p / q : halve;
}

double til_zeroin(til_scalar_fn *f, void *arg, double lo, double hi, double tol, int max_iter)
{
    point_t a = { lo, f(lo, arg) }, b = { hi, f(hi, arg) }, c = a; /* root between b and c */

    if (a.y == 0) return lo;
    if (b.y == 0) return hi;
    if (!(a.y < 0 && b.y > 0) && !(a.y > 0 && b.y < 0)) return NAN;

    for (int step = 0; step <= max_iter; step++) {
        double before = b.x - a.x;
        if (fabs(c.y) < fabs(b.y)) { /* b is to be the best so far */
            a = b;
            b = c;
            c = a;
        }
        double reach = 2 * DBL_EPSILON * fabs(b.x) + tol / 2, move = (c.x - b.x) / 2;
        if (fabs(move) <= reach || b.y == 0) return b.x;

        if (fabs(before) >= reach && fabs(a.y) > fabs(b.y))
            move = interpolate(a, b, c, before, move, reach);
        if (fabs(move) < reach) move = move > 0 ? reach : -reach;
        a = b;
        b.x += move;
        b.y = f(b.x, arg);
        if ((b.y > 0 && c.y > 0) || (b.y < 0 && c.y < 0)) c = a;
    }
    return b.x;
}

/* What fmin knows: the minimum lies in [lo, hi]; x is the best point, w the next best, v the one
 * that was w before. */
typedef struct {
    double lo, hi;
    point_t x, w, v;
} valley_t;

/* Takes in the point u. */
static void narrow(valley_t *s, point_t u)
{
    if (u.y <= s->x.y) {
        if (u.x < s->x.x) s->hi = s->x.x;
        else s->lo = s->x.x;
        s->v = s->w;
        s->w = s->x;
        s->x = u;
        return;
    }
    if (u.x < s->x.x) s->lo = u.x;
    else s->hi = u.x;
    if (u.y <= s->w.y || s->w.x == s->x.x) {
        s->v = s->w;
        s->w = u;
    } else if (u.y <= s->v.y || s->v.x == s->x.x || s->v.x == s->w.x) {
        s->v = u;
    }
}

double til_fmin(til_scalar_fn *f, void *arg, double lo, double hi, double tol)
{
    const double SECTION = (3 - sqrt(5)) * 0.5, SQRT_EPS = sqrt(DBL_EPSILON);
    valley_t s = { .lo = lo, .hi = hi };
    double move = 0, before = 0; /* the last step and the one before it */

    s.x.x = lo + SECTION * (hi - lo);
    s.x.y = f(s.x.x, arg);
    s.w = s.v = s.x;
    for (;;) {
        double mid = (s.lo + s.hi) * 0.5, x = s.x.x, reach = SQRT_EPS * fabs(x) + tol / 3;
        if (fabs(x - mid) <= 2 * reach - (s.hi - s.lo) * 0.5) return x;

        double p = 0, q = 0, r = 0; /* the parabola's vertex is at x + p / q */
        if (fabs(before) > reach) {
            r = (x - s.w.x) * (s.x.y - s.v.y);
            q = (x - s.v.x) * (s.x.y - s.w.y);
            p = (x - s.v.x) * q - (x - s.w.x) * r;
            q = (q - r) * 2;
            if (q > 0) p = -p;
            else q = -q;
            r = before;
            before = move;
        }
        if (fabs(p) >= fabs(q * 0.5 * r) || p <= q * (s.lo - x) || p >= q * (s.hi - x)) {
            before = x < mid ? s.hi - x : s.lo - x;
            move = SECTION * before;
        } else {
            move = p / q;
            double u = x + move;
            if (u - s.lo < 2 * reach || s.hi - u < 2 * reach) move = x < mid ? reach : -reach;
        }
        point_t u = { x + (fabs(move) >= reach ? move : move > 0 ? reach : -reach), 0 };
        u.y = f(u.x, arg);
        narrow(&s, u);
    }
}
