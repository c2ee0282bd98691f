/* law_de.c -- what every engine of tilseq de must obey on counts nobody has seen: loops over the
 * table of methods (_i is the row). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <math.h>
#include <string.h>
#include <tilseq/de.h>

#include "base/rng.h"
#include "de/null_check.h"
#include "support/golden.h"
#include "support/runner.h"

enum { N_GENES = 400, PLANTED = 20, N_PATIENTS = 8, N_SAMPLES = 2 * N_PATIENTS };

#define TOL_PATH                                                                                   \
    1e-2 /* a dispersion search may stop a step apart when sums are taken in another order */

#define TOL_UNIT 1e-6 /* of a covariate written in other units */

static til_ctx_t ctx = TIL_CTX_INIT;
static char coef_name[] = "x";

/* Pairs of a patient's two samples; the first PLANTED genes change with time. */
static void simulate(uint64_t seed, double effect, til_matrix_t *out)
{
    til_rng_t rng = til_rng_stream(seed, 2, 0, 0);

    ck_assert_int_eq(til_matrix_init(&ctx, N_GENES, N_SAMPLES, out), TIL_OK);
    for (size_t g = 0; g < N_GENES; g++) {
        double mean = exp(2 + 6 * til_rng_uniform(&rng)), size = 5;
        char name[16];
        snprintf(name, sizeof name, "g%zu", g);
        ck_assert_int_eq(til_matrix_set_row_name(&ctx, out, g, name), TIL_OK);
        for (size_t s = 0; s < N_SAMPLES; s++) {
            double mu = mean * (s % 2 == 1 && g < PLANTED ? effect : 1) *
                        (1 + 0.1 * (double)(s / 2));
            til_matrix_row(out, g)[s] = til_rng_poisson(&rng,
                                                        mu * til_rng_gamma(&rng, size) / size);
        }
    }
    for (size_t s = 0; s < N_SAMPLES; s++) {
        char name[16];
        snprintf(name, sizeof name, "s%zu", s);
        ck_assert_int_eq(til_matrix_set_col_name(&ctx, out, s, name), TIL_OK);
    }
}

/* ~ time, or ~ patient + time; `flip` takes the other time as reference. */
static void make_design(const til_matrix_t *counts, bool paired, bool flip, const size_t *order,
                        til_design_t *out)
{
    size_t p = paired ? N_PATIENTS + 1 : 2;

    ck_assert_int_eq(til_design_init(&ctx, N_SAMPLES, p, out), TIL_OK);
    for (size_t j = 0; j < p; j++) out->coef_names[j] = coef_name;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        size_t s = order == NULL ? i : order[i];
        out->samples[i] = counts->col_names[i];
        out->x[i] = 1;
        for (size_t k = 1; paired && k < N_PATIENTS; k++) out->x[i + k * N_SAMPLES] = s / 2 == k;
        out->x[i + (p - 1) * N_SAMPLES] = flip ? s % 2 == 0 : s % 2 == 1;
    }
}

static void run(int method, const til_matrix_t *counts, bool paired, bool flip, const size_t *order,
                til_de_result_t *result)
{
    til_design_t design = { 0 };
    til_de_input_t input = TIL_DE_INPUT_INIT;
    double weights[N_PATIENTS + 1] = { 0 };
    til_contrast_t contrast = { .id = "key", .text = "key", .weights = weights };

    make_design(counts, paired, flip, order, &design);
    weights[design.n_coef - 1] = 1;
    input.counts = counts;
    input.design = &design;
    input.contrasts = &contrast;
    input.n_contrasts = 1;
    ck_assert_msg(til_de_run(&ctx, til_de_methods[method], &input, result) == TIL_OK, "%s",
                  ctx.message);
    til_design_clear(&design);
}

static const double *column(const til_de_result_t *result, const char *name)
{
    return til_table_column(&result->contrasts[0], name)->number;
}

static double log_p(double p) { return p > 0 ? log10(p) : -400; }

/* Same estimate up to `sign`, same error and p. */
static void compare(int method, const til_de_result_t *a, const til_de_result_t *b,
                    const size_t *rows, double sign, double tolerance)
{
    for (size_t g = 0; g < N_GENES; g++) {
        size_t r = rows == NULL ? g : rows[g];
        double lfc = column(a, "log2FoldChange")[r], got = column(b, "log2FoldChange")[g];
        double p = column(a, "pvalue")[r], q = column(b, "pvalue")[g];
        const char *name = til_de_methods[method]->name;
        ck_assert_msg(isnan(lfc) == isnan(got), "%s gene %zu: %g, %g", name, g, lfc, got);
        ck_assert_msg(isnan(p) == isnan(q), "%s gene %zu: p %g, %g", name, g, p, q);
        if (!isnan(lfc))
            ck_assert_msg(fabs(sign * lfc - got) <= tolerance * (0.1 + fabs(lfc)),
                          "%s gene %zu: %.9g, %.9g", name, g, lfc, got);
        if (!isnan(p))
            ck_assert_msg(fabs(log_p(p) - log_p(q)) <= tolerance * (1 - log_p(p)),
                          "%s gene %zu: p %.9g, %.9g", name, g, p, q);
    }
}

START_TEST(swapped_arms_swap_the_sign)
{
    for (int paired = 0; paired < 2; paired++) {
        til_matrix_t m;
        til_de_result_t a, b;
        simulate(11, 3, &m);
        run(_i, &m, paired != 0, false, NULL, &a);
        run(_i, &m, paired != 0, true, NULL, &b);
        compare(_i, &a, &b, NULL, -1, TOL_PATH);
        til_de_result_clear(&a);
        til_de_result_clear(&b);
        til_matrix_clear(&m);
    }
}
END_TEST

/* limma's arrayWeights() goes through the genes in turn: its answer depends on their order. */
static bool minds_gene_order(int method)
{
    return strcmp(til_de_methods[method]->name, "voom-qw") == 0;
}

START_TEST(permuted_genes_and_samples_change_nothing)
{
    til_matrix_t m, permuted;
    til_de_result_t a, b;
    size_t rows[N_GENES], cols[N_SAMPLES];

    simulate(12, 3, &m);
    for (size_t g = 0; g < N_GENES; g++) rows[g] = minds_gene_order(_i) ? g : (g * 7 + 3) % N_GENES;
    for (size_t s = 0; s < N_SAMPLES; s++) cols[s] = (s * 5 + 1) % N_SAMPLES;
    ck_assert_int_eq(til_matrix_select(&ctx, &m, rows, N_GENES, cols, N_SAMPLES, &permuted),
                     TIL_OK);
    run(_i, &m, true, false, NULL, &a);
    run(_i, &permuted, true, false, cols, &b);
    compare(_i, &a, &b, rows, 1, TOL_PATH);
    til_de_result_clear(&a);
    til_de_result_clear(&b);
    til_matrix_clear(&permuted);
    til_matrix_clear(&m);
}
END_TEST

START_TEST(threads_change_no_bit)
{
    til_matrix_t m;
    til_de_result_t a, b;

    simulate(13, 3, &m);
    ctx.n_threads = 1;
    run(_i, &m, true, false, NULL, &a);
    ctx.n_threads = 4;
    run(_i, &m, true, false, NULL, &b);
    ctx.n_threads = 1;
    for (size_t c = 0; c < a.contrasts[0].n_cols; c++)
        if (a.contrasts[0].columns[c].type == TIL_COLUMN_NUMBER)
            ck_assert_mem_eq(a.contrasts[0].columns[c].number, b.contrasts[0].columns[c].number,
                             N_GENES * sizeof(double));
    ck_assert_mem_eq(a.expression.x, b.expression.x, N_GENES * N_SAMPLES * sizeof(double));
    til_de_result_clear(&a);
    til_de_result_clear(&b);
    til_matrix_clear(&m);
}
END_TEST

START_TEST(planted_genes_are_found_and_few_others)
{
    til_matrix_t m;
    til_de_result_t result;
    size_t n_found = 0, n_false = 0;

    simulate(14, 4, &m);
    run(_i, &m, true, false, NULL, &result);
    for (size_t g = 0; g < N_GENES; g++) {
        bool called = column(&result, "padj")[g] < 0.1;
        n_found += called && g < PLANTED;
        n_false += called && g >= PLANTED;
    }
    ck_assert_uint_ge(n_found, 16);
    ck_assert_uint_le(n_false, 6);
    til_de_result_clear(&result);
    til_matrix_clear(&m);
}
END_TEST

START_TEST(permuted_labels_call_little)
{
    til_matrix_t m;
    til_design_t design = { 0 };
    til_de_input_t input = TIL_DE_INPUT_INIT;
    double weights[N_PATIENTS + 1] = { [N_PATIENTS] = 1 };
    til_contrast_t contrast = { .id = "key", .text = "key", .weights = weights };
    til_null_round_t null, first = { 0 }, again;
    til_null_count_t drawn;
    size_t total = 0;

    simulate(15, 1, &m);
    make_design(&m, true, false, NULL, &design);
    input.counts = &m;
    input.design = &design;
    input.contrasts = &contrast;
    input.n_contrasts = 1;
    ck_assert_int_eq(til_de_null_count(&ctx, &input, 0, 5, &drawn), TIL_OK);
    ck_assert(!drawn.is_listed);
    ck_assert_double_eq(drawn.n_all, 1 << N_PATIENTS); /* each pair one way or the other */
    for (uint64_t round = 0; round < 5; round++) {
        ck_assert_msg(til_de_null_round(&ctx, til_de_methods[_i], &input, 0, 1, &drawn, round,
                                        &null) == TIL_OK,
                      "%s", ctx.message);
        ck_assert_double_le(null.share_small, 0.15);
        total += null.n_called;
        if (round == 3) first = null;
    }
    ck_assert_uint_le(total, 5 * N_GENES / 20);
    ck_assert_int_eq(til_de_null_round(&ctx, til_de_methods[_i], &input, 0, 1, &drawn, 3, &again),
                     TIL_OK);
    ck_assert_uint_eq(first.n_called, again.n_called);
    ck_assert(!(first.share_small < again.share_small) && !(first.share_small > again.share_small));
    til_design_clear(&design);
    til_matrix_clear(&m);
}
END_TEST

START_TEST(what_a_method_does_not_know_is_refused)
{
    til_matrix_t m;
    til_design_t design = { 0 };
    til_de_result_t result;
    til_de_input_t input = TIL_DE_INPUT_INIT;
    const til_de_method_t *method = til_de_methods[_i];

    simulate(16, 1, &m);
    make_design(&m, false, false, NULL, &design);
    input.counts = &m;
    input.design = &design;
    til_de_input_t shrunk = input, trended = input, lengthy = input;
    shrunk.shrink = TIL_DE_SHRINK_NORMAL;
    trended.trend = TIL_DE_TREND_LOCAL;
    lengthy.lengths = &m;
    const struct {
        const til_de_input_t *input;
        bool known;
    } wishes[] = { { &shrunk, method->has_shrink },
                   { &trended, method->has_trend },
                   { &lengthy, method->has_lengths } };
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        if (wishes[i].known) continue;
        til_ctx_forgive(&ctx);
        ck_assert_int_eq(til_de_run(&ctx, method, wishes[i].input, &result), TIL_EUSAGE);
        ck_assert_ptr_nonnull(strstr(ctx.message, method->name));
    }
    til_design_clear(&design);
    til_matrix_clear(&m);
}
END_TEST

/* ~ age + time with the question of time, then that of the slope of age. */
static void run_with_age(int method, const til_matrix_t *counts, double unit, double origin,
                         til_de_result_t *result)
{
    til_design_t design = { 0 };
    til_de_input_t input = TIL_DE_INPUT_INIT;
    double of_time[3] = { 0, 0, 1 }, of_age[3] = { 0, 1, 0 };
    til_contrast_t contrasts[2] = { { .id = "time", .text = "time", .weights = of_time },
                                    { .id = "age", .text = "age", .weights = of_age } };

    ck_assert_int_eq(til_design_init(&ctx, N_SAMPLES, 3, &design), TIL_OK);
    for (size_t s = 0; s < N_SAMPLES; s++) {
        double age = 31 + (double)((s * 7) % N_SAMPLES) * 2.5;
        design.samples[s] = counts->col_names[s];
        design.x[s] = 1;
        design.x[s + N_SAMPLES] = age * unit + origin;
        design.x[s + 2 * N_SAMPLES] = s % 2 == 1;
    }
    for (size_t j = 0; j < 3; j++) design.coef_names[j] = coef_name;
    input.counts = counts;
    input.design = &design;
    input.contrasts = contrasts;
    input.n_contrasts = 2;
    ck_assert_msg(til_de_run(&ctx, til_de_methods[method], &input, result) == TIL_OK, "%s",
                  ctx.message);
    til_design_clear(&design);
}

static void compare_column(const til_table_t *a, const til_table_t *b, const char *name,
                           double unit)
{
    const double *x = til_table_column(a, name)->number, *y = til_table_column(b, name)->number;

    for (size_t g = 0; g < N_GENES; g++)
        if (!(isnan(x[g]) && isnan(y[g])))
            ck_assert_msg(fabs(x[g] - unit * y[g]) <= TOL_UNIT * (1e-2 + fabs(x[g])),
                          "%s of gene %zu: %.12g, %.12g", name, g, x[g], unit * y[g]);
}

START_TEST(units_of_a_covariate_do_not_matter)
{
    til_matrix_t m;
    til_de_result_t a, b;

    simulate(17, 3, &m);
    run_with_age(_i, &m, 1, 0, &a);
    run_with_age(_i, &m, 1e3, 1e9, &b);
    for (size_t c = 0; c < 2; c++) {
        double unit = c == 0 ? 1 : 1e3;
        compare_column(&a.contrasts[c], &b.contrasts[c], "log2FoldChange", unit);
        compare_column(&a.contrasts[c], &b.contrasts[c], "lfcSE", unit);
        compare_column(&a.contrasts[c], &b.contrasts[c], "stat", 1);
        compare_column(&a.contrasts[c], &b.contrasts[c], "pvalue", 1);
        compare_column(&a.contrasts[c], &b.contrasts[c], "padj", 1);
    }
    til_de_result_clear(&a);
    til_de_result_clear(&b);
    til_matrix_clear(&m);
}
END_TEST

/* ~ site + age + cohort * time: genes of a few reads in one sample say nothing of anything. */
START_TEST(a_gene_of_one_sample_is_not_called)
{
    til_matrix_t m;
    til_design_t design = { 0 };
    til_de_input_t input = TIL_DE_INPUT_INIT;
    til_de_result_t result;
    double of_time[6] = { 0, 0, 0, 0, 1, 0 }, of_both[6] = { 0, 0, 0, 0, 0, 1 };
    til_contrast_t contrasts[2] = { { .id = "time", .text = "time", .weights = of_time },
                                    { .id = "both", .text = "both", .weights = of_both } };

    simulate(18, 1, &m);
    for (size_t g = 0; g < N_GENES / 4; g++)
        for (size_t s = 0; s < N_SAMPLES; s++)
            til_matrix_row(&m, g)[s] = s == g % N_SAMPLES ? 4 + (double)(g % 9) : 0;
    ck_assert_int_eq(til_design_init(&ctx, N_SAMPLES, 6, &design), TIL_OK);
    for (size_t s = 0; s < N_SAMPLES; s++) {
        double *x = design.x + s, time = s % 2 == 1, cohort = s / 2 % 2 == 1;
        design.samples[s] = m.col_names[s];
        x[0] = 1;
        x[N_SAMPLES] = s / 4 % 2 == 1;
        x[2 * N_SAMPLES] = 31 + (double)((s * 7) % N_SAMPLES) * 2.5;
        x[3 * N_SAMPLES] = cohort;
        x[4 * N_SAMPLES] = time;
        x[5 * N_SAMPLES] = cohort * time;
    }
    for (size_t j = 0; j < 6; j++) design.coef_names[j] = coef_name;
    input.counts = &m;
    input.design = &design;
    input.contrasts = contrasts;
    input.n_contrasts = 2;
    ck_assert_msg(til_de_run(&ctx, til_de_methods[_i], &input, &result) == TIL_OK, "%s",
                  ctx.message);
    for (size_t c = 0; c < 2; c++)
        for (size_t g = 0; g < N_GENES / 4; g++) {
            const char *status = til_table_column(&result.contrasts[c], "status")->text[g];
            double lfc = til_table_column(&result.contrasts[c], "log2FoldChange")->number[g];
            double padj = til_table_column(&result.contrasts[c], "padj")->number[g];
            ck_assert_msg(!(padj < 0.1), "gene %zu: padj %g, %s", g, padj, status);
            ck_assert_msg(!(fabs(lfc) > 15) || strcmp(status, "ok") != 0, "gene %zu: lfc %g, ok", g,
                          lfc);
        }
    til_de_result_clear(&result);
    til_design_clear(&design);
    til_matrix_clear(&m);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("laws of de");
    TCase *tcase = tcase_create("methods");
    int n = 0;

    while (til_de_methods[n] != NULL) n++;
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, swapped_arms_swap_the_sign, 0, n);
    tcase_add_loop_test(tcase, permuted_genes_and_samples_change_nothing, 0, n);
    tcase_add_loop_test(tcase, threads_change_no_bit, 0, n);
    tcase_add_loop_test(tcase, planted_genes_are_found_and_few_others, 0, n);
    tcase_add_loop_test(tcase, permuted_labels_call_little, 0, n);
    tcase_add_loop_test(tcase, units_of_a_covariate_do_not_matter, 0, n);
    tcase_add_loop_test(tcase, a_gene_of_one_sample_is_not_called, 0, n);
    tcase_add_loop_test(tcase, what_a_method_does_not_know_is_refused, 0, n);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
