/* ladder_tail.h -- p from the samples of a ladder, and whether they may be believed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_LADDER_TAIL_H
#define TIL_GSEA_LADDER_TAIL_H

#include "gsea/null_curve.h"
#include "gsea/rung.h"

typedef struct {
    double log_p, variance; /* variance NaN: log_p is an upper bound                      */
} til_estimate_t;

/* log P(score >= e | this side) between two rungs.
 *
 *   next   the rung above `rung`
 *   at     the tail at e by the sample of `rung`
 */
til_estimate_t til_between_rungs(const til_null_curve_t *curve, const til_rung_t *rung,
                                 const til_rung_t *next, const til_tail_t *at);

/* Do the plain sets and the sample of rung 0 agree at the anchor? */
bool til_anchor_agrees(const til_null_curve_t *curve, const til_rung_t *first);

/* Do the samples of two rungs that follow one another agree where both tell, and does p fall by
 * about a step between them? */
bool til_rungs_agree(const til_rung_t *rung, const til_rung_t *next);

#endif
