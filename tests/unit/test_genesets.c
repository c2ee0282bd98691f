/* test_genesets.c -- what ships: every set and score has its row in INDEX.tsv, nothing recalled
 * from memory is among them, every gene is a current symbol, and the copy inside the program is
 * the one in genesets/. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/score.h>

#include "base/names.h"
#include "genes/gene_index.h"
#include "genes/set_match.h"
#include "io/text/builtin.h"
#include "io/text/gene_ids_tsv.h"
#include "io/text/tsv.h"
#include "score/definition.h"
#include "support/golden.h"
#include "support/runner.h"

static til_ctx_t ctx;

#define ck_ok(call) ck_assert_msg((call) == TIL_OK, "%s", ctx.message)

static void setup(void) { ctx = (til_ctx_t)TIL_CTX_INIT; }

/* Calls row(fields, n, arg) for every line after the first `skip`. */
static void each_line(const char *name, size_t skip, void (*row)(char **, size_t, void *),
                      void *arg)
{
    char *line, **fields = NULL;
    size_t length, capacity = 0, n;
    til_text_t text;

    ck_ok(til_builtin_text(&ctx, name, &text));
    while (til_text_next(&text, &line, &length)) {
        ck_ok(til_tsv_split(&ctx, name, text.line, line, length, '\t', &fields, &capacity, &n));
        if (text.line > skip) row(fields, n, arg);
    }
    free(fields);
    til_text_clear(&text);
}

static til_names_t *indexed;
static size_t n_headline;

static void index_row(char **f, size_t n, void *arg)
{
    char key[200];
    int is_new;

    (void)arg;
    ck_assert_uint_eq(n, 12);
    snprintf(key, sizeof key, "%s %s %s", f[1], f[2], f[0]);
    ck_assert_int_ge(til_names_add(indexed, key, &is_new), 0);
    ck_assert_msg(is_new, "two rows for %s", key);
    ck_assert_msg(f[5][0] != '\0', "no source for %s", key);
    ck_assert_msg(strcmp(f[8], "facts") == 0, "licence of %s", key);
    ck_assert_msg(strstr(f[9], "memory") == NULL && f[9][0] != '\0', "verify of %s", key);
    ck_assert_msg((strcmp(f[7], "NA") == 0) == (strcmp(f[6], "NA") == 0), "doi of %s", key);
    if (strcmp(f[6], "NA") != 0)
        ck_assert_msg((strcmp(f[7], "verified") == 0) == (strcmp(f[9], "stored-copy") == 0),
                      "doi_status of %s", key);
    if (strcmp(f[11], "NA") == 0) return;
    ck_assert_msg(strcmp(f[10], "NA") != 0, "%s is in the headline without a readout", key);
    n_headline++;
}

typedef struct {
    const char *species;
    til_genesets_t sets;
    til_gene_ids_t ids;
    size_t n;
} shipped_t;

static void set_row(char **f, size_t n, void *arg)
{
    shipped_t *s = arg;
    char key[200];
    size_t n_repeated;

    snprintf(key, sizeof key, "set %s %s", s->species, f[0]);
    ck_assert_msg(til_names_find(indexed, key) >= 0, "%s is not in INDEX.tsv", key);
    ck_assert_msg(til_genesets_find(&s->sets, f[0]) == NULL, "%s twice", key);
    ck_assert_uint_ge(n, 3);
    ck_ok(til_genesets_add(&ctx, &s->sets, f[0], f[1], f + 2, n - 2, 0, &n_repeated));
    ck_assert_uint_eq(n_repeated, 0);
    if (strcmp(s->species, "human") == 0)
        for (size_t i = 2; i < n; i++)
            ck_assert_msg(til_names_find(s->ids.symbols, f[i]) >= 0, "%s: %s is no symbol", key,
                          f[i]);
    s->n++;
}

static void score_row(char **f, size_t n, void *arg)
{
    shipped_t *s = arg;
    til_score_def_t def = { f[0], f[2], f[3], strcmp(f[4], "linear") == 0, 1 };
    til_score_parsed_t parsed;
    char key[200];

    if (strcmp(f[1], s->species) != 0) return;
    ck_assert_uint_eq(n, 6);
    snprintf(key, sizeof key, "score %s %s", f[1], f[0]);
    ck_assert_msg(til_names_find(indexed, key) >= 0, "%s is not in INDEX.tsv", key);
    ck_ok(til_score_parse(&ctx, &def, "scores.tsv", &s->sets, &parsed));
    for (size_t i = 0; i < parsed.a.n; i++)
        ck_assert_msg(til_names_find(s->ids.symbols, parsed.a.genes[i]) >= 0,
                      "%s: %s is neither a set nor a symbol", key, parsed.a.genes[i]);
    for (size_t i = 0; i < parsed.b.n; i++)
        ck_assert_msg(til_names_find(s->ids.symbols, parsed.b.genes[i]) >= 0,
                      "%s: %s is neither a set nor a symbol", key, parsed.b.genes[i]);
    til_score_parsed_clear(&parsed);
    s->n++;
}

START_TEST(index_covers_what_ships)
{
    shipped_t human = { .species = "human" }, mouse = { .species = "mouse" };
    til_text_t text;

    indexed = til_names_new();
    each_line("INDEX.tsv", 1, index_row, NULL);
    ck_assert_uint_eq(n_headline, 18); /* nine for each species */
    ck_ok(til_builtin_text(&ctx, "ids_human.tsv.gz", &text));
    ck_ok(til_gene_ids_read(&ctx, &text, &human.ids));
    til_text_clear(&text);
    ck_ok(til_builtin_text(&ctx, "ids_mouse.tsv.gz", &text));
    ck_ok(til_gene_ids_read(&ctx, &text, &mouse.ids));
    til_text_clear(&text);

    each_line("human.gmt", 0, set_row, &human);
    each_line("mouse.gmt", 0, set_row, &mouse);
    each_line("scores.tsv", 1, score_row, &human);
    each_line("scores.tsv", 1, score_row, &mouse);
    ck_assert_uint_eq(til_names_count(indexed), human.n + mouse.n);
    ck_assert_uint_gt(human.n, 150);
    ck_assert_uint_gt(mouse.n, 150);

    ck_assert_str_eq(til_gene_ids_symbol(&human.ids, "3458"), "IFNG");
    ck_assert_str_eq(til_gene_ids_symbol(&human.ids, "ENSG00000111537.5"), "IFNG");
    ck_assert_str_eq(til_gene_ids_symbol(&mouse.ids, "ENSMUSG00000055170"), "Ifng");
    ck_assert_str_eq(til_gene_ids_current(&human.ids, "CTGF"), "CCN2");
    ck_assert_ptr_null(til_gene_ids_current(&human.ids, "CCN2"));
    ck_assert_ptr_null(til_gene_ids_symbol(&human.ids, "ENSG00000999999"));
    til_names_free(indexed);
    til_genesets_clear(&human.sets);
    til_genesets_clear(&mouse.sets);
    til_gene_ids_clear(&human.ids);
    til_gene_ids_clear(&mouse.ids);
}
END_TEST

/* Two symbols of one Ensembl id: the matrix of the ortholog's symbol is the one that is found. */
START_TEST(orthologs_have_their_own_symbol)
{
    shipped_t mouse = { .species = "mouse" };
    til_text_t text;

    indexed = til_names_new();
    each_line("INDEX.tsv", 1, index_row, NULL);
    ck_ok(til_builtin_text(&ctx, "ids_mouse.tsv.gz", &text));
    ck_ok(til_gene_ids_read(&ctx, &text, &mouse.ids));
    til_text_clear(&text);
    each_line("mouse.gmt", 0, set_row, &mouse);
    ck_assert_str_eq(til_gene_ids_symbol(&mouse.ids, "ENSMUSG00000030337"), "Vamp1");
    ck_assert_str_eq(til_gene_ids_symbol(&mouse.ids, "ENSMUSG00000074141"), "Il4i1");
    for (size_t i = 0; i < mouse.sets.n_sets; i++)
        for (size_t g = 0; g < mouse.sets.sets[i].n_genes; g++) {
            const char *gene = mouse.sets.sets[i].genes[g];
            ck_assert_msg(strcmp(gene, "E130112N10Rik") != 0 && strcmp(gene, "Il4i1b") != 0,
                          "%s in %s", gene, mouse.sets.sets[i].name);
        }
    til_names_free(indexed);
    til_genesets_clear(&mouse.sets);
    til_gene_ids_clear(&mouse.ids);
}
END_TEST

START_TEST(waiting_sets_do_not_ship)
{
    static const char *const waiting[] = { "NK_CURSONS_2019", "CDC1_BOTTCHER_2018",
                                           "HYPOXIA_BUFFA_2010" };
    til_text_t text;

    for (const char *const *name =
             (const char *const[]){ "INDEX.tsv", "human.gmt", "mouse.gmt", NULL };
         *name != NULL; name++) {
        ck_ok(til_builtin_text(&ctx, *name, &text));
        for (size_t i = 0; i < 3; i++)
            ck_assert_msg(strstr(text.data, waiting[i]) == NULL, "%s in %s", waiting[i], *name);
        til_text_clear(&text);
    }
}
END_TEST

START_TEST(inside_is_as_in_the_folder)
{
    const char *source = getenv("srcdir");
    char path[512];
    til_text_t inside, outside;
    const char *name = til_builtins[_i].name;

    snprintf(path, sizeof path, "%s/genesets/%s", source == NULL ? "." : source, name);
    ck_ok(til_builtin_text(&ctx, name, &inside));
    ck_ok(til_text_read(&ctx, path, &outside));
    ck_assert_uint_eq(inside.size, outside.size);
    ck_assert_int_eq(memcmp(inside.data, outside.data, inside.size), 0);
    til_text_clear(&inside);
    til_text_clear(&outside);
}
END_TEST

/* Two genes share the alias X; B was once called OLD. */
static void make_ids(til_gene_ids_t *t)
{
    ck_ok(til_gene_ids_init(&ctx, t));
    ck_ok(til_gene_ids_add(&ctx, t, "A", "1|ENSG00000000001", "X|A2"));
    ck_ok(til_gene_ids_add(&ctx, t, "B", "2|ENSG00000000002", "X|OLD"));
}

START_TEST(ids_get_symbols)
{
    til_gene_ids_t t;
    char *ids[] = { "1", "2", "77" }, *names[] = { NULL, NULL, "Z" };
    til_gene_rows_t rows = { "m", 3, ids, NULL };
    const char *symbols[3];

    make_ids(&t);
    ck_assert(til_gene_rows_are_ids(&rows));
    ck_assert_uint_eq(til_gene_ids_name_rows(&t, &rows, symbols), 2);
    ck_assert_str_eq(symbols[1], "B");
    ck_assert_ptr_null(symbols[2]);
    rows.names = names;
    ck_assert(!til_gene_rows_are_ids(&rows));
    til_gene_ids_clear(&t);
}
END_TEST

static bool is_last(const void *arg, size_t a, size_t b)
{
    (void)arg;
    return a > b;
}

/* Names as they are come first, then former symbols and ids on either side; X, the former name of
 * two genes, stands for neither. */
START_TEST(genes_are_found_by_any_name)
{
    til_gene_ids_t t;
    til_gene_index_t index;
    bool is_other;
    char *former[] = { "OLD", "X", "A", "ENSG00000000009.1", "ENSG00000000009.7" };
    const til_gene_rows_t rows = { "m", 5, former, NULL };
    char *ids[] = { "ENSG00000000002.4", "1" };
    const til_gene_rows_t of_ids = { "m", 2, ids, NULL };

    make_ids(&t);
    ck_ok(til_gene_index_init(&ctx, &rows, &t, is_last, NULL, &index));
    ck_assert_int_eq(til_gene_index_find(&index, "B", &is_other), 0);
    ck_assert(is_other);
    ck_assert_int_eq(til_gene_index_find(&index, "OLD", &is_other), 0);
    ck_assert(!is_other);
    ck_assert_int_eq(til_gene_index_find(&index, "2", NULL), 0);
    ck_assert_int_eq(til_gene_index_find(&index, "ENSG00000000002.11", NULL), 0);
    ck_assert_int_eq(til_gene_index_find(&index, "A2", &is_other), 2);
    ck_assert(is_other);
    ck_assert_int_eq(til_gene_index_find(&index, "X", NULL), 1);
    ck_assert_int_eq(til_gene_index_find(&index, "ENSG00000000009", NULL), 4);
    ck_assert_int_eq(til_gene_index_find(&index, "a", NULL), -1);
    ck_assert_uint_eq(index.n_repeated, 1);
    til_gene_index_clear(&index);

    ck_ok(til_gene_index_init(&ctx, &rows, NULL, NULL, NULL, &index));
    ck_assert_int_eq(til_gene_index_find(&index, "B", NULL), -1);
    ck_assert_int_eq(til_gene_index_find(&index, "ENSG00000000009", NULL), 3);
    til_gene_index_clear(&index);

    ck_ok(til_gene_index_init(&ctx, &of_ids, &t, NULL, NULL, &index));
    ck_assert_int_eq(til_gene_index_find(&index, "OLD", NULL), 0);
    ck_assert_int_eq(til_gene_index_find(&index, "A", NULL), 1);
    til_gene_index_clear(&index);
    til_gene_ids_clear(&t);
}
END_TEST

/* Two names of one gene in a set are one member; the coverage counts names. */
START_TEST(sets_are_matched_once)
{
    til_gene_ids_t t;
    til_gene_index_t index;
    til_genesets_t sets = { 0 };
    til_set_match_t match;
    til_table_t coverage;
    char *ids[] = { "A", "B", "C" }, *genes[] = { "OLD", "B", "Q", "A2" };
    const til_gene_rows_t rows = { "m", 3, ids, NULL };
    const ptrdiff_t place[] = { -1, 7, 8 };

    make_ids(&t);
    ck_ok(til_gene_index_init(&ctx, &rows, &t, NULL, NULL, &index));
    ck_ok(til_genesets_add(&ctx, &sets, "S", "", genes, 4, 1, NULL));
    ck_ok(til_set_match(&ctx, &index, NULL, &sets, &match, &coverage));
    ck_assert_uint_eq(match.offset[1], 2);
    ck_assert_uint_eq(match.member[0], 0);
    ck_assert_uint_eq(match.member[1], 1);
    ck_assert(til_table_column(&coverage, "n_found")->number[0] == 3);
    ck_assert_str_eq(til_table_column(&coverage, "missing")->text[0], "Q");
    til_set_match_clear(&match);
    til_table_clear(&coverage);
    ck_ok(til_set_match(&ctx, &index, place, &sets, &match, NULL));
    ck_assert_uint_eq(match.offset[1], 1);
    ck_assert_uint_eq(match.member[0], 7);
    til_set_match_clear(&match);
    til_gene_index_clear(&index);
    til_genesets_clear(&sets);
    til_gene_ids_clear(&t);
}
END_TEST

/* One name of 12 as it is written, the others only in upper case: another species. */
START_TEST(case_alone_is_another_species)
{
    til_gene_index_t index;
    til_genesets_t sets = { 0 };
    til_set_match_t match;
    char *mouse[] = { "Ca", "Cb", "Cc", "Cd", "Ce", "Cf", "Cg", "Ch", "Ci", "Cj", "Ck", "C3" };
    char *human[] = { "CA", "CB", "CC", "CD", "CE", "CF", "CG", "CH", "CI", "CJ", "CK", "C3" };
    const til_gene_rows_t rows = { "mouse.rnk", 12, mouse, NULL };

    ck_ok(til_gene_index_init(&ctx, &rows, NULL, NULL, NULL, &index));
    ck_ok(til_genesets_add(&ctx, &sets, "S", "", human, 12, 1, NULL));
    ck_assert_int_eq(til_set_match(&ctx, &index, NULL, &sets, &match, NULL), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "12 match when case is ignored"));
    ck_assert_ptr_null(match.member);
    til_genesets_clear(&sets);
    til_gene_index_clear(&index);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("genesets");
    TCase *tcase = tcase_create("genesets");
    int n_files = 0;

    while (til_builtins[n_files].name != NULL) n_files++;
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, index_covers_what_ships);
    tcase_add_test(tcase, orthologs_have_their_own_symbol);
    tcase_add_test(tcase, waiting_sets_do_not_ship);
    tcase_add_loop_test(tcase, inside_is_as_in_the_folder, 0, n_files);
    tcase_add_test(tcase, ids_get_symbols);
    tcase_add_test(tcase, genes_are_found_by_any_name);
    tcase_add_test(tcase, sets_are_matched_once);
    tcase_add_test(tcase, case_alone_is_another_species);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
