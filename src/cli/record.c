/* record.c -- the command as provenance shows it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include "cli/record.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static void add_clean(til_strbuf_t *b, const char *text)
{
    for (; *text != '\0'; text++)
        til_strbuf_add_char(b, (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

/* Options that the recorded command leaves out: those that change no number. */
static bool is_silent(const til_opt_t *opt)
{
    static const char *const names[] = { "threads", "output", "quiet", "verbose" };

    if (opt->kind == TIL_OPT_OUTPUT) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(opt->name, names[i]) == 0) return true;
    return false;
}

/* Adds a word whose first n bytes are an option; what follows may be a file. */
static void add_word(til_strbuf_t *b, const char *word, size_t n)
{
    bool quote = word[0] == '\0' || strpbrk(word, " \t\n'\"$`\\*?;&|<>()~#") != NULL;
    const char *value = word + n;
    bool is_path = strchr(value, '/') != NULL && strchr(value, ' ') == NULL &&
                   strchr(value, '~') == NULL;

    til_strbuf_add_char(b, ' ');
    if (quote) til_strbuf_add_char(b, '\'');
    til_strbuf_add_n(b, word, n);
    add_clean(b, is_path || access(value, F_OK) == 0 ? base_name(value) : value);
    if (quote) til_strbuf_add_char(b, '\'');
}

void til_record_word(til_strbuf_t *b, const char *word)
{
    const char *equals = strchr(word, '=');
    bool is_long = word[0] == '-' && word[1] == '-' && equals != NULL;

    add_word(b, word, is_long ? (size_t)(equals + 1 - word) : 0);
}

/* What a word of an option says about itself and the next one. */
typedef struct {
    bool shown, takes_next;
} word_t;

/* "-x", "-xVALUE" or several flags in one word: adds what changes numbers. */
static word_t add_short(til_strbuf_t *b, const til_command_t *command, const char *word)
{
    til_strbuf_t kept = { 0 };
    word_t is = { false, false };
    const til_opt_t *opt = NULL;
    size_t n = 1;

    til_strbuf_add_char(&kept, '-');
    for (const char *c = word + 1; *c != '\0'; c++) {
        opt = til_option_short(command->options, *c);
        bool silent = opt != NULL && is_silent(opt);
        if (!silent) til_strbuf_add_char(&kept, *c);
        n += !silent;
        if (opt != NULL && opt->kind == TIL_OPT_FLAG) continue;
        is.takes_next = opt != NULL && c[1] == '\0';
        if (!silent) til_strbuf_add(&kept, c + 1);
        break;
    }
    is.shown = n > 1;
    if (is.shown && !kept.failed) add_word(b, kept.text, n);
    b->failed |= kept.failed;
    til_strbuf_clear(&kept);
    return is;
}

static word_t add_long(til_strbuf_t *b, const til_command_t *command, const char *word)
{
    size_t n = strcspn(word + 2, "=");
    const til_opt_t *opt = til_option_long(command->options, word + 2, n);
    word_t is = { opt == NULL || !is_silent(opt),
                  opt != NULL && opt->kind != TIL_OPT_FLAG && word[2 + n] == '\0' };

    if (is.shown) til_record_word(b, word);
    return is;
}

/* The command as typed, files by their base names, without options that change no number. */
void til_record_command(const til_command_t *command, int argc, char **argv, til_strbuf_t *b)
{
    bool only_operands = false;

    til_strbuf_printf(b, "tilseq %s", command->name);
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        word_t is = { true, false };
        if (only_operands || word[0] != '-' || word[1] == '\0') add_word(b, word, 0);
        else if (word[1] != '-') is = add_short(b, command, word);
        else is = add_long(b, command, word);
        only_operands |= strcmp(word, "--") == 0;
        if (!is.takes_next || i + 1 >= argc) continue;
        i++;
        if (is.shown) add_word(b, argv[i], 0);
    }
}
