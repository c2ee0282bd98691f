/* record.h -- the command as provenance shows it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RECORD_H
#define TIL_CLI_RECORD_H

#include "base/strbuf.h"
#include "cli/options.h"

/* Adds the command as typed: files by their base names, without options that change no number. */
void til_record_command(const til_command_t *command, int argc, char **argv, til_strbuf_t *b);

/* Adds a blank and one word of a command, as a record shows it. */
void til_record_word(til_strbuf_t *b, const char *word);

#endif
