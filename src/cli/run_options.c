/* run_options.c -- the options of the steps of a run, taken from the commands' own tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/driver.h"
#include "cli/run_options.h"

/* Names that a run settles itself: files between steps, and what its own options of that name say. */
static const struct {
    const til_command_t *command;
    const char *settled; /* each between blanks */
} parts[TIL_N_PARTS] = {
    [TIL_PART_DE] = { &til_cmd_de,
                      " design contrast pair time arm trend adjust strata reference factor drop-na "
                      "lengths seed alpha genes exclude include subset round sum-duplicates " },
    [TIL_PART_TRIAL] = { &til_cmd_trial,
                         " design contrast pair time arm trend adjust strata reference factor "
                         "drop-na sets scores input species seed genes exclude include subset "
                         "sum-duplicates " },
    [TIL_PART_GSEA] = { &til_cmd_gsea,
                        " sets ranks de list universe genes species seed counts samples design "
                        "contrast pair time arm trend adjust strata reference factor drop-na "
                        "exclude include "
                        "subset round sum-duplicates lengths block sample-weights "
                        "ebayes-trend robust " },
    [TIL_PART_SCORE] = { &til_cmd_score,
                         " sets scores input samples species genes lengths exclude include "
                         "subset sum-duplicates seed " },
    [TIL_PART_QUANT] = { &til_cmd_quant,
                         " index mates1 mates2 reads genes annotation seed alignments "
                         "transcripts " },
    [TIL_PART_COUNT] = { &til_cmd_count, " annotation sample-names format level by-read-group "
                                         "each-strand " },
    [TIL_PART_NORM] = { &til_cmd_norm,
                        " to samples filter design prior-count lengths genes exclude "
                        "include subset round sum-duplicates " }
};

/* Where a row of the run's table comes from. */
static struct {
    til_run_part_t part;
    const til_opt_t *row; /* of the command */
    size_t offset;        /* in til_run_parts_t */
} sources[TIL_RUN_OPTIONS];
static size_t n_sources, part_offset[TIL_N_PARTS];
static char texts[1 << 16]; /* names and helps that are put together */
static size_t n_text;

static bool is_listed(const char *list, const char *name)
{
    const char *p = list;
    size_t n = strlen(name);

    while ((p = strstr(p, name)) != NULL) {
        if (p[-1] == ' ' && p[n] == ' ') return true;
        p += n;
    }
    return false;
}

/* Options that every command has, and those that end it at once. */
static bool is_common(const char *name)
{
    return is_listed(" threads quiet verbose provenance no-provenance help list-methods ", name);
}

static const char *joined(const char *a, const char *between, const char *b)
{
    size_t n = strlen(a) + strlen(between) + strlen(b) + 1;
    char *text = texts + n_text;

    assert(n_text + n <= sizeof texts);
    snprintf(text, n, "%s%s%s", a, between, b);
    n_text += n;
    return text;
}

static bool is_letter_used(const til_opt_t *rows, size_t n, char letter)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].letter == letter) return true;
    return false;
}

static bool is_name_used(const til_opt_t *rows, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].name, name) == 0) return true;
    return false;
}

static size_t join_part(til_run_part_t part, size_t offset, til_opt_t *rows, size_t n)
{
    const til_command_t *command = parts[part].command;

    for (const til_opt_t *row = command->options; row->name != NULL; row++) {
        if (row->kind == TIL_OPT_OUTPUT || is_common(row->name) ||
            is_listed(parts[part].settled, row->name))
            continue;
        assert(n + 1 < TIL_RUN_OPTIONS && n_sources < TIL_RUN_OPTIONS);
        bool is_taken = is_name_used(rows, n, row->name);
        sources[n_sources].part = part;
        sources[n_sources].row = row;
        sources[n_sources++].offset = part_offset[part] + row->offset;
        rows[n] = *row;
        rows[n].offset = offset + part_offset[part] + row->offset;
        if (is_taken) rows[n].name = joined(command->name, "-", row->name);
        if (is_taken || is_letter_used(rows, n, row->letter)) rows[n].letter = 0;
        rows[n].help = joined(command->name, ": ", row->help);
        n++;
    }
    return n;
}

void til_run_options_join(const til_opt_t *own, size_t offset, void *defaults, til_opt_t *rows)
{
    size_t n = 0, n_common, at = 0;

    for (n_common = 0; own[n_common].name != NULL && !is_common(own[n_common].name);) n_common++;
    for (; n < n_common; n++) rows[n] = own[n];
    /* the common rows stand last, but their letters are taken */
    size_t n_all = n_common;
    while (own[n_all].name != NULL) n_all++;
    for (int part = 0; part < TIL_N_PARTS; part++) {
        const til_command_t *command = parts[part].command;
        part_offset[part] = at;
        assert(at + command->args_size <= TIL_RUN_PART_BYTES);
        memcpy((char *)defaults + offset + at, command->defaults, command->args_size);
        at = (at + command->args_size + 15) / 16 * 16;
        size_t first = n;
        n = join_part((til_run_part_t)part, offset, rows, n);
        for (size_t i = first; i < n; i++)
            if (is_letter_used(own + n_common, n_all - n_common, rows[i].letter))
                rows[i].letter = 0;
    }
    for (size_t i = n_common; i <= n_all; i++) {
        assert(n < TIL_RUN_OPTIONS);
        rows[n++] = own[i];
    }
}

/* ---- values -------------------------------------------------------------------------------- */

static const void *value_of(const til_run_parts_t *p, size_t source)
{
    return p->bytes + sources[source].offset;
}

static const void *default_of(size_t source)
{
    const til_command_t *command = parts[sources[source].part].command;
    return (const char *)command->defaults + sources[source].row->offset;
}

const char *til_run_part_text(const til_run_parts_t *p, til_run_part_t part, const char *name)
{
    for (size_t i = 0; i < n_sources; i++)
        if (sources[i].part == part && strcmp(sources[i].row->name, name) == 0)
            return *(const char *const *)value_of(p, i);
    return NULL;
}

static bool is_same(const til_opt_t *row, const void *value, const void *usual)
{
    const char *a, *b;

    switch (row->kind) {
    case TIL_OPT_FLAG: return *(const bool *)value == *(const bool *)usual;
    case TIL_OPT_TEXT:
    case TIL_OPT_FILE:
    case TIL_OPT_OUTPUT:
        a = *(const char *const *)value;
        b = *(const char *const *)usual;
        return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
    case TIL_OPT_INT: return *(const int64_t *)value == *(const int64_t *)usual;
    case TIL_OPT_NUMBER: return memcmp(value, usual, sizeof(double)) == 0;
    case TIL_OPT_CHOICE: return *(const int *)value == *(const int *)usual;
    case TIL_OPT_LIST:
    case TIL_OPT_WORDS:
    case TIL_OPT_EXPRESSIONS: return ((const til_list_t *)value)->n == 0;
    }
    return true;
}

static bool is_default(const til_run_parts_t *p, size_t source)
{
    return is_same(sources[source].row, value_of(p, source), default_of(source));
}

bool til_run_part_has(const til_run_parts_t *p, til_run_part_t part, const char *name)
{
    for (size_t i = 0; i < n_sources; i++)
        if (sources[i].part == part && strcmp(sources[i].row->name, name) == 0)
            return !is_default(p, i);
    return false;
}

/* --name and its value, as the command takes them. */
static void add_words(til_ctx_t *ctx, til_steps_t *steps, const til_opt_t *row, const void *value)
{
    til_strbuf_t b = { 0 };
    const char *name, *text;

    til_strbuf_printf(&b, "--%s", row->name);
    name = til_strbuf_text(&b);
    switch (row->kind) {
    case TIL_OPT_FLAG: til_step_word(ctx, steps, name); break;
    case TIL_OPT_TEXT:
    case TIL_OPT_FILE:
    case TIL_OPT_OUTPUT:
        text = *(const char *const *)value;
        til_step_option(ctx, steps, name, text);
        if (row->kind == TIL_OPT_FILE) til_step_input(ctx, steps, text);
        break;
    case TIL_OPT_INT:
    case TIL_OPT_NUMBER: {
        til_strbuf_t number = { 0 };
        if (row->kind == TIL_OPT_INT)
            til_strbuf_printf(&number, "%lld", (long long)*(const int64_t *)value);
        else til_strbuf_add_number(&number, *(const double *)value);
        til_step_option(ctx, steps, name, til_strbuf_text(&number));
        til_strbuf_clear(&number);
        break;
    }
    case TIL_OPT_CHOICE: {
        const char *word = ((const til_words_t *)row->value)->words[*(const int *)value];
        til_strbuf_t first = { 0 };
        til_strbuf_add_n(&first, word, strcspn(word, "|"));
        til_step_option(ctx, steps, name, til_strbuf_text(&first));
        til_strbuf_clear(&first);
        break;
    }
    case TIL_OPT_LIST:
    case TIL_OPT_WORDS:
    case TIL_OPT_EXPRESSIONS: til_step_list(ctx, steps, name, value); break;
    }
    til_strbuf_clear(&b);
}

void til_run_part_words(til_ctx_t *ctx, til_steps_t *steps, const til_run_parts_t *p,
                        til_run_part_t part)
{
    for (size_t i = 0; i < n_sources; i++)
        if (sources[i].part == part && !is_default(p, i))
            add_words(ctx, steps, sources[i].row, value_of(p, i));
}

void til_run_shared_words(til_ctx_t *ctx, til_steps_t *steps, const til_opt_t *rows,
                          const void *args, const void *defaults, const char *command)
{
    const til_command_t *c = til_command_find(command);

    for (; c != NULL && rows->name != NULL; rows++) {
        const char *value = (const char *)args + rows->offset;
        const til_opt_t *taken = til_option_long(c->options, rows->name, strlen(rows->name));
        if (taken == NULL || taken->kind != rows->kind ||
            is_same(rows, value, (const char *)defaults + rows->offset))
            continue;
        add_words(ctx, steps, rows, value);
    }
}

til_status_t til_run_part_refuse(til_ctx_t *ctx, const til_run_parts_t *p, til_run_part_t part,
                                 const char *why)
{
    for (size_t i = 0; i < n_sources; i++)
        if (sources[i].part == part && !is_default(p, i))
            return til_fail(ctx, TIL_EUSAGE,
                            "--%s is an option of tilseq %s, which this run does "
                            "not use: %s",
                            sources[i].row->name, parts[part].command->name, why);
    return TIL_OK;
}
