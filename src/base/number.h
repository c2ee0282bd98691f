/* number.h -- strict text <-> number, the same in every locale. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_NUMBER_H
#define TIL_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIL_NUMBER_MAX 32 /* bytes that til_number_print may write */

/* Reads the whole of text[0..n) as a decimal number: optional sign, digits with at most one
 * point, optional exponent. False for anything else ("3x", "0x1F", "1,234", " 1", "", "NA"),
 * and for inf and nan in any spelling. Correctly rounded; out of range gives false.
 */
bool til_number_parse(const char *text, size_t n, double *value);

/* As til_number_parse for whole numbers from lo to hi; no point, no exponent. */
bool til_number_parse_int(const char *text, size_t n, int64_t lo, int64_t hi, int64_t *value);

/* True for the spellings of a missing value: empty, NA, NaN, nan, null, N/A. */
bool til_number_is_missing(const char *text, size_t n);

/* Writes the shortest decimal that reads back to the same double, "NA" for NaN, "Inf"/"-Inf";
 * whole numbers below 1e15 without an exponent. Returns the length; a NUL follows. */
size_t til_number_print(double value, char *text);

#endif
