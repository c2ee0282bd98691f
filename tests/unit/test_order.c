/* test_order.c -- order, rank, quantile and friends against R, and against plain definitions on
 * random and on nasty input. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "math/order.h"
#include "support/golden.h"

static til_ctx_t ctx = TIL_CTX_INIT;

static double *want(const char *name, size_t *n)
{
    return golden_vector("math/order.tsv", name, n);
}

START_TEST(order_as_r)
{
    for (int down = 0; down <= 1; down++) {
        size_t n, order[100];
        double *x = want("x", &n), *o = want(down ? "order_down" : "order", &n);
        ck_assert_int_eq(til_order(&ctx, n, x, down, order), TIL_OK);
        for (size_t i = 0; i < n; i++) ck_assert_uint_eq(order[i], (size_t)o[i]);
        free(x);
        free(o);
    }
}
END_TEST

START_TEST(ranks_as_r)
{
    static const char *const names[] = { "rank_average", "rank_min", "rank_max", "rank_first" };
    for (int ties = 0; ties < 4; ties++) {
        size_t n;
        double rank[100], *x = want("x", &n), *r = want(names[ties], &n);
        ck_assert_int_eq(til_rank(&ctx, n, x, (til_ties_t)ties, rank), TIL_OK);
        for (size_t i = 0; i < n; i++) ck_golden(rank[i], r[i], 0, names[ties]);
        free(x);
        free(r);
    }
}
END_TEST

START_TEST(sort_as_r)
{
    size_t n;
    double *x = want("x", &n), *sorted = want("sort", &n);
    til_sort(n, x);
    for (size_t i = 0; i < n; i++) ck_golden(x[i], sorted[i], 0, "sort");
    free(x);
    free(sorted);
}
END_TEST

START_TEST(quantiles_as_r)
{
    size_t n, m;
    double *v = want("v", &n), *p = want("quantile_p", &m), *q = want("quantile", &m);
    til_sort(n, v);
    for (size_t i = 0; i < m; i++)
        ck_golden(til_quantile_sorted(n, v, p[i]), q[i], TOL_ROUND, "quantile");
    ck_assert(isnan(til_quantile_sorted(0, v, 0.5)));
    free(v);
    free(p);
    free(q);
}
END_TEST

/* f of a fresh copy of the n values from v. */
static double of_copy(double (*f)(size_t, double *), size_t n, const double *v)
{
    double copy[128];
    memcpy(copy, v, n * sizeof *v);
    return f(n, copy);
}

START_TEST(median_mad_and_trimmed_mean_as_r)
{
    size_t n, m;
    double *v = want("v", &n), *median = want("median", &m), *mad = want("mad", &m);
    ck_golden(of_copy(til_median_inplace, n, v), median[0], 0, "median, odd");
    ck_golden(of_copy(til_median_inplace, n - 1, v + 1), median[1], 0, "median, even");
    ck_golden(of_copy(til_median_inplace, 2, v), median[2], 0, "median of two");
    ck_golden(of_copy(til_median_inplace, 1, v), median[3], 0, "median of one");
    ck_assert(isnan(til_median_inplace(0, v)));
    ck_golden(of_copy(til_mad_inplace, n, v), mad[0], TOL_ROUND, "mad, odd");
    ck_golden(of_copy(til_mad_inplace, n - 1, v + 1), mad[1], TOL_ROUND, "mad, even");

    double *trim = want("trim", &m), *trimmed = want("trimmed", &m), copy[128];
    for (size_t i = 0; i < m; i++) {
        memcpy(copy, v, n * sizeof *v);
        ck_golden(til_trimmed_mean_inplace(n, copy, trim[i]), trimmed[i], TOL_ROUND, "trimmed");
    }
    free(v);
    free(median);
    free(mad);
    free(trim);
    free(trimmed);
}
END_TEST

START_TEST(adjusted_p_as_r)
{
    size_t n;
    double *p = want("p", &n), *bh = want("bh", &n), *holm = want("holm", &n), got[100];
    ck_assert_int_eq(til_adjust_bh(&ctx, n, p, got), TIL_OK);
    for (size_t i = 0; i < n; i++) ck_golden(got[i], bh[i], TOL_ROUND, "bh");
    ck_assert_int_eq(til_adjust_holm(&ctx, n, p, p), TIL_OK);
    for (size_t i = 0; i < n; i++) ck_golden(p[i], holm[i], TOL_ROUND, "holm in place");
    free(p);
    free(bh);
    free(holm);
}
END_TEST

enum { N_LONG = 5000 };

/* Inputs that drive naive quicksorts to their knees, and plain random ones. */
static void fill(int kind, double *x)
{
    uint64_t state = 7;
    for (size_t i = 0; i < N_LONG; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double u = (double)(state >> 11) * 0x1p-53;
        switch (kind) {
        case 0: x[i] = u; break;
        case 1: x[i] = floor(u * 4); break;
        case 2: x[i] = (double)i; break;
        case 3: x[i] = -(double)i; break;
        case 4: x[i] = 1; break;
        case 5: x[i] = (double)(i < N_LONG / 2 ? i : N_LONG - i); break;
        default: x[i] = (double)(i * 7919 % 1000);
        }
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

START_TEST(sorting_and_selecting_agree_with_qsort)
{
    static double x[N_LONG], sorted[N_LONG], copy[N_LONG];
    fill(_i, x);
    memcpy(sorted, x, sizeof x);
    qsort(sorted, N_LONG, sizeof *sorted, by_value);
    memcpy(copy, x, sizeof x);
    til_sort(N_LONG, copy);
    ck_assert(memcmp(copy, sorted, sizeof x) == 0);

    for (size_t k = 0; k < N_LONG; k += 311) {
        memcpy(copy, x, sizeof x);
        ck_golden(til_select_inplace(N_LONG, copy, k), sorted[k], 0, "selected");
        for (size_t i = 0; i < N_LONG; i++)
            ck_assert(i < k ? copy[i] <= copy[k] : copy[i] >= copy[k]);
    }
}
END_TEST

/* The same values as sorting gives, the ties counted, x untouched; also where nearly all values lie
 * in a sliver of the range. */
START_TEST(points_agree_with_sorting)
{
    static double x[N_LONG], sorted[N_LONG], copy[N_LONG], scratch[N_LONG];
    const size_t k[] = { 0, 1, N_LONG / 3, N_LONG / 2, N_LONG - 1 };
    til_order_point_t point[5];
    fill(_i, x);
    for (int skewed = 0; skewed <= 1; skewed++) {
        if (skewed)
            for (size_t i = 0; i < N_LONG; i++) x[i] = exp(x[i] > 40 ? 40 : x[i]);
        memcpy(copy, x, sizeof x);
        memcpy(sorted, x, sizeof x);
        til_sort(N_LONG, sorted);
        til_order_points(N_LONG, x, 5, k, scratch, point);
        ck_assert_mem_eq(x, copy, sizeof x);
        for (size_t i = 0; i < 5; i++) {
            size_t less = 0, equal = 0;
            for (size_t j = 0; j < N_LONG; j++) {
                less += x[j] < sorted[k[i]];
                equal += x[j] == sorted[k[i]];
            }
            ck_assert(point[i].value == sorted[k[i]]);
            ck_assert_uint_eq(point[i].n_less, less);
            ck_assert_uint_eq(point[i].n_equal, equal);
        }
    }
}
END_TEST

START_TEST(order_is_a_stable_permutation)
{
    static double x[N_LONG];
    static size_t order[N_LONG];
    fill(_i, x);
    for (int down = 0; down <= 1; down++) {
        ck_assert_int_eq(til_order(&ctx, N_LONG, x, down, order), TIL_OK);
        for (size_t i = 1; i < N_LONG; i++) {
            double a = x[order[i - 1]], b = x[order[i]];
            ck_assert(down ? a >= b : a <= b);
            if (a == b) ck_assert_uint_lt(order[i - 1], order[i]);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("order");
    TCase *tcase = tcase_create("order");
    tcase_add_test(tcase, order_as_r);
    tcase_add_test(tcase, ranks_as_r);
    tcase_add_test(tcase, sort_as_r);
    tcase_add_test(tcase, quantiles_as_r);
    tcase_add_test(tcase, median_mad_and_trimmed_mean_as_r);
    tcase_add_test(tcase, adjusted_p_as_r);
    tcase_add_loop_test(tcase, sorting_and_selecting_agree_with_qsort, 0, 7);
    tcase_add_loop_test(tcase, points_agree_with_sorting, 0, 7);
    tcase_add_loop_test(tcase, order_is_a_stable_permutation, 0, 7);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
