/* words.c -- from a word to the value it stands for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/words.h"

int til_words_find(const til_words_t *list, const char *text)
{
    size_t n = text == NULL ? 0 : strlen(text);

    for (size_t v = 0; list != NULL && n > 0 && v < list->n; v++)
        for (const char *word = list->words[v]; word != NULL;) {
            size_t length = strcspn(word, "|");
            if (length > 0 && length == n && memcmp(word, text, n) == 0) return (int)v;
            word = word[length] == '|' ? word + length + 1 : NULL;
        }
    return -1;
}
