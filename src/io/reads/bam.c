/* bam.c -- alignment records in batches; the door to htslib.
 *
 * Three readers behind one surface: BAM records are found by a walk over their block_size
 * fields, SAM lines are turned into BAM records, CRAM records come from htslib. Every length is
 * checked against what is there before it is used.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <htslib/cram.h>
#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/sam.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/number.h"
#include "base/try.h"
#include "io/reads/bam.h"
#include "io/reads/bgzf.h"
#include "io/reads/sam_text.h"

enum {
    BATCH = 1 << 20,       /* bytes of records a thread works on at a time            */
    BATCH_ALONE = 1 << 18, /* for one thread: what it inflates is still in its cache  */
    BATCH_MAX = 16 << 20,
    FIXED = 32,            /* bytes of a record after block_size up to its name  */
    RECORD_MAX = 64 << 20, /* no aligner writes a longer record                  */
    CONTIG_NAME_MAX = 1 << 16,
    LINE_MAX_BYTES = 64 << 20
};

typedef enum { FORMAT_BAM, FORMAT_SAM, FORMAT_CRAM } format_t;

/* The records of a run of blocks, walked by the thread that inflated them, if one begins where the
 * run does: writers mostly do not cut records at the ends of blocks. */
typedef struct {
    size_t begin, end; /* of the run; behind its last whole record */
    uint32_t *at;
    size_t n, capacity;
} run_t;

struct til_bam {
    char *path;
    format_t format;
    bool allow_no_eof, end_checked, is_file;
    til_stream_t *stream; /* BAM and SAM */
    size_t taken;         /* bytes of the stream the last batch used */
    hFILE *cram_bytes;    /* owned by `cram` once that is open */
    samFile *cram;
    bool cram_has_end; /* the version writes end marks */
    sam_hdr_t *cram_header;
    bam1_t *cram_record;
    FILE *spool; /* a copy of standard input, for CRAM */
    til_names_t *names;
    int64_t *lengths;
    size_t length_capacity;
    const char **list;
    til_bam_header_t header;
    uint32_t *at;
    size_t at_capacity;
    run_t *runs; /* of the bytes inflated ahead; the first n_runs */
    size_t n_runs, run_capacity;
    uint8_t *records; /* SAM and CRAM: the batch itself */
    size_t record_capacity;
    uint64_t n_records; /* handed out so far */
    size_t line;        /* SAM: lines read so far */
};

/* ----------------------------------------------------------------- contigs */

static til_status_t add_contig(til_ctx_t *ctx, til_bam_t *bam, const char *name, size_t n,
                               int64_t length)
{
    int is_new;
    ptrdiff_t id = til_names_add_n(bam->names, name, n, &is_new);
    if (id < 0) return til_no_memory(ctx, n, "bytes");
    if (!is_new)
        return til_fail(ctx, TIL_EINPUT, "%s: the header has contig '%.*s' twice", bam->path,
                        (int)(n > 80 ? 80 : n), name);
    til_status_t status = til_grow(ctx, &bam->lengths, &bam->length_capacity, (size_t)id + 1,
                                   sizeof *bam->lengths);
    if (status == TIL_OK) bam->lengths[id] = length;
    return status;
}

static til_status_t finish_header(til_ctx_t *ctx, til_bam_t *bam)
{
    size_t n = til_names_count(bam->names);
    bam->list = til_array(n, sizeof *bam->list);
    if (bam->list == NULL) return til_no_memory(ctx, n, "contigs");
    for (size_t i = 0; i < n; i++) bam->list[i] = til_names_get(bam->names, i);
    bam->header.n_contigs = n;
    bam->header.contigs = bam->list;
    bam->header.lengths = bam->lengths;
    return TIL_OK;
}

static bool holds(const char *text, size_t n, const char *wanted)
{
    size_t k = strlen(wanted);
    for (size_t i = 0; i + k <= n; i++)
        if (memcmp(text + i, wanted, k) == 0) return true;
    return false;
}

/* What an @HD line, if the text begins with one, says of the order of the records. */
static void read_order(til_bam_header_t *header, const char *text, size_t n)
{
    if (n < 3 || memcmp(text, "@HD", 3) != 0) return;
    const char *newline = memchr(text, '\n', n);
    if (newline != NULL) n = (size_t)(newline - text);
    header->by_coordinate = holds(text, n, "\tSO:coordinate");
    header->by_name = !header->by_coordinate &&
                      (holds(text, n, "\tSO:queryname") || holds(text, n, "\tGO:query"));
}

/* --------------------------------------------------------------------- BAM */

static size_t batch_bytes(const til_ctx_t *ctx)
{
    if (ctx->n_threads == 1) return BATCH_ALONE;
    size_t bytes = (size_t)BATCH * (size_t)ctx->n_threads;
    return bytes > BATCH_MAX ? BATCH_MAX : bytes;
}

/* Sees to it that n bytes of the stream are there; TIL_EINPUT with `what` cut when they are not. */
static til_status_t need(til_ctx_t *ctx, til_bam_t *bam, size_t n, const char *what,
                         const uint8_t **bytes)
{
    size_t have;
    *bytes = til_stream_bytes(bam->stream, &have);
    while (have < n && !til_stream_ended(bam->stream)) {
        til_status_t status = til_stream_more(ctx, bam->stream, BATCH);
        if (status != TIL_OK) return status;
        *bytes = til_stream_bytes(bam->stream, &have);
    }
    if (have < n)
        return til_fail(ctx, TIL_EINPUT, "%s: truncated: the file ends inside %s", bam->path, what);
    return TIL_OK;
}

static til_status_t read_bam_header(til_ctx_t *ctx, til_bam_t *bam)
{
    til_status_t status = TIL_OK;
    const uint8_t *p;
    size_t have;

    TIL_TRY(need(ctx, bam, 8, "its header", &p));
    uint32_t text = til_le32(p + 4);
    if (text > INT32_MAX)
        return til_fail(ctx, TIL_EINPUT, "%s: a header text of negative length", bam->path);
    til_stream_consume(bam->stream, 8);
    for (bool first = true; text > 0; first = false) {
        TIL_TRY(need(ctx, bam, 1, "the text of its header", &p));
        p = til_stream_bytes(bam->stream, &have);
        if (have > text) have = text;
        if (first) read_order(&bam->header, (const char *)p, have);
        til_stream_consume(bam->stream, have);
        text -= (uint32_t)have;
    }
    TIL_TRY(need(ctx, bam, 4, "its header", &p));
    uint32_t n = til_le32(p);
    if (n > INT32_MAX)
        return til_fail(ctx, TIL_EINPUT, "%s: a header with a negative number of contigs",
                        bam->path);
    til_stream_consume(bam->stream, 4);
    for (uint32_t i = 0; i < n; i++) {
        TIL_TRY(need(ctx, bam, 4, "the contigs of its header", &p));
        uint32_t name = til_le32(p);
        if (name == 0 || name > CONTIG_NAME_MAX)
            return til_fail(ctx, TIL_EINPUT, "%s: contig %u of the header has a name of %u bytes",
                            bam->path, i + 1, name);
        TIL_TRY(need(ctx, bam, 8 + (size_t)name, "the contigs of its header", &p));
        if (p[4 + name - 1] != 0)
            return til_fail(ctx, TIL_EINPUT, "%s: the name of contig %u of the header has no end",
                            bam->path, i + 1);
        uint32_t length = til_le32(p + 4 + name);
        TIL_TRY(add_contig(ctx, bam, (const char *)p + 4, strlen((const char *)p + 4), length));
        til_stream_consume(bam->stream, 8 + (size_t)name);
    }
done:
    return status;
}

static til_status_t no_end_mark(til_ctx_t *ctx, til_bam_t *bam)
{
    bam->end_checked = true;
    if (!bam->allow_no_eof)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: the end mark is absent: the file may be truncated; "
                        "copy it again, or --allow-no-eof",
                        bam->path);
    til_say(ctx, TIL_LOG_WARNING,
            "%s: the end mark is absent: the file may be truncated (--allow-no-eof)", bam->path);
    return TIL_OK;
}

static til_status_t check_end(til_ctx_t *ctx, til_bam_t *bam)
{
    if (bam->end_checked || !til_stream_is_bgzf(bam->stream) ||
        til_stream_has_end_mark(bam->stream))
        return TIL_OK;
    return no_end_mark(ctx, bam);
}

til_status_t til_bam_check_end(til_ctx_t *ctx, til_bam_t *bam)
{
    /* the empty block that ends a file */
    static const uint8_t mark[] = { 31, 139, 8,  4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67,
                                    2,  0,   27, 0, 3, 0, 0, 0, 0, 0,   0, 0, 0,  0 };
    uint8_t tail[sizeof mark];
    if (bam->format == FORMAT_CRAM || !bam->is_file || !til_stream_is_bgzf(bam->stream))
        return TIL_OK; /* of CRAM it was looked at */
    FILE *f = fopen(bam->path, "rb");
    if (f == NULL) return til_fail(ctx, TIL_EIO, "%s: %s", bam->path, strerror(errno));
    bool whole = fseek(f, -(long)sizeof mark, SEEK_END) == 0 &&
                 fread(tail, 1, sizeof tail, f) == sizeof tail &&
                 memcmp(tail, mark, sizeof mark) == 0;
    bool failed = ferror(f) != 0;
    fclose(f);
    if (failed) return til_fail(ctx, TIL_EIO, "%s: read failed", bam->path);
    return whole ? TIL_OK : no_end_mark(ctx, bam);
}

/* Notes where a record begins. */
static inline til_status_t add_place(til_ctx_t *ctx, uint32_t **places, size_t *n, size_t *capacity,
                                     size_t at)
{
    if (*n == *capacity) {
        til_status_t status = til_grow(ctx, places, capacity, *n + 1, sizeof **places);
        if (status != TIL_OK) return status;
    }
    (*places)[(*n)++] = (uint32_t)at;
    return TIL_OK;
}

static til_status_t begin_runs(til_ctx_t *ctx, void *arg, size_t n)
{
    til_bam_t *bam = arg;
    size_t had = bam->run_capacity;
    til_status_t status = til_grow(ctx, &bam->runs, &bam->run_capacity, n, sizeof *bam->runs);
    if (status != TIL_OK) return status;
    if (bam->run_capacity > had)
        memset(bam->runs + had, 0, (bam->run_capacity - had) * sizeof *bam->runs);
    bam->n_runs = n;
    return TIL_OK;
}

static til_status_t walk_run(til_ctx_t *ctx, void *arg, size_t i, const uint8_t *bytes, size_t from,
                             size_t to)
{
    const til_bam_t *bam = arg;
    run_t *run = &bam->runs[i];
    size_t at = from;
    run->n = 0;
    while (to - at >= 4) {
        uint32_t size = til_le32(bytes + at);
        if (size < FIXED || size > RECORD_MAX || size > to - at - 4) break;
        til_status_t status = add_place(ctx, &run->at, &run->n, &run->capacity, at);
        if (status != TIL_OK) return status;
        at += 4 + (size_t)size;
    }
    run->begin = from;
    run->end = at;
    return TIL_OK;
}

/* Takes over the records of the run that begins at *at, when there is one; *next is the first run
 * that was not looked at. */
static til_status_t take_run(til_ctx_t *ctx, til_bam_t *bam, til_bam_batch_t *batch, size_t *at,
                             size_t *next)
{
    while (*next < bam->n_runs && bam->runs[*next].begin < *at) ++*next;
    if (*next == bam->n_runs || bam->runs[*next].begin != *at) return TIL_OK;
    const run_t *run = &bam->runs[(*next)++];
    if (run->n == 0) return TIL_OK;
    til_status_t status = til_grow(ctx, &bam->at, &bam->at_capacity, batch->n + run->n,
                                   sizeof *bam->at);
    if (status != TIL_OK) return status;
    memcpy(bam->at + batch->n, run->at, run->n * sizeof *run->at);
    batch->n += run->n;
    *at = run->end;
    return TIL_OK;
}

/* Lists the whole records in p[0..n); *used is where the first cut one begins. */
static til_status_t walk_records(til_ctx_t *ctx, til_bam_t *bam, const uint8_t *p, size_t n,
                                 til_bam_batch_t *batch, size_t *used)
{
    size_t at = 0, next_run = 0;
    batch->n = 0;
    while (at + 4 <= n) {
        if (next_run < bam->n_runs) {
            size_t before = at;
            til_status_t status = take_run(ctx, bam, batch, &at, &next_run);
            if (status != TIL_OK) return status;
            if (at != before) continue;
        }
        uint32_t size = til_le32(p + at);
        if (size < FIXED || size > RECORD_MAX)
            return til_fail(
                ctx, TIL_EINPUT, "%s: record %llu: a size of %d bytes: damaged, or no BAM record",
                bam->path, (unsigned long long)(bam->n_records + batch->n + 1), (int)(int32_t)size);
        if (size > n - at - 4) break;
        til_status_t status = add_place(ctx, &bam->at, &batch->n, &bam->at_capacity, at);
        if (status != TIL_OK) return status;
        at += 4 + (size_t)size;
    }
    *used = at;
    bam->n_runs = 0;
    return TIL_OK;
}

static til_status_t next_bam(til_ctx_t *ctx, til_bam_t *bam, til_bam_batch_t *batch)
{
    til_status_t status = TIL_OK;
    size_t n, used = 0;

    til_stream_consume(bam->stream, bam->taken);
    bam->taken = 0;
    for (;;) {
        TIL_TRY(til_stream_more(ctx, bam->stream, batch_bytes(ctx)));
        batch->bytes = til_stream_bytes(bam->stream, &n);
        TIL_TRY(walk_records(ctx, bam, batch->bytes, n, batch, &used));
        if (batch->n > 0) break;
        if (!til_stream_ended(bam->stream)) continue;
        if (n > 0)
            return til_fail(ctx, TIL_EINPUT,
                            "%s: truncated: record %llu is cut after %zu bytes; "
                            "copy the file again (samtools quickcheck tells)",
                            bam->path, (unsigned long long)bam->n_records + 1, n);
        return check_end(ctx, bam);
    }
    bam->taken = used;
done:
    return status;
}

/* --------------------------------------------------------------------- SAM */

/* The next line of the stream, without its end; *line is NULL at the end of the file. */
static til_status_t next_line(til_ctx_t *ctx, til_bam_t *bam, const char **line, size_t *n)
{
    size_t have, sought = 0;
    const char *p = (const char *)til_stream_bytes(bam->stream, &have), *newline = NULL;
    while (have == 0 || (newline = memchr(p + sought, '\n', have - sought)) == NULL) {
        if (til_stream_ended(bam->stream)) break;
        if (have > LINE_MAX_BYTES)
            return til_fail(ctx, TIL_EINPUT, "%s:%zu: a line of more than 64 MiB: this is no SAM",
                            bam->path, bam->line + 1);
        sought = have;
        til_status_t status = til_stream_more(ctx, bam->stream, BATCH);
        if (status != TIL_OK) return status;
        p = (const char *)til_stream_bytes(bam->stream, &have);
    }
    *line = NULL;
    if (have == 0) return TIL_OK;
    *line = p;
    *n = newline == NULL ? have : (size_t)(newline - p);
    til_stream_consume(bam->stream, newline == NULL ? have : *n + 1);
    bam->line++;
    if (*n > 0 && p[*n - 1] == '\r') --*n;
    return TIL_OK;
}

/* SN and LN of an @SQ line. */
static til_status_t read_sq(til_ctx_t *ctx, til_bam_t *bam, const char *line, size_t n)
{
    const char *name = NULL, *end = line + n;
    size_t name_length = 0;
    int64_t length = -1;
    for (const char *p = line; p < end;) {
        const char *tab = memchr(p, '\t', (size_t)(end - p));
        if (tab == NULL) tab = end;
        if (tab - p > 3 && memcmp(p, "SN:", 3) == 0) {
            name = p + 3;
            name_length = (size_t)(tab - p - 3);
        }
        if (tab - p > 3 && memcmp(p, "LN:", 3) == 0 &&
            !til_number_parse_int(p + 3, (size_t)(tab - p - 3), 0, INT64_MAX / 2, &length))
            length = -1;
        p = tab + 1;
    }
    if (name == NULL || length < 0)
        return til_fail(ctx, TIL_EINPUT, "%s:%zu: an @SQ line needs SN:name and LN:length",
                        bam->path, bam->line);
    return add_contig(ctx, bam, name, name_length, length);
}

static til_status_t read_sam_header(til_ctx_t *ctx, til_bam_t *bam)
{
    til_status_t status = TIL_OK;
    for (;;) {
        const uint8_t *p;
        const char *line;
        size_t have, n;
        p = til_stream_bytes(bam->stream, &have);
        if (have == 0 && !til_stream_ended(bam->stream)) {
            TIL_TRY(til_stream_more(ctx, bam->stream, BATCH));
            continue;
        }
        if (have == 0 || p[0] != '@') return TIL_OK;
        TIL_TRY(next_line(ctx, bam, &line, &n));
        if (n > 3 && memcmp(line, "@SQ", 3) == 0) TIL_TRY(read_sq(ctx, bam, line, n));
        read_order(&bam->header, line, n);
    }
done:
    return status;
}

static til_status_t next_sam(til_ctx_t *ctx, til_bam_t *bam, til_bam_batch_t *batch)
{
    til_status_t status = TIL_OK;
    size_t at = 0, wanted = batch_bytes(ctx), size = 0;
    const char *line;
    size_t n;

    while (at < wanted) {
        TIL_TRY(next_line(ctx, bam, &line, &n));
        if (line == NULL) break;
        if (n == 0) continue;
        TIL_TRY(til_sam_record(ctx, bam->path, bam->line, line, n, bam->names, &bam->records,
                               &bam->record_capacity, at, &size));
        TIL_TRY(add_place(ctx, &bam->at, &batch->n, &bam->at_capacity, at));
        at += size;
    }
    batch->bytes = bam->records;
    if (batch->n == 0) status = check_end(ctx, bam);
done:
    return status;
}

/* -------------------------------------------------------------------- CRAM */

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> 8 * i);
}

/* htslib's record as it would stand in a BAM file, without sequence and qualities. */
static til_status_t put_hts_record(til_ctx_t *ctx, til_bam_t *bam, const bam1_t *b, size_t at,
                                   size_t *size)
{
    size_t name = (size_t)(b->core.l_qname - b->core.l_extranul);
    bool is_long = b->core.n_cigar > UINT16_MAX;
    size_t cigar = (size_t)4 * b->core.n_cigar + (is_long ? TIL_LONG_CIGAR_BYTES : 0);
    size_t tags = (size_t)(b->data + b->l_data - bam_get_aux(b));
    *size = 36 + name + cigar + tags;
    til_status_t status = til_grow(ctx, &bam->records, &bam->record_capacity, at + *size, 1);
    if (status != TIL_OK) return status;
    uint8_t *p = bam->records + at;
    put32(p, (uint32_t)(*size - 4));
    put32(p + 4, (uint32_t)b->core.tid);
    put32(p + 8, (uint32_t)b->core.pos);
    put32(p + 12, (uint32_t)name | (uint32_t)b->core.qual << 8);
    put32(p + 16, (is_long ? 2 : b->core.n_cigar) | (uint32_t)b->core.flag << 16);
    put32(p + 20, 0);
    put32(p + 24, (uint32_t)b->core.mtid);
    put32(p + 28, (uint32_t)b->core.mpos);
    put32(p + 32, (uint32_t)b->core.isize);
    memcpy(p + 36, bam_get_qname(b), name);
    uint8_t *ops = p + 36 + name;
    if (is_long) ops = til_sam_put_long_cigar(ops, 0, b->core.n_cigar);
    for (uint32_t i = 0; i < b->core.n_cigar; i++) put32(ops + (size_t)4 * i, bam_get_cigar(b)[i]);
    if (tags > 0) memcpy(p + 36 + name + cigar, bam_get_aux(b), tags);
    return TIL_OK;
}

/* Why htslib gave up: the disk, the memory, or what it read. */
static til_status_t cram_failed(til_ctx_t *ctx, const til_bam_t *bam, int code, const char *what)
{
    int io = bam->cram_bytes == NULL ? 0 : herrno(bam->cram_bytes);
    if (io != 0) return til_fail(ctx, TIL_EIO, "%s: read failed: %s", bam->path, strerror(io));
    if (code == ENOMEM) return til_no_memory(ctx, 1, "CRAM reader");
    if (code == EMFILE || code == ENFILE || code == EIO)
        return til_fail(ctx, TIL_EIO, "%s: %s", bam->path, strerror(code));
    return til_fail(ctx, TIL_EINPUT, "%s: %s", bam->path, what);
}

/* htslib says "end" also where it could not read on: a true end is marked. */
static til_status_t check_cram_end(til_ctx_t *ctx, til_bam_t *bam)
{
    if (herrno(bam->cram_bytes) != 0) return cram_failed(ctx, bam, 0, "");
    if (!bam->cram_has_end || bam->end_checked || cram_eof(bam->cram->fp.cram) == 1) return TIL_OK;
    bam->end_checked = true;
    if (!bam->allow_no_eof)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: truncated: it ends after record %llu without its end mark; copy it "
                        "again, or --allow-no-eof",
                        bam->path, (unsigned long long)bam->n_records);
    til_say(ctx, TIL_LOG_WARNING,
            "%s: the end mark is absent: the file may be truncated "
            "(--allow-no-eof)",
            bam->path);
    return TIL_OK;
}

static til_status_t next_cram(til_ctx_t *ctx, til_bam_t *bam, til_bam_batch_t *batch)
{
    til_status_t status = TIL_OK;
    size_t at = 0, wanted = batch_bytes(ctx), size = 0;

    while (at < wanted) {
        errno = 0;
        int result = sam_read1(bam->cram, bam->cram_header, bam->cram_record), code = errno;
        if (result == -1) break;
        if (result < -1) {
            char what[128];
            snprintf(what, sizeof what, "damaged CRAM after record %llu; copy the file again",
                     (unsigned long long)(bam->n_records + batch->n));
            status = cram_failed(ctx, bam, code, what);
            goto done;
        }
        TIL_TRY(put_hts_record(ctx, bam, bam->cram_record, at, &size));
        TIL_TRY(add_place(ctx, &bam->at, &batch->n, &bam->at_capacity, at));
        at += size;
    }
    batch->bytes = bam->records;
    if (batch->n == 0) status = check_cram_end(ctx, bam);
done:
    return status;
}

/* Copies what a pipe holds into a file that htslib can open. */
static til_status_t spool_stdin(til_ctx_t *ctx, til_bam_t *bam)
{
    til_status_t status = TIL_OK;
    size_t n;
    bam->spool = tmpfile();
    if (bam->spool == NULL)
        return til_fail(ctx, TIL_EIO, "-: no temporary file for a CRAM on standard input: %s",
                        strerror(errno));
    for (;;) {
        const uint8_t *p = til_stream_bytes(bam->stream, &n);
        if (n > 0 && fwrite(p, 1, n, bam->spool) != n) break;
        til_stream_consume(bam->stream, n);
        if (til_stream_ended(bam->stream)) break;
        TIL_TRY(til_stream_more(ctx, bam->stream, BATCH));
    }
    if (fflush(bam->spool) != 0 || ferror(bam->spool))
        status = til_fail(ctx, TIL_EIO, "-: writing a temporary copy failed: %s", strerror(errno));
done:
    return status;
}

/* htslib asks a server of the EBI for references where the variable is empty. */
void til_bam_stay_offline(void)
{
    const char *ref_path = getenv("REF_PATH");
    if (ref_path == NULL || *ref_path == '\0' || strstr(ref_path, "://") != NULL)
        setenv("REF_PATH", "/nonexistent/%s", 1);
}

/* Whether CRAM may be read at all. */
static til_status_t check_cram_policy(til_ctx_t *ctx, const til_bam_t *bam,
                                      const til_bam_options_t *options)
{
    static const char holes[] = "whose CRAM reader has known holes (CVE-2026-31962 to 31971, "
                                "mended in 1.21.1, 1.22.2, 1.23.1)";
    if (til_bam_cram_is_sound(hts_version())) return TIL_OK;
    if (!options->allow_cram)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: a CRAM, which is not read by htslib %s, %s: convert it to BAM, or "
                        "--allow-cram for a file you trust",
                        bam->path, hts_version(), holes);
    til_say(ctx, TIL_LOG_SECURITY, "%s: CRAM is read by htslib %s, %s (--allow-cram)", bam->path,
            hts_version(), holes);
    return TIL_OK;
}

/* Without the bases no reference is wanted: it is seen to be one, nothing is read from it, and no
 * index is written beside it. */
static til_status_t look_at_reference(til_ctx_t *ctx, const char *path)
{
    unsigned char head[2] = { 0, 0 };
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return til_fail(ctx, TIL_EIO, "%s: cannot be used as a reference: %s%s", path,
                        strerror(errno), strstr(path, "://") == NULL ? "" : "; no URL is opened");
    size_t n = fread(head, 1, sizeof head, f);
    bool failed = ferror(f) != 0;
    fclose(f);
    if (failed) return til_fail(ctx, TIL_EIO, "%s: read failed", path);
    if (n == 2 && (head[0] == '>' || (head[0] == 0x1f && head[1] == 0x8b))) return TIL_OK;
    return til_fail(ctx, TIL_EINPUT, "%s: is no FASTA: a reference is the genome's", path);
}

/* Only what counting needs is decoded. The file is opened here, not by its name in htslib, which
 * would take some names for addresses. */
static til_status_t open_cram(til_ctx_t *ctx, til_bam_t *bam, const til_bam_options_t *options)
{
    til_status_t status = TIL_OK;
    int fields = SAM_QNAME | SAM_FLAG | SAM_RNAME | SAM_POS | SAM_MAPQ | SAM_CIGAR | SAM_RNEXT |
                 SAM_PNEXT | SAM_TLEN | SAM_AUX;

    TIL_TRY(check_cram_policy(ctx, bam, options));
    if (options->reference != NULL) TIL_TRY(look_at_reference(ctx, options->reference));
    til_bam_stay_offline();
    if (strcmp(bam->path, "-") == 0) TIL_TRY(spool_stdin(ctx, bam));
    int fd = bam->spool != NULL ? dup(fileno(bam->spool)) : open(bam->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0) {
        status = til_fail(ctx, TIL_EIO, "%s: %s", bam->path, strerror(errno));
        if (fd >= 0) close(fd);
        goto done;
    }
    hts_set_log_level(HTS_LOG_OFF);
    errno = 0;
    hFILE *bytes = hdopen(fd, "r");
    if (bytes == NULL) {
        status = cram_failed(ctx, bam, errno, "no CRAM that htslib can open");
        close(fd);
        goto done;
    }
    bam->cram = hts_hopen(bytes, bam->path, "r");
    if (bam->cram == NULL) {
        status = cram_failed(ctx, bam, herrno(bytes) != 0 ? EIO : errno,
                             "no CRAM that htslib can open");
        hclose_abruptly(bytes);
        goto done;
    }
    bam->cram_bytes = bytes;
    bam->cram_record = bam_init1();
    if (bam->cram_record == NULL) TIL_TRY(til_no_memory(ctx, 1, "CRAM record"));
    if (hts_set_opt(bam->cram, CRAM_OPT_REQUIRED_FIELDS, fields) != 0 ||
        hts_set_opt(bam->cram, CRAM_OPT_DECODE_MD, 0) != 0)
        return til_fail(ctx, TIL_EINTERNAL, "htslib refuses CRAM options");
    int mark = hts_check_EOF(bam->cram);
    bam->cram_has_end = mark != 3;
    if (mark == 0 && !options->allow_no_eof)
        return til_fail(ctx, TIL_EINPUT,
                        "%s: the end mark is absent: the file may be truncated; "
                        "copy it again, or --allow-no-eof",
                        bam->path);
    errno = 0;
    bam->cram_header = sam_hdr_read(bam->cram);
    if (bam->cram_header == NULL) return cram_failed(ctx, bam, errno, "the CRAM header is damaged");
    for (int i = 0; i < sam_hdr_nref(bam->cram_header); i++) {
        const char *name = sam_hdr_tid2name(bam->cram_header, i);
        TIL_TRY(add_contig(ctx, bam, name, strlen(name), sam_hdr_tid2len(bam->cram_header, i)));
    }
    const char *text = sam_hdr_str(bam->cram_header);
    if (text != NULL) read_order(&bam->header, text, strlen(text));
done:
    return status;
}

const char *til_bam_versions(void) { return hts_version(); }

bool til_bam_cram_is_sound(const char *version)
{
    /* the last release of each line that has the holes is the one before these */
    static const struct {
        long minor, patch;
    } mended[] = { { 21, 1 }, { 22, 2 }, { 23, 1 } };
    long part[3] = { 0, 0, 0 };
    for (int i = 0; i < 3; i++) {
        while (*version >= '0' && *version <= '9') part[i] = part[i] * 10 + (*version++ - '0');
        if (*version++ != '.') break;
    }
    if (part[0] != 1) return part[0] > 1;
    for (size_t i = 0; i < sizeof mended / sizeof *mended; i++)
        if (part[1] == mended[i].minor) return part[2] >= mended[i].patch;
    return part[1] > 23;
}

/* ----------------------------------------------------------------- opening */

/* True for text that begins as SAM does: a header line, or 11 fields. */
static bool looks_like_sam(const char *p, size_t n)
{
    if (n >= 4 && p[0] == '@' && p[1] >= 'A' && p[1] <= 'Z' && p[2] >= 'A' && p[2] <= 'Z' &&
        p[3] == '\t')
        return true;
    if (n > 0 && p[0] == '@') return false;
    const char *newline = memchr(p, '\n', n);
    size_t tabs = 0, length = newline == NULL ? n : (size_t)(newline - p);
    for (size_t i = 0; i < length; i++) tabs += p[i] == '\t';
    return tabs >= 10;
}

static til_status_t tell_format(til_ctx_t *ctx, til_bam_t *bam)
{
    til_status_t status = TIL_OK;
    size_t n;
    const uint8_t *head = til_stream_head(bam->stream, &n);

    if (n == 0) return til_fail(ctx, TIL_EINPUT, "%s: the file is empty (0 bytes)", bam->path);
    if (n >= 4 && memcmp(head, "CRAM", 4) == 0) {
        bam->format = FORMAT_CRAM;
        return TIL_OK;
    }
    TIL_TRY(til_stream_more(ctx, bam->stream, BATCH));
    const uint8_t *p = til_stream_bytes(bam->stream, &n);
    if (n >= 4 && memcmp(p, "BAM\1", 4) == 0) bam->format = FORMAT_BAM;
    else if (looks_like_sam((const char *)p, n)) bam->format = FORMAT_SAM;
    else if (n > 0 && (p[0] == '@' || p[0] == '>'))
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: looks like %s: alignments (BAM, SAM or CRAM) are wanted", bam->path,
                          p[0] == '@' ? "FASTQ" : "FASTA");
    else status = til_fail(ctx, TIL_EINPUT, "%s: neither BAM, SAM nor CRAM", bam->path);
done:
    return status;
}

static til_status_t open_stream(til_ctx_t *ctx, til_bam_t *bam)
{
    struct stat info = { 0 };
    int fd = strcmp(bam->path, "-") == 0 ? STDIN_FILENO : open(bam->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return til_fail(ctx, TIL_EIO, "%s: %s", bam->path, strerror(errno));
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        if (fd != STDIN_FILENO) close(fd);
        return til_fail(ctx, TIL_EIO, "%s: is a folder: a file is wanted", bam->path);
    }
    bam->is_file = fd != STDIN_FILENO && S_ISREG(info.st_mode);
    return til_stream_open(ctx, bam->path, fd, &bam->stream);
}

til_status_t til_bam_open(til_ctx_t *ctx, const char *path, const til_bam_options_t *options,
                          til_bam_t **out)
{
    til_status_t status = TIL_OK;
    til_bam_t *bam = calloc(1, sizeof *bam);

    *out = NULL;
    if (bam == NULL) return til_no_memory(ctx, 1, "reader");
    bam->path = til_array(strlen(path) + 1, 1);
    bam->names = til_names_new();
    if (bam->path == NULL || bam->names == NULL) {
        status = til_no_memory(ctx, 1, "reader");
        goto done;
    }
    memcpy(bam->path, path, strlen(path) + 1);
    bam->allow_no_eof = options->allow_no_eof;
    TIL_TRY(open_stream(ctx, bam));
    TIL_TRY(tell_format(ctx, bam));
    if (bam->format == FORMAT_BAM) TIL_TRY(read_bam_header(ctx, bam));
    if (bam->format == FORMAT_SAM) TIL_TRY(read_sam_header(ctx, bam));
    if (bam->format == FORMAT_CRAM) TIL_TRY(open_cram(ctx, bam, options));
    TIL_TRY(finish_header(ctx, bam));
done:
    if (status == TIL_OK) *out = bam;
    else til_bam_close(bam);
    return status;
}

void til_bam_close(til_bam_t *bam)
{
    if (bam == NULL) return;
    if (bam->cram_header != NULL) sam_hdr_destroy(bam->cram_header);
    if (bam->cram_record != NULL) bam_destroy1(bam->cram_record);
    if (bam->cram != NULL) (void)sam_close(bam->cram);
    if (bam->spool != NULL) fclose(bam->spool);
    til_stream_free(bam->stream);
    til_names_free(bam->names);
    free(bam->lengths);
    free(bam->list);
    for (size_t i = 0; i < bam->run_capacity; i++) free(bam->runs[i].at);
    free(bam->runs);
    free(bam->at);
    free(bam->records);
    free(bam->path);
    free(bam);
}

const til_bam_header_t *til_bam_header(const til_bam_t *bam) { return &bam->header; }

bool til_bam_is_file(const til_bam_t *bam) { return bam->is_file; }

til_status_t til_bam_ahead(til_ctx_t *ctx, til_bam_t *bam, til_range_fn *meanwhile, void *arg)
{
    if (bam->format != FORMAT_BAM) return meanwhile(ctx, arg, 0, 0, 1);
    til_stream_consume(bam->stream, bam->taken);
    bam->taken = 0;
    const til_stream_watcher_t watcher = { begin_runs, walk_run, bam };
    return til_stream_ahead(ctx, bam->stream, batch_bytes(ctx), meanwhile, arg, &watcher);
}

til_status_t til_bam_next(til_ctx_t *ctx, til_bam_t *bam, til_bam_batch_t *batch)
{
    til_status_t status;
    batch->n = 0;
    batch->bytes = NULL;
    batch->first = bam->n_records + 1;
    if (bam->format == FORMAT_BAM) status = next_bam(ctx, bam, batch);
    else if (bam->format == FORMAT_SAM) status = next_sam(ctx, bam, batch);
    else status = next_cram(ctx, bam, batch);
    batch->at = bam->at;
    bam->n_records += batch->n;
    return status;
}
