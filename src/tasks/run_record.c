/* run_record.c -- run.json: finished steps, and the trail of what happened. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/keep.h"
#include "base/names.h"
#include "base/number.h"
#include "base/outfile.h"
#include "base/try.h"
#include "tasks/run_record.h"

/* A file that was digested, as stat saw it then. */
typedef struct {
    struct stat info;
    char sha256[TIL_SHA256_TEXT];
} digested_t;

/* A row of `steps`. */
typedef struct {
    char *lines;
    bool is_lasting, is_current;
} row_t;

struct til_run_record {
    char *folder, *path; /* path: of run.json */
    til_json_t *document;
    til_names_t *keys;
    row_t *rows; /* by id in keys */
    size_t capacity;
    til_names_t *digested_paths;
    digested_t *digested;
    size_t digested_capacity;
    char previous[TIL_SHA256_TEXT]; /* digest of the trail's last entry, "" for none */
    double written_at, write_cost;
    til_arena_t *arena;
};

/* ---- rows ---------------------------------------------------------------------------------- */

static til_status_t set_row(til_ctx_t *ctx, til_run_record_t *r, const char *key, const char *lines,
                            bool is_lasting, bool is_current)
{
    int is_new;
    ptrdiff_t id = til_names_add(r->keys, key, &is_new);
    til_status_t status;

    if (id < 0) return til_no_memory(ctx, 1, "steps");
    TIL_TRY(til_grow(ctx, &r->rows, &r->capacity, (size_t)id + 1, sizeof *r->rows));
    r->rows[id] = (row_t){ NULL, is_lasting, is_current };
    TIL_TRY(til_keep_text(ctx, r->arena, lines, &r->rows[id].lines));
done:
    return status;
}

/* One line of a step's files: size, digest, path below the folder. */
typedef struct {
    double size;
    const char *sha256, *path; /* path: n_path bytes */
    size_t n_path;
} file_t;

static const char *next_file(const char *lines, file_t *file)
{
    size_t n = strcspn(lines, "\n"), digits = strspn(lines, "0123456789");
    const char *end = lines + digits;

    *file = (file_t){ 0 };
    if (n == 0 || !til_number_parse(lines, digits, &file->size)) return NULL;
    if (*end != '\t' || (size_t)(end - lines) + TIL_SHA256_TEXT + 1 >= n) return NULL;
    file->sha256 = end + 1;
    file->path = file->sha256 + TIL_SHA256_TEXT;
    file->n_path = n - (size_t)(file->path - lines);
    return lines + n + (lines[n] == '\n');
}

static til_status_t row_of_json(til_ctx_t *ctx, til_run_record_t *r, const til_json_t *step)
{
    const char *key = til_json_text(til_json_get(step, "key"));
    const til_json_t *files = til_json_get(step, "files");
    til_strbuf_t lines = { 0 };
    til_status_t status = TIL_OK;

    if (key == NULL || files == NULL) return TIL_OK; /* another version's: not finished */
    for (size_t i = 0; i < til_json_size(files); i++) {
        const til_json_t *f = til_json_at(files, i);
        const char *path = til_json_text(til_json_get(f, "file")),
                   *sha256 = til_json_text(til_json_get(f, "sha256"));
        if (path == NULL || sha256 == NULL || strlen(sha256) + 1 != TIL_SHA256_TEXT) goto done;
        til_strbuf_printf(&lines, "%.0f\t%s\t%s\n", til_json_number(til_json_get(f, "size"), -1),
                          sha256, path);
    }
    if (lines.failed) status = til_no_memory(ctx, 1, "steps");
    else {
        const til_json_t *lasting = til_json_get(step, "lasting");
        status = set_row(ctx, r, key, til_strbuf_text(&lines), til_json_number(lasting, 0) == 1,
                         false);
    }
done:
    til_strbuf_clear(&lines);
    return status;
}

/* ---- the trail ----------------------------------------------------------------------------- */

static til_status_t digest_of(til_ctx_t *ctx, const til_json_t *entry, char text[TIL_SHA256_TEXT])
{
    til_strbuf_t line = { 0 };
    til_status_t status = til_json_line(ctx, entry, &line);

    if (status == TIL_OK) til_sha256(line.text, line.length, text);
    til_strbuf_clear(&line);
    return status;
}

/* Follows the digests from the first entry to the last. */
static til_status_t follow_trail(til_ctx_t *ctx, til_run_record_t *r)
{
    const til_json_t *trail = til_json_get(r->document, "trail");
    til_status_t status = TIL_OK;
    bool is_whole = true;

    for (size_t i = 0; i < til_json_size(trail); i++) {
        const til_json_t *entry = til_json_at(trail, i);
        const char *had = til_json_text(til_json_get(entry, "previous"));
        is_whole &= strcmp(had == NULL ? "" : had, r->previous) == 0;
        TIL_TRY(digest_of(ctx, entry, r->previous));
    }
    if (!is_whole)
        til_say(ctx, TIL_LOG_WARNING,
                "%s: its trail was changed by another hand: an entry is not the one that the next "
                "has the digest of",
                r->path);
done:
    return status;
}

til_status_t til_run_record_note(til_ctx_t *ctx, til_run_record_t *r, til_json_t *entry)
{
    til_json_t *trail = til_json_member(r->document, "trail");
    til_status_t status = til_json_append(ctx, trail, entry);

    if (status != TIL_OK) return status;
    TIL_TRY(til_json_set(ctx, entry, "previous", til_json_of_text(r->previous)));
    TIL_TRY(digest_of(ctx, entry, r->previous));
done:
    return status;
}

/* ---- opening ------------------------------------------------------------------------------- */

static til_status_t read_document(til_ctx_t *ctx, til_run_record_t *r)
{
    til_ctx_t quiet = TIL_CTX_INIT;
    til_status_t status = TIL_OK;

    if (access(r->path, F_OK) == 0 && til_json_read(&quiet, r->path, &r->document) != TIL_OK)
        til_say(ctx, TIL_LOG_WARNING, "%s cannot be read (%s): all steps are run", r->path,
                quiet.message);
    if (r->document != NULL && til_json_get(r->document, "version") == NULL) {
        til_json_free(r->document);
        r->document = NULL;
    }
    if (r->document == NULL) r->document = til_json_object();
    if (r->document == NULL) return til_no_memory(ctx, 1, "run.json");
    const til_json_t *steps = til_json_get(r->document, "steps");
    for (size_t i = 0; i < til_json_size(steps); i++)
        TIL_TRY(row_of_json(ctx, r, til_json_at(steps, i)));
    TIL_TRY(follow_trail(ctx, r));
done:
    return status;
}

til_status_t til_run_record_open(til_ctx_t *ctx, const char *folder, til_run_record_t **record)
{
    til_run_record_t *r = calloc(1, sizeof *r);
    til_strbuf_t path = { 0 };
    til_status_t status;

    *record = NULL;
    if (r == NULL) return til_no_memory(ctx, 1, "run.json");
    r->keys = til_names_new();
    r->digested_paths = til_names_new();
    r->arena = til_arena_new();
    til_strbuf_printf(&path, "%s/run.json", folder);
    if (r->keys == NULL || r->digested_paths == NULL || r->arena == NULL) {
        status = til_no_memory(ctx, 1, "run.json");
        goto done;
    }
    TIL_TRY(til_keep_text(ctx, r->arena, folder, &r->folder));
    TIL_TRY(til_keep_strbuf(ctx, r->arena, &path, &r->path));
    TIL_TRY(read_document(ctx, r));
    *record = r;
done:
    til_strbuf_clear(&path);
    if (status != TIL_OK) til_run_record_free(r);
    return status;
}

void til_run_record_free(til_run_record_t *r)
{
    if (r == NULL) return;
    til_json_free(r->document);
    til_names_free(r->keys);
    til_names_free(r->digested_paths);
    free(r->rows);
    free(r->digested);
    til_arena_free(r->arena);
    free(r);
}

til_json_t *til_run_record_document(til_run_record_t *r) { return r->document; }

/* ---- digests ------------------------------------------------------------------------------- */

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

til_status_t til_run_record_digest(til_ctx_t *ctx, til_run_record_t *r, const char *path,
                                   char text[TIL_SHA256_TEXT])
{
    struct stat info;
    til_status_t status;
    int is_new;

    if (stat(path, &info) != 0) return til_fail(ctx, TIL_EIO, "%s: %s", path, strerror(errno));
    ptrdiff_t id = til_names_find(r->digested_paths, path);
    if (id >= 0 && is_same_file(&r->digested[id].info, &info)) {
        memcpy(text, r->digested[id].sha256, TIL_SHA256_TEXT);
        return TIL_OK;
    }
    TIL_TRY(til_sha256_file(ctx, path, text));
    id = til_names_add(r->digested_paths, path, &is_new);
    if (id < 0) return til_no_memory(ctx, 1, "digests");
    TIL_TRY(
        til_grow(ctx, &r->digested, &r->digested_capacity, (size_t)id + 1, sizeof *r->digested));
    r->digested[id].info = info;
    memcpy(r->digested[id].sha256, text, TIL_SHA256_TEXT);
done:
    return status;
}

til_status_t til_run_record_file(til_ctx_t *ctx, til_run_record_t *r, const char *path,
                                 til_strbuf_t *lines)
{
    size_t n = strlen(r->folder);
    const char *below = path;
    char sha256[TIL_SHA256_TEXT];
    struct stat info;
    til_status_t status = til_run_record_digest(ctx, r, path, sha256);

    if (status != TIL_OK) return status;
    if (stat(path, &info) != 0) return til_fail(ctx, TIL_EIO, "%s: %s", path, strerror(errno));
    if (strncmp(path, r->folder, n) == 0 && path[n] == '/')
        for (below = path + n; *below == '/'; below++) continue;
    til_strbuf_printf(lines, "%.0f\t%s\t%s\n", (double)info.st_size, sha256, below);
    return lines->failed ? til_no_memory(ctx, 1, "files") : TIL_OK;
}

/* The path of a file of a row. */
static const char *place_of(const til_run_record_t *r, const file_t *file, til_strbuf_t *b)
{
    til_strbuf_reset(b);
    if (file->n_path > 0 && file->path[0] != '/') til_strbuf_printf(b, "%s/", r->folder);
    til_strbuf_add_n(b, file->path, file->n_path);
    return til_strbuf_text(b);
}

/* Whether a file is as it was written: its size, then its digest. */
static til_status_t is_unchanged(til_ctx_t *ctx, til_run_record_t *r, const char *path,
                                 const file_t *file, bool *same)
{
    char sha256[TIL_SHA256_TEXT];
    struct stat info;
    til_status_t status;

    *same = stat(path, &info) == 0 && S_ISREG(info.st_mode) && (double)info.st_size == file->size;
    if (!*same) return TIL_OK;
    if (access(path, R_OK) != 0) {
        *same = false;
        return TIL_OK;
    }
    status = til_run_record_digest(ctx, r, path, sha256);
    *same = status == TIL_OK && memcmp(sha256, file->sha256, TIL_SHA256_TEXT - 1) == 0;
    return status;
}

til_status_t til_run_record_has(til_ctx_t *ctx, til_run_record_t *r, const char *key, bool *done)
{
    ptrdiff_t id = til_names_find(r->keys, key);
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;
    file_t file;

    *done = id >= 0 && r->rows[id].lines[0] != '\0';
    for (const char *p = *done ? r->rows[id].lines : ""; *done && *p != '\0';) {
        p = next_file(p, &file);
        *done = p != NULL;
        if (*done) TIL_TRY(is_unchanged(ctx, r, place_of(r, &file, &path), &file, done));
    }
    if (path.failed) status = til_no_memory(ctx, 1, "paths");
done:
    til_strbuf_clear(&path);
    return status;
}

/* ---- adding -------------------------------------------------------------------------------- */

static til_status_t files_of(til_ctx_t *ctx, const char *lines, til_json_t *files)
{
    til_status_t status = TIL_OK;
    til_strbuf_t text = { 0 };
    file_t file;

    for (const char *p = lines; p != NULL && *p != '\0';) {
        til_json_t *row = til_json_object();
        p = next_file(p, &file);
        TIL_TRY(til_json_append(ctx, files, row));
        til_strbuf_reset(&text);
        til_strbuf_add_n(&text, file.path, file.n_path);
        TIL_TRY(til_json_set(ctx, row, "file", til_json_of_text(til_strbuf_text(&text))));
        TIL_TRY(til_json_set(ctx, row, "size", til_json_of_number(file.size)));
        til_strbuf_reset(&text);
        til_strbuf_add_n(&text, file.sha256, TIL_SHA256_TEXT - 1);
        TIL_TRY(til_json_set(ctx, row, "sha256", til_json_of_text(til_strbuf_text(&text))));
    }
done:
    til_strbuf_clear(&text);
    return status;
}

static til_status_t add_json(til_ctx_t *ctx, til_run_record_t *r, const char *key,
                             const char *command, bool is_lasting, const char *lines)
{
    til_json_t *steps = til_json_member(r->document, "steps"), *row = til_json_object();
    til_json_t *files = til_json_array();
    til_status_t status;

    TIL_TRY(til_json_append(ctx, steps, row));
    TIL_TRY(til_json_set(ctx, row, "command", til_json_of_text(command)));
    TIL_TRY(til_json_set(ctx, row, "key", til_json_of_text(key)));
    TIL_TRY(til_json_set(ctx, row, "lasting", til_json_of_number(is_lasting)));
    TIL_TRY(til_json_set(ctx, row, "files", files));
    TIL_TRY(files_of(ctx, lines, files));
done:
    return status;
}

/* The files of a row that is there already: redone, they may be others (a page made anew). */
static til_status_t renew_json(til_ctx_t *ctx, til_run_record_t *r, const char *key,
                               const char *lines)
{
    til_json_t *steps = til_json_member(r->document, "steps");
    til_status_t status = TIL_OK;

    for (size_t i = til_json_size(steps); i-- > 0;) {
        til_json_t *row = til_json_item(steps, i), *files;
        const char *had = til_json_text(til_json_get(row, "key"));
        if (had == NULL || strcmp(had, key) != 0) continue;
        files = til_json_array();
        TIL_TRY(til_json_set(ctx, row, "files", files));
        status = files_of(ctx, lines, files);
        break;
    }
done:
    return status;
}

til_status_t til_run_record_add(til_ctx_t *ctx, til_run_record_t *r, const char *key,
                                const char *command, bool is_lasting, const char *lines)
{
    char sha256[TIL_SHA256_TEXT];
    til_json_t *entry = til_json_object();
    til_status_t status;

    if (til_json_get(r->document, "steps") == NULL)
        TIL_TRY(til_json_set(ctx, r->document, "steps", til_json_array()));
    if (til_json_get(r->document, "trail") == NULL)
        TIL_TRY(til_json_set(ctx, r->document, "trail", til_json_array()));
    if (til_names_find(r->keys, key) < 0)
        TIL_TRY(add_json(ctx, r, key, command, is_lasting, lines));
    else TIL_TRY(renew_json(ctx, r, key, lines));
    TIL_TRY(set_row(ctx, r, key, lines, is_lasting, true));
    til_sha256(lines, strlen(lines), sha256);
    TIL_TRY(til_json_set(ctx, entry, "what", til_json_of_text("step")));
    TIL_TRY(til_json_set(ctx, entry, "command", til_json_of_text(command)));
    TIL_TRY(til_json_set(ctx, entry, "key", til_json_of_text(key)));
    TIL_TRY(til_json_set(ctx, entry, "files_sha256", til_json_of_text(sha256)));
    status = til_run_record_note(ctx, r, entry);
    return status;
done:
    til_json_free(entry);
    return status;
}

til_status_t til_run_record_keep(til_ctx_t *ctx, til_run_record_t *r, const char *key)
{
    ptrdiff_t id = til_names_find(r->keys, key);

    if (id < 0) return til_fail(ctx, TIL_EINTERNAL, "no step %s in run.json", key);
    r->rows[id].is_current = true;
    return TIL_OK;
}

/* ---- files of former questions ------------------------------------------------------------- */

/* The files of all steps that belong to what is asked. */
static til_status_t current_files(til_ctx_t *ctx, const til_run_record_t *r, til_names_t *files)
{
    file_t file;

    for (size_t i = 0; i < til_names_count(r->keys); i++)
        for (const char *p = r->rows[i].lines; r->rows[i].is_current && p != NULL && *p != '\0';) {
            p = next_file(p, &file);
            if (p != NULL && til_names_add_n(files, file.path, file.n_path, NULL) < 0)
                return til_no_memory(ctx, 1, "files");
        }
    return TIL_OK;
}

static til_status_t clear_row(til_ctx_t *ctx, til_run_record_t *r, const til_names_t *current,
                              const char *lines, size_t *n_removed)
{
    til_strbuf_t path = { 0 };
    til_status_t status = TIL_OK;
    file_t file;

    for (const char *p = lines; p != NULL && *p != '\0';) {
        bool same;
        p = next_file(p, &file);
        if (p == NULL || file.path[0] == '/' ||
            til_names_find_n(current, file.path, file.n_path) >= 0)
            continue;
        TIL_TRY(is_unchanged(ctx, r, place_of(r, &file, &path), &file, &same));
        if (!same || unlink(til_strbuf_text(&path)) != 0) continue;
        ++*n_removed;
        char *slash = strrchr(path.text, '/');
        if (slash != NULL && (size_t)(slash - path.text) > strlen(r->folder)) {
            *slash = '\0';
            rmdir(path.text); /* fails harmlessly while it holds something */
        }
    }
    if (path.failed) status = til_no_memory(ctx, 1, "paths");
done:
    til_strbuf_clear(&path);
    return status;
}

til_status_t til_run_record_clear_old(til_ctx_t *ctx, til_run_record_t *r, size_t *n_removed)
{
    til_names_t *current = til_names_new();
    til_status_t status;

    *n_removed = 0;
    if (current == NULL) return til_no_memory(ctx, 1, "files");
    TIL_TRY(current_files(ctx, r, current));
    for (size_t i = 0; i < til_names_count(r->keys); i++)
        if (!r->rows[i].is_current && !r->rows[i].is_lasting)
            TIL_TRY(clear_row(ctx, r, current, r->rows[i].lines, n_removed));
done:
    til_names_free(current);
    return status;
}

/* ---- writing ------------------------------------------------------------------------------- */

til_status_t til_run_record_write(til_ctx_t *ctx, til_run_record_t *r, bool now)
{
    enum { WORK_PER_WRITING = 30 };
    double start = til_wall_seconds();
    til_outset_t *set;
    til_out_t *out;
    til_status_t status;

    if (!now && r->written_at > 0 && start - r->written_at < WORK_PER_WRITING * r->write_cost)
        return TIL_OK;
    set = til_outset_new();
    if (set == NULL) return til_no_memory(ctx, 1, "run.json");
    TIL_TRY(til_out_open(ctx, set, r->path, &out));
    TIL_TRY(til_json_write(ctx, r->document, out));
    TIL_TRY(til_out_close(ctx, out));
    TIL_TRY(til_outset_commit(ctx, set));
    r->written_at = til_wall_seconds();
    r->write_cost = r->written_at - start;
done:
    til_outset_free(set);
    return status;
}
