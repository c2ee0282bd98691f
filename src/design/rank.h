/* rank.h -- can the coefficients of a design be told apart, and if not, why not. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_RANK_H
#define TIL_DESIGN_RANK_H

#include <tilseq/design.h>

typedef struct {
    size_t rank;
    size_t n_aliased;
    size_t *aliased;  /* columns that are combinations of earlier ones             */
    char **relations; /* n_aliased: "armNR = batchb2 (samples S5, S6)"             */
    size_t n_causes;
    char **causes; /* in words: which variables say the same, and what to do    */
    struct til_arena *arena;
} til_rank_t;

/* Rank by R's rule (qr() with tolerance 1e-7), and what the aliased columns are. A full rank has no
 * aliased columns and no causes. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_rank_analyse(til_ctx_t *ctx, const til_design_t *design, til_rank_t *out);
void til_rank_clear(til_rank_t *rank);

/* TIL_EINPUT in one line when the design is not of full rank. */
TIL_MUST_USE
til_status_t til_rank_require(til_ctx_t *ctx, const til_design_t *design);

/* TIL_EINPUT when it is not, or when there are no more samples than coefficients: without
 * replicates there is no variance to test against. */
TIL_MUST_USE
til_status_t til_rank_require_replicates(til_ctx_t *ctx, const til_design_t *design);

/* TIL_EUSAGE unless every column of `reduced` is a combination of those of `full` and there are
 * fewer of them: a likelihood ratio means nothing otherwise. Both are of full rank. */
TIL_MUST_USE
til_status_t til_rank_require_nested(til_ctx_t *ctx, const til_design_t *full,
                                     const til_design_t *reduced);

#endif
