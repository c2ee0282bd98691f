/* names_seen.h -- a bounded sample of read names, to notice one that comes back. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_NAMES_SEEN_H
#define TIL_COUNT_NAMES_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

/* Start with zeros; names are hashes, all different ones for different names. The first names are
 * all kept; when there are too many, those whose hash ends in one more zero. */
typedef struct {
    uint64_t *slots; /* 0: free */
    size_t n;
    unsigned shift;
} til_names_seen_t;

/* Notes a name; *before is true when it was noted before and is in the sample. */
TIL_MUST_USE
til_status_t til_names_seen_note(til_ctx_t *ctx, til_names_seen_t *seen, uint64_t name,
                                 bool *before);
void til_names_seen_clear(til_names_seen_t *seen);

#endif
