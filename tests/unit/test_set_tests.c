/* test_set_tests.c -- camera, cameraPR, fry and roast against limma 3.54.1 on a simulated matrix:
 * plain, with weights, with a contrast of several coefficients, with correlated blocks
 * (tests/golden/gsea/make_set_tests.R). p to 1e-8; roast within 5 errors of 99,999 rotations. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tilseq/gsea.h>

#include "base/rng.h"
#include "io/text/table_tsv.h"
#include "support/golden.h"
#include "support/runner.h"

#define TOL_LIMMA 1e-8

enum { N_GENES = 120, N_SAMPLES = 12, N_COEF = 4, N_SETS = 6 };

static til_ctx_t ctx;

static til_table_t read_table(const char *file)
{
    char path[512];
    til_text_t text;
    til_table_t table;
    ck_assert_msg(til_text_read(&ctx, golden_path(file, path, sizeof path), &text) == TIL_OK, "%s",
                  ctx.message);
    ck_assert_msg(til_table_read(&ctx, &text, &table) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    return table;
}

/* A table of numbers with a first column of names, gene after gene. */
static void read_matrix(const char *file, double *out)
{
    til_table_t table = read_table(file);
    ck_assert_uint_eq(table.n_rows, N_GENES);
    ck_assert_uint_eq(table.n_cols, N_SAMPLES + 1);
    for (size_t g = 0; g < N_GENES; g++)
        for (size_t s = 0; s < N_SAMPLES; s++)
            out[g * N_SAMPLES + s] = table.columns[s + 1].number[g];
    til_table_clear(&table);
}

typedef struct {
    double e[N_GENES * N_SAMPLES], weights[N_GENES * N_SAMPLES], x[N_SAMPLES * N_COEF];
    til_design_t design;
    til_genesets_t sets;
} data_t;

static data_t data;

static void add_set(const char *name, int from, int to)
{
    char text[64][8], *genes[64];
    size_t n = 0;
    for (int g = from; g <= to; g++, n++) {
        snprintf(text[n], sizeof text[n], "G%03d", g);
        genes[n] = text[n];
    }
    ck_assert(til_genesets_add(&ctx, &data.sets, name, "", genes, n, 0, NULL) == TIL_OK);
}

static void setup(void)
{
    char *pair[] = { "G003", "G090" };
    til_table_t design = { 0 };

    ctx = (til_ctx_t)TIL_CTX_INIT;
    memset(&data, 0, sizeof data);
    read_matrix("gsea/set_tests_e.tsv", data.e);
    read_matrix("gsea/set_tests_weights.tsv", data.weights);
    design = read_table("gsea/set_tests_design.tsv");
    for (size_t j = 0; j < N_COEF; j++)
        for (size_t s = 0; s < N_SAMPLES; s++)
            data.x[j * N_SAMPLES + s] = design.columns[j + 1].number[s];
    til_table_clear(&design);
    data.design = (til_design_t){ .n_samples = N_SAMPLES, .n_coef = N_COEF, .x = data.x };
    ck_assert(til_genesets_set_origin(&ctx, &data.sets, "sets") == TIL_OK);
    add_set("UP", 1, 15);
    add_set("DOWN", 16, 30);
    add_set("HALF", 8, 22);
    add_set("NULLS", 40, 70);
    ck_assert(til_genesets_add(&ctx, &data.sets, "PAIR", "", pair, 2, 0, NULL) == TIL_OK);
    add_set("ONE", 5, 5);
}

static void teardown(void) { til_genesets_clear(&data.sets); }

static til_table_t run_method(const char *method, const til_set_values_t *values)
{
    til_set_effects_t effects;
    til_ranking_t ranking;
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    til_table_t out;
    double t[N_GENES];
    char name[8];

    ck_assert_msg(til_gsea_effects(&ctx, values, &effects) == TIL_OK, "%s", ctx.message);
    ck_assert(til_gsea_moderated_t(&ctx, &effects, t) == TIL_OK);
    ck_assert(til_ranking_init(&ctx, N_GENES, "matrix", &ranking) == TIL_OK);
    for (size_t g = 0; g < N_GENES; g++) {
        snprintf(name, sizeof name, "G%03zu", g + 1);
        ck_assert(til_ranking_set(&ctx, &ranking, g, name, t[g]) == TIL_OK);
    }
    options.min_size = 1;
    options.effects = &effects;
    ck_assert_msg(til_gsea_run(&ctx, til_gsea_find(method), &ranking, NULL, &data.sets, &options,
                               &out, NULL) == TIL_OK,
                  "%s", ctx.message);
    til_ranking_clear(&ranking);
    til_gsea_effects_clear(&effects);
    return out;
}

static double number(const til_table_t *table, const char *column, size_t row)
{
    return til_table_column(table, column)->number[row];
}

static const char *text(const til_table_t *table, const char *column, size_t row)
{
    return til_table_column(table, column)->text[row];
}

static const double one_coefficient[N_COEF] = { 0, 0, 1, 0 },
                    two_coefficients[N_COEF] = { 0, -1, 1, 0 };

static til_set_values_t values_of(const char *name)
{
    static size_t block[N_SAMPLES];
    til_set_values_t values = {
        .n_genes = N_GENES, .e = data.e, .design = &data.design, .contrast = one_coefficient
    };
    if (strcmp(name, "plain") != 0) values.weights = data.weights;
    if (strcmp(name, "combined") == 0) values.contrast = two_coefficients;
    if (strcmp(name, "blocks") == 0) {
        for (size_t s = 0; s < N_SAMPLES; s++) block[s] = s / 2;
        values.block = block;
        values.correlation = 0.3;
    }
    return values;
}

static void compare(const til_table_t *got, const til_table_t *want, size_t row, size_t set)
{
    const char *method = text(want, "method", row), *name = text(want, "set", row);
    double p = number(got, "pvalue", set), expected = number(want, "pvalue", row);
    char what[128];

    snprintf(what, sizeof what, "%s, %s, %s", text(want, "case", row), method, name);
    ck_assert_str_eq(text(got, "set", set), name);
    ck_assert_str_eq(text(got, "status", set), "ok");
    if (strcmp(method, "roast") == 0) {
        double error = sqrt(expected * (1 - expected) * (1 / 9999.0 + 1 / 99999.0)) + 2e-4;
        ck_assert_msg(fabs(p - expected) < 5 * error, "%s: %g, limma %g", what, p, expected);
        return;
    }
    ck_assert_str_eq(text(got, "direction", set), text(want, "direction", row));
    ck_golden(log(p), log(expected), TOL_LIMMA, what);
    if (strncmp(method, "camera", 6) == 0)
        ck_golden(number(got, "correlation", set), number(want, "correlation", row), TOL_LIMMA,
                  what);
    if (strcmp(method, "fry") == 0)
        ck_golden(number(got, "pvalue_mixed", set), number(want, "pvalue_mixed", row), TOL_LIMMA,
                  what);
}

START_TEST(agrees_with_limma)
{
    til_table_t want = read_table("gsea/set_tests.tsv");

    ck_assert_uint_ge(want.n_rows, 15 * N_SETS);
    for (size_t row = 0; row < want.n_rows; row += N_SETS) {
        til_set_values_t values = values_of(text(&want, "case", row));
        til_table_t got = run_method(text(&want, "method", row), &values);
        ck_assert_uint_eq(got.n_rows, N_SETS);
        for (size_t set = 0; set < N_SETS; set++) compare(&got, &want, row + set, set);
        til_table_clear(&got);
    }
    til_table_clear(&want);
}
END_TEST

/* Sets of correlated genes that do not change: p is uniform and the interval covers 0. */
START_TEST(null_p_is_uniform_and_the_interval_covers)
{
    static const char *const methods[] = { "camera", "fry" };
    enum { ROUNDS = 400 };

    for (size_t m = 0; m < 2; m++) {
        size_t n_small = 0, n_out = 0;
        for (uint64_t round = 0; round < ROUNDS; round++) {
            til_rng_t rng = til_rng_stream(9, 1, round, 0);
            double shared[N_SAMPLES];
            for (size_t s = 0; s < N_SAMPLES; s++) shared[s] = til_rng_normal(&rng);
            for (size_t g = 0; g < N_GENES; g++)
                for (size_t s = 0; s < N_SAMPLES; s++)
                    data.e[g * N_SAMPLES + s] = (g < 15 ? shared[s] : 0) + til_rng_normal(&rng);
            til_set_values_t values = values_of("plain");
            til_table_t got = run_method(methods[m], &values);
            n_small += number(&got, "pvalue", 0) < 0.05;
            n_out += number(&got, "ci_low", 0) > 0 || number(&got, "ci_high", 0) < 0;
            til_table_clear(&got);
        }
        /* 20 +- 4.4 of 400; camera is known to err on the safe side */
        ck_assert_msg((double)n_small <= 20 + 5 * 4.4 && (m == 0 || n_small >= 5),
                      "%s: %zu of %d p < .05", methods[m], n_small, ROUNDS);
        ck_assert_msg((double)n_out <= 20 + 5 * 4.4 && (m == 0 || n_out >= 5),
                      "%s: %zu of %d intervals", methods[m], n_out, ROUNDS);
    }
}
END_TEST

START_TEST(threads_change_no_bit)
{
    static const char *const methods[] = { "camera", "fry", "roast" };
    til_set_values_t values = values_of("weighted");

    for (size_t m = 0; m < 3; m++) {
        ctx.n_threads = 1;
        til_table_t one = run_method(methods[m], &values);
        ctx.n_threads = 4;
        til_table_t four = run_method(methods[m], &values);
        for (size_t i = 0; i < N_SETS; i++)
            ck_assert(number(&one, "pvalue", i) == number(&four, "pvalue", i));
        til_table_clear(&one);
        til_table_clear(&four);
    }
}
END_TEST

START_TEST(no_residual_degrees_are_refused)
{
    til_set_values_t values = values_of("plain");
    til_set_effects_t effects;

    data.design.n_samples = N_COEF;
    ck_assert(til_gsea_effects(&ctx, &values, &effects) == TIL_EINPUT);
    ck_assert_ptr_null(effects.effect);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("set_tests");
    TCase *tcase = tcase_create("set_tests");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, agrees_with_limma);
    tcase_add_test(tcase, null_p_is_uniform_and_the_interval_covers);
    tcase_add_test(tcase, threads_change_no_bit);
    tcase_add_test(tcase, no_residual_degrees_are_refused);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
