/* cautions.h -- what a statistician would ask before the test: samples that hang together, libraries
 * that failed, columns that say the same as the arm. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_CAUTIONS_H
#define TIL_TASKS_CAUTIONS_H

#include <tilseq/design.h>
#include <tilseq/matrix.h>

/* Is this what a column of patients, animals or donors is called? */
bool til_names_patients(const char *name);

/* Warns, each finding in one line with its count and the way out:
 *
 *   - a column of patients (by name, or with one sample per cell of the design in several cells)
 *     whose samples the design takes as independent
 *   - a factor that is asked about and a column of the sheet that agree but for a few samples
 *   - labels that are numbers and stand in the design as a slope
 *   - of `counts` (NULL: not looked at): libraries under a hundredth of the median
 *
 *   block       the column of --block, or NULL
 *   is_strict   TIL_EINPUT naming the first finding when there is one
 */
TIL_MUST_USE
til_status_t til_caution(til_ctx_t *ctx, const til_sheet_t *sheet, const char *block,
                         const til_questions_t *questions, const til_matrix_t *counts,
                         bool is_strict);

#endif
