/* test_count.c -- what counting says and refuses; names of contigs; the strand verdict; mates in
 * any order. The counts themselves are compared with the peers' in tests/count_goldens.sh. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/count.h>

#include "base/strbuf.h"
#include "io/text/gtf.h"
#include "io/reads/bam.h"
#include "io/reads/inflate.h"
#include "support/runner.h"
#include "support/scratch.h"

static til_ctx_t ctx;
static char said[8192];
static til_annot_t annot;
static til_overlap_t *overlaps;
static til_count_options_t options;
static til_count_t count;

static const char genes[] =
    "chr1\ts\texon\t101\t200\t.\t+\t.\tgene_id \"plus\"; transcript_id \"p\";\n"
    "chr1\ts\texon\t301\t400\t.\t+\t.\tgene_id \"plus\"; transcript_id \"p\";\n"
    "chr1\ts\texon\t601\t900\t.\t-\t.\tgene_id \"minus\"; transcript_id \"m\"; gene_biotype "
    "\"rRNA\";\n"
    "chrM\ts\texon\t1\t300\t.\t+\t.\tgene_id \"mito\"; transcript_id \"x\";\n"
    "chrUn_KI270302v1\ts\texon\t1\t300\t.\t+\t.\tgene_id \"patch\"; transcript_id \"y\";\n";

static void keep_log(void *arg, til_log_level_t level, const char *text)
{
    size_t n = strlen(said);
    (void)arg;
    snprintf(said + n, sizeof said - n, "%d %s\n", (int)level, text);
}

static void setup(void)
{
    til_gtf_options_t gtf = TIL_GTF_OPTIONS;
    ctx = (til_ctx_t)TIL_CTX_INIT;
    ctx.log.write = keep_log;
    said[0] = '\0';
    options = (til_count_options_t)TIL_COUNT_DEFAULTS;
    count = (til_count_t){ 0 };
    scratch_open();
    ck_assert_int_eq(til_gtf_read_text(&ctx, "g.gtf", genes, sizeof genes - 1, &gtf, &annot),
                     TIL_OK);
    ck_assert_int_eq(til_overlap_build(&ctx, &annot, TIL_ROWS_GENES, &overlaps), TIL_OK);
}

static void teardown(void)
{
    til_count_clear(&count);
    til_overlap_free(overlaps);
    til_annot_clear(&annot);
    scratch_close();
}

static til_status_t count_text(const char *text, size_t n)
{
    const char *path = scratch_path("in.sam");
    FILE *out = fopen(path, "wb");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(text, 1, n, out), n);
    ck_assert_int_eq(fclose(out), 0);
    til_count_clear(&count);
    return til_count_file(&ctx, &annot, overlaps, &options, path, &count);
}

static void counts(const char *text)
{
    ck_assert_msg(count_text(text, strlen(text)) == TIL_OK, "%s", ctx.message);
    uint64_t n = 0;
    for (int fate = 0; fate < TIL_N_FATES; fate++) n += count.fates[fate];
    ck_assert_uint_eq(n, count.n_pairs + count.n_single);
}

static void refuses(const char *text, const char *message)
{
    ck_assert_int_eq(count_text(text, strlen(text)), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, message) != NULL, "'%s' lacks '%s'", ctx.message, message);
    til_ctx_forgive(&ctx);
}

#define HEAD "@SQ\tSN:chr1\tLN:1000\n@SQ\tSN:chrM\tLN:300\n"
#define REST "\t*\t*\tNH:i:1\n"

START_TEST(contigs_are_found_by_any_of_their_names)
{
    counts(
        "@SQ\tSN:1\tLN:1000\n@SQ\tSN:MT\tLN:300\n@SQ\tSN:KI270302.1\tLN:300\n@SQ\tSN:other\tLN:9\n"
        "a\t0\t1\t101\t60\t10M\t*\t0\t0" REST "b\t0\tMT\t1\t60\t10M\t*\t0\t0" REST
        "c\t0\tKI270302.1\t1\t60\t10M\t*\t0\t0" REST);
    ck_assert_double_eq(til_count_value(&count, 0), 1);
    ck_assert_double_eq(til_count_value(&count, 2), 1);
    ck_assert_double_eq(til_count_value(&count, 3), 1);
    ck_assert_ptr_nonnull(
        strstr(said, "3 contigs named otherwise than in g.gtf matched: 1 is chr1 there"));
}
END_TEST

START_TEST(no_contig_in_common)
{
    const char *from[] = { "NC_1" }, *to[] = { "chr1" };
    const char
        *text = "@SQ\tSN:NC_1\tLN:1000\n@SQ\tSN:NC_2\tLN:9\na\t0\tNC_1\t101\t60\t10M\t*\t0\t0" REST;
    refuses(
        text,
        "no contig in common with g.gtf: the alignments have NC_1, NC_2; the annotation has chr1, "
        "chrM, chrUn_KI270302v1; name the pairs with --aliases");
    options.alias_from = from;
    options.alias_to = to;
    options.n_aliases = 1;
    counts(text);
    ck_assert_double_eq(til_count_value(&count, 0), 1);
}
END_TEST

/* n forward and m reverse reads of one gene. */
static til_strand_verdict_t verdict_of(int n, int m)
{
    static char text[1 << 16];
    size_t at = (size_t)snprintf(text, sizeof text, HEAD);
    for (int i = 0; i < n + m; i++)
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "r%d\t%d\tchr1\t%d\t60\t10M\t*\t0\t0" REST, i, i < n ? 0 : 16,
                               101 + i % 50);
    counts(text);
    ck_assert_uint_eq(count.sense, (uint64_t)n);
    ck_assert_uint_eq(count.antisense, (uint64_t)m);
    return count.verdict;
}

START_TEST(a_cohort_has_one_strand)
{
    static const char *const names[] = { "a", "b", "c" };
    const til_strand_record_t reverse = { .sense = 10, .antisense = 390 },
                              forward = { .sense = 390, .antisense = 10 },
                              few = { .sense = 9, .antisense = 5 },
                              low = { .sense = 120, .antisense = 280 },
                              high = { .sense = 280, .antisense = 120 },
                              declared = { .setting = TIL_STRANDED_FORWARD,
                                           .given = true,
                                           .sense = 390,
                                           .antisense = 10 };
    const struct {
        til_strand_record_t of[3];
        til_stranded_t setting;
        bool refused;
    } cases[] = { { { reverse, few, low }, TIL_STRANDED_REVERSE, false },
                  { { few, forward, forward }, TIL_STRANDED_FORWARD, false },
                  { { reverse, high, few }, 0, true },
                  { { reverse, forward, few }, 0, true },
                  { { reverse, declared, reverse }, TIL_STRANDED_REVERSE, false },
                  { { low, low, few }, TIL_STRANDED_UNSTRANDED, false },
                  { { low, high, few }, TIL_STRANDED_UNSTRANDED, false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        til_stranded_t setting;
        til_status_t status = til_strand_of_cohort(&ctx, cases[i].of, names, 3, &setting);
        ck_assert_int_eq(status, cases[i].refused ? TIL_EINPUT : TIL_OK);
        if (!cases[i].refused) ck_assert_int_eq(setting, cases[i].setting);
        til_ctx_forgive(&ctx);
    }
}
END_TEST

START_TEST(a_strand_is_recorded_as_a_text)
{
    const til_strand_record_t record = { TIL_STRANDED_REVERSE, true, 12, 3045 };
    til_strand_record_t back;
    char text[TIL_STRAND_TEXT];
    til_strand_print(&record, text);
    ck_assert_str_eq(text, "reverse;given;sense=12;antisense=3045");
    ck_assert(til_strand_parse(text, &back));
    ck_assert(back.setting == record.setting && back.given && back.sense == 12 &&
              back.antisense == 3045);
    static const char *const wrong[] = { "", "auto;auto;sense=1;antisense=2",
                                         "reverse;auto;sense=;antisense=2",
                                         "reverse;auto;sense=1;antisense=2 ", "reverse" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert(!til_strand_parse(wrong[i], &back));
}
END_TEST

START_TEST(the_strand_is_judged_by_all_reads)
{
    ck_assert_int_eq(verdict_of(190, 10), TIL_VERDICT_FORWARD);
    ck_assert_int_eq(count.stranded, TIL_STRANDED_FORWARD);
    ck_assert_double_eq(til_count_value(&count, 0), 190);
    ck_assert_int_eq(verdict_of(10, 190), TIL_VERDICT_REVERSE);
    ck_assert_double_eq(til_count_value(&count, 0), 190);
    ck_assert_int_eq(verdict_of(110, 90), TIL_VERDICT_UNSTRANDED);
    ck_assert_double_eq(til_count_value(&count, 0), 200);
    ck_assert_int_eq(verdict_of(58, 142), TIL_VERDICT_UNCLEAR);
    ck_assert_int_eq(count.stranded, TIL_STRANDED_UNSTRANDED);
    ck_assert_int_eq(verdict_of(50, 0), TIL_VERDICT_UNCLEAR); /* too few to say */
}
END_TEST

START_TEST(mates_find_each_other_anywhere)
{
    static const char *const records[] = {
        "a\t99\tchr1\t101\t60\t10M\t=\t301\t210" REST,
        "a\t147\tchr1\t301\t60\t10M\t=\t101\t-210" REST,
        "b\t73\tchr1\t110\t60\t10M\t=\t110\t0" REST,
        "b\t133\tchr1\t110\t0\t*\t=\t110\t0\t*\t*\tNH:i:1\n",
        "c\t99\tchr1\t150\t60\t10M\t=\t320\t180" REST, /* its mate is missing */
        "d\t0\tchr1\t160\t60\t10M\t*\t0\t0" REST
    };
    static const int orders[3][6] = { { 0, 1, 2, 3, 4, 5 },
                                      { 0, 2, 3, 4, 5, 1 },
                                      { 3, 1, 5, 0, 4, 2 } };
    options.stranded = TIL_STRANDED_UNSTRANDED;
    for (int k = 0; k < 3; k++) {
        char text[2048] = HEAD;
        for (int i = 0; i < 6; i++) strcat(text, records[orders[k][i]]);
        counts(text);
        ck_assert_uint_eq(count.n_pairs, 2);
        ck_assert_uint_eq(count.n_single, 2);
        ck_assert_uint_eq(count.n_mateless, 1);
        ck_assert_uint_eq(count.n_unpaired, 1);
        ck_assert_double_eq(til_count_value(&count, 0), 4);
    }
    ck_assert_ptr_nonnull(strstr(said, "1 records promise a mapped mate that is not in the file"));
    ck_assert_ptr_nonnull(strstr(said, "a mixture: 1 single reads beside 3 fragments of pairs"));
}
END_TEST

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> 8 * i);
}

/* One end of a pair on gene `plus`, made long by a tag. Returns its size. */
static size_t put_record(uint8_t *p, int pair, bool second)
{
    enum { NAME = 8, TAG = 400, SIZE = 36 + NAME + 4 + 4 + 4 + TAG };
    memset(p, 'x', SIZE);
    put32(p, SIZE - 4);
    put32(p + 4, 0);
    put32(p + 8, second ? 310 : 110);
    put32(p + 12, NAME | 60u << 8);
    put32(p + 16, 1 | (second ? 147u : 99u) << 16);
    put32(p + 20, 0);
    put32(p + 24, 0);
    put32(p + 28, second ? 110 : 310);
    put32(p + 32, 0);
    snprintf((char *)p + 36, NAME, "r%06d", pair);
    put32(p + 36 + NAME, 10 << 4);
    memcpy(p + 40 + NAME, "NHC\1HIC\1ZZZ", 11);
    p[SIZE - 1] = 0;
    return SIZE;
}

enum { PAIRS = 9000, APART = 50 };

/* A BAM of about 8 MB of records, mates APART records from each other, the blocks cut at the ends of
 * records or anywhere. */
static const char *write_bam(bool whole_records)
{
    enum { BLOCK = 65280, RECORD = 512 };
    static uint8_t bytes[BLOCK + RECORD], packed[TIL_BGZF_MOST];
    const char *path = scratch_path("many.bam");
    FILE *out = fopen(path, "wb");
    til_deflater_t *deflater = til_deflater_new();
    size_t n = 25;

    ck_assert(out != NULL && deflater != NULL);
    memcpy(bytes, "BAM\1\0\0\0\0\1\0\0\0\5\0\0\0chr1\0\xE8\3\0\0", n);
    for (int i = 0; i <= 2 * PAIRS; i++) {
        bool last = i == 2 * PAIRS;
        int group = i / (2 * APART), within = i % (2 * APART);
        size_t size = last ? 0
                           : put_record(bytes + n, group * APART + within % APART, within >= APART);
        if (last || n + size > BLOCK) {
            size_t full = whole_records || last ? n : BLOCK;
            size_t k = til_bgzf_block(deflater, bytes, full, packed);
            ck_assert_uint_eq(fwrite(packed, 1, k, out), k);
            memmove(bytes, bytes + full, n + size - full);
            n -= full;
        }
        n += size;
    }
    size_t k = til_bgzf_block(deflater, bytes, 0, packed);
    ck_assert_uint_eq(fwrite(packed, 1, k, out), k);
    ck_assert_int_eq(fclose(out), 0);
    til_deflater_free(deflater);
    return path;
}

START_TEST(threads_and_ends_of_blocks_change_nothing)
{
    for (int whole = 0; whole < 2; whole++) {
        const char *path = write_bam(whole);
        for (int threads = 1; threads < 5; threads++) {
            ctx.n_threads = threads;
            til_count_clear(&count);
            ck_assert_msg(til_count_file(&ctx, &annot, overlaps, &options, path, &count) == TIL_OK,
                          "%s", ctx.message);
            ck_assert_uint_eq(count.n_records, 2 * PAIRS);
            ck_assert_uint_eq(count.n_pairs, PAIRS);
            ck_assert_uint_eq(count.n_single, 0);
            ck_assert_double_eq(til_count_value(&count, 0), PAIRS);
        }
    }
}
END_TEST

START_TEST(a_secondary_alignment_without_nh_is_one_of_several)
{
    options.stranded = TIL_STRANDED_UNSTRANDED;
    counts(HEAD
           "a\t0\tchr1\t101\t60\t10M\t*\t0\t0\t*\t*\na\t256\tchr1\t301\t0\t10M\t*\t0\t0\t*\t*\n");
    ck_assert_double_eq(til_count_value(&count, 0), 1);
    ck_assert_uint_eq(count.fates[TIL_FATE_MULTI_MAPPING], 1);
}
END_TEST

START_TEST(sound_versions_of_the_cram_reader)
{
    static const char *const dated[] = { "1.16", "1.21", "1.22", "1.22.1", "1.23", "0.9", "1.9.3" };
    static const char *const sound[] = { "1.21.1", "1.22.2", "1.22.3-4-gabc", "1.23.1", "1.24",
                                         "1.100",  "2.0" };
    for (size_t i = 0; i < sizeof dated / sizeof *dated; i++)
        ck_assert_msg(!til_bam_cram_is_sound(dated[i]), "%s", dated[i]);
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        ck_assert_msg(til_bam_cram_is_sound(sound[i]), "%s", sound[i]);
}
END_TEST

START_TEST(impossible_records_are_named)
{
    refuses(HEAD "a\t0\tchr1\t2147483640\t60\t10M\t*\t0\t0" REST,
            "record 1 (read a): it reaches beyond base 2147483647");
    refuses(HEAD "a\t0\tchr7\t1\t60\t10M\t*\t0\t0" REST,
            "in.sam:3: reference 'chr7' is not in the header");
    refuses(HEAD "a\t0\tchr1\t1\t60\t10M\t*\t0\t0\tACGT\t*\n",
            "in.sam:3: the CIGAR of read a takes 10 bases");
    refuses(HEAD "a\t0\tchr1\t1\t60\t10Z\t*\t0\t0" REST,
            "in.sam:3: the CIGAR of read a is malformed");
    refuses(HEAD "a\t0\tchr1\tx\t60\t10M\t*\t0\t0" REST, "in.sam:3: POS 'x' of read a");
    refuses(HEAD "a\t0\tchr1\n", "in.sam:3: 3 fields");
    refuses("", "empty");
    refuses("@r1\nACGT\n+\nIIII\n", "looks like FASTQ");
    refuses("nothing of the kind\n", "neither BAM, SAM nor CRAM");
    counts(HEAD "a\t0\tchr1\t0\t60\t10M\t*\t0\t0" REST);
    ck_assert_uint_eq(count.n_no_position, 1);
    ck_assert_uint_eq(count.fates[TIL_FATE_UNMAPPED], 1);
}
END_TEST

START_TEST(a_read_past_its_contig_is_counted_where_it_lies)
{
    counts(HEAD "a\t0\tchrM\t295\t60\t10M\t*\t0\t0" REST "b\t0\tchrM\t295\t60\t3M2N3M\t*\t0\t0" REST
                "c\t0\tchrM\t280\t60\t10M\t*\t0\t0" REST);
    ck_assert_double_eq(til_count_value(&count, 2), 3);
    ck_assert_uint_eq(count.n_beyond, 2);
    ck_assert_ptr_nonnull(strstr(said, "2 alignments reach beyond the end of their contig"));
}
END_TEST

START_TEST(ends_of_names_do_not_part_mates)
{
    options.stranded = TIL_STRANDED_UNSTRANDED;
    counts(HEAD "a/1\t99\tchr1\t101\t60\t10M\t=\t151\t60" REST
                "b/1\t99\tchr1\t102\t60\t10M\t=\t151\t60" REST
                "a/2\t147\tchr1\t151\t60\t10M\t=\t101\t-60" REST
                "b/2\t147\tchr1\t151\t60\t10M\t=\t102\t-60" REST
                "c/3\t0\tchr1\t151\t60\t10M\t*\t0\t0" REST);
    ck_assert_uint_eq(count.n_pairs, 2);
    ck_assert_uint_eq(count.n_mateless, 0);
    ck_assert_double_eq(til_count_value(&count, 0), 3);
}
END_TEST

START_TEST(more_than_ten_stretches)
{
    /* eleven stretches of which the last alone lies on a gene */
    const char *text = HEAD
        "a\t0\tchr1\t70\t60\t1M1D1M1D1M1D1M1D1M1D1M1D1M1D1M1D1M1D1M15D9M\t*\t0\t0" REST;
    options.stranded = TIL_STRANDED_UNSTRANDED;
    counts(text);
    ck_assert_double_eq(til_count_value(&count, 0), 0);
    ck_assert_ptr_nonnull(strstr(said, "1 alignments have more than 10 stretches"));
    options.max_sections = 0;
    counts(text);
    ck_assert_double_eq(til_count_value(&count, 0), 1);
    ck_assert_uint_eq(count.n_cut, 0);
    options.frac_overlap = 0.4;
    counts(text);
    ck_assert_double_eq(til_count_value(&count, 0), 1);
    options.frac_overlap = 0.5;
    counts(text);
    ck_assert_double_eq(til_count_value(&count, 0), 0);
}
END_TEST

/* Two ends far apart: on chr1 at `at`, and on chrM, where the header says by coordinate. */
static void far_pair(til_strbuf_t *b, const char *name, int end)
{
    if (end == 1) til_strbuf_printf(b, "%s\t65\tchr1\t110\t60\t10M\tchrM\t50\t0" REST, name);
    else til_strbuf_printf(b, "%s\t129\tchrM\t50\t60\t10M\tchr1\t110\t0" REST, name);
}

START_TEST(an_order_that_is_not_kept_is_not_trusted)
{
    static const char *const promises[] = { "SO:coordinate", "SO:queryname",
                                            "SO:unsorted\tGO:query", "SO:unsorted" };
    options.stranded = TIL_STRANDED_UNSTRANDED;
    for (size_t p = 0; p < 4; p++) {
        til_strbuf_t b = { 0 };
        til_strbuf_printf(&b, "@HD\tVN:1.6\t%s\n" HEAD, promises[p]);
        /* the second end comes before the first, whose contig has passed by then */
        for (int i = 0; i < 40; i++) {
            char name[16];
            snprintf(name, sizeof name, "r%d", i);
            far_pair(&b, name, 2);
        }
        til_strbuf_add(&b, "s\t0\tchrM\t1\t60\t10M\t*\t0\t0" REST);
        for (int i = 0; i < 40; i++) {
            char name[16];
            snprintf(name, sizeof name, "r%d", i);
            far_pair(&b, name, 1);
        }
        said[0] = '\0';
        counts(til_strbuf_text(&b));
        ck_assert_uint_eq(count.n_pairs, 40);
        ck_assert_uint_eq(count.fates[TIL_FATE_AMBIGUITY], 40);
        ck_assert_double_eq(til_count_value(&count, 2), 1);
        ck_assert(p == 3 || strstr(said, "not in the order that the header promises") != NULL);
        til_strbuf_clear(&b);
    }
}
END_TEST

START_TEST(names_differ_by_more_than_their_length_and_a_letter)
{
    options.stranded = TIL_STRANDED_UNSTRANDED;
    counts(HEAD "r1220\t99\tchr1\t101\t60\t10M\t=\t151\t60" REST
                "r12220\t147\tchr1\t151\t60\t10M\t=\t101\t-60" REST);
    ck_assert_uint_eq(count.n_pairs, 0);
    ck_assert_uint_eq(count.n_mateless, 2);
}
END_TEST

START_TEST(mates_missing_from_a_file_by_name)
{
    options.stranded = TIL_STRANDED_UNSTRANDED;
    for (int by_name = 0; by_name < 2; by_name++) {
        til_strbuf_t b = { 0 };
        til_strbuf_add(&b, by_name ? "@HD\tVN:1.6\tSO:queryname\n" HEAD : HEAD);
        for (int i = 0; i < 50; i++) {
            til_strbuf_printf(&b, "r%d\t99\tchr1\t101\t60\t10M\t=\t151\t60" REST, i);
            if (i % 5 == 0) /* an alignment more, between the ends of the first */
                til_strbuf_printf(&b, "r%d\t355\tchrM\t1\t60\t10M\t=\t30\t60" REST, i);
            if (i % 2 == 0)
                til_strbuf_printf(&b, "r%d\t147\tchr1\t151\t60\t10M\t=\t101\t-60" REST, i);
        }
        said[0] = '\0';
        counts(til_strbuf_text(&b));
        ck_assert_uint_eq(count.n_pairs, 25);
        ck_assert_uint_eq(count.n_mateless, 35);
        ck_assert_uint_eq(count.n_mateless_secondary, 10);
        ck_assert_double_eq(til_count_value(&count, 0), 50);
        ck_assert_ptr_null(strstr(said, "promises"));
        til_strbuf_clear(&b);
    }
}
END_TEST

START_TEST(quality_of_the_same_pass)
{
    options.with_quality = true;
    counts(HEAD "a\t99\tchr1\t101\t60\t20M\t=\t151\t70" REST
                "a\t147\tchr1\t151\t60\t20M\t=\t101\t-70" REST
                "b\t99\tchr1\t181\t60\t20M100N10M\t=\t311\t150" REST
                "b\t147\tchr1\t311\t60\t20M\t=\t181\t-150" REST
                "c\t0\tchr1\t230\t60\t20M\t*\t0\t0" REST "d\t0\tchr1\t950\t60\t20M\t*\t0\t0" REST
                "e\t16\tchr1\t700\t60\t20M\t*\t0\t0" REST "f\t16\tchr1\t700\t60\t20M\t*\t0\t0" REST
                "g\t0\tchrM\t5\t60\t20M\t*\t0\t0" REST);
    ck_assert_uint_eq(count.quality.mapped, 7);
    ck_assert_uint_eq(count.quality.exonic, 5);
    ck_assert_uint_eq(count.quality.intronic, 1);
    ck_assert_uint_eq(count.quality.intergenic, 1);
    ck_assert_uint_eq(count.quality.ribosomal, 2);
    ck_assert_uint_eq(count.quality.mitochondrial, 1);
    ck_assert_uint_eq(count.quality.insert[70], 1); /* gap of 30 on one exon        */
    ck_assert_uint_eq(count.quality.insert[50], 1); /* 20 + 10 before, 20 after     */
    ck_assert_uint_eq(count.quality.places, 5);
    ck_assert_uint_eq(count.quality.same_start, 1); /* e and f                      */
    ck_assert_uint_eq(count.quality.genes_at[TIL_SATURATION_POINTS - 1], 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("count");
    TCase *tcase = tcase_create("one file");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, contigs_are_found_by_any_of_their_names);
    tcase_add_test(tcase, no_contig_in_common);
    tcase_add_test(tcase, a_cohort_has_one_strand);
    tcase_add_test(tcase, a_strand_is_recorded_as_a_text);
    tcase_add_test(tcase, the_strand_is_judged_by_all_reads);
    tcase_add_test(tcase, mates_find_each_other_anywhere);
    tcase_add_test(tcase, threads_and_ends_of_blocks_change_nothing);
    tcase_add_test(tcase, a_secondary_alignment_without_nh_is_one_of_several);
    tcase_add_test(tcase, sound_versions_of_the_cram_reader);
    tcase_add_test(tcase, impossible_records_are_named);
    tcase_add_test(tcase, a_read_past_its_contig_is_counted_where_it_lies);
    tcase_add_test(tcase, ends_of_names_do_not_part_mates);
    tcase_add_test(tcase, more_than_ten_stretches);
    tcase_add_test(tcase, an_order_that_is_not_kept_is_not_trusted);
    tcase_add_test(tcase, names_differ_by_more_than_their_length_and_a_letter);
    tcase_add_test(tcase, mates_missing_from_a_file_by_name);
    tcase_add_test(tcase, quality_of_the_same_pass);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
