/* pack.c -- letters to two bits, eight at a time.
 *
 * Bits 1 and 2 of a letter are its code (kmer.h). Four such pairs in a 32-bit half are brought
 * together by one multiplication: byte i is shifted by 24 - 6 i, so that its two bits land at 24 +
 * 2 i, and no other product reaches bits 24 to 31.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "quant/pack.h"

static const uint64_t GATHER = 1ULL << 24 | 1ULL << 18 | 1ULL << 12 | 1ULL << 6;

/* Codes of eight letters in 16 bits. */
static uint64_t gather8(uint64_t letters)
{
    uint64_t z = (letters >> 1 & 0x0303030303030303ULL);
    uint64_t low = (z & 0xFFFFFFFFULL) * GATHER, high = (z >> 32) * GATHER;
    return (low >> 24 & 0xFF) | (high >> 24 & 0xFF) << 8;
}

static bool is_known(char letter)
{
    static const char upper[] = "ACGTU";
    return letter != 0 && memchr(upper, letter & ~0x20, 5) != NULL;
}

/* Non-zero when one of eight letters is not ACGTU in either case. A letter is told apart by its
 * bits 1 and 2, which single out one of A, C, T/U, G; the others must then be as in that letter. */
static uint64_t has_unknown8(uint64_t x)
{
    const uint64_t ones = 0x0101010101010101ULL;
    uint64_t low = x >> 1 & ones, high = x >> 2 & ones;
    /* A 0x41, C 0x43, G 0x47, T 0x54 (U 0x55 is left to the slow path), without case. */
    uint64_t t = high & ~low;
    uint64_t want = 0x4040404040404040ULL | (ones & ~t) | low << 1 | high << 2 | t << 4;
    return ((x & 0xDFDFDFDFDFDFDFDFULL) ^ want);
}

/* Packs forwards; true when some letter is not a base. */
static bool pack_forward(const char *letters, size_t n, uint64_t *words)
{
    uint64_t odd = 0;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t x;
        memcpy(&x, letters + i, 8);
        odd |= has_unknown8(x);
        words[i >> 5] |= gather8(x) << 2 * (i & 31);
    }
    for (; i < n; i++) {
        if (!is_known(letters[i])) odd = 1;
        words[i >> 5] |= til_base_code(letters[i]) << 2 * (i & 31);
    }
    return odd != 0;
}

/* The n bases (or 01 marks, with flip 0) of `from` in the reverse order, xored with `flip`. */
static void reverse_words(const uint64_t *from, size_t n, uint64_t flip, uint64_t *to)
{
    size_t n_words = (n + 31) / 32;
    unsigned spare = (unsigned)(n_words * 64 - 2 * n);
    uint64_t before = 0;

    if (n_words == 0) return;
    for (size_t j = 0; j <= n_words; j++) {
        uint64_t word = j < n_words ? til_bases_reverse(from[n_words - 1 - j]) ^ flip : 0;
        if (j > 0) to[j - 1] = spare == 0 ? before : before >> spare | word << (64 - spare);
        before = word;
    }
    if (2 * n & 63) to[n_words - 1] &= (1ULL << (2 * n & 63)) - 1;
}

/* The 01 marks of letters that are bases. */
static bool mark_known(const char *letters, size_t n, uint64_t *words)
{
    bool all = true;

    for (size_t i = 0; i < n; i++) {
        bool known = is_known(letters[i]);
        all = all && known;
        words[i >> 5] |= (uint64_t)known << 2 * (i & 31);
    }
    return all;
}

void til_read_pack(const char *letters, size_t length, uint64_t *memory, til_packed_t *out)
{
    size_t n = length > TIL_READ_MAX ? TIL_READ_MAX : length, step = n / 32 + 2;
    uint64_t *forward = memory, *reverse = memory + step;

    memset(memory, 0, 2 * step * sizeof *memory);
    *out = (til_packed_t){ .words = { forward, reverse }, .length = (int)n };
    bool odd = pack_forward(letters, n, forward);
    reverse_words(forward, n, TIL_BASES_COMPLEMENT, reverse);
    if (!odd) return;

    uint64_t *known = memory + 2 * step;
    memset(known, 0, 2 * step * sizeof *known);
    if (mark_known(letters, n, known)) return;
    reverse_words(known, n, 0, known + step);
    out->known[0] = known;
    out->known[1] = known + step;
}
