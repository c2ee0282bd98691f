/* coverage_file.h -- OUT.coverage.tsv: what was found of each set, beside a result. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_COVERAGE_FILE_H
#define TIL_TASKS_COVERAGE_FILE_H

#include <tilseq/table.h>

#include "base/strbuf.h"
#include "tasks/job.h"

/* OUT.tsv -> OUT and the suffix. */
TIL_MUST_USE
til_status_t til_side_path(til_ctx_t *ctx, const char *path, const char *suffix, til_strbuf_t *out);

/* OUT.tsv -> OUT.coverage.tsv. */
TIL_MUST_USE
til_status_t til_coverage_path(til_ctx_t *ctx, const char *path, til_strbuf_t *out);

/* Writes coverage tables (set n_genes n_found found_fraction missing), one after another. */
void til_coverage_write(til_job_t *job, til_out_t *out, const til_table_t *tables, size_t n);

/* How many sets there are and for how many all genes were found, in one line that calls them `what`;
 * points to -o where no file says which are missing. */
void til_coverage_say(til_ctx_t *ctx, const char *what, const til_table_t *tables, size_t n,
                      bool has_file);

#endif
