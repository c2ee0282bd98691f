/* test_deseq2.c -- the deseq2 engine and the VST against DESeq2 on simulated counts: every case of
 * tests/golden/de/cases.tsv (make_deseq2.R). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <tilseq/de.h>

#include "io/text/matrix_tsv.h"
#include "io/text/table_tsv.h"
#include "norm/size_factors.h"
#include "glm/vst.h"
#include "support/golden.h"

/* Where both sides stop their own searches: dispersions, and what follows from them. */
#define TOL_SEARCH 2e-5
#define TOL_LOG_P  1e-4

static til_ctx_t ctx = TIL_CTX_INIT;

static const char *path_of(const char *stem, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, GOLDEN "/de/%s%s.tsv", stem, name);
    return path;
}

static void read_table(const char *path, til_table_t *out)
{
    til_text_t text;
    ck_assert_msg(til_text_read(&ctx, path, &text) == TIL_OK, "%s", ctx.message);
    ck_assert_msg(til_table_read(&ctx, &text, out) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
}

static void read_matrix(const char *path, til_matrix_t *out)
{
    const til_matrix_reading_t how = { .values = TIL_VALUES_COUNTS };
    til_text_t text;
    ck_assert_msg(til_text_read(&ctx, path, &text) == TIL_OK, "%s", ctx.message);
    ck_assert_msg(til_matrix_read(&ctx, &text, &how, out) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
}

/* The design of a case; `table` keeps its names alive. */
static void read_design(const char *path, til_table_t *table, til_design_t *out)
{
    read_table(path, table);
    ck_assert_int_eq(til_design_init(&ctx, table->n_rows, table->n_cols - 1, out), TIL_OK);
    for (size_t s = 0; s < table->n_rows; s++) out->samples[s] = table->columns[0].text[s];
    for (size_t j = 0; j + 1 < table->n_cols; j++) {
        out->coef_names[j] = table->columns[j + 1].name;
        memcpy(out->x + j * table->n_rows, table->columns[j + 1].number,
               table->n_rows * sizeof(double));
    }
}

static void select_samples(const til_matrix_t *all, const til_design_t *design, til_matrix_t *out)
{
    size_t cols[64];

    for (size_t s = 0; s < design->n_samples; s++)
        for (cols[s] = 0; strcmp(all->col_names[cols[s]], design->samples[s]) != 0;) cols[s]++;
    ck_assert_int_eq(til_matrix_select(&ctx, all, NULL, 0, cols, design->n_samples, out), TIL_OK);
}

static const char *cell(const til_table_t *table, const char *column, size_t row)
{
    return til_table_column(table, column)->text[row];
}

static double number(const til_table_t *table, const char *column, size_t row)
{
    return til_table_column(table, column)->number[row];
}

static til_de_alternative_t side_of(const char *text)
{
    static const char *const sides[] = { "greaterAbs", "lessAbs", "greater", "less" };
    for (int i = 0; i < 4; i++)
        if (strcmp(text, sides[i]) == 0) return (til_de_alternative_t)i;
    ck_abort_msg("side %s", text);
}

static til_de_trend_t trend_of(const char *text)
{
    return text[0] == 'l'   ? TIL_DE_TREND_LOCAL
           : text[0] == 'm' ? TIL_DE_TREND_MEAN
                            : TIL_DE_TREND_PARAMETRIC;
}

static double log_p(double p) { return fmax(log10(p), -300); }

static void compare_table(const char *name, const til_table_t *got, const til_table_t *want,
                          const til_table_t *dispersions)
{
    ck_assert_uint_eq(got->n_rows, want->n_rows);
    for (size_t g = 0; g < want->n_rows; g++) {
        char what[128];
        double se = number(want, "lfcSE", g), lfc = number(want, "log2FoldChange", g);
        snprintf(what, sizeof what, "%s %s", name, want->columns[0].text[g]);
        ck_golden(number(got, "baseMean", g), number(want, "baseMean", g), TOL_SUM, what);
        ck_golden(number(dispersions, "dispersion", g), number(want, "dispersion", g), TOL_SEARCH,
                  what);
        ck_golden(number(got, "lfcSE", g), se, TOL_SEARCH, what);
        if (!isnan(lfc))
            ck_assert_msg(fabs(number(got, "log2FoldChange", g) - lfc) <=
                              TOL_SEARCH * (fabs(lfc) + se),
                          "%s: lfc %.9g, want %.9g", what, number(got, "log2FoldChange", g), lfc);
        const char *both[] = { "pvalue", "padj" };
        for (int i = 0; i < 2; i++) {
            double p = number(want, both[i], g), q = number(got, both[i], g);
            ck_assert_msg(isnan(p) == isnan(q), "%s: %s is %g, want %g (%s)", what, both[i], q, p,
                          cell(got, "status", g));
            if (isnan(p)) continue;
            ck_assert_msg(fabs(log_p(p) - log_p(q)) <= TOL_LOG_P * (1 - log_p(p)),
                          "%s: %s %g, want %g", what, both[i], q, p);
        }
        bool answered = !isnan(number(got, "padj", g));
        ck_assert_msg(answered || strcmp(cell(got, "status", g), "ok") != 0,
                      "%s: NA without a reason", what);
    }
}

static double fact(const til_table_t *facts, const char *name)
{
    for (size_t i = 0; i < facts->n_rows; i++)
        if (strcmp(cell(facts, "name", i), name) == 0) return number(facts, "value", i);
    return NAN;
}

START_TEST(case_agrees)
{
    til_table_t cases = { 0 }, want = { 0 }, design_table = { 0 }, reduced_table = { 0 };
    til_matrix_t all = { 0 }, counts = { 0 }, all_lengths = { 0 }, lengths = { 0 };
    til_design_t design = { 0 }, reduced = { 0 };
    til_de_input_t input = { .alpha = 0.1, .compatible = true };
    til_de_result_t result;
    double weights[16];

    read_table(path_of("cases", ""), &cases);
    size_t row = (size_t)_i;
    const char *name = cell(&cases, "name", row);
    read_table(path_of("deseq2_", name), &want);
    read_design(path_of("design_", name), &design_table, &design);
    read_matrix(path_of("counts", ""), &all);
    select_samples(&all, &design, &counts);

    char *text = til_table_column(&cases, "weights")->text[row];
    for (size_t j = 0; j < design.n_coef; j++, text += *text == ',')
        weights[j] = strtod(text, &text);
    til_contrast_t contrast = { .id = "key", .text = "key", .weights = weights };
    bool compared[64];
    for (size_t s = 0; s < design.n_samples; s++) /* levels_b_a: those not of arm C */
        compared[s] = !(design.x[s + (design.n_coef - 1) * design.n_samples] > 0);
    if (strcmp(name, "levels_b_a") == 0) contrast.compared = compared;
    input.counts = &counts;
    input.design = &design;
    input.contrasts = &contrast;
    input.n_contrasts = 1;
    input.trend = trend_of(cell(&cases, "trend", row));
    input.lfc_threshold = number(&cases, "lfc", row);
    input.alternative = side_of(cell(&cases, "side", row));
    if (number(&cases, "filter", row) == 0) input.filter = TIL_DE_FILTER_NONE;
    if (number(&cases, "lrt", row) != 0) {
        read_design(path_of("reduced_", name), &reduced_table, &reduced);
        input.test = TIL_DE_LRT;
        input.reduced = &reduced;
    }
    if (number(&cases, "lengths", row) != 0) {
        read_matrix(path_of("lengths", ""), &all_lengths);
        select_samples(&all_lengths, &design, &lengths);
        input.lengths = &lengths;
    }

    ck_assert_msg(til_de_run(&ctx, til_de_find("deseq2"), &input, &result) == TIL_OK, "%s",
                  ctx.message);
    compare_table(name, &result.contrasts[0], &want, &result.dispersions);
    ck_golden(fact(&result.facts, "filterThreshold"), number(&cases, "threshold", row), TOL_SUM,
              name);
    ck_assert_msg(fact(&result.facts, "genesReplaced") <= number(&cases, "replaced", row) &&
                      (fact(&result.facts, "genesReplaced") > 0) ==
                          (number(&cases, "replaced", row) > 0),
                  "%s: genes replaced", name);

    til_de_result_clear(&result);
    til_design_clear(&design);
    til_design_clear(&reduced);
    til_matrix_clear(&all);
    til_matrix_clear(&counts);
    til_matrix_clear(&all_lengths);
    til_matrix_clear(&lengths);
    til_table_clear(&cases);
    til_table_clear(&want);
    til_table_clear(&design_table);
    til_table_clear(&reduced_table);
}
END_TEST

START_TEST(vst_agrees)
{
    static const char *const types[] = { "parametric", "local", "mean" };
    til_matrix_t counts = { 0 }, vst = { 0 };
    til_table_t want = { 0 };
    til_trend_t trend;
    double factors[64];

    read_matrix(path_of("counts", ""), &counts);
    read_table(path_of("vst_", types[_i]), &want);
    ck_assert_int_eq(til_size_factors_median_ratio(&ctx, &counts, factors), TIL_OK);
    ck_assert_int_eq(
        til_vst_blind_trend(&ctx, &counts, factors, NULL, (til_trend_type_t)_i, &trend), TIL_OK);
    ck_assert_int_eq(til_vst_transform(&ctx, &counts, factors, NULL, &trend, &vst), TIL_OK);
    for (size_t i = 0; i < want.n_rows; i++)
        for (size_t s = 0; s < counts.n_cols; s++)
            ck_golden(til_matrix_row(&vst, 7 * i)[s], want.columns[s + 1].number[i], TOL_ITER,
                      want.columns[0].text[i]);
    til_trend_clear(&trend);
    til_matrix_clear(&vst);
    til_matrix_clear(&counts);
    til_table_clear(&want);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deseq2");
    TCase *tcase = tcase_create("cases");
    til_table_t cases = { 0 };
    til_text_t text = { 0 };

    if (til_text_read(&ctx, path_of("cases", ""), &text) != TIL_OK ||
        til_table_read(&ctx, &text, &cases) != TIL_OK) {
        fprintf(stderr, "%s\n", ctx.message);
        return EXIT_FAILURE;
    }
    til_text_clear(&text);
    tcase_add_loop_test(tcase, case_agrees, 0, (int)cases.n_rows);
    tcase_add_loop_test(tcase, vst_agrees, 0, 3);
    suite_add_tcase(suite, tcase);
    til_table_clear(&cases);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
