/* pack.h -- a read in two bits per base, as written and reverse-complemented. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_PACK_H
#define TIL_QUANT_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quant/kmer.h"

enum { TIL_READ_MAX = 1024 }; /* longer reads are cut to this for mapping */

/* words[0] as written, words[1] reverse-complemented. known[] holds 01 for every base that is one
 * of ACGTU and 00 for the others, in the same layouts; NULL when all are. */
typedef struct {
    const uint64_t *words[2];
    const uint64_t *known[2];
    int length;
} til_packed_t;

/* Words that til_read_pack may use for a read. */
static inline size_t til_read_words(size_t length)
{
    if (length > TIL_READ_MAX) length = TIL_READ_MAX;
    return 4 * (length / 32 + 2);
}

/* Packs `letters` into `memory` (til_read_words(length)), where `out` then points. */
void til_read_pack(const char *letters, size_t length, uint64_t *memory, til_packed_t *out);

#endif
