/* run_plan.h -- plan.yaml: the wishes of an analysis before its data are seen.
 *
 * A plan holds options of tilseq run by their names, in sections that only order them. Files (sets,
 * scores...) stand with their digests. What a run is asked beyond its plan is done and noted as not
 * planned.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_RUN_PLAN_H
#define TIL_CLI_RUN_PLAN_H

#include "base/outfile.h"
#include "cli/run_args.h"
#include "io/text/digest.h"

/* A plan as read. */
typedef struct {
    char *path, sha256[TIL_SHA256_TEXT];
    char *text, *version; /* the file; the tilseq that wrote it                        */
    til_run_args_t args;  /* what it asks; borrows from the plan                       */
    char **not_planned;   /* n_not_planned lines: what was asked beyond it             */
    size_t n_not_planned;
    void *kept;
} til_plan_t;

/* Writes the plan of `args`, each line with its comment. `about` are lines for its head. Files are read
 * for their digests. */
TIL_MUST_USE
til_status_t til_plan_write(til_ctx_t *ctx, const til_run_args_t *args, const char *about,
                            til_out_t *out);

/* Reads a plan. TIL_EINPUT with FILE:LINE for what is no plan: unknown keys, values that the options do
 * not take, files whose digest is another. */
TIL_MUST_USE
til_status_t til_plan_read(til_ctx_t *ctx, const char *path, til_plan_t *out);
void til_plan_clear(til_plan_t *plan);

/* Puts what was typed over the plan: `args` becomes both together, the differences are noted in
 * plan->not_planned. Lists that grow are kept by the plan. */
TIL_MUST_USE
til_status_t til_plan_apply(til_ctx_t *ctx, til_plan_t *plan, til_run_args_t *args);

#endif
