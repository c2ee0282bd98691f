/* test_nearest.c -- the word that was probably meant. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/nearest.h"
#include "support/runner.h"

static const char *const words[] = { "pair", "time", "arm", "timepoint", "EFFECTOR_CORE", "run" };
enum { N = sizeof words / sizeof *words };

static const struct {
    const char *typed, *meant;
} rows[] = { { "piar", "pair" },
             { "pair", "pair" },
             { "Timepoint", "timepoint" },
             { "time_point", "timepoint" },
             { "effector core", "EFFECTOR_CORE" },
             { "rum", "run" },
             { "tiem", "time" },
             { "armm", "arm" },
             { "xyz", NULL },
             { "", NULL },
             { "dose", NULL } };

START_TEST(test_words)
{
    const char *near = til_nearest(rows[_i].typed, words, N);
    if (rows[_i].meant == NULL) ck_assert_ptr_null(near);
    else {
        ck_assert_ptr_nonnull(near);
        ck_assert_str_eq(near, rows[_i].meant);
    }
}
END_TEST

START_TEST(test_long_words_are_near_nothing)
{
    char word[200];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    const char *list[] = { word };
    ck_assert_ptr_null(til_nearest(word, list, 1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nearest");
    TCase *cases = tcase_create("words");
    tcase_add_loop_test(cases, test_words, 0, sizeof rows / sizeof *rows);
    tcase_add_test(cases, test_long_words_are_near_nothing);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
