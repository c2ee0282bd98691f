/* steps.c -- a run as a list of tilseq commands. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/shell.h"
#include "base/try.h"
#include "cli/driver.h"
#include "cli/steps.h"
#include "tasks/job.h"
#include "config.h"

static void free_all(char **list, size_t n)
{
    for (size_t i = 0; i < n; i++) free(list[i]);
    free(list);
}

void til_steps_clear(til_steps_t *steps)
{
    if (steps == NULL) return;
    for (size_t i = 0; i < steps->n; i++) {
        free_all(steps->steps[i].words, steps->steps[i].n_words);
        free_all(steps->steps[i].inputs, steps->steps[i].n_inputs);
        free_all(steps->steps[i].shown, steps->steps[i].n_shown);
        free_all(steps->steps[i].outputs, steps->steps[i].n_outputs);
        free(steps->steps[i].sample);
    }
    free(steps->steps);
    *steps = (til_steps_t){ 0 };
}

void til_step_begin(til_ctx_t *ctx, til_steps_t *steps, const char *command)
{
    if (steps->status != TIL_OK) return;
    steps->status = til_grow(ctx, &steps->steps, &steps->capacity, steps->n + 1,
                             sizeof *steps->steps);
    if (steps->status != TIL_OK) return;
    steps->steps[steps->n++] = (til_step_t){ 0 };
    til_step_word(ctx, steps, command);
    if (steps->provenance != TIL_PROVENANCE_JSON)
        til_step_option(ctx, steps, "--provenance", til_provenance_words.words[steps->provenance]);
}

static void append(til_ctx_t *ctx, til_steps_t *steps, char ***list, size_t *n, size_t *capacity,
                   const char *text)
{
    char *copy;

    if (steps->status != TIL_OK) return;
    steps->status = til_grow(ctx, list, capacity, *n + 1, sizeof **list);
    if (steps->status != TIL_OK) return;
    copy = strdup(text);
    if (copy == NULL) steps->status = til_no_memory(ctx, strlen(text), "bytes");
    else (*list)[(*n)++] = copy;
}

void til_step_word(til_ctx_t *ctx, til_steps_t *steps, const char *word)
{
    if (steps->n == 0) return;
    til_step_t *s = &steps->steps[steps->n - 1];
    append(ctx, steps, &s->words, &s->n_words, &s->words_capacity, word);
}

void til_step_option(til_ctx_t *ctx, til_steps_t *steps, const char *name, const char *value)
{
    if (value == NULL) return;
    til_step_word(ctx, steps, name);
    til_step_word(ctx, steps, value);
}

void til_step_list(til_ctx_t *ctx, til_steps_t *steps, const char *name, const til_list_t *values)
{
    for (size_t i = 0; i < values->n; i++) til_step_option(ctx, steps, name, values->items[i]);
}

void til_step_input(til_ctx_t *ctx, til_steps_t *steps, const char *path)
{
    if (path == NULL || steps->n == 0) return;
    til_step_t *s = &steps->steps[steps->n - 1];
    append(ctx, steps, &s->inputs, &s->n_inputs, &s->inputs_capacity, path);
}

void til_step_output(til_ctx_t *ctx, til_steps_t *steps, const char *path)
{
    if (steps->n == 0) return;
    til_step_t *s = &steps->steps[steps->n - 1];
    append(ctx, steps, &s->outputs, &s->n_outputs, &s->outputs_capacity, path);
}

void til_step_print(const til_step_t *step, til_strbuf_t *out)
{
    til_strbuf_add(out, "tilseq");
    for (size_t i = 0; i < step->n_words; i++) {
        til_strbuf_add_char(out, ' ');
        til_shell_add_word(out, step->words[i]);
    }
}

void til_step_of_sample(til_ctx_t *ctx, til_steps_t *steps, const char *sample, size_t line)
{
    if (steps->n == 0 || steps->status != TIL_OK) return;
    til_step_t *s = &steps->steps[steps->n - 1];
    s->sample = strdup(sample);
    s->line = line;
    if (s->sample == NULL) steps->status = til_no_memory(ctx, strlen(sample), "bytes");
}

/* ---- keys ---------------------------------------------------------------------------------- */

/* The place of `path` below the folder, or NULL when it is elsewhere. */
static const char *below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    if (strncmp(path, folder, n) != 0 || (path[n] != '/' && path[n] != '\0')) return NULL;
    return path + n;
}

static bool is_input(const til_step_t *step, const char *word)
{
    for (size_t i = 0; i < step->n_inputs; i++)
        if (strcmp(step->inputs[i], word) == 0) return true;
    return false;
}

/* The words of a step, wherever its folder and its inputs stand. */
static void add_words(const til_step_t *step, const char *folder, til_strbuf_t *b)
{
    for (size_t i = 0; i < step->n_words; i++) {
        const char *word = step->words[i], *place = below(word, folder);
        if (place != NULL) til_strbuf_printf(b, "folder %s\n", place);
        else if (is_input(step, word)) til_strbuf_printf(b, "file %s\n", til_base_name(word));
        else til_strbuf_printf(b, "word %s\n", word);
    }
}

void til_step_shows(til_ctx_t *ctx, til_steps_t *steps, size_t i, const char *folder)
{
    til_strbuf_t b = { 0 };

    if (steps->n == 0) return;
    add_words(&steps->steps[i], folder, &b);
    til_step_t *s = &steps->steps[steps->n - 1];
    append(ctx, steps, &s->shown, &s->n_shown, &s->shown_capacity, til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

til_status_t til_step_find_key(til_ctx_t *ctx, til_step_t *step, const char *folder,
                               til_run_record_t *record)
{
    til_strbuf_t b = { 0 };
    til_status_t status = TIL_OK;

    til_strbuf_printf(&b, "tilseq %s\n", PACKAGE_VERSION);
    add_words(step, folder, &b);
    for (size_t i = 0; i < step->n_shown; i++) til_strbuf_printf(&b, "shows %s", step->shown[i]);
    for (size_t i = 0; i < step->n_inputs; i++) {
        char digest[TIL_SHA256_TEXT];
        TIL_TRY(til_run_record_digest(ctx, record, step->inputs[i], digest));
        til_strbuf_printf(&b, "sha256 %s\n", digest);
    }
    if (b.failed) status = til_no_memory(ctx, 1, "steps");
    else til_sha256(b.text, b.length, step->key);
done:
    til_strbuf_clear(&b);
    return status;
}

static bool is_made_before(const til_steps_t *steps, size_t i, const char *path)
{
    for (size_t k = 0; k < i; k++)
        for (size_t j = 0; j < steps->steps[k].n_outputs; j++)
            if (strcmp(steps->steps[k].outputs[j], path) == 0) return true;
    return false;
}

til_status_t til_step_check_inputs(til_ctx_t *ctx, const til_steps_t *steps, size_t i)
{
    const til_step_t *step = &steps->steps[i];

    for (size_t k = 0; k < step->n_inputs; k++)
        if (!is_made_before(steps, i, step->inputs[k]) && access(step->inputs[k], R_OK) != 0)
            return til_fail(ctx, TIL_EIO, "%s: %s", step->inputs[k], strerror(errno));
    return TIL_OK;
}

til_status_t til_step_check_words(til_ctx_t *ctx, const til_step_t *step)
{
    const til_command_t *command = til_command_find(step->words[0]);

    if (command == NULL)
        return til_fail(ctx, TIL_EINTERNAL, "no command '%s' for a step", step->words[0]);
    return til_command_check(ctx, command, (int)step->n_words - 1, step->words + 1);
}

typedef struct {
    til_ctx_t *ctx;
    til_run_record_t *record;
    til_strbuf_t *lines;
    til_status_t status;
} describer_t;

static void describe(void *arg, const char *path)
{
    describer_t *d = arg;
    if (d->status == TIL_OK) d->status = til_run_record_file(d->ctx, d->record, path, d->lines);
}

til_status_t til_step_run(til_ctx_t *ctx, const til_step_t *step, til_run_record_t *record,
                          til_strbuf_t *lines)
{
    const til_command_t *command = til_command_find(step->words[0]);
    describer_t d = { ctx, record, lines, TIL_OK };
    til_status_t status;

    if (command == NULL)
        return til_fail(ctx, TIL_EINTERNAL, "no command '%s' for a step", step->words[0]);
    status = til_command_step(ctx, command, (int)step->n_words - 1, step->words + 1, describe, &d);
    return status == TIL_OK ? d.status : status;
}
