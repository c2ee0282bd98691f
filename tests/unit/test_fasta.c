/* test_fasta.c -- FASTA records in every shape, and what is refused. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/reads/fasta.h"
#include "support/runner.h"
#include "support/scratch.h"

static til_ctx_t ctx;

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    scratch_open();
}

/* Reads a whole file into "header:bases|header:bases|". */
static til_status_t flatten(const char *text, char *out, size_t size)
{
    til_fasta_t *fasta;
    til_fasta_record_t record;
    int more = 1;
    size_t used = 0;
    til_status_t status = til_fasta_open(&ctx, scratch_text("x.fa", text), &fasta);

    out[0] = 0;
    while (status == TIL_OK) {
        status = til_fasta_next(&ctx, fasta, &record, &more);
        if (status != TIL_OK || !more) break;
        used += (size_t)snprintf(out + used, size - used, "%s:%.*s|", record.header,
                                 (int)record.length, record.bases);
    }
    til_fasta_close(fasta);
    return status;
}

static const struct {
    const char *text, *want;
} sound[] = { { ">a\nACGT\n>b c\nAC\nGT\n", "a:ACGT|b c:ACGT|" },
              { ">a\r\nAC\r\nGT\r\n>b\r\nA\r\n", "a:ACGT|b:A|" },
              { ">a\rAC\rGT\r>b\rA", "a:ACGT|b:A|" },
              { "\n\n>a\nAC\n\nGT\n\n", "a:ACGT|" },
              { "\xef\xbb\xbf>a\nacgtuNRY\n", "a:acgtuNRY|" },
              { ">a\nAC GT\tA\n", "a:ACGTA|" },
              { ">a|b|c\nA", "a|b|c:A|" } };

START_TEST(sound_files_are_read)
{
    char got[256];
    ck_assert_msg(flatten(sound[_i].text, got, sizeof got) == TIL_OK, "%s", ctx.message);
    ck_assert_str_eq(got, sound[_i].want);
}
END_TEST

static const struct {
    const char *text, *says;
} broken[] = { { ">p\nMKLV\n", ":2:3: 'L' is not a nucleotide but an amino acid" },
               { ">p\nACGT\n>q\n", "x.fa:3: 'q' has no sequence" },
               { ">p\n>q\nA\n", "x.fa:1: 'p' has no sequence" },
               { "ACGT\n", "x.fa:1: not FASTA" },
               { "@r\nACGT\n+\nIIII\n", "looks like FASTQ" },
               { ">p\nAC-GT\n", ":2:3: byte 0x2d is not a nucleotide" },
               { "", "empty" } };

START_TEST(broken_files_are_refused)
{
    char got[256];
    ck_assert_int_eq(flatten(broken[_i].text, got, sizeof got), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, broken[_i].says) != NULL, "%s", ctx.message);
}
END_TEST

/* Records larger than any buffer of the reader. */
START_TEST(long_sequences_are_whole)
{
    size_t n = 3 * 1000 * 1000 + 17;
    char *text = malloc(n + 8);
    til_fasta_t *fasta;
    til_fasta_record_t record;
    int more;

    strcpy(text, ">x\n");
    for (size_t i = 0; i < n; i++) text[3 + i] = i % 61 == 60 ? '\n' : "ACGT"[i * 7 % 4];
    ck_assert_int_eq(til_fasta_open(&ctx, scratch_write("x.fa", text, n + 3), &fasta), TIL_OK);
    ck_assert_int_eq(til_fasta_next(&ctx, fasta, &record, &more), TIL_OK);
    ck_assert_int_eq(more, 1);
    ck_assert_uint_eq(record.length, n - n / 61);
    size_t same = 0;
    for (size_t i = 0; i < n; i++)
        if (i % 61 != 60 && record.bases[same] == text[3 + i]) same++;
    ck_assert_uint_eq(same, record.length);
    ck_assert_int_eq(til_fasta_next(&ctx, fasta, &record, &more), TIL_OK);
    ck_assert_int_eq(more, 0);
    til_fasta_close(fasta);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fasta");
    TCase *tcase = tcase_create("fasta");

    tcase_add_checked_fixture(tcase, setup, scratch_close);
    tcase_add_loop_test(tcase, sound_files_are_read, 0, sizeof sound / sizeof *sound);
    tcase_add_loop_test(tcase, broken_files_are_refused, 0, sizeof broken / sizeof *broken);
    tcase_add_test(tcase, long_sequences_are_whole);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
