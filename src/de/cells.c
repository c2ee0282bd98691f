/* cells.c -- samples and means per combination of levels.
 *
 * In a paired design the levels are those of arm and time; in a formula those of the factors in the
 * terms a contrast weighs, and of the factors that interact with them.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "de/cells.h"
#include "de/whole_model.h"

enum { MAX_CELLS = 36, ARM = 2, TIME = 1 }; /* more columns than that tell a reader nothing */

typedef struct {
    const til_variable_t *factors[TIL_MAX_VARIABLES];
    size_t n_factors;
    size_t *cell; /* n_samples */
    size_t n_cells;
} cells_t;

/* Bits of the variables a contrast is about. */
static uint64_t bits_of(const til_design_t *design, const til_formula_t *formula,
                        const til_contrast_t *contrast)
{
    uint64_t bits = 0, all = 0;

    for (size_t j = 0; j < design->n_coef; j++)
        if (contrast->weights[j] != 0 && design->terms[j] > 0)
            bits |= formula->terms[design->terms[j] - 1];
    all = bits;
    for (size_t t = 0; t < formula->n_terms; t++)
        if (formula->terms[t] & bits) all |= formula->terms[t];
    return all;
}

static til_status_t find_factors(til_ctx_t *ctx, const til_design_t *design,
                                 const til_contrast_t *contrast, cells_t *out)
{
    til_status_t status = TIL_OK;
    til_formula_t formula = { 0 };

    if (design->is_paired) {
        if (design->has_arm) out->factors[out->n_factors++] = &design->variables[ARM];
        if (design->variables[TIME].is_factor)
            out->factors[out->n_factors++] = &design->variables[TIME];
        return TIL_OK;
    }
    if (design->formula == NULL || design->terms == NULL) return TIL_OK;
    TIL_TRY(til_formula_parse(ctx, design->formula, &formula));
    uint64_t bits = bits_of(design, &formula, contrast);
    for (size_t v = 0; v < formula.n_variables; v++) {
        const til_variable_t *f = til_design_variable(design, formula.variables[v]);
        if ((bits >> v & 1) && f != NULL && f->is_factor) out->factors[out->n_factors++] = f;
    }
done:
    til_formula_clear(&formula);
    return status;
}

static bool same_cell(const cells_t *cells, size_t a, size_t b)
{
    for (size_t f = 0; f < cells->n_factors; f++)
        if (cells->factors[f]->level[a] != cells->factors[f]->level[b]) return false;
    return true;
}

/* Does the cell of sample a stand before that of b, by levels? */
static bool stands_before(const cells_t *cells, size_t a, size_t b)
{
    for (size_t f = 0; f < cells->n_factors; f++) {
        size_t x = cells->factors[f]->level[a], y = cells->factors[f]->level[b];
        if (x != y) return x < y;
    }
    return false;
}

/* Numbers the cells in the order of their levels; n_cells is MAX_CELLS + 1 for more than that. */
static void number_cells(size_t n, cells_t *cells)
{
    size_t first[MAX_CELLS], rank[MAX_CELLS], k;

    cells->n_cells = 0;
    for (size_t s = 0; s < n; s++) {
        for (k = 0; k < cells->n_cells && !same_cell(cells, first[k], s); k++) continue;
        if (k == MAX_CELLS) {
            cells->n_cells = MAX_CELLS + 1;
            return;
        }
        if (k == cells->n_cells) first[cells->n_cells++] = s;
        cells->cell[s] = k;
    }
    for (k = 0; k < cells->n_cells; k++) {
        rank[k] = 0;
        for (size_t e = 0; e < cells->n_cells; e++)
            rank[k] += stands_before(cells, first[e], first[k]);
    }
    for (size_t s = 0; s < n; s++) cells->cell[s] = rank[cells->cell[s]];
}

static til_status_t add_cell(til_ctx_t *ctx, const cells_t *cells, size_t c,
                             const til_matrix_t *normalized, til_table_t *table)
{
    til_status_t status = TIL_OK;
    size_t n = 0, member = 0, row = 0, n_samples = normalized->n_cols;
    const til_column_t *id = til_table_column(table, "gene_id");
    til_strbuf_t label = { 0 }, name = { 0 };
    double *count, *mean;

    for (size_t s = 0; s < n_samples; s++)
        if (cells->cell[s] == c) {
            n++;
            member = s;
        }
    for (size_t f = 0; f < cells->n_factors; f++)
        til_strbuf_printf(&label, "_%s",
                          cells->factors[f]->levels[cells->factors[f]->level[member]]);
    til_strbuf_printf(&name, "n%s", til_strbuf_text(&label));
    TIL_TRY(til_table_add_number(ctx, table, til_strbuf_text(&name), "samples", &count));
    til_strbuf_reset(&name);
    til_strbuf_printf(&name, "mean%s", til_strbuf_text(&label));
    TIL_TRY(til_table_add_number(ctx, table, til_strbuf_text(&name),
                                 "mean of counts divided by size factor", &mean));
    id = til_table_column(table, "gene_id");
    for (size_t g = 0; g < table->n_rows; g++) {
        count[g] = (double)n;
        if (row == normalized->n_rows || strcmp(normalized->row_names[row], id->text[g]) != 0)
            continue; /* left out by a filter */
        const double *k = til_matrix_row(normalized, row++);
        double sum = 0;
        for (size_t s = 0; s < n_samples; s++) sum += cells->cell[s] == c ? k[s] : 0;
        mean[g] = sum / (double)n;
    }
done:
    til_strbuf_clear(&name);
    til_strbuf_clear(&label);
    return status;
}

til_status_t til_de_add_cells(til_ctx_t *ctx, const til_de_input_t *input, til_de_result_t *result)
{
    til_status_t status = TIL_OK;
    size_t n = input->design->n_samples;
    cells_t cells = { .cell = til_array(n, sizeof *cells.cell) };
    til_contrast_t whole = { 0 };

    if (cells.cell == NULL) return til_no_memory(ctx, n, "samples");
    TIL_TRY(til_de_whole_contrast(ctx, input, &whole));
    for (size_t i = 0; i < result->n_contrasts && result->normalized.n_cols > 0; i++) {
        cells.n_factors = 0;
        TIL_TRY(find_factors(ctx, input->design,
                             input->test == TIL_DE_LRT ? &whole : &input->contrasts[i], &cells));
        if (cells.n_factors == 0) continue;
        number_cells(n, &cells);
        for (size_t c = 0; c < cells.n_cells && cells.n_cells <= MAX_CELLS; c++)
            TIL_TRY(add_cell(ctx, &cells, c, &result->normalized, &result->contrasts[i]));
    }
done:
    til_contrast_clear(&whole);
    free(cells.cell);
    return status;
}
