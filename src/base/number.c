/* number.c -- strict number reading; printing is in shortest.c.
 *
 * Reading: up to 19 significant digits are gathered in 64 bits. When the digits fit in 53 bits and
 * the power of ten is at most 22, one multiplication or division of two exact doubles is
 * correctly rounded (Clinger 1990); the rest goes through strtod_l in the C locale.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* The C locale, made on first use by whichever thread comes first; (locale_t)0 if it cannot be. */
static locale_t c_locale(void)
{
    static _Atomic(locale_t) made;
    locale_t have = atomic_load(&made);
    if (have != (locale_t)0) return have;

    locale_t mine = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (mine == (locale_t)0) return mine;
    if (atomic_compare_exchange_strong(&made, &have, mine)) return mine;
    freelocale(mine);
    return have;
}

static double strtod_c(const char *text)
{
    locale_t locale = c_locale();
    return locale == (locale_t)0 ? strtod(text, NULL) : strtod_l(text, NULL, locale);
}

/* The numeral split into its parts; false when text[0..n) is not one. */
typedef struct {
    bool negative, inexact; /* inexact: more digits than 64 bits hold */
    uint64_t digits;
    long exponent; /* value = digits * 10^exponent           */
} numeral_t;

static bool scan(const char *text, size_t n, numeral_t *out)
{
    const char *p = text, *end = text + n;
    size_t n_digits = 0, n_kept = 0;
    numeral_t m = { false, false, 0, 0 };

    if (p < end && (*p == '+' || *p == '-')) m.negative = *p++ == '-';
    for (int after_point = 0; p < end; p++) {
        unsigned d = (unsigned)(*p - '0');
        if (*p == '.' && !after_point) {
            after_point = 1;
            continue;
        }
        if (d > 9) break;
        n_digits++;
        if (n_kept < 19) {
            m.digits = m.digits * 10 + d;
            n_kept += m.digits != 0;
            m.exponent -= after_point;
        } else {
            m.inexact |= d != 0;
            m.exponent += !after_point;
        }
    }
    if (n_digits == 0) return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        long e = 0;
        bool negative = false;
        p++;
        if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
        if (p == end) return false;
        for (; p < end && (unsigned)(*p - '0') <= 9; p++)
            if (e < 100000) e = e * 10 + (*p - '0');
        m.exponent += negative ? -e : e;
    }
    *out = m;
    return p == end;
}

bool til_number_parse(const char *text, size_t n, double *value)
{
    static const double power[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    numeral_t m;

    if (!scan(text, n, &m)) return false;
    if (!m.inexact && m.digits <= (UINT64_C(1) << 53) && m.exponent >= -22 && m.exponent <= 22) {
        double x = (double)m.digits;
        x = m.exponent < 0 ? x / power[-m.exponent] : x * power[m.exponent];
        *value = m.negative ? -x : x;
        return true;
    }
    char copy[128], *heap = NULL, *source = copy;
    if (n >= sizeof copy) {
        source = heap = malloc(n + 1);
        if (heap == NULL) return false;
    }
    memcpy(source, text, n);
    source[n] = '\0';
    double x = strtod_c(source);
    free(heap);
    if (!isfinite(x)) return false;
    *value = x;
    return true;
}

bool til_number_parse_int(const char *text, size_t n, int64_t lo, int64_t hi, int64_t *value)
{
    const char *p = text, *end = text + n;
    bool negative = false;
    uint64_t digits = 0;

    if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
    if (p == end || end - p > 18) return false;
    for (; p < end; p++) {
        unsigned d = (unsigned)(*p - '0');
        if (d > 9) return false;
        digits = digits * 10 + d;
    }
    int64_t x = negative ? -(int64_t)digits : (int64_t)digits;
    if (x < lo || x > hi) return false;
    *value = x;
    return true;
}

bool til_number_is_missing(const char *text, size_t n)
{
    static const char *const words[] = { "", "NA", "NaN", "nan", "null", "N/A" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == n && memcmp(words[i], text, n) == 0) return true;
    return false;
}
