/* fraglen.h -- how long fragments are. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_FRAGLEN_H
#define TIL_QUANT_FRAGLEN_H

#include <stdint.h>
#include <tilseq/context.h>

enum { TIL_FRAGMENT_MAX = 1000 };

/* Indexed by length 0 .. TIL_FRAGMENT_MAX. */
typedef struct {
    double p[TIL_FRAGMENT_MAX + 1];          /* probability, nowhere 0; sums to 1            */
    double up_to[TIL_FRAGMENT_MAX + 1];      /* probability of this length or less           */
    double mean_up_to[TIL_FRAGMENT_MAX + 1]; /* mean of the lengths up to this one       */
    double mean, sd;
    uint64_t n_observed; /* pairs it was learnt from; 0: given or assumed */
} til_fraglen_t;

/* From counts of observed lengths (index as above), smoothed; with few observations they are mixed
 * with a normal distribution. */
void til_fraglen_learn(const uint64_t *counts, til_fraglen_t *out);

/* A normal distribution cut to 1 .. TIL_FRAGMENT_MAX. */
void til_fraglen_normal(double mean, double sd, til_fraglen_t *out);

/* Where a fragment of this transcript can begin: its length less the mean of the fragments that
 * fit, plus 1. At least 1. */
double til_effective_length(const til_fraglen_t *lengths, uint32_t transcript_length);

#endif
