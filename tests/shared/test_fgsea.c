/* test_fgsea.c -- enrichment against fgsea 1.31.6 on its own example: scores, sizes and leading
 * edges for every weight and score type exactly, p-values within the errors of both,
 * over-representation exactly. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gsea/methods.h"
#include "io/text/gmt.h"
#include "io/text/rnk.h"
#include "io/text/table_tsv.h"
#include "support/golden.h"
#include "support/runner.h"

static til_ctx_t ctx;
static til_ranking_t ranks;
static til_genesets_t sets;

static til_text_t shared_text(const char *file)
{
    char path[1024];
    til_text_t text;
    snprintf(path, sizeof path, "%s/golden/enrich/%s", getenv("TILSEQ_SHARED"), file);
    ck_assert_msg(til_text_read(&ctx, path, &text) == TIL_OK, "%s", ctx.message);
    return text;
}

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    til_text_t text = shared_text("in/fgsea_exampleRanks.rnk");
    ck_assert_msg(til_rnk_read(&ctx, &text, &ranks) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    text = shared_text("in/fgsea_examplePathways.gmt");
    ck_assert_msg(til_gmt_read(&ctx, &text, &sets) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
}

static void teardown(void)
{
    til_ranking_clear(&ranks);
    til_genesets_clear(&sets);
}

static til_table_t golden(const char *file)
{
    til_table_t table;
    til_text_t text = shared_text(file);
    ck_assert_msg(til_table_read(&ctx, &text, &table) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    return table;
}

static const til_column_t *column(const til_table_t *table, const char *name)
{
    const til_column_t *c = til_table_column(table, name);
    ck_assert_msg(c != NULL, "no column %s", name);
    return c;
}

/* The row of each golden row's set in `got`, which holds the sets in the order of the collection.
 */
static size_t row_of(const char *set)
{
    const til_geneset_t *found = til_genesets_find(&sets, set);
    ck_assert_msg(found != NULL, "no set %s", set);
    return (size_t)(found - sets.sets);
}

static til_table_t run_method(const char *method, const bool *selected, til_gsea_options_t options)
{
    til_table_t out;
    ck_assert_msg(til_gsea_run(&ctx, til_gsea_find(method), &ranks, selected, &sets, &options, &out,
                               NULL) == TIL_OK,
                  "%s", ctx.message);
    return out;
}

static til_score_type_t type_of(const char *word)
{
    return strcmp(word, "pos") == 0   ? TIL_SCORE_POS
           : strcmp(word, "neg") == 0 ? TIL_SCORE_NEG
                                      : TIL_SCORE_STD;
}

/* The golden has a leading edge as indices into the ordered ranking; `order` holds the genes in
 * that order. */
static bool same_edge(const char *genes, const char *indices, char *const *order)
{
    while (*genes != '\0' && *indices != '\0') {
        char *end;
        const char *name = order[strtoul(indices, &end, 10) - 1];
        size_t n = strlen(name);
        if (strncmp(genes, name, n) != 0 || (genes[n] != ',' && genes[n] != '\0')) return false;
        genes += n + (genes[n] == ',');
        indices = end + (*end == ',');
    }
    return *genes == '\0' && *indices == '\0';
}

static int by_stat(const void *a, const void *b)
{
    double x = ranks.stats[*(const size_t *)a], y = ranks.stats[*(const size_t *)b];
    return (x < y) - (x > y);
}

static char **ordered_genes(void)
{
    size_t *index = malloc(ranks.n_genes * sizeof *index);
    char **order = malloc(ranks.n_genes * sizeof *order);
    ck_assert(index != NULL && order != NULL);
    for (size_t g = 0; g < ranks.n_genes; g++) index[g] = g;
    qsort(index, ranks.n_genes, sizeof *index, by_stat);
    for (size_t g = 0; g < ranks.n_genes; g++) order[g] = ranks.genes[index[g]];
    free(index);
    return order;
}

START_TEST(scores_and_edges_are_exact)
{
    til_table_t want = golden("out/fgsea_example_calcGseaStat.tsv.gz"), got = { 0 };
    static const char *const types[] = { "std", "pos", "neg" };
    static const double params[] = { 0, 0.25, 1, 2 };
    const double *size = column(&want, "size")->number, *param = column(&want, "gseaParam")->number;
    const double *es = column(&want, "ES")->number;
    char **set = column(&want, "pathway")->text, **type = column(&want, "scoreType")->text;
    char **edge = column(&want, "leadingEdge")->text, **order = ordered_genes();
    size_t n = 0;

    for (size_t k = 0; k < 12; k++) {
        til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
        options.min_size = 1;
        options.max_size = SIZE_MAX;
        options.gsea_param = params[k / 3];
        options.score_type = type_of(types[k % 3]);
        options.n_permutations = 100;
        got = run_method("simple", NULL, options);
        for (size_t i = 0; i < want.n_rows; i++) {
            if (param[i] != params[k / 3] || strcmp(type[i], types[k % 3]) != 0) continue;
            size_t row = row_of(set[i]);
            ck_golden(column(&got, "size")->number[row], size[i], 0, set[i]);
            ck_golden(column(&got, "es")->number[row], es[i], 1e-12, set[i]);
            ck_assert_msg(same_edge(column(&got, "leading_edge")->text[row],
                                    edge[i] == NULL ? "" : edge[i], order),
                          "%s %s param %g: another leading edge", set[i], type[i], param[i]);
            n++;
        }
        til_table_clear(&got);
    }
    printf("golden: fgsea calcGseaStat %zu compared (score, size, leading edge)\n", n);
    ck_assert_uint_eq(n, want.n_rows);
    free(order);
    til_table_clear(&want);
}
END_TEST

/* Runs of fgsea that p-values are held against; a missing log2err is worked out from nMoreExtreme.
 */
static const struct {
    const char *file, *method, *type;
    double param;
    size_t min_size, max_size, n_permutations;
} runs[] = {
    { "out/fgsea_example_multilevel_eps0_ss1001_seed43.tsv.gz", "preranked", "std", 1, 15, 500,
      1000 },
    { "out/fgsea_example_multilevel_eps0_seed42.tsv.gz", "preranked", "std", 1, 15, 500, 1000 },
    { "out/fgsea_example_multilevel_eps0_pos_seed42.tsv.gz", "preranked", "pos", 1, 15, 500, 1000 },
    { "out/fgsea_example_multilevel_eps0_neg_seed42.tsv.gz", "preranked", "neg", 1, 15, 500, 1000 },
    { "out/fgsea_example_simple_100k_seed42.tsv.gz", "simple", "std", 1, 15, 500, 20000 },
};

/* For p over 1e-10: below it the chains of fgsea are known too little for their stated error. The
 * spread of z over several hundred sets must be that of the errors, the mean near 0 (fgsea's sets
 * of one size share their random numbers, so each of its runs is off by a common tenth of a bit).
 */
START_TEST(p_values_agree_within_their_errors)
{
    til_table_t want = golden(runs[_i].file);
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    options.gsea_param = runs[_i].param;
    options.score_type = type_of(runs[_i].type);
    options.min_size = runs[_i].min_size;
    options.max_size = runs[_i].max_size;
    options.n_permutations = runs[_i].n_permutations;
    til_table_t got = run_method(runs[_i].method, NULL, options);
    const double *p = column(&want, "pval")->number, *es = column(&want, "ES")->number;
    const double *nes = column(&want, "NES")->number;
    const til_column_t *errors = til_table_column(&want, "log2err");
    const til_column_t *extreme = til_table_column(&want, "nMoreExtreme");
    double squares = 0, sum = 0, nes_squares = 0, largest = 0;
    size_t n = 0, n_z = 0, n_far = 0;

    for (size_t i = 0; i < want.n_rows; i++) {
        size_t row = row_of(column(&want, "pathway")->text[i]);
        double mine = column(&got, "pvalue")->number[row],
               my_error = column(&got, "log2err")->number[row];
        double error = errors != NULL ? errors->number[i]
                                      : sqrt((1 - p[i]) / (extreme->number[i] + 1)) / log(2);
        ck_golden(column(&got, "es")->number[row], es[i], 1e-12, "ES");
        n++;
        if (isnan(p[i]) || isnan(error) || p[i] < 1e-10 ||
            (extreme != NULL && extreme->number[i] < 10) || hypot(error, my_error) == 0)
            continue;
        nes_squares += pow(column(&got, "nes")->number[row] / nes[i] - 1, 2);
        double z = log2(mine / p[i]) / hypot(error, my_error);
        squares += z * z;
        sum += log2(mine / p[i]);
        largest = fmax(largest, fabs(z));
        n_far += fabs(z) > 4;
        n_z++;
    }
    printf("golden: %s %zu compared (score; p of %zu: rms z %.2f, largest %.2f, mean log2 %.3f; "
           "nes rms %.4f)\n",
           runs[_i].file + 4, n, n_z, sqrt(squares / (double)n_z), largest, sum / (double)n_z,
           sqrt(nes_squares / (double)n_z));
    ck_assert_uint_gt(n_z, 400);
    ck_assert_double_lt(sqrt(squares / (double)n_z), 1.45);
    ck_assert_double_lt(fabs(sum / (double)n_z), 0.1);
    ck_assert_uint_le(n_far, n_z / 100);
    ck_assert_double_lt(sqrt(nes_squares / (double)n_z), 0.02);
    til_table_clear(&got);
    til_table_clear(&want);
}
END_TEST

START_TEST(over_representation_is_exact)
{
    til_table_t want = golden("out/fora_example_gt2.tsv.gz");
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    bool *selected = calloc(ranks.n_genes, sizeof *selected);
    ck_assert_ptr_nonnull(selected);
    for (size_t g = 0; g < ranks.n_genes; g++) selected[g] = ranks.stats[g] > 2;
    options.min_size = 15;
    til_table_t got = run_method("ora", selected, options);
    for (size_t i = 0; i < want.n_rows; i++) {
        const char *set = column(&want, "pathway")->text[i];
        size_t row = row_of(set);
        ck_golden(column(&got, "overlap")->number[row], column(&want, "overlap")->number[i], 0,
                  set);
        ck_golden(column(&got, "size")->number[row], column(&want, "size")->number[i], 0, set);
        ck_golden(log(column(&got, "pvalue")->number[row]), log(column(&want, "pval")->number[i]),
                  1e-10, set);
        ck_golden(column(&got, "padj")->number[row], column(&want, "padj")->number[i], 1e-10, set);
    }
    printf("golden: fora %zu compared\n", want.n_rows);
    free(selected);
    til_table_clear(&got);
    til_table_clear(&want);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fgsea");
    TCase *tcase = tcase_create("fgsea");

    if (getenv("TILSEQ_SHARED") == NULL) {
        printf("SKIP: TILSEQ_SHARED is not set\n");
        return 77;
    }
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, scores_and_edges_are_exact);
    tcase_add_loop_test(tcase, p_values_agree_within_their_errors, 0, sizeof runs / sizeof *runs);
    tcase_add_test(tcase, over_representation_is_exact);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
