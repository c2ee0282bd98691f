/* processes.h -- pieces of work side by side, each in a process of its own.
 *
 * For work that must not take its neighbours along: a sample whose file is broken, or that needs
 * more memory than there is. Files are shared as processes share them; what a piece finds out comes
 * back as one text. Children die with their parent. Nothing else in tilseq forks.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_PROCESSES_H
#define TIL_BASE_PROCESSES_H

#include <stddef.h>
#include <tilseq/context.h>

#include "base/strbuf.h"

typedef struct {
    int most;        /* pieces at one time, at least 1                                  */
    double memory;   /* bytes that they may hold together; INFINITY for no bound         */
    double estimate; /* of a piece until one has ended; then the largest seen            */

    /* In the child; what it adds to `found` reaches `ended`. Its log does not come back: `start`
     * may set ctx->log, which is silent. */
    til_status_t (*work)(til_ctx_t *ctx, void *arg, size_t i, til_strbuf_t *found);

    /* In the parent, in the order in which pieces end: `status` and `message` as the child's, or
     * TIL_EIO and words when it was ended by a signal. A status other than TIL_OK given back
     * stops all. `begun` may be NULL. */
    til_status_t (*ended)(til_ctx_t *ctx, void *arg, size_t i, til_status_t status,
                          const char *message, const char *found);
    void (*begun)(til_ctx_t *ctx, void *arg, size_t i);

    /* In the parent: a line that piece i said. */
    void (*said)(til_ctx_t *ctx, void *arg, size_t i, til_log_level_t level, const char *text);
} til_processes_t;

/* Works on pieces 0..n - 1. TIL_EIO when no process can be started, TIL_ENOMEM, or what `ended` gave
 * back; failures of pieces are `ended`'s business. */
TIL_MUST_USE
til_status_t til_processes_run(til_ctx_t *ctx, size_t n, const til_processes_t *how, void *arg);

/* Memory that this process may still take, in bytes: what the machine has free, or its cgroup's
 * bound; INFINITY when neither tells. */
double til_memory_available(void);

#endif
