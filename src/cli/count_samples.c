/* count_samples.c -- names of alignment files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "cli/count_samples.h"

static const char *const extensions[] = { ".gz", ".bam", ".sam", ".cram", ".fastq", ".fq" };

/* The file name without its folder and extensions. */
static char *name_of(til_arena_t *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    size_t n = strlen(base);
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        size_t k = strlen(extensions[i]);
        if (n > k && memcmp(base + n - k, extensions[i], k) == 0) n -= k;
    }
    return til_arena_text_n(arena, base, n);
}

static til_status_t split_names(til_ctx_t *ctx, til_arena_t *arena, const char *list,
                                const char **names, size_t n)
{
    size_t found = 0;
    for (const char *p = list; p != NULL;) {
        const char *comma = strchr(p, ',');
        size_t length = comma == NULL ? strlen(p) : (size_t)(comma - p);
        if (length == 0) return til_fail(ctx, TIL_EUSAGE, "--sample-names: an empty name");
        if (found < n) {
            names[found] = til_arena_text_n(arena, p, length);
            if (names[found] == NULL) return til_no_memory(ctx, n, "names");
        }
        found++;
        p = comma == NULL ? NULL : comma + 1;
    }
    if (found != n)
        return til_fail(ctx, TIL_EUSAGE, "--sample-names: %zu names for %zu files", found, n);
    return TIL_OK;
}

til_status_t til_sample_names(til_ctx_t *ctx, const char *const *paths, size_t n, const char *list,
                              bool whole_paths, til_arena_t *arena, const char **names)
{
    til_status_t status = TIL_OK;
    til_names_t *seen = til_names_new();

    if (seen == NULL) return til_no_memory(ctx, n, "names");
    if (list != NULL) TIL_TRY(split_names(ctx, arena, list, names, n));
    for (size_t i = 0; i < n; i++) {
        if (list == NULL) names[i] = whole_paths ? paths[i] : name_of(arena, paths[i]);
        int is_new = 0;
        if (names[i] == NULL || til_names_add(seen, names[i], &is_new) < 0) {
            status = til_no_memory(ctx, n, "names");
            goto done;
        }
        if (!is_new) {
            status = til_fail(ctx, TIL_EUSAGE, "two samples are called '%s': name them with "
                              "--sample-names", names[i]);
            goto done;
        }
        if (strpbrk(names[i], "\t\n\r") != NULL) {
            status = til_fail(ctx, TIL_EUSAGE, "the sample name '%s' holds a tab or a line end: "
                              "name it with --sample-names", names[i]);
            goto done;
        }
    }
done:
    til_names_free(seen);
    return status;
}

til_status_t til_refuse_same_file(til_ctx_t *ctx, const char *const *paths, size_t n)
{
    struct stat a, b;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(paths[i], paths[k]) == 0 ||
                (stat(paths[i], &a) == 0 && stat(paths[k], &b) == 0 && S_ISREG(a.st_mode) &&
                 a.st_dev == b.st_dev && a.st_ino == b.st_ino))
                return til_fail(ctx, TIL_EUSAGE, "%s and %s are one file", paths[k], paths[i]);
    return TIL_OK;
}
