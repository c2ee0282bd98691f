/* record.c -- the command as provenance shows it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/shell.h"
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
