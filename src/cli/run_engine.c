/* run_engine.c -- carries out the steps of a run. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/processes.h"
#include "base/try.h"
#include "cli/run_engine.h"

/* ---- lines said once ----------------------------------------------------------------------- */

static void say_once(void *arg, til_log_level_t level, const char *text)
{
    til_folding_log_t *log = arg;
    int is_new = 1;

    if (level != TIL_LOG_DETAIL && level != TIL_LOG_LIVE &&
        til_names_add(log->said, text, &is_new) >= 0 && !is_new) {
        log->n_left_out++;
        return;
    }
    if (log->below.write != NULL) log->below.write(log->below.arg, level, text);
}

til_status_t til_fold_log(til_ctx_t *ctx, til_folding_log_t *log)
{
    *log = (til_folding_log_t){ .below = ctx->log, .said = til_names_new() };
    if (log->said == NULL) return til_no_memory(ctx, 1, "lines");
    ctx->log = (til_log_t){ say_once, log };
    return TIL_OK;
}

void til_unfold_log(til_ctx_t *ctx, til_folding_log_t *log)
{
    if (log->said == NULL) return;
    ctx->log = log->below;
    til_names_free(log->said);
    log->said = NULL;
}

/* ---- one step ------------------------------------------------------------------------------ */

/* Runs a step unless it is finished; lines of its files are added to `lines`. */
static til_status_t do_step(til_ctx_t *ctx, const til_run_engine_t *e, til_step_t *step, bool *done,
                            til_strbuf_t *lines)
{
    til_status_t status;

    TIL_TRY(til_step_find_key(ctx, step, e->folder, e->record));
    TIL_TRY(til_run_record_has(ctx, e->record, step->key, done));
    if (!*done) TIL_TRY(til_step_run(ctx, step, e->record, lines));
done:
    return status;
}

static til_status_t note_step(til_ctx_t *ctx, const til_run_engine_t *e, const til_step_t *step,
                              bool done, const char *lines)
{
    til_strbuf_t text = { 0 };
    til_status_t status;

    if (done) return til_run_record_keep(ctx, e->record, step->key);
    til_step_print(step, &text);
    if (text.failed) status = til_no_memory(ctx, 1, "commands");
    else
        status = til_run_record_add(ctx, e->record, step->key, text.text,
                                    step->is_lasting || step->sample != NULL, lines);
    if (status == TIL_OK) status = til_run_record_write(ctx, e->record, false);
    til_strbuf_clear(&text);
    return status;
}

static til_status_t run_one(til_ctx_t *ctx, const til_run_engine_t *e, size_t i)
{
    til_step_t *step = &e->steps->steps[i];
    til_strbuf_t lines = { 0 };
    til_status_t status;
    bool done;

    TIL_TRY(til_step_find_key(ctx, step, e->folder, e->record));
    TIL_TRY(til_run_record_has(ctx, e->record, step->key, &done));
    til_say(ctx, TIL_LOG_STAGE, "step %zu: %s%s", i + 1, step->words[0],
            done ? " (finished before)" : "");
    if (!done) TIL_TRY(til_run_record_write(ctx, e->record, true)); /* the page reads it */
    if (!done) TIL_TRY(til_step_run(ctx, step, e->record, &lines));
    TIL_TRY(note_step(ctx, e, step, done, til_strbuf_text(&lines)));
done:
    til_strbuf_clear(&lines);
    return status;
}

/* ---- samples side by side ------------------------------------------------------------------ */

typedef struct {
    const til_run_engine_t *e;
    size_t first, n, n_ended, n_run, n_failed;
    double start;
    til_names_t *said; /* lines of samples without the sample */
    til_strbuf_t failures;
    til_status_t status; /* of the first that failed, data before anything else */
} crew_t;

static til_step_t *step_of(const crew_t *crew, size_t i)
{
    return &crew->e->steps->steps[crew->first + i];
}

/* In the child: "done" or "made", the key, the lines of its files. */
static til_status_t work(til_ctx_t *ctx, void *arg, size_t i, til_strbuf_t *found)
{
    crew_t *crew = arg;
    til_strbuf_t lines = { 0 };
    bool done;
    til_status_t status = do_step(ctx, crew->e, step_of(crew, i), &done, &lines);

    if (status == TIL_OK)
        til_strbuf_printf(found, "%s\n%s\n%s", done ? "done" : "made", step_of(crew, i)->key,
                          til_strbuf_text(&lines));
    til_strbuf_clear(&lines);
    return status;
}

static void say_progress(til_ctx_t *ctx, const crew_t *crew, const til_step_t *step)
{
    double left = (til_wall_seconds() - crew->start) / (double)(crew->n_run > 0 ? crew->n_run : 1) *
                  (double)(crew->n - crew->n_ended);
    til_strbuf_t b = { 0 };

    if (crew->n_run > 0 && crew->n_ended < crew->n)
        til_strbuf_printf(&b, left < 90 ? ", about %.0f s left" : ", about %.0f min left",
                          left < 90 ? left : left / 60);
    til_say(ctx, TIL_LOG_LIVE, "%s: sample %s, %zu of %zu%s", step->words[0], step->sample,
            crew->n_ended, crew->n, til_strbuf_text(&b));
    til_strbuf_clear(&b);
}

static til_status_t take_failure(til_ctx_t *ctx, crew_t *crew, const til_step_t *step,
                                 til_status_t status, const char *message)
{
    til_strbuf_t one = { 0 };

    til_strbuf_printf(&one, "%s:%zu: sample %s: %s", crew->e->sheet, step->line, step->sample,
                      message);
    til_say(ctx, TIL_LOG_WARNING, "%s", til_strbuf_text(&one));
    if (crew->n_failed++ > 0) til_strbuf_add(&crew->failures, "; ");
    til_strbuf_add(&crew->failures, til_strbuf_text(&one));
    til_strbuf_clear(&one);
    if (crew->status == TIL_OK || (status == TIL_EINPUT && crew->status == TIL_EIO))
        crew->status = status;
    return TIL_OK;
}

static til_status_t ended(til_ctx_t *ctx, void *arg, size_t i, til_status_t status,
                          const char *message, const char *found)
{
    crew_t *crew = arg;
    til_step_t *step = step_of(crew, i);
    bool done = strncmp(found, "done\n", 5) == 0;

    crew->n_ended++;
    crew->n_run += !done;
    if (status != TIL_OK) return take_failure(ctx, crew, step, status, message);
    if (strlen(found) < 5 + TIL_SHA256_TEXT)
        return til_fail(ctx, TIL_EINTERNAL, "sample %s came back without its key", step->sample);
    memcpy(step->key, found + 5, TIL_SHA256_TEXT - 1);
    step->key[TIL_SHA256_TEXT - 1] = '\0';
    status = note_step(ctx, crew->e, step, done, found + 5 + TIL_SHA256_TEXT);
    if (status == TIL_OK && !done) say_progress(ctx, crew, step);
    return status;
}

/* A sample's stages are for -v; what else it says is told once, whichever sample says it first. */
static void said(til_ctx_t *ctx, void *arg, size_t i, til_log_level_t level, const char *text)
{
    crew_t *crew = arg;
    int is_new = 1;

    if (level == TIL_LOG_LIVE) return;
    if (level == TIL_LOG_STAGE || level == TIL_LOG_DETAIL) level = TIL_LOG_DETAIL;
    else if (til_names_add(crew->said, text, &is_new) >= 0 && !is_new) return;
    til_say(ctx, level, "%s: %s", step_of(crew, i)->sample, text);
}

/* Bytes that a sample's step will probably take: its index stands in memory. */
static double first_estimate(const crew_t *crew)
{
    enum { WORKING_BYTES = 1 << 28 };
    const til_step_t *step = step_of(crew, 0);
    struct stat index;
    bool has_index = strcmp(step->words[0], "quant") == 0 && step->n_inputs > 0 &&
                     stat(step->inputs[0], &index) == 0;

    return (has_index ? (double)index.st_size : 0) + WORKING_BYTES;
}

static til_status_t run_samples(til_ctx_t *ctx, const til_run_engine_t *e, size_t first, size_t n)
{
    crew_t crew = { .e = e, .first = first, .n = n, .start = til_wall_seconds() };
    int n_threads = ctx->n_threads, jobs = e->jobs > 0 ? e->jobs : n_threads;
    til_status_t status;

    if ((size_t)jobs > n) jobs = (int)n;
    til_processes_t how = { .most = jobs,
                            .memory = e->memory,
                            .estimate = first_estimate(&crew),
                            .work = work,
                            .ended = ended,
                            .said = said };
    crew.said = til_names_new();
    if (crew.said == NULL) return til_no_memory(ctx, 1, "lines");
    til_say(ctx, TIL_LOG_STAGE, "step %zu: %s of %zu samples, up to %d at one time", first + 1,
            step_of(&crew, 0)->words[0], n, jobs);
    ctx->n_threads = n_threads / jobs > 1 ? n_threads / jobs : 1;
    status = til_processes_run(ctx, n, &how, &crew);
    ctx->n_threads = n_threads;
    if (status == TIL_OK && crew.n_failed > 0) {
        TIL_TRY(til_run_record_write(ctx, e->record, true));
        status = til_fail(ctx, crew.status,
                          "%.1700s (%zu of %zu samples failed; the others are kept and not done "
                          "again)",
                          til_strbuf_text(&crew.failures), crew.n_failed, n);
    }
done:
    til_strbuf_clear(&crew.failures);
    til_names_free(crew.said);
    return status;
}

til_status_t til_run_engine(til_ctx_t *ctx, const til_run_engine_t *e, size_t first)
{
    const til_steps_t *steps = e->steps;
    til_status_t status = TIL_OK;

    for (size_t i = first, n; i < steps->n && status == TIL_OK; i += n) {
        n = 1;
        if (steps->steps[i].sample == NULL) {
            status = run_one(ctx, e, i);
            continue;
        }
        while (i + n < steps->n && steps->steps[i + n].sample != NULL &&
               strcmp(steps->steps[i + n].words[0], steps->steps[i].words[0]) == 0)
            n++;
        status = run_samples(ctx, e, i, n);
    }
    return status;
}
