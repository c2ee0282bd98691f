/* variable.c -- columns of a sample sheet become factors and covariates.
 *
 * Numbers are a covariate unless the column is declared a factor or is called patient, subject,
 * donor or batch, where numbers are labels. Levels stand in sheet order behind the reference:
 * an alphabetical order would choose the reference by spelling. Visits (--time, and columns called
 * time, visit, day...) stand by their numbers, C1D1 < C1D15 < C2D1. The reference is the level the user
 * names, else one that is called what references are called, else the first.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/try.h"
#include "design/variable.h"

enum { MAX_LISTED = 12 }; /* names in one message */

/* Why the reference is the reference. */
typedef enum { TIL_BY_SHEET, TIL_BY_NUMBER, TIL_BY_NAME, TIL_BY_WISH } til_level_order_t;

static const char *const label_columns[] = { "patient", "subject", "donor", "batch" };

static const char *const visit_columns[] = { "time", "timepoint", "time_point", "visit",
                                             "day",  "week",      "month",      "cycle" };

/* The better known first: of a screening and a baseline, the baseline. */
static const char *const reference_levels[] = { "pre",  "baseline",  "screening", "control",
                                                "ctrl", "untreated", "placebo",   "vehicle" };

static char lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

static bool same_but_case(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) a++, b++;
    return *a == *b;
}

bool til_cell_is_missing(const char *cell)
{
    return til_number_is_missing(cell, strlen(cell)) && strcmp(cell, "null") != 0;
}

void til_list_names(til_strbuf_t *b, char *const *names, size_t n)
{
    size_t shown = n <= MAX_LISTED + 1 ? n : MAX_LISTED;

    for (size_t i = 0; i < shown; i++)
        til_strbuf_printf(b, "%s'%s'", i == 0 ? "" : i + 1 == n ? " and " : ", ", names[i]);
    if (shown < n) til_strbuf_printf(b, " and %zu more", n - shown);
}

til_status_t til_frame_column(til_ctx_t *ctx, const til_frame_t *frame, const char *name,
                              const char *why, size_t *column)
{
    const til_sheet_t *sheet = frame->sheet;
    ptrdiff_t found = til_sheet_column(sheet, name);
    til_strbuf_t known = { 0 };
    til_status_t status;

    if (found >= 0) {
        *column = (size_t)found;
        return TIL_OK;
    }
    til_list_names(&known, sheet->columns, sheet->n_columns);
    til_add_nearest(&known, name, (const char *const *)sheet->columns, sheet->n_columns);
    status = til_fail(ctx, TIL_EINPUT, "%s: no column '%s' (%s): %s%s", sheet->origin, name, why,
                      sheet->n_columns > 0 ? "there are " : "there is none but sample",
                      til_strbuf_text(&known));
    til_strbuf_clear(&known);
    return status;
}

/* ---- what the user says -------------------------------------------------------------- */

/* The length of COLUMN in "COLUMN=LEVEL": the first '=' behind the name of a column; 0 if none. */
static size_t column_length(const til_sheet_t *sheet, const char *text, size_t *column)
{
    for (const char *eq = strchr(text, '='); eq != NULL; eq = strchr(eq + 1, '='))
        for (size_t c = 0; c < sheet->n_columns; c++) {
            size_t n = strlen(sheet->columns[c]);
            if (n == (size_t)(eq - text) && memcmp(sheet->columns[c], text, n) == 0) {
                *column = c;
                return n;
            }
        }
    return 0;
}

til_status_t til_typing_check(til_ctx_t *ctx, const til_frame_t *frame, const til_typing_t *typing)
{
    size_t column, other;

    for (size_t i = 0; i < typing->n_factors; i++) {
        til_status_t status = til_frame_column(ctx, frame, typing->factors[i], "--factor", &column);
        if (status != TIL_OK) return status;
    }
    for (size_t i = 0; i < typing->n_references; i++) {
        const char *text = typing->references[i], *eq = strchr(text, '=');
        if (eq == NULL || eq == text || eq[1] == '\0')
            return til_fail(ctx, TIL_EUSAGE, "--reference: '%s' is not COLUMN=LEVEL", text);
        if (column_length(frame->sheet, text, &column) == 0)
            return til_fail(ctx, TIL_EINPUT, "%s: no column for --reference '%s'",
                            frame->sheet->origin, text);
        for (size_t k = 0; k < i; k++)
            if (column_length(frame->sheet, typing->references[k], &other) > 0 && other == column)
                return til_fail(ctx, TIL_EUSAGE, "--reference: '%s' after '%s': a column has one",
                                text, typing->references[k]);
    }
    return TIL_OK;
}

/* The reference level the user names for a column, or NULL. */
static const char *wanted_reference(const til_sheet_t *sheet, const til_typing_t *typing,
                                    size_t column)
{
    size_t found;

    for (size_t i = 0; i < typing->n_references; i++) {
        size_t n = column_length(sheet, typing->references[i], &found);
        if (n > 0 && found == column) return typing->references[i] + n + 1;
    }
    return NULL;
}

static bool declared_factor(const til_typing_t *typing, const char *name)
{
    for (size_t i = 0; i < typing->n_factors; i++)
        if (strcmp(typing->factors[i], name) == 0) return true;
    return false;
}

static bool is_among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (same_but_case(names[i], name)) return true;
    return false;
}

/* ---- levels -------------------------------------------------------------------------- */

/* Bytes of the blank at `text`, 0 for none: also those of UTF-8 that look like one or like nothing. */
static size_t blank_bytes(const char *text)
{
    static const char *const blanks[] = { " ",
                                          "\t",
                                          "\xC2\xA0",
                                          "\xE2\x80\x8B",
                                          "\xE2\x80\xAF",
                                          "\xE2\x80\x89",
                                          "\xE2\x80\x82",
                                          "\xE2\x80\x83",
                                          "\xE3\x80\x80",
                                          "\xEF\xBB\xBF" };
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (strncmp(text, blanks[i], strlen(blanks[i])) == 0) return strlen(blanks[i]);
    return 0;
}

/* `level` in lower case, its blanks cut at the ends and single inside: what a reader sees. */
static void add_as_seen(til_strbuf_t *b, const char *level)
{
    bool pending = false;

    for (; *level != '\0'; level++) {
        size_t n = blank_bytes(level);
        if (n > 0) {
            pending = b->length > 0;
            level += n - 1;
            continue;
        }
        if (pending) til_strbuf_add_char(b, ' ');
        pending = false;
        til_strbuf_add_char(b, lower(*level));
    }
}

/* The row of the sheet where level number l first stands. */
static size_t first_row(const til_frame_t *frame, const til_variable_t *v, size_t l)
{
    size_t s = 0;

    while (s + 1 < frame->n && v->level[s] != l) s++;
    return frame->rows[s];
}

static til_status_t refuse_lookalikes(til_ctx_t *ctx, const til_frame_t *frame,
                                      const til_variable_t *v)
{
    til_status_t status = TIL_OK;
    til_strbuf_t seen = { 0 };
    til_names_t *names = til_names_new();

    if (names == NULL) return til_no_memory(ctx, v->n_levels, "levels");
    for (size_t l = 0; l < v->n_levels; l++) {
        int is_new;
        til_strbuf_reset(&seen);
        add_as_seen(&seen, v->levels[l]);
        ptrdiff_t id = til_names_add(names, til_strbuf_text(&seen), &is_new);
        if (id < 0 || seen.failed) {
            status = til_no_memory(ctx, v->n_levels, "levels");
            goto done;
        }
        if (is_new) continue;
        const til_sheet_t *sheet = frame->sheet;
        size_t a = first_row(frame, v, (size_t)id), b = first_row(frame, v, l);
        bool by_case = same_but_case(v->levels[id], v->levels[l]);
        status = til_fail(ctx, TIL_EINPUT,
                          "%s:%zu: levels '%s' (sample %s) and '%s' (sample %s) of %s differ by "
                          "%s only: write one of them everywhere",
                          sheet->origin, sheet->lines[b], v->levels[id], sheet->samples[a],
                          v->levels[l], sheet->samples[b], v->name, by_case ? "case" : "blanks");
        goto done;
    }

done:
    til_strbuf_clear(&seen);
    til_names_free(names);
    return status;
}

til_status_t til_variable_level(til_ctx_t *ctx, const til_variable_t *variable, const char *where,
                                const char *name, size_t *level)
{
    til_strbuf_t known = { 0 };
    til_status_t status;

    for (*level = 0; *level < variable->n_levels; ++*level)
        if (strcmp(variable->levels[*level], name) == 0) return TIL_OK;
    til_list_names(&known, variable->levels, variable->n_levels);
    til_add_nearest(&known, name, (const char *const *)variable->levels, variable->n_levels);
    status = til_fail(ctx, TIL_EINPUT, "%s: %s has no level '%s': there are %s", where,
                      variable->name, name, til_strbuf_text(&known));
    til_strbuf_clear(&known);
    return status;
}

/* Puts the levels in the order `order` (n_levels level numbers). `number` holds n_levels. */
static void reorder(til_variable_t *v, size_t n_samples, const size_t *order, char **names,
                    size_t *number)
{
    for (size_t l = 0; l < v->n_levels; l++) {
        names[l] = v->levels[order[l]];
        number[order[l]] = l;
    }
    memcpy(v->levels, names, v->n_levels * sizeof *names);
    for (size_t s = 0; s < n_samples; s++) v->level[s] = number[v->level[s]];
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Two levels by their numbers: do they agree in everything else, and if so, < 0, 0 or > 0 in
 * *order. A number that is missing stands before one that is there: on, on2. */
static bool compare_visits(const char *a, const char *b, int *order)
{
    double x, y;

    *order = 0;
    if (til_number_parse(a, strlen(a), &x) && til_number_parse(b, strlen(b), &y)) {
        *order = (x > y) - (x < y);
        return true;
    }
    while (*a != '\0' || *b != '\0') {
        if (is_digit(*a) || is_digit(*b)) {
            double m = -1, n = -1;
            if (is_digit(*a)) m = 0;
            if (is_digit(*b)) n = 0;
            for (; is_digit(*a); a++) m = 10 * m + (*a - '0');
            for (; is_digit(*b); b++) n = 10 * n + (*b - '0');
            if (*order == 0) *order = (m > n) - (m < n);
            continue;
        }
        if (*a == '\0' || *b == '\0' || lower(*a) != lower(*b)) return false;
        a++, b++;
    }
    return true;
}

/* order[0..n): level numbers sorted by their numbers, when every two of them can be compared. */
static bool sort_visits(const til_variable_t *v, size_t *order, size_t n)
{
    int sign;

    for (size_t i = 1; i < n; i++)
        if (!compare_visits(v->levels[order[0]], v->levels[order[i]], &sign)) return false;
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0; k--) {
            size_t keep = order[k];
            if (!compare_visits(v->levels[order[k - 1]], v->levels[keep], &sign)) return false;
            if (sign <= 0) break;
            order[k] = order[k - 1];
            order[k - 1] = keep;
        }
    return true;
}

/* The level that is called what references are called; n_levels if none. */
static size_t find_known_reference(const til_variable_t *v)
{
    for (size_t i = 0; i < sizeof reference_levels / sizeof *reference_levels; i++)
        for (size_t l = 0; l < v->n_levels; l++)
            if (same_but_case(v->levels[l], reference_levels[i])) return l;
    return v->n_levels;
}

/* Brings the levels into order: the reference, then visits by number or the others as found. */
static til_status_t order_levels(til_ctx_t *ctx, const til_frame_t *frame, const char *reference,
                                 bool are_visits, til_variable_t *v, til_level_order_t *how)
{
    til_status_t status = TIL_OK;
    size_t *order = til_array(2 * v->n_levels, sizeof *order), n = 0,
           first = find_known_reference(v);
    char **names = til_array(v->n_levels, sizeof *names);

    if (order == NULL || names == NULL) TIL_TRY(til_no_memory(ctx, v->n_levels, "levels"));
    *how = first < v->n_levels ? TIL_BY_NAME : TIL_BY_SHEET;
    for (size_t l = 0; l < v->n_levels; l++)
        if (l != first) order[n++] = l;
    if (are_visits && sort_visits(v, order, n) && n > 1 && *how == TIL_BY_SHEET)
        *how = TIL_BY_NUMBER;
    if (first < v->n_levels) {
        memmove(order + 1, order, n * sizeof *order);
        order[0] = first;
    }
    reorder(v, frame->n, order, names, order + v->n_levels);
    if (reference == NULL) goto done;
    TIL_TRY(til_variable_level(ctx, v, "--reference", reference, &first));
    *how = TIL_BY_WISH;
    order[0] = first;
    for (size_t l = 0, k = 1; l < v->n_levels; l++)
        if (l != first) order[k++] = l;
    reorder(v, frame->n, order, names, order + v->n_levels);

done:
    free(names);
    free(order);
    return status;
}

static til_status_t make_factor(til_ctx_t *ctx, const til_frame_t *frame, size_t column,
                                const char *reference, bool are_visits, til_arena_t *arena,
                                til_variable_t *v, til_level_order_t *how)
{
    til_status_t status = TIL_OK;
    til_names_t *names = til_names_new();

    if (names == NULL) return til_no_memory(ctx, frame->n, "levels");
    v->is_factor = true;
    TIL_TRY(til_keep_array(ctx, arena, frame->n, sizeof *v->level, &v->level));
    for (size_t s = 0; s < frame->n; s++) {
        ptrdiff_t id = til_names_add(names, til_sheet_cell(frame->sheet, frame->rows[s], column),
                                     NULL);
        if (id < 0) {
            status = til_no_memory(ctx, frame->n, "levels");
            goto done;
        }
        v->level[s] = (size_t)id;
    }
    v->n_levels = til_names_count(names);
    TIL_TRY(til_keep_array(ctx, arena, v->n_levels, sizeof *v->levels, &v->levels));
    for (size_t l = 0; l < v->n_levels; l++)
        TIL_TRY(til_keep_text(ctx, arena, til_names_get(names, l), &v->levels[l]));
    TIL_TRY(refuse_lookalikes(ctx, frame, v));
    TIL_TRY(order_levels(ctx, frame, reference, are_visits, v, how));

done:
    til_names_free(names);
    return status;
}

/* ---- one variable -------------------------------------------------------------------- */

/* How many cells are numbers; *odd is the first sample whose cell is not. */
static size_t count_numbers(const til_frame_t *frame, size_t column, size_t *odd)
{
    size_t n = 0;
    double value;

    *odd = frame->n;
    for (size_t s = 0; s < frame->n; s++) {
        const char *cell = til_sheet_cell(frame->sheet, frame->rows[s], column);
        if (til_number_parse(cell, strlen(cell), &value)) n++;
        else if (*odd == frame->n) *odd = s;
    }
    return n;
}

static til_status_t make_covariate(til_ctx_t *ctx, const til_frame_t *frame, size_t column,
                                   til_arena_t *arena, til_variable_t *v)
{
    const til_sheet_t *sheet = frame->sheet;
    til_status_t status = til_keep_array(ctx, arena, frame->n, sizeof *v->value, &v->value);

    for (size_t s = 0; s < frame->n && status == TIL_OK; s++) {
        size_t row = frame->rows[s];
        const char *cell = til_sheet_cell(sheet, row, column);
        if (!til_number_parse(cell, strlen(cell), &v->value[s]))
            status = til_fail(ctx, TIL_EINPUT, "%s:%zu: %s '%s' of sample %s is not a number",
                              sheet->origin, sheet->lines[row], v->name, cell, sheet->samples[row]);
    }
    return status;
}

static til_status_t describe(til_ctx_t *ctx, const til_frame_t *frame, size_t column,
                             til_level_order_t how, til_arena_t *arena, til_variable_t *v)
{
    static const char *const reasons[] = { "the first in the sheet", "the first by its number",
                                           "by its name", "as asked" };
    size_t odd, n_numbers = count_numbers(frame, column, &odd);
    til_strbuf_t b = { 0 };
    til_status_t status;

    if (!v->is_factor) {
        til_strbuf_printf(&b,
                          "%s: a column of numbers, taken as a covariate (--factor %s makes "
                          "it a factor)",
                          v->name, v->name);
    } else {
        til_strbuf_printf(&b, "%s: a factor with %zu levels, the reference is '%s' (%s)", v->name,
                          v->n_levels, v->n_levels > 0 ? v->levels[0] : "", reasons[how]);
        if (n_numbers > frame->n / 2 && n_numbers < frame->n)
            til_strbuf_printf(&b, "; %zu of %zu cells are numbers but '%s' of sample %s is not",
                              n_numbers, frame->n,
                              til_sheet_cell(frame->sheet, frame->rows[odd], column),
                              frame->sheet->samples[frame->rows[odd]]);
    }
    status = til_keep_strbuf(ctx, arena, &b, &v->about);
    til_strbuf_clear(&b);
    return status;
}

til_status_t til_variable_make(til_ctx_t *ctx, const til_frame_t *frame, size_t column,
                               til_variable_role_t role, const til_typing_t *typing,
                               til_arena_t *arena, til_variable_t *out)
{
    til_status_t status = TIL_OK;
    const char *name = frame->sheet->columns[column];
    const char *reference = wanted_reference(frame->sheet, typing, column);
    size_t odd;
    til_level_order_t how = TIL_BY_SHEET;
    bool are_visits = role == TIL_AS_VISITS ||
                      is_among(name, visit_columns, sizeof visit_columns / sizeof *visit_columns);
    bool is_number = role == TIL_AS_NUMBER ||
                     (role == TIL_AS_FOUND && !declared_factor(typing, name) &&
                      !is_among(name, label_columns,
                                sizeof label_columns / sizeof *label_columns) &&
                      frame->n > 0 && count_numbers(frame, column, &odd) == frame->n);

    *out = (til_variable_t){ 0 };
    TIL_TRY(til_keep_text(ctx, arena, name, &out->name));
    if (is_number && reference != NULL) TIL_TRY(til_variable_need_factor(ctx, out, "--reference"));
    if (is_number) TIL_TRY(make_covariate(ctx, frame, column, arena, out));
    else TIL_TRY(make_factor(ctx, frame, column, reference, are_visits, arena, out, &how));
    TIL_TRY(describe(ctx, frame, column, how, arena, out));

done:
    return status;
}

til_status_t til_variable_need_factor(til_ctx_t *ctx, const til_variable_t *variable,
                                      const char *what)
{
    if (variable->is_factor) return TIL_OK;
    return til_fail(ctx, TIL_EUSAGE,
                    "%s: %s is a covariate (a column of numbers) and has no levels: --factor %s "
                    "makes it a factor, and ID=%s asks for its slope",
                    what, variable->name, variable->name, variable->name);
}

til_status_t til_variable_need_levels(til_ctx_t *ctx, const til_frame_t *frame,
                                      const til_variable_t *variable)
{
    if (!variable->is_factor || variable->n_levels != 1) return TIL_OK;
    return til_fail(ctx, TIL_EINPUT,
                    "%s: factor %s has 1 level ('%s' in all %zu samples): a comparison needs 2",
                    frame->sheet->origin, variable->name, variable->levels[0], frame->n);
}
