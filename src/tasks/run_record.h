/* run_record.h -- run.json: what a run has done, so that it goes on where it stopped and can be
 * audited.
 *
 * `steps` has a row for every step that was ever finished in this folder, with its key (a digest of
 * version, words and inputs) and its files with size and digest; rows are never taken away. A step is
 * finished when it has a row and its files are as they were. `trail` is what happened, in order: each
 * entry has the digest of the one before it. Paths are those below the folder, so that it can be
 * moved.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_RUN_RECORD_H
#define TIL_TASKS_RUN_RECORD_H

#include <stdbool.h>
#include <tilseq/context.h>

#include "base/strbuf.h"
#include "io/text/digest.h"
#include "io/text/json.h"

typedef struct til_run_record til_run_record_t;

/* Reads FOLDER/run.json; one that cannot be read counts as none, with a warning, and one whose trail
 * was changed is said so. */
TIL_MUST_USE
til_status_t til_run_record_open(til_ctx_t *ctx, const char *folder, til_run_record_t **record);
void til_run_record_free(til_run_record_t *record);

/* The document, for members of one's own ("questions", "methods"...); `steps` and `trail` are the
 * record's. */
til_json_t *til_run_record_document(til_run_record_t *record);

/* SHA-256 of a file; one that was digested before and has not changed since is not read again. */
TIL_MUST_USE
til_status_t til_run_record_digest(til_ctx_t *ctx, til_run_record_t *record, const char *path,
                                   char text[TIL_SHA256_TEXT]);

/* Adds the line of a file of a step to `lines`: its size, its digest, its place in the folder. */
TIL_MUST_USE
til_status_t til_run_record_file(til_ctx_t *ctx, til_run_record_t *record, const char *path,
                                 til_strbuf_t *lines);

/* Whether the step of this key is finished, its files as they were. */
TIL_MUST_USE
til_status_t til_run_record_has(til_ctx_t *ctx, til_run_record_t *record, const char *key,
                                bool *done);

/* Notes a step as finished.
 *
 *   is_lasting   its files stay when a later question does not ask for them (samples)
 *   lines        of its files, from til_run_record_file
 */
TIL_MUST_USE
til_status_t til_run_record_add(til_ctx_t *ctx, til_run_record_t *record, const char *key,
                                const char *command, bool is_lasting, const char *lines);

/* Says that the step of this key, finished before, belongs to what is asked now. */
TIL_MUST_USE
til_status_t til_run_record_keep(til_ctx_t *ctx, til_run_record_t *record, const char *key);

/* Adds an entry to the trail; takes `entry`, an object. */
TIL_MUST_USE
til_status_t til_run_record_note(til_ctx_t *ctx, til_run_record_t *record, til_json_t *entry);

/* Removes files of steps that belong to an earlier question and to no step added or kept since the
 * record was opened; files that are not as they were written stay. */
TIL_MUST_USE
til_status_t til_run_record_clear_old(til_ctx_t *ctx, til_run_record_t *record, size_t *n_removed);

/* Writes FOLDER/run.json; without `now` only when the last time is long enough ago for the writing to
 * cost nothing beside the work. */
TIL_MUST_USE
til_status_t til_run_record_write(til_ctx_t *ctx, til_run_record_t *record, bool now);

#endif
