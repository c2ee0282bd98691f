/* kmer.h -- bases in two bits, k-mers in one word.
 *
 * Code: A 0, C 1, T 2, G 3, which is (letter >> 1) & 3 in either case (U gives T); the complement
 * is code ^ 2. Base i of a packed sequence stands at bits 2 (i mod 32) of word i / 32, so the first
 * base of a k-mer is in its lowest bits. Packed sequences carry one spare word at their end.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_KMER_H
#define TIL_QUANT_KMER_H

#include <stddef.h>
#include <stdint.h>

enum { TIL_KMER_MAX = 31, TIL_KMER_MIN = 15 };

#define TIL_BASES_COMPLEMENT 0xAAAAAAAAAAAAAAAAULL

/* The two-bit code of a letter; meaningless for letters other than ACGTU (targets.c puts such letters aside). */
static inline uint64_t til_base_code(char letter)
{
    return (uint64_t)((unsigned char)letter >> 1 & 3);
}

/* The 32 bases in the reverse order. */
static inline uint64_t til_bases_reverse(uint64_t x)
{
    x = (x >> 2 & 0x3333333333333333ULL) | (x & 0x3333333333333333ULL) << 2;
    x = (x >> 4 & 0x0F0F0F0F0F0F0F0FULL) | (x & 0x0F0F0F0F0F0F0F0FULL) << 4;
    x = (x >> 8 & 0x00FF00FF00FF00FFULL) | (x & 0x00FF00FF00FF00FFULL) << 8;
    x = (x >> 16 & 0x0000FFFF0000FFFFULL) | (x & 0x0000FFFF0000FFFFULL) << 16;
    return x >> 32 | x << 32;
}

/* The 32 bases that begin at base `at` (the spare word makes this safe near the end). */
static inline uint64_t til_bases_get32(const uint64_t *bases, uint64_t at)
{
    unsigned shift = (unsigned)(at & 31) * 2;
    const uint64_t *word = bases + (at >> 5);
    return shift == 0 ? word[0] : word[0] >> shift | word[1] << (64 - shift);
}

static inline uint64_t til_bases_get1(const uint64_t *bases, uint64_t at)
{
    return bases[at >> 5] >> (2 * (at & 31)) & 3;
}

static inline uint64_t til_kmer_mask(unsigned k) { return k >= 32 ? ~0ULL : (1ULL << 2 * k) - 1; }

/* The reverse complement of a k-mer. */
static inline uint64_t til_kmer_reverse(uint64_t kmer, unsigned k)
{
    return til_bases_reverse(kmer ^ TIL_BASES_COMPLEMENT) >> (64 - 2 * k);
}

/* A k-mer of one base only, as in poly-A tails. It is never a seed. */
static inline int til_kmer_is_run(uint64_t kmer, uint64_t mask)
{
    return ((kmer ^ kmer >> 2) & (mask >> 2)) == 0;
}

/* Murmur-like mixing; its value orders k-mers within a window, so all bits must be good. */
static inline uint64_t til_kmer_hash(uint64_t canonical)
{
    uint64_t x = canonical * 0x9E3779B97F4A7C15ULL;
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93ULL;
    return x ^ x >> 32;
}

/* Mismatching bases of two words: one bit (the low one) per base. */
static inline uint64_t til_bases_differ(uint64_t a, uint64_t b)
{
    uint64_t x = a ^ b;
    return (x | x >> 1) & 0x5555555555555555ULL;
}

#endif
