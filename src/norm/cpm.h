/* cpm.h -- library sizes and counts per million. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_NORM_CPM_H
#define TIL_NORM_CPM_H

#include <tilseq/matrix.h>

/* lib_size[s]: the sum of sample s. TIL_ENUMERIC naming the first sample without counts. */
TIL_MUST_USE
til_status_t til_library_sizes(til_ctx_t *ctx, const til_matrix_t *counts, double *lib_size);

/* Counts per million of an effective library size (> 0); out is n_rows x n_cols as counts->x
 * and may be it. Agrees: edgeR 3.40.2 cpm() to the bit. */
void til_cpm(const til_matrix_t *counts, const double *lib_size, double *out);

/* log2 counts per million after adding a prior count in proportion to the library size:
 *
 *     c_s = prior_count L_s / mean(L),   log2( (k_gs + c_s) / (L_s + 2 c_s) 1e6 )
 *
 * Agrees: edgeR 3.40.2 cpm(log = TRUE, prior.count) to 1e-12. */
TIL_MUST_USE
til_status_t til_log_cpm(til_ctx_t *ctx, const til_matrix_t *counts, const double *lib_size,
                         double prior_count, double *out);

#endif
