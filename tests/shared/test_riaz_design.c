/* test_riaz_design.c -- the nested paired design of the Riaz biopsies against R's model.matrix
 * (golden riaz_cohort_nested): the same columns in the same order, sample by sample. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/design.h>

#include "io/text/sheet_tsv.h"
#include "io/text/table_tsv.h"
#include "support/golden.h"
#include "support/runner.h"

static til_ctx_t ctx = TIL_CTX_INIT;

#define ck_ok(call) ck_assert_msg((call) == TIL_OK, "%s", ctx.message)

static void open_text(const char *file, til_text_t *text)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", getenv("TILSEQ_SHARED"), file);
    ck_ok(til_text_read(&ctx, path, text));
}

/* The samples of the sheet without those that are marked as duplicates. */
static void read_sheet(til_sheet_t *sheet)
{
    til_sheet_t full;
    til_text_t text;
    size_t rows[200], n = 0;

    open_text("data/counts/riaz/samples.tsv", &text);
    ck_ok(til_sheet_read(&ctx, &text, false, &full));
    til_text_clear(&text);
    size_t dup = (size_t)til_sheet_column(&full, "dup");
    for (size_t s = 0; s < full.n_samples; s++)
        if (strcmp(til_sheet_cell(&full, s, dup), "TRUE") != 0) rows[n++] = s;
    ck_ok(til_sheet_select(&ctx, &full, rows, n, sheet));
    til_sheet_clear(&full);
}

static size_t row_of(const til_table_t *golden, const char *sample)
{
    for (size_t i = 0; i < golden->n_rows; i++)
        if (strcmp(golden->columns[0].text[i], sample) == 0) return i;
    ck_abort_msg("%s is not in the golden", sample);
}

START_TEST(the_nested_design_of_r)
{
    const char *references[] = { "timepoint=pre", "cohort=NAIVE" };
    til_typing_t typing = { .references = references, .n_references = 2 };
    til_pairing_t pairing = { .pair = "patient", .time = "timepoint", .arm = "cohort" };
    til_asked_t asked = { .pairing = &pairing, .typing = &typing };
    til_sheet_t sheet;
    til_questions_t questions;
    til_table_t golden;
    til_text_t text;
    size_t n = 0;

    read_sheet(&sheet);
    ck_ok(til_questions_build(&ctx, &sheet, &asked, &questions));
    open_text("golden/de/out/riaz_cohort_nested/design.tsv.gz", &text);
    ck_ok(til_table_read(&ctx, &text, &golden));
    til_text_clear(&text);

    const til_design_t *d = &questions.questions[0].design;
    ck_assert_uint_eq(d->n_samples, golden.n_rows);
    ck_assert_uint_eq(d->n_coef + 1, golden.n_cols);
    for (size_t s = 0; s < d->n_samples; s++) {
        size_t row = row_of(&golden, d->samples[s]);
        for (size_t j = 0; j < d->n_coef; j++, n++)
            ck_assert_msg(golden.columns[j + 1].number[row] == d->x[s + j * d->n_samples],
                          "%s in %s differs", d->coef_names[j], d->samples[s]);
    }
    const char *ids[] = { "on_in_NAIVE", "on_in_PROG", "PROG_vs_NAIVE_on" };
    ck_assert_uint_eq(questions.questions[0].n_contrasts, 3);
    for (size_t k = 0; k < 3; k++) ck_assert_str_eq(questions.questions[0].contrasts[k].id, ids[k]);
    printf("golden: riaz_cohort_nested design %zu compared\n", n);
    fflush(stdout);
    til_table_clear(&golden);
    til_questions_clear(&questions);
    til_sheet_clear(&sheet);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("riaz_design");
    TCase *tcase = tcase_create("riaz_design");

    tcase_add_test(tcase, the_nested_design_of_r);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
