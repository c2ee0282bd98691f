/* record.h -- the command as provenance shows it, written while its words are parsed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RECORD_H
#define TIL_CLI_RECORD_H

#include "base/strbuf.h"
#include "cli/options.h"
#include "io/text/json.h"

/* Words are as typed, quoted for a shell, files by their base names (operands, values of TIL_OPT_FILE and
 * TIL_OPT_OUTPUT, contrasts that are files). Options that change no number are left out: threads,
 * output, quiet, verbose. Nothing is done for a NULL `b`. */

/* "tilseq NAME". */
void til_record_begin(til_strbuf_t *b, const til_command_t *command);
void til_record_operand(til_strbuf_t *b, const char *word);

/* An option as typed, the n bytes before its value: "--design", "--design=", "-M". */
void til_record_option(til_strbuf_t *b, const til_opt_t *opt, const char *name, size_t n);
/* A value of it; `attached` when it stands in the option's own word: --design=VALUE, -MVALUE. */
void til_record_value(til_strbuf_t *b, const til_opt_t *opt, const char *value, bool attached);

/* The values of all options that change a number, by option's name: flags that are on, numbers, words of choices, texts,
 * files by their base names, lists; options without a value are left out. */
TIL_MUST_USE
til_status_t til_record_settings(til_ctx_t *ctx, const til_command_t *command, const void *args,
                                 til_json_t **out);

#endif
