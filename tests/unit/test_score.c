/* test_score.c -- every way of scoring against R, and the laws each must obey. The first two
 * loops run over the table of methods (_i is the row): a new method is tested without a new line,
 * and fails without a golden. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/score.h>

#include "base/number.h"
#include "base/rng.h"
#include "genes/gene_key.h"
#include "io/text/textfile.h"
#include "io/text/tsv.h"
#include "score/methods.h"
#include "support/golden.h"
#include "support/runner.h"

/* Golden values were printed with 17 digits; scores near zero are differences of large sums. */
static const double TOL_SCORE = 1e-10;

static til_ctx_t ctx;
static til_matrix_t expression;
static til_genesets_t sets;
static const til_score_options_t plain = { .scale = TIL_SCORE_RAW,
                                           .kcdf = TIL_KCDF_GAUSSIAN,
                                           .min_size = 1 };

/* The options of the golden values: GSVA puts tied genes in the order of rows. */
static til_score_options_t as_golden(const til_score_method_t *method, til_score_options_t options)
{
    if (method->flags & TIL_SCORE_HAS_TIES) options.ties = TIL_SCORE_TIES_INPUT;
    return options;
}

#define ck_ok(call) ck_assert_msg((call) == TIL_OK, "%s", ctx.message)

static char ***read_fields(const char *file, size_t *n_rows, size_t *n_fields, til_text_t *text)
{
    char path[512], *line, ***rows = NULL;
    size_t length, capacity;

    ck_ok(til_text_read(&ctx, golden_path(file, path, sizeof path), text));
    for (*n_rows = 0; til_text_next(text, &line, &length); ++*n_rows) {
        rows = realloc(rows, (*n_rows + 1) * sizeof *rows);
        ck_assert_ptr_nonnull(rows);
        rows[*n_rows] = NULL;
        capacity = 0;
        ck_ok(til_tsv_split(&ctx, path, text->line, line, length, '\t', &rows[*n_rows], &capacity,
                            n_fields));
    }
    return rows;
}

static void read_matrix(const char *file, til_matrix_t *m)
{
    til_text_t text;
    size_t n_rows, n_fields;
    char ***rows = read_fields(file, &n_rows, &n_fields, &text);

    ck_ok(til_matrix_init(&ctx, n_rows - 1, n_fields - 1, m));
    ck_ok(til_matrix_set_origin(&ctx, m, file));
    for (size_t s = 0; s < m->n_cols; s++)
        ck_ok(til_matrix_set_col_name(&ctx, m, s, rows[0][s + 1]));
    for (size_t g = 0; g < m->n_rows; g++) {
        ck_ok(til_matrix_set_row_name(&ctx, m, g, rows[g + 1][0]));
        for (size_t s = 0; s < m->n_cols; s++) {
            const char *field = rows[g + 1][s + 1];
            double *x = &til_matrix_row(m, g)[s];
            if (til_number_is_missing(field, strlen(field))) *x = NAN;
            else ck_assert(til_number_parse(field, strlen(field), x));
        }
    }
    for (size_t i = 0; i < n_rows; i++) free(rows[i]);
    free(rows);
    til_text_clear(&text);
}

static void read_sets(void)
{
    char path[512], *line, **fields = NULL;
    size_t length, capacity = 0, n;
    til_text_t text;

    ck_ok(til_text_read(&ctx, golden_path("score/sets.gmt", path, sizeof path), &text));
    while (til_text_next(&text, &line, &length)) {
        ck_ok(til_tsv_split(&ctx, path, text.line, line, length, '\t', &fields, &capacity, &n));
        ck_ok(til_genesets_add(&ctx, &sets, fields[0], fields[1], fields + 2, n - 2, text.line,
                               NULL));
    }
    ck_ok(til_genesets_set_origin(&ctx, &sets, "sets.gmt"));
    free(fields);
    til_text_clear(&text);
}

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    sets = (til_genesets_t){ 0 };
    read_matrix("score/expression.tsv", &expression);
    read_sets();
}

static void teardown(void)
{
    til_matrix_clear(&expression);
    til_genesets_clear(&sets);
}

static void score_with(const til_score_method_t *method, const til_score_options_t *options,
                       const til_matrix_t *m, til_matrix_t *scores)
{
    til_table_t coverage;

    ck_ok(til_score_sets(&ctx, method, options, m, &sets, scores, &coverage));
    til_table_clear(&coverage);
}

static void compare(const til_matrix_t *got, const til_matrix_t *want, double tolerance)
{
    char what[200];

    ck_assert_uint_eq(got->n_rows, want->n_rows);
    ck_assert_uint_eq(got->n_cols, want->n_cols);
    for (size_t i = 0; i < got->n_rows; i++) {
        ck_assert_str_eq(got->row_names[i], want->row_names[i]);
        for (size_t s = 0; s < got->n_cols; s++) {
            snprintf(what, sizeof what, "%s in %s (%s)", got->row_names[i], got->col_names[s],
                     want->origin);
            ck_golden(til_matrix_row(got, i)[s], til_matrix_row(want, i)[s], tolerance, what);
        }
    }
}

/* The sign of plage is ours: turn the golden's rows the same way. */
static void align_signs(const til_matrix_t *got, til_matrix_t *want)
{
    for (size_t i = 0; i < got->n_rows; i++) {
        double dot = 0, *w = til_matrix_row(want, i);
        for (size_t s = 0; s < got->n_cols; s++) dot += til_matrix_row(got, i)[s] * w[s];
        for (size_t s = 0; s < got->n_cols; s++) w[s] *= dot < 0 ? -1 : 1;
    }
}

START_TEST(agrees_with_golden)
{
    const til_score_method_t *method = til_score_methods[_i];
    til_matrix_t got, want;
    char file[100];

    snprintf(file, sizeof file, "score/%s.tsv", method->name);
    til_score_options_t options = as_golden(method, plain);
    read_matrix(file, &want);
    score_with(method, &options, &expression, &got);
    if (strcmp(method->name, "plage") == 0) align_signs(&got, &want);
    compare(&got, &want, TOL_SCORE);
    til_matrix_clear(&got);
    til_matrix_clear(&want);
}
END_TEST

START_TEST(range_scale_agrees_with_golden)
{
    til_score_options_t range = { .scale = TIL_SCORE_RANGE,
                                  .kcdf = TIL_KCDF_GAUSSIAN,
                                  .ties = TIL_SCORE_TIES_INPUT,
                                  .min_size = 1 };
    til_matrix_t got, want;

    read_matrix("score/ssgsea_range.tsv", &want);
    score_with(til_score_find("ssgsea"), &range, &expression, &got);
    compare(&got, &want, TOL_SCORE);
    til_matrix_clear(&got);
    til_matrix_clear(&want);
}
END_TEST

START_TEST(kernels_agree_with_golden)
{
    til_score_options_t poisson = { .scale = TIL_SCORE_RAW,
                                    .kcdf = TIL_KCDF_POISSON,
                                    .min_size = 1 };
    til_score_options_t none = { .scale = TIL_SCORE_RAW, .kcdf = TIL_KCDF_NONE, .min_size = 1 };
    til_matrix_t got, want, counts;

    read_matrix("score/gsva_none.tsv", &want);
    score_with(til_score_find("gsva"), &none, &expression, &got);
    compare(&got, &want, TOL_SCORE);
    til_matrix_clear(&got);
    til_matrix_clear(&want);

    read_matrix("score/gsva_poisson.tsv", &want);
    read_matrix("score/counts.tsv", &counts);
    score_with(til_score_find("gsva"), &poisson, &counts, &got);
    compare(&got, &want, TOL_SCORE);
    til_matrix_clear(&got);
    til_matrix_clear(&want);
    til_matrix_clear(&counts);
}
END_TEST

/* Whatever order the samples come in, each keeps its score. */
START_TEST(samples_may_be_permuted)
{
    const til_score_method_t *method = til_score_methods[_i];
    static const size_t order[] = { 4, 8, 0, 1, 7, 6, 2, 3, 5 };
    til_matrix_t permuted, before, after;

    ck_ok(til_matrix_select(&ctx, &expression, NULL, 0, order, 9, &permuted));
    score_with(method, &plain, &expression, &before);
    score_with(method, &plain, &permuted, &after);
    for (size_t i = 0; i < before.n_rows; i++)
        for (size_t s = 0; s < 9; s++)
            ck_golden(til_matrix_row(&after, i)[s], til_matrix_row(&before, i)[order[s]], TOL_SCORE,
                      before.row_names[i]);
    til_matrix_clear(&permuted);
    til_matrix_clear(&before);
    til_matrix_clear(&after);
}
END_TEST

/* The order of the genes does not matter either, ties or not. gsva makes its own ties (the steps
 * of the table of Phi), which it resolves by the order of the genes, as GSVA does. */
START_TEST(genes_may_be_permuted)
{
    const til_score_method_t *method = til_score_methods[_i];
    til_matrix_t permuted, before, after;
    size_t order[240];

    if (method->flags & TIL_SCORE_HAS_KCDF) return;
    for (size_t g = 0; g < 240; g++) order[g] = (g * 97 + 31) % 240;
    ck_ok(til_matrix_select(&ctx, &expression, order, 240, NULL, 0, &permuted));
    score_with(method, &plain, &expression, &before);
    score_with(method, &plain, &permuted, &after);
    compare(&after, &before, TOL_SCORE);
    til_matrix_clear(&permuted);
    til_matrix_clear(&before);
    til_matrix_clear(&after);
}
END_TEST

/* Methods that use ranks only do not see a monotone change of a sample. */
START_TEST(ranks_survive_monotone_change)
{
    const til_score_method_t *method = til_score_methods[_i];
    til_matrix_t before, after;

    if (!(method->flags & TIL_SCORE_RANKS)) return;
    score_with(method, &plain, &expression, &before);
    for (size_t i = 0; i < 240 * 9; i++)
        expression.x[i] = exp(expression.x[i] / 3) + (double)(i % 9);
    score_with(method, &plain, &expression, &after);
    for (size_t i = 0; i < before.n_rows * 9; i++) ck_assert(before.x[i] == after.x[i]);
    til_matrix_clear(&before);
    til_matrix_clear(&after);
}
END_TEST

/* A further set changes no raw score of the others, to the bit; nor does a second thread. */
START_TEST(scores_stand_alone)
{
    const til_score_method_t *method = til_score_methods[_i];
    til_matrix_t before, after;

    score_with(method, &plain, &expression, &before);
    char *genes[] = { "G010", "G011", "G200" };
    ck_ok(til_genesets_add(&ctx, &sets, "MORE", "", genes, 3, 0, NULL));
    ctx.n_threads = 3;
    score_with(method, &plain, &expression, &after);
    ck_assert_uint_eq(after.n_rows, before.n_rows + 1);
    for (size_t i = 0; i < before.n_rows * 9; i++)
        ck_assert(before.x[i] == after.x[i] || (isnan(before.x[i]) && isnan(after.x[i])));
    til_matrix_clear(&before);
    til_matrix_clear(&after);
}
END_TEST

/* The closed form of the null against drawn sets: mean within 4 standard errors, sd within 4 % (its
 * own standard error is 1 %; the rest is the first-order ratio). */
START_TEST(null_moments_match_drawn_sets)
{
    enum { N = 500, DRAWS = 8000 };
    static const size_t sizes[] = { 1, 2, 3, 5, 20, 100 };
    const til_score_method_t *method = til_score_find("ssgsea");
    size_t k = sizes[_i % 6], *offset = malloc((DRAWS + 1) * sizeof *offset);
    size_t *member = malloc(DRAWS * k * sizeof *member);
    double x[N], *score = malloc(DRAWS * sizeof *score), sum = 0, squares = 0;
    double *means = malloc(DRAWS * sizeof *means), *sds = malloc(DRAWS * sizeof *sds);

    /* without ties, then half of the genes at 0 and steps above */
    for (size_t g = 0; g < N; g++)
        x[g] = _i < 6 ? (double)g : g < N / 2 ? 0 : floor((double)(g - N / 2) / 10) + 1;
    for (size_t i = 0; i < DRAWS; i++) {
        til_rng_t rng = til_rng_stream(7, k, i, 0);
        offset[i] = i * k;
        for (size_t e = 0; e < k;) {
            size_t g = (size_t)til_rng_below(&rng, N), j = 0;
            while (j < e && member[i * k + j] != g) j++;
            if (j == e) member[i * k + e++] = g;
        }
    }
    offset[DRAWS] = DRAWS * k;
    til_score_input_t in = { N, 1, DRAWS, x, offset, member, .kcdf = TIL_KCDF_GAUSSIAN };
    ck_ok(method->run(&ctx, &in, score));
    ck_ok(method->null_moments(&ctx, &in, means, sds));
    double mean = means[0], sd = sds[0];
    for (size_t i = 0; i < DRAWS; i++) sum += score[i] / DRAWS;
    for (size_t i = 0; i < DRAWS; i++) squares += (score[i] - sum) * (score[i] - sum);
    double drawn_sd = sqrt(squares / (DRAWS - 1));
    ck_assert_msg(fabs(sum - mean) < 4 * sd / sqrt(DRAWS), "k %zu: mean %g, drawn %g, sd %g", k,
                  mean, sum, sd);
    ck_assert_msg(fabs(drawn_sd / sd - 1) < 0.04, "k %zu: sd %g, drawn %g", k, sd, drawn_sd);
    free(offset);
    free(member);
    free(score);
    free(means);
    free(sds);
}
END_TEST

START_TEST(definitions_agree_with_golden)
{
    til_text_t text;
    size_t n_rows, n_fields;
    char ***rows = read_fields("score/defs.tsv", &n_rows, &n_fields, &text);
    til_score_def_t defs[20];
    til_matrix_t got, want;
    til_table_t coverage;

    ck_assert_uint_le(n_rows, 21);
    for (size_t i = 1; i < n_rows; i++)
        defs[i - 1] = (til_score_def_t){ rows[i][0], rows[i][2], rows[i][3],
                                         strcmp(rows[i][4], "linear") == 0, i + 1 };
    read_matrix("score/defs_values.tsv", &want);
    ck_ok(til_score_defs(&ctx, defs, n_rows - 1, "defs.tsv", &sets,
                         &(til_score_values_t){ .expression = &expression }, NULL, &got, &coverage,
                         NULL));
    compare(&got, &want, TOL_SCORE);

    ck_assert(til_table_column(&coverage, "n_genes")->number[2] == 4); /* TLS */
    ck_assert(til_table_column(&coverage, "n_found")->number[2] == 3);
    ck_assert_str_eq(til_table_column(&coverage, "missing")->text[2], "NOT1");
    for (size_t i = 0; i < n_rows; i++) free(rows[i]);
    free(rows);
    til_text_clear(&text);
    til_matrix_clear(&got);
    til_matrix_clear(&want);
    til_table_clear(&coverage);
}
END_TEST

static const struct {
    const char *type, *definition;
} broken[] = { { "no_such_type", "A" },
               { "mean", "A,,B" },
               { "mean", "A B" },
               { "log_ratio", "A-B" },
               { "log_ratio", "mean(A - B" },
               { "residual", "A - B" },
               { "pair_votes", "A>B,C" },
               { "pair_votes", ">B" },
               { "weighted_sum_hk", "A:1,B:2" },
               { "weighted_sum_hk", "A:x;HK=B" },
               { "weighted_sum_hk", "A:1;HK=" } };

START_TEST(broken_definition_is_named)
{
    til_score_def_t def = { "BAD", broken[_i].type, broken[_i].definition, false, 17 };
    til_matrix_t scores;
    til_table_t coverage;

    ck_assert_int_eq(til_score_defs(&ctx, &def, 1, "my.tsv", &sets,
                                    &(til_score_values_t){ .expression = &expression }, NULL,
                                    &scores, &coverage, NULL),
                     TIL_EINPUT);
    ck_assert_msg(strncmp(ctx.message, "my.tsv:17: ", 11) == 0, "%s", ctx.message);
    ck_assert_ptr_null(scores.x);
}
END_TEST

START_TEST(coverage_names_what_is_missing)
{
    til_matrix_t scores;
    til_table_t coverage;

    ck_ok(
        til_score_sets(&ctx, til_score_methods[0], &plain, &expression, &sets, &scores, &coverage));
    ck_assert_str_eq(til_table_column(&coverage, "set")->text[5], "PARTLY_MISSING");
    ck_assert(til_table_column(&coverage, "n_genes")->number[5] == 12);
    ck_assert(til_table_column(&coverage, "n_found")->number[5] == 10);
    ck_assert_str_eq(til_table_column(&coverage, "missing")->text[5], "NOT1,NOT2");
    ck_assert_ptr_null(til_table_column(&coverage, "missing")->text[0]);
    til_matrix_clear(&scores);
    til_table_clear(&coverage);
}
END_TEST

START_TEST(small_sets_have_no_score)
{
    til_score_options_t at_least_two = { .scale = TIL_SCORE_RAW,
                                         .kcdf = TIL_KCDF_GAUSSIAN,
                                         .min_size = 2 };
    til_matrix_t scores;

    score_with(til_score_methods[0], &at_least_two, &expression, &scores);
    ck_assert(isnan(scores.x[0]));
    ck_assert(!isnan(til_matrix_row(&scores, 1)[0]));
    til_matrix_clear(&scores);
}
END_TEST

START_TEST(no_overlap_is_an_error)
{
    til_genesets_t mouse = { 0 };
    char *genes[] = { "Cd8a", "Gzmb", "Foxp3", "Prf1" };
    til_matrix_t scores;
    til_table_t coverage;

    ck_ok(til_genesets_add(&ctx, &mouse, "T", "", genes, 4, 1, NULL));
    ck_ok(til_genesets_set_origin(&ctx, &mouse, "mouse.gmt"));
    ck_assert_int_eq(
        til_score_sets(&ctx, til_score_methods[0], &plain, &expression, &mouse, &scores, &coverage),
        TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "0 of its 4 gene entries"));
    ck_assert_ptr_nonnull(strstr(ctx.message, "Cd8a, Gzmb, Foxp3"));
    ck_assert_ptr_nonnull(strstr(ctx.message, "G001, G002, G003"));
    til_genesets_clear(&mouse);
}
END_TEST

/* The row with the higher mean stands for a name; ids match without their version. */
START_TEST(rows_of_one_name)
{
    til_genesets_t one = { 0 };
    char *genes[] = { "ENSG00000111537.9" };
    til_matrix_t m, scores;
    til_table_t coverage;

    ck_ok(til_matrix_select(&ctx, &expression, (const size_t[]){ 0, 1, 2, 3 }, 4, NULL, 0, &m));
    ck_ok(til_matrix_set_row_name(&ctx, &m, 0, "ENSG00000111537.4"));
    ck_ok(til_matrix_set_row_name(&ctx, &m, 2, "ENSG00000111537.5"));
    for (size_t s = 0; s < 9; s++) til_matrix_row(&m, 0)[s] = til_matrix_row(&m, 2)[s] - 1;
    ck_ok(til_genesets_add(&ctx, &one, "IFNG", "", genes, 1, 1, NULL));
    ck_ok(til_genesets_set_origin(&ctx, &one, "one.gmt"));
    ck_ok(til_score_sets(&ctx, til_score_find("mean"), &plain, &m, &one, &scores, &coverage));
    for (size_t s = 0; s < 9; s++) ck_assert(scores.x[s] == til_matrix_row(&m, 2)[s]);
    til_matrix_clear(&m);
    til_matrix_clear(&scores);
    til_table_clear(&coverage);
    til_genesets_clear(&one);
}
END_TEST

START_TEST(input_is_told_by_its_values)
{
    til_score_input_kind_t kind;
    til_matrix_t counts;

    ck_ok(til_score_guess_input(&ctx, &expression, &kind));
    ck_assert_int_eq(kind, TIL_SCORE_INPUT_LOG);
    read_matrix("score/counts.tsv", &counts);
    ck_ok(til_score_guess_input(&ctx, &counts, &kind));
    ck_assert_int_eq(kind, TIL_SCORE_INPUT_COUNTS);
    ck_ok(til_score_to_log(&ctx, kind, &counts, NULL));
    for (size_t i = 0; i < 240 * 9; i++)
        ck_golden(counts.x[i], expression.x[i], TOL_SUM, "log2(CPM + 1)");
    for (size_t i = 0; i < 240 * 9; i++) counts.x[i] = exp2(counts.x[i]) - 1;
    ck_ok(til_score_guess_input(&ctx, &counts, &kind));
    ck_assert_int_eq(kind, TIL_SCORE_INPUT_CPM);
    for (size_t i = 0; i < 240 * 9; i++) counts.x[i] /= 2;
    ck_assert_int_eq(til_score_guess_input(&ctx, &counts, &kind), TIL_EINPUT);
    til_matrix_clear(&counts);
}
END_TEST

START_TEST(bad_values_are_named)
{
    expression.x[7 * 9 + 3] = NAN;
    ck_assert_int_eq(til_score_to_log(&ctx, TIL_SCORE_INPUT_LOG, &expression, NULL), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "G008 in sample s4"));
    til_ctx_forgive(&ctx);
    expression.x[7 * 9 + 3] = -1;
    ck_assert_int_eq(til_score_to_log(&ctx, TIL_SCORE_INPUT_TPM, &expression, NULL), TIL_EINPUT);
    til_ctx_forgive(&ctx);
    ck_assert_int_eq(til_score_to_log(&ctx, TIL_SCORE_INPUT_LOG, &expression, NULL), TIL_OK);
}
END_TEST

START_TEST(methods_refuse_scales_they_lack)
{
    til_score_options_t range = { .scale = TIL_SCORE_RANGE,
                                  .kcdf = TIL_KCDF_GAUSSIAN,
                                  .min_size = 1 };
    til_score_options_t none = { .scale = TIL_SCORE_RAW, .kcdf = TIL_KCDF_NONE, .min_size = 1 };
    til_matrix_t scores;
    til_table_t coverage;

    ck_assert_int_eq(til_score_sets(&ctx, til_score_find("mean"), &range, &expression, &sets,
                                    &scores, &coverage),
                     TIL_EUSAGE);
    til_ctx_forgive(&ctx);
    ck_assert_int_eq(til_score_sets(&ctx, til_score_find("ssgsea"), &none, &expression, &sets,
                                    &scores, &coverage),
                     TIL_EUSAGE);
}
END_TEST

START_TEST(gene_keys)
{
    ck_assert_uint_eq(til_gene_key_length("ENSG00000111537.12"), 15);
    ck_assert_uint_eq(til_gene_key_length("ENSMUSG00000055170.6"), 18);
    ck_assert_uint_eq(til_gene_key_length("ENSG00000111537"), 15);
    ck_assert_uint_eq(til_gene_key_length("ENSG00000182378.15_PAR_Y"), 24);
    ck_assert_uint_eq(til_gene_key_length("AC004.1"), 7);
    ck_assert_uint_eq(til_gene_key_length("ENSA"), 4);
    ck_assert(til_gene_is_ensembl("ENSG00000111537.12"));
    ck_assert(!til_gene_is_ensembl("ENSA"));
    ck_assert(til_gene_is_entrez("3458"));
    ck_assert(!til_gene_is_entrez(""));
    ck_assert(!til_gene_is_entrez("3458a"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score");
    TCase *tcase = tcase_create("score");
    int n_methods = 0;

    while (til_score_methods[n_methods] != NULL) n_methods++;
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, agrees_with_golden, 0, n_methods);
    tcase_add_loop_test(tcase, samples_may_be_permuted, 0, n_methods);
    tcase_add_loop_test(tcase, genes_may_be_permuted, 0, n_methods);
    tcase_add_loop_test(tcase, ranks_survive_monotone_change, 0, n_methods);
    tcase_add_loop_test(tcase, scores_stand_alone, 0, n_methods);
    tcase_add_test(tcase, range_scale_agrees_with_golden);
    tcase_add_test(tcase, kernels_agree_with_golden);
    tcase_add_loop_test(tcase, null_moments_match_drawn_sets, 0, 12);
    tcase_add_test(tcase, definitions_agree_with_golden);
    tcase_add_loop_test(tcase, broken_definition_is_named, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    tcase_add_test(tcase, coverage_names_what_is_missing);
    tcase_add_test(tcase, small_sets_have_no_score);
    tcase_add_test(tcase, no_overlap_is_an_error);
    tcase_add_test(tcase, rows_of_one_name);
    tcase_add_test(tcase, input_is_told_by_its_values);
    tcase_add_test(tcase, bad_values_are_named);
    tcase_add_test(tcase, methods_refuse_scales_they_lack);
    tcase_add_test(tcase, gene_keys);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
