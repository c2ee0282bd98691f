/* test_parallel.c -- the two ways work is spread: every item once, order kept, lowest failure. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/parallel.h"
#include "support/runner.h"

enum { N_ITEMS = 10007 };

typedef struct {
    int seen[N_ITEMS];
    size_t fail_at;
} loop_arg_t;

static til_status_t touch(til_ctx_t *ctx, void *p, int worker, size_t begin, size_t end)
{
    loop_arg_t *arg = p;
    ck_assert_int_lt(worker, 8);
    for (size_t i = begin; i < end; i++) {
        if (i >= arg->fail_at) return til_fail(ctx, TIL_EINPUT, "item %zu", i);
        arg->seen[i]++;
    }
    return TIL_OK;
}

START_TEST(every_item_once)
{
    static loop_arg_t arg;
    til_ctx_t ctx = TIL_CTX_INIT;

    memset(&arg, 0, sizeof arg);
    arg.fail_at = N_ITEMS;
    ctx.n_threads = _i;
    ck_assert_int_eq(til_parallel_for(&ctx, N_ITEMS, 13, touch, &arg), TIL_OK);
    for (size_t i = 0; i < N_ITEMS; i++) ck_assert_int_eq(arg.seen[i], 1);
}
END_TEST

START_TEST(the_lowest_failure_is_told)
{
    static loop_arg_t arg;
    til_ctx_t ctx = TIL_CTX_INIT;

    memset(&arg, 0, sizeof arg);
    arg.fail_at = 5003;
    ctx.n_threads = _i;
    ck_assert_int_eq(til_parallel_for(&ctx, N_ITEMS, 7, touch, &arg), TIL_EINPUT);
    ck_assert_str_eq(ctx.message, "item 5003");
}
END_TEST

enum { N_SLOTS = 5, N_BATCHES = 300 };

typedef struct {
    int slot[N_SLOTS], next_read, next_write, fail_work, fail_read;
} pipe_arg_t;

static til_status_t pipe_read(til_ctx_t *ctx, void *p, size_t slot, int *more)
{
    pipe_arg_t *arg = p;
    if (arg->next_read == arg->fail_read)
        return til_fail(ctx, TIL_EINPUT, "read %d", arg->next_read);
    *more = arg->next_read < N_BATCHES;
    if (*more) arg->slot[slot] = arg->next_read++;
    return TIL_OK;
}

static til_status_t pipe_work(til_ctx_t *ctx, void *p, size_t slot, int worker)
{
    pipe_arg_t *arg = p;
    (void)worker;
    if (arg->slot[slot] == arg->fail_work)
        return til_fail(ctx, TIL_EINPUT, "work %d", arg->slot[slot]);
    arg->slot[slot] *= 2;
    return TIL_OK;
}

static til_status_t pipe_write(til_ctx_t *ctx, void *p, size_t slot)
{
    pipe_arg_t *arg = p;
    (void)ctx;
    ck_assert_int_eq(arg->slot[slot], 2 * arg->next_write);
    arg->next_write++;
    return TIL_OK;
}

static const til_pipeline_steps_t steps = { pipe_read, pipe_work, pipe_write };

START_TEST(batches_are_written_in_order)
{
    pipe_arg_t arg = { .fail_work = -1, .fail_read = -1 };
    til_ctx_t ctx = TIL_CTX_INIT;

    ctx.n_threads = _i;
    ck_assert_int_eq(til_pipeline(&ctx, &steps, N_SLOTS, &arg), TIL_OK);
    ck_assert_int_eq(arg.next_write, N_BATCHES);
}
END_TEST

START_TEST(an_earlier_batch_fails_before_a_later_read)
{
    pipe_arg_t arg = { .fail_work = 40, .fail_read = 42 };
    til_ctx_t ctx = TIL_CTX_INIT;

    ctx.n_threads = _i;
    ck_assert_int_eq(til_pipeline(&ctx, &steps, N_SLOTS, &arg), TIL_EINPUT);
    ck_assert_str_eq(ctx.message, "work 40");
    ck_assert_int_eq(arg.next_write, 40);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parallel");
    TCase *tcase = tcase_create("parallel");

    tcase_add_loop_test(tcase, every_item_once, 1, 8);
    tcase_add_loop_test(tcase, the_lowest_failure_is_told, 1, 8);
    tcase_add_loop_test(tcase, batches_are_written_in_order, 1, 8);
    tcase_add_loop_test(tcase, an_earlier_batch_fails_before_a_later_read, 1, 8);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
