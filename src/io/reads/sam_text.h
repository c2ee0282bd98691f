/* sam_text.h -- SAM lines: header lines and records, the latter turned into BAM records. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_SAM_TEXT_H
#define TIL_IO_SAM_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

#include "base/names.h"

/* Turns one record line (n bytes, without its end) into a BAM record: block_size and what follows
 * it.
 *
 * Only what alignment records are counted by is kept: name, flag, place, MAPQ, CIGAR, mate,
 * template length, NH and HI. SEQ is checked against the CIGAR and left out (l_seq is 0).
 *
 *   contigs            ids are those of the @SQ lines
 *   bytes, capacity    grown as needed (base/alloc.h), written from `at` on
 *   *size              bytes written
 *
 * TIL_EINPUT "<path>:<line>: ..." for fewer than 11 fields, a field that is malformed, a
 * reference the header lacks, and a CIGAR that is longer or shorter than the sequence. */
TIL_MUST_USE
til_status_t til_sam_record(til_ctx_t *ctx, const char *path, size_t line_no, const char *line,
                            size_t n, const til_names_t *contigs, uint8_t **bytes, size_t *capacity,
                            size_t at, size_t *size);

/* Writes what stands before the operations of a CIGAR that has more than a record can count: two that
 * stand in for them and the head of the tag CG. Returns where the operations go, TIL_LONG_CIGAR_BYTES
 * behind `to`. The record has 2 operations then. */
enum { TIL_LONG_CIGAR_BYTES = 16 };
uint8_t *til_sam_put_long_cigar(uint8_t *to, uint64_t query, uint64_t n_ops);

#endif
