/* test_contrast.c -- what -c asks of a design, and what is said when it cannot be asked. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/design.h>

#include "base/strbuf.h"
#include "support/golden.h"
#include "support/runner.h"
#include "support/sheet.h"

static const char sheet_text[] = "sample|arm|batch|age|odd one|time\n"
                                 "S1|R|b1|40|x:1|pre\n"
                                 "S2|R|b2|43|y-2|on\n"
                                 "S3|R|b1|46|x:1|pre\n"
                                 "S4|NR|b2|49|y-2|on\n"
                                 "S5|NR|b1|52|x:1|pre\n"
                                 "S6|NR|b3|55|y-2|on\n"
                                 "S7|CR|b1|58|x:1|on\n"
                                 "S8|CR|b3|60|y-2|pre\n";

typedef struct {
    const char *formula, *text;
    const char *id;   /* or NULL: fails           */
    const char *says; /* weights, or the message  */
    til_status_t status;
} case_t;

/* Weights as "coefficient=weight" of those that are not 0, in design order. */
static const case_t cases[] = {
    { "~ arm", "arm:NR:R", "arm_NR_vs_R", "armNR=1", TIL_OK },
    { "~ arm", "arm:R:NR", "arm_R_vs_NR", "armNR=-1", TIL_OK },
    { "~ arm", "arm:CR:NR", "arm_CR_vs_NR", "armNR=-1 armCR=1", TIL_OK },
    { "~ 0 + arm", "arm:CR:R", "arm_CR_vs_R", "armR=-1 armCR=1", TIL_OK },
    { "~ 0 + batch + arm", "batch:b3:b1", "batch_b3_vs_b1", "batchb1=-1 batchb3=1", TIL_OK },
    { "~ 0 + batch + arm", "arm:CR:NR", "arm_CR_vs_NR", "armNR=-1 armCR=1", TIL_OK },
    { "~ arm*time", "arm:NR:R", "arm_NR_vs_R", "armNR=1", TIL_OK },
    { "~ 0 + arm:time", "arm:NR:R", "arm_NR_vs_R", "armR:timepre=-1 armNR:timepre=1", TIL_OK },
    { "~ arm:age", "slope=armNR:age - armR:age", "slope", "armR:age=-1 armNR:age=1", TIL_OK },
    { "~ arm + age", "age=age", "age", "age=1", TIL_OK },
    { "~ arm", "x.1=arm:NR:CR", "x.1", "armNR=1 armCR=-1", TIL_OK },
    { "~ arm*time", "x=armNR:timeon", "x", "armNR:timeon=1", TIL_OK },
    { "~ arm*time", "x=armNR + armNR.timeon", "x", "armNR=1 armNR:timeon=1", TIL_OK },
    { "~ arm", "x=(armNR + armCR)/2 - `(Intercept)`", "x", "(Intercept)=-1 armNR=0.5 armCR=0.5",
      TIL_OK },
    { "~ arm", "x=(Intercept) + 2*(armNR - -armCR)", "x", "(Intercept)=1 armNR=2 armCR=2", TIL_OK },
    { "~ arm", "x=Intercept", "x", "(Intercept)=1", TIL_OK },
    { "~ arm", "x=1e-1*armNR*2", "x", "armNR=0.2", TIL_OK },
    { "~ `odd one` + arm", "odd one:y-2:x:1", "odd_one_y-2_vs_x_1", "`odd one`y-2=1", TIL_OK },
    { "~ `odd one` + arm", "x=`odd one`y - armNR", NULL, "no coefficient '`odd one`y'",
      TIL_EUSAGE },
    { "~ `odd one` + arm", "x=`odd oney-2` - armNR", "x", "`odd one`y-2=1 armNR=-1", TIL_OK },
    { "~ arm", "arm", NULL, "neither VARIABLE:TARGET:REFERENCE nor ID=EXPRESSION", TIL_EUSAGE },
    { "~ arm", "arm:NR", NULL, "neither VARIABLE:TARGET:REFERENCE", TIL_EUSAGE },
    { "~ arm", "", NULL, "neither VARIABLE:TARGET:REFERENCE", TIL_EUSAGE },
    { "~ arm", "arm:XX:R", NULL, "arm has no level 'XX': there are 'R', 'NR' and 'CR'",
      TIL_EINPUT },
    { "~ arm", "x=arm:NR:r", NULL, "arm has no level 'r'", TIL_EINPUT },
    { "~ arm", "sex:m:f", NULL, "no column 'sex'", TIL_EINPUT },
    { "~ arm", "batch:b1:b2", NULL, "the design ~ arm does not use batch", TIL_EUSAGE },
    { "~ arm + age", "age:43:40", NULL, "--factor age makes it a factor", TIL_EUSAGE },
    { "~ arm", "arm:R:R", NULL, "the same level", TIL_EUSAGE },
    { "~ arm:age", "arm:NR:R", NULL, "no main effect of arm", TIL_EUSAGE },
    { "~ arm", "x=armXX", NULL, "column 1: no coefficient 'armXX': there are '(Intercept)'",
      TIL_EUSAGE },
    { "~ arm", "x=armNR*armCR", NULL, "column 6: a product", TIL_EUSAGE },
    { "~ arm", "x=1/armNR", NULL, "column 2: a coefficient divides nothing", TIL_EUSAGE },
    { "~ arm", "x=armNR/0", NULL, "division by zero", TIL_EUSAGE },
    { "~ arm", "x=armNR+1", NULL, "a constant is left over", TIL_EUSAGE },
    { "~ arm", "x=armNR-armNR", NULL, "cancel", TIL_EUSAGE },
    { "~ arm", "x=1e308*10*armNR", NULL, "too large", TIL_EUSAGE },
    { "~ arm", "x=", NULL, "ends where a coefficient should follow", TIL_EUSAGE },
    { "~ arm", "x=(armNR", NULL, "')' should stand here", TIL_EUSAGE },
    { "~ arm", "x=armNR armCR", NULL, "column 7: an operator", TIL_EUSAGE },
    { "~ arm", "x=`armNR", NULL, "the backtick is not closed", TIL_EUSAGE },
    { "~ arm", "../x=armNR", NULL, "is no file name", TIL_EUSAGE },
    { "~ arm", "a/b=armNR", NULL, "becomes a file name", TIL_EUSAGE },
    { "~ arm", "=armNR", NULL, "is no file name", TIL_EUSAGE },
};

static void write_weights(const til_design_t *design, const double *weights, til_strbuf_t *b)
{
    for (size_t j = 0; j < design->n_coef; j++) {
        if (weights[j] == 0) continue;
        til_strbuf_printf(b, "%s%s=", b->length > 0 ? " " : "", design->coef_names[j]);
        til_strbuf_add_number(b, weights[j]);
    }
}

START_TEST(contrasts)
{
    const case_t *c = &cases[_i];
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_sheet_t sheet = sheet_of(sheet_text);
    til_design_t design;
    til_contrast_t contrast;
    til_contrast_spec_t spec = { .text = (char *)c->text };
    til_strbuf_t weights = { 0 };

    ck_assert_msg(til_design_build(&ctx, &sheet, c->formula, &typing, &design) == TIL_OK, "%s",
                  ctx.message);
    til_status_t status = til_contrast_resolve(&ctx, &spec, &sheet, &design, &contrast);
    ck_assert_msg(status == c->status, "%s on %s: %d %s", c->text, c->formula, (int)status,
                  ctx.message);
    if (status == TIL_OK) {
        ck_assert_str_eq(contrast.id, c->id);
        write_weights(&design, contrast.weights, &weights);
        ck_assert_str_eq(til_strbuf_text(&weights), c->says);
    } else {
        ck_assert_msg(strstr(ctx.message, c->says) != NULL, "%s on %s: %s", c->text, c->formula,
                      ctx.message);
    }
    til_strbuf_clear(&weights);
    til_contrast_clear(&contrast);
    til_design_clear(&design);
    til_sheet_clear(&sheet);
}
END_TEST

/* ---- questions ----------------------------------------------------------------------- */

static void add(til_contrast_specs_t *specs, til_contrast_spec_t spec)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    ck_assert_int_eq(til_contrast_specs_add(&ctx, specs, &spec), TIL_OK);
}

START_TEST(contrasts_that_agree_share_a_design)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_sheet_t sheet = sheet_of(sheet_text);
    til_contrast_specs_t specs = { 0 };
    til_questions_t questions;
    char *no_batch3[] = { "b3" };

    add(&specs,
        (til_contrast_spec_t){ .id = "a", .variable = "arm", .target = "NR", .reference = "R" });
    add(&specs, (til_contrast_spec_t){ .id = "b",
                                       .variable = "arm",
                                       .target = "NR",
                                       .reference = "R",
                                       .formula = "~ time + arm" });
    add(&specs, (til_contrast_spec_t){ .id = "c", .expression = "armCR", .formula = "~ arm" });
    add(&specs, (til_contrast_spec_t){ .id = "d",
                                       .variable = "arm",
                                       .target = "NR",
                                       .reference = "R",
                                       .exclude_column = "batch",
                                       .exclude_values = no_batch3,
                                       .n_exclude_values = 1 });
    til_asked_t asked = { .specs = &specs, .typing = &typing };
    ck_assert_msg(til_questions_build(&ctx, &sheet, &asked, &questions) == TIL_OK, "%s",
                  ctx.message);
    ck_assert_uint_eq(questions.n_questions, 3);
    ck_assert_uint_eq(questions.questions[0].n_contrasts, 2);
    ck_assert_str_eq(questions.questions[0].contrasts[1].id, "c");
    ck_assert_str_eq(questions.questions[1].design.formula, "~ time + arm");
    const til_design_t *part = &questions.questions[2].design;
    ck_assert_uint_eq(part->n_samples, 6);
    ck_assert_uint_eq(part->rows[5], 6);
    ck_assert_str_eq(part->samples[5], "S7");
    til_questions_clear(&questions);

    add(&specs, (til_contrast_spec_t){ .id = "a", .expression = "armCR", .formula = "~ arm" });
    ck_assert_int_eq(til_questions_build(&ctx, &sheet, &asked, &questions), TIL_EUSAGE);
    ck_assert_ptr_nonnull(strstr(ctx.message, "two contrasts have the id a"));
    til_contrast_specs_clear(&specs);
    til_sheet_clear(&sheet);
}
END_TEST

START_TEST(no_design_is_said)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_sheet_t sheet = sheet_of(sheet_text);
    til_asked_t asked = { .typing = &typing };
    til_questions_t questions;

    ck_assert_int_eq(til_questions_build(&ctx, &sheet, &asked, &questions), TIL_EUSAGE);
    ck_assert_ptr_nonnull(strstr(ctx.message, "--design"));
    til_sheet_clear(&sheet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("contrast");
    TCase *tcase = tcase_create("contrast");

    tcase_add_loop_test(tcase, contrasts, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tcase, contrasts_that_agree_share_a_design);
    tcase_add_test(tcase, no_design_is_said);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
