/* rung.h -- one step of a ladder of scores: an importance sample that tells the null tail from its
 * own score up to the next step. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_RUNG_H
#define TIL_GSEA_RUNG_H

#include "gsea/poisson_mixture.h"
#include "gsea/subset.h"

#define TIL_RUNG_STEP 3.5 /* about the nats of rate between two rungs of a ladder */

/* The tail estimate of one sample at one score. */
typedef struct {
    double log_p;            /* log P(score >= e), not conditional on the side; -inf: none seen */
    double sum, sum_squares; /* of the weights of the sets that reach e                    */
} til_tail_t;

/* A score to be told by the rung's sample, and the answer. */
typedef struct {
    double score;
    til_tail_t tail;
} til_rung_query_t;

typedef struct {
    int size, index; /* index: number of the rung on its ladder                    */
    bool up, one_sided;
    double score;          /* where the sample is aimed                                  */
    double lower_step;     /* how far (in -log(1 - e^2)) to aim lower where that fails   */
    size_t n_samples;      /* 0: no sample was possible                                  */
    double largest_share;  /* of one set in the sum of weights                           */
    til_tail_t tail;       /* at `score`                                                 */
    til_rung_query_t next; /* at the next rung's score                                   */
} til_rung_t;

/* Relative variance of the estimate of a tail. */
double til_tail_variance(const til_tail_t *tail, size_t n_samples);

/* Memory of one worker, used again for every rung. */
typedef struct {
    til_subset_t subset[2]; /* by side */
    til_tilt_plan_t plan;
    til_poisson_mixture_t mixture;
    struct til_hit *hit; /* sets that reached the score */
    size_t capacity;
} til_rung_work_t;

TIL_MUST_USE
til_status_t til_rung_work_init(til_ctx_t *ctx, const til_order_t *order, til_rung_work_t *out);
void til_rung_work_clear(til_rung_work_t *work);

/* Samples a rung and answers its queries.
 *
 *   bases     of both sides
 *   target    relative standard error to aim for
 *   queries   n_queries, ascending, in [rung->score, rung->next.score]
 */
TIL_MUST_USE
til_status_t til_rung_sample(til_ctx_t *ctx, const til_tilt_base_t bases[2], double target,
                             uint64_t seed, til_rung_work_t *work, til_rung_t *rung,
                             til_rung_query_t *queries, size_t n_queries);

#endif
