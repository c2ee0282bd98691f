/* test_sim.c -- simulated biopsies: the same for the same seed and any threads, nothing moves when
 * something is added, and the counts are what the truth says. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/sim.h>

#include "sim/biopsies.h"
#include "support/runner.h"

enum { MOST_GENES = 400 };

static til_ctx_t ctx;
static til_genesets_t sets;
static char id_texts[MOST_GENES][16], symbol_texts[MOST_GENES][16];
static char *ids[MOST_GENES], *symbols[MOST_GENES];
static til_sim_plan_t plan;
static til_sim_t sim;

#define ck_ok(call) ck_assert_msg((call) == TIL_OK, "%s", ctx.message)

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    sets = (til_genesets_t){ 0 };
    sim = (til_sim_t){ 0 };
    plan = (til_sim_plan_t){ .seed = 1,
                             .n_arms = 2,
                             .n_times = 2,
                             .n_patients = 10,
                             .responders = { 0.2, 0.8 },
                             .effect = 2,
                             .changed = 0.1,
                             .treatment = 0.1,
                             .outliers = 0.01,
                             .depth = 1 };
    for (size_t g = 0; g < MOST_GENES; g++) {
        snprintf(id_texts[g], sizeof id_texts[g], "ENSG%05zu", g);
        snprintf(symbol_texts[g], sizeof symbol_texts[g], "S%zu", g);
        ids[g] = id_texts[g];
        symbols[g] = symbol_texts[g];
    }
    ck_ok(til_genesets_add(&ctx, &sets, "EFFECTOR_EXTENDED", "", symbols, 20, 0, NULL));
    ck_ok(til_genesets_add(&ctx, &sets, "PROLIFERATION_CORE", "", symbols + 20, 10, 0, NULL));
    ck_ok(til_genesets_add(&ctx, &sets, "OTHER", "", symbols + 25, 20, 0, NULL));
}

static void teardown(void)
{
    til_genesets_clear(&sets);
    til_sim_clear(&sim);
}

static void simulate(size_t n_genes)
{
    til_sim_clear(&sim);
    ck_ok(til_sim_run(&ctx, &plan, n_genes, ids, symbols, &sets, &sim));
}

static til_matrix_t copy_counts(void)
{
    til_matrix_t copy;
    ck_ok(til_matrix_select(&ctx, &sim.counts, NULL, 0, NULL, 0, &copy));
    return copy;
}

START_TEST(seed_decides)
{
    til_matrix_t first;
    size_t n_differ = 0;

    simulate(300);
    first = copy_counts();
    ck_assert_uint_eq(first.n_cols, 20);
    ctx.n_threads = 3;
    simulate(300);
    for (size_t i = 0; i < 300 * 20; i++) ck_assert(first.x[i] == sim.counts.x[i]);
    plan.seed = 2;
    simulate(300);
    for (size_t i = 0; i < 300 * 20; i++) n_differ += first.x[i] != sim.counts.x[i];
    ck_assert_uint_gt(n_differ, 3000);
    til_matrix_clear(&first);
}
END_TEST

/* More genes change no count; more patients change none of the earlier patients' samples, as long
 * as they respond as before. */
START_TEST(additions_move_nothing)
{
    til_matrix_t first;

    plan.responders[0] = plan.responders[1] = 1;
    simulate(300);
    first = copy_counts();
    simulate(400);
    for (size_t i = 0; i < 300 * 20; i++) ck_assert(first.x[i] == sim.counts.x[i]);
    plan.n_patients = 14;
    simulate(300);
    for (size_t g = 0; g < 300; g++)
        for (size_t s = 0; s < 20; s++)
            ck_assert(til_matrix_row(&first, g)[s] == til_matrix_row(&sim.counts, g)[s]);
    til_matrix_clear(&first);
}
END_TEST

START_TEST(sheet_says_who_is_who)
{
    size_t n_responders[2] = { 0, 0 };

    plan.n_patients = 20;
    plan.n_missing = 3;
    simulate(50);
    ck_assert_uint_eq(sim.counts.n_cols, 37);
    ck_assert_uint_eq(sim.samples.n_rows, 37);
    const til_column_t *arm = til_table_column(&sim.samples, "arm");
    const til_column_t *time = til_table_column(&sim.samples, "timepoint");
    const til_column_t *response = til_table_column(&sim.samples, "response");
    for (size_t s = 0; s < 37; s++) {
        ck_assert_str_eq(sim.samples.columns[0].text[s], sim.counts.col_names[s]);
        if (strcmp(time->text[s], "pre") == 0)
            n_responders[arm->text[s][0] - 'A'] += strcmp(response->text[s], "R") == 0;
    }
    ck_assert_uint_eq(n_responders[0], 2); /* 0.2 of 10 */
    ck_assert_uint_eq(n_responders[1], 8);
}
END_TEST

/* Truth: programme genes go the programme's way in the share of patients that respond. */
START_TEST(truth_of_genes_and_sets)
{
    simulate(300);
    const double *in_a = til_table_column(&sim.genes, "log2fc_on_in_A")->number;
    const double *in_b = til_table_column(&sim.genes, "log2fc_on_in_B")->number;
    const double *difference = til_table_column(&sim.genes, "log2fc_B_vs_A_on")->number;
    const double *own = til_table_column(&sim.genes, "log2fc_responder")->number;
    char *const *kind = til_table_column(&sim.genes, "kind")->text;

    for (size_t g = 0; g < 300; g++) {
        ck_assert(fabs(difference[g] - (in_b[g] - in_a[g])) < 1e-12);
        if (g < 30) ck_assert_str_eq(kind[g], "programme");
        if (g < 20) ck_assert(in_b[g] >= 0.8 * 1 && in_b[g] <= 0.8 * 3);
        else if (g < 30) ck_assert(in_b[g] < 0);
        else ck_assert_str_ne(kind[g], "programme");
        if (strcmp(kind[g], "none") == 0) ck_assert(own[g] == 0 && in_a[g] == 0 && in_b[g] == 0);
        if (strcmp(kind[g], "treatment") == 0) ck_assert(in_a[g] == in_b[g] && in_a[g] != 0);
    }
    ck_assert(til_table_column(&sim.sets, "n_changed")->number[0] == 20);
    ck_assert(til_table_column(&sim.sets, "n_genes")->number[2] == 20);
    double mean = 0;
    for (size_t g = 0; g < 20; g++) mean += in_b[g] / 20;
    ck_assert(fabs(til_table_column(&sim.sets, "log2fc_on_in_B")->number[0] - mean) < 1e-12);
}
END_TEST

/* Over many patients the counts follow the truth: the fold of the programme, and each gene's mean
 * within what its dispersion allows (5 standard errors). */
START_TEST(counts_follow_truth)
{
    size_t n_off = 0;

    plan.n_patients = 400;
    plan.n_arms = 1;
    plan.responders[0] = 1;
    plan.outliers = 0;
    simulate(60);
    const double *base = til_table_column(&sim.genes, "base_mean")->number;
    const double *dispersion = til_table_column(&sim.genes, "dispersion")->number;
    const double *sd = til_table_column(&sim.genes, "patient_sd")->number;
    const double *log2fc = til_table_column(&sim.genes, "log2fc_on")->number;
    for (size_t g = 0; g < 60; g++) {
        const double *k = til_matrix_row(&sim.counts, g);
        double pre = 0, on = 0;

        for (size_t p = 0; p < 400; p++) {
            pre += k[2 * p] / 400;
            on += k[2 * p + 1] / 400;
        }
        /* a size factor is exp((u - 1/2) log 5) */
        double size = (sqrt(5) - 1 / sqrt(5)) / log(5), square = 2.4 / log(5);
        double relative = square / (size * size) * (1 + dispersion[g]) * exp(sd[g] * sd[g]) - 1 +
                          1 / (base[g] * size);
        double error = sqrt(relative / 400);
        n_off += fabs(pre / (base[g] * size) - 1) > 5 * error;
        n_off += fabs(on / (base[g] * size * exp2(log2fc[g])) - 1) > 5 * error + 0.02;
    }
    ck_assert_uint_le(n_off, 1);
}
END_TEST

START_TEST(impossible_plans)
{
    plan.n_patients = 1;
    ck_assert_int_eq(til_sim_run(&ctx, &plan, 50, ids, symbols, &sets, &sim), TIL_EUSAGE);
    til_ctx_forgive(&ctx);
    plan.n_patients = 4;
    plan.n_missing = 5;
    ck_assert_int_eq(til_sim_run(&ctx, &plan, 50, ids, symbols, &sets, &sim), TIL_EUSAGE);
    ck_assert_ptr_null(sim.counts.x);
}
END_TEST

START_TEST(genes_are_chosen_by_rank)
{
    unsigned char chosen[MOST_GENES];
    size_t n;

    ck_ok(til_sim_choose_genes(&ctx, 1, 400, symbols, &sets, 60, chosen, &n));
    ck_assert_uint_eq(n, 60);
    for (size_t g = 0; g < 45; g++) ck_assert(chosen[g]);
    ck_ok(til_sim_choose_genes(&ctx, 1, 400, symbols, &sets, 30, chosen, &n));
    for (size_t g = 0; g < 400; g++) ck_assert_int_eq(chosen[g], g < 30);
    ck_ok(til_sim_add_random_sets(&ctx, 1, 400, symbols, 3, 10, &sets));
    ck_assert_uint_eq(sets.n_sets, 6);
    for (size_t i = 3; i < 6; i++)
        for (size_t j = 0; j < 10; j++) ck_assert_int_ge(atoi(sets.sets[i].genes[j] + 1), 45);
}
END_TEST

START_TEST(quantiles_are_straight_lines)
{
    static const double grid[] = { 0, 1, 4 };

    ck_assert(til_sim_quantile(3, grid, 0) == 0);
    ck_assert(til_sim_quantile(3, grid, 0.25) == 0.5);
    ck_assert(til_sim_quantile(3, grid, 0.75) == 2.5);
    for (size_t b = 0; b < TIL_SIM_BINS; b++)
        for (size_t i = 1; i < TIL_SIM_STEPS; i++) {
            ck_assert(til_sim_log_dispersion[b][i] >= til_sim_log_dispersion[b][i - 1]);
            ck_assert(til_sim_patient_sd[b][i] >= til_sim_patient_sd[b][i - 1]);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim");
    TCase *tcase = tcase_create("sim");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, seed_decides);
    tcase_add_test(tcase, additions_move_nothing);
    tcase_add_test(tcase, sheet_says_who_is_who);
    tcase_add_test(tcase, truth_of_genes_and_sets);
    tcase_add_test(tcase, counts_follow_truth);
    tcase_add_test(tcase, impossible_plans);
    tcase_add_test(tcase, genes_are_chosen_by_rank);
    tcase_add_test(tcase, quantiles_are_straight_lines);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
