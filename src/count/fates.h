/* fates.h -- why an alignment is not counted, decided before anyone looks where it lies. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_FATES_H
#define TIL_COUNT_FATES_H

#include <tilseq/count.h>

#include "count/read.h"

/* One or both ends of one alignment. first is the end flagged as first of the pair; a read on its
 * own stands there too unless it is flagged as second and `paired`. */
typedef struct {
    const til_read_t *end[2]; /* NULL where the record is missing */
    bool paired;              /* counted as a fragment            */
} til_fragment_t;

/* TIL_FATE_ASSIGNED when it is to be voted on, else its fate. */
til_fate_t til_fate_of(const til_count_options_t *options, const til_fragment_t *fragment);

/* The same by htseq-count's rules; also counts what goes to its footer whatever follows. */
til_fate_t til_fate_of_htseq(const til_count_options_t *options, const til_fragment_t *fragment,
                             uint64_t *footer);

/* The largest NH of the ends. */
uint32_t til_fragment_hits(const til_fragment_t *fragment);

#endif
