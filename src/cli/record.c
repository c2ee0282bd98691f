/* record.c -- the command as provenance shows it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/shell.h"
#include "base/try.h"
#include "cli/record.h"
#include "tasks/job.h"
#include "tasks/questions.h"

static bool changes_no_number(const til_opt_t *opt)
{
    static const char *const names[] = { "threads", "output", "quiet", "verbose" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(opt->name, names[i]) == 0) return true;
    return false;
}

static bool is_file(const til_opt_t *opt, const char *value)
{
    return opt->kind == TIL_OPT_FILE || opt->kind == TIL_OPT_OUTPUT || opt->kind == TIL_OPT_WORDS ||
           (opt->kind == TIL_OPT_EXPRESSIONS && til_contrast_is_file(value));
}

void til_record_begin(til_strbuf_t *b, const til_command_t *command)
{
    if (b != NULL) til_strbuf_printf(b, "tilseq %s", command->name);
}

void til_record_operand(til_strbuf_t *b, const char *word)
{
    if (b == NULL) return;
    til_strbuf_add_char(b, ' ');
    til_shell_add_word(b, til_base_name(word));
}

void til_record_option(til_strbuf_t *b, const til_opt_t *opt, const char *name, size_t n)
{
    if (b == NULL || changes_no_number(opt)) return;
    til_strbuf_add_char(b, ' ');
    til_strbuf_add_n(b, name, n);
}

void til_record_value(til_strbuf_t *b, const til_opt_t *opt, const char *value, bool attached)
{
    if (b == NULL || changes_no_number(opt)) return;
    if (!attached) til_strbuf_add_char(b, ' ');
    til_shell_add_word(b, is_file(opt, value) ? til_base_name(value) : value);
}

/* ---- settings ----------------------------------------------------------------------------- */

static bool is_setting(const til_opt_t *opt)
{
    static const char *const others[] = { "provenance", "no-provenance", "help" };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(opt->name, others[i]) == 0) return false;
    return opt->kind != TIL_OPT_OUTPUT && !changes_no_number(opt);
}

static til_json_t *text_of(const til_opt_t *opt, const char *text)
{
    return til_json_of_text(is_file(opt, text) ? til_base_name(text) : text);
}

/* Sets nothing for an option without a value. */
static til_status_t add_setting(til_ctx_t *ctx, const til_opt_t *opt, const void *place,
                                til_json_t *settings)
{
    switch (opt->kind) {
    case TIL_OPT_FLAG:
        if (!*(const bool *)place) return TIL_OK;
        return til_json_set(ctx, settings, opt->name, til_json_of_bool(true));
    case TIL_OPT_TEXT:
    case TIL_OPT_FILE:
    case TIL_OPT_OUTPUT: {
        const char *text = *(const char *const *)place;
        if (text == NULL) return TIL_OK;
        return til_json_set(ctx, settings, opt->name, text_of(opt, text));
    }
    case TIL_OPT_INT: {
        int64_t value = *(const int64_t *)place;
        if (value < (int64_t)opt->lo) return TIL_OK;
        return til_json_set(ctx, settings, opt->name, til_json_of_number((double)value));
    }
    case TIL_OPT_NUMBER: {
        double value = *(const double *)place;
        if (!(value >= opt->lo)) return TIL_OK;
        return til_json_set(ctx, settings, opt->name, til_json_of_number(value));
    }
    case TIL_OPT_CHOICE: {
        const til_words_t *words = opt->value;
        int value = *(const int *)place;
        if (value == TIL_NOT_CHOSEN) return TIL_OK;
        return til_json_set(ctx, settings, opt->name, til_json_of_text(words->words[value]));
    }
    case TIL_OPT_LIST:
    case TIL_OPT_WORDS:
    case TIL_OPT_EXPRESSIONS: break;
    }

    const til_list_t *list = place;
    til_json_t *array = til_json_array();
    til_status_t status = TIL_OK;
    for (size_t i = 0; i < list->n && status == TIL_OK; i++)
        status = til_json_append(ctx, array, text_of(opt, list->items[i]));
    if (status == TIL_OK && list->n > 0) return til_json_set(ctx, settings, opt->name, array);
    til_json_free(array);
    return status;
}

til_status_t til_record_settings(til_ctx_t *ctx, const til_command_t *command, const void *args,
                                 til_json_t **out)
{
    til_json_t *settings = til_json_object();
    til_status_t status = TIL_OK;

    *out = NULL;
    if (settings == NULL) return til_fail(ctx, TIL_ENOMEM, "out of memory for JSON");
    for (const til_opt_t *opt = command->options; opt->name != NULL; opt++)
        if (is_setting(opt))
            TIL_TRY(add_setting(ctx, opt, (const char *)args + opt->offset, settings));
    *out = settings;
    settings = NULL;
done:
    til_json_free(settings);
    return status;
}
