/* test_quant.c -- packing, scoring, estimation, and whole runs against the truth. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/quant.h>

#include "quant/em.h"
#include "quant/fraglen.h"
#include "quant/score.h"
#include "support/runner.h"
#include "support/transcriptome.h"

enum { N_PAIRS = 12000 };

static til_ctx_t ctx;
static transcriptome_t tx;
static til_index_t *til;
static const char *one, *two;

static void setup(void)
{
    til_index_build_t how = TIL_INDEX_BUILD_DEFAULT;
    til_index_stats_t stats;

    ctx = (til_ctx_t)TIL_CTX_INIT;
    scratch_open();
    transcriptome_make(&tx, 11);
    how.transcripts = transcriptome_fasta(&tx, "tx.fa");
    ck_assert_int_eq(til_index_build(&ctx, &how, &til, &stats), TIL_OK);
    ck_assert_int_eq(til_index_set_genes_from_headers(&ctx, til), TIL_OK);
    transcriptome_reads(&tx, 5, N_PAIRS, 75, &one, &two);
}

static void teardown(void)
{
    til_index_free(til);
    transcriptome_clear(&tx);
    scratch_close();
}

/* ---- packing and scoring ----------------------------------------------------------------- */

START_TEST(packing_is_what_letter_by_letter_gives)
{
    static const char letters[] = "ACGTUacgtuNRn.";
    til_rng_t rng = til_rng_stream(1, 2, 3, (uint64_t)_i);
    char text[400];
    uint64_t memory[400];
    til_packed_t p;
    int n = (int)til_rng_below(&rng, 400), kinds = _i % 2 ? 14 : 10;

    for (int i = 0; i < n; i++) text[i] = letters[til_rng_below(&rng, (uint64_t)kinds)];
    til_read_pack(text, (size_t)n, memory, &p);
    ck_assert_int_eq(p.length, n);
    for (int i = 0; i < n; i++) {
        uint64_t code = til_base_code(text[i]), known = strchr("ACGTUacgtu", text[i]) != NULL;
        ck_assert_uint_eq(til_bases_get1(p.words[0], (uint64_t)i), code);
        ck_assert_uint_eq(til_bases_get1(p.words[1], (uint64_t)(n - 1 - i)), code ^ 2);
        if (p.known[0] == NULL) {
            ck_assert(known);
        } else {
            ck_assert_uint_eq(til_bases_get1(p.known[0], (uint64_t)i), known);
            ck_assert_uint_eq(til_bases_get1(p.known[1], (uint64_t)(n - 1 - i)), known);
        }
    }
}
END_TEST

static unsigned clipped_at; /* of the last score: TIL_CLIPPED_... */

/* Scores `read` at base `at` of transcript 0. */
static int score(const char *read, int at, bool thorough)
{
    uint64_t memory[400];
    til_packed_t p;

    til_read_pack(read, strlen(read), memory, &p);
    clipped_at = 0;
    return thorough ? til_score_thorough(til, &p, 0, 0, at, 0, true, &clipped_at)
                    : til_score_plain(til, &p, 0, 0, at, 0);
}

static char other(char c) { return c == 'A' ? 'C' : 'A'; }

START_TEST(costs_are_counted_by_the_rules)
{
    char read[101], edited[120];
    const char *from = tx.sequence[0] + 200;

    memcpy(read, from, 100);
    read[100] = 0;
    ck_assert_int_eq(score(read, 200, false), 0);
    read[0] = other(read[0]);
    read[50] = other(read[50]);
    read[99] = other(read[99]);
    ck_assert_int_eq(score(read, 200, false), 3);
    read[50] = 'N';
    ck_assert_int_eq(score(read, 200, false), 2);

    /* 24 foreign bases at the end: clipped for 2 + 24 / 8. */
    memcpy(read, from, 100);
    for (int i = 76; i < 100; i++) read[i] = other(from[i]);
    ck_assert_int_eq(score(read, 200, false), 24);
    ck_assert_int_eq(score(read, 200, true), 5);
    ck_assert_uint_eq(clipped_at, TIL_CLIPPED_END);

    /* Two bases more, then four fewer than the transcript: one gap of 2 + (g + 1) / 2. */
    memcpy(edited, from, 50);
    edited[50] = other(from[50]);
    edited[51] = other(edited[50]);
    memcpy(edited + 52, from + 50, 48);
    edited[100] = 0;
    ck_assert_int_le(score(edited, 200, true), 3);
    memcpy(edited, from, 50);
    memcpy(edited + 50, from + 54, 50);
    ck_assert_int_le(score(edited, 200, true), 4);

    /* Over the left end: a quarter per base. */
    memcpy(read, "TTTTTTTT", 8);
    memcpy(read + 8, tx.sequence[0], 92);
    ck_assert_int_eq(score(read, -8, false), 2);
    /* Nothing in common. */
    for (int i = 0; i < 100; i++) read[i] = other(from[i]);
    ck_assert_int_eq(score(read, 200, true), TIL_COST_NONE);
}
END_TEST

START_TEST(effective_lengths_follow_the_fragments)
{
    til_fraglen_t d;

    til_fraglen_normal(200, 20, &d);
    ck_assert_double_eq_tol(d.mean, 200, 1e-2);
    ck_assert_double_eq_tol(d.sd, 20, 0.1);
    ck_assert_double_eq_tol(til_effective_length(&d, 1000), 801, 1e-2);
    ck_assert_double_eq_tol(til_effective_length(&d, 50), 50, 1e-9);
    ck_assert(til_effective_length(&d, 200) > 1 && til_effective_length(&d, 200) < 30);
}
END_TEST

/* ---- estimation -------------------------------------------------------------------------- */

/* Two transcripts of one length share 60 fragments; 30 and 10 more fit only one. EM gives 75 : 25.
 */
START_TEST(em_shares_by_what_is_unique)
{
    static const uint64_t first[] = { 0 };
    static const uint32_t sizes[] = { 2 }, counts[] = { 60 }, unique[] = { 30, 10 };
    static const uint32_t labels[] = { 0 * TIL_CLASS_BINS + 2, 1 * TIL_CLASS_BINS + 2 };
    static const double shares[] = { 30, 30 }, effective[] = { 500, 500 };
    til_classes_view_t view = { .n = 1,
                                .n_members = 2,
                                .first = first,
                                .sizes = sizes,
                                .counts = counts,
                                .labels = labels,
                                .shares = shares,
                                .unique = unique,
                                .n_transcripts = 2 };
    til_components_t components;
    til_em_t em = TIL_EM_DEFAULT;
    double estimates[2];

    em.plain_em = true;
    ck_assert_int_eq(til_components_find(&ctx, &view, &components), TIL_OK);
    ck_assert_uint_eq(components.n_components, 1);
    ck_assert_int_eq(til_em_solve(&ctx, &components, counts, unique, effective, &em, estimates),
                     TIL_OK);
    ck_assert_double_eq_tol(estimates[0], 75, 0.05);
    ck_assert_double_eq_tol(estimates[1], 25, 0.05);
    ck_assert_uint_eq(em.n_unfinished, 0);
    til_components_clear(&components);
}
END_TEST

static til_quant_result_t quantify(const til_quant_options_t *options, int threads)
{
    til_quant_result_t result;

    ctx.n_threads = threads;
    til_status_t status = til_quant_run(&ctx, til, options, &result);
    ck_assert_msg(status == TIL_OK, "%s", ctx.message);
    return result;
}

START_TEST(pairs_give_the_truth_back)
{
    til_quant_options_t options = {
        .mates1 = &one, .mates2 = &two, .n_lanes = 1, .bias = _i == 1, .plain_em = _i == 2
    };
    til_quant_result_t r = quantify(&options, 1);
    double off = 0, tpm = 0, total = 0;

    ck_assert_int_eq((int)r.library.used, TIL_LIBRARY_ISR);
    ck_assert_uint_ge(r.stats.n_mapped, N_PAIRS * 99 / 100);
    ck_assert_uint_ge(r.stats.n_mapped + r.stats.n_orphans, N_PAIRS * 999 / 1000);
    ck_assert_double_eq_tol(r.fragment_mean, 220, 3);
    for (int i = 0; i < TX_N; i++) {
        off += fabs(r.estimates[i] - tx.truth[i]);
        tpm += r.tpm[i];
        total += r.estimates[i];
    }
    ck_assert_msg(off / N_PAIRS < 0.1, "%.3f of the fragments are misplaced", off / N_PAIRS);
    ck_assert_double_eq_tol(tpm, 1e6, 1e-3);
    ck_assert_double_eq_tol(total, (double)(r.stats.n_mapped + r.stats.n_orphans), 1);
    til_quant_result_clear(&r);
}
END_TEST

START_TEST(single_reads_give_the_truth_back)
{
    til_quant_options_t options = {
        .mates1 = &one, .n_lanes = 1, .fragment_mean = 220, .fragment_sd = 30
    };
    til_quant_result_t r = quantify(&options, 1);
    double off = 0;

    ck_assert_int_eq((int)r.library.used, TIL_LIBRARY_SR);
    for (int i = 0; i < TX_N; i++) off += fabs(r.estimates[i] - tx.truth[i]);
    ck_assert_msg(off / N_PAIRS < 0.15, "%.3f of the fragments are misplaced", off / N_PAIRS);
    til_quant_result_clear(&r);
}
END_TEST

START_TEST(threads_change_no_bit)
{
    til_quant_options_t options = {
        .mates1 = &one, .mates2 = &two, .n_lanes = 1, .bias = true, .n_bootstraps = 3, .seed = 9
    };
    til_quant_result_t a = quantify(&options, 1), b = quantify(&options, _i);

    ck_assert_mem_eq(a.estimates, b.estimates, TX_N * sizeof(double));
    ck_assert_mem_eq(a.effective, b.effective, TX_N * sizeof(double));
    ck_assert_mem_eq(a.bootstraps, b.bootstraps, 3 * TX_N * sizeof(double));
    ck_assert_int_ne(memcmp(a.bootstraps, a.bootstraps + TX_N, TX_N * sizeof(double)), 0);
    til_quant_result_clear(&a);
    til_quant_result_clear(&b);
}
END_TEST

/* Bootstraps scatter about the estimate as counts do. */
START_TEST(bootstraps_scatter_like_counts)
{
    enum { N_BOOTS = 60 };
    til_quant_options_t options = {
        .mates1 = &one, .mates2 = &two, .n_lanes = 1, .n_bootstraps = N_BOOTS, .seed = 1
    };
    til_quant_result_t r = quantify(&options, 1);
    double ratio = 0;

    for (int g = 0; g < TX_GENES; g++) { /* genes: no ambiguity, so variance = mean */
        double mean = 0, square = 0;
        for (int b = 0; b < N_BOOTS; b++) {
            double x = r.bootstraps[b * TX_N + 2 * g] + r.bootstraps[b * TX_N + 2 * g + 1];
            mean += x / N_BOOTS;
            square += x * x / N_BOOTS;
        }
        ck_assert_double_eq_tol(mean / (r.estimates[2 * g] + r.estimates[2 * g + 1]), 1, 0.2);
        ratio += (square - mean * mean) / mean / TX_GENES;
    }
    ck_assert_double_eq_tol(ratio, 1, 0.15);
    til_quant_result_clear(&r);
}
END_TEST

static int n_warnings;
static char last_warning[512];

static void catch_warning(void *arg, til_log_level_t level, const char *text)
{
    (void)arg;
    if (level != TIL_LOG_WARNING) return;
    n_warnings++;
    snprintf(last_warning, sizeof last_warning, "%s", text);
}

START_TEST(a_wrong_library_type_is_loud)
{
    til_quant_options_t options = {
        .mates1 = &one, .mates2 = &two, .n_lanes = 1, .library = TIL_LIBRARY_ISF
    };
    til_quant_result_t r;

    n_warnings = 0;
    ctx.log.write = catch_warning;
    r = quantify(&options, 1);
    ck_assert_int_ge(n_warnings, 1);
    ck_assert_uint_ge(r.stats.n_against_strand, N_PAIRS * 9 / 10);
    til_quant_result_clear(&r);
    options.library = TIL_LIBRARY_SR;
    ck_assert_int_eq(til_quant_run(&ctx, til, &options, &r), TIL_EUSAGE);
}
END_TEST

START_TEST(genes_are_sums_of_their_transcripts)
{
    til_quant_options_t options = { .mates1 = &one, .mates2 = &two, .n_lanes = 1 };
    til_quant_result_t r = quantify(&options, 1);
    double length[TX_GENES], effective[TX_GENES], tpm[TX_GENES], estimates[TX_GENES];

    ck_assert_int_eq(til_quant_sum_genes(&ctx, til, &r, length, effective, tpm, estimates), TIL_OK);
    for (int g = 0; g < TX_GENES; g++) {
        ck_assert_double_eq_tol(estimates[g], r.estimates[2 * g] + r.estimates[2 * g + 1], 1e-9);
        ck_assert(length[g] <= tx.length[2 * g] && length[g] >= tx.length[2 * g + 1]);
    }
    til_quant_result_clear(&r);
}
END_TEST

/* Reads of a decoy that shares most of a transcript go to the decoy. */
START_TEST(decoys_soak_up_their_reads)
{
    til_index_build_t how = TIL_INDEX_BUILD_DEFAULT;
    til_index_stats_t stats;
    til_index_t *with;
    til_strbuf_t decoy = { 0 }, reads = { 0 };
    til_rng_t rng = til_rng_stream(2, 0, 0, 0);
    char copy[400];
    til_quant_result_t r;

    memcpy(copy, tx.sequence[0], 399);
    copy[399] = 0;
    for (int i = 20; i < 399; i += 40) copy[i] = other(copy[i]);
    til_strbuf_printf(&decoy, ">genome\nNNNNNNNNNN%s\n", copy);
    for (int i = 0; i < 200; i++) add_read(&reads, copy + i, 100, i % 2, 0, &rng, i);
    how.transcripts = scratch_path("tx.fa");
    how.decoys = scratch_text("d.fa", decoy.text);
    ck_assert_msg(til_index_build(&ctx, &how, &with, &stats) == TIL_OK, "%s", ctx.message);
    ck_assert_uint_eq(stats.n_decoys, 1);
    ck_assert_uint_eq(til_index_n_transcripts(with), TX_N);
    const char *path = scratch_text("d.fq", reads.text);
    til_quant_options_t options = {
        .mates1 = &path, .n_lanes = 1, .fragment_mean = 200, .fragment_sd = 20
    };
    ck_assert_int_eq(til_quant_run(&ctx, with, &options, &r), TIL_OK);
    ck_assert_uint_eq(r.stats.n_decoy, 200);
    til_quant_result_clear(&r);
    til_index_free(with);
    til_strbuf_clear(&decoy);
    til_strbuf_clear(&reads);
}
END_TEST

/* ---- sequences that repeat themselves, isoforms, foreign ends -------------------------------- */

static void reverse_complement(const char *from, int n, char *to)
{
    for (int i = 0; i < n; i++) {
        char c = from[n - 1 - i];
        to[i] = c == 'A' ? 'T' : c == 'C' ? 'G' : c == 'G' ? 'C' : 'A';
    }
    to[n] = 0;
}

static void random_bases(til_rng_t *rng, char *to, int n)
{
    for (int i = 0; i < n; i++) to[i] = "ACGT"[til_rng_below(rng, 4)];
    to[n] = 0;
}

/* Copies with each base replaced at the given chance. */
static void mutated(til_rng_t *rng, const char *from, int n, double chance, char *to)
{
    for (int i = 0; i < n; i++)
        to[i] = til_rng_uniform(rng) < chance ? "ACGT"[til_rng_below(rng, 4)] : from[i];
    to[n] = 0;
}

static void add_record(til_strbuf_t *reads, int number, const char *bases, int n)
{
    til_strbuf_printf(reads, "@r%d\n%.*s\n+\n", number, n, bases);
    for (int i = 0; i < n; i++) til_strbuf_add_char(reads, 'I');
    til_strbuf_add_char(reads, '\n');
}

/* Reverse-stranded mates of `length` bases from fragment [at, at + fragment) of `sequence`. */
static void add_pair(til_rng_t *rng, til_strbuf_t reads[2], int number, const char *sequence,
                     int at, int fragment, int length, double errors)
{
    char mate[2][512], flipped[512];

    reverse_complement(sequence + at + fragment - length, length, flipped);
    mutated(rng, flipped, length, errors, mate[0]);
    mutated(rng, sequence + at, length, errors, mate[1]);
    for (int m = 0; m < 2; m++) add_record(&reads[m], number, mate[m], length);
}

static til_index_t *index_of(const char *fasta)
{
    til_index_build_t how = TIL_INDEX_BUILD_DEFAULT;
    til_index_stats_t stats;
    til_index_t *index;

    how.transcripts = scratch_text("own.fa", fasta);
    ck_assert_msg(til_index_build(&ctx, &how, &index, &stats) == TIL_OK, "%s", ctx.message);
    return index;
}

/* Quantifies the pairs and empties the texts. */
static til_quant_result_t quantify_pairs(const til_index_t *index, til_strbuf_t reads[2],
                                         til_quant_options_t how)
{
    til_quant_result_t r;
    const char *files[2] = { scratch_text("own_1.fq", reads[0].text),
                             scratch_text("own_2.fq", reads[1].text) };

    how.mates1 = &files[0];
    how.mates2 = &files[1];
    how.n_lanes = 1;
    ck_assert_msg(til_quant_run(&ctx, index, &how, &r) == TIL_OK, "%s", ctx.message);
    for (int m = 0; m < 2; m++) til_strbuf_clear(&reads[m]);
    return r;
}

/* A gene like MUC4: eight isoforms with an array of 200 units of 48 bases that differ a little.
 * Every fragment inside the array has hundreds of places on each of them, and only what lies
 * outside tells them apart: whatever is left out of a fragment's places would be seen here. */
START_TEST(arrays_of_near_equal_units_lose_no_isoform)
{
    enum { UNIT = 48, N_UNITS = 200, N_ISOFORMS = 8, N = 1500 };
    static char array[UNIT * N_UNITS + 1], isoform[N_ISOFORMS][UNIT * N_UNITS + 2000];
    til_rng_t rng = til_rng_stream(21, 0, 0, 0);
    til_strbuf_t fasta = { 0 }, reads[2] = { { 0 } };
    char unit[UNIT + 1], exon[10][151], end[301];
    til_quant_result_t r;

    random_bases(&rng, unit, UNIT);
    for (int i = 0; i < N_UNITS; i++) mutated(&rng, unit, UNIT, 0.02, array + i * UNIT);
    for (int i = 0; i < 10; i++) random_bases(&rng, exon[i], 150);
    for (int t = 0; t < N_ISOFORMS; t++) {
        random_bases(&rng, end, 300);
        sprintf(isoform[t], "%s%s%s", exon[t % 4], exon[4 + t % 2], array);
        for (int i = 6; i < 10; i++)
            if ((i + t) % 4 != 0) strcat(isoform[t], exon[i]);
        strcat(isoform[t], end);
        til_strbuf_printf(&fasta, ">m%d\n%s\n", t, isoform[t]);
    }
    int length = (int)strlen(isoform[5]);
    for (int i = 0; i < N; i++) {
        int fragment = 180 + (int)til_rng_below(&rng, 120);
        add_pair(&rng, reads, i, isoform[5],
                 (int)til_rng_below(&rng, (uint64_t)(length - fragment)), fragment, 100, 0.003);
    }
    til_index_t *index = index_of(fasta.text);
    r = quantify_pairs(index, reads, (til_quant_options_t){ .library = TIL_LIBRARY_ISR });
    ck_assert_uint_eq(r.stats.n_capped, 0);
    ck_assert_double_eq_tol(r.estimates[5], N, 0.005 * N);
    til_quant_result_clear(&r);
    til_index_free(index);
    til_strbuf_clear(&fasta);
}
END_TEST

/* Forty isoforms of one gene share the last 400 bases, where all fragments lie. In each second
 * mate an error every 25 bases leaves no seed: it is searched near mate 1 on all of them, so all
 * share alike. */
START_TEST(a_lost_mate_is_found_on_every_isoform)
{
    enum { N_ISOFORMS = 40, N = 300, LENGTH = 50 };
    til_rng_t rng = til_rng_stream(22, 0, 0, 0);
    til_strbuf_t fasta = { 0 }, reads[2] = { { 0 } };
    char shared[401], own[601], mate[LENGTH + 1];
    til_quant_result_t r;

    random_bases(&rng, shared, 400);
    for (int t = 0; t < N_ISOFORMS; t++) {
        random_bases(&rng, own, 600);
        til_strbuf_printf(&fasta, ">i%d\n%s%s\n", t, own, shared);
    }
    for (int i = 0; i < N; i++) {
        int at = (int)til_rng_below(&rng, 400 - 200);
        reverse_complement(shared + at + 200 - LENGTH, LENGTH, mate);
        add_record(&reads[0], i, mate, LENGTH);
        memcpy(mate, shared + at, LENGTH);
        mate[25] = other(mate[25]); /* no 31 bases without it */
        add_record(&reads[1], i, mate, LENGTH);
    }
    til_index_t *index = index_of(fasta.text);
    r = quantify_pairs(index, reads, (til_quant_options_t){ .library = TIL_LIBRARY_ISR });
    ck_assert_uint_eq(r.stats.n_mapped, N);
    for (int t = 0; t < N_ISOFORMS; t++)
        ck_assert_double_eq_tol(r.estimates[t], (double)N / N_ISOFORMS, 0.5);
    til_quant_result_clear(&r);
    til_index_free(index);
    til_strbuf_clear(&fasta);
}
END_TEST

/* Pairs of which one mate, or one half of a mate, is foreign. When mates 1 and 2, starts and ends
 * fail alike they are not counted; when only mate 2 and the ends of reads fail they are. */
START_TEST(partial_fits_are_judged_by_their_sides)
{
    enum { N = 600, LENGTH = 100 };
    til_rng_t rng = til_rng_stream(23, 0, 0, (uint64_t)_i);
    til_strbuf_t fasta = { 0 }, reads[2] = { { 0 } };
    static char sequence[3001];
    char mate[2][LENGTH + 1], foreign[LENGTH + 1];
    til_quant_result_t r;
    bool both_sides = _i == 0;

    random_bases(&rng, sequence, 3000);
    til_strbuf_printf(&fasta, ">t\n%s\n", sequence);
    for (int i = 0; i < N; i++) {
        int at = (int)til_rng_below(&rng, 2700);
        reverse_complement(sequence + at + 250 - LENGTH, LENGTH, mate[0]);
        memcpy(mate[1], sequence + at, LENGTH);
        random_bases(&rng, foreign, LENGTH);
        if (i % 3 == 1) memcpy(mate[both_sides ? i / 3 % 2 : 1], foreign, LENGTH);
        if (i % 3 == 2) memcpy(mate[1] + (both_sides && i / 3 % 2 ? 0 : 60), foreign, LENGTH - 60);
        for (int m = 0; m < 2; m++) add_record(&reads[m], i, mate[m], LENGTH);
    }
    til_index_t *index = index_of(fasta.text);
    r = quantify_pairs(index, reads, (til_quant_options_t){ .library = TIL_LIBRARY_ISR });
    til_partial_t expected = both_sides ? TIL_PARTIAL_DROP : TIL_PARTIAL_KEEP;
    ck_assert_int_eq((int)r.orphans.used, (int)expected);
    ck_assert_int_eq((int)r.clip.used, (int)expected);
    ck_assert_uint_eq(r.stats.n_mapped, both_sides ? N / 3 : 2 * N / 3);
    ck_assert_uint_eq(r.stats.n_orphans, both_sides ? 0 : N / 3);
    ck_assert_uint_eq(r.stats.n_orphans_dropped, both_sides ? 2 * N / 3 : 0);
    ck_assert_uint_eq(r.stats.n_clipped, both_sides ? 0 : N / 3);
    til_quant_result_clear(&r);
    til_index_free(index);
    til_strbuf_clear(&fasta);
}
END_TEST

/* 40 bases of a transcript in front of foreign ones are no read of it, however long. */
START_TEST(a_short_match_is_no_fit_for_a_long_read)
{
    static const int lengths[] = { 300, 500, 600, 800, 1000 };
    til_rng_t rng = til_rng_stream(24, 0, 0, 0);
    til_strbuf_t reads = { 0 };
    char read[1024];
    til_quant_result_t r;

    for (int i = 0; i < 100; i++) {
        random_bases(&rng, read, lengths[_i]);
        memcpy(read, tx.sequence[i % 8] + 40, 40);
        add_record(&reads, i, read, lengths[_i]);
    }
    const char *path = scratch_text("long.fq", reads.text);
    til_quant_options_t options = {
        .mates1 = &path, .n_lanes = 1, .fragment_mean = 250, .fragment_sd = 25
    };
    r = quantify(&options, 1);
    ck_assert_uint_eq(r.stats.n_mapped, 0);
    til_quant_result_clear(&r);
    til_strbuf_clear(&reads);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quant");
    TCase *tcase = tcase_create("quant");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, packing_is_what_letter_by_letter_gives, 0, 40);
    tcase_add_test(tcase, costs_are_counted_by_the_rules);
    tcase_add_test(tcase, effective_lengths_follow_the_fragments);
    tcase_add_test(tcase, em_shares_by_what_is_unique);
    tcase_add_loop_test(tcase, pairs_give_the_truth_back, 0, 3);
    tcase_add_test(tcase, single_reads_give_the_truth_back);
    tcase_add_loop_test(tcase, threads_change_no_bit, 2, 5);
    tcase_add_test(tcase, bootstraps_scatter_like_counts);
    tcase_add_test(tcase, a_wrong_library_type_is_loud);
    tcase_add_test(tcase, genes_are_sums_of_their_transcripts);
    tcase_add_test(tcase, decoys_soak_up_their_reads);
    tcase_add_test(tcase, arrays_of_near_equal_units_lose_no_isoform);
    tcase_add_test(tcase, a_lost_mate_is_found_on_every_isoform);
    tcase_add_loop_test(tcase, partial_fits_are_judged_by_their_sides, 0, 2);
    tcase_add_loop_test(tcase, a_short_match_is_no_fit_for_a_long_read, 0, 5);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
