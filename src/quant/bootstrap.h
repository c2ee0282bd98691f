/* bootstrap.h -- how far estimates vary when the fragments are drawn anew. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_BOOTSTRAP_H
#define TIL_QUANT_BOOTSTRAP_H

#include "quant/em.h"

/* `n` times: as many fragments as there are, drawn with replacement, and their estimates.
 *
 *   estimates   n * n_transcripts, one bootstrap behind the other
 *
 * Bootstrap b depends on seed and b only. */
TIL_MUST_USE
til_status_t til_bootstrap(til_ctx_t *ctx, const til_components_t *components,
                           const double *effective, const til_em_t *em, size_t n, uint64_t seed,
                           double *estimates);

#endif
