/* test_norm.c -- size factors, norm factors, expression filter and log counts of the real data sets
 * against DESeq2 1.38.3 and edgeR 3.40.2. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/norm.h>

#include "datasets.h"
#include "norm/filter_expr.h"
#include "support/runner.h"

enum { N_WITH_VST = N_WITH_KEY - 1 };

#define TOL_VST 1e-7 /* the dispersion trend is fitted by an iteration that stops */

static til_ctx_t ctx;
static const dataset_t *set;
static til_matrix_t counts;
static til_design_t design;

static void open_set(int i)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    set = &datasets[i];
    read_dataset(&ctx, set, &counts, &design);
}

static void close_set(void)
{
    til_matrix_clear(&counts);
    free_design(&design);
}

/* Compares one method with a column of a golden table of samples. */
static double compare_factors(const til_matrix_t *m, const til_table_t *golden, const char *method,
                              const char *column)
{
    const til_norm_method_t *row = til_norm_find(method);
    const double *want = numbers(golden, column);
    double most = 0;
    til_norm_t norm;

    ck_assert_msg(til_norm_estimate(&ctx, row, m, &norm) == TIL_OK, "%s", ctx.message);
    for (size_t s = 0; s < m->n_cols; s++) {
        ck_assert_str_eq(m->col_names[s], golden->columns[0].text[s]);
        double got = row->is_size_factor ? norm.size_factor[s] : norm.norm_factor[s];
        most = fmax(most, golden_distance(got, want[s]));
    }
    til_norm_clear(&norm);
    ck_assert_msg(most <= TOL_SUM, "%s: %s is off by %.2g", set->name, method, most);
    return most;
}

START_TEST(size_factors)
{
    til_table_t golden = { 0 };

    open_set(_i);
    read_golden(&ctx, set, "deseq2/1_sizefactors", &golden);
    double a = compare_factors(&counts, &golden, "median-ratio", "sf_ratio");
    double b = compare_factors(&counts, &golden, "poscounts", "sf_poscounts");
    say_compared(set, "size factors", 2 * counts.n_cols, fmax(a, b));
    til_table_clear(&golden);
    close_set();
}
END_TEST

/* The blind variance stabilising transformation; riaz_paired has no golden of it. */
START_TEST(stabilised)
{
    const til_norm_wishes_t wishes = TIL_NORM_WISHES_INIT;
    til_table_t golden = { 0 };
    til_norm_t norm;
    double most = 0;

    open_set(_i);
    ck_assert_int_eq(til_norm_estimate(&ctx, til_norm_find("median-ratio"), &counts, &norm),
                     TIL_OK);
    ck_assert_msg(til_norm_transform(&ctx, til_norm_find_scale("vst"), &norm, &wishes, &counts) ==
                      TIL_OK,
                  "%s", ctx.message);
    read_golden(&ctx, set, "deseq2/7_vst_sub", &golden);
    size_t *row = match_rows(&ctx, &golden, counts.row_names, counts.n_rows);
    for (size_t s = 0; s < counts.n_cols; s++) {
        const double *want = numbers(&golden, counts.col_names[s]);
        for (size_t i = 0; i < golden.n_rows; i++)
            most = fmax(most, golden_distance(til_matrix_row(&counts, row[i])[s], want[i]));
    }
    ck_assert_msg(most <= TOL_VST, "%s: vst is off by %.2g", set->name, most);
    say_compared(set, "vst", golden.n_rows * counts.n_cols, most);
    free(row);
    til_norm_clear(&norm);
    til_table_clear(&golden);
    close_set();
}
END_TEST

/* Kept sets by design and by group, both equal. `keep` is left as the goldens after it use it. */
static void compare_filters(bool *keep)
{
    til_table_t golden = { 0 };
    bool *by_group = malloc(counts.n_rows * sizeof *by_group);
    size_t *group = malloc(counts.n_cols * sizeof *group), n_kept[2] = { 0, 0 };

    ck_assert(by_group != NULL && group != NULL);
    size_t n_groups = read_groups(&ctx, set, &counts, group);
    ck_assert_int_eq(til_filter_by_design(&ctx, &counts, &design, keep), TIL_OK);
    ck_assert_int_eq(til_filter_by_group(&ctx, &counts, group, n_groups, by_group), TIL_OK);

    read_golden(&ctx, set, "edger/1_filterByExpr", &golden);
    size_t *row = match_rows(&ctx, &golden, counts.row_names, counts.n_rows);
    for (size_t i = 0; i < golden.n_rows; i++) {
        ck_assert_msg(keep[row[i]] == (numbers(&golden, "keep_design")[i] > 0), "%s: %s by design",
                      set->name, counts.row_names[row[i]]);
        ck_assert_msg(by_group[row[i]] == (numbers(&golden, "keep_group")[i] > 0),
                      "%s: %s by group", set->name, counts.row_names[row[i]]);
        n_kept[0] += keep[row[i]];
        n_kept[1] += by_group[row[i]];
    }
    for (size_t g = 0; g < counts.n_rows; g++) {
        n_kept[0] -= keep[g];
        n_kept[1] -= by_group[g];
    }
    ck_assert_msg(n_kept[0] == 0 && n_kept[1] == 0, "%s: keeps a gene without counts", set->name);
    if (design.n_coef > 8) memcpy(keep, by_group, counts.n_rows * sizeof *keep);
    say_compared(set, "expression filters", 2 * golden.n_rows, 0);
    free(row);
    free(group);
    free(by_group);
    til_table_clear(&golden);
}

static void compare_log_counts(til_matrix_t *kept)
{
    const til_norm_wishes_t wishes = TIL_NORM_WISHES_INIT;
    til_table_t golden = { 0 };
    til_norm_t norm;
    double most = 0;

    ck_assert_int_eq(til_norm_estimate(&ctx, til_norm_find("tmm"), kept, &norm), TIL_OK);
    ck_assert_int_eq(til_norm_transform(&ctx, til_norm_find_scale("logcpm"), &norm, &wishes, kept),
                     TIL_OK);
    read_golden(&ctx, set, "edger/2_logcpm_sub", &golden);
    size_t *row = match_rows(&ctx, &golden, kept->row_names, kept->n_rows);
    for (size_t s = 0; s < kept->n_cols; s++) {
        const double *want = numbers(&golden, kept->col_names[s]);
        for (size_t i = 0; i < golden.n_rows; i++)
            most = fmax(most,
                        fabs(til_matrix_row(kept, row[i])[s] - want[i]) / fmax(1, fabs(want[i])));
    }
    ck_assert_msg(most <= TOL_SUM, "%s: log counts are off by %.2g", set->name, most);
    say_compared(set, "log counts", golden.n_rows * kept->n_cols, most);
    free(row);
    til_norm_clear(&norm);
    til_table_clear(&golden);
}

START_TEST(filters_and_norm_factors)
{
    const char *const methods[][2] = { { "tmm", "TMM" },
                                       { "tmmwsp", "TMMwsp" },
                                       { "rle", "RLE" },
                                       { "upper-quartile", "upperquartile" } };
    til_table_t golden = { 0 };
    til_matrix_t kept = { 0 };
    double most = 0;

    open_set(_i);
    bool *keep = malloc(counts.n_rows * sizeof *keep);
    size_t *rows = malloc(counts.n_rows * sizeof *rows), n = 0;
    ck_assert(keep != NULL && rows != NULL);
    compare_filters(keep);
    for (size_t g = 0; g < counts.n_rows; g++)
        if (keep[g]) rows[n++] = g;
    ck_assert_int_eq(til_matrix_select(&ctx, &counts, rows, n, NULL, 0, &kept), TIL_OK);

    read_golden(&ctx, set, "edger/2_normfactors", &golden);
    for (size_t i = 0; i < 4; i++)
        most = fmax(most, compare_factors(&kept, &golden, methods[i][0], methods[i][1]));
    say_compared(set, "norm factors", 4 * kept.n_cols, most);
    compare_log_counts(&kept);

    til_matrix_clear(&kept);
    til_table_clear(&golden);
    free(rows);
    free(keep);
    close_set();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("test_norm");
    TCase *tcase = tcase_create("golden");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, size_factors, 0, N_WITH_KEY);
    tcase_add_loop_test(tcase, filters_and_norm_factors, 0, N_WITH_KEY);
    tcase_add_loop_test(tcase, stabilised, 0, N_WITH_VST);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
