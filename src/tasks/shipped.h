/* shipped.h -- the gene sets, scores and gene names that the program carries (genesets/). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TASKS_SHIPPED_H
#define TIL_TASKS_SHIPPED_H

#include <stdbool.h>
#include <tilseq/geneset.h>
#include <tilseq/matrix.h>
#include <tilseq/score.h>
#include <tilseq/words.h>

#include "genes/gene_ids.h"
#include "io/text/textfile.h"

typedef enum {
    TIL_HUMAN,
    TIL_MOUSE,
    TIL_N_SPECIES,
    TIL_SPECIES_UNKNOWN = TIL_N_SPECIES
} til_species_t;

/* "human", "mouse", and "auto" for the one that is not known. */
extern const til_words_t til_species_words;

const char *til_species_name(til_species_t species);

/* The species asked for; for TIL_SPECIES_UNKNOWN the one whose shipped genes (or ids, where the rows
 * are Entrez or Ensembl ids) are found most in `rows`, TIL_SPECIES_UNKNOWN where none is. */
TIL_MUST_USE
til_status_t til_species_of(til_ctx_t *ctx, til_species_t asked, const til_gene_rows_t *rows,
                            til_species_t *species);

/* The sets, and the table of gene names (left empty for TIL_SPECIES_UNKNOWN), that ship for a
 * species. */
TIL_MUST_USE
til_status_t til_shipped_sets(til_ctx_t *ctx, til_species_t species, til_genesets_t *out);
TIL_MUST_USE
til_status_t til_shipped_ids(til_ctx_t *ctx, til_species_t species, til_gene_ids_t *out);

/* Symbols for rows that are Entrez or Ensembl ids, when not one gene of `sets` is among the rows as
 * they stand; says so. *symbols: n borrowed texts, NULL where an id is not known, free() it; NULL
 * when the rows keep their names. */
TIL_MUST_USE
til_status_t til_symbols_of_ids(til_ctx_t *ctx, til_species_t species, const til_gene_ids_t *ids,
                                const til_genesets_t *sets, const til_gene_rows_t *rows,
                                const char ***symbols);

/* The same for the rows of a matrix, which get the names. */
TIL_MUST_USE
til_status_t til_name_rows(til_ctx_t *ctx, til_species_t species, const til_gene_ids_t *ids,
                           const til_genesets_t *sets, til_matrix_t *m);

/* Rows of a scores.tsv; their texts stand in `text`. */
typedef struct {
    til_score_def_t *defs;
    size_t n;
    til_text_t text;
} til_score_rows_t;

/* Reads the scores of a species (all for TIL_SPECIES_UNKNOWN) from `text`, which `out` takes.
 * TIL_EINPUT naming file and line for a missing column, an unknown type or scale, a name used
 * twice, and for no score at all. */
TIL_MUST_USE
til_status_t til_score_rows_read(til_ctx_t *ctx, til_text_t *text, til_species_t species,
                                 til_score_rows_t *out);
void til_score_rows_clear(til_score_rows_t *rows);

#endif
