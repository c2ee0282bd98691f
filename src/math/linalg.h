/* linalg.h -- small dense algebra, column-major, over LAPACKE (the only file that includes it).
 *
 * Sizes over INT_MAX are refused here once. Workspaces are made once per (n, p) and per thread;
 * calls on them never allocate. QR and the in-place kernels (til_chol_*) are plain C, allocate
 * nothing and may be called from any thread.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_MATH_LINALG_H
#define TIL_MATH_LINALG_H

#include <stdbool.h>
#include <stddef.h>
#include <tilseq/context.h>

enum { TIL_SMALL = 16 };

/* One BLAS thread, whatever the environment says. Called once by the program. */
void til_linalg_single_thread(void);

/* Name and version of the BLAS in use, for --version. Static text. */
const char *til_linalg_version(void);

/* Householder QR without pivoting (LAPACK dgeqrf): n x p, n >= p.
 *
 *   a      in: n x p matrix; out: R in the upper triangle, reflectors below
 *   tau    p
 */
TIL_MUST_USE
til_status_t til_qr(til_ctx_t *ctx, size_t n, size_t p, double *a, double *tau);
/* y (n x k) <- Q' y, or Q y with transpose = false. */
TIL_MUST_USE
til_status_t til_qr_apply(til_ctx_t *ctx, size_t n, size_t p, const double *a, const double *tau,
                          bool transpose, size_t k, double *y);
/* b (p x k) <- R^-1 b, or R^-T b. r: leading dimension ld. TIL_ENUMERIC when R is singular. */
TIL_MUST_USE
til_status_t til_solve_upper(til_ctx_t *ctx, size_t p, const double *r, size_t ld, bool transpose,
                             size_t k, double *b);

/* Rank and pivot order as R's qr() (LINPACK dqrdc2 with limited pivoting, tol 1e-7): columns that
 * are linear combinations of earlier ones move to the end.
 *
 *   a      n x p, not changed
 *   pivot  p: pivot[0..rank) the independent columns in order, then the aliased ones
 */
TIL_MUST_USE
til_status_t til_rank_pivot(til_ctx_t *ctx, size_t n, size_t p, const double *a, double tolerance,
                            size_t *rank, size_t *pivot);

/* Cholesky of a symmetric p x p matrix (lower triangle used and overwritten by L); false when it
 * is not positive definite. Any p; plain C, no allocation. */
bool til_chol(size_t p, double *a);
void til_chol_solve(size_t p, const double *l, double *b);         /* b <- (L L')^-1 b */
double til_chol_log_det(size_t p, const double *l);                /* log det (L L')   */
void til_chol_inverse(size_t p, const double *l, double *inverse); /* full p x p       */

/* Symmetric eigen decomposition (dsyevr): values ascending, vectors in columns of a. */
TIL_MUST_USE
til_status_t til_eigen_symmetric(til_ctx_t *ctx, size_t n, double *a, double *values);

/* Singular values and, where not NULL, u (m x min) and vt (min x n) of a (m x n, overwritten).
 * dgesdd. */
TIL_MUST_USE
til_status_t til_svd(til_ctx_t *ctx, size_t m, size_t n, double *a, double *values, double *u,
                     double *vt);

/* c (m x n) <- alpha op(a) op(b) + beta c, ops by flags (dgemm). */
TIL_MUST_USE
til_status_t til_matmul(til_ctx_t *ctx, bool ta, bool tb, size_t m, size_t n, size_t k,
                        double alpha, const double *a, size_t lda, const double *b, size_t ldb,
                        double beta, double *c, size_t ldc);

#endif
