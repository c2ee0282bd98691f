/* tx_genes.h -- the genes of a list of transcripts, looked up in a table. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GENES_TX_GENES_H
#define TIL_GENES_TX_GENES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tilseq/annot.h>

struct til_arena;

typedef struct {
    uint32_t *gene_of;          /* per transcript, TIL_NO_GENE where the table has none    */
    size_t n_genes;             /* in the order of their first transcript                  */
    char **gene_ids, **symbols; /* symbols hold NULL where there is none                   */
    size_t n_missing;           /* transcripts without a gene                              */
    size_t n_bar, n_bare;       /* found by the text before a '|'; without a version       */
    struct til_arena *arena;
} til_tx_genes_t;

/* Finds the gene of each of the n names: whole, else up to the first '|' (GENCODE's headers), else
 * without versions on both sides where that is unambiguous. A name that differs from the table's in
 * nothing but its version belongs to that gene; names of several genes stay without one.
 *
 *   own_genes   a name without a gene is a gene of its own (and still counted in n_missing)
 *
 * TIL_EINPUT when the table gives one transcript two genes. */
TIL_MUST_USE
til_status_t til_tx_genes_find(til_ctx_t *ctx, const til_tx2gene_t *table, char *const *names,
                               size_t n, bool own_genes, til_tx_genes_t *out);
void til_tx_genes_clear(til_tx_genes_t *genes);

/* Says how many names were found by their text before a '|', how many without a version, and, with
 * own_genes, how many are genes of their own. */
void til_tx_genes_say(til_ctx_t *ctx, const til_tx2gene_t *table, size_t n, bool own_genes,
                      const til_tx_genes_t *genes);

/* TIL_EINPUT that shows names of both sides; `rest` ends the message. */
til_status_t til_tx_genes_fail(til_ctx_t *ctx, const til_tx2gene_t *table, char *const *names,
                               size_t n, const til_tx_genes_t *genes, const char *rest);

#endif
