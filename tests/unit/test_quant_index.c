/* test_quant_index.c -- every k-mer is found where it lies; the file is sound or refused. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/quant.h>

#include "base/outfile.h"
#include "quant/index.h"
#include "quant/seed.h"
#include "support/runner.h"
#include "support/transcriptome.h"

static til_ctx_t ctx;
static transcriptome_t tx;
static til_index_t *built;

static til_index_t *build(const char *fasta, unsigned k, unsigned window, til_index_stats_t *stats)
{
    til_index_build_t how = { .k = k, .window = window, .transcripts = fasta };
    til_index_t *index;
    til_status_t status = til_index_build(&ctx, &how, &index, stats);
    ck_assert_msg(status == TIL_OK, "%s", ctx.message);
    return index;
}

static void setup(void)
{
    til_index_stats_t stats;

    ctx = (til_ctx_t)TIL_CTX_INIT;
    scratch_open();
    transcriptome_make(&tx, 7);
    built = build(transcriptome_fasta(&tx, "tx.fa"), 31, 4, &stats);
}

static void teardown(void)
{
    til_index_free(built);
    transcriptome_clear(&tx);
    scratch_close();
}

static const char *write_index(const til_index_t *index, const char *name)
{
    const char *path = scratch_path(name);
    til_outset_t *set = til_outset_new();
    til_out_t *out;

    ck_assert_int_eq(til_out_open(&ctx, set, path, &out), TIL_OK);
    ck_assert_int_eq(til_index_write(&ctx, index, out), TIL_OK);
    ck_assert_int_eq(til_out_close(&ctx, out), TIL_OK);
    ck_assert_int_eq(til_outset_commit(&ctx, set), TIL_OK);
    til_outset_free(set);
    return path;
}

/* The places of a read's first seed include (target, at, strand). */
static bool seed_leads_to(const til_index_t *index, const char *bases, int n, uint32_t target,
                          int at, int reverse)
{
    uint64_t memory[200];
    til_mate_t mate = { 0 };

    ck_assert_uint_le(til_read_words((size_t)n), sizeof memory / sizeof *memory);
    til_read_pack(bases, (size_t)n, memory, &mate.read);
    if (!til_seed_first(index, &mate) || !til_seed_probe(index, &mate) ||
        !til_seed_verify(index, &mate))
        return false;
    til_seed_places(index, &mate);
    for (uint32_t i = 0; i < mate.n_places; i++) {
        int got_at, got_reverse;
        const til_place_t *place = &index->places[mate.first_place + i];
        til_seed_place(index, &mate, place, &got_at, &got_reverse);
        if (place->target == target && got_at == at && got_reverse == reverse) return true;
    }
    return false;
}

START_TEST(every_stretch_of_a_transcript_is_found)
{
    char turned[64];
    int n = 31 + 4 - 1;

    for (uint32_t t = 0; t < TX_N; t++)
        for (int at = 0; at + n <= tx.length[t]; at += 3) {
            const char *bases = tx.sequence[t] + at;
            for (int i = 0; i < n; i++) turned[i] = complement(bases[n - 1 - i]);
            ck_assert_msg(seed_leads_to(built, bases, n, t, at, 0), "t%u at %d", t, at);
            ck_assert_msg(seed_leads_to(built, turned, n, t, at, 1), "t%u at %d reversed", t, at);
        }
}
END_TEST

START_TEST(repeats_and_hairpins_are_found)
{
    til_index_stats_t stats;
    char text[4096] = ">a\n", *at = text + 3;
    til_rng_t rng = til_rng_stream(3, 0, 0, 0);
    char unit[120];

    for (int i = 0; i < 100; i++) unit[i] = "ACGT"[til_rng_below(&rng, 4)];
    for (int copy = 0; copy < 3; copy++, at += 100) memcpy(at, unit, 100); /* tandem */
    for (int i = 0; i < 100; i++) *at++ = complement(unit[99 - i]);        /* hairpin */
    for (int i = 0; i < 60; i++) *at++ = 'A';                              /* tail    */
    strcpy(at, "\n>b\n");
    at += 4;
    memcpy(at, unit + 20, 70);
    strcpy(at + 70, "\n");
    til_index_t *index = build(scratch_text("r.fa", text), 31, 4, &stats);
    ck_assert_uint_eq(stats.n_poly_a, 1);
    for (int i = 0; i + 34 <= 400; i++)
        ck_assert_msg(seed_leads_to(index, text + 3 + i, 34, 0, i, 0), "at %d", i);
    for (int i = 20; i + 34 <= 90; i++)
        ck_assert_msg(seed_leads_to(index, unit + i, 34, 1, i - 20, 0), "b at %d", i);
    char run[34];
    memset(run, 'A', sizeof run);
    ck_assert(!seed_leads_to(index, run, 34, 0, 400, 0));
    til_index_free(index);
}
END_TEST

START_TEST(file_gives_the_index_back)
{
    til_index_t *index;
    const char *path;

    ck_assert_int_eq(til_index_set_genes_from_headers(&ctx, built), TIL_OK);
    path = write_index(built, "x.idx");
    ck_assert_msg(til_index_open(&ctx, path, &index) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(til_index_n_transcripts(index), TX_N);
    ck_assert_uint_eq(til_index_n_genes(index), TX_GENES);
    for (uint32_t t = 0; t < TX_N; t++) {
        char name[16];
        snprintf(name, sizeof name, "t%u", t);
        ck_assert_str_eq(til_index_name(index, t), name);
        ck_assert_int_eq((int)til_index_length(index, t), tx.length[t]);
        snprintf(name, sizeof name, "g%u", t / TX_PER_GENE);
        ck_assert_str_eq(til_index_gene_id(index, til_index_gene_of(index, t)), name);
    }
    ck_assert(seed_leads_to(index, tx.sequence[5] + 100, 40, 5, 100, 0));
    til_index_free(index);
}
END_TEST

/* One flipped bit anywhere, or an early end: refused, never a crash. */
START_TEST(a_damaged_file_is_refused)
{
    const char *path = write_index(built, "x.idx");
    FILE *f = fopen(path, "rb");
    static unsigned char bytes[1 << 22];
    size_t n = fread(bytes, 1, sizeof bytes, f);
    til_index_t *index;

    fclose(f);
    ck_assert_uint_lt(n, sizeof bytes);
    for (size_t i = 0; i < n; i += i < 600 ? 1 : 997) {
        /* Padding is not covered by any checksum; a flip there changes nothing. */
        bytes[i] ^= (unsigned char)(1u << i % 8);
        til_status_t status = til_index_open(&ctx, scratch_write("bad.idx", bytes, n), &index);
        if (status == TIL_OK) {
            ck_assert(seed_leads_to(index, tx.sequence[5] + 100, 40, 5, 100, 0));
            til_index_free(index);
        } else {
            ck_assert_int_eq(status, TIL_EINPUT);
        }
        til_ctx_forgive(&ctx);
        bytes[i] ^= (unsigned char)(1u << i % 8);
    }
    for (size_t cut = 1; cut < n; cut = cut * 2 + 7) {
        ck_assert_int_eq(til_index_open(&ctx, scratch_write("bad.idx", bytes, n - cut), &index),
                         TIL_EINPUT);
        til_ctx_forgive(&ctx);
    }
}
END_TEST

START_TEST(another_version_is_named)
{
    const char *path = write_index(built, "x.idx");
    FILE *f = fopen(path, "r+b");
    til_index_t *index;

    fseek(f, 8, SEEK_SET);
    fputc(77, f);
    fclose(f);
    ck_assert_int_eq(til_index_open(&ctx, path, &index), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, "version 77") && strstr(ctx.message, "reads version 2"), "%s",
                  ctx.message);
    til_ctx_forgive(&ctx);
    ck_assert_int_eq(til_index_open(&ctx, scratch_text("no.idx", "not an index at all"), &index),
                     TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "not a tilseq index"));
}
END_TEST

START_TEST(odd_records_are_counted)
{
    til_index_stats_t stats;
    til_index_build_t how = { .k = 31 };
    til_index_t *index = build(
        scratch_text("o.fa",
                     ">a\nACGTTGCATTGCAGGCTATTTGCCATCGGAACTTAGGCATC\n"
                     ">b|g1|x\nacgttgcattgcaggctatttgccatcggaacttaggcatc\n"
                     ">c\nACGT\n>d\nACGTTGCATTGCNNNCTATTTGCCATCGGAACTTAGGCATC\n>c again\nACGT\n"),
        31, 0, &stats);

    ck_assert_uint_eq(til_index_n_transcripts(index), 4);
    ck_assert_str_eq(til_index_name(index, 1), "b");
    ck_assert_uint_eq(stats.n_same_sequence, 2);
    ck_assert_uint_eq(stats.n_short, 1);
    ck_assert_uint_eq(stats.n_not_acgt, 3);
    ck_assert_uint_eq(stats.n_dropped_twins, 1);
    til_index_free(index);
    how.transcripts = scratch_text("t.fa", ">a\nACGT\n>a\nACGA\n");
    ck_assert_int_eq(til_index_build(&ctx, &how, &index, &stats), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, "t.fa:3: transcript 'a' stands at line 1 too") != NULL, "%s",
                  ctx.message);
    til_ctx_forgive(&ctx);
    how.k = 30;
    ck_assert_int_eq(til_index_build(&ctx, &how, &index, &stats), TIL_EUSAGE);
}
END_TEST

/* SHA-256 of "ACGTNNACGT...TCA" and of "ab", by sha256sum: what salmon 1.10.1 writes too. */
START_TEST(digests_are_of_all_letters_and_names)
{
    til_index_stats_t stats;
    til_index_t *index = build(
        scratch_text("h.fa", ">a one\nACGTNNACGTACGTACGTACGTACGTacgt\nacgtacgtacg\n>b\nggttttca\n"),
        31, 0, &stats);

    ck_assert_str_eq(til_index_sequence_digest(index),
                     "aa108f1845776ed437dc7ba4520940b32a00465e4d1a0633f5b2ab50f0396041");
    ck_assert_str_eq(til_index_name_digest(index),
                     "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603");
    til_index_free(index);
}
END_TEST

/* A decoy twenty times as long as the transcripts adds no k-mer to the table and only those of its
 * unitigs that hold one; the window stays. */
START_TEST(decoys_do_not_thin_the_table)
{
    til_index_build_t how = { .k = 31, .transcripts = scratch_path("tx.fa") };
    til_index_stats_t alone, with;
    til_rng_t rng = til_rng_stream(5, 0, 0, 0);
    til_strbuf_t text = { 0 };
    til_index_t *index;

    ck_assert_int_eq(til_index_build(&ctx, &how, &index, &alone), TIL_OK);
    til_index_free(index);
    til_strbuf_printf(&text, ">chr\n%s", tx.sequence[3]); /* one transcript, then what is foreign */
    for (int i = 0; i < 1000000; i++) til_strbuf_add_char(&text, "ACGT"[til_rng_below(&rng, 4)]);
    til_strbuf_add(&text, "\n");
    how.decoys = scratch_text("d.fa", text.text);
    ck_assert_int_eq(til_index_build(&ctx, &how, &index, &with), TIL_OK);
    ck_assert_uint_eq(with.n_sampled, alone.n_sampled);
    ck_assert_uint_eq(with.window, alone.window);
    ck_assert_uint_le(with.n_places, alone.n_places + 20);
    ck_assert(seed_leads_to(index, tx.sequence[3] + 100, 40, TX_N, 100, 0));
    til_index_free(index);
    til_strbuf_clear(&text);
}
END_TEST

/* One record whose header names no gene leaves the others theirs. */
START_TEST(headers_without_a_gene_cost_only_their_own)
{
    til_index_stats_t stats;
    til_index_t *index = build(
        scratch_text("g.fa", ">E1|G1|-|-|n|SYM|40|\nACGTTGCATTGCAGGCTATTTGCCATCGGAACTTAGGCATC\n"
                             ">ERCC1\nTTGACCAGATTACAGGATCCATTGACCAGTACGGATA\n"
                             ">E2|G1|-|-|n|SYM|40|\nGGGTTGCATTGCAGGCTATTTGCCATCGGAACTTAGGCAAA\n"),
        31, 0, &stats);

    ck_assert_int_eq(til_index_set_genes_from_headers(&ctx, index), TIL_OK);
    ck_assert_uint_eq(til_index_n_genes(index), 2);
    ck_assert_str_eq(til_index_gene_id(index, til_index_gene_of(index, 0)), "G1");
    ck_assert_str_eq(til_index_gene_symbol(index, til_index_gene_of(index, 2)), "SYM");
    ck_assert_str_eq(til_index_gene_id(index, til_index_gene_of(index, 1)), "ERCC1");
    til_index_free(index);
}
END_TEST

START_TEST(versions_of_names_are_bridged)
{
    til_index_stats_t stats;
    til_index_t *index = build(scratch_text("v.fa",
                                            ">E1.2\nACGTTGCATTGCAGGCTATTTGCCATCGGAACTTAGGCATC\n>E2."
                                            "1\nTTGACCAGATTACAGGATCCATTGACCAGT\n"),
                               31, 0, &stats);
    char *tx1[] = { "E1.7", "E2" }, *genes[] = { "G1", "G2" };
    til_tx2gene_t view = { .origin = "table", .n = 2, .transcripts = tx1, .genes = genes };

    ck_assert_msg(til_index_set_genes(&ctx, index, &view, false) == TIL_OK, "%s", ctx.message);
    ck_assert_str_eq(til_index_gene_id(index, til_index_gene_of(index, 1)), "G2");
    view.n = 1;
    ck_assert_int_eq(til_index_set_genes(&ctx, index, &view, false), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, "E2.1") && strstr(ctx.message, "E1.7"), "%s", ctx.message);
    til_index_free(index);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quant_index");
    TCase *tcase = tcase_create("index");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_stretch_of_a_transcript_is_found);
    tcase_add_test(tcase, repeats_and_hairpins_are_found);
    tcase_add_test(tcase, file_gives_the_index_back);
    tcase_add_test(tcase, a_damaged_file_is_refused);
    tcase_add_test(tcase, another_version_is_named);
    tcase_add_test(tcase, odd_records_are_counted);
    tcase_add_test(tcase, digests_are_of_all_letters_and_names);
    tcase_add_test(tcase, decoys_do_not_thin_the_table);
    tcase_add_test(tcase, headers_without_a_gene_cost_only_their_own);
    tcase_add_test(tcase, versions_of_names_are_bridged);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
