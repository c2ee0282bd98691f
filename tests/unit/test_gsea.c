/* test_gsea.c -- every enrichment method against expected values, and the laws of the room. Golden
 * p-values are exact: all subsets of 28 genes were looked at (tests/golden/gsea/make_gsea.R). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "gsea/enrichment.h"
#include "gsea/methods.h"
#include "io/text/gmt.h"
#include "io/text/rnk.h"
#include "io/text/table_tsv.h"
#include "support/golden.h"
#include "support/runner.h"

static til_ctx_t ctx;
static char said[8192];

static void keep_log(void *arg, til_log_level_t level, const char *text)
{
    size_t n = strlen(said);
    (void)arg;
    if (level != TIL_LOG_DETAIL) snprintf(said + n, sizeof said - n, "%s\n", text);
}

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    ctx.log.write = keep_log;
    said[0] = '\0';
}

static til_text_t golden_text(const char *file)
{
    char path[512];
    til_text_t text;
    ck_assert_msg(til_text_read(&ctx, golden_path(file, path, sizeof path), &text) == TIL_OK, "%s",
                  ctx.message);
    return text;
}

static til_ranking_t golden_ranks(void)
{
    til_text_t text = golden_text("gsea/ranks.rnk");
    til_ranking_t ranks;
    ck_assert_msg(til_rnk_read(&ctx, &text, &ranks) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    return ranks;
}

static til_genesets_t golden_sets(void)
{
    til_text_t text = golden_text("gsea/sets.gmt");
    til_genesets_t sets;
    ck_assert_msg(til_gmt_read(&ctx, &text, &sets) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    return sets;
}

static til_table_t golden_table(const char *name)
{
    char file[128];
    til_table_t table;
    snprintf(file, sizeof file, "gsea/%s.tsv", name);
    til_text_t text = golden_text(file);
    ck_assert_msg(til_table_read(&ctx, &text, &table) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
    return table;
}

static double *numbers(const til_table_t *table, const char *name)
{
    const til_column_t *column = til_table_column(table, name);
    ck_assert_msg(column != NULL && column->type == TIL_COLUMN_NUMBER, "no column of numbers %s",
                  name);
    return column->number;
}

static char **texts(const til_table_t *table, const char *name)
{
    const til_column_t *column = til_table_column(table, name);
    ck_assert_msg(column != NULL && column->type == TIL_COLUMN_TEXT, "no column of text %s", name);
    return column->text;
}

static til_table_t run_ranked(const char *method, const til_ranking_t *ranks,
                              const til_genesets_t *sets, const til_gsea_options_t *options)
{
    til_table_t out;
    ck_assert_msg(
        til_gsea_run(&ctx, til_gsea_find(method), ranks, NULL, sets, options, &out, NULL) == TIL_OK,
        "%s", ctx.message);
    return out;
}

/* ---- goldens
 * -------------------------------------------------------------------------------------- */

static til_score_type_t type_of(const char *word)
{
    return strcmp(word, "pos") == 0   ? TIL_SCORE_POS
           : strcmp(word, "neg") == 0 ? TIL_SCORE_NEG
                                      : TIL_SCORE_STD;
}

/* One row of a golden against row i of a result. p has a standard error; five of them, and a floor
 * for small errors of the error itself, are asked for. */
static void check_row(const til_table_t *got, size_t i, const til_table_t *want, size_t row)
{
    const char *set = texts(got, "set")[i], *edge = texts(got, "leading_edge")[i];
    const char *want_edge = texts(want, "edge")[row];
    double p = numbers(got, "pvalue")[i], exact = numbers(want, "p")[row];
    double error = numbers(got, "log2err")[i];

    ck_assert_str_eq(texts(got, "status")[i], "ok");
    ck_assert_str_eq(set, texts(want, "set")[row]);
    ck_golden(numbers(got, "size")[i], numbers(want, "size")[row], 0, set);
    ck_golden(numbers(got, "es")[i], numbers(want, "es")[row], TOL_SUM, set);
    ck_assert_msg(strcmp(edge, want_edge == NULL ? "" : want_edge) == 0,
                  "%s: leading edge %s, want %s", set, edge, want_edge);
    ck_assert_msg(fabs(log2(p / exact)) <= 5 * error + 0.02, "%s: p %g, exact %g, log2err %g", set,
                  p, exact, error);
    ck_assert_msg(fabs(numbers(got, "nes")[i] - numbers(want, "nes")[row]) < 0.1,
                  "%s: nes %g, want %g", set, numbers(got, "nes")[i], numbers(want, "nes")[row]);
}

static void check_ranked(const char *method)
{
    til_ranking_t ranks = golden_ranks();
    til_genesets_t sets = golden_sets();
    til_table_t want = golden_table(method);

    for (size_t first = 0; first < want.n_rows; first += sets.n_sets) {
        til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
        options.min_size = 1;
        options.n_permutations = 1000;
        options.gsea_param = numbers(&want, "param")[first];
        options.score_type = type_of(texts(&want, "type")[first]);
        til_table_t got = run_ranked(method, &ranks, &sets, &options);
        for (size_t i = 0; i < sets.n_sets; i++) check_row(&got, i, &want, first + i);
        til_table_clear(&got);
    }
    til_table_clear(&want);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}

static void check_selected(const char *method)
{
    til_ranking_t ranks = golden_ranks();
    til_genesets_t sets = golden_sets();
    til_table_t want = golden_table(method), got;
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    bool selected[64];

    options.min_size = 1;
    for (size_t g = 0; g < ranks.n_genes; g++) selected[g] = ranks.stats[g] > 1;
    ck_assert_msg(til_gsea_run(&ctx, til_gsea_find(method), &ranks, selected, &sets, &options, &got,
                               NULL) == TIL_OK,
                  "%s", ctx.message);
    for (size_t i = 0; i < sets.n_sets; i++) {
        const char *set = texts(&got, "set")[i];
        ck_golden(numbers(&got, "overlap")[i], numbers(&want, "overlap")[i], 0, set);
        ck_golden(numbers(&got, "universe")[i], numbers(&want, "universe")[i], 0, set);
        ck_golden(log(numbers(&got, "pvalue")[i]), log(numbers(&want, "p")[i]), TOL_SUM, set);
    }
    til_table_clear(&got);
    til_table_clear(&want);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}

START_TEST(agrees_with_golden)
{
    const til_gsea_method_t *method = til_gsea_methods[_i];
    til_table_t set_tests = golden_table("set_tests");
    bool is_there = false;

    for (size_t i = 0; i < set_tests.n_rows; i++) /* compared in test_set_tests.c */
        is_there |= strcmp(texts(&set_tests, "method")[i], method->name) == 0;
    til_table_clear(&set_tests);
    if (method->needs_selection) check_selected(method->name);
    else if (!is_there) check_ranked(method->name);
}
END_TEST

/* ---- laws
 * ------------------------------------------------------------------------------------------- */

/* A ranking of n genes g0, g1... with normal statistics around `shift`. */
static til_ranking_t random_ranks(size_t n, double shift, uint64_t seed)
{
    til_rng_t rng = til_rng_stream(seed, 1, 0, 0);
    til_ranking_t ranks;
    char name[32];
    ck_assert(til_ranking_init(&ctx, n, "random", &ranks) == TIL_OK);
    for (size_t g = 0; g < n; g++) {
        snprintf(name, sizeof name, "g%zu", g);
        ck_assert(til_ranking_set(&ctx, &ranks, g, name, til_rng_normal(&rng) + shift) == TIL_OK);
    }
    return ranks;
}

/* Sets of random genes; the q-th has low + q % (high - low + 1) of them. With `tilt` > 0 they lean
 * to genes of large statistics, the more the later the set. */
static til_genesets_t random_sets(const til_ranking_t *ranks, size_t n_sets, size_t low,
                                  size_t high, double tilt, uint64_t seed)
{
    til_genesets_t sets = { 0 };
    char name[32], *genes[512];
    ck_assert(til_genesets_set_origin(&ctx, &sets, "random sets") == TIL_OK);
    for (size_t q = 0; q < n_sets; q++) {
        til_rng_t rng = til_rng_stream(seed, 2, q, 0);
        size_t size = low + q % (high - low + 1), n = 0;
        while (n < size) {
            size_t g = (size_t)til_rng_below(&rng, ranks->n_genes), j = 0;
            double odds = exp(tilt * (double)q / (double)n_sets * (ranks->stats[g] - 2));
            if (tilt > 0 && til_rng_uniform(&rng) > odds) continue;
            while (j < n && genes[j] != ranks->genes[g]) j++;
            if (j == n) genes[n++] = ranks->genes[g];
        }
        snprintf(name, sizeof name, "s%zu", q);
        ck_assert(til_genesets_add(&ctx, &sets, name, "", genes, n, q + 1, NULL) == TIL_OK);
    }
    return sets;
}

static void check_same_row(const til_table_t *a, size_t i, const til_table_t *b, size_t j)
{
    static const char *const columns[] = { "size", "es", "nes", "pvalue", "log2err" };
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        double x = numbers(a, columns[c])[i], y = numbers(b, columns[c])[j];
        ck_assert_msg(x == y || (isnan(x) && isnan(y)), "%s %s: %.17g and %.17g",
                      texts(a, "set")[i], columns[c], x, y);
    }
    ck_assert_str_eq(texts(a, "leading_edge")[i], texts(b, "leading_edge")[j]);
}

static const char *const ranked[] = { "preranked", "simple" };

/* The same p in a smaller collection, in another order, with another number of threads, with the
 * genes of the input shuffled. */
START_TEST(p_belongs_to_the_set_alone)
{
    til_ranking_t ranks = random_ranks(600, 0.1, 3), shuffled = random_ranks(600, 0.1, 3);
    til_genesets_t sets = random_sets(&ranks, 60, 5, 40, 1.5, 4), few = { 0 };
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;

    for (size_t g = 0; g < 600; g += 3) ranks.stats[g] = round(ranks.stats[g] * 4) / 4;
    for (size_t g = 0; g < 600; g++)
        ck_assert(til_ranking_set(&ctx, &shuffled, g, ranks.genes[g * 7 % 600],
                                  ranks.stats[g * 7 % 600]) == TIL_OK);
    ck_assert(til_genesets_set_origin(&ctx, &few, "few") == TIL_OK);
    for (size_t i = 59; i < 60; i -= 7)
        ck_assert(til_genesets_add(&ctx, &few, sets.sets[i].name, "", sets.sets[i].genes,
                                   sets.sets[i].n_genes, 1, NULL) == TIL_OK);
    til_table_t all = run_ranked(ranked[_i], &ranks, &sets, &options);
    ctx.n_threads = 4;
    til_table_t some = run_ranked(ranked[_i], &shuffled, &few, &options);
    for (size_t j = 0; j < few.n_sets; j++) check_same_row(&all, 59 - 7 * j, &some, j);
    til_table_clear(&all);
    til_table_clear(&some);
    til_genesets_clear(&sets);
    til_genesets_clear(&few);
    til_ranking_clear(&ranks);
    til_ranking_clear(&shuffled);
}
END_TEST

/* Turning the ranking round turns scores round. */
START_TEST(score_of_reversed_ranking_is_minus_score)
{
    til_ranking_t ranks = random_ranks(300, 0.3, 5);
    til_genesets_t sets = random_sets(&ranks, 40, 5, 30, 0, 6);
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;

    for (size_t g = 0; g < 300; g += 2) ranks.stats[g] = round(ranks.stats[g] * 2) / 2;
    til_table_t forth = run_ranked(ranked[_i], &ranks, &sets, &options);
    for (size_t g = 0; g < 300; g++) ranks.stats[g] = -ranks.stats[g];
    til_table_t back = run_ranked(ranked[_i], &ranks, &sets, &options);
    for (size_t i = 0; i < sets.n_sets; i++) {
        double error = hypot(numbers(&forth, "log2err")[i], numbers(&back, "log2err")[i]);
        ck_golden(numbers(&back, "es")[i], -numbers(&forth, "es")[i], TOL_SUM, sets.sets[i].name);
        ck_assert_double_le(fabs(log2(numbers(&back, "pvalue")[i] / numbers(&forth, "pvalue")[i])),
                            4.5 * error + 0.02);
    }
    til_table_clear(&forth);
    til_table_clear(&back);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}
END_TEST

/* p-values of random sets are uniform: Kolmogorov-Smirnov at 0.1 % over 2000 of them, on either
 * side and in the tail that tilting tells. */
START_TEST(null_p_is_uniform)
{
    enum { N = 2000 };
    static const til_score_type_t types[] = { TIL_SCORE_STD, TIL_SCORE_POS, TIL_SCORE_NEG };
    til_ranking_t ranks = random_ranks(500, 0.1, 7);
    til_genesets_t sets = random_sets(&ranks, N, 5, 40, 0, 8);
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    options.score_type = types[_i % 3];
    options.effort = TIL_GSEA_FAST;
    til_table_t got = run_ranked(ranked[_i / 3], &ranks, &sets, &options);
    double *p = numbers(&got, "pvalue"), farthest = 0, small = 0;
    size_t below;

    for (int grid = 1; grid < 200; grid++) {
        below = 0;
        for (size_t i = 0; i < N; i++) below += p[i] <= grid / 200.0;
        farthest = fmax(farthest, fabs((double)below / N - grid / 200.0));
    }
    ck_assert_msg(farthest < 1.95 / sqrt(N), "distance %g", farthest);
    for (size_t i = 0; i < N; i++) small += p[i] <= 0.01;
    ck_assert_msg(fabs(small - 0.01 * N) < 3.3 * sqrt(0.01 * N), "%g of %d p-values below 0.01",
                  small, N);
    til_table_clear(&got);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}
END_TEST

/* P(D+ >= d) of the one-sided two-sample Kolmogorov-Smirnov statistic of k against n - k, by
 * counting lattice paths that stay below the line: the score of type pos with weights all 1. */
static double smirnov(int k, int n, double d)
{
    int m = n - k;
    double *prob = calloc((size_t)m + 1, sizeof *prob), survive;
    /* prob[j]: P(the walk is at i hits, j misses and never reached d) */
    prob[0] = 1;
    for (int i = 0; i <= k; i++) {
        for (int j = 0; j <= m; j++) {
            double here = i == 0 && j == 0 ? 1 : 0;
            if (i > 0) here += prob[j] * (k - i + 1) / (k - i + 1 + m - j);
            if (j > 0) here += prob[j - 1] * (m - j + 1) / (k - i + m - j + 1);
            if (i == 0 && j == 0) here = 1;
            if ((double)i / k - (double)j / m >= d - 1e-12) here = 0;
            prob[j] = here;
        }
    }
    survive = prob[m];
    free(prob);
    return 1 - survive;
}

/* The same, as the sum over first passages: no cancellation when it is small. */
static double smirnov_tail(int k, int n, double d)
{
    int m = n - k;
    double *prob = calloc((size_t)m + 1, sizeof *prob), reached = 0;
    for (int i = 0; i <= k; i++) {
        for (int j = 0; j <= m; j++) {
            double here = i == 0 && j == 0;
            if (i > 0) here += prob[j] * (k - i + 1) / (k - i + 1 + m - j);
            if (j > 0) here += prob[j - 1] * (m - j + 1) / (k - i + m - j + 1);
            if ((double)i / k - (double)j / m >= d - 1e-12) {
                reached += here;
                here = 0;
            }
            prob[j] = here;
        }
    }
    free(prob);
    return reached;
}

/* With equal weights the p-value has an exact answer at any depth; sampling must agree with it
 * within its error, not be more wrong than it says, and fall with the score. */
START_TEST(agrees_with_exact_smirnov_tail)
{
    enum { N_SETS = 120, N = 1500 };
    til_ranking_t ranks = random_ranks(N, 0, 9);
    til_genesets_t sets = random_sets(&ranks, N_SETS, 6, 65, 5, 10);
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    double squares = 0, bias = 0, deepest = 1;
    size_t n_deep = 0;

    ck_assert_double_le(fabs(smirnov(8, 60, 0.4) - smirnov_tail(8, 60, 0.4)), 1e-12);
    options.gsea_param = 0;
    options.score_type = TIL_SCORE_POS;
    til_table_t got = run_ranked("preranked", &ranks, &sets, &options);
    for (size_t i = 0; i < N_SETS; i++) {
        double p = numbers(&got, "pvalue")[i], error = numbers(&got, "log2err")[i];
        double exact = smirnov_tail((int)numbers(&got, "size")[i], N, numbers(&got, "es")[i]);
        double off = log2(p / exact);
        ck_assert_msg(fabs(off) < 4.5 * error + 0.02, "%s: p %g, exact %g, log2err %g",
                      texts(&got, "set")[i], p, exact, error);
        if (exact > 0.05) continue;
        n_deep++;
        squares += off * off / (error * error);
        bias += off;
        deepest = fmin(deepest, exact);
    }
    ck_assert_uint_ge(n_deep, 60);
    ck_assert_double_lt(deepest, 1e-20);
    ck_assert_msg(sqrt(squares / (double)n_deep) < 1.4, "rms z %g", sqrt(squares / (double)n_deep));
    ck_assert_msg(fabs(bias / (double)n_deep) < 0.07, "mean log2 error %g", bias / (double)n_deep);
    til_table_clear(&got);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}
END_TEST

/* The set of the first k genes is the only one with the score 1. */
START_TEST(very_top_has_its_exact_p)
{
    enum { N = 800 };
    static const size_t sizes[] = { 2, 3, 5, 10, 50 };
    til_ranking_t ranks = random_ranks(N, 0, 13);
    til_genesets_t sets = { 0 };
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    char *genes[64];
    til_order_t order;

    ck_assert(til_order_init(&ctx, &ranks, TIL_TIES_BLOCK, 1, &order) == TIL_OK);
    ck_assert(til_genesets_set_origin(&ctx, &sets, "tops") == TIL_OK);
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < sizes[i]; j++) genes[j] = ranks.genes[order.gene_at[j]];
        ck_assert(til_genesets_add(&ctx, &sets, "top", "", genes, sizes[i], i, NULL) == TIL_OK);
    }
    options.min_size = 1;
    options.score_type = TIL_SCORE_POS;
    til_table_t got = run_ranked("preranked", &ranks, &sets, &options);
    for (size_t i = 0; i < 5; i++) {
        double exact = -(lgamma(N + 1.0) - lgamma((double)sizes[i] + 1) -
                         lgamma(N - (double)sizes[i] + 1)) /
                       log(2);
        double off = log2(numbers(&got, "pvalue")[i]) - exact, error = numbers(&got, "log2err")[i];
        ck_assert_msg(fabs(off) < 4.5 * error + 0.05, "%zu genes: off by %g, log2err %g", sizes[i],
                      off, error);
        ck_assert_str_ne(texts(&got, "status")[i], "upper_bound");
    }
    til_table_clear(&got);
    til_genesets_clear(&sets);
    til_order_clear(&order);
    til_ranking_clear(&ranks);
}
END_TEST

/* Rankings far from normal, and sets so small that a few genes carry the whole weight: both methods
 * agree where plain permutations can tell. _i: 60 % zeros; Cauchy; all positive. */
START_TEST(odd_rankings_agree_with_brute_force)
{
    enum { N = 3000, N_SETS = 80 };
    til_ranking_t ranks = random_ranks(N, 0, 14);
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    til_rng_t rng = til_rng_stream(15, 0, 0, 0);
    size_t n = 0;

    for (size_t g = 0; g < N; g++) {
        double u = til_rng_uniform(&rng);
        if (_i == 0 && u < 0.6) ranks.stats[g] = 0;
        if (_i == 1) ranks.stats[g] = tan(3.14159265358979 * (u - 0.5));
        if (_i == 2) ranks.stats[g] = -log(1 - u);
    }
    til_genesets_t sets = random_sets(&ranks, N_SETS, 5, 12, 0.6, 16);
    til_table_t got = run_ranked("preranked", &ranks, &sets, &options);
    options.n_permutations = 40000;
    til_table_t want = run_ranked("simple", &ranks, &sets, &options);
    for (size_t i = 0; i < N_SETS; i++) {
        double p = numbers(&got, "pvalue")[i], q = numbers(&want, "pvalue")[i];
        double error = hypot(numbers(&got, "log2err")[i], numbers(&want, "log2err")[i]);
        if (!(numbers(&want, "log2err")[i] < 0.3)) continue;
        ck_assert_msg(fabs(log2(p / q)) < 4.5 * error + 0.05,
                      "%s: p %g, by permutation %g, error %g", sets.sets[i].name, p, q, error);
        n++;
    }
    ck_assert_uint_gt(n, 40);
    til_table_clear(&got);
    til_table_clear(&want);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}
END_TEST

typedef struct {
    double es, p;
} point_t;

static int by_es(const void *a, const void *b)
{
    double x = fabs(((const point_t *)a)->es), y = fabs(((const point_t *)b)->es);
    return (x > y) - (x < y);
}

/* Among sets of one size and sign a larger score has a smaller p. */
START_TEST(p_falls_with_the_score)
{
    enum { N_SETS = 400 };
    til_ranking_t ranks = random_ranks(2000, 0, 11);
    til_genesets_t sets = random_sets(&ranks, N_SETS, (size_t)_i, (size_t)_i, 4, 12);
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    point_t point[N_SETS];
    size_t n = 0;

    til_table_t got = run_ranked("preranked", &ranks, &sets, &options);
    for (size_t i = 0; i < N_SETS; i++)
        if (numbers(&got, "es")[i] > 0)
            point[n++] = (point_t){ numbers(&got, "es")[i], numbers(&got, "pvalue")[i] };
    qsort(point, n, sizeof *point, by_es);
    ck_assert_double_lt(point[n - 1].p, 1e-4);
    for (size_t i = 1; i < n; i++)
        ck_assert_msg(point[i].p <= point[i - 1].p * (1 + 1e-9), "es %g p %g, es %g p %g",
                      point[i - 1].es, point[i - 1].p, point[i].es, point[i].p);
    til_table_clear(&got);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}
END_TEST

/* ---- what is refused, left out, said
 * --------------------------------------------------------------- */

static til_genesets_t named_sets(const char *text)
{
    til_text_t t;
    til_genesets_t sets;
    ck_assert(til_text_from_bytes(&ctx, "sets.gmt", text, strlen(text), &t) == TIL_OK);
    ck_assert_msg(til_gmt_read(&ctx, &t, &sets) == TIL_OK, "%s", ctx.message);
    til_text_clear(&t);
    return sets;
}

START_TEST(sets_left_out_have_a_status)
{
    til_ranking_t ranks = golden_ranks();
    til_genesets_t sets = named_sets("none\t\tx\ty\nsmall\t\tg01\tx\nlarge\t\tg01\tg02\tg03\tg04\n"
                                     "fine\t\tg05\tg06\tg07\n");
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    static const char *const want[] = { "no_genes", "too_small", "too_large", "ok" };

    options.min_size = 2;
    options.max_size = 3;
    til_table_t got = run_ranked("preranked", &ranks, &sets, &options);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(texts(&got, "status")[i], want[i]);
        ck_assert(isnan(numbers(&got, "pvalue")[i]) == (i < 3));
        ck_assert(isnan(numbers(&got, "padj")[i]) == (i < 3));
    }
    ck_assert_ptr_nonnull(strstr(said, "3 of 4 sets are left out"));
    til_table_clear(&got);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}
END_TEST

START_TEST(no_overlap_shows_both_sides)
{
    til_ranking_t ranks = golden_ranks();
    til_genesets_t sets = named_sets("mouse\t\tG01\tG02\tG03\tG04\n");
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    til_table_t got;

    ck_assert(til_gsea_run(&ctx, til_gsea_methods[0], &ranks, NULL, &sets, &options, &got, NULL) ==
              TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "G01, G02, G03"));
    ck_assert_ptr_nonnull(strstr(ctx.message, ranks.genes[0]));
    ck_assert_ptr_nonnull(strstr(ctx.message, "another species"));
    ck_assert_ptr_null(got.columns);
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}
END_TEST

START_TEST(no_ranking_is_refused)
{
    til_ranking_t ranks = random_ranks(50, 0, 1);
    til_genesets_t sets = random_sets(&ranks, 3, 5, 5, 0, 1);
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
    til_table_t got;

    ranks.stats[7] = INFINITY;
    ck_assert(til_gsea_run(&ctx, til_gsea_methods[0], &ranks, NULL, &sets, &options, &got, NULL) ==
              TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "g7 is not a finite number"));
    til_ctx_forgive(&ctx);
    for (size_t g = 0; g < 50; g++) ranks.stats[g] = 0;
    ck_assert(til_gsea_run(&ctx, til_gsea_methods[0], &ranks, NULL, &sets, &options, &got, NULL) ==
              TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "there is no ranking"));
    til_genesets_clear(&sets);
    til_ranking_clear(&ranks);
}
END_TEST

static til_status_t read_rnk(const char *content, til_ranking_t *out)
{
    til_text_t text;
    ck_assert(til_text_from_bytes(&ctx, "r.rnk", content, strlen(content), &text) == TIL_OK);
    til_status_t status = til_rnk_read(&ctx, &text, out);
    til_text_clear(&text);
    return status;
}

static const char *const good_rnk[] = { "A\t1.5\nB\t-2\n", "gene\tscore\nA\t1.5\nB\t-2",
                                        "# made by x\r\nA\t1.5\r\nB\t-2e0\r\n", "A,1.5\nB,-2\n" };

START_TEST(rnk_layouts_read_the_same)
{
    til_ranking_t ranks;
    ck_assert_msg(read_rnk(good_rnk[_i], &ranks) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(ranks.n_genes, 2);
    ck_assert_str_eq(ranks.genes[0], "A");
    ck_assert_str_eq(ranks.genes[1], "B");
    ck_assert(ranks.stats[0] == 1.5 && ranks.stats[1] == -2);
    til_ranking_clear(&ranks);
}
END_TEST

static const struct {
    const char *text, *message;
} bad_rnk[] = { { "A\t1\nB\tNA\n", "r.rnk:2: the value of B, 'NA', is not a finite number" },
                { "A\tinf\nB\t1\n", "r.rnk:1: the value of A, 'inf'" },
                { "A\t1\nB\t2x\n", "r.rnk:2: the value of B, '2x'" },
                { "A\t1\nB\t2\nA\t3\n", "r.rnk:3: gene 'A' stands on line 1 already" },
                { "A\t1\nB\n", "r.rnk:2: 1 field" },
                { "A\t1\t2\n", "r.rnk:1: 3 fields" },
                { "A\t1\n\t2\n", "r.rnk:2: the gene has no name" },
                { "gene\tscore\n", "r.rnk: no ranked gene" } };

START_TEST(bad_rnk_is_named)
{
    til_ranking_t ranks;
    ck_assert(read_rnk(bad_rnk[_i].text, &ranks) == TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, bad_rnk[_i].message) != NULL, "%s", ctx.message);
    ck_assert_ptr_null(ranks.genes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gsea");
    TCase *tcase = tcase_create("gsea");
    int n_methods = 0;

    while (til_gsea_methods[n_methods] != NULL) n_methods++;
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, agrees_with_golden, 0, n_methods);
    tcase_add_loop_test(tcase, p_belongs_to_the_set_alone, 0, 2);
    tcase_add_loop_test(tcase, score_of_reversed_ranking_is_minus_score, 0, 2);
    tcase_add_loop_test(tcase, null_p_is_uniform, 0, 6);
    tcase_add_test(tcase, agrees_with_exact_smirnov_tail);
    tcase_add_test(tcase, very_top_has_its_exact_p);
    tcase_add_loop_test(tcase, odd_rankings_agree_with_brute_force, 0, 3);
    tcase_add_loop_test(tcase, p_falls_with_the_score, 15, 17);
    tcase_add_test(tcase, sets_left_out_have_a_status);
    tcase_add_test(tcase, no_overlap_shows_both_sides);
    tcase_add_test(tcase, no_ranking_is_refused);
    tcase_add_loop_test(tcase, rnk_layouts_read_the_same, 0, sizeof good_rnk / sizeof *good_rnk);
    tcase_add_loop_test(tcase, bad_rnk_is_named, 0, sizeof bad_rnk / sizeof *bad_rnk);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
