/* enrichment.h -- the ranking laid out for walking, the enrichment score and its leading edge. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GSEA_ENRICHMENT_H
#define TIL_GSEA_ENRICHMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tilseq/gsea.h>

/* Scores closer than this are one score: the same set summed in another order. */
#define TIL_SCORE_TOLERANCE 1e-12

/* One direction of a ranking: position 0 is its beginning. */
typedef struct {
    int n, n_blocks;    /* positions, and blocks of ties they are in                  */
    double *weight;     /* n: what a hit there adds, before division by the sum       */
    double *cumulative; /* n + 1: sums of weight over the positions before            */
    int *block_start;   /* n: the block of tied genes a position belongs to is        */
    int *block_end;     /*    [block_start, block_end); of length 1 where not tied    */
    uint64_t *tied;     /* bit set of the positions in blocks longer than one         */
} til_walk_t;

/* Both directions, and the way between genes and positions. */
typedef struct {
    til_walk_t down;   /* from the largest statistic to the smallest                 */
    til_walk_t up;     /* the same walk from its end: position n - 1 - i             */
    size_t *gene_at;   /* n: gene at a position of `down`                            */
    int *position;     /* n: position of a gene in `down`                            */
    double tied_share; /* share of the genes that share their statistic              */
} til_order_t;

/* Sorts a ranking by decreasing statistic.
 *
 *   ties    TIL_TIES_BLOCK: equal statistics form blocks, and stand in the order of their names
 *           inside one, so that nothing depends on the order of the input;
 *           TIL_TIES_INPUT: they stand in the order of the input and every block has length 1
 *   param   weight = |statistic|^param
 *   out     left empty unless TIL_OK
 */
TIL_MUST_USE
til_status_t til_order_init(til_ctx_t *ctx, const til_ranking_t *ranking, til_rank_ties_t ties,
                            double param, til_order_t *out);
void til_order_clear(til_order_t *order);

typedef struct {
    double score;              /* enrichment score of the asked type                         */
    double highest, lowest;    /* extremes of the running sum, >= 0 and <= 0                 */
    int edge_first, edge_last; /* the leading edge is positions[edge_first .. edge_last]; empty
                                   when edge_first > edge_last                                */
    bool edge_from_end;        /* list it from edge_last to edge_first (negative scores)     */
} til_enrichment_t;

/* The enrichment score of a set.
 *
 *   positions   k different positions of `walk`, ascending; 1 <= k < walk->n
 */
til_enrichment_t til_enrichment(const til_walk_t *walk, const int *positions, int k,
                                til_score_type_t type);

#endif
