/* test_readers.c -- text files, matrices, sheets, gene names, tables, classes: layouts and
 * messages. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/text/cls.h"
#include "io/text/genes_tsv.h"
#include "io/text/matrix_tsv.h"
#include "io/text/sheet_tsv.h"
#include "io/text/table_tsv.h"
#include "support/runner.h"

static til_ctx_t ctx;
static char said[4096];

static void keep_log(void *arg, til_log_level_t level, const char *text)
{
    size_t n = strlen(said);
    (void)arg;
    (void)level;
    snprintf(said + n, sizeof said - n, "%s\n", text);
}

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    ctx.log.write = keep_log;
    said[0] = '\0';
}

static til_status_t matrix(const char *content, til_values_t values, til_matrix_t *m)
{
    til_text_t text;
    til_matrix_reading_t how = { .values = values };
    *m = (til_matrix_t){ 0 };
    til_status_t status = til_text_from_bytes(&ctx, "m.tsv", content, strlen(content), &text);
    if (status != TIL_OK) return status;
    status = til_matrix_read(&ctx, &text, &how, m);
    til_text_clear(&text);
    return status;
}

static void check_2x2(const til_matrix_t *m)
{
    ck_assert_uint_eq(m->n_rows, 2);
    ck_assert_uint_eq(m->n_cols, 2);
    ck_assert_str_eq(m->row_names[0], "g1");
    ck_assert_str_eq(m->row_names[1], "g2");
    ck_assert_str_eq(m->col_names[0], "a");
    ck_assert_str_eq(m->col_names[1], "b");
    ck_assert(m->x[0] == 1 && m->x[1] == 20 && m->x[2] == 1000 && m->x[3] == 0);
}

static const char *const layouts[] = {
    "gene_id\ta\tb\ng1\t1\t20\ng2\t1e3\t0\n",
    "\xEF\xBB\xBFgene_id\ta\tb\ng1\t1\t20\ng2\t1000\t0",
    "gene_id,a,b\r\ng1,1,20\r\ng2,1.0E+03,0\r\n",
    "gene_id\ta\tb\rg1\t1\t20\rg2\t1000\t0\r",
    "a\tb\ng1\t1\t20\ng2\t1000\t0\n",
    "\"\",\"a\",\"b\"\n\"g1\",1,20\n\"g2\",\"1000\",0\n",
    "gene_id\tgene_name\ta\tb\ng1\tX\t1\t20\ng2\tNA\t1000\t0\n\n\n",
    "gene_id\tgene_name\tlength\ta\tb\ng1\tX\t500\t1\t20\ng2\tNA\t80.5\t1000\t0\n",
    "# Program:featureCounts v2.0.3\nGeneid\tChr\tStart\tEnd\tStrand\tLength\t/x/a.bam\tb.sam\n"
    "g1\tc\t1\t2\t+\t9\t1\t20\ng2\tc\t1\t2\t+\t9\t1000\t0\n",
    "gene_id\ta\tb\t\ng1\t1\t20\t\ng2\t1000\t0\t\n",
    "##tilseq\tversion\t1\ngene_id\ta\tb\n__no_feature\t5\t6\ng1\t1\t20\ng2\t1000\t0\nN_"
    "unmapped\t1\t1\n",
    "#1.2\n2\t2\nNAME\tDescription\ta\tb\ng1\tna\t1\t20\ng2\tY\t1000\t0\n"
};

START_TEST(every_layout_reads_the_same)
{
    til_matrix_t m;
    ck_assert_msg(matrix(layouts[_i], TIL_VALUES_WHOLE, &m) == TIL_OK, "%s", ctx.message);
    check_2x2(&m);
    til_matrix_clear(&m);
}
END_TEST

START_TEST(names_and_lengths_are_kept)
{
    til_matrix_t m;
    ck_assert_int_eq(matrix(layouts[7], TIL_VALUES_WHOLE, &m), TIL_OK);
    ck_assert_str_eq(m.gene_names[0], "X");
    ck_assert_ptr_null(m.gene_names[1]);
    ck_assert(m.lengths[0] == 500 && m.lengths[1] == 80.5);
    ck_assert_str_eq(til_matrix_label(&m, 1), "g2");
    til_matrix_clear(&m);
}
END_TEST

static const struct {
    const char *content, *message;
} bad_matrices[] = {
    { "gene_id\ta\tb\ng1\t1\t3x\n", "m.tsv:2:3: '3x'" },
    { "gene_id\ta\tb\ng1\t1\t0x1F\n", "m.tsv:2:3:" },
    { "gene_id\ta\tb\ng1\t1\t-3\n", "m.tsv:2:3: '-3' for sample b is negative" },
    { "gene_id\ta\tb\ng1\t12.5\t3\n", "m.tsv:2:2: '12.5'" },
    { "gene_id\ta\tb\ng1\tNA\t3\n", "m.tsv:2:2: 'NA' for sample a is a missing value" },
    { "gene_id\ta\tb\ng1\t\t3\n", "m.tsv:2:2:" },
    { "gene_id\ta\tb\ng1\t1\n", "m.tsv:2: 2 fields where the header asks for 3" },
    { "gene_id\ta\tb\ng0\t1\t2\ng1\t1\t2\t3\n", "m.tsv:3: 4 fields where the header asks for 3" },
    { "gene_id\ta\tb\ng1\t1\t2\ng2\t1\t2\ng1\t1\t2\n",
      "m.tsv:4: gene id 'g1' stands also at line 2" },
    { "gene_id\ta\ta\ng1\t1\t2\n", "m.tsv:1:3: sample 'a' stands twice" },
    { "gene_id\ta\tb\n", "m.tsv: no genes" },
    { "gene_id\n", "m.tsv:1: the header names no sample" },
    { "gene_id\ta\tb\n\t1\t2\n", "m.tsv:2: a row without a gene id" },
    { "", "m.tsv: the file is empty" }
};

START_TEST(bad_matrices_are_told_by_line)
{
    til_matrix_t m;
    ck_assert_int_eq(matrix(bad_matrices[_i].content, TIL_VALUES_WHOLE, &m), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, bad_matrices[_i].message) != NULL, "%s", ctx.message);
    ck_assert_ptr_null(m.x);
}
END_TEST

START_TEST(logs_are_not_counts)
{
    char content[4096] = "gene_id\ta\tb\n";
    til_matrix_t m;
    for (int i = 0; i < 40; i++) {
        size_t n = strlen(content);
        snprintf(content + n, sizeof content - n, "g%d\t%d.25\t3.5\n", i, i % 12);
    }
    ck_assert_int_eq(matrix(content, TIL_VALUES_WHOLE, &m), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "log-transformed"));
}
END_TEST

START_TEST(spreadsheet_dates_are_warned_of)
{
    til_matrix_t m;
    ck_assert_int_eq(matrix("gene_id\ta\n2-Sep\t1\n2.31E+13\t2\ng\t3\n", TIL_VALUES_WHOLE, &m),
                     TIL_OK);
    ck_assert_ptr_nonnull(strstr(said, "2-Sep, 2.31E+13"));
    til_matrix_clear(&m);
}
END_TEST

START_TEST(matrices_round_trip)
{
    static const char *const paths[] = { "/tmp/tilseq-rt.tsv", "/tmp/tilseq-rt.gct" };
    til_matrix_t m, back;
    til_text_t text;
    til_outset_t *set = til_outset_new();
    til_out_t *out;
    til_matrix_reading_t how = { .values = TIL_VALUES_ANY };

    ck_assert_int_eq(
        matrix("g\tgene_name\ta\tb\nx\tX\t0.1\t-1e-300\ny\tNA\t3\t0.30000000000000004\n",
               TIL_VALUES_ANY, &m),
        TIL_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(til_out_open(&ctx, set, paths[i], &out), TIL_OK);
        if (i == 0) til_matrix_write(out, &m, "gene_id");
        else til_gct_write(out, &m);
        ck_assert_int_eq(til_out_close(&ctx, out), TIL_OK);
    }
    ck_assert_int_eq(til_outset_commit(&ctx, set), TIL_OK);
    til_outset_free(set);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(til_text_read(&ctx, paths[i], &text), TIL_OK);
        ck_assert_msg(til_matrix_read(&ctx, &text, &how, &back) == TIL_OK, "%s", ctx.message);
        ck_assert_mem_eq(back.x, m.x, 4 * sizeof *m.x);
        ck_assert_str_eq(back.gene_names[0], "X");
        ck_assert_ptr_null(back.gene_names[1]);
        til_matrix_clear(&back);
        til_text_clear(&text);
        remove(paths[i]);
    }
    til_matrix_clear(&m);
}
END_TEST

static til_status_t sheet(const char *content, til_sheet_t *s)
{
    til_text_t text;
    til_status_t status = til_text_from_bytes(&ctx, "s.tsv", content, strlen(content), &text);
    if (status != TIL_OK) return status;
    status = til_sheet_read(&ctx, &text, false, s);
    til_text_clear(&text);
    return status;
}

START_TEST(sheets_are_read)
{
    til_sheet_t s;
    ck_assert_int_eq(sheet("arm,sample,note\nA,s1,\"x, y\"\nB,s2,\n", &s), TIL_OK);
    ck_assert_uint_eq(s.n_samples, 2);
    ck_assert_str_eq(s.samples[1], "s2");
    ck_assert_str_eq(til_sheet_cell(&s, 0, (size_t)til_sheet_column(&s, "note")), "x, y");
    ck_assert_str_eq(til_sheet_cell(&s, 1, (size_t)til_sheet_column(&s, "note")), "");
    ck_assert_int_eq(til_sheet_column(&s, "sample"), -1);
    til_sheet_clear(&s);
}
END_TEST

static const struct {
    const char *content, *message;
} bad_sheets[] = { { "sample\tarm\ns1\tA\ns1\tB\n", "s.tsv:3: sample 's1' stands also at line 2" },
                   { "sample\tarm\ns1\n", "s.tsv:2: 1 fields where the header has 2" },
                   { "sample\tarm\n", "s.tsv: no samples" },
                   { "sample\tarm\tarm\ns\t1\t2\n", "s.tsv:1:3: column 'arm' stands twice" },
                   { "sample,arm\ns1,\"A\n", "s.tsv:2: the quote in field 2 is not closed" } };

START_TEST(bad_sheets_are_told_by_line)
{
    til_sheet_t s;
    ck_assert_int_eq(sheet(bad_sheets[_i].content, &s), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, bad_sheets[_i].message) != NULL, "%s", ctx.message);
}
END_TEST

START_TEST(gene_names_ignore_ensembl_versions)
{
    static const char content[] =
        "gene_id\tsymbol\nENSG00000000001\tIFNG\nENSG00000000002.3\tNA\n7\tA1BG\n";
    til_text_t text;
    til_gene_names_t genes;

    ck_assert_int_eq(til_text_from_bytes(&ctx, "g.tsv", content, strlen(content), &text), TIL_OK);
    ck_assert_int_eq(til_gene_names_read(&ctx, &text, &genes), TIL_OK);
    ck_assert_str_eq(til_gene_names_find(&genes, "ENSG00000000001.12"), "IFNG");
    ck_assert_ptr_null(til_gene_names_find(&genes, "ENSG00000000002.3"));
    ck_assert_str_eq(til_gene_names_find(&genes, "7"), "A1BG");
    ck_assert_ptr_null(til_gene_names_find(&genes, "8"));
    til_gene_names_clear(&genes);
    til_text_clear(&text);
}
END_TEST

START_TEST(tables_type_their_columns)
{
    static const char content[] = "id\tx\tnote\n1\tNA\tok\n2\t-Inf\tNA\n";
    til_text_t text;
    til_table_t t;

    ck_assert_int_eq(til_text_from_bytes(&ctx, "t.tsv", content, strlen(content), &text), TIL_OK);
    ck_assert_int_eq(til_table_read(&ctx, &text, &t), TIL_OK);
    ck_assert_str_eq(til_table_column(&t, "id")->text[1], "2");
    ck_assert(isnan(til_table_column(&t, "x")->number[0]));
    ck_assert(til_table_column(&t, "x")->number[1] == -INFINITY);
    ck_assert_ptr_null(til_table_column(&t, "note")->text[1]);
    til_table_clear(&t);
    til_text_clear(&text);
}
END_TEST

START_TEST(classes_are_checked)
{
    static const char good[] = "3 2 1\n# A B\nA B A\n", bad[] = "3 2 1\n# A B\nA B\n";
    char a[] = "s1", b[] = "s2", c[] = "s3";
    char *samples[] = { a, b, c };
    til_text_t text;
    til_sheet_t s;

    ck_assert_int_eq(til_text_from_bytes(&ctx, "x.cls", good, strlen(good), &text), TIL_OK);
    ck_assert_int_eq(til_cls_read(&ctx, &text, samples, 3, &s), TIL_OK);
    ck_assert_str_eq(til_sheet_cell(&s, 1, 0), "B");
    til_sheet_clear(&s);
    til_text_clear(&text);
    ck_assert_int_eq(til_text_from_bytes(&ctx, "x.cls", bad, strlen(bad), &text), TIL_OK);
    ck_assert_int_eq(til_cls_read(&ctx, &text, samples, 3, &s), TIL_EINPUT);
    til_text_clear(&text);
}
END_TEST

START_TEST(nul_bytes_are_no_text)
{
    til_text_t text;
    ck_assert_int_eq(til_text_from_bytes(&ctx, "n", "a\nb\0c\n", 6, &text), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "n:2: a NUL byte"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("readers");
    TCase *tcase = tcase_create("readers");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, every_layout_reads_the_same, 0, sizeof layouts / sizeof *layouts);
    tcase_add_test(tcase, names_and_lengths_are_kept);
    tcase_add_loop_test(tcase, bad_matrices_are_told_by_line, 0,
                        sizeof bad_matrices / sizeof *bad_matrices);
    tcase_add_test(tcase, logs_are_not_counts);
    tcase_add_test(tcase, spreadsheet_dates_are_warned_of);
    tcase_add_test(tcase, matrices_round_trip);
    tcase_add_test(tcase, sheets_are_read);
    tcase_add_loop_test(tcase, bad_sheets_are_told_by_line, 0,
                        sizeof bad_sheets / sizeof *bad_sheets);
    tcase_add_test(tcase, gene_names_ignore_ensembl_versions);
    tcase_add_test(tcase, tables_type_their_columns);
    tcase_add_test(tcase, classes_are_checked);
    tcase_add_test(tcase, nul_bytes_are_no_text);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
