/* test_linalg.c -- rank and pivots as R's qr(), factorisations against R and against each other. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/linalg.h"
#include "support/golden.h"

static til_ctx_t ctx = TIL_CTX_INIT;

static double *want(const char *name, size_t *n)
{
    return golden_vector("math/linalg.tsv", name, n);
}

START_TEST(rank_and_pivot_as_r)
{
    static const char *const designs[] = { "full", "nested", "alias", "nearly", "scaled", "wide" };
    char name[40];
    size_t k, rank, pivot[32];

    double *a = want(designs[_i], &k);
    snprintf(name, sizeof name, "%s_rank", designs[_i]);
    double *shape = want(name, &k);
    snprintf(name, sizeof name, "%s_pivot", designs[_i]);
    double *order = want(name, &k);
    ck_assert_int_eq(
        til_rank_pivot(&ctx, (size_t)shape[0], (size_t)shape[1], a, 1e-7, &rank, pivot), TIL_OK);
    ck_assert_uint_eq(rank, (size_t)shape[2]);
    for (size_t j = 0; j < k; j++) ck_assert_uint_eq(pivot[j], (size_t)order[j]);
    free(a);
    free(shape);
    free(order);
}
END_TEST

START_TEST(cholesky_as_r)
{
    enum { P = 6 };
    size_t n;
    double *s = want("s", &n), *l = want("chol", &n), *inverse = want("inverse", &n);
    double *x = want("solve", &n), *det = want("log_det", &n);
    double b[P] = { 1, 2, 3, 4, 5, 6 }, got[P * P];

    ck_assert(til_chol(P, s));
    for (size_t j = 0; j < P; j++)
        for (size_t i = j; i < P; i++) ck_golden(s[j * P + i], l[j * P + i], TOL_SUM, "L");
    til_chol_solve(P, s, b);
    for (size_t j = 0; j < P; j++) ck_golden(b[j], x[j], TOL_SUM, "solve");
    ck_golden(til_chol_log_det(P, s), *det, TOL_SUM, "log det");
    til_chol_inverse(P, s, got);
    for (size_t j = 0; j < P * P; j++) ck_golden(got[j], inverse[j], TOL_SUM, "inverse");
    free(s);
    free(l);
    free(inverse);
    free(x);
    free(det);
}
END_TEST

START_TEST(cholesky_refuses_what_is_not_positive)
{
    double indefinite[] = { 1, 2, 2, 1 }, zero[] = { 0 }, missing[] = { NAN };
    ck_assert(!til_chol(2, indefinite));
    ck_assert(!til_chol(1, zero));
    ck_assert(!til_chol(1, missing));
}
END_TEST

START_TEST(least_squares_as_r)
{
    enum { N = 7, P = 5 };
    size_t n;
    double *m = want("m", &n), *coef = want("lm", &n), *r = want("r", &n);
    double tau[P], y[N] = { 1, 2, 3, 4, 5, 6, 7 };
    ck_assert_int_eq(til_qr(&ctx, N, P, m, tau), TIL_OK);
    for (size_t j = 0; j < P; j++)
        for (size_t i = 0; i <= j; i++) ck_golden(fabs(m[j * N + i]), r[j * P + i], TOL_SUM, "|R|");
    ck_assert_int_eq(til_qr_apply(&ctx, N, P, m, tau, true, 1, y), TIL_OK);
    ck_assert_int_eq(til_solve_upper(&ctx, P, m, N, false, 1, y), TIL_OK);
    for (size_t j = 0; j < P; j++) ck_golden(y[j], coef[j], TOL_SUM, "coefficient");
    free(m);
    free(coef);
    free(r);
}
END_TEST

/* A matrix of no special shape. */
static void fill(size_t n, double *a)
{
    for (size_t i = 0; i < n; i++) a[i] = sin(1.0 + (double)i * (double)i * 0.37);
}

/* Plain C for few columns and LAPACK for many: Q'Q y = y, and column by column the same answer as
 * all columns at once. */
START_TEST(q_is_orthogonal_either_way)
{
    enum { N = 40, P = 20, K = 12 };
    static double a[N * P], tau[P], y[N * K], one[N * K], back[N * K];
    fill(N * P, a);
    fill(N * K, y);
    memcpy(one, y, sizeof y);
    memcpy(back, y, sizeof y);
    ck_assert_int_eq(til_qr(&ctx, N, P, a, tau), TIL_OK);
    ck_assert_int_eq(til_qr_apply(&ctx, N, P, a, tau, true, K, y), TIL_OK);
    for (size_t k = 0; k < K; k++)
        ck_assert_int_eq(til_qr_apply(&ctx, N, P, a, tau, true, 1, one + k * N), TIL_OK);
    for (size_t i = 0; i < N * K; i++) ck_assert_double_eq_tol(one[i], y[i], 1e-13);
    ck_assert_int_eq(til_qr_apply(&ctx, N, P, a, tau, false, K, y), TIL_OK);
    for (size_t k = 0; k < K; k++)
        ck_assert_int_eq(til_qr_apply(&ctx, N, P, a, tau, false, 1, one + k * N), TIL_OK);
    for (size_t i = 0; i < N * K; i++) {
        ck_assert_double_eq_tol(y[i], back[i], 1e-13);
        ck_assert_double_eq_tol(one[i], back[i], 1e-13);
    }
}
END_TEST

START_TEST(triangular_solves_both_ways)
{
    double r[] = { 2, 0, 0, 1, 3, 0, -1, 4, 5 }, b[] = { 1, 2, 3 }, c[] = { 1, 2, 3 };
    ck_assert_int_eq(til_solve_upper(&ctx, 3, r, 3, false, 1, b), TIL_OK);
    ck_golden(2 * b[0] + b[1] - b[2], 1, TOL_ROUND, "row 1");
    ck_golden(3 * b[1] + 4 * b[2], 2, TOL_ROUND, "row 2");
    ck_golden(5 * b[2], 3, TOL_ROUND, "row 3");
    ck_assert_int_eq(til_solve_upper(&ctx, 3, r, 3, true, 1, c), TIL_OK);
    ck_golden(2 * c[0], 1, TOL_ROUND, "column 1");
    ck_golden(c[0] + 3 * c[1], 2, TOL_ROUND, "column 2");
    ck_golden(-c[0] + 4 * c[1] + 5 * c[2], 3, TOL_ROUND, "column 3");
    r[4] = 0;
    ck_assert_int_eq(til_solve_upper(&ctx, 3, r, 3, false, 1, b), TIL_ENUMERIC);
}
END_TEST

START_TEST(eigenvalues_and_vectors)
{
    enum { P = 6 };
    size_t n;
    double *s = want("s", &n), *values = want("eigen", &n), got[P], copy[P * P];
    memcpy(copy, s, sizeof copy);
    ck_assert_int_eq(til_eigen_symmetric(&ctx, P, s, got), TIL_OK);
    for (size_t j = 0; j < P; j++) {
        ck_golden(got[j], values[j], TOL_SUM, "eigenvalue");
        for (size_t i = 0; i < P; i++) {
            double sum = 0;
            for (size_t k = 0; k < P; k++) sum += copy[k * P + i] * s[j * P + k];
            ck_assert_double_eq_tol(sum, got[j] * s[j * P + i], 1e-11);
        }
    }
    free(s);
    free(values);
}
END_TEST

START_TEST(singular_values_and_product)
{
    enum { M = 7, N = 5 };
    size_t n;
    double *a = want("m", &n), *b = want("m", &n), *c = want("m", &n), *values = want("svd", &n);
    double got[N], u[M * N], vt[N * N], alone[N * N], product[M * N];

    ck_assert_int_eq(til_svd(&ctx, M, N, a, got, u, vt), TIL_OK);
    for (size_t j = 0; j < N; j++) ck_golden(got[j], values[j], TOL_SUM, "singular value");
    ck_assert_int_eq(til_svd(&ctx, M, N, b, got, NULL, alone), TIL_OK);
    for (size_t j = 0; j < N * N; j++) ck_golden(alone[j], vt[j], TOL_SUM, "vt alone");
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < M; i++) u[j * M + i] *= got[j];
    ck_assert_int_eq(til_matmul(&ctx, false, false, M, N, N, 1, u, M, vt, N, 0, product, M),
                     TIL_OK);
    for (size_t j = 0; j < M * N; j++) ck_assert_double_eq_tol(product[j], c[j], 1e-13);
    free(a);
    free(b);
    free(c);
    free(values);
}
END_TEST

START_TEST(not_finite_is_refused)
{
    double a[] = { 1, NAN, 2, 3 }, tau[2], values[2];
    ck_assert_int_eq(til_qr(&ctx, 2, 2, a, tau), TIL_ENUMERIC);
    ck_assert_int_eq(til_eigen_symmetric(&ctx, 2, a, values), TIL_ENUMERIC);
    ck_assert_int_eq(til_svd(&ctx, 2, 2, a, values, NULL, NULL), TIL_ENUMERIC);
}
END_TEST

int main(void)
{
    til_linalg_single_thread();
    Suite *suite = suite_create("linalg");
    TCase *tcase = tcase_create("linalg");
    tcase_add_loop_test(tcase, rank_and_pivot_as_r, 0, 6);
    tcase_add_test(tcase, cholesky_as_r);
    tcase_add_test(tcase, cholesky_refuses_what_is_not_positive);
    tcase_add_test(tcase, least_squares_as_r);
    tcase_add_test(tcase, q_is_orthogonal_either_way);
    tcase_add_test(tcase, triangular_solves_both_ways);
    tcase_add_test(tcase, eigenvalues_and_vectors);
    tcase_add_test(tcase, singular_values_and_product);
    tcase_add_test(tcase, not_finite_is_refused);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
