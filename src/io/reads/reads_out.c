/* reads_out.c -- FASTQ.gz and BAM out.
 *
 * BAM and BGZF as in the SAM specification (hts-specs, sections 4.1 and 4.2). Only what a simulator
 * needs: one contig, CIGAR of M and N, the tag NH:C:1.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/reads/inflate.h"
#include "io/reads/reads_out.h"

enum { BLOCK_BYTES = 65280 }; /* what bgzip puts in a block: always fits in 64 KiB deflated */

struct til_bgzf_out {
    til_out_t *out;
    til_deflater_t *deflater;
    size_t used;
    int failed;
    uint8_t block[BLOCK_BYTES], packed[TIL_BGZF_MOST];
};

til_status_t til_bgzf_out_new(til_ctx_t *ctx, til_out_t *out, til_bgzf_out_t **stream)
{
    til_bgzf_out_t *s = calloc(1, sizeof *s);

    *stream = NULL;
    if (s != NULL) s->deflater = til_deflater_new();
    if (s == NULL || s->deflater == NULL) {
        free(s);
        return til_fail(ctx, TIL_ENOMEM, "out of memory for compressing");
    }
    s->out = out;
    *stream = s;
    return TIL_OK;
}

static void flush(til_bgzf_out_t *s)
{
    size_t n = til_bgzf_block(s->deflater, s->block, s->used, s->packed);
    if (n == 0) s->failed = 1;
    til_out_write(s->out, s->packed, n);
    s->used = 0;
}

void til_bgzf_out_write(til_bgzf_out_t *s, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    while (n > 0) {
        size_t take = BLOCK_BYTES - s->used < n ? BLOCK_BYTES - s->used : n;
        memcpy(s->block + s->used, p, take);
        s->used += take;
        p += take;
        n -= take;
        if (s->used == BLOCK_BYTES) flush(s);
    }
}

void til_bgzf_out_free(til_bgzf_out_t *s)
{
    if (s == NULL) return;
    til_deflater_free(s->deflater);
    free(s);
}

til_status_t til_bgzf_out_finish(til_ctx_t *ctx, til_bgzf_out_t *s)
{
    static const uint8_t end_mark[28] = { 0x1f, 0x8b, 8,    4,    0, 0, 0,    0, 0, 0xff,
                                          6,    0,    0x42, 0x43, 2, 0, 0x1b, 0, 3 };
    int failed;

    if (s->used > 0) flush(s);
    til_out_write(s->out, end_mark, sizeof end_mark);
    failed = s->failed;
    til_bgzf_out_free(s);
    return failed ? til_fail(ctx, TIL_EINTERNAL, "a block could not be compressed") : TIL_OK;
}

void til_fastq_write(til_bgzf_out_t *s, const char *name, int mate, const char *bases)
{
    char quality[1024], head[300];
    size_t n = strlen(bases);
    int length = snprintf(head, sizeof head, "@%.250s/%d\n", name, mate);

    if (n >= sizeof quality - 1) n = sizeof quality - 2;
    memset(quality, 'F', n);
    quality[n] = '\n';
    til_bgzf_out_write(s, head, (size_t)length);
    til_bgzf_out_write(s, bases, n);
    til_bgzf_out_write(s, "\n+\n", 3);
    til_bgzf_out_write(s, quality, n + 1);
}

static void put32(til_bgzf_out_t *s, uint32_t v)
{
    uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };
    til_bgzf_out_write(s, b, 4);
}

void til_bam_write_header(til_bgzf_out_t *s, const char *contig, size_t length)
{
    char text[512];
    int n = snprintf(text, sizeof text, "@HD\tVN:1.6\tSO:unsorted\n@SQ\tSN:%.200s\tLN:%zu\n",
                     contig, length);

    til_bgzf_out_write(s, "BAM\1", 4);
    put32(s, (uint32_t)n);
    til_bgzf_out_write(s, text, (size_t)n);
    put32(s, 1);
    put32(s, (uint32_t)strlen(contig) + 1);
    til_bgzf_out_write(s, contig, strlen(contig) + 1);
    put32(s, (uint32_t)length);
}

/* The smallest bin that holds [begin, end). SAM specification, section 5.3. */
static uint32_t bin_of(size_t begin, size_t end)
{
    end--;
    for (unsigned shift = 14, offset = 4681; shift <= 26; shift += 3, offset = (offset - 1) / 8)
        if (begin >> shift == end >> shift) return (uint32_t)(offset + (begin >> shift));
    return 0;
}

void til_bam_write(til_bgzf_out_t *s, const til_alignment_out_t *r)
{
    static const uint8_t code[256] = { ['A'] = 1, ['C'] = 2, ['G'] = 4, ['T'] = 8 };
    static const uint8_t nh[4] = { 'N', 'H', 'C', 1 };
    size_t n_name = strlen(r->name) + 1, n_bases = strlen(r->bases), n_cigar = 2 * r->n_blocks - 1;
    size_t size = 32 + n_name + 4 * n_cigar + (n_bases + 1) / 2 + n_bases + sizeof nh;

    put32(s, (uint32_t)size);
    put32(s, 0); /* contig       */
    put32(s, (uint32_t)r->start[0]);
    put32(s, (uint32_t)n_name | 60u << 8 | bin_of(r->start[0], r->end[r->n_blocks - 1]) << 16);
    put32(s, (uint32_t)n_cigar | (uint32_t)r->flag << 16);
    put32(s, (uint32_t)n_bases);
    put32(s, 0); /* mate's contig */
    put32(s, (uint32_t)r->mate_start);
    put32(s, (uint32_t)(int32_t)r->template_length);
    til_bgzf_out_write(s, r->name, n_name);
    for (size_t b = 0; b < r->n_blocks; b++) {
        if (b > 0) put32(s, (uint32_t)(r->start[b] - r->end[b - 1]) << 4 | 3); /* N */
        put32(s, (uint32_t)(r->end[b] - r->start[b]) << 4);                    /* M */
    }
    for (size_t i = 0; i < n_bases; i += 2) {
        uint8_t low = i + 1 < n_bases ? code[(unsigned char)r->bases[i + 1]] : 0;
        uint8_t two = (uint8_t)(code[(unsigned char)r->bases[i]] << 4 | low);
        til_bgzf_out_write(s, &two, 1);
    }
    for (size_t i = 0; i < n_bases; i++) til_bgzf_out_write(s, "\x25", 1); /* 'F' - 33 */
    til_bgzf_out_write(s, nh, sizeof nh);
}
