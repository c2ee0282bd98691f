/* saf.c -- SAF line by line, as featureCounts reads it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/number.h"
#include "io/text/saf.h"

enum { COLUMNS = 5, MAX_POSITION = 2147483647 };

typedef struct {
    const char *text;
    size_t n;
} column_t;

/* The first five columns of a line; how many there are (further ones count as none). */
static int cut_columns(const char *line, const char *end, column_t column[COLUMNS])
{
    int n = 0;
    for (const char *p = line; p != NULL && n < COLUMNS; n++) {
        const char *tab = memchr(p, '\t', (size_t)(end - p));
        column[n] = (column_t){ p, (size_t)((tab == NULL ? end : tab) - p) };
        p = tab == NULL ? NULL : tab + 1;
    }
    return n;
}

static bool is_strand(column_t s)
{
    return s.n == 1 && *s.text != '\0' && strchr("+-.?", *s.text) != NULL;
}

/* True when a column is `word`, small letters, in whatever case. */
static bool is_word(column_t s, const char *word)
{
    if (s.n != strlen(word)) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((s.text[i] | 0x20) != word[i]) return false;
    return true;
}

static bool is_head(const column_t column[COLUMNS], int n)
{
    return n >= 3 && is_word(column[0], "geneid") && is_word(column[1], "chr") &&
           is_word(column[2], "start");
}

bool til_saf_is_line(const char *line, const char *end)
{
    column_t column[COLUMNS];
    int64_t position;
    int n = cut_columns(line, end, column);
    return is_head(column, n) ||
           (n == COLUMNS && is_strand(column[4]) &&
            til_number_parse_int(column[2].text, column[2].n, 0, INT64_MAX, &position) &&
            til_number_parse_int(column[3].text, column[3].n, 0, INT64_MAX, &position));
}

til_status_t til_saf_line(til_ctx_t *ctx, const char *path, size_t line_no, const char *line,
                          const char *end, til_saf_feature_t *feature, bool *is_header)
{
    column_t column[COLUMNS];
    int64_t start, stop;
    const char *wrong = NULL;
    int n = cut_columns(line, end, column);

    *feature = (til_saf_feature_t){ 0 };
    *is_header = is_head(column, n);
    if (*is_header) return TIL_OK;
    if (n < COLUMNS)
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: %d columns: a SAF line has 5, separated by tabs",
                        path, line_no, n);
    if (column[0].n == 0) wrong = "column 1: no gene: every feature needs one";
    else if (!til_number_parse_int(column[2].text, column[2].n, 1, MAX_POSITION, &start))
        wrong = "column 3: the start is not a whole number from 1 to 2147483647";
    else if (!til_number_parse_int(column[3].text, column[3].n, 1, MAX_POSITION, &stop))
        wrong = "column 4: the end is not a whole number from 1 to 2147483647";
    else if (start > stop)
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: start %lld is beyond end %lld", path, line_no,
                        (long long)start, (long long)stop);
    else if (!is_strand(column[4])) wrong = "column 5: the strand is none of + - .";
    if (wrong != NULL) return til_fail(ctx, TIL_EINPUT, "%s:%zu: %s", path, line_no, wrong);
    *feature = (til_saf_feature_t){ .gene = column[0].text,
                                    .n_gene = column[0].n,
                                    .contig = column[1].text,
                                    .n_contig = column[1].n,
                                    .start = (uint32_t)(start - 1),
                                    .end = (uint32_t)stop,
                                    .strand = *column[4].text == '+'   ? TIL_STRAND_PLUS
                                              : *column[4].text == '-' ? TIL_STRAND_MINUS
                                                                       : TIL_STRAND_NONE };
    return TIL_OK;
}
