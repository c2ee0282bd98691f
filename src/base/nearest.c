/* nearest.c -- the word that was probably meant, by optimal string alignment (Damerau 1964, with no
 * letter moved twice). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/nearest.h"

enum { LONGEST = 64 };

/* Small letters and digits only; the length, or LONGEST + 1 for what is longer. */
static size_t fold(const char *word, char *out)
{
    size_t n = 0;

    for (; *word != '\0'; word++) {
        char c = *word >= 'A' && *word <= 'Z' ? (char)(*word + 32) : *word;
        if (strchr("-_. ", c) != NULL) continue;
        if (n == LONGEST) return LONGEST + 1;
        out[n++] = c;
    }
    out[n] = '\0';
    return n;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][LONGEST + 1];

    for (size_t j = 0; j <= m; j++) rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(least(before[j] + 1, now[j - 1] + 1),
                           before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

const char *til_nearest(const char *word, const char *const *list, size_t n)
{
    char want[LONGEST + 1], have[LONGEST + 1];
    size_t n_want = fold(word, want), best = LONGEST;
    const char *found = NULL;

    if (n_want == 0 || n_want > LONGEST) return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t n_have = fold(list[i], have), shorter = least(n_want, n_have), d;
        if (n_have == 0 || n_have > LONGEST) continue;
        d = distance(want, n_want, have, n_have);
        if (d > 0 && d > shorter / 3) continue;
        if (d < best) {
            best = d;
            found = list[i];
        }
    }
    return found;
}

void til_add_nearest(til_strbuf_t *b, const char *word, const char *const *list, size_t n)
{
    const char *near = til_nearest(word, list, n);
    if (near != NULL) til_strbuf_printf(b, "; did you mean '%s'?", near);
}
