/* test_norm.c -- every normalisation method and every scale against R's values. Both loop over the
 * tables of the room (_i is the row): a new row is tested without a new line here, and fails
 * without a golden. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/norm.h>

#include "norm/filter_expr.h"
#include "support/runner.h"
#include "support/tables.h"

#define TOL_VST 1e-7 /* the dispersion trend is fitted by an iteration that stops */

static til_ctx_t ctx;
static til_matrix_t counts;

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    read_matrix(&ctx, "norm/counts.tsv", TIL_VALUES_WHOLE, &counts);
}

static void teardown(void) { til_matrix_clear(&counts); }

static til_norm_t estimate(const char *method)
{
    til_norm_t norm;
    ck_assert_msg(til_norm_estimate(&ctx, til_norm_find(method), &counts, &norm) == TIL_OK, "%s",
                  ctx.message);
    return norm;
}

START_TEST(method_agrees_with_golden)
{
    const til_norm_method_t *method = til_norm_methods[_i];
    til_table_t want = { 0 };
    char path[256];

    snprintf(path, sizeof path, "norm/%s.tsv", method->name);
    read_table(&ctx, path, &want);
    til_norm_t got = estimate(method->name);
    const double *factor = method->is_size_factor ? got.size_factor : got.norm_factor;
    for (size_t s = 0; s < counts.n_cols; s++) {
        ck_assert_str_eq(counts.col_names[s], want.columns[0].text[s]);
        ck_golden(got.lib_size[s], numbers(&want, "lib_size")[s], 0, method->name);
        ck_golden(factor[s], numbers(&want, "factor")[s], TOL_SUM, method->name);
    }
    til_norm_clear(&got);
    til_table_clear(&want);
}
END_TEST

/* Whatever the method estimates, the other kind of factor says the same of the samples. */
START_TEST(two_kinds_of_factor_agree)
{
    til_norm_t got = estimate(til_norm_methods[_i]->name);
    double log_product = 0;

    for (size_t s = 0; s < counts.n_cols; s++) {
        log_product += log(got.norm_factor[s]);
        ck_golden(got.effective[s], got.lib_size[s] * got.norm_factor[s], TOL_ROUND, "effective");
        ck_golden(got.effective[s] / got.effective[0], got.size_factor[s] / got.size_factor[0],
                  TOL_SUM, "ratio");
    }
    ck_assert_double_eq_tol(log_product, 0, 1e-12);
    til_norm_clear(&got);
}
END_TEST

START_TEST(scale_agrees_with_golden)
{
    const til_norm_scale_t *scale = til_norm_scales[_i];
    bool is_vst = strcmp(scale->name, "vst") == 0;
    const til_norm_wishes_t wishes = TIL_NORM_WISHES_INIT;
    til_matrix_t want = { 0 };
    char path[256];

    snprintf(path, sizeof path, "norm/to_%s.tsv", scale->name);
    read_matrix(&ctx, path, TIL_VALUES_ANY, &want);
    til_norm_t norm = estimate(is_vst ? "median-ratio" : "tmm");
    ck_assert_int_eq(til_norm_transform(&ctx, scale, &norm, &wishes, &counts), TIL_OK);
    ck_assert_double_le(matrix_distance(&counts, &want), is_vst ? TOL_VST : TOL_SUM);
    til_norm_clear(&norm);
    til_matrix_clear(&want);
}
END_TEST

START_TEST(prior_count_is_used)
{
    const til_norm_wishes_t wishes = { .prior_count = 5 };
    til_matrix_t want = { 0 };

    read_matrix(&ctx, "norm/to_logcpm_prior5.tsv", TIL_VALUES_ANY, &want);
    til_norm_t norm = estimate("tmm");
    ck_assert_int_eq(
        til_norm_transform(&ctx, til_norm_find_scale("logcpm"), &norm, &wishes, &counts), TIL_OK);
    ck_assert_double_le(matrix_distance(&counts, &want), TOL_SUM);
    til_norm_clear(&norm);
    til_matrix_clear(&want);
}
END_TEST

START_TEST(lengths_of_each_sample_are_used)
{
    til_norm_wishes_t wishes = TIL_NORM_WISHES_INIT;
    til_matrix_t lengths = { 0 }, want = { 0 };

    read_matrix(&ctx, "norm/to_tpm.tsv", TIL_VALUES_ANY, &want);
    ck_assert_int_eq(til_matrix_select(&ctx, &counts, NULL, 0, NULL, 0, &lengths), TIL_OK);
    for (size_t g = 0; g < counts.n_rows; g++)
        for (size_t s = 0; s < counts.n_cols; s++)
            til_matrix_row(&lengths, g)[s] = counts.lengths[g] * (double)(s + 1);
    wishes.lengths = &lengths; /* a factor per sample cancels */
    til_norm_t norm = estimate("total");
    ck_assert_int_eq(til_norm_transform(&ctx, til_norm_find_scale("tpm"), &norm, &wishes, &counts),
                     TIL_OK);
    ck_assert_double_le(matrix_distance(&counts, &want), TOL_SUM);
    til_norm_clear(&norm);
    til_matrix_clear(&lengths);
    til_matrix_clear(&want);
}
END_TEST

START_TEST(tpm_names_the_gene_without_length)
{
    const til_norm_wishes_t wishes = TIL_NORM_WISHES_INIT;
    til_norm_t norm = estimate("total");

    counts.lengths[6] = 0;
    ck_assert_int_eq(til_norm_transform(&ctx, til_norm_find_scale("tpm"), &norm, &wishes, &counts),
                     TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "g007"));
    til_norm_clear(&norm);
}
END_TEST

START_TEST(missing_count_is_named)
{
    til_norm_t norm;

    counts.x[7 * counts.n_cols + 3] = NAN;
    ck_assert_int_eq(til_norm_estimate(&ctx, til_norm_methods[_i], &counts, &norm), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "g008"));
    ck_assert_ptr_nonnull(strstr(ctx.message, "s4"));
}
END_TEST

START_TEST(sample_without_counts_is_named)
{
    til_norm_t norm;

    for (size_t g = 0; g < counts.n_rows; g++) til_matrix_row(&counts, g)[2] = 0;
    ck_assert_int_eq(til_norm_estimate(&ctx, til_norm_methods[_i], &counts, &norm), TIL_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(ctx.message, "s3"));
}
END_TEST

START_TEST(median_ratio_needs_a_feature_seen_everywhere)
{
    til_norm_t norm;

    for (size_t g = 0; g < counts.n_rows; g++) til_matrix_row(&counts, g)[g % counts.n_cols] = 0;
    ck_assert_int_eq(til_norm_estimate(&ctx, til_norm_find("median-ratio"), &counts, &norm),
                     TIL_ENUMERIC);
    til_ctx_forgive(&ctx);
    ck_assert_int_eq(til_norm_estimate(&ctx, til_norm_find("rle"), &counts, &norm), TIL_ENUMERIC);
    til_ctx_forgive(&ctx);
    norm = estimate("poscounts");
    til_norm_clear(&norm);
}
END_TEST

START_TEST(upper_quartile_of_zero_is_refused)
{
    til_norm_t norm;

    for (size_t g = 1; g < counts.n_rows; g++) til_matrix_row(&counts, g)[0] = 0;
    ck_assert_int_eq(til_norm_estimate(&ctx, til_norm_find("upper-quartile"), &counts, &norm),
                     TIL_ENUMERIC);
    ck_assert_ptr_nonnull(strstr(ctx.message, "s1"));
}
END_TEST

START_TEST(one_sample_has_factor_one)
{
    const size_t first[] = { 0 };
    til_matrix_t one = { 0 };
    til_norm_t norm;

    ck_assert_int_eq(til_matrix_select(&ctx, &counts, NULL, 0, first, 1, &one), TIL_OK);
    ck_assert_int_eq(til_norm_estimate(&ctx, til_norm_methods[_i], &one, &norm), TIL_OK);
    ck_golden(norm.norm_factor[0], 1, TOL_ROUND, til_norm_methods[_i]->name);
    til_norm_clear(&norm);
    til_matrix_clear(&one);
}
END_TEST

/* The kept sets of filterByExpr by a design with a covariate, by groups, by one group. */
START_TEST(filter_agrees_with_golden)
{
    til_table_t want = { 0 };
    til_design_t design = { 0 };
    bool keep[512];
    size_t arm[] = { 0, 0, 0, 0, 1, 1, 1, 1, 1 }, all[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0 };
    const double age[] = { 31, 45, 52, 38, 61, 47, 55, 40, 36 };

    ck_assert_int_eq(til_design_init(&ctx, 9, 3, &design), TIL_OK);
    for (size_t s = 0; s < 9; s++) {
        design.x[s] = 1;
        design.x[s + 9] = (double)arm[s];
        design.x[s + 18] = age[s];
    }
    read_table(&ctx, "norm/filter.tsv", &want);
    for (int i = 0; i < 3; i++) {
        const char *columns[] = { "by_design", "by_group", "one_group" };
        til_status_t status = i == 0   ? til_filter_by_design(&ctx, &counts, &design, keep)
                              : i == 1 ? til_filter_by_group(&ctx, &counts, arm, 2, keep)
                                       : til_filter_by_group(&ctx, &counts, all, 1, keep);
        ck_assert_int_eq(status, TIL_OK);
        for (size_t g = 0; g < counts.n_rows; g++)
            ck_assert_msg(keep[g] == (numbers(&want, columns[i])[g] > 0), "%s: %s", columns[i],
                          counts.row_names[g]);
    }
    til_table_clear(&want);
    til_design_clear(&design);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("norm");
    TCase *tcase = tcase_create("norm");
    int n_methods = 0, n_scales = 0;

    while (til_norm_methods[n_methods] != NULL) n_methods++;
    while (til_norm_scales[n_scales] != NULL) n_scales++;
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, method_agrees_with_golden, 0, n_methods);
    tcase_add_loop_test(tcase, two_kinds_of_factor_agree, 0, n_methods);
    tcase_add_loop_test(tcase, scale_agrees_with_golden, 0, n_scales);
    tcase_add_test(tcase, prior_count_is_used);
    tcase_add_test(tcase, lengths_of_each_sample_are_used);
    tcase_add_test(tcase, tpm_names_the_gene_without_length);
    tcase_add_loop_test(tcase, missing_count_is_named, 0, n_methods);
    tcase_add_loop_test(tcase, sample_without_counts_is_named, 0, n_methods);
    tcase_add_test(tcase, median_ratio_needs_a_feature_seen_everywhere);
    tcase_add_test(tcase, upper_quartile_of_zero_is_refused);
    tcase_add_loop_test(tcase, one_sample_has_factor_one, 0, n_methods);
    tcase_add_test(tcase, filter_agrees_with_golden);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
