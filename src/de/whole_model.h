/* whole_model.h -- one table for a test of several effects at once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_WHOLE_MODEL_H
#define TIL_DE_WHOLE_MODEL_H

#include <tilseq/de.h>

/* Makes one table of the tables that an engine filled for --test lrt, which differ in their effects
 * alone. With one effect it is its table. With several log2FoldChange, lfcSE and the interval are NaN
 * and the columns log2FC_ID follow, one per contrast; a gene without a finite estimate of one of them
 * has the status of that one.
 *
 *   result   n_contrasts is 1 afterwards */
TIL_MUST_USE
til_status_t til_de_join_effects(til_ctx_t *ctx, const til_de_input_t *input,
                                 til_de_result_t *result);

/* The effects as one question: its weights are the sums of the sizes of theirs, so that its columns are
 * those of any of them. To be released with til_contrast_clear. */
TIL_MUST_USE
til_status_t til_de_whole_contrast(til_ctx_t *ctx, const til_de_input_t *input,
                                   til_contrast_t *out);

#endif
