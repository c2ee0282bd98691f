/* test_trim.c -- where reads end: fragments of known length, tails, bad ends. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "qc/trim.h"
#include "support/runner.h"

enum { READ = 75 };
static const char adapter1[] =
    "AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGCCGTCTTCTGCTTGAAAA";
static const char adapter2[] =
    "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGTAGATCTCGGTGGTCGCCGTATCATTAAAAAAAAAA";

/* The mates of a fragment of n random bases, read through into the adapters; one base in 50 is wrong. */
static void make_pair(uint64_t item, uint32_t n, char read[READ + 1], char mate[READ + 1])
{
    til_rng_t rng = til_rng_stream(9, item, n, 0);
    char fragment[400];

    for (uint32_t i = 0; i < n; i++) fragment[i] = "ACGT"[til_rng_below(&rng, 4)];
    for (uint32_t i = 0; i < READ; i++) {
        const char *turn = "TGCA", *bases = "ACGT";
        read[i] = i < n ? fragment[i] : adapter1[i - n];
        mate[i] = i < n ? turn[strchr(bases, fragment[n - 1 - i]) - bases] : adapter2[i - n];
        if (til_rng_below(&rng, 50) == 0) read[i] = bases[til_rng_below(&rng, 4)];
        if (til_rng_below(&rng, 50) == 0) mate[i] = bases[til_rng_below(&rng, 4)];
    }
    read[READ] = mate[READ] = '\0';
}

static til_trimmed_t as_read(const char *bases, const char *quality)
{
    return (til_trimmed_t){ bases, quality, (uint32_t)strlen(bases) };
}

static char good[READ + 1];
static void setup(void) { memset(good, 'I', READ); }

START_TEST(pairs_end_where_their_fragment_ends)
{
    til_trim_options_t how = { .by_overlap = true, .offset = 33, .least_length = 1 };
    int n_right = 0, n_all = 0;

    for (uint64_t item = 0; item < 400; item++) {
        uint32_t n = 31 + (uint32_t)(item * 7 % 200);
        char a[READ + 1], b[READ + 1];
        til_trim_counts_t c = { 0 };
        make_pair(item, n, a, b);
        til_trimmed_t read = as_read(a, good), mate = as_read(b, good);
        ck_assert(til_trim_read(&how, &read, &mate, &c));
        n_all++;
        n_right += read.length == (n < READ ? n : READ) && mate.length == (n < READ ? n : READ);
    }
    ck_assert_msg(n_right >= n_all - 4, "%d of %d", n_right, n_all);
}
END_TEST

START_TEST(adapters_are_found_by_sequence)
{
    til_trim_options_t how = { .adapters = { "AGATCGGAAGAGC" },
                               .n_adapters = 1,
                               .least_match = 8,
                               .offset = 33,
                               .least_length = 1 };
    til_trim_counts_t c = { 0 };
    til_trimmed_t whole = as_read("ACGTTGCAACGGTTACAGATCGGAAGAGCACAC", good);
    til_trimmed_t wrong = as_read("ACGTTGCAACGGTTACAGATCGCAAGAGCACAC", good);
    til_trimmed_t part = as_read("ACGTTGCAACGGTTACAGATCGGAA", good);
    til_trimmed_t little = as_read("ACGTTGCAACGGTTACAGATCG", good);

    til_trim_read(&how, &whole, NULL, &c);
    til_trim_read(&how, &wrong, NULL, &c);
    til_trim_read(&how, &part, NULL, &c);
    til_trim_read(&how, &little, NULL, &c);
    ck_assert_uint_eq(whole.length, 16);
    ck_assert_uint_eq(wrong.length, 16);
    ck_assert_uint_eq(part.length, 16);
    ck_assert_uint_eq(little.length, 22);
    ck_assert_uint_eq(c.n_adapter, 3);
    ck_assert_uint_eq(c.bases_in, c.bases_out + c.bases_adapter);
}
END_TEST

START_TEST(tails_and_bad_ends_go)
{
    til_trim_options_t how = {
        .poly_g = true, .poly_a = true, .quality = 20, .offset = 33, .least_length = 10
    };
    til_trim_counts_t c = { 0 };
    til_trimmed_t g = as_read("ACGTTGCAACTTACGTTACCGGGGGGGGTGGGGGGG", good);
    til_trimmed_t a = as_read("ACGTTGCAACTTACGTTACCAAAAAAAAAAAAA", good);
    til_trimmed_t few = as_read("ACGTTGCAACTTACGTTACCGGGGG", good);
    til_trimmed_t bad = as_read("ACGTTGCAACTTACGTTACC", "IIIIIIIIIIIIIII#####");
    til_trimmed_t brief = as_read("ACGTTGCAGGGGGGGGGGGGGGGG", good);

    ck_assert(til_trim_read(&how, &g, NULL, &c));
    ck_assert(til_trim_read(&how, &a, NULL, &c));
    ck_assert(til_trim_read(&how, &few, NULL, &c));
    ck_assert(til_trim_read(&how, &bad, NULL, &c));
    ck_assert(!til_trim_read(&how, &brief, NULL, &c));
    ck_assert_uint_eq(g.length, 20);
    ck_assert_uint_eq(a.length, 20);
    ck_assert_uint_eq(few.length, 25);
    ck_assert_uint_eq(bad.length, 15);
    ck_assert_uint_eq(c.n_too_short, 1);
    ck_assert_uint_eq(c.n_kept, 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trim");
    TCase *tcase = tcase_create("trim");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, pairs_end_where_their_fragment_ends);
    tcase_add_test(tcase, adapters_are_found_by_sequence);
    tcase_add_test(tcase, tails_and_bad_ends_go);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
