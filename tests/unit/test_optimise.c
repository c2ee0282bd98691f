/* test_optimise.c -- root, minimum and minimum in a box against R's uniroot, optimize, optim. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>

#include "math/dist.h"
#include "math/optimise.h"
#include "support/golden.h"

static double *want(const char *name, const char *suffix, size_t *n)
{
    char line[64];
    snprintf(line, sizeof line, "%s%s", name, suffix);
    return golden_vector("math/optimise.tsv", line, n);
}

static double curve(double x, void *arg)
{
    double a = *(double *)arg;
    return exp(x) - 1 - a * x * x - a;
}

static double valley(double x, void *arg)
{
    double a = *(double *)arg, d = x - sqrt(a);
    return d * d * (1 + sin(3 * x) / 2) - a * x / 10;
}

START_TEST(root_as_uniroot)
{
    size_t n;
    double *a = want("a", "", &n), *rough = want("root_default", "", &n);
    double *fine = want("root_fine", "", &n);
    for (size_t i = 0; i < n; i++) {
        ck_golden(til_zeroin(curve, &a[i], -1, 20, pow(DBL_EPSILON, 0.25), 1000), rough[i], TOL_SUM,
                  "root, rough");
        ck_golden(til_zeroin(curve, &a[i], -1, 20, 1e-12, 1000), fine[i], TOL_SUM, "root, fine");
    }
    free(a);
    free(rough);
    free(fine);
}
END_TEST

START_TEST(root_needs_a_change_of_sign)
{
    double a = 1;
    ck_assert(isnan(til_zeroin(curve, &a, 3, 4, 1e-8, 100)));
}
END_TEST

START_TEST(minimum_as_optimize)
{
    size_t n;
    double *a = want("a", "", &n), *rough = want("valley_default", "", &n);
    double *fine = want("valley_fine", "", &n);
    for (size_t i = 0; i < n; i++) {
        ck_golden(til_fmin(valley, &a[i], -3, 9, pow(DBL_EPSILON, 0.25)), rough[i], 1e-9, "rough");
        ck_golden(til_fmin(valley, &a[i], -3, 9, 1e-7), fine[i], 1e-7, "fine");
    }
    free(a);
    free(rough);
    free(fine);
}
END_TEST

static double rosenbrock(size_t n, const double *x, void *arg)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        sum += 100 * pow(x[i + 1] - x[i] * x[i], 2) + pow(1 - x[i], 2);
    ++*(int *)arg;
    return sum;
}

typedef struct {
    int n_calls;
    size_t n;
    double *x, *y;
} counts_t;

/* -log likelihood of counts with log2 means X beta, as a failing GLM fit hands it over. */
static double nb_loss(size_t p, const double *beta, void *arg)
{
    counts_t *c = arg;
    double sum = 0;
    c->n_calls++;
    for (size_t i = 0; i < c->n; i++) {
        double eta = 0;
        for (size_t j = 0; j < p; j++) eta += c->x[j * c->n + i] * beta[j];
        sum -= til_dnbinom_mu(c->y[i], 2.5, exp2(eta), true);
    }
    for (size_t j = 0; j < p; j++) sum += 0.5e-6 * beta[j] * beta[j];
    return sum;
}

static void compare(const char *name, til_vector_fn *f, void *arg, double tolerance)
{
    size_t n, k;
    double *x = want(name, "_start", &n), *lower = want(name, "_lower", &n);
    double *upper = want(name, "_upper", &n), *par = want(name, "_par", &n);
    double *answer = want(name, "_value", &k), value;
    double *work = malloc(til_lbfgsb_work_size(n) * sizeof *work);

    ck_assert(til_lbfgsb(f, arg, n, x, lower, upper, work, &value) == (answer[1] == 0));
    ck_assert_double_eq_tol(value, answer[0], 1e-8 * fmax(1, fabs(answer[0])));
    for (size_t i = 0; i < n; i++) {
        ck_assert_double_eq_tol(x[i], par[i], tolerance);
        ck_assert(x[i] >= lower[i] && x[i] <= upper[i]);
    }
    free(x);
    free(lower);
    free(upper);
    free(par);
    free(answer);
    free(work);
}

START_TEST(box_minimum_as_optim)
{
    int n_calls = 0;
    compare("rosenbrock", rosenbrock, &n_calls, 1e-6);
    ck_assert_int_eq(n_calls, 49 * 5); /* optim needed 49 values and gradients */
    n_calls = 0;
    compare("rosenbrock_box", rosenbrock, &n_calls, 1e-6);
    ck_assert_int_eq(n_calls, 45 * 9);
    n_calls = 0;
    compare("rosenbrock_low", rosenbrock, &n_calls, 1e-6);
    ck_assert_int_eq(n_calls, 24 * 7);
}
END_TEST

START_TEST(negative_binomial_as_optim)
{
    size_t k;
    counts_t c = { .n = 12 };
    c.x = want("nb_x", "", &k);
    c.y = want("nb_y", "", &k);
    compare("nb", nb_loss, &c, 1e-5);
    free(c.x);
    free(c.y);
}
END_TEST

static double corner(size_t n, const double *x, void *arg)
{
    double sum = 0;
    (void)arg;
    for (size_t i = 0; i < n; i++) sum += ((double)i - 1.5) * x[i];
    return sum;
}

/* A linear function has its minimum in a corner; a start there stays. */
START_TEST(linear_function_goes_to_the_corner)
{
    enum { N = 4 };
    double x[N] = { 0.5, 0.2, 0.1, 0.9 }, lower[N] = { 0 }, upper[N] = { 1, 1, 1, 1 }, value;
    double *work = malloc(til_lbfgsb_work_size(N) * sizeof *work);
    for (int round = 0; round < 2; round++) {
        ck_assert(til_lbfgsb(corner, NULL, N, x, lower, upper, work, &value));
        for (size_t i = 0; i < N; i++) ck_assert(x[i] == (i < 2 ? 1 : 0));
        ck_assert_double_eq_tol(value, -2, 1e-12);
    }
    free(work);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        root_as_uniroot,      root_needs_a_change_of_sign, minimum_as_optimize,
        box_minimum_as_optim, negative_binomial_as_optim,  linear_function_goes_to_the_corner
    };
    return golden_run("optimise", tests, sizeof tests / sizeof *tests);
}
