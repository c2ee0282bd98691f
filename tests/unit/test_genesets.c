/* test_genesets.c -- what ships: every set and score has its row in INDEX.tsv, nothing recalled
 * from memory is among them, every gene is a current symbol, and the copy inside the program is
 * the one in genesets/. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/score.h>

#include "base/names.h"
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

static void index_row(char **f, size_t n, void *arg)
{
    char key[200];
    int is_new;

    (void)arg;
    ck_assert_uint_eq(n, 10);
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

START_TEST(waiting_sets_do_not_ship)
{
    static const char *const waiting[] = {
        "TEFF_MCDERMOTT_2018", "ANGIO_MCDERMOTT_2018", "MYELOID_INFLAMMATION_MCDERMOTT_2018",
        "NK_CURSONS_2019",     "CDC1_BOTTCHER_2018",   "HYPOXIA_BUFFA_2010"
    };
    til_text_t text;

    for (const char *const *name =
             (const char *const[]){ "INDEX.tsv", "human.gmt", "mouse.gmt", NULL };
         *name != NULL; name++) {
        ck_ok(til_builtin_text(&ctx, *name, &text));
        for (size_t i = 0; i < 6; i++)
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

/* Two genes share the alias X; B was once called OLD; the row OLD becomes B, the row X stays. */
START_TEST(rows_get_symbols)
{
    til_gene_ids_t t;
    til_matrix_t m;
    til_genesets_t sets = { 0 };
    char *genes[] = { "A", "B" };
    size_t n;

    ck_ok(til_gene_ids_init(&ctx, &t));
    ck_ok(til_gene_ids_add(&ctx, &t, "A", "1|ENSG00000000001", "X|A2"));
    ck_ok(til_gene_ids_add(&ctx, &t, "B", "2|ENSG00000000002", "X|OLD"));
    ck_ok(til_matrix_init(&ctx, 3, 1, &m));
    ck_ok(til_matrix_set_row_name(&ctx, &m, 0, "1"));
    ck_ok(til_matrix_set_row_name(&ctx, &m, 1, "2"));
    ck_ok(til_matrix_set_row_name(&ctx, &m, 2, "77"));
    ck_assert(til_matrix_has_plain_ids(&m));
    ck_ok(til_gene_ids_name_rows(&ctx, &t, &m, &n));
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(til_matrix_label(&m, 1), "B");
    ck_assert_str_eq(til_matrix_label(&m, 2), "77");
    ck_assert(!til_matrix_has_plain_ids(&m));
    til_matrix_clear(&m);

    ck_ok(til_matrix_init(&ctx, 3, 1, &m));
    ck_ok(til_matrix_set_row_name(&ctx, &m, 0, "OLD"));
    ck_ok(til_matrix_set_row_name(&ctx, &m, 1, "X"));
    ck_ok(til_matrix_set_row_name(&ctx, &m, 2, "A"));
    ck_ok(til_genesets_add(&ctx, &sets, "S", "", genes, 2, 0, NULL));
    ck_ok(til_gene_ids_update_rows(&ctx, &t, &sets, &m, &n));
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(til_matrix_label(&m, 0), "B");
    ck_assert_str_eq(til_matrix_label(&m, 1), "X");
    til_matrix_clear(&m);
    til_genesets_clear(&sets);
    til_gene_ids_clear(&t);
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
    tcase_add_test(tcase, waiting_sets_do_not_ship);
    tcase_add_loop_test(tcase, inside_is_as_in_the_folder, 0, n_files);
    tcase_add_test(tcase, rows_get_symbols);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
