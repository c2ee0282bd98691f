/* saf.h -- lines of featureCounts' SAF: GeneID, Chr, Start, End, Strand, parted by tabs. The reader
 * of whole files is til_gtf_read, which tells a SAF by its first line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_SAF_H
#define TIL_IO_SAF_H

#include <stdbool.h>
#include <tilseq/annot.h>

/* A feature; gene and contig borrow from the line. */
typedef struct {
    const char *gene, *contig;
    size_t n_gene, n_contig;
    uint32_t start, end; /* 0-based, half open */
    unsigned strand;     /* TIL_STRAND_...     */
} til_saf_feature_t;

/* True for a header, and for five columns or more with numbers in 3 and 4 and a strand in 5. */
bool til_saf_is_line(const char *line, const char *end);

/* Takes line[0..end) apart. A header, in any case of letters, may stand anywhere (files that were put
 * together); then *is_header is true and the feature is empty. TIL_EINPUT naming path and line. */
TIL_MUST_USE
til_status_t til_saf_line(til_ctx_t *ctx, const char *path, size_t line_no, const char *line,
                          const char *end, til_saf_feature_t *feature, bool *is_header);

#endif
