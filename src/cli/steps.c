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
#include "config.h"

static void free_all(char **list, size_t n)
{
    for (size_t i = 0; i < n; i++) free(list[i]);
    free(list);
}

void til_steps_clear(til_steps_t *steps)
{
    for (size_t i = 0; i < steps->n; i++) {
        free_all(steps->steps[i].words, steps->steps[i].n_words);
        free_all(steps->steps[i].inputs, steps->steps[i].n_inputs);
        free_all(steps->steps[i].outputs, steps->steps[i].n_outputs);
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
    if (steps->no_provenance) til_step_word(ctx, steps, "--no-provenance");
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

/* The step of an earlier run with this key. */
static bool was_finished(const til_json_t *before, const char *key)
{
    const til_json_t *steps = til_json_get(before, "steps");

    for (size_t i = 0; i < til_json_size(steps); i++) {
        const char *had = til_json_text(til_json_get(til_json_at(steps, i), "key"));
        if (had != NULL && strcmp(had, key) == 0) return true;
    }
    return false;
}

til_status_t til_step_is_done(til_ctx_t *ctx, til_step_t *step, const til_json_t *before,
                              bool *done)
{
    til_strbuf_t b = { 0 };
    til_status_t status = TIL_OK;

    *done = false;
    til_strbuf_printf(&b, "tilseq %s\n", PACKAGE_VERSION);
    for (size_t i = 0; i < step->n_words; i++) til_strbuf_printf(&b, "%s\n", step->words[i]);
    for (size_t i = 0; i < step->n_inputs; i++) {
        char digest[TIL_SHA256_TEXT];
        TIL_TRY(til_sha256_file(ctx, step->inputs[i], digest));
        til_strbuf_printf(&b, "%s %s\n", step->inputs[i], digest);
    }
    if (b.failed) {
        status = til_no_memory(ctx, 1, "steps");
        goto done;
    }
    til_sha256(b.text, b.length, step->key);
    *done = before != NULL && was_finished(before, step->key);
    for (size_t i = 0; i < step->n_outputs && *done; i++)
        *done = access(step->outputs[i], R_OK) == 0;
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

til_status_t til_step_run(til_ctx_t *ctx, const til_step_t *step)
{
    const til_command_t *command = til_command_find(step->words[0]);

    if (command == NULL)
        return til_fail(ctx, TIL_EINTERNAL, "no command '%s' for a step", step->words[0]);
    return til_command_step(ctx, command, (int)step->n_words - 1, step->words + 1);
}
