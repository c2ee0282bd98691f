/* golden.h -- compare with values another program computed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TEST_GOLDEN_H
#define TIL_TEST_GOLDEN_H

#include <check.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How close is close: name the reason, not the number. */
#define TOL_ROUND 1e-14 /* same formula, only rounding differs        */
#define TOL_SUM   1e-11 /* sums or medians taken in another order     */
#define TOL_ITER  1e-6  /* both sides stop an iteration on their own  */

/* Relative difference, absolute near zero; NaN equals NaN, inf equals inf. */
static inline double golden_distance(double got, double want)
{
    if (isnan(want)) return isnan(got) ? 0 : INFINITY;
    if (isinf(want)) return got == want ? 0 : INFINITY;
    double d = fabs(got - want) / fmax(1e-8, fabs(want));
    return isnan(d) ? INFINITY : d;
}

#define ck_golden(got, want, tolerance, what)                                                      \
    do {                                                                                           \
        double got_ = (got), want_ = (want), d_ = golden_distance(got_, want_);                    \
        ck_assert_msg(d_ <= (tolerance), "%s: got %.17g, want %.17g, off by %.2g > %.2g", (what),  \
                      got_, want_, d_, (double)(tolerance));                                       \
    } while (0)

/* The path of a file of golden values, in `path`. */
static inline const char *golden_path(const char *file, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", GOLDEN, file);
    return path;
}

/* The line `name` of a file of named vectors (name, count, values; tab separated, NA is NaN), as
 * tests/golden/math/make_math.R writes them. Fails the test when it is not there. free() it. */
static inline double *golden_vector(const char *file, const char *name, size_t *n)
{
    char path[512], *line = NULL;
    size_t room = 0;
    double *values = NULL;
    FILE *in = fopen(golden_path(file, path, sizeof path), "r");
    ck_assert_msg(in != NULL, "cannot open %s", path);

    while (values == NULL && getline(&line, &room, in) > 0) {
        char *at = strchr(line, '\t');
        if (at == NULL) continue;
        *at++ = '\0';
        if (strcmp(line, name) != 0) continue;
        *n = (size_t)strtoul(at, &at, 10);
        values = malloc((*n + 1) * sizeof *values);
        ck_assert_ptr_nonnull(values);
        for (size_t i = 0; i < *n; i++) {
            ck_assert_msg(*at == '\t', "%s: %s has fewer than %zu values", path, name, *n);
            at++;
            if (strncmp(at, "NA", 2) == 0) {
                values[i] = NAN;
                at += 2;
            } else values[i] = strtod(at, &at);
        }
    }
    ck_assert_msg(values != NULL, "%s: no line '%s'", path, name);
    free(line);
    fclose(in);
    return values;
}

/* The main() of a test program: one suite of tests without fixtures. */
static inline int golden_run(const char *name, const TTest *const *tests, size_t n)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    for (size_t i = 0; i < n; i++) tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
