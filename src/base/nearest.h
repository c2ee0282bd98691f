/* nearest.h -- the word that was probably meant. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_NEAREST_H
#define TIL_BASE_NEAREST_H

#include <stddef.h>

#include "base/strbuf.h"

/* The word of the list nearest to `word`: alike but for case and - _ . and blanks, else by the fewest
 * letters left out, put in, exchanged or swapped, up to a third of the shorter; NULL when none is
 * near. Words above 64 bytes are near to nothing. */
const char *til_nearest(const char *word, const char *const *list, size_t n);

/* Adds "; did you mean 'X'?" where a word of the list is near. */
void til_add_nearest(til_strbuf_t *b, const char *word, const char *const *list, size_t n);

#endif
