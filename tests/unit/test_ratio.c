/* test_ratio.c -- ratios of sums: what dilution does to them, and what their intervals cover. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <math.h>

#include "base/rng.h"
#include "score/ratio.h"
#include "support/runner.h"

enum { DRAWS = 4000 };
static const double LIBRARY = 2e7;

static double log_cpm(double reads) { return log2(reads * 1e6 / LIBRARY + 1); }

/* A ratio of Poisson counts about two expectations. */
static til_ratio_t draw(uint64_t item, double mean_above, double mean_below)
{
    til_rng_t rng = til_rng_stream(3, item, 0, 0);
    double above = log_cpm((double)til_rng_poisson(&rng, mean_above));
    double below = log_cpm((double)til_rng_poisson(&rng, mean_below));
    const double *a[] = { &above }, *b[] = { &below };

    return til_ratio_of(&(til_ratio_side_t){ 1, a }, &(til_ratio_side_t){ 1, b }, 0, 1e6 / LIBRARY);
}

/* A tumour with the cells of both sides, thinned into one without any, down to a twentieth: the
 * ratio of two and a half stays within a tenth, and so does a constant of one CPM not. */
START_TEST(dilution_leaves_a_ratio_alone)
{
    static const double share[] = { 1, 0.5, 0.25, 0.1, 0.05 };

    for (int i = 0; i < 5; i++) {
        double mean = 0, squeezed = 0;
        for (uint64_t d = 0; d < DRAWS; d++) {
            til_ratio_t r = draw(d, 565 * share[i], 100 * share[i]);
            mean += r.value / DRAWS;
            squeezed += (log_cpm(r.reads_above) - log_cpm(r.reads_below)) / DRAWS;
        }
        ck_assert_msg(fabs(mean - 2.5) < 0.1, "share %g: %g", share[i], mean);
        if (share[i] <= 0.05) ck_assert_msg(squeezed < 1.5, "share %g: %g", share[i], squeezed);
    }
}
END_TEST

START_TEST(intervals_cover_the_truth)
{
    static const double means[][2] = { { 400, 100 }, { 40, 10 }, { 12, 3 }, { 3, 3 } };
    double above = means[_i][0], below = means[_i][1], truth = log2(above / below);
    int n_covered = 0;

    for (uint64_t d = 0; d < DRAWS; d++) {
        til_ratio_t r = draw(d, above, below);
        n_covered += r.low <= truth && truth <= r.high;
    }
    double share = (double)n_covered / DRAWS;
    ck_assert_msg(share > 0.94, "means %g and %g: %g covered", above, below, share);
}
END_TEST

/* Three genes that disagree widen an interval that counting leaves narrow. */
START_TEST(genes_that_disagree_widen_the_interval)
{
    double even[3] = { log_cpm(3000), log_cpm(3000), log_cpm(3000) };
    double odd[3] = { log_cpm(8000), log_cpm(500), log_cpm(500) }, below = log_cpm(900);
    const double *b[] = { &below };
    const double *same[] = { &even[0], &even[1], &even[2] };
    const double *apart[] = { &odd[0], &odd[1], &odd[2] };
    til_ratio_side_t lower = { 1, b };
    til_ratio_t narrow = til_ratio_of(&(til_ratio_side_t){ 3, same }, &lower, 0, 1e6 / LIBRARY);
    til_ratio_t wide = til_ratio_of(&(til_ratio_side_t){ 3, apart }, &lower, 0, 1e6 / LIBRARY);

    ck_assert(fabs(narrow.value - wide.value) < 1e-9);
    ck_assert_msg(wide.high - wide.low > 5 * (narrow.high - narrow.low), "%g and %g",
                  wide.high - wide.low, narrow.high - narrow.low);
}
END_TEST

START_TEST(unknown_is_not_a_number)
{
    double x = log_cpm(10);
    const double *one[] = { &x }, *none[] = { NULL };
    til_ratio_side_t there = { 1, one }, missing = { 1, none };

    ck_assert(isnan(til_ratio_of(&there, &missing, 0, 0.05).value));
    ck_assert(isnan(til_ratio_of(&missing, &there, 0, 0.05).value));
    til_ratio_t r = til_ratio_of(&there, &there, 0, NAN);
    ck_assert(r.value == 0 && isnan(r.low) && isnan(r.high) && isnan(r.reads_above));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ratio");
    TCase *tcase = tcase_create("ratio");

    tcase_add_test(tcase, dilution_leaves_a_ratio_alone);
    tcase_add_loop_test(tcase, intervals_cover_the_truth, 0, 4);
    tcase_add_test(tcase, genes_that_disagree_widen_the_interval);
    tcase_add_test(tcase, unknown_is_not_a_number);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
