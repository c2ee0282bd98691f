/* rng.c -- Philox 4x32-10 streams and the distributions drawn from them.
 *
 * Source: Salmon, Moraes, Dror & Shaw (2011), SC'11, table 2 (multipliers, Weyl constants).
 * Agrees: the authors' known-answer vectors, exactly (tests/unit/test_base.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/rng.h"

static void philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];

    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* splitmix64's finaliser: keys that differ in one bit differ in half of them. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

til_rng_t til_rng_stream(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t key = mix(seed + 0x9E3779B97F4A7C15u);
    uint64_t lane;

    key = mix(key ^ mix(a + 0x632BE59BD9B4E019u));
    lane = mix(mix(b + 0x8EBC6AF09C88C6E3u) ^ (c * 0xD6E8FEB86659FD93u + 0x2545F4914F6CDD1Du) ^
               key);
    return (til_rng_t){ .key = { (uint32_t)key, (uint32_t)(key >> 32) },
                        .counter = { 0, 0, (uint32_t)lane, (uint32_t)(lane >> 32) },
                        .n_left = 0 };
}

uint32_t til_rng_u32(til_rng_t *rng)
{
    if (rng->n_left == 0) {
        philox(rng->counter, rng->key, rng->out);
        if (++rng->counter[0] == 0) rng->counter[1]++;
        rng->n_left = 4;
    }
    return rng->out[4 - rng->n_left--];
}

/* Four blocks side by side: one block alone waits for its own multiplications. */
static void philox_4(const til_rng_t *rng, uint32_t *out)
{
    uint32_t c0[4], c1[4], c2[4], c3[4], k0 = rng->key[0], k1 = rng->key[1];

    for (uint32_t b = 0; b < 4; b++) {
        c0[b] = rng->counter[0] + b;
        c1[b] = rng->counter[1];
        c2[b] = rng->counter[2];
        c3[b] = rng->counter[3];
    }
    for (int round = 0; round < 10; round++) {
        for (int b = 0; b < 4; b++) {
            uint64_t p0 = (uint64_t)0xD2511F53u * c0[b], p1 = (uint64_t)0xCD9E8D57u * c2[b];
            c0[b] = (uint32_t)(p1 >> 32) ^ c1[b] ^ k0;
            c2[b] = (uint32_t)(p0 >> 32) ^ c3[b] ^ k1;
            c1[b] = (uint32_t)p1;
            c3[b] = (uint32_t)p0;
        }
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    for (int b = 0; b < 4; b++) {
        out[4 * b] = c0[b];
        out[4 * b + 1] = c1[b];
        out[4 * b + 2] = c2[b];
        out[4 * b + 3] = c3[b];
    }
}

void til_rng_fill(til_rng_t *rng, uint32_t *out, size_t n)
{
    while (n > 0) {
        if (rng->n_left == 0 && n >= 16 && rng->counter[0] <= UINT32_MAX - 4) {
            philox_4(rng, out);
            rng->counter[0] += 4;
            out += 16;
            n -= 16;
        } else {
            *out++ = til_rng_u32(rng);
            n--;
        }
    }
}

uint64_t til_rng_u64(til_rng_t *rng)
{
    uint64_t low = til_rng_u32(rng);
    return low | (uint64_t)til_rng_u32(rng) << 32;
}

double til_rng_uniform(til_rng_t *rng) { return (double)(til_rng_u64(rng) >> 11) * 0x1p-53; }

/* Source: Lemire (2019), ACM TOMACS 29:3, algorithm 5 (multiply, reject the biased low part). */
uint64_t til_rng_below(til_rng_t *rng, uint64_t n)
{
    if (n <= UINT32_MAX) {
        uint32_t range = (uint32_t)n;
        uint64_t m = (uint64_t)til_rng_u32(rng) * range;
        if ((uint32_t)m < range) {
            uint32_t floor_of = (uint32_t)(0u - range) % range;
            while ((uint32_t)m < floor_of) m = (uint64_t)til_rng_u32(rng) * range;
        }
        return m >> 32;
    }
    uint64_t limit = UINT64_MAX - UINT64_MAX % n, x;
    do x = til_rng_u64(rng);
    while (x >= limit);
    return x % n;
}

double til_rng_normal(til_rng_t *rng)
{
    double u, v, s;
    do {
        u = 2 * til_rng_uniform(rng) - 1;
        v = 2 * til_rng_uniform(rng) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    return u * sqrt(-2 * log(s) / s);
}

/* Source: Marsaglia & Tsang (2000), ACM TOMS 26:363; shape < 1 through shape + 1 and u^(1/shape).
 */
double til_rng_gamma(til_rng_t *rng, double shape)
{
    double boost = 1;
    if (shape < 1) {
        double u = til_rng_uniform(rng);
        boost = pow(u > 0 ? u : 0x1p-54, 1 / shape);
        shape += 1;
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = til_rng_normal(rng), v = 1 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        double u = til_rng_uniform(rng);
        if (u < 1 - 0.0331 * x * x * x * x) return boost * d * v;
        if (log(u) < 0.5 * x * x + d * (1 - v + log(v))) return boost * d * v;
    }
}

/* Product of uniforms below 10; above, the transformed rejection PTRS of Hormann (1993),
 * Insurance: Mathematics and Economics 12:39. */
double til_rng_poisson(til_rng_t *rng, double mean)
{
    if (!(mean > 0)) return 0;
    if (mean < 10) {
        double limit = exp(-mean), product = til_rng_uniform(rng), k = 0;
        while (product > limit) {
            product *= til_rng_uniform(rng);
            k++;
        }
        return k;
    }
    double log_mean = log(mean), b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = til_rng_uniform(rng) - 0.5, v = til_rng_uniform(rng);
        double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v) + log(inverse_alpha) - log(a / (us * us) + b) <=
            -mean + k * log_mean - lgamma(k + 1))
            return k;
    }
}
