/* gene_key.h -- what part of a gene's name it is known by. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GENES_GENE_KEY_H
#define TIL_GENES_GENE_KEY_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes of `name` count when names are compared: all of them, except that the version of
 * an Ensembl id (ENSG00000111537.5, ENSMUSG00000055170.6) does not. */
size_t til_gene_key_length(const char *name);

/* True for an Ensembl gene id of any species, with or without version. */
bool til_gene_is_ensembl(const char *name);

/* True for a run of digits: an Entrez (NCBI Gene) id. */
bool til_gene_is_entrez(const char *name);

#endif
