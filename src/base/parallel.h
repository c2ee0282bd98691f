/* parallel.h -- the only two ways work is spread over threads.
 *
 * Both give the same bytes for every ctx->n_threads: items are independent, each writes its own
 * slot, and a failure is that of the lowest item. Nothing else in tilseq starts a thread.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_PARALLEL_H
#define TIL_BASE_PARALLEL_H

#include <stddef.h>
#include <tilseq/context.h>

enum { TIL_BLOCK = 1024 }; /* items of a block for reductions in block order */

/* Calls fn(ctx, arg, worker, begin, end) for consecutive ranges that cover 0..n, each of `grain`
 * items (the last may be shorter), in any order, on up to ctx->n_threads threads.
 *
 *   worker   0 .. ctx->n_threads - 1: which workspace to use; no two calls at one time share it
 *   ctx      the worker's own context; its first message is passed on
 *
 * Ranges depend on n and grain only, never on the threads, so a reduction that keeps one
 * partial per range (begin / grain) and adds them in order is the same for any number. After a
 * failure ranges above the lowest failing one may not run. Returns the status of the lowest
 * range that failed, its message in ctx->message. */
typedef til_status_t til_range_fn(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end);

TIL_MUST_USE
til_status_t til_parallel_for(til_ctx_t *ctx, size_t n, size_t grain, til_range_fn *fn, void *arg);

/* Reads batches in order on one thread, works on them on up to n_threads threads, writes them in
 * order. For a stream of reads.
 *
 *   n_slots   batches in flight; slot is 0 .. n_slots - 1 and owned by one step at a time, so
 *             the caller keeps n_slots buffers. Suggested: n_threads + 2.
 *   read      fills a slot; *more is set to 0 when there is nothing left (the slot is then
 *             dropped, unless it was filled: set *more = 1 for a filled slot)
 *   work      may run for several slots at once; worker as above
 *   write     in the order read; may be NULL
 */
typedef struct {
    til_status_t (*read)(til_ctx_t *ctx, void *arg, size_t slot, int *more);
    til_status_t (*work)(til_ctx_t *ctx, void *arg, size_t slot, int worker);
    til_status_t (*write)(til_ctx_t *ctx, void *arg, size_t slot);
} til_pipeline_steps_t;

TIL_MUST_USE
til_status_t til_pipeline(til_ctx_t *ctx, const til_pipeline_steps_t *steps, size_t n_slots,
                          void *arg);

/* CPUs this process may run on (affinity and cgroup quota respected), at least 1. */
int til_cpus_available(void);

#endif
