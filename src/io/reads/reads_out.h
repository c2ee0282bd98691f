/* reads_out.h -- FASTQ.gz and BAM as the simulator writes them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_READS_OUT_H
#define TIL_IO_READS_OUT_H

#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

#include "base/outfile.h"

/* A compressed stream onto an open file: bytes gathered into blocks of under 64 KiB, each a BGZF
 * block, which gzip and BAM readers both take. */
typedef struct til_bgzf_out til_bgzf_out_t;

TIL_MUST_USE
til_status_t til_bgzf_out_new(til_ctx_t *ctx, til_out_t *out, til_bgzf_out_t **stream);
/* Failures are kept until the end. */
void til_bgzf_out_write(til_bgzf_out_t *stream, const void *bytes, size_t n);
/* Writes what is left and the end mark; frees the stream. The file stays open. */
TIL_MUST_USE
til_status_t til_bgzf_out_finish(til_ctx_t *ctx, til_bgzf_out_t *stream);
/* Frees without finishing; NULL is fine. */
void til_bgzf_out_free(til_bgzf_out_t *stream);

/* One read, qualities all 'F'. */
void til_fastq_write(til_bgzf_out_t *stream, const char *name, int mate, const char *bases);

/* The BAM header: one contig. */
void til_bam_write_header(til_bgzf_out_t *stream, const char *contig, size_t length);

/* One alignment on contig 0. `bases` as on the genome's forward strand. */
typedef struct {
    const char *name, *bases;
    unsigned flag;
    size_t n_blocks; /* aligned blocks on the genome, ascending, 0-based half-open */
    const size_t *start, *end;
    size_t mate_start;
    int64_t template_length;
} til_alignment_out_t;
void til_bam_write(til_bgzf_out_t *stream, const til_alignment_out_t *record);

#endif
