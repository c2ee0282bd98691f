/* alignments.c -- records of a transcriptome BAM to candidates.
 *
 * Records of one name stand together. Those of mate 1 and mate 2 that name each other's place on
 * one transcript are a pair; a mate whose partner has no record, or none on that transcript, is
 * alone. Costs are those of score.h, counted along the CIGAR against the transcript itself, so that
 * they do not depend on which tags the aligner writes.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/names.h"
#include "base/try.h"
#include "io/reads/bam.h"
#include "quant/alignments.h"
#include "quant/score.h"

enum { N_SHOWN = 3, NO_TARGET = -1 };

/* One record, as far as it is needed. */
typedef struct {
    int32_t target, pos, mate_pos;
    int32_t at, end; /* left end with what is clipped; right end without */
    int32_t cost;
    uint8_t which, reverse, clipped, has_mate, used;
} aligned_t;

struct til_alignments {
    char *path;
    const til_index_t *index;
    til_bam_t *bam;
    til_bam_batch_t batch;
    size_t next;
    int32_t *target; /* per contig */
    aligned_t *records;
    size_t n_records, records_capacity;
    char name[256];
    uint64_t n_read;
};

/* ---- opening ------------------------------------------------------------------------------- */

static til_status_t match_contigs(til_ctx_t *ctx, til_alignments_t *a)
{
    til_status_t status = TIL_OK;
    const til_bam_header_t *h = til_bam_header(a->bam);
    til_names_t *names = til_names_new();
    size_t n_absent = 0, absent = 0;

    a->target = til_array(h->n_contigs + 1, sizeof *a->target);
    if (names == NULL || a->target == NULL) {
        status = til_no_memory(ctx, h->n_contigs, "contigs");
        goto done;
    }
    for (uint32_t t = 0; t < a->index->n_transcripts; t++)
        if (til_names_add(names, til_index_name(a->index, t), NULL) < 0)
            TIL_TRY(til_no_memory(ctx, t, "names"));
    for (size_t c = 0; c < h->n_contigs; c++) {
        ptrdiff_t t = til_names_find_n(names, h->contigs[c], strcspn(h->contigs[c], " \t|"));
        a->target[c] = t < 0 ? NO_TARGET : (int32_t)t;
        if (t < 0 && n_absent++ == 0) absent = c;
        if (t >= 0 && h->lengths[c] != (int64_t)til_index_length(a->index, (size_t)t)) {
            status = til_fail(ctx, TIL_EINPUT,
                              "%s: contig '%s' has %lld bases, the transcript of this name %u: "
                              "reads were aligned to another version of the transcripts",
                              a->path, h->contigs[c], (long long)h->lengths[c],
                              til_index_length(a->index, (size_t)t));
            goto done;
        }
    }
    if (n_absent > 0)
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: %zu of %zu contigs (%s%s) are no transcripts of -t, which begins "
                          "with %s: a BAM of reads aligned to these transcripts is wanted",
                          a->path, n_absent, h->n_contigs, h->contigs[absent],
                          n_absent > 1 ? ", ..." : "", til_index_name(a->index, 0));
done:
    til_names_free(names);
    return status;
}

til_status_t til_alignments_open(til_ctx_t *ctx, const char *path, const til_index_t *index,
                                 til_alignments_t **out)
{
    til_status_t status = TIL_OK;
    til_bam_options_t how = { 0 };
    til_alignments_t *a = til_array_zero(1, sizeof *a);

    *out = NULL;
    if (a == NULL) return til_no_memory(ctx, 1, "open file");
    a->index = index;
    a->path = strdup(path);
    if (a->path == NULL) {
        status = til_no_memory(ctx, 1, "path");
        goto done;
    }
    TIL_TRY(til_bam_open(ctx, path, &how, &a->bam));
    if (til_bam_header(a->bam)->by_coordinate) {
        status = til_fail(ctx, TIL_EINPUT,
                          "%s: is sorted by coordinate: records must be grouped by name; use "
                          "samtools collate",
                          path);
        goto done;
    }
    TIL_TRY(match_contigs(ctx, a));
done:
    if (status == TIL_OK) *out = a;
    else til_alignments_close(a);
    return status;
}

void til_alignments_close(til_alignments_t *a)
{
    if (a == NULL) return;
    til_bam_close(a->bam);
    free(a->path);
    free(a->target);
    free(a->records);
    free(a);
}

uint64_t til_alignments_n_read(const til_alignments_t *a) { return a->n_read; }

/* ---- one record ---------------------------------------------------------------------------- */

/* Mismatches of n read bases from `from` on with the target from `at` on. BAM packs bases as bits
 * A 1, C 2, G 4, T 8, first in the high half of a byte; others match anything. */
static int count_mismatches(const til_index_t *index, const uint8_t *bases, uint32_t from,
                            uint64_t at, uint32_t n)
{
    static const int8_t code[16] = { -1, 0, 1, -1, 3, -1, -1, -1, 2, -1, -1, -1, -1, -1, -1, -1 };
    int mismatches = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = from + i;
        int c = code[k & 1 ? bases[k >> 1] & 15 : bases[k >> 1] >> 4];
        mismatches += c >= 0 && (uint64_t)c != til_bases_get1(index->bases, at + i);
    }
    return mismatches;
}

/* Reads the CIGAR: cost, ends. False when it leads outside the read or the transcript. */
static bool follow_cigar(const til_index_t *index, const til_bam_record_t *r, aligned_t *a)
{
    enum { CLIP_OPEN = 2, CLIP_BASES = 8, GAP_OPEN = 2 };
    int64_t length = til_target_length(index, (uint32_t)a->target), at = a->pos;
    uint64_t start = index->starts[a->target];
    uint64_t taken = 0;
    const uint8_t *bases = r->cigar + (size_t)4 * r->n_cigar;

    a->at = a->pos;
    for (uint32_t i = 0; i < r->n_cigar; i++) {
        uint32_t word = til_le32(r->cigar + (size_t)4 * i), n = word >> 4, op = word & 15;
        if (op == 0 || op == 7 || op == 8) { /* M = X */
            if (at + n > length || (r->l_seq > 0 && taken + n > r->l_seq)) return false;
            if (r->l_seq > 0)
                a->cost += count_mismatches(index, bases, (uint32_t)taken, start + (uint64_t)at, n);
            at += n;
            taken += n;
        } else if (op == 1 || op == 2 || op == 3) { /* I D N */
            a->cost += GAP_OPEN + (int)(n < 1000 ? n + 1 : 1000) / 2;
            if (op == 1) taken += n;
            else at += n;
        } else if (op == 4) { /* S */
            bool leading = at == a->pos && taken == 0;
            int64_t room = leading ? a->pos : length - at; /* of the transcript on that side */
            taken += n;
            if (leading) a->at = a->pos - (int32_t)n;
            if (room <= 0) {
                a->cost += (int)(n + 3) / 4; /* hangs over the transcript's end */
            } else {
                a->cost += CLIP_OPEN + (int)n / CLIP_BASES;
                a->clipped |= leading == (a->reverse == 0) ? TIL_CLIPPED_START : TIL_CLIPPED_END;
            }
        }
    }
    a->end = (int32_t)at;
    return at <= length && (r->l_seq == 0 || taken == r->l_seq);
}

/* Notes a record of the present fragment. */
static til_status_t add_record(til_ctx_t *ctx, til_alignments_t *a, const til_bam_record_t *r,
                               uint64_t number, til_aligned_t *fragment)
{
    int which = (r->flag & 0x1) && (r->flag & 0x80) ? 1 : 0;
    aligned_t record = { .pos = r->pos,
                         .mate_pos = r->mate_pos,
                         .which = (uint8_t)which,
                         .reverse = (r->flag & 0x10) != 0,
                         .has_mate = (r->flag & 0x9) == 0x1 && r->mate_contig == r->contig };

    if (r->flag & 0x1) fragment->n_mates = 2;
    if ((int)r->l_seq > fragment->length[which]) fragment->length[which] = (int)r->l_seq;
    if (r->flag & 0x804 || r->contig < 0) return TIL_OK; /* unmapped, supplementary */
    if ((size_t)r->contig >= til_bam_header(a->bam)->n_contigs || r->pos < 0)
        return til_fail(ctx, TIL_EINPUT, "%s: record %llu: no such contig", a->path,
                        (unsigned long long)number);
    record.target = a->target[r->contig];
    if (!follow_cigar(a->index, r, &record))
        return til_fail(ctx, TIL_EINPUT,
                        "%s: record %llu ('%s'): its CIGAR leads outside the read or transcript "
                        "'%s'",
                        a->path, (unsigned long long)number, r->name,
                        til_index_name(a->index, (size_t)record.target));
    til_status_t status = til_grow(ctx, &a->records, &a->records_capacity, a->n_records + 1,
                                   sizeof record);
    if (status == TIL_OK) a->records[a->n_records++] = record;
    return status;
}

/* ---- one fragment -------------------------------------------------------------------------- */

static int compare(int32_t a, int32_t b) { return (a > b) - (a < b); }

/* Mates that name each other become neighbours: by target and by the places of mate 1 and mate 2.
 */
static int by_pair(const void *x, const void *y)
{
    const aligned_t *a = x, *b = y;
    int c = compare(a->target, b->target);
    if (c == 0) c = compare(a->which ? a->mate_pos : a->pos, b->which ? b->mate_pos : b->pos);
    if (c == 0) c = compare(a->which ? a->pos : a->mate_pos, b->which ? b->pos : b->mate_pos);
    if (c == 0) c = compare(a->which, b->which);
    if (c == 0) c = compare(a->reverse, b->reverse);
    return c != 0 ? c : compare(a->cost, b->cost);
}

static bool name_each_other(const aligned_t *one, const aligned_t *two)
{
    return one->has_mate && two->has_mate && one->which == 0 && two->which == 1 &&
           one->target == two->target && one->mate_pos == two->pos && two->mate_pos == one->pos &&
           one->reverse != two->reverse;
}

static til_status_t add_candidate(til_ctx_t *ctx, til_pool_t *pool, til_seed_candidate_t c)
{
    til_status_t status = til_grow(ctx, &pool->items, &pool->capacity, pool->n + 1,
                                   sizeof *pool->items);
    if (status == TIL_OK) pool->items[pool->n++] = c;
    return status;
}

static til_status_t add_pair(til_ctx_t *ctx, const aligned_t *one, const aligned_t *two,
                             til_pool_t *pool)
{
    const aligned_t *forward = one->reverse ? two : one, *backward = one->reverse ? one : two;
    int fragment = backward->end - forward->pos;

    if (fragment < 1 || fragment > TIL_FRAGMENT_MAX) return TIL_OK; /* they face apart, or far */
    return add_candidate(ctx, pool,
                         (til_seed_candidate_t){ .target = (uint32_t)one->target,
                                                 .at = { one->at, two->at },
                                                 .fragment = fragment,
                                                 .cost = one->cost + two->cost,
                                                 .mates = 3,
                                                 .reverse = one->reverse,
                                                 .clipped = one->clipped | two->clipped });
}

/* Turns the records of a fragment into candidates: pairs, or where there is none, single mates. */
static til_status_t conclude(til_ctx_t *ctx, til_alignments_t *a, til_pool_t *pool)
{
    til_status_t status = TIL_OK;
    size_t n = a->n_records;
    aligned_t *r = a->records;

    if (n > 1) qsort(r, n, sizeof *r, by_pair);
    for (size_t i = 0; i < n; i++) {
        if (r[i].which != 0) continue;
        for (size_t j = i + 1; j < n && r[j].target == r[i].target; j++) {
            if (r[j].used || !name_each_other(&r[i], &r[j])) {
                if (r[j].which == 1) break;
                continue;
            }
            r[j].used = 1;
            TIL_TRY(add_pair(ctx, &r[i], &r[j], pool));
            break;
        }
    }
    if (pool->n > pool->first) return TIL_OK;
    for (size_t i = 0; i < n; i++) {
        til_seed_candidate_t c = { .target = (uint32_t)r[i].target,
                                   .cost = r[i].cost,
                                   .mates = (uint8_t)(1 << r[i].which),
                                   .reverse = r[i].which == 0 ? r[i].reverse : !r[i].reverse,
                                   .clipped = r[i].clipped };
        c.at[r[i].which] = r[i].at;
        TIL_TRY(add_candidate(ctx, pool, c));
    }
done:
    return status;
}

til_status_t til_alignments_next(til_ctx_t *ctx, til_alignments_t *a, til_pool_t *pool,
                                 til_aligned_t *fragment, int *more)
{
    til_status_t status = TIL_OK;
    bool begun = false;

    *more = 0;
    *fragment = (til_aligned_t){ .first = pool->n, .n_mates = 1 };
    pool->first = pool->n;
    a->n_records = 0;
    for (;;) {
        til_bam_record_t r;
        if (a->next == a->batch.n) {
            a->next = 0;
            TIL_TRY(til_bam_next(ctx, a->bam, &a->batch));
            if (a->batch.n == 0) break;
        }
        uint64_t number = a->batch.first + a->next;
        if (!til_bam_record(a->batch.bytes + a->batch.at[a->next], &r)) {
            status = til_fail(ctx, TIL_EINPUT, "%s: record %llu is damaged", a->path,
                              (unsigned long long)number);
            goto done;
        }
        if (begun && strcmp(r.name, a->name) != 0) break;
        if (!begun) memcpy(a->name, r.name, r.name_length + 1);
        begun = true;
        TIL_TRY(add_record(ctx, a, &r, number, fragment));
        a->next++;
    }
    if (!begun) return TIL_OK;
    *more = 1;
    a->n_read++;
    TIL_TRY(conclude(ctx, a, pool));
    fragment->n = pool->n - fragment->first;
done:
    return status;
}
