/* contrasts_file.h -- files of contrasts as nf-core/differentialabundance reads them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_CONTRASTS_FILE_H
#define TIL_IO_CONTRASTS_FILE_H

#include <tilseq/design.h>

#include "io/text/textfile.h"

/* Appends the contrasts of a file, which is consumed. Told by content:
 *
 *   a table  id,variable,reference,target[,blocking][,exclude_samples_col,exclude_samples_values]
 *            [,formula,make_contrasts_str]      CSV or TSV; several values in a cell are cut by ;
 *   YAML     contrasts: a list of {id, comparison: [variable, reference, target],
 *            blocking_factors: [...], exclude_samples_col, exclude_samples_values: [...]} or
 *            {id, formula, make_contrasts_str}
 *
 * Blocking factors make the contrast's own design, ~ blocking + variable. TIL_EINPUT with
 * FILE:LINE for what is not such a file. */
TIL_MUST_USE
til_status_t til_contrasts_read(til_ctx_t *ctx, til_text_t *text, til_contrast_specs_t *specs);

#endif
