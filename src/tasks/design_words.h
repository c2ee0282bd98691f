/* design_words.h -- what a design can answer, in words and numbers. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_DESIGN_WORDS_H
#define TIL_TASKS_DESIGN_WORDS_H

#include <tilseq/design.h>

#include "base/strbuf.h"
#include "design/rank.h"
#include "tasks/job.h"

/* Appends the contrast over the coefficients: "-on_in_A + 0.5*on_in_B". */
void til_contrast_numbers(const til_design_t *design, const til_contrast_t *contrast,
                          til_strbuf_t *out);

/* One remark `question` per contrast for the provenance: id, words, numbers. */
TIL_MUST_USE
til_status_t til_note_questions(til_ctx_t *ctx, til_job_t *job, const til_questions_t *questions);

/* Says, in the log: size and rank; samples per level and per cell of the factors (arm x time x stratum),
 * those without a sample; pairs per arm; patients per level; each contrast in words and numbers with its
 * standard error in units of the residual SD, the size of two groups that would be as
 * precise, and what the other columns of the design take of that; what aliases and why. */
TIL_MUST_USE
til_status_t til_explain_design(til_ctx_t *ctx, const til_sheet_t *sheet,
                                const til_question_t *question);

#endif
