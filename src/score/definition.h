/* definition.h -- a row of scores.tsv, read into genes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_SCORE_DEFINITION_H
#define TIL_SCORE_DEFINITION_H

#include <tilseq/score.h>

#include "base/arena.h"

typedef enum {
    TIL_SCORE_MEAN,        /* a                        */
    TIL_SCORE_GEOMEAN,     /* a                        */
    TIL_SCORE_GEOMEAN_LOG, /* a                        */
    TIL_SCORE_WEIGHTED,    /* a with weights, b = HK   */
    TIL_SCORE_LOG_RATIO,   /* a - b                    */
    TIL_SCORE_RATIO,       /* a / b                    */
    TIL_SCORE_RESIDUAL,    /* a [- c] ~ b              */
    TIL_SCORE_PAIRS,       /* a[i] > b[i]              */
    TIL_SCORE_MEAN_RANK,   /* a                        */
    TIL_SCORE_PC1          /* a                        */
} til_score_formula_t;

/* Gene names; in the arena of the definition or of the sets. */
typedef struct {
    size_t n, capacity;
    const char **genes;
} til_score_group_t;

typedef struct {
    til_score_formula_t type;
    til_score_group_t a, b, c;
    double *weights; /* a.n, for TIL_SCORE_WEIGHTED */
    size_t weights_capacity;
    til_arena_t *arena;
} til_score_parsed_t;

/* Reads the definition of `def`; a word is a set of `sets` if there is one of that name, else a
 * gene. TIL_EINPUT "<origin>:<line>: ..." when it is not what its type wants. `out` is safe to
 * clear either way. */
TIL_MUST_USE
til_status_t til_score_parse(til_ctx_t *ctx, const til_score_def_t *def, const char *origin,
                             const til_genesets_t *sets, til_score_parsed_t *out);
void til_score_parsed_clear(til_score_parsed_t *p);

#endif
