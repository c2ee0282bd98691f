/* test_ebayes.c -- moderated variances where genes differ in their degrees of freedom, against
 * limma. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "glm/ebayes.h"
#include "support/runner.h"
#include "support/tables.h"

#define TOL_PRIOR 1e-8

static til_ctx_t ctx = TIL_CTX_INIT;

START_TEST(moderated_as_limma)
{
    static const char *const names[] = { "plain", "trend", "robust", "both" };
    til_table_t golden = { 0 };
    til_moderated_t got;

    read_table(&ctx, "model/ebayes.tsv", &golden);
    ck_assert_int_eq(til_moderate(&ctx, golden.n_rows, numbers(&golden, "variance"),
                                  numbers(&golden, "df"),
                                  _i & 1 ? numbers(&golden, "covariate") : NULL, _i & 2, &got),
                     TIL_OK);
    const struct {
        const char *what;
        const double *values;
    } parts[] = { { "prior", got.s2_prior }, { "df", got.df_prior }, { "post", got.s2_post } };
    for (size_t k = 0; k < 3; k++) {
        char column[32];
        snprintf(column, sizeof column, "%s_%s", names[_i], parts[k].what);
        for (size_t g = 0; g < golden.n_rows; g++)
            ck_golden(parts[k].values[g], numbers(&golden, column)[g], TOL_PRIOR, column);
    }
    til_moderated_clear(&got);
    til_table_clear(&golden);
}
END_TEST

START_TEST(equal_variances_have_an_infinite_prior)
{
    enum { N = 40 };
    double variance[N], df[N];
    til_moderated_t got;

    for (size_t g = 0; g < N; g++) {
        variance[g] = 2;
        df[g] = 4;
    }
    ck_assert_int_eq(til_moderate(&ctx, N, variance, df, NULL, false, &got), TIL_OK);
    for (size_t g = 0; g < N; g++) {
        ck_assert(isinf(got.df_prior[g]));
        ck_golden(got.s2_post[g], 2, TOL_ROUND, "posterior");
        ck_golden(got.df_total[g], 4.0 * N, 0, "at most the sum");
    }
    til_moderated_clear(&got);
}
END_TEST

START_TEST(no_degrees_of_freedom_is_an_error)
{
    const double variance[] = { 1, 2, 3 }, df[] = { 0, 0, 0 };
    til_moderated_t got;

    ck_assert_int_eq(til_moderate(&ctx, 3, variance, df, NULL, _i, &got), TIL_ENUMERIC);
    til_ctx_forgive(&ctx);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ebayes");
    TCase *tcase = tcase_create("ebayes");

    tcase_add_loop_test(tcase, moderated_as_limma, 0, 4);
    tcase_add_test(tcase, equal_variances_have_an_infinite_prior);
    tcase_add_loop_test(tcase, no_degrees_of_freedom_is_an_error, 0, 2);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
