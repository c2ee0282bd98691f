/* component.h -- standardised genes and what they have in common. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_SCORE_COMPONENT_H
#define TIL_SCORE_COMPONENT_H

#include <stddef.h>
#include <tilseq/context.h>

/* z[s] = (x[s] - mean)/sd with n - 1 in the sd; zeros when the sd is 0. */
void til_score_standardise(size_t n, const double *x, double *z);

/* The scores of n samples on the first principal component of k standardised genes (k x n, a
 * gene's samples contiguous), and their length |scores| = the first singular value. The sign
 * makes the correlation with `towards` (n) positive. */
TIL_MUST_USE
til_status_t til_score_first_component(til_ctx_t *ctx, size_t k, size_t n, const double *z,
                                       const double *towards, double *scores, double *length);

#endif
