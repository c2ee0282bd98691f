/* bam.h -- alignment records from BAM, SAM (plain, gzip, BGZF) and CRAM, batch by batch.
 *
 * Whatever the format, a batch is a run of BAM records as they stand in a file: block_size, the
 * fixed fields, name, CIGAR, sequence, qualities, tags. BAM and SAM are read by own code, decoded
 * in place; CRAM goes through htslib (this file is its only door), without its bases, so that no
 * reference is needed, and never over the network.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_IO_BAM_H
#define TIL_IO_BAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/context.h>

#include "base/parallel.h"

typedef struct til_bam til_bam_t;

typedef struct {
    const char *reference; /* FASTA a CRAM was written against, or NULL: only looked at */
    bool allow_no_eof;     /* a missing end mark is a warning, not an error            */
    bool allow_cram;       /* CRAM also by an htslib whose reader has known holes      */
} til_bam_options_t;

typedef struct {
    size_t n_contigs;
    const char *const *contigs; /* names, in file order      */
    const int64_t *lengths;
    bool by_coordinate; /* the header says so (@HD SO:coordinate)              */
    bool by_name;       /* records of a name together (SO:queryname, GO:query) */
} til_bam_header_t;

typedef struct {
    const uint8_t *bytes;
    const uint32_t *at; /* record i begins at bytes + at[i] and lies wholly inside */
    size_t n;
    uint64_t first; /* number of record 0 in the file, from 1                   */
} til_bam_batch_t;

/* Opens `path` ("-" is standard input) and reads its header. TIL_EIO when it cannot be read;
 * TIL_EINPUT when it is empty, truncated, damaged or of another format (FASTQ is named). */
TIL_MUST_USE
til_status_t til_bam_open(til_ctx_t *ctx, const char *path, const til_bam_options_t *options,
                          til_bam_t **out);
void til_bam_close(til_bam_t *bam);

const til_bam_header_t *til_bam_header(const til_bam_t *bam);

/* True for a file that can be opened again from its begin; false for pipes and standard input. */
bool til_bam_is_file(const til_bam_t *bam);

/* TIL_EINPUT when a BGZF file does not end in its end mark (a warning where that is allowed), without
 * reading what is before. For files. */
TIL_MUST_USE
til_status_t til_bam_check_end(til_ctx_t *ctx, til_bam_t *bam);

/* The next records; batch->n is 0 at the end and only there. They are valid until the next call.
 * Inflates on ctx->n_threads threads. TIL_EINPUT naming the file and byte offset or record at the
 * first damage, and for a missing end mark. */
TIL_MUST_USE
til_status_t til_bam_next(til_ctx_t *ctx, til_bam_t *bam, til_bam_batch_t *batch);

/* Calls meanwhile(ctx, arg, worker, 0, 1) once while other threads inflate what til_bam_next will
 * need (see til_stream_ahead). The batch stays valid. */
TIL_MUST_USE
til_status_t til_bam_ahead(til_ctx_t *ctx, til_bam_t *bam, til_range_fn *meanwhile, void *arg);

/* One record taken apart; pointers borrow from it. */
typedef struct {
    int32_t contig, pos, mate_contig, mate_pos, tlen;
    uint32_t l_seq, n_cigar;
    uint16_t flag;
    uint8_t mapq;
    const char *name; /* NUL-terminated */
    size_t name_length;
    const uint8_t *cigar; /* n_cigar little-endian words: length << 4 | operation */
    const uint8_t *tags, *end;
} til_bam_record_t;

static inline uint32_t til_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Takes a record of a batch apart. False when its parts do not fit into it or its name has no
 * end; nothing outside the record is read. */
static inline bool til_bam_record(const uint8_t *p, til_bam_record_t *r)
{
    size_t size = til_le32(p) + (size_t)4;
    r->contig = (int32_t)til_le32(p + 4);
    r->pos = (int32_t)til_le32(p + 8);
    size_t name_bytes = p[12];
    r->mapq = p[13];
    r->n_cigar = (uint32_t)p[16] | (uint32_t)p[17] << 8;
    r->flag = (uint16_t)(p[18] | p[19] << 8);
    r->l_seq = til_le32(p + 20);
    r->mate_contig = (int32_t)til_le32(p + 24);
    r->mate_pos = (int32_t)til_le32(p + 28);
    r->tlen = (int32_t)til_le32(p + 32);
    size_t tags = 36 + name_bytes + (size_t)4 * r->n_cigar + ((size_t)r->l_seq + 1) / 2 + r->l_seq;
    if (name_bytes == 0 || r->l_seq > INT32_MAX || tags > size) return false;
    if (p[36 + name_bytes - 1] != 0) return false;
    r->name = (const char *)p + 36;
    r->name_length = name_bytes - 1;
    r->cigar = p + 36 + name_bytes;
    r->tags = p + tags;
    r->end = p + size;
    return true;
}

/* Sees to it that no CRAM makes htslib ask the network for a reference. Opening a CRAM does so too;
 * whoever opens several files at a time calls this before, while there is one thread. */
void til_bam_stay_offline(void);

/* Version text of htslib, for --version. */
const char *til_bam_versions(void);

/* True for a version of htslib whose CRAM reader is sound as far as is known: CVE-2026-31962 to 31971
 * are mended in 1.21.1, 1.22.2 and 1.23.1. */
bool til_bam_cram_is_sound(const char *version);

#endif
