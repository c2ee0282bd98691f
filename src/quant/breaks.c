/* breaks.c -- where the de Bruijn graph of the targets branches, in bounded memory.
 *
 * Runs of consecutive k-mers that share their minimizer (the M-mer with the smallest hash) go to
 * one of N_PARTS partitions as 8-byte records that point into T; no sequence is copied. All
 * occurrences of a k-mer meet in one partition, so each partition is solved by itself in a small
 * hash: k-mer -> which bases stand to its right and left over all occurrences. A second pass over
 * the partition's records marks the positions whose k-mer has not exactly one neighbour.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "base/try.h"
#include "quant/unitigs.h"

enum {
    M = 13, /* length of the minimizer                              */
    N_PARTS = 2048,
    MAX_RUN = 16000, /* k-mers of a record: 14 bits                          */
    FIRST_CELLS = 1 << 10,
    PREFETCH = 8
};

/* position << 16 | target ends here << 15 | target begins here << 14 | number of k-mers */
typedef uint64_t run_t;

typedef struct {
    run_t *runs;
    size_t n, capacity;
} part_t;

/* ---- partition --------------------------------------------------------------------------- */

typedef struct {
    const til_targets_t *t;
    unsigned k;
    part_t *parts;
    uint32_t *hashes; /* of the M-mers of the current target */
    size_t hashes_capacity;
} partition_t;

static void hash_mmers(partition_t *p, uint64_t start, size_t n_bases)
{
    const uint64_t mask = til_kmer_mask(M);
    uint64_t forward = 0, reverse = 0;

    for (size_t i = 0; i < n_bases; i++) {
        uint64_t code = til_bases_get1(p->t->bases, start + i);
        forward = forward >> 2 | code << (2 * M - 2);
        reverse = (reverse << 2 | (code ^ 2)) & mask;
        if (i >= M - 1) {
            uint64_t canonical = forward < reverse ? forward : reverse;
            p->hashes[i - (M - 1)] = (uint32_t)(canonical * 0x9E3779B97F4A7C15ULL >> 32);
        }
    }
}

static til_status_t emit(til_ctx_t *ctx, partition_t *p, uint32_t minimizer, run_t run)
{
    part_t *part = &p->parts[(uint32_t)(minimizer * 2654435761u) / (UINT32_MAX / N_PARTS + 1)];

    if (part->n == part->capacity) {
        til_status_t status = til_grow(ctx, &part->runs, &part->capacity, part->n + 1, sizeof run);
        if (status != TIL_OK) return status;
    }
    part->runs[part->n++] = run;
    return TIL_OK;
}

static til_status_t partition_target(til_ctx_t *ctx, partition_t *p, size_t target)
{
    til_status_t status = TIL_OK;
    uint64_t start = p->t->starts[target];
    size_t n_bases = p->t->starts[target + 1] - start;

    if (n_bases < p->k) return TIL_OK;
    size_t n_kmers = n_bases - p->k + 1, window = p->k - M + 1, lowest_at = 0, run_start = 0;
    uint32_t lowest = UINT32_MAX, current = 0;

    TIL_TRY(til_grow(ctx, &p->hashes, &p->hashes_capacity, n_bases, sizeof(uint32_t)));
    hash_mmers(p, start, n_bases);
    for (size_t i = 0; i < n_kmers; i++) {
        if (i == 0 || lowest_at < i) {
            lowest = UINT32_MAX;
            for (size_t j = i; j < i + window; j++)
                if (p->hashes[j] <= lowest) {
                    lowest = p->hashes[j];
                    lowest_at = j;
                }
        } else if (p->hashes[i + window - 1] <= lowest) {
            lowest = p->hashes[i + window - 1];
            lowest_at = i + window - 1;
        }
        if (i == 0) current = lowest;
        if (lowest != current || i - run_start >= MAX_RUN) {
            TIL_TRY(
                emit(ctx, p, current,
                     (start + run_start) << 16 | (run_t)(run_start == 0) << 14 | (i - run_start)));
            current = lowest;
            run_start = i;
        }
    }
    TIL_TRY(emit(ctx, p, current,
                 (start + run_start) << 16 | 1u << 15 | (run_t)(run_start == 0) << 14 |
                     (n_kmers - run_start)));
done:
    return status;
}

/* ---- one partition ----------------------------------------------------------------------- */

/* Neighbours of a k-mer in its canonical orientation: bits 0-3 the bases to the right, 4-7 to the
 * left; 8 (9): somewhere it has none to the right (left), or its own reverse complement. */
enum { NONE_RIGHT = 1 << 8, NONE_LEFT = 1 << 9 };

typedef struct {
    uint64_t kmer; /* canonical; ~0 when free */
    uint64_t neighbours;
} cell_t;

typedef struct {
    cell_t *cells;
    size_t cells_capacity;
    uint64_t *found; /* per k-mer of the partition: cell << 1 | is canonical */
    size_t found_capacity;
} workspace_t;

typedef struct {
    const til_targets_t *t;
    unsigned k;
    part_t *parts;
    workspace_t *workspaces;
    uint64_t *n_distinct, *n_of_transcripts; /* per partition */
    uint64_t transcripts_end;                /* in T */
    _Atomic uint64_t *right, *left;
} solve_t;

static cell_t *find_cell(cell_t *cells, size_t n_cells, uint64_t kmer, size_t *n_used)
{
    size_t at = (kmer * 0x9E3779B97F4A7C15ULL) >> 20 & (n_cells - 1);

    while (cells[at].kmer != kmer) {
        if (cells[at].kmer == ~0ULL) {
            cells[at] = (cell_t){ kmer, 0 };
            (*n_used)++;
            break;
        }
        at = (at + 1) & (n_cells - 1);
    }
    return &cells[at];
}

/* A k-mer's neighbours here, turned to its canonical orientation. */
static uint64_t turn(uint64_t right, uint64_t left, int canonical)
{
    uint64_t neighbours = 0;

    if (canonical) {
        neighbours |= right == 4 ? NONE_RIGHT : 1ULL << right;
        neighbours |= left == 4 ? NONE_LEFT : 16ULL << left;
    } else {
        neighbours |= right == 4 ? NONE_LEFT : 16ULL << (right ^ 2);
        neighbours |= left == 4 ? NONE_RIGHT : 1ULL << (left ^ 2);
    }
    return neighbours;
}

/* Enters the k-mers of one run. */
static uint64_t *enter_run(const solve_t *s, workspace_t *w, size_t n_cells, run_t run,
                           uint64_t *found, size_t *n_used)
{
    const unsigned k = s->k;
    const uint64_t mask = til_kmer_mask(k), *bases = s->t->bases;
    uint64_t at = run >> 16, n = run & 0x3FFF;
    int first = run >> 14 & 1, last = run >> 15 & 1;
    uint64_t forward = til_bases_get32(bases, at) & mask, reverse = til_kmer_reverse(forward, k);
    uint64_t before = at > 0 ? til_bases_get1(bases, at - 1) : 0;

    for (uint64_t j = 0; j < n; j++) {
        uint64_t after = til_bases_get1(bases, at + j + k);
        uint64_t next = forward >> 2 | after << (2 * k - 2);
        int canonical = forward < reverse;
        cell_t *cell = find_cell(w->cells, n_cells, canonical ? forward : reverse, n_used);
        cell->neighbours |= turn((j == n - 1 && last) || next == reverse ? 4 : after,
                                 j == 0 && first ? 4 : before, canonical);
        *found++ = (uint64_t)(cell - w->cells) << 1 | (uint64_t)canonical;
        before = forward & 3;
        forward = next;
        reverse = (reverse << 2 | (after ^ 2)) & mask;
    }
    return found;
}

static til_status_t make_cells(til_ctx_t *ctx, workspace_t *w, size_t n_cells)
{
    til_status_t status = til_grow(ctx, &w->cells, &w->cells_capacity, n_cells, sizeof *w->cells);
    if (status != TIL_OK) return status;
    memset(w->cells, 0xFF, n_cells * sizeof *w->cells);
    return TIL_OK;
}

/* Enters all k-mers of a partition, in a larger hash where the first is too small. */
static til_status_t enter_part(til_ctx_t *ctx, const solve_t *s, workspace_t *w, const part_t *part,
                               size_t n_kmers, size_t *n_distinct, size_t *n_of_transcripts)
{
    til_status_t status = TIL_OK;
    size_t n_cells = FIRST_CELLS;

    while (n_cells < n_kmers / 2) n_cells *= 2;
    for (;;) {
        uint64_t *found = w->found;
        size_t i = 0;
        *n_distinct = *n_of_transcripts = 0;
        TIL_TRY(make_cells(ctx, w, n_cells));
        for (; i < part->n && *n_distinct * 10 <= n_cells * 7; i++) {
            if (i + PREFETCH < part->n)
                __builtin_prefetch(&s->t->bases[part->runs[i + PREFETCH] >> 16 >> 5]);
            size_t room = n_cells - *n_distinct;
            if ((part->runs[i] & 0x3FFF) >= room) break;
            found = enter_run(s, w, n_cells, part->runs[i], found, n_distinct);
            if (part->runs[i] >> 16 < s->transcripts_end) *n_of_transcripts = *n_distinct;
        }
        if (i == part->n && *n_distinct * 10 <= n_cells * 8) break;
        n_cells *= 2;
    }
done:
    return status;
}

static int is_single(uint64_t neighbours, unsigned shift)
{
    uint64_t four = neighbours >> shift & 15;
    return four != 0 && (four & (four - 1)) == 0;
}

static void set_bit(_Atomic uint64_t *bits, uint64_t at)
{
    atomic_fetch_or_explicit(&bits[at >> 6], 1ULL << (at & 63), memory_order_relaxed);
}

static void mark_breaks(const solve_t *s, const workspace_t *w, const part_t *part)
{
    const uint64_t *found = w->found;

    for (size_t i = 0; i < part->n; i++) {
        uint64_t at = part->runs[i] >> 16, n = part->runs[i] & 0x3FFF;
        for (uint64_t j = 0; j < n; j++, found++) {
            uint64_t neighbours = w->cells[*found >> 1].neighbours;
            int right = (neighbours & NONE_RIGHT) || !is_single(neighbours, 0);
            int left = (neighbours & NONE_LEFT) || !is_single(neighbours, 4);
            if (*found & 1 ? right : left) set_bit(s->right, at + j);
            if (*found & 1 ? left : right) set_bit(s->left, at + j);
        }
    }
}

static til_status_t solve_parts(til_ctx_t *ctx, void *arg, int worker, size_t begin, size_t end)
{
    til_status_t status = TIL_OK;
    solve_t *s = arg;
    workspace_t *w = &s->workspaces[worker];

    for (size_t p = begin; p < end; p++) {
        part_t *part = &s->parts[p];
        size_t n_kmers = 0;
        for (size_t i = 0; i < part->n; i++) n_kmers += part->runs[i] & 0x3FFF;
        TIL_TRY(til_grow(ctx, &w->found, &w->found_capacity, n_kmers + 1, sizeof(uint64_t)));
        TIL_TRY(enter_part(ctx, s, w, part, n_kmers, &s->n_distinct[p], &s->n_of_transcripts[p]));
        mark_breaks(s, w, part);
        free(part->runs);
        *part = (part_t){ 0 };
    }
done:
    return status;
}

/* ---- all --------------------------------------------------------------------------------- */

static til_status_t make_parts(til_ctx_t *ctx, const til_targets_t *targets, unsigned k,
                               part_t *parts)
{
    til_status_t status = TIL_OK;
    partition_t p = { .t = targets, .k = k, .parts = parts };
    size_t expected = targets->n_bases / N_PARTS / 9 + 16; /* a run holds some ten k-mers */

    for (size_t i = 0; i < N_PARTS; i++)
        TIL_TRY(til_grow(ctx, &parts[i].runs, &parts[i].capacity, expected, sizeof(run_t)));
    for (size_t target = 0; target < targets->n; target++)
        TIL_TRY(partition_target(ctx, &p, target));
done:
    free(p.hashes);
    return status;
}

til_status_t til_breaks_find(til_ctx_t *ctx, const til_targets_t *targets, unsigned k,
                             til_breaks_t *out)
{
    til_status_t status = TIL_OK;
    size_t n_words = (size_t)(targets->n_bases >> 6) + 2, n_workers = (size_t)ctx->n_threads;
    solve_t s = { .t = targets, .k = k };

    *out = (til_breaks_t){ 0 };
    s.parts = til_array_zero(N_PARTS, sizeof *s.parts);
    s.workspaces = til_array_zero(n_workers, sizeof *s.workspaces);
    s.n_distinct = til_array_zero(N_PARTS, sizeof *s.n_distinct);
    s.n_of_transcripts = til_array_zero(N_PARTS, sizeof *s.n_of_transcripts);
    s.transcripts_end = targets->starts[targets->n_transcripts];
    if (s.parts == NULL || s.workspaces == NULL || s.n_distinct == NULL ||
        s.n_of_transcripts == NULL) {
        status = til_no_memory(ctx, N_PARTS, "partitions");
        goto done;
    }
    TIL_TRY(make_parts(ctx, targets, k, s.parts));
    out->right = til_array_zero(n_words, sizeof *out->right);
    out->left = til_array_zero(n_words, sizeof *out->left);
    if (out->right == NULL || out->left == NULL) {
        status = til_no_memory(ctx, targets->n_bases, "bits");
        goto done;
    }
    s.right = (_Atomic uint64_t *)out->right;
    s.left = (_Atomic uint64_t *)out->left;
    TIL_TRY(til_parallel_for(ctx, N_PARTS, 8, solve_parts, &s));
    for (size_t i = 0; i < N_PARTS; i++) {
        out->n_kmers += s.n_distinct[i];
        out->n_transcript_kmers += s.n_of_transcripts[i];
    }
done:
    for (size_t i = 0; s.parts != NULL && i < N_PARTS; i++) free(s.parts[i].runs);
    for (size_t i = 0; s.workspaces != NULL && i < n_workers; i++) {
        free(s.workspaces[i].cells);
        free(s.workspaces[i].found);
    }
    free(s.parts);
    free(s.workspaces);
    free(s.n_distinct);
    free(s.n_of_transcripts);
    if (status != TIL_OK) til_breaks_clear(out);
    return status;
}

void til_breaks_clear(til_breaks_t *breaks)
{
    if (breaks == NULL) return;
    free(breaks->right);
    free(breaks->left);
    *breaks = (til_breaks_t){ 0 };
}
