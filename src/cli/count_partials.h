/* count_partials.h -- tables that tilseq count wrote of some of the samples each, put side by side
 * as one call over all of them would have written them, to the byte.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_CLI_COUNT_PARTIALS_H
#define TIL_CLI_COUNT_PARTIALS_H

#include "tasks/job.h"
#include "io/text/quant_dir.h"

typedef struct til_partials til_partials_t;

/* Reads the tables, which are left as they were; but for one whose sample left its strand open and is
 * to have that of the others, what tilseq count --each-strand wrote beside it takes its place.
 *
 *   renamed   the samples will be given other names: theirs may be alike
 *   out       NULL unless they are two or more, all in tilseq count's own layout; without ##tilseq
 *             lines, also when their rows differ or a sample is in two
 *
 * TIL_EINPUT naming both files when they are not parts of one whole: other versions of tilseq,
 * other annotations, options, strands that were not given or rows, ##tilseq lines in some only, a sample that is in two. */
TIL_MUST_USE
til_status_t til_partials_read(til_ctx_t *ctx, til_quant_table_t *inputs, size_t n, bool renamed,
                               til_partials_t **out);
void til_partials_free(til_partials_t *partials);

size_t til_partials_n_rows(const til_partials_t *partials);
/* Whether rows share gene ids, as with --level feature: then they are no matrix of genes. */
bool til_partials_repeat_ids(const til_partials_t *partials);
/* Samples of table i, and their names. */
size_t til_partials_samples(const til_partials_t *partials, size_t i, char *const **names);

/* Writes PREFIX.counts.tsv and, when each table has its summary beside it,
 * PREFIX.counts.tsv.summary; a notice names the first one that is missing. The summaries become
 * inputs of the job.
 *
 *   names   of all samples in order
 *
 * TIL_EINPUT for a summary whose samples or rows are not those of its table. */
TIL_MUST_USE
til_status_t til_partials_write(til_ctx_t *ctx, til_job_t *job, const til_partials_t *partials,
                                const char *prefix, char *const *names);

#endif
