/* test_merge.c -- quantifications of one sample, transcripts to genes, and tximport's arithmetic.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "genes/tx_genes.h"
#include "io/text/counts_tsv.h"
#include "io/text/quant_dir.h"
#include "io/text/tx2gene.h"
#include "genes/summarise.h"
#include "support/runner.h"
#include "support/tables.h"

static til_ctx_t ctx;

static void setup(void) { ctx = (til_ctx_t)TIL_CTX_INIT; }

static til_status_t parse(const char *name, const char *content, til_quant_table_t *table)
{
    til_text_t text;
    ck_assert_int_eq(til_text_from_bytes(&ctx, name, content, strlen(content), &text), TIL_OK);
    return til_quant_table_parse(&ctx, &text, table);
}

static const struct {
    const char *name, *text, *layout, *sample;
    til_quant_level_t level;
    double count, tpm, length;
} layouts[] = {
    { "x/S1/quant.sf", "Name\tLength\tEffectiveLength\tTPM\tNumReads\nT1\t90\t80.5\t3\t4.25\n",
      "salmon", "S1", TIL_QUANT_TRANSCRIPTS, 4.25, 3, 80.5 },
    { "S1.quant.genes.sf",
      "Name\tLength\tEffectiveLength\tTPM\tNumReads\r\nT1\t90\t80.5\t3\t4.25\r\n", "salmon", "S1",
      TIL_QUANT_GENES, 4.25, 3, 80.5 },
    { "abundance.tsv", "target_id\tlength\teff_length\test_counts\ttpm\nT1\t90\t80.5\t4.25\t3",
      "kallisto", "abundance.tsv", TIL_QUANT_TRANSCRIPTS, 4.25, 3, 80.5 },
    { "S_1.isoforms.results.gz",
      "transcript_id\tgene_id\tlength\teffective_length\texpected_count\tTPM\tFPKM\t"
      "IsoPct\nT1\tG1\t90\t80.5\t4.25\t3\t0\t0\n",
      "RSEM", "S_1", TIL_QUANT_TRANSCRIPTS, 4.25, 3, 80.5 },
    { "S1.genes.results",
      "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\n"
      "G1\tT1,T2\t90\t80.5\t4.25\t3\t0\n",
      "RSEM", "S1", TIL_QUANT_GENES, 4.25, 3, 80.5 },
    { "a.b/S1.counts.txt", "G1\t4\n__no_feature\t7\n", "htseq", "S1", TIL_QUANT_COUNTS, 4, 0, 0 },
    { "S1_ReadsPerGene.out.tab", "N_unmapped\t1\t1\t1\nG1\t4\t1\t3\n", "STAR", "S1",
      TIL_QUANT_COUNTS, 4, 0, 0 },
    { "##.tsv",
      "##tilseq\tversion\t1\n\nName\tLength\tEffectiveLength\tTPM\tNumReads\nT1\t90\t80.5\t3\t4."
      "25\n",
      "salmon", "##", TIL_QUANT_TRANSCRIPTS, 4.25, 3, 80.5 }
};

START_TEST(layouts_are_told_by_content)
{
    til_quant_table_t t;

    ck_assert_msg(parse(layouts[_i].name, layouts[_i].text, &t) == TIL_OK, "%s", ctx.message);
    ck_assert_str_eq(t.layout, layouts[_i].layout);
    ck_assert_str_eq(t.sample, layouts[_i].sample);
    ck_assert_int_eq(t.level, layouts[_i].level);
    ck_assert_uint_eq(t.n, 1);
    ck_assert(t.names[0][1] == '1' && t.names[0][2] == '\0');
    const double *counts = t.counts != NULL ? t.counts : t.by_strand[0];
    ck_assert_double_eq(counts[0], layouts[_i].count);
    ck_assert(t.level == TIL_QUANT_COUNTS || t.tpm[0] == layouts[_i].tpm);
    ck_assert(t.level == TIL_QUANT_COUNTS || t.lengths[0] == layouts[_i].length);
    til_quant_table_clear(&t);
}
END_TEST

#define SALMON "Name\tLength\tEffectiveLength\tTPM\tNumReads\n"
static const char *const wrong[][2] = {
    { SALMON, "q.sf: a salmon table without rows" },
    { SALMON "T1\t90\t80\t3\n", "q.sf:2: 4 fields where 5 are wanted: is the file whole?" },
    { SALMON "T1\t90\t80\t3\t4x\n", "q.sf:2:5: '4x' of T1 is not a number" },
    { SALMON "T1\t90\t80\tnan\t4\n", "q.sf:2:4: 'nan' of T1 is not a number" },
    { SALMON "T1\t90\t80\t-3\t4\n", "q.sf:2:4: '-3' of T1 is negative" },
    { SALMON "T1\t90\t80\t3\t4\nT1\t90\t80\t3\t4\n",
      "q.sf:3: 'T1' stands twice: names must be unique" },
    { SALMON "\t90\t80\t3\t4\n", "q.sf:2: a row without a name" },
    { "N_unmapped\t1\t1\t1\n", "q.sf: a STAR table without rows" }
};

START_TEST(wrong_tables_are_refused)
{
    til_quant_table_t t;

    ck_assert_int_eq(parse("q.sf", wrong[_i][0], &t), TIL_EINPUT);
    ck_assert_str_eq(ctx.message, wrong[_i][1]);
    ck_assert_ptr_null(t.names);
}
END_TEST

START_TEST(other_headers_are_matrices)
{
    til_quant_table_t t;

    ck_assert_int_eq(parse("c.tsv", "gene_id\ts1\ts2\nG1\t1\t2\n", &t), TIL_OK);
    ck_assert_str_eq(t.layout, "matrix");
    ck_assert_int_eq(t.level, TIL_QUANT_COUNTS);
    ck_assert_ptr_nonnull(t.text.data);
    til_quant_table_clear(&t);
}
END_TEST

static til_text_t text_of(const char *content)
{
    til_text_t text;
    ck_assert_int_eq(til_text_from_bytes(&ctx, "c.tsv", content, strlen(content), &text), TIL_OK);
    return text;
}

#define LINES                                                                                      \
    "##tilseq\tversion\t9\n##tilseq\tcommand\ttilseq count -a g.gtf a.bam\n"                       \
    "##tilseq\tinput\tg.gtf\tsha256:0\n##tilseq\tinput\ta.bam\trecords:4\n##tilseq\tseed\t1\n"
#define COUNTS "gene_id\tgene_name\tlength\ta\tb\n"
#define ROWS   "G1\t\"A\"\t5\t0.5\t1e3\nG1\tNA\t6\t0\t2\n"

/* Line ends are those of any file; cells stay what they were. */
static const char *const own[] = {
    LINES COUNTS ROWS,
    COUNTS ROWS,
    "\xEF\xBB\xBF" COUNTS ROWS,
    "\n" COUNTS "G1\t\"A\"\t5\t0.5\t1e3\n\nG1\tNA\t6\t0\t2",
    "gene_id\tgene_name\tlength\ta\tb\r\nG1\t\"A\"\t5\t0.5\t1e3\r\nG1\tNA\t6\t0\t2\r\n",
    "gene_id\tgene_name\tlength\ta\tb\rG1\t\"A\"\t5\t0.5\t1e3\rG1\tNA\t6\t0\t2\r"
};

START_TEST(own_tables_are_kept_as_text)
{
    til_text_t text = text_of(own[_i]);
    til_counts_tsv_t t, again;

    ck_assert_int_eq(til_counts_tsv_head(&ctx, &text, &t), TIL_OK);
    ck_assert(t.is_own);
    ck_assert_int_eq(t.version != NULL, _i == 0);
    ck_assert_uint_eq(t.n_inputs, _i == 0 ? 2 : 0);
    ck_assert_uint_eq(t.n_facts, _i == 0 ? 1 : 0);
    ck_assert_uint_eq(t.n_samples, 2);
    ck_assert_str_eq(t.samples[1], "b");
    ck_assert_msg(til_counts_tsv_rows(&ctx, &text, NULL, &t) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(t.n_rows, 2);
    ck_assert(t.repeats);
    ck_assert_str_eq(t.heads.text, "G1\t\"A\"\t5\nG1\tNA\t6\n");
    ck_assert_str_eq(t.cells.text, "\t0.5\t1e3\n\t0\t2\n");
    ck_assert_int_eq(til_counts_tsv_head(&ctx, &text, &again), TIL_OK);
    ck_assert_int_eq(til_counts_tsv_rows(&ctx, &text, &t, &again), TIL_OK);
    ck_assert_str_eq(again.cells.text, t.cells.text);
    til_counts_tsv_clear(&again);
    til_counts_tsv_clear(&t);
    til_text_clear(&text);
}
END_TEST

static const char *const others[] = {
    "gene_id\tgene_name\ta\nG1\tA\t5\n",
    "gene_id\tgene_name\tlength\nG1\tA\t5\n",
    "gene_id\tgene_name\tlength\t\nG1\tA\t5\t1\n",
    "# made by hand\n" COUNTS ROWS,
    "gene_id,gene_name,length,a\nG1,A,5,1\n",
    "##tilseq\tversion\t9\n" COUNTS ROWS,
    "##tilseq\tversion\t9\n##tilseq\tcommand\ttilseq norm x\n" COUNTS ROWS,
    "##tilseq\tversion\t9\n"
};

START_TEST(other_tables_are_not_own)
{
    til_text_t text = text_of(others[_i]);
    til_counts_tsv_t t;

    ck_assert_int_eq(til_counts_tsv_head(&ctx, &text, &t), TIL_OK);
    ck_assert(!t.is_own);
    til_counts_tsv_clear(&t);
    til_text_clear(&text);
}
END_TEST

static const char *const wrong_rows[][2] = {
    { COUNTS "G1\tA\t5\t1\n", "c.tsv:2: 4 fields where the header asks for 5" },
    { COUNTS "G1\tA\t5\t1\t2\t3\n", "c.tsv:2: 6 fields where the header asks for 5" },
    { COUNTS "G1\tA\t5\t1\t-2\n", "c.tsv:2:5: '-2' for sample b: should be a number >= 0" },
    { COUNTS "G1\tA\t5\t\t2\n", "c.tsv:2:4: '' for sample a: should be a number >= 0" },
    { LINES COUNTS "\tA\t5\t1\t2\n", "c.tsv:7: a row without a gene id" },
    { COUNTS "G1\t\"A\"\t50\t1\t2\n",
      "c.tsv:2: row 'G1 \"A\" 50': should be 'G1 \"A\" 5', as in c.tsv: count all samples with one "
      "annotation and one --level" }
};

START_TEST(wrong_rows_are_refused)
{
    til_text_t text = text_of(wrong_rows[_i][0]), good = text_of(own[1]);
    til_counts_tsv_t first, t;

    ck_assert_int_eq(til_counts_tsv_head(&ctx, &good, &first), TIL_OK);
    ck_assert_int_eq(til_counts_tsv_rows(&ctx, &good, NULL, &first), TIL_OK);
    ck_assert_int_eq(til_counts_tsv_head(&ctx, &text, &t), TIL_OK);
    ck_assert_int_eq(til_counts_tsv_rows(&ctx, &text, _i == 5 ? &first : NULL, &t), TIL_EINPUT);
    ck_assert_str_eq(ctx.message, wrong_rows[_i][1]);
    til_counts_tsv_clear(&t);
    til_counts_tsv_clear(&first);
    til_text_clear(&good);
    til_text_clear(&text);
}
END_TEST

static const char *const wrong_summaries[][2] = {
    { "Status a\nAssigned\t1\n", "c.tsv:1: no summary: should begin with 'Status'" },
    { "Status\ta\nAssigned\n", "c.tsv:2: 1 fields where the header asks for 2" },
    { "Status\ta\tb\nAssigned\t1\n", "c.tsv:2: 2 fields where the header asks for 3" },
    { "Status\ta\nAssigned\t-1\n", "c.tsv:2:2: '-1' should be a whole number >= 0" }
};

START_TEST(summaries_are_read)
{
    til_text_t text = text_of("Status\ta\tb\nAssigned\t12\t007\nOther\t0\t1\n");
    til_counts_summary_t s;

    ck_assert_int_eq(til_counts_summary_parse(&ctx, &text, &s), TIL_OK);
    ck_assert_uint_eq(s.n_samples, 2);
    ck_assert_uint_eq(s.n_rows, 2);
    ck_assert_str_eq(s.names[1], "Other");
    ck_assert_str_eq(s.cells[0], "\t12\t007");
    til_counts_summary_clear(&s);
    til_text_clear(&text);
    text = text_of(wrong_summaries[_i][0]);
    ck_assert_int_eq(til_counts_summary_parse(&ctx, &text, &s), TIL_EINPUT);
    ck_assert_msg(strncmp(ctx.message, wrong_summaries[_i][1], strlen(wrong_summaries[_i][1])) == 0,
                  "%s", ctx.message);
    ck_assert_ptr_null(s.names);
    til_text_clear(&text);
}
END_TEST

START_TEST(genes_are_found_by_name)
{
    char *transcripts[] = { "ENST1.2", "ENST2.1", "ENST3.1", "ENST3.2", "T.x", "ENST5.1_PAR_Y" };
    char *genes[] = { "A", "B", "C", "D", "E", "F" };
    const til_tx2gene_t table = {
        .origin = "t2g", .n = 6, .transcripts = transcripts, .genes = genes
    };
    char names[][24] = { "ENST1.2",  "ENST2.9",       "ENST2|B|x", "ENST3.7",
                         "T.x|more", "ENST5.1_PAR_Y", "Z" };
    const char *const want[] = { "A", "B", "B", NULL, "E", "F", NULL };
    char *list[7];
    til_tx_genes_t found;

    for (int i = 0; i < 7; i++) list[i] = names[i];
    ck_assert_int_eq(til_tx_genes_find(&ctx, &table, list, 7, false, &found), TIL_OK);
    for (int i = 0; i < 7; i++) {
        uint32_t g = found.gene_of[i];
        if (want[i] == NULL) ck_assert_uint_eq(g, TIL_NO_GENE);
        else ck_assert_str_eq(found.gene_ids[g], want[i]);
    }
    ck_assert_uint_eq(found.n_missing, 2);
    ck_assert_uint_eq(found.n_bare, 2);
    ck_assert_uint_eq(found.n_bar, 2);
    til_tx_genes_clear(&found);

    ck_assert_int_eq(til_tx_genes_find(&ctx, &table, list, 7, true, &found), TIL_OK);
    ck_assert_str_eq(found.gene_ids[found.gene_of[3]], "ENST3.7");
    ck_assert_str_eq(found.gene_ids[found.gene_of[6]], "Z");
    ck_assert_uint_eq(found.gene_of[3], 2);
    ck_assert_uint_eq(found.n_missing, 2);
    til_tx_genes_clear(&found);
    transcripts[1] = "ENST1.2";
    ck_assert_int_eq(til_tx_genes_find(&ctx, &table, list, 7, false, &found), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "belongs to gene 'A' and to gene 'B'"));
}
END_TEST

/* The simulated samples: files of `pattern` (with %d) beside one another. */
static void read_samples(const char *pattern, til_estimates_t *e)
{
    til_names_t *rows = NULL;

    for (int s = 0; s < 3; s++) {
        char file[256], path[1024];
        til_quant_table_t t;
        snprintf(file, sizeof file, "merge/%s/s%d%s", pattern, s + 1,
                 strcmp(pattern, "rsem") == 0 ? ".isoforms.results" : "");
        golden_path(file, path, sizeof path);
        ck_assert_msg(til_quant_table_read(&ctx, path, &t) == TIL_OK, "%s", ctx.message);
        snprintf(file, sizeof file, "s%d", s + 1);
        ck_assert_str_eq(t.sample, file);
        if (s == 0) {
            ck_assert_int_eq(til_matrix_init(&ctx, t.n, 3, &e->counts), TIL_OK);
            ck_assert_int_eq(til_matrix_init(&ctx, t.n, 3, &e->tpm), TIL_OK);
            ck_assert_int_eq(til_matrix_init(&ctx, t.n, 3, &e->lengths), TIL_OK);
            for (size_t i = 0; i < t.n; i++)
                ck_assert_int_eq(til_matrix_set_row_name(&ctx, &e->counts, i, t.names[i]), TIL_OK);
            ck_assert_int_eq(til_names_index(&ctx, e->counts.row_names, t.n, &rows), TIL_OK);
        }
        ck_assert_uint_eq(t.n, e->counts.n_rows);
        for (size_t i = 0; i < t.n; i++) {
            ptrdiff_t row = til_names_find(rows, t.names[i]);
            ck_assert_int_ge(row, 0);
            til_matrix_row(&e->counts, (size_t)row)[s] = t.counts[i];
            til_matrix_row(&e->tpm, (size_t)row)[s] = t.tpm[i];
            til_matrix_row(&e->lengths, (size_t)row)[s] = t.lengths[i];
        }
        til_quant_table_clear(&t);
    }
    til_names_free(rows);
}

static void compare(const til_matrix_t *got, char *const *ids, const char *file)
{
    til_matrix_t want = { 0 };
    til_names_t *rows = NULL;

    read_matrix(&ctx, file, TIL_VALUES_ANY, &want);
    ck_assert_uint_eq(want.n_rows, got->n_rows);
    ck_assert_int_eq(til_names_index(&ctx, want.row_names, want.n_rows, &rows), TIL_OK);
    for (size_t g = 0; g < got->n_rows; g++) {
        ptrdiff_t row = til_names_find(rows, ids[g]);
        ck_assert_msg(row >= 0, "%s lacks %s", file, ids[g]);
        for (size_t s = 0; s < 3; s++)
            ck_golden(til_matrix_row(got, g)[s], til_matrix_row(&want, (size_t)row)[s], TOL_SUM,
                      ids[g]);
    }
    til_names_free(rows);
    til_matrix_clear(&want);
}

static const char *const programs[] = { "salmon", "kallisto", "rsem" };

START_TEST(agrees_with_tximport)
{
    char path[1024];
    til_estimates_t tx = { 0 }, by_gene;
    til_text_t text;
    til_tx2gene_t table;
    til_tx_genes_t genes;
    til_matrix_t scaled;

    read_samples(programs[_i], &tx);
    golden_path("merge/tx2gene.tsv", path, sizeof path);
    ck_assert_int_eq(til_text_read(&ctx, path, &text), TIL_OK);
    ck_assert_int_eq(til_tx2gene_read(&ctx, &text, &table), TIL_OK);
    til_text_clear(&text);
    ck_assert_int_eq(
        til_tx_genes_find(&ctx, &table, tx.counts.row_names, tx.counts.n_rows, false, &genes),
        TIL_OK);
    ck_assert_uint_eq(genes.n_missing, 0);
    ck_assert_str_eq(genes.symbols[0], "name01");
    ck_assert_int_eq(til_summarise_genes(&ctx, &tx, genes.gene_of, genes.n_genes, &by_gene),
                     TIL_OK);
    ck_assert_int_eq(til_summarise_scale(&ctx, &by_gene, &scaled), TIL_OK);
    compare(&by_gene.counts, genes.gene_ids, "merge/counts.tsv");
    compare(&by_gene.tpm, genes.gene_ids, "merge/abundance.tsv");
    compare(&by_gene.lengths, genes.gene_ids, "merge/length.tsv");
    compare(&scaled, genes.gene_ids, "merge/scaled.tsv");
    til_matrix_clear(&scaled);
    til_estimates_clear(&by_gene);
    til_estimates_clear(&tx);
    til_tx_genes_clear(&genes);
    til_tx2gene_clear(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("merge");
    TCase *tcase = tcase_create("merge");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, layouts_are_told_by_content, 0, sizeof layouts / sizeof *layouts);
    tcase_add_loop_test(tcase, wrong_tables_are_refused, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(tcase, other_headers_are_matrices);
    tcase_add_loop_test(tcase, own_tables_are_kept_as_text, 0, sizeof own / sizeof *own);
    tcase_add_loop_test(tcase, other_tables_are_not_own, 0, sizeof others / sizeof *others);
    tcase_add_loop_test(tcase, wrong_rows_are_refused, 0, sizeof wrong_rows / sizeof *wrong_rows);
    tcase_add_loop_test(tcase, summaries_are_read, 0,
                        sizeof wrong_summaries / sizeof *wrong_summaries);
    tcase_add_test(tcase, genes_are_found_by_name);
    tcase_add_loop_test(tcase, agrees_with_tximport, 0, 3);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
