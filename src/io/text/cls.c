/* cls.c -- GSEA's class files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/names.h"
#include "base/number.h"
#include "base/try.h"
#include "io/text/cls.h"

/* The next word of *p, ended in place; NULL at the end. */
static char *next_word(char **p)
{
    char *start = *p + strspn(*p, " \t");
    size_t n = strcspn(start, " \t");

    if (n == 0) return NULL;
    *p = start + n;
    if (**p != '\0') *(*p)++ = '\0';
    return start;
}

void til_cls_write(til_out_t *out, size_t n, const char *const *labels)
{
    size_t n_classes = 0;

    for (size_t s = 0; s < n; s++) {
        size_t before = 0;
        while (before < s && strcmp(labels[before], labels[s]) != 0) before++;
        n_classes += before == s;
    }
    til_out_printf(out, "%zu %zu 1\n#", n, n_classes);
    for (size_t s = 0; s < n; s++) {
        size_t before = 0;
        while (before < s && strcmp(labels[before], labels[s]) != 0) before++;
        if (before == s) til_out_printf(out, " %s", labels[s]);
    }
    for (size_t s = 0; s < n; s++) til_out_printf(out, "%c%s", s == 0 ? '\n' : ' ', labels[s]);
    til_out_char(out, '\n');
}

static til_status_t start_sheet(til_ctx_t *ctx, const til_text_t *text, size_t n, til_sheet_t *out)
{
    out->arena = til_arena_new();
    out->samples = til_array_zero(n, sizeof *out->samples);
    out->columns = til_array_zero(1, sizeof *out->columns);
    out->cells = til_array_zero(n, sizeof *out->cells);
    out->lines = til_array_zero(n, sizeof *out->lines);
    if (out->arena == NULL || out->samples == NULL || out->columns == NULL || out->cells == NULL ||
        out->lines == NULL)
        return til_no_memory(ctx, n, "samples");
    out->n_columns = 1;
    out->columns[0] = til_arena_text(out->arena, "class");
    out->origin = til_arena_text(out->arena, text->path);
    return out->columns[0] == NULL || out->origin == NULL ? til_no_memory(ctx, n, "samples")
                                                          : TIL_OK;
}

til_status_t til_cls_read(til_ctx_t *ctx, til_text_t *text, char *const *samples, size_t n,
                          til_sheet_t *out)
{
    til_names_t *classes = til_names_new();
    til_status_t status;
    char *line, *word, *p;
    size_t length;
    int64_t n_promised, n_classes;

    *out = (til_sheet_t){ 0 };
    if (classes == NULL) return til_no_memory(ctx, n, "classes");
    TIL_TRY(start_sheet(ctx, text, n, out));
    if (!til_text_next(text, &line, &length) || (word = next_word(&line)) == NULL ||
        !til_number_parse_int(word, strlen(word), 1, INT32_MAX, &n_promised) ||
        (word = next_word(&line)) == NULL ||
        !til_number_parse_int(word, strlen(word), 1, INT32_MAX, &n_classes)) {
        status = til_fail(ctx, TIL_EINPUT, "%s:1: a CLS file begins with 'SAMPLES CLASSES 1'",
                          text->path);
        goto done;
    }
    if (n_promised != (int64_t)n) {
        status = til_fail(ctx, TIL_EINPUT, "%s:1: %lld samples where the matrix has %zu",
                          text->path, (long long)n_promised, n);
        goto done;
    }
    if (!til_text_next(text, &line, &length) || line[0] != '#' ||
        !til_text_next(text, &line, &length)) {
        status = til_fail(ctx, TIL_EINPUT, "%s:2: '# names', then a line of labels are wanted",
                          text->path);
        goto done;
    }
    for (p = line; (word = next_word(&p)) != NULL; out->n_samples++) {
        if (out->n_samples == n) {
            status = til_fail(ctx, TIL_EINPUT, "%s:3: more than %zu labels", text->path, n);
            goto done;
        }
        out->lines[out->n_samples] = text->line;
        out->samples[out->n_samples] = til_arena_text(out->arena, samples[out->n_samples]);
        out->cells[out->n_samples] = til_arena_text(out->arena, word);
        if (til_names_add(classes, word, NULL) < 0 || out->samples[out->n_samples] == NULL ||
            out->cells[out->n_samples] == NULL) {
            status = til_no_memory(ctx, n, "labels");
            goto done;
        }
    }
    if (out->n_samples != n || (int64_t)til_names_count(classes) != n_classes) {
        status = til_fail(
            ctx, TIL_EINPUT, "%s:3: %zu labels of %zu classes where %zu of %lld are promised",
            text->path, out->n_samples, til_names_count(classes), n, (long long)n_classes);
        goto done;
    }
    status = TIL_OK;
done:
    til_names_free(classes);
    if (status != TIL_OK) til_sheet_clear(out);
    return status;
}
