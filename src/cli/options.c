/* options.c -- the option table at work: parsing, help, manual page, completion. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/shell.h"
#include "cli/options.h"
#include "cli/record.h"

/* ---- parsing ----------------------------------------------------------------------------- */

const til_opt_t *til_option_long(const til_opt_t *opts, const char *name, size_t n)
{
    for (; opts->name != NULL; opts++)
        if (strlen(opts->name) == n && memcmp(opts->name, name, n) == 0) return opts;
    return NULL;
}

const til_opt_t *til_option_of(const til_command_t *command, const char *name, size_t n)
{
    const til_opt_t *opt = til_option_long(command->options, name, n);

    for (const til_alias_t *a = command->aliases; opt == NULL && a != NULL && a->alias != NULL; a++)
        if (strlen(a->alias) == n && memcmp(a->alias, name, n) == 0)
            return til_option_long(command->options, a->name, strlen(a->name));
    return opt;
}

const til_opt_t *til_option_short(const til_opt_t *opts, char letter)
{
    for (; opts->name != NULL; opts++)
        if (opts->letter == letter) return opts;
    return NULL;
}

static bool is_list(til_opt_kind_t kind)
{
    return kind == TIL_OPT_LIST || kind == TIL_OPT_WORDS || kind == TIL_OPT_EXPRESSIONS;
}

static til_status_t append(til_ctx_t *ctx, til_list_t *list, const char *word)
{
    const char **items = realloc(list->items, (list->n + 1) * sizeof *items);
    if (items == NULL) return til_fail(ctx, TIL_ENOMEM, "out of memory for the command line");
    items[list->n++] = word;
    list->items = items;
    return TIL_OK;
}

/* The words of a choice as help and errors show them: "a|b|c". */
static void list_words(const til_words_t *list, til_strbuf_t *b)
{
    for (size_t v = 0; v < list->n; v++)
        til_strbuf_printf(b, "%s%s", v == 0 ? "" : "|", list->words[v]);
}

static til_status_t store_choice(til_ctx_t *ctx, const til_opt_t *opt, const char *text, int *place)
{
    const til_words_t *list = opt->value;
    til_strbuf_t b = { 0 };

    *place = til_words_find(list, text);
    if (*place >= 0) return TIL_OK;
    list_words(list, &b);
    til_status_t status = til_fail(ctx, TIL_EUSAGE, "--%s: '%s' is not one of %s", opt->name, text,
                                   til_strbuf_text(&b));
    til_strbuf_clear(&b);
    return status;
}

static til_status_t store(til_ctx_t *ctx, const til_opt_t *opt, const char *text, void *args)
{
    char *place = (char *)args + opt->offset;
    char lo[TIL_NUMBER_MAX], hi[TIL_NUMBER_MAX];

    switch (opt->kind) {
    case TIL_OPT_FLAG: *(bool *)(void *)place = true; return TIL_OK;
    case TIL_OPT_TEXT:
    case TIL_OPT_FILE:
    case TIL_OPT_OUTPUT: *(const char **)(void *)place = text; return TIL_OK;
    case TIL_OPT_INT: {
        int64_t value;
        if (!til_number_parse_int(text, strlen(text), (int64_t)opt->lo, (int64_t)opt->hi, &value)) {
            til_number_print(opt->lo, lo);
            til_number_print(opt->hi, hi);
            return til_fail(ctx, TIL_EUSAGE, "--%s: '%s' is not a whole number from %s to %s",
                            opt->name, text, lo, hi);
        }
        *(int64_t *)(void *)place = value;
        return TIL_OK;
    }
    case TIL_OPT_NUMBER: {
        double value;
        if (!til_number_parse(text, strlen(text), &value) ||
            !(value >= opt->lo && value <= opt->hi)) {
            til_number_print(opt->lo, lo);
            til_number_print(opt->hi, hi);
            return til_fail(ctx, TIL_EUSAGE, "--%s: '%s' is not a number from %s to %s", opt->name,
                            text, lo, hi);
        }
        *(double *)(void *)place = value;
        return TIL_OK;
    }
    case TIL_OPT_CHOICE: return store_choice(ctx, opt, text, (int *)(void *)place);
    case TIL_OPT_LIST:
    case TIL_OPT_WORDS:
    case TIL_OPT_EXPRESSIONS: return append(ctx, (til_list_t *)(void *)place, text);
    }
    return TIL_OK;
}

/* A word that is not an option: "-" and everything without a leading dash, and "-5" unless 5 is an
 * option's letter. */
static bool is_operand(const til_opt_t *opts, const char *word)
{
    if (word[0] != '-' || word[1] == '\0' || word[1] == '.') return true;
    return isdigit((unsigned char)word[1]) && til_option_short(opts, word[1]) == NULL;
}

typedef struct {
    til_ctx_t *ctx;
    const til_command_t *command;
    int argc, at;
    char **argv;
    void *args;
    const char **given; /* by row of the table: its value so far, NULL for none */
    til_strbuf_t *record;
} parser_t;

/* Lists add up and a flag is on however often it is given; any other value would silently go. */
static til_status_t refuse_twice(parser_t *p, const til_opt_t *opt, const char *text)
{
    const char **before = &p->given[opt - p->command->options];

    if (is_list(opt->kind)) return TIL_OK;
    if (*before != NULL)
        return til_fail(p->ctx, TIL_EUSAGE, "--%s is given twice: '%s', then '%s'", opt->name,
                        *before, text);
    *before = text;
    return TIL_OK;
}

/* The value as help shows it: FILE, INT, a|b|c, with "..." when the option takes several words and
 * its value does not say so itself; nothing for a flag. */
static void add_value(const til_opt_t *opt, til_strbuf_t *b)
{
    const char *word = opt->value;

    if (opt->kind == TIL_OPT_FLAG) return;
    if (opt->kind == TIL_OPT_CHOICE) {
        list_words(opt->value, b);
        return;
    }
    size_t n = strlen(word);
    bool has_dots = n > 3 && strcmp(word + n - 3, "...") == 0;
    til_strbuf_add(b, word);
    if ((opt->kind == TIL_OPT_WORDS || opt->kind == TIL_OPT_EXPRESSIONS) && !has_dots)
        til_strbuf_add(b, "...");
}

static til_status_t fail_no_value(til_ctx_t *ctx, const til_opt_t *opt)
{
    til_strbuf_t b = { 0 };

    add_value(opt, &b);
    til_status_t status = til_fail(ctx, TIL_EUSAGE, "--%s needs a value (%s)", opt->name,
                                   til_strbuf_text(&b));
    til_strbuf_clear(&b);
    return status;
}

static til_status_t store_value(parser_t *p, const til_opt_t *opt, const char *text, bool attached)
{
    til_record_value(p->record, opt, text, attached);
    return store(p->ctx, opt, text, p->args);
}

/* Stores the value of `opt`: `attached` when it came with the option, else the next word(s). */
static til_status_t take_value(parser_t *p, const til_opt_t *opt, const char *attached)
{
    const char *first = attached;
    til_status_t status;

    if (first == NULL) {
        if (p->at >= p->argc) return fail_no_value(p->ctx, opt);
        first = p->argv[p->at++];
    }
    status = refuse_twice(p, opt, first);
    if (status == TIL_OK) status = store_value(p, opt, first, attached != NULL);
    while (status == TIL_OK && p->at < p->argc && is_operand(p->command->options, p->argv[p->at]) &&
           (opt->kind == TIL_OPT_WORDS ||
            (opt->kind == TIL_OPT_EXPRESSIONS && strpbrk(p->argv[p->at], ":=") != NULL)))
        status = store_value(p, opt, p->argv[p->at++], false);
    return status;
}

/* An option there is not, with the one that was probably meant. */
static til_status_t unknown_option(parser_t *p, const char *word, size_t n)
{
    enum { MOST = 512 };
    const char *names[MOST];
    til_strbuf_t typed = { 0 }, hint = { 0 };
    size_t n_names = 0;

    for (const til_opt_t *o = p->command->options; o->name != NULL && n_names < MOST; o++)
        names[n_names++] = o->name;
    til_strbuf_add_n(&typed, word + 2, n);
    const char *near = til_nearest(til_strbuf_text(&typed), names, n_names);
    if (near != NULL) til_strbuf_printf(&hint, ", did you mean '--%s'?", near);
    til_status_t status = til_fail(p->ctx, TIL_EUSAGE,
                                   "unknown option '%.*s'%s; see tilseq %s --help", (int)(n + 2),
                                   word, til_strbuf_text(&hint), p->command->name);
    til_strbuf_clear(&hint);
    til_strbuf_clear(&typed);
    return status;
}

static til_status_t parse_long(parser_t *p, const char *word)
{
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t n = equals == NULL ? strlen(name) : (size_t)(equals - name);
    const til_opt_t *opt = til_option_of(p->command, name, n);

    if (opt == NULL) return unknown_option(p, word, n);
    til_record_option(p->record, opt, word, n + 2 + (equals != NULL));
    if (opt->kind == TIL_OPT_FLAG) {
        if (equals != NULL) return til_fail(p->ctx, TIL_EUSAGE, "--%s takes no value", opt->name);
        return store(p->ctx, opt, NULL, p->args);
    }
    return take_value(p, opt, equals == NULL ? NULL : equals + 1);
}

/* -x, -xVALUE, -xyz for flags. */
static til_status_t parse_short(parser_t *p, const char *word)
{
    for (const char *c = word + 1; *c != '\0'; c++) {
        const til_opt_t *opt = til_option_short(p->command->options, *c);
        til_status_t status;
        if (opt == NULL)
            return til_fail(p->ctx, TIL_EUSAGE, "unknown option '-%c'; see tilseq %s --help", *c,
                            p->command->name);
        til_record_option(p->record, opt, (const char[]){ '-', *c }, 2);
        if (opt->kind != TIL_OPT_FLAG) return take_value(p, opt, c[1] == '\0' ? NULL : c + 1);
        status = store(p->ctx, opt, NULL, p->args);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

static size_t n_rows(const til_command_t *command)
{
    size_t n = 0;
    while (command->options[n].name != NULL) n++;
    return n;
}

til_status_t til_options_parse(til_ctx_t *ctx, const til_command_t *command, int argc, char **argv,
                               void *args, const char **operands, int *n_operands,
                               til_strbuf_t *record)
{
    parser_t p = { .ctx = ctx,
                   .command = command,
                   .argc = argc,
                   .argv = argv,
                   .args = args,
                   .given = calloc(n_rows(command), sizeof *p.given),
                   .record = record };
    til_status_t status = TIL_OK;
    bool only_operands = false;

    *n_operands = 0;
    if (p.given == NULL) return til_fail(ctx, TIL_ENOMEM, "out of memory for the command line");
    til_record_begin(record, command);
    while (p.at < argc && status == TIL_OK) {
        const char *word = argv[p.at++];
        if (only_operands || word[0] != '-' || word[1] == '\0') {
            operands[(*n_operands)++] = word;
            til_record_operand(record, word);
        } else if (strcmp(word, "--") == 0) {
            only_operands = true;
            if (record != NULL) til_strbuf_add(record, " --");
        } else if (word[1] == '-') status = parse_long(&p, word);
        else status = parse_short(&p, word);
    }
    free(p.given);
    return status;
}

void til_options_clear(const til_command_t *command, void *args)
{
    for (const til_opt_t *opt = command->options; opt->name != NULL; opt++)
        if (is_list(opt->kind)) free(((til_list_t *)(void *)((char *)args + opt->offset))->items);
}

/* ---- help -------------------------------------------------------------------------------- */

/* The default in words, "" where there is none to tell. */
static void default_text(const til_command_t *command, const til_opt_t *opt, char *text,
                         size_t size)
{
    const char *place = (const char *)command->defaults + opt->offset;
    char number[TIL_NUMBER_MAX];
    const char *word = NULL;

    switch (opt->kind) {
    case TIL_OPT_TEXT:
    case TIL_OPT_FILE:
    case TIL_OPT_OUTPUT: word = *(const char *const *)(const void *)place; break;
    case TIL_OPT_CHOICE: {
        const til_words_t *list = opt->value;
        int value = *(const int *)(const void *)place;
        if (value < 0) break;
        snprintf(number, sizeof number, "%.*s", (int)strcspn(list->words[value], "|"),
                 list->words[value]);
        word = number;
        break;
    }
    case TIL_OPT_INT:
        if (*(const int64_t *)(const void *)place < (int64_t)opt->lo) break; /* "not given" */
        til_number_print((double)*(const int64_t *)(const void *)place, number);
        word = number;
        break;
    case TIL_OPT_NUMBER:
        if (!(*(const double *)(const void *)place >= opt->lo)) break;
        til_number_print(*(const double *)(const void *)place, number);
        word = number;
        break;
    case TIL_OPT_FLAG:
    case TIL_OPT_LIST:
    case TIL_OPT_WORDS:
    case TIL_OPT_EXPRESSIONS: break;
    }
    if (word == NULL) text[0] = '\0';
    else snprintf(text, size, " [%s]", word);
}

/* Prints `text` broken at blanks, continuation lines indented; its own line ends are kept. */
static void print_wrapped(FILE *out, const char *text, int indent, int width)
{
    int column = indent;
    while (*text != '\0') {
        if (*text == '\n') {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            text++;
            continue;
        }
        int n = (int)strcspn(text, " \n");
        if (column > indent && column + 1 + n > width) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", n, text);
        column += n;
        text += n;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

void til_options_help(FILE *out, const til_command_t *command)
{
    fprintf(out, "Usage: tilseq %s [options] %s\n\n", command->name, command->operands);
    print_wrapped(out, command->summary, 0, 96);
    fprintf(out, "\nOptions:\n");
    for (const til_opt_t *opt = command->options; opt->name != NULL; opt++) {
        char help[1024], given[256], letter[8] = "    ";
        til_strbuf_t left = { 0 };
        if (opt->letter != 0) snprintf(letter, sizeof letter, "-%c, ", opt->letter);
        til_strbuf_printf(&left, "  %s--%s%s", letter, opt->name,
                          opt->kind == TIL_OPT_FLAG ? "" : " ");
        add_value(opt, &left);
        default_text(command, opt, given, sizeof given);
        snprintf(help, sizeof help, "%s%s", opt->help, given);
        if (left.length < 30) fprintf(out, "%-30s", til_strbuf_text(&left));
        else fprintf(out, "%s\n%30s", til_strbuf_text(&left), "");
        til_strbuf_clear(&left);
        print_wrapped(out, help, 30, 100);
    }
    if (command->details != NULL) {
        fputc('\n', out);
        print_wrapped(out, command->details, 0, 96);
    }
}

/* ---- manual page ------------------------------------------------------------------------- */

/* Text for man(7): backslashes, leading dots and dashes made safe. */
static void print_roff(FILE *out, const char *text)
{
    bool at_start = true;
    for (; *text != '\0'; text++) {
        if (at_start && (*text == '.' || *text == '\'')) fputs("\\&", out);
        if (*text == '\\') fputs("\\e", out);
        else if (*text == '-') fputs("\\-", out);
        else fputc(*text, out);
        at_start = *text == '\n';
    }
}

void til_options_man(FILE *out, const til_command_t *command, const char *version)
{
    fprintf(out, ".TH \"TILSEQ\\-%s\" \"1\" \"\" \"tilseq %s\" \"tilseq manual\"\n.SH NAME\n",
            command->name, version);
    fprintf(out, "tilseq\\-%s \\- ", command->name);
    print_roff(out, command->summary);
    fprintf(out, "\n.SH SYNOPSIS\n.B tilseq %s\n[options] ", command->name);
    print_roff(out, command->operands);
    fputs("\n.SH OPTIONS\n", out);
    for (const til_opt_t *opt = command->options; opt->name != NULL; opt++) {
        char given[256];
        fputs(".TP\n\\fB", out);
        if (opt->letter != 0) fprintf(out, "\\-%c\\fR, \\fB", opt->letter);
        print_roff(out, "--");
        print_roff(out, opt->name);
        fputs("\\fR", out);
        if (opt->kind != TIL_OPT_FLAG) {
            til_strbuf_t value = { 0 };
            add_value(opt, &value);
            fputs(" \\fI", out);
            print_roff(out, til_strbuf_text(&value));
            fputs("\\fR", out);
            til_strbuf_clear(&value);
        }
        fputc('\n', out);
        print_roff(out, opt->help);
        default_text(command, opt, given, sizeof given);
        print_roff(out, given);
        fputc('\n', out);
    }
    if (command->details != NULL) {
        fputs(".SH DETAILS\n", out);
        print_roff(out, command->details);
        fputc('\n', out);
    }
    fputs(".SH EXIT STATUS\n0 done; 2 wrong command line; 3 wrong data; 4 the environment failed; "
          "70 a bug in tilseq; 128+n ended by signal n.\n.SH SEE ALSO\n.BR tilseq (1)\n",
          out);
}

void til_options_man_all(FILE *out, const til_command_t *const *commands, const char *version)
{
    fprintf(out,
            ".TH \"TILSEQ\" \"1\" \"\" \"tilseq %s\" \"tilseq manual\"\n.SH NAME\n"
            "tilseq \\- RNA\\-seq from reads to answers\n.SH SYNOPSIS\n"
            ".B tilseq\nCOMMAND [options] INPUT...\n.SH COMMANDS\n",
            version);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, ".TP\n.BR tilseq\\-%s (1)\n", commands[i]->name);
        print_roff(out, commands[i]->summary);
        fputc('\n', out);
    }
    fputs(".SH DESCRIPTION\nOptions may stand anywhere; \\- is standard input or output. Results "
          "go to files or "
          "standard output, remarks to standard error. Outputs appear whole or not at all, and are "
          "the same bytes for any number of threads.\n"
          ".SH EXIT STATUS\n0 done; 2 wrong command line; 3 wrong data; 4 the environment failed; "
          "70 a bug in tilseq; 128+n ended by signal n.\n",
          out);
}

/* ---- completion -------------------------------------------------------------------------- */

static void print_choices(FILE *out, const til_words_t *list)
{
    for (size_t v = 0; v < list->n; v++) {
        if (v > 0) fputc(' ', out);
        for (const char *c = list->words[v]; *c != '\0'; c++) fputc(*c == '|' ? ' ' : *c, out);
    }
}

void til_options_bash(FILE *out, const til_command_t *const *commands)
{
    fputs("# bash completion for tilseq, made from its option tables\n"
          "_tilseq() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='",
          out);
    for (size_t i = 0; commands[i] != NULL; i++) fprintf(out, "%s ", commands[i]->name);
    fputs("--help --version'\n        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return\n   "
          " fi\n"
          "    case ${COMP_WORDS[1]}:$prev in\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++)
        for (const til_opt_t *opt = commands[i]->options; opt->name != NULL; opt++)
            if (opt->kind == TIL_OPT_CHOICE) {
                fprintf(out, "    %s:--%s) words='", commands[i]->name, opt->name);
                print_choices(out, opt->value);
                fputs("'; COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return ;;\n", out);
            }
    fputs("    esac\n    case ${COMP_WORDS[1]} in\n", out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, "    %s) words='", commands[i]->name);
        for (const til_opt_t *opt = commands[i]->options; opt->name != NULL; opt++)
            fprintf(out, "--%s ", opt->name);
        fputs("' ;;\n", out);
    }
    fputs(
        "    esac\n    case $cur in\n    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
        "    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n    esac\n}\n"
        "complete -o filenames -F _tilseq tilseq\n",
        out);
}

/* Text inside a zsh [...] description within single quotes. */
static void print_zsh(FILE *out, const char *text)
{
    til_strbuf_t escaped = { 0 }, quoted = { 0 };

    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL) til_strbuf_add_char(&escaped, '\\');
        til_strbuf_add_char(&escaped, *text);
    }
    til_shell_add_inside(&quoted, til_strbuf_text(&escaped));
    fputs(til_strbuf_text(&quoted), out);
    til_strbuf_clear(&quoted);
    til_strbuf_clear(&escaped);
}

void til_options_zsh(FILE *out, const til_command_t *const *commands)
{
    fputs("#compdef tilseq\n# zsh completion for tilseq, made from its option tables\n"
          "if (( CURRENT == 2 )); then\n    _values command",
          out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, " '%s[", commands[i]->name);
        print_zsh(out, commands[i]->summary);
        fputs("]'", out);
    }
    fputs("\n    return\nfi\nlocal command=$words[2]\nshift words; (( CURRENT-- ))\ncase $command "
          "in\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, "%s) _arguments", commands[i]->name);
        for (const til_opt_t *opt = commands[i]->options; opt->name != NULL; opt++) {
            fprintf(out, " \\\n    '%s--%s[", is_list(opt->kind) ? "*" : "", opt->name);
            print_zsh(out, opt->help);
            fputs("]", out);
            if (opt->kind == TIL_OPT_CHOICE) {
                fputs(":value:(", out);
                print_choices(out, opt->value);
                fputs(")", out);
            } else if (opt->kind != TIL_OPT_FLAG) {
                fputs(opt->kind == TIL_OPT_FILE || opt->kind == TIL_OPT_OUTPUT ||
                              opt->kind == TIL_OPT_WORDS
                          ? ":file:_files"
                          : ":value:",
                      out);
            }
            fputs("'", out);
        }
        fputs(" \\\n    '*:file:_files' ;;\n", out);
    }
    fputs("esac\n", out);
}
