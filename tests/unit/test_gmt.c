/* test_gmt.c -- gene sets as text: what is read, what is refused, and that writing reads back. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/text/gmt.h"
#include "support/runner.h"

static til_ctx_t ctx;
static char said[4096];
static til_genesets_t sets;

static void keep_log(void *arg, til_log_level_t level, const char *text)
{
    size_t n = strlen(said);
    (void)arg;
    snprintf(said + n, sizeof said - n, "%d %s\n", (int)level, text);
}

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    ctx.log.write = keep_log;
    said[0] = '\0';
    sets = (til_genesets_t){ 0 };
}

static void teardown(void) { til_genesets_clear(&sets); }

static til_status_t read_text(const char *content)
{
    til_text_t text;
    til_status_t status = til_text_from_bytes(&ctx, "s.gmt", content, strlen(content), &text);
    if (status != TIL_OK) return status;
    status = til_gmt_read(&ctx, &text, &sets);
    til_text_clear(&text);
    return status;
}

static const char *const layouts[] = { "A\tna\tG1\tG2\nB\t\tG2\n", "A\tna\tG1\tG2\r\nB\t\tG2\r\n",
                                       "A\tna\tG1\tG2\t\t\n\nB\t\tG2",
                                       ("\xEF\xBB\xBF"
                                        "A\tna\tG1\tG2\rB\t\tG2\r"),
                                       "##tilseq\tx\nA\tna\tG1\tG2\tG1\nB\t\tG2\n" };

START_TEST(layouts_read_the_same)
{
    ck_assert_msg(read_text(layouts[_i]) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(sets.n_sets, 2);
    ck_assert_str_eq(sets.origin, "s.gmt");
    ck_assert_str_eq(sets.sets[0].name, "A");
    ck_assert_str_eq(sets.sets[0].about, "na");
    ck_assert_uint_eq(sets.sets[0].n_genes, 2);
    ck_assert_str_eq(sets.sets[0].genes[1], "G2");
    ck_assert_str_eq(sets.sets[1].about, "");
    ck_assert_uint_eq(sets.sets[1].n_genes, 1);
}
END_TEST

START_TEST(repeats_are_counted)
{
    ck_assert_int_eq(read_text("A\tna\tG1\tG1\tG2\tG1\nB\tna\tG1\n"), TIL_OK);
    ck_assert_ptr_nonnull(strstr(said, "2 repeated genes in 1 sets"));
}
END_TEST

/* Two files, in which A stands twice. */
static til_status_t read_two(til_duplicates_t duplicates)
{
    static const char *const content[] = { "A\tna\tG1\tG2\nB\tna\tG1\n",
                                           "C\tna\tG3\nA\tna\tG2\tG9\n" };
    static const char *const path[] = { "a.gmt", "b.gmt" };
    til_status_t status = TIL_OK;

    for (size_t i = 0; i < 2 && status == TIL_OK; i++) {
        til_text_t text = { 0 };
        ck_assert_int_eq(til_text_from_bytes(&ctx, path[i], content[i], strlen(content[i]), &text),
                         TIL_OK);
        status = til_gmt_add(&ctx, &text, duplicates, &sets);
        til_text_clear(&text);
    }
    return status;
}

START_TEST(several_files_add_up)
{
    ck_assert_int_eq(read_two(TIL_DUPLICATES_FIRST), TIL_OK);
    ck_assert_uint_eq(sets.n_sets, 3);
    ck_assert_uint_eq(sets.sets[0].n_genes, 2);
    ck_assert_str_eq(sets.sets[2].name, "C");
    ck_assert_str_eq(sets.origin, "a.gmt, b.gmt");
    ck_assert_ptr_nonnull(strstr(said, "1 sets have the name of another: the first is used"));
}
END_TEST

START_TEST(sets_of_one_name_are_merged)
{
    ck_assert_int_eq(read_two(TIL_DUPLICATES_MERGE), TIL_OK);
    ck_assert_uint_eq(sets.n_sets, 3);
    ck_assert_uint_eq(sets.sets[0].n_genes, 3);
    ck_assert_str_eq(sets.sets[0].genes[2], "G9");
}
END_TEST

START_TEST(sets_of_one_name_are_refused)
{
    ck_assert_int_eq(read_two(TIL_DUPLICATES_ERROR), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "b.gmt:2: set A is also in a.gmt"));
}
END_TEST

START_TEST(empty_set_is_left_out)
{
    ck_assert_int_eq(read_text("A\tna\tG1\nEMPTY\tna\n"), TIL_OK);
    ck_assert_uint_eq(sets.n_sets, 1);
    ck_assert_ptr_nonnull(strstr(said, "0 s.gmt:2: set EMPTY has no genes"));
}
END_TEST

static const struct {
    const char *content, *message;
} broken[] = { { "A\tna\tG1\nB\tna\tG1\nA\tna\tG2\n", "s.gmt:3: set A is also on line 1" },
               { "A\tna\tG1\nB G1 G2\n", "s.gmt:2: no tab in the line" },
               { "\tna\tG1\n", "s.gmt:1: the set has no name" },
               { "EMPTY\tna\n", "s.gmt: no gene set" } };

START_TEST(broken_file_is_named)
{
    ck_assert_int_eq(read_text(broken[_i].content), TIL_EINPUT);
    ck_assert_msg(strncmp(ctx.message, broken[_i].message, strlen(broken[_i].message)) == 0, "%s",
                  ctx.message);
    ck_assert_uint_eq(sets.n_sets, 0);
}
END_TEST

START_TEST(writing_reads_back)
{
    char path[] = "/tmp/tilseq-gmt-XXXXXX";
    til_outset_t *set = til_outset_new();
    til_out_t *out;
    til_text_t text;
    til_genesets_t again;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert_int_eq(read_text(layouts[0]), TIL_OK);
    ck_assert_int_eq(til_out_open(&ctx, set, path, &out), TIL_OK);
    til_gmt_write(out, &sets);
    ck_assert_int_eq(til_out_close(&ctx, out), TIL_OK);
    ck_assert_int_eq(til_outset_commit(&ctx, set), TIL_OK);
    til_outset_free(set);

    ck_assert_int_eq(til_text_read(&ctx, path, &text), TIL_OK);
    ck_assert_str_eq(text.data, "A\tna\tG1\tG2\nB\tNA\tG2\n");
    ck_assert_int_eq(til_gmt_read(&ctx, &text, &again), TIL_OK);
    ck_assert_uint_eq(again.n_sets, 2);
    til_genesets_clear(&again);
    til_text_clear(&text);
    unlink(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gmt");
    TCase *tcase = tcase_create("gmt");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, layouts_read_the_same, 0, sizeof layouts / sizeof *layouts);
    tcase_add_test(tcase, repeats_are_counted);
    tcase_add_test(tcase, empty_set_is_left_out);
    tcase_add_test(tcase, several_files_add_up);
    tcase_add_test(tcase, sets_of_one_name_are_merged);
    tcase_add_test(tcase, sets_of_one_name_are_refused);
    tcase_add_loop_test(tcase, broken_file_is_named, 0, sizeof broken / sizeof *broken);
    tcase_add_test(tcase, writing_reads_back);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
