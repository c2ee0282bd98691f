/* separation.h -- contrasts whose estimate is infinite, and what can be said of them all the same. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GLM_SEPARATION_H
#define TIL_GLM_SEPARATION_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

#include "glm/nb_fit.h"

/* Room for one gene at a time over a plan; one per thread. */
typedef struct til_separation til_separation_t;

TIL_MUST_USE
til_status_t til_separation_new(til_ctx_t *ctx, const til_nb_plan_t *plan, til_separation_t **out);
void til_separation_free(til_separation_t *s);

/* What is known of a contrast without a finite estimate; natural logs. */
typedef struct {
    bool is_separated;      /* the rest is set only then                                  */
    double root;            /* signed root of the likelihood ratio; 0: no information     */
    double p;               /* of the likelihood ratio, one degree; NaN: no information   */
    double ci_low, ci_high; /* 95% by profile likelihood; -INFINITY, INFINITY             */
} til_separated_t;

/* Looks at the gene in `work` (til_nb_work_load) for the contrast `weights` (p) at dispersion
 * alpha. An `estimate` beyond a thousandfold counts as infinite: ask of genes that ran away. */
til_separated_t til_separation_ask(til_separation_t *s, const til_nb_work_t *work, double alpha,
                                   const double *weights, double estimate);

#endif
