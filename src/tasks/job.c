/* job.c -- inputs, outputs and provenance of one run. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "tasks/job.h"
#include "config.h"

static char *copy_text(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = til_array(n, 1);
    if (copy != NULL) memcpy(copy, text, n);
    return copy;
}

til_status_t til_job_input(til_ctx_t *ctx, til_job_t *job, const char *path, const char *sha256,
                           size_t n_records)
{
    til_input_t input = { .n_records = n_records };
    til_input_t *inputs = realloc(job->inputs, (job->n_inputs + 1) * sizeof *inputs);
    struct stat info;

    if (inputs == NULL) return til_no_memory(ctx, job->n_inputs + 1, "inputs");
    job->inputs = inputs;
    input.path = copy_text(path);
    if (input.path == NULL) return til_no_memory(ctx, strlen(path), "bytes");
    if (sha256 != NULL && strcmp(path, "-") != 0) memcpy(input.note, sha256, TIL_SHA256_TEXT);
    if (strcmp(path, "-") != 0 && stat(path, &info) == 0) {
        input.has_id = true;
        input.device = (unsigned long long)info.st_dev;
        input.inode = (unsigned long long)info.st_ino;
    }
    job->inputs[job->n_inputs++] = input;
    return TIL_OK;
}

til_status_t til_job_annotation(til_ctx_t *ctx, til_job_t *job, const char *path,
                                const til_gtf_options_t *options, til_annot_t *out)
{
    char sha256[TIL_SHA256_TEXT] = "";
    til_status_t status = til_gtf_read(
        ctx, path, options, job->common->provenance == TIL_PROVENANCE_NONE ? NULL : sha256, out);
    if (status != TIL_OK) return status;
    return til_job_input(ctx, job, path, sha256[0] == '\0' ? NULL : sha256, out->n_exons);
}

til_status_t til_job_fact(til_ctx_t *ctx, til_job_t *job, const char *key, til_json_t *value)
{
    til_json_t *list;
    til_status_t status;

    if (job->facts == NULL) job->facts = til_json_object();
    const til_json_t *before = til_json_get(job->facts, key);
    if (before == NULL) return til_json_set(ctx, job->facts, key, value);
    if (til_json_is_array(before)) {
        list = til_json_copy(before);
    } else {
        list = til_json_array();
        status = til_json_append(ctx, list, til_json_copy(before));
        if (status != TIL_OK) goto failed;
    }
    status = til_json_append(ctx, list, value);
    value = NULL;
    if (status == TIL_OK) return til_json_set(ctx, job->facts, key, list);
failed:
    til_json_free(list);
    til_json_free(value);
    return status;
}

til_status_t til_job_remark(til_ctx_t *ctx, til_job_t *job, const char *key, const char *format,
                            ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) return til_fail(ctx, TIL_EINTERNAL, "%s: a format that cannot be printed", key);
    char *text = til_array((size_t)n + 1, 1);
    if (text == NULL) return til_no_memory(ctx, (size_t)n + 1, "bytes");
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    til_status_t status = til_job_fact(ctx, job, key, til_json_of_text(text));
    free(text);
    return status;
}

til_status_t til_job_seed(til_ctx_t *ctx, til_job_t *job, int64_t seed)
{
    return til_job_fact(ctx, job, "seed", til_json_of_number((double)seed));
}

/* `< x -o x` */
static bool is_standard_input(const struct stat *file)
{
    struct stat in;
    return fstat(STDIN_FILENO, &in) == 0 && S_ISREG(in.st_mode) && in.st_dev == file->st_dev &&
           in.st_ino == file->st_ino;
}

til_status_t til_job_refuse_input(til_ctx_t *ctx, const char *output, const char *const *paths,
                                  size_t n)
{
    struct stat out, in;

    if (output == NULL || strcmp(output, "-") == 0 || stat(output, &out) != 0 ||
        !S_ISREG(out.st_mode))
        return TIL_OK;
    if (is_standard_input(&out))
        return til_fail(ctx, TIL_EUSAGE, "%s: the output is also the standard input", output);
    for (size_t i = 0; i < n; i++)
        if (paths[i] != NULL && strcmp(paths[i], "-") != 0 && stat(paths[i], &in) == 0 &&
            in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return til_fail(ctx, TIL_EUSAGE, "%s: the output is also an input (%s)", output,
                            paths[i]);
    return TIL_OK;
}

/* The folder of the job that a path lies in, or NULL. */
static const char *folder_of(const til_job_t *job, const char *path)
{
    for (size_t i = 0; i < job->n_folders; i++) {
        size_t n = strlen(job->folders[i]);
        if (strncmp(path, job->folders[i], n) == 0 && path[n] == '/') return job->folders[i];
    }
    return NULL;
}

static til_status_t note_output(til_ctx_t *ctx, til_job_t *job, const char *path,
                                const til_out_t *out)
{
    til_output_t output = { .path = copy_text(path), .folder = folder_of(job, path), .out = out };
    til_output_t *outputs = realloc(job->outputs, (job->n_outputs + 1) * sizeof *outputs);

    if (outputs != NULL) job->outputs = outputs;
    if (outputs == NULL || output.path == NULL) {
        free(output.path);
        return til_no_memory(ctx, job->n_outputs + 1, "outputs");
    }
    outputs[job->n_outputs++] = output;
    return TIL_OK;
}

til_status_t til_job_open(til_ctx_t *ctx, til_job_t *job, const char *path, til_out_t **out)
{
    struct stat info;

    *out = NULL;
    if (strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
        is_standard_input(&info))
        return til_fail(ctx, TIL_EUSAGE, "%s: the output is also the standard input", path);
    if (strcmp(path, "-") != 0 && stat(path, &info) == 0)
        for (size_t i = 0; i < job->n_inputs; i++)
            if (job->inputs[i].has_id && job->inputs[i].device == (unsigned long long)info.st_dev &&
                job->inputs[i].inode == (unsigned long long)info.st_ino)
                return til_fail(ctx, TIL_EUSAGE, "%s: the output is also an input (%s)", path,
                                job->inputs[i].path);
    til_status_t status = til_out_open(ctx, job->out, path, out);
    if (status != TIL_OK || strcmp(path, "-") == 0 || til_out_is_special(path)) return status;
    return note_output(ctx, job, path, *out);
}

til_status_t til_job_folder(til_ctx_t *ctx, til_job_t *job, const char *path)
{
    til_status_t status = til_outset_mkdir(ctx, job->out, path);
    char **folders;

    if (status == TIL_OK && access(path, W_OK | X_OK) != 0)
        status = til_fail(ctx, TIL_EIO, "%s: cannot write in this folder: %s", path,
                          strerror(errno));
    if (status != TIL_OK) return status;
    folders = realloc(job->folders, (job->n_folders + 1) * sizeof *folders);
    if (folders == NULL) return til_no_memory(ctx, job->n_folders + 1, "folders");
    job->folders = folders;
    folders[job->n_folders] = copy_text(path);
    if (folders[job->n_folders] == NULL) return til_no_memory(ctx, strlen(path), "bytes");
    job->n_folders++;
    return TIL_OK;
}

til_status_t til_job_prefix(til_ctx_t *ctx, til_job_t *job, const char *prefix)
{
    free(job->prefix);
    job->prefix = copy_text(prefix);
    return job->prefix == NULL ? til_no_memory(ctx, strlen(prefix), "bytes") : TIL_OK;
}

const char *til_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

void til_job_clear(til_job_t *job)
{
    if (job == NULL) return;
    for (size_t i = 0; i < job->n_inputs; i++) free(job->inputs[i].path);
    for (size_t i = 0; i < job->n_outputs; i++) free(job->outputs[i].path);
    for (size_t i = 0; i < job->n_folders; i++) free(job->folders[i]);
    free(job->inputs);
    free(job->outputs);
    free(job->folders);
    free(job->prefix);
    til_json_free(job->facts);
    til_outset_free(job->out);
    *job = (til_job_t){ 0 };
}
