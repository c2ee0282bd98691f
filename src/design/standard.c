/* standard.c -- covariates without origin and unit.
 *
 * A year, a date or an age in days lies far from 0 against its spread, so that its column and the
 * intercept nearly agree: normal equations square the condition, and a ridge or a bound on
 * the raw intercept (the value at year 0) bites. With Z the columns of zeros and ones and x_1, x_2
 * ... the others in order,
 *
 *     x_j = Z a_j + sum_{k<j} b_kj u_k + s_j u_j        u_j orthogonal to Z and u_k, rms 1
 *
 * and the fit is over (Z, u): the same span, and the same numbers whatever x + constant or
 * x * constant was written in the sheet. A contrast w of the old coefficients is v of the new ones:
 * v = w on Z, and in order v_j = (w_j - a_j'v_Z - sum_{k<j} b_kj v_k) / s_j.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "design/standard.h"
#include "math/linalg.h"

#define TOL_ROUNDING 1e-12 /* of a column: what is below is rounding                  */
#define TOL_RANK     1e-7  /* R's qr(), between covariates                            */

static bool is_zero_one(size_t n, const double *x)
{
    for (size_t s = 0; s < n; s++)
        if (x[s] != 0 && x[s] != 1) return false;
    return true;
}

static double norm(size_t n, const double *x)
{
    double sum = 0;
    for (size_t s = 0; s < n; s++) sum += x[s] * x[s];
    return sqrt(sum);
}

/* Takes the parts along k orthonormal columns out of x, twice: once leaves rounding behind. */
static void take_out(size_t n, size_t k, const double *q, double *x)
{
    for (int round = 0; round < 2; round++)
        for (size_t j = 0; j < k; j++) {
            double along = 0;
            for (size_t s = 0; s < n; s++) along += q[s + j * n] * x[s];
            for (size_t s = 0; s < n; s++) x[s] -= along * q[s + j * n];
        }
}

/* Room for the two bases; n x p each. */
typedef struct {
    double *fixed, *free; /* orthonormal: of the 0/1 columns, of the others                */
    size_t n_fixed, n_free;
    double *left; /* n */
} bases_t;

static void add_basis(size_t n, const double *x, double *q, size_t *k)
{
    double *column = q + *k * n, size = norm(n, x);

    memcpy(column, x, n * sizeof *x);
    take_out(n, *k, q, column);
    double left = norm(n, column);
    if (!(left > TOL_RANK * size)) return;
    for (size_t s = 0; s < n; s++) column[s] /= left;
    ++*k;
}

/* What of column j neither the 0/1 columns nor earlier covariates have, into b->left; false for
 * nothing. Numbers that are rounding of the whole column become 0, so that a covariate of one
 * arm stays 0 outside it. */
static bool find_left(size_t n, const double *x, bases_t *b)
{
    double size = norm(n, x), apart;

    memcpy(b->left, x, n * sizeof *x);
    take_out(n, b->n_fixed, b->fixed, b->left);
    apart = norm(n, b->left);
    if (!(apart > TOL_ROUNDING * size)) return false;
    take_out(n, b->n_free, b->free, b->left);
    double left = norm(n, b->left);
    if (!(left > TOL_RANK * apart)) return false;
    for (size_t s = 0; s < n; s++)
        if (fabs(b->left[s]) < TOL_ROUNDING * (left + 1e-3 * size)) b->left[s] = 0;
    return true;
}

/* part[.., i]: the least squares weights of the old column on all new ones but its own. */
static til_status_t find_parts(til_ctx_t *ctx, const til_design_t *design, til_standard_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = out->n, p = out->p;
    double *qr = til_array(n * p, sizeof *qr), *tau = til_array(p, sizeof *tau);
    double *y = til_array(n * out->n_numeric, sizeof *y);

    if (qr == NULL || tau == NULL || y == NULL) TIL_TRY(til_no_memory(ctx, n * p, "numbers"));
    memcpy(qr, out->x, n * p * sizeof *qr);
    for (size_t i = 0; i < out->n_numeric; i++)
        memcpy(y + i * n, design->x + out->numeric[i] * n, n * sizeof *y);
    TIL_TRY(til_qr(ctx, n, p, qr, tau));
    TIL_TRY(til_qr_apply(ctx, n, p, qr, tau, true, out->n_numeric, y));
    for (size_t i = 0; i < out->n_numeric; i++) {
        double *part = out->part + i * p;
        TIL_TRY(til_solve_upper(ctx, p, qr, n, false, 1, y + i * n));
        memcpy(part, y + i * n, p * sizeof *part);
        for (size_t k = i; k < out->n_numeric; k++) part[out->numeric[k]] = 0;
    }
done:
    free(y);
    free(tau);
    free(qr);
    return status;
}

static til_status_t project(til_ctx_t *ctx, const til_design_t *design, til_standard_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = out->n, p = out->p;
    bases_t b = { .fixed = til_array(n * p, sizeof *b.fixed),
                  .free = til_array(n * p, sizeof *b.free),
                  .left = til_array(n, sizeof *b.left) };

    if (b.fixed == NULL || b.free == NULL || b.left == NULL)
        TIL_TRY(til_no_memory(ctx, n * p, "numbers"));
    for (size_t j = 0; j < p; j++)
        if (is_zero_one(n, design->x + j * n)) add_basis(n, design->x + j * n, b.fixed, &b.n_fixed);
    for (size_t j = 0; j < p; j++) {
        const double *x = design->x + j * n;
        if (is_zero_one(n, x) || !find_left(n, x, &b)) continue;
        double scale = norm(n, b.left) / sqrt((double)n);
        for (size_t s = 0; s < n; s++) out->x[s + j * n] = b.left[s] / scale;
        add_basis(n, b.left, b.free, &b.n_free);
        out->scale[out->n_numeric] = scale;
        out->numeric[out->n_numeric++] = j;
    }
    if (out->n_numeric > 0 && out->n_numeric + b.n_fixed == p)
        TIL_TRY(find_parts(ctx, design, out));
done:
    free(b.left);
    free(b.free);
    free(b.fixed);
    return status;
}

static ptrdiff_t find_intercept(const til_design_t *design)
{
    for (size_t j = 0; j < design->n_coef; j++) {
        size_t s = 0;
        while (s < design->n_samples && design->x[s + j * design->n_samples] == 1) s++;
        if (s == design->n_samples) return (ptrdiff_t)j;
    }
    return -1;
}

static void centre(const til_design_t *design, til_standard_t *out)
{
    size_t n = out->n;
    ptrdiff_t intercept = find_intercept(design);

    for (size_t j = 0; j < out->p; j++) {
        const double *x = design->x + j * n;
        double mean = 0, square = 0, *to = out->x + j * n;
        if (is_zero_one(n, x)) continue;
        for (size_t s = 0; s < n && intercept >= 0; s++) mean += x[s] / (double)n;
        for (size_t s = 0; s < n; s++) square += (x[s] - mean) * (x[s] - mean) / (double)n;
        if (!(square > 0)) continue;
        for (size_t s = 0; s < n; s++) to[s] = (x[s] - mean) / sqrt(square);
        if (intercept >= 0) out->part[(size_t)intercept + out->n_numeric * out->p] = mean;
        out->scale[out->n_numeric] = sqrt(square);
        out->numeric[out->n_numeric++] = j;
    }
}

til_status_t til_standard_init(til_ctx_t *ctx, const til_design_t *design, til_standard_kind_t kind,
                               til_standard_t *out)
{
    til_status_t status = TIL_OK;
    size_t n = design->n_samples, p = design->n_coef, n_numbers = 0;

    for (size_t j = 0; j < p; j++) n_numbers += !is_zero_one(n, design->x + j * n);
    *out = (til_standard_t){ .n = n, .p = p };
    out->x = til_array(n * p, sizeof *out->x);
    out->numeric = til_array(n_numbers, sizeof *out->numeric);
    out->scale = til_array(n_numbers, sizeof *out->scale);
    out->part = til_array_zero(p * n_numbers, sizeof *out->part);
    if (out->x == NULL || out->numeric == NULL || out->scale == NULL || out->part == NULL)
        TIL_TRY(til_no_memory(ctx, n * p, "design values"));
    memcpy(out->x, design->x, n * p * sizeof *out->x);
    if (n_numbers == 0) return TIL_OK;
    if (kind == TIL_STANDARD_CENTRE) centre(design, out);
    else TIL_TRY(project(ctx, design, out));
done:
    if (status != TIL_OK) til_standard_clear(out);
    return status;
}

void til_standard_clear(til_standard_t *standard)
{
    if (standard == NULL) return;
    free(standard->x);
    free(standard->numeric);
    free(standard->part);
    free(standard->scale);
    *standard = (til_standard_t){ 0 };
}

til_design_t til_standard_design(const til_standard_t *standard, const til_design_t *design)
{
    til_design_t out = *design;
    out.x = standard->x;
    return out;
}

void til_standard_weights(const til_standard_t *standard, const double *weights, double *to)
{
    memcpy(to, weights, standard->p * sizeof *to);
    for (size_t i = 0; i < standard->n_numeric; i++)
        to[standard->numeric[i]] = 0; /* a later one has no part in an earlier one */
    for (size_t i = 0; i < standard->n_numeric; i++) {
        const double *part = standard->part + i * standard->p;
        double value = weights[standard->numeric[i]];
        for (size_t j = 0; j < standard->p; j++) value -= part[j] * to[j];
        to[standard->numeric[i]] = value / standard->scale[i];
    }
}

void til_standard_take_back(const til_standard_t *standard, double *coef)
{
    for (size_t i = standard->n_numeric; i-- > 0;) {
        const double *part = standard->part + i * standard->p;
        double slope = coef[standard->numeric[i]] / standard->scale[i];
        for (size_t j = 0; j < standard->p; j++) coef[j] -= part[j] * slope;
        coef[standard->numeric[i]] = slope;
    }
}
