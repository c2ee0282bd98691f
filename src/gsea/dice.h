/* dice.h -- random positions and fractions from a stream of til_rng_t, taken in blocks.
 *
 * The samplers here use a few random words per gene; drawing them one call at a time would cost as
 * much as all the rest. What a dice gives depends on its stream alone.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_DICE_H
#define TIL_GSEA_DICE_H

#include <stdbool.h>

#include "base/rng.h"

enum { TIL_DICE_WORDS = 64 };

typedef struct {
    til_rng_t rng;
    uint32_t word[TIL_DICE_WORDS];
    int next;      /* unused words are word[next..]                          */
    uint32_t half; /* 16 bits left over from the last word split in two      */
    bool has_half;
} til_dice_t;

/* Starts on a stream. */
static inline void til_dice_set(til_dice_t *dice, til_rng_t rng)
{
    dice->rng = rng;
    dice->next = TIL_DICE_WORDS;
    dice->has_half = false;
}

static inline uint32_t til_dice_word(til_dice_t *dice)
{
    if (dice->next == TIL_DICE_WORDS) {
        til_rng_fill(&dice->rng, dice->word, TIL_DICE_WORDS);
        dice->next = 0;
    }
    return dice->word[dice->next++];
}

static inline uint32_t til_dice_half(til_dice_t *dice)
{
    if (dice->has_half) {
        dice->has_half = false;
        return dice->half;
    }
    uint32_t word = til_dice_word(dice);
    dice->half = word >> 16;
    dice->has_half = true;
    return word & 0xFFFF;
}

/* Uniform on (0, 1) in steps of 2^-32. */
static inline double til_dice_uniform(til_dice_t *dice)
{
    return ((double)til_dice_word(dice) + 0.5) * 0x1p-32;
}

/* A whole number in [0, n) without bias: multiply, reject the uneven low part; in 16 bits where n
 * is small enough for that to be rare. Source: Lemire (2019), ACM TOMACS 29:3. */
static inline uint32_t til_dice_below(til_dice_t *dice, uint32_t n)
{
    if (n <= 4096) {
        uint32_t product = til_dice_half(dice) * n;
        if ((product & 0xFFFF) < n) {
            uint32_t reject = (0x10000 - n) % n;
            while ((product & 0xFFFF) < reject) product = til_dice_half(dice) * n;
        }
        return product >> 16;
    }
    uint64_t product = (uint64_t)til_dice_word(dice) * n;
    if ((uint32_t)product < n) {
        uint32_t reject = (0u - n) % n;
        while ((uint32_t)product < reject) product = (uint64_t)til_dice_word(dice) * n;
    }
    return (uint32_t)(product >> 32);
}

#endif
