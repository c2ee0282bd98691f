/* test_quant_peers.c -- accuracy against the truth of simulated reads beside salmon's and
 * kallisto's, and mapping rates of real reads beside theirs.
 *
 * Bounds on sim_chr6 (105,032 pairs): transcript Spearman >= salmon's - .002, transcript MARD <=
 * salmon's + .001, gene MARD <= kallisto's + .0003. Real reads: at least 98 % of what the better of
 * both maps.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tilseq/quant.h>

#include "base/names.h"
#include "base/number.h"
#include "io/text/textfile.h"
#include "io/text/tsv.h"
#include "support/golden.h"
#include "support/runner.h"

static char shared[512];
static til_ctx_t ctx;

static const char *in_shared(const char *file)
{
    static char paths[8][700];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", shared, file);
    return path;
}

static til_index_t *build(const char *fasta)
{
    til_index_build_t how = TIL_INDEX_BUILD_DEFAULT;
    til_index_stats_t stats;
    til_index_t *index;

    how.transcripts = in_shared(fasta);
    ck_assert_msg(til_index_build(&ctx, &how, &index, &stats) == TIL_OK, "%s", ctx.message);
    return index;
}

/* Adds column `column` of a table to x at the place of its name in column 0. */
static void load(const char *file, int column, const til_names_t *names, double *x)
{
    til_text_t text;
    char *line, **fields = NULL;
    size_t length, capacity = 0, n;

    ck_assert_msg(til_text_read(&ctx, in_shared(file), &text) == TIL_OK, "%s", ctx.message);
    while (til_text_next(&text, &line, &length)) {
        double value;
        ck_assert_int_eq(
            til_tsv_split(&ctx, file, text.line, line, length, '\t', &fields, &capacity, &n),
            TIL_OK);
        ptrdiff_t at = til_names_find(names, fields[0]);
        if (at < 0 || (size_t)column >= n) continue;
        if (til_number_parse(fields[column], strlen(fields[column]), &value)) x[at] += value;
    }
    free(fields);
    til_text_clear(&text);
}

static double mard(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] + b[i] > 0 ? fabs(a[i] - b[i]) / (a[i] + b[i]) : 0;
    return sum / (double)n;
}

static int compare(const void *a, const void *b)
{
    const double *x = *(const double *const *)a, *y = *(const double *const *)b;
    return *x < *y ? -1 : *x > *y;
}

/* Mean ranks of ties. */
static void rank(const double *x, size_t n, double *ranks)
{
    const double **order = malloc(n * sizeof *order);
    for (size_t i = 0; i < n; i++) order[i] = &x[i];
    qsort(order, n, sizeof *order, compare);
    for (size_t i = 0; i < n;) {
        size_t j = i;
        while (j + 1 < n && *order[j + 1] == *order[i]) j++;
        for (size_t k = i; k <= j; k++) ranks[order[k] - x] = (double)(i + j) / 2;
        i = j + 1;
    }
    free(order);
}

static double spearman(const double *a, const double *b, size_t n)
{
    double *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y), mean = (double)(n - 1) / 2;
    double xy = 0, xx = 0, yy = 0;

    rank(a, n, x);
    rank(b, n, y);
    for (size_t i = 0; i < n; i++) {
        xy += (x[i] - mean) * (y[i] - mean);
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
    }
    free(x);
    free(y);
    return xy / sqrt(xx * yy);
}

static void sum_genes(const til_index_t *index, const double *x, double *genes)
{
    memset(genes, 0, til_index_n_genes(index) * sizeof *genes);
    for (size_t t = 0; t < til_index_n_transcripts(index); t++)
        genes[til_index_gene_of(index, t)] += x[t];
}

/* Genes of sim_chr6 from its tx2gene table. */
static void set_genes(til_index_t *index, const char *file)
{
    til_text_t text;
    char *line, *cells[2 * 8000];
    size_t length, n = 0;

    ck_assert_int_eq(til_text_read(&ctx, in_shared(file), &text), TIL_OK);
    while (til_text_next(&text, &line, &length) && n < 8000) {
        char *tab = strchr(line, '\t');
        ck_assert_ptr_nonnull(tab);
        *tab = 0;
        cells[n] = line;
        cells[8000 + n++] = tab + 1;
    }
    til_tx2gene_t view = {
        .origin = text.path, .n = n, .transcripts = cells, .genes = cells + 8000
    };
    ck_assert_msg(til_index_set_genes(&ctx, index, &view, false) == TIL_OK, "%s", ctx.message);
    til_text_clear(&text);
}

START_TEST(simulated_reads_are_placed_as_well)
{
    const char *one = in_shared("data/reads/sim_chr6/sim_1.fastq.gz");
    const char *two = in_shared("data/reads/sim_chr6/sim_2.fastq.gz");
    til_index_t *index = build("data/reads/sim_chr6/sim.transcripts.fa.gz");
    size_t n = til_index_n_transcripts(index), n_genes;
    til_quant_options_t how = { .mates1 = &one, .mates2 = &two, .n_lanes = 1 };
    til_quant_result_t r;
    til_names_t *names = til_names_new();
    double *truth = calloc(n, sizeof *truth), *salmon = calloc(n, sizeof *salmon);
    double *kallisto = calloc(n, sizeof *kallisto), *genes[4];

    for (size_t t = 0; t < n; t++) (void)til_names_add(names, til_index_name(index, t), NULL);
    set_genes(index, "data/reads/sim_chr6/tx2gene.tsv.gz");
    n_genes = til_index_n_genes(index);
    load("data/reads/sim_chr6/truth.tsv.gz", 3, names, truth);
    load("golden/quant/salmon.simchr6.quant.tsv.gz", 4, names, salmon);
    load("golden/quant/kallisto.simchr6.abundance.tsv.gz", 3, names, kallisto);
    ck_assert_msg(til_quant_run(&ctx, index, &how, &r) == TIL_OK, "%s", ctx.message);

    const double *all[4] = { truth, r.estimates, salmon, kallisto };
    for (int i = 0; i < 4; i++) {
        genes[i] = malloc(n_genes * sizeof(double));
        sum_genes(index, all[i], genes[i]);
        if (i > 0)
            printf("  %s: transcripts Spearman %.4f MARD %.4f, genes MARD %.4f\n",
                   i == 1   ? "tilseq  "
                   : i == 2 ? "salmon  "
                            : "kallisto",
                   spearman(truth, all[i], n), mard(truth, all[i], n),
                   mard(genes[0], genes[i], n_genes));
    }
    ck_assert(spearman(truth, r.estimates, n) >= spearman(truth, salmon, n) - 0.002);
    ck_assert(mard(truth, r.estimates, n) <= mard(truth, salmon, n) + 0.001);
    ck_assert(mard(genes[0], genes[1], n_genes) <= mard(genes[0], genes[3], n_genes) + 0.0003);
    printf("golden: quant_sim_chr6 %zu compared\n", n + n_genes);
    for (int i = 0; i < 4; i++) free(genes[i]);
    free(truth);
    free(salmon);
    free(kallisto);
    til_names_free(names);
    til_quant_result_clear(&r);
    til_index_free(index);
}
END_TEST

/* Fragments mapped by kallisto 0.48 and salmon 1.10 of the same reads. */
static const struct {
    const char *fasta, *one, *two;
    double kallisto, salmon;
} real[] = {
    { "data/reads/chr21_pe/transcriptome.chr21.fa.gz", "data/reads/chr21_pe/a.chr21.1.fq.gz",
      "data/reads/chr21_pe/a.chr21.2.fq.gz", 1292, 1154 },
    { "data/reads/chr21_pe/transcriptome.chr21.fa.gz", "data/reads/chr21_pe/a.chr21.1.fq.gz", NULL,
      1075, 1051 },
    { "data/reads/chr21_pe/transcriptome.chr21.fa.gz", "data/reads/chr21_pe/a.chr21.2.fq.gz", NULL,
      864, 841 },
    { "data/reads/kallisto_test/transcripts.fasta.gz", "data/reads/kallisto_test/reads_1.fastq.gz",
      "data/reads/kallisto_test/reads_2.fastq.gz", 9413, 9335 },
    { "data/reads/kallisto_test/transcripts.fasta.gz", "data/reads/kallisto_test/reads_1.fastq.gz",
      NULL, 8974, 9232 },
    { "data/reads/yeast_single/transcriptome.fasta",
      "data/reads/yeast_single/SRR4238351_subsamp.fastq.gz", NULL, 5576, 5861 }
};

START_TEST(real_reads_map_as_often)
{
    const char *one = in_shared(real[_i].one);
    const char *two = real[_i].two == NULL ? NULL : in_shared(real[_i].two);
    til_index_t *index = build(real[_i].fasta);
    til_quant_options_t how = { .mates1 = &one,
                                .mates2 = two == NULL ? NULL : &two,
                                .n_lanes = 1,
                                .fragment_mean = 200,
                                .fragment_sd = 25 };
    til_quant_result_t r;

    /* Where partial fits are dropped by default, each missing fragment is one of these. */
    ck_assert_msg(til_quant_run(&ctx, index, &how, &r) == TIL_OK, "%s", ctx.message);
    double dropped = (double)(r.stats.n_orphans_dropped + r.stats.n_clipped_dropped);
    double counted = (double)(r.stats.n_mapped + r.stats.n_orphans);
    til_quant_result_clear(&r);
    how.orphans = how.clip = TIL_PARTIAL_KEEP;
    ck_assert_msg(til_quant_run(&ctx, index, &how, &r) == TIL_OK, "%s", ctx.message);
    double mapped = (double)(r.stats.n_mapped + r.stats.n_orphans);
    printf("  %s: tilseq %.0f, by default %.0f, kallisto %.0f, salmon %.0f\n", real[_i].one, mapped,
           counted, real[_i].kallisto, real[_i].salmon);
    ck_assert(mapped >= 0.98 * fmax(real[_i].kallisto, real[_i].salmon));
    ck_assert_double_eq_tol(counted + dropped, mapped, 0.01 * mapped);
    printf("golden: quant_real_%d %d compared\n", _i, (int)r.stats.n_fragments);
    til_quant_result_clear(&r);
    til_index_free(index);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quant_peers");
    TCase *tcase = tcase_create("quant_peers");
    const char *folder = getenv("TILSEQ_SHARED");

    snprintf(shared, sizeof shared, "%s", folder == NULL ? "../shared" : folder);
    ctx = (til_ctx_t)TIL_CTX_INIT;
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, simulated_reads_are_placed_as_well);
    tcase_add_loop_test(tcase, real_reads_map_as_often, 0, sizeof real / sizeof *real);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
