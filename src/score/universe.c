/* universe.c -- the rows of a matrix that stand for genes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/try.h"
#include "score/universe.h"

/* GSVA 1.46 filterFeatures(): a gene with a smaller sd carries nothing but rounding. */
static const double MIN_SD = 1e-10;

static void mean_and_sd(size_t n, const double *x, double *mean, double *sd)
{
    double sum = 0, squares = 0;

    for (size_t s = 0; s < n; s++) sum += x[s];
    *mean = sum / (double)n;
    for (size_t s = 0; s < n; s++) squares += (x[s] - *mean) * (x[s] - *mean);
    *sd = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
}

static til_status_t check_finite(til_ctx_t *ctx, const til_matrix_t *m, size_t g)
{
    for (size_t s = 0; s < m->n_cols; s++)
        if (!isfinite(til_matrix_row(m, g)[s]))
            return til_fail(ctx, TIL_EINPUT,
                            "%s: value of %s in sample %s is missing or infinite: expected a "
                            "number",
                            m->origin, m->row_names[g], m->col_names[s]);
    return TIL_OK;
}

static bool has_higher_mean(const void *arg, size_t a, size_t b)
{
    const double *mean = arg;
    return mean[a] > mean[b];
}

/* Numbers the rows that stand for genes, those that do not vary left out where asked. */
static void choose_rows(til_ctx_t *ctx, til_score_universe_t *u, const double *sd, bool varying)
{
    size_t n_constant = 0;

    for (size_t g = 0; g < u->matrix->n_rows; g++) u->gene_of_row[g] = -1;
    for (size_t k = 0; k < til_names_count(u->index.keys); k++)
        u->gene_of_row[u->index.row_of_key[k]] = 0;
    for (size_t g = 0; g < u->matrix->n_rows; g++) {
        if (u->gene_of_row[g] < 0) continue;
        if (varying && !(sd[g] >= MIN_SD)) {
            u->gene_of_row[g] = -1;
            n_constant++;
            continue;
        }
        u->gene_of_row[g] = (ptrdiff_t)u->n_genes;
        u->rows[u->n_genes++] = g;
    }
    til_gene_index_say_repeated(ctx, &u->index, "the row with the highest mean");
    if (n_constant > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu genes do not vary over the samples: left out",
                u->matrix->origin, n_constant);
}

til_status_t til_score_universe_init(til_ctx_t *ctx, const til_matrix_t *matrix,
                                     const til_gene_ids_t *ids, bool varying,
                                     til_score_universe_t *u)
{
    til_status_t status = TIL_OK;
    size_t n = matrix->n_rows;
    til_gene_rows_t rows = til_matrix_gene_rows(matrix);
    double *mean = til_array(n, sizeof *mean), *sd = til_array(n, sizeof *sd);

    *u = (til_score_universe_t){ .matrix = matrix,
                                 .rows = til_array(n, sizeof *u->rows),
                                 .gene_of_row = til_array(n, sizeof *u->gene_of_row) };
    if (mean == NULL || sd == NULL || u->rows == NULL || u->gene_of_row == NULL)
        TIL_TRY(til_no_memory(ctx, n, "genes"));
    for (size_t g = 0; g < n; g++) {
        mean_and_sd(matrix->n_cols, til_matrix_row(matrix, g), &mean[g], &sd[g]);
        if (!isfinite(mean[g])) TIL_TRY(check_finite(ctx, matrix, g));
    }
    TIL_TRY(til_gene_index_init(ctx, &rows, ids, has_higher_mean, mean, &u->index));
    choose_rows(ctx, u, sd, varying);
done:
    free(mean);
    free(sd);
    if (status != TIL_OK) til_score_universe_clear(u);
    return status;
}

void til_score_universe_clear(til_score_universe_t *u)
{
    if (u == NULL) return;
    free(u->rows);
    free(u->gene_of_row);
    til_gene_index_clear(&u->index);
    *u = (til_score_universe_t){ 0 };
}

ptrdiff_t til_score_universe_find(const til_score_universe_t *u, const char *name)
{
    ptrdiff_t row = til_gene_index_find(&u->index, name, NULL);
    return row < 0 ? -1 : u->gene_of_row[row];
}
