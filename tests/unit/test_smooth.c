/* test_smooth.c -- lowess, approx, natural splines and local regression against R. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>

#include "math/smooth.h"
#include "support/golden.h"

#define TOL_LOCFIT 1e-9 /* of the spread of y: locfit's own solver is no better */

static til_ctx_t ctx = TIL_CTX_INIT;

/* The golden vector <name><suffix>. */
static double *want(const char *name, const char *suffix, size_t *n)
{
    char line[64];
    snprintf(line, sizeof line, "%s%s", name, suffix);
    return golden_vector("math/smooth.tsv", line, n);
}

static const char *const lowess_cases[] = { "voom", "plain", "ties",  "narrow",
                                            "once", "steps", "exact", "two" };

START_TEST(lowess_as_r)
{
    const char *name = lowess_cases[_i];
    size_t n, k;
    double *x = want(name, "_x", &n), *y = want(name, "_y", &n), *par = want(name, "_par", &k);
    double *smooth = want(name, "", &n), *got = malloc(n * sizeof *got);

    ck_assert_int_eq(til_lowess(&ctx, n, x, y, par[0], (int)par[1], par[2], got), TIL_OK);
    for (size_t i = 0; i < n; i++) ck_golden(got[i], smooth[i], TOL_SUM, name);
    free(x);
    free(y);
    free(par);
    free(smooth);
    free(got);
}
END_TEST

START_TEST(lowess_of_a_line_is_the_line)
{
    enum { N = 60 };
    double x[N], y[N], got[N];
    for (size_t i = 0; i < N; i++) {
        x[i] = sqrt((double)i);
        y[i] = 3 - 2 * x[i];
    }
    ck_assert_int_eq(til_lowess(&ctx, N, x, y, 0.4, 3, 0.1, got), TIL_OK);
    for (size_t i = 0; i < N; i++) ck_assert_double_eq_tol(got[i], y[i], 1e-12);
    ck_assert_int_eq(til_lowess(&ctx, 1, x, y, 0.4, 3, 0, got), TIL_OK);
    ck_assert_double_eq(got[0], y[0]);
    ck_assert_int_eq(til_lowess(&ctx, 0, x, y, 0.4, 3, 0, got), TIL_OK);
}
END_TEST

START_TEST(approx_as_r)
{
    size_t n, m;
    double *x = want("approx_x", "", &n), *y = want("approx_y", "", &n);
    double *at = want("approx_at", "", &m), *value = want("approx", "", &m);
    size_t kept = til_approx_ties(n, x, y);
    ck_assert_uint_lt(kept, n);
    for (size_t i = 0; i < m; i++)
        ck_golden(til_approx(kept, x, y, at[i]), value[i], TOL_ROUND, "approx");
    ck_assert(isnan(til_approx(kept, x, y, NAN)));
    free(x);
    free(y);
    free(at);
    free(value);
}
END_TEST

static void compare_basis(const char *x_name, const char *basis_name, size_t df)
{
    size_t n, k;
    double *x = want(x_name, "", &n), *basis = want(basis_name, "", &k);
    double *got = malloc(n * df * sizeof *got);
    ck_assert_uint_eq(k, n * df);
    ck_assert_int_eq(til_natural_spline_basis(&ctx, n, x, df, n, x, got), TIL_OK);
    for (size_t i = 0; i < k; i++) ck_assert_double_eq_tol(got[i], basis[i], 1e-12);
    free(x);
    free(basis);
    free(got);
}

START_TEST(spline_basis_as_r)
{
    char name[8];
    for (size_t df = 2; df <= 6; df++) {
        snprintf(name, sizeof name, "ns%zu", df);
        compare_basis("ns_x", name, df);
    }
    compare_basis("ns_ties_x", "ns_ties", 4);
}
END_TEST

START_TEST(spline_needs_two_points)
{
    double x[] = { 2, 2, 2 }, basis[12];
    ck_assert_int_eq(til_natural_spline_basis(&ctx, 3, x, 4, 3, x, basis), TIL_ENUMERIC);
}
END_TEST

static void compare_locfit(const char *name, bool flat)
{
    size_t n, m;
    double *x = want(name, "_x", &n), *y = want(name, "_y", &n), *w = want(name, "_w", &n);
    double *at = want(name, "_at", &m), *value = want(name, "", &m), lo = y[0], hi = y[0];
    til_locfit_t *fit;

    if (flat) {
        size_t k;
        double *fraction = want(name, "_par", &k);
        ck_assert_int_eq(til_locfit_flat_new(&ctx, n, x, y, *fraction, &fit), TIL_OK);
        free(fraction);
    } else {
        ck_assert_int_eq(til_locfit_new(&ctx, n, x, y, w, &fit), TIL_OK);
    }
    for (size_t i = 0; i < n; i++) {
        lo = fmin(lo, y[i]);
        hi = fmax(hi, y[i]);
    }
    for (size_t i = 0; i < m; i++) {
        double got = til_locfit_at(fit, at[i]), distance = fabs(got - value[i]) / (hi - lo);
        ck_assert_msg(distance <= TOL_LOCFIT, "%s at %g: got %.12g, want %.12g, off by %.2g", name,
                      at[i], got, value[i], distance);
    }
    ck_assert(isnan(til_locfit_at(fit, NAN)));
    til_locfit_free(fit);
    free(x);
    free(y);
    free(w);
    free(at);
    free(value);
}

START_TEST(local_regression_as_locfit)
{
    compare_locfit("disp", false);
    compare_locfit("even", false);
    compare_locfit("ones", false);
    compare_locfit("grid", false);
}
END_TEST

START_TEST(local_mean_as_locfit)
{
    compare_locfit("flat", true);
    compare_locfit("flat_all", true);
}
END_TEST

/* A quadratic is its own local regression, inside and outside the data. */
START_TEST(local_regression_of_a_quadratic)
{
    enum { N = 50 };
    double x[N], y[N], w[N];
    til_locfit_t *fit;
    for (size_t i = 0; i < N; i++) {
        x[i] = cos((double)i);
        y[i] = 1 + x[i] * (2 - 3 * x[i]);
        w[i] = 1 + (double)(i % 3);
    }
    ck_assert_int_eq(til_locfit_new(&ctx, N, x, y, w, &fit), TIL_OK);
    for (double t = -2; t <= 2; t += 0.01)
        ck_assert_double_eq_tol(til_locfit_at(fit, t), 1 + t * (2 - 3 * t), 1e-6);
    til_locfit_free(fit);
}
END_TEST

START_TEST(local_regression_needs_spread)
{
    double x[] = { 1, 1, 1, 1 }, y[] = { 1, 2, 3, 4 }, bad[] = { 1, NAN, 2, 3 };
    til_locfit_t *fit;
    ck_assert_int_eq(til_locfit_new(&ctx, 4, x, y, NULL, &fit), TIL_ENUMERIC);
    ck_assert_ptr_null(fit);
    ck_assert_int_eq(til_locfit_new(&ctx, 4, bad, y, NULL, &fit), TIL_ENUMERIC);
    ck_assert_int_eq(til_locfit_new(&ctx, 0, x, y, NULL, &fit), TIL_ENUMERIC);
    til_locfit_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("smooth");
    TCase *tcase = tcase_create("smooth");
    tcase_add_loop_test(tcase, lowess_as_r, 0, (int)(sizeof lowess_cases / sizeof *lowess_cases));
    tcase_add_test(tcase, lowess_of_a_line_is_the_line);
    tcase_add_test(tcase, approx_as_r);
    tcase_add_test(tcase, spline_basis_as_r);
    tcase_add_test(tcase, spline_needs_two_points);
    tcase_add_test(tcase, local_regression_as_locfit);
    tcase_add_test(tcase, local_mean_as_locfit);
    tcase_add_test(tcase, local_regression_of_a_quadratic);
    tcase_add_test(tcase, local_regression_needs_spread);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
