/* shrink_normal.h -- log2 fold changes drawn to 0 by a normal prior: DESeq2's first way. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_DE_SHRINK_NORMAL_H
#define TIL_DE_SHRINK_NORMAL_H

#include "de/deseq2_fit.h"

/* TIL_EUSAGE unless every contrast is of one coefficient and the design has no interaction. */
TIL_MUST_USE
til_status_t til_shrink_normal_check(til_ctx_t *ctx, const til_de_input_t *input);

/*   fit       with beta kept
 *   lfc, se   n_contrasts x n_genes, log2; NaN for genes without a count
 *   variance  n_contrasts: the prior of the coefficient of each contrast
 */
TIL_MUST_USE
til_status_t til_shrink_normal(til_ctx_t *ctx, const til_de_input_t *input,
                               const til_nb_data_t *data, const til_deseq2_fit_t *fit, double *lfc,
                               double *se, double *variance);

#endif
