/* law_norm.c -- what every normalisation method must obey on counts nobody has seen: loops over the
 * table of methods (_i is the row) and over simulated matrices. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <math.h>
#include <tilseq/norm.h>

#include "base/rng.h"
#include "support/golden.h"
#include "support/runner.h"

enum { N_GENES = 300, N_SAMPLES = 7, N_MATRICES = 5 };

#define TOL_WEIGHTS   0.05 /* TMM weighs by depth: a deeper library moves it a little           */
#define TOL_REFERENCE 0.25 /* TMMwsp compares with the deepest sample, which may become another  */
#define TOL_TIES      1e-5 /* TMMwsp trims by position: of equal ratios the first are cut        */

static til_ctx_t ctx;

/* Counts over four decades, a tenth of them zero. */
static void simulate(uint64_t seed, til_matrix_t *out)
{
    til_rng_t rng = til_rng_stream(seed, 1, 0, 0);

    ck_assert_int_eq(til_matrix_init(&ctx, N_GENES, N_SAMPLES, out), TIL_OK);
    for (size_t g = 0; g < N_GENES; g++) {
        double mean = exp(9 * til_rng_uniform(&rng));
        for (size_t s = 0; s < N_SAMPLES; s++) {
            double noise = exp(2 * til_rng_uniform(&rng) - 1) * (0.5 + 0.3 * (double)s);
            bool is_zero = g % 3 == 1 && til_rng_uniform(&rng) < 0.3;
            til_matrix_row(out, g)[s] = is_zero ? 0 : floor(mean * noise);
        }
    }
}

static void factors_of(int method, const til_matrix_t *m, double *factor)
{
    til_norm_t norm;

    ck_assert_msg(til_norm_estimate(&ctx, til_norm_methods[method], m, &norm) == TIL_OK, "%s",
                  ctx.message);
    for (size_t s = 0; s < m->n_cols; s++) factor[s] = norm.size_factor[s];
    til_norm_clear(&norm);
}

START_TEST(permuted_samples_have_permuted_factors)
{
    const size_t order[N_SAMPLES] = { 3, 0, 6, 1, 5, 2, 4 };
    double before[N_SAMPLES], after[N_SAMPLES];

    for (uint64_t seed = 1; seed <= N_MATRICES; seed++) {
        til_matrix_t m, permuted;
        simulate(seed, &m);
        ck_assert_int_eq(til_matrix_select(&ctx, &m, NULL, 0, order, N_SAMPLES, &permuted), TIL_OK);
        factors_of(_i, &m, before);
        factors_of(_i, &permuted, after);
        for (size_t s = 0; s < N_SAMPLES; s++)
            ck_golden(after[s], before[order[s]], TOL_SUM, til_norm_methods[_i]->name);
        til_matrix_clear(&permuted);
        til_matrix_clear(&m);
    }
}
END_TEST

START_TEST(permuted_genes_change_nothing)
{
    const char *name = til_norm_methods[_i]->name;
    double tolerance = strcmp(name, "tmmwsp") == 0 ? TOL_TIES : TOL_SUM;
    double before[N_SAMPLES], after[N_SAMPLES];
    size_t order[N_GENES];

    for (size_t g = 0; g < N_GENES; g++) order[g] = (g * 7 + 11) % N_GENES;
    for (uint64_t seed = 1; seed <= N_MATRICES; seed++) {
        til_matrix_t m, permuted;
        simulate(seed, &m);
        ck_assert_int_eq(til_matrix_select(&ctx, &m, order, N_GENES, NULL, 0, &permuted), TIL_OK);
        factors_of(_i, &m, before);
        factors_of(_i, &permuted, after);
        for (size_t s = 0; s < N_SAMPLES; s++) ck_golden(after[s], before[s], tolerance, name);
        til_matrix_clear(&permuted);
        til_matrix_clear(&m);
    }
}
END_TEST

/* A sample sequenced eight times deeper has a factor eight times larger, relative to the others. */
START_TEST(factor_follows_depth)
{
    const char *name = til_norm_methods[_i]->name;
    /* zeros make the reference of poscounts depend on depth */
    double tolerance = TOL_SUM;
    double before[N_SAMPLES], after[N_SAMPLES];

    if (strcmp(name, "tmm") == 0 || strcmp(name, "poscounts") == 0) tolerance = TOL_WEIGHTS;
    if (strcmp(name, "tmmwsp") == 0) tolerance = TOL_REFERENCE;
    for (uint64_t seed = 1; seed <= N_MATRICES; seed++) {
        til_matrix_t m;
        simulate(seed, &m);
        factors_of(_i, &m, before);
        for (size_t g = 0; g < N_GENES; g++) til_matrix_row(&m, g)[2] *= 8;
        factors_of(_i, &m, after);
        ck_golden(after[2] / after[0], 8 * before[2] / before[0], tolerance, name);
        til_matrix_clear(&m);
    }
}
END_TEST

/* Two halves of one library are as deep as each other. */
START_TEST(equal_samples_have_equal_factors)
{
    double factor[N_SAMPLES];
    til_matrix_t m;

    simulate(9, &m);
    for (size_t g = 0; g < N_GENES; g++) til_matrix_row(&m, g)[5] = til_matrix_row(&m, g)[1];
    factors_of(_i, &m, factor);
    ck_golden(factor[5], factor[1], TOL_ROUND, til_norm_methods[_i]->name);
    til_matrix_clear(&m);
}
END_TEST

START_TEST(threads_change_no_bit)
{
    double one[N_SAMPLES], four[N_SAMPLES];
    til_matrix_t m;

    simulate(3, &m);
    factors_of(_i, &m, one);
    ctx.n_threads = 4;
    factors_of(_i, &m, four);
    ctx.n_threads = 1;
    ck_assert_mem_eq(one, four, sizeof one);
    til_matrix_clear(&m);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("law_norm");
    TCase *tcase = tcase_create("laws");
    int n = 0;

    ctx = (til_ctx_t)TIL_CTX_INIT;
    while (til_norm_methods[n] != NULL) n++;
    tcase_add_loop_test(tcase, permuted_samples_have_permuted_factors, 0, n);
    tcase_add_loop_test(tcase, permuted_genes_change_nothing, 0, n);
    tcase_add_loop_test(tcase, factor_follows_depth, 0, n);
    tcase_add_loop_test(tcase, equal_samples_have_equal_factors, 0, n);
    tcase_add_loop_test(tcase, threads_change_no_bit, 0, n);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
