/* count_samples.c -- names of alignment files, and counting them side by side. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/parallel.h"
#include "base/try.h"
#include "tasks/count_samples.h"
#include "io/reads/bam.h"

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
            status = til_fail(ctx, TIL_EUSAGE,
                              "two samples are called '%s': name them with "
                              "--sample-names",
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
    struct stat a, b;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(paths[i], paths[k]) == 0 ||
                (stat(paths[i], &a) == 0 && stat(paths[k], &b) == 0 && S_ISREG(a.st_mode) &&
                 a.st_dev == b.st_dev && a.st_ino == b.st_ino))
                return til_fail(ctx, TIL_EUSAGE, "%s and %s are one file", paths[k], paths[i]);
    return TIL_OK;
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
    c.desks = til_array_zero(n_desks, sizeof *c.desks);
    if (c.desks == NULL) return til_no_memory(ctx, n_desks, "samples");
    til_bam_stay_offline();
    til_status_t status = til_pipeline(ctx, &steps, n_desks, &c);
    for (size_t i = 0; i < n_desks; i++) {
        clear_desk(&c.desks[i]);
        free(c.desks[i].remarks);
    }
    free(c.desks);
    return status;
}
