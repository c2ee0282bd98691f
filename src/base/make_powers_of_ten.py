# make_powers_of_ten.py -- writes powers_of_ten.h: python3 make_powers_of_ten.py > powers_of_ten.h
# SPDX-License-Identifier: GPL-3.0-or-later
from fractions import Fraction

FIRST, LAST = -292, 324     # what the shortest decimal of a double can need

print("""/* powers_of_ten.h -- 10^k scaled to 128 bits, rounded up. Written by make_powers_of_ten.py. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_POWERS_OF_TEN_H
#define TIL_BASE_POWERS_OF_TEN_H

#include <stdint.h>

enum { POWER_FIRST = %d, POWER_LAST = %d };

/* [k - POWER_FIRST]: the high and the low half of ceil(10^k 2^(127 - floor(log2(10^k)))). */
static const struct { uint64_t high, low; } power_of_ten[] = {""" % (FIRST, LAST))
for k in range(FIRST, LAST + 1):
    x = Fraction(10) ** k
    shift = 127 - (x.numerator.bit_length() - x.denominator.bit_length())
    scaled = x * Fraction(2) ** shift
    if scaled >= 2 ** 128: scaled /= 2
    if scaled < 2 ** 127: scaled *= 2
    g = -((-scaled.numerator) // scaled.denominator)
    assert 2 ** 127 <= g < 2 ** 128
    print("    { UINT64_C(0x%016x), UINT64_C(0x%016x) },    /* %4d */" % (g >> 64, g % 2 ** 64, k))
print("""};

#endif""")
