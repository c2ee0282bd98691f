/* rng.h -- counter-based random streams, keyed by what they are for.
 *
 * A stream is named by the user's seed and up to three keys (gene, set size, permutation,
 * read...), never by a thread: the numbers for item i are the same whoever computes them, and
 * adding items changes no other item's numbers. Philox 4x32-10, Salmon et al. (2011), SC'11.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_BASE_RNG_H
#define TIL_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t key[2], counter[4], out[4];
    int n_left; /* words of `out` not yet used */
} til_rng_t;

/* The stream (seed, a, b, c). Different arguments give independent streams. */
til_rng_t til_rng_stream(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);

uint32_t til_rng_u32(til_rng_t *rng);

/* The next n words into out, those that n calls of til_rng_u32 would give, at a third of the cost.
 */
void til_rng_fill(til_rng_t *rng, uint32_t *out, size_t n);
uint64_t til_rng_u64(til_rng_t *rng);

/* Uniform on [0, 1) with 53 bits; never 1. */
double til_rng_uniform(til_rng_t *rng);

/* Unbiased whole number in [0, n), n >= 1. Lemire (2019). */
uint64_t til_rng_below(til_rng_t *rng, uint64_t n);

/* Standard normal (polar method), gamma(shape, scale 1) by Marsaglia & Tsang (2000), Poisson. */
double til_rng_normal(til_rng_t *rng);
double til_rng_gamma(til_rng_t *rng, double shape);
double til_rng_poisson(til_rng_t *rng, double mean);

#endif
