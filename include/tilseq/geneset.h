/* tilseq/geneset.h -- a collection of named gene sets.
 *
 * Sets keep the order of their file; a gene stands once in a set. The collection owns all.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_GENESET_H
#define TILSEQ_GENESET_H

#include <stddef.h>
#include <tilseq/context.h>
#include <tilseq/words.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_arena;
struct til_names;

typedef struct {
    char *name;
    char *about; /* second column of a GMT; "" where there is none */
    size_t n_genes;
    char **genes;
    size_t line; /* where it stood, for messages; 0 when built in  */
} til_geneset_t;

typedef struct {
    size_t n_sets;
    til_geneset_t *sets;
    char *origin; /* file name for messages */
    struct til_arena *arena;
    struct til_names *names; /* of the sets */
    size_t *first;           /* the first set of each name */
} til_genesets_t;

/* What becomes of a further set of a name: TIL_EINPUT, left out, or its genes join the first. */
typedef enum { TIL_DUPLICATES_ERROR, TIL_DUPLICATES_FIRST, TIL_DUPLICATES_MERGE } til_duplicates_t;

extern const til_words_t til_duplicates_words;

/* Appends a set to `c` (start with til_genesets_t c = {0}). Repeated genes are kept once;
 * how many were dropped goes to *n_repeated when that is not NULL. Names are not checked for
 * being unique here (the reader does, who knows the lines). */
TIL_MUST_USE
til_status_t til_genesets_add(til_ctx_t *ctx, til_genesets_t *c, const char *name,
                              const char *about, char *const *genes, size_t n_genes, size_t line,
                              size_t *n_repeated);
/* Adds genes to set number `set` of `c`; those it has stay once. */
TIL_MUST_USE
til_status_t til_genesets_extend(til_ctx_t *ctx, til_genesets_t *c, size_t set, char *const *genes,
                                 size_t n_genes);
TIL_MUST_USE
til_status_t til_genesets_set_origin(til_ctx_t *ctx, til_genesets_t *c, const char *origin);
void til_genesets_clear(til_genesets_t *c);

/* The set called `name`, or NULL. Borrows. */
const til_geneset_t *til_genesets_find(const til_genesets_t *c, const char *name);

#ifdef __cplusplus
}
#endif
#endif
