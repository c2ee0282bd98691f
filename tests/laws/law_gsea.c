/* law_gsea.c -- p-values of preranked enrichment on rankings of every shape, against brute force and
 * against exact counts.
 *
 * For each ranking and set size plain random sets are scored by code of its own (block by block, as
 * the definition says), and sets from either end of another such lot get
 *
 *     z = (log2 p - log2 p_brute) / sqrt(log2err^2 + error of p_brute^2)
 *
 * wherever brute force saw at least LEAST_HITS: no |z| above 5, rms at most 1.2. Rankings of two
 * values are compared with the hypergeometric tail at any depth. TIL_LAW_WORK multiplies the random
 * sets (`make truth` gives 16), TIL_LAW_TABLE names a file for the table of all comparisons.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tilseq/gsea.h>

#include "base/rng.h"
#include "math/dist.h"
#include "support/runner.h"

#define MOST_Z   5.0
#define MOST_RMS 1.2
#define TOL_SUM  1e-12 /* scores closer than this are one                         */

enum { LEAST_HITS = 20, N_RANKS = 3, MOST_SIZES = 10, WORK = 250000 };

static til_ctx_t ctx;

/* ---- rankings --------------------------------------------------------------------------------- */

typedef enum {
    NORMAL,
    SKEWED,      /* squared exponentials, a little below zero            */
    CAUCHY,      /*                                                      */
    ONE_SIDED,   /* exponentials: a statistic without a sign             */
    MOSTLY_UP,   /* 90 % positive                                        */
    CALLS,       /* -1, 0, 1: `part` of them not zero                    */
    TWO_VALUES,  /* 0, 1: `part` ones                                    */
    FEW_VALUES,  /* -3..3, 60 % zeros                                    */
    MANY_ZEROS,  /* normal, 60 % zeros                                   */
    ONE_DECIMAL, /* normal, rounded to tenths                            */
    CHI_SQUARE,  /* squares of normals: likelihood ratios                */
    LOG_P,       /* signed -log10 p, a fifth of the p tied at 1          */
    HEAVY        /* Student's t on 2 degrees of freedom                  */
} shape_t;

typedef struct {
    const char *name;
    shape_t shape;
    double part;
    int n_genes;
    double param;
    til_score_type_t type;
} setting_t;

static const setting_t settings[] = {
    { "normal", NORMAL, 0, 100, 1, TIL_SCORE_STD },
    { "normal", NORMAL, 0, 2000, 0, TIL_SCORE_STD },
    { "normal", NORMAL, 0, 2000, 1, TIL_SCORE_STD },
    { "normal", NORMAL, 0, 20000, 1, TIL_SCORE_STD },
    { "normal", NORMAL, 0, 2000, 2, TIL_SCORE_POS },
    { "skewed", SKEWED, 0, 1500, 0.5, TIL_SCORE_STD },
    { "skewed", SKEWED, 0, 1500, 1, TIL_SCORE_STD },
    { "skewed", SKEWED, 0, 1500, 2, TIL_SCORE_STD },
    { "cauchy", CAUCHY, 0, 2000, 0, TIL_SCORE_STD },
    { "cauchy", CAUCHY, 0, 2000, 0.5, TIL_SCORE_STD },
    { "cauchy", CAUCHY, 0, 2000, 1, TIL_SCORE_STD },
    { "cauchy", CAUCHY, 0, 2000, 2, TIL_SCORE_STD },
    { "cauchy", CAUCHY, 0, 20000, 1, TIL_SCORE_NEG },
    { "one-sided", ONE_SIDED, 0, 800, 1, TIL_SCORE_STD },
    { "one-sided", ONE_SIDED, 0, 800, 2, TIL_SCORE_POS },
    { "mostly up", MOSTLY_UP, 0, 3000, 1, TIL_SCORE_STD },
    { "calls 1 %", CALLS, 0.01, 20000, 1, TIL_SCORE_STD },
    { "calls 2 %", CALLS, 0.02, 5000, 1, TIL_SCORE_STD },
    { "calls 4 %", CALLS, 0.04, 15000, 0.5, TIL_SCORE_STD },
    { "calls 10 %", CALLS, 0.10, 2000, 1, TIL_SCORE_STD },
    { "calls 10 %", CALLS, 0.10, 2000, 1, TIL_SCORE_POS },
    { "two values", TWO_VALUES, 0.05, 3000, 1, TIL_SCORE_STD },
    { "7 values", FEW_VALUES, 0, 600, 0, TIL_SCORE_STD },
    { "7 values", FEW_VALUES, 0, 600, 1, TIL_SCORE_POS },
    { "7 values", FEW_VALUES, 0, 600, 2, TIL_SCORE_STD },
    { "7 values", FEW_VALUES, 0, 6000, 1, TIL_SCORE_STD },
    { "60 % zeros", MANY_ZEROS, 0, 2000, 1, TIL_SCORE_STD },
    { "60 % zeros", MANY_ZEROS, 0, 2000, 0, TIL_SCORE_STD },
    { "60 % zeros", MANY_ZEROS, 0, 10000, 2, TIL_SCORE_STD },
    { "one decimal", ONE_DECIMAL, 0, 5000, 1, TIL_SCORE_STD },
    { "one decimal", ONE_DECIMAL, 0, 500, 0.5, TIL_SCORE_NEG },
    { "chi-square", CHI_SQUARE, 0, 2000, 1, TIL_SCORE_STD },
    { "chi-square", CHI_SQUARE, 0, 2000, 1, TIL_SCORE_POS },
    { "signed log p", LOG_P, 0, 8000, 1, TIL_SCORE_STD },
    { "t on 2 df", HEAVY, 0, 4000, 1, TIL_SCORE_STD },
    { "t on 2 df", HEAVY, 0, 4000, 2, TIL_SCORE_STD },
};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

static double draw_statistic(const setting_t *how, til_rng_t *rng)
{
    double u = til_rng_uniform(rng), x = til_rng_normal(rng), e = -log(1 - u);
    switch (how->shape) {
    case NORMAL: return x;
    case SKEWED: return e * e - 0.3;
    case CAUCHY: return tan(3.141592653589793 * (u - 0.5));
    case ONE_SIDED: return e;
    case MOSTLY_UP: return x + 1.2816;
    case CALLS: return u < how->part / 2 ? -1 : u > 1 - how->part / 2;
    case TWO_VALUES: return u < how->part;
    case FEW_VALUES: return u < 0.6 ? 0 : fmax(-3, fmin(3, rint(1.5 * x)));
    case MANY_ZEROS: return u < 0.6 ? 0 : x;
    case ONE_DECIMAL: return rint(10 * x) / 10;
    case CHI_SQUARE: return x * x;
    case LOG_P: return u < 0.2 ? 0 : copysign(-log10(til_pnorm(fabs(x), 0, 1, true, false)), x);
    case HEAVY: return x / sqrt(e);
    }
    return 0;
}

/* The ranking, and its statistics in decreasing order. */
static void make_ranking(const setting_t *how, size_t index, til_ranking_t *out)
{
    til_rng_t rng = til_rng_stream(7, 0x6C6177, index, 0);
    char name[32];

    ck_assert(til_ranking_init(&ctx, (size_t)how->n_genes, "law", out) == TIL_OK);
    for (int i = 0; i < how->n_genes; i++) {
        snprintf(name, sizeof name, "g%d", i);
        ck_assert(til_ranking_set(&ctx, out, (size_t)i, name, draw_statistic(how, &rng)) == TIL_OK);
    }
}

/* ---- brute force ------------------------------------------------------------------------------ */

typedef struct {
    int n;
    int *gene;        /* by position                                               */
    double *weight;   /* by position                                               */
    int *start, *end; /* by position: its block of ties                           */
    char *member;     /* by position: all 0 between draws                         */
    til_score_type_t type;
} walk_t;

static const double *sort_by;

static int by_stat_down(const void *a, const void *b)
{
    int i = *(const int *)a, j = *(const int *)b;
    if (sort_by[i] != sort_by[j]) return sort_by[i] > sort_by[j] ? -1 : 1;
    return i < j ? -1 : i > j;
}

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static walk_t make_walk(const til_ranking_t *ranks, const setting_t *how)
{
    size_t n = ranks->n_genes;
    walk_t w = { (int)n,
                 calloc(n, sizeof *w.gene),
                 calloc(n, sizeof *w.weight),
                 calloc(n, sizeof *w.start),
                 calloc(n, sizeof *w.end),
                 calloc(n, 1),
                 how->type };

    for (size_t i = 0; i < n; i++) w.gene[i] = (int)i;
    sort_by = ranks->stats;
    qsort(w.gene, n, sizeof *w.gene, by_stat_down);
    for (int start = 0, end; start < w.n; start = end) {
        double stat = ranks->stats[w.gene[start]];
        for (end = start; end < w.n && ranks->stats[w.gene[end]] == stat; end++)
            w.weight[end] = pow(fabs(stat), how->param);
        for (int i = start; i < end; i++) {
            w.start[i] = start;
            w.end[i] = end;
        }
    }
    return w;
}

static void clear_walk(walk_t *w)
{
    free(w->gene);
    free(w->weight);
    free(w->start);
    free(w->end);
    free(w->member);
}

/* The score of the set at these ascending positions. */
static double brute_score(const walk_t *w, const int *position, int size)
{
    double whole = 0, weight = 0, highest = 0, lowest = 0;

    for (int m = 0; m < size; m++) whole += w->weight[position[m]];
    for (int m = 0; m < size;) {
        int before = m, start = w->start[position[m]], end = w->end[position[m]];
        double low = (whole > 0 ? weight / whole : (double)m / size) -
                     (double)(start - m) / (w->n - size);
        for (; m < size && position[m] < end; m++) weight += w->weight[position[before]];
        double high = (whole > 0 ? weight / whole : (double)m / size) -
                      (double)(end - m) / (w->n - size);
        highest = fmax(highest, high);
        lowest = fmin(lowest, low);
    }
    if (w->type == TIL_SCORE_POS) return highest;
    if (w->type == TIL_SCORE_NEG) return lowest;
    return fabs(highest + lowest) <= TOL_SUM ? 0 : highest > -lowest ? highest : lowest;
}

/* A random set, ascending. */
static void draw_set(const walk_t *w, til_rng_t *rng, int size, int *position)
{
    for (int m = 0; m < size;) {
        int i = (int)til_rng_below(rng, (uint64_t)w->n);
        if (w->member[i]) continue;
        w->member[i] = 1;
        position[m++] = i;
    }
    if (size > w->n / 50) { /* cheaper than a sort */
        for (int i = 0, m = 0; m < size; i++)
            if (w->member[i]) position[m++] = i;
    } else {
        qsort(position, (size_t)size, sizeof *position, by_value);
    }
    for (int m = 0; m < size; m++) w->member[position[m]] = 0;
}

/* ---- the comparison --------------------------------------------------------------------------- */

typedef struct {
    FILE *table;
    double squares, worst;
    size_t n, n_fallback;
    int work; /* times WORK genes are drawn                                   */
} tally_t;

static void compare(tally_t *tally, const setting_t *how, int size, double score,
                    const double *brute, size_t n_draws, const til_table_t *got, size_t row)
{
    double p = til_table_column(got, "pvalue")->number[row];
    double error = til_table_column(got, "log2err")->number[row];
    double es = til_table_column(got, "es")->number[row];
    const char *status = til_table_column(got, "status")->text[row];
    size_t hits = 0, side = 0;

    ck_assert_msg(fabs(es - score) < 1e-9, "%s, %d genes: score %.15g, brute force %.15g",
                  how->name, size, es, score);
    for (size_t i = 0; i < n_draws; i++) {
        bool one = how->type != TIL_SCORE_STD;
        if (!one && (score > 0 ? brute[i] < 0 : brute[i] > 0)) continue;
        side++;
        hits += fabs(brute[i]) >= fabs(score) - TOL_SUM;
    }
    if (fabs(score) < TOL_SUM || hits < LEAST_HITS) return;
    double truth = ((double)hits + 1) / ((double)side + 1);
    double misses = (double)(side - hits) + 1;
    double noise = sqrt(misses / ((double)side + 1) / ((double)hits + 1)) / log(2);
    double z = (log2(p) - log2(truth)) / hypot(error, noise);
    if (tally->table != NULL)
        fprintf(tally->table, "%s\t%d\t%g\t%d\t%d\t%.4g\t%.4g\t%.3f\t%.2f\t%s\n", how->name,
                how->n_genes, how->param, (int)how->type, size, truth, p, error, z, status);
    ck_assert_msg(fabs(z) <= MOST_Z,
                  "%s, %d genes, param %g, type %d, set of %d, es %g: p %g (log2err %g, %s), brute "
                  "force %g (%zu hits): z %.1f",
                  how->name, how->n_genes, how->param, (int)how->type, size, score, p, error,
                  status, truth, hits, z);
    tally->squares += z * z;
    tally->worst = fmax(tally->worst, fabs(z));
    tally->n++;
    tally->n_fallback += strcmp(status, "ok") != 0;
}

static int choose_sizes(int n, int *size)
{
    static const int usual[] = { 2, 3, 5, 10, 20, 40, 100 };
    int m = 0;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (usual[i] < n / 4) size[m++] = usual[i];
    size[m++] = n / 4 < 1000 ? n / 4 : 1000;
    if (n <= 4000) size[m++] = n / 2;
    return m;
}

typedef struct {
    double score;
    size_t draw;
} scored_t;

static int by_score(const void *a, const void *b)
{
    const scored_t *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    return x->draw < y->draw ? -1 : x->draw > y->draw;
}

/* Random set number `draw` of a size: its positions and score. */
static double draw_scored(const walk_t *walk, int size, size_t draw, int *position)
{
    til_rng_t rng = til_rng_stream(11, 0x6C6177, (uint64_t)walk->n << 32 | (uint64_t)size, draw);
    draw_set(walk, &rng, size, position);
    return brute_score(walk, position, size);
}

/* Sets whose scores are the RANKS-th from either end of one lot of random sets, compared with
 * another lot: the deepest p that brute force can tell, and any other. */
static void check_size(tally_t *tally, const setting_t *how, const til_ranking_t *ranks,
                       const walk_t *walk, int size)
{
    static const size_t rank[N_RANKS] = { 40, 150, 700 };
    size_t n_draws = (size_t)(tally->work * (double)WORK / size) + 2000;
    int *position = calloc((size_t)size, sizeof *position);
    char **genes = calloc((size_t)size, sizeof *genes);
    scored_t *lot = calloc(n_draws, sizeof *lot);
    double *brute = calloc(n_draws, sizeof *brute), score[2 * N_RANKS];
    til_genesets_t sets = { 0 };
    til_table_t got;
    til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;

    for (size_t i = 0; i < n_draws; i++)
        lot[i] = (scored_t){ draw_scored(walk, size, i, position), i };
    qsort(lot, n_draws, sizeof *lot, by_score);
    ck_assert(til_genesets_set_origin(&ctx, &sets, "law") == TIL_OK);
    for (size_t s = 0; s < 2 * N_RANKS; s++) {
        size_t at = s % 2 ? rank[s / 2] : n_draws - 1 - rank[s / 2];
        score[s] = draw_scored(walk, size, lot[at].draw, position);
        for (int i = 0; i < size; i++) genes[i] = ranks->genes[walk->gene[position[i]]];
        ck_assert(til_genesets_add(&ctx, &sets, "set", "", genes, (size_t)size, s, NULL) == TIL_OK);
    }
    options.min_size = 1;
    options.max_size = SIZE_MAX;
    options.gsea_param = how->param;
    options.score_type = how->type;
    ck_assert_msg(til_gsea_run(&ctx, til_gsea_find("preranked"), ranks, NULL, &sets, &options, &got,
                               NULL) == TIL_OK,
                  "%s", ctx.message);
    for (size_t i = 0; i < n_draws; i++) brute[i] = draw_scored(walk, size, n_draws + i, position);
    for (size_t s = 0; s < 2 * N_RANKS; s++)
        compare(tally, how, size, score[s], brute, n_draws, &got, s);
    til_table_clear(&got);
    til_genesets_clear(&sets);
    free(position);
    free(genes);
    free(lot);
    free(brute);
}

START_TEST(p_is_that_of_brute_force)
{
    const char *work = getenv("TIL_LAW_WORK"), *path = getenv("TIL_LAW_TABLE");
    tally_t tally = { .work = work != NULL ? atoi(work) : 1 };

    if (path != NULL) tally.table = fopen(path, "w");
    if (tally.table != NULL)
        fputs("ranking\tgenes\tparam\ttype\tsize\tbrute\tp\tlog2err\tz\tstatus\n", tally.table);
    for (size_t s = 0; s < N_SETTINGS; s++) {
        til_ranking_t ranks;
        int size[MOST_SIZES], n_sizes = choose_sizes(settings[s].n_genes, size);

        make_ranking(&settings[s], s, &ranks);
        walk_t walk = make_walk(&ranks, &settings[s]);
        for (int i = 0; i < n_sizes; i++) check_size(&tally, &settings[s], &ranks, &walk, size[i]);
        clear_walk(&walk);
        til_ranking_clear(&ranks);
    }
    double rms = sqrt(tally.squares / (double)tally.n);
    printf("law_gsea: %zu p-values on %d rankings, %zu by plain draws or splitting: rms z %.2f, "
           "largest %.2f\n",
           tally.n, (int)N_SETTINGS, tally.n_fallback, rms, tally.worst);
    ck_assert_uint_ge(tally.n, 400);
    ck_assert_msg(rms <= MOST_RMS, "rms z %g", rms);
    if (tally.table != NULL) fclose(tally.table);
}
END_TEST

/* Two values: the score of a set with q of its k genes among the m ones is 1 - (m - q)/(n - k), and
 * p = P(Q >= q) / P(Q >= 1), Q hypergeometric; to 1e-200 and beyond. */
START_TEST(two_values_are_hypergeometric)
{
    enum { N = 5000, ONES = 300 };
    static const int size[] = { 2, 5, 30, 150, 400 };
    til_ranking_t ranks;
    char name[32], *genes[400];

    ck_assert(til_ranking_init(&ctx, N, "two values", &ranks) == TIL_OK);
    for (size_t i = 0; i < N; i++) {
        snprintf(name, sizeof name, "g%zu", i);
        ck_assert(til_ranking_set(&ctx, &ranks, i, name, i < ONES) == TIL_OK);
    }
    for (size_t s = 0; s < sizeof size / sizeof *size; s++) {
        til_genesets_t sets = { 0 };
        til_gsea_options_t options = TIL_GSEA_OPTIONS_INIT;
        til_table_t got;
        int k = size[s], most = k < ONES ? k : ONES, step = most / 5 + 1;

        options.min_size = 1;
        ck_assert(til_genesets_set_origin(&ctx, &sets, "two values") == TIL_OK);
        for (int q = 1; q <= most; q += step) {
            for (int i = 0; i < k; i++) genes[i] = ranks.genes[i < q ? i : ONES + i];
            ck_assert(til_genesets_add(&ctx, &sets, "set", "", genes, (size_t)k, 0, NULL) ==
                      TIL_OK);
        }
        ck_assert(til_gsea_run(&ctx, til_gsea_find("preranked"), &ranks, NULL, &sets, &options,
                               &got, NULL) == TIL_OK);
        for (size_t i = 0; i < got.n_rows; i++) {
            double q = 1 + (double)i * step;
            double want = til_phyper(q - 1, ONES, N - ONES, k, true, true) -
                          til_phyper(0, ONES, N - ONES, k, true, true);
            double p = til_table_column(&got, "pvalue")->number[i];
            if (want < log(1e-300)) {
                ck_assert_double_eq(p, 1e-300);
                continue;
            }
            ck_assert_msg(fabs(log(p) - want) < 1e-9 * fmax(1, fabs(want)), "k %d q %g: %g, %g", k,
                          q, p, exp(want));
        }
        til_table_clear(&got);
        til_genesets_clear(&sets);
    }
    til_ranking_clear(&ranks);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("law_gsea");
    TCase *tcase = tcase_create("laws");

    ctx = (til_ctx_t)TIL_CTX_INIT;
    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, two_values_are_hypergeometric);
    tcase_add_test(tcase, p_is_that_of_brute_force);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
