/* test_paired_de.c -- from a sheet of patients to tables of genes, end to end: three visits, arms
 * of six and three patients, missing visits; deseq2 and voom against R's fit of the explicit matrix
 * (tests/golden/paired). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/de.h>

#include "io/text/matrix_tsv.h"
#include "io/text/sheet_tsv.h"
#include "io/text/table_tsv.h"
#include "support/golden.h"
#include "support/runner.h"

#define TOL_FIT                                                                                    \
    1e-8 /* both sides follow the same steps: estimates against their size, p on its logarithm */

static til_ctx_t ctx = TIL_CTX_INIT;
static til_sheet_t sheet;
static til_matrix_t all_counts;
static til_questions_t questions;

static til_text_t open_text(const char *file)
{
    char path[512];
    til_text_t text;
    snprintf(path, sizeof path, "%s/paired/%s", GOLDEN, file);
    ck_assert_msg(til_text_read(&ctx, path, &text) == TIL_OK, "%s", ctx.message);
    return text;
}

static void open_study(void)
{
    const til_matrix_reading_t how = { .values = TIL_VALUES_WHOLE };
    const til_pairing_t pairing = { .pair = "patient", .time = "time", .arm = "arm" };
    const til_typing_t typing = { NULL, 0, NULL, 0, false };
    const til_asked_t asked = { NULL, &pairing, NULL, &typing };
    til_text_t text = open_text("samples.tsv");

    ck_assert_msg(til_sheet_read(&ctx, &text, false, &sheet) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    text = open_text("counts.tsv");
    ck_assert_msg(til_matrix_read(&ctx, &text, &how, &all_counts) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    ck_assert_msg(til_questions_build(&ctx, &sheet, &asked, &questions) == TIL_OK, "%s",
                  ctx.message);
    ck_assert_uint_eq(questions.n_questions, 1);
}

static void close_study(void)
{
    til_questions_clear(&questions);
    til_matrix_clear(&all_counts);
    til_sheet_clear(&sheet);
}

static double number(const til_table_t *table, const char *column, size_t row)
{
    return til_table_column(table, column)->number[row];
}

static void compare_p(double got, double want, const char *what)
{
    ck_assert_msg(isnan(got) == isnan(want), "%s: p %g, wanted %g", what, got, want);
    if (isnan(want)) return;
    ck_assert_msg(fabs(log10(got) - log10(want)) <= TOL_FIT * (1 + fabs(log10(want))),
                  "%s: p %.17g, wanted %.17g", what, got, want);
}

/* The rows of one contrast; genes that the method left out are not in the golden. */
static size_t compare_contrast(const til_de_result_t *result, const til_table_t *golden, size_t c)
{
    const til_table_t *got = &result->contrasts[c];
    const char *id = questions.questions[0].contrasts[c].id;
    size_t n = 0, g = 0;

    for (size_t i = 0; i < golden->n_rows; i++) {
        const char *gene = golden->columns[1].text[i];
        char what[128];
        if (strcmp(golden->columns[0].text[i], id) != 0) continue;
        while (g < got->n_rows && strcmp(got->columns[0].text[g], gene) != 0) g++;
        ck_assert_msg(g < got->n_rows, "%s: no gene %s", id, gene);
        snprintf(what, sizeof what, "%s %s", id, gene);
        double lfc = number(golden, "log2FoldChange", i), se = number(golden, "lfcSE", i);
        if (isnan(lfc)) {
            ck_assert_msg(isnan(number(got, "log2FoldChange", g)), "%s: a fold change", what);
        } else {
            ck_assert_msg(
                fabs(number(got, "log2FoldChange", g) - lfc) <= TOL_FIT * (fabs(lfc) + se),
                "%s: lfc %.17g, wanted %.17g", what, number(got, "log2FoldChange", g), lfc);
            ck_golden(number(got, "lfcSE", g), se, TOL_FIT, what);
        }
        compare_p(number(got, "pvalue", g), number(golden, "pvalue", i), what);
        compare_p(number(got, "padj", g), number(golden, "padj", i), what);
        n++;
    }
    return n;
}

START_TEST(as_the_explicit_matrix)
{
    static const struct {
        const char *method, *golden;
        size_t least;
    } rows[] = { { "deseq2", "deseq2.tsv", 300 }, { "voom", "voom.tsv", 200 } };
    til_de_input_t input = { .alpha = 0.1, .compatible = true };
    til_de_result_t result = { 0 };
    til_matrix_t counts;
    til_table_t golden;

    open_study();
    const til_question_t *question = &questions.questions[0];
    til_text_t text = open_text(rows[_i].golden);
    ck_assert_msg(til_table_read(&ctx, &text, &golden) == TIL_OK, "%s", ctx.message);
    ck_assert_int_eq(til_matrix_select(&ctx, &all_counts, NULL, 0, question->design.rows,
                                       question->design.n_samples, &counts),
                     TIL_OK);
    input.counts = &counts;
    input.design = &question->design;
    input.contrasts = question->contrasts;
    input.n_contrasts = 6; /* of the golden; behind them stand those from time to time */
    ck_assert_msg(til_de_run(&ctx, til_de_find(rows[_i].method), &input, &result) == TIL_OK, "%s",
                  ctx.message);
    ck_assert_uint_eq(result.n_contrasts, 6);
    for (size_t c = 0; c < result.n_contrasts; c++)
        ck_assert_uint_ge(compare_contrast(&result, &golden, c), rows[_i].least);

    til_text_clear(&text);
    til_table_clear(&golden);
    til_de_result_clear(&result);
    til_matrix_clear(&counts);
    close_study();
}
END_TEST

START_TEST(who_is_left_out)
{
    open_study();
    const til_design_t *design = &questions.questions[0].design;
    ck_assert_uint_eq(design->n_samples, 25);
    ck_assert_uint_eq(design->n_left_out, 1);
    ck_assert_str_eq(design->left_out[0].name, "P10");
    close_study();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("paired_de");
    TCase *tests = tcase_create("paired_de");
    tcase_add_loop_test(tests, as_the_explicit_matrix, 0, 2);
    tcase_add_test(tests, who_is_left_out);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
