/* test_de_methods.c -- every engine of `tilseq de` against R on simulated counts and three designs:
 * groups, pairs, an ill-conditioned covariate; two contrasts each, one over several coefficients.
 * Loops over the table of engines (_i is the row): a new engine is tested without a new line here,
 * and fails without its file in tests/golden/engines (make_engines.R). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/de.h>

#include "support/runner.h"
#include "support/tables.h"

/* Limits on |log p| differences and on relative differences of all else. The deseq2 engine follows
 * iterations that stop on their own; of its genes a few may stop elsewhere. */
#define TOL_LINEAR     1e-8
#define TOL_DESEQ2     1e-5
#define STOP_ELSEWHERE 0.01
#define TOL_STOPPED    2e-3 /* fold changes near 0 move most with the search for the dispersion */
#define TOL_MOMENTS    5e-3

enum { N_DESIGNS = 3, N_CONTRASTS = 2 };
static const char *const designs[N_DESIGNS] = { "groups", "paired", "covariate" };

static til_ctx_t ctx;
static til_matrix_t counts;
static til_design_t design[N_DESIGNS];
static til_contrast_t contrasts[N_DESIGNS][N_CONTRASTS];

static void read_contrasts(const char *name, til_contrast_t *out)
{
    char file[64];
    til_table_t table = { 0 };

    snprintf(file, sizeof file, "engines/contrasts_%s.tsv", name);
    read_table(&ctx, file, &table);
    for (size_t i = 0; i < N_CONTRASTS; i++) {
        const char *id = table.columns[i + 1].name;
        out[i].id = strdup(id);
        out[i].text = strdup(id);
        out[i].weights = malloc(table.n_rows * sizeof(double));
        ck_assert(out[i].id != NULL && out[i].text != NULL && out[i].weights != NULL);
        memcpy(out[i].weights, numbers(&table, id), table.n_rows * sizeof(double));
    }
    til_table_clear(&table);
}

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    read_matrix(&ctx, "engines/counts.tsv", TIL_VALUES_WHOLE, &counts);
    for (int d = 0; d < N_DESIGNS; d++) {
        char file[64];
        snprintf(file, sizeof file, "engines/design_%s.tsv", designs[d]);
        read_design(&ctx, file, &design[d]);
        read_contrasts(designs[d], contrasts[d]);
    }
}

static void teardown(void)
{
    til_matrix_clear(&counts);
    for (int d = 0; d < N_DESIGNS; d++) {
        free_design(&design[d]);
        for (int i = 0; i < N_CONTRASTS; i++) {
            free(contrasts[d][i].id);
            free(contrasts[d][i].text);
            free(contrasts[d][i].weights);
        }
    }
}

static til_de_input_t input_of(int d)
{
    til_de_input_t input = TIL_DE_INPUT_INIT;
    input.counts = &counts;
    input.design = &design[d];
    input.contrasts = contrasts[d];
    input.n_contrasts = N_CONTRASTS;
    return input;
}

static void run(const til_de_method_t *method, const til_de_input_t *input, til_de_result_t *result)
{
    ck_assert_msg(til_de_run(&ctx, method, input, result) == TIL_OK, "%s: %s", method->name,
                  ctx.message);
}

static double distance(double got, double want, bool is_p)
{
    if (isnan(want) || isnan(got) || !is_p) return golden_distance(got, want);
    return fabs(log(got) - log(want)) / (1 + fabs(log(want)));
}

/* Column `mine` of `got` against the golden column TAG_NAME; how many of the genes are off. */
static void compare(const til_table_t *got, const char *mine, const til_table_t *golden,
                    const char *tag, const char *theirs, double tolerance, double allowed)
{
    char column[64];
    size_t n_off = 0, worst = 0;
    bool is_p = mine[0] == 'p';

    snprintf(column, sizeof column, "%s_%s", tag, theirs);
    const double *a = numbers(got, mine), *b = numbers(golden, column);
    ck_assert_uint_eq(got->n_rows, golden->n_rows);
    for (size_t g = 0; g < got->n_rows; g++) {
        if (distance(a[g], b[g], is_p) <= tolerance) continue;
        if (n_off++ == 0 || distance(a[g], b[g], is_p) > distance(a[worst], b[worst], is_p))
            worst = g;
    }
    ck_assert_msg((double)n_off <= allowed * (double)got->n_rows,
                  "%s: %zu genes are off; %s: got %.17g, want %.17g", column, n_off,
                  got->columns[0].text[worst], a[worst], b[worst]);
}

static void compare_contrasts(const til_de_result_t *result, const til_table_t *golden,
                              const char *tag, const char *const (*columns)[2], size_t n_columns,
                              double tolerance, double allowed)
{
    for (int i = 0; i < N_CONTRASTS; i++)
        for (size_t k = 0; k < n_columns; k++) {
            char theirs[32];
            snprintf(theirs, sizeof theirs, "%s%d", columns[k][1], i + 1);
            compare(&result->contrasts[i], columns[k][0], golden, tag, theirs, tolerance, allowed);
        }
}

static void check_deseq2(const til_de_method_t *method, const til_table_t *golden)
{
    static const char *const columns[][2] = {
        { "baseMean", "baseMean" }, { "log2FoldChange", "log2FoldChange" },
        { "lfcSE", "lfcSE" },       { "stat", "stat" },
        { "pvalue", "pvalue" },     { "padj", "padj" }
    };
    /* not the covariate: years that are not centred push DESeq2's own fits to the bounds of optim()
     */
    for (int d = 0; d < 2; d++) {
        til_de_input_t input = input_of(d);
        til_de_result_t result;
        run(method, &input, &result);
        compare_contrasts(&result, golden, designs[d], columns, 6, TOL_DESEQ2, STOP_ELSEWHERE);
        til_de_result_clear(&result);
    }
}

/* Plain, with a trend, robust, both; F over the contrasts; treat. */
static void check_linear(const til_de_method_t *method, const til_table_t *golden)
{
    static const char *const columns[][2] = { { "lfcSE", "se" }, { "pvalue", "p" }, { "B", "B" } };
    static const char *const lfc[][2] = { { "log2FoldChange", "lfc" } };
    static const char *const joint[][2] = { { "F", "F" }, { "pvalue", "Fp" } };
    bool always_trend = strcmp(method->name, "limma-trend") == 0;

    for (int d = 0; d < N_DESIGNS; d++)
        for (int how = 0; how < 4; how++) {
            til_de_input_t input = input_of(d);
            til_de_result_t result;
            char tag[32];
            input.ebayes_trend = how & 1;
            input.ebayes_robust = how & 2;
            if (always_trend && !input.ebayes_trend) continue;
            snprintf(tag, sizeof tag, "%s%s%s", designs[d], how & 1 ? "T" : "", how & 2 ? "R" : "");
            run(method, &input, &result);
            compare_contrasts(&result, golden, tag, columns, 3, TOL_LINEAR, 0);
            if (how == 0) compare_contrasts(&result, golden, tag, lfc, 1, TOL_LINEAR, 0);
            for (size_t k = 0; k < 2; k++)
                compare(&result.joint, joint[k][0], golden, tag, joint[k][1], TOL_LINEAR, 0);
            til_de_result_clear(&result);
            if (how != 0) continue;

            input.lfc_threshold = 0.7;
            run(method, &input, &result);
            compare(&result.contrasts[0], "stat", golden, tag, "treat_t1", TOL_LINEAR, 0);
            compare(&result.contrasts[0], "pvalue", golden, tag, "treat_p1", TOL_LINEAR, 0);
            ck_assert_ptr_null(til_table_column(&result.contrasts[0], "B"));
            til_de_result_clear(&result);
        }
}

/* edgeR's moments of small counts are approximations, ours are not: spreads and F differ with them.
 */
static void check_edger(const til_de_method_t *method, const til_table_t *golden)
{
    for (int d = 0; d < N_DESIGNS; d++)
        for (int robust = 0; robust < 2; robust++) {
            til_de_input_t input = input_of(d);
            til_de_result_t result;
            char tag[32];
            input.ebayes_robust = robust == 1;
            snprintf(tag, sizeof tag, "%s%s", designs[d], robust == 1 ? "R" : "");
            run(method, &input, &result);
            const til_table_t *spread = &result.dispersions;
            compare(spread, "logCPM", golden, tag, "logCPM", TOL_LINEAR, 0);
            compare(spread, "df_residual", golden, tag, "df", TOL_MOMENTS, 0);
            compare(spread, "s2", golden, tag, "s2", TOL_MOMENTS, 0);
            compare(spread, "s2_prior", golden, tag, "s2_prior", TOL_MOMENTS, 0);
            compare(spread, "s2_post", golden, tag, "s2_post", TOL_MOMENTS, 0);
            for (int i = 0; i < N_CONTRASTS; i++) {
                const char *const columns[][2] = {
                    { "log2FoldChange", "lfc" }, { "F", "F" }, { "pvalue", "p" }, { "df", "df" }
                };
                for (size_t k = 0; k < 4; k++) {
                    char theirs[16];
                    snprintf(theirs, sizeof theirs, "%s%d", columns[k][1], i + 1);
                    compare(&result.contrasts[i], columns[k][0], golden, tag, theirs,
                            k == 0 ? TOL_STOPPED : TOL_MOMENTS, 0);
                }
            }
            compare(&result.joint, "F", golden, tag, "F", TOL_MOMENTS, 0);
            compare(&result.joint, "pvalue", golden, tag, "Fp", TOL_MOMENTS, 0);
            til_de_result_clear(&result);
        }
}

START_TEST(method_agrees_with_golden)
{
    const til_de_method_t *method = til_de_methods[_i];
    til_table_t golden = { 0 };
    char file[64];

    snprintf(file, sizeof file, "engines/%s.tsv", method->name);
    read_table(&ctx, file, &golden);
    if (strcmp(method->name, "deseq2") == 0) check_deseq2(method, &golden);
    else if (strcmp(method->name, "edger-ql") == 0) check_edger(method, &golden);
    else check_linear(method, &golden);
    til_table_clear(&golden);
}
END_TEST

START_TEST(blocks_agree_with_golden)
{
    static const size_t block[] = { 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5 };
    static const char *const columns[][2] = {
        { "log2FoldChange", "lfc" }, { "lfcSE", "se" }, { "pvalue", "p" }, { "B", "B" }
    };
    til_de_input_t input = input_of(0);
    til_de_result_t result;
    til_table_t golden = { 0 };

    read_table(&ctx, "engines/voom_block.tsv", &golden);
    input.block = block;
    input.n_blocks = 6;
    run(til_de_find("voom"), &input, &result);
    compare_contrasts(&result, &golden, "groups", columns, 4, TOL_LINEAR, 0);
    compare(&result.joint, "F", &golden, "groups", "F", TOL_LINEAR, 0);
    til_de_result_clear(&result);
    til_table_clear(&golden);
}
END_TEST

/* Blocks that are single samples, or that the design holds already, change nothing and say so. */
START_TEST(blocks_without_meaning_are_left_out)
{
    static const size_t single[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    static const size_t patient[] = { 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5 };

    for (int d = 0; d < 2; d++) {
        til_de_input_t input = input_of(d);
        til_de_result_t with, without;
        run(til_de_find("voom"), &input, &without);
        input.block = d == 0 ? single : patient;
        input.n_blocks = d == 0 ? 12 : 6;
        run(til_de_find("voom"), &input, &with);
        ck_assert_mem_eq(numbers(&with.contrasts[0], "pvalue"),
                         numbers(&without.contrasts[0], "pvalue"), counts.n_rows * sizeof(double));
        til_de_result_clear(&with);
        til_de_result_clear(&without);
    }
}
END_TEST

START_TEST(threads_change_no_bit)
{
    til_de_input_t input = input_of(1);
    til_de_result_t one, four;

    run(til_de_methods[_i], &input, &one);
    ctx.n_threads = 4;
    run(til_de_methods[_i], &input, &four);
    for (int i = 0; i < N_CONTRASTS; i++)
        for (size_t j = 0; j < one.contrasts[i].n_cols; j++)
            if (one.contrasts[i].columns[j].type == TIL_COLUMN_NUMBER)
                ck_assert_mem_eq(one.contrasts[i].columns[j].number,
                                 four.contrasts[i].columns[j].number,
                                 counts.n_rows * sizeof(double));
    til_de_result_clear(&one);
    til_de_result_clear(&four);
}
END_TEST

/* No NA without a word, and a word for every gene. */
START_TEST(every_missing_value_has_a_reason)
{
    til_de_input_t input = input_of(0);
    til_de_result_t result;

    run(til_de_methods[_i], &input, &result);
    const til_table_t *table = &result.contrasts[0];
    const til_column_t *status = til_table_column(table, "status");
    ck_assert_ptr_nonnull(status);
    for (size_t g = 0; g < table->n_rows; g++) {
        ck_assert_ptr_nonnull(status->text[g]);
        if (isnan(numbers(table, "pvalue")[g]) || isnan(numbers(table, "log2FoldChange")[g]))
            ck_assert_str_ne(status->text[g], "ok");
        if (g >= 230 && g < 236) ck_assert_str_eq(status->text[g], "all_zero");
    }
    til_de_result_clear(&result);
}
END_TEST

/* Copies of one sample leave nothing to estimate a spread from: no crash, no number that is none.
 */
START_TEST(copies_of_one_sample_are_survived)
{
    til_de_input_t input = input_of(0);
    til_de_result_t result;

    for (size_t g = 0; g < counts.n_rows; g++)
        for (size_t s = 1; s < counts.n_cols; s++)
            til_matrix_row(&counts, g)[s] = til_matrix_row(&counts, g)[0];
    if (til_de_run(&ctx, til_de_methods[_i], &input, &result) != TIL_OK) {
        ck_assert_str_ne(ctx.message, "");
        return;
    }
    for (size_t g = 0; g < counts.n_rows; g++) {
        double p = numbers(&result.contrasts[0], "pvalue")[g];
        ck_assert_msg(isnan(p) || p > 0.9, "%s: %s has p %g", til_de_methods[_i]->name,
                      counts.row_names[g], p);
    }
    til_de_result_clear(&result);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("de_methods");
    TCase *tcase = tcase_create("engines");
    int n = 0;

    while (til_de_methods[n] != NULL) n++;
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, method_agrees_with_golden, 0, n);
    tcase_add_test(tcase, blocks_agree_with_golden);
    tcase_add_test(tcase, blocks_without_meaning_are_left_out);
    tcase_add_loop_test(tcase, threads_change_no_bit, 0, n);
    tcase_add_loop_test(tcase, every_missing_value_has_a_reason, 0, n);
    tcase_add_loop_test(tcase, copies_of_one_sample_are_survived, 0, n);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
