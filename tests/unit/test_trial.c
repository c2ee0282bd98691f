/* test_trial.c -- questions of patients against R (tests/golden/trial), and laws of values, moderation
 * and families. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include <tilseq/trial.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "io/text/sheet_tsv.h"
#include "support/runner.h"
#include "support/tables.h"
#include "trial/auc.h"
#include "trial/detectable.h"

#define TOL_FIT 1e-10 /* the same sums in another order */

static til_ctx_t ctx = TIL_CTX_INIT;
static const til_typing_t typing = { NULL, 0, NULL, 0, false };

static void ck_near(double got, double want, double tolerance, const char *what)
{
    ck_assert_msg(fabs(got - want) <= tolerance * fmax(1, fabs(want)), "%s: got %.17g, want %.17g",
                  what, got, want);
}

static til_sheet_t read_golden_sheet(void)
{
    til_sheet_t sheet;
    til_text_t text;
    char path[512];

    golden_path("trial/sheet.tsv", path, sizeof path);
    ck_assert_msg(til_text_read(&ctx, path, &text) == TIL_OK, "%s", ctx.message);
    ck_assert_msg(til_sheet_read(&ctx, &text, false, &sheet) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    return sheet;
}

static til_trial_input_t paired(const til_sheet_t *sheet, const til_trial_signature_t *signatures,
                                size_t n)
{
    return (til_trial_input_t){ .sheet = sheet,
                                .n_signatures = n,
                                .signatures = signatures,
                                .pair = "patient",
                                .time = "time",
                                .arm = "arm",
                                .typing = &typing,
                                .n_permutations = 999,
                                .seed = 1,
                                .alpha = 0.05 };
}

static til_trial_result_t run(const til_trial_input_t *input)
{
    til_trial_result_t result;
    ck_assert_msg(til_trial_run(&ctx, input, &result) == TIL_OK, "%s", ctx.message);
    return result;
}

static const til_table_t *table_of(const til_trial_result_t *result, const char *id)
{
    for (size_t i = 0; i < result->n_answers; i++)
        if (strcmp(result->answers[i].id, id) == 0) return &result->answers[i].table;
    ck_abort_msg("no answer %s", id);
    return NULL;
}

static double cell(const til_trial_result_t *result, const char *id, const char *column, size_t row)
{
    return numbers(table_of(result, id), column)[row];
}

/* ---- goldens --------------------------------------------------------------------------------- */

START_TEST(agrees_with_r)
{
    til_sheet_t sheet = read_golden_sheet();
    til_matrix_t values;
    til_table_t want;

    read_matrix(&ctx, "trial/values.tsv", TIL_VALUES_ANY, &values);
    read_table(&ctx, "trial/tests.tsv", &want);
    for (size_t i = 0; i < values.n_rows; i++) {
        til_trial_signature_t what = { .name = values.row_names[i],
                                       .readout = "",
                                       .kind = TIL_TRIAL_VALUE,
                                       .values = til_matrix_row(&values, i),
                                       .is_primary = true };
        til_trial_input_t input = paired(&sheet, &what, 1);
        til_trial_result_t got = run(&input);

        ck_near(cell(&got, "B_vs_A_on", "effect", 0), numbers(&want, "difference")[i], TOL_FIT,
                "difference");
        ck_near(cell(&got, "B_vs_A_on", "se", 0), numbers(&want, "se")[i], TOL_FIT, "se");
        ck_near(log(cell(&got, "B_vs_A_on", "pvalue", 0)), log(numbers(&want, "p")[i]), TOL_FIT,
                "p");
        ck_near(cell(&got, "B_vs_A_on", "p_permutation", 0), numbers(&want, "permutation")[i],
                TOL_FIT, "permutation");
        ck_near(cell(&got, "B_vs_A_on", "p_least", 0), 2.0 / 924, TOL_FIT, "least");
        ck_near(cell(&got, "on_in_A", "effect", 0), numbers(&want, "change")[i], TOL_FIT, "change");
        ck_near(cell(&got, "on_in_A", "ci_low", 0), numbers(&want, "change_low")[i], TOL_FIT,
                "low");
        ck_near(cell(&got, "on_in_A", "ci_high", 0), numbers(&want, "change_high")[i], TOL_FIT,
                "high");
        ck_near(cell(&got, "on_in_A", "pvalue", 0), numbers(&want, "change_p")[i], TOL_FIT, "p");
        ck_near(cell(&got, "on_in_A", "p_permutation", 0), numbers(&want, "flips")[i], TOL_FIT,
                "flips");
        til_trial_result_clear(&got);

        const char *held[] = { "age" };
        input.adjust = held;
        input.n_adjust = 1;
        got = run(&input);
        ck_near(cell(&got, "B_vs_A_on", "effect", 0), numbers(&want, "adjusted")[i], TOL_FIT,
                "adjusted");
        ck_near(cell(&got, "B_vs_A_on", "se", 0), numbers(&want, "adjusted_se")[i], TOL_FIT,
                "adjusted se");
        ck_near(cell(&got, "B_vs_A_on", "pvalue", 0), numbers(&want, "adjusted_p")[i], TOL_FIT,
                "adjusted p");
        til_trial_result_clear(&got);

        input.n_adjust = 0;
        input.baseline = TIL_BASELINE_YES;
        got = run(&input);
        ck_near(cell(&got, "B_vs_A_on", "effect", 0), numbers(&want, "first")[i], TOL_FIT,
                "with the first visit");
        ck_near(cell(&got, "B_vs_A_on", "se", 0), numbers(&want, "first_se")[i], TOL_FIT,
                "se with the first visit");
        ck_near(cell(&got, "B_vs_A_on", "pvalue", 0), numbers(&want, "first_p")[i], TOL_FIT,
                "p with the first visit");
        ck_near(cell(&got, "B_vs_A_on", "p_permutation", 0), numbers(&want, "first_p")[i], 0.05,
                "moved residuals");
        til_trial_result_clear(&got);
    }
    til_table_clear(&want);
    til_matrix_clear(&values);
    til_sheet_clear(&sheet);
}
END_TEST

/* Patients with one of the two visits, by REML: nlme's iteration stops at 1e-5. */
START_TEST(single_visits_agree_with_nlme)
{
    const char *const gone[] = { "P01_on", "P04_on", "P07_pre", "P11_on" };
    til_sheet_t sheet = read_golden_sheet();
    til_matrix_t values;
    til_table_t want;
    size_t n_compared = 0;

    read_matrix(&ctx, "trial/values.tsv", TIL_VALUES_ANY, &values);
    read_table(&ctx, "trial/mixed.tsv", &want);
    for (size_t i = 0; i < values.n_rows; i++) {
        double *row = til_matrix_row(&values, i);
        for (size_t s = 0; s < values.n_cols; s++)
            for (size_t k = 0; k < sizeof gone / sizeof *gone; k++)
                if (strcmp(values.col_names[s], gone[k]) == 0) row[s] = NAN;
        til_trial_signature_t what = { .name = values.row_names[i],
                                       .readout = "",
                                       .kind = TIL_TRIAL_VALUE,
                                       .values = row,
                                       .is_primary = true };
        til_trial_input_t input = paired(&sheet, &what, 1);
        til_trial_result_t got = run(&input);
        double half = cell(&got, "B_vs_A_on", "ci_high_all", 0) -
                      cell(&got, "B_vs_A_on", "effect_all", 0);
        ck_assert_double_eq(cell(&got, "B_vs_A_on", "n_all", 0), 12);
        ck_assert_double_eq(cell(&got, "B_vs_A_on", "n_patients", 0), 8);
        ck_assert(half > 0);
        if (strcmp(til_table_column(&want, "positive")->text[i], "TRUE") == 0) {
            ck_near(cell(&got, "B_vs_A_on", "effect_all", 0), numbers(&want, "effect")[i], 1e-4,
                    "effect of all");
            n_compared++;
        }
        til_trial_result_clear(&got);
    }
    ck_assert_uint_ge(n_compared, 2);
    til_table_clear(&want);
    til_matrix_clear(&values);
    til_sheet_clear(&sheet);
}
END_TEST

START_TEST(sizes_agree_with_r)
{
    til_table_t want;

    read_table(&ctx, "trial/sizes.tsv", &want);
    for (size_t i = 0; i < want.n_rows; i++) {
        double size = 1 / numbers(&want, "sd")[i], power = numbers(&want, "power")[i];
        ck_assert_double_eq(til_trial_n_per_arm(size, 2, 0.05, power), numbers(&want, "two")[i]);
        ck_assert_double_eq(til_trial_n_per_arm(size, 1, 0.05, power), numbers(&want, "one")[i]);
    }
    ck_near(til_trial_power_of(til_trial_detectable(18, 0.05, 0.8), 18, 0.05), 0.8, 1e-8,
            "detectable");
    til_table_clear(&want);
}
END_TEST

/* ---- laws ------------------------------------------------------------------------------------ */

enum { N_SIGNATURES = 400, N_SAMPLES = 24 };

/* Independent standard normal values; every `copies` rows are the same. */
static void draw(double *x, size_t copies)
{
    for (size_t i = 0; i < N_SIGNATURES; i++) {
        til_rng_t rng = til_rng_stream(3, i / copies, 0, 0);
        for (size_t s = 0; s < N_SAMPLES; s++) x[i * N_SAMPLES + s] = til_rng_normal(&rng);
    }
}

static double mean_df(const til_sheet_t *sheet, const double *x, size_t n)
{
    static til_trial_signature_t what[N_SIGNATURES];
    static char names[N_SIGNATURES][16];

    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "V%zu", i);
        what[i] = (til_trial_signature_t){ .name = names[i],
                                           .readout = "",
                                           .kind = TIL_TRIAL_VALUE,
                                           .values = x + i * N_SAMPLES,
                                           .is_primary = true };
    }
    til_trial_input_t input = paired(sheet, what, n);
    til_trial_result_t got = run(&input);
    double df = cell(&got, "B_vs_A_on", "df", 0);
    til_trial_result_clear(&got);
    return df;
}

/* Signatures of one variance lend each other all they have when they are independent, and nothing
 * when they are copies; one alone has its own. */
START_TEST(copies_lend_nothing)
{
    til_sheet_t sheet = read_golden_sheet();
    double *x = til_array(N_SIGNATURES * N_SAMPLES, sizeof *x);

    draw(x, 1);
    ck_assert_double_gt(mean_df(&sheet, x, N_SIGNATURES), 200);
    ck_near(mean_df(&sheet, x, 1), 10, 1e-12, "alone");
    draw(x, N_SIGNATURES);
    ck_near(mean_df(&sheet, x, N_SIGNATURES), 10, 1e-6, "copies");
    free(x);
    til_sheet_clear(&sheet);
}
END_TEST

/* Genes that all rise by d raise their signature by d, whatever their scatter; the order of samples
 * in the sheet does not matter; p over the family is no less than its member's own. */
START_TEST(rise_is_told_in_log2)
{
    til_sheet_t sheet = read_golden_sheet(), turned;
    til_matrix_t m, turned_m;
    size_t rows[12], order[N_SAMPLES];
    til_trial_signature_t what[2];

    ck_assert_int_eq(til_matrix_init(&ctx, 12, N_SAMPLES, &m), TIL_OK);
    ck_assert_int_eq(til_matrix_set_origin(&ctx, &m, "made"), TIL_OK);
    for (size_t g = 0; g < m.n_rows; g++) {
        til_rng_t rng = til_rng_stream(4, g, 0, 0);
        rows[g] = g;
        for (size_t p = 0; p < N_SAMPLES / 2; p++) {
            double noise = (p % 2 == 0 ? 1 : -1) * (double)(g + 1) / 4,
                   level = til_rng_normal(&rng);
            til_matrix_row(&m, g)[2 * p] = level;
            til_matrix_row(&m, g)[2 * p + 1] = level + 1.5 + noise;
        }
    }
    for (size_t s = 0; s < N_SAMPLES; s++) order[s] = N_SAMPLES - 1 - s;
    what[0] = (til_trial_signature_t){ .name = "ALL",
                                       .readout = "",
                                       .kind = TIL_TRIAL_SET,
                                       .n_genes = 12,
                                       .n_found = 12,
                                       .a = rows,
                                       .n_a = 12,
                                       .is_primary = true };
    what[1] = (til_trial_signature_t){ .name = "ONE",
                                       .readout = "",
                                       .kind = TIL_TRIAL_GENE,
                                       .n_genes = 1,
                                       .n_found = 1,
                                       .a = rows,
                                       .n_a = 1,
                                       .is_primary = true };
    til_trial_input_t input = paired(&sheet, what, 2);
    input.values = &m;
    input.is_log = true;
    til_trial_result_t got = run(&input), again;
    ck_near(cell(&got, "on_in_A", "effect", 0), 1.5, 1e-12, "a set");
    ck_near(cell(&got, "on_in_B", "effect", 1), 1.5, 1e-12, "a gene");
    for (size_t r = 0; r < 2; r++)
        ck_assert(cell(&got, "on_in_A", "p_family", r) >=
                  cell(&got, "on_in_A", "p_permutation", r));

    ck_assert_int_eq(til_sheet_select(&ctx, &sheet, order, N_SAMPLES, &turned), TIL_OK);
    ck_assert_int_eq(til_matrix_select(&ctx, &m, NULL, 0, order, N_SAMPLES, &turned_m), TIL_OK);
    const char *references[] = { "time=pre", "arm=A" };
    const til_typing_t said = { references, 2, NULL, 0, false };
    input.sheet = &turned;
    input.values = &turned_m;
    input.typing = &said;
    again = run(&input);
    for (size_t r = 0; r < 2; r++) {
        ck_near(cell(&again, "B_vs_A_on", "effect", r), cell(&got, "B_vs_A_on", "effect", r), 1e-9,
                "turned");
        ck_near(cell(&again, "B_vs_A_on", "p_permutation", r),
                cell(&got, "B_vs_A_on", "p_permutation", r), 1e-12, "turned p");
    }
    til_trial_result_clear(&got);
    til_trial_result_clear(&again);
    til_matrix_clear(&m);
    til_matrix_clear(&turned_m);
    til_sheet_clear(&sheet);
    til_sheet_clear(&turned);
}
END_TEST

/* R 4.2 wilcox.test(), exact and with the normal limit; the interval of the mirror image is the mirror
 * image of the interval, and its ends are where the tails of the same test are alpha / 2. */
START_TEST(areas_agree_with_r)
{
    const double x[] = { 1.1, 2.2, 3.3, 4.4, 6 }, y[] = { 0.5, 1.5, 2.5, 0.1 };
    double many_x[30], many_y[25];
    til_auc_t one, other, many;

    ck_assert_int_eq(til_trial_auc(&ctx, 5, x, 4, y, 0.05, &one), TIL_OK);
    ck_assert_int_eq(til_trial_auc(&ctx, 4, y, 5, x, 0.05, &other), TIL_OK);
    ck_near(one.auc, 17 / 20.0, 1e-15, "area");
    ck_near(one.p, 0.1111111111111111, 1e-12, "p");
    ck_near(other.p, one.p, 1e-12, "p of the mirror image");
    ck_near(other.low, 1 - one.high, 1e-5, "mirror image");
    ck_near(other.high, 1 - one.low, 1e-5, "mirror image");
    ck_assert(one.low < one.auc && one.auc < one.high);
    for (int i = 0; i < 30; i++) many_x[i] = i + 1.5;
    for (int i = 0; i < 25; i++) many_y[i] = (i + 1) * 1.3 - 3;
    ck_assert_int_eq(til_trial_auc(&ctx, 30, many_x, 25, many_y, 0.05, &many), TIL_OK);
    ck_near(many.p, 0.4171405963165362, 1e-9, "p of many");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trial");
    TCase *tc = tcase_create("trial");

    tcase_add_test(tc, agrees_with_r);
    tcase_add_test(tc, single_visits_agree_with_nlme);
    tcase_add_test(tc, sizes_agree_with_r);
    tcase_add_test(tc, copies_lend_nothing);
    tcase_add_test(tc, rise_is_told_in_log2);
    tcase_add_test(tc, areas_agree_with_r);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
