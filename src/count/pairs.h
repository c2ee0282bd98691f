/* pairs.h -- reads that wait for their mates.
 *
 * Mates are known by name, both places and the hit index, as featureCounts knows them; the file
 * may be in any order. Of several that match the one that came first is taken.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_PAIRS_H
#define TIL_COUNT_PAIRS_H

#include "count/read.h"

typedef struct til_pairs_table til_pairs_table_t;

til_pairs_table_t *til_pairs_new(void);
void til_pairs_free(til_pairs_table_t *table);

/* True when two records are the two ends of one alignment of a fragment. */
bool til_pairs_match(const til_read_t *a, const til_read_t *b);

/* Asks for the memory that til_pairs_take will want for `read`. */
void til_pairs_prefetch(const til_pairs_table_t *table, const til_read_t *read);

/* Takes the mate of `read` out of the table into *mate; false when none waits. */
bool til_pairs_take(til_pairs_table_t *table, const til_read_t *read, til_read_t *mate);

/* Lets `read` wait; the table takes what it owns. */
TIL_MUST_USE
til_status_t til_pairs_wait(til_ctx_t *ctx, til_pairs_table_t *table, const til_read_t *read);

size_t til_pairs_count(const til_pairs_table_t *table);

/* Takes out some read whose mate cannot come any more: in a file sorted by coordinate, one whose
 * mate's contig lies before `contig`. INT32_MAX takes any. False when there is none (left). *cursor
 * begins at 0 and is kept between calls of one sweep. */
bool til_pairs_sweep(til_pairs_table_t *table, int32_t contig, size_t *cursor,
                     til_read_t *read);

#endif
