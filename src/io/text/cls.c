/* cls.c -- GSEA's class files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/alloc.h"
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

til_status_t til_cls_read(til_ctx_t *ctx, til_text_t *text, char *const *samples, size_t n,
                          til_sheet_t *out)
{
    til_names_t *classes = til_names_new();
    til_status_t status;
    char *line, *word, *p;
    size_t length, n_labels = 0;
    int64_t n_promised, n_classes;

    *out = (til_sheet_t){ 0 };
    if (classes == NULL) return til_no_memory(ctx, n, "classes");
    TIL_TRY(til_sheet_init(ctx, n, 1, text->path, out));
    TIL_TRY(til_sheet_set_column(ctx, out, 0, "class"));
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
    for (p = line; (word = next_word(&p)) != NULL; n_labels++) {
        if (n_labels == n) {
            status = til_fail(ctx, TIL_EINPUT, "%s:3: more than %zu labels", text->path, n);
            goto done;
        }
        out->lines[n_labels] = text->line;
        TIL_TRY(til_sheet_set_sample(ctx, out, n_labels, samples[n_labels]));
        TIL_TRY(til_sheet_set_cell(ctx, out, n_labels, 0, word));
        if (til_names_add(classes, word, NULL) < 0) TIL_TRY(til_no_memory(ctx, n, "labels"));
    }
    if (n_labels != n || (int64_t)til_names_count(classes) != n_classes) {
        status = til_fail(ctx, TIL_EINPUT,
                          "%s:3: %zu labels of %zu classes where %zu of %lld are promised",
                          text->path, n_labels, til_names_count(classes), n, (long long)n_classes);
        goto done;
    }
    status = TIL_OK;
done:
    til_names_free(classes);
    if (status != TIL_OK) til_sheet_clear(out);
    return status;
}
