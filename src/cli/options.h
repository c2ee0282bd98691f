/* options.h -- one row per option feeds parsing, --help, manual pages and completion. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_OPTIONS_H
#define TIL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <tilseq/context.h>
#include <tilseq/words.h>

#include "base/strbuf.h"
#include "tasks/settings.h"

/* What an option stores at its offset in the args struct. */
typedef enum {
    TIL_OPT_FLAG,       /* bool                                                     */
    TIL_OPT_TEXT,       /* const char *: any text, a name or an expression           */
    TIL_OPT_FILE,       /* const char *: a file to read ("-" is stdin)               */
    TIL_OPT_OUTPUT,     /* const char *: a file or folder to write                   */
    TIL_OPT_INT,        /* int64_t in [lo, hi]                                       */
    TIL_OPT_NUMBER,     /* double in [lo, hi]                                        */
    TIL_OPT_CHOICE,     /* an enum, by its words; see TIL_CHOICE                     */
    TIL_OPT_LIST,       /* til_list_t: one word each time it is given                */
    TIL_OPT_WORDS,      /* til_list_t: all words up to the next option               */
    TIL_OPT_EXPRESSIONS /* til_list_t: a word, and those after it that hold : or =   */
} til_opt_kind_t;

typedef struct {
    char letter;      /* 0 for none                                                 */
    const char *name; /* without its dashes; NULL ends the table                    */
    til_opt_kind_t kind;
    size_t offset;     /* of the value in the args struct                            */
    const void *value; /* const char *, the value word in --help: FILE, INT; for CHOICE
                          const til_words_t *, see TIL_CHOICE                       */
    double lo, hi;     /* range of INT and NUMBER, both ends allowed                 */
    const char *help;  /* one line, lower case, no stop                              */
} til_opt_t;

/* A choice that was not made, for a field of type int without a default. */
enum { TIL_NOT_CHOSEN = -1 };

/* clang-format off */

/* The row of a choice; its field is of the enum that `list` belongs to (or an int, which may be TIL_NOT_CHOSEN). */
#define TIL_CHOICE(letter, name, args_t, field, list, help)                                        \
    { letter, name, TIL_OPT_CHOICE,                                                                \
      offsetof(args_t, field) +                                                                    \
          0 * sizeof(char[sizeof(((args_t *)0)->field) == sizeof(int) ? 1 : -1]) +                 \
          0 * sizeof((list)->words),                                                               \
      list, 0, 0, help }

/* Embed til_common_t as `common` and end the option table with TIL_COMMON_OPTIONS(args_t). */
#define TIL_COMMON_OPTIONS(args_t)                                                                 \
    { '@', "threads", TIL_OPT_INT, offsetof(args_t, common.threads), "INT", 1, 100000,             \
      "threads [the CPUs this process may run on]; the result is the same for any number" },       \
    { 'q', "quiet", TIL_OPT_FLAG, offsetof(args_t, common.quiet), NULL, 0, 0,                      \
      "say nothing but errors" },                                                                  \
    { 'v', "verbose", TIL_OPT_FLAG, offsetof(args_t, common.verbose), NULL, 0, 0,                  \
      "say more about each stage" },                                                               \
    TIL_CHOICE(0, "provenance", args_t, common.provenance, &til_provenance_words,                  \
      "where version, command, settings and inputs are written: beside the results, on top of "    \
      "the tables, nowhere"),                                                                      \
    { 0, "no-provenance", TIL_OPT_FLAG, offsetof(args_t, common.no_provenance), NULL, 0, 0,        \
      "as --provenance none" },                                                                    \
    { 'h', "help", TIL_OPT_FLAG, offsetof(args_t, common.help), NULL, 0, 0,                        \
      "print this help" },                                                                         \
    { 0, NULL, TIL_OPT_FLAG, 0, NULL, 0, 0, NULL }

/* clang-format on */

/* Another name by which users of another program know an option. */
typedef struct {
    const char *alias, *name; /* without dashes; a NULL alias ends the list */
} til_alias_t;

struct til_job;

/* A subcommand: its row in commands.h. */
typedef struct {
    const char *name;
    const char *operands; /* as after the name in Usage: "COUNTS SAMPLES"         */
    const char *summary;  /* one sentence with its stop                           */
    const char *details;  /* paragraphs for --help and the manual page, or NULL   */
    const til_opt_t *options;
    const til_alias_t *aliases; /* of long options, or NULL                              */
    const void *defaults;       /* an args struct                                       */
    size_t args_size, common_offset;
    int min_operands, max_operands; /* max -1: any number                                   */
    til_status_t (*run)(til_ctx_t *ctx, struct til_job *job);
    /* TIL_EUSAGE when the wishes in an args struct do not go together; NULL: any do. For who plans to
     * run the command later; `run` asks by itself. */
    til_status_t (*check)(til_ctx_t *ctx, const void *args);
} til_command_t;

/* The option of a name of n bytes, or of a letter; NULL where the table has none. */
const til_opt_t *til_option_long(const til_opt_t *options, const char *name, size_t n);
const til_opt_t *til_option_short(const til_opt_t *options, char letter);

/* The option of a command by its long name or an alias of it. */
const til_opt_t *til_option_of(const til_command_t *command, const char *name, size_t n);

/* Parses argv[0..argc) (after the command's name) into `args`, a copy of the defaults. Options may
 * stand anywhere; "--" ends them; --name=value and -xVALUE are understood.
 *
 *   operands   argc entries at least; the words that are not options, in order
 *   record     NULL, or gets the command as provenance shows it (cli/record.h)
 *
 * TIL_EUSAGE with one line that names the option, also when one that is no list has two values. Lists are owned by `args`; release with
 * til_options_clear. */
TIL_MUST_USE
til_status_t til_options_parse(til_ctx_t *ctx, const til_command_t *command, int argc, char **argv,
                               void *args, const char **operands, int *n_operands,
                               til_strbuf_t *record);
void til_options_clear(const til_command_t *command, void *args);

/* --help, with the live defaults. */
void til_options_help(FILE *out, const til_command_t *command);

/* The manual pages (man(7) macros) of a command and of tilseq itself, and the completion scripts of
 * all. */
void til_options_man(FILE *out, const til_command_t *command, const char *version);
void til_options_man_all(FILE *out, const til_command_t *const *commands, const char *version);
void til_options_bash(FILE *out, const til_command_t *const *commands);
void til_options_zsh(FILE *out, const til_command_t *const *commands);

#endif
