/* variable.h -- columns of a sample sheet become factors and covariates. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DESIGN_VARIABLE_H
#define TIL_DESIGN_VARIABLE_H

#include <tilseq/design.h>

#include "base/arena.h"
#include "base/strbuf.h"

/* The samples of a sheet that a design is made of. */
typedef struct {
    const til_sheet_t *sheet;
    size_t *rows; /* n rows of the sheet */
    size_t n;
} til_frame_t;

typedef enum { TIL_AS_FOUND, TIL_AS_FACTOR, TIL_AS_VISITS, TIL_AS_NUMBER } til_variable_role_t;

/* The column called `name`; TIL_EINPUT listing the columns there are. `why` says who wants it. */
TIL_MUST_USE
til_status_t til_frame_column(til_ctx_t *ctx, const til_frame_t *frame, const char *name,
                              const char *why, size_t *column);

/* True for the cells that mean "not known": empty, NA and its kin; null is a genotype. */
bool til_cell_is_missing(const char *cell);

/* Understands a column for the samples of `frame`, none of which has a missing cell there. What
 * hangs on `out` lives in `arena`. TIL_AS_VISITS: a factor whose levels stand by their numbers.
 *
 * TIL_EINPUT for a factor whose levels differ by blanks or case only, a reference that is not
 * among them, and for TIL_AS_NUMBER a cell that is not a number. */
TIL_MUST_USE
til_status_t til_variable_make(til_ctx_t *ctx, const til_frame_t *frame, size_t column,
                               til_variable_role_t role, const til_typing_t *typing,
                               til_arena_t *arena, til_variable_t *out);

/* Checks what the user says against the sheet: TIL_EUSAGE for a reference that is not COLUMN=LEVEL
 * or is given twice, TIL_EINPUT for a column there is not. */
TIL_MUST_USE
til_status_t til_typing_check(til_ctx_t *ctx, const til_frame_t *frame, const til_typing_t *typing);

/* TIL_EUSAGE naming --factor when `variable` is a covariate; `what` begins the message. */
TIL_MUST_USE
til_status_t til_variable_need_factor(til_ctx_t *ctx, const til_variable_t *variable,
                                      const char *what);

/* TIL_EINPUT when a factor has one level. */
TIL_MUST_USE
til_status_t til_variable_need_levels(til_ctx_t *ctx, const til_frame_t *frame,
                                      const til_variable_t *variable);

/* The number of the level called `name`; TIL_EINPUT listing the levels there are. `where` begins
 * the message. */
TIL_MUST_USE
til_status_t til_variable_level(til_ctx_t *ctx, const til_variable_t *variable, const char *where,
                                const char *name, size_t *level);

/* "'a', 'b' and 3 more": names for a message. */
void til_list_names(til_strbuf_t *b, char *const *names, size_t n);

#endif
