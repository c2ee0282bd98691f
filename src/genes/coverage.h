/* coverage.h -- what was found of each set: set, n_genes, n_found, found_fraction, missing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_GENES_COVERAGE_H
#define TIL_GENES_COVERAGE_H

#include <stdbool.h>
#include <tilseq/table.h>

#include "base/strbuf.h"

/* The table being filled, row by row. */
typedef struct {
    til_table_t *table;
    double *n_genes, *n_found, *fraction;
    size_t set_column, missing_column, row;
    const char *name;
    til_strbuf_t missing;
} til_coverage_t;

/* Starts with an empty `table` of n_rows rows, which the caller keeps and clears. */
TIL_MUST_USE
til_status_t til_coverage_init(til_ctx_t *ctx, til_coverage_t *c, size_t n_rows,
                               til_table_t *table);
void til_coverage_clear(til_coverage_t *c);

/* One row: begin, then each gene wanted, then end. */
void til_coverage_begin(til_coverage_t *c, const char *name);
void til_coverage_gene(til_coverage_t *c, const char *gene, bool found);
TIL_MUST_USE
til_status_t til_coverage_end(til_ctx_t *ctx, til_coverage_t *c);

#endif
