/* ladder_tail.c -- p from the samples of a ladder (preranked.c), and whether they may be believed.
 *
 * Every estimate is unbiased, and its error is judged from the spread of the weights. That judgement
 * fails when a kind of set that matters is hardly ever proposed. Such a sample then disagrees with
 * another that saw those sets: with the plain sets at the anchor, or with its neighbour at the score
 * both tell, by more than MOST_Z standard errors; or p falls by far more between two rungs than the
 * rate, which placed them, says. What disagrees is not averaged, it is not used.
 *
 * Source: this program.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gsea/ladder_tail.h"

#define MOST_Z     4.0
#define UNSEEN     5.0 /* nats below a rung that its hundreds of hits may miss       */
#define MOST_STEPS 2.5 /* a fall of p between rungs by so many RUNG_STEPs                */

static bool was_seen(const til_rung_t *rung, const til_tail_t *tail)
{
    return rung->n_samples > 0 && isfinite(tail->log_p);
}

static bool agree(til_estimate_t a, til_estimate_t b)
{
    return fabs(a.log_p - b.log_p) <= MOST_Z * sqrt(a.variance + b.variance);
}

static til_estimate_t estimate(const til_rung_t *rung, const til_tail_t *tail)
{
    return (til_estimate_t){ tail->log_p, til_tail_variance(tail, rung->n_samples) };
}

bool til_anchor_agrees(const til_null_curve_t *curve, const til_rung_t *first)
{
    if (!was_seen(first, &first->tail)) return false;
    til_estimate_t sampled = estimate(first, &first->tail);
    til_estimate_t plain = { curve->log_p_anchor + curve->log_share,
                             curve->var_anchor + curve->var_log_share };
    return agree(sampled, plain);
}

bool til_rungs_agree(const til_rung_t *rung, const til_rung_t *next)
{
    bool low = was_seen(rung, &rung->next.tail), high = was_seen(next, &next->tail);

    if (!was_seen(rung, &rung->tail)) return false;
    if (!low && !high) return true; /* past the highest score there is */
    if (!high) return false;
    if (!low) return next->tail.log_p < rung->tail.log_p - UNSEEN; /* too rare for this sample */
    if (rung->next.tail.log_p < rung->tail.log_p - MOST_STEPS * TIL_RUNG_STEP) return false;
    return agree(estimate(rung, &rung->next.tail), estimate(next, &next->tail));
}

/* L_j: of rung 0 the plain estimate. */
static til_estimate_t rung_level(const til_null_curve_t *curve, const til_rung_t *rung)
{
    if (rung->index == 0) return (til_estimate_t){ curve->log_p_anchor, curve->var_anchor };
    til_estimate_t own = { rung->tail.log_p - curve->log_share, NAN };
    if (was_seen(rung, &rung->tail)) own.variance = til_tail_variance(&rung->tail, rung->n_samples);
    return own;
}

til_estimate_t til_between_rungs(const til_null_curve_t *curve, const til_rung_t *rung,
                                 const til_rung_t *next, const til_tail_t *at)
{
    til_estimate_t low = rung_level(curve, rung), high = rung_level(curve, next);
    bool low_known = rung->n_samples > 0 && isfinite(rung->tail.log_p) && isfinite(at->log_p);
    bool high_known = next->n_samples > 0 && isfinite(next->tail.log_p);

    if (!low_known) /* nothing was seen here: what is known for certain is a bound */
        return (til_estimate_t){ isfinite(low.log_p) ? low.log_p : curve->log_p_anchor, NAN };
    double n = (double)rung->n_samples, u = 0, shift_high = 0;
    double shift_low = low.log_p - (rung->tail.log_p - curve->log_share);
    if (high_known && isfinite(rung->next.tail.log_p)) {
        double fall = rung->next.tail.log_p - rung->tail.log_p;
        u = fall < 0 ? (at->log_p - rung->tail.log_p) / fall : 0;
        shift_high = high.log_p - (rung->next.tail.log_p - curve->log_share);
    }
    const til_tail_t *end = &rung->next.tail;
    double variance = at->sum_squares / (at->sum * at->sum) - (1 - u) * (1 - u) / n;
    if (u > 0)
        variance += u * u * end->sum_squares / (end->sum * end->sum) -
                    2 * u * end->sum_squares / (at->sum * end->sum) + u * u * high.variance;
    if (rung->index == 0) /* the anchor is known better than the sample alone would say */
        variance -= (1 - u) * (1 - u) *
                    fmax(0, til_tail_variance(&rung->tail, rung->n_samples) - low.variance);
    return (til_estimate_t){ at->log_p - curve->log_share + (1 - u) * shift_low + u * shift_high,
                             fmax(variance, (1 - u) * (1 - u) * low.variance) };
}
