/* rescue.h -- the mate that no seed placed, searched near the other one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_RESCUE_H
#define TIL_QUANT_RESCUE_H

#include "quant/candidates.h"

enum { TIL_RESCUE_REGIONS = 128, TIL_RESCUE_FINDS = 24 };

/* What was found around the first mate in one stretch of sequence: for fragments of growing length
 * each one that fits better than all shorter ones. */
typedef struct {
    uint64_t at; /* T position of the fragment's known end        */
    int over;    /* bases of the known mate beyond the target     */
    int room;    /* longest fragment looked at, less `over`       */
    int n;
    struct {
        int fragment, cost;
    } found[TIL_RESCUE_FINDS];
} til_region_t;

/* One fragment's search over all its candidates. */
typedef struct {
    const til_index_t *index;
    const til_fraglen_t *lengths; /* NULL while they are learnt              */
    const til_mate_t *mates;
    int lost;    /* the mate that is searched               */
    int longest; /* fragment                                */
    int n;
    bool full; /* more kinds of neighbourhood than are looked at: the rest was not */
    til_region_t regions[TIL_RESCUE_REGIONS];
} til_rescue_t;

/* Begins the search of mate `lost`. */
void til_rescue_begin(til_rescue_t *rescue, const til_index_t *index, const til_fraglen_t *lengths,
                      const til_mate_t *mates, int lost);

/* Turns the candidate, which has only the other mate, into a pair (to be scored) where the lost one
 * fits; false when it does not. */
bool til_rescue_mate(til_rescue_t *rescue, til_seed_candidate_t *candidate);

#endif
