/* pca.c -- principal components of the samples.
 *
 * With Y the n_top x n matrix of centred rows, the Gram matrix G = Y'Y = V L V' (n x n, n samples)
 * has the coordinates of component k in sqrt(l_k) v_k and its variance in l_k / (n - 1). Of two
 * features of equal variance the earlier is taken.
 *
 * Source: Jolliffe (2002), Principal Component Analysis, ch. 3.5 (duality).
 * Agrees: R 4.2.2 prcomp(t(x[top, ])) and DESeq2 1.38.3 plotPCA(), coordinates to 1e-9 of the
 * largest, up to the sign of a component (tests/unit/test_pca.c).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/linalg.h"
#include "math/order.h"
#include "norm/pca.h"

static void row_variances(const til_matrix_t *m, double *variance)
{
    double n = (double)m->n_cols;
    for (size_t g = 0; g < m->n_rows; g++) {
        const double *x = til_matrix_row(m, g);
        double mean = 0, squares = 0;
        for (size_t s = 0; s < m->n_cols; s++) mean += x[s];
        mean /= n;
        for (size_t s = 0; s < m->n_cols; s++) squares += (x[s] - mean) * (x[s] - mean);
        variance[g] = squares / (n - 1);
    }
}

/* The chosen rows, centred: y[k * n + s]. */
static void centre_rows(const til_matrix_t *m, const size_t *rows, size_t n_rows, double *y)
{
    size_t n = m->n_cols;
    for (size_t k = 0; k < n_rows; k++) {
        const double *x = til_matrix_row(m, rows[k]);
        double mean = 0;
        for (size_t s = 0; s < n; s++) mean += x[s];
        mean /= (double)n;
        for (size_t s = 0; s < n; s++) y[k * n + s] = x[s] - mean;
    }
}

static til_status_t fill(til_ctx_t *ctx, const til_matrix_t *m, const double *vectors,
                         const double *values, size_t n_keep, til_table_t *out)
{
    size_t n = m->n_cols, column;
    til_status_t status;

    TIL_TRY(til_table_init(ctx, n, out));
    TIL_TRY(til_table_add_text(ctx, out, "sample", "", &column));
    for (size_t s = 0; s < n; s++)
        TIL_TRY(til_table_set_text(ctx, out, column, s, m->col_names[s]));
    for (size_t k = 0; k < n_keep; k++) {
        const double *v = vectors + (n - 1 - k) * n;
        double *pc, scale = sqrt(fmax(0, values[n - 1 - k]));
        size_t top = 0;
        char name[24];
        snprintf(name, sizeof name, "PC%zu", k + 1);
        TIL_TRY(til_table_add_number(ctx, out, name, "", &pc));
        for (size_t s = 1; s < n; s++)
            if (fabs(v[s]) > fabs(v[top])) top = s;
        for (size_t s = 0; s < n; s++) pc[s] = v[top] < 0 ? -scale * v[s] : scale * v[s];
    }
done:
    return status;
}

til_status_t til_pca(til_ctx_t *ctx, const til_matrix_t *values, size_t n_top, size_t n_keep,
                     til_table_t *out, double *percent)
{
    size_t n = values->n_cols;
    double *variance = til_array(values->n_rows, sizeof *variance), *y = NULL, *gram = NULL,
           *eigen = NULL;
    size_t *order = til_array(values->n_rows, sizeof *order);
    double total = 0;
    til_status_t status = TIL_OK;

    *out = (til_table_t){ 0 };
    for (size_t k = 0; k < n_keep; k++) percent[k] = 0;
    if (n_top > values->n_rows) n_top = values->n_rows;
    y = til_array(n_top * n, sizeof *y);
    gram = til_array(n * n, sizeof *gram);
    eigen = til_array(n, sizeof *eigen);
    if (variance == NULL || order == NULL || y == NULL || gram == NULL || eigen == NULL) {
        status = til_no_memory(ctx, n_top * n, "values");
        goto done;
    }
    if (n < 2) {
        status = til_fail(ctx, TIL_ENUMERIC, "%s: principal components need two samples",
                          values->origin);
        goto done;
    }
    row_variances(values, variance);
    TIL_TRY(til_order(ctx, values->n_rows, variance, true, order));
    centre_rows(values, order, n_top, y);
    for (size_t k = 0; k < n_top; k++) total += variance[order[k]];
    /* y is n_top x n by rows, which column-major algebra sees as n x n_top: G = y y' */
    TIL_TRY(til_matmul(ctx, false, true, n, n, n_top, 1, y, n, y, n, 0, gram, n));
    TIL_TRY(til_eigen_symmetric(ctx, n, gram, eigen));
    if (n_keep > n) n_keep = n;
    TIL_TRY(fill(ctx, values, gram, eigen, n_keep, out));
    for (size_t k = 0; k < n_keep && total > 0; k++)
        percent[k] = 100 * fmax(0, eigen[n - 1 - k]) / (double)(n - 1) / total;
done:
    free(eigen);
    free(gram);
    free(y);
    free(order);
    free(variance);
    if (status != TIL_OK) til_table_clear(out);
    return status;
}
