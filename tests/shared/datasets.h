/* datasets.h -- the real data sets of $TILSEQ_SHARED, as golden/de/lib.R takes them: samples in the
 * order of the golden design, rows 1, 5, 9, ... where it says so. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TIL_TEST_DATASETS_H
#define TIL_TEST_DATASETS_H

#include "base/names.h"
#include "support/tables.h"

typedef struct {
    const char *name, *counts; /* golden/de/out/NAME, data/counts/COUNTS        */
    size_t row_step;
    const char *key;      /* the coefficient of interest                   */
    const char *group[2]; /* columns whose levels are the groups           */
} dataset_t;

static const dataset_t datasets[] = {
    { "airway", "airway", 1, "dextreated", { "dex", NULL } },
    { "pasilla", "pasilla", 1, "conditiontreated", { "condition", NULL } },
    { "ct26", "ct26", 1, "dayday14:armtreat", { "day", "arm" } },
    { "riaz_cohort_time", "riaz", 1, "cohortPROG:timepointon", { "cohort", "timepoint" } },
    { "riaz_paired", "riaz", 4, "timepointon", { "timepoint", NULL } },
    { "riaz_cohort_nested", "riaz", 4, NULL, { "cohort", "timepoint" } }
};
enum { N_DATASETS = sizeof datasets / sizeof *datasets, N_WITH_KEY = N_DATASETS - 1 };

static inline const char *shared_path(const char *format, const char *a, const char *b, char *path,
                                      size_t size)
{
    const char *root = getenv("TILSEQ_SHARED");
    ck_assert_msg(root != NULL, "TILSEQ_SHARED is not set: run by make check-golden");
    size_t n = (size_t)snprintf(path, size, "%s/", root);
    snprintf(path + n, size - n, format, a, b);
    return path;
}

/* golden/de/out/DATASET/FILE.tsv.gz */
static inline void read_golden(til_ctx_t *ctx, const dataset_t *set, const char *file,
                               til_table_t *out)
{
    char path[1200];
    read_table(ctx, shared_path("golden/de/out/%s/%s.tsv.gz", set->name, file, path, sizeof path),
               out);
}

/* The counts in the samples of the golden design, and that design. */
static inline void read_dataset(til_ctx_t *ctx, const dataset_t *set, til_matrix_t *counts,
                                til_design_t *design)
{
    char path[1200];
    til_matrix_t all = { 0 };
    til_names_t *names = NULL;

    shared_path("golden/de/out/%s/%s.tsv.gz", set->name, "design", path, sizeof path);
    read_design(ctx, path, design);
    shared_path("data/counts/%s/%s.tsv.gz", set->counts, "counts", path, sizeof path);
    read_matrix(ctx, path, TIL_VALUES_WHOLE, &all);

    size_t n_rows = 0, *rows = malloc((all.n_rows + 1) * sizeof *rows);
    size_t *cols = malloc((design->n_samples + 1) * sizeof *cols);
    ck_assert(rows != NULL && cols != NULL);
    for (size_t g = 0; g < all.n_rows; g += set->row_step) rows[n_rows++] = g;
    ck_assert_int_eq(til_names_index(ctx, all.col_names, all.n_cols, &names), TIL_OK);
    for (size_t s = 0; s < design->n_samples; s++) {
        ptrdiff_t at = til_names_find(names, design->samples[s]);
        ck_assert_msg(at >= 0, "%s: no sample %s", path, design->samples[s]);
        cols[s] = (size_t)at;
    }
    ck_assert_int_eq(til_matrix_select(ctx, &all, rows, n_rows, cols, design->n_samples, counts),
                     TIL_OK);
    til_names_free(names);
    free(cols);
    free(rows);
    til_matrix_clear(&all);
}

/* group[s]: the number of the levels of the columns of the set, for the samples of `counts`. */
static inline size_t read_groups(til_ctx_t *ctx, const dataset_t *set, const til_matrix_t *counts,
                                 size_t *group)
{
    char path[1200], levels[512];
    til_table_t sheet = { 0 };
    til_names_t *samples = NULL, *seen = til_names_new();

    shared_path("data/counts/%s/%s.tsv", set->counts, "samples", path, sizeof path);
    read_table(ctx, path, &sheet);
    ck_assert_int_eq(til_names_index(ctx, sheet.columns[0].text, sheet.n_rows, &samples), TIL_OK);
    for (size_t s = 0; s < counts->n_cols; s++) {
        size_t row = (size_t)til_names_find(samples, counts->col_names[s]);
        size_t at = 0;
        for (size_t i = 0; i < 2 && set->group[i] != NULL; i++) {
            const til_column_t *column = til_table_column(&sheet, set->group[i]);
            ck_assert_ptr_nonnull(column);
            at += (size_t)snprintf(levels + at, sizeof levels - at, "%s.", column->text[row]);
        }
        group[s] = (size_t)til_names_add(seen, levels, NULL);
    }
    size_t n_groups = til_names_count(seen);
    til_names_free(seen);
    til_names_free(samples);
    til_table_clear(&sheet);
    return n_groups;
}

/* index[i]: where the name of row i of the golden table stands in `names`. */
static inline size_t *match_rows(til_ctx_t *ctx, const til_table_t *golden, char *const *names,
                                 size_t n)
{
    til_names_t *dictionary = NULL;
    size_t *index = malloc((golden->n_rows + 1) * sizeof *index);

    ck_assert_ptr_nonnull(index);
    ck_assert_int_eq(til_names_index(ctx, names, n, &dictionary), TIL_OK);
    for (size_t i = 0; i < golden->n_rows; i++) {
        ptrdiff_t at = til_names_find(dictionary, golden->columns[0].text[i]);
        ck_assert_msg(at >= 0, "no row %s", golden->columns[0].text[i]);
        index[i] = (size_t)at;
    }
    til_names_free(dictionary);
    return index;
}

/* "golden: SET WHAT N compared, largest distance D", which tests/shared/run.sh adds up. */
static inline void say_compared(const dataset_t *set, const char *what, size_t n, double distance)
{
    printf("golden: %s %s, distance %.1e, %zu compared\n", set->name, what, distance, n);
    fflush(stdout);
}

#endif
