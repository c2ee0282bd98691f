/* test_pca.c -- principal components against R's prcomp. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "io/text/matrix_tsv.h"
#include "io/text/table_tsv.h"
#include "math/linalg.h"
#include "norm/pca.h"
#include "support/golden.h"
#include "support/runner.h"

static til_ctx_t ctx;

static void read_golden(const char *path, til_table_t *out)
{
    til_text_t text;
    ck_assert_msg(til_text_read(&ctx, path, &text) == TIL_OK, "%s", ctx.message);
    ck_assert_msg(til_table_read(&ctx, &text, out) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
}

START_TEST(agrees_with_prcomp)
{
    til_matrix_reading_t how = { .values = TIL_VALUES_ANY };
    til_text_t text;
    til_matrix_t values;
    til_table_t got, want, share;
    double percent[4];

    ctx = (til_ctx_t)TIL_CTX_INIT;
    ck_assert_int_eq(til_text_read(&ctx, GOLDEN "/model/pca_values.tsv", &text), TIL_OK);
    ck_assert_msg(til_matrix_read(&ctx, &text, &how, &values) == TIL_OK, "%s", ctx.message);
    read_golden(GOLDEN "/model/pca_scores.tsv", &want);
    read_golden(GOLDEN "/model/pca_percent.tsv", &share);
    ck_assert_msg(til_pca(&ctx, &values, 50, 4, &got, percent) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(got.n_cols, 5);
    for (size_t k = 0; k < 4; k++) {
        const double *g = got.columns[k + 1].number, *w = want.columns[k + 1].number;
        double largest = 0, sign = 1;
        for (size_t s = 0; s < values.n_cols; s++)
            if (fabs(w[s]) > largest) {
                largest = fabs(w[s]);
                sign = w[s] * g[s] < 0 ? -1 : 1;
            }
        for (size_t s = 0; s < values.n_cols; s++)
            ck_assert(fabs(sign * g[s] - w[s]) <= 1e-9 * largest);
        ck_golden(percent[k], share.columns[1].number[k], 1e-9, got.columns[k + 1].name);
    }
    til_table_clear(&share);
    til_table_clear(&want);
    til_table_clear(&got);
    til_matrix_clear(&values);
    til_text_clear(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pca");
    TCase *tcase = tcase_create("pca");
    til_linalg_single_thread();
    tcase_add_test(tcase, agrees_with_prcomp);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
