/* wrong_blas.c -- LD_PRELOAD library: one routine of BLAS or LAPACK is wrong, as WRONG says.
 *
 *   WRONG=dgemm   cblas_dgemm gives its first value 1 + 1e-6 times too large
 *   WRONG=dgesdd  LAPACKE_dgesdd gives its largest singular value so
 *   WRONG=dsyevr  LAPACKE_dsyevr gives its first eigenvalue so
 *   WRONG=crash   cblas_dgemm does not come back
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define TOO_LARGE (1 + 1e-6)

static int is_wrong(const char *name)
{
    const char *wish = getenv("WRONG");
    return wish != NULL && strcmp(wish, name) == 0;
}

static void *next(const char *name)
{
    void *f = dlsym(RTLD_NEXT, name);
    if (f == NULL) abort();
    return f;
}

void cblas_dgemm(int layout, int ta, int tb, int m, int n, int k, double alpha, const double *a,
                 int lda, const double *b, int ldb, double beta, double *c, int ldc)
{
    void (*real)(int, int, int, int, int, int, double, const double *, int, const double *, int,
                 double, double *, int);

    *(void **)&real = next("cblas_dgemm");
    if (is_wrong("crash")) raise(SIGSEGV);
    real(layout, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    if (is_wrong("dgemm")) c[0] *= TOO_LARGE;
}

int LAPACKE_dgesdd(int layout, char job, int m, int n, double *a, int lda, double *s, double *u,
                   int ldu, double *vt, int ldvt)
{
    int (*real)(int, char, int, int, double *, int, double *, double *, int, double *, int);

    *(void **)&real = next("LAPACKE_dgesdd");
    int info = real(layout, job, m, n, a, lda, s, u, ldu, vt, ldvt);
    if (is_wrong("dgesdd")) s[0] *= TOO_LARGE;
    return info;
}

int LAPACKE_dsyevr(int layout, char job, char range, char uplo, int n, double *a, int lda,
                   double vl, double vu, int il, int iu, double tolerance, int *n_found, double *w,
                   double *z, int ldz, int *support)
{
    int (*real)(int, char, char, char, int, double *, int, double, double, int, int, double, int *,
                double *, double *, int, int *);

    *(void **)&real = next("LAPACKE_dsyevr");
    int info = real(layout, job, range, uplo, n, a, lda, vl, vu, il, iu, tolerance, n_found, w, z,
                    ldz, support);
    if (is_wrong("dsyevr")) w[0] *= TOO_LARGE;
    return info;
}
