/* test_base.c -- names, numbers, text, arenas, random streams, output files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/number.h"
#include "base/outfile.h"
#include "base/rng.h"
#include "base/strbuf.h"
#include "support/runner.h"

static bool parses(const char *text, double *value)
{
    return til_number_parse(text, strlen(text), value);
}

START_TEST(numbers_are_read_strictly)
{
    static const struct {
        const char *text;
        double value;
    } good[] = { { "0", 0 },
                 { "-0.5", -0.5 },
                 { "1e3", 1000 },
                 { "1.2E+03", 1200 },
                 { "+7", 7 },
                 { ".5", 0.5 },
                 { "5.", 5 },
                 { "9007199254740993", 9007199254740992.0 },
                 { "0.1", 0.1 },
                 { "2.2250738585072014e-308", 2.2250738585072014e-308 },
                 { "123456789012345678901234567890", 123456789012345678901234567890.0 },
                 { "0.00000000000000000000000000000012345678901234567890",
                   1.2345678901234567890e-31 } };
    static const char *const bad[] = { "",     " 1", "1 ",    "3x",    "0x1F", "1,234",
                                       "12,5", "NA", "inf",   "nan",   "--1",  "1e",
                                       "1e+",  ".",  "1.2.3", "1e999", "-" };
    double value;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(parses(good[i].text, &value), "'%s' is a number", good[i].text);
        ck_assert_msg(value == good[i].value, "'%s' read as %.17g", good[i].text, value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!parses(bad[i], &value), "'%s' is not a number", bad[i]);
}
END_TEST

START_TEST(printing_round_trips)
{
    til_rng_t rng = til_rng_stream(7, 0, 0, 0);
    char text[TIL_NUMBER_MAX];

    for (int i = 0; i < 200000; i++) {
        uint64_t bits = til_rng_u64(&rng);
        double x, back;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        size_t n = til_number_print(x, text);
        ck_assert_uint_eq(n, strlen(text));
        ck_assert_uint_lt(n, TIL_NUMBER_MAX);
        ck_assert_msg(til_number_parse(text, n, &back) && back == x, "%.17g printed as %s", x,
                      text);
    }
    til_number_print(0.1, text);
    ck_assert_str_eq(text, "0.1");
    til_number_print(NAN, text);
    ck_assert_str_eq(text, "NA");
    til_number_print(-3, text);
    ck_assert_str_eq(text, "-3");
    til_number_print(1e-7, text);
    ck_assert_str_eq(text, "1e-07");
}
END_TEST

START_TEST(names_keep_their_ids)
{
    til_names_t *names = til_names_new();
    char text[32];

    for (int i = 0; i < 5000; i++) {
        int is_new;
        snprintf(text, sizeof text, "gene%d", i);
        ck_assert_int_eq(til_names_add(names, text, &is_new), i);
        ck_assert(is_new);
        ck_assert_int_eq(til_names_add(names, text, &is_new), i);
        ck_assert(!is_new);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "gene%d", i);
        ck_assert_int_eq(til_names_find(names, text), i);
        ck_assert_str_eq(til_names_get(names, (size_t)i), text);
    }
    ck_assert_int_eq(til_names_find(names, "gene"), -1);
    til_names_free(names);
}
END_TEST

START_TEST(index_gives_a_repeated_name_to_its_first_place)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_names_t *names;
    char a[] = "a", b[] = "b", a2[] = "a", c[] = "c";
    char *list[] = { a, b, a2, c };

    ck_assert_int_eq(til_names_index(&ctx, list, 4, &names), TIL_OK);
    ck_assert_int_eq(til_names_find(names, "a"), 0);
    ck_assert_int_eq(til_names_find(names, "c"), 3);
    til_names_free(names);
}
END_TEST

/* Known answers of the authors' Random123 distribution (kat_vectors, philox4x32 10). */
START_TEST(streams_differ_and_repeat)
{
    til_rng_t a = til_rng_stream(1, 2, 3, 4), b = til_rng_stream(1, 2, 3, 4);
    til_rng_t other = til_rng_stream(1, 2, 4, 3);
    int n_same = 0;

    for (int i = 0; i < 1000; i++) {
        uint64_t x = til_rng_u64(&a);
        ck_assert(x == til_rng_u64(&b));
        n_same += x == til_rng_u64(&other);
    }
    ck_assert_int_eq(n_same, 0);
}
END_TEST

START_TEST(philox_known_answers)
{
    til_rng_t zero = { .key = { 0, 0 }, .counter = { 0, 0, 0, 0 } };
    til_rng_t pi = { .key = { 0xa4093822, 0x299f31d0 },
                     .counter = { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 } };
    static const uint32_t want_zero[4] = { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 };
    static const uint32_t want_pi[4] = { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 };

    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(til_rng_u32(&zero), want_zero[i]);
        ck_assert_uint_eq(til_rng_u32(&pi), want_pi[i]);
    }
}
END_TEST

START_TEST(draws_have_their_moments)
{
    til_rng_t rng = til_rng_stream(11, 0, 0, 0);
    double normal = 0, normal2 = 0, gamma = 0, small = 0, large = 0;
    const int n = 200000;

    for (int i = 0; i < n; i++) {
        double z = til_rng_normal(&rng);
        normal += z;
        normal2 += z * z;
        gamma += til_rng_gamma(&rng, 0.7);
        small += til_rng_poisson(&rng, 3.5);
        large += til_rng_poisson(&rng, 400);
    }
    ck_assert(fabs(normal / n) < 5 / sqrt(n));
    ck_assert(fabs(normal2 / n - 1) < 5 * sqrt(2.0 / n));
    ck_assert(fabs(gamma / n - 0.7) < 5 * sqrt(0.7 / n));
    ck_assert(fabs(small / n - 3.5) < 5 * sqrt(3.5 / n));
    ck_assert(fabs(large / n - 400) < 5 * sqrt(400.0 / n));
}
END_TEST

START_TEST(files_appear_whole_or_not_at_all)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    char folder[] = "/tmp/tilseq-test-XXXXXX", path[64], text[16] = "";
    til_outset_t *set;
    til_out_t *out;
    FILE *f;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/sub/a.tsv", folder);

    set = til_outset_new();
    ck_assert_int_eq(til_out_open(&ctx, set, path, &out), TIL_OK);
    til_out_text(out, "new\n");
    ck_assert_int_eq(til_out_close(&ctx, out), TIL_OK);
    ck_assert_int_ne(access(path, F_OK), 0);
    til_outset_free(set); /* not committed: file and folder go */
    snprintf(path, sizeof path, "%s/sub", folder);
    ck_assert_int_ne(access(path, F_OK), 0);

    snprintf(path, sizeof path, "%s/sub/a.tsv", folder);
    for (int round = 0; round < 2; round++) {
        set = til_outset_new();
        ck_assert_int_eq(til_out_open(&ctx, set, path, &out), TIL_OK);
        til_out_number(out, round + 0.5);
        ck_assert_int_eq(til_out_close(&ctx, out), TIL_OK);
        ck_assert_int_eq(til_outset_commit(&ctx, set), TIL_OK);
        til_outset_free(set);
    }
    f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, f));
    fclose(f);
    ck_assert_str_eq(text, "1.5");
    unlink(path);
    snprintf(path, sizeof path, "%s/sub", folder);
    ck_assert_int_eq(rmdir(path), 0); /* no temporary was left in it */
    rmdir(folder);
}
END_TEST

START_TEST(full_device_is_told)
{
    til_ctx_t ctx = TIL_CTX_INIT;
    til_outset_t *set = til_outset_new();
    til_out_t *out;

    if (access("/dev/full", W_OK) == 0) {
        ck_assert_int_eq(til_out_open(&ctx, set, "/dev/full", &out), TIL_OK);
        til_out_text(out, "x");
        ck_assert_int_eq(til_out_close(&ctx, out), TIL_EIO);
        ck_assert_ptr_nonnull(strstr(ctx.message, "/dev/full"));
    }
    til_outset_free(set);
}
END_TEST

START_TEST(first_failure_wins_and_is_one_line)
{
    til_ctx_t ctx = TIL_CTX_INIT;

    ck_assert_int_eq(til_fail(&ctx, TIL_EINPUT, "a\nb%s", "\x1b[0m"), TIL_EINPUT);
    (void)til_fail(&ctx, TIL_EIO, "later");
    ck_assert_str_eq(ctx.message, "a?b?[0m");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tcase = tcase_create("base");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, numbers_are_read_strictly);
    tcase_add_test(tcase, printing_round_trips);
    tcase_add_test(tcase, names_keep_their_ids);
    tcase_add_test(tcase, index_gives_a_repeated_name_to_its_first_place);
    tcase_add_test(tcase, streams_differ_and_repeat);
    tcase_add_test(tcase, philox_known_answers);
    tcase_add_test(tcase, draws_have_their_moments);
    tcase_add_test(tcase, files_appear_whole_or_not_at_all);
    tcase_add_test(tcase, full_device_is_told);
    tcase_add_test(tcase, first_failure_wins_and_is_one_line);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
