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
    til_status_t status = til_gtf_read(ctx, path, options,
                                       job->common->no_provenance ? NULL : sha256, out);
    if (status != TIL_OK) return status;
    return til_job_input(ctx, job, path, sha256[0] == '\0' ? NULL : sha256, out->n_exons);
}

til_status_t til_job_remark(til_ctx_t *ctx, til_job_t *job, const char *key, const char *format,
                            ...)
{
    char text[1024];
    char **remarks = realloc(job->remarks, (job->n_remarks + 1) * sizeof *remarks);
    va_list args;

    if (remarks == NULL) return til_no_memory(ctx, job->n_remarks + 1, "remarks");
    job->remarks = remarks;
    int n = snprintf(text, sizeof text, "%s\t", key);
    va_start(args, format);
    if (n > 0 && (size_t)n < sizeof text)
        vsnprintf(text + n, sizeof text - (size_t)n, format, args);
    va_end(args);
    char *copy = copy_text(text);
    if (copy == NULL) return til_no_memory(ctx, sizeof text, "bytes");
    job->remarks[job->n_remarks++] = copy;
    return TIL_OK;
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
    return til_out_open(ctx, job->out, path, out);
}

til_status_t til_job_folder(til_ctx_t *ctx, til_job_t *job, const char *path)
{
    til_status_t status = til_outset_mkdir(ctx, job->out, path);
    if (status == TIL_OK && access(path, W_OK | X_OK) != 0)
        status = til_fail(ctx, TIL_EIO, "%s: cannot write in this folder: %s", path,
                          strerror(errno));
    return status;
}

const char *til_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static void add_clean(til_strbuf_t *b, const char *text)
{
    for (; *text != '\0'; text++)
        til_strbuf_add_char(b, (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

void til_job_provenance(const til_job_t *job, til_out_t *out)
{
    til_strbuf_t b = { 0 };

    if (job->common->no_provenance) return;
    til_strbuf_printf(&b, "##tilseq\tversion\t%s\n##tilseq\tcommand\t", PACKAGE_VERSION);
    til_strbuf_add(&b, job->record);
    til_strbuf_add_char(&b, '\n');
    for (size_t i = 0; i < job->n_inputs; i++) {
        const til_input_t *in = &job->inputs[i];
        til_strbuf_add(&b, "##tilseq\tinput\t");
        add_clean(&b, til_base_name(in->path));
        if (in->note[0] != '\0') til_strbuf_printf(&b, "\tsha256:%s\n", in->note);
        else til_strbuf_printf(&b, "\trecords:%zu\n", in->n_records);
    }
    for (size_t i = 0; i < job->n_remarks; i++) {
        til_strbuf_add(&b, "##tilseq\t");
        const char *tab = strchr(job->remarks[i], '\t');
        til_strbuf_add_n(&b, job->remarks[i], (size_t)(tab + 1 - job->remarks[i]));
        add_clean(&b, tab + 1);
        til_strbuf_add_char(&b, '\n');
    }
    til_out_strbuf(out, &b);
    til_strbuf_clear(&b);
}

/* A JSON string. */
static void json_text(til_strbuf_t *b, const char *text)
{
    til_strbuf_add_char(b, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') til_strbuf_printf(b, "\\%c", c);
        else if (c < 0x20) til_strbuf_printf(b, "\\u%04x", c);
        else til_strbuf_add_char(b, *text);
    }
    til_strbuf_add_char(b, '"');
}

til_status_t til_job_provenance_json(til_ctx_t *ctx, til_job_t *job, const char *path)
{
    til_strbuf_t b = { 0 }, name = { 0 };
    til_status_t status;
    til_out_t *out;

    if (job->common->no_provenance || strcmp(path, "-") == 0) return TIL_OK;
    til_strbuf_printf(&name, "%s.provenance.json", path);
    til_strbuf_printf(&b, "{\n  \"version\": \"%s\",\n  \"command\": ", PACKAGE_VERSION);
    json_text(&b, job->record);
    til_strbuf_add(&b, ",\n  \"inputs\": [");
    for (size_t i = 0; i < job->n_inputs; i++) {
        til_strbuf_printf(&b, "%s\n    { \"name\": ", i == 0 ? "" : ",");
        json_text(&b, til_base_name(job->inputs[i].path));
        if (job->inputs[i].note[0] != '\0')
            til_strbuf_printf(&b, ", \"sha256\": \"%s\" }", job->inputs[i].note);
        else til_strbuf_printf(&b, ", \"records\": %zu }", job->inputs[i].n_records);
    }
    til_strbuf_add(&b, "\n  ]");
    for (size_t i = 0; i < job->n_remarks; i++) {
        const char *text = job->remarks[i];
        size_t n = strcspn(text, "\t") + 1;
        bool follows = i > 0 && strncmp(job->remarks[i - 1], text, n) == 0;
        bool goes_on = i + 1 < job->n_remarks && strncmp(job->remarks[i + 1], text, n) == 0;
        if (follows) til_strbuf_add(&b, ", ");
        else til_strbuf_printf(&b, ",\n  \"%.*s\": ", (int)n - 1, text);
        if (goes_on && !follows) til_strbuf_add_char(&b, '[');
        json_text(&b, text + n);
        if (follows && !goes_on) til_strbuf_add_char(&b, ']');
    }
    til_strbuf_add(&b, "\n}\n");
    status = b.failed || name.failed ? til_no_memory(ctx, 1, "provenance")
                                     : til_out_open(ctx, job->out, name.text, &out);
    if (status == TIL_OK) {
        til_out_text(out, til_strbuf_text(&b));
        status = til_out_close(ctx, out);
    }
    til_strbuf_clear(&name);
    til_strbuf_clear(&b);
    return status;
}

void til_job_clear(til_job_t *job)
{
    if (job == NULL) return;
    for (size_t i = 0; i < job->n_inputs; i++) free(job->inputs[i].path);
    for (size_t i = 0; i < job->n_remarks; i++) free(job->remarks[i]);
    free(job->inputs);
    free(job->remarks);
    til_outset_free(job->out);
    *job = (til_job_t){ 0 };
}
