/* test_gtf.c -- annotation dialects, what is refused and where, gene lengths and order. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "io/text/gtf.h"
#include "support/runner.h"

static til_ctx_t ctx;
static char said[4096];
static til_annot_t annot;

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
    annot = (til_annot_t){ 0 };
}

static void teardown(void) { til_annot_clear(&annot); }

static til_status_t read_as(const char *text, const char *feature, const char *attribute)
{
    til_gtf_options_t options = { .feature = feature, .attribute = attribute };
    return til_gtf_read_text(&ctx, "a.gtf", text, strlen(text), &options, &annot);
}

static void reads(const char *text)
{
    ck_assert_msg(read_as(text, "exon", "gene_id") == TIL_OK, "%s", ctx.message);
}

static void refuses(const char *text, const char *message)
{
    ck_assert_int_eq(read_as(text, "exon", "gene_id"), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, message) != NULL, "'%s' lacks '%s'", ctx.message, message);
    ck_assert_ptr_null(annot.arena);
    til_ctx_forgive(&ctx);
}

START_TEST(ensembl_gtf)
{
    reads("#!genome-build X\n"
          "1\te\tgene\t11\t90\t.\t-\t.\tgene_id \"G1\"; gene_name \"ABC\"; gene_biotype \"rRNA\";\n"
          "1\te\ttranscript\t11\t90\t.\t-\t.\tgene_id \"G1\"; transcript_id \"T1\";\n"
          "1\te\texon\t11\t20\t.\t-\t.\tgene_id \"G1\"; gene_version \"3\"; transcript_id \"T1\";\n"
          "1\te\tCDS\t11\t20\t.\t-\t0\tgene_id \"G1\";\n"
          "1\te\texon\t15\t90\t.\t-\t.\tgene_id \"G1\"; transcript_id \"T2\";\r\n"
          "MT\te\texon\t1\t5\t.\t.\t.\tgene_id \"G2\"; gene_name \"semi;colon\"; tag \"a\"; tag "
          "\"b\"");
    ck_assert_uint_eq(annot.n_genes, 2);
    ck_assert_uint_eq(annot.n_exons, 3);
    ck_assert_uint_eq(annot.n_transcripts, 2);
    ck_assert_str_eq(annot.gene_ids[0], "G1");
    ck_assert_str_eq(annot.gene_names[0], "ABC");
    ck_assert_str_eq(annot.gene_types[0], "rRNA");
    ck_assert_str_eq(annot.gene_names[1], "semi;colon");
    ck_assert_ptr_null(annot.gene_types[1]);
    ck_assert_uint_eq(annot.exons[0].start, 10);
    ck_assert_uint_eq(annot.exons[0].end, 20);
    ck_assert_uint_eq(annot.exons[0].strand, TIL_STRAND_MINUS);
    ck_assert_uint_eq(annot.exons[2].strand, TIL_STRAND_NONE);
    ck_assert_uint_eq(annot.exons[2].transcript, TIL_NO_TRANSCRIPT);
    ck_assert_str_eq(annot.contigs[annot.exons[2].contig], "MT");
    uint64_t lengths[2];
    til_annot_gene_lengths(&annot, lengths);
    ck_assert_uint_eq(lengths[0], 80);
    ck_assert_uint_eq(lengths[1], 5);
}
END_TEST

START_TEST(gencode_refseq_and_stringtie_names)
{
    reads("c\tx\texon\t1\t9\t.\t+\t.\tgene_id \"G1\"; transcript_id \"T1\"; gene_type \"lncRNA\"; "
          "gene_name \"N1\";\n"
          "c\tx\texon\t1\t9\t.\t+\t.\tgene_id \"LOC1\"; transcript_id \"NM_1\"; gene \"LOC1\";\n"
          "c\tx\texon\t1\t9\t1000\t+\t.\tgene_id \"MSTRG.1\"; transcript_id \"MSTRG.1.1\"; "
          "ref_gene_name \"R1\";\n"
          "c\tx\texon\t1\t9\t.\t+\t.\tgene_id bare; transcript_id t.bare\n");
    ck_assert_str_eq(annot.gene_types[0], "lncRNA");
    ck_assert_str_eq(annot.gene_names[1], "LOC1");
    ck_assert_str_eq(annot.gene_names[2], "R1");
    ck_assert_str_eq(annot.gene_ids[3], "bare");
    ck_assert_str_eq(annot.transcript_ids[3], "t.bare");
}
END_TEST

START_TEST(gff3_genes_by_parents)
{
    reads("##gff-version 3\n"
          "1\te\tgene\t1\t90\t.\t+\t.\tID=gene:G1;Name=ABC;biotype=protein_coding;gene_id=G1\n"
          "1\te\tmRNA\t1\t90\t.\t+\t.\tID=transcript:T1;Parent=gene:G1\n"
          "1\te\texon\t1\t10\t.\t+\t.\tParent=transcript:T1,transcript:T2;Name=e1\n"
          "1\te\texon\t21\t90\t.\t+\t.\tParent=transcript:T2\n"
          "1\te\tmRNA\t1\t90\t.\t+\t.\tID=transcript:T2;Parent=gene:G1\n"
          "1\tr\tgene\t1\t90\t.\t+\t.\tID=gene-XYZ;gene=XYZ;gene_biotype=rRNA\n"
          "1\tr\trRNA\t1\t90\t.\t+\t.\tID=rna-NR_1;Parent=gene-XYZ\n"
          "1\tr\texon\t1\t90\t.\t+\t.\tID=exon-NR_1-1;Parent=rna-NR_1;gene=XYZ\n"
          "##FASTA\n>1\nACGT\n");
    ck_assert_uint_eq(annot.n_genes, 2);
    ck_assert_str_eq(annot.gene_ids[0], "G1");
    ck_assert_str_eq(annot.gene_names[0], "ABC");
    ck_assert_str_eq(annot.gene_types[0], "protein_coding");
    ck_assert_str_eq(annot.gene_ids[1], "XYZ");
    ck_assert_str_eq(annot.gene_types[1], "rRNA");
    ck_assert_uint_eq(annot.n_exons, 4);
    ck_assert_uint_eq(annot.n_transcripts, 3);
    ck_assert_str_eq(annot.transcript_ids[annot.exons[0].transcript], "T1");
    ck_assert_str_eq(annot.transcript_ids[annot.exons[1].transcript], "T2");
    ck_assert_str_eq(annot.transcript_ids[2], "NR_1");
}
END_TEST

START_TEST(other_features_and_attributes)
{
    const char *text = "c\tx\tgene\t1\t99\t.\t+\t.\tgene_id \"G1\"; locus \"L1\";\n"
                       "c\tx\tgene\t201\t299\t.\t-\t.\tgene_id \"G2\"; locus \"L1\";\n";
    ck_assert_int_eq(read_as(text, "gene", "locus"), TIL_OK);
    ck_assert_uint_eq(annot.n_genes, 1);
    ck_assert_str_eq(annot.gene_ids[0], "L1");
    ck_assert_ptr_nonnull(strstr(said, "a.gtf: 1 gene has features on several contigs or strands"));
}
END_TEST

START_TEST(saf_with_and_without_a_header)
{
    const char *rows = "G1\tc\t11\t20\t+\nG2\td\t1\t5\t.\textra\n\nG1\tc\t31\t40\t+";
    char text[256];
    snprintf(text, sizeof text,
             "# kept by hand\ngeneID\tChr\tSTART\tEnd\tStrand\r\n%s\n"
             "GeneID\tChr\tStart\tEnd\tStrand\nG3\tc\t7\t7\t-\n",
             rows);
    const char *texts[] = { rows, text };
    for (size_t k = 0; k < 2; k++) {
        /* there is nothing that a feature or an attribute could name */
        ck_assert_int_eq(read_as(texts[k], k == 0 ? "exon" : "peak", "locus"), TIL_OK);
        ck_assert_uint_eq(annot.n_genes, 2 + k);
        ck_assert_uint_eq(annot.n_exons, 3 + k);
        ck_assert_uint_eq(annot.n_transcripts, 0);
        ck_assert_str_eq(annot.gene_ids[1], "G2");
        ck_assert_ptr_null(annot.gene_names[0]);
        ck_assert_uint_eq(annot.exons[0].start, 10);
        ck_assert_uint_eq(annot.exons[0].end, 20);
        ck_assert_uint_eq(annot.exons[0].strand, TIL_STRAND_PLUS);
        ck_assert_uint_eq(annot.exons[1].strand, TIL_STRAND_NONE);
        ck_assert_uint_eq(annot.exons[2].gene, 0);
        ck_assert_uint_eq(annot.exons[2].transcript, TIL_NO_TRANSCRIPT);
        ck_assert_str_eq(annot.contigs[annot.exons[1].contig], "d");
        til_annot_clear(&annot);
    }
}
END_TEST

START_TEST(what_is_wrong_with_a_saf_is_named_by_line)
{
    refuses("GeneID\tChr\tStart\tEnd\tStrand\na\tc\t1\t9\n",
            "a.gtf:2: 4 columns: a SAF line has 5");
    refuses("a\tc\t9\t1\t+\n", "a.gtf:1: start 9 is beyond end 1");
    refuses("a\tc\t1\t9\t+\na\tc\t0\t9\t+\n", "a.gtf:2: column 3: the start");
    refuses("a\tc\t1\t9\t+\na\tc\t1\t9x\t+\n", "a.gtf:2: column 4: the end");
    refuses("a\tc\t1\t9\t+\na\tc\t1\t9\tplus\n", "a.gtf:2: column 5: the strand");
    refuses("a\tc\t1\t9\t+\n\tc\t1\t9\t+\n", "a.gtf:2: column 1: no gene");
    refuses("GeneID\tChr\tStart\tEnd\tStrand\n", "no features");
}
END_TEST

START_TEST(what_is_wrong_is_named_by_line)
{
    refuses("c\tx\texon\t1\t9\t.\t+\t.\tgene_id \"a\";\nc\tx\texon\t1\t9\t.\t+\t.\ttranscript_id "
            "\"t\";\n",
            "a.gtf:2: no gene_id");
    refuses("c\tx\texon\t9\t1\t.\t+\t.\tgene_id \"a\";\n", "a.gtf:1: start 9 is beyond end 1");
    refuses("\n#\nc\tx\texon\t1x\t9\t.\t+\t.\tgene_id \"a\";\n", "a.gtf:3: column 4");
    refuses("c\tx\texon\t1\t9\t.\t*\t.\tgene_id \"a\";\n", "a.gtf:1: column 7");
    refuses("c\tx\texon\t1\t9\t.\t+\tgene_id \"a\";\n", "a.gtf:1: 8 columns");
    refuses("c x exon\n", "a.gtf:1: fewer than 4 columns");
    refuses("c\tx\tCDS\t1\t9\t.\t+\t.\tgene_id \"a\";\n", "there is CDS; see --feature");
    refuses("# nothing\n", "no features");
    refuses("", "no features");
}
END_TEST

/* What a line shares with the one before is not taken apart again. */
START_TEST(lines_that_begin_alike)
{
    static const char *const lines[][2] = {
        { "c\tx\texon\t1\t9\t.\t+\t.\tgene_id \"a\"; transcript_id \"t1\"; n 1;\n", "t1" },
        { "c\tx\texon\t11\t19\t.\t+\t.\tgene_id \"a\"; transcript_id \"t1\"; n 2;\n", "t1" },
        { "c\tx\texon\t11\t19\t.\t+\t.\tgene_id \"a\"; transcript_id \"t10\";\n", "t10" },
        { "cc\tx\texon\t1\t9\t.\t+\t.\tgene_id \"a\"; transcript_id \"t10\";\n", "t10" },
        { "c\tx\texon\t1\t9\t.\t+\t.\tgene_id a; transcript_id u\n", "u" },
        { "c\tx\texon\t1\t9\t.\t+\t.\tgene_id a; transcript_id u1\n", "u1" },
        { "c\tx\texon\t1\t9\t.\t+\t.\tgene_id \"a\"; transcript_id \"v\n", "v" },
        { "c\tx\texon\t1\t9\t.\t+\t.\tgene_id \"a\"; transcript_id \"v1\"\n", "v1" },
    };
    enum { N = sizeof lines / sizeof *lines };
    char text[2048] = "";
    for (int i = 0; i < N; i++) strcat(text, lines[i][0]);
    reads(text);
    ck_assert_uint_eq(annot.n_exons, N);
    ck_assert_uint_eq(annot.n_genes, 1);
    for (int i = 0; i < N; i++)
        ck_assert_str_eq(annot.transcript_ids[annot.exons[i].transcript], lines[i][1]);
    ck_assert_str_eq(annot.contigs[annot.exons[3].contig], "cc");
    ck_assert_str_eq(annot.contigs[annot.exons[4].contig], "c");
}
END_TEST

/* Transcripts downwards, upwards and of equal starts: equal places keep the order of the file. */
START_TEST(order_of_many)
{
    static const int starts[] = { 90, 70, 50, 10, 30, 60, 90, 95, 60, 50, 10, 10, 5 };
    enum { N = sizeof starts / sizeof *starts };
    char text[2048];
    size_t n = 0;
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "c\tx\texon\t%d\t%d\t.\t+\t.\t"
                              "gene_id \"a\";\n",
                              starts[i], starts[i] + 1);
    reads(text);
    for (int i = 1; i < N; i++) {
        uint32_t a = annot.order[i - 1], b = annot.order[i];
        ck_assert(starts[a] < starts[b] || (starts[a] == starts[b] && a < b));
    }
}
END_TEST

START_TEST(order_is_by_gene_then_place)
{
    reads("c\tx\texon\t50\t60\t.\t+\t.\tgene_id \"a\";\n"
          "d\tx\texon\t10\t20\t.\t+\t.\tgene_id \"b\";\n"
          "c\tx\texon\t10\t20\t.\t+\t.\tgene_id \"a\";\n"
          "c\tx\texon\t30\t40\t.\t+\t.\tgene_id \"b\";\n");
    uint32_t want[4] = { 2, 0, 3, 1 };
    ck_assert_mem_eq(annot.order, want, sizeof want);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gtf");
    TCase *tcase = tcase_create("dialects");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, ensembl_gtf);
    tcase_add_test(tcase, gencode_refseq_and_stringtie_names);
    tcase_add_test(tcase, gff3_genes_by_parents);
    tcase_add_test(tcase, other_features_and_attributes);
    tcase_add_test(tcase, saf_with_and_without_a_header);
    tcase_add_test(tcase, what_is_wrong_with_a_saf_is_named_by_line);
    tcase_add_test(tcase, what_is_wrong_is_named_by_line);
    tcase_add_test(tcase, order_is_by_gene_then_place);
    tcase_add_test(tcase, lines_that_begin_alike);
    tcase_add_test(tcase, order_of_many);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
