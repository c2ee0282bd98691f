/* test_edger.c -- edger-ql on the real data sets against edgeR 4.5.1 (limma 3.63.2), glmQLFit() without
 * estimateDisp(): dispersions, spreads, F, p.
 *
 * edgeR's moments of unit deviances are approximations (glm/ql_moments.c has them exactly) and its
 * fits stop at 1e-6 of log likelihood; TOL_* are what that leaves, per column. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/de.h>

#include "datasets.h"
#include "support/runner.h"

#define TOL_MEAN       1e-9
#define TOL_DISPERSION 1e-6 /* relative */
#define TOL_TEST       3e-3 /* p on its logarithm */

static til_ctx_t ctx;
static const dataset_t *set;

static double distance(double got, double want, bool is_p)
{
    if (!is_p) return golden_distance(got, want);
    return fabs(log(got) - log(want)) / fmax(1, fabs(log(want)));
}

static void compare(const til_table_t *got, const char *mine, const til_table_t *golden,
                    const char *theirs, double tolerance, size_t allowed)
{
    const double *a = numbers(got, mine), *b = numbers(golden, theirs);
    size_t *row = match_rows(&ctx, golden, got->columns[0].text, got->n_rows), n_off = 0;
    double most = 0;

    for (size_t i = 0; i < golden->n_rows; i++) {
        double off = distance(a[row[i]], b[i], mine[0] == 'p');
        most = fmax(most, off);
        n_off += !(off <= tolerance);
    }
    free(row);
    ck_assert_msg(n_off <= allowed, "%s: %s: %zu of %zu are off, by up to %.2g", set->name, theirs,
                  n_off, golden->n_rows, most);
    say_compared(set, theirs, golden->n_rows, most);
}

START_TEST(quasi_likelihood)
{
    til_matrix_t counts;
    til_design_t design;
    til_de_input_t input = TIL_DE_INPUT_INIT;
    til_de_result_t result;
    til_table_t golden = { 0 }, scalars = { 0 }, all = { 0 };
    char id[] = "key";

    ctx = (til_ctx_t)TIL_CTX_INIT;
    set = &datasets[_i];
    read_dataset(&ctx, set, &counts, &design);
    size_t *group = malloc(counts.n_cols * sizeof *group);
    til_contrast_t contrast = { .id = id, .text = id };
    contrast.weights = calloc(design.n_coef, sizeof *contrast.weights);
    ck_assert(group != NULL && contrast.weights != NULL);
    read_groups(&ctx, set, &counts, group);
    for (size_t j = 0; j < design.n_coef; j++)
        contrast.weights[j] = strcmp(design.coef_names[j], set->key) == 0;
    input.counts = &counts;
    input.design = &design;
    input.filter_groups = design.n_coef > 8 ? group : NULL;
    input.contrasts = &contrast;
    input.n_contrasts = 1;
    input.matrices = TIL_DE_MATRICES_NONE;
    ck_assert_msg(til_de_run(&ctx, til_de_find("edger-ql"), &input, &result) == TIL_OK, "%s",
                  ctx.message);

    read_golden(&ctx, set, "edger4/1_scalars", &scalars);
    ck_assert_double_eq_tol(numbers(&result.facts, "value")[1], numbers(&scalars, "value")[0],
                            TOL_DISPERSION * numbers(&scalars, "value")[0]);
    ck_assert_double_eq_tol(numbers(&result.facts, "value")[2], numbers(&scalars, "value")[1],
                            TOL_TEST * numbers(&scalars, "value")[1]);
    read_golden(&ctx, set, "edger4/1_ql_results", &golden);
    compare(&result.contrasts[0], "logCPM", &golden, "AveLogCPM", TOL_MEAN, 0);
    compare(&result.dispersions, "df_residual", &golden, "df.residual.adj", TOL_TEST, 0);
    compare(&result.dispersions, "s2_prior", &golden, "s2.prior", TOL_TEST, 0);
    compare(&result.dispersions, "s2_post", &golden, "s2.post", TOL_TEST, 0);
    read_golden(&ctx, set, "edger4/1_ql_allgenes", &all);
    /* one gene of riaz: its fit without the contrast fails in edgeR, which gives it p = 1 */
    size_t n_failed = strcmp(set->name, "riaz_cohort_time") == 0;
    compare(&result.contrasts[0], "pvalue", &all, "p", TOL_TEST, n_failed);

    til_table_clear(&golden);
    til_table_clear(&scalars);
    til_table_clear(&all);
    til_de_result_clear(&result);
    til_matrix_clear(&counts);
    free_design(&design);
    free(contrast.weights);
    free(group);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("test_edger");
    TCase *tcase = tcase_create("data sets");

    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, quasi_likelihood, 0, N_WITH_KEY);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
