/* quant_output.h -- a quantification as salmon lays it out on disk. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_QUANT_OUTPUT_H
#define TIL_TASKS_QUANT_OUTPUT_H

#include <tilseq/quant.h>

#include "tasks/job.h"

/* Writes FOLDER/quant.sf, quant.genes.sf (when the index knows genes), aux_info/meta_info.json and
 * bootstraps, lib_format_counts.json, cmd_info.json and libParams/flenDist.txt. */
TIL_MUST_USE
til_status_t til_quant_write(til_ctx_t *ctx, til_job_t *job, const char *folder,
                             const char *index_path, const til_index_t *index,
                             const til_quant_options_t *options, const til_quant_result_t *result);

#endif
