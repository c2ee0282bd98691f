/* test_fastq.c -- FASTQ batches: sound files in every dress, broken ones refused with their line.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "base/strbuf.h"
#include "io/reads/fastq.h"
#include "io/reads/inflate.h"
#include "support/runner.h"
#include "support/scratch.h"

enum { N_MANY = 5000 };

static til_ctx_t ctx;

static void setup(void)
{
    ctx = (til_ctx_t)TIL_CTX_INIT;
    scratch_open();
}

/* Counts the records of the given lanes, `n_wanted` at a time, and sums their bases. */
static til_status_t count(const char *const *one, const char *const *two, size_t n_lanes,
                          size_t n_wanted, uint64_t *n, uint64_t *n_bases)
{
    til_fastq_t *fastq;
    til_fastq_batch_t batch = { 0 };
    int more = 1;
    til_status_t status = til_fastq_open(&ctx, one, two, n_lanes, &fastq);

    *n = *n_bases = 0;
    while (status == TIL_OK) {
        status = til_fastq_next(&ctx, fastq, n_wanted, &batch, &more);
        if (status != TIL_OK || !more) break;
        ck_assert_uint_le(batch.n, n_wanted);
        *n += batch.n;
        for (size_t i = 0; i < batch.n; i++) *n_bases += batch.reads[0][i].length;
    }
    til_fastq_batch_clear(&batch);
    til_fastq_close(fastq);
    return status;
}

static const struct {
    const char *text;
    unsigned n, bases;
} sound[] = { { "@a\nACGT\n+\nIIII\n", 1, 4 },
              { "@a\nACGT\n+\nIIII", 1, 4 },
              { "@a\r\nACGT\r\n+\r\nIIII\r\n@b\r\nA\r\n+b\r\n@\r\n", 2, 5 },
              { "@a\nACGT\n+\n@III\n@b\nAC\n+\n@@\n\n\n", 2, 6 },
              { "@a\n\n+\n\n@b\nAC\n+\nII\n", 2, 2 },
              { "@a\n\n+\n", 1, 0 } };

START_TEST(sound_files_are_read)
{
    const char *path = scratch_text("r.fq", sound[_i].text);
    uint64_t n, bases;

    ck_assert_msg(count(&path, NULL, 1, 10, &n, &bases) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(n, sound[_i].n);
    ck_assert_uint_eq(bases, sound[_i].bases);
}
END_TEST

static const struct {
    const char *text, *says;
} broken[] = { { "@a\nACGT\n+\nIII\n",
                 "r.fq:4: the quality of read 'a' has 3 characters, its sequence 4" },
               { "@a\nACGT\nIIII\n@b\n", "r.fq:3: the third line of record 'a'" },
               { "a\nACGT\n+\nIIII\n", "r.fq:1: record 1 begins with 'a'" },
               { "@a\nAC\n+\nII\n@b\nAC\n", "r.fq:5: the file ends inside record 2" },
               { ">a\nACGT\n", "r.fq:1" },
               { "@a\nACGT\n+\nIIII\n@b\nACGTACGTACG\n+\nIIIIIIIII I\n",
                 "r.fq:8: the quality of read 'b' has a character of code 32 at place 10" },
               { "@a\nACGTACGT\n+\nII\x7FIIIII\n", "r.fq:4: the quality of read 'a'" },
               { "@a\nACGTACGT\n+\nIIIIIII\xC3\n", "character of code 195 at place 8" },
               { "\x28\xB5\x2F\xFD zstd", "r.fq: is in zstd format" },
               { "BZh91AY", "bzip2 -dc" },
               { "\xFD\x37zXZ", "r.fq: is in xz format" },
               { "\n\n", "r.fq: holds no read" },
               { "", "empty" } };

START_TEST(broken_files_are_refused)
{
    const char *path = scratch_text("r.fq", broken[_i].text);
    uint64_t n, bases;

    ck_assert_int_eq(count(&path, NULL, 1, 10, &n, &bases), TIL_EINPUT);
    ck_assert_msg(strstr(ctx.message, broken[_i].says) != NULL, "%s", ctx.message);
}
END_TEST

START_TEST(nul_bytes_are_refused)
{
    static const char text[] = "@a\nAC\0T\n+\nIIII\n";
    const char *path = scratch_write("r.fq", text, sizeof text - 1);
    uint64_t n, bases;

    ck_assert_int_eq(count(&path, NULL, 1, 10, &n, &bases), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "r.fq:2: NUL byte in read 'a'"));
}
END_TEST

/* Names as machines, trimmers and archives write them. */
static const struct {
    const char *one, *two;
    int fits;
} names[] = { { "r1", "r1", 1 },     { "r1/1", "r1/2", 1 }, { "r1 1:N:0:ACGT", "r1 2:N:0:ACGT", 1 },
              { "r1.1", "r1.2", 1 }, { "r1_1", "r1_2", 1 }, { "r1", "r2", 0 },
              { "r1", "r11", 0 },    { "s_R1", "s_R2", 1 }, { "s:1", "s:2", 1 },
              { "s/F", "s/R", 1 },   { "s-1", "s-2", 1 },   { "s_F", "s_R", 1 },
              { "s:2", "s:1", 0 },   { "sR1", "sR2", 0 },   { "s_R1", "t_R2", 0 } };

START_TEST(mates_must_agree)
{
    char one[64], two[64];
    uint64_t n, bases;

    snprintf(one, sizeof one, "@%s\nACGT\n+\nIIII\n", names[_i].one);
    snprintf(two, sizeof two, "@%s\nTTTT\n+\nIIII\n", names[_i].two);
    const char *a = scratch_text("1.fq", one), *b = scratch_text("2.fq", two);
    ck_assert_int_eq(count(&a, &b, 1, 10, &n, &bases), names[_i].fits ? TIL_OK : TIL_EINPUT);
}
END_TEST

/* Many reads of various lengths; mates differ. */
static void many(til_strbuf_t *b, int mate, int n)
{
    for (int i = 0; i < n; i++) {
        int length = 30 + i * 37 % 90;
        til_strbuf_printf(b, "@read%d/%d\n", i, mate);
        for (int k = 0; k < length; k++) til_strbuf_add_char(b, "ACGT"[(i + k * (mate + 1)) % 4]);
        til_strbuf_add(b, "\n+\n");
        for (int k = 0; k < length; k++) til_strbuf_add_char(b, (char)('#' + (i + k) % 60));
        til_strbuf_add(b, "\n");
    }
    ck_assert(!b->failed);
}

START_TEST(mates_of_unequal_number_are_refused)
{
    til_strbuf_t one = { 0 }, two = { 0 };
    uint64_t n, bases;

    many(&one, 1, 40);
    many(&two, 2, 30);
    const char *a = scratch_text("1.fq", one.text), *b = scratch_text("2.fq", two.text);
    ck_assert_int_eq(count(&a, &b, 1, (size_t)_i, &n, &bases), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "2.fq ends after record 30"));
    til_strbuf_clear(&one);
    til_strbuf_clear(&two);
}
END_TEST

START_TEST(equal_mates_are_refused)
{
    til_strbuf_t one = { 0 };
    uint64_t n, bases;

    many(&one, 1, 40);
    const char *a = scratch_text("1.fq", one.text), *b = scratch_text("2.fq", one.text);
    ck_assert_int_eq(count(&a, &b, 1, 100, &n, &bases), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "same sequences"));
    til_ctx_forgive(&ctx);
    ck_assert_int_eq(count(&a, &a, 1, 100, &n, &bases), TIL_EUSAGE);
    til_strbuf_clear(&one);
}
END_TEST

/* A gzip member of nothing is as empty as a file of nothing. */
START_TEST(an_empty_member_is_no_reads)
{
    uint8_t *packed;
    size_t size;
    uint64_t n, bases;

    ck_assert_int_eq(til_deflate_all(&ctx, "", 0, &packed, &size), TIL_OK);
    const char *path = scratch_write("r.fq.gz", packed, size);
    ck_assert_int_eq(count(&path, NULL, 1, 10, &n, &bases), TIL_EINPUT);
    ck_assert_ptr_nonnull(strstr(ctx.message, "r.fq.gz: holds no read"));
    free(packed);
}
END_TEST

/* Two gzip members, cut at every kind of place: whole is read, anything less is refused. */
START_TEST(gzip_is_whole_or_refused)
{
    til_strbuf_t text = { 0 };
    uint8_t *first, *second, *both;
    size_t n_first, n_second;
    uint64_t n, bases;
    const char *path;

    many(&text, 1, 200);
    ck_assert_int_eq(til_deflate_all(&ctx, text.text, text.length / 3, &first, &n_first), TIL_OK);
    ck_assert_int_eq(til_deflate_all(&ctx, text.text + text.length / 3,
                                     text.length - text.length / 3, &second, &n_second),
                     TIL_OK);
    both = malloc(n_first + n_second + 64);
    memcpy(both, first, n_first);
    memcpy(both + n_first, second, n_second);
    memset(both + n_first + n_second, 0, 64);
    path = scratch_write("r.fq.gz", both, n_first + n_second);
    ck_assert_msg(count(&path, NULL, 1, 64, &n, &bases) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(n, 200);
    path = scratch_write("r.fq.gz", both, n_first + n_second + 64);
    ck_assert_int_eq(count(&path, NULL, 1, 64, &n, &bases), TIL_OK); /* zero padding */
    for (size_t cut = 1; cut < n_second; cut += cut < 20 ? 1 : 97) {
        til_ctx_forgive(&ctx);
        path = scratch_write("r.fq.gz", both, n_first + n_second - cut);
        ck_assert_int_eq(count(&path, NULL, 1, 64, &n, &bases), TIL_EINPUT);
    }
    int n_undone = 0; /* a flip in a code that no byte uses changes nothing */
    for (size_t flip = 10; flip < n_first + n_second; flip += 53) {
        if (flip >= n_first && flip < n_first + 10) continue; /* header fields may be anything */
        til_ctx_forgive(&ctx);
        both[flip] ^= 4;
        path = scratch_write("r.fq.gz", both, n_first + n_second);
        n_undone += count(&path, NULL, 1, 64, &n, &bases) == TIL_OK;
        both[flip] ^= 4;
    }
    ck_assert_int_le(n_undone, 2);
    free(first);
    free(second);
    free(both);
    til_strbuf_clear(&text);
}
END_TEST

/* Batches of any size and lanes one after the other give every record once, in order. */
START_TEST(batches_and_lanes_lose_nothing)
{
    static const size_t sizes[] = { 1, 7, 512, 4096, 100000 };
    til_strbuf_t one = { 0 }, two = { 0 };
    til_fastq_t *fastq;
    til_fastq_batch_t batch = { 0 };
    int more, next = 0;
    char name[32];

    many(&one, 1, N_MANY);
    many(&two, 2, N_MANY);
    const char *a[] = { scratch_text("1a.fq", one.text), scratch_text("1b.fq", one.text) };
    const char *b[] = { scratch_text("2a.fq", two.text), scratch_text("2b.fq", two.text) };
    ck_assert_int_eq(til_fastq_open(&ctx, a, b, 2, &fastq), TIL_OK);
    for (;;) {
        ck_assert_int_eq(til_fastq_next(&ctx, fastq, sizes[_i], &batch, &more), TIL_OK);
        if (!more) break;
        for (size_t i = 0; i < batch.n; i++, next++) {
            int want = next % N_MANY;
            snprintf(name, sizeof name, "read%d", want);
            ck_assert_uint_eq(batch.first + i, (uint64_t)want + 1);
            for (int m = 0; m < 2; m++) {
                const til_fastq_read_t *r = &batch.reads[m][i];
                ck_assert_int_eq(strncmp(r->name, name, r->name_length), 0);
                ck_assert_uint_eq(r->name_length, strlen(name));
                ck_assert_uint_eq(r->length, (uint32_t)(30 + want * 37 % 90));
                ck_assert_int_eq(r->bases[0], "ACGT"[want % 4]);
                ck_assert_int_eq(r->quality[0], '#' + want % 60);
            }
        }
    }
    ck_assert_int_eq(next, 2 * N_MANY);
    ck_assert_uint_eq(til_fastq_n_read(fastq), 2 * N_MANY);
    til_fastq_batch_clear(&batch);
    til_fastq_close(fastq);
    til_strbuf_clear(&one);
    til_strbuf_clear(&two);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fastq");
    TCase *tcase = tcase_create("fastq");

    tcase_add_checked_fixture(tcase, setup, scratch_close);
    tcase_add_loop_test(tcase, sound_files_are_read, 0, sizeof sound / sizeof *sound);
    tcase_add_loop_test(tcase, broken_files_are_refused, 0, sizeof broken / sizeof *broken);
    tcase_add_test(tcase, nul_bytes_are_refused);
    tcase_add_loop_test(tcase, mates_must_agree, 0, sizeof names / sizeof *names);
    tcase_add_loop_test(tcase, mates_of_unequal_number_are_refused, 9, 12);
    tcase_add_test(tcase, equal_mates_are_refused);
    tcase_add_test(tcase, an_empty_member_is_no_reads);
    tcase_add_test(tcase, gzip_is_whole_or_refused);
    tcase_add_loop_test(tcase, batches_and_lanes_lose_nothing, 0, 5);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
