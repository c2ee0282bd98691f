/* universe.c -- which row of a matrix stands for which gene. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "genes/gene_key.h"
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

/* best[id]: the row that stands for name `id`. */
static til_status_t choose_rows(til_ctx_t *ctx, til_score_universe_t *u, size_t *best,
                                double *best_mean, size_t *n_repeated)
{
    const til_matrix_t *m = u->matrix;

    for (size_t g = 0; g < m->n_rows; g++) {
        const char *label = til_matrix_label(m, g);
        double mean, sd;
        int is_new;
        ptrdiff_t id = til_names_add_n(u->names, label, til_gene_key_length(label), &is_new);

        if (id < 0) return til_no_memory(ctx, m->n_rows, "gene names");
        mean_and_sd(m->n_cols, til_matrix_row(m, g), &mean, &sd);
        if (!isfinite(mean))
            for (size_t s = 0; s < m->n_cols; s++)
                if (!isfinite(til_matrix_row(m, g)[s]))
                    return til_fail(ctx, TIL_EINPUT,
                                    "%s: value of %s in sample %s is missing or infinite: "
                                    "expected a number",
                                    m->origin, m->row_names[g], m->col_names[s]);
        if (!is_new) ++*n_repeated;
        if (is_new || mean > best_mean[id]) {
            best[id] = g;
            best_mean[id] = mean;
        }
    }
    return TIL_OK;
}

til_status_t til_score_universe_init(til_ctx_t *ctx, const til_matrix_t *matrix, bool varying,
                                     til_score_universe_t *u)
{
    til_status_t status = TIL_OK;
    size_t n = matrix->n_rows, n_repeated = 0, n_constant = 0;
    size_t *best = til_array(n, sizeof *best);
    double *best_mean = til_array(n, sizeof *best_mean);
    ptrdiff_t *name_of_row = til_array(n, sizeof *name_of_row);

    *u = (til_score_universe_t){ .matrix = matrix };
    u->names = til_names_new();
    u->rows = til_array(n, sizeof *u->rows);
    u->gene_of_name = til_array(n, sizeof *u->gene_of_name);
    if (best == NULL || best_mean == NULL || name_of_row == NULL || u->names == NULL ||
        u->rows == NULL || u->gene_of_name == NULL) {
        status = til_no_memory(ctx, n, "genes");
        goto done;
    }
    TIL_TRY(choose_rows(ctx, u, best, best_mean, &n_repeated));

    for (size_t g = 0; g < n; g++) name_of_row[g] = -1;
    for (size_t id = 0; id < til_names_count(u->names); id++) {
        name_of_row[best[id]] = (ptrdiff_t)id;
        u->gene_of_name[id] = -1;
    }
    for (size_t g = 0; g < n; g++) {
        double mean, sd;

        if (name_of_row[g] < 0) continue;
        mean_and_sd(matrix->n_cols, til_matrix_row(matrix, g), &mean, &sd);
        if (varying && !(sd >= MIN_SD)) {
            n_constant++;
            continue;
        }
        u->gene_of_name[name_of_row[g]] = (ptrdiff_t)u->n_genes;
        u->rows[u->n_genes++] = g;
    }
    if (n_repeated > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%s: %zu rows repeat the name of another: the row with the "
                "highest mean stands for the gene",
                matrix->origin, n_repeated);
    if (n_constant > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%s: %zu genes do not vary over the samples: left out",
                matrix->origin, n_constant);

done:
    free(best);
    free(best_mean);
    free(name_of_row);
    if (status != TIL_OK) til_score_universe_clear(u);
    return status;
}

void til_score_universe_clear(til_score_universe_t *u)
{
    free(u->rows);
    free(u->gene_of_name);
    til_names_free(u->names);
    *u = (til_score_universe_t){ 0 };
}

ptrdiff_t til_score_universe_find(const til_score_universe_t *u, const char *name)
{
    ptrdiff_t id = til_names_find_n(u->names, name, til_gene_key_length(name));
    return id < 0 ? -1 : u->gene_of_name[id];
}

bool til_score_universe_is_constant(const til_score_universe_t *u, const char *name)
{
    ptrdiff_t id = til_names_find_n(u->names, name, til_gene_key_length(name));
    return id >= 0 && u->gene_of_name[id] < 0;
}

til_status_t til_score_no_overlap(til_ctx_t *ctx, const til_score_universe_t *u, const char *origin,
                                  size_t n, char *const *wanted)
{
    const char *theirs[3] = { "", "", "" }, *ours[3] = { "", "", "" };

    for (size_t i = 0; i < 3 && i < n; i++) theirs[i] = wanted[i];
    for (size_t i = 0; i < 3 && i < u->matrix->n_rows; i++)
        ours[i] = til_matrix_label(u->matrix, i);
    return til_fail(ctx, TIL_EINPUT,
                    "%s: 0 of %zu genes are in %s: the sets have %s %s %s, the matrix has %s %s "
                    "%s; give the symbols of the rows with --genes",
                    origin, n, u->matrix->origin, theirs[0], theirs[1], theirs[2], ours[0], ours[1],
                    ours[2]);
}
