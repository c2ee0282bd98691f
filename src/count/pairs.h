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

/* n_lists: as many as the header has contigs, when reads will be taken out by the contig of their
 * mates; 1 for one list of all; 0 for none. */
til_pairs_table_t *til_pairs_new(size_t n_lists);
void til_pairs_free(til_pairs_table_t *table);

/* True when two records are the two ends of one alignment of a fragment. */
bool til_pairs_match(const til_read_t *a, const til_read_t *b);

/* Ask for the memory that til_pairs_take will want for `read`: the second when what the first asked
 * for has come. */
void til_pairs_prefetch(const til_pairs_table_t *table, const til_read_t *read);
void til_pairs_prefetch_mate(const til_pairs_table_t *table, const til_read_t *read);

/* A copy of `read` with a place in the table's memory, which takes what the read owns; nobody finds
 * it there until til_pairs_wait. */
TIL_MUST_USE
til_status_t til_pairs_keep(til_ctx_t *ctx, til_pairs_table_t *table, til_read_t *read,
                            uint32_t *place);

/* The read at a place; valid until the next til_pairs_keep. */
til_read_t *til_pairs_read(const til_pairs_table_t *table, uint32_t place);

/* Frees a place, and where it `owns` any, the memory of its read. */
void til_pairs_return(til_pairs_table_t *table, uint32_t place, bool owns);

/* Lets the read at a place wait for its mate. */
TIL_MUST_USE
til_status_t til_pairs_wait(til_ctx_t *ctx, til_pairs_table_t *table, uint32_t place);

/* The place of the mate of `read`, which waits no longer; false when none waits. */
bool til_pairs_take(til_pairs_table_t *table, const til_read_t *read, uint32_t *place);

/* True while any read waits. */
bool til_pairs_any(const til_pairs_table_t *table);

/* Takes out some read of a list. False when it is empty. */
bool til_pairs_pop_list(til_pairs_table_t *table, size_t list, uint32_t *place);

/* Takes out any read. *cursor begins at 0 and is kept between calls, among which nothing is added.
 * False when none is left. */
bool til_pairs_pop(til_pairs_table_t *table, size_t *cursor, uint32_t *place);

#endif
