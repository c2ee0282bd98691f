/* quality.h -- what the same pass tells about the library. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_QUALITY_H
#define TIL_COUNT_QUALITY_H

#include "count/fates.h"
#include "count/overlap.h"

typedef struct {
    til_quality_t sums;
} til_quality_worker_t;

static inline void til_quality_see(til_quality_worker_t *w, const til_fragment_t *f,
                                   const int32_t contigs[2], uint32_t n_hits, uint32_t code)
{
    (void)w; (void)f; (void)contigs; (void)n_hits; (void)code;
}

#endif
