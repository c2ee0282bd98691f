/* test_design.c -- variables, their references, what is refused, and rank in words. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/design.h>

#include "design/rank.h"
#include "support/golden.h"
#include "support/runner.h"
#include "support/sheet.h"

#define HEADER "sample|arm|batch|age|patient|flat\n"
static const char good[] = HEADER
    "S1|R|b1|40|1|3\nS2|R|b2|43|1|3\nS3|NR|b1|46|2|3\nS4|NR|b2|49|2|3\nS5|R|b1|50|3|3\n";

static til_status_t build(til_ctx_t *ctx, const char *sheet_text, const char *formula,
                          const til_typing_t *typing, til_design_t *out)
{
    til_sheet_t sheet = sheet_of(sheet_text);
    til_status_t status = til_design_build(ctx, &sheet, formula, typing, out);

    til_sheet_clear(&sheet);
    return status;
}

START_TEST(numbers_are_covariates_unless_labels)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_design_t d;
    const char *factors[] = { "age" };

    ck_assert_int_eq(build(&ctx, good, "~ age + patient", &typing, &d), TIL_OK);
    ck_assert_uint_eq(d.n_coef, 4);
    ck_assert_str_eq(d.coef_names[1], "age");
    ck_assert_str_eq(d.coef_names[2], "patient2");
    ck_assert_ptr_nonnull(strstr(d.variables[0].about, "covariate (--factor age"));
    ck_assert_str_eq(d.references, "patient=1");
    til_design_clear(&d);
    typing = (til_typing_t){ .factors = factors, .n_factors = 1 };
    ck_assert_int_eq(build(&ctx, good, "~ age", &typing, &d), TIL_OK);
    ck_assert_uint_eq(d.n_coef, 5);
    til_design_clear(&d);
}
END_TEST

START_TEST(the_reference_is_the_first_or_the_one_asked_for)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_design_t d;
    const char *references[] = { "arm=NR" };

    ck_assert_int_eq(build(&ctx, good, "~ arm", &typing, &d), TIL_OK);
    ck_assert_str_eq(d.coef_names[1], "armNR");
    ck_assert_str_eq(d.references, "arm=R");
    til_design_clear(&d);
    typing = (til_typing_t){ .references = references, .n_references = 1 };
    ck_assert_int_eq(build(&ctx, good, "~ arm", &typing, &d), TIL_OK);
    ck_assert_str_eq(d.coef_names[1], "armR");
    ck_assert(d.x[5] == 1 && d.x[7] == 0);
    ck_assert_ptr_nonnull(strstr(d.variables[0].about, "(as asked)"));
    til_design_clear(&d);
}
END_TEST

static const struct {
    const char *sheet, *formula, *reference, *factor, *says;
    til_status_t status;
} refused[] = {
    { good, "~ sex", NULL, NULL, "samples.tsv: no column 'sex' (~ sex): there are 'arm', 'batch'",
      TIL_EINPUT },
    { HEADER "S1|R|b|4|1|3\nS2|R|b|5|2|3\n", "~ arm", NULL, NULL,
      "samples.tsv: factor arm has 1 level", TIL_EINPUT },
    { HEADER "S1|R|b|4|1|3\nS2|NR|b|NA|2|3\n", "~ age + arm", NULL, NULL,
      "samples.tsv:3: sample S2 has no value in column age", TIL_EINPUT },
    { HEADER "S1|R|b|4|1|3\nS2||b|5|2|3\n", "~ arm", NULL, NULL,
      "sample S2 has no value in column arm", TIL_EINPUT },
    { HEADER "S1|R|b|4|1|3\nS2|R |b|5|2|3\nS3|NR|b|5|2|3\n", "~ arm", NULL, NULL,
      "samples.tsv:3: levels 'R' (sample S1) and 'R ' (sample S2) of arm differ by blanks only",
      TIL_EINPUT },
    { HEADER "S1|NR|b|4|1|3\nS2|R|b|5|2|3\nS3|nr|b|5|2|3\n", "~ arm", NULL, NULL,
      "levels 'NR' (sample S1) and 'nr' (sample S3) of arm differ by case only", TIL_EINPUT },
    { good, "~ arm", "arm=X", NULL, "--reference: arm has no level 'X': there are 'R' and 'NR'",
      TIL_EINPUT },
    { good, "~ arm", "sex=m", NULL, "no column for --reference 'sex=m'", TIL_EINPUT },
    { good, "~ arm", "arm", NULL, "'arm' is not COLUMN=LEVEL", TIL_EUSAGE },
    { good, "~ age", "age=40", NULL, "--factor age", TIL_EUSAGE },
    { good, "~ arm", NULL, "sex", "no column 'sex' (--factor)", TIL_EINPUT },
    { good, "~ 0", NULL, NULL, "no coefficient", TIL_EUSAGE },
};

START_TEST(what_cannot_be_is_refused)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_design_t d;
    const char *references[] = { refused[_i].reference }, *factors[] = { refused[_i].factor };
    til_typing_t typing = { references, refused[_i].reference != NULL, factors,
                            refused[_i].factor != NULL, false };

    ck_assert_int_eq(build(&ctx, refused[_i].sheet, refused[_i].formula, &typing, &d),
                     refused[_i].status);
    ck_assert_msg(strstr(ctx.message, refused[_i].says) != NULL, "%s", ctx.message);
    ck_assert_ptr_null(d.x);
}
END_TEST

START_TEST(drop_na_leaves_the_sample_out)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { .drop_na = true };
    til_design_t d;

    ck_assert_int_eq(build(&ctx, HEADER "S1|R|b|4|1|3\nS2|NR|b|NA|2|3\nS3|NR|b|5|2|3\n",
                           "~ age + arm", &typing, &d),
                     TIL_OK);
    ck_assert_uint_eq(d.n_samples, 2);
    ck_assert_str_eq(d.samples[1], "S3");
    ck_assert_uint_eq(d.rows[1], 2);
    ck_assert_uint_eq(d.n_left_out, 1);
    ck_assert_str_eq(d.left_out[0].name, "S2");
    til_design_clear(&d);
}
END_TEST

START_TEST(a_reduced_design_keeps_samples_and_references)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_design_t full, reduced;

    ck_assert_int_eq(build(&ctx, good, "~ batch + arm", &typing, &full), TIL_OK);
    ck_assert_int_eq(til_design_reduce(&ctx, &full, "~ batch", &reduced), TIL_OK);
    ck_assert_uint_eq(reduced.n_coef, 2);
    ck_assert_int_eq(memcmp(reduced.x, full.x, 10 * sizeof *full.x), 0);
    ck_assert_str_eq(reduced.samples[4], "S5");
    til_design_clear(&reduced);
    ck_assert_int_eq(til_design_reduce(&ctx, &full, "~ age", &reduced), TIL_EUSAGE);
    ck_assert_ptr_nonnull(strstr(ctx.message, "uses age, which the design ~ batch + arm has not"));
    til_design_clear(&full);
}
END_TEST

/* ---- rank ---------------------------------------------------------------------------- */

static const struct {
    const char *sheet, *formula, *says, *also;
} deficient[] = {
    { HEADER "S1|R|b1|4|1|3\nS2|R|b1|5|2|3\nS3|NR|b2|4|3|3\nS4|NR|b2|9|4|3\n", "~ batch + arm",
      "armNR = batchb2 (samples S3, S4): batch and arm make the same groups", "(2 of 3)" },
    { HEADER "S1|R|b1|4|p0|3\nS2|R|b1|5|p0|3\nS3|R|b1|4|p1|3\nS4|R|b1|9|p1|3\n"
             "S5|NR|b2|4|p2|3\nS6|NR|b2|5|p2|3\nS7|NR|b2|4|p3|3\nS8|NR|b2|9|p3|3\n",
      "~ patient + arm", "armNR = patientp2 + patientp3",
      "patient is nested in arm: each patient has one arm only" },
    { good, "~ arm + flat", "flat = 3*(Intercept)", "flat has the same value in every sample" },
    { good, "~ patient + age + arm:batch:patient", "not of full rank", NULL },
    { HEADER "S1|R|b1|4|1|3\nS2|R|b1|5|2|3\nS3|NR|b2|4|3|3\nS4|NR|b1|9|4|3\nS5|NR|b1|2|5|3\n",
      "~ arm*batch", "armNR:batchb2 = batchb2", "no sample has arm=R with batch=b2" },
};

START_TEST(deficient_rank_is_explained)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_design_t d;

    ck_assert_msg(build(&ctx, deficient[_i].sheet, deficient[_i].formula, &typing, &d) == TIL_OK,
                  "%s", ctx.message);
    ck_assert_int_eq(til_rank_require(&ctx, &d), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, deficient[_i].says) != NULL, "%s", ctx.message);
    if (deficient[_i].also != NULL)
        ck_assert_msg(strstr(ctx.message, deficient[_i].also) != NULL, "%s", ctx.message);
    til_design_clear(&d);
}
END_TEST

START_TEST(one_against_one_has_no_replicates)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_design_t d;

    ck_assert_int_eq(build(&ctx, HEADER "S1|R|b1|4|1|3\nS2|NR|b1|5|2|3\n", "~ arm", &typing, &d),
                     TIL_OK);
    ck_assert_int_eq(til_rank_require(&ctx, &d), TIL_OK);
    ck_assert_int_eq(til_rank_require_replicates(&ctx, &d), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "without replicates"));
    til_design_clear(&d);
}
END_TEST

START_TEST(a_reduced_design_is_part_of_the_full_one)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_design_t full, part, other, same;

    ck_assert_int_eq(build(&ctx, good, "~ batch + arm", &typing, &full), TIL_OK);
    ck_assert_int_eq(build(&ctx, good, "~ 0 + batch", &typing, &part), TIL_OK);
    ck_assert_int_eq(build(&ctx, good, "~ age", &typing, &other), TIL_OK);
    ck_assert_int_eq(build(&ctx, good, "~ 0 + arm + batch", &typing, &same), TIL_OK);
    ck_assert_int_eq(til_rank_require_nested(&ctx, &full, &part), TIL_OK);
    ck_assert_int_eq(til_rank_require_nested(&ctx, &full, &other), TIL_EUSAGE);
    ck_assert_int_eq(til_rank_require_nested(&ctx, &full, &same), TIL_EUSAGE);
    ck_assert_ptr_nonnull(strstr(ctx.message, "reduced design ~ age is not part of ~ batch + arm"));
    til_design_clear(&same);
    til_design_clear(&other);
    til_design_clear(&part);
    til_design_clear(&full);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("design");
    TCase *tcase = tcase_create("design");

    tcase_add_test(tcase, numbers_are_covariates_unless_labels);
    tcase_add_test(tcase, the_reference_is_the_first_or_the_one_asked_for);
    tcase_add_loop_test(tcase, what_cannot_be_is_refused, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tcase, drop_na_leaves_the_sample_out);
    tcase_add_test(tcase, a_reduced_design_keeps_samples_and_references);
    tcase_add_loop_test(tcase, deficient_rank_is_explained, 0,
                        (int)(sizeof deficient / sizeof *deficient));
    tcase_add_test(tcase, one_against_one_has_no_replicates);
    tcase_add_test(tcase, a_reduced_design_is_part_of_the_full_one);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
