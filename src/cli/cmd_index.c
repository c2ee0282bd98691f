/* cmd_index.c -- tilseq index: transcripts in, one index file out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <tilseq/quant.h>

#include "base/try.h"
#include "cli/commands.h"
#include "tasks/job.h"
#include "tasks/transcript_genes.h"

typedef struct {
    const char *transcripts, *tx2gene, *annotation, *decoys, *output;
    int64_t k, window;
    bool allow_missing;
    til_common_t common;
} index_args_t;

static const index_args_t defaults = { .k = 31 };

static const til_opt_t options[] = {
    { 't', "transcripts", TIL_OPT_FILE, offsetof(index_args_t, transcripts), "FASTA", 0, 0,
      "transcript sequences; names end at the first blank or '|'" },
    { 'g', "genes", TIL_OPT_FILE, offsetof(index_args_t, tx2gene), "TSV", 0, 0,
      "transcript, gene and, where there is one, symbol" },
    { 'a', "annotation", TIL_OPT_FILE, offsetof(index_args_t, annotation), "GTF", 0, 0,
      "take the genes of the transcripts from this file instead" },
    { 'd', "decoys", TIL_OPT_FILE, offsetof(index_args_t, decoys), "FASTA|NAMES", 0, 0,
      "sequences that are no transcripts, as the genome: reads that fit them better are not "
      "counted; or the names of those that stand last in -t" },
    { 'k', "kmer", TIL_OPT_INT, offsetof(index_args_t, k), "INT", 15, 31,
      "length of the seeds, odd" },
    { 'w', "window", TIL_OPT_INT, offsetof(index_args_t, window), "INT", 0, 64,
      "one seed of any so many in a row is kept; 0: 3, or what keeps the table under 256 MB" },
    { 0, "allow-missing", TIL_OPT_FLAG, offsetof(index_args_t, allow_missing), NULL, 0, 0,
      "transcripts that -g or -a does not know are genes of their own" },
    { 'o', "output", TIL_OPT_OUTPUT, offsetof(index_args_t, output), "INDEX", 0, 0,
      "the index file to write" },
    TIL_COMMON_OPTIONS(index_args_t)
};

static void report(til_ctx_t *ctx, const index_args_t *args, const til_index_stats_t *s)
{
    if (s->n_dropped_twins > 0)
        til_say(ctx, TIL_LOG_NOTICE, "%llu records repeat a name with the same sequence: kept once",
                (unsigned long long)s->n_dropped_twins);
    if (s->n_same_sequence > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%llu transcripts share their sequence with another: they cannot be told apart and "
                "get equal shares",
                (unsigned long long)s->n_same_sequence);
    if (s->n_short > 0)
        til_say(
            ctx, TIL_LOG_WARNING,
            "%llu transcripts are shorter than k = %lld: they are kept, no read can map to them",
            (unsigned long long)s->n_short, (long long)args->k);
    if (s->n_not_acgt > 0)
        til_say(ctx, TIL_LOG_NOTICE,
                "%llu letters other than A C G T U are taken as bases drawn from their position",
                (unsigned long long)s->n_not_acgt);
    if (s->n_poly_a > 0)
        til_say(ctx, TIL_LOG_DETAIL, "%llu transcripts end in a poly-A tail: kept, never a seed",
                (unsigned long long)s->n_poly_a);
}

static til_status_t run(til_ctx_t *ctx, til_job_t *job)
{
    til_status_t status = TIL_OK;
    const index_args_t *args = job->args;
    til_index_build_t how = { .k = (unsigned)args->k,
                              .window = (unsigned)args->window,
                              .transcripts = args->transcripts,
                              .decoys = args->decoys };
    til_index_stats_t stats;
    til_index_t *index = NULL;
    til_out_t *out;

    if (args->transcripts == NULL) return til_fail(ctx, TIL_EUSAGE, "-t/--transcripts is missing");
    if (args->output == NULL) return til_fail(ctx, TIL_EUSAGE, "-o/--output is missing");
    if (args->k % 2 == 0)
        return til_fail(ctx, TIL_EUSAGE, "-k/--kmer: %lld is even: an odd number is wanted",
                        (long long)args->k);
    if (args->tx2gene != NULL && args->annotation != NULL)
        return til_fail(ctx, TIL_EUSAGE, "-g/--genes and -a/--annotation exclude each other");
    const char *inputs[] = { args->transcripts, args->tx2gene, args->annotation, args->decoys };
    TIL_TRY(til_job_refuse_input(ctx, args->output, inputs, sizeof inputs / sizeof *inputs));
    TIL_TRY(til_job_open(ctx, job, args->output, &out));
    TIL_TRY(til_index_build(ctx, &how, &index, &stats));
    TIL_TRY(til_job_input(ctx, job, args->transcripts, NULL, til_index_n_transcripts(index)));
    if (args->decoys != NULL)
        TIL_TRY(til_job_input(ctx, job, args->decoys, NULL, (size_t)stats.n_decoys));
    report(ctx, args, &stats);
    if (args->tx2gene != NULL || args->annotation != NULL)
        TIL_TRY(til_transcript_genes(ctx, job, index, args->tx2gene, args->annotation,
                                     args->allow_missing));
    else TIL_TRY(til_index_set_genes_from_headers(ctx, index));
    TIL_TRY(til_index_write(ctx, index, out));
    TIL_TRY(til_out_close(ctx, out));
    til_say(ctx, TIL_LOG_STAGE, "%s: %zu transcripts, %zu genes, %llu unitigs, k = %lld",
            args->output, til_index_n_transcripts(index), til_index_n_genes(index),
            (unsigned long long)stats.n_unitigs, (long long)args->k);
done:
    til_index_free(index);
    return status;
}

const til_command_t til_cmd_index = {
    .name = "index",
    .operands = "",
    .summary = "Build the index of a transcriptome that tilseq quant maps reads to.",
    .options = options,
    .defaults = &defaults,
    .args_size = sizeof(index_args_t),
    .common_offset = offsetof(index_args_t, common),
    .min_operands = 0,
    .max_operands = 0,
    .run = run
};
