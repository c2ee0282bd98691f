/* words.h -- how a room lists the words of its enums. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_WORDS_H
#define TIL_BASE_WORDS_H

#include <tilseq/words.h>

/* Defines the til_words_t `name`, for other files or, with STATIC, for this one: `count` words, each
 * given as [VALUE] = "word". */
#define TIL_DEFINE_WORDS(name, count, ...)                                                         \
    TIL_WORDS_LIST(name, count, __VA_ARGS__);                                                      \
    const til_words_t name = { name##_list, count }
#define TIL_STATIC_WORDS(name, count, ...)                                                         \
    TIL_WORDS_LIST(name, count, __VA_ARGS__);                                                      \
    static const til_words_t name = { name##_list, count }

#define TIL_WORDS_LIST(name, count, ...)                                                           \
    static const char *const name##_list[] = { __VA_ARGS__ };                                      \
    _Static_assert(sizeof name##_list / sizeof *name##_list == (count), "a word for each value")

#endif
