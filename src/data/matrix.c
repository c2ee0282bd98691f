/* matrix.c -- features x samples, named. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/matrix.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/need.h"
#include "base/try.h"

static char empty_text[] = "";

til_status_t til_matrix_init(til_ctx_t *ctx, size_t n_rows, size_t n_cols, til_matrix_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_matrix_t){ 0 };
    til_matrix_t m = { .n_rows = n_rows, .n_cols = n_cols, .origin = empty_text };

    m.arena = til_arena_new();
    m.row_names = til_array(n_rows, sizeof *m.row_names);
    m.col_names = til_array(n_cols, sizeof *m.col_names);
    if (n_cols == 0 || n_rows <= SIZE_MAX / n_cols)
        m.x = til_array_zero(n_rows * n_cols, sizeof *m.x);
    if (m.arena == NULL || m.row_names == NULL || m.col_names == NULL || m.x == NULL) {
        til_matrix_clear(&m);
        return til_fail(ctx, TIL_ENOMEM, "out of memory for a matrix of %zu x %zu", n_rows, n_cols);
    }
    for (size_t g = 0; g < n_rows; g++) m.row_names[g] = empty_text;
    for (size_t s = 0; s < n_cols; s++) m.col_names[s] = empty_text;
    *out = m;
    return TIL_OK;
}

void til_matrix_clear(til_matrix_t *m)
{
    if (m == NULL) return;
    til_arena_free(m->arena);
    free(m->lengths);
    free(m->gene_names);
    free(m->col_names);
    free(m->row_names);
    free(m->x);
    *m = (til_matrix_t){ 0 };
}

static til_status_t set_text(til_ctx_t *ctx, til_matrix_t *m, const char *text, char **slot)
{
    char *copy = til_arena_text(m->arena, text);
    if (copy == NULL) return til_no_memory(ctx, strlen(text), "bytes of names");
    *slot = copy;
    return TIL_OK;
}

til_status_t til_matrix_set_row_name(til_ctx_t *ctx, til_matrix_t *m, size_t g, const char *name)
{
    TIL_NEED(ctx, m);
    TIL_NEED(ctx, name);
    return set_text(ctx, m, name, &m->row_names[g]);
}

til_status_t til_matrix_set_col_name(til_ctx_t *ctx, til_matrix_t *m, size_t s, const char *name)
{
    TIL_NEED(ctx, m);
    TIL_NEED(ctx, name);
    return set_text(ctx, m, name, &m->col_names[s]);
}

til_status_t til_matrix_set_gene_name(til_ctx_t *ctx, til_matrix_t *m, size_t g, const char *name)
{
    TIL_NEED(ctx, m);
    if (m->gene_names == NULL) {
        m->gene_names = til_array_zero(m->n_rows, sizeof *m->gene_names);
        if (m->gene_names == NULL) return til_no_memory(ctx, m->n_rows, "gene names");
    }
    if (name == NULL) {
        m->gene_names[g] = NULL;
        return TIL_OK;
    }
    return set_text(ctx, m, name, &m->gene_names[g]);
}

til_status_t til_matrix_set_origin(til_ctx_t *ctx, til_matrix_t *m, const char *origin)
{
    TIL_NEED(ctx, m);
    TIL_NEED(ctx, origin);
    return set_text(ctx, m, origin, &m->origin);
}

const char *til_matrix_label(const til_matrix_t *m, size_t g)
{
    return m->gene_names != NULL && m->gene_names[g] != NULL ? m->gene_names[g] : m->row_names[g];
}

/* Row `from` of m becomes row `to` of out: names, length, chosen columns. */
static til_status_t copy_row(til_ctx_t *ctx, const til_matrix_t *m, size_t from, const size_t *cols,
                             til_matrix_t *out, size_t to)
{
    const double *x = til_matrix_row(m, from);
    double *y = til_matrix_row(out, to);
    til_status_t status = til_matrix_set_row_name(ctx, out, to, m->row_names[from]);

    if (cols == NULL) memcpy(y, x, out->n_cols * sizeof *y);
    else
        for (size_t s = 0; s < out->n_cols; s++) y[s] = x[cols[s]];
    if (status == TIL_OK && m->gene_names != NULL)
        status = til_matrix_set_gene_name(ctx, out, to, m->gene_names[from]);
    if (m->lengths != NULL) out->lengths[to] = m->lengths[from];
    return status;
}

til_status_t til_matrix_select(til_ctx_t *ctx, const til_matrix_t *m, const size_t *rows,
                               size_t n_rows, const size_t *cols, size_t n_cols, til_matrix_t *out)
{
    TIL_NEED(ctx, out);
    *out = (til_matrix_t){ 0 };
    TIL_NEED(ctx, m);
    til_status_t status;

    if (rows == NULL) n_rows = m->n_rows;
    if (cols == NULL) n_cols = m->n_cols;
    TIL_TRY(til_matrix_init(ctx, n_rows, n_cols, out));
    TIL_TRY(til_matrix_set_origin(ctx, out, m->origin));
    if (m->lengths != NULL) {
        out->lengths = til_array(n_rows, sizeof *out->lengths);
        if (out->lengths == NULL) {
            status = til_no_memory(ctx, n_rows, "lengths");
            goto done;
        }
    }
    for (size_t s = 0; s < n_cols; s++)
        TIL_TRY(til_matrix_set_col_name(ctx, out, s, m->col_names[cols == NULL ? s : cols[s]]));
    for (size_t g = 0; g < n_rows; g++)
        TIL_TRY(copy_row(ctx, m, rows == NULL ? g : rows[g], cols, out, g));
done:
    if (status != TIL_OK) til_matrix_clear(out);
    return status;
}

til_status_t til_matrix_check_counts(til_ctx_t *ctx, const til_matrix_t *m, int whole)
{
    TIL_NEED(ctx, m);
    for (size_t g = 0; g < m->n_rows; g++) {
        const double *k = til_matrix_row(m, g);
        for (size_t s = 0; s < m->n_cols; s++) {
            if (!(k[s] >= 0) || isinf(k[s])) /* catches NaN */
                return til_fail(ctx, TIL_EINPUT,
                                "%s: count %g for %s in sample %s: counts must be finite and >= 0",
                                m->origin, k[s], m->row_names[g], m->col_names[s]);
            if (whole && k[s] != floor(k[s]))
                return til_fail(
                    ctx, TIL_EINPUT,
                    "%s: count %g for %s in sample %s is not a whole number; --round rounds",
                    m->origin, k[s], m->row_names[g], m->col_names[s]);
        }
    }
    return TIL_OK;
}
