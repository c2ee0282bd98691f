/* tilt.h -- how likely a random set is to reach a score, and which inclusion law makes it likely.
 *
 * Every random set of k positions crosses the line of score e somewhere, if it does, at one of n
 * positions t. For each t there is a cheapest way to do so; tilt.c finds it and its price.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_TILT_H
#define TIL_GSEA_TILT_H

#include "gsea/enrichment.h"

enum {
    TIL_MAX_CLASSES = 192, /* classes of neighbouring positions with one inclusion odds  */
    TIL_MAX_POINTS = 25    /* positions t of a mixture                                   */
};

/* What is fixed for one direction of a ranking. */
typedef struct {
    const til_walk_t *walk; /* borrowed                                                   */
    double *log_factorial;  /* log i!, i = 0..n                                           */
    int n_coarse, n_fine;
    int coarse[TIL_MAX_CLASSES], fine[TIL_MAX_CLASSES]; /* class bounds, 0 and n included   */
} til_tilt_base_t;

TIL_MUST_USE
til_status_t til_tilt_base_init(til_ctx_t *ctx, const til_walk_t *walk, til_tilt_base_t *out);
void til_tilt_base_clear(til_tilt_base_t *base);

/* The inclusion odds of position i are exp(a + theta s_i), s_i = [i < t](r_i + w) - c r_i; with
 * `all_before` they are exp(a) before t and none from t on. */
typedef struct {
    double a, theta, c, w;
    bool all_before;
    double rate; /* sum over positions of KL(pi_i || k / n), nats              */
} til_tilt_t;

/* The classes of positions a law is constant on: [bound[c], bound[c+1]). */
typedef struct {
    int n, bound[TIL_MAX_CLASSES + 1];
    double width[TIL_MAX_CLASSES];  /* positions in it                                    */
    double weight[TIL_MAX_CLASSES]; /* their mean weight                                  */
} til_classes_t;

/* Where sets of `size` positions are likely to cross the line of `score`. */
typedef struct {
    int size;
    double score;
    double rate;           /* the smallest over t: p ~ exp(-rate)                */
    til_classes_t classes; /* bounds include all points                          */
    int n_points;
    int point[TIL_MAX_POINTS];       /* positions t, ascending                             */
    int point_class[TIL_MAX_POINTS]; /* class that begins at t                             */
    double share[TIL_MAX_POINTS];    /* mixture shares, sum 1                              */
    int n_families;                  /* consecutive points that use one tilt               */
    int family_end[TIL_MAX_POINTS];  /* last point of family f, plus one                   */
    til_tilt_t tilt[TIL_MAX_POINTS]; /* of family f                                        */
} til_tilt_plan_t;

typedef enum {
    TIL_TILT_OK,
    TIL_TILT_NOT_NEEDED, /* an untilted set reaches the score on average              */
    TIL_TILT_IMPOSSIBLE  /* no inclusion law was found: score too close to its limit  */
} til_tilt_outcome_t;

/* Plans the proposal for P(highest value of the running sum >= score), 0 < score < 1. */
til_tilt_outcome_t til_tilt_plan(const til_tilt_base_t *base, int size, double score,
                                 til_tilt_plan_t *plan);

/* Adds the law of sets that lie wholly before the last position from which `score` can be reached:
 * for a plan made for a lower score because none was found for this one; with `plan` empty
 * (n_points 0) it becomes the only law. False when no set can lie so. */
bool til_tilt_add_all_before(const til_tilt_base_t *base, int size, double score,
                             til_tilt_plan_t *plan);

/* log of n choose k. */
double til_tilt_log_choose(const til_tilt_base_t *base, int k);

#endif
