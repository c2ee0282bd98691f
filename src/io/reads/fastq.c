/* fastq.c -- FASTQ records, four lines each, in batches that own their text.
 *
 * A batch's text buffer is filled straight from the (inflating) byte stream; what stands behind
 * its last whole record is carried over to the next batch. Only line ends are searched for here:
 * the bases are looked at by whoever maps or counts them.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "io/reads/bytestream.h"
#include "io/reads/fastq.h"

enum { CHUNK_BYTES = 1 << 18 };
#define MAX_LINE ((size_t)64 << 20)

/* One file of the current lane. */
typedef struct {
    til_bytes_t *bytes;
    char *carry; /* text behind the last whole record */
    size_t n_carry, carry_capacity;
    uint64_t n_records; /* whole records handed out          */
    bool at_end;        /* the byte stream is used up        */
} mate_t;

struct til_fastq {
    char **paths[2];
    size_t n_lanes, lane;
    int n_mates;
    mate_t mates[2];
    uint64_t n_read;
};

/* ---- opening ----------------------------------------------------------------------------- */

static void close_lane(til_fastq_t *fastq)
{
    for (int m = 0; m < 2; m++) {
        til_bytes_close(fastq->mates[m].bytes);
        fastq->mates[m].bytes = NULL;
    }
}

static til_status_t open_lane(til_ctx_t *ctx, til_fastq_t *fastq)
{
    for (int m = 0; m < fastq->n_mates; m++) {
        mate_t *mate = &fastq->mates[m];
        til_status_t status = til_bytes_open(ctx, fastq->paths[m][fastq->lane], &mate->bytes);
        if (status != TIL_OK) return status;
        mate->n_carry = 0;
        mate->n_records = 0;
        mate->at_end = false;
    }
    if (fastq->n_mates == 2 && til_bytes_same_file(fastq->mates[0].bytes, fastq->mates[1].bytes))
        return til_fail(ctx, TIL_EUSAGE, "%s and %s are the same file: give mate 1 and mate 2",
                        fastq->paths[0][fastq->lane], fastq->paths[1][fastq->lane]);
    return TIL_OK;
}

/* The same path twice is a slip of the command line whatever the lane. */
static til_status_t check_paths(til_ctx_t *ctx, const til_fastq_t *fastq)
{
    size_t n = fastq->n_lanes * (size_t)fastq->n_mates;

    for (size_t i = 0; i < n; i++) {
        const char *a = fastq->paths[i / fastq->n_lanes][i % fastq->n_lanes];
        for (size_t j = 0; j < i; j++)
            if (strcmp(a, fastq->paths[j / fastq->n_lanes][j % fastq->n_lanes]) == 0)
                return til_fail(ctx, TIL_EUSAGE, "%s is given twice", a);
    }
    return TIL_OK;
}

static til_status_t copy_paths(til_ctx_t *ctx, const char *const *from, size_t n, char ***to)
{
    *to = til_array_zero(n, sizeof **to);
    if (*to == NULL) return til_no_memory(ctx, n, "paths");
    for (size_t i = 0; i < n; i++) {
        (*to)[i] = strdup(from[i]);
        if ((*to)[i] == NULL) return til_no_memory(ctx, 1, "path");
    }
    return TIL_OK;
}

til_status_t til_fastq_open(til_ctx_t *ctx, const char *const *mates1, const char *const *mates2,
                            size_t n_lanes, til_fastq_t **out)
{
    til_status_t status = TIL_OK;
    til_fastq_t *fastq = til_array_zero(1, sizeof *fastq);

    *out = NULL;
    if (fastq == NULL) return til_no_memory(ctx, 1, "FASTQ reader");
    fastq->n_lanes = n_lanes;
    fastq->n_mates = mates2 == NULL ? 1 : 2;
    TIL_TRY(copy_paths(ctx, mates1, n_lanes, &fastq->paths[0]));
    if (mates2 != NULL) TIL_TRY(copy_paths(ctx, mates2, n_lanes, &fastq->paths[1]));
    TIL_TRY(check_paths(ctx, fastq));
    if (n_lanes > 0) TIL_TRY(open_lane(ctx, fastq));
done:
    if (status == TIL_OK) *out = fastq;
    else til_fastq_close(fastq);
    return status;
}

void til_fastq_close(til_fastq_t *fastq)
{
    if (fastq == NULL) return;
    close_lane(fastq);
    for (int m = 0; m < 2; m++) {
        for (size_t i = 0; fastq->paths[m] != NULL && i < fastq->n_lanes; i++)
            free(fastq->paths[m][i]);
        free(fastq->paths[m]);
        free(fastq->mates[m].carry);
    }
    free(fastq);
}

void til_fastq_batch_clear(til_fastq_batch_t *batch)
{
    if (batch == NULL) return;
    for (int m = 0; m < 2; m++) {
        free(batch->own[m].text);
        free(batch->reads[m]);
    }
    *batch = (til_fastq_batch_t){ 0 };
}

/* ---- one record -------------------------------------------------------------------------- */

/* The text of one record as found in a buffer; lengths without line ends. */
typedef struct {
    const char *line[4];
    size_t length[4];
    size_t size; /* bytes of the whole record with its line ends */
} lines_t;

/* Finds four lines in [text, end); false when they are not all there. `last`: a last line may
 * lack its end. */
static bool find_lines(const char *text, const char *end, bool last, lines_t *lines)
{
    const char *at = text;

    for (int i = 0; i < 4; i++) {
        const char *stop = NULL;
        /* The quality is as long as the sequence: look there before searching. */
        if (i == 3 && (size_t)(end - at) > lines->length[1] && at[lines->length[1]] == '\n')
            stop = memchr(at, '\n', lines->length[1] + 1);
        else if (at < end) stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL) {
            if (!last || i < 3 || at > end) return false;
            stop = end;
        }
        lines->line[i] = at;
        lines->length[i] = (size_t)(stop - at);
        if (stop > at && stop[-1] == '\r') lines->length[i]--;
        at = stop < end ? stop + 1 : end;
    }
    lines->size = (size_t)(at - text);
    return true;
}

/* The name proper: up to the first blank, without the mate's number (/1 or /F, /2 or /R). */
static uint32_t name_length(const char *name, size_t n)
{
    size_t length = 0;

    while (length < n && name[length] != ' ' && name[length] != '\t') length++;
    if (length > 2 && name[length - 2] == '/' && strchr("12FR", name[length - 1]) != NULL)
        length -= 2;
    return (uint32_t)length;
}

/* The first character that is no quality (Phred + 33, '!' to '~'), or n. Eight at a time: a byte
 * below 33 borrows when 33 is taken off, one above 126 carries when 1 is added. */
static size_t first_odd_quality(const char *quality, size_t n)
{
    const uint64_t ones = 0x0101010101010101ULL, high = 0x8080808080808080ULL;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t x;
        memcpy(&x, quality + i, 8);
        if (((x - ones * '!') | (x + ones) | x) & high) break;
    }
    while (i < n && quality[i] >= '!' && quality[i] <= '~') i++;
    return i;
}

static til_status_t check_lines(til_ctx_t *ctx, const mate_t *mate, const lines_t *lines)
{
    const char *path = til_bytes_path(mate->bytes);
    unsigned long long line = 4 * mate->n_records + 1;
    int name = lines->length[0] > 200 ? 200 : (int)lines->length[0];

    if (lines->length[0] == 0 || lines->line[0][0] != '@')
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%llu: record %llu begins with '%.*s': a FASTQ record begins with '@'",
                        path, line, line / 4 + 1, name > 20 ? 20 : name, lines->line[0]);
    if (lines->length[2] == 0 || lines->line[2][0] != '+')
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%llu: the third line of record '%.*s' must begin with '+'", path,
                        line + 2, name - 1, lines->line[0] + 1);
    if (lines->length[1] != lines->length[3])
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%llu: the quality of read '%.*s' has %zu characters, its sequence %zu",
                        path, line + 3, name - 1, lines->line[0] + 1, lines->length[3],
                        lines->length[1]);
    size_t odd = first_odd_quality(lines->line[3], lines->length[3]);
    if (odd < lines->length[3] && lines->line[3][odd] != 0)
        return til_fail(ctx, TIL_EINPUT,
                        "%s:%llu: the quality of read '%.*s' has a character of code %d at place "
                        "%zu: Phred + 33 is '!' (33) to '~' (126)",
                        path, line + 3, name - 1, lines->line[0] + 1,
                        (int)(unsigned char)lines->line[3][odd], odd + 1);
    if (memchr(lines->line[0], 0, lines->size) != NULL) {
        unsigned long long at = line;
        for (int i = 0; i < 4 && memchr(lines->line[i], 0, lines->length[i]) == NULL; i++) at++;
        return til_fail(ctx, TIL_EINPUT, "%s:%llu: NUL byte in read '%.*s'", path, at, name - 1,
                        lines->line[0] + 1);
    }
    return TIL_OK;
}

/* What stands after the last whole record: nothing but line ends is fine. */
static til_status_t check_rest(til_ctx_t *ctx, const mate_t *mate, const char *at, const char *end)
{
    const char *p = at;
    while (p < end && (*p == '\n' || *p == '\r')) p++;
    if (p == end) return TIL_OK;
    return til_fail(ctx, TIL_EINPUT,
                    "%s:%llu: the file ends inside record %llu: it is truncated or not FASTQ",
                    til_bytes_path(mate->bytes), (unsigned long long)(4 * mate->n_records + 1),
                    (unsigned long long)(mate->n_records + 1));
}

/* ---- batches ----------------------------------------------------------------------------- */

static til_status_t add_read(til_ctx_t *ctx, til_fastq_batch_t *batch, int m, size_t i,
                             const lines_t *lines)
{
    if (i >= batch->own[m].n_reads_capacity) {
        til_status_t status = til_grow(ctx, &batch->reads[m], &batch->own[m].n_reads_capacity,
                                       i + 1, sizeof(til_fastq_read_t));
        if (status != TIL_OK) return status;
    }
    batch->reads[m][i] = (til_fastq_read_t){ .name = lines->line[0] + 1,
                                             .bases = lines->line[1],
                                             .quality = lines->line[3],
                                             .name_length = name_length(lines->line[0] + 1,
                                                                        lines->length[0] - 1),
                                             .length = (uint32_t)lines->length[1] };
    return TIL_OK;
}

/* The pointers of the first n reads after the text moved. */
static void rebase(til_fastq_read_t *reads, size_t n, const char *from, const char *to)
{
    for (size_t i = 0; i < n; i++) {
        reads[i].name = to + (reads[i].name - from);
        reads[i].bases = to + (reads[i].bases - from);
        reads[i].quality = to + (reads[i].quality - from);
    }
}

/* Room for at least `need` bytes in the batch's text. */
static til_status_t grow_text(til_ctx_t *ctx, til_fastq_batch_t *batch, int m, size_t n_reads,
                              size_t need)
{
    size_t capacity = batch->own[m].capacity * 2;
    if (capacity < need) capacity = need;
    char *old = batch->own[m].text, *text = til_array(capacity, 1);

    if (text == NULL) return til_no_memory(ctx, capacity, "bytes of reads");
    if (old != NULL) memcpy(text, old, batch->own[m].capacity);
    rebase(batch->reads[m], n_reads, old, text);
    free(old);
    batch->own[m].text = text;
    batch->own[m].capacity = capacity;
    return TIL_OK;
}

/* Puts what is behind `at` aside for the next batch. */
static til_status_t keep_carry(til_ctx_t *ctx, mate_t *mate, const char *at, size_t n)
{
    til_status_t status = til_grow(ctx, &mate->carry, &mate->carry_capacity, n + 1, 1);
    if (status != TIL_OK) return status;
    memcpy(mate->carry, at, n);
    mate->n_carry = n;
    return TIL_OK;
}

/* Fills mate m of the batch with up to n_wanted records. */
static til_status_t fill_mate(til_ctx_t *ctx, til_fastq_t *fastq, int m, size_t n_wanted,
                              til_fastq_batch_t *batch, size_t *n_got)
{
    til_status_t status = TIL_OK;
    mate_t *mate = &fastq->mates[m];
    size_t used = mate->n_carry, at = 0, n = 0;

    if (batch->own[m].capacity < used + CHUNK_BYTES)
        TIL_TRY(grow_text(ctx, batch, m, 0, used + CHUNK_BYTES));
    if (used > 0) memcpy(batch->own[m].text, mate->carry, used);
    batch->own[m].text[used] = 0;
    mate->n_carry = 0;
    while (n < n_wanted) {
        lines_t lines;
        char *text = batch->own[m].text;
        if (used > at && find_lines(text + at, text + used, mate->at_end, &lines)) {
            if (mate->at_end && lines.size == used - at && strspn(text + at, "\r\n") >= lines.size)
                break; /* blank lines at the end */
            TIL_TRY(check_lines(ctx, mate, &lines));
            TIL_TRY(add_read(ctx, batch, m, n, &lines));
            at += lines.size;
            mate->n_records++;
            n++;
            continue;
        }
        if (mate->at_end) break;
        if (used - at > 4 * MAX_LINE ||
            (used - at > MAX_LINE && memchr(text + used - MAX_LINE, '\n', MAX_LINE) == NULL)) {
            status = til_fail(ctx, TIL_EINPUT, "%s:%llu: a line longer than 64 MiB: not FASTQ",
                              til_bytes_path(mate->bytes),
                              (unsigned long long)(4 * mate->n_records + 1));
            goto done;
        }
        if (batch->own[m].capacity - used <= CHUNK_BYTES)
            TIL_TRY(grow_text(ctx, batch, m, n, used + 2 * CHUNK_BYTES));
        size_t got;
        TIL_TRY(til_bytes_read(ctx, mate->bytes, batch->own[m].text + used, CHUNK_BYTES, &got));
        used += got;
        batch->own[m].text[used] = 0;
        if (got == 0) mate->at_end = true;
    }
    if (n < n_wanted)
        TIL_TRY(check_rest(ctx, mate, batch->own[m].text + at, batch->own[m].text + used));
    else TIL_TRY(keep_carry(ctx, mate, batch->own[m].text + at, used - at));
    *n_got = n;
done:
    return status;
}

/* Names as archives and pipelines write them: READ and 1 or 2, F or R, behind one of . _ : / - and
 * perhaps an R (READ_R1 and READ_R2). */
static bool differ_in_mate_number(const til_fastq_read_t *a, const til_fastq_read_t *b)
{
    uint32_t n = a->name_length, stem = n - 2;
    char one = n > 2 ? a->name[n - 1] : 0;

    if (n <= 2 || n != b->name_length || (one != '1' && one != 'F')) return false;
    if (b->name[n - 1] != (one == '1' ? '2' : 'R') || memcmp(a->name, b->name, n - 1) != 0)
        return false;
    if (one == '1' && n > 3 && a->name[stem] == 'R') stem--;
    return strchr("._:/-", a->name[stem]) != NULL;
}

static til_status_t check_mates(til_ctx_t *ctx, const til_fastq_t *fastq,
                                const til_fastq_batch_t *batch, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const til_fastq_read_t *a = &batch->reads[0][i], *b = &batch->reads[1][i];
        if (a->name_length == b->name_length && memcmp(a->name, b->name, a->name_length) == 0)
            continue;
        if (differ_in_mate_number(a, b)) continue;
        unsigned long long line = 4 * (batch->first + i - 1) + 1;
        return til_fail(
            ctx, TIL_EINPUT,
            "%s:%llu: read '%.*s' has mate '%.*s' at %s:%llu: mates must have one name and stand "
            "in the same order",
            fastq->paths[0][fastq->lane], line, a->name_length > 200 ? 200 : (int)a->name_length,
            a->name, b->name_length > 200 ? 200 : (int)b->name_length, b->name,
            fastq->paths[1][fastq->lane], line);
    }
    return TIL_OK;
}

/* Mates read opposite strands: where all have one sequence, one file was given (or copied) twice.
 */
static til_status_t check_not_same(til_ctx_t *ctx, const til_fastq_t *fastq,
                                   const til_fastq_batch_t *batch, size_t n)
{
    enum { ENOUGH = 5 };
    size_t n_compared = 0;

    for (size_t i = 0; i < n; i++) {
        const til_fastq_read_t *a = &batch->reads[0][i], *b = &batch->reads[1][i];
        if (a->length == 0 && b->length == 0) continue;
        if (a->length != b->length || memcmp(a->bases, b->bases, a->length) != 0) return TIL_OK;
        n_compared += memchr(a->bases, 'N', a->length) == NULL;
    }
    if (n_compared < ENOUGH) return TIL_OK;
    return til_fail(ctx, TIL_EINPUT,
                    "%s and %s hold the same sequences: mate 1 and mate 2 are wanted",
                    fastq->paths[0][fastq->lane], fastq->paths[1][fastq->lane]);
}

static til_status_t mates_differ(til_ctx_t *ctx, const til_fastq_t *fastq, uint64_t shorter,
                                 int which)
{
    return til_fail(
        ctx, TIL_EINPUT,
        "%s ends after record %llu, %s goes on: the files are not mates of each other or one is "
        "truncated",
        fastq->paths[which][fastq->lane], (unsigned long long)shorter,
        fastq->paths[!which][fastq->lane]);
}

til_status_t til_fastq_next(til_ctx_t *ctx, til_fastq_t *fastq, size_t n_wanted,
                            til_fastq_batch_t *batch, int *more)
{
    til_status_t status = TIL_OK;

    *more = 0;
    batch->n = 0;
    while (fastq->lane < fastq->n_lanes) {
        size_t n[2] = { 0, 0 };
        batch->lane = fastq->lane;
        batch->first = fastq->mates[0].n_records + 1;
        for (int m = 0; m < fastq->n_mates; m++)
            TIL_TRY(fill_mate(ctx, fastq, m, n_wanted, batch, &n[m]));
        if (fastq->n_mates == 2) {
            size_t both = n[0] < n[1] ? n[0] : n[1];
            TIL_TRY(check_mates(ctx, fastq, batch, both));
            if (batch->first == 1) TIL_TRY(check_not_same(ctx, fastq, batch, both));
            if (n[0] != n[1]) {
                status = mates_differ(ctx, fastq, batch->first + both - 1, n[0] < n[1] ? 0 : 1);
                goto done;
            }
        }
        if (n[0] > 0) {
            batch->n = n[0];
            fastq->n_read += n[0];
            *more = 1;
            return TIL_OK;
        }
        if (fastq->mates[0].n_records == 0) {
            status = til_fail(ctx, TIL_EINPUT, "%s: holds no read", fastq->paths[0][fastq->lane]);
            goto done;
        }
        close_lane(fastq);
        if (++fastq->lane < fastq->n_lanes) TIL_TRY(open_lane(ctx, fastq));
    }
done:
    return status;
}

uint64_t til_fastq_n_read(const til_fastq_t *fastq) { return fastq->n_read; }
