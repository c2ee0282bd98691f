/* test_quasi.c -- negative binomial regression, the moments of unit deviances, the weighted lowess. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <math.h>

#include "base/rng.h"
#include "glm/nb_glm.h"
#include "glm/ql_moments.h"
#include "math/dist.h"
#include "math/smooth.h"
#include "support/runner.h"

#define TOL_MOMENTS 1e-6
#define TOL_SLOPE   1e-4 /* a fit ends where a step gains 1e-9 */

static til_ctx_t ctx = TIL_CTX_INIT;

/* Term by term, to where nothing is left. */
static til_ql_moments_t summed(double mu, double phi)
{
    double p = 0, d = 0, dd = 0, sd = sqrt(mu + phi * mu * mu);

    for (double y = 0; y < mu + 30 * sd + 60 * (1 + phi * mu); y++) {
        double q = til_dnbinom_mu(y, 1 / phi, mu, false), unit = til_nb_unit_deviance(y, mu, phi);
        p += q;
        d += q * unit;
        dd += q * unit * unit;
    }
    ck_assert_double_eq_tol(p, 1, 1e-9);
    return (til_ql_moments_t){ 2 * d / (dd - d * d), 2 * d * d / (dd - d * d) };
}

START_TEST(moments_are_sums)
{
    static const double mu[] = { 1e-4, 0.013, 0.3, 0.77, 3, 22, 140, 1700 };
    static const double phi[] = { 1e-6, 0.02, 0.5, 3.5 };
    til_ql_table_t table;

    ck_assert_int_eq(til_ql_table_init(&ctx, phi[_i], &table), TIL_OK);
    for (size_t k = 0; k < sizeof mu / sizeof *mu; k++) {
        til_ql_moments_t want = summed(mu[k], phi[_i]), got = til_ql_moments(&table, mu[k]);
        ck_assert_msg(fabs(got.scale / want.scale - 1) < TOL_MOMENTS &&
                          fabs(got.df / want.df - 1) < TOL_MOMENTS,
                      "mu %g, dispersion %g: %.9g %.9g, want %.9g %.9g", mu[k], phi[_i], got.scale,
                      got.df, want.scale, want.df);
    }
    ck_assert(til_ql_moments(&table, 0).df <= 0);
    til_ql_table_clear(&table);
}
END_TEST

/* Large counts without overdispersion: squared normal variables. */
START_TEST(moments_of_large_counts_are_chi_squared)
{
    til_ql_table_t table;

    ck_assert_int_eq(til_ql_table_init(&ctx, 0, &table), TIL_OK);
    til_ql_moments_t got = til_ql_moments(&table, 1e5);
    ck_assert_double_eq_tol(got.scale, 1, 1e-4);
    ck_assert_double_eq_tol(got.df, 1, 1e-4);
    til_ql_table_clear(&table);
}
END_TEST

enum { N = 18, P = 10 };

/* Patients by leaves, a time and an age beside them; or three groups. Patient 2 has no counts. */
START_TEST(a_fit_has_no_slope_left)
{
    til_rng_t rng = til_rng_stream(3, 1, 0, 0);
    size_t p = _i == 0 ? 3 : P;
    double x[N * P] = { 0 }, y[N], exposure[N];
    til_design_t design = { .n_samples = N, .n_coef = p, .x = x };
    til_nb_plan_t plan;
    til_nb_glm_t *glms;

    for (size_t s = 0; s < N; s++) {
        exposure[s] = 1e6 * (1 + til_rng_uniform(&rng));
        if (_i == 0) x[s + s % 3 * N] = 1;
        else {
            x[s + s / 2 % 9 * N] = 1;
            x[s + (P - 1) * N] = s % 2 == 1;
        }
        y[s] = s / 2 == 2 && _i > 0 ? 0 : til_rng_poisson(&rng, 3 + (double)(s % 2) * 20);
    }
    ck_assert_int_eq(til_nb_plan_init(&ctx, &design, &plan), TIL_OK);
    ck_assert_int_eq(til_nb_glms_new(&ctx, &plan, &glms), TIL_OK);
    til_nb_glm_load(glms, y, exposure, NULL);
    for (int k = 0; k < 3; k++) {
        static const double phi[] = { 0, 0.3, 2 };
        til_nb_glm_fit(glms, phi[k], NULL);
        for (size_t j = 0; j < p; j++) {
            double slope = 0;
            for (size_t i = 0; i < N; i++)
                slope += x[plan.order[i] + j * N] * (y[plan.order[i]] - glms->mu[i]) /
                         (1 + phi[k] * glms->mu[i]);
            ck_assert_msg(fabs(slope) < TOL_SLOPE, "coefficient %zu, dispersion %g: slope %g", j,
                          phi[k], slope);
        }
    }
    til_nb_glms_free(glms, ctx.n_threads);
    til_nb_plan_clear(&plan);
}
END_TEST

/* A line is its own smooth whatever the weights, also where places are joined. */
START_TEST(weighted_lowess_of_a_line_is_the_line)
{
    enum { MANY = 1000 };
    static double x[MANY], y[MANY], weight[MANY], fitted[MANY];
    til_rng_t rng = til_rng_stream(4, 1, 0, 0);

    for (size_t i = 0; i < MANY; i++) {
        x[i] = (i == 0 ? 0 : x[i - 1]) + (i % 5 == 0 ? 0 : til_rng_uniform(&rng));
        y[i] = 2 - 3 * x[i];
        weight[i] = 0.1 + til_rng_uniform(&rng);
    }
    ck_assert_int_eq(til_lowess_weighted(&ctx, MANY, x, y, weight, 0.3, fitted), TIL_OK);
    for (size_t i = 0; i < MANY; i++) ck_assert_double_eq_tol(fitted[i], y[i], 1e-9 * 1500);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quasi");
    TCase *tcase = tcase_create("quasi-likelihood");

    tcase_add_loop_test(tcase, moments_are_sums, 0, 4);
    tcase_add_test(tcase, moments_of_large_counts_are_chi_squared);
    tcase_add_loop_test(tcase, a_fit_has_no_slope_left, 0, 2);
    tcase_add_test(tcase, weighted_lowess_of_a_line_is_the_line);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
