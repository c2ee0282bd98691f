/* test_file_name.c -- names from the data as names of files: what stays, what is escaped, that no
 * two share one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/file_name.h"
#include "base/rng.h"
#include "support/runner.h"

static til_file_names_t *names;

static void setup(void) { names = til_file_names_new(); }
static void teardown(void) { til_file_names_free(names); }

START_TEST(test_plain_names_stay)
{
    static const char *const plain[] = { "P01_pre", "on_in_NAIVE", "GSM-1.2+3",
                                         "药",      "Ärm_1",       "a=b,c@d" };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        ck_assert_str_eq(til_file_name(names, plain[i]), plain[i]);
    ck_assert_str_eq(til_file_name(names, "P01_pre"), "P01_pre");
}
END_TEST

START_TEST(test_names_never_lead_elsewhere)
{
    static const char *const odd[] = { "../../../esc",
                                       "..",
                                       ".",
                                       "",
                                       "/etc/passwd",
                                       ".hidden",
                                       "-rf",
                                       "a/b",
                                       "a:b",
                                       "a\nb",
                                       "a b",
                                       "x;cmd",
                                       "$(reboot)",
                                       "a\\b",
                                       "\xc2\xa0x",
                                       "\xff\xfe",
                                       ("\xe2\x80\xae"
                                        "abc") };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        const char *file = til_file_name(names, odd[i]);
        ck_assert_ptr_nonnull(strpbrk(file, "abcdefghijklmnopqrstuvwxyz0123456789_"));
        ck_assert(strpbrk(file, "/\\:\n ;$()\xa0") == NULL);
        ck_assert(file[0] != '.' && file[0] != '-');
        ck_assert_str_ne(file, odd[i]);
    }
}
END_TEST

START_TEST(test_taken_names_are_not_given)
{
    ck_assert(til_file_names_take(names, "index.bin"));
    ck_assert_str_ne(til_file_name(names, "index.bin"), "index.bin");
    ck_assert_str_ne(til_file_name(names, "INDEX.bin"), "INDEX.bin");
}
END_TEST

START_TEST(test_length_is_bounded)
{
    char name[1001];
    memset(name, 'x', 1000);
    name[1000] = '\0';
    const char *first = til_file_name(names, name);
    name[999] = 'y';
    const char *second = til_file_name(names, name);
    ck_assert_uint_le(strlen(first), TIL_FILE_NAME_MAX);
    ck_assert_str_ne(first, second);
    for (size_t i = 0; i + 2 < 1000; i += 3) memcpy(name + i, "药", 3);
    const char *cut = til_file_name(names, name);
    ck_assert_uint_le(strlen(cut), TIL_FILE_NAME_MAX);
    size_t letters = (strlen(cut) - 9) / 3; /* whole characters, then '-' and the hash */
    ck_assert_uint_eq(letters * 3 + 9, strlen(cut));
}
END_TEST

/* Small letters of ASCII and of Latin-1, as a file system that knows no case takes them. */
static void fold(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++)
        if ((*p >= 'A' && *p <= 'Z') || (p[0] == 0xc3 && p[1] >= 0x80 && p[1] <= 0x9e)) {
            if (*p == 0xc3) p[1] = (unsigned char)(p[1] + 32);
            else *p = (unsigned char)(*p + 32);
        }
}

START_TEST(test_no_two_names_share_a_file)
{
    enum { N = 2000 };
    static const char *const letters[] = { "a", "A", "ä", "Ä", "/", ":", "_", "-", ".", "é", "É" };
    static char files[N][TIL_FILE_NAME_MAX + 1], asked[N][40];
    til_rng_t rng = til_rng_stream(1, 0, 0, 0);
    size_t n = 0;
    for (size_t i = 0; i < N; i++) {
        asked[n][0] = '\0';
        for (int k = 0; k < 4; k++) strcat(asked[n], letters[(size_t)(til_rng_uniform(&rng) * 11)]);
        bool known = false;
        for (size_t k = 0; k < n && !known; k++) known = strcmp(asked[k], asked[n]) == 0;
        if (known) continue;
        snprintf(files[n], sizeof files[n], "%s", til_file_name(names, asked[n]));
        fold(files[n]);
        size_t shared = 0;
        for (size_t k = 0; k < n; k++) shared += strcmp(files[k], files[n]) == 0;
        ck_assert_uint_eq(shared, 0);
        n++;
    }
    ck_assert_uint_gt(n, 500);
    for (size_t k = 0; k < n; k++) {
        char again[TIL_FILE_NAME_MAX + 1];
        snprintf(again, sizeof again, "%s", til_file_name(names, asked[k]));
        fold(again);
        ck_assert_str_eq(again, files[k]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file_name");
    TCase *cases = tcase_create("names");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, test_plain_names_stay);
    tcase_add_test(cases, test_names_never_lead_elsewhere);
    tcase_add_test(cases, test_taken_names_are_not_given);
    tcase_add_test(cases, test_length_is_bounded);
    tcase_add_test(cases, test_no_two_names_share_a_file);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
