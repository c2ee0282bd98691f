/* test_separation.c -- which contrasts have no finite estimate, and their likelihood ratio. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <math.h>
#include <string.h>

#include "glm/separation.h"
#include "math/dist.h"
#include "support/runner.h"

enum { N = 12, P = 4 };
#define ALPHA 0.4

static til_ctx_t ctx = TIL_CTX_INIT;

/* ~ arm + site + age: arms of 6, sites crossing them. */
typedef struct {
    til_design_t design;
    til_nb_plan_t plan;
    til_nb_work_t work;
    til_separation_t *separation;
} fixture_t;

static void open_fixture(size_t p, fixture_t *f)
{
    static const double age[N] = { 3, 7, 5, 1, 9, 4, 2, 8, 6, 5, 3, 7 };

    memset(f, 0, sizeof *f);
    ck_assert_int_eq(til_design_init(&ctx, N, p, &f->design), TIL_OK);
    for (size_t s = 0; s < N; s++) {
        double row[P] = { 1, s >= 6, (double)(s % 2), (age[s] - 5) / 2.5 };
        for (size_t j = 0; j < p; j++) f->design.x[s + j * N] = row[j];
    }
    ck_assert_int_eq(til_nb_plan_init(&ctx, &f->design, &f->plan), TIL_OK);
    ck_assert_int_eq(til_nb_work_init(&ctx, &f->plan, &f->work), TIL_OK);
    ck_assert_int_eq(til_separation_new(&ctx, &f->plan, &f->separation), TIL_OK);
}

static void close_fixture(fixture_t *f)
{
    til_separation_free(f->separation);
    til_nb_work_clear(&f->work);
    til_nb_plan_clear(&f->plan);
    til_design_clear(&f->design);
}

static til_separated_t ask(fixture_t *f, const double *counts, const double *weights)
{
    double factors[N];

    for (size_t s = 0; s < N; s++) factors[s] = 0.5 + 0.1 * (double)s;
    til_nb_work_load(&f->work, counts, factors);
    return til_separation_ask(f->separation, &f->work, ALPHA, weights, 0);
}

/* Log likelihood of group means m over samples [from, to), up to what does not move. */
static double loglik(const double *counts, size_t from, size_t to, double m)
{
    double sum = 0;
    for (size_t s = from; s < to; s++) {
        double nf = 0.5 + 0.1 * (double)s;
        sum += (counts[s] > 0 ? counts[s] * log(m * nf) : 0) -
               (counts[s] + 1 / ALPHA) * log1p(ALPHA * m * nf);
    }
    return sum;
}

/* The largest over m of loglik, m times `ratio` in the second half when has_two. */
static double best(const double *counts, size_t to, double ratio, bool has_two)
{
    double top = -INFINITY;
    for (double m = 1e-3; m < 100; m *= 1.0002) {
        double value = loglik(counts, 0, to, m) + (has_two ? loglik(counts, 6, N, m * ratio) : 0);
        top = fmax(top, value);
    }
    return top;
}

START_TEST(an_empty_arm_against_the_search_by_hand)
{
    static const double counts[N] = { 3, 9, 4, 6, 2, 5 };
    static const double arm[2] = { 0, 1 }, intercept[2] = { 1, 0 };
    fixture_t f;

    open_fixture(2, &f);
    til_separated_t got = ask(&f, counts, arm);
    double full = best(counts, 6, 0, false), none = best(counts, 6, 1, true);
    ck_assert(got.is_separated);
    ck_assert_double_eq_tol(got.root, -sqrt(2 * (full - none)), 1e-4);
    ck_assert_double_eq_tol(log(got.p), log(til_pchisq(2 * (full - none), 1, true, false)), 1e-3);
    ck_assert(isinf(got.ci_low) && got.ci_low < 0);
    ck_assert_double_eq_tol(2 * (full - best(counts, 6, exp(got.ci_high), true)), 3.8415, 2e-3);
    ck_assert(!ask(&f, counts, intercept).is_separated);
    close_fixture(&f);
}
END_TEST

START_TEST(a_finite_estimate_is_left_alone)
{
    static const double some[N] = { 3, 9, 4, 0, 2, 5, 0, 0, 1, 0, 2, 0 };
    fixture_t f;

    open_fixture(P, &f);
    for (size_t j = 0; j < P; j++) {
        double weights[P] = { 0 };
        weights[j] = 1;
        ck_assert(!ask(&f, some, weights).is_separated);
    }
    close_fixture(&f);
}
END_TEST

/* Every slope of a gene with reads in one sample alone runs away, up or down. */
START_TEST(one_sample_says_nothing_of_sites)
{
    double counts[N] = { 0 };
    static const double site[P] = { 0, 0, 1, 0 }, arm[P] = { 0, 1, 0, 0 };
    fixture_t f;

    counts[1] = 6; /* arm A, second site, age in the middle */
    open_fixture(P, &f);
    til_separated_t of_site = ask(&f, counts, site), of_arm = ask(&f, counts, arm);
    ck_assert(of_site.is_separated && of_arm.is_separated);
    ck_assert(of_site.root > 0 && of_arm.root < 0);
    ck_assert(isinf(of_site.ci_high) && isinf(of_arm.ci_low));
    close_fixture(&f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("separation");
    TCase *tcase = tcase_create("contrasts");

    tcase_add_test(tcase, an_empty_arm_against_the_search_by_hand);
    tcase_add_test(tcase, a_finite_estimate_is_left_alone);
    tcase_add_test(tcase, one_sample_says_nothing_of_sites);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
