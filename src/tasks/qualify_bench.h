/* qualify_bench.h -- commands and tables for the checks of tilseq qualify. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_QUALIFY_BENCH_H
#define TIL_TASKS_QUALIFY_BENCH_H

#include <tilseq/table.h>

#include "io/text/digest.h"
#include "tasks/qualify.h"

/* Runs `commands`, OUT/ being `folder`; stops at the first that fails. */
TIL_MUST_USE
til_status_t til_bench_run(til_ctx_t *ctx, const til_qualify_bench_t *bench, const char *commands,
                           const char *folder);

/* The table FOLDER/NAME. */
TIL_MUST_USE
til_status_t til_bench_table(til_ctx_t *ctx, const char *folder, const char *name,
                             til_table_t *out);

/* The column of numbers called `name`; TIL_EINTERNAL when there is none. */
TIL_MUST_USE
til_status_t til_bench_numbers(til_ctx_t *ctx, const til_table_t *table, const char *name,
                               const double **values);

/* The digest of FOLDER/NAME. */
TIL_MUST_USE
til_status_t til_bench_digest(til_ctx_t *ctx, const char *folder, const char *name,
                              char text[TIL_SHA256_TEXT]);

#endif
