/* test_number.c -- printing: reads back to the same double, no digit too many, the nearest of that
 * length; the layout of plain and scientific numbers. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>

#include "base/number.h"
#include "support/golden.h"

static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Random doubles of one kind: any bits, few decimals, near 1, powers of two, whole, subnormal. */
static double pick(int kind, uint64_t *state)
{
    uint64_t r = next_random(state);
    switch (kind) {
    case 0: return from_bits(r);
    case 1: return (double)(r % 1000000) / pow(10, (double)(r >> 60));
    case 2: return (double)(r >> 11) * 0x1p-53;
    case 3: return from_bits(r & UINT64_C(0xfff0000000000000));
    case 4: return (double)(r >> (r & 63));
    case 5: return from_bits(r >> (12 + (r & 31)));
    default: return from_bits((r & UINT64_C(0xfff0000000000000)) - 1 + (r & 2));
    }
}

enum { N_KINDS = 7, N_PER_KIND = 150000, N_MINIMAL = 15000 };

START_TEST(reads_back)
{
    uint64_t state = (uint64_t)_i;
    for (int i = 0; i < N_PER_KIND; i++) {
        double x = pick(_i, &state), back;
        char text[TIL_NUMBER_MAX];
        if (!isfinite(x)) continue;
        size_t n = til_number_print(x, text);
        if (n >= TIL_NUMBER_MAX || n != strlen(text) || strtod(text, NULL) != x)
            ck_abort_msg("%.17g printed as %s", x, text); /* an assert a number is slow */
        if (i % 8 == 0 && (!til_number_parse(text, n, &back) || back != x))
            ck_abort_msg("%s does not parse as %.17g", text, x);
    }
}
END_TEST

/* The significant digits of a numeral, without point, sign, exponent and zeros at either end. */
static size_t significant(const char *text, char *digits)
{
    size_t n = 0;
    for (; *text != '\0' && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && (n > 0 || *text != '0')) digits[n++] = *text;
    while (n > 0 && digits[n - 1] == '0') n--;
    digits[n] = '\0';
    return n;
}

START_TEST(no_digit_too_many_and_the_nearest)
{
    uint64_t state = 99 + (uint64_t)_i;
    for (int i = 0; i < N_MINIMAL; i++) {
        double x = pick(_i, &state);
        char text[TIL_NUMBER_MAX], other[64], digits[40], other_digits[40];
        if (!isfinite(x) || x == 0) continue;
        til_number_print(x, text);
        int n = (int)significant(text, digits);
        if (n > 17) ck_abort_msg("%s has more than 17 digits", text);
        if (n > 1) {
            snprintf(other, sizeof other, "%.*e", n - 2, x);
            if (strtod(other, NULL) == x) ck_abort_msg("%s is printed as %s", other, text);
        }
        snprintf(other, sizeof other, "%.*e", n - 1, x);
        if (strtod(other, NULL) != x) continue; /* a power of two: ours is on its wide side */
        significant(other, other_digits);
        if (strcmp(digits, other_digits) != 0)
            ck_abort_msg("%s is not the nearest: %s", text, other);
    }
}
END_TEST

START_TEST(layout)
{
    static const struct {
        double x;
        const char *text;
    } cases[] = {
        { 0, "0" },
        { -0.0, "0" },
        { 1, "1" },
        { -1, "-1" },
        { 0.1, "0.1" },
        { 0.5, "0.5" },
        { 1.5, "1.5" },
        { -12.25, "-12.25" },
        { 100, "100" },
        { 1e5, "100000" },
        { 0.3, "0.3" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1.0 / 3, "0.3333333333333333" },
        { 1e-5, "0.00001" },
        { 1.25e-5, "0.0000125" },
        { 9.5e-6, "9.5e-06" },
        { 1e-7, "1e-07" },
        { -1.5e-10, "-1.5e-10" },
        { 1.5e20, "1.5e+20" },
        { 1e15, "1e+15" },
        { 1e22, "1e+22" },
        { 1e14, "100000000000000" },
        { 999999999999999, "999999999999999" },
        { 123456789012345.6, "123456789012345.6" },
        { 1e23, "1e+23" },
        { 1e100, "1e+100" },
        { 5e-324, "5e-324" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { 2.2250738585072014e-308, "2.2250738585072014e-308" },
        { 0x1p53, "9.007199254740992e+15" },
        { 4.35, "4.35" },
        { 0.000123, "0.000123" },
        { 2.5e-5, "0.000025" },
        { 123.456, "123.456" },
        { NAN, "NA" },
        { INFINITY, "Inf" },
        { -INFINITY, "-Inf" },
    };
    char text[TIL_NUMBER_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_uint_eq(til_number_print(cases[i].x, text), strlen(cases[i].text));
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

START_TEST(longest_fits)
{
    char text[TIL_NUMBER_MAX];
    ck_assert_uint_lt(til_number_print(-1.2345678901234567e-308, text), TIL_NUMBER_MAX);
    ck_assert_uint_lt(til_number_print(-1.2345678901234567e-5, text), TIL_NUMBER_MAX);
    ck_assert_uint_lt(til_number_print(-123456789012345.67, text), TIL_NUMBER_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");
    TCase *tcase = tcase_create("printing");
    tcase_add_loop_test(tcase, reads_back, 0, N_KINDS);
    tcase_add_loop_test(tcase, no_digit_too_many_and_the_nearest, 0, N_KINDS);
    tcase_add_test(tcase, layout);
    tcase_add_test(tcase, longest_fits);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
