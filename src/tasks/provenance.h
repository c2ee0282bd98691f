/* provenance.h -- where results come from: one document a call, as JSON beside them or as lines on top.
 *
 *     version, command    of tilseq; as typed (cli/record.h)
 *     settings            the values of all options, given or not, that change a number
 *     inputs              name and sha256; reads, alignments and streams: name and number of records
 *     facts               what was found on the way: seed, design, reference, rounded, ...
 *     outputs             the files it is about
 *
 * It stands in DIR/provenance.json for the files of a folder that the call was to write, and in
 * FILE.provenance.json for others, FILE being the first of them. Records of earlier calls whose files still
 * stand in the folder are kept under `earlier`.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_PROVENANCE_H
#define TIL_TASKS_PROVENANCE_H

#include "tasks/job.h"

/* Writes the documents of all outputs of the job, which are closed and not yet in place. Does nothing for
 * standard output, devices and pipes; with TIL_PROVENANCE_INLINE, nothing for places whose
 * tables carry the lines. */
TIL_MUST_USE
til_status_t til_provenance_write(til_ctx_t *ctx, til_job_t *job);

#endif
