/* test_special.c -- the NB sums against 60-digit arithmetic, against libRmath on random counts, and
 * the logarithm against the C library's. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/dist.h"
#include "math/special.h"
#include "support/golden.h"

enum { MAX_N = 200 };

static const char *const sets[] = { "zero", "tiny", "edge", "mixed", "large", "fraction" };

static double *want(const char *name, const char *suffix, size_t *n)
{
    char line[64];
    snprintf(line, sizeof line, "%s%s", name, suffix);
    return golden_vector("math/special.tsv", line, n);
}

static void near(double got, double exact, double scale, const char *what, double r)
{
    double error = fabs(got - exact) / scale;
    ck_assert_msg(error <= 1e-14, "%s at r = %g: got %.17g, want %.17g, error %.2g of %g", what, r,
                  got, exact, error, scale);
}

START_TEST(sums_as_exact_arithmetic)
{
    const char *name = sets[_i];
    double work[4 * MAX_N];
    size_t n, k;
    til_nb_counts_t counts;
    double *r = want("r", "", &k), *y = want(name, "", &n), *mu = want(name, "_mu", &n);
    double *lg = want(name, "_lgamma", &k), *di = want(name, "_digamma", &k);
    double *tri = want(name, "_trigamma", &k), *scale = want(name, "_scale", &k);
    double *value = want(name, "_value", &k), *slope = want(name, "_slope", &k);
    double *curve = want(name, "_curve", &k);

    ck_assert_uint_le(til_nb_counts_size(n), sizeof work / sizeof *work);
    til_nb_counts_set(&counts, n, y, work);
    for (size_t i = 0; i < k; i++) {
        near(til_nb_lgamma_sum(&counts, r[i]), lg[i], scale[i], "lgamma", r[i]);
        near(til_nb_digamma_sum(&counts, r[i]), di[i], fabs(di[i]) + 1e-300, "digamma", r[i]);
        near(til_nb_trigamma_sum(&counts, r[i]), tri[i], fabs(tri[i]) + 1e-300, "trigamma", r[i]);

        /* What the profile adds up: y + mu per sample at least, y log(r) where r is small. */
        double total = 0, first = fabs(di[i]), second = fabs(tri[i]);
        for (size_t j = 0; j < n; j++) {
            total += 1 + (mu[j] + y[j]) * (1 + fabs(log(fmin(r[i], 1))));
            first += log1p(mu[j] / r[i]);
            second += mu[j] / (r[i] * (mu[j] + r[i]));
        }
        near(til_nb_profile(&counts, mu, r[i]), value[i], total + scale[i], "profile", r[i]);
        near(til_nb_profile_slope(&counts, mu, r[i]), slope[i], first, "slope", r[i]);
        near(til_nb_profile_curvature(&counts, mu, r[i]), curve[i], second, "curvature", r[i]);
    }
    double *const all[] = { r, y, mu, lg, di, tri, scale, value, slope, curve };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}
END_TEST

static double uniform(unsigned long *state)
{
    *state = (*state * 6364136223846793005ul + 1442695040888963407ul) & 0xffffffffffffffff;
    return (double)(*state >> 11) * 0x1p-53;
}

START_TEST(sums_as_libRmath)
{
    unsigned long state = 3;
    double y[MAX_N], work[4 * MAX_N];
    til_nb_counts_t counts;

    for (int round = 0; round < 300; round++) {
        size_t n = 1 + (size_t)(uniform(&state) * (MAX_N - 1));
        double r = exp(20 * uniform(&state) - 7), spread = 12 * uniform(&state);
        double lg = 0, lg_scale = 0, di = 0, di_scale = 0, tri = 0, tri_scale = 0;
        for (size_t j = 0; j < n; j++) {
            y[j] = floor(exp(spread * uniform(&state)) - 1 + 2 * uniform(&state));
            double above = til_lgamma(y[j] + r), base = til_lgamma(r);
            lg += above - base;
            lg_scale += fabs(above) + fabs(base) + 1;
            di += til_digamma(y[j] + r) - til_digamma(r);
            di_scale += fabs(til_digamma(y[j] + r)) + fabs(til_digamma(r));
            tri += til_trigamma(y[j] + r) - til_trigamma(r);
            tri_scale += til_trigamma(r);
        }
        til_nb_counts_set(&counts, n, y, work);
        near(til_nb_lgamma_sum(&counts, r), lg, lg_scale, "lgamma", r);
        near(til_nb_digamma_sum(&counts, r), di, di_scale, "digamma", r);
        near(til_nb_trigamma_sum(&counts, r), tri, tri_scale, "trigamma", r);
    }
}
END_TEST

/* Any order of the counts gives the same sums to the bit. */
START_TEST(order_of_counts_does_not_matter)
{
    double y[] = { 5, 100, 0, 33, 33, 12, 7, 5, 1e5, 64, 2, 11 }, back[12], a[64], b[64];
    til_nb_counts_t forward, backward;
    for (size_t j = 0; j < 12; j++) back[11 - j] = y[j];
    til_nb_counts_set(&forward, 12, y, a);
    til_nb_counts_set(&backward, 12, back, b);
    for (double r = 1e-3; r < 1e9; r *= 3) {
        ck_assert(til_nb_lgamma_sum(&forward, r) == til_nb_lgamma_sum(&backward, r));
        ck_assert(til_nb_digamma_sum(&forward, r) == til_nb_digamma_sum(&backward, r));
    }
}
END_TEST

START_TEST(logarithm_within_an_ulp)
{
    enum { N = 1003 };
    unsigned long state = 9;
    static double x[N], got[N];
    for (int round = 0; round < 100; round++) {
        for (size_t i = 0; i < N; i++) {
            double u = uniform(&state);
            x[i] = round % 3 == 0   ? u + 0.5
                   : round % 3 == 1 ? exp(1400 * u - 700)
                                    : 1 + (u - 0.5) * 1e-6;
        }
        til_log_array(N, x, got);
        for (size_t i = 0; i < N; i++) {
            double exact = log(x[i]), ulp = nextafter(fabs(exact), INFINITY) - fabs(exact);
            ck_assert_msg(fabs(got[i] - exact) <= ulp, "log(%.17g): %.17g, not %.17g", x[i],
                          got[i], exact);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("special");
    TCase *tcase = tcase_create("special");
    tcase_add_loop_test(tcase, sums_as_exact_arithmetic, 0, (int)(sizeof sets / sizeof *sets));
    tcase_add_test(tcase, sums_as_libRmath);
    tcase_add_test(tcase, order_of_counts_does_not_matter);
    tcase_add_test(tcase, logarithm_within_an_ulp);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
