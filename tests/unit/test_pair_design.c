/* test_pair_design.c -- paired designs against the matrices R makes, and who takes part. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "base/strbuf.h"
#include "support/golden.h"
#include "support/runner.h"
#include "support/sheet.h"

/* ---- goldens ------------------------------------------------------------------------- */

enum { MAX_SAMPLES = 32 };

typedef struct {
    char *name; /* of the case */
    til_sheet_t sheet;
    size_t kept[MAX_SAMPLES], n_kept;
    char *columns[MAX_SAMPLES]; /* values as R printed them */
    size_t n_columns;
    til_arena_t *arena; /* holds the text           */
} case_t;

/* Reads the case called `name` from pairs.txt. */
static case_t read_case(const char *name)
{
    case_t c = { .arena = til_arena_new() };
    char path[512], *line = NULL, *fields[MAX_SAMPLES + 8], *cells[8][MAX_SAMPLES], *names[8];
    size_t room = 0, n_samples = 0, n_cols = 0;
    bool is_in = false;
    til_strbuf_t b = { 0 };
    FILE *in = fopen(golden_path("design/pairs.txt", path, sizeof path), "r");

    ck_assert_msg(in != NULL, "cannot open %s", path);
    while (getline(&line, &room, in) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char *copy = til_arena_text(c.arena, line);
        size_t n = sheet_fields(copy, '\t', fields, MAX_SAMPLES + 8);
        if (strcmp(fields[0], "case") == 0) is_in = strcmp(fields[1], name) == 0;
        if (!is_in) continue;
        if (strcmp(fields[0], "case") == 0) {
            c.name = copy;
            n_samples = strtoul(fields[2], NULL, 10);
        } else if (strcmp(fields[0], "col") == 0) {
            ck_assert_uint_eq(n, n_samples + 2);
            names[n_cols] = fields[1];
            memcpy(cells[n_cols++], fields + 2, n_samples * sizeof *fields);
        } else if (strcmp(fields[0], "kept") == 0) {
            for (size_t i = 1; i < n; i++) c.kept[c.n_kept++] = strtoul(fields[i], NULL, 10) - 1;
        } else {
            c.columns[c.n_columns++] = fields[2];
        }
    }
    til_strbuf_add(&b, "sample");
    for (size_t k = 0; k < n_cols; k++) til_strbuf_printf(&b, "|%s", names[k]);
    for (size_t s = 0; s < n_samples; s++) {
        til_strbuf_printf(&b, "\nS%zu", s + 1);
        for (size_t k = 0; k < n_cols; k++) til_strbuf_printf(&b, "|%s", cells[k][s]);
    }
    til_strbuf_add_char(&b, '\n');
    c.sheet = sheet_of(til_strbuf_text(&b));
    til_strbuf_clear(&b);
    free(line);
    fclose(in);
    return c;
}

static const struct {
    const char *name;
    bool has_arm, is_trend;
    const char *coefficients; /* in order                */
    const char *contrasts;    /* id=weights, in order    */
    const char *left_out;
} goldens[] = {
    { "unbalanced", true, false,
      "(Intercept) p2_vs_p1 p4_vs_p1 p6_vs_p2 p7_vs_p2 p10_vs_p2 on_in_B on_in_A",
      "on_in_B:+on_in_B on_in_A:+on_in_A A_vs_B_on:-on_in_B+on_in_A",
      "p3: only one time point (on); p8: only one time point (pre)" },
    { "visits", true, false,
      "(Intercept) d_vs_a h_vs_a b_vs_a f_vs_d i_vs_h c_vs_a g_vs_d "
      "c2_in_X c2_in_Y c2_in_Z c3_in_X c3_in_Y",
      "c2_in_X:+c2_in_X c2_in_Y:+c2_in_Y c2_in_Z:+c2_in_Z c3_in_X:+c3_in_X c3_in_Y:+c3_in_Y "
      "Y_vs_X_c2:-c2_in_X+c2_in_Y Z_vs_X_c2:-c2_in_X+c2_in_Z Y_vs_X_c3:-c3_in_X+c3_in_Y "
      "Z_vs_Y_c2:-c2_in_Y+c2_in_Z c3_vs_c2_in_X:-c2_in_X+c3_in_X c3_vs_c2_in_Y:-c2_in_Y+c3_in_Y "
      "waning_in_X:-c2_in_X+c3_in_X waning_in_Y:-c2_in_Y+c3_in_Y",
      "e: no sample at the reference time pre" },
    { "no_arms", false, false, "(Intercept) s1_vs_s3 s2_vs_s3 on off",
      "on:+on off:+off off_vs_on:-on+off waning:-on+off", "s4: only one time point (on)" },
    { "trend", true, true, "(Intercept) r_vs_q t_vs_q v_vs_r time_in_A time_in_B",
      "time_in_A:+time_in_A time_in_B:+time_in_B B_vs_A_time:-time_in_A+time_in_B",
      "u: only one time point (0)" },
};

static void check_matrix(const case_t *c, const til_design_t *d)
{
    ck_assert_uint_eq(d->n_samples, c->n_kept);
    for (size_t s = 0; s < d->n_samples; s++) ck_assert_uint_eq(d->rows[s], c->kept[s]);
    ck_assert_uint_eq(d->n_coef, c->n_columns);
    for (size_t j = 0; j < d->n_coef; j++) {
        char *at = c->columns[j];
        for (size_t s = 0; s < d->n_samples; s++) {
            double want = strtod(at, &at), got = d->x[s + j * d->n_samples];
            ck_assert_msg(got == want, "%s: %s in %s is %g, want %g", c->name, d->coef_names[j],
                          d->samples[s], got, want);
        }
    }
}

static void check_words(size_t i, const til_question_t *q)
{
    const til_design_t *d = &q->design;
    til_strbuf_t b = { 0 };

    for (size_t j = 0; j < d->n_coef; j++)
        til_strbuf_printf(&b, "%s%s", j == 0 ? "" : " ", d->coef_names[j]);
    ck_assert_str_eq(til_strbuf_text(&b), goldens[i].coefficients);
    til_strbuf_reset(&b);
    for (size_t k = 0; k < q->n_contrasts; k++) {
        til_strbuf_printf(&b, "%s%s:", k == 0 ? "" : " ", q->contrasts[k].id);
        for (size_t j = 0; j < d->n_coef; j++)
            if (q->contrasts[k].weights[j] != 0)
                til_strbuf_printf(&b, "%c%s", q->contrasts[k].weights[j] > 0 ? '+' : '-',
                                  d->coef_names[j]);
    }
    ck_assert_str_eq(til_strbuf_text(&b), goldens[i].contrasts);
    til_strbuf_reset(&b);
    for (size_t k = 0; k < d->n_left_out; k++)
        til_strbuf_printf(&b, "%s%s: %s", k == 0 ? "" : "; ", d->left_out[k].name,
                          d->left_out[k].reason);
    ck_assert_str_eq(til_strbuf_text(&b), goldens[i].left_out);
    til_strbuf_clear(&b);
}

START_TEST(designs_as_model_matrix)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    case_t c = read_case(goldens[_i].name);
    til_pairing_t pairing = { .pair = "patient",
                              .time = "time",
                              .arm = goldens[_i].has_arm ? "arm" : NULL,
                              .is_trend = goldens[_i].is_trend };
    til_asked_t asked = { .pairing = &pairing, .typing = &typing };
    til_questions_t questions;

    ck_assert_msg(til_questions_build(&ctx, &c.sheet, &asked, &questions) == TIL_OK, "%s",
                  ctx.message);
    check_matrix(&c, &questions.questions[0].design);
    check_words((size_t)_i, &questions.questions[0]);
    til_questions_clear(&questions);
    til_sheet_clear(&c.sheet);
    til_arena_free(c.arena);
}
END_TEST

/* ---- what is refused ----------------------------------------------------------------- */

#define HEADER "sample|patient|arm|time\n"

static const struct {
    const char *sheet, *says;
    til_pairing_t pairing;
    til_status_t status;
} refused[] = {
    { HEADER "S1|p|A|pre\nS2|p|A|on\nS3|p|A|on\n",
      "samples.tsv:4: patient p has two samples at time on, S2 and S3: --exclude",
      { .pair = "patient", .time = "time" },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|q|A|on\n",
      "no patient can be paired; p: only one time point (pre)",
      { .pair = "patient", .time = "time" },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|p|A|on\nS3|q|B|on\n",
      "factor arm has 1 level",
      { .pair = "patient", .time = "time", .arm = "arm" },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|p|A|\n",
      "sample S2 has no value in column time",
      { .pair = "patient", .time = "time" },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|p|A|on\n",
      "time 'pre' of sample S1 is not a number",
      { .pair = "patient", .time = "time", .is_trend = true },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|p|A|on\n",
      "no column 'day' (--time)",
      { .pair = "patient", .time = "day" },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|p|A|on\n",
      "--pair and --arm are the same column",
      { .pair = "patient", .time = "time", .arm = "patient" },
      TIL_EUSAGE },
    { HEADER "S1|p|A|pre\nS2|p|NA|on\nS3|q|B|pre\nS4|q|B|on\n",
      "samples.tsv:3: sample S2 has no value in column arm",
      { .pair = "patient", .time = "time", .arm = "arm" },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|p|B|on\nS3|q|B|pre\nS4|q|B|on\n",
      "samples.tsv:3: patient p is in arm 'B' here and in 'A' at line 2",
      { .pair = "patient", .time = "time", .arm = "arm" },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|p|A|on\nS3|q|A\xC2\xA0|pre\nS4|q|A\xC2\xA0|on\n",
      "differ by blanks only",
      { .pair = "patient", .time = "time", .arm = "arm" },
      TIL_EINPUT },
    { HEADER "S1|p|A|pre\nS2|p|A|Pre\n",
      "differ by case only",
      { .pair = "patient", .time = "time" },
      TIL_EINPUT },
};

START_TEST(what_cannot_be_paired_is_refused)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_typing_t typing = { 0 };
    til_sheet_t sheet = sheet_of(refused[_i].sheet);
    til_design_t d;

    ck_assert_int_eq(til_design_pair(&ctx, &sheet, &refused[_i].pairing, &typing, &d),
                     refused[_i].status);
    ck_assert_msg(strstr(ctx.message, refused[_i].says) != NULL, "%s", ctx.message);
    ck_assert_ptr_null(d.x);
    til_sheet_clear(&sheet);
}
END_TEST

START_TEST(own_contrasts_of_a_paired_design)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    const char *references[] = { "time=on" };
    til_typing_t typing = { .references = references, .n_references = 1 };
    til_sheet_t sheet = sheet_of(HEADER "S1|p|A|pre\nS2|p|A|on\nS3|q|A|on\nS4|q|A|off\n");
    til_pairing_t pairing = { .pair = "patient", .time = "time" };
    til_contrast_specs_t specs = { 0 };
    til_contrast_spec_t level = { .text = "time:pre:off" }, own = { .text = "x=off - 2*pre" };
    til_asked_t asked = { .pairing = &pairing, .specs = &specs, .typing = &typing };
    til_questions_t q;

    ck_assert_int_eq(til_contrast_specs_add(&ctx, &specs, &level), TIL_OK);
    ck_assert_int_eq(til_contrast_specs_add(&ctx, &specs, &own), TIL_OK);
    ck_assert_msg(til_questions_build(&ctx, &sheet, &asked, &q) == TIL_OK, "%s", ctx.message);
    const til_question_t *only = &q.questions[0];
    ck_assert_uint_eq(only->design.n_coef, 4);
    ck_assert_str_eq(only->design.coef_names[2], "pre");
    ck_assert_uint_eq(only->n_contrasts, 6);
    ck_assert_str_eq(only->contrasts[4].id, "time_pre_vs_off");
    ck_assert(only->contrasts[4].weights[2] == 1 && only->contrasts[4].weights[3] == -1);
    ck_assert(only->contrasts[5].weights[2] == -2 && only->contrasts[5].weights[3] == 1);
    til_questions_clear(&q);
    til_contrast_specs_clear(&specs);
    til_sheet_clear(&sheet);
}
END_TEST

static til_questions_t build(til_ctx_t *ctx, const til_sheet_t *sheet, const til_pairing_t *pairing)
{
    static const til_typing_t typing = { 0 };
    til_asked_t asked = { .pairing = pairing, .typing = &typing };
    til_questions_t q;

    ck_assert_msg(til_questions_build(ctx, sheet, &asked, &q) == TIL_OK, "%s", ctx->message);
    return q;
}

static size_t column_of(const til_design_t *d, const char *name)
{
    size_t j = 0;
    while (j < d->n_coef && strcmp(d->coef_names[j], name) != 0) j++;
    ck_assert_msg(j < d->n_coef, "no coefficient %s", name);
    return j;
}

static const til_contrast_t *contrast_of(const til_question_t *q, const char *id)
{
    for (size_t k = 0; k < q->n_contrasts; k++)
        if (strcmp(q->contrasts[k].id, id) == 0) return &q->contrasts[k];
    ck_abort_msg("no contrast %s", id);
    return NULL;
}

START_TEST(visits_by_number_and_references_by_name)
{
    static const struct {
        const char *times, *order;
    } rows[] = { { "C2D1 C1D15 C1D1", "C1D1 C1D15 C2D1" },
                 { "day14 day7 Pre", "Pre day7 day14" },
                 { "on2 on SCREENING", "SCREENING on on2" },
                 { "14 7 -3", "-3 7 14" },
                 { "week2 day1 later", "week2 day1 later" },
                 { "screening post Baseline", "Baseline screening post" } };
    til_ctx_t ctx = TIL_CTX_INIT;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char a[16], b[16], c[16], text[512];
        sscanf(rows[i].times, "%15s %15s %15s", a, b, c);
        snprintf(text, sizeof text,
                 HEADER "S1|p|x|%s\nS2|p|x|%s\nS3|p|x|%s\nS4|q|x|%s\nS5|q|x|%s\nS6|q|x|%s\n", a, b,
                 c, a, b, c);
        til_sheet_t sheet = sheet_of(text);
        til_pairing_t pairing = { .pair = "patient", .time = "time" };
        til_questions_t q = build(&ctx, &sheet, &pairing);
        const til_variable_t *time = til_design_variable(&q.questions[0].design, "time");
        snprintf(text, sizeof text, "%s %s %s", time->levels[0], time->levels[1], time->levels[2]);
        ck_assert_str_eq(text, rows[i].order);
        til_questions_clear(&q);
        til_sheet_clear(&sheet);
    }
}
END_TEST

#define WIDE_HEADER "sample|patient|arm|time|sex|purity|age\n"

/* Columns of strata are centred over patients, so that a change is that of the whole arm at the
 * cohort's mix; what is constant within patients is no covariate. */
START_TEST(strata_and_covariates_beside_pairs)
{
    static const char *const strata[] = { "sex" }, *const adjust[] = { "purity", "age" };
    til_ctx_t ctx = TIL_CTX_INIT;
    til_sheet_t sheet = sheet_of(WIDE_HEADER "S1|p|A|pre|M|.1|50\nS2|p|A|on|M|.4|50\n"
                                             "S3|q|A|pre|F|.3|61\nS4|q|A|on|F|.2|61\n"
                                             "S5|r|B|pre|M|.7|40\nS6|r|B|on|M|.5|40\n"
                                             "S7|t|B|pre|M|.6|44\nS8|t|B|on|M|.9|44\n");
    til_pairing_t pairing = { .pair = "patient",
                              .time = "time",
                              .arm = "arm",
                              .strata = strata,
                              .n_strata = 1,
                              .adjust = adjust,
                              .n_adjust = 2 };
    til_questions_t q = build(&ctx, &sheet, &pairing);
    const til_design_t *d = &q.questions[0].design;
    static const double want[] = { 0, -0.25, 0, 0.75, 0, -0.25, 0, -0.25 };

    ck_assert_uint_eq(d->n_coef, 4 + 2 + 1 + 1);
    size_t sex = column_of(d, "sexF:on"), purity = column_of(d, "purity");
    for (size_t s = 0; s < 8; s++) {
        ck_assert_double_eq_tol(d->x[s + sex * 8], want[s], 1e-15);
        ck_assert_double_eq_tol(d->x[s + purity * 8], strtod(til_sheet_cell(&sheet, s, 4), NULL),
                                1e-15);
    }
    ck_assert_uint_eq(q.questions[0].n_contrasts, 3);
    til_questions_clear(&q);
    til_sheet_clear(&sheet);
}
END_TEST

/* ~ arm * time: what each id asks, by the means of cells. */
START_TEST(arms_and_times_without_pairs)
{
    static const char *const ids[] = { "7_in_ctrl",         "14_in_drug",      "drug_vs_ctrl_14",
                                       "drug_vs_ctrl_at_0", "14_vs_7_in_drug", "waning_in_ctrl" };
    static const double means[2][3] = { { 1, 3, 4 }, { 2, 9, 21 } }; /* ctrl, drug; 0, 7, 14 */
    static const double want[] = { 2, 19, 19 - 3, 1, 12, 1 };
    til_ctx_t ctx = TIL_CTX_INIT;
    til_sheet_t sheet = sheet_of("sample|arm|day\nS1|drug|14\nS2|drug|14\nS3|drug|7\nS4|drug|0\n"
                                 "S5|ctrl|0\nS6|ctrl|7\nS7|ctrl|14\nS8|ctrl|14\n");
    til_pairing_t pairing = { .time = "day", .arm = "arm" };
    til_questions_t q = build(&ctx, &sheet, &pairing);
    const til_question_t *only = &q.questions[0];
    const til_design_t *d = &only->design;
    double beta[6];

    ck_assert_uint_eq(d->n_coef, 6);
    beta[0] = means[0][0];
    beta[column_of(d, "armdrug")] = means[1][0] - means[0][0];
    for (size_t t = 1; t < 3; t++) {
        const char *at[] = { "", "day7", "day14" },
                   *more[] = { "", "armdrug:day7", "armdrug:day14" };
        beta[column_of(d, at[t])] = means[0][t] - means[0][0];
        beta[column_of(d, more[t])] = means[1][t] - means[1][0] - means[0][t] + means[0][0];
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        double got = 0;
        for (size_t j = 0; j < d->n_coef; j++)
            got += contrast_of(only, ids[i])->weights[j] * beta[j];
        ck_assert_msg(fabs(got - want[i]) < 1e-12, "%s: %g, want %g", ids[i], got, want[i]);
    }
    til_questions_clear(&q);
    til_sheet_clear(&sheet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pair_design");
    TCase *tcase = tcase_create("pair_design");

    tcase_add_loop_test(tcase, designs_as_model_matrix, 0, (int)(sizeof goldens / sizeof *goldens));
    tcase_add_loop_test(tcase, what_cannot_be_paired_is_refused, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tcase, own_contrasts_of_a_paired_design);
    tcase_add_test(tcase, visits_by_number_and_references_by_name);
    tcase_add_test(tcase, strata_and_covariates_beside_pairs);
    tcase_add_test(tcase, arms_and_times_without_pairs);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
