/* qualify.c -- makes the checks of tilseq qualify, each in a process of its own, and gathers what they
 * found. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/outfile.h"
#include "base/processes.h"
#include "base/try.h"
#include "io/text/builtin.h"
#include "tasks/qualify.h"

static const char SCRATCH[] = ".tilseq-qualify-";

const char *til_qualify_stage_name(til_qualify_stage_t stage)
{
    static const char *const names[] = { "installation", "operation", "performance" };
    return names[stage];
}

/* ---- a folder to work in ------------------------------------------------------------------------ */

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void remove_tree(const char *path)
{
    enum { MOST_OPEN = 16 };
    (void)nftw(path, remove_entry, MOST_OPEN, FTW_DEPTH | FTW_PHYS);
}

/* What a killed run left in `folder`. */
static void sweep(const char *folder)
{
    DIR *dir = opendir(folder);
    til_strbuf_t path = { 0 };

    if (dir == NULL) return;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        const char *digits = entry->d_name + sizeof SCRATCH - 1;
        int64_t pid;
        if (strncmp(entry->d_name, SCRATCH, sizeof SCRATCH - 1) != 0 ||
            !til_number_parse_int(digits, strlen(digits), 1, INT32_MAX, &pid) ||
            kill((pid_t)pid, 0) == 0 || errno != ESRCH)
            continue;
        til_strbuf_reset(&path);
        til_strbuf_printf(&path, "%s/%s", folder, entry->d_name);
        if (!path.failed) remove_tree(path.text);
    }
    til_strbuf_clear(&path);
    closedir(dir);
}

static til_status_t make_folder(til_ctx_t *ctx, const char *path)
{
    if (mkdir(path, 0777) == 0) return TIL_OK;
    return til_fail(ctx, TIL_EIO, "%s: cannot be made: %s", path, strerror(errno));
}

/* The embedded files, as files in `folder`. */
static til_status_t write_inputs(til_ctx_t *ctx, const char *folder)
{
    til_outset_t *set = til_outset_new();
    til_strbuf_t path = { 0 };
    til_text_t text = { 0 };
    til_status_t status = TIL_OK;
    til_out_t *out;

    if (set == NULL) TIL_TRY(til_no_memory(ctx, 1, "files"));
    for (const til_builtin_t *file = til_qualify_files; file->name != NULL; file++) {
        til_strbuf_reset(&path);
        til_strbuf_printf(&path, "%s/%s", folder, file->name);
        if (path.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
        TIL_TRY(til_builtin_text_among(ctx, til_qualify_files, file->name, &text));
        TIL_TRY(til_out_open(ctx, set, path.text, &out));
        til_out_write(out, text.data, text.size);
        TIL_TRY(til_out_close(ctx, out));
        til_text_clear(&text);
    }
    TIL_TRY(til_outset_commit(ctx, set));
done:
    til_text_clear(&text);
    til_strbuf_clear(&path);
    til_outset_free(set);
    return status;
}

/* ---- the checks ---------------------------------------------------------------------------------- */

typedef struct {
    til_qualify_command_t command;
    const char *scratch, *inputs;
    til_json_t *list;
    til_qualify_report_t *report;
} crew_t;

static void say_nothing(void *arg, til_log_level_t level, const char *text)
{
    (void)arg;
    (void)level;
    (void)text;
}

/* In the child: 'p' or 'f', then what was found. */
static til_status_t work(til_ctx_t *ctx, void *arg, size_t i, til_strbuf_t *found)
{
    const crew_t *crew = arg;
    const til_qualify_check_t *check = &til_qualify_checks[i];
    til_strbuf_t folder = { 0 }, words = { 0 };
    bool passed = false;
    til_status_t status;

    til_strbuf_printf(&folder, "%s/%s", crew->scratch, check->id);
    if (folder.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
    TIL_TRY(make_folder(ctx, folder.text));
    const til_qualify_bench_t bench = { crew->command, crew->inputs, folder.text };
    til_say(ctx, TIL_LOG_DETAIL, "%s: %s", check->id,
            check->commands == NULL ? check->what : check->commands);
    ctx->log = (til_log_t){ say_nothing, NULL };
    status = check->run(ctx, &bench, check, &passed, &words);
    remove_tree(folder.text);
    if (status == TIL_OK && words.failed) status = til_no_memory(ctx, 1, "words");
    if (status == TIL_OK)
        til_strbuf_printf(found, "%c%s", passed ? 'p' : 'f', til_strbuf_text(&words));
done:
    til_strbuf_clear(&words);
    til_strbuf_clear(&folder);
    return status;
}

static til_status_t set_text(til_ctx_t *ctx, til_json_t *object, const char *key, const char *text)
{
    return til_json_set(ctx, object, key, til_json_of_text(text));
}

static til_status_t note(til_ctx_t *ctx, crew_t *crew, const til_qualify_check_t *check,
                         bool passed, const char *words)
{
    til_json_t *entry = til_json_object();
    til_status_t status;

    TIL_TRY(set_text(ctx, entry, "id", check->id));
    TIL_TRY(set_text(ctx, entry, "stage", til_qualify_stage_name(check->stage)));
    TIL_TRY(set_text(ctx, entry, "requirement", check->requirement));
    TIL_TRY(set_text(ctx, entry, "what", check->what));
    TIL_TRY(set_text(ctx, entry, "commands", check->commands));
    TIL_TRY(set_text(ctx, entry, "reference", check->reference));
    TIL_TRY(til_json_set(ctx, entry, "tolerance",
                         til_json_of_number(check->reference == NULL ? NAN : check->tolerance)));
    TIL_TRY(til_json_set(ctx, entry, "passed", til_json_of_bool(passed)));
    TIL_TRY(set_text(ctx, entry, "found", words));
    status = til_json_append(ctx, crew->list, entry);
    entry = NULL;
done:
    til_json_free(entry);
    return status;
}

/* `words` without the name of the folder, which changes from run to run. */
static void leave_out(const char *folder, const char *words, til_strbuf_t *out)
{
    size_t n = strlen(folder);

    for (const char *at; (at = strstr(words, folder)) != NULL;
         words = at + n + (at[n] == '/' ? 1 : 0))
        til_strbuf_add_n(out, words, (size_t)(at - words));
    til_strbuf_add(out, words);
}

static til_status_t ended(til_ctx_t *ctx, void *arg, size_t i, til_status_t status,
                          const char *message, const char *found)
{
    crew_t *crew = arg;
    const til_qualify_check_t *check = &til_qualify_checks[i];
    bool passed = status == TIL_OK && found[0] == 'p';
    til_strbuf_t words = { 0 };

    leave_out(crew->scratch,
              status != TIL_OK   ? message
              : found[0] == '\0' ? ""
                                 : found + 1,
              &words);
    crew->report->n_checks++;
    crew->report->n_failed += !passed;
    til_say(ctx, passed ? TIL_LOG_STAGE : TIL_LOG_WARNING, "%s %s: %s%s%s",
            passed ? "passed" : "FAILED", check->id, check->what, passed ? "" : ": ",
            passed ? "" : til_strbuf_text(&words));
    status = words.failed ? til_no_memory(ctx, 1, "words")
                          : note(ctx, crew, check, passed, til_strbuf_text(&words));
    til_strbuf_clear(&words);
    return status;
}

static void said(til_ctx_t *ctx, void *arg, size_t i, til_log_level_t level, const char *text)
{
    (void)arg;
    (void)i;
    (void)level;
    til_say(ctx, TIL_LOG_DETAIL, "%s", text);
}

static til_status_t make_checks(til_ctx_t *ctx, crew_t *crew)
{
    til_processes_t how = {
        .most = 1, .memory = INFINITY, .work = work, .ended = ended, .said = said
    };
    size_t n = 0;

    while (til_qualify_checks[n].id != NULL) n++;
    return til_processes_run(ctx, n, &how, crew);
}

/* ---- requirements ---------------------------------------------------------------------------------- */

/* The checks of a requirement; how many there are. */
static til_status_t trace(til_ctx_t *ctx, const til_requirement_t *requirement, til_json_t *list,
                          size_t *n)
{
    til_json_t *entry = til_json_object(), *checks;
    til_status_t status;

    *n = 0;
    TIL_TRY(set_text(ctx, entry, "id", requirement->id));
    TIL_TRY(set_text(ctx, entry, "text", requirement->text));
    TIL_TRY(til_json_set(ctx, entry, "checks", til_json_array()));
    checks = til_json_member(entry, "checks");
    for (const til_qualify_check_t *check = til_qualify_checks; check->id != NULL; check++) {
        if (strcmp(check->requirement, requirement->id) != 0) continue;
        TIL_TRY(til_json_append(ctx, checks, til_json_of_text(check->id)));
        ++*n;
    }
    status = til_json_append(ctx, list, entry);
    entry = NULL;
done:
    til_json_free(entry);
    return status;
}

/* Requirements without a check, and checks whose requirement there is not, are orphans. */
static til_status_t trace_all(til_ctx_t *ctx, til_qualify_report_t *report)
{
    til_json_t *list;
    size_t n_traced = 0, n;
    til_status_t status;

    TIL_TRY(til_json_set(ctx, report->document, "requirements", til_json_array()));
    list = til_json_member(report->document, "requirements");
    for (const til_requirement_t *r = til_qualify_requirements; r->id != NULL; r++) {
        TIL_TRY(trace(ctx, r, list, &n));
        report->n_orphans += n == 0;
        n_traced += n;
    }
    report->n_orphans += report->n_checks - n_traced;
done:
    return status;
}

/* ---- all --------------------------------------------------------------------------------------------- */

static til_status_t gather(til_ctx_t *ctx, crew_t *crew)
{
    til_qualify_report_t *report = crew->report;
    til_json_t *installation, *document = report->document;
    til_status_t status;

    TIL_TRY(set_text(ctx, document, "tilseq", report->tilseq));
    TIL_TRY(set_text(ctx, document, "verdict", "failed"));
    TIL_TRY(til_qualify_installation(ctx, &installation));
    TIL_TRY(til_json_set(ctx, document, "installation", installation));
    TIL_TRY(til_json_set(ctx, document, "checks", til_json_array()));
    crew->list = til_json_member(document, "checks");
    TIL_TRY(make_checks(ctx, crew));
    TIL_TRY(trace_all(ctx, report));
    report->passed = report->n_checks > 0 && report->n_failed == 0 && report->n_orphans == 0;
    TIL_TRY(set_text(ctx, document, "verdict", report->passed ? "passed" : "failed"));
    TIL_TRY(til_json_set(ctx, document, "n_checks", til_json_of_number((double)report->n_checks)));
    TIL_TRY(til_json_set(ctx, document, "n_failed", til_json_of_number((double)report->n_failed)));
    TIL_TRY(
        til_json_set(ctx, document, "n_orphans", til_json_of_number((double)report->n_orphans)));
done:
    return status;
}

til_status_t til_qualify(til_ctx_t *ctx, const char *folder, const char *version,
                         til_qualify_command_t command, til_qualify_report_t *out)
{
    til_strbuf_t scratch = { 0 }, inputs = { 0 };
    bool is_made = false;
    til_status_t status;

    *out = (til_qualify_report_t){ .tilseq = version, .document = til_json_object() };
    sweep(folder);
    til_strbuf_printf(&scratch, "%s/%s%ld", folder, SCRATCH, (long)getpid());
    til_strbuf_printf(&inputs, "%s/in", til_strbuf_text(&scratch));
    if (scratch.failed || inputs.failed) TIL_TRY(til_no_memory(ctx, 1, "path"));
    TIL_TRY(make_folder(ctx, scratch.text));
    is_made = true;
    TIL_TRY(make_folder(ctx, inputs.text));
    TIL_TRY(write_inputs(ctx, inputs.text));
    crew_t crew = {
        .command = command, .scratch = scratch.text, .inputs = inputs.text, .report = out
    };
    TIL_TRY(gather(ctx, &crew));
done:
    if (is_made) remove_tree(scratch.text);
    til_strbuf_clear(&inputs);
    til_strbuf_clear(&scratch);
    return status;
}

void til_qualify_report_clear(til_qualify_report_t *report)
{
    til_json_free(report->document);
    *report = (til_qualify_report_t){ 0 };
}
