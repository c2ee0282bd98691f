/* builtin.h -- files that the program carries inside: the gene sets that ship with tilseq.
 *
 * The bytes stand in builtin_data.c, which make writes from genesets/ (embed.sh), so that one
 * program is enough wherever it is installed.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_BUILTIN_H
#define TIL_IO_BUILTIN_H

#include <stddef.h>
#include <stdint.h>

#include "io/text/textfile.h"

/* n_bytes bytes, eight to a word, the first byte lowest. */
typedef struct {
    const char *name; /* as in genesets/: "human.gmt" */
    const uint64_t *words;
    size_t n_bytes;
} til_builtin_t;

/* All files, ended by a row whose name is NULL. */
extern const til_builtin_t til_builtins[];

/* What stands before the name of a built-in file where users see it: "tilseq:human.gmt". */
#define TIL_BUILTIN_PREFIX "tilseq:"

/* The text of the file called `name`, inflated where it is .gz; its path is "tilseq:NAME".
 * TIL_EINTERNAL when there is no such file. Release with til_text_clear. */
TIL_MUST_USE
til_status_t til_builtin_text(til_ctx_t *ctx, const char *name, til_text_t *out);

#endif
