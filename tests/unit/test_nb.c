/* test_nb.c -- the parts of negative binomial fits: kernels against R's gamma functions, the arrow
 * form of X'WX against the dense one, the smoother of the prior width against loess(). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <math.h>
#include <string.h>
#include <tilseq/design.h>

#include "base/rng.h"
#include "math/dist.h"
#include "math/linalg.h"
#include "glm/dispersion_prior.h"
#include "glm/nb_kernel.h"
#include "glm/design_plan.h"
#include "support/golden.h"

static til_ctx_t ctx = TIL_CTX_INIT;

START_TEST(profile_agrees_with_gamma_functions)
{
    til_rng_t rng = til_rng_stream(1, 3, 0, 0);
    double y[TIL_LANES] = { 0 }, mu[TIL_LANES] = { 0 }, weight[TIL_LANES];

    for (int i = 0; i < 20000; i++) {
        double alpha = exp(-7 + 16 * til_rng_uniform(&rng)), r = 1 / alpha;
        mu[0] = exp(-1 + 14 * til_rng_uniform(&rng));
        y[0] = i % 3 == 0 ? floor(20 * til_rng_uniform(&rng))
                          : floor(2 * mu[0] * til_rng_uniform(&rng));
        til_nb_profile_t got = til_nb_kernel_profile(TIL_LANES, y, mu, alpha, weight);
        double terms[] = { til_lgamma(y[0] + r), -til_lgamma(r), -y[0] * log(mu[0] + r),
                           -r * log1p(mu[0] * alpha) };
        double want = 0, scale = 1;
        for (int k = 0; k < 4; k++) {
            want += terms[k];
            scale = fmax(scale, fabs(terms[k]));
        }
        ck_assert_msg(fabs(got.loglik - want) <= 1e-13 * scale,
                      "alpha %g mu %g y %g: %.17g, want %.17g", alpha, mu[0], y[0], got.loglik,
                      want);
        double slope = r * (til_digamma(r) + log1p(mu[0] * alpha) - til_digamma(y[0] + r) +
                            (y[0] - mu[0]) / (mu[0] + r));
        ck_assert_msg(
            fabs(got.slope - slope) <= 1e-12 * r * (1 + fabs(log(r)) + log1p(y[0] + mu[0])),
            "alpha %g mu %g y %g: slope %.17g, want %.17g", alpha, mu[0], y[0], got.slope, slope);
        ck_golden(weight[0], 1 / (1 / mu[0] + alpha), TOL_ROUND, "weight");
    }
}
END_TEST

START_TEST(log_likelihood_agrees_with_dnbinom)
{
    for (int i = 0; i < 60; i++) {
        double alpha = exp(-16 + 0.4 * i), m = exp(0.2 * i - 2), sum = 0;
        double y[TIL_LANES], mu[TIL_LANES], log_mu[TIL_LANES];
        for (int k = 0; k < TIL_LANES; k++) {
            y[k] = k * k * (i % 5);
            mu[k] = m * (k + 1);
            log_mu[k] = log(mu[k]);
            sum += til_dnbinom_mu(y[k], 1 / alpha, mu[k], true);
        }
        double got = til_nb_loglik_constant(TIL_LANES, y, alpha) +
                     til_nb_loglik_mu(TIL_LANES, y, mu, log_mu, alpha);
        ck_assert_msg(fabs(got - sum) <= 1e-9 * (1 + fabs(sum)), "alpha %g: %.17g, want %.17g",
                      alpha, got, sum);
    }
}
END_TEST

/* ~ patient + time for ten patients, then with a numeric covariate. */
static void make_design(bool with_covariate, til_design_t *out)
{
    static char name[] = "x";
    size_t n = 20, p = with_covariate ? 12 : 11;

    ck_assert_int_eq(til_design_init(&ctx, n, p, out), TIL_OK);
    for (size_t j = 0; j < p; j++) out->coef_names[j] = name;
    for (size_t s = 0; s < n; s++) {
        out->samples[s] = name;
        out->x[s] = 1;
        for (size_t k = 1; k < 10; k++) out->x[s + k * n] = s / 2 == k;
        out->x[s + 10 * n] = (double)(s % 2);
        if (with_covariate) out->x[s + 11 * n] = sin((double)s);
    }
}

START_TEST(arrow_agrees_with_dense)
{
    til_rng_t rng = til_rng_stream(2, 3, 0, 0);
    til_design_t design = { 0 };
    til_nb_plan_t plan;
    til_gram_t gram;
    double weight[20], dense[144], inverse[144], b[12], want[12], ridge[12];

    make_design(_i != 0, &design);
    size_t n = design.n_samples, p = design.n_coef;
    ck_assert_int_eq(til_nb_plan_init(&ctx, &design, &plan), TIL_OK);
    ck_assert_int_eq(til_gram_init(&ctx, &plan, &gram), TIL_OK);
    ck_assert_uint_eq(plan.n_leaves, 9);
    ck_assert_uint_eq(plan.n_groups, n);
    for (size_t g = 0; g < n; g++) weight[g] = exp(3 * til_rng_uniform(&rng));
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            dense[i + j * p] = i == j ? 0.5 + 0.1 * (double)i : 0;
            for (size_t g = 0; g < n; g++)
                dense[i + j * p] += weight[g] * plan.row[g * p + i] * plan.row[g * p + j];
        }
    ck_assert(til_chol(p, dense));
    til_chol_inverse(p, dense, inverse);
    for (size_t j = 0; j < p; j++) ridge[j] = 0.5 + 0.1 * (double)j;
    ck_assert(til_gram_factor(&plan, &gram, weight, ridge));
    ck_golden(til_gram_log_det(&plan, &gram), til_chol_log_det(p, dense), TOL_SUM, "log det");
    for (size_t j = 0; j < p; j++) b[j] = want[j] = (double)j - 3.5;
    til_chol_solve(p, dense, want);
    til_gram_solve(&plan, &gram, b);
    for (size_t j = 0; j < p; j++) ck_golden(b[j], want[j], TOL_SUM, "solution");
    for (size_t g = 0; g < n; g++) {
        double leverage = 0;
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                leverage += plan.row[g * p + i] * inverse[i + j * p] * plan.row[g * p + j];
        ck_golden(til_gram_leverage(&plan, &gram, g), leverage, TOL_SUM, "leverage");
    }
    til_gram_clear(&gram);
    til_nb_plan_clear(&plan);
    til_design_clear(&design);
}
END_TEST

START_TEST(smoother_agrees_with_loess)
{
    size_t n, n_fine;
    double *y = golden_vector("de/loess.tsv", "y", &n), fine[TIL_PRIOR_FINE];
    double *want = golden_vector("de/loess.tsv", "fine", &n_fine);

    ck_assert_uint_eq(n_fine, TIL_PRIOR_FINE);
    til_prior_loess(y, fine);
    for (size_t i = 0; i < n_fine; i++) ck_golden(fine[i], want[i], TOL_SUM, "loess");
    free(want);
    free(y);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("negative binomial");
    TCase *tcase = tcase_create("parts");

    tcase_add_test(tcase, profile_agrees_with_gamma_functions);
    tcase_add_test(tcase, log_likelihood_agrees_with_dnbinom);
    tcase_add_loop_test(tcase, arrow_agrees_with_dense, 0, 2);
    tcase_add_test(tcase, smoother_agrees_with_loess);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
