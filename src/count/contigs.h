/* contigs.h -- the contigs of an alignment file found in the annotation. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_COUNT_CONTIGS_H
#define TIL_COUNT_CONTIGS_H

#include <tilseq/count.h>

#include "io/reads/bam.h"

/* For each contig of the header its index in the annotation, or -1: by name, by the aliases of the
 * options, else by the name without its dress (chr1 = 1, chrM = MT, chrUn_KI270302v1 =
 * KI270302.1), unless another contig of the header is that by its name. A notice says when names had
 * to be undressed, a warning when one stays apart, or genes lie beyond the end of a contig.
 *
 *   map   header->n_contigs
 *
 * TIL_EINPUT with examples of both sides when no contig is shared. */
TIL_MUST_USE
til_status_t til_contigs_match(til_ctx_t *ctx, const til_annot_t *annot, const til_overlap_t *index,
                               const til_count_options_t *options, const char *path,
                               const til_bam_header_t *header, int32_t *map);

#endif
