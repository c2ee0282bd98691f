/* eqclass.c -- the table of equivalence classes.
 *
 * Members of all classes lie one behind the other; an open-addressed hash of 32 bits of tag and 32
 * bits of class number finds them. Batches are committed in the order they were read, so sums of
 * shares are formed in file order whatever the number of threads.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "quant/eqclass.h"
#include "quant/kmer.h"

enum { FIRST_CELLS = 1 << 16, AHEAD = 16 };
#define NO_CLASS (~0ULL)

struct til_classes {
    uint64_t *cells; /* tag << 32 | class; NO_CLASS when free */
    size_t n_cells;
    uint64_t *first;
    uint32_t *sizes, *counts, *labels, *unique;
    uint64_t *hashes;
    double *shares;
    size_t n, n_members;
    size_t first_capacity, sizes_capacity, counts_capacity, labels_capacity, hashes_capacity;
    size_t shares_capacity;
    uint32_t n_transcripts;
};

/* ---- staging ----------------------------------------------------------------------------- */

til_status_t til_staged_add(til_ctx_t *ctx, til_staged_t *s, const uint32_t *transcripts,
                            const double *shares, size_t n)
{
    til_status_t status = TIL_OK;
    double sum = 0;
    uint64_t hash = n;

    TIL_TRY(til_grow(ctx, &s->hashes, &s->hashes_capacity, s->n + 1, sizeof *s->hashes));
    TIL_TRY(til_grow(ctx, &s->first, &s->first_capacity, s->n + 2, sizeof *s->first));
    TIL_TRY(til_grow(ctx, &s->labels, &s->labels_capacity, s->n_members + n, sizeof *s->labels));
    TIL_TRY(til_grow(ctx, &s->shares, &s->shares_capacity, s->n_members + n, sizeof *s->shares));
    for (size_t i = 0; i < n; i++) sum += shares[i];
    for (size_t i = 0; i < n; i++) {
        double share = shares[i] / sum;
        uint32_t bin = (uint32_t)(share * TIL_CLASS_BINS);
        if (bin >= TIL_CLASS_BINS) bin = TIL_CLASS_BINS - 1;
        uint32_t label = transcripts[i] * TIL_CLASS_BINS + bin;
        s->labels[s->n_members + i] = label;
        s->shares[s->n_members + i] = (float)share;
        hash = (hash ^ label) * 0x9E3779B97F4A7C15ULL;
        hash ^= hash >> 29;
    }
    s->hashes[s->n] = til_kmer_hash(hash);
    s->first[s->n] = (uint32_t)s->n_members;
    s->n_members += n;
    s->first[++s->n] = (uint32_t)s->n_members;
done:
    return status;
}

void til_staged_clear(til_staged_t *s)
{
    if (s == NULL) return;
    free(s->labels);
    free(s->shares);
    free(s->hashes);
    free(s->first);
    *s = (til_staged_t){ 0 };
}

/* ---- the table --------------------------------------------------------------------------- */

static til_status_t make_cells(til_ctx_t *ctx, til_eq_classes_t *c, size_t n_cells)
{
    uint64_t *cells = til_array(n_cells, sizeof *cells);

    if (cells == NULL) return til_no_memory(ctx, n_cells, "equivalence classes");
    memset(cells, 0xFF, n_cells * sizeof *cells);
    for (size_t i = 0; i < c->n; i++) {
        size_t at = c->hashes[i] & (n_cells - 1);
        while (cells[at] != NO_CLASS) at = (at + 1) & (n_cells - 1);
        cells[at] = (c->hashes[i] >> 32) << 32 | i;
    }
    free(c->cells);
    c->cells = cells;
    c->n_cells = n_cells;
    return TIL_OK;
}

til_status_t til_classes_new(til_ctx_t *ctx, uint32_t n_transcripts, til_eq_classes_t **out)
{
    til_status_t status = TIL_OK;
    til_eq_classes_t *c = til_array_zero(1, sizeof *c);

    *out = NULL;
    if (c == NULL) return til_no_memory(ctx, 1, "table");
    c->n_transcripts = n_transcripts;
    c->unique = til_array_zero(n_transcripts, sizeof *c->unique);
    if (c->unique == NULL) status = til_no_memory(ctx, n_transcripts, "transcripts");
    if (status == TIL_OK) status = make_cells(ctx, c, FIRST_CELLS);
    if (status != TIL_OK) {
        til_classes_free(c);
        return status;
    }
    *out = c;
    return TIL_OK;
}

void til_classes_free(til_eq_classes_t *c)
{
    if (c == NULL) return;
    free(c->cells);
    free(c->first);
    free(c->sizes);
    free(c->counts);
    free(c->labels);
    free(c->unique);
    free(c->hashes);
    free(c->shares);
    free(c);
}

static til_status_t new_class(til_ctx_t *ctx, til_eq_classes_t *c, size_t cell, uint64_t hash,
                              const uint32_t *labels, const float *shares, uint32_t n)
{
    til_status_t status = TIL_OK;

    if (c->n >= UINT32_MAX - 1)
        return til_fail(ctx, TIL_EINPUT, "more than 2^32 equivalence classes");
    TIL_TRY(til_grow(ctx, &c->first, &c->first_capacity, c->n + 1, sizeof *c->first));
    TIL_TRY(til_grow(ctx, &c->sizes, &c->sizes_capacity, c->n + 1, sizeof *c->sizes));
    TIL_TRY(til_grow(ctx, &c->counts, &c->counts_capacity, c->n + 1, sizeof *c->counts));
    TIL_TRY(til_grow(ctx, &c->hashes, &c->hashes_capacity, c->n + 1, sizeof *c->hashes));
    TIL_TRY(til_grow(ctx, &c->labels, &c->labels_capacity, c->n_members + n, sizeof *c->labels));
    TIL_TRY(til_grow(ctx, &c->shares, &c->shares_capacity, c->n_members + n, sizeof *c->shares));
    c->cells[cell] = (hash >> 32) << 32 | c->n;
    c->first[c->n] = c->n_members;
    c->sizes[c->n] = n;
    c->counts[c->n] = 1;
    c->hashes[c->n] = hash;
    memcpy(c->labels + c->n_members, labels, n * sizeof *labels);
    for (uint32_t i = 0; i < n; i++) c->shares[c->n_members + i] = (double)shares[i];
    c->n_members += n;
    c->n++;
    if (c->n * 2 > c->n_cells) TIL_TRY(make_cells(ctx, c, c->n_cells * 2));
done:
    return status;
}

static til_status_t count_fragment(til_ctx_t *ctx, til_eq_classes_t *c, uint64_t hash,
                                   const uint32_t *labels, const float *shares, uint32_t n)
{
    size_t at = hash & (c->n_cells - 1);

    for (;; at = (at + 1) & (c->n_cells - 1)) {
        if (c->cells[at] == NO_CLASS) return new_class(ctx, c, at, hash, labels, shares, n);
        if (c->cells[at] >> 32 != hash >> 32) continue;
        uint32_t i = (uint32_t)c->cells[at];
        if (c->sizes[i] != n || memcmp(c->labels + c->first[i], labels, n * sizeof *labels) != 0)
            continue;
        c->counts[i]++;
        for (uint32_t k = 0; k < n; k++) c->shares[c->first[i] + k] += (double)shares[k];
        return TIL_OK;
    }
}

/* Brings fragment i's table cell (stage 0) or class (stage 1) nearer. */
static void prefetch(const til_eq_classes_t *c, const til_staged_t *s, size_t i, int stage)
{
    if (i >= s->n || s->first[i + 1] - s->first[i] < 2) return;
    const uint64_t *cell = &c->cells[s->hashes[i] & (c->n_cells - 1)];
    if (stage == 0) {
        __builtin_prefetch(cell);
    } else if (*cell != NO_CLASS) {
        uint32_t k = (uint32_t)*cell;
        if (stage == 1) {
            __builtin_prefetch(&c->first[k]);
            __builtin_prefetch(&c->counts[k]);
            __builtin_prefetch(&c->sizes[k]);
        } else {
            __builtin_prefetch(&c->labels[c->first[k]]);
            __builtin_prefetch(&c->shares[c->first[k]]);
        }
    }
}

til_status_t til_classes_commit(til_ctx_t *ctx, til_eq_classes_t *classes,
                                const til_staged_t *staged)
{
    for (size_t i = 0; i < staged->n; i++) {
        uint32_t first = staged->first[i], n = staged->first[i + 1] - first;
        prefetch(classes, staged, i + 3 * AHEAD, 0);
        prefetch(classes, staged, i + 2 * AHEAD, 1);
        prefetch(classes, staged, i + AHEAD, 2);
        if (n == 1) {
            classes->unique[staged->labels[first] / TIL_CLASS_BINS]++;
            continue;
        }
        til_status_t status = count_fragment(ctx, classes, staged->hashes[i],
                                             staged->labels + first, staged->shares + first, n);
        if (status != TIL_OK) return status;
    }
    return TIL_OK;
}

til_classes_view_t til_classes_view(const til_eq_classes_t *c)
{
    return (til_classes_view_t){ .n = c->n,
                                 .n_members = c->n_members,
                                 .first = c->first,
                                 .sizes = c->sizes,
                                 .counts = c->counts,
                                 .labels = c->labels,
                                 .shares = c->shares,
                                 .unique = c->unique,
                                 .n_transcripts = c->n_transcripts };
}
