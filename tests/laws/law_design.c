/* law_design.c -- what a contrast estimates does not depend on how the design is written down: on
 * the order of the sheet, the reference levels, or the intercept; and a paired change is a mean of
 * differences. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>

#include <tilseq/design.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "math/linalg.h"
#include "support/golden.h"
#include "support/runner.h"
#include "support/sheet.h"

enum { N = 24, N_PATIENTS = 12 };

/* A balanced cohort, its rows in the order of `order`; value[] follows the sample names. */
static til_sheet_t make_sheet(const size_t *order)
{
    static const char *const arms[] = { "A", "B", "C" }, *const batches[] = { "b1", "b2" };
    til_strbuf_t b = { 0 };

    til_strbuf_add(&b, "sample|patient|arm|time|batch|age\n");
    for (size_t i = 0; i < N; i++) {
        size_t s = order[i], p = s / 2;
        til_strbuf_printf(&b, "S%zu|P%zu|%s|%s|%s|%zu\n", s, p, arms[p % 3], s % 2 ? "on" : "pre",
                          batches[(p / 3 + s) % 2], 30 + (7 * p) % 13);
    }
    til_sheet_t sheet = sheet_of(til_strbuf_text(&b));
    til_strbuf_clear(&b);
    return sheet;
}

static void shuffle(til_rng_t *rng, size_t *order)
{
    for (size_t i = 0; i < N; i++) order[i] = i;
    for (size_t i = N - 1; i > 0; i--) {
        size_t k = til_rng_below(rng, i + 1), swap = order[i];
        order[i] = order[k];
        order[k] = swap;
    }
}

/* The least-squares estimate of a contrast, the value of sample Sn being y[n]. */
static double estimate(const til_design_t *d, const til_contrast_t *c, const double *y)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    double x[N * N], tau[N], beta[N], sum = 0;

    ck_assert_uint_le(d->n_coef, N);
    memcpy(x, d->x, d->n_samples * d->n_coef * sizeof *x);
    for (size_t s = 0; s < d->n_samples; s++) beta[s] = y[strtoul(d->samples[s] + 1, NULL, 10)];
    ck_assert_int_eq(til_qr(&ctx, d->n_samples, d->n_coef, x, tau), TIL_OK);
    ck_assert_int_eq(til_qr_apply(&ctx, d->n_samples, d->n_coef, x, tau, true, 1, beta), TIL_OK);
    ck_assert_int_eq(til_solve_upper(&ctx, d->n_coef, x, d->n_samples, false, 1, beta), TIL_OK);
    for (size_t j = 0; j < d->n_coef; j++) sum += c->weights[j] * beta[j];
    return sum;
}

static double ask(const til_sheet_t *sheet, const til_asked_t *asked, size_t which, const double *y)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_questions_t q;

    ck_assert_msg(til_questions_build(&ctx, sheet, asked, &q) == TIL_OK, "%s", ctx.message);
    double value = estimate(&q.questions[0].design, &q.questions[0].contrasts[which], y);
    til_questions_clear(&q);
    return value;
}

START_TEST(a_comparison_does_not_depend_on_the_coding)
{
    static const char *const formulas[] = { "~ batch + arm + age", "~ 0 + arm + age + batch",
                                            "~ age + arm + batch - 1", "~ 0 + batch + age + arm",
                                            "~ arm + age + batch" };
    static const char *const references[][2] = { { "arm=A", "batch=b1" },
                                                 { "arm=B", "batch=b2" },
                                                 { "arm=C", "batch=b1" } };
    static const char *const contrasts[] = { "arm:B:A", "arm:C:B", "arm:A:C", "batch:b2:b1" };
    til_rng_t rng = til_rng_stream(1, 1, (uint64_t)_i, 0);
    double y[N], first = NAN;

    for (size_t s = 0; s < N; s++) y[s] = til_rng_normal(&rng);
    for (size_t round = 0; round < 30; round++) {
        til_ctx_t ctx = TIL_CTX_INIT;
        size_t order[N];
        shuffle(&rng, order);
        til_sheet_t sheet = make_sheet(order);
        til_typing_t typing = { .references = references[round % 3], .n_references = 2 };
        til_contrast_specs_t specs = { 0 };
        til_contrast_spec_t spec = { .text = (char *)contrasts[_i] };
        ck_assert_int_eq(til_contrast_specs_add(&ctx, &specs, &spec), TIL_OK);
        til_asked_t asked = { formulas[round % 5], NULL, &specs, &typing };
        double value = ask(&sheet, &asked, 0, y);
        if (round == 0) first = value;
        ck_golden(value, first, TOL_SUM, contrasts[_i]);
        til_contrast_specs_clear(&specs);
        til_sheet_clear(&sheet);
    }
}
END_TEST

/* With both times of every patient, the change in an arm is the mean of its patients' changes. */
START_TEST(a_paired_change_is_the_mean_of_differences)
{
    static const char *const references[] = { "arm=A", "time=pre" };
    til_rng_t rng = til_rng_stream(1, 2, (uint64_t)_i, 0);
    double y[N], change[3] = { 0 };
    size_t order[N];

    for (size_t s = 0; s < N; s++) y[s] = til_rng_normal(&rng);
    for (size_t p = 0; p < N_PATIENTS; p++) change[p % 3] += (y[2 * p + 1] - y[2 * p]) / 4;
    shuffle(&rng, order);
    til_sheet_t sheet = make_sheet(order);
    til_typing_t typing = { .references = references, .n_references = 2 };
    til_pairing_t pairing = { .pair = "patient", .time = "time", .arm = "arm" };
    til_asked_t asked = { NULL, &pairing, NULL, &typing };
    til_questions_t q;
    til_ctx_t ctx = TIL_CTX_INIT;

    ck_assert_msg(til_questions_build(&ctx, &sheet, &asked, &q) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(q.questions[0].n_contrasts, 6);
    for (size_t k = 0; k < 6; k++) {
        const til_contrast_t *c = &q.questions[0].contrasts[k];
        size_t arm = (size_t)(strncmp(c->id, "on_in_", 6) == 0 ? c->id[6] - 'A' : c->id[0] - 'A');
        const char *other = strstr(c->id, "_vs_");
        double want = change[arm] - (other != NULL ? change[other[4] - 'A'] : 0);
        ck_golden(estimate(&q.questions[0].design, c, y), want, TOL_SUM, c->id);
    }
    til_questions_clear(&q);
    til_sheet_clear(&sheet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("laws of designs");
    TCase *tcase = tcase_create("laws of designs");

    tcase_add_loop_test(tcase, a_comparison_does_not_depend_on_the_coding, 0, 4);
    tcase_add_loop_test(tcase, a_paired_change_is_the_mean_of_differences, 0, 10);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
