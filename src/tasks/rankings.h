/* rankings.h -- what gsea walks along, from a ranks file, a table of differential expression or a
 * list. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_RANKINGS_H
#define TIL_TASKS_RANKINGS_H

#include <stdbool.h>
#include <tilseq/gsea.h>

#include "genes/gene_ids.h"
#include "tasks/job.h"
#include "tasks/shipped.h"

/* Where the genes come from; exactly one of ranks, de, list. */
typedef struct {
    const char *ranks, *de, *list, *universe;
    const char *genes;     /* --genes: a table of names, or NULL                        */
    til_species_t species; /* whose other names of genes to know; UNKNOWN: by the names */
    const til_genesets_t *sets;
    const char *rank_by;   /* column of `de`                                            */
    bool select;           /* ora: fill `selected`                                      */
    double alpha;          /* `de` with select: padj below this is selected             */
    til_score_type_t side; /* `de` with select: POS only up, NEG only down              */
} til_ranking_source_t;

/* Reads the genes, names them (--genes, else the table's gene_name, else the id without an Ensembl
 * version; ids none of which is a gene of the sets get the symbols of the table inside tilseq) and
 * keeps one row per name, the one with the largest |statistic|. Rows of `de` without the statistic
 * (with select: without padj) are left out. Says how many of each.
 *
 *   ids        the names that genes of the species go by, empty where it is not told;
 *              til_gene_ids_clear it
 *   selected   with `select`: one flag per gene of `out`, free() it; else NULL
 *
 * With a list the ranking is the universe, its statistics 1 for listed genes and 0 for others. */
TIL_MUST_USE
til_status_t til_load_ranking(til_ctx_t *ctx, til_job_t *job, const til_ranking_source_t *source,
                              til_gene_ids_t *ids, til_ranking_t *out, bool **selected);

#endif
