/* tilseq/ranking.h -- genes with one number each: what enrichment methods walk along.
 *
 * The genes keep the order of their file; names are unique and the numbers are finite (readers
 * and makers see to it). The ranking owns all.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TILSEQ_RANKING_H
#define TILSEQ_RANKING_H

#include <stddef.h>
#include <tilseq/context.h>

#ifdef __cplusplus
extern "C" {
#endif

struct til_arena;

typedef struct {
    size_t n_genes;
    char **genes;            /* n_genes, unique                              */
    double *stats;           /* n_genes, finite; large means up              */
    char *origin;            /* file name for messages; never NULL once initialised */
    struct til_arena *arena; /* holds all strings                            */
} til_ranking_t;

/* A ranking of n_genes zeros without names. `out` is left empty unless TIL_OK. */
TIL_MUST_USE
til_status_t til_ranking_init(til_ctx_t *ctx, size_t n_genes, const char *origin,
                              til_ranking_t *out);
void til_ranking_clear(til_ranking_t *r);

/* Names gene i and gives it its number; the text is copied. */
TIL_MUST_USE
til_status_t til_ranking_set(til_ctx_t *ctx, til_ranking_t *r, size_t i, const char *gene,
                             double stat);

#ifdef __cplusplus
}
#endif
#endif
