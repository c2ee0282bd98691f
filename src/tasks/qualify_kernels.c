/* qualify_kernels.c -- the libraries below tilseq on problems whose answers are known.
 *
 * Products of whole numbers are exact in any order of summation; the second-difference matrix has
 * the eigenvalues 2 - 2 cos(k pi / (n + 1)); R'R is A'A; tails have closed forms (the t with one
 * degree of freedom is Cauchy's, chi-squared with two is an exponential).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/try.h"
#include "io/reads/inflate.h"
#include "io/text/digest.h"
#include "math/dist.h"
#include "math/linalg.h"
#include "tasks/qualify.h"

#define TOL_KERNEL 1e-10
static const double PI = 3.14159265358979323846;

/* Small whole numbers without a pattern that a wrong stride would keep. */
static double whole(size_t i, size_t j) { return (double)((i * 7 + j * 13 + i * j * 3) % 11) - 5; }

static void answer(double worst, double tolerance, const char *what, bool *passed,
                   til_strbuf_t *found)
{
    *passed = worst <= tolerance;
    til_strbuf_printf(found, "%s: the largest error is %.2g, at most %.2g is allowed", what, worst,
                      tolerance);
}

static void keep_worst(double *worst, double error)
{
    if (!(error <= *worst)) *worst = isnan(error) ? INFINITY : error;
}

til_status_t til_qualify_matmul(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    enum { M = 37, K = 53, N = 29 };
    double a[M * K], b[K * N], c[M * N], worst = 0;

    (void)bench;
    (void)check;
    for (size_t j = 0; j < K; j++)
        for (size_t i = 0; i < M; i++) a[j * M + i] = whole(i, j);
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < K; i++) b[j * K + i] = whole(j + 3, i);
    til_status_t status = til_matmul(ctx, false, false, M, N, K, 1, a, M, b, K, 0, c, M);
    if (status != TIL_OK) return status;
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < M; i++) {
            double sum = 0;
            for (size_t k = 0; k < K; k++) sum += a[k * M + i] * b[j * K + k];
            keep_worst(&worst, fabs(sum - c[j * M + i]));
        }
    answer(worst, 0, "37 x 53 by 53 x 29", passed, found);
    return TIL_OK;
}

/* R'R against A'A, and Q(Q'A) against A, relative to the largest value. */
static til_status_t qr_error(til_ctx_t *ctx, size_t n, size_t p, double *worst)
{
    double *a = til_array(n * p, sizeof *a), *f = til_array(n * p, sizeof *f),
           *y = til_array(n * p, sizeof *y), *tau = til_array(p, sizeof *tau);
    til_status_t status = TIL_OK;

    if (a == NULL || f == NULL || y == NULL || tau == NULL)
        TIL_TRY(til_no_memory(ctx, n * p, "numbers"));
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < n; i++)
            a[j * n + i] = sin((double)((i + 1) * (j + 2))) + (i == j ? 2 : 0);
    memcpy(f, a, n * p * sizeof *a);
    memcpy(y, a, n * p * sizeof *a);
    TIL_TRY(til_qr(ctx, n, p, f, tau));
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double want = 0, got = 0;
            for (size_t k = 0; k < n; k++) want += a[i * n + k] * a[j * n + k];
            for (size_t k = 0; k <= (i < j ? i : j); k++) got += f[i * n + k] * f[j * n + k];
            keep_worst(worst, fabs(got - want) / (double)n);
        }
    TIL_TRY(til_qr_apply(ctx, n, p, f, tau, true, p, y));
    TIL_TRY(til_qr_apply(ctx, n, p, f, tau, false, p, y));
    for (size_t i = 0; i < n * p; i++) keep_worst(worst, fabs(y[i] - a[i]));
done:
    free(a);
    free(f);
    free(y);
    free(tau);
    return status;
}

til_status_t til_qualify_qr(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                            const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    double worst = 0;
    til_status_t status = qr_error(ctx, 24, 5, &worst);

    (void)bench;
    (void)check;
    if (status == TIL_OK) status = qr_error(ctx, 96, TIL_SMALL + 24, &worst);
    answer(worst, TOL_KERNEL, "QR of 24 x 5 and 96 x 40", passed, found);
    return status;
}

til_status_t til_qualify_eigen(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                               const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    enum { N = 40 };
    double a[N * N] = { 0 }, values[N], worst = 0;

    (void)bench;
    (void)check;
    for (size_t i = 0; i < N; i++) {
        a[i * N + i] = 2;
        if (i + 1 < N) a[i * N + i + 1] = a[(i + 1) * N + i] = -1;
    }
    til_status_t status = til_eigen_symmetric(ctx, N, a, values);
    if (status != TIL_OK) return status;
    for (size_t k = 0; k < N; k++)
        keep_worst(&worst, fabs(values[k] - (2 - 2 * cos((double)(k + 1) * PI / (N + 1)))));
    answer(worst, TOL_KERNEL, "eigenvalues of a 40 x 40 second difference", passed, found);
    return TIL_OK;
}

til_status_t til_qualify_svd(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                             const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    enum { M = 30, N = 12 };
    double a[M * N], copy[M * N], values[N], u[M * N], vt[N * N], worst = 0;

    (void)bench;
    (void)check;
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < M; i++) a[j * M + i] = copy[j * M + i] = whole(i, j) + 0.5;
    til_status_t status = til_svd(ctx, M, N, copy, values, u, vt);
    if (status != TIL_OK) return status;
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < M; i++) {
            double sum = 0;
            for (size_t k = 0; k < N; k++) sum += u[k * M + i] * values[k] * vt[j * N + k];
            keep_worst(&worst, fabs(sum - a[j * M + i]));
        }
    answer(worst, TOL_KERNEL, "U S V' of 30 x 12", passed, found);
    return TIL_OK;
}

til_status_t til_qualify_tails(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                               const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    double worst = 0;

    (void)ctx;
    (void)bench;
    (void)check;
    for (int i = 1; i <= 60; i++) {
        double x = 0.25 * i;
        keep_worst(&worst, fabs(til_pnorm(x, 0, 1, true, false) / (0.5 * erfc(x / sqrt(2))) - 1));
        keep_worst(&worst, fabs(til_pt(x, 1, true, false) / (atan2(1, x) / PI) - 1));
        keep_worst(&worst, fabs(til_pchisq(x, 2, true, true) + x / 2));
        keep_worst(&worst, fabs(til_ppois(0, x, false, true) + x));
        keep_worst(&worst, fabs(til_pf(x, 2, 2, true, false) * (1 + x) - 1));
        keep_worst(&worst, fabs(til_qt(til_pt(x, 5, true, true), 5, true, true) / x - 1));
    }
    answer(worst, TOL_KERNEL, "normal, t, chi-squared, Poisson, F and a quantile at 60 places",
           passed, found);
    return TIL_OK;
}

til_status_t til_qualify_digest(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                const til_qualify_check_t *check, bool *passed, til_strbuf_t *found)
{
    /* FIPS 180-4, its example of three bytes */
    static const char want[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    char got[TIL_SHA256_TEXT];

    (void)ctx;
    (void)bench;
    (void)check;
    til_sha256("abc", 3, got);
    *passed = strcmp(got, want) == 0;
    til_strbuf_printf(found, "SHA-256 of 'abc' is %s", got);
    return TIL_OK;
}

til_status_t til_qualify_deflate(til_ctx_t *ctx, const til_qualify_bench_t *bench,
                                 const til_qualify_check_t *check, bool *passed,
                                 til_strbuf_t *found)
{
    enum { N = 200000 };
    /* "tilseq\n" as gzip 1.12 -n9 wrote it */
    static const uint8_t stored[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
                                      0x03, 0x2b, 0xc9, 0xcc, 0x29, 0x4e, 0x2d, 0xe4, 0x02,
                                      0x00, 0x88, 0x48, 0x15, 0x17, 0x07, 0x00, 0x00, 0x00 };
    uint8_t *bytes = til_array(N, 1), *packed = NULL, *back = NULL, *fixed = NULL;
    size_t n_packed = 0, n_back = 0, n_fixed = 0;
    til_status_t status = TIL_OK;

    (void)bench;
    (void)check;
    if (bytes == NULL) TIL_TRY(til_no_memory(ctx, N, "bytes"));
    for (size_t i = 0; i < N; i++) bytes[i] = (uint8_t) "ACGTN"[(i * i + i / 7) % 5];
    TIL_TRY(til_inflate_all(ctx, "a stored gzip", stored, sizeof stored, &fixed, &n_fixed));
    TIL_TRY(til_deflate_all(ctx, bytes, N, &packed, &n_packed));
    TIL_TRY(til_inflate_all(ctx, "a packed text", packed, n_packed, &back, &n_back));
    *passed = n_fixed == 7 && memcmp(fixed, "tilseq\n", 7) == 0 && n_back == N &&
              memcmp(back, bytes, N) == 0;
    til_strbuf_printf(found, "%d bytes packed and unpacked %s", N,
                      *passed ? "are the same" : "differ");
done:
    free(bytes);
    free(packed);
    free(back);
    free(fixed);
    return status;
}
