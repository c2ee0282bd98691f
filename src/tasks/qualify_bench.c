/* qualify_bench.c -- the kinds of check that rows of qualify_checks.c are made of.
 *
 * compare   a table that a command wrote against an embedded one, row by row by name
 * refuse    commands that must end with a code, a message and no file
 * threads   a table must have the same bytes at 1, 2 and 4 threads
 * writes    commands end well and leave a file that is not empty
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "io/text/builtin.h"
#include "io/text/table_tsv.h"
#include "tasks/qualify_bench.h"

enum { MOST_WORDS = 48 };

/* ---- commands -------------------------------------------------------------------------------- */

/* A word with its IN/ or OUT/ put in place; NULL for want of memory. */
static char *place_word(const til_qualify_bench_t *bench, const char *word, size_t n,
                        const char *folder)
{
    til_strbuf_t b = { 0 };

    if (n >= 3 && strncmp(word, "IN/", 3) == 0) {
        til_strbuf_printf(&b, "%s/", bench->inputs);
        til_strbuf_add_n(&b, word + 3, n - 3);
    } else if (n >= 4 && strncmp(word, "OUT/", 4) == 0) {
        til_strbuf_printf(&b, "%s/", folder);
        til_strbuf_add_n(&b, word + 4, n - 4);
    } else {
        til_strbuf_add_n(&b, word, n);
    }
    if (b.failed) til_strbuf_clear(&b);
    return b.text;
}

/* The command up to `end`. */
static til_status_t run_one(til_ctx_t *ctx, const til_qualify_bench_t *bench, const char *from,
                            const char *end, const char *folder)
{
    char *words[MOST_WORDS + 2] = { NULL }, last[] = "--no-provenance";
    int n = 0;
    til_status_t status = TIL_OK;

    while (from < end) {
        size_t length = 0;
        while (from + length < end && from[length] != ' ') length++;
        if (length > 0 && n == MOST_WORDS)
            TIL_TRY(til_fail(ctx, TIL_EINTERNAL, "a command of more than %d words", MOST_WORDS));
        if (length > 0) {
            words[n] = place_word(bench, from, length, folder);
            if (words[n++] == NULL) TIL_TRY(til_no_memory(ctx, length, "bytes"));
        }
        from += length + (from + length < end);
    }
    words[n] = last;
    status = bench->command(ctx, n + 1, words);
done:
    for (int i = 0; i < n; i++) free(words[i]);
    return status;
}

til_status_t til_bench_run(til_ctx_t *ctx, const til_qualify_bench_t *bench, const char *commands,
                           const char *folder)
{
    til_status_t status = TIL_OK;

    while (status == TIL_OK && commands != NULL) {
        const char *next = strstr(commands, " ; ");
        status = run_one(ctx, bench, commands, next == NULL ? commands + strlen(commands) : next,
                         folder);
        commands = next == NULL ? NULL : next + 3;
    }
    return status;
}

/* ---- what they wrote --------------------------------------------------------------------------- */

static til_status_t join(til_ctx_t *ctx, const char *folder, const char *name, til_strbuf_t *path)
{
    til_strbuf_printf(path, "%s/%s", folder, name);
    return path->failed ? til_no_memory(ctx, 1, "path") : TIL_OK;
}

til_status_t til_bench_table(til_ctx_t *ctx, const char *folder, const char *name, til_table_t *out)
{
    til_strbuf_t path = { 0 };
    til_text_t text = { 0 };
    til_status_t status;

    *out = (til_table_t){ 0 };
    TIL_TRY(join(ctx, folder, name, &path));
    TIL_TRY(til_text_read(ctx, path.text, &text));
    TIL_TRY(til_table_read(ctx, &text, out));
done:
    til_text_clear(&text);
    til_strbuf_clear(&path);
    return status;
}

til_status_t til_bench_numbers(til_ctx_t *ctx, const til_table_t *table, const char *name,
                               const double **values)
{
    const til_column_t *column = til_table_column(table, name);

    if (column == NULL || column->type != TIL_COLUMN_NUMBER)
        return til_fail(ctx, TIL_EINTERNAL, "the result has no column of numbers '%s'", name);
    *values = column->number;
    return TIL_OK;
}

til_status_t til_bench_digest(til_ctx_t *ctx, const char *folder, const char *name,
                              char text[TIL_SHA256_TEXT])
{
    til_strbuf_t path = { 0 };
    til_status_t status = join(ctx, folder, name, &path);

    if (status == TIL_OK) status = til_sha256_file(ctx, path.text, text);
    til_strbuf_clear(&path);
    return status;
}

/* ---- compare ----------------------------------------------------------------------------------- */

typedef struct {
    size_t n_values, n_off;
    double worst;
    til_strbuf_t first; /* the first that is off, in words */
} comparison_t;

static double distance(double got, double want, bool is_p)
{
    if (isnan(got) || isnan(want)) return isnan(got) && isnan(want) ? 0 : INFINITY;
    if (got == want) return 0;
    if (is_p && got > 0 && want > 0) return fabs(log(got) - log(want)) / (1 + fabs(log(want)));
    return fabs(got - want) / fmax(1, fabs(want));
}

static void note(comparison_t *c, bool is_off, const char *row, const char *column, const char *got,
                 const char *want)
{
    c->n_values++;
    if (is_off && c->n_off++ == 0)
        til_strbuf_printf(&c->first, "%s, %s: got %s, want %s", row, column, got, want);
}

static void compare_cell(comparison_t *c, const til_column_t *got, size_t i,
                         const til_column_t *want, size_t k, const char *row, double tolerance)
{
    if (got->type == TIL_COLUMN_TEXT || want->type == TIL_COLUMN_TEXT) {
        const char *a = got->type == TIL_COLUMN_TEXT && got->text[i] != NULL ? got->text[i] : "NA";
        const char *b = want->type == TIL_COLUMN_TEXT && want->text[k] != NULL ? want->text[k]
                                                                               : "NA";
        note(c, got->type != want->type || strcmp(a, b) != 0, row, want->name, a, b);
        return;
    }
    char a[40], b[40];
    double d = distance(got->number[i], want->number[k], want->name[0] == 'p');
    snprintf(a, sizeof a, "%.17g", got->number[i]);
    snprintf(b, sizeof b, "%.17g", want->number[k]);
    if (d > c->worst) c->worst = d;
    note(c, !(d <= tolerance), row, want->name, a, b);
}

/* Every cell of `want` against the one of the same row and column names. */
static til_status_t compare_tables(til_ctx_t *ctx, const til_table_t *got, const til_table_t *want,
                                   double tolerance, comparison_t *c)
{
    til_names_t *rows = til_names_new();
    til_status_t status = TIL_OK;

    if (rows == NULL) return til_no_memory(ctx, 1, "names");
    if (got->n_cols == 0 || got->columns[0].type != TIL_COLUMN_TEXT)
        TIL_TRY(til_fail(ctx, TIL_EINTERNAL, "the result has no names of rows"));
    for (size_t i = 0; i < got->n_rows; i++) {
        const char *name = got->columns[0].text[i];
        int is_new = 0;
        if (til_names_add(rows, name == NULL ? "NA" : name, &is_new) < 0 || !is_new)
            TIL_TRY(til_fail(ctx, TIL_EINTERNAL, "row '%s' stands twice in the result",
                             name == NULL ? "NA" : name));
    }
    for (size_t j = 1; j < want->n_cols; j++) {
        const til_column_t *column = til_table_column(got, want->columns[j].name);
        if (column == NULL)
            TIL_TRY(til_fail(ctx, TIL_EINTERNAL, "the result has no column '%s'",
                             want->columns[j].name));
        for (size_t k = 0; k < want->n_rows; k++) {
            const char *name = want->columns[0].text[k];
            ptrdiff_t i = til_names_find(rows, name);
            if (i < 0) TIL_TRY(til_fail(ctx, TIL_EINTERNAL, "the result has no row '%s'", name));
            compare_cell(c, column, (size_t)i, &want->columns[j], k, name, tolerance);
        }
    }
done:
    til_names_free(rows);
    return status;
}

til_status_t til_qualify_compare(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                 const til_qualify_check_t *check, bool *passed,
                                 til_strbuf_t *found)
{
    til_table_t got = { 0 }, want = { 0 };
    til_text_t text = { 0 };
    comparison_t c = { 0 };
    til_status_t status;

    TIL_TRY(til_bench_run(ctx, bench, check->commands, bench->folder));
    TIL_TRY(til_builtin_text_among(ctx, til_qualify_files, check->reference, &text));
    TIL_TRY(til_table_read(ctx, &text, &want));
    TIL_TRY(til_bench_table(ctx, bench->folder, check->result, &got));
    TIL_TRY(compare_tables(ctx, &got, &want, check->tolerance, &c));
    *passed = c.n_values > 0 && c.n_off == 0;
    til_strbuf_printf(found, "%zu of %zu values agree with %s", c.n_values - c.n_off, c.n_values,
                      check->reference);
    if (c.n_off == 0) til_strbuf_printf(found, ", the largest distance is %.2g", c.worst);
    else til_strbuf_printf(found, "; the first that does not: %s", til_strbuf_text(&c.first));
done:
    til_strbuf_clear(&c.first);
    til_table_clear(&got);
    til_table_clear(&want);
    til_text_clear(&text);
    return status;
}

/* ---- refuse, threads, writes -------------------------------------------------------------------- */

static til_status_t count_files(til_ctx_t *ctx, const char *folder, size_t *n)
{
    DIR *dir = opendir(folder);

    *n = 0;
    if (dir == NULL) return til_fail(ctx, TIL_EIO, "%s: cannot be listed", folder);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        *n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return TIL_OK;
}

til_status_t til_qualify_refuse(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    til_status_t got = til_bench_run(ctx, bench, check->commands, bench->folder), status;
    int code = til_status_exit_code(got);
    size_t n_left;

    til_strbuf_printf(found, "exit %d, wanted %d: %s", code, check->exit_code, ctx->message);
    *passed = code == check->exit_code && ctx->message[0] != '\0';
    til_ctx_forgive(ctx);
    status = count_files(ctx, bench->folder, &n_left);
    if (n_left > 0) {
        til_strbuf_printf(found, "; %zu files are left", n_left);
        *passed = false;
    }
    return status;
}

til_status_t til_qualify_threads(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                 const til_qualify_check_t *check, bool *passed,
                                 til_strbuf_t *found)
{
    static const int n_threads[] = { 1, 2, 4 };
    enum { N = sizeof n_threads / sizeof *n_threads };
    char digest[N][TIL_SHA256_TEXT];
    til_strbuf_t folder = { 0 };
    til_status_t status = TIL_OK;

    *passed = true;
    for (int i = 0; i < N; i++) {
        til_strbuf_reset(&folder);
        til_strbuf_printf(&folder, "%s/%d", bench->folder, n_threads[i]);
        if (folder.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
        ctx->n_threads = n_threads[i];
        TIL_TRY(til_bench_run(ctx, bench, check->commands, folder.text));
        TIL_TRY(til_bench_digest(ctx, folder.text, check->result, digest[i]));
        *passed &= strcmp(digest[i], digest[0]) == 0;
        til_strbuf_printf(found, "%s%d thread%s: sha256 %.16s", i == 0 ? "" : ", ", n_threads[i],
                          n_threads[i] == 1 ? "" : "s", digest[i]);
    }
done:
    til_strbuf_clear(&folder);
    return status;
}

til_status_t til_qualify_writes(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    til_strbuf_t path = { 0 };
    struct stat info;
    til_status_t status;

    TIL_TRY(til_bench_run(ctx, bench, check->commands, bench->folder));
    TIL_TRY(join(ctx, bench->folder, check->result, &path));
    *passed = stat(path.text, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
    til_strbuf_printf(found, "%s %s", check->result, *passed ? "was written" : "is not there");
done:
    til_strbuf_clear(&path);
    return status;
}
