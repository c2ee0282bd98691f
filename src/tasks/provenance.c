/* provenance.c -- where results come from. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "base/words.h"
#include "tasks/provenance.h"
#include "config.h"
#include "io/text/json.h"

TIL_DEFINE_WORDS(til_provenance_words, TIL_PROVENANCE_NONE + 1, [TIL_PROVENANCE_JSON] = "json",
                 [TIL_PROVENANCE_INLINE] = "inline", [TIL_PROVENANCE_NONE] = "none");

/* ---- the document ------------------------------------------------------------------------- */

static til_status_t add_inputs(til_ctx_t *ctx, const til_job_t *job, til_json_t *document)
{
    til_json_t *inputs = til_json_array();
    til_status_t status;

    TIL_TRY(til_json_set(ctx, document, "inputs", inputs));
    for (size_t i = 0; i < job->n_inputs; i++) {
        const til_input_t *in = &job->inputs[i];
        til_json_t *row = til_json_object();
        TIL_TRY(til_json_append(ctx, inputs, row));
        TIL_TRY(til_json_set(ctx, row, "name", til_json_of_text(til_base_name(in->path))));
        if (in->note[0] != '\0')
            TIL_TRY(til_json_set(ctx, row, "sha256", til_json_of_text(in->note)));
        else TIL_TRY(til_json_set(ctx, row, "records", til_json_of_number((double)in->n_records)));
    }
done:
    return status;
}

/* All but the outputs. */
static til_status_t make_document(til_ctx_t *ctx, const til_job_t *job, til_json_t **out)
{
    til_json_t *document = *out = til_json_object();
    til_status_t status;

    TIL_TRY(til_json_set(ctx, document, "version", til_json_of_text(PACKAGE_VERSION)));
    TIL_TRY(til_json_set(ctx, document, "command", til_json_of_text(job->record)));
    TIL_TRY(til_json_set(ctx, document, "settings", til_json_copy(job->settings)));
    TIL_TRY(add_inputs(ctx, job, document));
    TIL_TRY(til_json_update(ctx, document, job->facts));
done:
    return status;
}

/* ---- lines -------------------------------------------------------------------------------- */

/* Text of a line: nothing in it may end the line. */
static void add_clean(til_strbuf_t *b, const char *text)
{
    for (; *text != '\0'; text++)
        til_strbuf_add_char(b, (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

static void add_line(til_strbuf_t *b, const char *key, const til_json_t *value)
{
    til_ctx_t quiet = TIL_CTX_INIT;

    til_strbuf_printf(b, "##tilseq\t%s\t", key);
    if (til_json_text(value) != NULL) add_clean(b, til_json_text(value));
    else if (til_json_line(&quiet, value, b) != TIL_OK) b->failed = true;
    til_strbuf_add_char(b, '\n');
}

static void add_input_lines(const til_job_t *job, til_strbuf_t *b)
{
    for (size_t i = 0; i < job->n_inputs; i++) {
        const til_input_t *in = &job->inputs[i];
        til_strbuf_add(b, "##tilseq\tinput\t");
        add_clean(b, til_base_name(in->path));
        if (in->note[0] != '\0') til_strbuf_printf(b, "\tsha256:%s\n", in->note);
        else til_strbuf_printf(b, "\trecords:%zu\n", in->n_records);
    }
}

static void add_fact_lines(const til_job_t *job, til_strbuf_t *b)
{
    for (size_t i = 0; i < til_json_size(job->facts); i++) {
        const char *key;
        const til_json_t *value = til_json_member_at(job->facts, i, &key);
        if (!til_json_is_array(value)) add_line(b, key, value);
        else
            for (size_t k = 0; k < til_json_size(value); k++)
                add_line(b, key, til_json_at(value, k));
    }
}

void til_job_lines(til_job_t *job, til_out_t *out)
{
    til_strbuf_t b = { 0 };

    if (job->common->provenance == TIL_PROVENANCE_NONE) return;
    for (size_t i = job->n_outputs; i-- > 0;)
        if (job->outputs[i].out == out) {
            job->outputs[i].has_lines = true;
            break;
        }
    til_strbuf_printf(&b, "##tilseq\tversion\t%s\n##tilseq\tcommand\t", PACKAGE_VERSION);
    add_clean(&b, job->record);
    til_strbuf_add_char(&b, '\n');
    add_input_lines(job, &b);
    add_fact_lines(job, &b);
    til_out_strbuf(out, &b);
    til_strbuf_clear(&b);
}

void til_job_provenance(til_job_t *job, til_out_t *out)
{
    if (job->common->provenance == TIL_PROVENANCE_INLINE) til_job_lines(job, out);
}

/* ---- files -------------------------------------------------------------------------------- */

/* Outputs of the same folder, or of none. */
static bool is_of(const til_output_t *output, const char *folder)
{
    if (folder == NULL || output->folder == NULL) return folder == output->folder;
    return strcmp(output->folder, folder) == 0;
}

/* The name of an output in a document about `folder`: from there on, else its base name. */
static const char *name_in(const til_output_t *output, const char *folder)
{
    return folder == NULL ? til_base_name(output->path) : output->path + strlen(folder) + 1;
}

static til_status_t add_outputs(til_ctx_t *ctx, const til_job_t *job, const char *folder,
                                til_json_t *document)
{
    til_json_t *outputs = til_json_array();
    til_status_t status;

    TIL_TRY(til_json_set(ctx, document, "outputs", outputs));
    for (size_t i = 0; i < job->n_outputs; i++) {
        const til_output_t *output = &job->outputs[i];
        if (!is_of(output, folder)) continue;
        TIL_TRY(til_json_append(ctx, outputs, til_json_of_text(name_in(output, folder))));
    }
done:
    return status;
}

static bool is_written_anew(const til_job_t *job, const char *folder, const char *name)
{
    for (size_t i = 0; i < job->n_outputs; i++)
        if (is_of(&job->outputs[i], folder) && strcmp(name_in(&job->outputs[i], folder), name) == 0)
            return true;
    return false;
}

/* Adds `record` of an earlier call as far as its files still stand and are not written anew. */
static til_status_t keep_record(til_ctx_t *ctx, const til_job_t *job, const char *folder,
                                const til_json_t *record, til_json_t *earlier)
{
    const til_json_t *outputs = til_json_get(record, "outputs");
    til_json_t *copy = NULL, *kept = til_json_array();
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < til_json_size(outputs); i++) {
        const char *name = til_json_text(til_json_at(outputs, i));
        til_strbuf_reset(&path);
        til_strbuf_printf(&path, "%s/%s", folder, name == NULL ? "" : name);
        if (name == NULL || path.failed || is_written_anew(job, folder, name) ||
            access(path.text, F_OK) != 0)
            continue;
        TIL_TRY(til_json_append(ctx, kept, til_json_of_text(name)));
    }
    if (til_json_size(kept) == 0) goto done;
    copy = til_json_copy(record);
    TIL_TRY(til_json_set(ctx, copy, "outputs", kept));
    kept = NULL;
    til_json_remove(copy, "earlier");
    status = til_json_append(ctx, earlier, copy);
    copy = NULL;
done:
    til_json_free(copy);
    til_json_free(kept);
    til_strbuf_clear(&path);
    return status;
}

/* What the folder's document says of files of earlier calls goes on being said. */
static til_status_t add_earlier(til_ctx_t *ctx, const til_job_t *job, const char *folder,
                                const char *path, til_json_t *document)
{
    til_ctx_t quiet = TIL_CTX_INIT;
    til_json_t *before = NULL, *earlier = NULL;
    til_status_t status = TIL_OK;

    if (access(path, R_OK) != 0 || til_json_read(&quiet, path, &before) != TIL_OK) return TIL_OK;
    earlier = til_json_array();
    const til_json_t *list = til_json_get(before, "earlier");
    for (size_t i = 0; i < til_json_size(list); i++)
        TIL_TRY(keep_record(ctx, job, folder, til_json_at(list, i), earlier));
    TIL_TRY(keep_record(ctx, job, folder, before, earlier));
    if (til_json_size(earlier) > 0) {
        status = til_json_set(ctx, document, "earlier", earlier);
        earlier = NULL;
    }
done:
    til_json_free(earlier);
    til_json_free(before);
    return status;
}

static til_status_t write_document(til_ctx_t *ctx, til_job_t *job, const char *path,
                                   const til_json_t *document)
{
    til_out_t *out;
    til_status_t status = til_out_open(ctx, job->out, path, &out);

    if (status != TIL_OK) return status;
    TIL_TRY(til_json_write(ctx, document, out));
    TIL_TRY(til_out_close(ctx, out));
done:
    return status;
}

/* The document of the outputs in `folder`, or of those in none for NULL. */
static til_status_t write_place(til_ctx_t *ctx, til_job_t *job, const char *folder)
{
    const char *first = NULL;
    bool has_lines = false;
    til_json_t *document = NULL;
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < job->n_outputs; i++) {
        if (!is_of(&job->outputs[i], folder)) continue;
        if (first == NULL) first = job->outputs[i].path;
        has_lines |= job->outputs[i].has_lines;
    }
    if (first == NULL || has_lines) return TIL_OK;
    if (folder != NULL) til_strbuf_printf(&path, "%s/provenance.json", folder);
    else til_strbuf_printf(&path, "%s.provenance.json", job->prefix != NULL ? job->prefix : first);
    if (path.failed) TIL_TRY(til_no_memory(ctx, strlen(first), "bytes"));
    TIL_TRY(make_document(ctx, job, &document));
    TIL_TRY(add_outputs(ctx, job, folder, document));
    if (folder != NULL) TIL_TRY(add_earlier(ctx, job, folder, path.text, document));
    TIL_TRY(write_document(ctx, job, path.text, document));
done:
    til_json_free(document);
    til_strbuf_clear(&path);
    return status;
}

til_status_t til_provenance_write(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;

    if (job->common->provenance == TIL_PROVENANCE_NONE) return TIL_OK;
    for (size_t i = 0; i < job->n_folders && status == TIL_OK; i++)
        status = write_place(ctx, job, job->folders[i]);
    if (status == TIL_OK) status = write_place(ctx, job, NULL);
    return status;
}
