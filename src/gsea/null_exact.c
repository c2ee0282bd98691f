/* null_exact.c -- the null distribution of the score by listing all that can happen.
 *
 * Tied genes are one step of the walk, so the score of a set depends on how many of its k genes lie
 * in each block of ties, and nothing else. With blocks of N_b genes the counts n_b of a random set
 * follow the multivariate hypergeometric law
 *
 *     P(n_1, n_2, ...) = prod_b C(N_b, n_b) / C(n, k),      sum_b n_b = k .
 *
 * A ranking of calls -1, 0, 1 has at most (k + 1)(k + 2)/2 outcomes; single genes of any ranking
 * have n. Where the outcomes are at most MOST_OUTCOMES all are listed and p is exact at any depth.
 *
 * Agrees:  the hypergeometric tail (libRmath) on rankings of two values, brute force elsewhere
 *          (tests/laws/law_gsea).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "gsea/null_exact.h"
#include "gsea/permute.h"
#include "math/dist.h"

#define MOST_OUTCOMES (1 << 19) /* 0.1 s of work; three values: sets to 1,022 genes */

/* ---- how many there are ------------------------------------------------------------------- */

/* Ways to place j = 0..size genes in the blocks so far -> with one more block of `width`. */
static void count_block(double *ways, double *sum, int size, int width)
{
    double run = 0;
    for (int j = 0; j <= size; j++) sum[j] = run += ways[j];
    for (int j = 0; j <= size; j++) ways[j] = sum[j] - (j > width ? sum[j - width - 1] : 0);
}

bool til_null_is_listable(const til_walk_t *walk, int size)
{
    bool few = size == 1 && walk->n <= MOST_OUTCOMES;
    double *ways, *sum;

    if (size <= 1 || size >= MOST_OUTCOMES) return few;
    if (walk->n_blocks >= size && til_lchoose(walk->n_blocks, size) > log(MOST_OUTCOMES))
        return false; /* no two members in one block: too many already */
    ways = til_array_zero((size_t)size + 1, sizeof *ways);
    sum = til_array_zero((size_t)size + 1, sizeof *sum);
    if (ways != NULL && sum != NULL) {
        int start = 0;
        ways[0] = 1;
        /* more blocks never make fewer ways, so the first excess decides */
        for (; start < walk->n && ways[size] <= MOST_OUTCOMES; start = walk->block_end[start])
            count_block(ways, sum, size, walk->block_end[start] - start);
        few = start == walk->n && ways[size] <= MOST_OUTCOMES;
    }
    free(ways);
    free(sum);
    return few;
}

/* ---- the listing ------------------------------------------------------------------------------ */

typedef struct {
    const til_walk_t *walk;
    til_score_type_t type;
    int size, depth;
    int *start, *count; /* blocks with members, in order: `depth` of them        */
    double log_whole;   /* log C(n, size)                                        */
    til_outcome_t *out;
    size_t n_out, capacity;
} listing_t;

/* The extremes of the running sum (enrichment.c) of a set with these counts. */
static double score_of(const listing_t *l)
{
    const til_walk_t *walk = l->walk;
    double whole = 0, weight = 0, highest = -INFINITY, lowest = INFINITY;
    double misses = walk->n - l->size;
    int hits = 0;

    for (int d = 0; d < l->depth; d++) whole += l->count[d] * walk->weight[l->start[d]];
    bool weightless = !(whole > 0);
    if (weightless) whole = l->size;
    for (int d = 0; d < l->depth; d++) {
        int start = l->start[d], end = walk->block_end[start];
        double bottom = weight / whole - (start - hits) / misses;
        weight += weightless ? l->count[d] : l->count[d] * walk->weight[start];
        hits += l->count[d];
        double top = weight / whole - (end - hits) / misses;
        if (top > highest) highest = top;
        if (bottom < lowest) lowest = bottom;
    }
    return til_score_of(l->type, highest, lowest);
}

static til_status_t add_outcome(til_ctx_t *ctx, listing_t *l, double log_ways)
{
    til_status_t status = til_grow(ctx, &l->out, &l->capacity, l->n_out + 1, sizeof *l->out);
    if (status == TIL_OK)
        l->out[l->n_out++] = (til_outcome_t){ score_of(l), log_ways - l->log_whole };
    return status;
}

/* Places `left` more genes into the blocks from position `start` on. */
static til_status_t place(til_ctx_t *ctx, listing_t *l, int start, int left, double log_ways)
{
    if (left == 0) return add_outcome(ctx, l, log_ways);
    while (start < l->walk->n && left <= l->walk->n - start) {
        int end = l->walk->block_end[start], width = end - start, after = l->walk->n - end;
        int least = left > after ? left - after : 1, most = left < width ? left : width;
        l->start[l->depth] = start;
        for (int count = least; count <= most; count++) {
            l->count[l->depth++] = count;
            til_status_t status = place(ctx, l, end, left - count,
                                        log_ways + til_lchoose(width, count));
            l->depth--;
            if (status != TIL_OK) return status;
        }
        start = end;
    }
    return TIL_OK;
}

til_status_t til_null_list(til_ctx_t *ctx, const til_walk_t *walk, int size, til_score_type_t type,
                           til_outcome_t **out, size_t *n_out)
{
    til_status_t status = TIL_OK;
    listing_t l = { .walk = walk, .type = type, .size = size };

    *out = NULL;
    *n_out = 0;
    l.log_whole = til_lchoose(walk->n, size);
    l.start = til_array((size_t)size, sizeof *l.start);
    l.count = til_array((size_t)size, sizeof *l.count);
    if (l.start == NULL || l.count == NULL) {
        status = til_no_memory(ctx, (size_t)size, "blocks of ties");
        goto done;
    }
    TIL_TRY(place(ctx, &l, 0, size, 0));
    *out = l.out;
    *n_out = l.n_out;

done:
    free(l.start);
    free(l.count);
    if (status != TIL_OK) free(l.out);
    return status;
}
