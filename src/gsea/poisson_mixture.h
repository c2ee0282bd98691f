/* poisson_mixture.h -- draws random sets of a fixed size from a tilted law whose exact density is
 * known: the proposal of the importance sampler. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_POISSON_MIXTURE_H
#define TIL_GSEA_POISSON_MIXTURE_H

#include "gsea/dice.h"
#include "gsea/tilt.h"

/* Laws of the number of members in the first 0, 1, 2... of a run of classes. */
typedef struct {
    bool backward; /* the run goes from the last class down                      */
    int n_steps;   /* classes in the run                                         */
    int sum_low[TIL_MAX_CLASSES + 1], sum_high[TIL_MAX_CLASSES + 1];
    size_t sum_at[TIL_MAX_CLASSES + 1]; /* law of the partial sum after s steps           */
    int own_low[TIL_MAX_CLASSES], own_high[TIL_MAX_CLASSES];
    size_t own_at[TIL_MAX_CLASSES];     /* binomial law of step s's class alone           */
    double mean_share[TIL_MAX_CLASSES]; /* of step s's class in the mean after it         */
    double log_odds[TIL_MAX_CLASSES];   /* by class                                       */
    double log_none[TIL_MAX_CLASSES];   /* by class: log P(no member)                     */
    double *value; /* the laws themselves                                        */
    size_t capacity;
} til_count_law_t;

typedef struct {
    const til_tilt_plan_t *plan; /* borrowed                                       */
    til_count_law_t before[TIL_MAX_POINTS], after[TIL_MAX_POINTS]; /* by family           */
    int family[TIL_MAX_POINTS];          /* of a point                                     */
    double share[TIL_MAX_POINTS];        /* those of the plan, impossible points at 0      */
    double mass[TIL_MAX_POINTS];         /* P(total count = size) under the point's law    */
    double log_constant[TIL_MAX_POINTS]; /* of the point's density                         */
    double log_choose;                   /* log (n choose size)                            */
    double plain;                        /* share of plain random sets beside the points   */
} til_poisson_mixture_t;

/* Builds the tables of a plan in `mixture` ({0} at first use; memory is used again).
 *
 *   plain   share of the samples that the caller draws uniformly among all sets of the size
 */
TIL_MUST_USE
til_status_t til_mixture_build(til_ctx_t *ctx, const til_tilt_base_t *base,
                               const til_tilt_plan_t *plan, double plain,
                               til_poisson_mixture_t *mixture);
/* False when no component can give a set of that size. */
bool til_mixture_possible(const til_poisson_mixture_t *mixture);
void til_mixture_clear(til_poisson_mixture_t *mixture);

/* Draws the number of members of every class (classes.n values, sum = size) from component `point`.
 */
void til_mixture_draw(const til_poisson_mixture_t *mixture, int point, til_dice_t *dice,
                      int *counts);

/* log of (uniform law / mixture) of a set with these counts: its importance weight. */
double til_mixture_log_weight(const til_poisson_mixture_t *mixture, const int *counts);

#endif
