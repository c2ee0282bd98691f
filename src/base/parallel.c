/* parallel.c -- parallel-for over fixed ranges, and the ordered read-work-write pipeline.
 *
 * All of pthread in tilseq. Which thread runs a range is left to chance; what a range computes
 * is not.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/parallel.h"

/* ---- parallel for ------------------------------------------------------------------------ */

typedef struct {
    til_range_fn *fn;
    void *arg;
    size_t n, grain, n_ranges;
    atomic_size_t next;          /* first range not yet taken                     */
    atomic_size_t lowest_failed; /* SIZE_MAX while none                           */
} loop_t;

typedef struct {
    loop_t *loop;
    til_ctx_t ctx;
    int worker;
    size_t failed_range;
    til_status_t status;
    pthread_t thread;
} loop_worker_t;

static void lower_to(atomic_size_t *value, size_t candidate)
{
    size_t seen = atomic_load(value);
    while (candidate < seen && !atomic_compare_exchange_weak(value, &seen, candidate)) {}
}

static void *run_ranges(void *p)
{
    loop_worker_t *w = p;
    loop_t *loop = w->loop;

    for (;;) {
        size_t range = atomic_fetch_add(&loop->next, 1);
        if (range >= loop->n_ranges || range > atomic_load(&loop->lowest_failed)) break;
        size_t begin = range * loop->grain;
        size_t end = loop->n - begin < loop->grain ? loop->n : begin + loop->grain;
        til_status_t status = loop->fn(&w->ctx, loop->arg, w->worker, begin, end);
        if (status != TIL_OK) { /* later ranges of this worker are higher: keep this one */
            w->status = status;
            w->failed_range = range;
            lower_to(&loop->lowest_failed, range);
            break;
        }
    }
    return NULL;
}

til_status_t til_parallel_for(til_ctx_t *ctx, size_t n, size_t grain, til_range_fn *fn, void *arg)
{
    loop_t loop = { .fn = fn, .arg = arg, .n = n, .grain = grain == 0 ? 1 : grain };
    til_status_t status = TIL_OK;

    if (n == 0) return TIL_OK;
    loop.n_ranges = (n - 1) / loop.grain + 1;
    atomic_init(&loop.next, 0);
    atomic_init(&loop.lowest_failed, SIZE_MAX);

    size_t n_workers = ctx->n_threads < 1 ? 1 : (size_t)ctx->n_threads;
    if (n_workers > loop.n_ranges) n_workers = loop.n_ranges;
    loop_worker_t *workers = til_array_zero(n_workers, sizeof *workers);
    if (workers == NULL) return til_no_memory(ctx, n_workers, "threads");
    for (size_t i = 0; i < n_workers; i++) {
        workers[i].loop = &loop;
        workers[i].worker = (int)i;
        workers[i].ctx.n_threads = 1;
        workers[i].failed_range = SIZE_MAX;
    }

    /* A thread that cannot be started leaves its ranges to the others; worker 0 is this thread. */
    size_t n_started = 1;
    while (n_started < n_workers &&
           pthread_create(&workers[n_started].thread, NULL, run_ranges, &workers[n_started]) == 0)
        n_started++;
    run_ranges(&workers[0]);
    for (size_t i = 1; i < n_started; i++) pthread_join(workers[i].thread, NULL);

    size_t lowest = atomic_load(&loop.lowest_failed);
    for (size_t i = 0; i < n_started && lowest != SIZE_MAX; i++)
        if (workers[i].failed_range == lowest)
            status = til_fail(ctx, workers[i].status, "%s", workers[i].ctx.message);
    free(workers);
    return status;
}

/* ---- pipeline ---------------------------------------------------------------------------- */

typedef enum { SLOT_FREE, SLOT_FILLED, SLOT_WORKING, SLOT_DONE } slot_state_t;

typedef struct {
    slot_state_t state;
    til_status_t status;
    char message[TIL_MESSAGE_MAX];
} pipe_slot_t;

typedef struct {
    const til_pipeline_steps_t *steps;
    void *arg;
    size_t n_slots;
    pipe_slot_t *slots;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t n_filled, n_taken; /* batches read; batches a worker has begun */
    int closed;               /* no more batches will come, or stop       */
} pipe_t;

typedef struct {
    pipe_t *pipe;
    int worker;
    pthread_t thread;
} pipe_worker_t;

/* Takes the next filled batch, works on it outside the lock, marks it done. False at the end. */
static int work_on_one(pipe_t *pipe, int worker)
{
    til_ctx_t ctx = TIL_CTX_INIT;

    while (pipe->n_taken == pipe->n_filled && !pipe->closed)
        pthread_cond_wait(&pipe->changed, &pipe->lock);
    if (pipe->n_taken == pipe->n_filled) return 0;

    size_t index = pipe->n_taken++ % pipe->n_slots;
    pipe_slot_t *slot = &pipe->slots[index];
    slot->state = SLOT_WORKING;
    pthread_mutex_unlock(&pipe->lock);
    til_status_t status = pipe->steps->work(&ctx, pipe->arg, index, worker);
    pthread_mutex_lock(&pipe->lock);
    slot->status = status;
    if (status != TIL_OK) memcpy(slot->message, ctx.message, sizeof slot->message);
    slot->state = SLOT_DONE;
    pthread_cond_broadcast(&pipe->changed);
    return 1;
}

static void *pipe_worker(void *p)
{
    pipe_worker_t *w = p;
    pthread_mutex_lock(&w->pipe->lock);
    while (work_on_one(w->pipe, w->worker)) {}
    pthread_mutex_unlock(&w->pipe->lock);
    return NULL;
}

/* Waits until batch `batch` is done and writes it. Called and returns with the lock held. */
static til_status_t finish_batch(til_ctx_t *ctx, pipe_t *pipe, size_t batch)
{
    size_t index = batch % pipe->n_slots;
    pipe_slot_t *slot = &pipe->slots[index];
    til_status_t status;

    while (slot->state != SLOT_DONE) pthread_cond_wait(&pipe->changed, &pipe->lock);
    status = slot->status;
    if (status != TIL_OK) return til_fail(ctx, status, "%s", slot->message);
    if (pipe->steps->write != NULL) {
        pthread_mutex_unlock(&pipe->lock);
        status = pipe->steps->write(ctx, pipe->arg, index);
        pthread_mutex_lock(&pipe->lock);
    }
    slot->state = SLOT_FREE;
    return status;
}

/* Reads and writes on this thread; the workers work. */
static til_status_t feed(til_ctx_t *ctx, pipe_t *pipe)
{
    til_status_t status = TIL_OK;
    size_t n_read = 0, n_written = 0;
    int more = 1;

    while (status == TIL_OK && (more || n_written < n_read)) {
        if (more && n_read - n_written < pipe->n_slots) {
            til_status_t read_status;
            pthread_mutex_unlock(&pipe->lock);
            read_status = pipe->steps->read(ctx, pipe->arg, n_read % pipe->n_slots, &more);
            pthread_mutex_lock(&pipe->lock);
            if (read_status != TIL_OK) {
                /* What was read before is worked on first: an earlier batch's failure wins. */
                char late[TIL_MESSAGE_MAX];
                memcpy(late, ctx->message, sizeof late);
                til_ctx_forgive(ctx);
                while (status == TIL_OK && n_written < n_read)
                    status = finish_batch(ctx, pipe, n_written++);
                if (status == TIL_OK) status = til_fail(ctx, read_status, "%s", late);
                break;
            }
            if (more) {
                pipe->slots[n_read++ % pipe->n_slots].state = SLOT_FILLED;
                pipe->n_filled = n_read;
                pthread_cond_broadcast(&pipe->changed);
            }
            while (status == TIL_OK && n_written < n_read &&
                   pipe->slots[n_written % pipe->n_slots].state == SLOT_DONE)
                status = finish_batch(ctx, pipe, n_written++);
        } else {
            status = finish_batch(ctx, pipe, n_written++);
        }
    }
    return status;
}

/* Without other threads: the same steps one after the other. */
static til_status_t run_alone(til_ctx_t *ctx, const til_pipeline_steps_t *steps, void *arg)
{
    til_status_t status = TIL_OK;
    int more = 1;

    while (status == TIL_OK) {
        status = steps->read(ctx, arg, 0, &more);
        if (status != TIL_OK || !more) break;
        status = steps->work(ctx, arg, 0, 0);
        if (status == TIL_OK && steps->write != NULL) status = steps->write(ctx, arg, 0);
    }
    return status;
}

til_status_t til_pipeline(til_ctx_t *ctx, const til_pipeline_steps_t *steps, size_t n_slots,
                          void *arg)
{
    pipe_t pipe = { .steps = steps, .arg = arg, .n_slots = n_slots };
    til_status_t status;
    size_t n_workers = ctx->n_threads < 1 ? 1 : (size_t)ctx->n_threads, n_started = 0;

    if (n_workers == 1 || n_slots < 2) return run_alone(ctx, steps, arg);
    pipe.slots = til_array_zero(n_slots, sizeof *pipe.slots);
    pipe_worker_t *workers = til_array_zero(n_workers, sizeof *workers);
    if (pipe.slots == NULL || workers == NULL) {
        status = til_no_memory(ctx, n_workers, "threads");
        goto done;
    }
    pthread_mutex_init(&pipe.lock, NULL);
    pthread_cond_init(&pipe.changed, NULL);
    while (n_started < n_workers) {
        workers[n_started].pipe = &pipe;
        workers[n_started].worker = (int)n_started;
        if (pthread_create(&workers[n_started].thread, NULL, pipe_worker, &workers[n_started]) != 0)
            break;
        n_started++;
    }
    if (n_started == 0) {
        status = run_alone(ctx, steps, arg);
    } else {
        pthread_mutex_lock(&pipe.lock);
        status = feed(ctx, &pipe);
        pipe.closed = 1;
        pipe.n_taken = pipe.n_filled; /* after a failure: leave what nobody has begun */
        pthread_cond_broadcast(&pipe.changed);
        pthread_mutex_unlock(&pipe.lock);
        for (size_t i = 0; i < n_started; i++) pthread_join(workers[i].thread, NULL);
    }
    pthread_cond_destroy(&pipe.changed);
    pthread_mutex_destroy(&pipe.lock);
done:
    free(workers);
    free(pipe.slots);
    return status;
}

/* ---- how many CPUs ----------------------------------------------------------------------- */

/* CPUs granted by the cgroup (v2) quota, rounded up; INT32_MAX without one. */
static int cgroup_cpus(void)
{
    long quota = 0, period = 0;
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "r");
    char line[64];

    if (f == NULL) return INT32_MAX;
    char *got = fgets(line, sizeof line, f);
    fclose(f);
    if (got == NULL || line[0] < '0' || line[0] > '9') return INT32_MAX;
    char *rest;
    quota = strtol(line, &rest, 10);
    period = strtol(rest, NULL, 10);
    if (quota <= 0 || period <= 0) return INT32_MAX;
    long cpus = (quota + period - 1) / period;
    return cpus < INT32_MAX ? (int)cpus : INT32_MAX;
}

int til_cpus_available(void)
{
    int n = 0, limit = cgroup_cpus();
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) n = CPU_COUNT(&set);
#endif
    if (n < 1) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        n = online < 1 ? 1 : online > 1024 ? 1024 : (int)online;
    }
    return n < limit ? n : limit;
}
