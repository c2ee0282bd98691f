/* shortest.c -- the shortest decimal that reads back to the same double.
 *
 * A double v = c 2^q is what every number between (c - 1/2) 2^q and (c + 1/2) 2^q reads as, ends
 * included when c is even (below a power of two the lower end is at c - 1/4). With 10^k <= 2^q,
 * largest such k, the interval holds at most one multiple of 10^(k+1) that is not further from v
 * than another, or else one or two neighbours of v among the multiples of 10^k: four comparisons
 * decide. v and the ends are scaled by 10^-k in 128-bit arithmetic, kept 4 times too large and
 * "rounded to odd", so that all comparisons come out as in exact arithmetic.
 *
 * Source: Giulietti (2020), The Schubfach way to render doubles.
 * Agrees: the fewest digits for which %.<n>g reads back, and of those the nearest (test_number.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/number.h"
#include "base/powers_of_ten.h"

__extension__ typedef unsigned __int128 wide_t;

/* value = digits * 10^exponent */
typedef struct {
    uint64_t digits;
    int exponent;
} decimal_t;

/* floor(log2(10^e)) for |e| <= 1233, and floor(log10(f 2^q)) with f = 1 or 3/4 for |q| <= 1500;
 * `>>` of a negative int rounds down on every compiler tilseq is built with. */
static int floor_log2_of_power(int e) { return (e * 1741647) >> 19; }
static int floor_log10(int q, bool three_quarters)
{
    return (q * 1262611 - (three_quarters ? 524031 : 0)) >> 22;
}

/* floor(x 10^-k 2^...) of the scaled power at `row`, its last bit set when anything was cut off. */
static uint64_t scale(int row, uint64_t x)
{
    wide_t low = (wide_t)power_of_ten[row].low * x;
    wide_t sum = (wide_t)power_of_ten[row].high * x + (uint64_t)(low >> 64);
    return (uint64_t)(sum >> 64) | ((uint64_t)sum > 1);
}

static decimal_t shortest(uint64_t c, int q, bool is_power_of_two)
{
    int k = floor_log10(q, is_power_of_two), row = -k - POWER_FIRST;
    int shift = q + floor_log2_of_power(-k) + 1;
    uint64_t open = c & 1; /* ends belong to v when c is even */

    /* v and its interval in units of 10^k / 4 */
    uint64_t lower = scale(row, (4 * c - (is_power_of_two ? 1 : 2)) << shift) + open;
    uint64_t value = scale(row, (4 * c) << shift);
    uint64_t upper = scale(row, (4 * c + 2) << shift) - open;

    uint64_t s = value / 4;
    if (s >= 10) {
        uint64_t tens = s / 10;
        bool below = lower <= 40 * tens, above = 40 * tens + 40 <= upper;
        if (below != above) return (decimal_t){ tens + above, k + 1 };
    }
    bool below = lower <= 4 * s, above = 4 * s + 4 <= upper;
    if (below != above) return (decimal_t){ s + above, k };
    uint64_t middle = 4 * s + 2;
    bool up = value > middle || (value == middle && (s & 1));
    return (decimal_t){ s + up, k };
}

static decimal_t decimal_of(double positive)
{
    uint64_t bits;
    memcpy(&bits, &positive, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int exponent = (int)(bits >> 52);

    if (exponent == 0) return shortest(fraction, -1074, false);
    return shortest(fraction | UINT64_C(1) << 52, exponent - 1075, fraction == 0 && exponent > 1);
}

/* Takes trailing zeros off. */
static decimal_t trimmed(decimal_t d)
{
    while (d.digits % 10000 == 0) {
        d.digits /= 10000;
        d.exponent += 4;
    }
    while (d.digits % 10 == 0) {
        d.digits /= 10;
        d.exponent++;
    }
    return d;
}

/* Writes x > 0 so that it ends before `end`; returns where it begins. */
static char *write_backwards(uint64_t x, char *end)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
        "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
        "8081828384858687888990919293949596979899";
    for (; x >= 100; x /= 100) memcpy(end -= 2, pairs + 2 * (x % 100), 2);
    if (x >= 10) memcpy(end -= 2, pairs + 2 * x, 2);
    else *--end = (char)('0' + x);
    return end;
}

/* e+07: a sign and two digits at least, as C and R write it. */
static char *write_exponent(int e, char *out)
{
    *out++ = 'e';
    *out++ = e < 0 ? '-' : '+';
    unsigned size = (unsigned)(e < 0 ? -e : e);
    if (size >= 100) *out++ = (char)('0' + size / 100);
    *out++ = (char)('0' + size / 10 % 10);
    *out++ = (char)('0' + size % 10);
    return out;
}

/* The digits of d, n of them from `digit`, with point and exponent. */
static char *lay_out(const char *digit, int n, int exponent, char *out)
{
    enum { LOWEST_PLAIN = -5, HIGHEST_PLAIN = 14 };
    int first = exponent + n - 1; /* the power of ten of the first digit */

    if (first < LOWEST_PLAIN || first > HIGHEST_PLAIN) {
        *out++ = digit[0];
        if (n > 1) *out++ = '.';
        memcpy(out, digit + 1, (size_t)(n - 1));
        return write_exponent(first, out + n - 1);
    }
    if (first < 0) {
        memcpy(out, "0.00000", 7);
        out += 1 - first;
        memcpy(out, digit, (size_t)n);
        return out + n;
    }
    if (exponent >= 0) {
        memcpy(out, digit, (size_t)n);
        memset(out + n, '0', (size_t)exponent);
        return out + n + exponent;
    }
    size_t before = (size_t)first + 1, after = (size_t)n - before;
    memcpy(out, digit, before);
    out[before] = '.';
    memcpy(out + before + 1, digit + before, after);
    return out + n + 1;
}

size_t til_number_print(double value, char *text)
{
    char room[24], *end = room + sizeof room, *out = text;

    if (isnan(value)) {
        memcpy(text, "NA", 3);
        return 2;
    }
    if (value < 0) *out++ = '-';
    value = fabs(value);
    if (isinf(value)) {
        memcpy(out, "Inf", 4);
        return (size_t)(out + 3 - text);
    }

    if (value < 1e15 && value == floor(value)) {
        char *digit = write_backwards((uint64_t)value, end);
        memcpy(out, digit, (size_t)(end - digit));
        out += end - digit;
    } else {
        decimal_t d = trimmed(decimal_of(value));
        char *digit = write_backwards(d.digits, end);
        out = lay_out(digit, (int)(end - digit), d.exponent, out);
    }
    *out = '\0';
    return (size_t)(out - text);
}
