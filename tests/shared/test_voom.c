/* test_voom.c -- the voom engine on the real data sets against limma 3.54.1: log counts, weights,
 * trend, moderated t (plain, trend, robust, both), treat, contrasts, F. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/de.h>

#include "datasets.h"
#include "de/limma.h"
#include "norm/filter_expr.h"
#include "glm/voom.h"
#include "support/runner.h"

#define TOL_LOG_COUNTS 1e-10 /* log counts near zero lose digits in the golden's text */
#define TOL_BLOCKS     1e-8
#define TOL_TEST       1e-8 /* t relative; p on its logarithm                        */

static til_ctx_t ctx;
static const dataset_t *set;
static til_matrix_t counts;
static til_design_t design;
static size_t *group;
static til_de_input_t input;

static void open_set(int i)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    set = &datasets[i];
    read_dataset(&ctx, set, &counts, &design);
    group = malloc(counts.n_cols * sizeof *group);
    ck_assert_ptr_nonnull(group);
    read_groups(&ctx, set, &counts, group);
    input = (til_de_input_t)TIL_DE_INPUT_INIT;
    input.counts = &counts;
    input.design = &design;
    input.filter_groups = design.n_coef > 8 ? group : NULL;
}

static void close_set(void)
{
    free(group);
    til_matrix_clear(&counts);
    free_design(&design);
}

static size_t coefficient(const char *name)
{
    for (size_t j = 0; j < design.n_coef; j++)
        if (strcmp(design.coef_names[j], name) == 0) return j;
    ck_abort_msg("%s: no coefficient %s", set->name, name);
    return 0;
}

/* p-values on the log scale, others relative */
static double distance(double got, double want, bool is_p)
{
    if (!is_p) return golden_distance(got, want);
    if (want == 0 || got == 0) return got == want ? 0 : INFINITY;
    return fabs(log(got) - log(want)) / fmax(1, fabs(log(want)));
}

/* Column `mine` of the table against column `theirs` of the golden, matched by gene. */
static void compare_within(const til_table_t *got, const char *mine, const til_table_t *golden,
                           const char *theirs, double tolerance)
{
    const double *a = numbers(got, mine), *b = numbers(golden, theirs);
    bool is_p = strncmp(mine, "p", 1) == 0;
    size_t *row = match_rows(&ctx, golden, got->columns[0].text, got->n_rows);
    double most = 0;

    for (size_t i = 0; i < golden->n_rows; i++) most = fmax(most, distance(a[row[i]], b[i], is_p));
    free(row);
    ck_assert_msg(most <= tolerance, "%s: %s is off by %.2g", set->name, theirs, most);
    say_compared(set, theirs, golden->n_rows, most);
}

static void compare(const til_table_t *got, const char *mine, const til_table_t *golden,
                    const char *theirs)
{
    compare_within(got, mine, golden, theirs, TOL_TEST);
}

static void compare_matrix(const til_moderated_run_t *run, const double *got, const char *file,
                           double tolerance)
{
    til_table_t golden = { 0 };
    double most = 0;

    read_golden(&ctx, set, file, &golden);
    size_t *row = match_rows(&ctx, &golden, run->counts.row_names, run->counts.n_rows);
    for (size_t s = 0; s < counts.n_cols; s++) {
        const double *want = numbers(&golden, counts.col_names[s]);
        for (size_t i = 0; i < golden.n_rows; i++)
            most = fmax(most, golden_distance(got[row[i] * counts.n_cols + s], want[i]));
    }
    ck_assert_msg(most <= tolerance, "%s: %s is off by %.2g", set->name, file, most);
    say_compared(set, file, golden.n_rows * counts.n_cols, most);
    free(row);
    til_table_clear(&golden);
}

START_TEST(weights)
{
    til_moderated_run_t run;
    til_voom_t voom;

    open_set(_i);
    ck_assert_msg(til_moderated_run_init(&ctx, &input, &run) == TIL_OK, "%s", ctx.message);
    ck_assert_int_eq(til_voom(&ctx, &run.counts, run.effective, &run.model, NULL, NULL, &voom),
                     TIL_OK);
    compare_matrix(&run, voom.e, "limma/1_voom_E_300", TOL_LOG_COUNTS);
    compare_matrix(&run, voom.weights, "limma/1_voom_weights_300", TOL_TEST);
    til_voom_clear(&voom);
    til_moderated_run_clear(&run);
    close_set();
}
END_TEST

static void test_key_by(const char *method, bool trend, bool robust, double threshold,
                        til_de_result_t *result)
{
    double *unit = calloc(design.n_coef, sizeof *unit);
    char id[] = "key";
    til_contrast_t contrast = { .id = id, .text = id, .weights = unit };

    ck_assert_ptr_nonnull(unit);
    unit[coefficient(set->key)] = 1;
    input.contrasts = &contrast;
    input.n_contrasts = 1;
    input.ebayes_trend = trend;
    input.ebayes_robust = robust;
    input.lfc_threshold = threshold;
    input.tests_only = true;
    ck_assert_msg(til_de_run(&ctx, til_de_find(method), &input, result) == TIL_OK, "%s",
                  ctx.message);
    free(unit);
}

static void test_key(bool trend, bool robust, double threshold, til_de_result_t *result)
{
    test_key_by("voom", trend, robust, threshold, result);
}

/* One other engine against its golden of `file`. */
static void compare_engine(const char *method, bool robust, const char *file)
{
    static const char *const columns[][2] = { { "log2FoldChange", "logFC" },
                                              { "AveExpr", "AveExpr" },
                                              { "stat", "t" },
                                              { "pvalue", "p" },
                                              { "padj", "adj" },
                                              { "B", "B" } };
    til_de_result_t result;
    til_table_t golden = { 0 };

    read_golden(&ctx, set, file, &golden);
    test_key_by(method, false, robust, 0, &result);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        compare(&result.contrasts[0], columns[i][0], &golden, columns[i][1]);
    til_de_result_clear(&result);
    til_table_clear(&golden);
}

START_TEST(limma_trend)
{
    open_set(_i);
    compare_engine("limma-trend", true, "limma/4_limmatrend_results");
    close_set();
}
END_TEST

START_TEST(quality_weights)
{
    open_set(_i);
    compare_engine("voom-qw", false, "limma/3_qw_results");
    close_set();
}
END_TEST

/* Patients as blocks: the correlation is estimated twice. */
START_TEST(correlated_blocks)
{
    static const int with_blocks[] = { 0, 3, 4 };
    til_table_t golden = { 0 }, block = { 0 };
    til_de_result_t result;
    til_design_t blocked = { 0 };
    char path[1200], id[] = "last";
    til_contrast_t contrast = { .id = id, .text = id };
    til_names_t *names = til_names_new();

    open_set(with_blocks[_i]);
    shared_path("golden/de/out/%s/%s.tsv.gz", set->name, "limma/5_dupcor_design", path,
                sizeof path);
    read_design(&ctx, path, &blocked);
    read_golden(&ctx, set, "limma/5_dupcor_block", &block);
    size_t *number = malloc(counts.n_cols * sizeof *number);
    contrast.weights = calloc(blocked.n_coef, sizeof *contrast.weights);
    ck_assert(number != NULL && contrast.weights != NULL);
    for (size_t s = 0; s < counts.n_cols; s++)
        number[s] = (size_t)til_names_add(names, block.columns[1].text[s], NULL);
    contrast.weights[blocked.n_coef - 1] = 1;
    /* the golden's genes were filtered by the first design of the set */
    bool *keep = malloc(counts.n_rows * sizeof *keep);
    size_t *rows = malloc(counts.n_rows * sizeof *rows), n = 0, n_groups = 0;
    til_matrix_t kept = { 0 };
    ck_assert(keep != NULL && rows != NULL);
    for (size_t s = 0; s < counts.n_cols; s++)
        n_groups = group[s] >= n_groups ? group[s] + 1 : n_groups;
    ck_assert_int_eq(input.filter_groups != NULL
                         ? til_filter_by_group(&ctx, &counts, group, n_groups, keep)
                         : til_filter_by_design(&ctx, &counts, &design, keep),
                     TIL_OK);
    for (size_t g = 0; g < counts.n_rows; g++)
        if (keep[g]) rows[n++] = g;
    ck_assert_int_eq(til_matrix_select(&ctx, &counts, rows, n, NULL, 0, &kept), TIL_OK);

    input.counts = &kept;
    input.design = &blocked;
    input.filter = TIL_DE_FILTER_NONE;
    input.block = number;
    input.n_blocks = til_names_count(names);
    input.contrasts = &contrast;
    input.n_contrasts = 1;
    input.tests_only = true;
    ck_assert_msg(til_de_run(&ctx, til_de_find("voom"), &input, &result) == TIL_OK, "%s",
                  ctx.message);
    read_golden(&ctx, set, "limma/5_dupcor_results", &golden);
    const char *const columns[][2] = { { "log2FoldChange", "logFC" },
                                       { "AveExpr", "AveExpr" },
                                       { "stat", "t" },
                                       { "pvalue", "p" },
                                       { "B", "B" } };
    for (size_t i = 0; i < 5; i++)
        compare_within(&result.contrasts[0], columns[i][0], &golden, columns[i][1], TOL_BLOCKS);

    til_de_result_clear(&result);
    til_table_clear(&golden);
    til_table_clear(&block);
    til_matrix_clear(&kept);
    free(rows);
    free(keep);
    free(number);
    free(contrast.weights);
    til_names_free(names);
    free_design(&blocked);
    close_set();
}
END_TEST

START_TEST(moderated_tests)
{
    til_table_t golden = { 0 }, all = { 0 };
    til_de_result_t result;

    open_set(_i);
    read_golden(&ctx, set, "limma/2_results", &golden);
    read_golden(&ctx, set, "limma/2_voom_allgenes", &all);
    test_key(false, false, 0, &result);
    const char *const plain[][2] = { { "log2FoldChange", "logFC" },
                                     { "stat", "t" },
                                     { "pvalue", "p" } };
    for (size_t i = 0; i < 3; i++) compare(&result.contrasts[0], plain[i][0], &all, plain[i][1]);
    compare(&result.contrasts[0], "padj", &golden, "adj");
    compare(&result.contrasts[0], "AveExpr", &golden, "AveExpr");
    compare(&result.contrasts[0], "B", &golden, "B");
    compare(&result.dispersions, "sigma", &golden, "sigma");
    compare(&result.dispersions, "s2_post", &golden, "s2.post");
    til_de_result_clear(&result);

    test_key(true, false, 0, &result);
    compare(&result.contrasts[0], "stat", &golden, "trend_t");
    compare(&result.contrasts[0], "pvalue", &golden, "trend_p");
    compare(&result.dispersions, "s2_prior", &golden, "trend_s2prior");
    til_de_result_clear(&result);

    test_key(false, true, 0, &result);
    compare(&result.contrasts[0], "stat", &golden, "robust_t");
    compare(&result.contrasts[0], "pvalue", &golden, "robust_p");
    compare(&result.dispersions, "df_prior", &golden, "robust_dfprior");
    til_de_result_clear(&result);

    test_key(true, true, 0, &result);
    compare(&result.contrasts[0], "pvalue", &golden, "trendrobust_p");
    til_de_result_clear(&result);

    test_key(false, false, log2(1.5), &result);
    compare(&result.contrasts[0], "stat", &golden, "treat_t");
    compare(&result.contrasts[0], "pvalue", &golden, "treat_p");
    til_de_result_clear(&result);

    til_table_clear(&all);
    til_table_clear(&golden);
    close_set();
}
END_TEST

/* Patients nested in arms, a change in each arm, their difference, and any change at all. */
START_TEST(nested_contrasts)
{
    static const char *const ids[] = { "on_in_NAIVE", "on_in_PROG", "difference" };
    til_contrast_t contrasts[3] = { { 0 } };
    til_de_result_t result;
    til_table_t golden = { 0 };
    char file[64];

    open_set(N_DATASETS - 1);
    for (size_t i = 0; i < 3; i++) {
        contrasts[i].id = contrasts[i].text = strdup(ids[i]);
        contrasts[i].weights = calloc(design.n_coef, sizeof(double));
        ck_assert_ptr_nonnull(contrasts[i].weights);
    }
    size_t naive = coefficient("cohortNAIVE.timepointon"),
           prog = coefficient("cohortPROG.timepointon");
    contrasts[0].weights[naive] = contrasts[1].weights[prog] = contrasts[2].weights[prog] = 1;
    contrasts[2].weights[naive] = -1;
    input.contrasts = contrasts;
    input.n_contrasts = 3;
    input.tests_only = true;
    ck_assert_msg(til_de_run(&ctx, til_de_find("voom"), &input, &result) == TIL_OK, "%s",
                  ctx.message);

    for (size_t i = 0; i < 3; i++) {
        snprintf(file, sizeof file, "limma/2_voom_%s", ids[i]);
        read_golden(&ctx, set, file, &golden);
        compare(&result.contrasts[i], "log2FoldChange", &golden, "logFC");
        compare(&result.contrasts[i], "stat", &golden, "t");
        compare(&result.contrasts[i], "pvalue", &golden, "p");
        til_table_clear(&golden);
    }
    read_golden(&ctx, set, "limma/2_voom_F_any_change", &golden);
    compare(&result.joint, "F", &golden, "F");
    compare(&result.joint, "pvalue", &golden, "p");
    til_table_clear(&golden);

    til_de_result_clear(&result);
    for (size_t i = 0; i < 3; i++) {
        free(contrasts[i].id);
        free(contrasts[i].weights);
    }
    close_set();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("test_voom");
    TCase *tcase = tcase_create("golden");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, weights, 0, N_WITH_KEY);
    tcase_add_loop_test(tcase, moderated_tests, 0, N_WITH_KEY);
    tcase_add_loop_test(tcase, limma_trend, 0, N_WITH_KEY);
    tcase_add_loop_test(tcase, quality_weights, 0, N_WITH_KEY);
    tcase_add_loop_test(tcase, correlated_blocks, 0, 3);
    tcase_add_test(tcase, nested_contrasts);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
