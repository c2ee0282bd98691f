/* cmd_quant.c -- tilseq quant: reads in, abundances of transcripts and genes out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/qc.h>
#include <tilseq/quant.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/try.h"
#include "cli/commands.h"
#include "tasks/job.h"
#include "tasks/quant_output.h"
#include "tasks/reads_files.h"
#include "tasks/transcript_genes.h"

typedef struct {
    const char *index, *alignments, *transcripts, *tx2gene, *annotation, *output, *quality;
    til_library_t library;
    til_partial_t orphans, clip;
    til_list_t mates1, mates2, reads;
    double fragment_mean, fragment_sd;
    int64_t n_bootstraps, seed;
    bool bias, three_prime, plain_em, allow_missing;
    til_common_t common;
} quant_args_t;

static const quant_args_t defaults = { .library = TIL_LIBRARY_AUTO, .seed = 1 };

static const til_opt_t options[] = {
    { 'i', "index", TIL_OPT_FILE, offsetof(quant_args_t, index), "INDEX", 0, 0,
      "made by tilseq index" },
    { '1', "mates1", TIL_OPT_WORDS, offsetof(quant_args_t, mates1), "FASTQ...", 0, 0,
      "first mates, one file per lane" },
    { '2', "mates2", TIL_OPT_WORDS, offsetof(quant_args_t, mates2), "FASTQ...", 0, 0,
      "second mates, in the same order" },
    { 'r', "reads", TIL_OPT_WORDS, offsetof(quant_args_t, reads), "FASTQ...", 0, 0,
      "single reads, one file per lane" },
    { 'b', "alignments", TIL_OPT_FILE, offsetof(quant_args_t, alignments), "BAM", 0, 0,
      "reads aligned to the transcripts, grouped by name (STAR's toTranscriptome), with -t in "
      "place "
      "of -i" },
    { 't', "transcripts", TIL_OPT_FILE, offsetof(quant_args_t, transcripts), "FASTA", 0, 0,
      "the transcripts that -b was aligned to" },
    TIL_CHOICE(
        'l', "library", quant_args_t, library, &til_library_words,
        "I inward pairs, S stranded, U not, F (R): mate 1 shows the transcript's (the other) "
        "strand"),
    { 0, "fragment-mean", TIL_OPT_NUMBER, offsetof(quant_args_t, fragment_mean), "BASES", 1, 1000,
      "mean fragment length of single reads" },
    { 0, "fragment-sd", TIL_OPT_NUMBER, offsetof(quant_args_t, fragment_sd), "BASES", 0.1, 1000,
      "its standard deviation" },
    TIL_CHOICE(
        0, "orphans", quant_args_t, orphans, &til_partial_words,
        "pairs of which one mate fits nowhere; auto drops them when either mate fails as often"),
    TIL_CHOICE(
        0, "clip", quant_args_t, clip, &til_partial_words,
        "reads of which an end fits nowhere; auto drops them when either end fails as often"),
    { 0, "bias", TIL_OPT_FLAG, offsetof(quant_args_t, bias), NULL, 0, 0,
      "correct effective lengths for sequence and GC bias" },
    { 0, "three-prime", TIL_OPT_FLAG, offsetof(quant_args_t, three_prime), NULL, 0, 0,
      "reads are tags of the transcripts' 3' ends (QuantSeq and the like): their number does not "
      "grow with length" },
    { 0, "em", TIL_OPT_FLAG, offsetof(quant_args_t, plain_em), NULL, 0, 0,
      "maximum likelihood in place of variational Bayes" },
    { 0, "bootstraps", TIL_OPT_INT, offsetof(quant_args_t, n_bootstraps), "INT", 0, 10000,
      "estimates from this many resamplings of the fragments" },
    { 0, "seed", TIL_OPT_INT, offsetof(quant_args_t, seed), "INT", 0, 9007199254740992.0,
      "of the bootstraps" },
    { 'g', "genes", TIL_OPT_FILE, offsetof(quant_args_t, tx2gene), "TSV", 0, 0,
      "transcript, gene and, where there is one, symbol; instead of the index's genes" },
    { 'a', "annotation", TIL_OPT_FILE, offsetof(quant_args_t, annotation), "GTF", 0, 0,
      "take the genes of the transcripts from this file instead" },
    { 0, "allow-missing", TIL_OPT_FLAG, offsetof(quant_args_t, allow_missing), NULL, 0, 0,
      "transcripts that -g or -a does not know are genes of their own" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(quant_args_t, output), "DIR", 0, 0,
      "folder for quant.sf and what belongs to it" },
    { 0, "qc", TIL_OPT_OUTPUT, offsetof(quant_args_t, quality), "DIR", 0, 0,
      "write the quality of the reads there, from the same pass (as tilseq qc; bases of one read "
      "in 32)" },
    TIL_COMMON_OPTIONS(quant_args_t)
};

/* What salmon calls them. */
static const til_alias_t aliases[] = { { "libType", "library" },
                                       { "unmatedReads", "reads" },
                                       { "geneMap", "genes" },
                                       { "numBootstraps", "bootstraps" },
                                       { "fldMean", "fragment-mean" },
                                       { "fldSD", "fragment-sd" },
                                       { "targets", "transcripts" },
                                       { "seqBias", "bias" },
                                       { "noLengthCorrection", "three-prime" },
                                       { "gcBias", "bias" },
                                       { "useEM", "em" },
                                       { NULL, NULL } };

/* What belongs together when reads come aligned. */
static til_status_t check_alignments(til_ctx_t *ctx, const quant_args_t *a)
{
    if (a->transcripts == NULL)
        return til_fail(ctx, TIL_EUSAGE, "-b/--alignments needs -t/--transcripts");
    if (a->index != NULL || a->mates1.n + a->mates2.n + a->reads.n > 0)
        return til_fail(ctx, TIL_EUSAGE, "-b/--alignments is in place of -i and of reads");
    if (a->quality != NULL)
        return til_fail(ctx, TIL_EUSAGE, "--qc is for reads: with -b use tilseq qc on the BAM");
    if (a->clip != TIL_PARTIAL_AUTO)
        return til_fail(ctx, TIL_EUSAGE, "--clip is for reads: -b is clipped as its aligner did");
    return TIL_OK;
}

static til_status_t check_inputs(til_ctx_t *ctx, const quant_args_t *a)
{
    if (a->alignments != NULL) return check_alignments(ctx, a);
    if (a->transcripts != NULL)
        return til_fail(ctx, TIL_EUSAGE, "-t/--transcripts belongs to -b/--alignments");
    if (a->index == NULL) return til_fail(ctx, TIL_EUSAGE, "-i/--index is missing");
    if (a->mates1.n == 0 && a->reads.n == 0)
        return til_fail(ctx, TIL_EUSAGE, "no reads: give -1 and -2, or -r");
    if (a->reads.n > 0 && (a->mates1.n > 0 || a->mates2.n > 0))
        return til_fail(ctx, TIL_EUSAGE, "-r/--reads and -1, -2 exclude each other");
    if (a->reads.n == 0 && a->mates1.n != a->mates2.n)
        return til_fail(ctx, TIL_EUSAGE, "-1 has %zu files, -2 has %zu: as many are wanted",
                        a->mates1.n, a->mates2.n);
    return TIL_OK;
}

static til_status_t check(til_ctx_t *ctx, const quant_args_t *a)
{
    til_status_t status = check_inputs(ctx, a);

    if (status != TIL_OK) return status;
    if (a->output == NULL) return til_fail(ctx, TIL_EUSAGE, "-o/--output is missing");
    if ((a->fragment_mean > 0) != (a->fragment_sd > 0))
        return til_fail(ctx, TIL_EUSAGE, "--fragment-mean and --fragment-sd belong together");
    if (a->fragment_mean > 0 && a->reads.n == 0 && a->alignments == NULL)
        return til_fail(
            ctx, TIL_EUSAGE,
            "--fragment-mean is for single reads: pairs show how long their fragments are");
    if (a->three_prime && a->bias)
        return til_fail(ctx, TIL_EUSAGE,
                        "--bias and --three-prime exclude each other: bias corrects lengths, which "
                        "tags do not have");
    if (a->tx2gene != NULL && a->annotation != NULL)
        return til_fail(ctx, TIL_EUSAGE, "-g/--genes and -a/--annotation exclude each other");
    return TIL_OK;
}

/* ---- quality of the reads, in the same pass ------------------------------------------------- */

enum { LOOK_AT_EVERY = 32 };

typedef struct {
    size_t n_mates, n_workers;
    til_reads_stats_t **stats; /* n_workers times n_mates */
} seen_t;

static til_status_t see_batch(til_ctx_t *ctx, void *arg, int worker,
                              const struct til_fastq_batch *batch)
{
    seen_t *seen = arg;
    til_status_t status = TIL_OK;
    for (size_t m = 0; m < seen->n_mates && status == TIL_OK; m++)
        status = til_reads_stats_add(ctx, seen->stats[(size_t)worker * seen->n_mates + m], batch,
                                     (int)m);
    return status;
}

static til_status_t begin_seeing(til_ctx_t *ctx, seen_t *seen, til_quant_options_t *how)
{
    til_status_t status = TIL_OK;
    seen->n_mates = how->mates2 == NULL ? 1 : 2;
    seen->n_workers = (size_t)ctx->n_threads;
    seen->stats = til_array_zero(seen->n_workers * seen->n_mates, sizeof *seen->stats);
    if (seen->stats == NULL) return til_no_memory(ctx, seen->n_workers, "statistics of reads");
    for (size_t i = 0; i < seen->n_workers * seen->n_mates && status == TIL_OK; i++)
        status = til_reads_stats_new(ctx, LOOK_AT_EVERY, &seen->stats[i]);
    how->see = see_batch;
    how->see_arg = seen;
    return status;
}

/* Adds up what the workers saw and writes it; mates are called after the folder of the results. */
static til_status_t write_seen(til_ctx_t *ctx, til_job_t *job, seen_t *seen)
{
    til_status_t status = TIL_OK;
    const quant_args_t *a = job->args;
    til_reads_summary_t summaries[2] = { 0 };
    til_strbuf_t names[2] = { 0 };
    size_t n = strlen(a->output);
    while (n > 1 && a->output[n - 1] == '/') n--;
    size_t start = n;
    while (start > 0 && a->output[start - 1] != '/') start--;

    for (size_t m = 0; m < seen->n_mates; m++) {
        for (size_t w = 1; w < seen->n_workers; w++)
            TIL_TRY(til_reads_stats_merge(ctx, seen->stats[m], seen->stats[w * seen->n_mates + m]));
        TIL_TRY(til_reads_stats_summary(ctx, seen->stats[m], &summaries[m]));
        til_strbuf_add_n(&names[m], a->output + start, n - start);
        if (seen->n_mates == 2) til_strbuf_printf(&names[m], "_%zu", m + 1);
        if (names[m].failed) TIL_TRY(til_no_memory(ctx, n, "bytes"));
    }
    const char *const texts[] = { til_strbuf_text(&names[0]), til_strbuf_text(&names[1]) };
    TIL_TRY(til_reads_write(ctx, job, a->quality, texts, summaries, seen->n_mates));
done:
    for (int m = 0; m < 2; m++) {
        til_reads_summary_clear(&summaries[m]);
        til_strbuf_clear(&names[m]);
    }
    return status;
}

static void clear_seen(seen_t *seen)
{
    for (size_t i = 0; seen->stats != NULL && i < seen->n_workers * seen->n_mates; i++)
        til_reads_stats_free(seen->stats[i]);
    free(seen->stats);
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* Notes the reads as inputs, with the number of fragments in all. */
static til_status_t note_inputs(til_ctx_t *ctx, til_job_t *job, const quant_args_t *a,
                                const til_index_t *index, uint64_t n_fragments)
{
    const til_list_t *lists[] = { &a->mates1, &a->mates2, &a->reads };
    til_status_t status = til_job_input(ctx, job, a->alignments != NULL ? a->transcripts : a->index,
                                        NULL, til_index_n_transcripts(index));

    if (status == TIL_OK && a->alignments != NULL)
        status = til_job_input(ctx, job, a->alignments, NULL, (size_t)n_fragments);

    for (int i = 0; i < 3; i++)
        for (size_t k = 0; k < lists[i]->n && status == TIL_OK; k++)
            status = til_job_input(ctx, job, lists[i]->items[k], NULL, (size_t)n_fragments);
    if (status == TIL_OK && a->n_bootstraps > 0) status = til_job_seed(ctx, job, a->seed);
    return status;
}

/* The index, or with -b the transcripts alone. */
static til_status_t open_index(til_ctx_t *ctx, const quant_args_t *a, til_index_t **index)
{
    til_index_stats_t stats;

    if (a->alignments == NULL) return til_index_open(ctx, a->index, index);
    til_status_t status = til_index_without_seeds(ctx, a->transcripts, index, &stats);
    if (status == TIL_OK && a->tx2gene == NULL && a->annotation == NULL)
        status = til_index_set_genes_from_headers(ctx, *index);
    return status;
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const quant_args_t *a = job->args;
    til_index_t *index = NULL;
    til_quant_result_t result = { 0 };
    seen_t seen = { 0 };
    til_quant_options_t how = { .mates1 = a->reads.n > 0 ? a->reads.items : a->mates1.items,
                                .mates2 = a->reads.n > 0 ? NULL : a->mates2.items,
                                .n_lanes = a->reads.n > 0 ? a->reads.n : a->mates1.n,
                                .library = a->library,
                                .alignments = a->alignments,
                                .fragment_mean = a->fragment_mean,
                                .fragment_sd = a->fragment_sd,
                                .bias = a->bias,
                                .three_prime = a->three_prime,
                                .plain_em = a->plain_em,
                                .orphans = a->orphans,
                                .clip = a->clip,
                                .n_bootstraps = (size_t)a->n_bootstraps,
                                .seed = (uint64_t)a->seed };

    TIL_TRY(check(ctx, a));
    TIL_TRY(til_job_folder(ctx, job, a->output));
    TIL_TRY(open_index(ctx, a, &index));
    til_say(ctx, TIL_LOG_STAGE, "index of %zu transcripts, %zu genes, k = %u",
            til_index_n_transcripts(index), til_index_n_genes(index), til_index_k(index));
    if (a->tx2gene != NULL || a->annotation != NULL)
        TIL_TRY(til_transcript_genes(ctx, job, index, a->tx2gene, a->annotation, a->allow_missing));
    if (a->quality != NULL) TIL_TRY(begin_seeing(ctx, &seen, &how));
    TIL_TRY(til_quant_run(ctx, index, &how, &result));
    TIL_TRY(note_inputs(ctx, job, a, index, result.stats.n_fragments));
    TIL_TRY(til_quant_write(ctx, job, a->output, a->alignments != NULL ? a->transcripts : a->index,
                            index, &how, &result));
    if (a->quality != NULL) TIL_TRY(write_seen(ctx, job, &seen));
done:
    clear_seen(&seen);
    til_quant_result_clear(&result);
    til_index_free(index);
    return status;
}

static til_status_t check_args(til_ctx_t *ctx, const void *args) { return check(ctx, args); }

const til_command_t til_cmd_quant = {
    .name = "quant",
    .operands = "",
    .summary = "Quantify transcripts and genes from reads, or from reads aligned to transcripts.",
    .details = "The long option names of salmon quant are "
               "understood too: --libType, --unmatedReads, "
               "--geneMap, --numBootstraps, --fldMean, --fldSD, "
               "--seqBias, --gcBias, --useEM, --noLengthCorrection.",
    .options = options,
    .aliases = aliases,
    .defaults = &defaults,
    .args_size = sizeof(quant_args_t),
    .common_offset = offsetof(quant_args_t, common),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
    .check = check_args
};
