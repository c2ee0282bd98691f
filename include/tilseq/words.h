/* tilseq/words.h -- the words that users type for the values of an enum.
 *
 * A choice is kept as its enum everywhere; its word is only for reading and printing. The lists stand in the rooms of
 * their enums (til_pairs_words for til_pairs_t in count.h, and so on) and are indexed by the enum, so that
 * the order of a list means nothing.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_WORDS_H
#define TILSEQ_WORDS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* words[v] is the word of value v; "auto|A" is two words of one value, of which the first is the
 * usual one. */
typedef struct {
    const char *const *words;
    size_t n;
} til_words_t;

/* The value whose word is `text`, to the letter; -1 where none is. */
int til_words_find(const til_words_t *list, const char *text);

#ifdef __cplusplus
}
#endif
#endif
