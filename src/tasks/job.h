/* job.h -- one run of a command: what was asked, what was read, what will be written.
 *
 * The driver makes the job, runs the command, commits the outputs when it returns TIL_OK and
 * removes them otherwise; tasks only open and close files.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_JOB_H
#define TIL_TASKS_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/outfile.h"
#include "io/text/digest.h"
#include "io/text/gtf.h"
#include "io/text/json.h"
#include "tasks/settings.h"

typedef struct {
    char *path;                 /* as given                                              */
    char note[TIL_SHA256_TEXT]; /* sha256 of the file, or "" (then n_records says more)  */
    size_t n_records;
    bool has_id;
    unsigned long long device, inode;
} til_input_t;

/* A file that the job writes. */
typedef struct {
    char *path;
    const char *folder;   /* the one of job->folders it stands in, or NULL                */
    const til_out_t *out; /* for finding it while it is open                              */
    bool has_lines;       /* ##tilseq lines stand on top                                  */
} til_output_t;

typedef struct til_job {
    const void *args;
    const til_common_t *common;
    const char **operands;
    int n_operands;
    const char *record; /* the command as provenance shows it                    */
    til_outset_t *out;
    til_input_t *inputs;
    size_t n_inputs;
    const til_json_t *settings; /* by option's name; borrowed                            */
    til_json_t *facts;          /* for provenance: seed, reference...; NULL while there are none  */
    til_output_t *outputs;
    size_t n_outputs;
    char **folders;
    size_t n_folders;
    char *prefix; /* PREFIX.provenance.json is about the outputs in no folder; else NULL  */
} til_job_t;

/* Records an input file. `sha256` is what til_text_t carries; NULL for streams of records, whose
 * number is given instead. Reading one file under two names is the caller's business. */
TIL_MUST_USE
til_status_t til_job_input(til_ctx_t *ctx, til_job_t *job, const char *path, const char *sha256,
                           size_t n_records);

/* Reads an annotation and records it as an input, with its sha256 unless provenance is not wanted;
 * a pipe gets the number of its features. */
TIL_MUST_USE
til_status_t til_job_annotation(til_ctx_t *ctx, til_job_t *job, const char *path,
                                const til_gtf_options_t *options, til_annot_t *out);

/* Records a fact for provenance; takes the value. A second one of the same key makes a list of them. */
TIL_MUST_USE
til_status_t til_job_fact(til_ctx_t *ctx, til_job_t *job, const char *key, til_json_t *value);
TIL_MUST_USE
til_status_t til_job_remark(til_ctx_t *ctx, til_job_t *job, const char *key, const char *format,
                            ...) TIL_PRINTF(4, 5);
TIL_MUST_USE
til_status_t til_job_seed(til_ctx_t *ctx, til_job_t *job, int64_t seed);

/* TIL_EUSAGE when `output` is the same file as one of the n paths. Call before reading. */
TIL_MUST_USE
til_status_t til_job_refuse_input(til_ctx_t *ctx, const char *output, const char *const *paths,
                                  size_t n);

/* Opens an output file now, so that a place that cannot be written is found before the work. */
TIL_MUST_USE
til_status_t til_job_open(til_ctx_t *ctx, til_job_t *job, const char *path, til_out_t **out);

/* Makes an output folder now and checks that it can be written. What is opened in it from then on is in its
 * provenance.json. */
TIL_MUST_USE
til_status_t til_job_folder(til_ctx_t *ctx, til_job_t *job, const char *path);

/* The outputs in no folder are described in PREFIX.provenance.json instead of by the first of them. */
TIL_MUST_USE
til_status_t til_job_prefix(til_ctx_t *ctx, til_job_t *job, const char *prefix);

/* With --provenance inline, the ##tilseq lines of a table whose header is about to be written, once all inputs and facts are
 * known; else nothing. Failures are kept in `out`. */
void til_job_provenance(til_job_t *job, til_out_t *out);

/* The same unless --provenance none. */
void til_job_lines(til_job_t *job, til_out_t *out);

/* What follows the last '/' of a path; all of it where nothing does. */
const char *til_base_name(const char *path);

void til_job_clear(til_job_t *job);

#endif
