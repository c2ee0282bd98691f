/* linalg.c -- small dense algebra, and the only door to BLAS and LAPACK.
 *
 * All matrices are column-major, as LAPACK wants them. What a fit rests on (QR, Cholesky,
 * triangular solves) is plain C whose sums have one order: a BLAS has another on every kind of
 * processor, and a fit that is refined to its last digit tells them apart. Products, eigen and
 * singular values are LAPACKE's.
 *
 * Agrees: R 4.2.2 qr() (rank, pivot: exactly), chol, eigen, svd: 1e-12.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>

#include "base/alloc.h"
#include "base/try.h"
#include "math/linalg.h"

#if defined(__GNUC__)
/* Only OpenBLAS has these; with another BLAS they are null. */
extern void openblas_set_num_threads(int n_threads) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));
extern int blas_thread_shutdown_(void) __attribute__((weak));
#define HAVE_OPENBLAS_CALLS (openblas_set_num_threads != NULL && openblas_get_config != NULL)
#else
#define HAVE_OPENBLAS_CALLS 1
#endif

void til_linalg_single_thread(void)
{
    if (HAVE_OPENBLAS_CALLS) openblas_set_num_threads(1);
#if defined(__GNUC__)
    /* the threads it started when it was loaded would spin for a tenth of a second */
    if (blas_thread_shutdown_ != NULL) (void)blas_thread_shutdown_();
#endif
}

const char *til_linalg_version(void)
{
    return HAVE_OPENBLAS_CALLS ? openblas_get_config() : "BLAS";
}

static til_status_t check_sizes(til_ctx_t *ctx, size_t a, size_t b, size_t c)
{
    if (a <= INT_MAX && b <= INT_MAX && c <= INT_MAX) return TIL_OK;
    return til_fail(ctx, TIL_EINPUT,
                    "a matrix of %zu x %zu (x %zu) is too large for LAPACK: "
                    "at most %d rows or columns",
                    a, b, c, INT_MAX);
}

/* A BLAS built without threads keeps its buffers without a lock: one call at a time. What is called
 * from many threads at once is our own code above. */
static atomic_flag is_in_library = ATOMIC_FLAG_INIT;

static void enter_library(void)
{
    while (atomic_flag_test_and_set_explicit(&is_in_library, memory_order_acquire)) sched_yield();
}

static void leave_library(void)
{
    atomic_flag_clear_explicit(&is_in_library, memory_order_release);
}

/* What LAPACKE returned, in our words. */
static til_status_t check_info(til_ctx_t *ctx, const char *what, lapack_int info)
{
    if (info == 0) return TIL_OK;
    if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        return til_fail(ctx, TIL_ENOMEM, "out of memory for %s", what);
    if (info < 0) return til_fail(ctx, TIL_ENUMERIC, "%s of a matrix that is not finite", what);
    return til_fail(ctx, TIL_ENUMERIC, "%s did not converge", what);
}

/* Four running sums: the order is fixed, and the compiler may keep them in one register. */
static double dot(size_t n, const double *a, const double *b)
{
    double sum[4] = { 0, 0, 0, 0 };
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t j = 0; j < 4; j++) sum[j] += a[i + j] * b[i + j];
    for (; i < n; i++) sum[0] += a[i] * b[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* y <- y + factor x */
static void add_multiple(size_t n, double factor, const double *x, double *y)
{
    for (size_t i = 0; i < n; i++) y[i] += factor * x[i];
}

static double norm(size_t n, const double *x)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(x[i]));
    if (largest == 0 || !isfinite(largest)) return largest;
    if (largest > 1e-140 && largest < 1e140) return sqrt(dot(n, x, x));

    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (x[i] / largest) * (x[i] / largest);
    return largest * sqrt(sum);
}

/* y <- (1 - tau v v') y, v = (1, tail), on the n entries from y. */
static void reflect(size_t n, const double *tail, double tau, double *y)
{
    if (tau == 0) return;
    double t = tau * (y[0] + dot(n - 1, tail, y + 1));
    y[0] -= t;
    add_multiple(n - 1, -t, tail, y + 1);
}

/* The reflector that takes the n entries of x to (x[0], 0, ...): x[0] becomes the entry of R, the
 * rest the tail of v (LAPACK's dlarfg). */
static void make_reflector(size_t n, double *x, double *tau)
{
    double rest = norm(n - 1, x + 1), alpha = x[0];

    *tau = 0;
    if (rest == 0) return;
    double both[2] = { alpha, rest }, beta = -copysign(norm(2, both), alpha);
    *tau = (beta - alpha) / beta;
    for (size_t i = 1; i < n; i++) x[i] /= alpha - beta;
    x[0] = beta;
}

til_status_t til_qr(til_ctx_t *ctx, size_t n, size_t p, double *a, double *tau)
{
    til_status_t status = check_sizes(ctx, n, p, 0);
    if (status != TIL_OK) return status;
    if (n < p) return til_fail(ctx, TIL_EINTERNAL, "QR of %zu rows and %zu columns", n, p);
    if (p == 0) return TIL_OK;

    for (size_t i = 0; i < n * p; i++)
        if (!isfinite(a[i])) return check_info(ctx, "QR", -1);
    for (size_t j = 0; j < p; j++) {
        double *column = a + j * n + j;
        make_reflector(n - j, column, &tau[j]);
        for (size_t k = j + 1; k < p; k++) reflect(n - j, column + 1, tau[j], a + k * n + j);
    }
    return TIL_OK;
}

til_status_t til_qr_apply(til_ctx_t *ctx, size_t n, size_t p, const double *a, const double *tau,
                          bool transpose, size_t k, double *y)
{
    til_status_t status = check_sizes(ctx, n, p, k);
    if (status != TIL_OK || k == 0 || p == 0) return status;
    for (size_t col = 0; col < k; col++)
        for (size_t step = 0; step < p; step++) {
            size_t j = transpose ? step : p - 1 - step; /* Q' = H_p ... H_1 */
            reflect(n - j, a + j * n + j + 1, tau[j], y + col * n + j);
        }
    return TIL_OK;
}

til_status_t til_solve_upper(til_ctx_t *ctx, size_t p, const double *r, size_t ld, bool transpose,
                             size_t k, double *b)
{
    for (size_t j = 0; j < p; j++)
        if (r[j * ld + j] == 0 || isnan(r[j * ld + j]))
            return til_fail(ctx, TIL_ENUMERIC,
                            "a triangular system of %zu equations is singular at %zu", p, j + 1);

    for (size_t col = 0; col < k; col++) {
        double *x = b + col * p;
        if (transpose) {
            for (size_t j = 0; j < p; j++) x[j] = (x[j] - dot(j, r + j * ld, x)) / r[j * ld + j];
        } else {
            for (size_t j = p; j-- > 0;) {
                x[j] /= r[j * ld + j];
                add_multiple(j, -x[j], r + j * ld, x);
            }
        }
    }
    return TIL_OK;
}

/* The state of one column while R's pivoting walks over them. */
typedef struct {
    double *x;       /* n values                                            */
    double left;     /* norm of what the reflections so far left, updated    */
    double at_first; /* norm at the start, 1 for a column of zeros           */
    size_t index;    /* which column of the matrix                          */
} column_t;

/* Downdates the norm of a column whose row l was just taken out; a norm that lost nearly all its
 * digits is computed afresh. */
static void shorten(column_t *c, size_t l, size_t n)
{
    const double LOST = 1e-6;

    if (c->left == 0) return;
    double share = fabs(c->x[l]) / c->left, rest = fmax(1 - share * share, 0);
    if (rest < LOST) c->left = norm(n - l - 1, c->x + l + 1);
    else c->left *= sqrt(rest);
}

/* Householder QR in which a column, when its turn comes, is sent to the end if less than
 * `tolerance` of its norm is new. Returns the rank. */
static size_t limited_pivoting(size_t n, size_t p, column_t *columns, double tolerance)
{
    size_t n_left = p; /* columns not sent to the end */

    for (size_t l = 0; l < n && l < p; l++) {
        while (l < n_left && columns[l].left < columns[l].at_first * tolerance) {
            column_t aliased = columns[l];
            memmove(&columns[l], &columns[l + 1], (p - l - 1) * sizeof *columns);
            columns[p - 1] = aliased;
            n_left--;
        }
        if (l == n - 1) break;

        double *v = columns[l].x + l;
        double length = norm(n - l, v);
        if (length == 0) continue;
        if (v[0] < 0) length = -length;
        for (size_t i = 0; i < n - l; i++) v[i] /= length;
        v[0] += 1;
        for (size_t j = l + 1; j < p; j++) {
            double *y = columns[j].x + l;
            add_multiple(n - l, -dot(n - l, v, y) / v[0], v, y);
            shorten(&columns[j], l, n);
        }
    }
    return n_left < n ? n_left : n;
}

/* Source: Dongarra et al. (1979), LINPACK Users' Guide, ch. 9 (dqrdc); its limited pivoting is
 *         described in R's help page of qr(). */
til_status_t til_rank_pivot(til_ctx_t *ctx, size_t n, size_t p, const double *a, double tolerance,
                            size_t *rank, size_t *pivot)
{
    til_status_t status = TIL_OK;
    double *copy = NULL;
    column_t *columns = NULL;

    TIL_TRY(check_sizes(ctx, n, p, 0));
    copy = til_array(n * p, sizeof *copy);
    columns = til_array(p, sizeof *columns);
    if (copy == NULL || columns == NULL) {
        status = til_no_memory(ctx, n * p, "values of a design matrix");
        goto done;
    }

    if (n * p > 0) memcpy(copy, a, n * p * sizeof *copy);
    for (size_t j = 0; j < p; j++) {
        double *x = copy + j * n, length = norm(n, x);
        columns[j] = (column_t){ x, length, length == 0 ? 1 : length, j };
    }
    *rank = limited_pivoting(n, p, columns, tolerance);
    for (size_t j = 0; j < p; j++) pivot[j] = columns[j].index;

done:
    free(columns);
    free(copy);
    return status;
}

bool til_chol(size_t p, double *a)
{
    for (size_t j = 0; j < p; j++) {
        double *col = a + j * p;
        if (!(col[j] > 0) || isinf(col[j])) return false;

        double d = sqrt(col[j]);
        col[j] = d;
        for (size_t i = j + 1; i < p; i++) col[i] /= d;
        for (size_t k = j + 1; k < p; k++) add_multiple(p - k, -col[k], col + k, a + k * p + k);
    }
    return true;
}

void til_chol_solve(size_t p, const double *l, double *b)
{
    for (size_t j = 0; j < p; j++) {
        b[j] /= l[j * p + j];
        add_multiple(p - j - 1, -b[j], l + j * p + j + 1, b + j + 1);
    }
    for (size_t j = p; j-- > 0;)
        b[j] = (b[j] - dot(p - j - 1, l + j * p + j + 1, b + j + 1)) / l[j * p + j];
}

double til_chol_log_det(size_t p, const double *l)
{
    double sum = 0;
    for (size_t j = 0; j < p; j++) sum += log(l[j * p + j]);
    return 2 * sum;
}

void til_chol_inverse(size_t p, const double *l, double *inverse)
{
    for (size_t j = 0; j < p; j++) {
        double *x = inverse + j * p;
        for (size_t i = 0; i < p; i++) x[i] = 0;
        x[j] = 1;
        til_chol_solve(p, l, x);
    }
    /* Both triangles were solved for separately; make them the same to the bit. */
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < j; i++) inverse[j * p + i] = inverse[i * p + j];
}

til_status_t til_eigen_symmetric(til_ctx_t *ctx, size_t n, double *a, double *values)
{
    til_status_t status = TIL_OK;
    double *vectors = NULL;
    lapack_int *support = NULL, n_found = 0;

    TIL_TRY(check_sizes(ctx, n, 0, 0));
    if (n == 0) return TIL_OK;
    vectors = n > SIZE_MAX / n ? NULL : til_array(n * n, sizeof *vectors);
    support = til_array(2 * n, sizeof *support);
    if (vectors == NULL || support == NULL) {
        status = til_no_memory(ctx, n, "eigenvectors");
        goto done;
    }

    lapack_int size = (lapack_int)n;
    enter_library();
    lapack_int info = LAPACKE_dsyevr(LAPACK_COL_MAJOR, 'V', 'A', 'L', size, a, size, 0, 0, 0, 0, 0,
                                     &n_found, values, vectors, size, support);
    leave_library();
    TIL_TRY(check_info(ctx, "an eigen decomposition", info));
    memcpy(a, vectors, n * n * sizeof *a);

done:
    free(support);
    free(vectors);
    return status;
}

til_status_t til_svd(til_ctx_t *ctx, size_t m, size_t n, double *a, double *values, double *u,
                     double *vt)
{
    til_status_t status = TIL_OK;
    size_t rank = m < n ? m : n;
    double *spare = NULL; /* for the side the caller does not want */

    TIL_TRY(check_sizes(ctx, m, n, 0));
    if (rank == 0) return TIL_OK;
    bool vectors = u != NULL || vt != NULL;
    if (vectors && (u == NULL || vt == NULL)) {
        spare = til_array(rank * (u == NULL ? m : n), sizeof *spare);
        if (spare == NULL) {
            status = til_no_memory(ctx, rank, "singular vectors");
            goto done;
        }
        if (u == NULL) u = spare;
        else vt = spare;
    }
    enter_library();
    lapack_int info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, vectors ? 'S' : 'N', (lapack_int)m,
                                     (lapack_int)n, a, (lapack_int)m, values, u, (lapack_int)m, vt,
                                     (lapack_int)rank);
    leave_library();
    TIL_TRY(check_info(ctx, "a singular value decomposition", info));

done:
    free(spare);
    return status;
}

til_status_t til_matmul(til_ctx_t *ctx, bool ta, bool tb, size_t m, size_t n, size_t k,
                        double alpha, const double *a, size_t lda, const double *b, size_t ldb,
                        double beta, double *c, size_t ldc)
{
    til_status_t status = check_sizes(ctx, m, n, k);
    if (status == TIL_OK) status = check_sizes(ctx, lda, ldb, ldc);
    if (status != TIL_OK || m == 0 || n == 0) return status;

    enter_library();
    cblas_dgemm(CblasColMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans,
                (int)m, (int)n, (int)k, alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
    leave_library();
    return TIL_OK;
}
