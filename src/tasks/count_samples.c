/* count_samples.c -- names of alignment files, and counting them side by side. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/parallel.h"
#include "base/try.h"
#include "tasks/count_samples.h"
#include "io/reads/bam.h"
#include "io/text/textfile.h"

static const char *const extensions[] = { ".gz", ".bam", ".sam", ".cram", ".fastq", ".fq" };

/* What aligners and pipelines put between the sample and the extension. */
static const char *const dresses[] = { "Aligned.sortedByCoord.out",
                                       "Aligned.toTranscriptome.out",
                                       "Aligned.out",
                                       ".umi_dedup.sorted",
                                       ".markdup.sorted",
                                       ".dedup.sorted",
                                       ".sorted" };

static bool cut_end(const char *text, size_t *n, const char *end)
{
    size_t k = strlen(end);
    if (*n < k || memcmp(text + *n - k, end, k) != 0) return false;
    *n -= k;
    return true;
}

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The file name without its folder and extensions; with `undressed` also without the dress, which
 * may leave nothing. */
static char *name_of(til_arena_t *arena, const char *path, bool undressed)
{
    const char *base = base_of(path);
    size_t n = strlen(base);
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (n > strlen(extensions[i])) (void)cut_end(base, &n, extensions[i]);
    for (size_t i = 0; undressed && i < sizeof dresses / sizeof *dresses; i++)
        if (cut_end(base, &n, dresses[i])) {
            while (n > 0 && strchr("._-", base[n - 1]) != NULL) n--;
            break;
        }
    return til_arena_text_n(arena, base, n);
}

/* The folder a file stands in; NULL when its path has none. */
static char *folder_of(til_arena_t *arena, const char *path, bool *no_memory)
{
    size_t n = (size_t)(base_of(path) - path), begin;
    while (n > 0 && path[n - 1] == '/') n--;
    for (begin = n; begin > 0 && path[begin - 1] != '/';) begin--;
    if (n == begin || (path[begin] == '.' && (n - begin == 1 || path[begin + 1] == '.')))
        return NULL;
    char *name = til_arena_text_n(arena, path + begin, n - begin);
    *no_memory |= name == NULL;
    return name;
}

/* How often each name is given: counts[i] is that of names[i]. */
static til_status_t count_names(til_ctx_t *ctx, const char *const *names, size_t n, size_t *counts)
{
    til_status_t status = TIL_OK;
    til_names_t *seen = til_names_new();
    size_t *times = til_array_zero(n, sizeof *times);
    if (seen == NULL || times == NULL) TIL_TRY(til_no_memory(ctx, n, "names"));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t id = til_names_add(seen, names[i], NULL);
        if (id < 0) TIL_TRY(til_no_memory(ctx, n, "names"));
        times[id]++;
        counts[i] = (size_t)id;
    }
    for (size_t i = 0; i < n; i++) counts[i] = times[counts[i]];
done:
    til_names_free(seen);
    free(times);
    return status;
}

/* Undressed file names; dressed ones where these are no names of one sample each; folders where
 * those are not either. */
static til_status_t names_of_paths(til_ctx_t *ctx, til_arena_t *arena, const char *const *paths,
                                   size_t n, const char **names)
{
    til_status_t status = TIL_OK;
    size_t *counts = til_array_zero(n, sizeof *counts), n_folders = 0, example = 0;
    bool no_memory = counts == NULL;

    for (size_t i = 0; i < n && !no_memory; i++)
        no_memory = (names[i] = name_of(arena, paths[i], true)) == NULL;
    if (no_memory) TIL_TRY(til_no_memory(ctx, n, "names"));
    TIL_TRY(count_names(ctx, names, n, counts));
    for (size_t i = 0; i < n; i++)
        if (counts[i] > 1 || names[i][0] == '\0') {
            names[i] = name_of(arena, paths[i], false);
            if (names[i] == NULL) TIL_TRY(til_no_memory(ctx, n, "names"));
        }
    TIL_TRY(count_names(ctx, names, n, counts));
    for (size_t i = 0; i < n; i++) {
        size_t left = strlen(names[i]);
        bool only_dress = false;
        for (size_t k = 0; k < sizeof dresses / sizeof *dresses; k++)
            only_dress |= strcmp(names[i], dresses[k]) == 0 && left > 0;
        if (counts[i] < 2 && !only_dress) continue;
        const char *folder = folder_of(arena, paths[i], &no_memory);
        if (no_memory) TIL_TRY(til_no_memory(ctx, n, "names"));
        if (folder == NULL) continue;
        names[i] = folder;
        if (n_folders++ == 0) example = i;
    }
    if (n_folders > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%zu sample%s by the folder, since file names do not tell them apart: %s is %s",
                n_folders, n_folders == 1 ? " is named" : "s are named", names[example],
                paths[example]);
done:
    free(counts);
    return status;
}

til_status_t til_check_readable(til_ctx_t *ctx, const char *const *paths, size_t n)
{
    struct stat info;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(paths[i], "-") == 0) continue;
        if (stat(paths[i], &info) != 0 || access(paths[i], R_OK) != 0)
            return til_fail(ctx, TIL_EIO, "%s: %s", paths[i], strerror(errno));
        if (S_ISDIR(info.st_mode))
            return til_fail(ctx, TIL_EIO, "%s: is a folder: a file is wanted", paths[i]);
    }
    return TIL_OK;
}

/* --sample-names FILE: a name a line, in the order of the paths, or lines of two columns: the path
 * or file name, and the sample. */
static til_status_t read_names(til_ctx_t *ctx, til_arena_t *arena, const char *file,
                               const char *const *paths, size_t n, const char **names)
{
    til_status_t status = TIL_OK;
    til_text_t text = { 0 };
    til_names_t *known = til_names_new(), *bases = til_names_new();
    size_t length, at = 0, n_columns = 0;
    char *line;

    TIL_TRY(til_text_read(ctx, file, &text));
    if (known == NULL || bases == NULL) TIL_TRY(til_no_memory(ctx, n, "names"));
    for (size_t i = 0; i < n; i++)
        if (til_names_add(known, paths[i], NULL) < 0 ||
            til_names_add(bases, base_of(paths[i]), NULL) < 0)
            TIL_TRY(til_no_memory(ctx, n, "names"));
    bool by_base = til_names_count(bases) == n;
    while (til_text_next_data(&text, &line, &length)) {
        if (length == 0 || line[0] == '#') continue;
        const char *tab = memchr(line, '\t', length), *name = tab == NULL ? line : tab + 1;
        size_t columns = tab == NULL ? 1 : 2, k = (size_t)(line + length - name);
        ptrdiff_t which = (ptrdiff_t)at++;
        if (n_columns != 0 && columns != n_columns)
            TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s:%zu: %zu column%s where lines before have %zu",
                             file, text.line, columns, columns == 1 ? "" : "s", n_columns));
        n_columns = columns;
        if (tab != NULL) {
            which = til_names_find_n(known, line, (size_t)(tab - line));
            const char *base = tab;
            while (base > line && base[-1] != '/') base--;
            if (which < 0 && by_base) which = til_names_find_n(bases, base, (size_t)(tab - base));
            if (which < 0) continue; /* of another file */
        }
        if ((size_t)which >= n)
            TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s:%zu: more names than the %zu files", file,
                             text.line, n));
        if (names[which] != NULL)
            TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s:%zu: %s is named twice", file, text.line,
                             paths[which]));
        names[which] = til_arena_text_n(arena, name, k);
        if (names[which] == NULL) TIL_TRY(til_no_memory(ctx, n, "names"));
    }
    for (size_t i = 0; i < n; i++)
        if (names[i] == NULL)
            TIL_TRY(til_fail(ctx, TIL_EINPUT, "%s: no name for %s", file, paths[i]));
done:
    til_names_free(known);
    til_names_free(bases);
    til_text_clear(&text);
    return status;
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
    for (size_t i = 0; i < n; i++) names[i] = whole_paths ? paths[i] : NULL;
    if (list != NULL) {
        for (size_t i = 0; i < n; i++) names[i] = NULL;
        struct stat info;
        bool is_file = strchr(list, ',') == NULL && stat(list, &info) == 0 &&
                       !S_ISDIR(info.st_mode);
        TIL_TRY(is_file ? read_names(ctx, arena, list, paths, n, names)
                        : split_names(ctx, arena, list, names, n));
    } else if (!whole_paths) {
        TIL_TRY(names_of_paths(ctx, arena, paths, n, names));
    }
    for (size_t i = 0; i < n; i++) {
        int is_new = 0;
        if (names[i] == NULL || til_names_add(seen, names[i], &is_new) < 0) {
            status = til_no_memory(ctx, n, "names");
            goto done;
        }
        if (!is_new) {
            status = til_fail(ctx, TIL_EUSAGE,
                              "two samples are called '%s': name them with --sample-names",
                              names[i]);
            goto done;
        }
        if (strpbrk(names[i], "\t\n\r") != NULL) {
            status = til_fail(ctx, TIL_EUSAGE,
                              "the sample name '%s' holds a tab or a line end: "
                              "name it with --sample-names",
                              names[i]);
            goto done;
        }
    }
done:
    til_names_free(seen);
    return status;
}

til_status_t til_refuse_same_file(til_ctx_t *ctx, const char *const *paths, size_t n)
{
    til_status_t status = TIL_OK;
    til_names_t *names = til_names_new(), *files = til_names_new();
    size_t *first = til_array(2 * n, sizeof *first); /* by path, by file */
    struct stat info;
    int is_new;

    if (names == NULL || files == NULL || first == NULL) TIL_TRY(til_no_memory(ctx, n, "files"));
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t id = til_names_add(names, paths[i], &is_new);
        size_t other = i;
        if (id < 0) TIL_TRY(til_no_memory(ctx, n, "files"));
        if (is_new) first[id] = i;
        else other = first[id];
        if (other == i && stat(paths[i], &info) == 0 && S_ISREG(info.st_mode)) {
            char key[64];
            snprintf(key, sizeof key, "%llx:%llx", (unsigned long long)info.st_dev,
                     (unsigned long long)info.st_ino);
            id = til_names_add(files, key, &is_new);
            if (id < 0) TIL_TRY(til_no_memory(ctx, n, "files"));
            if (is_new) first[n + (size_t)id] = i;
            else other = first[n + (size_t)id];
        }
        if (other != i)
            TIL_TRY(til_fail(ctx, TIL_EUSAGE, "%s and %s are one file", paths[other], paths[i]));
    }
done:
    til_names_free(names);
    til_names_free(files);
    free(first);
    return status;
}

/* ---- counting ------------------------------------------------------------------------------ */

/* What was said about a sample, to be said in its turn. */
typedef struct {
    til_log_level_t level;
    char *text;
} remark_t;

typedef struct {
    size_t sample;
    remark_t *remarks;
    size_t n_remarks, capacity;
    bool failed; /* for want of memory */
} desk_t;

typedef struct {
    til_job_t *job;
    const til_count_inputs_t *inputs;
    til_counted_fn *counted;
    void *arg;
    til_count_t *counts;
    size_t next; /* sample */
    int n_threads;
    desk_t *desks; /* one of each slot of the pipeline */
} counting_t;

static void keep_remark(void *arg, til_log_level_t level, const char *text)
{
    desk_t *desk = arg;
    til_ctx_t quiet = TIL_CTX_INIT;
    size_t n = strlen(text) + 1;
    char *copy = til_array(n, 1);
    if (copy == NULL || til_grow(&quiet, &desk->remarks, &desk->capacity, desk->n_remarks + 1,
                                 sizeof *desk->remarks) != TIL_OK) {
        free(copy);
        desk->failed = true;
        return;
    }
    memcpy(copy, text, n);
    desk->remarks[desk->n_remarks++] = (remark_t){ level, copy };
}

static void clear_desk(desk_t *desk)
{
    for (size_t i = 0; i < desk->n_remarks; i++) free(desk->remarks[i].text);
    desk->n_remarks = 0;
}

static til_status_t take_sample(til_ctx_t *ctx, void *arg, size_t slot, int *more)
{
    counting_t *c = arg;
    (void)ctx;
    *more = c->next < c->inputs->n;
    if (*more) c->desks[slot].sample = c->next++;
    return TIL_OK;
}

/* While there are samples enough each has one thread; the last ones share what is there. */
static til_status_t count_sample(til_ctx_t *ctx, void *arg, size_t slot, int worker)
{
    const counting_t *c = arg;
    const til_count_inputs_t *in = c->inputs;
    desk_t *desk = &c->desks[slot];
    til_ctx_t own = TIL_CTX_INIT;
    (void)worker;

    size_t left = in->n - desk->sample;
    own.n_threads = left >= (size_t)c->n_threads ? 1 : c->n_threads / (int)left;
    own.log = (til_log_t){ .write = keep_remark, .arg = desk };
    til_status_t status = til_count_file(&own, in->annot, in->index, in->options,
                                         in->paths[desk->sample], &c->counts[desk->sample]);
    if (status == TIL_OK && desk->failed) return til_no_memory(ctx, 1, "remark");
    return status == TIL_OK ? TIL_OK : til_fail(ctx, status, "%s", own.message);
}

static til_status_t finish_sample(til_ctx_t *ctx, void *arg, size_t slot)
{
    const counting_t *c = arg;
    desk_t *desk = &c->desks[slot];
    for (size_t i = 0; i < desk->n_remarks; i++)
        til_say(ctx, desk->remarks[i].level, "%s", desk->remarks[i].text);
    clear_desk(desk);
    til_status_t status = til_job_input(ctx, c->job, c->inputs->paths[desk->sample], NULL,
                                        (size_t)c->counts[desk->sample].n_records);
    return status == TIL_OK ? c->counted(ctx, c->arg, desk->sample) : status;
}

/* Looks at every file before the first is counted: what is wrong with the last costs nothing then. */
static til_status_t look_at_all(til_ctx_t *ctx, const til_count_inputs_t *in)
{
    struct stat info;
    for (size_t i = 0; i < in->n; i++) {
        if (strcmp(in->paths[i], "-") == 0 ||
            (stat(in->paths[i], &info) == 0 && !S_ISREG(info.st_mode)))
            continue;
        til_ctx_t quiet = TIL_CTX_INIT; /* remarks are said when the file is counted */
        til_status_t status = til_count_look(&quiet, in->annot, in->index, in->options,
                                             in->paths[i]);
        if (status != TIL_OK) return til_fail(ctx, status, "%s", quiet.message);
    }
    return TIL_OK;
}

til_status_t til_count_samples(til_ctx_t *ctx, til_job_t *job, const til_count_inputs_t *inputs,
                               til_counted_fn *counted, void *arg, til_count_t *counts)
{
    static const til_pipeline_steps_t steps = { take_sample, count_sample, finish_sample };
    counting_t c = { .job = job,
                     .inputs = inputs,
                     .counted = counted,
                     .arg = arg,
                     .counts = counts,
                     .n_threads = ctx->n_threads };
    size_t n_desks = inputs->n < (size_t)ctx->n_threads ? inputs->n : (size_t)ctx->n_threads;

    if (n_desks == 0) return TIL_OK;
    til_bam_stay_offline();
    til_status_t status = look_at_all(ctx, inputs);
    if (status != TIL_OK) return status;
    c.desks = til_array_zero(n_desks, sizeof *c.desks);
    if (c.desks == NULL) return til_no_memory(ctx, n_desks, "samples");
    status = til_pipeline(ctx, &steps, n_desks, &c);
    for (size_t i = 0; i < n_desks; i++) {
        clear_desk(&c.desks[i]);
        free(c.desks[i].remarks);
    }
    free(c.desks);
    return status;
}
