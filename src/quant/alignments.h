/* alignments.h -- fragments that another program has aligned to the transcripts. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_QUANT_ALIGNMENTS_H
#define TIL_QUANT_ALIGNMENTS_H

#include "quant/candidates.h"

typedef struct til_alignments til_alignments_t;

/* One fragment of a BAM file: all records of one name. */
typedef struct {
    size_t first, n; /* its candidates in the pool               */
    int n_mates;
    int length[2]; /* bases of each mate; 0 when it has no record */
} til_aligned_t;

/* Opens BAM, SAM or CRAM whose records are grouped by name and whose contigs are transcripts of the
 * index. TIL_EINPUT naming contigs that are not among them or differ in length, and for files
 * sorted by coordinate. */
TIL_MUST_USE
til_status_t til_alignments_open(til_ctx_t *ctx, const char *path, const til_index_t *index,
                                 til_alignments_t **out);
void til_alignments_close(til_alignments_t *alignments);

/* Appends the next fragment's candidates, scored, to the pool; *more is 0 at the end. */
TIL_MUST_USE
til_status_t til_alignments_next(til_ctx_t *ctx, til_alignments_t *alignments, til_pool_t *pool,
                                 til_aligned_t *fragment, int *more);

uint64_t til_alignments_n_read(const til_alignments_t *alignments);

#endif
