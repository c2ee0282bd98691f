/* builtin.h -- files that the program carries inside: the gene sets that ship with tilseq, and the
 * inputs and references of `tilseq qualify`.
 *
 * The bytes stand in builtin_data.c and qualify_data.c, which make writes (embed.sh) from genesets/
 * and src/tasks/qualify/, so that one program is enough wherever it is installed.
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

/* All files of a folder, ended by a row whose name is NULL. */
extern const til_builtin_t til_builtins[];      /* genesets/           */
extern const til_builtin_t til_qualify_files[]; /* src/tasks/qualify/  */

/* What stands before the name of a built-in file where users see it: "tilseq:human.gmt". */
#define TIL_BUILTIN_PREFIX "tilseq:"

/* The text of the file called `name`, inflated where it is .gz; its path is "tilseq:NAME".
 * TIL_EINTERNAL when there is no such file. Release with til_text_clear. */
TIL_MUST_USE
til_status_t til_builtin_text(til_ctx_t *ctx, const char *name, til_text_t *out);

/* The same among `files`. */
TIL_MUST_USE
til_status_t til_builtin_text_among(til_ctx_t *ctx, const til_builtin_t *files, const char *name,
                                    til_text_t *out);

#endif
