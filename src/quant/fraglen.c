/* fraglen.c -- the distribution of fragment lengths and what it makes of a transcript's length.
 *
 *     p(f)  ~  sum_d n(f + d) exp(-d^2 / (2 SMOOTH_SD^2))  +  PRIOR_WEIGHT normal(f; 250, 25) +
 *     FLOOR effective length of a transcript of length L  =  L - E(f | f <= L) + 1
 *
 * Source:  Roberts et al. (2011), Genome Biology 12:R22 (effective length).
 * Agrees:  salmon's and kallisto's effective lengths to about a base once the mean is the same.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "quant/fraglen.h"

#define SMOOTH_SD    5.0
#define PRIOR_MEAN   250.0 /* salmon's default */
#define PRIOR_SD     25.0
#define PRIOR_WEIGHT 20.0 /* pairs that the prior is worth */
#define FLOOR        1e-8
#define ENOUGH       1000 /* pairs that need no prior */

enum { REACH = 15 }; /* three SMOOTH_SD */

/* Scales p to sum 1 and fills what follows from it. */
static void finish(til_fraglen_t *d)
{
    double sum = 0, up_to = 0, moment = 0, square = 0;

    for (int f = 1; f <= TIL_FRAGMENT_MAX; f++) sum += d->p[f];
    d->p[0] = 0;
    d->up_to[0] = d->mean_up_to[0] = 0;
    for (int f = 1; f <= TIL_FRAGMENT_MAX; f++) {
        d->p[f] = d->p[f] / sum + FLOOR;
        up_to += d->p[f];
        moment += f * d->p[f];
        square += (double)f * f * d->p[f];
        d->up_to[f] = up_to;
        d->mean_up_to[f] = moment / up_to;
    }
    d->mean = moment / up_to;
    d->sd = sqrt(fmax(0, square / up_to - d->mean * d->mean));
}

void til_fraglen_normal(double mean, double sd, til_fraglen_t *out)
{
    *out = (til_fraglen_t){ .n_observed = 0 };
    for (int f = 1; f <= TIL_FRAGMENT_MAX; f++) {
        double z = (f - mean) / sd;
        out->p[f] = exp(-0.5 * z * z) + 1e-300;
    }
    finish(out);
}

void til_fraglen_learn(const uint64_t *counts, til_fraglen_t *out)
{
    til_fraglen_t prior;
    double kernel[REACH + 1];

    til_fraglen_normal(PRIOR_MEAN, PRIOR_SD, &prior);
    *out = (til_fraglen_t){ .n_observed = 0 };
    for (int d = 0; d <= REACH; d++)
        kernel[d] = exp(-0.5 * d * d / (SMOOTH_SD * SMOOTH_SD)) /
                    (SMOOTH_SD * sqrt(2 * 3.14159265358979));
    for (int f = 1; f <= TIL_FRAGMENT_MAX; f++) {
        out->n_observed += counts[f];
        for (int d = -REACH; d <= REACH; d++)
            if (f + d >= 1 && f + d <= TIL_FRAGMENT_MAX)
                out->p[f] += (double)counts[f + d] * kernel[d < 0 ? -d : d];
    }
    for (int f = 1; f <= TIL_FRAGMENT_MAX && out->n_observed < ENOUGH; f++)
        out->p[f] += PRIOR_WEIGHT * prior.p[f];
    finish(out);
}

double til_effective_length(const til_fraglen_t *lengths, uint32_t transcript_length)
{
    uint32_t longest = transcript_length < TIL_FRAGMENT_MAX ? transcript_length : TIL_FRAGMENT_MAX;
    double effective;

    /* Hardly any fragment fits: the distribution says nothing about this transcript. */
    if (longest == 0 || lengths->up_to[longest] < 1e-4) return transcript_length;
    effective = transcript_length - lengths->mean_up_to[longest] + 1;
    return effective < 1 ? 1 : effective;
}
