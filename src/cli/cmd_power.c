/* cmd_power.c -- tilseq power: how many patients the next trial needs. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tilseq/trial.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "io/text/table_tsv.h"
#include "tasks/job.h"

static const char SUFFIX[] = ".trial.tsv";

typedef struct {
    double effect, power, alpha;
    int64_t arms;
    const char *output;
    til_common_t common;
} power_args_t;

static const power_args_t defaults = {
    .effect = 1, .power = 0.8, .alpha = 0.05, .arms = 2, .output = "-"
};

static const til_opt_t options[] = {
    { 0, "effect", TIL_OPT_NUMBER, offsetof(power_args_t, effect), "LOG2", 1e-6, 1000,
      "effect to find: 1 is a doubling" },
    { 0, "power", TIL_OPT_NUMBER, offsetof(power_args_t, power), "F", 0.01, 0.9999,
      "chance to find it" },
    { 0, "alpha", TIL_OPT_NUMBER, offsetof(power_args_t, alpha), "F", 1e-10, 0.5,
      "level of the two-sided test" },
    { 0, "arms", TIL_OPT_INT, offsetof(power_args_t, arms), "INT", 1, 2,
      "2: a difference between two arms; 1: a change within one" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(power_args_t, output), "FILE", 0, 0,
      "write the table here; - is stdout" },
    TIL_COMMON_OPTIONS(power_args_t)
};

/* ---- which tables ---------------------------------------------------------------------------- */

typedef struct {
    char **paths;
    size_t n, capacity;
} paths_t;

static void paths_clear(paths_t *p)
{
    for (size_t i = 0; i < p->n; i++) free(p->paths[i]);
    free(p->paths);
}

static til_status_t add_path(til_ctx_t *ctx, paths_t *p, const char *folder, const char *name)
{
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;

    if (folder != NULL) til_strbuf_printf(&path, "%s/", folder);
    til_strbuf_add(&path, name);
    if (path.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
    TIL_TRY(til_grow(ctx, &p->paths, &p->capacity, p->n + 1, sizeof *p->paths));
    p->paths[p->n++] = path.text;
    return TIL_OK;
done:
    til_strbuf_clear(&path);
    return status;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_with_suffix(const char *name)
{
    size_t n = strlen(name);
    return n >= strlen(SUFFIX) && strcmp(name + n - strlen(SUFFIX), SUFFIX) == 0;
}

/* The tables of a folder in the order of their names, or the one file. */
static til_status_t list_tables(til_ctx_t *ctx, const char *operand, paths_t *out)
{
    struct stat info;
    til_status_t status = TIL_OK;
    DIR *dir = NULL;

    if (stat(operand, &info) != 0 || !S_ISDIR(info.st_mode))
        return add_path(ctx, out, NULL, operand);
    dir = opendir(operand);
    if (dir == NULL) return til_fail(ctx, TIL_EIO, "%s: %s", operand, strerror(errno));
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (ends_with_suffix(entry->d_name)) TIL_TRY(add_path(ctx, out, operand, entry->d_name));
    if (out->n == 0)
        TIL_TRY(til_fail(ctx, TIL_EINPUT,
                         "%s: no file *%s in this folder: expected one of tilseq trial", operand,
                         SUFFIX));
    qsort(out->paths, out->n, sizeof *out->paths, compare_paths);
done:
    closedir(dir);
    return status;
}

/* ---- run -------------------------------------------------------------------------------------- */

static til_status_t answer(til_ctx_t *ctx, til_job_t *job, const char *path, til_table_t *out)
{
    const power_args_t *args = job->args;
    const til_trial_power_wishes_t wishes = { args->effect, args->power, args->alpha,
                                              (int)args->arms };
    const char *base = strrchr(path, '/');
    til_text_t text = { 0 };
    til_table_t table = { 0 };
    til_strbuf_t id = { 0 };
    til_status_t status = TIL_OK;

    TIL_TRY(til_text_read(ctx, path, &text));
    TIL_TRY(til_job_input(ctx, job, path, text.sha256, 0));
    TIL_TRY(til_table_read(ctx, &text, &table));
    til_strbuf_add(&id, base == NULL ? path : base + 1);
    if (id.failed) TIL_TRY(til_no_memory(ctx, 1, "name"));
    if (ends_with_suffix(id.text)) id.text[id.length - strlen(SUFFIX)] = '\0';
    TIL_TRY(til_trial_power(ctx, &table, path, id.text, &wishes, out));
done:
    til_strbuf_clear(&id);
    til_table_clear(&table);
    til_text_clear(&text);
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    const power_args_t *args = job->args;
    paths_t paths = { 0 };
    til_table_t *tables = NULL;
    til_out_t *out;
    til_status_t status = TIL_OK;

    if (job->n_operands != 1)
        return til_fail(ctx, TIL_EUSAGE, "expected the folder or a table of tilseq trial, got %d",
                        job->n_operands);
    TIL_TRY(list_tables(ctx, job->operands[0], &paths));
    TIL_TRY(til_job_refuse_input(ctx, args->output, (const char *const *)paths.paths, paths.n));
    TIL_TRY(til_job_open(ctx, job, args->output, &out));
    tables = til_array_zero(paths.n, sizeof *tables);
    if (tables == NULL) TIL_TRY(til_no_memory(ctx, paths.n, "tables"));
    for (size_t i = 0; i < paths.n; i++) TIL_TRY(answer(ctx, job, paths.paths[i], &tables[i]));
    til_job_provenance(job, out);
    for (size_t i = 0; i < paths.n; i++) {
        if (i == 0) {
            til_table_write(out, &tables[i]);
            continue;
        }
        til_table_write_rows(out, &tables[i]);
    }
    TIL_TRY(til_out_close(ctx, out));
done:
    for (size_t i = 0; tables != NULL && i < paths.n; i++) til_table_clear(&tables[i]);
    free(tables);
    paths_clear(&paths);
    return status;
}

const til_command_t til_cmd_power = {
    .name = "power",
    .operands = "DIR|ID.trial.tsv",
    .summary = "How many patients the next trial needs, from the scatter in this one.",
    .details = "A row per signature and question: the standard deviation of the values within "
               "groups, the patients per arm that find --effect with --power, and the same for the "
               "ends of the 95 % interval of the standard deviation.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(power_args_t),
    .common_offset = offsetof(power_args_t, common),
    .min_operands = 0,
    .max_operands = 1,
    .run = run
};
