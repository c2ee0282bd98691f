/* shell.h -- words as a shell reads them back: the one quoter. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_SHELL_H
#define TIL_BASE_SHELL_H

#include "base/strbuf.h"

/* Adds `word` so that sh, bash and zsh read it as one word of exactly these bytes: as it is where
 * none of them means anything to a shell, else in single quotes. */
void til_shell_add_word(til_strbuf_t *b, const char *word);

/* Adds what stands between single quotes for `text`: each of its own quotes as '\''. */
void til_shell_add_inside(til_strbuf_t *b, const char *text);

#endif
