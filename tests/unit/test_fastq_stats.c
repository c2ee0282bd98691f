/* test_fastq_stats.c -- statistics of reads against a plain count of the same reads, and that they
 * are the same however the reads are spread over accumulators. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/qc.h>

#include "io/reads/fastq.h"
#include "qc/sequences.h"
#include "support/runner.h"

enum { LENGTH = 80, N_READS = 150000 };

static til_ctx_t ctx;

static void setup(void) { ctx = (til_ctx_t)TIL_CTX_INIT; }

/* A batch over texts that the test owns. */
static til_fastq_batch_t batch_of(til_fastq_read_t *reads, size_t n, uint64_t first)
{
    return (til_fastq_batch_t){ .n = n, .reads = { reads, NULL }, .first = first };
}

static til_fastq_read_t read_of(const char *name, const char *bases, const char *quality)
{
    return (til_fastq_read_t){ name, bases, quality, (uint32_t)strlen(name),
                               (uint32_t)strlen(bases) };
}

static til_reads_summary_t summary_of(til_fastq_read_t *reads, size_t n)
{
    til_reads_stats_t *stats;
    til_reads_summary_t summary;
    til_fastq_batch_t batch = batch_of(reads, n, 1);

    ck_assert_int_eq(til_reads_stats_new(&ctx, 1, &stats), TIL_OK);
    ck_assert_int_eq(til_reads_stats_add(&ctx, stats, &batch, 0), TIL_OK);
    ck_assert_int_eq(til_reads_stats_summary(&ctx, stats, &summary), TIL_OK);
    til_reads_stats_free(stats);
    return summary;
}

START_TEST(few_reads_by_hand)
{
    til_fastq_read_t reads[] = { read_of("a", "ACGTN", "IIII#"), read_of("b", "acg", "5+!"),
                                 read_of("c", "", "") };
    til_reads_summary_t s = summary_of(reads, 3);

    ck_assert_uint_eq(s.n_reads, 3);
    ck_assert_uint_eq(s.n_bases, 8);
    ck_assert_uint_eq(s.n_empty, 1);
    ck_assert_uint_eq(s.shortest, 0);
    ck_assert_uint_eq(s.longest, 5);
    ck_assert_int_eq(s.offset, 33);
    ck_assert_double_eq_tol(s.mean_quality, (4 * 40 + 2 + 20 + 10 + 0) / 8.0, 1e-12);
    ck_assert_double_eq_tol(s.share_q20, 5 / 8.0, 1e-12);
    ck_assert_double_eq_tol(s.share_q30, 4 / 8.0, 1e-12);
    ck_assert_double_eq_tol(s.share_n, 1 / 8.0, 1e-12);
    ck_assert_double_eq_tol(s.share_gc, 4 / 7.0, 1e-12);
    ck_assert_uint_eq(s.n_cycles, 5);
    ck_assert_double_eq_tol(s.cycles[0].mean, 30, 1e-12);
    ck_assert_double_eq(s.cycles[0].base[0], 1);
    ck_assert_double_eq(s.cycles[4].base[4], 1);
    ck_assert_uint_eq(s.gc[50], 1);
    ck_assert_uint_eq(s.gc[67], 1);
    ck_assert_uint_eq(s.lengths[0] + s.lengths[3] + s.lengths[5], 3);
    ck_assert_double_eq(s.share_duplicates, 0);
    til_reads_summary_clear(&s);
}
END_TEST

START_TEST(no_reads_are_no_numbers)
{
    til_reads_summary_t s = summary_of(NULL, 0);
    ck_assert_uint_eq(s.n_reads + s.shortest + s.longest + s.n_cycles, 0);
    ck_assert(isnan(s.mean_quality) && isnan(s.share_duplicates) && isnan(s.share_gc));
    til_reads_summary_clear(&s);
}
END_TEST

START_TEST(adapters_are_found_where_they_begin)
{
    const char *quality = "IIIIIIIIIIIIIIIIIIIIIIII";
    til_fastq_read_t reads[] = { read_of("a", "CCCAGATCGGAAGAGCCCCCCCCC", quality),
                                 read_of("b", "CCCAGATCGGAANAGCCCCCCCCC", quality),
                                 read_of("c", "CTGTCTCTTATACTGTCTCTTATA", quality),
                                 read_of("d", "CCCCCCCAAAAAAAAAAAAAAAAA", quality) };
    til_reads_summary_t s = summary_of(reads, 4);

    ck_assert_double_eq(s.cycles[2].adapter[0], 0);
    ck_assert_double_eq(s.cycles[3].adapter[0], 0.25);
    ck_assert_double_eq(s.cycles[23].adapter[0], 0.25);
    ck_assert_double_eq(s.cycles[0].adapter[3], 0.25);
    ck_assert_double_eq(s.cycles[23].adapter[3], 0.25);
    ck_assert_double_eq(s.cycles[7].adapter[4], 0.25);
    ck_assert_double_eq(s.share_adapter, 0.5);
    til_reads_summary_clear(&s);
}
END_TEST

START_TEST(old_illumina_qualities_are_told)
{
    til_fastq_read_t old[] = { read_of("a", "ACGT", "BBhh"), read_of("b", "ACGT", "hhhh") };
    til_fastq_read_t high[] = { read_of("a", "ACGT", "FFFF"), read_of("b", "ACGT", "FFFJ") };
    til_fastq_read_t both[] = { read_of("a", "ACGT", "#hhh"), read_of("b", "ACGT", "hhhh") };
    til_reads_summary_t s = summary_of(old, 2);

    ck_assert_int_eq(s.offset, 64);
    ck_assert_double_eq(s.cycles[3].mean, 40);
    ck_assert_double_eq(s.mean_quality, (6 * 40 + 2 * 2) / 8.0);
    til_reads_summary_clear(&s);
    s = summary_of(high, 2);
    ck_assert_int_eq(s.offset, 33);
    til_reads_summary_clear(&s);
    s = summary_of(both, 2);
    ck_assert_int_eq(s.offset, 33);
    til_reads_summary_clear(&s);
}
END_TEST

START_TEST(interleaved_names_are_seen)
{
    til_fastq_read_t mates[] = { read_of("a", "A", "I"), read_of("a", "C", "I"),
                                 read_of("b", "G", "I"), read_of("b", "T", "I") };
    til_reads_summary_t s = summary_of(mates, 4);
    ck_assert(s.interleaved);
    til_reads_summary_clear(&s);
    mates[1].name = "x";
    mates[3].name = "y";
    s = summary_of(mates, 4);
    ck_assert(!s.interleaved);
    til_reads_summary_clear(&s);
}
END_TEST

START_TEST(listed_records_stand_for_all)
{
    uint64_t sum = 0;
    for (uint64_t record = 1; record <= 1 << 20; record++) sum += til_sequences_weight(record, 15);
    ck_assert_double_eq_tol((double)sum, 1 << 20, 0.01 * (1 << 20));
    ck_assert_uint_eq(til_sequences_weight(32768, 15), 1);
    ck_assert_uint_ne(til_sequences_weight(32769, 15), 1);
}
END_TEST

/* Reads of which every tenth is one sequence, every fifth one of 1000, the others of their own. */
static char (*simulate(til_fastq_read_t *reads))[LENGTH]
{
    static const char quality[] =
        "IIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIII";
    char(*text)[LENGTH] = malloc(N_READS * sizeof *text);

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < N_READS; i++) {
        uint64_t which = i % 10 == 0 ? 1 : i % 5 == 1 ? 2 + i / 5 % 1000 : 10000 + i;
        uint64_t bits = which * 0x9e3779b97f4a7c15u;
        for (size_t k = 0; k < LENGTH; k++) {
            if (k % 16 == 0) bits = (bits ^ bits >> 31) * 0xbf58476d1ce4e5b9u;
            text[i][k] = "ACGT"[bits >> 2 * (k % 16) & 3];
        }
        reads[i] = (til_fastq_read_t){ "r", text[i], quality, 1, LENGTH };
    }
    return text;
}

/* The same reads in one accumulator, and dealt to several in another order. */
START_TEST(order_and_workers_do_not_matter)
{
    enum { BATCH = 1000, N_WORKERS = 3 };
    til_fastq_read_t *reads = malloc(N_READS * sizeof *reads);
    til_reads_stats_t *one, *dealt[N_WORKERS];
    til_reads_summary_t a, b;

    ck_assert_ptr_nonnull(reads);
    char(*text)[LENGTH] = simulate(reads);
    ck_assert_int_eq(til_reads_stats_new(&ctx, 4, &one), TIL_OK);
    for (int w = 0; w < N_WORKERS; w++)
        ck_assert_int_eq(til_reads_stats_new(&ctx, 4, &dealt[w]), TIL_OK);
    for (size_t i = 0; i < N_READS; i += BATCH) {
        size_t k = N_READS - BATCH - i;
        til_fastq_batch_t batch = batch_of(reads + i, BATCH, i + 1);
        ck_assert_int_eq(til_reads_stats_add(&ctx, one, &batch, 0), TIL_OK);
        batch = batch_of(reads + k, BATCH, k + 1);
        ck_assert_int_eq(til_reads_stats_add(&ctx, dealt[k / BATCH % 7 % N_WORKERS], &batch, 0),
                         TIL_OK);
    }
    ck_assert_int_eq(til_reads_stats_merge(&ctx, dealt[1], dealt[2]), TIL_OK);
    ck_assert_int_eq(til_reads_stats_merge(&ctx, dealt[1], dealt[0]), TIL_OK);
    ck_assert_int_eq(til_reads_stats_summary(&ctx, one, &a), TIL_OK);
    ck_assert_int_eq(til_reads_stats_summary(&ctx, dealt[1], &b), TIL_OK);
    ck_assert_uint_eq(a.n_detailed, N_READS / 4);
    ck_assert(a.share_duplicates == b.share_duplicates && a.share_gc == b.share_gc);
    ck_assert_mem_eq(a.levels, b.levels, sizeof a.levels);
    ck_assert_mem_eq(a.gc, b.gc, sizeof a.gc);
    ck_assert_mem_eq(a.cycles, b.cycles, a.n_cycles * sizeof *a.cycles);
    ck_assert_uint_eq(a.n_frequent, b.n_frequent);
    ck_assert_uint_eq(a.n_frequent, 1);
    ck_assert_str_eq(a.frequent[0].bases, b.frequent[0].bases);
    ck_assert_int_eq(strncmp(a.frequent[0].bases, text[0], TIL_QC_KEY_BASES), 0);
    ck_assert_double_eq_tol(a.frequent[0].share, 0.1, 0.005);
    /* distinct: 1, at most 1000, and 70 % */
    ck_assert_double_eq_tol(a.share_duplicates, 1 - (0.7 + 1001.0 / N_READS), 0.01);
    til_reads_summary_clear(&a);
    til_reads_summary_clear(&b);
    til_reads_stats_free(one);
    for (int w = 0; w < N_WORKERS; w++) til_reads_stats_free(dealt[w]);
    free(text);
    free(reads);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fastq_stats");
    TCase *tcase = tcase_create("fastq_stats");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, few_reads_by_hand);
    tcase_add_test(tcase, no_reads_are_no_numbers);
    tcase_add_test(tcase, adapters_are_found_where_they_begin);
    tcase_add_test(tcase, old_illumina_qualities_are_told);
    tcase_add_test(tcase, interleaved_names_are_seen);
    tcase_add_test(tcase, listed_records_stand_for_all);
    tcase_add_test(tcase, order_and_workers_do_not_matter);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
